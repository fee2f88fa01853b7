//! Owns where each crate lives: the one place that may speak to it.

use crate::source::{Source, code_of};

/// A crate by its name in code, and the paths it may be named below.
const HOMES: &[(&str, &[&str])] = &[
    ("keyring", &["src-tauri/core/src/vault/"]),
    ("keyring_core", &["src-tauri/core/src/vault/"]),
    ("zbus_secret_service_keyring_store", &["src-tauri/core/src/vault/"]),
    ("reqwest", &["src-tauri/core/src/http.rs", "src-tauri/core/src/http/"]),
    ("rusqlite", &["src-tauri/core/src/records/"]),
    ("oauth2", &["src-tauri/core/src/oauth/"]),
    ("secrecy", &["src-tauri/core/src/domain/secret.rs"]),
    ("arboard", &["src-tauri/src/clipboard"]),
    ("tauri", &["src-tauri/src/"]),
    ("tauri_plugin_dialog", &["src-tauri/src/"]),
    ("tauri_plugin_notification", &["src-tauri/src/"]),
    ("tauri_plugin_opener", &["src-tauri/src/"]),
    ("tauri_plugin_shell", &["src-tauri/src/"]),
    ("tauri_plugin_single_instance", &["src-tauri/src/"]),
    ("tauri_plugin_window_state", &["src-tauri/src/"]),
    ("tauri_build", &["src-tauri/build.rs"]),
    ("ts_rs", &["src-tauri/src/"]),
];

/// Files in a crate's home that still may not speak to it.
const NOT_AT_HOME: &[(&str, &str)] = &[("tauri", "src-tauri/src/views.rs"), ("tauri", "src-tauri/src/views/")];

/// Rooms of the core whose types have no wire form.
const WITHOUT_SERDE: &[&str] = &["src-tauri/core/src/domain/", "src-tauri/core/src/clock.rs"];

/// Faults of one source of the app: a crate named outside its home.
pub(crate) fn crates(source: &Source) -> Vec<String> {
    let app = ["src-tauri/core/src/", "src-tauri/src/"].iter().any(|folder| source.path.starts_with(folder));
    if !app || !source.is(".rs") || source.is_test() {
        return Vec::new();
    }
    let code = code_of(source.story());
    let mut faults = Vec::new();
    for (name, homes) in HOMES {
        let at_home = homes.iter().any(|home| source.path.starts_with(home))
            && !NOT_AT_HOME.iter().any(|(stranger, path)| stranger == name && source.path.starts_with(path));
        if !at_home {
            faults.extend(named(&code, name).map(|line| source.fault(line, &format!("{name} is not at home here"))));
        }
    }
    if WITHOUT_SERDE.iter().any(|room| source.path.starts_with(room)) {
        faults.extend(named(&code, "serde").map(|line| source.fault(line, "the domain has no wire form")));
    }
    faults
}

/// Faults of one source of the sandbox: a shared mistake could hide there.
pub(crate) fn sandbox(source: &Source) -> Vec<String> {
    if !source.path.starts_with("src-tauri/sandbox/") {
        return Vec::new();
    }
    let code = code_of(&source.text);
    let mut faults = Vec::new();
    // Its tests may use what installs the real programs they talk to.
    let strangers: &[&str] = if source.is_test() {
        &["latchkey_core", "latchkey"]
    } else {
        &["latchkey_core", "latchkey", "tauri", "xtask"]
    };
    for name in strangers {
        faults.extend(named(&code, name).map(|line| source.fault(line, &format!("the sandbox may not know {name}"))));
    }
    faults
}

/// The lines on which a crate is named as the start of a path, or imported whole.
fn named<'a>(code: &'a str, name: &'a str) -> impl Iterator<Item = usize> + use<'a> {
    code.lines().enumerate().filter_map(move |(line, words)| {
        let hit = words.match_indices(name).any(|(at, _)| {
            let before = words[..at].chars().next_back();
            let starts = !before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | ':' | '.'));
            let after = &words[at + name.len()..];
            let imported = words.trim_start().trim_start_matches("pub ").starts_with("use ")
                && (after.starts_with(';') || after.starts_with(" as "));
            starts && (after.starts_with("::") || imported)
        });
        hit.then_some(line)
    })
}

#[test]
fn a_planted_stranger_is_red() {
    let fault = |path: &str, text: &str| crates(&Source::planted(path, text)).len();
    assert_eq!(fault("src-tauri/core/src/services/keys.rs", "use reqwest::Client;"), 1);
    assert_eq!(fault("src-tauri/core/src/services/keys.rs", "let x = rusqlite::Connection::open(p);"), 1);
    assert_eq!(fault("src-tauri/core/src/records/mod.rs", "use keyring_core as k;"), 1);
    assert_eq!(fault("src-tauri/core/src/vault/mod.rs", "use tauri::App;"), 1);
    assert_eq!(fault("src-tauri/src/commands/keys.rs", "arboard::Clipboard::new()"), 1);
    assert_eq!(fault("src-tauri/src/views.rs", "fn x(app: tauri::AppHandle) {}"), 1);
    assert_eq!(fault("src-tauri/core/src/providers/mod.rs", "use oauth2::TokenResponse;"), 1);
    assert_eq!(fault("src-tauri/core/src/domain/key.rs", "#[derive(serde::Serialize)]"), 1);
    assert_eq!(fault("src-tauri/core/src/http.rs", "use reqwest::Client;"), 0);
    assert_eq!(fault("src-tauri/core/src/services/keys.rs", "// reqwest::Client is at home in http"), 0);
    assert_eq!(fault("src-tauri/src/clipboard.rs", "use arboard::Clipboard;\nuse tauri::App;"), 0);
}

#[test]
fn a_planted_bridge_into_the_sandbox_is_red() {
    let fault = |text: &str| sandbox(&Source::planted("src-tauri/sandbox/src/keys.rs", text)).len();
    assert_eq!(fault("use latchkey_core::domain::Secret;"), 1);
    assert_eq!(fault("use axum::Router;"), 0);
}
