//! Owns the border between Rust and the page, in the real window: which commands there are, that no
//! other can be called, and that no answer but `reveal_secret`'s holds a byte of a secret.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test's helper may fail the test")]

#[path = "commands/denied.rs"]
mod denied;
#[path = "commands/leaks.rs"]
mod leaks;
#[path = "commands/listed.rs"]
mod listed;

use denied::callable_without;
use leaks::leaked;
use listed::{allowed, granted, registered};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use xtask::journey::{Hand, Journey, Verdict};
use xtask::stage::{Setting, Stage};

/// The name that keychain items are kept under.
const SERVICE: &str = "app.latchkey.desktop";

/// A key that another program keeps on this computer, and one in the clipboard.
const FOUND: &str = "bmc_foundInTheOtherProgramsFileOnThisDiskEXAMPLE";
const PASTED: &str = "bmc_pastedFromTheClipboardOfThisComputerEXAMPLE";

/// What the commands are called with.
struct World {
    account: String,
    key: String,
    other_key: String,
}

/// Every command with its arguments, the harmless first. What a command needs from an earlier one's answer
/// comes in by `found` and `pasted`.
fn calls(world: &World, found: &Value, pasted: &Value) -> Vec<(&'static str, Value)> {
    let World { account, key, other_key } = world;
    let servers =
        json!({ "host": "http://127.0.0.1:9", "authorization_server": "http://127.0.0.1:9", "client_id": "x" });
    let adopt = |source: &Value, name: &str| {
        json!({ "input": { "source": source, "account": account, "name": name, "keep": true,
        "provider": null, "host": null, "project": null, "scopes": null, "remind_on": null, "utc_offset_minutes": 0 } })
    };
    let create = json!({ "input": { "account": account, "name": "second", "workspace": null, "expires_on": null,
        "utc_offset_minutes": 0, "keep": true, "allow_duplicate": false, "environment": null, "scopes": [],
        "rate_limit": null } });
    let source = json!({ "source": pasted, "provider": "memory-api", "host": "http://127.0.0.1:9/v1" });
    vec![
        ("app_state", json!({})),
        ("sign_in_state", json!({})),
        ("list_keys", json!({})),
        ("refresh_workspaces", json!({ "account": account })),
        ("refresh_keys", json!({ "account": account })),
        ("key_detail", json!({ "key": key })),
        ("create_key", create),
        ("slot", json!({})),
        ("copy_secret", json!({ "key": key })),
        ("copy_snippet", json!({ "key": key, "snippet": "environment", "withSecret": true })),
        ("copy_words", json!({ "words": "first" })),
        ("clear_clipboard", json!({})),
        ("keep_secret", json!({ "key": key })),
        ("close_slot", json!({ "anyway": true })),
        ("note_place", json!({ "key": key, "name": "prod server", "detail": "" })),
        ("remove_noted_place", json!({ "place": "00000000-0000-4000-8000-000000000000" })),
        ("revoke_plan", json!({ "key": key })),
        ("check_revoked", json!({ "key": key })),
        ("test_key", json!({ "key": key })),
        ("seen", json!({ "key": key })),
        ("set_reminder", json!({ "key": key, "on": "2030-01-31", "utcOffsetMinutes": 60 })),
        ("add_to_calendar", json!({ "key": key })),
        ("dismiss_due", json!({})),
        ("export_inventory", json!({ "format": "csv" })),
        ("export_inventory", json!({ "format": "json" })),
        ("export_inventory", json!({ "format": "json", "keys": [key] })),
        ("import_inventory", json!({ "id": "none" })),
        ("dropped_keys", json!({})),
        ("refresh_usage", json!({ "account": account })),
        ("cancel_retry", json!({ "account": account })),
        ("test_pasted", source.clone()),
        ("check_admin_key", source.clone()),
        ("add_account", with(&source, "label", "Lab")),
        ("replace_admin_key", json!({ "account": account, "source": pasted })),
        ("use_as_admin_key", json!({ "account": account, "key": key })),
        ("adopt_key", adopt(found, "found here")),
        ("adopt_key", adopt(pasted, "pasted here")),
        ("discard_pasted", json!({})),
        ("projects", json!({})),
        ("scan_projects", json!({})),
        ("check_credentials", json!({})),
        ("use_key", json!({ "key": key })),
        ("switch_projects", json!({ "projects": ["notes"], "to": "cloud", "workspace": "w1" })),
        ("create_in_cloud", json!({ "project": "notes" })),
        ("apply_again", json!({ "project": "notes" })),
        ("undo_switch", json!({ "undo": "00000000-0000-4000-8000-000000000000" })),
        ("trim_key", json!({})),
        ("migrate_config", json!({})),
        ("choose_folder", json!({ "project": "no such project" })),
        ("start_cli_sign_in", json!({ "account": account })),
        ("list_activity", json!({ "before": null, "limit": 200 })),
        (
            "set_settings",
            json!({ "settings": { "theme": "system", "zoom": 100, "clipboard_seconds": 30, "keep_by_default": true,
            "letter_shortcuts": true, "lock_after_minutes": 0, "allow_clipboard_history": false, "notifications": true } }),
        ),
        ("set_zoom", json!({ "percent": 125 })),
        ("set_zoom", json!({ "percent": 100 })),
        ("check_storage", json!({})),
        ("unlock_storage", json!({})),
        ("keep_for_session", json!({ "on": false })),
        ("open_page", json!({ "page": "keys", "account": account, "provider": null })),
        ("copy_page_address", json!({ "page": "keys", "account": account, "provider": null })),
        ("rename_account", json!({ "account": account, "label": "Renamed" })),
        ("start_sign_in", json!({ "provider": "basic-memory", "account": account, "servers": null })),
        ("open_sign_in_page", json!({})),
        ("copy_user_code", json!({})),
        ("copy_sign_in_address", json!({})),
        ("use_code_to_sign_in", json!({})),
        ("cancel_sign_in", json!({})),
        ("revoke_key", json!({ "key": other_key, "typed": "other", "leaked": true })),
        ("forget_secret", json!({ "key": key })),
        ("remove_key", json!({ "key": other_key })),
        ("active", json!({})),
        ("lock", json!({})),
        ("unlock", json!({})),
        ("sign_out", json!({ "account": account })),
        ("set_servers", json!({ "account": account, "servers": servers, "confirmed": false })),
        ("set_host", json!({ "account": account, "host": "http://127.0.0.1:9", "confirmed": false })),
        ("remove_account", json!({ "account": account, "deleteSecrets": true })),
        ("open_sandbox", json!({})),
        ("close_sandbox", json!({})),
        ("set_records_aside", json!({})),
        ("erase_everything", json!({ "typed": "erase" })),
        ("quit", json!({ "anyway": false })),
    ]
}

fn with(arguments: &Value, name: &str, value: &str) -> Value {
    let mut arguments = arguments.clone();
    arguments[name] = json!(value);
    arguments
}

/// Called apart: what they answer is needed to call others, is the secret itself, or is the person's
/// choice in a dialog of the system, which nobody makes here.
const CALLED_APART: &[&str] = &["found_credentials", "paste_key", "reveal_secret", "choose_inventory"];

#[tokio::test]
async fn no_command_but_reveal_answers_a_byte_of_a_secret() {
    // With few keys every row is in sight.
    let setting = Setting { sandbox_arguments: "--seed 1".to_owned(), ..Setting::default() };
    let stage = Stage::set(setting).unwrap();
    let folder = stage.folder().join("config").join("basic-memory");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("config.json"), json!({ "cloud_api_key": FOUND, "projects": {} }).to_string()).unwrap();
    let mut journey = Journey::begin(stage, Hand::Mouse, None).await.unwrap();
    journey.open_sandbox().await.unwrap();
    journey.sign_in(Verdict::Approve(1)).await.unwrap();
    let mut secrets = vec![FOUND.to_owned(), PASTED.to_owned()];
    for name in ["first", "other"] {
        journey.create(name, "30").await.unwrap();
        let secret = journey.copy().await.unwrap();
        journey.done(name, &secret).await.unwrap();
        secrets.push(secret);
    }
    secrets.extend(journey.stage.keyring_secrets(SERVICE));
    assert!(secrets.len() >= 7, "two keys and a refresh token are in the keyring");
    let world = world_of(&journey).await;
    let window = journey.window.clone();

    // Combined with nothing but zeroes it is readable, and in no other case.
    let reveal = async |chance: u32| {
        let arguments = json!({ "key": world.key, "pad": vec![chance; 64] });
        let answer = window.invoke("reveal_secret", arguments).await.unwrap().unwrap();
        let numbers = answer.as_array().unwrap().iter().filter_map(serde_json::Value::as_u64);
        numbers.filter_map(|number| char::from_u32(u32::try_from(number).ok()?)).collect::<String>()
    };
    assert!(!leaked(&reveal(77).await, &secrets), "reveal_secret answers the characters as they are");
    assert!(
        leaked(&reveal(0).await, &secrets),
        "reveal_secret answers the secret, so that the search is known to find one"
    );
    journey.stage.put_on_clipboard(PASTED).unwrap();
    let pasted = window.invoke("paste_key", json!({})).await.unwrap().unwrap();
    let found = window.invoke("found_credentials", json!({})).await.unwrap().unwrap();
    for (name, answer) in [("paste_key", &pasted), ("found_credentials", &found)] {
        assert!(!leaked(&answer.to_string(), &secrets), "{name} answers a secret");
    }
    let mut called: BTreeSet<String> = CALLED_APART.iter().map(|name| (*name).to_owned()).collect();
    for (name, arguments) in calls(&world, &found[0]["id"], &pasted["id"]) {
        called.insert(name.to_owned());
        // `quit` ends the window and with it the wait for an answer.
        let Ok(answer) = window.invoke(name, arguments).await else {
            assert_eq!(name, "quit", "{name} gave no answer");
            continue;
        };
        let answer = format!("{answer:?}");
        assert!(!leaked(&answer, &secrets), "{name} answers a secret");
        assert!(!answer.contains("invalid args"), "{name} was called with the wrong arguments: {answer}");
        assert!(!answer.contains("not allowed"), "{name} is denied: {answer}");
    }
    assert_eq!(called, registered(), "every registered command is called here, and no other");
}

async fn world_of(journey: &Journey) -> World {
    let list = journey.window.invoke("list_keys", json!({})).await.unwrap().unwrap();
    let id = |name: &str| {
        let key = list["keys"].as_array().unwrap().iter().find(|key| key["name"] == name).unwrap();
        key["id"].as_str().unwrap().to_owned()
    };
    let app = journey.window.invoke("app_state", json!({})).await.unwrap().unwrap();
    let account = app["accounts"][0]["id"].as_str().unwrap().to_owned();
    World { account, key: id("first"), other_key: id("other") }
}

#[tokio::test]
async fn the_page_can_call_nothing_that_is_not_listed() {
    let journey = Journey::begin(Stage::set(Setting::default()).unwrap(), Hand::Mouse, None).await.unwrap();
    journey.window.find("first-run").await.unwrap();
    for command in [
        "no_such_command",
        "plugin:dialog|open",
        "plugin:dialog|save",
        "plugin:shell|execute",
        "plugin:shell|spawn",
        "plugin:shell|open",
        "plugin:opener|open_url",
        "plugin:opener|open_path",
        "plugin:opener|reveal_item_in_dir",
        "plugin:fs|read_text_file",
        "plugin:fs|write_text_file",
        "plugin:http|fetch",
        "plugin:clipboard-manager|read_text",
        "plugin:window|create",
        "plugin:webview|create_webview_window",
        "plugin:webview|internal_toggle_devtools",
        "plugin:path|resolve_directory",
        "plugin:window-state|save_window_state",
    ] {
        let answer = journey.window.invoke(command, json!({})).await.unwrap();
        let refusal = answer.expect_err(command).to_string();
        assert!(refusal.contains("not allowed") || refusal.contains("not found"), "{command}: {refusal}");
    }
}

#[test]
fn what_is_registered_is_what_is_allowed_and_granted() {
    let registered = registered();
    assert!(registered.len() > 30, "the commands were not found: {registered:?}");
    assert_eq!(registered, allowed(), "commands in lib.rs and in src-tauri/permissions differ");
    assert_eq!(granted(), Vec::<String>::new(), "the window is granted more than its own commands and events");
}

#[test]
fn every_registered_command_is_called_by_this_test() {
    let world = World { account: String::new(), key: String::new(), other_key: String::new() };
    let mut called: BTreeSet<String> =
        calls(&world, &Value::Null, &Value::Null).into_iter().map(|(name, _)| name.to_owned()).collect();
    called.extend(CALLED_APART.iter().map(|name| (*name).to_owned()));
    assert_eq!(called, registered());
}

#[test]
fn a_command_taken_from_the_permission_file_is_denied() {
    let all = callable_without(None);
    for command in registered() {
        assert!(all.contains(&command), "{command} is denied to the window");
        assert!(!callable_without(Some(&command)).contains(&command), "{command} does not need its permission");
    }
}
