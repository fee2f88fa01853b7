//! Owns records that cannot be used any more while the window runs: a disk that fills up, a limit on files, a
//! file closed to the person, damage. Each is said with a next step, and nothing that was there is lost.

use super::{begun, on_a_small_disk, person_like_any_other, stage_with};
use latchkey_core::records::Records;
use serde_json::json;
use std::fs::{File, Permissions, set_permissions};
use std::io::Write as _;
use std::os::unix::fs::{FileExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::Command;
use xtask::journey::Journey;
use xtask::sandbox::BackDoor;
use xtask::stage::Stage;

const SERVICE: &str = "app.latchkey.desktop";

/// Signed in to services that stand beside the app: what is tried here outlives it, or hides its own folder.
async fn signed_in(mut stage: Stage) -> (Journey, BackDoor) {
    let door = stage.start_services(&["--seed", "1"]).unwrap();
    let mut journey = begun(stage).await;
    let servers = json!({ "host": door.host(), "authorization_server": door.authorization_server(),
        "client_id": door.client_id() });
    let ask = json!({ "provider": "basic-memory", "account": null, "servers": servers });
    journey.window.find("first-run").await.unwrap();
    journey.window.invoke("start_sign_in", ask).await.unwrap().unwrap();
    let stage = &journey.stage;
    let page = journey.window.until("the page to be opened", async || stage.opened().pop()).await.unwrap();
    journey.approve(&page).await.unwrap();
    journey.list().await.unwrap();
    (journey, door)
}

/// Fills the create dialog and presses Create.
async fn try_to_create(journey: &Journey, name: &str) {
    journey.press("create-key").await.unwrap();
    journey.window.find("create-dialog").await.unwrap();
    journey.fill("create-name", name).await.unwrap();
    journey.choose("create-expiry", "30").await.unwrap();
    journey.press("create-submit").await.unwrap();
}

/// Closes the secret and finds the key in the list.
async fn done(journey: &Journey, name: &str) {
    journey.press("secret-done").await.unwrap();
    journey.window.gone("secret-dialog").await.unwrap();
    journey.search(name).await.unwrap();
    journey.row(name).await.unwrap();
}

fn made(door: &BackDoor, name: &str) -> usize {
    door.keys().unwrap().iter().filter(|key| key["name"] == name).count()
}

/// Takes all the room on the disk that the app sees.
fn fill_up(filler: &Path) {
    let mut file = File::options().create(true).append(true).open(filler).unwrap();
    while file.write_all(&[0; 4096]).is_ok() {}
}

fn signal(process: u32, name: &str) {
    assert!(Command::new("kill").args([name, &process.to_string()]).status().unwrap().success());
}

#[tokio::test]
async fn a_disk_that_fills_up_refuses_a_write_as_a_whole_and_loses_no_secret() {
    let (mut stage, file) = stage_with(None);
    on_a_small_disk(&mut stage, "16m", "true");
    let (mut journey, door) = signed_in(stage).await;
    let app = journey.window.process("latchkey").unwrap();
    let filler = PathBuf::from(format!("/proc/{app}/root{}", file.with_file_name("filler").display()));

    fill_up(&filler);
    try_to_create(&journey, "does-not-fit").await;
    journey.window.says("create-failure", "The disk is full").await.unwrap();
    journey.window.says("create-failure", "Make room, then try again").await.unwrap();
    journey.picture("disk-filled-up").await.unwrap();
    assert_eq!(made(&door, "does-not-fit"), 0, "a key was made that nothing remembers");
    std::fs::remove_file(&filler).unwrap();
    journey.press("create-submit").await.unwrap();
    journey.window.find("secret-dialog").await.unwrap();
    let secret = journey.copy().await.unwrap();
    assert!(door.accepts(&secret).unwrap(), "another secret than the key's is shown");
    done(&journey, "does-not-fit").await;

    // Between the request and its answer: the key exists by then, and its secret is nowhere else.
    let before = door.asked("POST /api/keys").unwrap();
    let late = json!({ "path": "/api/keys", "method": "POST", "kind": "latency", "milliseconds": 4000, "times": 1 });
    door.add_fault(&late).unwrap();
    try_to_create(&journey, "in-between").await;
    let sent = async || (door.asked("POST /api/keys").unwrap() > before).then_some(());
    journey.window.until("the request to be sent", sent).await.unwrap();
    // However long filling takes, the answer comes after it.
    signal(door.process, "-STOP");
    fill_up(&filler);
    signal(door.process, "-CONT");
    journey.window.find("secret-dialog").await.unwrap();
    journey.picture("disk-filled-up-in-between").await.unwrap();
    let secret = journey.copy().await.unwrap();
    assert!(door.accepts(&secret).unwrap(), "another secret than the key's is shown");
    journey.window.says("secret-keep-failure", "The disk is full").await.unwrap();
    std::fs::remove_file(&filler).unwrap();
    journey.press("secret-keep-failure-next").await.unwrap();
    journey.window.says("receipt-kept", "Kept").await.unwrap();
    assert!(journey.stage.keyring_secrets(SERVICE).contains(&secret), "it is not in the keychain");
    done(&journey, "in-between").await;

    // What the services say does not fit either, and then it does.
    fill_up(&filler);
    journey.press("nav-settings").await.unwrap();
    journey.press("settings-accounts").await.unwrap();
    journey.window.press_style("[data-testid^=\"account-menu-\"]").await.unwrap();
    journey.press("account-menu-refresh").await.unwrap();
    journey.window.says("app-failure", "The disk is full").await.unwrap();
    journey.picture("disk-filled-up-for-a-list").await.unwrap();
    assert_eq!(journey.window.accessibility_faults().await.unwrap(), Vec::<String>::new());
    std::fs::remove_file(&filler).unwrap();
    journey.press("app-failure-next").await.unwrap();
    journey.window.gone("app-failure").await.unwrap();
    journey.press("nav-keys").await.unwrap();
    journey.search("in-between").await.unwrap();
    journey.row("in-between").await.unwrap();
}

#[tokio::test]
async fn a_limit_on_the_size_of_files_ends_no_app_and_is_forgiven_once_it_is_lifted() {
    let (stage, file) = stage_with(None);
    let (mut journey, door) = signed_in(stage).await;
    let app = journey.window.process("latchkey").unwrap();
    let limit = |bytes: &str| {
        let mut limited = Command::new("prlimit");
        limited.args(["--pid", &app.to_string(), &format!("--fsize={bytes}:unlimited")]);
        assert!(limited.status().unwrap().success());
    };
    // As long as the log of the records is by now, which is short of where it begins anew. Without a handler
    // the system would end the app in the middle of the write (SIGXFSZ).
    let log = file.with_file_name("records.db-wal").metadata().unwrap().len();
    assert!((1..4_000_000).contains(&log), "{log}");
    limit(&log.to_string());
    try_to_create(&journey, "too-long").await;
    journey.window.says("create-failure", "Couldn’t read or write Latchkey’s records").await.unwrap();
    journey.window.says("create-failure", "then try again").await.unwrap();
    journey.picture("records-limited").await.unwrap();
    assert_eq!(made(&door, "too-long"), 0, "a key was made that nothing remembers");
    limit("unlimited");
    journey.press("create-submit").await.unwrap();
    journey.window.find("secret-dialog").await.unwrap();
}

#[tokio::test]
async fn records_closed_to_the_person_meanwhile_stay_in_use_and_are_named_at_the_next_start() {
    let (mut stage, file) = stage_with(None);
    person_like_any_other(&mut stage);
    let (mut journey, _door) = signed_in(stage).await;
    let folder = file.parent().unwrap();
    let modes = |of_file: u32, of_folder: u32| {
        for entry in std::fs::read_dir(folder).unwrap().flatten().filter(|entry| entry.path().is_file()) {
            set_permissions(entry.path(), Permissions::from_mode(of_file)).unwrap();
        }
        set_permissions(folder, Permissions::from_mode(of_folder)).unwrap();
    };
    modes(0o400, 0o500);
    // Whoever has a file open may go on: it is kept, and nothing is said of what works.
    journey.create("closed-meanwhile", "30").await.unwrap();
    let secret = journey.copy().await.unwrap();
    journey.press("secret-done").await.unwrap();
    journey.row("closed-meanwhile").await.unwrap();
    assert!(!journey.window.has("app-failure").await);
    journey.stage.close_app();
    journey.window = journey.stage.open_app().await.unwrap();
    journey.window.says("start-failure", "Latchkey may not write its records").await.unwrap();
    modes(0o600, 0o700);
    journey.press("start-retry").await.unwrap();
    journey.row("closed-meanwhile").await.unwrap();
    assert!(journey.stage.keyring_secrets(SERVICE).contains(&secret), "the kept key is gone");
}

#[tokio::test]
async fn records_that_are_damaged_meanwhile_are_called_so_and_put_aside_at_the_next_start() {
    let (stage, file) = stage_with(None);
    let (mut journey, _door) = signed_in(stage).await;
    journey.create("kept", "30").await.unwrap();
    let secret = journey.copy().await.unwrap();
    done(&journey, "kept").await;
    // But for what is there for a moment alone, to see whether the keychain can be written.
    let kept = |journey: &Journey| {
        let mut secrets = journey.stage.keyring_secrets(SERVICE);
        secrets.retain(|secret| ["bmc_", "sandbox_refresh_"].iter().any(|head| secret.starts_with(head)));
        secrets
    };
    let before = kept(&journey);
    assert!(before.contains(&secret) && before.len() == 2, "{} secrets", before.len());

    // As a disk that fails, or another program, would leave them. That one makes a change besides, so that the
    // app reads again what it has read before.
    let other = Records::open(&file).unwrap();
    other.put_setting("another program", "was here").unwrap();
    for part in ["records.db", "records.db-wal"] {
        let part = File::options().write(true).open(file.with_file_name(part)).unwrap();
        let length = usize::try_from(part.metadata().unwrap().len()).unwrap();
        part.write_all_at(&b"not of these records ".repeat(length / 21), 0).unwrap();
    }
    other.put_setting("another program", "was here again").unwrap();
    journey.press("nav-activity").await.unwrap();
    journey.window.page_says("Latchkey’s records are damaged").await.unwrap();
    journey.window.page_says("Quit Latchkey and open it again").await.unwrap();
    journey.picture("records-damaged-meanwhile").await.unwrap();
    assert_eq!(journey.window.accessibility_faults().await.unwrap(), Vec::<String>::new());
    let refused = journey.window.invoke("set_records_aside", json!({})).await.unwrap();
    assert!(refused.is_err(), "records that are in use were put aside");

    journey.stage.close_app();
    journey.window = journey.stage.open_app().await.unwrap();
    journey.window.says("start-failure", "Put it aside and start anew").await.unwrap();
    journey.press("start-anew").await.unwrap();
    journey.window.find("first-run").await.unwrap();
    assert!(kept(&journey) == before, "what the keychain held is not there any more");
}
