//! Owns what is remembered of a project of the Basic Memory CLI, which forgets it itself.

/// What a project was like before it went to the cloud, and where it went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RememberedRoute {
    /// The project's key in the CLI's file.
    pub project: String,
    /// Its folder and sync fields, as routing writes them for the records.
    pub kept: Option<String>,
    /// The workspace that was chosen for it last.
    pub workspace: Option<String>,
}
