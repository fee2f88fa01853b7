//! Owns the proof of the lock: what brings it, what it drops, and that nothing gets past it.

use crate::house::{House, reason};
use latchkey_core::domain::Secret;
use latchkey_core::services::{CreateKey, LockedBy, Reason, Settings};
use std::sync::atomic::Ordering;

const REFRESHED: &str = "grant refresh_token";

fn after(minutes: u32) -> Settings {
    Settings { lock_after_minutes: minutes, ..Settings::default() }
}

#[tokio::test]
async fn the_app_locks_by_itself_once_nobody_used_it_for_the_chosen_minutes() {
    let house = House::empty(&[]);
    house.start().await.unwrap();
    house.set_settings(after(5)).unwrap();
    house.clock.advance(4 * 60);
    house.input();
    house.clock.advance(4 * 60 + 50);
    house.lock_if_idle();
    assert!(!house.is_locked(), "the input began the wait anew");
    house.clock.advance(11);
    // Any change of the settings makes the clock be looked at.
    house.set_settings(after(5)).unwrap();
    house.until("the app is locked", || house.is_locked()).await;
    assert_eq!(house.lock_state().unwrap().by, LockedBy::Idle(5));
    house.unlock().unwrap();
    house.lock_if_idle();
    assert!(!house.is_locked(), "unlocking is input too");
    house.set_settings(after(0)).unwrap();
    house.clock.advance(24 * 60 * 60);
    house.lock_if_idle();
    assert!(!house.is_locked(), "switched off");
}

#[tokio::test]
async fn a_lock_that_was_never_set_comes_after_ten_minutes() {
    let house = House::empty(&[]);
    house.input();
    house.clock.advance(10 * 60 - 1);
    house.lock_if_idle();
    assert!(!house.is_locked());
    house.clock.advance(1);
    house.lock_if_idle();
    assert!(house.is_locked());
}

#[tokio::test]
async fn a_lock_tells_since_when_and_by_whom_and_a_second_one_changes_nothing() {
    let (house, account) = House::signed_in(&[]).await;
    assert_eq!(house.lock_state(), None);
    let wish = CreateKey { keep: false, ..House::wish(account, "laptop") };
    let key = house.create_key(wish).await.unwrap().key;
    house.secret(key.id).await;
    house.copy_secret(key.id).await.unwrap();
    house.board.stuck.store(true, Ordering::SeqCst);
    house.lock_by(LockedBy::Sleep);
    let lock = house.lock_state().unwrap();
    assert!(lock.by == LockedBy::Sleep && !lock.clipboard_cleared && !lock.secret_waits);
    house.board.stuck.store(false, Ordering::SeqCst);
    house.clock.advance(60);
    house.lock();
    let second = house.lock_state().unwrap();
    assert_eq!((second.by, second.at), (lock.by, lock.at));
    assert!(second.clipboard_cleared && second.secret_waits, "without the copy it is saved nowhere");
    assert!(house.slot().unwrap().is_some() && house.has_unsaved_secret());
}

#[tokio::test]
async fn what_is_under_way_when_the_lock_comes_shows_and_copies_nothing() {
    let (house, account) = House::signed_in(&[]).await;
    let (key, secret) = house.create(account, "laptop", true).await;
    let locks = || {
        let services = (*house).clone();
        *house.store.meanwhile.lock().unwrap() = Some(Box::new(move || services.lock()));
    };
    locks();
    assert_eq!(reason(house.reveal_secret(key.id).await), Reason::Locked);
    house.unlock().unwrap();
    locks();
    assert_eq!(reason(house.copy_secret(key.id).await), Reason::Locked);
    assert!(house.board.is_empty() && house.copied().is_none());
    house.unlock().unwrap();
    put(&house, &secret);
    locks();
    assert_eq!(reason(house.paste_key().await), Reason::Locked);
    assert!(house.is_locked());
}

/// Another program puts a key into the clipboard.
fn put(house: &House, secret: &Secret) {
    house.board.write(secret.expose_secret());
}

#[tokio::test]
async fn what_goes_on_behind_the_lock_keeps_no_access_token() {
    let (house, account) = House::signed_in(&[]).await;
    house.lock();
    house.refresh_workspaces(account).await.unwrap();
    assert_eq!(house.program.count(REFRESHED).await, 1, "the lock had dropped the one of the sign-in");
    house.unlock().unwrap();
    house.refresh_workspaces(account).await.unwrap();
    assert_eq!(house.program.count(REFRESHED).await, 2, "a token was kept behind the lock");
    house.refresh_workspaces(account).await.unwrap();
    assert_eq!(house.program.count(REFRESHED).await, 2);
}
