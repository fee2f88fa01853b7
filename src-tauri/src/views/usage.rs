//! Owns how an account's usage, plan and rate limit cross to the web view.

use super::count;
use chrono::{DateTime, Utc};
use latchkey_core::domain::{RateLimit, Usage, UsageLine};
use latchkey_core::services::Retry;
use serde::Serialize;
use ts_rs::TS;

/// What an account has used.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct UsageView {
    /// The plan.
    pub plan: Option<String>,
    /// The counts.
    pub lines: Vec<UsageLineView>,
    /// When it was read.
    pub at: DateTime<Utc>,
}

/// One count of what was used.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct UsageLineView {
    /// What is counted.
    pub label: String,
    /// How much.
    #[ts(type = "number | null")]
    pub used: Option<u64>,
    /// Of how much.
    #[ts(type = "number | null")]
    pub limit: Option<u64>,
    /// The unit.
    pub unit: String,
}

/// What the last answer said of the rate limit.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct RateLimitView {
    /// Requests in a period.
    pub limit: u32,
    /// How many are left.
    pub remaining: u32,
    /// When it begins anew.
    pub resets_at: Option<DateTime<Utc>>,
    /// When it was said.
    pub at: DateTime<Utc>,
}

/// A safe request that waits to be repeated.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct RetryView {
    /// When it is sent again.
    pub at: DateTime<Utc>,
    /// Which attempt that will be.
    pub attempt: u32,
    /// How many there are at most.
    pub of: u32,
}

impl From<Usage> for UsageView {
    fn from(usage: Usage) -> Self {
        Self { plan: usage.plan, lines: usage.lines.into_iter().map(UsageLineView::from).collect(), at: usage.at }
    }
}

impl From<UsageLine> for UsageLineView {
    fn from(line: UsageLine) -> Self {
        Self { label: line.label, used: line.used, limit: line.limit, unit: line.unit }
    }
}

impl From<RateLimit> for RateLimitView {
    fn from(limit: RateLimit) -> Self {
        Self { limit: limit.limit, remaining: limit.remaining, resets_at: limit.resets_at, at: limit.at }
    }
}

impl From<Retry> for RetryView {
    fn from(retry: Retry) -> Self {
        Self { at: retry.at, attempt: count(retry.attempt), of: count(retry.of) }
    }
}
