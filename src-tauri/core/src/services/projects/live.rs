//! Owns what is known of the CLI's projects only while the program runs: what can be undone, what is
//! watched for being put back, what credentials were found to be worth. Leaves out what follows from it.

use super::{Check, CheckState, InCloud, Source, SourceKind};
use crate::domain::{EntryId, InvalidId, Secret, Workspace};
use crate::routing::{Change, CliVersion, Config, Digest, Mode, Previous, Program, Watch};
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::{HashMap, HashSet, VecDeque};
use std::fmt;
use std::str::FromStr;
use std::sync::Mutex;

/// A slow `bm` command that read the old state writes it back within this time.
const WATCHED: TimeDelta = TimeDelta::seconds(60);

/// So many writes can be undone.
const UNDOABLE: usize = 50;

/// Names what can be undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UndoId(EntryId);

impl fmt::Display for UndoId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl FromStr for UndoId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        text.parse().map(Self)
    }
}

/// What follows the CLI's files. Apart from the rest, since ending it waits for its thread.
#[derive(Default)]
pub(in crate::services) struct Follow {
    pub(super) watch: Mutex<Option<Watch>>,
}

/// What is known while the program runs.
#[derive(Default)]
pub(in crate::services) struct Known {
    /// The file as the window last saw it.
    pub(super) shown: Option<Digest>,
    /// The file whose routes were last remembered.
    pub(super) remembered: Option<Digest>,
    /// The version that a program gave, or that it gave none.
    pub(super) version: Option<(Program, Option<CliVersion>)>,
    pub(super) asking_version: bool,
    undos: VecDeque<Undo>,
    watched: Vec<Watched>,
    reverted: HashMap<String, Change>,
    /// What another program put back in the place of our key.
    key_put_back: PutBack,
    unknown_version: HashSet<String>,
    checks: HashMap<SourceKind, Checked>,
    in_cloud: HashMap<String, InCloud>,
}

/// What another program wrote over our key.
#[derive(Default)]
enum PutBack {
    /// It did not.
    #[default]
    Nothing,
    /// That there is none.
    NoKey,
    /// This one.
    Key(Secret),
}

/// What leads back from one write.
#[derive(Clone)]
pub(super) struct Undo {
    pub(super) id: UndoId,
    pub(super) previous: Previous,
    /// The projects that were switched; none for a change of format.
    pub(super) projects: Vec<String>,
}

/// A write that is watched for being put back.
struct Watched {
    previous: Previous,
    until: DateTime<Utc>,
    /// What does it again, for each project.
    again: Vec<(String, Change)>,
}

/// What a credential was found to be worth.
#[derive(Clone)]
pub(super) struct Checked {
    /// The very credential: another one was not checked.
    pub(super) of: Secret,
    pub(super) check: Check,
    /// The workspaces it reaches, if the answer told.
    pub(super) reaches: Option<Vec<Workspace>>,
}

impl Known {
    /// Drops every secret: what was checked, and what leads back to another key.
    pub(in crate::services) fn drop_secrets(&mut self) {
        self.checks.clear();
        self.key_put_back = PutBack::Nothing;
        self.undos.retain(|undo| !undo.previous.holds_secret());
        self.watched.retain(|watched| !watched.previous.holds_secret());
    }

    /// Notes what leads back from a write.
    pub(super) fn add_undo(&mut self, previous: Previous, projects: Vec<String>) -> UndoId {
        let id = UndoId(EntryId::random());
        self.undos.push_back(Undo { id, previous, projects });
        if self.undos.len() > UNDOABLE {
            self.undos.pop_front();
        }
        id
    }

    /// What this id leads back from.
    pub(super) fn undo(&self, id: UndoId) -> Option<Undo> {
        self.undos.iter().find(|undo| undo.id == id).cloned()
    }

    /// It was undone.
    pub(super) fn drop_undo(&mut self, id: UndoId) {
        self.undos.retain(|undo| undo.id != id);
    }

    /// The newest write that switched this project.
    pub(super) fn undo_of(&self, project: &str) -> Option<UndoId> {
        let newest = self.undos.iter().rev().find(|undo| undo.projects.iter().any(|key| key == project));
        newest.map(|undo| undo.id)
    }

    /// The newest change of format.
    pub(super) fn migration_undo(&self) -> Option<UndoId> {
        self.undos.iter().rev().find(|undo| undo.projects.is_empty()).map(|undo| undo.id)
    }

    /// Watches a write; what was watched of the same projects is given up.
    pub(super) fn watch(&mut self, previous: Previous, again: Vec<(String, Change)>, now: DateTime<Utc>) {
        for (project, _) in &again {
            self.reverted.remove(project);
            for watched in &mut self.watched {
                watched.again.retain(|(key, _)| key != project);
            }
        }
        let fields = previous.fields();
        self.watched.retain(|watched| {
            watched.until >= now && !watched.previous.fields().iter().all(|field| fields.contains(field))
        });
        self.watched.push(Watched { previous, until: now + WATCHED, again });
    }

    /// The writes that are still watched.
    pub(super) fn watched(&mut self, now: DateTime<Utc>) -> Vec<Previous> {
        self.watched.retain(|watched| watched.until >= now);
        self.watched.iter().map(|watched| watched.previous.clone()).collect()
    }

    /// These fields were put back. Answers with the projects of which this is news.
    pub(super) fn put_back(&mut self, fields: &[String]) -> Vec<String> {
        let mut news = Vec::new();
        for watched in &self.watched {
            for (project, change) in &watched.again {
                let head = format!("projects.{project}.");
                if fields.iter().any(|field| field.starts_with(&head))
                    && self.reverted.insert(project.clone(), change.clone()).is_none()
                {
                    news.push(project.clone());
                }
            }
        }
        news
    }

    /// The key was put back: this one stands in the file again. Answers whether that is news.
    pub(super) fn key_was_put_back(&mut self, key: Option<Secret>) -> bool {
        let news = !self.is_key_put_back(key.as_ref());
        self.key_put_back = key.map_or(PutBack::NoKey, PutBack::Key);
        news
    }

    /// Forgets that a project was put back once it is again as it was switched.
    pub(super) fn drop_settled(&mut self, config: &Config) {
        self.reverted.retain(|project, change| {
            let wanted = match change {
                Change::SetCloud { .. } => Mode::Cloud,
                Change::SetLocal { .. } => Mode::Local,
                _ => return true,
            };
            config.project(project).is_some_and(|project| project.mode != wanted)
        });
    }

    /// The person has decided anew about a project.
    pub(super) fn forget_reverted(&mut self, project: &str) {
        self.reverted.remove(project);
    }

    pub(super) fn is_reverted(&self, project: &str) -> bool {
        self.reverted.contains_key(project)
    }

    /// What does the switch of a project again that was put back.
    pub(super) fn again(&self, project: &str) -> Option<Change> {
        self.reverted.get(project).cloned()
    }

    /// Whether this is what another program put back in the place of our key.
    pub(super) fn is_key_put_back(&self, key: Option<&Secret>) -> bool {
        match (&self.key_put_back, key) {
            (PutBack::Key(back), Some(key)) => back.same_as(key),
            (PutBack::NoKey, None) => true,
            _ => false,
        }
    }

    /// The key was written anew.
    pub(super) fn key_written(&mut self) {
        self.key_put_back = PutBack::Nothing;
    }

    pub(super) fn set_unknown_version(&mut self, project: &str, unknown: bool) {
        if unknown {
            self.unknown_version.insert(project.to_owned());
        } else {
            self.unknown_version.remove(project);
        }
    }

    pub(super) fn is_of_unknown_version(&self, project: &str) -> bool {
        self.unknown_version.contains(project)
    }

    /// What this credential was found to be worth; another one in its place was not checked.
    pub(super) fn check(&self, kind: SourceKind, credential: &Secret) -> Check {
        let same = self.checks.get(&kind).filter(|checked| checked.of.same_as(credential));
        same.map_or(Check { state: CheckState::NotChecked, at: None, status: None }, |checked| checked.check)
    }

    pub(super) fn note_check(&mut self, kind: SourceKind, checked: Checked) {
        self.checks.insert(kind, checked);
    }

    /// The workspaces that the credential in use was found to reach, if it was checked.
    pub(super) fn reached(&self, sources: &[Source]) -> Option<Vec<Workspace>> {
        let used = sources.iter().find(|source| source.in_use && source.check.state == CheckState::Works)?;
        self.checks.get(&used.kind)?.reaches.clone()
    }

    pub(super) fn in_cloud(&self, project: &str) -> InCloud {
        self.in_cloud.get(project).copied().unwrap_or(InCloud::NotChecked)
    }

    pub(super) fn set_in_cloud(&mut self, project: &str, in_cloud: InCloud) {
        self.in_cloud.insert(project.to_owned(), in_cloud);
    }
}

/// The field of the saved key, as routing names it.
pub(super) const KEY_FIELD: &str = "cloud_api_key";
