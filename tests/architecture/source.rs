//! Owns the reading of sources: which files are ours, and their code without comments and texts.

use std::path::Path;

/// One file of ours.
#[derive(Debug)]
pub(crate) struct Source {
    /// Its path from the root, with `/`.
    pub path: String,
    /// Its whole text.
    pub text: String,
}

impl Source {
    pub(crate) fn planted(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned() }
    }

    pub(crate) fn is(&self, ending: &str) -> bool {
        self.path.ends_with(ending)
    }

    pub(crate) fn is_test(&self) -> bool {
        ["/tests/", "/tests.rs", "_tests.rs", ".test.ts", "/testing/"].iter().any(|part| self.path.contains(part))
            || self.path.starts_with("tests/")
    }

    /// The lines before the file's own unit tests.
    pub(crate) fn story(&self) -> &str {
        self.text.split("\n#[cfg(test)]").next().unwrap_or_default()
    }

    pub(crate) fn fault(&self, line: usize, what: &str) -> String {
        format!("{}:{}: {what}", self.path, line + 1)
    }
}

const FOLDERS: &[&str] = &["src-tauri", "xtask", "tests", "ui/src", "ui/tests"];
const ENDINGS: &[&str] = &[".rs", ".ts", ".svelte", ".css"];
const NOT_OURS: &[&str] = &["node_modules", "target", "generated", "dist", "gen", "binaries"];

pub(crate) fn all_sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    for folder in FOLDERS {
        collect(root, &root.join(folder), &mut found);
    }
    found.sort_by(|one, other| one.path.cmp(&other.path));
    found
}

fn collect(root: &Path, folder: &Path, found: &mut Vec<Source>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if path.is_dir() {
            if !NOT_OURS.contains(&name.as_str()) {
                collect(root, &path, found);
            }
        } else if ENDINGS.iter().any(|ending| name.ends_with(ending)) {
            let relative = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
            found.push(Source { path: relative, text: std::fs::read_to_string(&path).unwrap() });
        }
    }
}

/// Rust code with the inside of comments and texts blanked, so that a word there is no arrow.
/// Lines stay where they are.
pub(crate) fn code_of(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let skipped = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if let Some(hashes) = raw_text(rest) {
            let end = format!("\"{}", "#".repeat(hashes));
            let begin = hashes + 2;
            rest[begin..].find(&end).map_or(rest.len(), |at| begin + at + end.len())
        } else if first == '"' {
            text_length(rest)
        } else if rest.starts_with("'\"'") {
            3
        } else if let Some(escaped) = rest.strip_prefix("'\\") {
            escaped.find('\'').map_or(1, |at| at + 3)
        } else {
            code.push(first);
            rest = &rest[first.len_utf8()..];
            continue;
        };
        code.extend(rest[..skipped].chars().map(|character| if character == '\n' { '\n' } else { ' ' }));
        rest = &rest[skipped..];
    }
    code
}

/// How many `#` a raw text opens with, if one opens here.
fn raw_text(rest: &str) -> Option<usize> {
    let after = rest.strip_prefix('r')?;
    let hashes = after.len() - after.trim_start_matches('#').len();
    after[hashes..].starts_with('"').then_some(hashes)
}

fn text_length(rest: &str) -> usize {
    let mut escaped = false;
    for (at, character) in rest.char_indices().skip(1) {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

#[test]
fn words_in_comments_and_texts_are_no_code() {
    let code = code_of("use a; // use b\nlet c = \"use \\\" d\"; r#\"use \"e\"#; '\"'; '\\''; /* use\nf */ g");
    assert!(code.contains("use a;") && code.ends_with('g'));
    assert!(!["use b", "use \\\" d", "use \"e", "f"].iter().any(|word| code.contains(word)), "{code}");
    assert_eq!(code.lines().count(), 3);
}
