//! Owns the proof of how long a keychain is believed to work, and of what a create comes to where it does not.

use crate::house::{House, reason};
use latchkey_core::domain::{ActivityKind, KeptIn};
use latchkey_core::services::{Reason, StoreState};
use latchkey_core::vault::{SecretName, VaultError};

const CREATED: &str = "POST /api/keys";

/// How often the keychain was tried by what is done.
async fn tries_of(house: &House, done: impl AsyncFnOnce()) -> usize {
    let before = house.store.probes();
    done().await;
    house.store.probes() - before
}

#[tokio::test]
async fn a_keychain_that_worked_a_moment_ago_is_not_tried_again_before_a_key_is_made() {
    let (house, account) = House::signed_in(&[]).await;
    house.clock.advance(600);
    assert_eq!(house.check_storage().await.state, StoreState::Ready);
    house.clock.advance(50);
    let tries = tries_of(&house, async || drop(house.create(account, "laptop", true).await)).await;
    assert_eq!(tries, 0);
    assert_eq!(house.named("laptop").unwrap().kept, KeptIn::Keychain);
}

#[tokio::test]
async fn a_keychain_that_worked_longer_ago_is_tried_again_and_nothing_is_made_where_it_fails() {
    let (house, account) = House::signed_in(&[]).await;
    house.check_storage().await;
    house.clock.advance(61);
    let tries = tries_of(&house, async || drop(house.create(account, "laptop", true).await)).await;
    assert_eq!(tries, 1);
    house.clock.advance(61);
    house.store.break_with(VaultError::Locked);
    assert_eq!(reason(house.create_key(House::wish(account, "phone")).await), Reason::KeychainLocked);
    assert_eq!(house.program.count(CREATED).await, 1);
    assert_eq!(house.lines(ActivityKind::KeyIntended).len(), 1);
    assert_eq!(house.storage().state, StoreState::Locked);
}

#[tokio::test]
async fn a_keychain_that_failed_since_is_tried_again() {
    let (house, account) = House::signed_in(&[]).await;
    let (key, _) = house.create(account, "laptop", true).await;
    house.check_storage().await;
    house.store.break_with(VaultError::Locked);
    assert_eq!(reason(house.reveal_secret(key.id).await), Reason::KeychainLocked);
    house.store.break_with(None);
    let tries = tries_of(&house, async || drop(house.create(account, "phone", true).await)).await;
    assert_eq!(tries, 1);
    house.store.break_with(VaultError::Denied);
    assert_eq!(house.check_storage().await.state, StoreState::Denied);
    assert_eq!(reason(house.create_key(House::wish(account, "tablet")).await), Reason::KeychainDenied);
    assert_eq!(house.program.count(CREATED).await, 2);
}

#[tokio::test]
async fn a_lock_in_between_means_that_the_keychain_is_tried_again() {
    let (house, account) = House::signed_in(&[]).await;
    house.check_storage().await;
    house.lock();
    house.unlock().unwrap();
    let tries = tries_of(&house, async || drop(house.create(account, "laptop", true).await)).await;
    assert_eq!(tries, 1);
}

#[tokio::test]
async fn a_keychain_that_goes_away_after_it_worked_leaves_the_secret_on_the_screen_and_says_so() {
    let (house, account) = House::signed_in(&[]).await;
    house.check_storage().await;
    house.store.break_with(VaultError::Absent);
    let slot = house.create_key(House::wish(account, "laptop")).await.unwrap();
    assert_eq!(slot.keep_failure.unwrap().reason, Reason::KeychainAbsent);
    assert_eq!(slot.key.kept, KeptIn::Nowhere);
    assert!(house.has_unsaved_secret());
    assert!(house.program.accepts(&house.secret(slot.key.id).await).await);
    house.store.break_with(None);
    let slot = house.keep_secret(slot.key.id).await.unwrap().unwrap();
    assert!(slot.keep_failure.is_none() && slot.key.kept == KeptIn::Keychain && !house.has_unsaved_secret());
    assert!(house.store.item(SecretName::Key(slot.key.id)).is_some());
}
