//! Owns how each service is described and spoken to. One folder for each. Leaves out tokens'
//! lives (oauth), records and secrets' keeping: a call is given its credential.

mod answer;
pub mod basic_memory;

use crate::domain::{ApiKey, KeyName, Offered, ProviderId, Secret, Workspace};
use crate::http::{Http, HttpError};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use url::Url;

/// What is known of a service before it is asked anything. The UI is drawn from it.
#[derive(Debug)]
pub struct Description {
    /// Its name in records and at the border.
    pub id: ProviderId,
    /// Its full name, for example `Basic Memory Cloud`.
    pub name: &'static str,
    /// The name used in sentences, for example `Basic Memory`.
    pub short_name: &'static str,
    /// One sentence for the first-run card.
    pub summary: &'static str,
    /// Heads of its keys. A prefix suggests a provider and never decides where a secret is sent.
    pub key_prefixes: &'static [&'static str],
    /// The published host.
    pub host: &'static str,
    /// The published authorization server.
    pub authorization_server: &'static str,
    /// The published public client id.
    pub client_id: &'static str,
    /// The OAuth scopes asked for at sign-in.
    pub oauth_scopes: &'static [&'static str],
    /// The page where its keys are managed by hand.
    pub keys_page: &'static str,
    /// The page where one signs up.
    pub sign_up_page: &'static str,
    /// The service's documentation of its keys.
    pub documentation: &'static str,
    /// The environment variable its documentation names for a key.
    pub variable: &'static str,
    /// The header of a request, the variable standing for the secret, as shown in the curl snippet.
    pub mcp_path: &'static str,
}

/// One request's surroundings: where it goes and with which credential.
#[derive(Debug, Clone)]
pub struct Call<'a> {
    /// The one client.
    pub http: &'a Http,
    /// The account's host.
    pub host: &'a Url,
    /// An access token or an API key.
    pub credential: &'a Secret,
}

/// What a list answered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListedKey {
    /// The service's own id.
    pub remote_id: Option<String>,
    /// Its name; empty if the service did not say.
    pub name: String,
    /// Its visible head.
    pub prefix: Option<String>,
    /// Its workspace, if the answer said so.
    pub workspace: Option<String>,
    /// When it was made.
    pub created_at: Option<DateTime<Utc>>,
    /// When it was last used; `None` when the field is absent, `Some(None)` when it is there and null.
    pub last_used_at: Option<Option<DateTime<Utc>>>,
    /// When it ends; `None` when the field is absent, `Some(None)` when it is there and null.
    pub expires_at: Option<Option<DateTime<Utc>>>,
    /// The service marks it as revoked.
    pub revoked: bool,
    /// When it was revoked, if the service says so.
    pub revoked_at: Option<DateTime<Utc>>,
    /// The service marks it as expired.
    pub expired: bool,
}

/// All keys of an account.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listing {
    /// The keys, each once.
    pub keys: Vec<ListedKey>,
    /// Whether any answer carried a last-use field.
    pub reports_use: bool,
    /// Whether something was left out: a workspace that refused to list, or further pages that an
    /// answer spoke of. A key that is missing from a partial list may still exist.
    pub partial: bool,
}

/// What to create.
#[derive(Debug, Clone)]
pub struct NewKey {
    /// Its name.
    pub name: KeyName,
    /// The workspace's `tenant_id`, where the service has workspaces.
    pub workspace: Option<String>,
    /// When it should end.
    pub expires_at: Option<DateTime<Utc>>,
}

/// A key that was just made.
#[derive(Debug)]
pub struct CreatedKey {
    /// Its characters, shown once by the service.
    pub secret: Secret,
    /// What else the answer said, in the same shape as a list.
    pub facts: ListedKey,
    /// Whether the service takes an expiry: `Yes` if the answer echoed the date, `No(400|422)` if it
    /// refused the field and the key was made without, `Unclear` if it said nothing of it,
    /// `NotAsked` if no date was asked for.
    pub expiry: Offered,
}

/// What a probe with one credential found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Probe {
    /// The credential is accepted; the current workspace's `tenant_id`, if the answer named one.
    Accepted {
        /// The workspace the service says the credential is for.
        workspace: Option<String>,
        /// The workspaces it named.
        workspaces: Vec<Workspace>,
    },
    /// 401: revoked, expired or mistyped.
    Refused,
}

/// Why a service did not do what was asked. A variant exists because a caller acts on it.
#[derive(Debug, thiserror::Error)]
pub enum ProviderError {
    /// 401: the credential is not accepted.
    #[error("the service refused the credential (401)")]
    Refused(Answer),
    /// 403 with a subscription object.
    #[error("the service asks for a subscription (403)")]
    SubscriptionRequired {
        /// The page to subscribe at: https only, otherwise the published one.
        subscribe_page: Box<Url>,
        /// What else the answer said.
        answer: Answer,
    },
    /// 403 on creating or revoking: only owners and admins may.
    #[error("only a workspace owner or admin may do this (403)")]
    NotOwner(Answer),
    /// Any other 403.
    #[error("the service forbids this (403)")]
    Forbidden(Answer),
    /// 429, with the moment it can be asked again if it said so.
    #[error("too many requests (429)")]
    RateLimited {
        /// The moment of `Retry-After` (RFC 9110 section 10.2.3).
        retry_at: Option<DateTime<Utc>>,
        /// What else the answer said.
        answer: Answer,
    },
    /// 404, 405 or 501 on something that is asked for, not documented.
    #[error("the service does not offer this ({0})")]
    NotOffered(u16),
    /// 404 for one key: it is not there.
    #[error("the service does not know this key (404)")]
    NoSuchKey,
    /// 400, 409 or 422: what was sent is refused.
    #[error("the service refused what was sent")]
    Invalid(Answer),
    /// 5xx.
    #[error("the service failed")]
    Failed(Answer),
    /// Any other status, a redirect, or a 2xx that is not the expected JSON.
    #[error("the service's answer cannot be understood")]
    NotUnderstood(Answer),
    /// No whole answer came.
    #[error(transparent)]
    Http(#[from] HttpError),
}

/// What survives of a server's answer: nothing a secret could hide in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The request id the server named, at most 64 visible ASCII characters.
    pub request_id: Option<String>,
    /// At most 200 characters of plain text, the credential cut out.
    pub text: Option<String>,
}

/// One way to use a key. Holds no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snippet {
    /// `environment`, `curl`, `python`, `javascript` or `mcp`.
    pub id: &'static str,
    /// The tab's label.
    pub label: &'static str,
    /// The text, the variable standing for the key.
    pub text: String,
}

/// One service.
#[async_trait]
pub trait Provider: Send + Sync {
    /// What is known of it.
    fn description(&self) -> &'static Description;
    /// The workspaces the credential reaches.
    async fn workspaces(&self, call: &Call<'_>) -> Result<Probe, ProviderError>;
    /// Every key the credential may see, over the given workspaces.
    async fn list_keys(&self, call: &Call<'_>, workspaces: &[Workspace]) -> Result<Listing, ProviderError>;
    /// Makes a key. Sent once; sent again without the date only after a 400 or 422 that names the field.
    async fn create_key(&self, call: &Call<'_>, new_key: &NewKey) -> Result<CreatedKey, ProviderError>;
    /// Ends the key with this id of the service's own, in its workspace if it has one.
    async fn revoke_key(&self, call: &Call<'_>, remote_id: &str, workspace: Option<&str>) -> Result<(), ProviderError>;
    /// Asks once whether the credential is accepted.
    async fn probe(&self, call: &Call<'_>) -> Result<Probe, ProviderError>;
    /// Ready-made ways to use a key of this host; no secret in them.
    fn snippets(&self, _host: &Url) -> Vec<Snippet> {
        Vec::new()
    }
    /// The snippet with this id with the key in place, for copying. `None` when there is no such
    /// snippet, or when the key holds characters that could break out of its quotes.
    fn snippet_with_key(&self, _host: &Url, _snippet: &str, _key: &Secret) -> Option<Secret> {
        None
    }
}

/// The provider for an id.
pub fn provider(id: ProviderId) -> &'static dyn Provider {
    match id {
        ProviderId::BasicMemory => &basic_memory::BasicMemory,
    }
}

/// The provider whose key prefix the text starts with: a suggestion, never a decision.
pub fn suggested_by(key: &Secret) -> Option<ProviderId> {
    [ProviderId::BasicMemory].into_iter().find(|id| {
        // Only the head is compared; nothing leaves.
        provider(*id).description().key_prefixes.iter().any(|prefix| key.expose_secret().starts_with(prefix))
    })
}

/// Whether a known key and a listed one are the same: by id, else by name and prefix.
pub fn same_key(known: &ApiKey, listed: &ListedKey) -> bool {
    if let (Some(known), Some(listed)) = (&known.remote_id, &listed.remote_id) {
        return known == listed;
    }
    let (Some(known_prefix), Some(listed_prefix)) = (&known.prefix, &listed.prefix) else { return false };
    let known_prefix = known_prefix.trim_end_matches(['…', '.', '*']);
    let listed_prefix = listed_prefix.trim_end_matches(['…', '.', '*']);
    !known_prefix.is_empty()
        && !listed_prefix.is_empty()
        && (known_prefix.starts_with(listed_prefix) || listed_prefix.starts_with(known_prefix))
        && known.name == listed.name
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{AccountId, Expiry, KeptIn, KeyId, KeyOrigin, LastUse, ServiceStatus};

    fn known(remote_id: Option<&str>, prefix: Option<&str>) -> ApiKey {
        ApiKey {
            id: KeyId::random(),
            account: AccountId::random(),
            remote_id: remote_id.map(str::to_owned),
            name: "work-laptop".to_owned(),
            prefix: prefix.map(str::to_owned),
            workspace: None,
            workspace_confirmed: false,
            created_at: None,
            last_use: LastUse::NotReported,
            expiry: Expiry::Unknown,
            service_status: ServiceStatus::Active,
            origin: KeyOrigin::Created,
            kept: KeptIn::Nowhere,
        }
    }

    fn listed(remote_id: Option<&str>, prefix: Option<&str>) -> ListedKey {
        ListedKey {
            remote_id: remote_id.map(str::to_owned),
            name: "work-laptop".to_owned(),
            prefix: prefix.map(str::to_owned),
            ..ListedKey::default()
        }
    }

    #[test]
    fn two_ids_decide_alone() {
        assert!(same_key(&known(Some("k1"), None), &listed(Some("k1"), Some("bmc_else"))));
        assert!(!same_key(&known(Some("k1"), Some("bmc_Qv4m")), &listed(Some("k2"), Some("bmc_Qv4m"))));
    }

    #[test]
    fn without_two_ids_name_and_prefix_decide() {
        assert!(same_key(&known(None, Some("bmc_Qv4m")), &listed(Some("k1"), Some("bmc_Qv4mWnR8"))));
        assert!(same_key(&known(None, Some("bmc_Qv4mWnR8")), &listed(None, Some("bmc_Qv4m…"))));
        assert!(!same_key(&known(None, Some("bmc_Qv4m")), &listed(None, Some("bmc_else"))));
        assert!(!same_key(&known(None, Some("bmc_Qv4m")), &listed(None, None)));
        assert!(!same_key(&known(None, Some("")), &listed(None, Some("…"))));
        let other = ListedKey { name: "other".to_owned(), ..listed(None, Some("bmc_Qv4m")) };
        assert!(!same_key(&known(None, Some("bmc_Qv4m")), &other));
    }
}
