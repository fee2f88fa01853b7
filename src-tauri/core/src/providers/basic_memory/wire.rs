//! Owns the shapes of Basic Memory Cloud's JSON, read leniently: an absent or odd field is
//! unknown, never an error. Leaves out requests and statuses.
//!
//! Only `key` in the answer to a create and the fields of `GET /workspaces/` are known from the
//! official CLI. The list of keys is what a service of this kind may plausibly answer.

use super::KEY_PREFIXES;
use crate::domain::{Secret, Workspace};
use crate::providers::ListedKey;
use crate::providers::fields::{Created, Fields, KeyPage, array_in, truth};
use serde::de::{Deserialize, Deserializer};
use serde_json::{Map, Value};

const FIELDS: Fields = Fields(&KEY_PREFIXES);

/// The answer to `GET /workspaces/`.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct WorkspaceList {
    /// The workspaces that can be addressed.
    pub(super) workspaces: Vec<Workspace>,
    /// The one the credential works in, if the answer tells.
    pub(super) current: Option<String>,
}

/// The answer to `POST /api/keys`.
pub(super) struct CreatedAnswer {
    /// `key`, if it is one that can be sent in a header.
    pub(super) secret: Option<Secret>,
    /// Everything else.
    pub(super) facts: ListedKey,
}

/// Reads a list of keys, each with its workspace if it says so.
pub(super) fn key_page(answer: &Value) -> Option<KeyPage> {
    let mut page = FIELDS.key_page(answer)?;
    // The workspace is the one thing that only this service has. Items that are no keys were left out.
    let (items, _) = array_in(answer, &["keys", "api_keys", "data", "items", "results"])?;
    let keys = items.iter().filter_map(Value::as_object).filter(|item| FIELDS.listed_key(item).is_some());
    for (key, item) in page.keys.iter_mut().zip(keys) {
        key.workspace = workspace_of(item);
    }
    Some(page)
}

/// Reads the workspaces; `None` when the answer is no list of them.
pub(super) fn workspace_list(answer: &Value) -> Option<WorkspaceList> {
    let (items, envelope) = array_in(answer, &["workspaces", "data", "items", "results"])?;
    let workspaces: Vec<Workspace> = items.iter().filter_map(Value::as_object).filter_map(workspace).collect();
    if workspaces.is_empty() && !items.is_empty() {
        return None;
    }
    let named = envelope.and_then(|envelope| FIELDS.id_of(envelope, &["current_workspace_id"]));
    // A credential that reaches a single workspace works in it.
    let only = match workspaces.as_slice() {
        [only] => Some(only.id.clone()),
        _ => None,
    };
    Some(WorkspaceList { current: named.or(only), workspaces })
}

fn workspace(item: &Map<String, Value>) -> Option<Workspace> {
    let id = FIELDS.id_of(item, &["tenant_id", "id", "workspace_id"])?;
    let name = FIELDS.line_of(item, &["name", "display_name", "slug"]).unwrap_or_else(|| id.clone());
    let role = FIELDS.line_of(item, &["role"]).unwrap_or_default();
    let is_default = item.get("is_default").and_then(truth).unwrap_or(false);
    Some(Workspace { id, name, role, is_default })
}

fn workspace_of(item: &Map<String, Value>) -> Option<String> {
    FIELDS
        .id_of(item, &["workspace_id", "tenant_id", "workspace"])
        .or_else(|| FIELDS.id_of(item.get("workspace")?.as_object()?, &["tenant_id", "id"]))
}

/// What an object says of a key, its workspace included.
fn key_facts(item: &Map<String, Value>) -> ListedKey {
    ListedKey { workspace: workspace_of(item), ..FIELDS.key_facts(item) }
}

fn listed_key(item: &Map<String, Value>) -> Option<ListedKey> {
    FIELDS.listed_key(item).map(|_| key_facts(item))
}

impl<'de> Deserialize<'de> for CreatedAnswer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Created { secret, rest } = Created::deserialize(deserializer)?;
        let own = key_facts(&rest);
        // Some services answer the key beside its record.
        let nested = || {
            ["api_key", "data", "item", "record"]
                .iter()
                .find_map(|name| rest.get(*name).and_then(Value::as_object).and_then(listed_key))
        };
        let facts = if own.remote_id.is_some() { own } else { nested().unwrap_or(own) };
        Ok(Self { secret, facts })
    }
}

#[cfg(test)]
#[path = "wire_tests.rs"]
mod tests;
