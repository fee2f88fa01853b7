//! Owns how a running sign-in crosses to the web view.

use super::ErrorView;
use chrono::{DateTime, Utc};
use latchkey_core::services::{Attempt, AttemptState, Way};
use serde::Serialize;
use ts_rs::TS;

/// A running sign-in. The device code, the verifier and the tokens stay in Rust.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct SignInAttemptView {
    /// The attempt's id.
    pub id: String,
    /// The service's id.
    pub provider: String,
    /// The account that is signed in again, if it is not a new one.
    pub account: Option<String>,
    /// How it is done, once that is known.
    pub way: Option<SignInWay>,
    /// From when a code can be used instead of waiting for the browser, if the server offers it.
    pub use_code_from: Option<DateTime<Utc>>,
    /// The code to compare, for example `FKWD-RJTX`; absent until the server gave one.
    pub user_code: Option<String>,
    /// The host of the approval page: "Only approve at HOST".
    pub verification_host: Option<String>,
    /// The address to open by hand (without the code).
    pub verification_uri: Option<String>,
    /// When the code, or waiting for the browser, ends.
    pub expires_at: Option<DateTime<Utc>>,
    /// Where it stands.
    pub state: SignInState,
    /// Whether the browser was opened.
    pub browser_opened: bool,
    /// Why it failed.
    pub failure: Option<ErrorView>,
    /// The account, once it is done.
    pub done_account: Option<String>,
}

/// How a sign-in is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum SignInWay {
    /// In the browser alone, which comes back by itself.
    Loopback,
    /// With a code to compare in the browser.
    Code,
}

/// Where a sign-in stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum SignInState {
    /// The authorization server is being asked for a code.
    Opening,
    /// Waiting for approval.
    Waiting,
    /// The server asked for more patience.
    SlowDown,
    /// No connection right now; asking goes on.
    Retrying,
    /// The code has expired.
    Expired,
    /// Denied in the browser.
    Denied,
    /// Cancelled here, or replaced by a newer one.
    Cancelled,
    /// It failed.
    Failed,
    /// Signed in.
    Done,
}

impl From<Attempt> for SignInAttemptView {
    fn from(attempt: Attempt) -> Self {
        Self {
            id: attempt.id,
            provider: attempt.provider.to_string(),
            account: attempt.account.map(|id| id.to_string()),
            way: attempt.way.map(SignInWay::from),
            use_code_from: attempt.use_code_from,
            user_code: attempt.user_code,
            verification_host: attempt.verification_host,
            verification_uri: attempt.verification_uri.map(|address| address.to_string()),
            expires_at: attempt.expires_at,
            state: attempt.state.into(),
            browser_opened: attempt.browser_opened,
            failure: attempt.failure.map(ErrorView::from),
            done_account: attempt.done_account.map(|id| id.to_string()),
        }
    }
}

impl From<Way> for SignInWay {
    fn from(way: Way) -> Self {
        match way {
            Way::Loopback => Self::Loopback,
            Way::Code => Self::Code,
        }
    }
}

impl From<AttemptState> for SignInState {
    fn from(state: AttemptState) -> Self {
        match state {
            AttemptState::Opening => Self::Opening,
            AttemptState::Waiting => Self::Waiting,
            AttemptState::SlowDown => Self::SlowDown,
            AttemptState::Retrying => Self::Retrying,
            AttemptState::Expired => Self::Expired,
            AttemptState::Denied => Self::Denied,
            AttemptState::Cancelled => Self::Cancelled,
            AttemptState::Failed => Self::Failed,
            AttemptState::Done => Self::Done,
        }
    }
}
