//! Owns the table of arrows between rooms. An arrow that is not in it is a fault.

use crate::source::{Source, code_of};

const CORE: &str = "src-tauri/core/src/";
const SHELL: &str = "src-tauri/src/";
const UI: &str = "ui/src/";

/// Each room of the core and the rooms it may import.
const ROOMS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("clock", &["domain"]),
    ("http", &["domain"]),
    ("oauth", &["domain", "http", "clock"]),
    ("providers", &["domain", "http", "clock"]),
    ("vault", &["domain"]),
    ("records", &["domain"]),
    ("places", &["domain", "clock"]),
    ("routing", &["domain", "clock"]),
    ("services", &["domain", "clock", "http", "oauth", "providers", "vault", "records", "places", "routing"]),
];

/// Each room of the user interface and the rooms it may import. `types` are those that Rust writes.
const UI_ROOMS: &[(&str, &[&str])] = &[
    ("lib", &["lib", "types"]),
    ("components", &["components", "lib", "types"]),
    ("features", &["state", "components", "lib", "types"]),
    ("state", &["state", "ipc", "lib", "types"]),
    ("ipc", &["ipc", "lib", "types"]),
    ("types", &["types"]),
    ("styles", &["styles"]),
];

/// Faults of one Rust source.
pub(crate) fn rust(source: &Source) -> Vec<String> {
    if !source.is(".rs") || source.is_test() {
        return Vec::new();
    }
    let code = code_of(source.story());
    if let Some(rest) = source.path.strip_prefix(CORE) {
        let room = rest.split(['/', '.']).next().unwrap_or_default();
        return core_room(source, room, &code);
    }
    if let Some(rest) = source.path.strip_prefix(SHELL) {
        return shell_room(source, rest, &code);
    }
    Vec::new()
}

fn core_room(source: &Source, room: &str, code: &str) -> Vec<String> {
    if room == "lib" {
        return Vec::new();
    }
    let Some((_, may)) = ROOMS.iter().find(|(name, _)| *name == room) else {
        return vec![source.fault(0, &format!("{room} is no room of the table"))];
    };
    let mut faults = Vec::new();
    for (line, other) in imports(code, &["crate", "super"]) {
        let known = ROOMS.iter().any(|(name, _)| *name == other);
        if known && other != room && !may.contains(&other.as_str()) {
            faults.push(source.fault(line, &format!("{room} may not import {other}")));
        }
    }
    if room == "providers" {
        faults.extend(other_providers(source, code));
    }
    faults
}

/// A provider's folder never looks into another's.
fn other_providers(source: &Source, code: &str) -> Vec<String> {
    let rest = source.path.trim_start_matches(CORE).trim_start_matches("providers/");
    let Some((own, _)) = rest.split_once('/') else { return Vec::new() };
    let mut faults = Vec::new();
    for (line, words) in code.lines().enumerate() {
        for part in words.split("providers::").skip(1) {
            let other: String = part.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            let is_module = !other.is_empty() && other.chars().all(|c| !c.is_uppercase());
            if is_module && other != own && !is_shared_file(&other) {
                faults.push(source.fault(line, &format!("provider {own} may not import {other}")));
            }
        }
    }
    faults
}

/// A file beside the providers' folders, which all of them may use.
fn is_shared_file(name: &str) -> bool {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(CORE).join("providers").join(format!("{name}.rs")).is_file()
}

fn shell_room(source: &Source, rest: &str, code: &str) -> Vec<String> {
    // The app is composed once, in lib.rs, which therefore sees everything.
    if matches!(rest, "lib.rs" | "main.rs") || rest.starts_with("compose") {
        return Vec::new();
    }
    imports(code, &["latchkey_core"])
        .into_iter()
        .filter(|(_, other)| {
            ROOMS.iter().any(|(name, _)| name == other) && !["services", "domain", "clock"].contains(&other.as_str())
        })
        .map(|(line, other)| source.fault(line, &format!("the shell may not import {other}; ask services")))
        .collect()
}

/// What follows `crate::` and the like: a name, or each first name of a group.
fn imports(code: &str, roots: &[&str]) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for root in roots {
        let path = format!("{root}::");
        for (at, _) in code.match_indices(&path) {
            let before = code[..at].chars().next_back();
            if before.is_some_and(|c| c.is_alphanumeric() || c == '_') {
                continue;
            }
            let line = code[..at].matches('\n').count();
            for name in first_names(&code[at + path.len()..]) {
                found.push((line, name));
            }
        }
    }
    found
}

fn first_names(after: &str) -> Vec<String> {
    let name =
        |text: &str| text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let Some(group) = after.strip_prefix('{') else { return vec![name(after)] };
    let mut depth = 0;
    let mut begins = true;
    let mut names = Vec::new();
    for (at, character) in group.char_indices() {
        if begins && !character.is_whitespace() {
            names.push(name(&group[at..]));
            begins = false;
        }
        match character {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => begins = true,
            _ => {}
        }
    }
    names
}

/// Faults of one source of the user interface.
pub(crate) fn ui(source: &Source) -> Vec<String> {
    let Some(rest) = source.path.strip_prefix(UI) else { return Vec::new() };
    if source.is(".css") {
        return Vec::new();
    }
    let mut faults = Vec::new();
    for (line, words) in source.text.lines().enumerate() {
        let Some(target) = module_named_in(words) else { continue };
        if target.starts_with("@tauri-apps") {
            if !rest.starts_with("ipc/") {
                faults.push(source.fault(line, "only ui/src/ipc may import @tauri-apps"));
            }
            continue;
        }
        if !target.starts_with('.') || source.is_test() {
            continue;
        }
        let to = resolve(rest, target);
        let (from_room, to_room) = (ui_room(rest), ui_room(&to));
        let Some((_, may)) = UI_ROOMS.iter().find(|(name, _)| *name == from_room) else { continue };
        let same_feature = from_room == "features" && to_room == "features" && feature(rest) == feature(&to);
        if !same_feature && to_room != "root" && !may.contains(&to_room) {
            faults.push(source.fault(line, &format!("{from_room} may not import {to}")));
        } else if to_room == "root" && to != "vite-env.d.ts" {
            faults.push(source.fault(line, &format!("{from_room} may not import {to}, which stands above it")));
        }
    }
    faults
}

/// The module an import or export names on this line.
fn module_named_in(line: &str) -> Option<&str> {
    let line = line.trim();
    let after = if let Some((before, after)) = line.rsplit_once(" from ") {
        (before.starts_with("import") || before.starts_with("export") || before.starts_with('}')).then_some(after)?
    } else if let Some(after) = line.strip_prefix("import ") {
        after
    } else {
        line.split_once("import(")?.1
    };
    let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    after[1..].split(quote).next()
}

fn resolve(from: &str, target: &str) -> String {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            "." => {}
            ".." => {
                parts.pop();
            }
            name => parts.push(name),
        }
    }
    parts.join("/")
}

fn ui_room(path: &str) -> &str {
    match path.split_once('/') {
        _ if path.starts_with("ipc/generated") => "types",
        Some((room, _)) => room,
        None if UI_ROOMS.iter().any(|(room, _)| *room == path) => path,
        None => "root",
    }
}

fn feature(path: &str) -> Option<&str> {
    path.split('/').nth(1)
}

#[test]
fn a_planted_arrow_in_the_core_is_red() {
    let fault = |path: &str, text: &str| rust(&Source::planted(&format!("{CORE}{path}"), text)).len();
    assert_eq!(fault("domain/key.rs", "use crate::vault::Vault;"), 1);
    assert_eq!(fault("vault/mod.rs", "use crate::{domain::Secret, records::{Records}, providers};"), 2);
    assert_eq!(fault("clock.rs", "use super::http::Http;"), 1);
    assert_eq!(fault("oauth/mod.rs", "fn x() { crate::providers::provider(id) }"), 1);
    assert_eq!(fault("providers/one/mod.rs", "use crate::providers::two::wire;"), 1);
    assert_eq!(fault("cellar/mod.rs", "fn x() {}"), 1);
    assert_eq!(fault("services/keys.rs", "use crate::{domain::X, http::Y, vault, records};"), 0);
    assert_eq!(fault("vault/mod.rs", "// like crate::records\nuse crate::domain::Secret;"), 0);
    assert_eq!(fault("vault/mod.rs", "use std::fmt;\n#[cfg(test)]\nmod tests { use crate::records::R; }"), 0);
}

#[test]
fn a_planted_arrow_in_the_shell_is_red() {
    let fault = |path: &str, text: &str| rust(&Source::planted(&format!("{SHELL}{path}"), text)).len();
    assert_eq!(fault("commands/keys.rs", "use latchkey_core::vault::Vault;"), 1);
    assert_eq!(fault("clipboard.rs", "use latchkey_core::{domain::Secret, oauth::discover};"), 1);
    assert_eq!(fault("views.rs", "use latchkey_core::services::Keys;"), 0);
    assert_eq!(fault("lib.rs", "use latchkey_core::vault::Vault;"), 0);
}

#[test]
fn a_planted_arrow_in_the_user_interface_is_red() {
    let fault = |path: &str, text: &str| ui(&Source::planted(&format!("{UI}{path}"), text)).len();
    assert_eq!(fault("features/keys/Row.svelte", "import X from \"../create/X.svelte\";"), 1);
    assert_eq!(fault("features/keys/Row.svelte", "  import { b } from '../../ipc/backend';"), 1);
    assert_eq!(fault("features/keys/Row.svelte", "import { invoke } from '@tauri-apps/api/core';"), 1);
    assert_eq!(fault("state/keys.svelte.ts", "import X from '../components/X.svelte';"), 1);
    assert_eq!(fault("lib/dates.ts", "const x = import('../state/keys.svelte');"), 1);
    assert_eq!(fault("components/Table.svelte", "import App from '../App.svelte';"), 1);
    assert_eq!(fault("features/keys/Row.svelte", "import type { K } from '../../ipc/generated/KeyView';"), 0);
    assert_eq!(fault("features/keys/Row.svelte", "import Cell from './Cell.svelte';"), 0);
    assert_eq!(fault("state/keys.svelte.ts", "import type { Backend } from '../ipc/backend';"), 0);
}
