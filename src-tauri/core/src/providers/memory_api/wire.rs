//! Owns the shapes of Memory API's JSON. Leaves out requests and statuses.

use super::{DESCRIPTION, KEY_PREFIXES};
use crate::domain::{Secret, UsageLine};
use crate::http::Response;
use crate::providers::ListedKey;
use crate::providers::fields::{Created, Fields, KeyPage};
use serde_json::{Map, Value};

const FIELDS: Fields = Fields(&KEY_PREFIXES);

/// The answer to `GET /account`.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Account {
    /// `org_id`.
    pub(super) id: Option<String>,
    /// `name`.
    pub(super) name: Option<String>,
    /// The plan's name.
    pub(super) plan: Option<String>,
}

/// The list of keys.
pub(super) fn key_page(answer: &Value) -> Option<KeyPage> {
    let mut page = FIELDS.key_page(answer)?;
    for key in &mut page.keys {
        name_environment(key);
    }
    Some(page)
}

/// The answer to a create: `data.key` and what stands beside it.
pub(super) fn created(response: &Response) -> Option<(Secret, ListedKey)> {
    let Created { secret, rest } = response.json()?;
    let mut facts = FIELDS.key_facts(&rest);
    name_environment(&mut facts);
    Some((secret?, facts))
}

/// The account; `None` when the answer is no account.
pub(super) fn account(response: &Response) -> Option<Account> {
    let answer = response.json::<Value>()?;
    let data = answer.get("data")?.as_object()?;
    let plan = data.get("plan").and_then(Value::as_object).and_then(|plan| FIELDS.line_of(plan, &["name", "id"]));
    let account = Account { id: FIELDS.id_of(data, &["org_id", "id"]), name: FIELDS.line_of(data, &["name"]), plan };
    (account.id.is_some() || account.name.is_some()).then_some(account)
}

/// What was used and what may be used, in the order of the documentation.
pub(super) fn usage(response: &Response) -> Option<Vec<UsageLine>> {
    let answer = response.json::<Value>()?;
    let data = answer.get("data")?.as_object()?;
    let current = data.get("current")?.as_object()?;
    let none = Map::new();
    let limits = data.get("limits").and_then(Value::as_object).unwrap_or(&none);
    let count = |object: &Map<String, Value>, name: &str| object.get(name).and_then(Value::as_u64);
    let mut lines: Vec<UsageLine> = [
        ("api_calls", "API calls this month", "calls"),
        ("tokens_processed", "Tokens processed", "tokens"),
        ("memories_stored", "Memories stored", "memories"),
        ("embeddings_generated", "Embeddings generated", "embeddings"),
    ]
    .into_iter()
    .filter_map(|(name, label, unit)| {
        let used = count(current, name)?;
        Some(UsageLine { label: label.to_owned(), used: Some(used), limit: count(limits, name), unit: unit.to_owned() })
    })
    .collect();
    if let Some(cents) = count(current, "estimated_cost_cents") {
        // Which currency is meant is not documented.
        let label = "Estimated cost, in hundredths".to_owned();
        lines.push(UsageLine { label, used: Some(cents), limit: None, unit: String::new() });
    }
    Some(lines)
}

/// The environment by its name, else by the prefix.
fn name_environment(key: &mut ListedKey) {
    let known = |name: &String| DESCRIPTION.environments.iter().any(|choice| choice.id == name);
    let by_prefix = || DESCRIPTION.environment_of(key.prefix.as_deref()?).map(str::to_owned);
    key.environment = key.environment.clone().filter(known).or_else(by_prefix);
}
