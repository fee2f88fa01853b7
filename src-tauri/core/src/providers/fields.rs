//! Owns reading the fields of a service's JSON leniently: an absent or odd field is unknown, never an
//! error, and nothing that looks like a whole key is kept. Leaves out what a service calls its answers.

use super::ListedKey;
use super::answer::{holds_key, without_keys};
use super::moments::{self, Reading};
use crate::domain::{Secret, is_hidden, visible, visible_prefix};
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::fmt;

/// The longest text shown as a prefix without being cut: longer ones may be whole keys.
const LONGEST_PREFIX: usize = 16;
/// The longest name that is kept.
const LONGEST_NAME: usize = 200;
/// The longest id that is kept.
const LONGEST_ID: usize = 128;
/// More scopes than any service has.
const MOST_SCOPES: usize = 64;

/// One answer of a list.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct KeyPage {
    /// The keys, in the service's order.
    pub(super) keys: Vec<ListedKey>,
    /// Whether the answer speaks of further pages.
    pub(super) more: bool,
}

/// The fields of a service whose keys begin with one of these.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fields(pub(super) &'static [&'static str]);

impl Fields {
    /// `None` when the object names nothing a key could be recognised by.
    pub(super) fn listed_key(self, item: &Map<String, Value>) -> Option<ListedKey> {
        let key = self.key_facts(item);
        (key.remote_id.is_some() || !key.name.is_empty() || key.prefix.is_some()).then_some(key)
    }

    /// What an object says of a key.
    pub(super) fn key_facts(self, item: &Map<String, Value>) -> ListedKey {
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
            remote_id: self.id_of(item, &["id", "key_id", "uuid"]),
            name: self.line_of(item, &["name", "label"]).unwrap_or_default(),
            prefix: self.prefix_of(item),
            created_at: moment(&["created_at", "created", "createdAt"]).moment(),
            last_used_at: moment(&["last_used_at", "lastUsedAt", "last_used"]).said(),
            expires_at: moment(&["expires_at", "expiresAt", "expiry"]).said(),
            revoked,
            revoked_at: revoked_moment.moment().filter(|_| revoked),
            expired: expired && !revoked,
            environment: self.line_of(item, &["environment", "env"]),
            scopes: self.scopes_of(item),
            project: self.line_of(item, &["project", "project_name"]),
            rate_limit: item.get("rate_limit").and_then(Value::as_u64).and_then(|limit| u32::try_from(limit).ok()),
            workspace: None,
        }
    }

    /// The first of these fields that is an id.
    pub(super) fn id_of(self, item: &Map<String, Value>, names: &[&str]) -> Option<String> {
        names.iter().find_map(|name| item.get(*name).and_then(|value| self.id(value)))
    }

    /// An id is a whole number or visible ASCII; it may stand in an address or a header. Whatever
    /// looks like a key is none, since ids are kept in the records.
    fn id(self, value: &Value) -> Option<String> {
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Number(number) if number.is_i64() || number.is_u64() => number.to_string(),
            _ => return None,
        };
        let usable = !text.is_empty() && text.len() <= LONGEST_ID && text.bytes().all(|byte| byte.is_ascii_graphic());
        (usable && !holds_key(&text, self.0)).then_some(text)
    }

    /// One line of text: what is hidden in it made visible, not too long, and no whole key.
    pub(super) fn line_of(self, item: &Map<String, Value>, names: &[&str]) -> Option<String> {
        let text = names.iter().find_map(|name| item.get(*name).and_then(Value::as_str))?;
        let cut = |text: String| match text.chars().count() {
            ..=LONGEST_NAME => text,
            _ => text.chars().take(LONGEST_NAME - 1).chain(['…']).collect(),
        };
        let bare: String = text.chars().filter(|character| !is_hidden(*character)).collect();
        // A key may be hidden between characters that nobody sees.
        if holds_key(&bare, self.0) {
            return Some(cut(without_keys(bare.trim(), self.0)));
        }
        Some(cut(visible(text.trim())))
    }

    /// The visible head: what stands before a mask. Of a text without a mask that is longer than a
    /// head needs to be, and of every `key`, only [`visible_prefix`] stays.
    fn prefix_of(self, item: &Map<String, Value>) -> Option<String> {
        let said = ["prefix", "key_prefix", "start", "masked", "masked_key", "key_hint", "hint"]
            .iter()
            .find_map(|name| item.get(*name).and_then(Value::as_str).and_then(|text| self.head(text, LONGEST_PREFIX)));
        said.or_else(|| {
            ["key", "api_key", "token"]
                .iter()
                .find_map(|name| item.get(*name).and_then(Value::as_str).and_then(|text| self.head(text, 0)))
        })
    }

    fn head(self, text: &str, longest: usize) -> Option<String> {
        let text = text.trim();
        let mask = [text.find('…'), text.find("..."), text.find('*'), text.find('•')].into_iter().flatten().min();
        let visible = &text[..mask.unwrap_or(text.len())];
        if !visible.bytes().all(|byte| byte.is_ascii_graphic()) {
            return None;
        }
        // With a mask the service itself cut it; a long head is cut again all the same.
        let whole = if mask.is_some() { visible.len() > LONGEST_PREFIX } else { visible.len() > longest };
        let visible = if whole { visible_prefix(visible, self.0) } else { visible.to_owned() };
        (!visible.is_empty()).then_some(visible)
    }

    /// A list of scopes, or one line of them as OAuth writes it.
    fn scopes_of(self, item: &Map<String, Value>) -> Option<Vec<String>> {
        let tidy = |text: &str| {
            let text = text.trim();
            let usable = !text.is_empty() && text.len() <= 64 && text.bytes().all(|byte| byte.is_ascii_graphic());
            (usable && !holds_key(text, self.0)).then(|| text.to_owned())
        };
        match item.get("scopes").or_else(|| item.get("scope"))? {
            Value::Array(items) => {
                Some(items.iter().filter_map(Value::as_str).filter_map(tidy).take(MOST_SCOPES).collect())
            }
            Value::String(line) => Some(line.split_whitespace().filter_map(tidy).take(MOST_SCOPES).collect()),
            _ => None,
        }
    }

    /// Reads a list of keys: a bare array, or one under a usual name. `None` when the answer is neither,
    /// or when it holds things of which none is a key.
    pub(super) fn key_page(self, answer: &Value) -> Option<KeyPage> {
        let (items, envelope) = array_in(answer, &["keys", "api_keys", "data", "items", "results"])?;
        let keys: Vec<ListedKey> =
            items.iter().filter_map(Value::as_object).filter_map(|item| self.listed_key(item)).collect();
        if keys.is_empty() && !items.is_empty() {
            return None;
        }
        Some(KeyPage { keys, more: envelope.is_some_and(|envelope| speaks_of_more(envelope, items.len())) })
    }

    /// The head that may be shown of a key that was just made: the service's own if it is this key's and
    /// at most half of it, else ours.
    pub(super) fn own_head(self, said: Option<&str>, secret: &Secret) -> String {
        // Only to compare with what may be shown of it.
        let characters = secret.expose_secret();
        match said {
            // A head that is not this key's would mislead, and one that is half of it would give it away.
            Some(said) if characters.starts_with(said) && said.len() <= characters.len() / 2 => said.to_owned(),
            _ => secret.prefix(self.0),
        }
    }
}

/// An array, and the object it was found in.
pub(super) type Found<'a> = (&'a [Value], Option<&'a Map<String, Value>>);

/// The array itself, or the one under the first of the names that has one, at most one object
/// deeper.
pub(super) fn array_in<'a>(answer: &'a Value, names: &[&str]) -> Option<Found<'a>> {
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

/// A moment if one of the fields has one, else none if one of them says so.
fn moment_of(item: &Map<String, Value>, names: &[&str]) -> Reading {
    let readings = names.iter().filter_map(|name| item.get(*name)).map(moments::read);
    readings.fold(Reading::Unknown, |found, reading| match (found, reading) {
        (Reading::At(_), _) | (_, Reading::Unknown) => found,
        (_, reading) => reading,
    })
}

/// `true`, `1`, `"true"` and their opposites.
pub(super) fn truth(value: &Value) -> Option<bool> {
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

/// The answer to a create: the key's characters apart from everything else, wherever in the answer
/// they stand: at its top, or under `data`.
#[derive(Default)]
pub(super) struct Created {
    /// `key`, if it is one that can be sent in a header.
    pub(super) secret: Option<Secret>,
    /// Everything else that stood beside it.
    pub(super) rest: Map<String, Value>,
}

impl<'de> Deserialize<'de> for Created {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Answer;
        impl<'de> Visitor<'de> for Answer {
            type Value = Created;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Created, A::Error> {
                let mut created = Created::default();
                let mut inner = None;
                while let Some(name) = map.next_key::<String>()? {
                    match name.as_str() {
                        // Straight into the type that is zeroed, past every generic value.
                        "key" => created.secret = map.next_value::<KeyField>()?.0,
                        "data" => inner = map.next_value::<DataField>()?.0,
                        _ => {
                            created.rest.insert(name, map.next_value()?);
                        }
                    }
                }
                Ok(match inner {
                    Some(inner) if created.secret.is_none() => *inner,
                    Some(inner) => {
                        created.rest.insert("data".to_owned(), Value::Object(inner.rest));
                        created
                    }
                    None => created,
                })
            }
        }
        deserializer.deserialize_map(Answer)
    }
}

/// What stands under `data`, if it is an object.
struct DataField(Option<Box<Created>>);

impl<'de> Deserialize<'de> for DataField {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Field;
        impl<'de> Visitor<'de> for Field {
            type Value = DataField;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<DataField, A::Error> {
                let created = Created::deserialize(serde::de::value::MapAccessDeserializer::new(map))?;
                Ok(DataField(Some(Box::new(created))))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<DataField, A::Error> {
                while items.next_element::<IgnoredAny>()?.is_some() {}
                Ok(DataField(None))
            }

            fn visit_str<E>(self, _: &str) -> Result<DataField, E> {
                Ok(DataField(None))
            }

            fn visit_bool<E>(self, _: bool) -> Result<DataField, E> {
                Ok(DataField(None))
            }

            fn visit_i64<E>(self, _: i64) -> Result<DataField, E> {
                Ok(DataField(None))
            }

            fn visit_u64<E>(self, _: u64) -> Result<DataField, E> {
                Ok(DataField(None))
            }

            fn visit_f64<E>(self, _: f64) -> Result<DataField, E> {
                Ok(DataField(None))
            }

            fn visit_unit<E>(self) -> Result<DataField, E> {
                Ok(DataField(None))
            }
        }
        deserializer.deserialize_any(Field)
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
