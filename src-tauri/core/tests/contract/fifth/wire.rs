//! Owns the shapes of the made-up service's JSON. Leaves out requests and statuses.

use chrono::{DateTime, Utc};
use latchkey_core::domain::Secret;
use latchkey_core::providers::ListedKey;
use serde::Deserialize;

#[derive(Deserialize)]
pub(super) struct Token {
    #[serde(rename = "token_id")]
    id: String,
    title: String,
    head: Option<String>,
    may: Vec<String>,
    born: Option<DateTime<Utc>>,
}

#[derive(Deserialize)]
pub(super) struct Made {
    #[serde(flatten)]
    facts: Token,
    token: String,
}

#[derive(Deserialize)]
pub(super) struct Fine {
    #[serde(rename = "fine")]
    _fine: bool,
}

#[derive(Deserialize)]
pub(super) struct Refusal {
    why: String,
}

impl Made {
    pub(super) fn taken_apart(self) -> (Secret, ListedKey) {
        (Secret::new(self.token), self.facts.into())
    }
}

impl Refusal {
    pub(super) fn scope(self) -> Option<String> {
        self.why.strip_prefix("needs ").map(str::to_owned)
    }
}

impl From<Token> for ListedKey {
    fn from(token: Token) -> Self {
        Self {
            remote_id: Some(token.id),
            name: token.title,
            prefix: token.head,
            scopes: Some(token.may),
            created_at: token.born,
            ..Self::default()
        }
    }
}
