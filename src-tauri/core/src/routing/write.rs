//! Owns writing into a file that others write too, with no lock between us: read, plan, write beside,
//! read again, exchange, compare what came out, and start over where someone else came in between.
//! Leaves out what is wished.
//!
//! What came out unexpectedly is someone else's file. It goes back at once and our wish is planned
//! anew upon it, so theirs is never lost; if they wrote over ours in that moment, what only the
//! displaced file had is merged into theirs. Two moments are left, both between an exchange and its
//! comparison, and only when someone else wrote right before: a power cut leaves theirs beside; and
//! a third one who reads just then, and writes when we are done, writes without it.

use super::RoutingError;
use super::bytes;
use super::change::KeptRoute;
use super::digest::Digest;
use super::json::{Document, Edit, Splice, difference, inverse, lookup, plan, same, splice};
use super::previous::{Field, Previous};
use super::steps::{Step, Steps};
use super::temp::{Leaver, Swap, Temp, permissions, refused, sweep, sync_folder};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::ptr;
use zeroize::Zeroizing;

/// How often a write starts over before it is given up.
const TRIES: usize = 20;
/// How often a file that is half-written is read again.
const PATIENCE: usize = 25;
/// How long to wait for the other half.
const PAUSE: std::time::Duration = std::time::Duration::from_millis(10);

/// What is wished of a text.
#[derive(Default)]
pub(super) struct Wish {
    pub(super) edits: Vec<Edit>,
    /// Does the same as the edits, byte for byte.
    pub(super) splices: Option<Vec<Splice>>,
    /// Fields that are left to someone else.
    pub(super) contested: Vec<String>,
    pub(super) kept: Vec<KeptRoute>,
}

/// What came of it.
pub(super) struct Outcome {
    pub(super) wrote: bool,
    pub(super) merged: bool,
    pub(super) contested: Vec<String>,
    pub(super) kept: Vec<KeptRoute>,
    pub(super) previous: Previous,
}

/// Says what is wished of the file as it stands. Asked anew whenever someone else wrote.
pub(super) type Wishing<'w> = &'w dyn Fn(&Document<'_>) -> Result<Wish, RoutingError>;

/// Writes what is wished, or leaves the file as it is.
pub(super) fn write(file: &Path, wishing: Wishing<'_>, steps: &dyn Steps) -> Result<Outcome, RoutingError> {
    let target = resolved(file)?;
    sweep(&target, Leaver::Dead);
    let mut writing = Writing { file, target, steps, first: None, displaced: Vec::new(), contested: Vec::new() };
    for attempt in 0..TRIES {
        if let Some(outcome) = writing.attempt(wishing, attempt > 0)? {
            return Ok(outcome);
        }
    }
    Err(RoutingError::Conflict(file.to_owned()))
}

/// The CLI would put a file in a link's place; we write where the link leads.
fn resolved(file: &Path) -> Result<PathBuf, RoutingError> {
    file.canonicalize().map_err(|error| match error.kind() {
        std::io::ErrorKind::PermissionDenied => RoutingError::Unreadable(file.to_owned()),
        _ => RoutingError::Absent(file.to_owned()),
    })
}

struct Writing<'w> {
    /// As the caller names it, for errors.
    file: &'w Path,
    /// Where it really is.
    target: PathBuf,
    steps: &'w dyn Steps,
    /// What the first plan would have replaced.
    first: Option<(Vec<Field>, Vec<KeptRoute>)>,
    /// Files of others that ours displaced for a moment: what they had grown out of, and they
    /// themselves. Someone may have written over them since without having seen them.
    displaced: Vec<Displaced>,
    contested: Vec<String>,
}

/// What a file had grown out of, and the file.
type Displaced = (Zeroizing<Vec<u8>>, Zeroizing<Vec<u8>>);

impl Writing<'_> {
    /// One round. Nothing when someone else came in between.
    fn attempt(&mut self, wishing: Wishing<'_>, again: bool) -> Result<Option<Outcome>, RoutingError> {
        // The CLI may have put a file in the link's place by now.
        self.target = resolved(self.file)?;
        let base = self.settled()?;
        self.step(Step::Read)?;
        let foreign = self.with_displaced(bytes::text(&base, self.file)?)?;
        let planned = self.plan(&foreign, wishing)?;
        if planned.text.as_bytes() == base.as_slice() {
            // After a round in which theirs grew out of ours, ours is in the file already.
            let wrote = !planned.fields.is_empty();
            return Ok(Some(self.outcome(&foreign, planned, wrote, again)));
        }
        let temp = Temp::write(&self.target, planned.text.as_bytes(), self.steps)?;
        if *bytes::read(&self.target).map_err(|error| self.named(error))? != *base || !self.leads_there() {
            return Ok(None);
        }
        self.step(Step::ReadAgain)?;
        let permissions = permissions(&self.target);
        if temp.swap(&self.target)? == Swap::Exchanged {
            let compared = self.step(Step::Exchanged).and_then(|()| {
                let came_out = bytes::read(temp.path()).map_err(|error| self.named(error))?;
                self.step(Step::Compared).map(|()| came_out)
            });
            match compared {
                Ok(came_out) if came_out == base && self.leads_there() => {}
                Ok(came_out) => {
                    return self.put_back(temp, &base, came_out, planned.text.as_bytes()).map(|()| None);
                }
                Err(error) => {
                    temp.swap_back(&self.target, permissions)?;
                    return Err(error);
                }
            }
        }
        drop(temp);
        // From here on the change is done; nothing that follows can take it back.
        let _ = self.steps.reached(Step::TempRemoved, &self.target);
        sync_folder(&self.target);
        let _ = self.steps.reached(Step::FolderSynced, &self.target);
        Ok(Some(self.outcome(&foreign, planned, true, again)))
    }

    /// Someone else's file goes back into its place. If a third one came to stand there meanwhile,
    /// it is newer and stays; what only the second one had is kept for the next round.
    fn put_back(
        &mut self,
        temp: Temp,
        base: &[u8],
        mut theirs: Zeroizing<Vec<u8>>,
        ours: &[u8],
    ) -> Result<(), RoutingError> {
        let mut placed = Zeroizing::new(ours.to_vec());
        self.displaced.push((Zeroizing::new(base.to_vec()), theirs.clone()));
        for _ in 0..TRIES {
            // What is beside is theirs: it is not thrown away while it has no place.
            if let Err(error) = temp.swap(&self.target) {
                temp.leave();
                return Err(error);
            }
            let came_out = bytes::read(temp.path()).map_err(|error| self.named(error))?;
            if came_out == placed {
                break;
            }
            self.displaced.push((Zeroizing::new(base.to_vec()), came_out.clone()));
            placed = theirs;
            theirs = came_out;
        }
        self.step(Step::PutBack)
    }

    /// The file, given the time an older version of the CLI takes to write it in place.
    fn settled(&self) -> Result<Zeroizing<Vec<u8>>, RoutingError> {
        let mut last = None;
        for patience in 0..PATIENCE {
            if patience > 0 {
                std::thread::sleep(PAUSE);
            }
            let bytes = bytes::read(&self.target).map_err(|error| self.named(error));
            let problem = match bytes {
                Ok(bytes) => match bytes::text(&bytes, self.file).and_then(|text| bytes::document(text, self.file)) {
                    Ok(_) => return Ok(bytes),
                    Err(problem) => {
                        let grows = last.replace(bytes.len()) != Some(bytes.len());
                        (problem, grows)
                    }
                },
                Err(problem) => (problem, false),
            };
            match problem {
                // Cut off: perhaps its writer is at it. Anything else will not heal by itself.
                (problem @ RoutingError::NotJson { .. }, grows) if !grows && patience > 2 => return Err(problem),
                (RoutingError::NotJson { .. }, _) => {}
                (problem, _) => return Err(problem),
            }
        }
        Err(RoutingError::Conflict(self.file.to_owned()))
    }

    /// The text with what others had written and ours displaced.
    fn with_displaced(&mut self, text: &str) -> Result<Zeroizing<String>, RoutingError> {
        let mut merged = Zeroizing::new(text.to_owned());
        for (from, to) in &self.displaced {
            let read = |bytes| bytes::text(bytes, self.file);
            let from = bytes::document(read(from)?, self.file)?;
            // Half of a file has nothing to keep; who began it ends it where it stands again.
            let Ok(to) = read(to).and_then(|text| bytes::document(text, self.file)) else { continue };
            let theirs = bytes::document(&merged, self.file)?;
            let (edits, contested) = difference(&from, &to, &theirs);
            self.contested.extend(contested);
            let splices = plan(&theirs, &edits).map_err(|_| RoutingError::Conflict(self.file.to_owned()))?;
            let next = splice(&merged, &splices);
            merged = next;
        }
        Ok(merged)
    }

    fn plan(&mut self, text: &str, wishing: Wishing<'_>) -> Result<Planned, RoutingError> {
        let document = bytes::document(text, self.file)?;
        let wish = wishing(&document)?;
        let mut fields = Vec::new();
        let last: HashMap<_, _> = wish.edits.iter().map(|edit| (&edit.path, edit)).collect();
        for edit in wish.edits.iter().filter(|edit| last.get(&edit.path).is_some_and(|last| ptr::eq(*last, *edit))) {
            let before = lookup(&document, &edit.path).map(|value| document.raw(value));
            let wrote = edit.raw.as_ref().map(|raw| raw.as_str());
            let changes = match (before, wrote) {
                (Some(before), Some(wrote)) => !same(before, wrote),
                (before, wrote) => before.is_some() != wrote.is_some(),
            };
            if changes {
                let before = before.map(|raw| Zeroizing::new(raw.to_owned()));
                fields.push(Field { path: edit.path.clone(), wrote: edit.raw.clone(), before });
            }
        }
        let splices = match wish.splices {
            Some(splices) => splices,
            None => plan(&document, &wish.edits)
                .map_err(|path| RoutingError::WrongShape { file: self.file.to_owned(), field: path.join(".") })?,
        };
        let mut exact = true;
        let mut kept = wish.kept;
        match &self.first {
            None => self.first = Some((fields.clone(), kept.clone())),
            Some((first, first_kept)) => {
                for known in first {
                    match fields.iter().find(|field| field.path == known.path) {
                        Some(field) if same_raw(field.before.as_ref(), known.before.as_ref()) => {}
                        // They set a field that is ours to set: ours stands, and it is said.
                        Some(field) => self.contested.push(field.name()),
                        // Theirs has our change inside; what stood there is known from before.
                        None => {
                            exact = false;
                            fields.push(known.clone());
                        }
                    }
                }
                // They set it to something else than it was, or we had nothing to change there.
                let new = fields.iter().filter(|field| !first.iter().any(|known| known.path == field.path));
                self.contested.extend(new.map(Field::name));
                for known in first_kept {
                    if !kept.iter().any(|kept| kept.project == known.project) {
                        kept.push(known.clone());
                    }
                }
            }
        }
        let back = exact.then(|| inverse(text, &splices));
        Ok(Planned { text: splice(text, &splices), back, fields, kept, contested: wish.contested })
    }

    fn outcome(&mut self, foreign: &str, planned: Planned, wrote: bool, merged: bool) -> Outcome {
        let mut contested = std::mem::take(&mut self.contested);
        contested.extend(planned.contested);
        contested.sort();
        contested.dedup();
        let (before, after) = (Digest::of(foreign.as_bytes()), Digest::of(planned.text.as_bytes()));
        let previous = Previous { before, after, back: planned.back, fields: planned.fields };
        Outcome { wrote, merged, contested, kept: planned.kept, previous }
    }

    /// Whether the file is still the one we are at.
    fn leads_there(&self) -> bool {
        self.file.canonicalize().is_ok_and(|target| target == self.target)
    }

    fn step(&self, step: Step) -> Result<(), RoutingError> {
        self.steps.reached(step, &self.target).map_err(|error| refused(&error, &self.target))
    }

    /// An error of the real file, said of the one the caller named.
    fn named(&self, error: RoutingError) -> RoutingError {
        let file = self.file.to_owned();
        match error {
            RoutingError::Absent(_) => RoutingError::Absent(file),
            RoutingError::NotAFile(_) => RoutingError::NotAFile(file),
            RoutingError::Unreadable(_) => RoutingError::Unreadable(file),
            RoutingError::TooLarge(_) => RoutingError::TooLarge(file),
            other => other,
        }
    }
}

struct Planned {
    text: Zeroizing<String>,
    back: Option<Vec<Splice>>,
    fields: Vec<Field>,
    kept: Vec<KeptRoute>,
    contested: Vec<String>,
}

fn same_raw(one: Option<&Zeroizing<String>>, other: Option<&Zeroizing<String>>) -> bool {
    super::previous::reads_as(one.map(|raw| raw.as_str()), other.map(|raw| raw.as_str()))
}
