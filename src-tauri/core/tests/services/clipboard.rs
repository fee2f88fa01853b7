//! Owns the proof of copying: a secret leaves the clipboard in time, and only while it is still ours.

use crate::house::{House, field};
use latchkey_core::domain::{ActivityKind, ApiKey};
use latchkey_core::services::{CreateKey, Settings};
use std::sync::atomic::Ordering;

async fn with_key(seconds: &str) -> (House, ApiKey) {
    let (house, account) = House::signed_in(&[]).await;
    // Shorter than what can be chosen, so that nobody waits.
    house.records.put_setting("clipboard_seconds", seconds).unwrap();
    let key = house.create_key(CreateKey { keep: false, ..House::wish(account, "laptop") }).await.unwrap().key;
    house.secret(key.id).await;
    (house, key)
}

#[tokio::test]
async fn a_copied_secret_leaves_the_clipboard_after_its_time() {
    let (house, key) = with_key("1").await;
    let copied = house.copy_secret(key.id).await.unwrap();
    assert_eq!((copied.seconds, copied.key), (1, key.id));
    assert!(copied.clears_at.is_some() && !house.board.allowed_history());
    assert_eq!(house.copied(), Some(copied));
    house.until("it is cleared", || house.board.is_empty()).await;
    assert!(house.slot().unwrap().unwrap().cleared);
    assert_eq!(house.lines(ActivityKind::KeyCopied).len(), 1);
}

#[tokio::test]
async fn a_name_is_copied_as_words_and_nothing_else_is() {
    let (house, key) = with_key("0").await;
    house.copy_secret(key.id).await.unwrap();
    house.copy_words(" Handbook search ").unwrap();
    assert!(house.board.holds("Handbook search"));
    assert!(house.copied().is_none(), "what was copied before is gone, and is not said to be there");
    for words in ["", "  ", "two\nlines", "\u{1b}[2J", &"x".repeat(256)] {
        assert_eq!(field(house.copy_words(words)), Some("words"), "{words:?}");
    }
}

#[tokio::test]
async fn a_clipboard_that_could_not_be_emptied_is_not_said_to_be() {
    let (house, key) = with_key("0").await;
    house.copy_secret(key.id).await.unwrap();
    house.board.stuck.store(true, Ordering::SeqCst);
    house.clear_clipboard();
    let slot = house.slot().unwrap().unwrap();
    assert!(slot.copied && !slot.cleared && house.copied().is_some());
    house.board.stuck.store(false, Ordering::SeqCst);
    house.clear_clipboard();
    assert!(house.slot().unwrap().unwrap().cleared && house.board.is_empty());
}

#[tokio::test]
async fn what_another_program_put_in_is_left_alone() {
    let (house, key) = with_key("1").await;
    house.copy_secret(key.id).await.unwrap();
    house.board.write("a shopping list");
    assert_eq!(house.copied(), None);
    let told = house.told.heard(latchkey_core::services::Topic::Clipboard);
    house.until("its time is over", || house.told.heard(latchkey_core::services::Topic::Clipboard) > told).await;
    assert!(house.board.holds("a shopping list"));
    house.clear_clipboard();
    assert!(house.board.holds("a shopping list"));
}

#[tokio::test]
async fn a_later_copy_has_its_own_clock() {
    let (house, key) = with_key("1").await;
    house.copy_secret(key.id).await.unwrap();
    house.records.put_setting("clipboard_seconds", "2").unwrap();
    let later = house.copy_secret(key.id).await.unwrap();
    house.until("it is cleared", || house.board.is_empty()).await;
    assert!(latchkey_core::clock::Clock::now(&*house.clock) >= later.clears_at.unwrap());
}

#[tokio::test]
async fn clearing_can_be_off_and_history_allowed() {
    let (house, key) = with_key("0").await;
    let settings = Settings { clipboard_seconds: 0, allow_clipboard_history: true, ..house.settings().unwrap() };
    house.set_settings(settings).unwrap();
    let copied = house.copy_secret(key.id).await.unwrap();
    assert!(copied.clears_at.is_none() && house.board.allowed_history());
    house.clear_clipboard();
    assert!(house.board.is_empty());
    let odd = Settings { clipboard_seconds: 7, ..settings };
    assert_eq!(field(house.set_settings(odd)), Some("clipboard_seconds"));
}

#[tokio::test]
async fn a_snippet_is_copied_with_the_key_or_with_the_variable_alone() {
    let (house, key) = with_key("60").await;
    assert!(house.copy_snippet(key.id, "environment", false).await.unwrap().is_none());
    assert!(house.copied().is_none());
    let secret = house.secret(key.id).await;
    let text = latchkey_core::services::Clipboard::read(&*house.board).unwrap().unwrap();
    assert!(!text.expose_secret().contains(secret.expose_secret()));
    assert!(house.copy_snippet(key.id, "environment", true).await.unwrap().is_some());
    let text = latchkey_core::services::Clipboard::read(&*house.board).unwrap().unwrap();
    assert!(text.expose_secret().contains(secret.expose_secret()));
    assert_eq!(field(house.copy_snippet(key.id, "no such one", true).await), Some("snippet"));
}
