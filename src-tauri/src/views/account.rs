//! Owns how accounts cross to the web view, and the servers a person edits come back.

use super::{ErrorView, RateLimitView, RetryView, SignInMethodView, UsageView, count};
use chrono::{DateTime, Utc};
use latchkey_core::domain::{Capability, Offered, SignIn, Workspace, in_words};
use latchkey_core::services::{AccountState, EditedServers, SignedOut};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

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
    /// The service knows none.
    NotUsed,
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
#[allow(clippy::struct_excessive_bools)] // each is a fact of its own on screen
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
    pub authorization_server: Option<String>,
    /// The public client id.
    pub client_id: Option<String>,
    /// Whether the client id is marked as registered for a loopback redirect.
    pub loopback: bool,
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
    /// How it was added.
    pub method: SignInMethodView,
    /// The key that acts for it.
    pub admin_key: Option<String>,
    /// Scopes that were found missing.
    pub lacks: Vec<String>,
    /// What it has used, if the service answered.
    pub usage: Option<UsageView>,
    /// The rate limit, as last said.
    pub rate_limit: Option<RateLimitView>,
    /// A request that waits to be repeated.
    pub retry: Option<RetryView>,
    /// By how many seconds its service's clock is ahead of this computer's, if that is worth telling.
    #[ts(type = "number | null")]
    pub clock_ahead_seconds: Option<i64>,
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
    /// Whether the client id is registered there for a loopback redirect.
    #[serde(default)]
    pub loopback: bool,
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

impl From<AccountState> for AccountView {
    fn from(state: AccountState) -> Self {
        let account = state.account;
        let authorization = account.servers.authorization;
        Self {
            id: account.id.to_string(),
            provider: account.provider.to_string(),
            label: account.label,
            email: account.email,
            sandbox: account.sandbox,
            sign_in: account.sign_in.into(),
            host: plain(&account.servers.host),
            authorization_server: authorization.as_ref().map(|authorization| plain(&authorization.server)),
            loopback: authorization.as_ref().is_some_and(|authorization| authorization.loopback),
            client_id: authorization.map(|authorization| authorization.client_id),
            capability: account.capability.into(),
            workspaces: account.workspaces.into_iter().map(WorkspaceView::from).collect(),
            checked_at: account.checked_at,
            checking: state.checking,
            failure: state.failure.map(ErrorView::from),
            reports_use: account.reports_use,
            kept_secrets: count(state.kept_secrets),
            method: state.method.into(),
            admin_key: account.admin_key.map(|id| id.to_string()),
            lacks: account.lacks,
            usage: account.usage.map(UsageView::from),
            rate_limit: account.rate_limit.map(RateLimitView::from),
            retry: state.retry.map(RetryView::from),
            clock_ahead_seconds: state.clock_ahead.map(|ahead| ahead.num_seconds()),
        }
    }
}

/// An address as a person writes it: no slash behind a bare host.
fn plain(address: &url::Url) -> String {
    address.as_str().trim_end_matches('/').to_owned()
}

impl From<SignIn> for SignInView {
    fn from(sign_in: SignIn) -> Self {
        match sign_in {
            SignIn::SignedIn => Self::SignedIn,
            SignIn::Needed => Self::Needed,
            SignIn::SignedOut => Self::SignedOut,
            SignIn::NotUsed => Self::NotUsed,
        }
    }
}

impl From<Offered> for OfferedView {
    fn from(offered: Offered) -> Self {
        match offered {
            Offered::NotAsked => Self::NotAsked,
            Offered::Yes => Self::Yes,
            Offered::No(status) => Self::No(status),
            Offered::Unclear => Self::Unclear,
        }
    }
}

impl From<Capability> for CapabilityView {
    fn from(capability: Capability) -> Self {
        Self {
            list: capability.list.into(),
            create: capability.create.into(),
            revoke: capability.revoke.into(),
            expiry: capability.expiry.into(),
        }
    }
}

impl From<Workspace> for WorkspaceView {
    fn from(workspace: Workspace) -> Self {
        Self {
            may_create_keys: workspace.may_create_keys(),
            id: workspace.id,
            name: in_words(&workspace.name),
            role: workspace.role,
            is_default: workspace.is_default,
        }
    }
}

impl From<SignedOut> for SignedOutView {
    fn from(signed_out: SignedOut) -> Self {
        Self { revoked_at_server: signed_out.revoked_at_server, failure: signed_out.failure.map(ErrorView::from) }
    }
}

impl From<ServersInput> for EditedServers {
    fn from(servers: ServersInput) -> Self {
        let ServersInput { host, authorization_server, client_id, loopback } = servers;
        Self { host, authorization_server, client_id, loopback }
    }
}
