//! Owns the rules that hold for single files: on secrets, markup, length and first lines.

use crate::source::{Source, code_of};

const LONGEST: usize = 500;

/// Every `expose_secret(` has a comment on its line or on one of the two above.
pub(crate) fn exposed_secrets(source: &Source) -> Vec<String> {
    if !source.is(".rs") || source.is_test() || !source.path.starts_with("src-tauri/") {
        return Vec::new();
    }
    let story = source.story();
    let lines: Vec<&str> = story.lines().collect();
    let code = code_of(story);
    let call = concat!("expose_", "secret(");
    code.lines()
        .enumerate()
        .filter(|(_, words)| words.contains(call) && !words.contains(&format!("fn {call}")))
        .filter(|(at, _)| !(at.saturating_sub(2)..=*at).any(|line| lines[line].contains("//")))
        .map(|(at, _)| source.fault(at, "an exposed secret without a comment that says why"))
        .collect()
}

/// No struct or enum with a secret inside derives `Serialize`, and `Secret` itself has no such face.
pub(crate) fn serialised_secrets(source: &Source) -> Vec<String> {
    if !source.is(".rs") || !["src-tauri/core/src/", "src-tauri/src/"].iter().any(|home| source.path.starts_with(home))
    {
        return Vec::new();
    }
    let code = code_of(&source.text);
    let mut faults = Vec::new();
    for (at, _) in code.match_indices("derive(") {
        let Some(end) = code[at..].find(')') else { continue };
        let derived = &code[at..at + end];
        if !["Serialize", "Display", "TS"]
            .iter()
            .any(|name| derived.split(['(', ',', ' ', ':']).any(|word| word == *name))
        {
            continue;
        }
        if holds_secret(body_after(&code[at + end..])) {
            let line = code[..at].matches('\n').count();
            faults.push(source.fault(line, "a type that holds a secret can be written out"));
        }
    }
    for (line, words) in code.lines().enumerate() {
        let face = ["Serialize for Secret", "Display for Secret", "Deref for Secret", "ToString for Secret"];
        if words.contains("impl")
            && face.iter().any(|face| words.trim_end().contains(face) && !words.contains("SecretName"))
        {
            faults.push(source.fault(line, "a secret has no such face"));
        }
    }
    faults
}

/// The fields of the type that follows.
fn body_after(code: &str) -> &str {
    let opens = code.find(['{', '(', ';']).unwrap_or(code.len());
    // A tuple struct's fields stand in round brackets; the derive's own closing one is behind us already.
    let opens = if code[..opens].contains("struct") || code[..opens].contains("enum") {
        opens
    } else {
        code.find('{').unwrap_or(code.len())
    };
    let mut depth = 0;
    for (at, character) in code[opens..].char_indices() {
        match character {
            '{' | '(' => depth += 1,
            '}' | ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return &code[opens..opens + at];
        }
    }
    &code[opens..]
}

fn holds_secret(body: &str) -> bool {
    body.split(|c: char| !c.is_alphanumeric() && c != '_')
        .any(|word| matches!(word, "Secret" | "SecretString" | "TokenSet"))
}

/// No raw HTML and no style attribute, which the content security policy would refuse anyway.
pub(crate) fn markup(source: &Source) -> Vec<String> {
    if !source.is(".svelte") {
        return Vec::new();
    }
    let mut faults = Vec::new();
    for (line, words) in source.text.lines().enumerate() {
        if words.contains(concat!("{@", "html")) {
            faults.push(source.fault(line, "raw HTML"));
        }
        let inline = words.match_indices("style=").any(|(at, _)| {
            let before = words[..at].chars().next_back();
            let starts = before.is_none_or(char::is_whitespace);
            starts && words[at + 6..].starts_with(['"', '\''])
        });
        if inline {
            faults.push(source.fault(line, "an inline style"));
        }
    }
    faults
}

/// A file past five hundred lines is split by noun.
pub(crate) fn length(source: &Source) -> Vec<String> {
    let lines = source.text.lines().count();
    if lines > LONGEST {
        return vec![source.fault(lines - 1, &format!("{lines} lines"))];
    }
    Vec::new()
}

/// The first line says what the file owns.
pub(crate) fn first_line(source: &Source) -> Vec<String> {
    let first = source.text.lines().next().unwrap_or_default();
    let opens = match source.path.rsplit_once('.') {
        Some((_, "rs")) => &["//! "][..],
        Some((_, "svelte")) => &["<!--"][..],
        Some((_, "css")) => &["/*"][..],
        _ => &["//", "/*"][..],
    };
    // A test's first line may say what it shows instead.
    let says = first.to_lowercase().contains("owns") || source.is_test() || source.is("vite-env.d.ts");
    if opens.iter().any(|open| first.starts_with(open)) && says {
        return Vec::new();
    }
    vec![source.fault(0, "the first line does not say what the file owns")]
}

/// No path and no address of the machine something was written on.
pub(crate) fn machine(source: &Source) -> Vec<String> {
    let words = [concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("arti", "factory"), concat!("/home/", "user")];
    source
        .text
        .lines()
        .enumerate()
        .filter(|(_, line)| words.iter().any(|word| line.contains(word)))
        .map(|(line, _)| source.fault(line, "names one machine"))
        .collect()
}

#[test]
fn a_planted_unexplained_secret_is_red() {
    let fault = |text: &str| exposed_secrets(&Source::planted("src-tauri/core/src/vault/mod.rs", text)).len();
    assert_eq!(fault("fn x() {\n\n\n    send(secret.expose_secret());\n}"), 1);
    assert_eq!(fault("// The keychain takes plain text.\nlet text = secret\n    .expose_secret();"), 0);
    assert_eq!(fault("pub fn expose_secret(&self) -> &str {"), 0);
    assert_eq!(fault("fn x() {}\n#[cfg(test)]\nmod tests {\n\n\n let a = s.expose_secret();}"), 0);
}

#[test]
fn a_planted_secret_that_can_be_written_out_is_red() {
    let fault = |text: &str| serialised_secrets(&Source::planted("src-tauri/src/views.rs", text)).len();
    assert_eq!(fault("#[derive(Debug, Serialize)]\npub struct V { pub name: String, pub key: Option<Secret> }"), 1);
    assert_eq!(fault("#[derive(serde::Serialize)]\nstruct V(Secret);"), 1);
    assert_eq!(fault("#[derive(Serialize)]\n#[serde(tag = \"kind\")]\nenum V { One, Two { secret: Secret } }"), 1);
    assert_eq!(fault("impl std::fmt::Display for Secret {"), 1);
    assert_eq!(fault("impl Display for SecretName {"), 0);
    assert_eq!(fault("#[derive(Debug)]\nstruct V { key: Secret }\n#[derive(Serialize)]\nstruct W { key: String }"), 0);
}

#[test]
fn planted_raw_markup_is_red() {
    let fault = |text: &str| markup(&Source::planted("ui/src/components/Note.svelte", text)).len();
    assert_eq!(fault(concat!("<p>{@", "html text}</p>")), 1);
    assert_eq!(fault("<p style=\"color: red\">"), 1);
    assert_eq!(fault("<p style:width={width} class=\"x\" data-style=\"x\">"), 0);
}

#[test]
fn a_planted_long_or_nameless_file_is_red() {
    let long = "//! Owns nothing.\n".repeat(LONGEST + 1);
    assert_eq!(length(&Source::planted("src-tauri/src/lib.rs", &long)).len(), 1);
    assert_eq!(length(&Source::planted("src-tauri/src/lib.rs", "//! Owns nothing.\n")).len(), 0);
    let first = |path: &str, text: &str| first_line(&Source::planted(path, text)).len();
    assert_eq!(first("src-tauri/src/lib.rs", "use std::fmt;"), 1);
    assert_eq!(first("ui/src/lib/dates.ts", "import x from 'y';"), 1);
    assert_eq!(first("ui/src/components/A.svelte", "<script>"), 1);
    assert_eq!(first("src-tauri/src/lib.rs", "//! Owns the app."), 0);
    assert_eq!(first("ui/src/components/A.svelte", "<!-- Owns a button. -->"), 0);
}

#[test]
fn a_planted_machine_is_red() {
    let planted = Source::planted("tests/x.rs", concat!("let path = \"/wo", "rk/main\";"));
    assert_eq!(machine(&planted).len(), 1);
    assert_eq!(machine(&Source::planted("tests/x.rs", "let path = \"/opt/x\";")).len(), 0);
}
