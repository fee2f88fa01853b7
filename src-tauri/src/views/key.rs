//! Owns how keys cross to the web view: everything that is known of one but its secret.

use super::{AccountView, ActivityView, KeyTestView, SnippetView};
use chrono::{DateTime, Utc};
use latchkey_core::domain::{
    Account, ApiKey, Expiry, Hint, KeptIn, KeyOrigin, KeyStatus, LastUse, NotedPlace, ServiceStatus, hints, in_words,
    is_folded, key_status,
};
use latchkey_core::services::{AccountState, KeyDetail, Page};
use serde::Serialize;
use ts_rs::TS;

/// One of five states.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum KeyStatusView {
    /// Works.
    Active,
    /// Works, and ends within seven days.
    Expiring,
    /// Works, and was not used for 90 days.
    Unused,
    /// Its end has passed.
    Expired,
    /// Revoked.
    Revoked,
}

/// When a key was last used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
#[serde(tag = "kind", content = "at", rename_all = "snake_case")]
pub enum LastUseView {
    /// The service does not say.
    NotReported,
    /// Never.
    Never,
    /// At that moment.
    At(DateTime<Utc>),
}

/// When a key ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
#[serde(tag = "kind", content = "at", rename_all = "snake_case")]
pub enum ExpiryView {
    /// Not known.
    Unknown,
    /// Never.
    Never,
    /// The service ends it then.
    AtService(DateTime<Utc>),
    /// Latchkey reminds then.
    Reminder(DateTime<Utc>),
}

/// Whether the secret is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum KeptInView {
    /// Not kept.
    Nowhere,
    /// In the keychain.
    Keychain,
    /// In memory, until Latchkey quits.
    Session,
}

/// How a key came to be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum KeyOriginView {
    /// Listed by the server.
    Listed,
    /// Created here.
    Created,
    /// Pasted or found here.
    Adopted,
    /// Its create was sent, its answer never came.
    Intended,
}

/// A key.
#[allow(clippy::struct_excessive_bools, reason = "each crosses the border as a fact of its own")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct KeyView {
    /// Its id on this computer.
    pub id: String,
    /// Its account's id.
    pub account: String,
    /// Its name.
    pub name: String,
    /// Its visible head.
    pub prefix: Option<String>,
    /// The name of its workspace.
    pub workspace: Option<String>,
    /// Whether the service confirmed the workspace.
    pub workspace_confirmed: bool,
    /// When it was made.
    pub created_at: Option<DateTime<Utc>>,
    /// When it was last used.
    pub last_use: LastUseView,
    /// When it ends.
    pub expiry: ExpiryView,
    /// Its state.
    pub status: KeyStatusView,
    /// When it was revoked, if known.
    pub revoked_at: Option<DateTime<Utc>>,
    /// How it came to be known.
    pub origin: KeyOriginView,
    /// Whether its secret is kept.
    pub kept: KeptInView,
    /// Whether its server listed or returned an id for it, so that it can be revoked from here.
    pub has_remote_id: bool,
    /// The service's id.
    pub provider: String,
    /// `live` or `test`, where the service has environments.
    pub environment: Option<String>,
    /// Its scopes; absent if not known.
    pub scopes: Option<Vec<String>>,
    /// The project it belongs to.
    pub project: Option<String>,
    /// Its own rate limit.
    pub rate_limit: Option<u32>,
    /// Whether it acts for its account.
    pub is_admin_key: bool,
    /// When it was used after 30 days without use, until somebody looked.
    pub woke_at: Option<DateTime<Utc>>,
    /// Quiet remarks.
    pub hints: Vec<HintView>,
    /// Whether it was revoked so long ago that it is folded away.
    pub folded: bool,
}

/// A quiet remark on a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub enum HintView {
    /// The service reports use, and there was none for 90 days.
    #[serde(rename = "unused_90_days")]
    Unused,
    /// It was made 90 days ago or more.
    #[serde(rename = "older_than_90_days")]
    Old,
}

/// Keys that are known, from the cache: all of them, the first rows, or one page of many.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct KeyListView {
    /// The keys. Only the first rows are in an order.
    pub keys: Vec<KeyView>,
    /// How many there are in all.
    pub total: usize,
    /// What to ask for the next page with; nothing behind the last one. The first page after the first rows
    /// holds their keys again.
    #[ts(type = "number | null")]
    pub next: Option<i64>,
    /// The present moment, by this computer's clock.
    pub now: DateTime<Utc>,
}

/// A key's drawer.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct KeyDetailView {
    /// The key.
    pub key: KeyView,
    /// Its account.
    pub account: AccountView,
    /// Noted places.
    pub noted_places: Vec<NotedPlaceView>,
    /// The newest ten lines about it.
    pub activity: Vec<ActivityView>,
    /// Ready-made ways to use it; no secret in them.
    pub snippets: Vec<SnippetView>,
    /// The last test of this run.
    pub test: Option<KeyTestView>,
}

/// A place the person noted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct NotedPlaceView {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Where exactly; may be empty.
    pub detail: String,
}

impl KeyView {
    /// A key as it is judged at this moment of its service's clock, its workspace named in the account's words.
    pub fn new(key: &ApiKey, account: &Account, now: DateTime<Utc>) -> Self {
        let named = |id: &String| account.workspaces.iter().find(|workspace| &workspace.id == id);
        Self {
            id: key.id.to_string(),
            account: key.account.to_string(),
            name: in_words(&key.name),
            prefix: key.prefix.clone(),
            workspace: key.workspace.as_ref().map(|id| in_words(named(id).map_or(id, |workspace| &workspace.name))),
            workspace_confirmed: key.workspace_confirmed,
            created_at: key.created_at,
            last_use: key.last_use.into(),
            expiry: key.expiry.into(),
            status: key_status(key, now).into(),
            revoked_at: match key.service_status {
                ServiceStatus::Revoked(at) => at,
                ServiceStatus::Active | ServiceStatus::Expired => None,
            },
            origin: key.origin.into(),
            kept: key.kept.into(),
            has_remote_id: key.remote_id.is_some(),
            provider: account.provider.to_string(),
            environment: key.environment.clone(),
            scopes: key.scopes.clone(),
            project: key.project.as_deref().map(in_words),
            rate_limit: key.rate_limit,
            is_admin_key: account.admin_key == Some(key.id),
            woke_at: key.woke_at,
            hints: hints(key, now).into_iter().map(HintView::from).collect(),
            folded: is_folded(key, now),
        }
    }
}

impl KeyListView {
    /// The keys of a page, each beside its account. A key whose account has just gone is left out: so is the key.
    pub fn new(page: &Page, accounts: &[AccountState], now: DateTime<Utc>) -> Self {
        let account = |key: &ApiKey| accounts.iter().find(|state| state.account.id == key.account);
        let view = |key: &ApiKey| {
            let state = account(key)?;
            Some(KeyView::new(key, &state.account, state.time_there(now)))
        };
        let keys = page.keys.iter().filter_map(view).collect();
        Self { keys, total: page.total, next: page.next, now }
    }
}

impl KeyDetailView {
    /// A key's drawer at this moment.
    pub fn new(detail: KeyDetail, now: DateTime<Utc>) -> Self {
        Self {
            key: KeyView::new(&detail.key, &detail.account.account, detail.account.time_there(now)),
            account: AccountView::from(detail.account),
            noted_places: detail.noted_places.into_iter().map(NotedPlaceView::from).collect(),
            activity: detail.activity.into_iter().map(ActivityView::from).collect(),
            snippets: detail.snippets.into_iter().map(SnippetView::from).collect(),
            test: detail.test.map(KeyTestView::from),
        }
    }
}

impl From<NotedPlace> for NotedPlaceView {
    fn from(place: NotedPlace) -> Self {
        Self { id: place.id.to_string(), name: place.name, detail: place.detail }
    }
}

impl From<KeyStatus> for KeyStatusView {
    fn from(status: KeyStatus) -> Self {
        match status {
            KeyStatus::Active => Self::Active,
            KeyStatus::Expiring => Self::Expiring,
            KeyStatus::Unused => Self::Unused,
            KeyStatus::Expired => Self::Expired,
            KeyStatus::Revoked => Self::Revoked,
        }
    }
}

impl From<Hint> for HintView {
    fn from(hint: Hint) -> Self {
        match hint {
            Hint::Unused => Self::Unused,
            Hint::Old => Self::Old,
        }
    }
}

impl From<LastUse> for LastUseView {
    fn from(last_use: LastUse) -> Self {
        match last_use {
            LastUse::NotReported => Self::NotReported,
            LastUse::Never => Self::Never,
            LastUse::At(moment) => Self::At(moment),
        }
    }
}

impl From<Expiry> for ExpiryView {
    fn from(expiry: Expiry) -> Self {
        match expiry {
            Expiry::Unknown => Self::Unknown,
            Expiry::Never => Self::Never,
            Expiry::AtService(moment) => Self::AtService(moment),
            Expiry::Reminder(moment) => Self::Reminder(moment),
        }
    }
}

impl From<KeptIn> for KeptInView {
    fn from(kept: KeptIn) -> Self {
        match kept {
            KeptIn::Nowhere => Self::Nowhere,
            KeptIn::Keychain => Self::Keychain,
            KeptIn::Session => Self::Session,
        }
    }
}

impl From<KeyOrigin> for KeyOriginView {
    fn from(origin: KeyOrigin) -> Self {
        match origin {
            KeyOrigin::Listed => Self::Listed,
            KeyOrigin::Created => Self::Created,
            KeyOrigin::Adopted => Self::Adopted,
            KeyOrigin::Intended => Self::Intended,
        }
    }
}
