//! Owns what a person meets when the keychain or the bus misbehaves while the app runs, in the real window:
//! each trouble is said with a next step, no record is lost, and nothing freezes. And a second start.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test's helper may fail the test")]

use serde_json::{Value, json};
use std::time::{Duration, Instant};
use xtask::driver::wait_until;
use xtask::journey::{Hand, Journey};
use xtask::paths;
use xtask::stage::{Setting, Stage};

const NAME: &str = "kept-key";

/// A person with a kept key, its drawer open.
async fn with_a_kept_key() -> (Journey, String) {
    let journey = Journey::signed_in(Setting::default(), Hand::Mouse).await.unwrap();
    journey.create(NAME, "30").await.unwrap();
    let secret = journey.copy().await.unwrap();
    journey.done(NAME, &secret).await.unwrap();
    journey.window.invoke("clear_clipboard", json!({})).await.unwrap().unwrap();
    journey.open_drawer(NAME).await.unwrap();
    (journey, secret)
}

async fn kept_key(journey: &Journey) -> Value {
    let list = journey.window.invoke("list_keys", json!({})).await.unwrap().unwrap();
    let keys = list["keys"].as_array().unwrap();
    keys.iter().find(|key| key["name"] == NAME).unwrap().clone()
}

/// Presses Copy and sees why there is nothing to copy. The record stays, and says that it is kept.
async fn copying_says(journey: &Journey, words: &str, next: &str) {
    journey.press("drawer-copy").await.unwrap();
    journey.window.says("keys-failure", words).await.unwrap();
    journey.window.says("keys-failure-next", next).await.unwrap();
    assert_eq!(journey.stage.clipboard(), None);
    assert_eq!(kept_key(journey).await["kept"], "keychain", "the record changed");
}

/// Copies once the keychain gives the secret back.
async fn copying_works(journey: &Journey, secret: &str) {
    journey.press("drawer-copy").await.unwrap();
    let copied = journey.window.until("the clipboard to hold the key", async || {
        let held = journey.stage.clipboard();
        if held.is_none() {
            journey.press("drawer-copy").await.ok()?;
        }
        held
    });
    assert!(copied.await.unwrap() == secret, "another secret was copied");
}

#[tokio::test]
async fn a_keychain_that_hangs_is_said_and_the_window_goes_on() {
    let (mut journey, secret) = with_a_kept_key().await;
    journey.stage.hold_keyring(true).unwrap();
    let key = kept_key(&journey).await["id"].clone();
    journey.window.answers_during("copy_secret", json!({ "key": key })).await.unwrap();
    copying_says(&journey, "doesn’t answer yet", "Check again").await;
    journey.press("nav-activity").await.unwrap();
    journey.press("nav-keys").await.unwrap();
    journey.stage.hold_keyring(false).unwrap();
    journey.open_drawer(NAME).await.unwrap();
    copying_works(&journey, &secret).await;
}

#[tokio::test]
async fn a_keychain_that_was_replaced_or_lost_one_item_costs_no_record() {
    let (mut journey, secret) = with_a_kept_key().await;
    journey.stage.replace_keyring().unwrap();
    copying_says(&journey, "isn’t on this computer", "Paste").await;
    journey.stage.put_keyring_back().unwrap();
    copying_works(&journey, &secret).await;
    journey.window.invoke("clear_clipboard", json!({})).await.unwrap().unwrap();
    let key = kept_key(&journey).await;
    journey.stage.lose_secret(key["id"].as_str().unwrap()).unwrap();
    copying_says(&journey, "isn’t on this computer", "Paste").await;
    // The way out: the key is still revoked at its service, and its record can be taken off.
    journey.window.invoke("remove_key", json!({ "key": key["id"] })).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_keychain_that_was_never_unlocked_is_called_locked_and_no_secret_is_taken_for_gone() {
    let (mut journey, secret) = with_a_kept_key().await;
    journey.stage.start_keyring_without_password().unwrap();
    copying_says(&journey, "is locked", "Unlock keychain").await;
    let key = kept_key(&journey).await;
    let refusal = journey.window.invoke("remove_key", json!({ "key": key["id"] })).await.unwrap().unwrap_err();
    assert_eq!(refusal["code"], "keychain_locked", "a record was taken off whose secret may be in there");
    let storage = journey.window.invoke("check_storage", json!({})).await.unwrap().unwrap();
    assert_eq!(storage["state"], "locked");
    assert_eq!(kept_key(&journey).await["kept"], "keychain");
    journey.stage.start_keyring().unwrap();
    copying_works(&journey, &secret).await;
}

#[tokio::test]
async fn a_bus_that_ends_while_the_app_runs_does_not_end_the_app_and_its_page_comes_back() {
    let mut journey = Journey::begin(Stage::set(Setting::default()).unwrap(), Hand::Mouse, None).await.unwrap();
    journey.window.find("first-run").await.unwrap();
    let app = journey.window.process("latchkey").unwrap();
    let page = journey.window.process("WebKitWebProcess").unwrap();
    journey.stage.end_bus();
    // The engine's own processes end with the bus, and with them the driver's hold on the page.
    let another = wait_until(Duration::from_secs(60), async || {
        journey.window.process("WebKitWebProcess").filter(|now| *now != page).map(drop)
    });
    another.await.expect("the page to be loaded again");
    assert_eq!(journey.window.process("latchkey"), Some(app), "the app ended with the bus");
}

#[tokio::test]
async fn without_a_bus_at_start_the_app_opens_and_says_that_there_is_no_keychain() {
    let mut stage = Stage::set(Setting::default()).unwrap();
    stage.end_bus();
    let journey = Journey::begin(stage, Hand::Mouse, None).await.unwrap();
    journey.window.find("first-run").await.unwrap();
    journey.press("open-sandbox").await.unwrap();
    journey.window.says("sign-in-failure", "This computer offers no keychain").await.unwrap();
    let storage = journey.window.invoke("check_storage", json!({})).await.unwrap().unwrap();
    assert_eq!(storage["state"], "absent");
}

#[tokio::test]
async fn a_second_start_brings_the_first_window_to_the_front_and_ends() {
    let stage = Stage::set(Setting::default()).unwrap();
    let mut journey = Journey::begin(stage, Hand::Mouse, None).await.unwrap();
    journey.window.find("first-run").await.unwrap();
    let first = journey.window.process("latchkey").unwrap();
    let _browser = journey.stage.browse("data:text/html,<title>Another</title>").await.unwrap();
    let front = async |journey: &Journey, ours: bool| {
        let is_so = wait_until(Duration::from_secs(20), async || {
            (journey.stage.in_front()?.contains("Latchkey") == ours).then_some(())
        });
        is_so.await.unwrap_or_else(|| panic!("in front: {:?}", journey.stage.in_front()));
    };
    front(&journey, false).await;
    let began = Instant::now();
    let second = journey.stage.command(paths::app()).output().unwrap();
    assert!(second.status.success(), "{}", second.status);
    assert!(began.elapsed() < Duration::from_secs(20));
    front(&journey, true).await;
    assert_eq!(journey.window.process("latchkey"), Some(first), "the first one goes on");
    assert!(journey.window.has("first-run").await);
}
