//! Owns the proof of signing in from the code to the stored refresh token, and every way it can end otherwise.

use crate::house::{House, holds_a_secret, reason};
use latchkey_core::domain::{ActivityKind, Outcome, ProviderId, SignIn};
use latchkey_core::services::{AttemptState, Reason, SandboxProgram as _, StoreState, Topic};
use latchkey_core::vault::{SecretName, VaultError};
use std::sync::atomic::Ordering;

const SERVICE: ProviderId = ProviderId::BASIC_MEMORY;
const TOKEN: &str = "/oauth2/token";

#[tokio::test]
async fn a_sign_in_goes_from_opening_over_waiting_to_done_and_keeps_its_refresh_token() {
    let (house, account) = House::opened(&[]).await;
    let attempt = house.start_sign_in(SERVICE, Some(account), None).await.unwrap();
    assert_eq!((attempt.state, attempt.user_code), (AttemptState::Opening, None));
    let waiting = house.attempt(AttemptState::Waiting).await;
    let code = waiting.user_code.clone().unwrap();
    let page = house.browser.pages.lock().unwrap()[0].clone();
    assert!(waiting.browser_opened && page.as_str().contains(&code), "{page}");
    let shown = waiting.verification_uri.clone().unwrap();
    assert!(!shown.as_str().contains(&code) && waiting.expires_at.is_some());
    assert_eq!(waiting.verification_host.as_deref(), shown.as_str().split('/').nth(2));
    house.copy_user_code().unwrap();
    assert!(house.board.holds(&code));
    house.copy_sign_in_address().unwrap();
    assert!(house.board.holds(shown.as_str()));
    house.open_sign_in_page().unwrap();
    assert_eq!(house.browser.pages.lock().unwrap().len(), 2);

    house.program.approve(&code, 1).await;
    assert_eq!(house.settled_account().await, account);
    let state = house.state(account);
    assert_eq!(state.account.sign_in, SignIn::SignedIn);
    assert_eq!(state.account.email.as_deref(), Some("person1@sandbox.example"));
    assert_eq!(state.account.workspaces.len(), 2);
    let refresh = house.store.item(SecretName::RefreshToken(account)).unwrap();
    assert_eq!(house.lines(ActivityKind::SignedIn), [Outcome::Done]);
    assert!(house.told.heard(Topic::SignIn) >= 3);
    let shown = format!("{:?} {:?}", house.sign_in_state(), house.accounts());
    assert!(!holds_a_secret(shown.as_bytes(), std::slice::from_ref(&refresh)));
    assert!(house.program.renews(&refresh).await, "what is kept is the token itself");
}

#[tokio::test]
async fn nothing_is_sent_while_the_keychain_cannot_keep_a_token() {
    let (house, account) = House::opened(&[]).await;
    for (error, expected) in [
        (VaultError::Absent, Reason::KeychainAbsent),
        (VaultError::Locked, Reason::KeychainLocked),
        (VaultError::Denied, Reason::KeychainDenied),
    ] {
        house.store.break_with(error);
        assert_eq!(reason(house.start_sign_in(SERVICE, Some(account), None).await), expected);
    }
    assert!(house.sign_in_state().is_none());
    assert_eq!(house.storage().state, StoreState::Denied);
    assert_eq!(house.program.count("GET /.well-known/oauth-authorization-server").await, 0);
    house.store.break_with(VaultError::Absent);
    house.keep_for_session(true).await;
    assert_eq!(house.sign_in(Some(account), 1).await, account);
    assert_eq!(house.store.count(), 0);
    assert!(house.sign_out(account).await.unwrap().revoked_at_server);
}

#[tokio::test]
async fn a_denied_sign_in_says_so() {
    let (house, account) = House::opened(&[]).await;
    house.start_sign_in(SERVICE, Some(account), None).await.unwrap();
    let code = house.user_code().await;
    house.program.admin("/admin/deny", &serde_json::json!({"user_code": code})).await;
    house.attempt(AttemptState::Denied).await;
    assert_eq!((house.state(account).account.sign_in, house.store.count()), (SignIn::SignedOut, 0));
}

#[tokio::test]
async fn a_code_ends_by_the_clock() {
    let (house, account) = House::opened(&[]).await;
    house.start_sign_in(SERVICE, Some(account), None).await.unwrap();
    house.user_code().await;
    house.clock.advance(301);
    house.attempt(AttemptState::Expired).await;
    assert_eq!(house.program.count("grant device_code").await, 0);
}

#[tokio::test]
async fn without_a_browser_the_code_and_the_address_are_shown() {
    let (house, account) = House::opened(&[]).await;
    house.browser.missing.store(true, Ordering::SeqCst);
    house.start_sign_in(SERVICE, Some(account), None).await.unwrap();
    let waiting = house.attempt(AttemptState::Waiting).await;
    assert!(!waiting.browser_opened);
    let failure = waiting.failure.unwrap();
    assert_eq!(failure.reason, Reason::BrowserFailed);
    assert_eq!(failure.details.url, waiting.verification_uri.map(|page| page.to_string()));
    assert_eq!(reason(house.open_sign_in_page()), Reason::BrowserFailed);
    house.program.approve(&waiting.user_code.unwrap(), 1).await;
    house.settled_account().await;
}

#[tokio::test]
async fn a_cancelled_sign_in_asks_no_more() {
    let (house, account) = House::opened(&[]).await;
    house.start_sign_in(SERVICE, Some(account), None).await.unwrap();
    let code = house.user_code().await;
    house.cancel_sign_in();
    assert_eq!(house.sign_in_state().unwrap().state, AttemptState::Cancelled);
    house.program.approve(&code, 1).await;
    assert_eq!(house.sign_in(Some(account), 2).await, account);
    assert_eq!(house.state(account).account.email.as_deref(), Some("person2@sandbox.example"));
}

#[tokio::test]
async fn an_approval_that_arrives_after_cancelling_is_given_back() {
    let (house, account) = House::opened(&[]).await;
    house.program.delay("POST", TOKEN, 400).await;
    house.start_sign_in(SERVICE, Some(account), None).await.unwrap();
    let code = house.user_code().await;
    house.program.approve(&code, 1).await;
    house.until_asked("POST /oauth2/token", 1).await;
    house.cancel_sign_in();
    house.until_asked("POST /oauth2/revoke", 1).await;
    assert_eq!(house.sign_in_state().unwrap().state, AttemptState::Cancelled);
    assert_eq!((house.state(account).account.sign_in, house.store.count()), (SignIn::SignedOut, 0));
    assert_eq!(house.lines(ActivityKind::SignedIn), []);
}

#[tokio::test]
async fn a_newer_sign_in_takes_the_place_of_a_running_one() {
    let (house, account) = House::opened(&[]).await;
    let first = house.start_sign_in(SERVICE, Some(account), None).await.unwrap();
    let old_code = house.user_code().await;
    let second = house.start_sign_in(SERVICE, Some(account), None).await.unwrap();
    assert_ne!(first.id, second.id);
    let code = house.user_code().await;
    assert_ne!(code, old_code);
    house.program.approve(&old_code, 2).await;
    house.program.approve(&code, 1).await;
    house.settled_account().await;
    assert_eq!(house.sign_in_state().unwrap().id, second.id);
    assert_eq!(house.state(account).account.email.as_deref(), Some("person1@sandbox.example"));
    assert_eq!(house.accounts().unwrap().len(), 1);
}

#[tokio::test]
async fn a_lost_connection_is_retried_until_the_sign_in_is_done() {
    let (house, account) = House::opened(&[]).await;
    house.program.fault("POST", TOKEN, "dropped_before_work", 1).await;
    house.start_sign_in(SERVICE, Some(account), None).await.unwrap();
    let code = house.user_code().await;
    house.attempt(AttemptState::Retrying).await;
    house.program.approve(&code, 1).await;
    assert_eq!(house.settled_account().await, account);
}

#[tokio::test]
async fn a_server_that_is_not_there_fails_the_sign_in_and_names_the_host() {
    let (house, account) = House::opened(&[]).await;
    house.program.stop();
    house.start_sign_in(SERVICE, Some(account), None).await.unwrap();
    let failure = house.attempt(AttemptState::Failed).await.failure.unwrap();
    assert_eq!((failure.reason, failure.details.host.as_deref()), (Reason::Offline, Some("127.0.0.1")));
}

#[tokio::test]
async fn somebody_else_makes_another_account_and_the_same_person_does_not() {
    let (house, account) = House::signed_in(&[]).await;
    assert_eq!(house.sign_in(Some(account), 1).await, account);
    assert_eq!(house.accounts().unwrap().len(), 1);
    let other = house.sign_in(Some(account), 2).await;
    assert_ne!(other, account);
    assert_eq!(house.state(other).account.label, "person2@sandbox.example");
    assert!(house.state(other).account.sandbox);
    assert_eq!(house.state(account).account.email.as_deref(), Some("person1@sandbox.example"));
    assert_eq!(house.sign_in(Some(account), 2).await, other);
    assert_eq!(house.accounts().unwrap().len(), 2);
    assert_eq!(house.store.count(), 2);
}

#[tokio::test]
async fn a_token_that_cannot_be_kept_is_given_back_and_the_older_sign_in_stays() {
    let (house, account) = House::signed_in(&[]).await;
    let before = house.store.item(SecretName::RefreshToken(account)).unwrap();
    house.store.refuse_new(VaultError::Denied);
    house.start_sign_in(SERVICE, Some(account), None).await.unwrap();
    let code = house.user_code().await;
    house.program.approve(&code, 1).await;
    let failure = house.attempt(AttemptState::Failed).await.failure.unwrap();
    assert_eq!(failure.reason, Reason::KeychainDenied);
    assert_eq!(house.program.count("POST /oauth2/revoke").await, 1);
    assert!(house.store.item(SecretName::RefreshToken(account)).unwrap().same_as(&before));
    assert_eq!(house.state(account).account.sign_in, SignIn::SignedIn);
    house.store.refuse_new(None);
    house.refresh_workspaces(account).await.unwrap();
}
