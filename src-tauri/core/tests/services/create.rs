//! Owns the proof of creating a key: intended before it is sent, its secret in the slot, no answer lost silently.

use crate::house::{ACME, House, KNOWN, PERSONAL, field, reason};
use chrono::{Duration, NaiveDate};
use latchkey_core::clock::Clock as _;
use latchkey_core::domain::{ActivityKind, ApiKey, Expiry, KeptIn, KeyOrigin, Offered, Outcome};
use latchkey_core::services::{CreateKey, Reason};
use latchkey_core::vault::{SecretName, VaultError};

const CREATED: &str = "POST /api/keys";

fn in_ninety_days(house: &House) -> NaiveDate {
    (house.clock.now() + Duration::days(90)).date_naive()
}

#[tokio::test]
async fn a_key_is_intended_then_created_and_its_secret_is_in_slot_and_keychain_alone() {
    let (house, account) = House::signed_in(&[]).await;
    let day = in_ninety_days(&house);
    let wish = CreateKey { expires_on: Some(day), workspace: Some(ACME.to_owned()), ..House::wish(account, "laptop") };
    let slot = house.create_key(wish).await.unwrap();
    let key = slot.key;
    assert_eq!((key.origin, key.kept), (KeyOrigin::Created, KeptIn::Keychain));
    let end = day.and_hms_opt(23, 59, 59).unwrap().and_utc();
    assert_eq!(key.expiry, Expiry::AtService(end));
    assert!(slot.keep_failure.is_none() && !slot.copied && !slot.cleared && !slot.snippets.is_empty());
    let lines: Vec<_> = house.journal().into_iter().filter(|line| line.key == Some(key.id)).collect();
    assert_eq!((lines[0].kind, lines[0].outcome), (ActivityKind::KeyIntended, Outcome::Started));
    let created = lines.iter().find(|line| line.kind == ActivityKind::KeyCreated).unwrap();
    assert_eq!(created.answers, Some(lines[0].id));
    let secret = house.secret(key.id).await;
    assert!(house.store.item(SecretName::Key(key.id)).unwrap().same_as(&secret));
    assert!(house.program.accepts(&secret).await);
    let capability = house.state(account).account.capability;
    assert_eq!((capability.create, capability.expiry), (Offered::Yes, Offered::Yes));
    assert!(house.records.unanswered().unwrap().is_empty());
}

#[tokio::test]
async fn where_no_end_is_offered_the_date_is_a_reminder_and_the_workspace_is_asked_for_with_the_key() {
    let (house, account) = House::signed_in(KNOWN).await;
    house.program.delay("GET", "/workspaces/", 200).await;
    let wish = CreateKey { expires_on: Some(in_ninety_days(&house)), ..House::wish(account, "laptop") };
    let key = house.create_key(wish).await.unwrap().key;
    assert!(matches!(key.expiry, Expiry::Reminder(_)), "{:?}", key.expiry);
    assert!(!key.workspace_confirmed && key.remote_id.is_none());
    house.until("the workspace is confirmed", || house.known(key.id).workspace_confirmed).await;
    assert_eq!(house.known(key.id).workspace.as_deref(), Some(PERSONAL));
    assert!(matches!(house.state(account).account.capability.expiry, Offered::No(422)));
    assert_eq!(house.program.keys().await.len(), 1, "asking again without the date makes no second key");
    house.secret(key.id).await;
}

#[tokio::test]
async fn what_does_not_fit_is_refused_before_anything_is_sent() {
    let (house, account) = House::signed_in(&[]).await;
    let today = house.clock.now().date_naive();
    let wish = |name: &str| House::wish(account, name);
    for (wish, expected) in [
        (wish("  "), "name"),
        (wish(&"n".repeat(101)), "name"),
        (wish("a\u{7}b"), "name"),
        (CreateKey { workspace: Some("elsewhere".to_owned()), ..wish("a") }, "workspace"),
        (CreateKey { expires_on: Some(today - Duration::days(1)), ..wish("a") }, "expires_on"),
        (CreateKey { expires_on: Some(today + Duration::days(4000)), ..wish("a") }, "expires_on"),
        (CreateKey { expires_on: Some(today), utc_offset_minutes: i32::MAX, ..wish("a") }, "expires_on"),
    ] {
        assert_eq!(field(house.create_key(wish).await), Some(expected));
    }
    assert_eq!(house.program.count(CREATED).await, 0);
    assert_eq!(house.lines(ActivityKind::KeyIntended), []);
    assert_eq!(house.keys().unwrap(), []);
}

#[tokio::test]
async fn a_name_is_given_twice_only_on_purpose_and_never_while_a_secret_waits() {
    let (house, account) = House::signed_in(&[]).await;
    let (first, _) = house.create(account, "laptop", true).await;
    assert_eq!(reason(house.create_key(House::wish(account, "laptop")).await), Reason::DuplicateName);
    let on_purpose = CreateKey { allow_duplicate: true, ..House::wish(account, "laptop") };
    let second = house.create_key(on_purpose).await.unwrap().key;
    assert_ne!(first.id, second.id);
    assert_eq!(field(house.create_key(House::wish(account, "phone")).await), Some("unsaved"));
    assert_eq!(house.program.count(CREATED).await, 2);
    house.secret(second.id).await;
}

#[tokio::test]
async fn two_creates_at_once_never_push_a_secret_out_of_the_slot() {
    let (house, account) = House::signed_in(&[]).await;
    let (one, two) =
        tokio::join!(house.create_key(House::wish(account, "one")), house.create_key(House::wish(account, "two")));
    let (made, refused) = if one.is_ok() { (one, two) } else { (two, one) };
    assert_eq!(field(refused), Some("unsaved"));
    house.secret(made.unwrap().key.id).await;
    assert_eq!(house.program.keys().await.len(), 1);
    assert_eq!(house.keys().unwrap().len(), 1);
}

#[tokio::test]
async fn a_member_is_told_that_only_owners_create_keys() {
    let (house, account) = House::opened(&[]).await;
    house.sign_in(Some(account), 2).await;
    let wish = CreateKey { workspace: Some(ACME.to_owned()), ..House::wish(account, "laptop") };
    assert_eq!(reason(house.create_key(wish.clone()).await), Reason::NotOwner);
    assert_eq!(house.program.count(CREATED).await, 0);
    // Without a workspace it is the service that says so.
    assert_eq!(reason(house.create_key(CreateKey { workspace: None, ..wish }).await), Reason::NotOwner);
    assert_eq!(house.lines(ActivityKind::KeyIntended), [Outcome::Started, Outcome::Failed]);
    assert_eq!(house.keys().unwrap(), []);
    assert!(house.records.unanswered().unwrap().is_empty());
}

#[tokio::test]
async fn nothing_is_sent_when_the_secret_could_not_be_kept() {
    let (house, account) = House::signed_in(&[]).await;
    // Signing in has just tried the keychain.
    house.clock.advance(61);
    house.store.break_with(VaultError::Locked);
    assert_eq!(reason(house.create_key(House::wish(account, "laptop")).await), Reason::KeychainLocked);
    assert_eq!(house.program.count(CREATED).await, 0);
    assert_eq!(house.lines(ActivityKind::KeyIntended), []);
}

#[tokio::test]
async fn a_keychain_that_fails_after_the_creation_leaves_the_secret_in_the_slot() {
    let (house, account) = House::signed_in(&[]).await;
    house.store.refuse_new(VaultError::Denied);
    let slot = house.create_key(House::wish(account, "laptop")).await.unwrap();
    assert_eq!(slot.keep_failure.unwrap().reason, Reason::KeychainDenied);
    assert_eq!(slot.key.kept, KeptIn::Nowhere);
    assert!(house.has_unsaved_secret());
    assert!(house.program.accepts(&house.secret(slot.key.id).await).await);
    assert_eq!(reason(house.keep_secret(slot.key.id).await), Reason::KeychainDenied);
    house.store.refuse_new(None);
    let slot = house.keep_secret(slot.key.id).await.unwrap().unwrap();
    assert!(slot.keep_failure.is_none() && slot.key.kept == KeptIn::Keychain && !house.has_unsaved_secret());
}

#[tokio::test]
async fn a_create_whose_answer_is_lost_is_found_in_the_list_and_can_be_revoked() {
    let (house, account) = House::signed_in(&[]).await;
    house.program.fault("POST", "/api/keys", "dropped_after_work", 1).await;
    assert_eq!(reason(house.create_key(House::wish(account, "laptop")).await), Reason::AnswerLost);
    let found = |key: &ApiKey| key.remote_id.is_some();
    house.until("it is found", || house.named("laptop").as_ref().is_some_and(found)).await;
    let key = house.named("laptop").unwrap();
    assert_eq!((key.origin, key.kept), (KeyOrigin::Intended, KeptIn::Nowhere));
    house.until("it is told", || house.lines(ActivityKind::KeyFound) == [Outcome::Done]).await;
    assert!(house.slot().unwrap().is_none());
    assert!(house.records.unanswered().unwrap().is_empty());
    assert_eq!(house.program.count(CREATED).await, 1);
    assert!(house.revoke_plan(key.id).unwrap().confirmation.is_none(), "nobody can have used it");
    assert!(house.revoke_key(key.id, None, false).await.unwrap().revoked);
}

#[tokio::test]
async fn a_create_that_was_never_made_is_removed_by_the_list() {
    let (house, account) = House::signed_in(&[]).await;
    house.program.fault("POST", "/api/keys", "dropped_before_work", 1).await;
    assert_eq!(reason(house.create_key(House::wish(account, "laptop")).await), Reason::AnswerLost);
    let lines = [Outcome::Started, Outcome::Failed];
    house.until("it is told", || house.lines(ActivityKind::KeyIntended) == lines).await;
    assert!(house.named("laptop").is_none());
    assert!(house.records.unanswered().unwrap().is_empty());
}

#[tokio::test]
async fn without_a_list_a_lost_answer_stays_an_intent() {
    let (house, account) = House::signed_in(KNOWN).await;
    house.program.fault("POST", "/api/keys", "truncated", 1).await;
    assert_eq!(reason(house.create_key(House::wish(account, "laptop")).await), Reason::AnswerLost);
    house.until_asked("GET /api/keys", 0).await;
    house.refresh_keys(None).await.unwrap();
    let key = house.named("laptop").unwrap();
    assert_eq!((key.origin, key.remote_id.clone()), (KeyOrigin::Intended, None));
    assert_eq!(house.records.unanswered().unwrap()[0].key, Some(key.id));
    assert!(house.revoke_plan(key.id).unwrap().in_browser);
}

#[tokio::test]
async fn a_crash_between_intent_and_answer_is_resolved_at_the_next_start() {
    let (house, account) = House::signed_in(&[]).await;
    house.program.fault("POST", "/api/keys", "dropped_after_work", 1).await;
    // The lists after the lost answer fail as well, as they do when the app is gone.
    house.program.fault("GET", "/api/keys", "server_error", 2).await;
    assert_eq!(reason(house.create_key(House::wish(account, "laptop")).await), Reason::AnswerLost);
    house.until("the list failed", || house.state(account).failure.is_some() && !house.state(account).checking).await;
    assert_eq!(house.named("laptop").unwrap().remote_id, None);
    let again = house.restarted();
    again.refresh_keys(None).await.unwrap();
    assert!(again.named("laptop").unwrap().remote_id.is_some());
    assert_eq!(again.lines(ActivityKind::KeyFound), [Outcome::Done]);
}

#[tokio::test]
async fn refusals_of_the_service_take_the_intent_back() {
    let (house, account) = House::signed_in(&[]).await;
    for (kind, expected) in [
        ("not_owner", Reason::NotOwner),
        ("subscription_required", Reason::SubscriptionRequired),
        ("rate_limited", Reason::RateLimited),
        ("redirect", Reason::RedirectRefused),
    ] {
        house.program.fault("POST", "/api/keys", kind, 1).await;
        let failure = house.create_key(House::wish(account, "laptop")).await.unwrap_err();
        assert_eq!((failure.reason, failure.details.host.as_deref()), (expected, Some("127.0.0.1")));
        assert!(house.named("laptop").is_none(), "{kind}");
    }
    assert!(house.records.unanswered().unwrap().is_empty());
    assert!(house.page(latchkey_core::services::PageKind::Subscribe, Some(account), None).is_ok());
}
