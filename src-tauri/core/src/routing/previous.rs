//! Owns what undoes a change: the bytes it replaced, and the fields by name for when someone else
//! has written since.

use super::digest::Digest;
use super::json::{Document, Edit, Splice, Value, lookup, same};
use super::permalink::permalink;
use crate::domain::Secret;
use std::fmt;
use zeroize::Zeroizing;

/// What a change replaced. A key may be inside, so it prints names only.
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

    /// As text for the keychain, since a key may be inside.
    pub fn to_secret(&self) -> Secret {
        let back = self.back.as_ref().map(|back| {
            back.iter()
                .map(|splice| serde_json::json!([splice.range.start, splice.range.end, splice.text.as_str()]))
                .collect::<Vec<_>>()
        });
        let raw = |raw: &Option<Zeroizing<String>>| raw.as_ref().map(|raw| raw.as_str().to_owned());
        let fields: Vec<_> = self
            .fields
            .iter()
            .map(|field| serde_json::json!([field.path, raw(&field.wrote), raw(&field.before)]))
            .collect();
        let (before, after) = (self.before.as_text(), self.after.as_text());
        Secret::new(serde_json::json!({"before": before, "after": after, "back": back, "fields": fields}).to_string())
    }

    /// Reads what [`Previous::to_secret`] wrote.
    pub fn from_secret(secret: &Secret) -> Option<Self> {
        // Its text is read once and not kept.
        let record: serde_json::Value = serde_json::from_str(secret.expose_secret()).ok()?;
        let digest = |name: &str| Digest::parse(record.get(name)?.as_str()?);
        let number = |value: &serde_json::Value| usize::try_from(value.as_u64()?).ok();
        let back = match record.get("back")? {
            serde_json::Value::Null => None,
            list => Some(
                list.as_array()?
                    .iter()
                    .map(|splice| {
                        let text = Zeroizing::new(splice.get(2)?.as_str()?.to_owned());
                        Some(Splice { range: number(splice.get(0)?)?..number(splice.get(1)?)?, text })
                    })
                    .collect::<Option<Vec<_>>>()?,
            ),
        };
        let raw = |value: Option<&serde_json::Value>| {
            value.and_then(serde_json::Value::as_str).map(|raw| Zeroizing::new(raw.to_owned()))
        };
        let field = |field: &serde_json::Value| {
            let names = field.get(0)?.as_array()?.iter();
            let path = names.map(|name| Some(name.as_str()?.to_owned())).collect::<Option<Vec<_>>>()?;
            Some(Field { path, wrote: raw(field.get(1)), before: raw(field.get(2)) })
        };
        let fields = record.get("fields")?.as_array()?.iter().map(field).collect::<Option<Vec<_>>>()?;
        Some(Self { before: digest("before")?, after: digest("after")?, back, fields })
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
