//! Owns the shapes of the fifth service's JSON, which its fixtures hold.

use latchkey_core::domain::Secret;
use latchkey_core::providers::ListedKey;
use serde_json::Value;

pub(super) fn fixture(name: &str) -> Value {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/notebook");
    serde_json::from_str(&std::fs::read_to_string(folder.join(name)).unwrap()).unwrap()
}

pub(super) fn keys(answer: &Value) -> Vec<ListedKey> {
    answer["tokens"].as_array().into_iter().flatten().map(facts).collect()
}

pub(super) fn created(answer: &Value) -> Option<(Secret, ListedKey)> {
    Some((Secret::new(answer["key"].as_str()?.to_owned()), facts(answer)))
}

fn facts(item: &Value) -> ListedKey {
    let text = |name: &str| item[name].as_str().map(str::to_owned);
    ListedKey {
        remote_id: text("id"),
        name: text("name").unwrap_or_default(),
        prefix: text("prefix"),
        ..ListedKey::default()
    }
}
