//! Owns changing single values of a JSON text: every byte that is not one of them stays. A new
//! member looks like those beside it.

use super::{Document, Layout, Value, quote, same};
use std::collections::BTreeMap;
use std::ops::Range;
use zeroize::Zeroizing;

/// A value to be set, or a member to be taken out.
#[derive(Clone)]
pub(in super::super) struct Edit {
    /// The names from the outermost object on.
    pub(in super::super) path: Vec<String>,
    /// The value as it is to be written; none takes the member out.
    pub(in super::super) raw: Option<Zeroizing<String>>,
}

/// Some bytes of a text, and what comes in their place.
#[derive(Clone)]
pub(in super::super) struct Splice {
    pub(in super::super) range: Range<usize>,
    pub(in super::super) text: Zeroizing<String>,
}

/// The value at a path.
pub(in super::super) fn lookup<'d>(document: &'d Document<'_>, path: &[String]) -> Option<&'d Value> {
    path.iter().try_fold(&document.root, |object, name| document.get(object, name))
}

/// The splices that do all edits. Values that mean the same already are left as they are written.
/// Answers the first path whose object is not there.
pub(in super::super) fn plan(document: &Document<'_>, edits: &[Edit]) -> Result<Vec<Splice>, Vec<String>> {
    let mut splices = Vec::new();
    for (parent, edits) in grouped(edits) {
        let object = lookup(document, parent).filter(|object| object.is_object());
        let object = object.ok_or_else(|| parent.to_vec())?;
        Members { document, object }.plan(&edits, &mut splices);
    }
    // Edits of different objects never touch; of one object they come in order.
    splices.sort_by_key(|splice| splice.range.start);
    Ok(splices)
}

/// The edits of each object, in the order they were asked for; of two for one name the last.
fn grouped(edits: &[Edit]) -> BTreeMap<&[String], Vec<&Edit>> {
    let mut groups: BTreeMap<&[String], Vec<&Edit>> = BTreeMap::new();
    for edit in edits {
        let Some((_, parent)) = edit.path.split_last() else { continue };
        let group = groups.entry(parent).or_default();
        match group.iter_mut().find(|other| other.path == edit.path) {
            Some(other) => *other = edit,
            None => group.push(edit),
        }
    }
    groups
}

/// Whether the splices come in order and stand between whole characters of the text.
pub(in super::super) fn fits(text: &str, splices: &[Splice]) -> bool {
    let mut at = 0;
    splices.iter().all(|Splice { range, .. }| {
        let after = at <= range.start;
        at = range.end;
        after && text.get(range.clone()).is_some()
    })
}

/// The text with all splices done, in a buffer that never moves.
pub(in super::super) fn splice(text: &str, splices: &[Splice]) -> Zeroizing<String> {
    let removed: usize = splices.iter().map(|splice| splice.range.len()).sum();
    let added: usize = splices.iter().map(|splice| splice.text.len()).sum();
    let mut changed = Zeroizing::new(String::with_capacity(text.len() - removed + added));
    let mut at = 0;
    for splice in splices {
        changed.push_str(&text[at..splice.range.start]);
        changed.push_str(&splice.text);
        at = splice.range.end;
    }
    changed.push_str(&text[at..]);
    changed
}

/// The splices that lead back to the text.
pub(in super::super) fn inverse(text: &str, splices: &[Splice]) -> Vec<Splice> {
    let mut back = Vec::with_capacity(splices.len());
    let (mut removed, mut added) = (0, 0);
    for splice in splices {
        let start = splice.range.start - removed + added;
        back.push(Splice {
            range: start..start + splice.text.len(),
            text: Zeroizing::new(text[splice.range.clone()].to_owned()),
        });
        removed += splice.range.len();
        added += splice.text.len();
    }
    back
}

struct Members<'d, 't> {
    document: &'d Document<'t>,
    object: &'d Value,
}

impl Members<'_, '_> {
    fn plan(&self, edits: &[&Edit], splices: &mut Vec<Splice>) {
        let members = self.object.members();
        let mut removed = vec![false; members.len()];
        let mut new = Vec::new();
        for edit in edits {
            let Some(name) = edit.path.last() else { continue };
            // Of repeated names the last counts; all of them go.
            let place = members.iter().rposition(|member| self.document.name(member) == *name);
            match (place, &edit.raw) {
                (Some(place), Some(raw)) => {
                    let value = &members[place].value;
                    if !same(self.document.raw(value), raw) {
                        splices.push(Splice { range: value.span.clone(), text: raw.clone() });
                    }
                }
                (Some(_), None) => {
                    for (member, removed) in members.iter().zip(&mut removed) {
                        *removed |= self.document.name(member) == *name;
                    }
                }
                (None, Some(raw)) => new.push((name.as_str(), raw)),
                (None, None) => {}
            }
        }
        if removed.iter().all(|removed| *removed) {
            if !new.is_empty() || !members.is_empty() {
                splices.push(self.whole(&new));
            }
            return;
        }
        self.take_out(&removed, splices);
        if !new.is_empty() {
            splices.push(self.append(&new, &removed));
        }
    }

    /// Takes out runs of members, each with the comma that parts it from what stays.
    fn take_out(&self, removed: &[bool], splices: &mut Vec<Splice>) {
        let members = self.object.members();
        let mut at = 0;
        while at < members.len() {
            if !removed[at] {
                at += 1;
                continue;
            }
            let end = (at..members.len()).find(|next| !removed[*next]).unwrap_or(members.len());
            let range = if at > 0 {
                members[at - 1].value.span.end..members[end - 1].value.span.end
            } else {
                // Some member stays, so one follows.
                members[0].name.start..members.get(end).map_or(members[end - 1].value.span.end, |next| next.name.start)
            };
            splices.push(Splice { range, text: Zeroizing::default() });
            at = end;
        }
    }

    /// New members behind the last one.
    fn append(&self, new: &[(&str, &Zeroizing<String>)], removed: &[bool]) -> Splice {
        let (text, members) = (self.document.text, self.object.members());
        let (Some(last), Some(first)) = (members.last(), members.first()) else { return self.whole(new) };
        let colon = &text[last.name.end..last.value.span.start];
        let opening = &text[self.object.span.start + 1..first.name.start];
        let between = match members.len() {
            1 if opening.contains('\n') => opening,
            1 if colon.ends_with(' ') => " ",
            1 => "",
            count => {
                let gap = &text[members[count - 2].value.span.end..last.name.start];
                gap.split_once(',').map_or("", |(_, after)| after)
            }
        };
        let mut added = Zeroizing::new(String::with_capacity(Self::room(new, between.len() + colon.len())));
        for (name, raw) in new {
            added.push(',');
            added.push_str(between);
            added.push_str(&quote(name));
            added.push_str(colon);
            added.push_str(raw);
        }
        // Behind the removal, if the last member goes.
        let end = last.value.span.end;
        debug_assert!(removed.iter().any(|removed| !removed));
        Splice { range: end..end, text: added }
    }

    /// An object that has none of its members left, in the layout of the whole text.
    fn whole(&self, new: &[(&str, &Zeroizing<String>)]) -> Splice {
        let range = self.object.span.clone();
        let layout = Layout::of(self.document);
        let line_start = self.document.text[..range.start].rfind('\n').map_or(0, |newline| newline + 1);
        let line = &self.document.text[line_start..range.start];
        let indent = &line[..line.len() - line.trim_start_matches([' ', '\t']).len()];
        let members: Vec<Zeroizing<String>> =
            new.iter().map(|(name, raw)| Zeroizing::new(layout.member(&quote(name), raw))).collect();
        Splice { range, text: Zeroizing::new(layout.object_at(&members, indent)) }
    }

    /// Enough for the new members, so that the buffer never moves.
    fn room(new: &[(&str, &Zeroizing<String>)], around: usize) -> usize {
        new.iter().map(|(name, raw)| name.len() * 6 + raw.len() + around + 4).sum()
    }
}
