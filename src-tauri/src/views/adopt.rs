//! Owns how pasted and found keys cross to the web view. Their secrets wait in Rust.

use super::{ErrorView, KeyView};
use chrono::{DateTime, Utc};
use latchkey_core::domain::{AccountId, FoundKind};
use latchkey_core::services::{AdoptKey, Adopted, Found, PasteProblem, Pasted};
use serde::{Deserialize, Serialize};
use std::path::Path;
use ts_rs::TS;

/// A key taken from the clipboard. The secret waits in Rust.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct PastedView {
    /// Names it for `adopt_pasted`.
    pub id: String,
    /// Its visible head.
    pub prefix: String,
    /// The service it looks like, if any.
    pub suggested_provider: Option<String>,
    /// The variable it was assigned to, if a line of an environment file was pasted.
    pub variable: Option<String>,
    /// Whether it is already known here: the key's id.
    pub known_as: Option<String>,
    /// What is odd about it: `white_space`, `no_known_prefix`, `not_ascii`, `too_short`.
    pub problems: Vec<String>,
}

/// What adopting a key takes.
#[derive(Debug, Clone, Deserialize, TS)]
#[ts(export)]
pub struct AdoptInput {
    /// The pasted or found key.
    pub source: String,
    /// The account whose host it is sent to.
    pub account: String,
    /// What to call it.
    pub name: String,
    /// Keep it in the keychain.
    pub keep: bool,
}

/// What adopting found.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct AdoptedView {
    /// The key.
    pub key: KeyView,
    /// Whether the service accepted it.
    pub accepted: bool,
    /// Why it could not be told.
    pub failure: Option<ErrorView>,
    /// Why it could not be kept.
    pub keep_failure: Option<ErrorView>,
}

/// A credential another program keeps on this computer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct FoundView {
    /// Names it for `adopt_key`.
    pub id: String,
    /// The service.
    pub provider: String,
    /// `api_key` or `sign_in`.
    pub kind: String,
    /// Where it stands, with `~` for the home folder; a variable's name for the environment.
    pub place: String,
    /// Its visible head.
    pub prefix: Option<String>,
    /// Why it cannot be used as it is.
    pub problem: Option<String>,
}

impl From<Pasted> for PastedView {
    fn from(pasted: Pasted) -> Self {
        Self {
            id: pasted.id,
            prefix: pasted.prefix,
            suggested_provider: pasted.suggested.map(|id| id.to_string()),
            variable: pasted.variable,
            known_as: pasted.known_as.map(|id| id.to_string()),
            problems: pasted.problems.into_iter().map(|problem| problem_name(problem).to_owned()).collect(),
        }
    }
}

fn problem_name(problem: PasteProblem) -> &'static str {
    match problem {
        PasteProblem::WhiteSpace => "white_space",
        PasteProblem::NoKnownPrefix => "no_known_prefix",
        PasteProblem::NotAscii => "not_ascii",
        PasteProblem::TooShort => "too_short",
    }
}

impl AdoptInput {
    /// What services take, once the account's id is read; without one a new account is made.
    pub fn for_account(self, account: Option<AccountId>) -> AdoptKey {
        AdoptKey { source: self.source, account, name: self.name, keep: self.keep }
    }
}

impl AdoptedView {
    /// The key at this moment. One that the service refused is not adopted and comes as an error.
    pub fn new(adopted: Adopted, now: DateTime<Utc>) -> Self {
        Self {
            key: KeyView::new(&adopted.key, &adopted.account, now),
            accepted: true,
            failure: None,
            keep_failure: adopted.keep_failure.map(ErrorView::from),
        }
    }
}

impl FoundView {
    /// What was found, its place written as a person would: below `~`, or the variable's name.
    pub fn new(found: Found, home: &Path, variable: &str) -> Self {
        let kind = match found.credential.kind {
            FoundKind::ApiKey => "api_key",
            FoundKind::SignIn => "sign_in",
        };
        let place = found.credential.file.as_deref().map_or_else(|| variable.to_owned(), |file| shorten(file, home));
        Self {
            id: found.id,
            provider: found.credential.provider.to_string(),
            kind: kind.to_owned(),
            place,
            prefix: found.credential.prefix,
            problem: found.credential.problem,
        }
    }
}

fn shorten(file: &Path, home: &Path) -> String {
    match file.strip_prefix(home) {
        Ok(rest) if !home.as_os_str().is_empty() => Path::new("~").join(rest).display().to_string(),
        _ => file.display().to_string(),
    }
}
