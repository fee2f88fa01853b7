//! Owns the characters of a JSON text: out of its escapes and back into those the CLI writes.

use std::borrow::Cow;
use std::fmt::Write as _;

/// The characters between the quotes. A half of a pair that stands alone becomes U+FFFD.
pub(in super::super) fn decode(quoted: &str) -> Cow<'_, str> {
    let inner = quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default();
    if !inner.contains('\\') {
        return Cow::Borrowed(inner);
    }
    // Never longer than what is written, so the buffer never moves and leaves no copy of a secret.
    let mut text = String::with_capacity(inner.len());
    let mut rest = inner;
    while let Some(at) = rest.find('\\') {
        text.push_str(&rest[..at]);
        let (character, length) = escaped(&rest[at..]);
        text.push(character);
        rest = rest.get(at + length..).unwrap_or_default();
    }
    text.push_str(rest);
    Cow::Owned(text)
}

/// The character of the escape at the start, and how long the escape is.
fn escaped(escape: &str) -> (char, usize) {
    let unit = |at: usize| escape.get(at..at + 4).and_then(|digits| u32::from_str_radix(digits, 16).ok());
    match escape.as_bytes().get(1) {
        Some(b'b') => ('\u{8}', 2),
        Some(b'f') => ('\u{c}', 2),
        Some(b'n') => ('\n', 2),
        Some(b'r') => ('\r', 2),
        Some(b't') => ('\t', 2),
        Some(b'u') => {
            let Some(high) = unit(2) else { return ('\u{fffd}', 6) };
            if let Some(character) = char::from_u32(high) {
                return (character, 6);
            }
            let low = escape.get(6..8).filter(|next| *next == "\\u").and_then(|_| unit(8));
            match low.filter(|low| high < 0xdc00 && (0xdc00..0xe000).contains(low)) {
                Some(low) => {
                    let pair = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
                    (char::from_u32(pair).unwrap_or('\u{fffd}'), 12)
                }
                None => ('\u{fffd}', 6),
            }
        }
        Some(plain) => (char::from(*plain), 2),
        None => ('\u{fffd}', 1),
    }
}

/// With quotes and escapes as Python's `json.dumps` writes them: ASCII only, digits in lower case.
pub(in super::super) fn quote(text: &str) -> String {
    // At most six bytes for each, so the buffer never moves and leaves no copy of a secret.
    let mut quoted = String::with_capacity(text.len() * 6 + 2);
    quoted.push('"');
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            '\u{8}' => quoted.push_str("\\b"),
            '\u{c}' => quoted.push_str("\\f"),
            ' '..='~' => quoted.push(character),
            _ => {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    let _ = write!(quoted, "\\u{unit:04x}");
                }
            }
        }
    }
    quoted.push('"');
    quoted
}
