//! Owns how the plan and the proof of a revoke cross to the web view.

use super::{AccountView, ErrorView, KeyView, NotedPlaceView};
use chrono::{DateTime, Utc};
use latchkey_core::services::{Confirmation, Proof, RevokePlan, RevokeResult, WhyTyped};
use serde::Serialize;
use ts_rs::TS;

/// What must be typed to revoke.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct ConfirmationView {
    /// The text to type: the name, or the prefix for long or odd names.
    pub text: String,
    /// `used_today` or `use_unknown`.
    pub reason: String,
}

/// What a revoke would do.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct RevokePlanView {
    /// The key.
    pub key: KeyView,
    /// The account.
    pub account: AccountView,
    /// What stops working, in words.
    pub consequences: Vec<String>,
    /// Noted places, as steps to tick.
    pub noted_places: Vec<NotedPlaceView>,
    /// What must be typed, if anything.
    pub confirmation: Option<ConfirmationView>,
    /// Whether it must be done in the browser, since the server offers no revoke or never gave an id.
    pub in_browser: bool,
    /// Whether the Basic Memory CLI's `config.json` holds it; the revoke takes it out there too.
    pub in_config: bool,
    /// Whether it acts for its account, so that the service would refuse to revoke it.
    pub current_admin_key: bool,
    /// Kept keys that could act for the account instead.
    pub other_admin_keys: Vec<KeyView>,
}

/// What a revoke did.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct RevokeResultView {
    /// The key as it is now.
    pub key: KeyView,
    /// Whether it is revoked, as far as is proved.
    pub revoked: bool,
    /// The proof.
    pub proof: ProofView,
    /// Noted places that still name it.
    pub noted_places: Vec<NotedPlaceView>,
    /// Whether it was also taken out of the Basic Memory CLI's `config.json`.
    pub taken_out_of_config: bool,
    /// Why it is still in there.
    pub config_failure: Option<ErrorView>,
}

/// How it is known that a key is refused.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ProofView {
    /// A request with the key was refused with 401.
    Refused {
        /// When.
        at: DateTime<Utc>,
    },
    /// The next list no longer has it, or marks it as revoked.
    Listed {
        /// When.
        at: DateTime<Utc>,
    },
    /// The key still works.
    StillAccepted {
        /// When.
        at: DateTime<Utc>,
    },
    /// The secret is not on this computer and the server lists no keys.
    NoSecret,
    /// It could not be asked.
    CouldNotTell {
        /// Why.
        error: ErrorView,
    },
}

impl RevokePlanView {
    /// The plan at this moment.
    pub fn new(plan: RevokePlan, now: DateTime<Utc>) -> Self {
        let now = plan.account.time_there(now);
        Self {
            current_admin_key: plan.current_admin_key,
            other_admin_keys: plan
                .other_admin_keys
                .iter()
                .map(|key| KeyView::new(key, &plan.account.account, now))
                .collect(),
            key: KeyView::new(&plan.key, &plan.account.account, now),
            account: AccountView::from(plan.account),
            consequences: plan.consequences,
            noted_places: plan.noted_places.into_iter().map(NotedPlaceView::from).collect(),
            confirmation: plan.confirmation.map(ConfirmationView::from),
            in_browser: plan.in_browser,
            in_config: plan.in_config,
        }
    }
}

impl RevokeResultView {
    /// What was done, at this moment.
    pub fn new(result: RevokeResult, now: DateTime<Utc>) -> Self {
        Self {
            key: KeyView::new(&result.key, &result.account, now),
            revoked: result.revoked,
            proof: result.proof.into(),
            noted_places: result.noted_places.into_iter().map(NotedPlaceView::from).collect(),
            taken_out_of_config: result.taken_out_of_config,
            config_failure: result.config_failure.map(ErrorView::from),
        }
    }
}

impl From<Confirmation> for ConfirmationView {
    fn from(confirmation: Confirmation) -> Self {
        let reason = match confirmation.why {
            WhyTyped::UsedToday => "used_today",
            WhyTyped::UseUnknown => "use_unknown",
        };
        Self { text: confirmation.text, reason: reason.to_owned() }
    }
}

impl From<Proof> for ProofView {
    fn from(proof: Proof) -> Self {
        match proof {
            Proof::Refused { at } => Self::Refused { at },
            Proof::Listed { at } => Self::Listed { at },
            Proof::StillAccepted { at } => Self::StillAccepted { at },
            Proof::NoSecret => Self::NoSecret,
            Proof::CouldNotTell { error } => Self::CouldNotTell { error: error.into() },
        }
    }
}
