//! Owns what an account is: one identity at one provider, and the servers it talks to.

use super::{AccountId, Capability, ProviderId};
use chrono::{DateTime, Utc};
use url::Url;

/// Where an account's requests go. Every part can be edited by the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Servers {
    /// The service, for example `https://cloud.basicmemory.com`.
    pub host: Url,
    /// The OAuth authorization server (issuer) that signs people in.
    pub authorization_server: Url,
    /// The public OAuth client id (RFC 6749 section 2.2).
    pub client_id: String,
}

/// Whether an account can act right now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignIn {
    /// A refresh token is kept.
    SignedIn,
    /// The authorization server refused the refresh token: sign in again.
    Needed,
    /// Signed out by the person.
    SignedOut,
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
