//! Owns comparing JSON by what it means, and what one writer did to a text that another changed too.

use super::{Document, Edit, Kind, Value, decode};
use std::borrow::Cow;
use std::collections::HashMap;
use zeroize::Zeroizing;

/// Whether two raw values mean the same, however they are written.
pub(in super::super) fn same(one: &str, other: &str) -> bool {
    if one == other {
        return true;
    }
    match (Document::parse(one), Document::parse(other)) {
        (Ok(one), Ok(other)) => alike(&one, &one.root, &other, &other.root),
        _ => false,
    }
}

fn alike(one: &Document<'_>, first: &Value, other: &Document<'_>, second: &Value) -> bool {
    let (left, right) = (one.raw(first), other.raw(second));
    match (&first.kind, &second.kind) {
        _ if left == right => true,
        (Kind::Text, Kind::Text) => *zeroizing(left) == *zeroizing(right),
        (Kind::Word, Kind::Word) => same_number(left, right),
        (Kind::Object(_), Kind::Object(_)) => {
            let (left, right) = (by_name(one, first), by_name(other, second));
            left.len() == right.len()
                && left
                    .iter()
                    .all(|(name, value)| right.get(name).is_some_and(|theirs| alike(one, value, other, theirs)))
        }
        // What is in a list is compared as a whole; no list of the CLI's settings holds a secret.
        (Kind::Array, Kind::Array) => {
            let read = |raw| serde_json::from_str::<serde_json::Value>(raw).ok();
            read(left).is_some_and(|left| Some(left) == read(right))
        }
        _ => false,
    }
}

/// A key may be among the texts, so their copies are zeroed.
fn zeroizing(quoted: &str) -> Zeroizing<String> {
    Zeroizing::new(decode(quoted).into_owned())
}

/// `1.5` and `15e-1`; two whole numbers only if their digits are the same.
fn same_number(one: &str, other: &str) -> bool {
    let whole = |word: &str| word.trim_start_matches('-').bytes().all(|byte| byte.is_ascii_digit());
    if whole(one) && whole(other) {
        return false;
    }
    #[allow(clippy::float_cmp)] // the same digits give the same bits
    match (one.parse::<f64>(), other.parse::<f64>()) {
        (Ok(one), Ok(other)) => one == other,
        _ => false,
    }
}

fn by_name<'v, 't>(document: &Document<'t>, object: &'v Value) -> HashMap<Cow<'t, str>, &'v Value> {
    object.members().iter().map(|member| (document.name(member), &member.value)).collect()
}

/// What leads from one text to another, as edits to a third that grew out of the first as well.
/// Fields that the third changed differently stay as they are there, and are named.
pub(in super::super) fn difference(
    from: &Document<'_>,
    to: &Document<'_>,
    theirs: &Document<'_>,
) -> (Vec<Edit>, Vec<String>) {
    let mut walk = Walk { from, to, theirs, edits: Vec::new(), contested: Vec::new() };
    walk.objects(&mut Vec::new(), &from.root, &to.root, &theirs.root);
    (walk.edits, walk.contested)
}

struct Walk<'d, 't> {
    from: &'d Document<'t>,
    to: &'d Document<'t>,
    theirs: &'d Document<'t>,
    edits: Vec<Edit>,
    contested: Vec<String>,
}

impl Walk<'_, '_> {
    fn objects(&mut self, path: &mut Vec<String>, from: &Value, to: &Value, theirs: &Value) {
        let (from_members, their_members) = (by_name(self.from, from), by_name(self.theirs, theirs));
        let to_members = by_name(self.to, to);
        // In the order in which they are written, so that new ones keep theirs.
        for member in to.members() {
            let name = self.to.name(member);
            self.member(
                path,
                &name,
                from_members.get(&name).copied(),
                Some(&member.value),
                their_members.get(&name).copied(),
            );
        }
        for member in from.members() {
            let name = self.from.name(member);
            if !to_members.contains_key(&name) {
                self.member(path, &name, Some(&member.value), None, their_members.get(&name).copied());
            }
        }
    }

    fn member(
        &mut self,
        path: &mut Vec<String>,
        name: &str,
        from: Option<&Value>,
        to: Option<&Value>,
        theirs: Option<&Value>,
    ) {
        if both(from, to, |from, to| alike(self.from, from, self.to, to))
            || both(to, theirs, |to, theirs| alike(self.to, to, self.theirs, theirs))
        {
            return;
        }
        path.push(name.to_owned());
        match (from, to, theirs) {
            (Some(from), Some(to), Some(theirs)) if from.is_object() && to.is_object() && theirs.is_object() => {
                self.objects(path, from, to, theirs);
            }
            _ if both(from, theirs, |from, theirs| alike(self.from, from, self.theirs, theirs)) => {
                let raw = to.map(|to| Zeroizing::new(self.to.raw(to).to_owned()));
                self.edits.push(Edit { path: path.clone(), raw });
            }
            _ => self.contested.push(path.join(".")),
        }
        path.pop();
    }
}

/// Whether both are absent, or both there and alike.
fn both(one: Option<&Value>, other: Option<&Value>, alike: impl Fn(&Value, &Value) -> bool) -> bool {
    match (one, other) {
        (None, None) => true,
        (Some(one), Some(other)) => alike(one, other),
        _ => false,
    }
}
