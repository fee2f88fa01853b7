//! Owns the proof of several services beside each other: the sandbox fills all four, keys are made in a
//! dashboard, and an account that hangs, fails or is large is in nobody's way.

use crate::admin_key::{API, OS};
use crate::house::{House, reason};
use latchkey_core::domain::{AccountId, ActivityKind, Expiry, KeptIn, KeyOrigin, ProviderId, SignIn};
use latchkey_core::services::{AdoptKey, Proof, Reason, TestResult};
use serde_json::json;
use std::time::{Duration, Instant};

const KIT: ProviderId = ProviderId::named("memory-kit");
const ALL: [ProviderId; 4] = [ProviderId::BASIC_MEMORY, API, OS, KIT];

fn of(house: &House, provider: ProviderId) -> AccountId {
    house.accounts().unwrap().into_iter().find(|state| state.account.provider == provider).unwrap().account.id
}

async fn filled(arguments: &[&str]) -> House {
    let house = House::with(&ALL, arguments);
    house.open_sandbox().await.unwrap();
    for provider in [API, OS] {
        let id = of(&house, provider);
        house.until("the account is read", || house.state(id).account.checked_at.is_some()).await;
        house.until("its usage is read", || house.state(id).account.usage.is_some()).await;
    }
    house
}

#[tokio::test]
async fn opening_the_sandbox_fills_four_accounts_and_closing_removes_every_trace() {
    let house = filled(&["--seed", "demo"]).await;
    let states = house.accounts().unwrap();
    assert_eq!(states.iter().map(|state| state.account.provider).collect::<Vec<_>>(), ALL);
    let signed: Vec<SignIn> = states.iter().map(|state| state.account.sign_in).collect();
    assert_eq!(signed, [SignIn::SignedOut, SignIn::SignedIn, SignIn::SignedIn, SignIn::NotUsed]);
    assert!(states.iter().all(|state| state.account.sandbox && state.failure.is_none()));
    for provider in [API, OS] {
        let account = house.state(of(&house, provider)).account;
        assert!(account.usage.is_some() && account.rate_limit.is_some() && account.admin_key.is_some());
        assert!(house.records.keys_of(account.id).unwrap().len() >= 5);
    }
    let kit = house.records.keys_of(of(&house, KIT)).unwrap();
    assert_eq!(kit.len(), 2);
    assert!(kit.iter().all(|key| key.project.is_some() && key.scopes.is_some() && key.kept == KeptIn::Keychain));
    assert_eq!(house.store.count(), 4);
    house.close_sandbox().await.unwrap();
    assert_eq!((house.accounts().unwrap().len(), house.keys().unwrap().len(), house.store.count()), (0, 0, 0));
}

#[tokio::test]
async fn a_key_made_in_the_dashboard_is_taken_in_tested_and_its_end_is_proved() {
    let (house, account) = House::of(KIT, &[]).await;
    let known = house.records.keys_of(account).unwrap().remove(0);
    let secret = house.secret(known.id).await;
    house.remove_key(known.id).await.unwrap();
    house.board.write(&format!("\u{feff} '{}' \n", secret.expose_secret()));
    let pasted = house.paste_key().await.unwrap();
    assert!(pasted.problems.is_empty() && pasted.known_as.is_none() && pasted.trimmed.len() == 4, "{pasted:?}");
    assert_eq!(
        house.test_pasted(&pasted.id, KIT, Some(&house.program.host(KIT))).await.unwrap().result,
        TestResult::Works
    );
    let day = (house.now() + chrono::TimeDelta::days(90)).date_naive();
    let adopt = AdoptKey {
        source: pasted.id,
        account: Some(account),
        name: "Support bot".to_owned(),
        keep: true,
        project: Some("Helpdesk".to_owned()),
        scopes: Some(vec!["chats:read".to_owned(), "chats:write".to_owned()]),
        remind_on: Some(day),
        ..AdoptKey::default()
    };
    let wrong = AdoptKey { scopes: Some(vec!["admin".to_owned()]), ..adopt.clone() };
    assert_eq!(reason(house.adopt_key(wrong).await), Reason::BadInput);
    let key = house.adopt_key(adopt).await.unwrap().key;
    assert!(house.board.is_empty(), "an added key leaves the clipboard, whatever stood around it there");
    assert_eq!((key.origin, key.project.as_deref()), (KeyOrigin::Adopted, Some("Helpdesk")));
    assert!(matches!(key.expiry, Expiry::Reminder(_)) && key.scopes.unwrap().len() == 2);
    assert!(house.revoke_plan(key.id).unwrap().in_browser);
    let still = house.check_revoked(key.id).await.unwrap();
    assert!(!still.revoked && matches!(still.proof, Proof::StillAccepted { .. }));
    let at_service = house.program.keys_of(KIT).await;
    let id =
        at_service.iter().find(|row| row["name"] == known.name.as_str()).unwrap()["id"].as_str().unwrap().to_owned();
    house.program.admin(&format!("/admin/keys/{id}/revoke"), &json!({})).await;
    assert_eq!(house.test_key(key.id).await.unwrap().result, TestResult::Refused);
    let proved = house.check_revoked(key.id).await.unwrap();
    assert!(proved.revoked && matches!(proved.proof, Proof::Refused { .. }));
    assert_eq!(house.known(key.id).kept, KeptIn::Nowhere);
}

#[tokio::test]
async fn a_new_account_is_made_for_a_pasted_dashboard_key_at_the_confirmed_host() {
    let (house, account) = House::of(KIT, &[]).await;
    let known = house.records.keys_of(account).unwrap().remove(0);
    let secret = house.secret(known.id).await;
    house.remove_account(account, true).await.unwrap();
    house.board.write(secret.expose_secret());
    let pasted = house.paste_key().await.unwrap();
    let adopt = AdoptKey {
        source: pasted.id,
        provider: Some(KIT),
        host: Some(house.program.host(KIT)),
        name: "bot".to_owned(),
        keep: true,
        ..AdoptKey::default()
    };
    let adopted = house.adopt_key(adopt).await.unwrap();
    assert_eq!(
        (adopted.account.sign_in, adopted.account.servers.host.as_str()),
        (SignIn::NotUsed, &*house.program.host(KIT))
    );
    house.refresh_keys(None).await.unwrap();
    assert!(house.state(adopted.account.id).failure.is_none(), "an account without a list has no failure");
    assert!(house.refresh_usage(adopted.account.id).await.unwrap().account.usage.is_some());
}

#[tokio::test]
async fn a_rate_limit_is_waited_for_in_sight_and_can_be_given_up() {
    let (house, account) = House::of(API, &[]).await;
    let before = house.program.count("memory-api GET /v1/account/api-keys").await;
    house.program.fault_of(API, "GET", "/v1/account/api-keys", "rate_limited", 1).await;
    let services = house.clone();
    let reading = tokio::spawn(async move { services.refresh_keys(Some(account)).await });
    house.until("it waits", || house.state(account).retry.is_some()).await;
    let retry = house.state(account).retry.unwrap();
    assert_eq!((retry.attempt, retry.of), (1, 3));
    assert!(house.state(account).checking && retry.at > house.now());
    house.cancel_retry(account);
    reading.await.unwrap().unwrap();
    let state = house.state(account);
    assert!(state.retry.is_none() && !state.checking);
    assert_eq!(state.failure.unwrap().reason, Reason::RateLimited);
    assert_eq!(house.program.count("memory-api GET /v1/account/api-keys").await, before + 1);
}

#[tokio::test]
async fn a_rate_limit_that_was_waited_for_ends_in_the_list() {
    let (house, account) = House::of(API, &[]).await;
    let before = house.program.count("memory-api GET /v1/account/api-keys").await;
    let age = house.state(account).account.checked_at;
    let soon = json!({"service": "memory-api", "path": "/v1/account/api-keys", "method": "GET", "kind": "rate_limited", "times": 1, "retry_after": 1});
    house.program.admin("/admin/faults", &soon).await;
    let services = house.clone();
    let reading = tokio::spawn(async move { services.refresh_keys(Some(account)).await });
    house.until("it waits", || house.state(account).retry.is_some()).await;
    let due = house.state(account).retry.unwrap().at;
    reading.await.unwrap().unwrap();
    let state = house.state(account);
    assert!(state.retry.is_none() && state.failure.is_none() && !state.checking, "{state:?}");
    assert!(state.account.checked_at > age && house.now() >= due, "not before the moment that the service named");
    assert_eq!(house.program.count("memory-api GET /v1/account/api-keys").await, before + 2);
}

#[tokio::test]
async fn a_create_that_met_a_rate_limit_is_not_sent_again() {
    let (house, account) = House::of(API, &[]).await;
    house.program.fault_of(API, "POST", "/v1/account/api-keys", "rate_limited", 1).await;
    let wish = latchkey_core::services::CreateKey {
        workspace: None,
        environment: Some("live".to_owned()),
        ..House::wish(account, "once")
    };
    assert_eq!(reason(house.create_key(wish).await), Reason::RateLimited);
    assert_eq!(house.program.count("memory-api POST /v1/account/api-keys").await, 1);
    assert!(house.state(account).retry.is_none() && house.named("once").is_none());
}

#[tokio::test]
async fn a_key_that_is_used_after_a_long_rest_is_marked_until_it_was_seen() {
    let (house, account) = House::of(API, &["--seed", "demo"]).await;
    let old = |key: &&latchkey_core::domain::ApiKey| match key.last_use {
        latchkey_core::domain::LastUse::At(at) => house.now() - at > chrono::TimeDelta::days(30),
        _ => false,
    };
    let key = house.records.keys_of(account).unwrap().iter().find(old).unwrap().clone();
    house.program.admin(&format!("/admin/keys/{}/use", key.remote_id.clone().unwrap()), &json!({})).await;
    house.refresh_keys(Some(account)).await.unwrap();
    assert!(house.known(key.id).woke_at.is_some());
    assert_eq!(house.lines(ActivityKind::KeyWoke).len(), 1);
    house.refresh_keys(Some(account)).await.unwrap();
    assert!(house.known(key.id).woke_at.is_some(), "it stays until somebody looks");
    assert!(house.seen(key.id).unwrap().woke_at.is_none());
}

#[tokio::test]
async fn one_hanging_one_failing_one_empty_and_one_large_account_stand_beside_each_other() {
    let house = House::with(&ALL, &["--seed", "10000"]);
    house.open_sandbox().await.unwrap();
    let large = house.sign_in(Some(of(&house, ProviderId::BASIC_MEMORY)), 1).await;
    let (hanging, failing, empty) = (of(&house, API), of(&house, OS), of(&house, KIT));
    for key in house.records.keys_of(empty).unwrap() {
        house.remove_key(key.id).await.unwrap();
    }
    for id in [hanging, failing] {
        house
            .until("the account is read", || house.state(id).account.checked_at.is_some() && !house.state(id).checking)
            .await;
    }
    let hang = json!({"service": "memory-api", "path": "/v1/account/api-keys", "method": "GET", "kind": "latency", "times": 1, "milliseconds": 8000});
    house.program.admin("/admin/faults", &hang).await;
    house.program.fault_of(OS, "GET", "/api/v1/keys", "server_error", 1).await;
    let before = house.state(large).account.checked_at;
    let age = house.state(hanging).account.checked_at;
    let services = house.clone();
    let reading = tokio::spawn(async move { services.refresh_keys(None).await });
    house.until("the large one is read", || house.state(large).account.checked_at > before).await;
    house.until("the failing one has failed", || house.state(failing).failure.is_some()).await;
    assert!(house.state(hanging).checking && house.state(hanging).account.checked_at == age, "it shows its own age");
    assert!(house.state(empty).failure.is_none() && house.records.keys_of(empty).unwrap().is_empty());
    assert_eq!(house.state(failing).failure.unwrap().reason, Reason::ServiceFailed);
    assert!(house.records.keys_of(large).unwrap().len() >= 10_000);
    assert!(!reading.is_finished());
    reading.abort();
}

#[tokio::test]
async fn ten_accounts_are_read_side_by_side() {
    let (house, first) = House::of(API, &[]).await;
    let account = house.state(first).account;
    for number in 1..10 {
        let copy = latchkey_core::domain::Account {
            id: AccountId::random(),
            label: format!("API {number}"),
            ..account.clone()
        };
        house.records.put_account(&copy).unwrap();
    }
    let late = json!({"service": "memory-api", "path": "/v1/account/api-keys", "method": "GET", "kind": "latency", "times": 20, "milliseconds": 300});
    house.program.admin("/admin/faults", &late).await;
    let begun = Instant::now();
    house.refresh_keys(Some(first)).await.unwrap();
    let one = begun.elapsed();
    let begun = Instant::now();
    house.refresh_keys(None).await.unwrap();
    let ten = begun.elapsed();
    assert!(one >= Duration::from_millis(300), "the fault is in place: {one:?}");
    assert!(ten < one * 4, "one after the other they would take ten times as long: {ten:?} against {one:?}");
    assert!(
        house.accounts().unwrap().iter().all(|state| state.failure.is_none() && state.account.checked_at.is_some())
    );
}
