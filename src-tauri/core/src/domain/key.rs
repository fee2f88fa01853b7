//! Owns what is known of one API key, without its secret. Leaves out how it is judged (status.rs).

use super::{AccountId, KeyId, holds_hidden};
use chrono::{DateTime, Utc};

/// What is known of one API key. Never holds the secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Its name for life on this computer; keychain items are named by it.
    pub id: KeyId,
    /// The account it belongs to.
    pub account: AccountId,
    /// The service's own id, once a server listed or returned it. Only such an id is ever revoked.
    pub remote_id: Option<String>,
    /// What it is called at the service, or here if the service did not say.
    pub name: String,
    /// Its visible head, for example `bmc_Qv4m`.
    pub prefix: Option<String>,
    /// The workspace's `tenant_id`, if known.
    pub workspace: Option<String>,
    /// Whether the service itself confirmed the workspace.
    pub workspace_confirmed: bool,
    /// When it was made.
    pub created_at: Option<DateTime<Utc>>,
    /// When it was last used.
    pub last_use: LastUse,
    /// When it ends.
    pub expiry: Expiry,
    /// Whether the service accepts it.
    pub service_status: ServiceStatus,
    /// How it came to be known here.
    pub origin: KeyOrigin,
    /// Whether its secret is kept, and where.
    pub kept: KeptIn,
    /// `live`, `test` …, where the service has such a thing and said it, or its prefix tells.
    pub environment: Option<String>,
    /// What it may do; `None` is not known. For a key made by hand in a dashboard: as noted here.
    pub scopes: Option<Vec<String>>,
    /// The project it is for, where the service has projects; as noted here when it does not list any.
    pub project: Option<String>,
    /// Requests per minute it may make, where a key has a limit of its own.
    pub rate_limit: Option<u32>,
    /// When its last use moved after at least 30 quiet days. Cleared once the person has seen it.
    pub woke_at: Option<DateTime<Utc>>,
}

impl ApiKey {
    /// A key of this account that nothing is known of yet.
    pub fn blank(account: AccountId, origin: KeyOrigin) -> Self {
        Self {
            id: KeyId::random(),
            account,
            remote_id: None,
            name: String::new(),
            prefix: None,
            workspace: None,
            workspace_confirmed: false,
            created_at: None,
            last_use: LastUse::NotReported,
            expiry: Expiry::Unknown,
            service_status: ServiceStatus::Active,
            origin,
            kept: KeptIn::Nowhere,
            environment: None,
            scopes: None,
            project: None,
            rate_limit: None,
            woke_at: None,
        }
    }
}

/// When a key was last used, as the service tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LastUse {
    /// The service does not say.
    NotReported,
    /// The service reports use, and there was none.
    Never,
    /// The moment of the last use.
    At(DateTime<Utc>),
}

/// When a key ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expiry {
    /// The service did not say.
    Unknown,
    /// It was made without an end.
    Never,
    /// The service ends it then.
    AtService(DateTime<Utc>),
    /// The service has no end for it; Latchkey reminds the person then.
    Reminder(DateTime<Utc>),
}

/// What the service says of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServiceStatus {
    /// Nothing speaks against it.
    Active,
    /// Revoked, at that moment if it is known.
    Revoked(Option<DateTime<Utc>>),
    /// The service calls it expired.
    Expired,
}

/// How a key came to be known here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyOrigin {
    /// A server listed it.
    Listed,
    /// It was created here.
    Created,
    /// Its secret was pasted or found on this computer.
    Adopted,
    /// A create was sent and its answer never came: the key may exist, its secret is gone.
    Intended,
}

/// Whether the secret is kept on this computer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeptIn {
    /// Not kept.
    Nowhere,
    /// In the system's keychain.
    Keychain,
    /// In memory, until Latchkey quits.
    Session,
}

/// Why a name cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyNameError {
    /// Nothing but white space.
    #[error("the name is empty")]
    Empty,
    /// More characters than the service takes.
    #[error("the name is too long")]
    TooLong,
    /// Holds characters that nobody can see, or that turn the direction of writing.
    #[error("the name holds characters that cannot be seen")]
    Hidden,
}

/// A name that may be given to a new key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyName(String);

impl KeyName {
    /// Trims the text and checks it; `longest` is counted in characters.
    pub fn parse(text: &str, longest: usize) -> Result<Self, KeyNameError> {
        let name = text.trim();
        if name.is_empty() {
            Err(KeyNameError::Empty)
        } else if name.chars().count() > longest {
            Err(KeyNameError::TooLong)
        } else if holds_hidden(name) {
            Err(KeyNameError::Hidden)
        } else {
            Ok(Self(name.to_owned()))
        }
    }

    /// The checked text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_trimmed_and_checked() {
        assert_eq!(KeyName::parse("  work-laptop ", 100).unwrap().as_str(), "work-laptop");
        assert_eq!(KeyName::parse(" \t ", 100), Err(KeyNameError::Empty));
        for hidden in ["a\u{7}b", "a\nb", "a\u{200b}b", "\u{202e}ab", "a\u{feff}b"] {
            assert_eq!(KeyName::parse(hidden, 100), Err(KeyNameError::Hidden), "{hidden:?}");
        }
        assert!(KeyName::parse("<b>name</b> מפתח", 100).is_ok());
        assert_eq!(KeyName::parse(&"x".repeat(300), 100), Err(KeyNameError::TooLong));
        assert!(KeyName::parse(&"ä".repeat(100), 100).is_ok());
        assert_eq!(KeyName::parse(&"ä".repeat(101), 100), Err(KeyNameError::TooLong));
    }
}
