//! Owns the proof of what only Basic Memory has: workspaces, roles, subscriptions, and answers whose
//! shape nobody documents.

use crate::basic_memory::{Offers, holds};
use crate::plain_server;
use crate::sandbox::Sandbox;
use latchkey_core::domain::{KeyName, Secret, Workspace};
use latchkey_core::http::{Http, HttpError};
use latchkey_core::providers::{Call, NewKey, Probe, Provider as _, ProviderError, Seen, basic_memory::BasicMemory};
use serde_json::json;

#[tokio::test]
async fn the_contract_holds_on_a_plain_server() {
    for (shape, id) in [("bare", "number"), ("keys", "text"), ("data", "text")] {
        let server = plain_server::start(shape, id).await;
        holds(&server.base, &Secret::new(plain_server::TOKEN.to_owned()), Offers::EVERYTHING).await;
    }
}

#[tokio::test]
async fn the_contract_holds_on_the_sandbox_in_every_shape() {
    for shape in ["bare", "keys", "data"] {
        for dates in ["iso", "seconds", "milliseconds"] {
            for prefix in ["prefix", "key_prefix", "start"] {
                let sandbox =
                    Sandbox::start(&["--answer-shape", shape, "--dates", dates, "--prefix-field", prefix]).await;
                let token = sandbox.sign_in(1).await;
                holds(&sandbox.host, &token, Offers::EVERYTHING).await;
            }
        }
    }
}

#[tokio::test]
async fn the_contract_holds_on_what_is_known_of_the_real_server() {
    let sandbox = Sandbox::start(&["--without", "list,revoke,expiry"]).await;
    let token = sandbox.sign_in(1).await;
    holds(&sandbox.host, &token, Offers { list: false, revoke: false, expiry: false }).await;
}

#[tokio::test]
async fn the_contract_holds_without_each_single_part() {
    for (part, offers) in [
        ("list", Offers { list: false, ..Offers::EVERYTHING }),
        ("revoke", Offers { revoke: false, ..Offers::EVERYTHING }),
        ("expiry", Offers { expiry: false, ..Offers::EVERYTHING }),
    ] {
        let sandbox = Sandbox::start(&["--without", part]).await;
        let token = sandbox.sign_in(1).await;
        holds(&sandbox.host, &token, offers).await;
    }
}

fn new_key(name: &str, workspace: &Workspace) -> NewKey {
    NewKey { workspace: Some(workspace.id.clone()), ..NewKey::named(KeyName::parse(name, 100).unwrap()) }
}

async fn workspaces(call: &Call<'_>) -> Vec<Workspace> {
    match BasicMemory.workspaces(call).await.unwrap() {
        Probe::Accepted { workspaces, .. } => workspaces,
        Probe::Refused => panic!("refused"),
    }
}

#[tokio::test]
async fn a_member_who_is_no_owner_is_told_so() {
    let sandbox = Sandbox::start(&[]).await;
    let (http, token) = (Http::new().unwrap(), sandbox.sign_in(2).await);
    let seen = Seen::default();
    let call = Call { http: &http, host: &sandbox.host, credential: &token, seen: &seen };
    let open = workspaces(&call).await;
    assert!(open.iter().all(|workspace| !workspace.may_create_keys()));
    let failure = BasicMemory.create_key(&call, &new_key("work-laptop", &open[0])).await.unwrap_err();
    assert!(matches!(failure, ProviderError::NotOwner(_)), "{failure:?}");
}

#[tokio::test]
async fn a_create_whose_answer_is_lost_is_sent_once_and_found_in_the_list() {
    let sandbox = Sandbox::start(&[]).await;
    let (http, token) = (Http::new().unwrap(), sandbox.sign_in(1).await);
    let seen = Seen::default();
    let call = Call { http: &http, host: &sandbox.host, credential: &token, seen: &seen };
    let open = workspaces(&call).await;
    for (kind, made) in [("dropped_before_work", 0), ("dropped_after_work", 1), ("truncated", 1)] {
        let fault = json!({"path": "/api/keys", "method": "POST", "kind": kind, "times": 1});
        sandbox.admin("/admin/faults", &fault).await;
        let failure = BasicMemory.create_key(&call, &new_key(kind, &open[0])).await.unwrap_err();
        assert!(matches!(failure, ProviderError::Http(HttpError::NoAnswer)), "{kind}: {failure:?}");
        let listing = BasicMemory.list_keys(&call, &open).await.unwrap();
        assert_eq!(listing.keys.iter().filter(|key| key.name == kind).count(), made, "{kind}");
    }
}

#[tokio::test]
async fn every_fault_of_the_sandbox_is_told_apart() {
    let sandbox = Sandbox::start(&[]).await;
    let (http, token) = (Http::new().unwrap(), sandbox.sign_in(1).await);
    let seen = Seen::default();
    let call = Call { http: &http, host: &sandbox.host, credential: &token, seen: &seen };
    for kind in [
        "unauthorized",
        "subscription_required",
        "subscription_required_flat",
        "not_owner",
        "rate_limited",
        "server_error",
        "html",
        "truncated",
        "half_json",
        "endless",
        "dropped_before_work",
        "dropped_after_work",
        "redirect",
    ] {
        let fault = json!({"path": "/api/keys", "kind": kind, "times": 1});
        sandbox.admin("/admin/faults", &fault).await;
        let failure = BasicMemory.list_keys(&call, &[]).await.unwrap_err();
        let expected = match (kind, &failure) {
            ("unauthorized", ProviderError::Refused(_))
            | ("not_owner", ProviderError::NotOwner(_))
            | ("rate_limited", ProviderError::RateLimited { retry_at: None, .. })
            | ("server_error", ProviderError::Failed(_))
            | ("html" | "half_json", ProviderError::NotUnderstood(_))
            | ("redirect", ProviderError::Redirected { .. })
            | ("truncated" | "dropped_before_work" | "dropped_after_work", ProviderError::Http(HttpError::NoAnswer))
            | ("endless", ProviderError::Http(HttpError::TooLarge)) => true,
            (
                "subscription_required" | "subscription_required_flat",
                ProviderError::SubscriptionRequired { subscribe_page, .. },
            ) => subscribe_page.as_str() == "https://basicmemory.com/subscribe",
            _ => false,
        };
        assert!(expected, "{kind}: {failure:?}");
    }
    assert!(BasicMemory.list_keys(&call, &[]).await.is_ok());
}
