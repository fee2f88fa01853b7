//! Owns the proof of how access tokens are renewed: once at a time, stored before use, and never lost.

use crate::house::{House, reason};
use futures::future::join_all;
use latchkey_core::domain::{ActivityKind, Outcome, SignIn};
use latchkey_core::services::{Reason, SandboxProgram as _};
use latchkey_core::vault::{SecretName, VaultError};

const REFRESHED: &str = "grant refresh_token";

#[tokio::test]
async fn a_token_is_renewed_sixty_seconds_before_it_ends_and_the_new_one_is_stored() {
    let (house, account) = House::signed_in(&["--access-token-seconds", "600"]).await;
    let first = house.store.item(SecretName::RefreshToken(account)).unwrap();
    house.clock.advance(530);
    house.refresh_workspaces(account).await.unwrap();
    assert_eq!(house.program.count(REFRESHED).await, 0);
    house.clock.advance(11);
    house.refresh_workspaces(account).await.unwrap();
    assert_eq!(house.program.count(REFRESHED).await, 1);
    let second = house.store.item(SecretName::RefreshToken(account)).unwrap();
    assert!(!second.same_as(&first), "rotated");
    house.refresh_workspaces(account).await.unwrap();
    assert_eq!(house.program.count(REFRESHED).await, 1);
}

#[tokio::test]
async fn twenty_calls_at_once_cause_one_refresh() {
    let (house, account) = House::signed_in(&[]).await;
    house.lock();
    house.unlock().unwrap();
    let calls = join_all((0..20).map(|_| house.refresh_workspaces(account))).await;
    assert!(calls.iter().all(Result::is_ok));
    assert_eq!(house.program.count(REFRESHED).await, 1);
}

#[tokio::test]
async fn locking_during_a_refresh_neither_starts_a_second_one_nor_keeps_its_token() {
    let (house, account) = House::signed_in(&[]).await;
    house.lock();
    house.program.delay("POST", "/oauth2/token", 300).await;
    let before = house.program.count("POST /oauth2/token").await;
    let calls = async {
        let (first, second) = tokio::join!(house.refresh_workspaces(account), async {
            house.until_asked("POST /oauth2/token", before + 1).await;
            house.lock();
            house.refresh_workspaces(account).await
        });
        first.unwrap();
        second.unwrap();
    };
    calls.await;
    // Each brought its own, one after the other: the first one's token was dropped by the lock.
    assert_eq!(house.program.count(REFRESHED).await, 2);
    assert_eq!(house.state(account).account.sign_in, SignIn::SignedIn);
}

#[tokio::test]
async fn a_rotated_token_the_keychain_refuses_is_kept_in_memory_until_it_takes_it() {
    let (house, account) = House::signed_in(&[]).await;
    let first = house.store.item(SecretName::RefreshToken(account)).unwrap();
    house.clock.advance(3600);
    house.store.refuse_new(VaultError::Locked);
    assert_eq!(reason(house.refresh_workspaces(account).await), Reason::KeychainLocked);
    assert_eq!(reason(house.refresh_workspaces(account).await), Reason::KeychainLocked);
    assert_eq!(house.program.count(REFRESHED).await, 1, "the new token is not used up unstored");
    assert_eq!(house.state(account).account.sign_in, SignIn::SignedIn);
    house.lock();
    house.store.refuse_new(None);
    house.refresh_workspaces(account).await.unwrap();
    assert!(!house.store.item(SecretName::RefreshToken(account)).unwrap().same_as(&first));
    assert_eq!(house.state(account).account.sign_in, SignIn::SignedIn);
}

#[tokio::test]
async fn signing_out_ends_even_a_token_the_keychain_never_took() {
    let (house, account) = House::signed_in(&[]).await;
    house.clock.advance(3600);
    house.store.refuse_new(VaultError::Locked);
    assert_eq!(reason(house.refresh_workspaces(account).await), Reason::KeychainLocked);
    assert!(house.sign_out(account).await.unwrap().revoked_at_server);
    house.store.refuse_new(None);
    assert_eq!(reason(house.refresh_workspaces(account).await), Reason::SignInNeeded);
    assert_eq!(house.store.count(), 0);
}

#[tokio::test]
async fn a_refused_refresh_token_is_deleted_and_the_account_stays() {
    let (house, account) = House::signed_in(&[]).await;
    house.store.plant(SecretName::RefreshToken(account), "unknown-token-EXAMPLE");
    house.lock();
    let calls = join_all((0..5).map(|_| house.refresh_workspaces(account))).await;
    assert!(calls.into_iter().all(|call| reason(call) == Reason::SignInNeeded));
    assert_eq!(house.state(account).account.sign_in, SignIn::Needed);
    assert_eq!(house.store.count(), 0);
    assert_eq!(house.lines(ActivityKind::SignInEnded), [Outcome::Failed]);
    assert_eq!(house.sign_in(Some(account), 1).await, account);
}

#[tokio::test]
async fn a_network_failure_keeps_the_sign_in() {
    let (house, account) = House::signed_in(&[]).await;
    let before = house.store.item(SecretName::RefreshToken(account)).unwrap();
    house.lock();
    house.program.fault("POST", "/oauth2/token", "server_error", 1).await;
    assert_eq!(reason(house.refresh_workspaces(account).await), Reason::ServiceFailed);
    house.program.fault("POST", "/oauth2/token", "dropped_before_work", 1).await;
    assert_eq!(reason(house.refresh_workspaces(account).await), Reason::NoAnswer);
    house.store.break_with(VaultError::Locked);
    assert_eq!(reason(house.refresh_workspaces(account).await), Reason::KeychainLocked);
    house.store.break_with(None);
    assert_eq!(house.state(account).account.sign_in, SignIn::SignedIn);
    assert!(house.store.item(SecretName::RefreshToken(account)).unwrap().same_as(&before));
    house.refresh_workspaces(account).await.unwrap();
    house.program.stop();
    // On a connection that was kept open it shows as a lost answer.
    assert!(matches!(reason(house.refresh_workspaces(account).await), Reason::Offline | Reason::NoAnswer));
    assert_eq!(house.state(account).account.sign_in, SignIn::SignedIn);
}

#[tokio::test]
async fn a_refused_access_token_is_renewed_and_the_call_made_once_more() {
    let (house, account) = House::signed_in(&[]).await;
    let asked = house.program.count("GET /workspaces/").await;
    house.program.fault("GET", "/workspaces/", "unauthorized", 1).await;
    house.refresh_workspaces(account).await.unwrap();
    assert_eq!(house.program.count("GET /workspaces/").await, asked + 2);
    assert_eq!(house.program.count(REFRESHED).await, 1);
    house.program.fault("GET", "/workspaces/", "unauthorized", 2).await;
    assert_eq!(reason(house.refresh_workspaces(account).await), Reason::SignInNeeded);
    assert_eq!(house.program.count("GET /workspaces/").await, asked + 4);
}
