//! Owns the only types that cross to the web view. None can hold a secret; the one answer
//! that is a secret is the plain string of `reveal_secret`.
//!
//! Moments are ISO 8601 strings in UTC, days are `YYYY-MM-DD`, ids are opaque strings.
//! The TypeScript next to the UI (`ui/src/ipc/generated`) is written from here by ts-rs.

use chrono::{DateTime, NaiveDate, Utc};
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
}

/// A service, as far as it can be described before it is asked.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct ProviderView {
    /// For example `basic-memory`.
    pub id: String,
    /// `Basic Memory Cloud`.
    pub name: String,
    /// `Basic Memory`.
    pub short_name: String,
    /// One sentence.
    pub summary: String,
    /// `bmc_`.
    pub key_prefixes: Vec<String>,
    /// The published host, prefilled in the advanced fields.
    pub host: String,
    /// The published authorization server.
    pub authorization_server: String,
    /// The published client id.
    pub client_id: String,
    /// The variable its documentation names.
    pub variable: String,
}

/// Whether the account can act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum SignInView {
    /// Signed in.
    SignedIn,
    /// The authorization server refused: sign in again.
    Needed,
    /// Signed out by the person.
    SignedOut,
}

/// Whether a server offers something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
#[serde(tag = "answer", content = "status", rename_all = "snake_case")]
pub enum OfferedView {
    /// Not tried yet.
    NotAsked,
    /// Tried, and it worked.
    Yes,
    /// Tried; answered with this status.
    No(u16),
    /// Tried; the answer could not be understood.
    Unclear,
}

/// What an account's server offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct CapabilityView {
    /// Listing keys.
    pub list: OfferedView,
    /// Creating keys.
    pub create: OfferedView,
    /// Revoking keys.
    pub revoke: OfferedView,
    /// An expiry of the service's own.
    pub expiry: OfferedView,
}

/// A workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct WorkspaceView {
    /// The service's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// `owner`, `admin`, `member` …
    pub role: String,
    /// The service's default.
    pub is_default: bool,
    /// Whether keys can be created in it.
    pub may_create_keys: bool,
}

/// An account.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct AccountView {
    /// Its id.
    pub id: String,
    /// The service's id.
    pub provider: String,
    /// What the person calls it.
    pub label: String,
    /// The address it signed in with.
    pub email: Option<String>,
    /// Whether it belongs to the sandbox.
    pub sandbox: bool,
    /// Whether it can act.
    pub sign_in: SignInView,
    /// The service's host.
    pub host: String,
    /// The authorization server.
    pub authorization_server: String,
    /// The public client id.
    pub client_id: String,
    /// What its server offers.
    pub capability: CapabilityView,
    /// Its workspaces.
    pub workspaces: Vec<WorkspaceView>,
    /// When its keys were last read.
    pub checked_at: Option<DateTime<Utc>>,
    /// Whether they are being read now.
    pub checking: bool,
    /// Why the last reading failed.
    pub failure: Option<ErrorView>,
    /// Whether the service says when keys are used.
    pub reports_use: bool,
    /// How many of its secrets are kept here.
    pub kept_secrets: u32,
}

/// What is wrong, for a sentence and a next step. The UI branches on `code` alone.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct ErrorView {
    /// One of the codes of `ErrorCode`.
    pub code: ErrorCode,
    /// One plain English sentence, for a log or a fallback.
    pub message: String,
    /// What else is known.
    pub details: ErrorDetails,
}

/// Every reason a command can fail for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// No connection to the service; nothing was sent.
    Offline,
    /// Sent, and no answer came.
    NoAnswer,
    /// A create was sent and its answer was lost.
    AnswerLost,
    /// 401 for the account: sign in again.
    SignInNeeded,
    /// 401 for a key.
    KeyRefused,
    /// 403.
    Forbidden,
    /// 403: only a workspace owner or admin.
    NotOwner,
    /// 403: a subscription is asked for; `details.url` is the page.
    SubscriptionRequired,
    /// 429; `details.retry_at` may say when.
    RateLimited,
    /// 5xx.
    ServiceFailed,
    /// An answer that cannot be understood (HTML, a redirect, broken JSON).
    NotUnderstood,
    /// 400, 409, 422: the service refused what was sent.
    Invalid,
    /// The server does not offer it.
    NotOffered,
    /// The authorization server refused the sign-in (`details.text` has its code).
    SignInRefused,
    /// No Secret Service, keychain or Credential Manager.
    KeychainAbsent,
    /// The keychain is locked.
    KeychainLocked,
    /// The keychain refused.
    KeychainDenied,
    /// The keychain does not answer; a prompt may be waiting.
    KeychainWaiting,
    /// The keychain failed otherwise, or the secret is too long for it.
    KeychainFailed,
    /// The records file cannot be read or written.
    RecordsFailed,
    /// The records file was written by a newer Latchkey.
    RecordsNewer,
    /// What was named is not there (any more).
    NotFound,
    /// A field does not fit; `details.field` names it.
    BadInput,
    /// A key with this name exists in this workspace.
    DuplicateName,
    /// What was typed to confirm does not match.
    WrongConfirmation,
    /// The clipboard holds nothing that looks like a key.
    NothingToPaste,
    /// The clipboard cannot be reached.
    ClipboardFailed,
    /// No browser could be opened; `details.url` can be opened by hand.
    BrowserFailed,
    /// An address that is not https or this computer.
    UnsafeAddress,
    /// The secret is not kept here.
    NoSecret,
    /// A newer sign-in replaced this one.
    SignInReplaced,
    /// The sandbox did not start.
    SandboxFailed,
    /// The app is locked.
    Locked,
    /// Something in Latchkey itself.
    Internal,
}

/// What else is known of a failure. Nothing here comes from a body beyond 200 plain characters.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct ErrorDetails {
    /// The HTTP status.
    pub status: Option<u16>,
    /// The service's request id.
    pub request_id: Option<String>,
    /// What the service said, at most 200 characters.
    pub text: Option<String>,
    /// When it can be asked again.
    pub retry_at: Option<DateTime<Utc>>,
    /// A page that helps.
    pub url: Option<String>,
    /// The field that does not fit.
    pub field: Option<String>,
    /// The host that was asked.
    pub host: Option<String>,
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

/// The settings. Also what `set_settings` takes, whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SettingsView {
    /// `system`, `light` or `dark`.
    pub theme: String,
    /// Seconds until a copied secret leaves the clipboard; 0 is never. One of 0, 10, 30, 60, 120.
    pub clipboard_seconds: u32,
    /// Whether new secrets are kept in the keychain unless said otherwise.
    pub keep_by_default: bool,
    /// Whether single letters are shortcuts.
    pub letter_shortcuts: bool,
    /// Minutes without input until the app locks; 0 is never.
    pub lock_after_minutes: u32,
    /// Whether clipboard history may keep copied secrets.
    pub allow_clipboard_history: bool,
}

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
}

/// All keys that are known, from the cache.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct KeyListView {
    /// The keys, in no order.
    pub keys: Vec<KeyView>,
    /// The present moment, by this computer's clock.
    pub now: DateTime<Utc>,
}

/// One line of a key's or the app's activity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct ActivityView {
    /// Its id.
    pub id: String,
    /// When.
    pub at: DateTime<Utc>,
    /// What: the names of `ActivityKind` in snake case, for example `key_created`.
    pub kind: String,
    /// `started` (no end was seen), `done` or `failed`.
    pub outcome: String,
    /// The account's id.
    pub account: Option<String>,
    /// The key's id.
    pub key: Option<String>,
    /// The name of the key or account at that moment.
    pub subject: String,
    /// What else is worth knowing.
    pub facts: Vec<FactView>,
}

/// One fact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct FactView {
    /// What it is.
    pub label: String,
    /// What it says.
    pub value: String,
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
}

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
    /// The code to compare, for example `FKWD-RJTX`; absent until the server gave one.
    pub user_code: Option<String>,
    /// The host of the approval page: "Only approve at HOST".
    pub verification_host: Option<String>,
    /// The address to open by hand (without the code).
    pub verification_uri: Option<String>,
    /// When the code ends.
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

/// The servers of an account that the person edits. Empty fields mean the published ones.
#[derive(Debug, Clone, Deserialize, TS)]
#[ts(export)]
pub struct ServersInput {
    /// The service's host.
    pub host: String,
    /// The authorization server.
    pub authorization_server: String,
    /// The public client id.
    pub client_id: String,
}

/// What to create.
#[derive(Debug, Clone, Deserialize, TS)]
#[ts(export)]
pub struct CreateKeyInput {
    /// The account.
    pub account: String,
    /// Its name.
    pub name: String,
    /// The workspace.
    pub workspace: Option<String>,
    /// The last day it works, in the person's time zone; `None` is never.
    pub expires_on: Option<NaiveDate>,
    /// Minutes to add to UTC to get the person's local time.
    pub utc_offset_minutes: i32,
    /// Keep a copy in the keychain.
    pub keep: bool,
    /// Create although a key with this name exists.
    pub allow_duplicate: bool,
}

/// The one-time slot of a key that was just created.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct SlotView {
    /// The key.
    pub key: KeyView,
    /// Whether it is kept.
    pub kept: KeptInView,
    /// Why keeping failed, if it did.
    pub keep_failure: Option<ErrorView>,
    /// Whether it was copied and the clipboard still holds it.
    pub copied: bool,
    /// Whether it was copied, and the clipboard was cleared since.
    pub cleared: bool,
    /// Whether the expiry was confirmed by the service, is a reminder, or was not asked for.
    pub expiry: ExpiryView,
    /// Ready-made ways to use it; no secret in them.
    pub snippets: Vec<SnippetView>,
}

/// One way to use a key. The text names the variable; "copy with the key" puts the value in, in Rust.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct SnippetView {
    /// `environment`, `curl`, `python`, `javascript` or `mcp`.
    pub id: String,
    /// The tab's label.
    pub label: String,
    /// The text.
    pub text: String,
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

/// What signing out did.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct SignedOutView {
    /// Whether the server ended the sign-in.
    pub revoked_at_server: bool,
    /// Why it did not: `not_offered`, or the failure.
    pub failure: Option<ErrorView>,
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
    /// The person wants to quit while a secret is unsaved.
    QuitAsked,
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
