//! Owns the border: each command parses what it was sent, asks the services once and answers with a
//! view. Leaves out every decision.
//!
//! A command is called by the one window, and only if `src-tauri/permissions/commands.toml` names it.

#![allow(clippy::needless_pass_by_value, reason = "a command owns what it was sent")]

pub mod accounts;
pub mod activity;
pub mod admin_keys;
pub mod adopt;
pub mod app;
pub mod create;
pub mod due;
pub mod inventory;
pub mod keys;
pub mod pages;
pub mod projects;
pub mod revoke;
pub mod settings;
pub mod sign_in;
pub mod tests_of_keys;

use crate::views::{ErrorCode, ErrorView};
use latchkey_core::domain::AccountId;
use std::str::FromStr;

/// What a command answers.
pub type Answer<T> = Result<T, ErrorView>;

/// Reads an id. One that has no id's form names nothing that is there.
fn id<Id: FromStr>(text: &str) -> Answer<Id> {
    text.parse().map_err(|_| ErrorView::of(ErrorCode::NotFound))
}

/// Reads an id that may be left out.
fn optional_id<Id: FromStr>(text: Option<String>) -> Answer<Option<Id>> {
    text.as_deref().map(id).transpose()
}

/// Reads an account's id; an empty text means that there is none yet.
fn account_or_none(text: &str) -> Answer<Option<AccountId>> {
    if text.is_empty() { Ok(None) } else { id(text).map(Some) }
}
