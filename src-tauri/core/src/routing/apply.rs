//! Owns doing changes and undoing them. Leaves out how the file is written and what each change means.

use super::RoutingError;
use super::change::{Applied, Backup, Change, StillThere, Undone};
use super::json::{Document, Edit, fits};
use super::location::Location;
use super::migration;
use super::previous::{KEY_FIELD, Previous, reads_as};
use super::steps::{NoSteps, Steps};
use super::temp::{self, Leaver};
use super::write::{Outcome, Wish, write};
use super::{bytes, wishes};
use crate::domain::Secret;
use std::path::Path;
use zeroize::Zeroizing;

/// Does all changes in one write. The file is read right before, only our own values change, and
/// what someone else writes at the same moment stays.
pub fn apply(location: &Location, changes: &[Change]) -> Result<Applied, RoutingError> {
    apply_with(location, changes, &NoSteps)
}

/// Like [`apply`], watched at each step.
pub fn apply_with(location: &Location, changes: &[Change], steps: &dyn Steps) -> Result<Applied, RoutingError> {
    wishes::check(changes)?;
    let file = &location.config;
    let outcome = write(file, &|document| wishes::wish(document, file, changes), steps)?;
    let key = changes.iter().rev().find_map(|change| match change {
        Change::SetApiKey(key) => Some(key.as_ref()),
        _ => None,
    });
    // The copy is touched only once the file itself has the new key.
    let backup = key.map_or(Backup::Untouched, |key| scrub_backup(location, key, steps));
    Ok(applied(outcome, backup))
}

/// Undoes a change: byte for byte when nobody wrote since, else field by field, leaving those that
/// someone else has changed again.
pub fn undo(location: &Location, previous: &Previous) -> Result<Undone, RoutingError> {
    undo_with(location, previous, &NoSteps)
}

/// Like [`undo`], watched at each step.
pub fn undo_with(location: &Location, previous: &Previous, steps: &dyn Steps) -> Result<Undone, RoutingError> {
    let outcome = write(&location.config, &|document| Ok(way_back(document, previous)), steps)?;
    Ok(Undone {
        exact: outcome.previous.after == previous.before,
        contested: outcome.contested.clone(),
        applied: applied(outcome, Backup::Untouched),
    })
}

/// Makes an older file a current one, as the CLI's own migration does. Only when a person asks.
pub fn migrate(location: &Location) -> Result<Applied, RoutingError> {
    let file = &location.config;
    let outcome = write(file, &|document| migration::wish(document, file), &NoSteps)?;
    Ok(applied(outcome, Backup::Untouched))
}

/// Whether a change still reads as it was written, or a slow program put the old state back.
pub fn still_there(file: &Path, previous: &Previous) -> Result<StillThere, RoutingError> {
    let bytes = bytes::read(file)?;
    let document = bytes::document(bytes::text(&bytes, file)?, file)?;
    let (mut back, mut elsewhere) = (Vec::new(), Vec::new());
    for field in &previous.fields {
        let now = field.now(&document).map(|(_, value)| value.map(|value| document.raw(value)));
        let is = |raw: &Option<Zeroizing<String>>| {
            now.is_some_and(|now| reads_as(now, raw.as_ref().map(|raw| raw.as_str())))
        };
        if is(&field.wrote) {
            continue;
        }
        if is(&field.before) { &mut back } else { &mut elsewhere }.push(field.name());
    }
    Ok(match (back.is_empty(), elsewhere.is_empty()) {
        (true, true) => StillThere::Yes,
        (false, _) => StillThere::PutBack(back),
        (true, false) => StillThere::ChangedElsewhere(elsewhere),
    })
}

/// Takes away what a killed write left beside the CLI's files. Once, when Latchkey starts.
pub fn clean(location: &Location) {
    for file in [&location.config, &location.backup, &location.tokens] {
        temp::sweep(file, Leaver::DeadOrNamesake);
        if let Ok(target) = file.canonicalize() {
            temp::sweep(&target, Leaver::DeadOrNamesake);
        }
    }
}

/// Takes a key out of the copy that the CLI once made, unless it is the one in use.
fn scrub_backup(location: &Location, in_use: Option<&Secret>, steps: &dyn Steps) -> Backup {
    let file = &location.backup;
    let scrubbed = write(file, &|document| scrubbing(document, file, in_use), steps);
    match scrubbed {
        Ok(Outcome { wrote: false, .. }) | Err(RoutingError::Absent(_)) => Backup::Untouched,
        Ok(_) => Backup::Scrubbed,
        Err(error) => Backup::Failed(error),
    }
}

fn scrubbing(document: &Document<'_>, file: &Path, in_use: Option<&Secret>) -> Result<Wish, RoutingError> {
    if let Some(name) = document.repeated(&document.root).filter(|name| name == KEY_FIELD) {
        return Err(RoutingError::NameTwice { file: file.to_owned(), name: name.into_owned() });
    }
    let value = document.get(&document.root, KEY_FIELD);
    let key = value.and_then(|value| document.string(value)).map(|key| Secret::new(key.into_owned()));
    // Only whether it is empty is asked.
    let holds =
        key.is_some_and(|key| !key.expose_secret().is_empty() && !in_use.is_some_and(|kept| kept.same_as(&key)));
    let raw = Some(Zeroizing::new("null".to_owned()));
    let edits = if holds { vec![Edit { path: vec![KEY_FIELD.to_owned()], raw }] } else { Vec::new() };
    Ok(Wish { edits, ..Wish::default() })
}

fn way_back(document: &Document<'_>, previous: &Previous) -> Wish {
    let untouched = super::Digest::of(document.text.as_bytes()) == previous.after;
    // A record that was damaged leads nowhere; then the fields do.
    let fitting = previous.back.as_ref().filter(|back| untouched && fits(document.text, back));
    let mut wish = Wish { splices: fitting.cloned(), ..Wish::default() };
    for field in &previous.fields {
        let Some((path, value)) = field.now(document) else {
            wish.contested.push(field.name());
            continue;
        };
        let now = value.map(|value| document.raw(value));
        let is = |raw: &Option<Zeroizing<String>>| reads_as(now, raw.as_ref().map(|raw| raw.as_str()));
        if is(&field.wrote) {
            wish.edits.push(field.restored(path));
        } else if !is(&field.before) {
            wish.contested.push(field.name());
        }
    }
    wish
}

fn applied(outcome: Outcome, backup: Backup) -> Applied {
    Applied {
        wrote: outcome.wrote,
        merged: outcome.merged,
        contested: outcome.contested,
        kept: outcome.kept,
        digest: outcome.previous.after,
        previous: outcome.previous,
        backup,
    }
}
