//! Owns JSON as it is written: where each value stands in the text, so that one can be changed and
//! every other byte kept. Leaves out what the values mean.
//!
//! A tree of its own, since the bytes hold a key: it points into the text, copies nothing of it, and
//! takes exactly what Python's `json.loads` takes (`NaN` and lone surrogates too, no comments).

mod edit;
mod layout;
mod merge;
mod scan;
mod text;

pub(super) use edit::{Edit, Splice, fits, inverse, lookup, plan, splice};
pub(super) use layout::Layout;
pub(super) use merge::{difference, same};
pub(super) use scan::{Fault, FaultKind};
pub(super) use text::{decode, quote};

use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::Range;

/// A text and where its values stand.
pub(super) struct Document<'t> {
    pub(super) text: &'t str,
    pub(super) root: Value,
}

/// One value.
#[derive(Debug)]
pub(super) struct Value {
    /// Where it stands, with its quotes or brackets.
    pub(super) span: Range<usize>,
    pub(super) kind: Kind,
}

#[derive(Debug)]
pub(super) enum Kind {
    Object(Vec<Member>),
    /// What is inside is kept as a whole.
    Array,
    Text,
    /// A number, `true`, `false`, `null`, and what else Python reads.
    Word,
}

/// One name and its value.
#[derive(Debug)]
pub(super) struct Member {
    /// Where the name stands, with its quotes.
    pub(super) name: Range<usize>,
    pub(super) value: Value,
}

impl<'t> Document<'t> {
    /// Finds every value, or the first place that is no JSON.
    pub(super) fn parse(text: &'t str) -> Result<Self, Fault> {
        Ok(Self { text, root: scan::scan(text)? })
    }

    /// A value as it is written.
    pub(super) fn raw(&self, value: &Value) -> &'t str {
        &self.text[value.span.clone()]
    }

    /// A member's name.
    pub(super) fn name(&self, member: &Member) -> Cow<'t, str> {
        decode(&self.text[member.name.clone()])
    }

    /// The value of a name; of repeated ones the last, as in Python.
    pub(super) fn get<'v>(&self, object: &'v Value, name: &str) -> Option<&'v Value> {
        object.members().iter().rev().find(|member| self.name(member) == name).map(|member| &member.value)
    }

    /// A text value's characters. They may be a secret's, so ask only for what is none.
    pub(super) fn string(&self, value: &Value) -> Option<Cow<'t, str>> {
        matches!(value.kind, Kind::Text).then(|| decode(self.raw(value)))
    }

    /// Whether a value is written as this word.
    pub(super) fn is_word(&self, value: &Value, word: &str) -> bool {
        matches!(value.kind, Kind::Word) && self.raw(value) == word
    }

    /// The first name that is written twice in an object.
    pub(super) fn repeated(&self, object: &Value) -> Option<Cow<'t, str>> {
        let mut seen = HashSet::with_capacity(object.members().len());
        object.members().iter().map(|member| self.name(member)).find(|name| !seen.insert(name.clone()))
    }
}

impl Value {
    /// An object's members; none for anything else.
    pub(super) fn members(&self) -> &[Member] {
        match &self.kind {
            Kind::Object(members) => members,
            _ => &[],
        }
    }

    /// Whether it is an object.
    pub(super) fn is_object(&self) -> bool {
        matches!(self.kind, Kind::Object(_))
    }
}
