//! Owns the proof of reading the list: merged with what is known, one account never in another's way.

use crate::house::{House, KNOWN, PERSONAL};
use crate::program::Program;
use latchkey_core::domain::{ActivityKind, LastUse, Offered, ProviderId, ServiceStatus};
use latchkey_core::services::{EditedServers, Reason, SandboxProgram as _, Topic};
use std::sync::Arc;

#[tokio::test]
async fn the_keys_of_every_workspace_are_listed_each_once_with_what_is_known_of_them() {
    let (house, account) = House::signed_in(&["--seed", "demo"]).await;
    let keys = house.keys().unwrap();
    assert_eq!(keys.len(), 20);
    assert!(keys.iter().all(|key| key.account == account && key.remote_id.is_some() && key.workspace_confirmed));
    assert!(keys.iter().any(|key| key.last_use == LastUse::Never));
    assert!(keys.iter().any(|key| matches!(key.service_status, ServiceStatus::Revoked(Some(_)))));
    house.refresh_keys(None).await.unwrap();
    assert_eq!(house.keys().unwrap(), keys, "reading again changes nothing");
    assert!(house.state(account).account.reports_use);
    assert_eq!(house.state(account).account.capability.list, Offered::Yes);
}

#[tokio::test]
async fn a_key_revoked_elsewhere_is_shown_as_revoked() {
    let (house, account) = House::signed_in(&[]).await;
    let (key, _) = house.create(account, "work-laptop", false).await;
    let path = format!("/admin/keys/{}/revoke", key.remote_id.clone().unwrap());
    house.program.admin(&path, &serde_json::json!({})).await;
    house.refresh_keys(Some(account)).await.unwrap();
    assert!(matches!(house.known(key.id).service_status, ServiceStatus::Revoked(Some(_))));
    assert_eq!(house.keys().unwrap().len(), 1);
}

#[tokio::test]
async fn a_server_without_a_list_is_remembered_and_known_keys_stay() {
    let (house, account) = House::signed_in(KNOWN).await;
    let state = house.state(account);
    assert!(matches!(state.account.capability.list, Offered::No(404 | 405)));
    assert!(state.failure.is_none(), "it is no failure that it offers no list");
    let (key, _) = house.create(account, "work-laptop", true).await;
    house.refresh_keys(None).await.unwrap();
    assert_eq!(house.keys().unwrap(), [key]);
    assert_eq!(house.lines(ActivityKind::ListFailed), []);
}

#[tokio::test]
async fn an_account_that_is_being_read_is_not_asked_twice() {
    let (house, account) = House::signed_in(&[]).await;
    let before = house.program.count("GET /api/keys").await;
    house.program.delay("GET", "/api/keys", 200).await;
    let (first, second) = tokio::join!(house.refresh_keys(Some(account)), house.refresh_keys(None));
    first.unwrap();
    second.unwrap();
    assert_eq!(house.program.count("GET /api/keys").await, before + 2, "once for each workspace");
}

#[tokio::test]
async fn a_failure_is_kept_with_the_account_told_once_and_gone_with_the_next_success() {
    let (house, account) = House::signed_in(&[]).await;
    let (key, _) = house.create(account, "work-laptop", false).await;
    let heard = house.told.heard(Topic::Keys);
    for _ in 0..2 {
        house.program.fault("GET", "/api/keys", "server_error", 2).await;
        house.refresh_keys(None).await.unwrap();
    }
    assert_eq!(house.told.heard(Topic::Keys), heard, "no key changed, so no list is read again");
    assert_eq!(house.state(account).failure.unwrap().reason, Reason::ServiceFailed);
    assert_eq!(house.lines(ActivityKind::ListFailed).len(), 1);
    let again = house.restarted();
    assert_eq!(again.state(account).failure.unwrap().reason, Reason::ServiceFailed);
    house.program.fault("GET", "/api/keys", "server_error", 2).await;
    again.refresh_keys(None).await.unwrap();
    assert_eq!(house.lines(ActivityKind::ListFailed).len(), 1);
    assert_eq!(house.keys().unwrap(), std::slice::from_ref(&key));
    house.refresh_keys(None).await.unwrap();
    assert!(house.state(account).failure.is_none());
}

#[tokio::test]
async fn a_slow_account_delays_no_other() {
    let (house, slow) = House::signed_in(&[]).await;
    let other = Arc::new(Program::new(&[]));
    other.start().await.unwrap();
    let (host, authorization) = (other.servers().host, other.authorization());
    let servers = EditedServers {
        host: host.to_string(),
        authorization_server: authorization.server.to_string(),
        client_id: authorization.client_id,
        loopback: false,
    };
    house.start_sign_in(ProviderId::BASIC_MEMORY, None, Some(servers)).await.unwrap();
    let code = house.user_code().await;
    other.approve(&code, 2).await;
    let quick = house.settled_account().await;
    assert_ne!(quick, slow);
    let before = house.state(quick).account.checked_at;
    house.program.delay("GET", "/api/keys", 1500).await;
    let services = house.clone();
    let reading = tokio::spawn(async move { services.refresh_keys(None).await });
    house.until("the quick one is read", || house.state(quick).account.checked_at > before).await;
    assert!(house.state(slow).checking, "while the slow one is still being read");
    reading.await.unwrap().unwrap();
    assert!(!house.state(slow).checking);
}

#[tokio::test]
async fn a_key_on_its_way_is_neither_shown_nor_found_nor_doubled_by_a_list() {
    let (house, account) = House::signed_in(&[]).await;
    house.program.delay("POST", "/api/keys", 400).await;
    let (created, ()) = tokio::join!(house.create_key(House::wish(account, "work-laptop")), async {
        house.until_asked("POST /api/keys", 1).await;
        assert_eq!(house.keys().unwrap(), []);
        house.refresh_keys(None).await.unwrap();
    });
    let key = created.unwrap().key;
    house.refresh_keys(None).await.unwrap();
    assert_eq!(house.keys().unwrap().len(), 1);
    assert_eq!(house.known(key.id).workspace.as_deref(), Some(PERSONAL));
    assert_eq!(house.lines(ActivityKind::KeyFound), []);
    house.secret(key.id).await;
}
