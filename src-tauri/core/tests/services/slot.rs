//! Owns the proof of the one-time slot: nothing but the person empties it.

use crate::house::{House, field, reason};
use latchkey_core::domain::{ActivityKind, KeptIn, KeyOrigin};
use latchkey_core::services::{CreateKey, Reason, Services};
use latchkey_core::vault::SecretName;

async fn filled(keep: bool) -> (House, latchkey_core::domain::ApiKey) {
    let (house, account) = House::signed_in(&[]).await;
    let key = house.create_key(CreateKey { keep, ..House::wish(account, "laptop") }).await.unwrap().key;
    house.secret(key.id).await;
    (house, key)
}

#[tokio::test]
async fn an_unsaved_secret_is_closed_only_anyway() {
    let (house, key) = filled(false).await;
    assert!(house.has_unsaved_secret());
    assert_eq!(field(house.close_slot(false)), Some("unsaved"));
    assert_eq!(field(house.remove_key(key.id).await), Some("unsaved"));
    assert!(house.slot().unwrap().is_some());
    house.close_slot(true).unwrap();
    assert!(house.slot().unwrap().is_none() && !house.has_unsaved_secret());
    assert_eq!(reason(house.reveal_secret(key.id).await), Reason::NoSecret);
    assert_eq!(reason(house.keep_secret(key.id).await), Reason::NoSecret);
}

#[tokio::test]
async fn a_copied_secret_counts_as_saved_while_the_clipboard_holds_it() {
    let (house, key) = filled(false).await;
    house.copy_secret(key.id).await.unwrap();
    assert!(house.slot().unwrap().unwrap().copied && !house.has_unsaved_secret());
    house.board.write("something else");
    let slot = house.slot().unwrap().unwrap();
    assert!(slot.cleared && !slot.copied);
    assert_eq!(field(house.close_slot(false)), Some("unsaved"));
    house.copy_secret(key.id).await.unwrap();
    house.close_slot(false).unwrap();
}

#[tokio::test]
async fn a_kept_secret_can_be_closed_shown_and_forgotten() {
    let (house, key) = filled(true).await;
    house.close_slot(false).unwrap();
    house.reveal_secret(key.id).await.unwrap();
    assert_eq!(house.lines(ActivityKind::KeyRevealed).len(), 2);
    assert_eq!(house.forget_secret(key.id).await.unwrap().kept, KeptIn::Nowhere);
    assert_eq!(reason(house.reveal_secret(key.id).await), Reason::NoSecret);
    assert_eq!(house.store.count(), 1, "the refresh token alone");
}

#[tokio::test]
async fn a_key_that_the_records_could_not_take_is_shown_copied_and_written_once_they_can() {
    let (house, account) = House::signed_in(&[]).await;
    house.program.delay("POST", "/api/keys", 500).await;
    let creating = tokio::spawn({
        let services = Services::clone(&house);
        async move { services.create_key(House::wish(account, "laptop")).await }
    });
    house.until_asked("POST /api/keys", 1).await;
    // Another program holds the file for longer than is waited, from before the answer on.
    let other = rusqlite::Connection::open(house.records_file()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let slot = creating.await.unwrap().unwrap();
    assert_eq!(slot.keep_failure.map(|failure| failure.reason), Some(Reason::RecordsFailed));
    assert!(house.has_unsaved_secret() && slot.key.prefix.is_some());
    let id = slot.key.id;
    let secret = house.secret(id).await;
    assert!(house.program.accepts(&secret).await);
    house.copy_secret(id).await.unwrap();
    assert_eq!(reason(house.close_slot(false)), Reason::RecordsFailed);
    assert_eq!(reason(house.keep_secret(id).await), Reason::RecordsFailed);
    assert!(house.slot().unwrap().is_some());
    other.execute_batch("ROLLBACK").unwrap();
    // A list that is read meanwhile does not take its secret for lost.
    house.refresh_keys(None).await.unwrap();
    assert!(house.lines(ActivityKind::KeyFound).is_empty());
    assert_eq!(house.keep_secret(id).await.unwrap().unwrap().key.kept, KeptIn::Keychain);
    house.close_slot(false).unwrap();
    let key = house.known(id);
    assert_eq!((key.origin, key.kept, key.remote_id.is_some()), (KeyOrigin::Created, KeptIn::Keychain, true));
    assert!(house.records.unanswered().unwrap().is_empty());
    assert!(house.store.item(SecretName::Key(id)).unwrap().same_as(&secret));
    house.create(account, "the next one", true).await;
}

#[tokio::test]
async fn locking_keeps_the_slot_and_drops_copy_and_tokens() {
    let (house, key) = filled(false).await;
    house.copy_secret(key.id).await.unwrap();
    house.lock();
    assert!(house.is_locked() && house.board.is_empty() && house.copied().is_none());
    assert_eq!(house.slot().unwrap().unwrap().key.id, key.id);
    house.unlock().unwrap();
    let before = house.program.count("grant refresh_token").await;
    house.refresh_workspaces(key.account).await.unwrap();
    assert_eq!(house.program.count("grant refresh_token").await, before + 1);
}

#[tokio::test]
async fn a_secret_kept_for_the_session_is_gone_after_it() {
    let (house, account) = House::signed_in(&[]).await;
    house.keep_for_session(true).await;
    let key = house.create_key(House::wish(account, "laptop")).await.unwrap().key;
    assert_eq!(key.kept, KeptIn::Session);
    assert!(house.has_unsaved_secret(), "quitting would lose it");
    house.secret(key.id).await;
    house.close_slot(false).unwrap();
    let mut account = house.records.account(account).unwrap().unwrap();
    account.sandbox = false;
    house.records.put_account(&account).unwrap();
    let again = house.restarted();
    again.start().await.unwrap();
    assert_eq!(again.known(key.id).kept, KeptIn::Nowhere);
}
