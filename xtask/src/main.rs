//! Owns the command line of `cargo xtask`. Leaves out the work itself, which the library does.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "talking to the terminal is what this program is for")]

use clap::{Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;
use xtask::steps::{Failure, Outcome};

/// Set-up and checks for people and machines.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Installs what is missing, builds the app and opens it; without a display, leads it through its main job.
    ///
    /// The main job is: open the sandbox, sign in, list, create with an expiry, copy, revoke, proof. It goes through
    /// twice, with the whole sandbox and with one that offers no list, revoke or expiry. Every step is printed with its
    /// time; pictures are saved to a folder that is named at the end. The exit code is 0 only if every step was seen
    /// to work.
    Run {
        /// Parts the sandbox does not offer: any of list,revoke,expiry. The main job then goes through once, so.
        #[arg(long, value_name = "PARTS")]
        without: Option<String>,
        /// Leads the app on a virtual display although there is a real one.
        #[arg(long)]
        headless: bool,
        /// Where the pictures go.
        #[arg(long, value_name = "FOLDER")]
        shots: Option<PathBuf>,
    },
    /// Installs what is missing and runs every check, cheapest first.
    ///
    /// A failing check does not stop the later ones. The last line is `N passed, N failed`.
    Test {
        /// Runs only the checks whose name holds this.
        #[arg(long, value_name = "WORDS")]
        only: Option<String>,
    },
    /// Takes pictures of every screen and state, in both themes and both window sizes, for people to look at.
    Tour {
        /// Where the pictures and their index.html go.
        #[arg(long, value_name = "FOLDER")]
        out: Option<PathBuf>,
    },
    /// Measures the real program, beside a peer of the same run where there is one, and prints a table.
    ///
    /// Linux and root only: it runs in a network namespace with nothing but loopback. No check fails on a time.
    Bench {
        /// Where the figures are written as JSON.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        /// Measures only this part: package, start, first-row, list, servers or projects. Can be given several times.
        #[arg(long, value_name = "PART")]
        only: Vec<String>,
    },
    /// Builds the installable package of this system.
    Dist,
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().task {
        Task::Test { only } => Ok(xtask::test::test(only.as_deref())),
        Task::Run { without, headless, shots } => run(without.as_deref(), headless, shots),
        Task::Tour { out } => tour(out),
        Task::Bench { out, only } => bench(out, only),
        Task::Dist => xtask::dist::dist().map(|()| true),
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(failure) => {
            eprintln!("\nStopped: {failure}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(target_os = "linux")]
fn run(without: Option<&str>, headless: bool, shots: Option<PathBuf>) -> Outcome<bool> {
    if !headless && xtask::setup::has_display() {
        return xtask::run::with_display(without).map(|()| true);
    }
    until_interrupted(xtask::run::without_display(without, shots))
}

#[cfg(not(target_os = "linux"))]
fn run(without: Option<&str>, headless: bool, _shots: Option<PathBuf>) -> Outcome<bool> {
    if headless {
        return Err(Failure::new("the app can be led by itself on Linux only", "run this without --headless"));
    }
    xtask::run::with_display(without).map(|()| true)
}

#[cfg(target_os = "linux")]
fn tour(out: Option<PathBuf>) -> Outcome<bool> {
    until_interrupted(xtask::tour::tour(out))
}

#[cfg(not(target_os = "linux"))]
fn tour(_out: Option<PathBuf>) -> Outcome<bool> {
    Err(Failure::new("the tour is taken on a virtual display, which only Linux has", "run it on Linux"))
}

#[cfg(target_os = "linux")]
fn bench(out: Option<PathBuf>, only: Vec<String>) -> Outcome<bool> {
    until_interrupted(xtask::bench::bench(out, only))
}

#[cfg(not(target_os = "linux"))]
fn bench(_out: Option<PathBuf>, _only: Vec<String>) -> Outcome<bool> {
    Err(Failure::new("the figures are taken on a virtual display, which only Linux has", "run it on Linux"))
}

/// Lets Ctrl-C end the work in order, so that nothing is left running.
#[cfg(target_os = "linux")]
fn until_interrupted(work: impl Future<Output = Outcome<()>>) -> Outcome<bool> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::new(format!("no runtime: {error}"), "see that the system is not out of memory"))?;
    runtime.block_on(async {
        tokio::select! {
            outcome = work => outcome.map(|()| true),
            _ = tokio::signal::ctrl_c() => Err(Failure::new("interrupted", "run it again when you like")),
        }
    })
}
