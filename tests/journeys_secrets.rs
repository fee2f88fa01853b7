//! Owns what a person meets around a secret, through the real window: the guards on closing and quitting,
//! the lock, the clipboard's end, and a keychain that is absent or locked.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test's helper may fail the test")]

use serde_json::json;
use std::time::Duration;
use xtask::driver::wait_until;
use xtask::journey::{Hand, Journey, Verdict};
use xtask::processes::runs;
use xtask::sandbox::BackDoor;
use xtask::stage::{Keyring, Setting, Stage};

/// A person with a secret on screen that is saved nowhere.
async fn with_an_unsaved_secret(name: &str) -> Journey {
    let journey = Journey::signed_in(Setting::default(), Hand::Mouse).await.unwrap();
    journey.press("create-key").await.unwrap();
    journey.fill("create-name", name).await.unwrap();
    journey.press("create-keep").await.unwrap();
    journey.press("create-submit").await.unwrap();
    journey.window.find("secret-dialog").await.unwrap();
    journey
}

#[tokio::test]
async fn an_unsaved_secret_guards_its_dialog_and_the_app_until_it_is_kept() {
    let journey = with_an_unsaved_secret("not-kept").await;
    let app = journey.window.process("latchkey").unwrap();
    journey.press("secret-done").await.unwrap();
    journey.window.says("secret-guard", "isn’t saved anywhere yet").await.unwrap();
    journey.press("secret-back").await.unwrap();
    journey.stage.ask_to_close("Latchkey").unwrap();
    journey.window.find("quit-dialog").await.unwrap();
    journey.press("quit-back").await.unwrap();
    journey.window.find("secret-dialog").await.unwrap();
    journey.stage.ask_to_close("Latchkey").unwrap();
    journey.press("quit-keep").await.unwrap();
    wait_until(Duration::from_secs(15), async || (!runs(app)).then_some(()))
        .await
        .expect("the app to quit once the secret is kept");
}

#[tokio::test]
async fn the_lock_leaves_nothing_readable_and_refuses_every_command() {
    let journey = Journey::signed_in(Setting::default(), Hand::Mouse).await.unwrap();
    journey.create("behind-the-lock", "30").await.unwrap();
    let secret = journey.copy().await.unwrap();
    journey.done("behind-the-lock", &secret).await.unwrap();
    journey.press("lock").await.unwrap();
    journey.window.find("lock-cover").await.unwrap();
    let page = journey.window.run("return document.documentElement.outerHTML", vec![]).await.unwrap();
    let page = page.as_str().unwrap();
    for word in ["behind-the-lock", "sandbox.example", "bmc_"] {
        assert!(!page.contains(word), "the locked page holds “{word}”");
    }
    wait_until(Duration::from_secs(5), async || journey.stage.clipboard().is_none().then_some(()))
        .await
        .expect("the clipboard to be cleared by the lock");
    for command in ["list_keys", "slot", "found_credentials"] {
        let refusal = journey.window.invoke(command, json!({})).await.unwrap().unwrap_err();
        assert_eq!(refusal["code"], "locked", "{command}");
    }
    journey.press("unlock").await.unwrap();
    journey.row("behind-the-lock").await.unwrap();
}

#[tokio::test]
async fn a_copied_secret_leaves_the_clipboard_by_itself_unless_something_else_is_there() {
    let mut journey = Journey::signed_in(Setting::default(), Hand::Mouse).await.unwrap();
    let app = journey.window.invoke("app_state", json!({})).await.unwrap().unwrap();
    let mut settings = app["settings"].clone();
    settings["clipboard_seconds"] = json!(10);
    journey.window.invoke("set_settings", json!({ "settings": settings })).await.unwrap().unwrap();
    journey.create("short", "30").await.unwrap();
    journey.copy().await.unwrap();
    assert!(
        journey.stage.clipboard_targets().iter().any(|target| target == "x-kde-passwordManagerHint"),
        "the clipboard carries no hint for clipboard histories"
    );
    journey.window.says("receipt-copied", "Cleared, copy again").await.unwrap();
    assert_eq!(journey.stage.clipboard(), None);
    journey.press("secret-copy").await.unwrap();
    journey.window.says("receipt-copied", "Copied").await.unwrap();
    journey.stage.put_on_clipboard("something of another program").unwrap();
    journey.window.says("receipt-copied", "Cleared, copy again").await.unwrap();
    assert_eq!(journey.stage.clipboard().as_deref(), Some("something of another program"));
}

#[tokio::test]
async fn an_absent_keychain_is_said_and_the_session_is_offered_not_assumed() {
    let stage = Stage::set(Setting { keyring: Keyring::Absent, ..Setting::default() }).unwrap();
    let mut journey = Journey::begin(stage, Hand::Mouse, None).await.unwrap();
    journey.press("open-sandbox").await.unwrap();
    // Said before anybody approves anything, so that no sign-in is thrown away.
    journey.window.says("sign-in-failure", "This computer offers no keychain").await.unwrap();
    journey.window.says("sign-in-failure", "never writes a secret to a plain file").await.unwrap();
    journey.press("sign-in-failure-next").await.unwrap();
    journey.sign_in(Verdict::Approve(1)).await.unwrap();
    journey.create("for-this-session", "30").await.unwrap();
    journey.window.says("receipt-kept", "session").await.unwrap();
}

#[tokio::test]
async fn a_keychain_that_is_locked_later_is_called_locked_not_absent() {
    let journey = Journey::signed_in(Setting::default(), Hand::Mouse).await.unwrap();
    journey.stage.lock_keyring().unwrap();
    let storage = journey.window.invoke("check_storage", json!({})).await.unwrap().unwrap();
    assert!(storage["state"] == "locked" || storage["state"] == "waiting", "{storage}");
    journey.window.page_says("is locked").await.unwrap();
}

#[tokio::test]
async fn closing_the_sandbox_takes_its_accounts_and_secrets_away() {
    let journey = Journey::signed_in(Setting::default(), Hand::Mouse).await.unwrap();
    journey.create("gone-with-it", "30").await.unwrap();
    let secret = journey.copy().await.unwrap();
    journey.done("gone-with-it", &secret).await.unwrap();
    assert!(!journey.stage.keyring_secrets("app.latchkey.desktop").is_empty(), "nothing was kept");
    let process = BackDoor::find(&journey.window).await.unwrap().process;
    journey.put_due_away().await.unwrap();
    journey.press("close-sandbox").await.unwrap();
    journey.window.find("first-run").await.unwrap();
    assert!(journey.stage.keyring_secrets("app.latchkey.desktop").is_empty(), "a secret of the sandbox was left");
    assert!(!runs(process), "the sandbox still runs");
}
