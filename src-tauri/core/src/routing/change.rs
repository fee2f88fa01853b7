//! Owns what may be changed in `config.json`, and what came of it. Leaves out how it is written.

use super::RoutingError;
use super::config::{Project, Route};
use super::digest::Digest;
use super::program::CloudForm;
use crate::domain::Secret;

/// One wish. Nothing else in the file is touched.
#[derive(Debug, Clone)]
pub enum Change {
    /// Serve the project from the cloud, written as the CLI of that version writes it.
    SetCloud {
        /// The project's key, or a name the CLI would match with it.
        project: String,
        /// The workspace, when it is to be set.
        workspace: Option<String>,
        /// What the CLI's version writes.
        form: CloudForm,
    },
    /// Serve the project from a folder of this computer.
    SetLocal {
        /// The project's key, or a name the CLI would match with it.
        project: String,
        /// The folder, as a whole path.
        path: String,
        /// What stood there before it went to the cloud. Its fields come back as they were, if its
        /// path is this one.
        kept: Option<KeptRoute>,
    },
    /// Use this workspace for a project's cloud calls; none clears it.
    SetWorkspace {
        /// The project's key, or a name the CLI would match with it.
        project: String,
        /// The workspace.
        workspace: Option<String>,
    },
    /// Use this workspace where a project names none; none clears it.
    SetDefaultWorkspace(Option<String>),
    /// Use this key for the cloud; none clears it. The copy beside the file is scrubbed as well.
    SetApiKey(Option<Secret>),
}

/// What stood in a project's entry before it went to the cloud. Holds no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptRoute {
    /// The project's key.
    pub project: String,
    /// Its folder.
    pub path: String,
    /// Its fields as they were written, by name.
    pub(super) fields: Vec<(String, String)>,
}

/// What came of a write.
#[derive(Debug, Clone)]
pub struct Applied {
    /// Whether anything had to be written.
    pub wrote: bool,
    /// Whether someone else wrote at the same moment; theirs and ours are both in the file.
    pub merged: bool,
    /// Fields that both set. Ours stand where they are ours, else theirs.
    pub contested: Vec<String>,
    /// What to bring back later, for each project that left this computer.
    pub kept: Vec<KeptRoute>,
    /// What undoes it.
    pub previous: super::Previous,
    /// What became of the copy beside the file.
    pub backup: Backup,
    /// The file as it is now.
    pub digest: Digest,
}

/// What became of the copy that the CLI once made of an older file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Backup {
    /// There is none, it holds no key, or no key was changed.
    Untouched,
    /// A key was taken out of it.
    Scrubbed,
    /// It may still hold a key.
    Failed(RoutingError),
}

/// What came of undoing.
#[derive(Debug, Clone)]
pub struct Undone {
    /// Whether the file is, byte for byte, what it was before.
    pub exact: bool,
    /// Fields that someone else changed since; they are left.
    pub contested: Vec<String>,
    /// What was written; its `previous` does it again.
    pub applied: Applied,
}

/// Whether a change still stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StillThere {
    /// Every field reads as it was written.
    Yes,
    /// These fields read as they did before: someone put the old state back.
    PutBack(Vec<String>),
    /// These fields read differently from both.
    ChangedElsewhere(Vec<String>),
}

impl KeptRoute {
    /// What there is to bring back of a project; none while it has no folder.
    pub fn of(project: &Project) -> Option<Self> {
        let path = project.path.clone()?;
        Some(Self { project: project.key.clone(), path, fields: project.written.clone() })
    }

    pub(super) fn read(project: &str, path: &str, route: &Route<'_>) -> Self {
        Self { project: project.to_owned(), path: path.to_owned(), fields: route.written() }
    }

    /// As text for the records.
    pub fn to_record(&self) -> String {
        let fields: serde_json::Map<String, serde_json::Value> =
            self.fields.iter().map(|(name, raw)| (name.clone(), raw.clone().into())).collect();
        serde_json::json!({"project": self.project, "path": self.path, "fields": fields}).to_string()
    }

    /// Reads what [`KeptRoute::to_record`] wrote.
    pub fn from_record(text: &str) -> Option<Self> {
        let record: serde_json::Value = serde_json::from_str(text).ok()?;
        let fields = record.get("fields")?.as_object()?.iter();
        Some(Self {
            project: record.get("project")?.as_str()?.to_owned(),
            path: record.get("path")?.as_str()?.to_owned(),
            fields: fields.map(|(name, raw)| Some((name.clone(), raw.as_str()?.to_owned()))).collect::<Option<_>>()?,
        })
    }
}
