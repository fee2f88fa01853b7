//! Owns the text of a calendar entry for the day a key ends or is to be replaced (RFC 5545). It holds
//! a name and a moment, and nothing of a key's characters.

use chrono::{DateTime, Utc};

/// What the entry is about.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry<'a> {
    /// Never changes for one key and moment, so that a calendar takes a second import for the first.
    pub(super) uid: &'a str,
    /// One line.
    pub(super) title: &'a str,
    /// What to do then.
    pub(super) text: &'a str,
    /// When.
    pub(super) at: DateTime<Utc>,
    /// The present moment.
    pub(super) now: DateTime<Utc>,
}

/// The longest line, in bytes, without its end (RFC 5545 section 3.1).
const LONGEST_LINE: usize = 75;

/// The file's text.
pub(super) fn text(entry: &Entry<'_>) -> String {
    let moment = |moment: DateTime<Utc>| moment.format("%Y%m%dT%H%M%SZ").to_string();
    let title = escaped(entry.title);
    let alarm =
        |before: &str| format!("BEGIN:VALARM\nACTION:DISPLAY\nDESCRIPTION:{title}\nTRIGGER:-{before}\nEND:VALARM");
    let lines = [
        "BEGIN:VCALENDAR".to_owned(),
        "VERSION:2.0".to_owned(),
        "PRODID:-//Latchkey//Latchkey//EN".to_owned(),
        "BEGIN:VEVENT".to_owned(),
        format!("UID:{}", escaped(entry.uid)),
        format!("DTSTAMP:{}", moment(entry.now)),
        format!("DTSTART:{}", moment(entry.at)),
        format!("SUMMARY:{title}"),
        format!("DESCRIPTION:{}", escaped(entry.text)),
        // It takes nobody's time.
        "TRANSP:TRANSPARENT".to_owned(),
        alarm("P7D"),
        alarm("P1D"),
        "END:VEVENT".to_owned(),
        "END:VCALENDAR".to_owned(),
    ];
    let mut text = String::new();
    for line in lines.iter().flat_map(|line| line.split('\n')) {
        fold(line, &mut text);
    }
    text
}

/// Text as RFC 5545 section 3.3.11 wants it. A line break of a name cannot begin a line of its own.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\\' | ';' | ',' => escaped.extend(['\\', character]),
            '\n' => escaped.push_str("\\n"),
            other if other.is_control() => {}
            other => escaped.push(other),
        }
    }
    escaped
}

/// A long line goes on behind a line break and a space, never inside a character.
fn fold(line: &str, text: &mut String) {
    let mut length = 0;
    for character in line.chars() {
        if length + character.len_utf8() > LONGEST_LINE {
            text.push_str("\r\n ");
            length = 1;
        }
        text.push(character);
        length += character.len_utf8();
    }
    text.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone as _;

    fn entry<'a>(title: &'a str, text: &'a str) -> Entry<'a> {
        Entry {
            uid: "1-20261212@latchkey",
            title,
            text,
            at: Utc.with_ymd_and_hms(2026, 12, 12, 22, 59, 59).unwrap(),
            now: Utc.with_ymd_and_hms(2026, 11, 20, 12, 0, 0).unwrap(),
        }
    }

    #[test]
    fn an_entry_has_its_moment_in_utc_and_two_alarms() {
        let text = text(&entry("work-laptop ends", "Replace it."));
        assert!(text.starts_with("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n") && text.ends_with("END:VCALENDAR\r\n"));
        assert!(text.contains("\r\nDTSTART:20261212T225959Z\r\n") && text.contains("\r\nDTSTAMP:20261120T120000Z\r\n"));
        assert_eq!(text.matches("BEGIN:VALARM").count(), 2);
        assert!(text.contains("TRIGGER:-P7D\r\n") && text.contains("TRIGGER:-P1D\r\n"));
    }

    #[test]
    fn a_name_cannot_break_out_of_its_line() {
        let text = text(&entry("a,b;c\\d\nEND:VEVENT\r", "x"));
        assert!(text.contains("SUMMARY:a\\,b\\;c\\\\d\\nEND:VEVENT\r\n"));
        assert_eq!(text.matches("\r\nEND:VEVENT\r\n").count(), 1);
    }

    #[test]
    fn long_lines_are_folded_between_characters() {
        let text = text(&entry(&"ä".repeat(90), &"b".repeat(200)));
        assert!(text.split("\r\n").all(|line| line.len() <= LONGEST_LINE));
        assert!(text.replace("\r\n ", "").contains(&format!("SUMMARY:{}", "ä".repeat(90))));
    }
}
