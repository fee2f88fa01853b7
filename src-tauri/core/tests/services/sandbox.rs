//! Owns the proof of the sandbox's life: opened once, and closed without a trace.

use crate::house::{House, reason};
use latchkey_core::domain::{ActivityKind, Outcome, ProviderId, SignIn};
use latchkey_core::services::{PageKind, Reason, SandboxProgram as _};
use latchkey_core::vault::VaultError;

#[tokio::test]
async fn opening_twice_at_once_starts_it_once() {
    let house = House::empty(&[]);
    let (one, two) = tokio::join!(house.open_sandbox(), house.open_sandbox());
    assert_eq!(one.unwrap().account.id, two.unwrap().account.id);
    assert_eq!(*house.program.starts.lock().unwrap(), 1);
    assert!(house.sandbox_runs());
    assert_eq!(house.accounts().unwrap().len(), 1);
    assert_eq!(house.accounts().unwrap()[0].account.sign_in, SignIn::SignedOut);
}

#[tokio::test]
async fn closing_removes_accounts_keys_and_secrets() {
    let (house, account) = House::signed_in(&["--seed", "demo"]).await;
    house.create(account, "laptop", true).await;
    house.sign_in(Some(account), 2).await;
    let key = house.create_key(House::wish(account, "phone")).await.unwrap().key;
    house.secret(key.id).await;
    house.copy_secret(key.id).await.unwrap();
    assert_eq!(house.store.count(), 4);
    house.start_sign_in(ProviderId::BASIC_MEMORY, Some(account), None).await.unwrap();
    house.close_sandbox().await.unwrap();
    assert!(!house.program.runs() && !house.sandbox_runs());
    assert_eq!((house.accounts().unwrap().len(), house.keys().unwrap().len(), house.store.count()), (0, 0, 0));
    assert!(house.slot().unwrap().is_none() && house.board.is_empty());
    assert_eq!(house.lines(ActivityKind::SandboxClosed), [Outcome::Done]);
    assert_eq!(reason(house.page(PageKind::Keys, Some(account), None)), Reason::NotFound);
    house.open_sandbox().await.unwrap();
    assert_eq!(house.accounts().unwrap().len(), 1);
}

#[tokio::test]
async fn one_that_ended_by_itself_is_started_anew_in_place_of_the_old() {
    let (house, account) = House::signed_in(&[]).await;
    house.create(account, "laptop", true).await;
    house.program.stop();
    assert!(!house.sandbox_runs());
    let again = house.open_sandbox().await.unwrap().account.id;
    assert_ne!(again, account);
    assert_eq!((house.accounts().unwrap().len(), house.store.count()), (1, 0));
    assert_eq!(house.sign_in(Some(again), 1).await, again);
}

#[tokio::test]
async fn what_a_crash_left_behind_is_removed_at_the_next_start() {
    let (house, account) = House::signed_in(&[]).await;
    house.create(account, "laptop", true).await;
    house.program.stop();
    let again = house.restarted();
    again.start().await.unwrap();
    assert_eq!((again.accounts().unwrap().len(), again.keys().unwrap().len(), again.store.count()), (0, 0, 0));
}

#[tokio::test]
async fn a_locked_keychain_keeps_the_left_overs_with_their_records() {
    let (house, account) = House::signed_in(&[]).await;
    house.create(account, "laptop", true).await;
    house.store.break_with(VaultError::Locked);
    let again = house.restarted();
    assert_eq!(reason(again.start().await), Reason::KeychainLocked);
    assert_eq!((again.accounts().unwrap().len(), again.keys().unwrap().len()), (1, 1));
    again.store.break_with(None);
    again.start().await.unwrap();
    assert_eq!((again.accounts().unwrap().len(), again.store.count()), (0, 0));
}

#[tokio::test]
async fn without_a_keychain_the_sandbox_opens_signs_in_for_the_session_and_closes() {
    let house = House::empty(&[]);
    house.store.break_with(VaultError::Absent);
    house.keep_for_session(true).await;
    let account = house.open_sandbox().await.unwrap().account.id;
    house.sign_in(Some(account), 1).await;
    house.create(account, "laptop", true).await;
    house.close_sandbox().await.unwrap();
    assert!(house.accounts().unwrap().is_empty() && house.keys().unwrap().is_empty());
}

#[tokio::test]
async fn a_sandbox_that_does_not_start_says_so_and_leaves_nothing() {
    let house = House::empty(&["--no-such-argument"]);
    let failure = house.open_sandbox().await.unwrap_err();
    assert_eq!(failure.reason, Reason::SandboxFailed);
    assert!(failure.details.text.is_some() && house.accounts().unwrap().is_empty() && !house.sandbox_runs());
}
