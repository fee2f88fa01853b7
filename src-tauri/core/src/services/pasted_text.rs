//! Owns finding a key in a text that somebody pasted or dropped: what stands around it is taken off,
//! and what was taken off is said. Leaves out where the text came from and which service it is for.

use crate::domain::Secret;

/// What was taken off a pasted text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trimmed {
    /// Spaces, tabs and the like before or behind the key.
    Spaces,
    /// Line breaks before or behind it.
    LineBreaks,
    /// Characters that have no width, which some pages and chats put in.
    ZeroWidth,
    /// Quotation marks around it.
    Quotes,
    /// `NAME=`, with or without `export`.
    Assignment,
}

/// A key that was found in a text.
#[derive(Debug, Clone)]
pub(super) struct FoundKey {
    /// Its characters.
    pub(super) secret: Secret,
    /// The variable it was assigned to.
    pub(super) variable: Option<String>,
    /// What was taken off, each once.
    pub(super) trimmed: Vec<Trimmed>,
}

/// The longest text that may be a key.
const LONGEST: usize = 2048;

/// Every pair of quotation marks that people and programs put around a key.
const QUOTES: &[(char, char)] = &[('"', '"'), ('\'', '\''), ('`', '`'), ('“', '”'), ('‘', '’'), ('„', '“'), ('«', '»')];

/// The first key in a text: a text of its own, or the value of one `NAME=value` line. Comments are
/// passed over.
pub(super) fn find(text: &Secret) -> Option<FoundKey> {
    // Taken apart here, in Rust, so that the window never sees it.
    let whole = text.expose_secret();
    let line = whole.lines().find(|line| !is_bare(line))?;
    let mut found = in_line(line)?;
    if whole.contains(['\n', '\r']) {
        found.trimmed.push(Trimmed::LineBreaks);
        found.trimmed.sort_unstable();
    }
    Some(found)
}

/// The keys of a `.env` file, one for each line that assigns something. Other lines are none.
pub(super) fn assignments(text: &Secret) -> Vec<FoundKey> {
    // Taken apart here, in Rust; what is no key is dropped by the caller.
    let lines = text.expose_secret().lines().filter(|line| !is_bare(line));
    lines.filter_map(in_line).filter(|found| found.variable.is_some()).collect()
}

/// A line with nothing but white space or a comment.
fn is_bare(line: &str) -> bool {
    let mut visible = line.chars().filter(|character| !has_no_width(*character) && !character.is_whitespace());
    matches!(visible.next(), None | Some('#'))
}

fn in_line(line: &str) -> Option<FoundKey> {
    let mut trimmed = Vec::new();
    let mut took = |what: Trimmed, really: bool| {
        if really && !trimmed.contains(&what) {
            trimmed.push(what);
        }
    };
    // Nothing without a width belongs to a key, wherever it stands. The buffer never grows, so that
    // no half of it is left behind in memory.
    let mut visible = String::with_capacity(line.len());
    visible.extend(line.chars().filter(|character| !has_no_width(*character)));
    took(Trimmed::ZeroWidth, visible.len() != line.len());
    let visible = Secret::new(visible);
    // Cut up in place.
    let mut rest = visible.expose_secret().trim();
    took(Trimmed::Spaces, rest.len() != visible.expose_secret().len()); // compared by length only
    let mut variable = None;
    if let Some((name, value)) = assignment(rest) {
        took(Trimmed::Assignment, true);
        variable = Some(name.to_owned());
        rest = value.trim();
        took(Trimmed::Spaces, rest.len() != value.len());
        rest = without_comment(rest);
    }
    while let Some(inner) = unquoted(rest) {
        took(Trimmed::Quotes, true);
        rest = inner.trim();
        took(Trimmed::Spaces, rest.len() != inner.len());
    }
    let secret = (!rest.is_empty() && rest.len() <= LONGEST).then(|| Secret::new(rest.to_owned()))?;
    trimmed.sort_unstable();
    Some(FoundKey { secret, variable, trimmed })
}

/// The two sides of `NAME=value`, `export NAME=value` or `set NAME=value`.
fn assignment(line: &str) -> Option<(&str, &str)> {
    let line = ["export ", "set ", "$env:"].iter().find_map(|word| line.strip_prefix(word)).unwrap_or(line);
    let (name, value) = line.split_once('=')?;
    let name = name.trim();
    let begins = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    let is_name = begins && name.chars().all(|character| character.is_ascii_alphanumeric() || character == '_');
    (is_name && name.len() <= 128).then_some((name, value))
}

/// A value without the comment behind it, as shells and `.env` readers see it.
fn without_comment(value: &str) -> &str {
    if let Some(quote) = value.chars().next().filter(|first| matches!(first, '"' | '\'')) {
        return match value[1..].find(quote) {
            Some(end) => &value[..end + 2],
            None => value,
        };
    }
    value.split(" #").next().unwrap_or(value).trim_end()
}

fn unquoted(text: &str) -> Option<&str> {
    QUOTES.iter().find_map(|(open, close)| text.strip_prefix(*open)?.strip_suffix(*close))
}

/// Characters that take no room on the screen or turn the direction of writing.
fn has_no_width(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::Trimmed::{Assignment, LineBreaks, Quotes, Spaces, ZeroWidth};
    use super::*;

    const KEY: &str = "mem_live_abcdefEXAMPLE";

    fn found(text: &str) -> Option<(Option<String>, String, Vec<Trimmed>)> {
        let found = find(&Secret::new(text.to_owned()))?;
        // The test compares pretended characters.
        Some((found.variable, found.secret.expose_secret().to_owned(), found.trimmed))
    }

    fn taken_off(text: &str) -> Vec<Trimmed> {
        let (_, key, trimmed) = found(text).unwrap();
        assert_eq!(key, KEY, "{text:?}");
        trimmed
    }

    #[test]
    fn what_stands_around_a_key_is_taken_off_and_said() {
        assert_eq!(taken_off(KEY), []);
        assert_eq!(taken_off(&format!("  {KEY}\t")), [Spaces]);
        assert_eq!(taken_off(&format!("\u{a0}{KEY}")), [Spaces]);
        assert_eq!(taken_off(&format!("\r\n\n{KEY}\r\n")), [LineBreaks]);
        assert_eq!(taken_off("\u{feff}mem_live_\u{200b}abcdefEXAMPLE"), [ZeroWidth]);
        for (open, close) in QUOTES {
            assert_eq!(taken_off(&format!("{open}{KEY}{close}")), [Quotes]);
        }
        assert_eq!(taken_off(&format!("\"'{KEY}'\"")), [Quotes]);
        assert_eq!(
            taken_off(&format!("export X_KEY = \" {KEY} \" # mine\n")),
            [Spaces, LineBreaks, Quotes, Assignment]
        );
    }

    #[test]
    fn a_key_is_found_alone_or_in_a_line_of_an_environment_file() {
        let key = KEY.to_owned();
        let named = Some("BASIC_MEMORY_API_KEY".to_owned());
        assert_eq!(found(&format!("BASIC_MEMORY_API_KEY={KEY}")), Some((named.clone(), key.clone(), vec![Assignment])));
        let text = format!("# note\n\u{200b}\nexport BASIC_MEMORY_API_KEY=\"{KEY}\"\n");
        assert_eq!(found(&text), Some((named, key, vec![LineBreaks, Quotes, Assignment])));
        assert_eq!(found("BASIC_MEMORY_API_KEY="), None);
        assert_eq!(found(" \n"), None);
        assert_eq!(found("# only a note\n"), None);
        assert_eq!(found(&"x".repeat(LONGEST + 1)), None);
    }

    #[test]
    fn an_equals_sign_inside_a_key_is_no_assignment() {
        let (variable, key, trimmed) = found("mem_live_ab+cd==").unwrap();
        assert_eq!((variable, key.as_str(), trimmed), (None, "mem_live_ab+cd==", vec![]));
    }

    #[test]
    fn white_space_inside_stays_so_that_it_can_be_said() {
        assert_eq!(found("mem_live abcdef").unwrap().1, "mem_live abcdef");
        assert_eq!(found("KEY='mem_live_ab").unwrap().1, "'mem_live_ab");
    }

    #[test]
    fn every_assignment_of_a_file_is_found_and_nothing_else() {
        let text = format!(
            "# production\nA={KEY}\nPLAIN\nexport B='{KEY}' # old\nset C={KEY}\n$env:D=\"{KEY}\"\nEMPTY=\n\nURL=x=y\n"
        );
        let found = assignments(&Secret::new(text));
        let names: Vec<&str> = found.iter().filter_map(|found| found.variable.as_deref()).collect();
        assert_eq!(names, ["A", "B", "C", "D", "URL"]);
        // The test compares pretended characters.
        assert!(found[..4].iter().all(|found| found.secret.expose_secret() == KEY));
    }
}
