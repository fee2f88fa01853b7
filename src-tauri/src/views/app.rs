//! Owns what the window's frame needs: services, storage, what the clipboard holds, changes, pages.

use super::{AccountView, DueView, ProviderView, SettingsView, SlotView};
use chrono::{DateTime, Utc};
use latchkey_core::services::{self, Copied, Lock, LockedBy, PageKind, StoreState};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Everything the window needs to draw its frame.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct AppView {
    /// Latchkey's version.
    pub version: String,
    /// `linux`, `macos` or `windows`.
    pub platform: String,
    /// Whether the app is locked; nothing else is filled in then.
    pub locked: bool,
    /// The lock, while there is one.
    pub lock: Option<LockView>,
    /// Whether the built-in sandbox runs.
    pub sandbox: bool,
    /// The services Latchkey knows.
    pub providers: Vec<ProviderView>,
    /// The accounts, in the order they were added.
    pub accounts: Vec<AccountView>,
    /// Where secrets are kept and whether that works.
    pub storage: StorageView,
    /// The settings.
    pub settings: SettingsView,
    /// A created key whose secret is not saved anywhere yet.
    pub unsaved: Option<SlotView>,
    /// What the clipboard holds of ours.
    pub clipboard: Option<ClipboardView>,
    /// What fell due and was not put away: the most urgent, as many as are named.
    pub due: Vec<DueView>,
    /// How many fell due in all.
    pub due_count: usize,
}

/// A lock, as far as it is told behind it. Names nothing.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct LockView {
    /// Since when.
    pub at: DateTime<Utc>,
    /// What locked.
    pub by: LockedByView,
    /// For a lock after idleness: how many minutes nobody used the window.
    pub minutes: Option<u32>,
    /// Whether the clipboard holds no secret of ours.
    pub clipboard_cleared: bool,
    /// Whether a created secret that is saved nowhere waits behind the lock.
    pub secret_waits: bool,
}

/// What locked the app.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum LockedByView {
    /// The person.
    Hand,
    /// Nobody used the window.
    Idle,
    /// The system's screen lock.
    Screen,
    /// The computer went to sleep.
    Sleep,
}

/// Where secrets are kept, and whether that works.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct StorageView {
    /// What the place is called on this system, for example `Login keychain`.
    pub name: String,
    /// Whether it works.
    pub state: StorageState,
    /// Whether the person chose to keep secrets for this session only.
    pub session_only: bool,
}

/// The states of the keychain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum StorageState {
    /// Works.
    Ready,
    /// There is none.
    Absent,
    /// Locked.
    Locked,
    /// It refused.
    Denied,
    /// It does not answer; a prompt may be waiting.
    Waiting,
    /// It failed otherwise.
    Failed,
}

/// What the clipboard holds of ours.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct ClipboardView {
    /// The key whose secret it is.
    pub key: String,
    /// Its name.
    pub name: String,
    /// When it will be cleared; `None` if clearing is off.
    pub clears_at: Option<DateTime<Utc>>,
    /// How long it stays, in seconds.
    pub seconds: u32,
}

/// What a change event is about. Events carry no data: the window asks again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// `app_state`: accounts, storage, settings, sandbox, lock, the slot.
    App,
    /// `list_keys`.
    Keys,
    /// `sign_in_state`.
    SignIn,
    /// `app_state`'s clipboard and slot.
    Clipboard,
    /// `list_activity`.
    Activity,
    /// `projects`.
    Projects,
    /// The person wants to quit while a secret is unsaved.
    QuitAsked,
    /// `dropped_keys`: a file was dropped on the window.
    Dropped,
}

/// A page the UI may ask to have opened in the browser. Addresses come from Rust.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum Page {
    /// Where the service's keys are managed by hand.
    Keys,
    /// Where one signs up.
    SignUp,
    /// The service's documentation of keys.
    Documentation,
    /// The subscription page of the last refusal.
    Subscribe,
}

impl AppView {
    /// What a locked app shows: the look of its cover and nothing that was read or kept.
    pub fn locked(settings: SettingsView, storage: StorageView, lock: LockView) -> Self {
        Self {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            platform: std::env::consts::OS.to_owned(),
            locked: true,
            lock: Some(lock),
            sandbox: false,
            providers: Vec::new(),
            accounts: Vec::new(),
            storage,
            settings,
            unsaved: None,
            clipboard: None,
            due: Vec::new(),
            due_count: 0,
        }
    }
}

impl From<Lock> for LockView {
    fn from(lock: Lock) -> Self {
        let (by, minutes) = match lock.by {
            LockedBy::Hand => (LockedByView::Hand, None),
            LockedBy::Idle(minutes) => (LockedByView::Idle, Some(minutes)),
            LockedBy::Screen => (LockedByView::Screen, None),
            LockedBy::Sleep => (LockedByView::Sleep, None),
        };
        let Lock { at, clipboard_cleared, secret_waits, .. } = lock;
        Self { at, by, minutes, clipboard_cleared, secret_waits }
    }
}

impl From<services::StorageState> for StorageView {
    fn from(storage: services::StorageState) -> Self {
        Self { name: STORAGE_NAME.to_owned(), state: storage.state.into(), session_only: storage.session_only }
    }
}

/// What this system calls the place where secrets are kept.
const STORAGE_NAME: &str = if cfg!(target_os = "macos") {
    "Login keychain"
} else if cfg!(target_os = "windows") {
    "Windows Credential Manager"
} else {
    "Secret Service keyring"
};

impl From<StoreState> for StorageState {
    fn from(state: StoreState) -> Self {
        match state {
            StoreState::Ready => Self::Ready,
            StoreState::Absent => Self::Absent,
            StoreState::Locked => Self::Locked,
            StoreState::Denied => Self::Denied,
            StoreState::Waiting => Self::Waiting,
            StoreState::Failed => Self::Failed,
        }
    }
}

impl From<Copied> for ClipboardView {
    fn from(copied: Copied) -> Self {
        Self { key: copied.key.to_string(), name: copied.name, clears_at: copied.clears_at, seconds: copied.seconds }
    }
}

impl From<services::Topic> for Topic {
    fn from(topic: services::Topic) -> Self {
        match topic {
            services::Topic::App => Self::App,
            services::Topic::Keys => Self::Keys,
            services::Topic::SignIn => Self::SignIn,
            services::Topic::Clipboard => Self::Clipboard,
            services::Topic::Activity => Self::Activity,
            services::Topic::Projects => Self::Projects,
            services::Topic::Dropped => Self::Dropped,
        }
    }
}

impl From<Page> for PageKind {
    fn from(page: Page) -> Self {
        match page {
            Page::Keys => Self::Keys,
            Page::SignUp => Self::SignUp,
            Page::Documentation => Self::Documentation,
            Page::Subscribe => Self::Subscribe,
        }
    }
}
