//! Owns how the journal crosses to the web view.

use chrono::{DateTime, Utc};
use latchkey_core::domain::{Fact, JournalEntry, Outcome, in_words, visible};
use serde::Serialize;
use ts_rs::TS;

/// One line of a key's or the app's activity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct ActivityView {
    /// Its id.
    pub id: String,
    /// When.
    pub at: DateTime<Utc>,
    /// What: the names of `ActivityKind` in snake case, for example `key_created`.
    pub kind: String,
    /// `started` (no end was seen), `done` or `failed`.
    pub outcome: String,
    /// The account's id.
    pub account: Option<String>,
    /// The key's id.
    pub key: Option<String>,
    /// The name of the key or account at that moment.
    pub subject: String,
    /// What else is worth knowing.
    pub facts: Vec<FactView>,
}

/// One fact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct FactView {
    /// What it is.
    pub label: String,
    /// What it says.
    pub value: String,
}

impl From<JournalEntry> for ActivityView {
    fn from(entry: JournalEntry) -> Self {
        let outcome = match entry.outcome {
            Outcome::Started => "started",
            Outcome::Done => "done",
            Outcome::Failed => "failed",
        };
        Self {
            id: entry.id.to_string(),
            at: entry.at,
            kind: entry.kind.as_str().to_owned(),
            outcome: outcome.to_owned(),
            account: entry.account.map(|id| id.to_string()),
            key: entry.key.map(|id| id.to_string()),
            subject: in_words(&entry.subject),
            facts: entry.facts.into_iter().map(FactView::from).collect(),
        }
    }
}

impl From<Fact> for FactView {
    fn from(fact: Fact) -> Self {
        Self { label: fact.label, value: visible(&fact.value) }
    }
}
