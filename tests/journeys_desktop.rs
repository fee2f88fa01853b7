//! Owns what goes between the window and the rest of the desktop: notifications, files saved and chosen, a
//! file dropped on the window. The desktop's other side is really there: a bus, dialogs, an X server.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test's helper may fail the test")]

#[path = "journeys_desktop/listener.rs"]
mod listener;

use listener::Listener;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use xtask::journey::{Hand, Journey};
use xtask::sandbox::BackDoor;
use xtask::stage::{Setting, Stage};

const DAY: i64 = 24 * 60 * 60;

/// The four accounts of a full sandbox, at Basic Memory not signed in.
async fn with_four_accounts(stage: Stage) -> (Journey, BackDoor) {
    let journey = Journey::begin(stage, Hand::Mouse, None).await.unwrap();
    journey.open_sandbox().await.unwrap();
    journey.press("sign-in-cancel").await.unwrap();
    journey.window.gone("sign-in-dialog").await.unwrap();
    let door = BackDoor::find(&journey.window).await.unwrap();
    (journey, door)
}

/// An account of one's own at services that the app did not start: the sandbox's are in no inventory.
async fn with_an_account_of_ones_own() -> (Journey, BackDoor) {
    let mut stage = Stage::set(Setting::default()).unwrap();
    let door = stage.start_services(&["--seed", "demo"]).unwrap();
    let mut journey = Journey::begin(stage, Hand::Mouse, None).await.unwrap();
    journey.press("add-key-memory-api").await.unwrap();
    journey.window.find("admin-key-dialog").await.unwrap();
    journey.press("admin-advanced").await.unwrap();
    journey.fill("admin-base-url", door.base("memory-api")).await.unwrap();
    journey.stage.put_on_clipboard(door.admin_key("memory-api")).unwrap();
    journey.press("admin-paste").await.unwrap();
    journey.window.says("admin-found", "Works").await.unwrap();
    journey.fill("admin-label", "Mine").await.unwrap();
    journey.press("admin-submit").await.unwrap();
    journey.window.gone("admin-key-dialog").await.unwrap();
    journey.stands("Mine", "ok").await.unwrap();
    (journey, door)
}

fn full() -> Setting {
    Setting { sandbox_arguments: "--seed demo".to_owned(), ..Setting::default() }
}

/// A key of Memory API that never ends, by its place among those.
fn lasting(door: &BackDoor, at: usize) -> (String, String) {
    let keys = door.keys_of("memory-api").unwrap();
    let lasts = |key: &&Value| key["expires_at"].is_null() && key["status"] == "active";
    let key = keys.iter().filter(lasts).nth(at).unwrap();
    (key["id"].as_str().unwrap().to_owned(), key["name"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn what_falls_due_is_told_once_by_the_system_and_not_when_that_is_switched_off() {
    let stage = Stage::set(full()).unwrap();
    let listener = Listener::on(&stage).await;
    let (journey, door) = with_four_accounts(stage).await;
    journey.stands("API", "ok").await.unwrap();
    let (id, name) = lasting(&door, 0);
    // The moment comes after the app was started, so it is news.
    door.ends_in(&id, 7 * DAY + 2).unwrap();
    let window = &journey.window;
    let api = journey.account("API").await.unwrap();
    let told = async || {
        let _ = window.invoke("refresh_keys", json!({ "account": api })).await;
        listener.told().first().cloned()
    };
    let told = window.until("a notification", told).await.unwrap();
    assert_eq!(told.title, "A key expires in 7 days");
    assert!(
        told.words.contains(&name) && told.words.contains("Memory API") && !told.words.contains("mem_"),
        "{told:?}"
    );
    let before = door.asked("memory-api GET /v1/account/api-keys").unwrap();
    journey.read_again("API").await.unwrap();
    let read = async || (door.asked("memory-api GET /v1/account/api-keys").ok()? > before).then_some(());
    window.until("the list to be read again", read).await.unwrap();
    journey.stands("API", "ok").await.unwrap();
    assert_eq!(listener.told().len(), 1, "told twice");

    journey.press("nav-settings").await.unwrap();
    journey.press("settings-notifications").await.unwrap();
    journey.press("setting-notifications").await.unwrap();
    let off =
        "return document.querySelector('[data-testid=setting-notifications]').getAttribute('aria-checked') === 'false'";
    window.holds("notifications to be off", off).await.unwrap();
    let (id, name) = lasting(&door, 0);
    door.ends_in(&id, DAY - 1).unwrap();
    journey.read_again("API").await.unwrap();
    // It is in the window's own list all the same.
    journey.window.says("banner", &name).await.unwrap();
    assert_eq!(listener.told().len(), 1, "told although it is switched off");
}

#[tokio::test]
async fn an_inventory_is_saved_here_and_taken_in_on_another_computer() {
    let (journey, door) = with_an_account_of_ones_own().await;
    let (_, name) = lasting(&door, 0);
    journey.open_drawer(&name).await.unwrap();
    journey.press("drawer-note").await.unwrap();
    journey.fill("drawer-place-name", "prod server").await.unwrap();
    journey.press("drawer-place-save").await.unwrap();
    journey.window.page_says("prod server").await.unwrap();
    journey.press("nav-settings").await.unwrap();
    journey.press("settings-general").await.unwrap();
    for format in ["csv", "json"] {
        journey.press(&format!("export-{format}")).await.unwrap();
        journey.window.says("export-saved", &format!(".{format}")).await.unwrap();
    }
    let csv = std::fs::read_to_string(saved(&journey.stage, "csv")).unwrap();
    let json = std::fs::read_to_string(saved(&journey.stage, "json")).unwrap();
    for text in [&csv, &json] {
        assert!(text.contains(&name), "the inventory lacks the key");
        for secret in journey.stage.keyring_secrets("app.latchkey.desktop") {
            assert!(!text.contains(&secret), "a secret is in the inventory");
        }
    }

    assert!(json.contains("prod server"), "the inventory lacks the noted place");
    // The other computer: nothing of the first is on it but the file.
    let other = Stage::set(Setting::default()).unwrap();
    let file = other.home().join("inventory.json");
    std::fs::write(&file, &json).unwrap();
    let other = Journey::begin(other, Hand::Mouse, None).await.unwrap();
    other.window.find("first-run").await.unwrap();
    other.press("first-run-import").await.unwrap();
    other.stage.choose_in_dialog("Import an inventory", &file).unwrap();
    other.window.find("import-dialog").await.unwrap();
    let whole: Value = serde_json::from_str(&json).unwrap();
    let of_account = |account: &Value| account["keys"].as_array().unwrap().len();
    let keys: usize = whole["accounts"].as_array().unwrap().iter().map(of_account).sum();
    assert!(keys > 5, "only {keys} keys are in the inventory");
    other.window.says("import-plan", &keys.to_string()).await.unwrap();
    other.press("import-submit").await.unwrap();
    other.window.says("imported", "1 noted place").await.unwrap();
    other.press("import-done").await.unwrap();
    other.window.gone("import-dialog").await.unwrap();
    other.open_drawer(&name).await.unwrap();
    other.window.page_says("prod server").await.unwrap();
    other.window.page_says("Nowhere on this computer").await.unwrap();
}

#[tokio::test]
async fn a_dropped_env_file_offers_its_keys_and_sends_none_before_a_word() {
    let (journey, door) = with_four_accounts(Stage::set(full()).unwrap()).await;
    journey.stands("API", "ok").await.unwrap();
    let wish = serde_json::json!({ "name": "from a file", "environment": "test", "scopes": ["read"] });
    let key = door.make_key("memory-api", "/account/api-keys", &wish).unwrap();
    let file = journey.stage.home().join("site.env");
    let text = format!("DEBUG=1\nexport MEMORY_API_KEY=\"{key}\"\nDATABASE_URL=postgres://localhost\n");
    std::fs::write(&file, &text).unwrap();
    let before = door.asked("memory-api GET /v1/account").unwrap();
    journey.stage.drop_on_window("Latchkey", &file).unwrap();
    journey.window.find("dropped-dialog").await.unwrap();
    journey.window.says("dropped-key", "MEMORY_API_KEY · looks like Memory API, test").await.unwrap();
    journey.window.page_says("2 other lines are no key").await.unwrap();
    journey.hides(&key).await.unwrap();
    assert_eq!(door.asked("memory-api GET /v1/account").unwrap(), before, "a dropped key was sent by itself");
    journey.window.press_style("[data-testid^=\"dropped-add-\"]").await.unwrap();
    journey.window.find("paste-dialog").await.unwrap();
    journey.fill("paste-name", "site").await.unwrap();
    journey.press("paste-test").await.unwrap();
    journey.window.says("paste-test-result", "Works").await.unwrap();
    assert!(door.asked("memory-api GET /v1/account").unwrap() > before);
    journey.press("paste-submit").await.unwrap();
    journey.press("paste-done").await.unwrap();
    journey.press("dropped-done").await.unwrap();
    journey.window.gone("dropped-dialog").await.unwrap();
    journey.search("site").await.unwrap();
    journey.row("site").await.unwrap();
    assert_eq!(std::fs::read_to_string(&file).unwrap(), text, "the file was changed");
}

#[tokio::test]
async fn an_end_is_saved_as_a_calendar_entry() {
    let (journey, door) = with_four_accounts(Stage::set(full()).unwrap()).await;
    journey.stands("API", "ok").await.unwrap();
    let keys = door.keys_of("memory-api").unwrap();
    let ends = |key: &&Value| key["expires_at"].is_string() && key["status"] == "active";
    let name = keys.iter().find(ends).unwrap()["name"].as_str().unwrap();
    journey.open_drawer(name).await.unwrap();
    journey.press("calendar-add").await.unwrap();
    journey.window.says("calendar-saved", ".ics").await.unwrap();
    let entry = std::fs::read_to_string(saved(&journey.stage, "ics")).unwrap();
    assert!(entry.starts_with("BEGIN:VCALENDAR\r\n") && entry.ends_with("END:VCALENDAR\r\n"), "{entry}");
    assert!(entry.contains("(Memory API) expires") && entry.contains("BEGIN:VALARM"), "{entry}");
}

/// The one file with this ending below the person's home.
fn saved(stage: &Stage, ending: &str) -> PathBuf {
    let mut found = Vec::new();
    let mut folders = vec![stage.home()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|has| has == ending) && is_ours(&path) {
                found.push(path);
            }
        }
    }
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0)
}

fn is_ours(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("latchkey"))
}
