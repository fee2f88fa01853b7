//! Owns how each service is described and spoken to. One folder for each. Leaves out tokens'
//! lives (oauth), records and secrets' keeping: a call is given its credential.

mod answer;
pub mod basic_memory;
mod description;
mod exchange;
mod fields;
pub mod memory_api;
pub mod memory_kit;
pub mod memory_os;
mod moments;
mod registry;
mod snippets;
mod unknown;

pub use description::{
    Description, EnvironmentChoice, EnvironmentFrom, ExpiryMeans, Glyph, Means, Preset, Recipe, ReportsUse,
    ScopeChoice, SignInMethod,
};
pub use exchange::Seen;
pub use registry::{BUILT_IN, Registry};

use crate::domain::{ApiKey, KeyName, Offered, Secret, Usage, Workspace};
use crate::http::{Http, HttpError};
use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use url::Url;

/// One request's surroundings: where it goes and with which credential.
#[derive(Debug, Clone)]
pub struct Call<'a> {
    /// The one client.
    pub http: &'a Http,
    /// The account's host.
    pub host: &'a Url,
    /// An access token or an API key.
    pub credential: &'a Secret,
    /// Where what every answer says beside its contents is noted.
    pub seen: &'a Seen,
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
    /// Its kind, if the answer or its prefix says so.
    pub environment: Option<String>,
    /// What it may do, if the answer says so.
    pub scopes: Option<Vec<String>>,
    /// Its project, if the answer says so.
    pub project: Option<String>,
    /// Requests per minute it may make, if the answer says so.
    pub rate_limit: Option<u32>,
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
    /// Its kind, where that is chosen.
    pub environment: Option<String>,
    /// What it may do; empty leaves it to the service.
    pub scopes: Vec<String>,
    /// Requests per minute it may make, where that can be chosen.
    pub rate_limit: Option<u32>,
    /// Its project, where that can be chosen.
    pub project: Option<String>,
}

impl NewKey {
    /// A key with this name and nothing else chosen.
    pub fn named(name: KeyName) -> Self {
        Self {
            name,
            workspace: None,
            expires_at: None,
            environment: None,
            scopes: Vec::new(),
            rate_limit: None,
            project: None,
        }
    }
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

/// Who a credential acts for, and what it can do there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Identified {
    /// The service's own id of the account, if it told; the same for every key of one account.
    pub subject: Option<String>,
    /// What the service calls the account.
    pub account_name: Option<String>,
    /// The credential's scopes, if they could be told.
    pub scopes: Option<Vec<String>>,
    /// The credential's own row of the list, found by its prefix.
    pub key: Option<ListedKey>,
    /// Scopes that a refusal named, or that its own row lacks, for managing keys.
    pub lacks: Vec<String>,
    /// Whether it can list keys; `None` is not known.
    pub can_list: Option<bool>,
    /// Whether it can create keys; `None` is not known.
    pub can_create: Option<bool>,
    /// Whether it can revoke keys; `None` is not known.
    pub can_revoke: Option<bool>,
}

/// What one request with a key found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tested {
    /// What follows from it.
    pub verdict: Verdict,
    /// The HTTP status.
    pub status: u16,
    /// How long the answer took.
    pub latency: TimeDelta,
    /// The service's own id of the account the key is for, if it told.
    pub subject: Option<String>,
    /// The workspace the key is for, if the answer told.
    pub workspace: Option<String>,
}

impl Tested {
    /// The verdict, given the account or the workspace that the key was thought to be for. An answer
    /// that names neither proves nothing against it.
    pub fn against(&self, subject: Option<&str>, workspace: Option<&str>) -> Verdict {
        let differs = |said: Option<&str>, expected: Option<&str>| {
            said.zip(expected).is_some_and(|(said, expected)| said != expected)
        };
        let elsewhere = differs(self.subject.as_deref(), subject) || differs(self.workspace.as_deref(), workspace);
        if self.verdict == Verdict::Works && elsewhere { Verdict::OtherAccount } else { self.verdict.clone() }
    }
}

/// What a test says of a key. That it could not tell is an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is accepted.
    Works,
    /// 401: revoked, expired or mistyped.
    Refused,
    /// It is genuine, and lacks a scope.
    LacksScope(String),
    /// It is genuine, and the account's subscription has ended; the page to renew it, if one is known.
    SubscriptionInactive(Option<Box<Url>>),
    /// It is accepted, and for another workspace or account than was thought.
    OtherAccount,
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
    /// 403: the credential is genuine and lacks a scope.
    #[error("the credential lacks a scope (403)")]
    LacksScope {
        /// The scope, as the service names it.
        scope: String,
        /// What else the answer said.
        answer: Answer,
    },
    /// Any other 403.
    #[error("the service forbids this (403)")]
    Forbidden(Answer),
    /// The key that was to be revoked is the one that acts for the account.
    #[error("a key cannot revoke itself")]
    CurrentKey(Answer),
    /// 429, with the moment it can be asked again if it said so.
    #[error("too many requests (429)")]
    RateLimited {
        /// The moment of `Retry-After` (RFC 9110 section 10.2.3), or a second after the one at which the
        /// answer's rate limit begins anew.
        retry_at: Option<DateTime<Utc>>,
        /// What else the answer said.
        answer: Answer,
    },
    /// 404, 405 or 501 on something that is asked for, not documented.
    #[error("the service does not offer this ({0})")]
    NotOffered(u16),
    /// The service has no such thing at all; nothing was sent.
    #[error("the service has no such thing")]
    Unsupported,
    /// 404 for one key: it is not there.
    #[error("the service does not know this key (404)")]
    NoSuchKey,
    /// 400, 409 or 422: what was sent is refused.
    #[error("the service refused what was sent")]
    Invalid(Answer),
    /// 5xx.
    #[error("the service failed")]
    Failed(Answer),
    /// 3xx: the service points elsewhere. Nothing was sent on.
    #[error("the service points to another address")]
    Redirected {
        /// The host it points to, if it named one.
        host: Option<String>,
        /// What else the answer said.
        answer: Answer,
    },
    /// Any other status, or a 2xx that is not the expected JSON.
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
    /// `environment`, `environment_2`, `curl`, `python`, `javascript` or `mcp`.
    pub id: &'static str,
    /// The tab's label.
    pub label: String,
    /// What it is written in: `shell`, `python`, `javascript` or `json`.
    pub language: &'static str,
    /// The text, the variable standing for the key.
    pub text: String,
    /// What to know before one follows it.
    pub caution: Option<&'static str>,
}

/// One service.
#[async_trait]
pub trait Provider: Send + Sync {
    /// What is known of it.
    fn description(&self) -> &'static Description;
    /// Every key the credential may see, over the given workspaces where the service has some.
    async fn list_keys(&self, call: &Call<'_>, workspaces: &[Workspace]) -> Result<Listing, ProviderError>;
    /// Makes a key. Sent once; sent again without the date only after a 400 or 422 that names the field.
    async fn create_key(&self, call: &Call<'_>, new_key: &NewKey) -> Result<CreatedKey, ProviderError>;
    /// Ends the key with this id of the service's own, in its workspace if it has one.
    async fn revoke_key(&self, call: &Call<'_>, remote_id: &str, workspace: Option<&str>) -> Result<(), ProviderError>;
    /// Who the credential acts for, and what it can do. At most two requests.
    async fn identify(&self, call: &Call<'_>) -> Result<Identified, ProviderError>;
    /// Asks once what the credential is worth. An error is "could not tell".
    async fn test(&self, call: &Call<'_>) -> Result<Tested, ProviderError>;
    /// The workspaces the credential reaches, where the service has some.
    async fn workspaces(&self, _call: &Call<'_>) -> Result<Probe, ProviderError> {
        Err(ProviderError::Unsupported)
    }
    /// Asks once whether the credential is accepted.
    async fn probe(&self, call: &Call<'_>) -> Result<Probe, ProviderError> {
        let tested = self.test(call).await?;
        Ok(match tested.verdict {
            Verdict::Refused => Probe::Refused,
            _ => Probe::Accepted { workspace: tested.workspace, workspaces: Vec::new() },
        })
    }
    /// What the service counts; `None` where it does not say.
    async fn usage(&self, _call: &Call<'_>) -> Result<Option<Usage>, ProviderError> {
        Ok(None)
    }
    /// Ready-made ways to use a key of this host; no secret in them.
    fn snippets(&self, host: &Url) -> Vec<Snippet> {
        snippets::snippets(self.description(), host)
    }
    /// The snippet with this id with the key in place, for copying. `None` when there is no such
    /// snippet, or when the key holds characters that could break out of its quotes.
    fn snippet_with_key(&self, host: &Url, snippet: &str, key: &Secret) -> Option<Secret> {
        snippets::snippet_with_key(self.description(), host, snippet, key)
    }
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

/// The row of a list that is the credential's own: the one whose head the credential begins with, if it
/// is distinctive and the only one of its length.
fn own_row<'a>(keys: &'a [ListedKey], credential: &Secret) -> Option<&'a ListedKey> {
    /// Shorter heads are shared by many keys.
    const DISTINCTIVE: usize = 10;
    let head = |key: &ListedKey| key.prefix.as_deref().map(|head| head.trim_end_matches(['…', '.', '*']).to_owned());
    // Only heads are compared; nothing leaves.
    let fits = |key: &&ListedKey| {
        head(key).is_some_and(|head| head.len() >= DISTINCTIVE && credential.expose_secret().starts_with(&head))
    };
    let mut rows: Vec<&ListedKey> = keys.iter().filter(fits).collect();
    rows.sort_by_key(|key| std::cmp::Reverse(head(key).map_or(0, |head| head.len())));
    match rows.as_slice() {
        [only] => Some(only),
        [first, second, ..] if head(first).map(|head| head.len()) > head(second).map(|head| head.len()) => Some(first),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{AccountId, KeyOrigin};

    fn known(remote_id: Option<&str>, prefix: Option<&str>) -> ApiKey {
        ApiKey {
            remote_id: remote_id.map(str::to_owned),
            name: "work-laptop".to_owned(),
            prefix: prefix.map(str::to_owned),
            ..ApiKey::blank(AccountId::random(), KeyOrigin::Created)
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
