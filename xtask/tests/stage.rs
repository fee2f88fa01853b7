//! Owns the proof that a stage is what it says: apart from the machine's own session, and gone when dropped.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test's helper may fail the test")]

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use xtask::processes::descendants;
use xtask::stage::{Keyring, Setting, Stage};

/// A page that says what its button was pressed with.
const PAGE: &str = "data:text/html,<title>x</title><input data-testid=field>\
    <button data-testid=go onclick=\"this.textContent=document.querySelector('input').value\">go</button>";

fn probe_keyring(stage: &Stage) -> bool {
    let mut command = stage.command("secret-tool");
    command.args(["search", "--all", "nothing", "such"]).stdout(Stdio::null()).stderr(Stdio::piped());
    let output = command.output().unwrap();
    output.stderr.is_empty()
}

#[test]
fn everything_on_a_stage_ends_with_it() {
    let before = descendants(std::process::id());
    let stage = Stage::set(Setting::default()).unwrap();
    let folder = stage.folder().to_owned();
    let during = descendants(std::process::id());
    assert!(during.len() >= before.len() + 4, "display, bus, keyring and warden run: {during:?}");
    drop(stage);
    assert!(!folder.exists());
    for id in during.iter().filter(|id| !before.contains(id)) {
        assert!(!Path::new(&format!("/proc/{id}")).exists(), "{id} outlived its stage");
    }
}

#[test]
fn the_keyring_is_there_or_not_as_the_setting_says() {
    let unlocked = Stage::set(Setting::default()).unwrap();
    assert!(probe_keyring(&unlocked));
    drop(unlocked);
    let absent = Stage::set(Setting { keyring: Keyring::Absent, ..Setting::default() }).unwrap();
    assert!(!probe_keyring(&absent));
}

#[test]
fn a_locked_keyring_does_not_take_a_secret() {
    let stage = Stage::set(Setting { keyring: Keyring::Locked, ..Setting::default() }).unwrap();
    let mut store = stage.command("timeout");
    store.args(["3", "secret-tool", "store", "--label=x", "a", "b"]).stdin(Stdio::null()).stderr(Stdio::null());
    assert!(!store.status().unwrap().success());
}

#[test]
fn the_clipboard_is_the_stages_own() {
    let mut stage = Stage::set(Setting::default()).unwrap();
    assert_eq!(stage.clipboard(), None);
    stage.put_on_clipboard("bmc_fromElsewhereEXAMPLE").unwrap();
    assert_eq!(stage.clipboard().as_deref(), Some("bmc_fromElsewhereEXAMPLE"));
}

#[test]
fn what_is_opened_is_written_down_until_there_is_no_browser() {
    let stage = Stage::set(Setting::default()).unwrap();
    let open = |address: &str| stage.command("xdg-open").arg(address).status().unwrap().success();
    assert!(open("http://127.0.0.1:1/approve?code=A%20B"));
    stage.take_browser_away(true).unwrap();
    assert!(!open("http://127.0.0.1:1/other"));
    assert_eq!(stage.opened(), ["http://127.0.0.1:1/approve?code=A%20B"]);
}

#[tokio::test]
async fn a_page_can_be_led_by_mouse_and_by_keyboard() {
    let mut stage = Stage::set(Setting::default()).unwrap();
    let window = stage.browse(PAGE).await.unwrap();
    window.fill("field", "by mouse").await.unwrap();
    window.press("go").await.unwrap();
    window.says("go", "by mouse").await.unwrap();
    window.fill("field", "").await.unwrap();
    window.type_into("field", "By keyboard").await.unwrap();
    window.enter_on("go").await.unwrap();
    window.says("go", "By keyboard").await.unwrap();
    assert!(window.accessibility_faults().await.unwrap().iter().any(|fault| fault.starts_with("label ")));
}

#[test]
fn a_stage_is_cleared_away_even_when_its_owner_is_killed() {
    // The owner is this very test in a process of its own.
    if std::env::var_os("OWNS_A_STAGE").is_some() {
        let stage = Stage::set(Setting::default()).unwrap();
        println!("folder={}", stage.folder().display());
        std::io::stdin().read_line(&mut String::new()).unwrap();
        return;
    }
    let mut owner = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "a_stage_is_cleared_away_even_when_its_owner_is_killed", "--nocapture"])
        .env("OWNS_A_STAGE", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let words = BufReader::new(owner.stdout.take().unwrap());
    let folder =
        words.lines().map_while(Result::ok).find_map(|line| Some(line.split_once("folder=")?.1.to_owned())).unwrap();
    let started = descendants(owner.id());
    assert!(started.len() >= 4, "{started:?}");
    owner.kill().unwrap();
    owner.wait().unwrap();
    let deadline = Instant::now() + Duration::from_secs(10);
    let runs = |id: &u32| Path::new(&format!("/proc/{id}")).exists();
    while Path::new(&folder).exists() || started.iter().any(runs) {
        assert!(Instant::now() < deadline, "something outlived the stage: {started:?}");
    }
}
