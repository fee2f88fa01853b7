//! Owns the proof of how Basic Memory Cloud is spoken to, over real sockets: which requests leave,
//! and what becomes of every kind of answer. One file for each thing that is asked.

#![allow(clippy::unwrap_used, clippy::panic)] // a test fails by panicking

mod creating;
mod faults;
mod listing;
mod probing;
mod revoking;
#[path = "../small_server/mod.rs"]
mod small_server;

use chrono::{DateTime, TimeZone as _, Utc};
use latchkey_core::domain::{KeyName, ProviderId, Secret, Workspace};
use latchkey_core::http::{Http, HttpError};
use latchkey_core::providers::{
    Call, CreatedKey, Listing, NewKey, Probe, Provider, ProviderError, Registry, Seen, SignInMethod,
    basic_memory::BasicMemory,
};
use small_server::{Reply, SmallServer};

const TOKEN: &str = "eyJhbGciOiJub25lIn0.access.EXAMPLE";
const MADE: &str = "bmc_Qv4mWnR8sLkP2xYtEXAMPLE";

fn basic_memory() -> &'static dyn Provider {
    &BasicMemory
}

struct Account {
    server: SmallServer,
    http: Http,
    credential: Secret,
    seen: Seen,
}

impl Account {
    fn at(server: SmallServer) -> Self {
        Self { server, http: Http::new().unwrap(), credential: Secret::new(TOKEN.to_owned()), seen: Seen::default() }
    }

    async fn answering(replies: impl IntoIterator<Item = Reply>) -> Self {
        Self::at(SmallServer::scripted(replies).await)
    }

    fn call(&self) -> Call<'_> {
        Call { http: &self.http, host: &self.server.base, credential: &self.credential, seen: &self.seen }
    }

    async fn list(&self, workspaces: &[Workspace]) -> Result<Listing, ProviderError> {
        basic_memory().list_keys(&self.call(), workspaces).await
    }

    async fn create(&self, expires_at: Option<DateTime<Utc>>) -> Result<CreatedKey, ProviderError> {
        let name = KeyName::parse("work-laptop", 100).unwrap();
        let new_key = NewKey { workspace: Some("w1".to_owned()), expires_at, ..NewKey::named(name) };
        basic_memory().create_key(&self.call(), &new_key).await
    }

    async fn revoke(&self, id: &str) -> Result<(), ProviderError> {
        basic_memory().revoke_key(&self.call(), id, Some("w1")).await
    }

    async fn probe(&self) -> Result<Probe, ProviderError> {
        basic_memory().probe(&self.call()).await
    }
}

fn workspaces(ids: &[&str]) -> Vec<Workspace> {
    ids.iter()
        .map(|id| Workspace { id: (*id).to_owned(), name: String::new(), role: "owner".to_owned(), is_default: false })
        .collect()
}

fn end() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2027, 2, 18, 12, 30, 0).unwrap()
}

/// The error's name, after a look that it prints no secret.
fn name_of(error: &ProviderError) -> &'static str {
    let printed = format!("{error:?} {error}");
    for secret in [TOKEN, MADE, "access.EXAMPLE", "WnR8sLkP2xYt"] {
        assert!(!printed.contains(secret), "{printed}");
    }
    match error {
        ProviderError::Refused(_) => "refused",
        ProviderError::SubscriptionRequired { .. } => "subscription",
        ProviderError::NotOwner(_) => "not owner",
        ProviderError::LacksScope { .. } => "lacks a scope",
        ProviderError::CurrentKey(_) => "current key",
        ProviderError::Unsupported => "unsupported",
        ProviderError::Forbidden(_) => "forbidden",
        ProviderError::RateLimited { .. } => "rate limited",
        ProviderError::NotOffered(_) => "not offered",
        ProviderError::NoSuchKey => "no such key",
        ProviderError::Invalid(_) => "invalid",
        ProviderError::Failed(_) => "failed",
        ProviderError::Redirected { .. } => "redirected",
        ProviderError::NotUnderstood(_) => "not understood",
        ProviderError::Http(HttpError::Offline) => "offline",
        ProviderError::Http(HttpError::NoAnswer) => "no answer",
        ProviderError::Http(HttpError::TooLarge) => "too large",
        ProviderError::Http(_) => "http",
    }
}

#[test]
fn the_description_holds_only_safe_addresses() {
    let description = basic_memory().description();
    let SignInMethod::Browser { authorization_server, .. } = description.sign_in else { panic!("no sign-in") };
    for page in [
        description.host,
        authorization_server,
        description.keys_page,
        description.sign_up_page,
        description.documentation,
    ] {
        let url: url::Url = page.parse().unwrap();
        assert_eq!(url.scheme(), "https", "{page}");
        assert!(latchkey_core::domain::check_address(&url).is_ok(), "{page}");
    }
}

#[test]
fn a_prefix_suggests_the_provider() {
    assert_eq!(Registry::built_in().suggested_by(&Secret::new(MADE.to_owned())), Some(ProviderId::BASIC_MEMORY));
    assert_eq!(Registry::built_in().suggested_by(&Secret::new("sk-EXAMPLE".to_owned())), None);
}
