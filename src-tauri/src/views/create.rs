//! Owns how a new key is asked for, and how the slot of its secret crosses to the web view.

use super::{ErrorView, ExpiryView, KeptInView, KeyView};
use chrono::{DateTime, NaiveDate, Utc};
use latchkey_core::domain::{Account, AccountId};
use latchkey_core::services::{CreateKey, SlotState, Snippet};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What to create.
#[derive(Debug, Clone, Deserialize, TS)]
#[ts(export)]
pub struct CreateKeyInput {
    /// The account.
    pub account: String,
    /// Its name.
    pub name: String,
    /// The workspace.
    pub workspace: Option<String>,
    /// The last day it works, in the person's time zone; `None` is never.
    pub expires_on: Option<NaiveDate>,
    /// Minutes to add to UTC to get the person's local time.
    pub utc_offset_minutes: i32,
    /// Keep a copy in the keychain.
    pub keep: bool,
    /// Create although a key with this name exists.
    pub allow_duplicate: bool,
    /// The environment, where it is chosen.
    pub environment: Option<String>,
    /// The scopes.
    pub scopes: Vec<String>,
    /// Its own rate limit.
    pub rate_limit: Option<u32>,
}

/// The one-time slot of a key that was just created.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct SlotView {
    /// The key.
    pub key: KeyView,
    /// Whether it is kept.
    pub kept: KeptInView,
    /// Why keeping failed, if it did.
    pub keep_failure: Option<ErrorView>,
    /// Whether it was copied and the clipboard still holds it.
    pub copied: bool,
    /// Whether it was copied, and the clipboard was cleared since.
    pub cleared: bool,
    /// Whether the expiry was confirmed by the service, is a reminder, or was not asked for.
    pub expiry: ExpiryView,
    /// Ready-made ways to use it; no secret in them.
    pub snippets: Vec<SnippetView>,
}

/// One way to use a key. The text names the variable; "copy with the key" puts the value in, in Rust.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct SnippetView {
    /// `environment`, `curl`, `python`, `javascript` or `mcp`.
    pub id: String,
    /// The tab's label.
    pub label: String,
    /// The text.
    pub text: String,
    /// A danger of this way.
    pub caution: Option<String>,
    /// The language of the text.
    pub language: String,
}

impl CreateKeyInput {
    /// What services take, once the account's id is read.
    pub fn for_account(self, account: AccountId) -> CreateKey {
        CreateKey {
            account,
            name: self.name,
            workspace: self.workspace,
            expires_on: self.expires_on,
            utc_offset_minutes: self.utc_offset_minutes,
            keep: self.keep,
            allow_duplicate: self.allow_duplicate,
            environment: self.environment,
            scopes: self.scopes,
            rate_limit: self.rate_limit,
        }
    }
}

impl SlotView {
    /// The slot at this moment.
    pub fn new(slot: SlotState, account: &Account, now: DateTime<Utc>) -> Self {
        Self {
            key: KeyView::new(&slot.key, account, now),
            kept: KeptInView::from(slot.key.kept),
            keep_failure: slot.keep_failure.map(ErrorView::from),
            copied: slot.copied,
            cleared: slot.cleared,
            expiry: ExpiryView::from(slot.key.expiry),
            snippets: slot.snippets.into_iter().map(SnippetView::from).collect(),
        }
    }
}

impl From<Snippet> for SnippetView {
    fn from(snippet: Snippet) -> Self {
        Self {
            id: snippet.id.to_owned(),
            label: snippet.label,
            text: snippet.text,
            caution: snippet.caution.map(str::to_owned),
            language: snippet.language.to_owned(),
        }
    }
}
