//! Owns the order of all checks, the count of what passed, and the closing line. Leaves out the
//! checks themselves, which stand beside what they check.

use crate::paths;
use crate::setup::{self, FEATURES, cargo, npm};
use crate::steps::{Failure, Outcome, Steps, seconds};
use std::io::{BufRead as _, BufReader, Read};
use std::process::{Command, Stdio};
use std::time::Instant;

/// How many checks passed and failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Count {
    /// Passed.
    pub passed: usize,
    /// Failed.
    pub failed: usize,
}

impl Count {
    fn one(passed: bool) -> Self {
        Self { passed: usize::from(passed), failed: usize::from(!passed) }
    }

    fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

/// One line of the order: its name and what it runs.
struct Check {
    name: String,
    command: Command,
    reading: Reading,
    remedy: &'static str,
}

/// How the count is read from what a check prints.
#[derive(Clone, Copy)]
enum Reading {
    /// The check is one.
    Whole,
    /// The check is one, and passes only if it has nothing to say.
    Silent,
    /// `test result: ok. 3 passed; 0 failed; …`, any number of times.
    Cargo,
    /// `Tests  1 failed | 3 passed (4)`.
    Vitest,
}

/// Tests that open windows come last; within each group, the cheaper first.
const SLOWEST_LAST: &[&str] = &[
    "keychain",
    "oidc_provider",
    "official_cli",
    "stage",
    "commands",
    "accessibility",
    "taken_over",
    "hardening",
    "secrecy",
    "journeys",
];

/// Sets the machine up, runs every check and answers whether all passed.
pub fn test(only: Option<&str>) -> bool {
    let steps = Steps::default();
    let began = Instant::now();
    let mut total = Count::default();
    let mut failed = Vec::new();
    let mut note = |name: &str, count: Count| {
        total.add(count);
        if count.failed > 0 {
            failed.push(name.to_owned());
        }
    };
    // Without its set-up nothing further can run, and each check then says so by itself.
    if setup::prepare(&steps, cfg!(target_os = "linux")).is_err() {
        note("set-up", Count::one(false));
    }
    if steps.run("build the user interface", setup::build_ui).is_err() {
        note("build the user interface", Count::one(false));
    }
    let checks = plan().unwrap_or_else(|failure| {
        println!("{failure}");
        note("list the tests", Count::one(false));
        Vec::new()
    });
    let wanted = |check: &Check| only.is_none_or(|words| check.name.contains(words));
    let checks: Vec<Check> = checks.into_iter().filter(wanted).collect();
    let all = checks.len();
    for (at, mut check) in checks.into_iter().enumerate() {
        println!("\n[{}/{all}] {} (after {})", at + 1, check.name, seconds(began.elapsed()));
        let start = Instant::now();
        let count = perform(&mut check);
        note(&check.name, count);
        println!("      {} passed, {} failed in {}", count.passed, count.failed, seconds(start.elapsed()));
        if count.failed > 0 {
            println!("      What to do: {}", check.remedy);
        }
    }
    if !failed.is_empty() {
        println!("\nFailed: {}", failed.join(", "));
    }
    println!("Took {}.", seconds(began.elapsed()));
    println!("{} passed, {} failed", total.passed, total.failed);
    total.failed == 0
}

/// Every check, cheapest first.
fn plan() -> Outcome<Vec<Check>> {
    let mut checks = vec![
        whole("formatting of Rust", cargo_with(&["fmt", "--all", "--check"]), "run `cargo fmt --all`"),
        whole("formatting of the user interface", npm_run("format:check"), "run `npm run format` in ui/"),
        whole(
            "lints of the user interface",
            npm_run("lint"),
            "read the message above; `npm run lint` in ui/ repeats it",
        ),
        whole(
            "types of the user interface",
            npm_run("check"),
            "read the message above; `npm run check` in ui/ repeats it",
        ),
        Check {
            name: "components".to_owned(),
            command: npm_run("test"),
            reading: Reading::Vitest,
            remedy: "read the message above; `npm test` in ui/ repeats it",
        },
    ];
    // The set-up brings Chromium along on Linux only.
    if cfg!(target_os = "linux") {
        checks.push(Check {
            name: "little room, as at 200 % zoom, in Chromium".to_owned(),
            command: npm_run("test:chromium"),
            reading: Reading::Vitest,
            remedy: "read the message above; `npm run test:chromium` in ui/ repeats it",
        });
    }
    let mut clippy = cargo_with(&["clippy", "--workspace", "--all-targets"]);
    clippy.args(FEATURES).args(["--", "-D", "warnings"]);
    checks.push(whole("lints of Rust", clippy, "read the message above; `cargo clippy` repeats it"));
    let mut units = cargo_tests();
    units.args(["--lib", "--bins", "--examples"]);
    checks.push(counted("units and properties", units));
    checks.push(Check {
        name: "types that cross to the user interface are up to date".to_owned(),
        command: changed_types(),
        reading: Reading::Silent,
        remedy: "commit what the tests have just written below ui/src/ipc/generated",
    });
    let mut sandbox = cargo_with(&["build", "--workspace", "--bins"]);
    sandbox.args(FEATURES);
    checks.push(whole("the app and the sandbox build", sandbox, "read the compiler's message above"));
    for target in integration_tests()? {
        let mut command = cargo_tests();
        command.args(["--test", &target, "--", "--test-threads=1"]);
        checks.push(counted(&target, command));
    }
    Ok(checks)
}

fn whole(name: &str, command: Command, remedy: &'static str) -> Check {
    Check { name: name.to_owned(), command, reading: Reading::Whole, remedy }
}

fn counted(name: &str, command: Command) -> Check {
    let remedy = "read the message above; `cargo xtask test --only` with this name repeats it";
    Check { name: name.to_owned(), command, reading: Reading::Cargo, remedy }
}

fn cargo_with(words: &[&str]) -> Command {
    let mut command = cargo();
    command.args(words);
    command
}

/// One choice of packages, features and profile for all tests, so that everything is built once.
fn cargo_tests() -> Command {
    let mut command = cargo_with(&["test", "--workspace", "--no-fail-fast"]);
    // The line that failed says enough; a hundred lines of the runtime's own hide it.
    command.args(FEATURES).env("RUST_BACKTRACE", "0");
    command
}

fn npm_run(script: &str) -> Command {
    let mut command = npm();
    command.args(["run", "--silent", script]).env("CI", "true").env("NO_COLOR", "1");
    command
}

fn changed_types() -> Command {
    let mut command = Command::new("git");
    command.current_dir(paths::root());
    command.args(["status", "--porcelain", "--", "ui/src/ipc/generated"]);
    command
}

/// The names of all integration tests, as Cargo knows them, in the order they should run.
fn integration_tests() -> Outcome<Vec<String>> {
    let remedy = "see that `cargo metadata` works here";
    let output = crate::steps::capture(cargo().args(["metadata", "--no-deps", "--format-version", "1"]), remedy)?;
    let metadata: serde_json::Value = serde_json::from_str(&output).map_err(|e| Failure::new(e.to_string(), remedy))?;
    let packages = metadata["packages"].as_array().into_iter().flatten();
    let mut names: Vec<String> = packages
        .flat_map(|package| package["targets"].as_array().into_iter().flatten())
        .filter(|target| target["kind"][0] == "test")
        .filter_map(|target| target["name"].as_str().map(str::to_owned))
        .collect();
    names.sort();
    names.dedup();
    names.sort_by_key(|name| SLOWEST_LAST.iter().position(|slow| name.starts_with(slow)).map_or(0, |at| at + 1));
    Ok(names)
}

/// Runs a check with its words shown and counts.
fn perform(check: &mut Check) -> Count {
    let spawned = check.command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn();
    let mut child = match spawned {
        Ok(child) => child,
        Err(error) => {
            println!("      could not run: {error}");
            return Count::one(false);
        }
    };
    let mut count = Count::default();
    let mut spoke = false;
    if let Some(stdout) = child.stdout.take() {
        (count, spoke) = read(stdout, check.reading);
    }
    let succeeded = child.wait().is_ok_and(|status| status.success());
    settle(check.reading, count, succeeded && !(spoke && matches!(check.reading, Reading::Silent)))
}

/// Shows what a check says, and answers its count and whether it said anything.
fn read(stream: impl Read, reading: Reading) -> (Count, bool) {
    let mut count = Count::default();
    let mut spoke = false;
    for line in BufReader::new(stream).split(b'\n').map_while(Result::ok) {
        let line = String::from_utf8_lossy(&line);
        println!("{line}");
        spoke = true;
        count.add(match reading {
            Reading::Whole | Reading::Silent => Count::default(),
            Reading::Cargo => cargo_line(&line),
            Reading::Vitest => vitest_line(&line),
        });
    }
    (count, spoke)
}

/// A check that failed without saying of what counts once; one that says it ran nothing has failed too.
fn settle(reading: Reading, mut count: Count, succeeded: bool) -> Count {
    match reading {
        Reading::Whole | Reading::Silent => Count::one(succeeded),
        Reading::Cargo | Reading::Vitest => {
            if count.failed == 0 && (!succeeded || count.passed == 0) {
                count.failed = 1;
            }
            count
        }
    }
}

fn cargo_line(line: &str) -> Count {
    let Some(result) = line.strip_prefix("test result: ") else { return Count::default() };
    let number = |word: &str| before(result, word);
    // An ignored test is one that could not fail.
    Count { passed: number("passed"), failed: number("failed") + number("ignored") }
}

fn vitest_line(line: &str) -> Count {
    let Some(result) = line.trim_start().strip_prefix("Tests ") else { return Count::default() };
    Count {
        passed: before(result, "passed"),
        failed: before(result, "failed") + before(result, "skipped") + before(result, "todo"),
    }
}

/// The number that stands before a word.
fn before(line: &str, word: &str) -> usize {
    let words: Vec<&str> = line.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words
        .iter()
        .position(|candidate| *candidate == word)
        .and_then(|at| words.get(at.checked_sub(1)?)?.parse().ok())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_count_of_cargo_is_read() {
        let line = "test result: FAILED. 12 passed; 3 failed; 1 ignored; 0 measured; 7 filtered out; finished in 0.02s";
        assert_eq!(cargo_line(line), Count { passed: 12, failed: 4 });
        assert_eq!(cargo_line("test says 3 passed"), Count::default());
    }

    #[test]
    fn the_count_of_vitest_is_read() {
        assert_eq!(vitest_line("      Tests  2 failed | 41 passed (43)"), Count { passed: 41, failed: 2 });
        assert_eq!(vitest_line("      Tests  41 passed (41)"), Count { passed: 41, failed: 0 });
        assert_eq!(vitest_line(" Test Files  5 passed (5)"), Count::default());
    }

    #[test]
    fn a_check_that_ran_nothing_has_failed() {
        assert_eq!(settle(Reading::Cargo, Count::default(), true).failed, 1);
        assert_eq!(settle(Reading::Cargo, Count { passed: 3, failed: 0 }, false).failed, 1);
        assert_eq!(settle(Reading::Cargo, Count { passed: 3, failed: 2 }, false).failed, 2);
        assert_eq!(settle(Reading::Whole, Count::default(), true), Count { passed: 1, failed: 0 });
    }

    #[test]
    fn a_check_that_must_be_silent_fails_when_it_speaks() {
        let check = |words: &str| {
            let mut command = Command::new("printf");
            command.arg(words);
            perform(&mut Check { name: String::new(), command, reading: Reading::Silent, remedy: "" })
        };
        assert_eq!(check("").failed, 0);
        assert_eq!(check(" M KeyView.ts\n").failed, 1);
    }

    #[test]
    fn windows_open_last() {
        let names = integration_tests().unwrap();
        assert_eq!(names.first().map(String::as_str), Some("architecture"));
        let last = names.iter().position(|name| name == "stage").unwrap();
        assert!(names[last..].iter().all(|name| SLOWEST_LAST.iter().any(|slow| name.starts_with(slow))), "{names:?}");
    }
}
