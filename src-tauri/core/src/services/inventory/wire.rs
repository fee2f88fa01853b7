//! Owns the inventory's JSON, version 1, as another computer reads it. There is no field that a
//! secret could stand in, and none for a service's own ids: a DELETE goes only to an id that a server
//! itself gave to this computer.

use crate::domain::{Account, AccountId, ApiKey, Expiry, KeptIn, KeyId, KeyOrigin, LastUse, ServiceStatus};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// What the file says it is.
pub(super) const FORMAT: &str = "latchkey-inventory";
/// The layout this program writes, and the newest it reads.
pub(super) const VERSION: u32 = 1;

/// What is read first, so that a newer file is told from a broken one.
#[derive(Deserialize)]
pub(super) struct Head {
    pub(super) format: String,
    pub(super) version: u32,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Inventory {
    pub(super) format: String,
    pub(super) version: u32,
    pub(super) exported_at: DateTime<Utc>,
    pub(super) computer: String,
    pub(super) accounts: Vec<AccountLine>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct AccountLine {
    pub(super) id: String,
    pub(super) provider: String,
    pub(super) label: String,
    pub(super) host: String,
    #[serde(default)]
    pub(super) authorization_server: Option<String>,
    #[serde(default)]
    pub(super) client_id: Option<String>,
    #[serde(default)]
    pub(super) loopback: bool,
    #[serde(default)]
    pub(super) workspaces: Vec<WorkspaceLine>,
    #[serde(default)]
    pub(super) keys: Vec<KeyLine>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct WorkspaceLine {
    pub(super) id: String,
    pub(super) name: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct KeyLine {
    pub(super) id: String,
    pub(super) name: String,
    #[serde(default)]
    pub(super) prefix: Option<String>,
    #[serde(default)]
    pub(super) workspace: Option<String>,
    #[serde(default)]
    pub(super) environment: Option<String>,
    #[serde(default)]
    pub(super) scopes: Option<Vec<String>>,
    #[serde(default)]
    pub(super) project: Option<String>,
    #[serde(default)]
    pub(super) rate_limit: Option<u32>,
    #[serde(default)]
    pub(super) created_at: Option<DateTime<Utc>>,
    #[serde(default)]
    pub(super) last_use: LastUseLine,
    #[serde(default)]
    pub(super) expiry: ExpiryLine,
    #[serde(default)]
    pub(super) status: StatusLine,
    /// Whether a server listed it, rather than the person who pasted it.
    #[serde(default)]
    pub(super) listed: bool,
    #[serde(default)]
    pub(super) places: Vec<PlaceLine>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct PlaceLine {
    pub(super) name: String,
    #[serde(default)]
    pub(super) detail: String,
}

#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
#[serde(tag = "kind", content = "at", rename_all = "snake_case")]
pub(super) enum LastUseLine {
    #[default]
    NotReported,
    Never,
    At(DateTime<Utc>),
}

#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
#[serde(tag = "kind", content = "at", rename_all = "snake_case")]
pub(super) enum ExpiryLine {
    #[default]
    Unknown,
    Never,
    AtService(DateTime<Utc>),
    Reminder(DateTime<Utc>),
}

#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
#[serde(tag = "kind", content = "at", rename_all = "snake_case")]
pub(super) enum StatusLine {
    #[default]
    Active,
    Expired,
    Revoked(Option<DateTime<Utc>>),
}

impl AccountLine {
    pub(super) fn new(account: &Account, keys: Vec<KeyLine>) -> Self {
        let authorization = account.servers.authorization.as_ref();
        let workspaces = account.workspaces.iter();
        Self {
            id: account.id.to_string(),
            provider: account.provider.to_string(),
            label: account.label.clone(),
            host: account.servers.host.to_string(),
            authorization_server: authorization.map(|authorization| authorization.server.to_string()),
            client_id: authorization.map(|authorization| authorization.client_id.clone()),
            loopback: authorization.is_some_and(|authorization| authorization.loopback),
            workspaces: workspaces.map(|one| WorkspaceLine { id: one.id.clone(), name: one.name.clone() }).collect(),
            keys,
        }
    }
}

impl KeyLine {
    pub(super) fn new(key: &ApiKey, places: Vec<PlaceLine>) -> Self {
        Self {
            id: key.id.to_string(),
            name: key.name.clone(),
            prefix: key.prefix.clone(),
            workspace: key.workspace.clone(),
            environment: key.environment.clone(),
            scopes: key.scopes.clone(),
            project: key.project.clone(),
            rate_limit: key.rate_limit,
            created_at: key.created_at,
            last_use: match key.last_use {
                LastUse::NotReported => LastUseLine::NotReported,
                LastUse::Never => LastUseLine::Never,
                LastUse::At(at) => LastUseLine::At(at),
            },
            expiry: match key.expiry {
                Expiry::Unknown => ExpiryLine::Unknown,
                Expiry::Never => ExpiryLine::Never,
                Expiry::AtService(at) => ExpiryLine::AtService(at),
                Expiry::Reminder(at) => ExpiryLine::Reminder(at),
            },
            status: match key.service_status {
                ServiceStatus::Active => StatusLine::Active,
                ServiceStatus::Expired => StatusLine::Expired,
                ServiceStatus::Revoked(at) => StatusLine::Revoked(at),
            },
            listed: key.origin == KeyOrigin::Listed,
            places,
        }
    }

    /// The key as it is known on this computer: without its secret, and without an id of the service.
    pub(super) fn key(&self, id: KeyId, account: AccountId) -> ApiKey {
        let origin = if self.listed { KeyOrigin::Listed } else { KeyOrigin::Adopted };
        ApiKey {
            id,
            name: self.name.clone(),
            prefix: self.prefix.clone(),
            workspace: self.workspace.clone(),
            environment: self.environment.clone(),
            scopes: self.scopes.clone(),
            project: self.project.clone(),
            rate_limit: self.rate_limit,
            created_at: self.created_at,
            last_use: match self.last_use {
                LastUseLine::NotReported => LastUse::NotReported,
                LastUseLine::Never => LastUse::Never,
                LastUseLine::At(at) => LastUse::At(at),
            },
            expiry: match self.expiry {
                ExpiryLine::Unknown => Expiry::Unknown,
                ExpiryLine::Never => Expiry::Never,
                ExpiryLine::AtService(at) => Expiry::AtService(at),
                ExpiryLine::Reminder(at) => Expiry::Reminder(at),
            },
            service_status: match self.status {
                StatusLine::Active => ServiceStatus::Active,
                StatusLine::Expired => ServiceStatus::Expired,
                StatusLine::Revoked(at) => ServiceStatus::Revoked(at),
            },
            kept: KeptIn::Nowhere,
            ..ApiKey::blank(account, origin)
        }
    }
}
