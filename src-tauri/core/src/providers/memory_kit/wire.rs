//! Owns the shape of MemoryKit's status, of which every part is optional. Leaves out requests and statuses.

use super::KEY_PREFIXES;
use crate::domain::{Usage, UsageLine};
use crate::providers::fields::Fields;
use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

/// The plan and the counts, if the answer has any: `plan`, `usage.memories_total` beside
/// `usage.memories_limit` and so on (docs.memorykit.io, limits).
pub(super) fn usage(answer: &Value, at: DateTime<Utc>) -> Option<Usage> {
    let answer = answer.get("data").unwrap_or(answer).as_object()?;
    let plan = Fields(&KEY_PREFIXES).line_of(answer, &["plan"]);
    let none = Map::new();
    let usage = answer.get("usage").and_then(Value::as_object).unwrap_or(&none);
    let count = |name: &str| usage.get(name).and_then(Value::as_u64);
    let lines: Vec<UsageLine> = [
        ("memories_total", "memories_limit", "Memories", ""),
        ("queries_this_month", "queries_limit", "Queries this month", ""),
        ("storage_mb", "storage_limit_mb", "Storage", "MB"),
    ]
    .into_iter()
    .filter_map(|(used, limit, label, unit)| {
        let used = count(used)?;
        Some(UsageLine { label: label.to_owned(), used: Some(used), limit: count(limit), unit: unit.to_owned() })
    })
    .collect();
    (plan.is_some() || !lines.is_empty()).then_some(Usage { plan, lines, at })
}
