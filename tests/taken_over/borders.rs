//! Owns what there is to call, read from the sources: each of our commands with the names of its arguments,
//! and every command that Tauri and its plugins have.

use std::collections::BTreeSet;
use std::path::Path;

/// Each registered command and what the page names its arguments.
pub(crate) fn commands() -> Vec<(String, Vec<String>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src-tauri/src");
    let shell = std::fs::read_to_string(root.join("lib.rs")).unwrap();
    let (_, list) = shell.split_once("generate_handler![").unwrap();
    let list = list.split(']').next().unwrap();
    let sources: Vec<String> = std::fs::read_dir(root.join("commands"))
        .unwrap()
        .flatten()
        .map(|entry| std::fs::read_to_string(entry.path()).unwrap())
        .collect();
    let bare = |path: &str| path.trim().rsplit("::").next().unwrap_or_default().to_owned();
    list.split(',')
        .map(bare)
        .filter(|name| !name.is_empty())
        .map(|name| {
            let found = sources.iter().find_map(|source| arguments_of(source, &name));
            assert!(found.is_some(), "{name} is registered and not found in commands/");
            (name, found.unwrap_or_default())
        })
        .collect()
}

/// The arguments that come from the page, in its spelling; what Tauri hands in itself is left out.
fn arguments_of(source: &str, name: &str) -> Option<Vec<String>> {
    let (_, after) = source.split_once(&format!("fn {name}("))?;
    let list = after.split(") ->").next()?;
    let mut names = Vec::new();
    for argument in list.split(',').filter_map(|argument| argument.split_once(": ")) {
        let (name, kind) = (argument.0.trim(), argument.1.trim());
        if !["State<", "AppHandle", "Window", "WebviewWindow"].iter().any(|own| kind.contains(own)) {
            names.push(camel(name));
        }
    }
    Some(names)
}

fn camel(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |all, word| {
        let mut letters = word.chars();
        let head: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
        all + &head + letters.as_str()
    })
}

/// `plugin:name|command` for all that Tauri's own manifests list, but for what a page needs to hear events.
pub(crate) fn plugin_commands() -> BTreeSet<String> {
    const GRANTED: &[&str] = &["plugin:event|listen", "plugin:event|unlisten"];
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("gen/schemas/acl-manifests.json");
    let manifests: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let mut all = BTreeSet::new();
    for (plugin, manifest) in manifests.as_object().unwrap() {
        let plugin = plugin.trim_start_matches("core:");
        for permission in manifest["permissions"].as_object().into_iter().flat_map(|all| all.values()) {
            for command in permission["commands"]["allow"].as_array().into_iter().flatten() {
                all.insert(format!("plugin:{plugin}|{}", command.as_str().unwrap()));
            }
        }
    }
    all.retain(|name| !GRANTED.contains(&name.as_str()) && !name.starts_with("plugin:__app"));
    all
}

#[test]
fn arguments_are_read_as_they_are_written() {
    let source = "#[tauri::command]\npub async fn set_it(\n    latchkey: State<'_, Latchkey>,\n    key_id: String,\n    on: Option<bool>,\n) -> Answer<()> {";
    assert_eq!(arguments_of(source, "set_it").unwrap(), ["keyId", "on"]);
    assert_eq!(
        arguments_of("fn lock(latchkey: State<'_, Latchkey>) -> Answer<()>", "lock").unwrap(),
        Vec::<String>::new()
    );
    assert!(arguments_of(source, "another").is_none());
}
