//! Owns the shapes of Basic Memory Cloud's JSON, read leniently: an absent or odd field is
//! unknown, never an error. Leaves out requests and statuses.
//!
//! Only `key` in the answer to a create and the fields of `GET /workspaces/` are known from the
//! official CLI. The list of keys is what a service of this kind may plausibly answer.

use super::KEY_PREFIXES;
use crate::domain::{Secret, Workspace, visible_prefix};
use crate::providers::ListedKey;
use crate::providers::answer::{holds_key, without_keys};
use crate::providers::moments::{self, Reading};
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::fmt;

/// The longest text shown as a prefix without being cut: longer ones may be whole keys.
const LONGEST_PREFIX: usize = 16;
/// The longest name that is kept.
const LONGEST_NAME: usize = 200;
/// The longest id that is kept.
const LONGEST_ID: usize = 128;

/// One answer of a list.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct KeyPage {
    /// The keys, in the service's order.
    pub(super) keys: Vec<ListedKey>,
    /// Whether the answer speaks of further pages.
    pub(super) more: bool,
}

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

/// Reads a list of keys: a bare array, or one under a usual name. `None` when the answer is
/// neither, or when it holds things of which none is a key.
pub(super) fn key_page(answer: &Value) -> Option<KeyPage> {
    let (items, envelope) = array_in(answer, &["keys", "api_keys", "data", "items", "results"])?;
    let keys: Vec<ListedKey> = items.iter().filter_map(Value::as_object).filter_map(listed_key).collect();
    if keys.is_empty() && !items.is_empty() {
        return None;
    }
    Some(KeyPage { keys, more: envelope.is_some_and(|envelope| speaks_of_more(envelope, items.len())) })
}

/// Reads the workspaces; `None` when the answer is no list of them.
pub(super) fn workspace_list(answer: &Value) -> Option<WorkspaceList> {
    let (items, envelope) = array_in(answer, &["workspaces", "data", "items", "results"])?;
    let workspaces: Vec<Workspace> = items.iter().filter_map(Value::as_object).filter_map(workspace).collect();
    if workspaces.is_empty() && !items.is_empty() {
        return None;
    }
    let named = envelope.and_then(|envelope| id_of(envelope, &["current_workspace_id"]));
    // A credential that reaches a single workspace works in it.
    let only = match workspaces.as_slice() {
        [only] => Some(only.id.clone()),
        _ => None,
    };
    Some(WorkspaceList { current: named.or(only), workspaces })
}

/// An array, and the object it was found in.
type Found<'a> = (&'a [Value], Option<&'a Map<String, Value>>);

/// The array itself, or the one under the first of the names that has one, at most one object
/// deeper.
fn array_in<'a>(answer: &'a Value, names: &[&str]) -> Option<Found<'a>> {
    match answer {
        Value::Array(items) => Some((items, None)),
        Value::Object(envelope) => {
            let array_under = |object: &'a Map<String, Value>| {
                names.iter().find_map(|name| object.get(*name).and_then(Value::as_array)).map(Vec::as_slice)
            };
            let nested =
                || names.iter().filter_map(|name| envelope.get(*name).and_then(Value::as_object)).find_map(array_under);
            array_under(envelope).or_else(nested).map(|items| (items, Some(envelope)))
        }
        _ => None,
    }
}

fn speaks_of_more(envelope: &Map<String, Value>, shown: usize) -> bool {
    let says = |name: &str| envelope.get(name).and_then(truth) == Some(true);
    let points = |name: &str| match envelope.get(name) {
        Some(Value::String(text)) => !text.is_empty(),
        Some(Value::Number(_)) => true,
        _ => false,
    };
    let counts = |name: &str| envelope.get(name).and_then(Value::as_u64).is_some_and(|total| total > shown as u64);
    says("has_more")
        || ["next", "next_cursor", "next_page", "next_page_token"].into_iter().any(points)
        || ["total", "total_count", "count"].into_iter().any(counts)
}

fn workspace(item: &Map<String, Value>) -> Option<Workspace> {
    let id = id_of(item, &["tenant_id", "id", "workspace_id"])?;
    let name = line_of(item, &["name", "display_name", "slug"]).unwrap_or_else(|| id.clone());
    let role = line_of(item, &["role"]).unwrap_or_default();
    let is_default = item.get("is_default").and_then(truth).unwrap_or(false);
    Some(Workspace { id, name, role, is_default })
}

/// `None` when the object names nothing a key could be recognised by.
fn listed_key(item: &Map<String, Value>) -> Option<ListedKey> {
    let key = key_facts(item);
    (key.remote_id.is_some() || !key.name.is_empty() || key.prefix.is_some()).then_some(key)
}

fn key_facts(item: &Map<String, Value>) -> ListedKey {
    let status = item.get("status").or_else(|| item.get("state")).and_then(Value::as_str).unwrap_or_default();
    let status_is = |words: &[&str]| words.iter().any(|word| status.trim().eq_ignore_ascii_case(word));
    let flag = |names: &[&str]| names.iter().find_map(|name| item.get(*name).and_then(truth));
    let moment = |names: &[&str]| moment_of(item, names);

    let expired = status_is(&["expired"]) || flag(&["expired", "is_expired"]) == Some(true);
    // `revoked` may be a flag or the moment itself.
    let revoked_moment = moment(&["revoked_at", "revokedAt", "revoked", "deleted_at"]);
    let switched_off = flag(&["is_active", "active", "enabled"]) == Some(false) && !expired;
    let revoked = status_is(&["revoked", "disabled", "inactive", "deactivated", "deleted"])
        || flag(&["revoked", "is_revoked", "disabled"]) == Some(true)
        || matches!(revoked_moment, Reading::At(_))
        || switched_off;
    ListedKey {
        remote_id: id_of(item, &["id", "key_id", "uuid"]),
        name: line_of(item, &["name", "label"]).unwrap_or_default(),
        prefix: prefix_of(item),
        workspace: workspace_of(item),
        created_at: moment(&["created_at", "created", "createdAt"]).moment(),
        last_used_at: moment(&["last_used_at", "lastUsedAt", "last_used"]).said(),
        expires_at: moment(&["expires_at", "expiresAt", "expiry"]).said(),
        revoked,
        revoked_at: revoked_moment.moment().filter(|_| revoked),
        expired: expired && !revoked,
        ..ListedKey::default()
    }
}

/// A moment if one of the fields has one, else none if one of them says so.
fn moment_of(item: &Map<String, Value>, names: &[&str]) -> Reading {
    let readings = names.iter().filter_map(|name| item.get(*name)).map(moments::read);
    readings.fold(Reading::Unknown, |found, reading| match (found, reading) {
        (Reading::At(_), _) | (_, Reading::Unknown) => found,
        (_, reading) => reading,
    })
}

/// `true`, `1`, `"true"` and their opposites.
fn truth(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(flag) => Some(*flag),
        Value::Number(number) => match number.as_i64() {
            Some(0) => Some(false),
            Some(1) => Some(true),
            _ => None,
        },
        Value::String(text) if text.eq_ignore_ascii_case("true") => Some(true),
        Value::String(text) if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

fn id_of(item: &Map<String, Value>, names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| item.get(*name).and_then(id))
}

/// An id is a whole number or visible ASCII; it may stand in an address or a header. Whatever
/// looks like a key is none, since ids are kept in the records.
fn id(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) if number.is_i64() || number.is_u64() => number.to_string(),
        _ => return None,
    };
    let usable = !text.is_empty() && text.len() <= LONGEST_ID && text.bytes().all(|byte| byte.is_ascii_graphic());
    (usable && !holds_key(&text, &KEY_PREFIXES)).then_some(text)
}

/// One line of text: no control characters, not too long, and no whole key.
fn line_of(item: &Map<String, Value>, names: &[&str]) -> Option<String> {
    let text = names.iter().find_map(|name| item.get(*name).and_then(Value::as_str))?;
    let line: String = text.chars().filter(|character| !character.is_control()).take(LONGEST_NAME).collect();
    Some(without_keys(line.trim(), &KEY_PREFIXES))
}

fn workspace_of(item: &Map<String, Value>) -> Option<String> {
    id_of(item, &["workspace_id", "tenant_id", "workspace"])
        .or_else(|| id_of(item.get("workspace")?.as_object()?, &["tenant_id", "id"]))
}

/// The visible head: what stands before a mask. Of a text without a mask that is longer than a
/// head needs to be, and of every `key`, only [`visible_prefix`] stays.
fn prefix_of(item: &Map<String, Value>) -> Option<String> {
    let said = ["prefix", "key_prefix", "start", "masked", "masked_key", "key_hint", "hint"]
        .iter()
        .find_map(|name| item.get(*name).and_then(Value::as_str).and_then(|text| head(text, LONGEST_PREFIX)));
    said.or_else(|| {
        ["key", "api_key", "token"]
            .iter()
            .find_map(|name| item.get(*name).and_then(Value::as_str).and_then(|text| head(text, 0)))
    })
}

fn head(text: &str, longest: usize) -> Option<String> {
    let text = text.trim();
    let mask = [text.find('…'), text.find("..."), text.find('*'), text.find('•')].into_iter().flatten().min();
    let visible = &text[..mask.unwrap_or(text.len())];
    if !visible.bytes().all(|byte| byte.is_ascii_graphic()) {
        return None;
    }
    // With a mask the service itself cut it; a long head is cut again all the same.
    let whole = if mask.is_some() { visible.len() > LONGEST_PREFIX } else { visible.len() > longest };
    let visible = if whole { visible_prefix(visible, &KEY_PREFIXES) } else { visible.to_owned() };
    (!visible.is_empty()).then_some(visible)
}

impl<'de> Deserialize<'de> for CreatedAnswer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;
        impl<'de> Visitor<'de> for Fields {
            type Value = CreatedAnswer;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<CreatedAnswer, A::Error> {
                let mut secret = None;
                let mut rest = Map::new();
                while let Some(name) = map.next_key::<String>()? {
                    if name == "key" {
                        // Straight into the type that is zeroed, past every generic value.
                        secret = map.next_value::<KeyField>()?.0;
                    } else {
                        rest.insert(name, map.next_value()?);
                    }
                }
                let own = key_facts(&rest);
                // Some services answer the key beside its record.
                let nested = || {
                    ["api_key", "data", "item", "record"]
                        .iter()
                        .find_map(|name| rest.get(*name).and_then(Value::as_object).and_then(listed_key))
                };
                let facts = if own.remote_id.is_some() { own } else { nested().unwrap_or(own) };
                Ok(CreatedAnswer { secret, facts })
            }
        }
        deserializer.deserialize_map(Fields)
    }
}

/// A key that can be sent in a header: not empty, visible ASCII throughout. Anything else is none.
struct KeyField(Option<Secret>);

impl<'de> Deserialize<'de> for KeyField {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Field;
        impl<'de> Visitor<'de> for Field {
            type Value = KeyField;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a key")
            }

            fn visit_str<E>(self, text: &str) -> Result<KeyField, E> {
                let sendable = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
                Ok(KeyField(sendable.then(|| Secret::new(text.to_owned()))))
            }

            fn visit_bool<E>(self, _: bool) -> Result<KeyField, E> {
                Ok(KeyField(None))
            }

            fn visit_i64<E>(self, _: i64) -> Result<KeyField, E> {
                Ok(KeyField(None))
            }

            fn visit_u64<E>(self, _: u64) -> Result<KeyField, E> {
                Ok(KeyField(None))
            }

            fn visit_f64<E>(self, _: f64) -> Result<KeyField, E> {
                Ok(KeyField(None))
            }

            fn visit_unit<E>(self) -> Result<KeyField, E> {
                Ok(KeyField(None))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<KeyField, A::Error> {
                while items.next_element::<IgnoredAny>()?.is_some() {}
                Ok(KeyField(None))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<KeyField, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(KeyField(None))
            }
        }
        deserializer.deserialize_any(Field)
    }
}

#[cfg(test)]
#[path = "wire_tests.rs"]
mod tests;
