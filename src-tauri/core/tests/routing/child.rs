//! Owns starting a test of this binary once more as a child: as another user, or to be killed.

use super::house::mode;
use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where a child finds its home. Not set in the test itself.
const HOME: &str = "ROUTING_TEST_HOME";
/// What a child is told to do.
const ORDER: &str = "ROUTING_TEST_ORDER";
/// What a child says when all went as it should.
const DONE: &str = "the child is done";
/// The user and group that own nothing.
const NOBODY: u32 = 65_534;

/// The home this process was started for, if it is a child.
#[allow(clippy::disallowed_methods)] // a test has no shell that hands it the environment
pub(crate) fn home() -> Option<PathBuf> {
    std::env::var_os(HOME).map(PathBuf::from)
}

/// What this child is told to do.
#[allow(clippy::disallowed_methods)] // a test has no shell that hands it the environment
pub(crate) fn order() -> String {
    std::env::var(ORDER).unwrap()
}

/// So that the parent can tell an ended child from one that ran nothing.
pub(crate) fn say_done() {
    use std::io::Write as _;
    let mut out = std::io::stdout();
    writeln!(out, "{DONE}").unwrap();
}

/// This binary, to run one test of it in a home.
pub(crate) fn command(program: impl Into<OsString>, test: &str, home: &Path, order: &str) -> Command {
    let mut command = Command::new(program.into());
    command.args(["--exact", test, "--nocapture", "--test-threads=1"]).env(HOME, home).env(ORDER, order);
    command
}

/// The same as a user who may not do everything.
pub(crate) fn unprivileged(test: &str, home: &Path) -> Command {
    let own = std::env::current_exe().unwrap();
    if !rustix::process::geteuid().is_root() {
        return command(own, test, home, "");
    }
    // The build folder may be closed to that user.
    let copy = home.join("this-test");
    fs::copy(own, &copy).unwrap();
    mode(&copy, 0o755);
    mode(home, 0o755);
    give_away(home);
    let order = command(&copy, test, home, "");
    let mut dropped = Command::new("setpriv");
    dropped.args([&format!("--reuid={NOBODY}"), &format!("--regid={NOBODY}"), "--clear-groups"]).arg(copy);
    dropped.args(order.get_args()).env(HOME, home).env(ORDER, "");
    dropped
}

pub(crate) fn expect_done(command: &mut Command) {
    let ended = command.output().expect("setpriv (util-linux) drops root's rights for this test");
    let said = String::from_utf8_lossy(&ended.stdout);
    let complaint = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success() && said.contains(DONE), "{} {said} {complaint}", ended.status);
}

fn give_away(path: &Path) {
    chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
    if path.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            give_away(&entry.unwrap().path());
        }
    }
}
