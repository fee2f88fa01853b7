//! Owns showing a text that a stranger wrote: what cannot be seen in it is made visible, and writing from
//! right to left is kept from turning round what stands beside it. Leaves out markup, which no view reads.

use std::fmt::Write as _;

/// Whether a character cannot be seen, or turns the direction of writing.
pub fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180e}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}'
            | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Whether a text holds something hidden that does no work in it. A joiner between the letters of a script
/// that joins, or between the parts of an emoji, does.
pub fn holds_hidden(text: &str) -> bool {
    marked(text).any(|(_, hidden)| hidden)
}

/// The text with every hidden character written out: a control character as its picture, any other by its
/// number.
pub fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for (character, hidden) in marked(text) {
        match u32::from(character) {
            _ if !hidden => shown.push(character),
            // The pictures stand in the order of the control characters.
            code @ 0..=0x1f => shown.extend(char::from_u32(0x2400 + code)),
            0x7f => shown.push('\u{2421}'),
            code => {
                // Writing to a text never fails.
                let _written = write!(shown, "[U+{code:04X}]");
            }
        }
    }
    shown
}

/// The text for a sentence: visible, named if it is empty, and set apart where it is written from right to
/// left, so that the words around it stay in their order (Unicode Bidirectional Algorithm, section 2.4).
pub fn in_words(text: &str) -> String {
    let shown = visible(text);
    if shown.trim().is_empty() {
        "(no name)".to_owned()
    } else if shown.chars().any(is_right_to_left) {
        format!("\u{2068}{shown}\u{2069}")
    } else {
        shown
    }
}

/// Each character, and whether it is hidden.
fn marked(text: &str) -> impl Iterator<Item = (char, bool)> + '_ {
    let mut before = ' ';
    let mut rest = text.chars().peekable();
    std::iter::from_fn(move || {
        let character = rest.next()?;
        let joins = |beside: char| !beside.is_ascii() && !is_hidden(beside);
        let working =
            matches!(character, '\u{200c}' | '\u{200d}') && joins(before) && rest.peek().copied().is_some_and(joins);
        before = character;
        Some((character, is_hidden(character) && !working))
    })
}

fn is_right_to_left(character: char) -> bool {
    matches!(character,
        '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}' | '\u{10800}'..='\u{10fff}'
        | '\u{1e800}'..='\u{1efff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_cannot_be_seen_is_written_out() {
        assert_eq!(visible("a\u{0}b\tc\nd\u{7f}e"), "a␀b␉c␊d␡e");
        assert_eq!(visible("work\u{200b}-laptop\u{feff}"), "work[U+200B]-laptop[U+FEFF]");
        assert_eq!(visible("\u{202e}gnp.exe"), "[U+202E]gnp.exe");
        assert_eq!(visible("\u{85}\u{2028}"), "[U+0085][U+2028]");
        assert_eq!(visible("work\u{200d}laptop"), "work[U+200D]laptop", "a joiner that joins nothing");
    }

    #[test]
    fn what_people_write_stays_as_it_is() {
        for name in
            ["work-laptop", "Bücher – 日本語", "👩\u{200d}💻 at home", "می\u{200c}خواهم", "<b>&amp;", "  two  spaces "]
        {
            assert_eq!(visible(name), name);
            assert!(!holds_hidden(name), "{name}");
        }
    }

    #[test]
    fn a_name_in_a_sentence_keeps_its_own_direction() {
        assert_eq!(in_words("work-laptop"), "work-laptop");
        assert_eq!(in_words("מפתח 1"), "\u{2068}מפתח 1\u{2069}");
        assert_eq!(in_words("\u{2069}מפתח"), "\u{2068}[U+2069]מפתח\u{2069}", "it cannot end its own setting apart");
        assert_eq!(in_words(""), "(no name)");
        assert_eq!(in_words(" \u{a0}"), "(no name)");
    }

    proptest! {
        #[test]
        fn nothing_hidden_is_left_in_any_text(text in "\\PC{0,20}[\\x00-\\x1f\u{200b}-\u{206f}]{0,10}\\PC{0,20}") {
            let shown = visible(&text);
            prop_assert!(!shown.chars().any(char::is_control));
            prop_assert!(!holds_hidden(&shown), "{shown:?}");
        }
    }
}
