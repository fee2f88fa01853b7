//! Owns the shapes of Memory OS's JSON, read leniently: of its list of keys and of its usage nothing is
//! documented but that they exist. Leaves out requests and statuses.

use super::{DESCRIPTION, KEY_PREFIXES};
use crate::domain::{Secret, UsageLine};
use crate::http::Response;
use crate::providers::ListedKey;
use crate::providers::fields::{Created, Fields, KeyPage};
use serde_json::{Map, Value};

const FIELDS: Fields = Fields(&KEY_PREFIXES);
/// More lines than anybody reads.
const MOST_LINES: usize = 12;

/// The list of keys: an array under `data`, or under `data.keys`.
pub(super) fn key_page(answer: &Value) -> Option<KeyPage> {
    let mut page = FIELDS.key_page(answer)?;
    for key in &mut page.keys {
        let by_prefix = || DESCRIPTION.environment_of(key.prefix.as_deref()?).map(str::to_owned);
        key.environment = key.environment.clone().or_else(by_prefix);
    }
    Some(page)
}

/// The answer to a create: `data.key` and what stands beside it.
pub(super) fn created(response: &Response) -> Option<(Secret, ListedKey)> {
    let Created { secret, rest } = response.json()?;
    Some((secret?, FIELDS.key_facts(&rest)))
}

/// The plan and every count, `x` beside its `x_limit`, `x_per_day_limit` or `limits.x`.
pub(super) fn usage(response: &Response) -> Option<(Option<String>, Vec<UsageLine>)> {
    let answer = response.json::<Value>()?;
    let data = answer.get("data").unwrap_or(&answer).as_object()?;
    let none = Map::new();
    let below = |name: &str| data.get(name).and_then(Value::as_object);
    let (counts, limits) = (below("usage").or(below("current")).unwrap_or(data), below("limits").unwrap_or(&none));
    let lines = counts
        .iter()
        .filter(|(name, _)| !name.ends_with("_limit"))
        .filter_map(|(name, value)| {
            let used = value.as_u64()?;
            let stem = name.split('_').next().unwrap_or(name);
            let limit = limits.get(name).or_else(|| counts.get(&format!("{name}_limit"))).or_else(|| {
                counts
                    .iter()
                    .find(|(other, _)| other.starts_with(stem) && other.ends_with("_limit"))
                    .map(|(_, limit)| limit)
            });
            let label = name.replace('_', " ");
            let label = FIELDS.line_of(&Map::from_iter([("name".to_owned(), Value::String(label))]), &["name"])?;
            Some(UsageLine {
                label: capital(&label),
                used: Some(used),
                limit: limit.and_then(Value::as_u64),
                unit: String::new(),
            })
        })
        .take(MOST_LINES)
        .collect();
    Some((FIELDS.line_of(data, &["plan"]), lines))
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
