//! Owns the proof that the app closes itself to other programs of the same person and leaves no core dump:
//! tried by one such program, as a user without rights. Leaves out what is in the memory (secrecy.rs).
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::disallowed_methods, reason = "a test's helper may fail the test")]
#![allow(clippy::print_stdout, reason = "one process tells the other what it saw")]

use std::collections::BTreeSet;
use std::fs::File;
use std::os::unix::fs::{FileExt as _, PermissionsExt as _, chown};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;
use xtask::driver::wait_until;
use xtask::paths;
use xtask::processes::{descendants, program_of, runs};
use xtask::stage::{Keyring, Setting, Stage};

/// Says which app to look at, in the process that does.
const ROLE: &str = "LOOKS_AT_THE_APP";

/// `nobody`, by its number on every system.
const NOBODY: u32 = 65534;

/// A bus that starts nothing by itself.
const BUS: &str = r#"<busconfig><type>session</type><listen>unix:tmpdir=/tmp</listen>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/>
<allow own="*"/></policy></busconfig>"#;

#[tokio::test]
async fn no_other_program_of_the_same_person_can_look_into_the_app() {
    if let Some(app) = std::env::var_os(ROLE) {
        return look(Path::new(&app)).await;
    }
    let stage = Stage::set(Setting { keyring: Keyring::Absent, ..Setting::default() }).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let own = |name: &str| folder.path().join(name);
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    std::fs::write(own("bus.conf"), BUS).unwrap();
    std::fs::create_dir(own("home")).unwrap();
    // Copies, since the checkout may lie where nobody can read.
    std::fs::copy(paths::app(), own("latchkey")).unwrap();
    std::fs::copy(std::env::current_exe().unwrap(), own("looks")).unwrap();
    chown(own("home"), Some(NOBODY), Some(NOBODY)).expect("this test needs root: run it through sudo");
    let output = stage
        .command("prlimit")
        .args(["--core=unlimited:unlimited", "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"])
        .args(["dbus-run-session", &format!("--config-file={}", own("bus.conf").display()), "--"])
        .arg(own("looks"))
        .args(["--exact", "no_other_program_of_the_same_person_can_look_into_the_app", "--nocapture"])
        .env(ROLE, own("latchkey"))
        .env("HOME", own("home"))
        .env("RUST_BACKTRACE", "0")
        .env_remove("XDG_DATA_HOME")
        .env_remove("XDG_CONFIG_HOME")
        .env_remove("XDG_CACHE_HOME")
        .env_remove("XDG_STATE_HOME")
        .env_remove("XDG_RUNTIME_DIR")
        .current_dir(own("home"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let lines: BTreeSet<&str> = said.lines().filter_map(|line| line.split_once("seen: ")).map(|(_, it)| it).collect();
    println!("{said}");
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{complaint}");
    // The control: the same look at a program that does not close itself.
    assert!(lines.contains("sleep: memory read, core limit unlimited"), "{said}");
    assert!(lines.contains("latchkey: memory closed, core limit 0"), "{said}");
    // Another program is open again, but leaves no core dump either.
    let passed_on = |name: &str| lines.iter().any(|line| line.starts_with(name) && line.ends_with("core limit 0"));
    assert!(passed_on("WebKitWebProcess") && passed_on("WebKitNetworkProcess"), "{said}");
    assert!(lines.contains("core dumps of the app: 0"), "{said}");
}

/// As the other program. Starts what it looks at, since some systems let a program trace only its own.
async fn look(app: &Path) {
    let mut control = Command::new("sleep").arg("60").spawn().unwrap();
    seen("sleep", control.id());
    control.kill().unwrap();
    control.wait().unwrap();

    let mut child = Command::new(app).stdin(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();
    let started = child.id();
    let below = || -> Vec<(String, u32)> {
        descendants(started).into_iter().filter_map(|id| Some((program_of(id)?, id))).collect()
    };
    let opened = wait_until(Duration::from_secs(60), async || {
        let there = below();
        let whole =
            ["WebKitWebProcess", "WebKitNetworkProcess"].iter().all(|name| there.iter().any(|(is, _)| is == *name));
        // One that has ended opens no window any more.
        if whole { Some(there) } else { (!runs(started)).then(Vec::new) }
    })
    .await;
    let Some(below) = opened.filter(|below| !below.is_empty()) else {
        // It would hold our output open, and whoever reads that would wait.
        child.kill().unwrap();
        panic!("the app opens no window");
    };
    seen("latchkey", child.id());
    for (name, id) in below {
        seen(&name, id);
    }
    let abort = Command::new("kill").args(["-s", "ABRT", &child.id().to_string()]).status().unwrap();
    assert!(abort.success());
    child.wait().unwrap();
    let here = std::fs::read_dir(".").unwrap().flatten();
    let dumps = here.filter(|entry| entry.file_name().to_string_lossy().starts_with("core")).count();
    println!("\nseen: core dumps of the app: {dumps}");
}

/// Tries to read the memory of a process, and says how that went. The system asks the same of whoever opens
/// this file as of a debugger that attaches (`PTRACE_MODE_ATTACH`, ptrace(2)).
fn seen(name: &str, process: u32) {
    let memory = read_first_bytes(process).map_or("memory closed", |()| "memory read");
    let limits = std::fs::read_to_string(format!("/proc/{process}/limits")).unwrap();
    let core = limits.lines().find_map(|line| line.strip_prefix("Max core file size")).unwrap();
    let words: Vec<&str> = core.split_whitespace().collect();
    // The second is how far it could be raised again.
    let core = if words[0] == words[1] { words[0] } else { "not fixed" };
    println!("\nseen: {name}: {memory}, core limit {core}");
}

fn read_first_bytes(process: u32) -> Option<()> {
    let maps = std::fs::read_to_string(format!("/proc/{process}/maps")).ok()?;
    let start = u64::from_str_radix(maps.split('-').next()?, 16).ok()?;
    let memory = File::open(format!("/proc/{process}/mem")).ok()?;
    memory.read_exact_at(&mut [0; 16], start).ok()
}
