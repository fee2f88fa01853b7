//! Owns how what falls due crosses to the web view.

use chrono::{DateTime, Utc};
use latchkey_core::domain::in_words;
use latchkey_core::services::{Due, DueKind};
use serde::Serialize;
use ts_rs::TS;

/// A key that falls due.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct DueView {
    /// The key's id.
    pub key: String,
    /// Its name.
    pub name: String,
    /// The service's id.
    pub provider: String,
    /// What falls due.
    pub kind: DueKindView,
    /// When.
    pub at: DateTime<Utc>,
    /// Days until then; negative if it has passed.
    #[ts(type = "number")]
    pub days: i64,
}

/// What falls due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum DueKindView {
    /// The service ends the key.
    Expiry,
    /// Latchkey reminds.
    Reminder,
}

impl From<Due> for DueView {
    fn from(due: Due) -> Self {
        let kind = match due.kind {
            DueKind::Expiry => DueKindView::Expiry,
            DueKind::Reminder => DueKindView::Reminder,
        };
        Self {
            key: due.key.to_string(),
            name: in_words(&due.name),
            provider: due.provider.to_string(),
            kind,
            at: due.at,
            days: due.days,
        }
    }
}
