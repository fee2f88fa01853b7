//! Owns the three lists of commands: registered in Rust, allowed by a permission, granted to the window.

use std::collections::BTreeSet;
use std::path::Path;

fn files(folder: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap().flatten() {
            if entry.path().is_dir() {
                folders.push(entry.path());
            } else {
                found.push(std::fs::read_to_string(entry.path()).unwrap());
            }
        }
    }
    found
}

/// The commands handed to Tauri, by their bare names.
pub(crate) fn registered() -> BTreeSet<String> {
    files("src-tauri/src").iter().flat_map(|text| named_in_handler(text)).collect()
}

fn named_in_handler(text: &str) -> Vec<String> {
    let Some((_, after)) = text.split_once("generate_handler![") else { return Vec::new() };
    let list = after.split(']').next().unwrap_or_default();
    let without_comments = list.lines().map(|line| line.split("//").next().unwrap_or_default());
    let list: String = without_comments.collect();
    let bare_name = |path: &str| path.trim().rsplit("::").next().unwrap_or_default().to_owned();
    list.split(',').map(bare_name).filter(|name| !name.is_empty()).collect()
}

/// The commands that the hand-written permissions allow.
pub(crate) fn allowed() -> BTreeSet<String> {
    files("src-tauri/permissions").iter().flat_map(|text| named_in_permission(text)).collect()
}

fn named_in_permission(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    for (at, _) in text.match_indices("allow = [") {
        let list = text[at..].split(']').next().unwrap_or_default();
        names.extend(list.split('"').skip(1).step_by(2).map(str::to_owned));
    }
    names
}

/// What the capabilities grant beyond the app's own permissions and what a window needs to hear events.
pub(crate) fn granted() -> Vec<String> {
    const HARMLESS: &[&str] = &["core:event:allow-listen", "core:event:allow-unlisten", "core:event:default"];
    let mut beyond = Vec::new();
    for text in files("src-tauri/capabilities") {
        assert!(!text.contains("\"remote\""), "a capability reaches a remote page");
        for name in text.split('"').skip(1).step_by(2) {
            let of_a_plugin =
                name.contains(':') && !name.contains("//") && !name.contains(' ') && !name.starts_with('$');
            if of_a_plugin && !HARMLESS.contains(&name) {
                beyond.push(name.to_owned());
            }
        }
    }
    beyond
}

#[test]
fn lists_are_read_as_they_are_written() {
    let handler =
        "x.invoke_handler(tauri::generate_handler![\n commands::app::app_state, // first\n commands::lock,\n])";
    assert_eq!(named_in_handler(handler), ["app_state", "lock"]);
    let permission = "[[permission]]\nidentifier = \"x\"\ncommands.allow = [\n \"app_state\",\n \"lock\"\n]\n";
    assert_eq!(named_in_permission(permission), ["app_state", "lock"]);
}
