//! Owns what may run on the main thread, on which the window lives: what waits there, or reads a disk, makes the
//! whole window stand still. The sources say where that thread comes in; from there every function of the shell
//! that it calls is followed, and nothing on the way may wait.

use crate::source::{Source, code_of};
use std::collections::HashSet;

const SHELL: &str = "src-tauri/src/";
const SERVICES: &str = "src-tauri/core/src/services/";

/// Where the main thread comes into our code: what stands in the parentheses runs on it.
const ENTRIES: &[&str] = &[
    ".setup(",
    ".run_return(",
    "single_instance::init(",
    ".invoke_handler(",
    "run_on_main_thread(",
    ".with_webview(",
    ".pick_file(",
    ".pick_folder(",
    "register_uri_scheme_protocol(",
];

/// Callbacks of the window, the menu and the web view, by how their names begin.
const CALLBACKS: &[&str] = &[".on_", ".connect_"];

/// What begins work that others do: it is handed on, not done. Commands have a rule of their own. What is done with
/// the services once they are open is done by whoever opened them, with `.services()`, which the main thread may not.
const HANDED_ON: &[&str] =
    &["spawn(", "spawn_blocking(", "move || ", "move |services: &Services| ", "async move ", "generate_handler!["];

/// What waits, or asks a room that may wait.
const WAITS: &[&str] = &[
    ".await",
    ".blocking_",
    ".join()",
    ".lock()",
    ".output()",
    ".recv()",
    ".services()",
    ".status()",
    ".wait()",
    "Command::",
    "Condvar",
    "File::",
    "Mutex",
    "Services::",
    "TcpStream",
    "block_on(",
    "blocking::",
    "compose(",
    "fs::",
    "park(",
    "read_to_string(",
    "reqwest",
    "services.",
    "set_records_aside(",
    "sleep(",
];

/// What waits nowhere although it looks like it, or has nobody left to keep waiting: file, words, why.
const ALLOWED: &[(&str, &str, &str)] = &[
    ("window.rs", "block_on(clear_up(app))", "the app ends: its window is gone, and ten seconds are the most it takes"),
    ("state.rs", "self.services.get()", "a cell that is filled or not"),
    ("state.rs", "Services::is_locked", "a flag in memory, behind a lock that is never held while something waits"),
];

/// Faults of the commands: one that is neither async nor marked so is called on the main thread.
pub(crate) fn commands(source: &Source) -> Vec<String> {
    if !source.path.starts_with(SHELL) || !source.is(".rs") {
        return Vec::new();
    }
    let code = code_of(source.story());
    let mut faults = Vec::new();
    for (at, _) in code.match_indices("#[tauri::command") {
        let rest = &code[at..];
        let (marker, after) = rest.split_once(']').unwrap_or((rest, ""));
        let beside = marker.contains("(async") || head(after).contains("async fn ");
        if !beside {
            let name = after.split_once("fn ").map_or("", |(_, name)| name).split('(').next().unwrap_or_default();
            faults.push(source.fault(line_of(&code, at), &format!("{name} runs on the main thread; make it async")));
        }
    }
    faults
}

/// The head of the next function.
fn head(after: &str) -> &str {
    after.split_once("fn ").map_or("", |(before, _)| &after[..before.len() + 3])
}

/// Faults of what runs on the main thread, of all sources together, and the functions that it comes to.
pub(crate) fn callbacks(sources: &[Source]) -> (Vec<String>, HashSet<String>) {
    let shell: Vec<(&Source, String)> = sources
        .iter()
        .filter(|source| source.path.starts_with(SHELL) && source.is(".rs"))
        .map(|source| (source, done_here(&code_of(source.story()))))
        .collect();
    let mut looked_at = HashSet::new();
    let mut reached = HashSet::new();
    let mut faults = Vec::new();
    let mut waiting: Vec<(usize, usize, usize)> = Vec::new();
    for (file, (_, code)) in shell.iter().enumerate() {
        waiting.extend(entries(code).into_iter().map(|(from, to)| (file, from, to)));
    }
    while let Some((file, from, to)) = waiting.pop() {
        if !looked_at.insert((file, from)) {
            continue;
        }
        let (source, code) = &shell[file];
        let text = &code[from..to];
        for (at, words) in waits(source, text) {
            let fault = source.fault(line_of(code, from + at), &format!("{words} waits, and this is the main thread"));
            if !faults.contains(&fault) {
                faults.push(fault);
            }
        }
        for call in calls(&without_allowed(source, text)) {
            let found = bodies(&shell, file, &call);
            if !found.is_empty() {
                reached.insert(call.name);
            }
            waiting.extend(found);
        }
    }
    (faults, reached)
}

/// Code without what is handed on to other threads. Lengths and lines stay.
fn done_here(code: &str) -> String {
    let mut done = code.to_owned();
    for begin in HANDED_ON {
        let mut from = 0;
        while let Some(found) = done[from..].find(begin) {
            let at = from + found;
            let open = at + begin.len() - usize::from(begin.ends_with(['(', '[']));
            from = at + begin.len();
            let named = done[..at].ends_with(|last: char| last.is_alphanumeric() || last == '_');
            let on_main = done[..at].trim_end().ends_with("run_on_main_thread(");
            let end = match done[open..].chars().next() {
                _ if named || on_main => continue,
                Some('(' | '{' | '[') => open + balanced(&done[open..]),
                _ => open + done[open..].find([';', ',', ')']).unwrap_or(done.len() - open),
            };
            let blank: String = done[open..end].chars().map(|one| if one == '\n' { '\n' } else { ' ' }).collect();
            done.replace_range(open..end, &blank);
        }
    }
    done
}

/// Each text that the main thread begins with: from, to.
fn entries(code: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for entry in ENTRIES {
        for (at, _) in code.match_indices(entry) {
            let open = at + entry.len() - 1;
            found.push((open, open + balanced(&code[open..])));
        }
    }
    for callback in CALLBACKS {
        for (at, _) in code.match_indices(callback) {
            let Some(open) = code[at..].find('(').map(|open| at + open) else { continue };
            if code[at + 1..open].chars().all(|one| one.is_alphanumeric() || one == '_') {
                found.push((open, open + balanced(&code[open..])));
            }
        }
    }
    found
}

/// The text without what is allowed to wait in this file.
fn without_allowed(source: &Source, text: &str) -> String {
    let here = ALLOWED.iter().filter(|(file, ..)| source.path.strip_prefix(SHELL) == Some(file));
    here.fold(text.to_owned(), |text, (_, words, _)| text.replace(words, &" ".repeat(words.len())))
}

/// What waits in this text, but for what is allowed there.
fn waits(source: &Source, text: &str) -> Vec<(usize, String)> {
    let text = without_allowed(source, text);
    let mut found = Vec::new();
    for words in WAITS {
        for (at, _) in text.match_indices(words) {
            let inside_a_name = words.starts_with(|first: char| first.is_alphanumeric())
                && text[..at].ends_with(|last: char| last.is_alphanumeric() || last == '_');
            if !inside_a_name {
                found.push((at, (*words).to_owned()));
            }
        }
    }
    found
}

/// A function as it is called, or handed to another: what stands before its name, and the name.
struct Call {
    before: Option<String>,
    method: bool,
    name: String,
}

fn calls(text: &str) -> Vec<Call> {
    let mut found = Vec::new();
    let part = |one: char| one.is_alphanumeric() || one == '_';
    let mut at = 0;
    while let Some(begin) = text[at..].find(part).map(|begin| at + begin) {
        let end = text[begin..].find(|one| !part(one)).map_or(text.len(), |end| begin + end);
        at = end;
        let before = text[..begin].trim_end();
        let path = before.strip_suffix("::").map(|path| {
            let from = path.rfind(|one| !part(one)).map_or(0, |from| from + 1);
            path[from..].to_owned()
        });
        let method = before.ends_with('.');
        let called = text[end..].starts_with('(');
        // A function that is named by its path and not called is handed to somebody who calls it.
        if called || path.is_some() {
            found.push(Call { before: path, method, name: text[begin..end].to_owned() });
        }
    }
    found
}

/// The bodies that a call may mean: of the same file, of a module or type of that name, or of any type with
/// that method.
fn bodies(shell: &[(&Source, String)], from: usize, call: &Call) -> Vec<(usize, usize, usize)> {
    let head = format!("fn {}", call.name);
    let mut found = Vec::new();
    for (file, (source, code)) in shell.iter().enumerate() {
        let fits = match &call.before {
            Some(name) => {
                let path = &source.path;
                matches!(name.as_str(), "Self" | "self" | "crate" | "super")
                    || path.ends_with(&format!("/{name}.rs"))
                    || path.ends_with(&format!("/{name}/mod.rs"))
                    || code.contains(&format!("impl {name} "))
                    || code.contains(&format!("for {name} "))
            }
            None => call.method || file == from,
        };
        if !fits {
            continue;
        }
        for (at, _) in code.match_indices(&head) {
            let after = &code[at + head.len()..];
            if !after.starts_with(['(', '<']) {
                continue;
            }
            let signature = &after[..after.find('{').unwrap_or(0)];
            if call.method && !signature.contains("self") {
                continue;
            }
            if let Some(open) = after.find('{').map(|open| at + head.len() + open) {
                found.push((file, open, open + balanced(&code[open..])));
            }
        }
    }
    found
}

/// The length of what begins with a parenthesis or brace, up to the one that closes it.
fn balanced(text: &str) -> usize {
    let mut depth = 0_usize;
    for (at, one) in text.char_indices() {
        match one {
            '(' | '{' | '[' => depth += 1,
            ')' | '}' | ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return at + one.len_utf8();
        }
    }
    text.len()
}

fn line_of(code: &str, at: usize) -> usize {
    code[..at].matches('\n').count()
}

/// What waits, in the services: nothing of it may come while the lock on their memory is held, which the main
/// thread asks for.
const HELD_BACK: &[&str] = &[
    ".await",
    "self.records()",
    "self.vault()",
    "self.journal(",
    "self.settings()",
    "self.key(",
    "self.account(",
    "block_on(",
    "sleep(",
];

/// Faults of the services: the lock that the main thread takes, held over something that waits.
pub(crate) fn held_locks(source: &Source) -> Vec<String> {
    if !source.path.starts_with(SERVICES) || !source.is(".rs") || source.is_test() {
        return Vec::new();
    }
    let code = code_of(source.story());
    let mut faults = Vec::new();
    for (at, words) in code.match_indices("= self.live();") {
        let mut rest = &code[at + words.len()..];
        rest = &rest[..end_of_block(rest)];
        let name = code[..at].trim_end().rsplit([' ', '\n']).next().unwrap_or_default();
        rest = rest.split(&format!("drop({name})")).next().unwrap_or_default();
        for wait in HELD_BACK {
            for (found, _) in rest.match_indices(wait) {
                let line = line_of(&code, at + words.len() + found);
                faults.push(
                    source.fault(line, &format!("{wait} waits while the lock that the main thread takes is held")),
                );
            }
        }
    }
    faults
}

/// Up to the brace that closes the block in which this text begins.
fn end_of_block(text: &str) -> usize {
    let mut depth = 0_i32;
    for (at, one) in text.char_indices() {
        depth += i32::from(one == '{') - i32::from(one == '}');
        if depth < 0 {
            return at;
        }
    }
    text.len()
}

#[test]
fn a_planted_command_on_the_main_thread_is_red() {
    let fault = |text: &str| commands(&Source::planted("src-tauri/src/commands/x.rs", text)).len();
    assert_eq!(fault("#[tauri::command]\npub fn slow() {}"), 1);
    assert_eq!(fault("#[tauri::command(rename_all = \"snake_case\")]\npub fn slow() {}\npub async fn other() {}"), 1);
    assert_eq!(fault("#[tauri::command(async)]\npub fn quick() {}"), 0);
    assert_eq!(fault("#[tauri::command]\npub async fn quick() {}"), 0);
}

#[test]
fn a_planted_wait_on_the_main_thread_is_red() {
    let fault = |text: &str, other: &str| {
        callbacks(&[Source::planted("src-tauri/src/lib.rs", text), Source::planted("src-tauri/src/window.rs", other)])
            .0
            .len()
    };
    let sleeps = "pub fn on_event(app: &AppHandle) { std::thread::sleep(LONG); }";
    assert_eq!(fault("fn run() { b.setup(|app| { std::fs::read(path)?; Ok(()) }) }", ""), 1);
    assert_eq!(fault("fn run() { app.run_return(window::on_event) }", sleeps), 1);
    assert_eq!(fault("fn run() { b.on_menu_event(|app, event| window::on_event(app)) }", sleeps), 1);
    assert_eq!(
        fault(
            "fn run() { b.on_menu_event(|app, event| event.act()) }",
            "impl Event { fn act(&self) { self.state.lock(); } }"
        ),
        1
    );
    assert_eq!(fault("fn run() { app.run_on_main_thread(move || { rows.recv(); }) }", ""), 1);
    assert_eq!(
        fault(
            "fn run() { b.on_menu_event(|app, event| inner(app)) }\nfn inner() { deep() }\nfn deep() { x.services() }",
            ""
        ),
        1
    );
    assert_eq!(
        fault(
            "fn run() { view.connect_close(|_| app.state::<L>().opened().is_some_and(Services::has_unsaved_secret)) }",
            ""
        ),
        1
    );
    // What is handed on, or never called from there, may wait.
    assert_eq!(
        fault(
            "fn run() { b.setup(|app| { spawn(async move { x.await }); spawn_blocking(move || std::fs::read(p)); Ok(()) }) }",
            sleeps
        ),
        0
    );
    assert_eq!(fault("fn run() { let open = move || { compose(x) }; b.setup(|app| Ok(())) }", ""), 0);
}

#[test]
fn a_planted_lock_that_is_held_over_a_wait_is_red() {
    let fault = |text: &str| held_locks(&Source::planted("src-tauri/core/src/services/x.rs", text)).len();
    assert_eq!(fault("fn x(&self) { let mut live = self.live();\n self.records().put(live.a); }"), 1);
    assert_eq!(fault("fn x(&self) { let live = self.live(); drop(live); self.records().put(1); }"), 0);
    assert_eq!(fault("fn x(&self) { { let live = self.live(); } self.records().put(1); }"), 0);
}
