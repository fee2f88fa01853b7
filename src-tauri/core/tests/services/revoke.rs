//! Owns the proof of ending a key: asked once, proved, and said honestly where it cannot be proved.

use crate::house::{House, KNOWN, reason};
use latchkey_core::domain::{AccountId, ActivityKind, ApiKey, KeptIn, Offered, Outcome, ServiceStatus};
use latchkey_core::services::{EditedServers, Proof, Reason, WhyTyped};
use latchkey_core::vault::VaultError;
use serde_json::json;

const DELETED: &str = "DELETE /api/keys/{id}";

async fn with_key(keep: bool) -> (House, AccountId, ApiKey) {
    let (house, account) = House::signed_in(&[]).await;
    let (key, _) = house.create(account, "laptop", keep).await;
    (house, account, key)
}

fn is_revoked(house: &House, key: &ApiKey) -> bool {
    matches!(house.known(key.id).service_status, ServiceStatus::Revoked(Some(_)))
}

#[tokio::test]
async fn a_kept_key_is_revoked_once_proved_refused_and_its_copy_deleted() {
    let (house, _, key) = with_key(true).await;
    house.copy_secret(key.id).await.unwrap();
    house.refresh_keys(None).await.unwrap();
    let plan = house.revoke_plan(key.id).unwrap();
    assert!(!plan.in_browser && plan.consequences.iter().any(|line| line.contains("copy kept")));
    assert_eq!(plan.confirmation.unwrap().why, WhyTyped::UsedToday, "asking for its workspace was a use");
    for typed in [None, Some(""), Some("Laptop")] {
        assert_eq!(reason(house.revoke_key(key.id, typed, false).await), Reason::WrongConfirmation);
    }
    assert_eq!(house.program.count(DELETED).await, 0);
    let place = house.note_place(key.id, "GitHub Actions", "acme/notes").unwrap();
    let result = house.revoke_key(key.id, Some(" laptop "), true).await.unwrap();
    assert!(result.revoked && matches!(result.proof, Proof::Refused { .. }), "{:?}", result.proof);
    assert_eq!(result.noted_places, [place]);
    assert_eq!(house.program.count(DELETED).await, 1);
    assert!(is_revoked(&house, &key));
    assert_eq!((result.key.kept, house.store.count()), (KeptIn::Nowhere, 1));
    assert!(house.board.is_empty(), "a key that opens nothing stays in no clipboard");
    assert_eq!(house.lines(ActivityKind::RevokeIntended), [Outcome::Started]);
    assert_eq!(house.lines(ActivityKind::KeyRevoked), [Outcome::Done]);
    assert!(house.records.unanswered().unwrap().is_empty());
    assert_eq!(house.state(key.account).account.capability.revoke, Offered::Yes);
}

#[tokio::test]
async fn a_key_whose_secret_is_not_here_is_proved_by_the_list() {
    let (house, _, key) = with_key(false).await;
    let result = house.revoke_key(key.id, Some("laptop"), false).await.unwrap();
    assert!(result.revoked && matches!(result.proof, Proof::Listed { .. }), "{:?}", result.proof);
    assert!(is_revoked(&house, &key));
}

#[tokio::test]
async fn a_key_that_waits_in_the_slot_leaves_it_when_it_is_refused() {
    let (house, account) = House::signed_in(&[]).await;
    let key = house.create_key(House::wish(account, "laptop")).await.unwrap().key;
    house.secret(key.id).await;
    house.until("the workspace is confirmed", || house.known(key.id).workspace_confirmed).await;
    let typed = house.revoke_plan(key.id).unwrap().confirmation.map(|confirmation| confirmation.text);
    assert!(house.revoke_key(key.id, typed.as_deref(), false).await.unwrap().revoked);
    assert!(house.slot().unwrap().is_none() && !house.has_unsaved_secret());
}

#[tokio::test]
async fn a_key_that_is_still_accepted_is_called_so_and_keeps_its_copy() {
    let (house, _, key) = with_key(true).await;
    // The service says done and does nothing: the only faithful witness is the key itself.
    house.program.fault("DELETE", "/api/keys", "dropped_before_work", 1).await;
    let result = house.revoke_key(key.id, Some("laptop"), false).await.unwrap();
    assert!(!result.revoked && matches!(result.proof, Proof::StillAccepted { .. }), "{:?}", result.proof);
    assert_eq!((result.key.kept, is_revoked(&house, &key)), (KeptIn::Keychain, false));
    assert_eq!(house.lines(ActivityKind::KeyRevoked), [Outcome::Failed]);
}

#[tokio::test]
async fn a_lost_answer_and_a_key_that_is_gone_are_decided_by_the_proof() {
    for keep in [true, false] {
        let (house, _, key) = with_key(keep).await;
        house.program.fault("DELETE", "/api/keys", "dropped_after_work", 1).await;
        let result = house.revoke_key(key.id, Some("laptop"), false).await.unwrap();
        assert!(result.revoked && is_revoked(&house, &key), "{:?}", result.proof);
        assert_eq!(house.program.count(DELETED).await, 1);
    }
    let (house, _, key) = with_key(true).await;
    house.records.put_key(&ApiKey { remote_id: Some("no-such-id".to_owned()), ..key.clone() }).unwrap();
    let result = house.revoke_key(key.id, Some("laptop"), false).await.unwrap();
    assert!(!result.revoked && matches!(result.proof, Proof::StillAccepted { .. }), "{:?}", result.proof);
}

#[tokio::test]
async fn a_failing_service_is_believed_only_with_proof() {
    let (house, _, key) = with_key(true).await;
    house.program.fault("DELETE", "/api/keys", "server_error", 1).await;
    assert_eq!(reason(house.revoke_key(key.id, Some("laptop"), false).await), Reason::ServiceFailed);
    assert!(!is_revoked(&house, &key));
    assert_eq!(house.lines(ActivityKind::RevokeIntended), [Outcome::Started, Outcome::Failed]);
    // The work is done, and the answer is half its JSON or a failure.
    let path = format!("/admin/keys/{}/revoke", key.remote_id.clone().unwrap());
    house.program.admin(&path, &json!({})).await;
    house.program.fault("DELETE", "/api/keys", "server_error", 1).await;
    let result = house.revoke_key(key.id, Some("laptop"), false).await.unwrap();
    assert!(result.revoked && matches!(result.proof, Proof::Refused { .. }));
    assert!(house.records.unanswered().unwrap().is_empty());
}

#[tokio::test]
async fn a_proof_that_cannot_be_had_is_said_and_the_copy_stays_until_it_is() {
    let (house, _, key) = with_key(true).await;
    house.program.fault("GET", "/workspaces/", "server_error", 1).await;
    let result = house.revoke_key(key.id, Some("laptop"), false).await.unwrap();
    let Proof::CouldNotTell { error } = &result.proof else { panic!("{:?}", result.proof) };
    assert_eq!(error.reason, Reason::ServiceFailed);
    assert!(result.revoked, "the service said so");
    assert_eq!(result.key.kept, KeptIn::Keychain);
    let result = house.check_revoked(key.id).await.unwrap();
    assert!(matches!(result.proof, Proof::Refused { .. }) && result.key.kept == KeptIn::Nowhere);
    assert_eq!(house.lines(ActivityKind::RevokeProved), [Outcome::Done]);
}

#[tokio::test]
async fn a_keychain_that_fails_does_not_hide_that_a_key_is_revoked() {
    let (house, _, key) = with_key(true).await;
    house.store.break_with(VaultError::Locked);
    let result = house.revoke_key(key.id, Some("laptop"), false).await.unwrap();
    assert!(matches!(&result.proof, Proof::CouldNotTell { error } if error.reason == Reason::KeychainLocked));
    assert!(is_revoked(&house, &key) && result.key.kept == KeptIn::Keychain);
    house.store.break_with(None);
    assert_eq!(house.check_revoked(key.id).await.unwrap().key.kept, KeptIn::Nowhere);
    assert_eq!(house.store.count(), 1);
}

#[tokio::test]
async fn where_no_revoke_is_offered_it_is_done_in_the_browser_and_proved_here() {
    let (house, account) = House::signed_in(KNOWN).await;
    let (key, secret) = house.create(account, "laptop", true).await;
    let plan = house.revoke_plan(key.id).unwrap();
    assert!(plan.in_browser && plan.confirmation.unwrap().why == WhyTyped::UseUnknown);
    assert_eq!(reason(house.revoke_key(key.id, Some("laptop"), false).await), Reason::NotOffered);
    house.open_page(latchkey_core::services::PageKind::Keys, Some(account), None).unwrap();
    assert!(house.browser.pages.lock().unwrap().last().unwrap().as_str().contains("/settings/api-keys"));
    let before = house.check_revoked(key.id).await.unwrap();
    assert!(!before.revoked && matches!(before.proof, Proof::StillAccepted { .. }));
    let id = house.program.keys().await[0]["id"].as_str().unwrap().to_owned();
    house.program.admin(&format!("/admin/keys/{id}/revoke"), &json!({})).await;
    let after = house.check_revoked(key.id).await.unwrap();
    assert!(after.revoked && matches!(after.proof, Proof::Refused { .. }) && is_revoked(&house, &key));
    assert!(!house.program.accepts(&secret).await);
    assert_eq!(house.lines(ActivityKind::RevokeProved), [Outcome::Done]);
}

#[tokio::test]
async fn without_secret_and_list_there_is_no_proof() {
    let (house, account) = House::signed_in(KNOWN).await;
    let (key, _) = house.create(account, "laptop", false).await;
    let result = house.check_revoked(key.id).await.unwrap();
    assert!(!result.revoked && result.proof == Proof::NoSecret);
    assert!(!is_revoked(&house, &key));
}

#[tokio::test]
async fn a_server_that_turns_out_to_offer_no_revoke_is_remembered() {
    let (house, account) = House::signed_in(&["--without", "revoke"]).await;
    let (key, _) = house.create(account, "laptop", true).await;
    assert!(!house.revoke_plan(key.id).unwrap().in_browser);
    assert_eq!(reason(house.revoke_key(key.id, Some("laptop"), false).await), Reason::NotOffered);
    assert!(matches!(house.state(account).account.capability.revoke, Offered::No(404 | 405)));
    assert!(house.revoke_plan(key.id).unwrap().in_browser);
}

#[tokio::test]
async fn another_server_is_never_sent_the_ids_of_the_first() {
    let (house, account, key) = with_key(true).await;
    assert!(key.remote_id.is_some());
    let server = house.state(account).account.servers.authorization.unwrap().server;
    let elsewhere = EditedServers {
        host: "http://127.0.0.1:9".to_owned(),
        authorization_server: server.to_string(),
        ..EditedServers::default()
    };
    let asked = house.set_servers(account, &elsewhere, false).await;
    assert_eq!(reason(asked), Reason::HostUnconfirmed);
    assert_eq!(reason(house.set_host(account, "http://127.0.0.1:9", false).await), Reason::HostUnconfirmed);
    assert!(house.known(key.id).remote_id.is_some(), "nothing changes before it is confirmed");
    house.set_servers(account, &elsewhere, true).await.unwrap();
    assert_eq!(house.known(key.id).remote_id, None);
    assert!(house.revoke_plan(key.id).unwrap().in_browser);
}
