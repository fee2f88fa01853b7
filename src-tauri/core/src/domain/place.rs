//! Owns the places a key is used: noted by the person, or found on this computer.

use super::{KeyId, PlaceId, ProviderId};
use std::path::PathBuf;

/// A place outside this computer that the person noted, for example "GitHub Actions".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotedPlace {
    /// Its name for life.
    pub id: PlaceId,
    /// The key used there.
    pub key: KeyId,
    /// What the person calls it.
    pub name: String,
    /// Where exactly, for example `acme/notes`; may be empty.
    pub detail: String,
}

/// What kind of credential was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FoundKind {
    /// An API key in a configuration file or the environment; it can be adopted.
    ApiKey,
    /// A sign-in of the official CLI; signing in anew is offered, its tokens stay where they are.
    SignIn,
}

/// A credential that another program keeps on this computer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundCredential {
    /// The service it is for.
    pub provider: ProviderId,
    /// Key or sign-in.
    pub kind: FoundKind,
    /// The file it stands in; `None` for an environment variable.
    pub file: Option<PathBuf>,
    /// The visible head of a key.
    pub prefix: Option<String>,
    /// Why it cannot be used as it is (stray white space …), in one plain sentence.
    pub problem: Option<String>,
}
