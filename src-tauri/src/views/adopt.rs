//! Owns how pasted and found keys cross to the web view. Their secrets wait in Rust.

use super::{ErrorView, KeyView, count, shorten};
use chrono::{DateTime, NaiveDate, Utc};
use latchkey_core::domain::{AccountId, FoundKind, ProviderId};
use latchkey_core::services::{AdoptKey, Adopted, Dropped, Found, PasteProblem, Pasted, Trimmed};
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
    /// What was taken off it.
    pub trimmed: Vec<TrimmedView>,
    /// The environment its prefix names.
    pub environment: Option<String>,
    /// The file it was dropped in.
    pub file: Option<String>,
}

/// What was taken off a pasted key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum TrimmedView {
    /// White space before or behind it.
    Spaces,
    /// Line breaks before or behind it.
    LineBreaks,
    /// Characters without a width.
    ZeroWidth,
    /// Quotation marks around it.
    Quotes,
    /// `NAME=` before it.
    Assignment,
}

/// What a dropped .env file holds. The secrets wait in Rust.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct DroppedView {
    /// Its name, without its folder.
    pub file: String,
    /// The keys.
    pub keys: Vec<PastedView>,
    /// How many lines were no keys.
    pub ignored: u32,
}

/// What adopting a key takes.
#[derive(Debug, Clone, Deserialize, TS)]
#[ts(export)]
pub struct AdoptInput {
    /// The pasted or found key.
    pub source: String,
    /// The account whose host it is sent to.
    pub account: Option<String>,
    /// What to call it.
    pub name: String,
    /// Keep it in the keychain.
    pub keep: bool,
    /// The service, for a new account.
    pub provider: Option<String>,
    /// The base URL, for a new account; absent is the published one.
    pub host: Option<String>,
    /// The project, as the person noted it.
    pub project: Option<String>,
    /// The scopes, as the person noted them.
    pub scopes: Option<Vec<String>>,
    /// The day of a reminder.
    pub remind_on: Option<NaiveDate>,
    /// Minutes to add to UTC to get the person's local time.
    pub utc_offset_minutes: i32,
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
            trimmed: pasted.trimmed.into_iter().map(TrimmedView::from).collect(),
            environment: pasted.environment,
            file: pasted.file,
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
    /// What services take, once the ids are read; without an account a new one is made.
    pub fn with(self, account: Option<AccountId>, provider: Option<ProviderId>) -> AdoptKey {
        AdoptKey {
            source: self.source,
            account,
            provider,
            host: self.host,
            name: self.name,
            keep: self.keep,
            project: self.project,
            scopes: self.scopes,
            remind_on: self.remind_on,
            utc_offset_minutes: self.utc_offset_minutes,
        }
    }
}

impl From<Trimmed> for TrimmedView {
    fn from(trimmed: Trimmed) -> Self {
        match trimmed {
            Trimmed::Spaces => Self::Spaces,
            Trimmed::LineBreaks => Self::LineBreaks,
            Trimmed::ZeroWidth => Self::ZeroWidth,
            Trimmed::Quotes => Self::Quotes,
            Trimmed::Assignment => Self::Assignment,
        }
    }
}

impl From<Dropped> for DroppedView {
    fn from(dropped: Dropped) -> Self {
        Self {
            file: dropped.file,
            keys: dropped.keys.into_iter().map(PastedView::from).collect(),
            ignored: count(dropped.ignored),
        }
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
