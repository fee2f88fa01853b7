//! Owns how the checks of a key cross to the web view: one request that says what a key is worth, and
//! what was found with a key that is to act for an account.

use super::ErrorView;
use chrono::{DateTime, TimeDelta, Utc};
use latchkey_core::services::{AdminKeyFound, KeyTest, TestResult};
use serde::Serialize;
use ts_rs::TS;

/// What one request with a key showed.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct KeyTestView {
    /// What it showed.
    pub result: TestResultView,
    /// The scope it lacks.
    pub scope: Option<String>,
    /// The HTTP status.
    pub status: Option<u16>,
    /// How long the answer took.
    pub latency_ms: Option<u32>,
    /// How many requests are left.
    pub remaining: Option<u32>,
    /// Of how many.
    pub limit: Option<u32>,
    /// When it can be asked again.
    pub retry_at: Option<DateTime<Utc>>,
    /// Whether the answer named a page that helps.
    pub url_offered: bool,
    /// When.
    pub at: DateTime<Utc>,
    /// The host that was asked.
    pub host: String,
    /// Why it could not be told.
    pub failure: Option<ErrorView>,
}

/// What one request with a key showed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum TestResultView {
    /// It is accepted.
    Works,
    /// It was revoked, has expired or is mistyped.
    Refused,
    /// It is genuine and lacks a scope.
    LacksScope,
    /// It is genuine and the subscription has ended.
    SubscriptionInactive,
    /// It is for another workspace or account.
    OtherAccount,
    /// Nothing was proved.
    CouldNotTell,
}

/// What was found with a key that is to act for an account.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct AdminKeyView {
    /// Whether the service accepted it.
    pub accepted: bool,
    /// What the service calls the account.
    pub account_name: Option<String>,
    /// The environment its prefix names.
    pub environment: Option<String>,
    /// Its scopes, if they are known.
    pub scopes: Option<Vec<String>>,
    /// Whether it can list keys.
    pub can_list: AbleView,
    /// Whether it can create keys.
    pub can_create: AbleView,
    /// Whether it can revoke keys.
    pub can_revoke: AbleView,
    /// Scopes that it lacks.
    pub lacks: Vec<String>,
    /// The account it belongs to already.
    pub known_account: Option<String>,
    /// Why nothing could be told.
    pub failure: Option<ErrorView>,
    /// The host it was sent to.
    pub host: String,
    /// The HTTP status of the answer.
    pub status: Option<u16>,
    /// How long the answer took.
    pub latency_ms: Option<u32>,
}

/// Whether a key may do something, as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum AbleView {
    /// It may.
    Yes,
    /// It may not.
    No,
    /// Not known.
    Unknown,
}

impl From<KeyTest> for KeyTestView {
    fn from(test: KeyTest) -> Self {
        Self {
            result: test.result.into(),
            scope: test.scope,
            status: test.status,
            latency_ms: test.latency.map(milliseconds),
            remaining: test.rate_limit.map(|limit| limit.remaining),
            limit: test.rate_limit.map(|limit| limit.limit),
            retry_at: test.retry_at,
            url_offered: test.page_offered,
            at: test.at,
            host: test.host,
            failure: test.failure.map(ErrorView::from),
        }
    }
}

impl From<TestResult> for TestResultView {
    fn from(result: TestResult) -> Self {
        match result {
            TestResult::Works => Self::Works,
            TestResult::Refused => Self::Refused,
            TestResult::LacksScope => Self::LacksScope,
            TestResult::SubscriptionInactive => Self::SubscriptionInactive,
            TestResult::OtherAccount => Self::OtherAccount,
            TestResult::CouldNotTell => Self::CouldNotTell,
        }
    }
}

impl From<AdminKeyFound> for AdminKeyView {
    fn from(found: AdminKeyFound) -> Self {
        Self {
            accepted: found.accepted,
            account_name: found.account_name,
            environment: found.environment,
            scopes: found.scopes,
            can_list: found.can_list.into(),
            can_create: found.can_create.into(),
            can_revoke: found.can_revoke.into(),
            lacks: found.lacks,
            known_account: found.known_account.map(|id| id.to_string()),
            failure: found.failure.map(ErrorView::from),
            host: found.host,
            status: found.status,
            latency_ms: found.latency.map(milliseconds),
        }
    }
}

impl From<Option<bool>> for AbleView {
    fn from(able: Option<bool>) -> Self {
        match able {
            Some(true) => Self::Yes,
            Some(false) => Self::No,
            None => Self::Unknown,
        }
    }
}

/// A latency as the border carries it; less than nothing, after a clock was set back, reads as nothing.
fn milliseconds(latency: TimeDelta) -> u32 {
    u32::try_from(latency.num_milliseconds().max(0)).unwrap_or(u32::MAX)
}
