//! Owns how work is told to the person: one line for each step, with its time, and for a failure
//! what failed and how to fix it.

use std::future::Future;
use std::process::Command;
use std::time::{Duration, Instant};

/// Why a step did not work, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}\n  What to do: {remedy}")]
pub struct Failure {
    /// What failed.
    pub what: String,
    /// How to fix it.
    pub remedy: String,
}

impl Failure {
    /// A failure with its remedy.
    pub fn new(what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { what: what.into(), remedy: remedy.into() }
    }
}

/// What a step answers.
pub type Outcome<T> = Result<T, Failure>;

/// Prints steps as they run.
#[derive(Debug)]
pub struct Steps {
    started: Instant,
    prefix: String,
}

impl Default for Steps {
    fn default() -> Self {
        Self::new("")
    }
}

impl Steps {
    /// Starts the clock. The prefix stands before every step's name.
    pub fn new(prefix: &str) -> Self {
        Self { started: Instant::now(), prefix: prefix.to_owned() }
    }

    /// Runs one step and prints how it ended.
    pub fn run<T>(&self, name: &str, work: impl FnOnce() -> Outcome<T>) -> Outcome<T> {
        let began = Instant::now();
        let outcome = work();
        self.tell(name, began.elapsed(), outcome.as_ref().err());
        outcome
    }

    /// Runs one step that waits for other programs and prints how it ended.
    pub async fn watch<T>(&self, name: &str, work: impl Future<Output = Outcome<T>>) -> Outcome<T> {
        let began = Instant::now();
        let outcome = work.await;
        self.tell(name, began.elapsed(), outcome.as_ref().err());
        outcome
    }

    /// Prints a line between steps.
    pub fn say(&self, text: &str) {
        println!("{:>8} {}{text}", seconds(self.started.elapsed()), self.prefix);
    }

    fn tell(&self, name: &str, took: Duration, failure: Option<&Failure>) {
        let at = seconds(self.started.elapsed());
        match failure {
            None => println!("{at:>8} ok    {}{name} ({})", self.prefix, seconds(took)),
            Some(failure) => println!("{at:>8} FAILED {}{name} ({})\n  {failure}", self.prefix, seconds(took)),
        }
    }
}

/// A duration for people.
pub fn seconds(duration: Duration) -> String {
    let whole = duration.as_secs_f64();
    if whole < 120.0 {
        format!("{whole:.1} s")
    } else {
        format!("{:.0}:{:02.0} min", (whole / 60.0).floor(), whole % 60.0)
    }
}

/// Runs a program with its output shown, and fails with the remedy if it does.
pub fn run(command: &mut Command, remedy: &str) -> Outcome<()> {
    let shown = shown(command);
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Failure::new(format!("`{shown}` ended with {status}"), remedy)),
        Err(error) => Err(Failure::new(format!("`{shown}` could not be started: {error}"), remedy)),
    }
}

/// Runs a program and answers what it wrote; shown only if it fails.
pub fn capture(command: &mut Command, remedy: &str) -> Outcome<String> {
    let shown = shown(command);
    match command.output() {
        Ok(output) if output.status.success() => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        Ok(output) => {
            let said =
                format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
            Err(Failure::new(format!("`{shown}` ended with {}:\n{}", output.status, said.trim_end()), remedy))
        }
        Err(error) => Err(Failure::new(format!("`{shown}` could not be started: {error}"), remedy)),
    }
}

fn shown(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy().into_owned()];
    words.extend(command.get_args().map(|word| word.to_string_lossy().into_owned()));
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_program_is_named_with_the_way_out() {
        let failure = run(Command::new("false").arg("--really"), "ask for true instead").unwrap_err();
        assert!(failure.what.contains("false --really"), "{failure}");
        assert_eq!(failure.remedy, "ask for true instead");
    }

    #[test]
    fn durations_read_well() {
        assert_eq!(seconds(Duration::from_millis(1240)), "1.2 s");
        assert_eq!(seconds(Duration::from_secs(125)), "2:05 min");
    }
}
