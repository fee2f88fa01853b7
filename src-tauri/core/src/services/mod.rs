//! Owns the use cases: accounts, sign-in, keys, places, settings. The only room that joins the
//! others. Leaves out the window; what only the desktop can do stands behind the traits of desktop.rs.

mod access;
mod accounts;
mod activity;
mod admin_key;
mod adopt;
mod calendar;
mod clipboard;
mod clock_skew;
mod create;
mod desktop;
mod dropped;
mod due;
mod error;
mod files;
mod grants;
mod inventory;
mod keys;
mod lifecycle;
mod list;
mod locking;
mod pages;
mod paste;
mod pasted_text;
mod places;
mod projects;
mod retry;
mod revoke;
mod sandbox;
mod settings;
mod sign_in;
mod slot;
mod storage;
mod test_key;
mod unfinished;
mod usage;

pub use accounts::{AccountState, EditedServers, SignedOut};
pub use admin_key::AdminKeyFound;
pub use adopt::{AdoptKey, Adopted};
pub use clipboard::Copied;
pub use create::CreateKey;
pub use desktop::{
    Browser, CliProgram, Clipboard, ClipboardError, Desktop, FilePicker, NoBrowser, Notifier, SandboxAccount,
    SandboxFailed, SandboxKey, SandboxProgram, SandboxServers, Topic, Window,
};
pub use dropped::Dropped;
pub use due::{Due, DueKind};
pub use error::{Details, Reason, ServiceError};
pub use files::SavedFile;
pub use inventory::{ImportPlan, Imported, InventoryFormat};
pub use keys::KeyDetail;
pub use list::Page;
pub use locking::{Idleness, Lock, LockedBy, idleness};
pub use pages::PageKind;
pub use paste::{Found, PasteProblem, Pasted};
pub use pasted_text::Trimmed;
pub use projects::{
    Asks, Check, CheckState, Cli, CliState, Condition, ConfigState, Fix, Form, InCloud, ProjectState, Projects, Reach,
    Served, Source, SourceKind, Switched, Trap, TrapKind, UndoId,
};
pub use retry::Retry;
pub use revoke::{Confirmation, Proof, RevokePlan, RevokeResult, WhyTyped};
pub use settings::{Settings, Theme, Zoom};
pub use sign_in::{Attempt, AttemptState, Way};
pub use slot::SlotState;
pub use storage::StorageState;
pub use test_key::{KeyTest, TestResult};

pub use crate::providers::{
    Description, EnvironmentChoice, EnvironmentFrom, ExpiryMeans, Glyph, Means, Preset, Registry, ReportsUse,
    ScopeChoice, SignInMethod, Snippet,
};
pub use crate::routing::{DecidedBy, Effect, Override, Overriding, Surroundings, Variable};
pub use crate::vault::StoreState;
pub use lifecycle::{compose, set_records_aside};

use crate::clock::Clock;
use crate::domain::{AccountId, ProviderId};
use crate::http::Http;
use crate::providers::Provider;
use crate::records::Records;
use crate::vault::Vault;
use chrono::{DateTime, Utc};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard};

/// Everything the use cases need, composed once by the shell.
pub struct Parts {
    /// What is remembered.
    pub records: Records,
    /// Where secrets are kept.
    pub vault: Vault,
    /// The services that are known.
    pub providers: Registry,
    /// The one HTTP client.
    pub http: Http,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Window, browser, clipboard and sandbox program.
    pub desktop: Desktop,
    /// Where other programs keep things on this computer.
    pub surroundings: Surroundings,
}

/// The use cases. Cloning is cheap; all clones share one state.
#[derive(Clone)]
pub struct Services(Arc<Shared>);

struct Shared {
    parts: Parts,
    live: Mutex<Live>,
    /// Held while a record is read, changed and written back.
    editing: Mutex<()>,
    /// Held while the sandbox is opened or closed.
    opening: tokio::sync::Mutex<()>,
    access: access::AccessTokens,
    follow: projects::Follow,
    /// Wakes whoever looks for idleness.
    look_again: tokio::sync::Notify,
}

/// What is known only while the program runs.
#[derive(Default)]
struct Live {
    /// Since when, and by whom.
    locked: Option<(DateTime<Utc>, LockedBy)>,
    last_input: Option<DateTime<Utc>>,
    checking: HashSet<AccountId>,
    failures: HashMap<AccountId, ServiceError>,
    /// How far the clocks of accounts' services are ahead of this computer's, where that is worth telling.
    ahead: HashMap<AccountId, chrono::TimeDelta>,
    creating: HashSet<crate::domain::KeyId>,
    slot: Option<slot::Slot>,
    copied: Option<clipboard::Copied>,
    copies: u64,
    attempt: Option<sign_in::Running>,
    stale_tab: Option<tokio::task::AbortHandle>,
    pasted: Option<paste::Waiting>,
    dropped: Option<dropped::Waiting>,
    found: Vec<paste::Found>,
    checked: Option<admin_key::Checked>,
    import: Option<inventory::Waiting>,
    tests: HashMap<crate::domain::KeyId, test_key::KeyTest>,
    retries: HashMap<AccountId, retry::Waiting>,
    started_at: Option<DateTime<Utc>>,
    subscribe_page: Option<url::Url>,
    storage: Option<crate::vault::StoreState>,
    /// When the keychain was last seen to work; nothing once it was tried and did not.
    vault_worked: Option<storage::Moment>,
    sandbox_keys_pages: HashMap<ProviderId, url::Url>,
    projects: projects::Known,
}

impl Services {
    /// Composes the use cases.
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(Shared {
            parts,
            live: Mutex::default(),
            editing: Mutex::default(),
            opening: tokio::sync::Mutex::default(),
            access: access::AccessTokens::default(),
            follow: projects::Follow::default(),
            look_again: tokio::sync::Notify::new(),
        }))
    }

    fn records(&self) -> &Records {
        &self.0.parts.records
    }

    fn vault(&self) -> &Vault {
        &self.0.parts.vault
    }

    fn http(&self) -> &Http {
        &self.0.parts.http
    }

    /// The service with this id. One that is not known is described as such.
    fn provider(&self, id: ProviderId) -> &'static dyn Provider {
        self.0.parts.providers.provider(id)
    }

    /// What is known of every service.
    pub fn descriptions(&self) -> Vec<&'static Description> {
        self.0.parts.providers.descriptions()
    }

    fn desktop(&self) -> &Desktop {
        &self.0.parts.desktop
    }

    fn surroundings(&self) -> &Surroundings {
        &self.0.parts.surroundings
    }

    /// The present moment, by the clock the app was composed with.
    pub fn now(&self) -> DateTime<Utc> {
        self.0.parts.clock.now()
    }

    /// The live state. Held for single reads and writes, never across an await.
    fn live(&self) -> MutexGuard<'_, Live> {
        // A panic elsewhere must not take every later command with it; the state is plain values.
        self.0.live.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn editing(&self) -> MutexGuard<'_, ()> {
        self.0.editing.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn changed(&self, topic: Topic) {
        self.desktop().window.changed(topic);
    }
}
