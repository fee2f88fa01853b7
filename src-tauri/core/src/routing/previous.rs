//! Owns what undoes a change: the bytes it replaced, and the fields by name for when someone else
//! has written since.

use super::digest::Digest;
use super::json::{Document, Edit, Splice, Value, lookup, same};
use super::permalink::permalink;
use std::fmt;
use zeroize::Zeroizing;

/// What a change replaced. A key may be inside, so it prints names only, and lives in memory alone.
#[derive(Clone)]
pub struct Previous {
    pub(super) before: Digest,
    pub(super) after: Digest,
    /// Leads back byte for byte, while the file is still what was written.
    pub(super) back: Option<Vec<Splice>>,
    pub(super) fields: Vec<Field>,
}

/// One field that was changed. None stands for a field that was not there.
#[derive(Clone)]
pub(super) struct Field {
    pub(super) path: Vec<String>,
    pub(super) wrote: Option<Zeroizing<String>>,
    pub(super) before: Option<Zeroizing<String>>,
}

/// The saved key's field.
pub(super) const KEY_FIELD: &str = "cloud_api_key";

impl Previous {
    /// Whether a key, or nothing in the place of one, is inside.
    pub fn holds_secret(&self) -> bool {
        self.fields.iter().any(|field| field.path.iter().any(|name| name == KEY_FIELD))
    }

    /// The fields that were changed, with dots.
    pub fn fields(&self) -> Vec<String> {
        self.fields.iter().map(Field::name).collect()
    }
}

impl Field {
    /// With dots.
    pub(super) fn name(&self) -> String {
        self.path.join(".")
    }

    /// Where it stands now: the CLI may have renamed its project to the permalink meanwhile. None
    /// when what it stands in is gone.
    pub(super) fn now<'d>(&self, document: &'d Document<'_>) -> Option<(Vec<String>, Option<&'d Value>)> {
        let mut path = self.path.clone();
        if let [first, project, ..] = path.as_mut_slice()
            && first == "projects"
        {
            let projects = document.get(&document.root, "projects")?;
            if document.get(projects, project).is_none() {
                let wanted = permalink(project);
                let names = projects.members().iter().map(|member| document.name(member));
                *project = names.into_iter().find(|name| permalink(name) == wanted)?.into_owned();
            }
        }
        let value = lookup(document, &path);
        lookup(document, path.split_last()?.1)?.is_object().then_some((path, value))
    }

    /// An edit that puts the old value back.
    pub(super) fn restored(&self, path: Vec<String>) -> Edit {
        Edit { path, raw: self.before.clone() }
    }
}

/// Whether two fields read the same to the CLI, for which absent and null are one.
pub(super) fn reads_as(one: Option<&str>, other: Option<&str>) -> bool {
    same(one.unwrap_or("null"), other.unwrap_or("null"))
}

impl fmt::Debug for Previous {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Previous")
            .field("before", &self.before)
            .field("after", &self.after)
            .field("exact", &self.back.is_some())
            .field("fields", &self.fields())
            .finish()
    }
}
