//! Owns what an account is: one identity at one provider, and the servers it talks to.

use super::{AccountId, Capability, KeyId, ProviderId};
use chrono::{DateTime, Utc};
use url::Url;

/// Where an account's requests go. Every part can be edited by the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Servers {
    /// The service, for example `https://cloud.basicmemory.com`; may have a path such as `/v1`.
    pub host: Url,
    /// Who signs people in, where that is done in the browser.
    pub authorization: Option<Authorization>,
}

/// Who signs people in, and as which program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authorization {
    /// The OAuth authorization server (issuer).
    pub server: Url,
    /// The public OAuth client id (RFC 6749 section 2.2).
    pub client_id: String,
    /// Whether the client id is registered there for a loopback redirect (RFC 8252 section 7.3), as the
    /// person says: no server tells it.
    pub loopback: bool,
}

impl Servers {
    /// Whether requests and sign-ins go to the same places as the same client, however one signs in.
    pub fn same_places(&self, other: &Self) -> bool {
        let place =
            |one: &Self| one.authorization.as_ref().map(|found| (found.server.clone(), found.client_id.clone()));
        self.host == other.host && place(self) == place(other)
    }
}

/// Whether an account can act right now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignIn {
    /// A refresh token, or the key that acts for the account, is kept and was last accepted.
    SignedIn,
    /// It was refused: sign in again, or paste another key.
    Needed,
    /// Signed out by the person, or nothing is kept.
    SignedOut,
    /// The service knows no sign-in for programs: its keys are made in its dashboard.
    NotUsed,
}

/// What the service counts, as it last answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Usage {
    /// The plan's name.
    pub plan: Option<String>,
    /// What is counted, in the service's order.
    pub lines: Vec<UsageLine>,
    /// When it answered.
    pub at: DateTime<Utc>,
}

/// One thing that is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageLine {
    /// What it is, for example `API calls this month`.
    pub label: String,
    /// How much was used.
    pub used: Option<u64>,
    /// How much may be used; `None` is no limit, or not known.
    pub limit: Option<u64>,
    /// `calls`, `MB` …; may be empty.
    pub unit: String,
}

/// How often a service may be asked, as its last answer said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit {
    /// How many requests fit in one window.
    pub limit: u32,
    /// How many are left of it.
    pub remaining: u32,
    /// When the window begins anew.
    pub resets_at: Option<DateTime<Utc>>,
    /// When this was said.
    pub at: DateTime<Utc>,
}

/// A tenant of a Basic Memory account: keys and projects belong to one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workspace {
    /// The service's `tenant_id`.
    pub id: String,
    /// Its name in words.
    pub name: String,
    /// `owner`, `admin`, `member` …, as the service says it.
    pub role: String,
    /// Whether the service calls it the default.
    pub is_default: bool,
}

impl Workspace {
    /// Only owners and admins can create keys
    /// (Basic Memory's documentation audit, `require_api_key_workspace_owner`).
    pub fn may_create_keys(&self) -> bool {
        matches!(self.role.to_ascii_lowercase().as_str(), "owner" | "admin")
    }
}

/// One identity at one provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its name for life.
    pub id: AccountId,
    /// The service.
    pub provider: ProviderId,
    /// What the person calls it.
    pub label: String,
    /// Where its requests go.
    pub servers: Servers,
    /// Whether it belongs to the built-in sandbox.
    pub sandbox: bool,
    /// The `sub` claim of the id_token, once known (OpenID Connect Core section 2).
    pub subject: Option<String>,
    /// The e-mail address of the id_token, if it had one.
    pub email: Option<String>,
    /// Whether it can act.
    pub sign_in: SignIn,
    /// What its server offers, as far as it was asked.
    pub capability: Capability,
    /// Its workspaces, as last read.
    pub workspaces: Vec<Workspace>,
    /// When it was added here.
    pub added_at: DateTime<Utc>,
    /// When its keys were last read from the server.
    pub checked_at: Option<DateTime<Utc>>,
    /// Why the last reading failed, as an error code of the border; `None` after a success.
    pub last_failure: Option<String>,
    /// Whether the service's list says when keys were used.
    pub reports_use: bool,
    /// The key that acts for the account, where that is what a service asks for. Its secret is kept
    /// like that of every other key.
    pub admin_key: Option<KeyId>,
    /// Scopes that key was found to lack, for example `admin`.
    pub lacks: Vec<String>,
    /// What the service counts, if it says.
    pub usage: Option<Usage>,
    /// How often it may be asked, if it says.
    pub rate_limit: Option<RateLimit>,
}

impl Account {
    /// A new account that nobody has signed in to yet.
    pub fn signed_out(provider: ProviderId, label: String, servers: Servers, added_at: DateTime<Utc>) -> Self {
        Self {
            id: AccountId::random(),
            provider,
            label,
            servers,
            sandbox: false,
            subject: None,
            email: None,
            sign_in: SignIn::SignedOut,
            capability: Capability::default(),
            workspaces: Vec::new(),
            added_at,
            checked_at: None,
            last_failure: None,
            reports_use: false,
            admin_key: None,
            lacks: Vec::new(),
            usage: None,
            rate_limit: None,
        }
    }
}

/// An address that a secret must not be sent to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UnsafeAddress {
    /// Neither https nor http to a loopback address.
    #[error("only https, or http on this computer")]
    NotEncrypted,
    /// Carries a user name, password, query or fragment, or has no host.
    #[error("only a host, a port and a path")]
    NotPlain,
}

/// Accepts `https://` everywhere and `http://` only to a literal loopback address
/// (RFC 8252 section 8.3); nothing with credentials, query or fragment.
pub fn check_address(address: &Url) -> Result<(), UnsafeAddress> {
    let plain = address.username().is_empty()
        && address.password().is_none()
        && address.query().is_none()
        && address.fragment().is_none();
    let loopback = match address.host() {
        Some(url::Host::Ipv4(host)) => host.is_loopback(),
        Some(url::Host::Ipv6(host)) => host.is_loopback(),
        Some(url::Host::Domain(_)) => false,
        None => return Err(UnsafeAddress::NotPlain),
    };
    match (plain, address.scheme()) {
        (false, _) => Err(UnsafeAddress::NotPlain),
        (true, "https") => Ok(()),
        (true, "http") if loopback => Ok(()),
        (true, _) => Err(UnsafeAddress::NotEncrypted),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> Result<(), UnsafeAddress> {
        check_address(&Url::parse(text).unwrap())
    }

    #[test]
    fn https_is_accepted_and_http_only_on_this_computer() {
        assert_eq!(check("https://cloud.basicmemory.com"), Ok(()));
        assert_eq!(check("http://127.0.0.1:4000"), Ok(()));
        assert_eq!(check("http://[::1]:4000/"), Ok(()));
        assert_eq!(check("http://localhost:4000"), Err(UnsafeAddress::NotEncrypted));
        assert_eq!(check("http://example.com"), Err(UnsafeAddress::NotEncrypted));
        assert_eq!(check("ftp://127.0.0.1"), Err(UnsafeAddress::NotEncrypted));
    }

    #[test]
    fn addresses_that_carry_anything_else_are_refused() {
        for text in
            ["https://a:b@example.com", "https://example.com/?q=1", "https://example.com/#x", "data:text/plain,x"]
        {
            assert_eq!(check(text), Err(UnsafeAddress::NotPlain), "{text}");
        }
    }
}
