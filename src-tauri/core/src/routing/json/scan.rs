//! Owns finding where each value of a JSON text stands, by RFC 8259 and what Python takes beyond it.

use super::{Kind, Member, Value};
use std::ops::Range;

/// Deeper than any settings file; Python's own limit is near a thousand.
const DEEPEST: usize = 200;

/// The first place that is no JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) struct Fault {
    pub(in super::super) kind: FaultKind,
    /// Counted from 1.
    pub(in super::super) line: usize,
    /// Counted from 1, in characters.
    pub(in super::super) column: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum FaultKind {
    /// A comment stands there.
    Comment,
    /// Anything else.
    NotJson,
}

pub(super) fn scan(text: &str) -> Result<Value, Fault> {
    let mut scanner = Scanner { bytes: text.as_bytes(), at: 0 };
    let found = scanner.document();
    found.ok_or_else(|| fault(text, scanner.at))
}

fn fault(text: &str, at: usize) -> Fault {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    let (before, rest) = text.split_at(at);
    let comment = ["//", "/*", "#"].iter().any(|opening| rest.starts_with(opening));
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    Fault {
        kind: if comment { FaultKind::Comment } else { FaultKind::NotJson },
        line: before.bytes().filter(|byte| *byte == b'\n').count() + 1,
        column: before[line_start..].chars().count() + 1,
    }
}

/// Every step answers nothing where the text stops being JSON; `at` then stands there.
struct Scanner<'t> {
    bytes: &'t [u8],
    at: usize,
}

impl Scanner<'_> {
    fn document(&mut self) -> Option<Value> {
        self.space();
        let root = self.value(0)?;
        self.space();
        (self.at == self.bytes.len()).then_some(root)
    }

    fn space(&mut self) {
        let blank = self.bytes[self.at..].iter().position(|byte| !matches!(byte, b' ' | b'\t' | b'\n' | b'\r'));
        self.at = blank.map_or(self.bytes.len(), |blank| self.at + blank);
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn eat(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)
    }

    fn value(&mut self, depth: usize) -> Option<Value> {
        if depth > DEEPEST {
            return None;
        }
        let start = self.at;
        let kind = match self.peek()? {
            b'{' => Kind::Object(self.object(depth)?),
            b'[' => {
                self.array(depth)?;
                Kind::Array
            }
            b'"' => {
                self.string()?;
                Kind::Text
            }
            _ => {
                self.word()?;
                Kind::Word
            }
        };
        Some(Value { span: start..self.at, kind })
    }

    fn object(&mut self, depth: usize) -> Option<Vec<Member>> {
        let mut members = Vec::new();
        self.eat(b'{')?;
        self.space();
        if self.eat(b'}').is_some() {
            return Some(members);
        }
        loop {
            let name = self.string()?;
            self.space();
            self.eat(b':')?;
            self.space();
            members.push(Member { name, value: self.value(depth + 1)? });
            self.space();
            if self.eat(b'}').is_some() {
                return Some(members);
            }
            self.eat(b',')?;
            self.space();
        }
    }

    fn array(&mut self, depth: usize) -> Option<()> {
        self.eat(b'[')?;
        self.space();
        if self.eat(b']').is_some() {
            return Some(());
        }
        loop {
            self.value(depth + 1)?;
            self.space();
            if self.eat(b']').is_some() {
                return Some(());
            }
            self.eat(b',')?;
            self.space();
        }
    }

    fn string(&mut self) -> Option<Range<usize>> {
        let start = self.at;
        self.eat(b'"')?;
        loop {
            let plain = self.bytes[self.at..].iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1f))?;
            self.at += plain;
            match self.peek()? {
                b'"' => {
                    self.at += 1;
                    return Some(start..self.at);
                }
                b'\\' => self.escape()?,
                _ => return None,
            }
        }
    }

    fn escape(&mut self) -> Option<()> {
        match self.bytes.get(self.at + 1)? {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => self.at += 2,
            b'u' if self.bytes.get(self.at + 2..self.at + 6)?.iter().all(u8::is_ascii_hexdigit) => self.at += 6,
            _ => return None,
        }
        Some(())
    }

    fn word(&mut self) -> Option<()> {
        // Python reads the last three, and writes them.
        for word in ["null", "true", "false", "NaN", "Infinity", "-Infinity"] {
            if self.bytes[self.at..].starts_with(word.as_bytes()) {
                self.at += word.len();
                return Some(());
            }
        }
        self.number()
    }

    fn number(&mut self) -> Option<()> {
        let start = self.at;
        let _ = self.eat(b'-');
        let whole = match self.peek() {
            Some(b'0') => {
                self.at += 1;
                true
            }
            _ => self.digits(),
        };
        let mut fits = whole;
        if fits && self.eat(b'.').is_some() {
            fits = self.digits();
        }
        if fits && matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            fits = self.digits();
        }
        if !fits {
            self.at = start;
        }
        fits.then_some(())
    }

    fn digits(&mut self) -> bool {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        self.at > start
    }
}
