//! Owns what else can happen at sign-in, through the real window: denied, expired, no browser,
//! somebody else, not an owner, signing out.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test's helper may fail the test")]

use serde_json::json;
use xtask::journey::{Hand, Journey, Verdict};
use xtask::sandbox::BackDoor;
use xtask::stage::{Setting, Stage};

/// What signs in with a code alone, as far as is known of the real server.
fn codes_alone(further: &str) -> Setting {
    Setting { sandbox_arguments: format!("--without loopback {further}"), ..Setting::default() }
}

async fn at_the_code() -> Journey {
    let journey = Journey::begin(Stage::set(codes_alone("")).unwrap(), Hand::Mouse, None).await.unwrap();
    journey.open_sandbox().await.unwrap();
    journey
}

#[tokio::test]
async fn a_denied_sign_in_says_so_and_a_new_code_works() {
    let mut journey = at_the_code().await;
    journey.decide(Verdict::Deny).await.unwrap();
    journey.window.says("sign-in-state", "Denied in the browser").await.unwrap();
    let first = journey.user_code().await.unwrap();
    journey.press("sign-in-again").await.unwrap();
    let window = journey.window.clone();
    window
        .until("a new code", async || (window.text("sign-in-code").await.ok()? != first).then_some(()))
        .await
        .unwrap();
    journey.sign_in(Verdict::Approve(1)).await.unwrap();
    journey.list().await.unwrap();
}

#[tokio::test]
async fn an_expired_code_says_so_and_a_new_one_is_offered() {
    let stage = Stage::set(codes_alone("--device-code-seconds 6")).unwrap();
    let journey = Journey::begin(stage, Hand::Mouse, None).await.unwrap();
    journey.open_sandbox().await.unwrap();
    journey.window.says("sign-in-state", "This code has expired").await.unwrap();
    journey.window.find("sign-in-again").await.unwrap();
}

#[tokio::test]
async fn without_a_browser_the_address_is_shown() {
    let stage = Stage::set(codes_alone("")).unwrap();
    stage.take_browser_away(true).unwrap();
    let journey = Journey::begin(stage, Hand::Mouse, None).await.unwrap();
    journey.open_sandbox().await.unwrap();
    let host = BackDoor::find(&journey.window).await.unwrap().host().to_owned();
    let address = journey.window.text("sign-in-address").await.unwrap();
    let port = host.rsplit(':').next().unwrap().to_owned();
    assert!(address.contains("http://127.0.0.1:") && !port.is_empty(), "{address}");
}

#[tokio::test]
async fn a_member_reads_that_only_owners_can_create_keys() {
    let mut journey = at_the_code().await;
    journey.sign_in(Verdict::Approve(2)).await.unwrap();
    journey.list().await.unwrap();
    journey.press("create-key").await.unwrap();
    journey.window.page_says("Only a workspace owner or admin can create keys").await.unwrap();
}

#[tokio::test]
async fn signing_out_is_told_to_the_server_and_somebody_else_is_another_account() {
    let mut journey = Journey::signed_in(Setting::default(), Hand::Mouse).await.unwrap();
    let kept = journey.stage.keyring_secrets("app.latchkey.desktop").len();
    journey.press("nav-settings").await.unwrap();
    journey.press("settings-accounts").await.unwrap();
    journey.window.press_style("[data-testid^=\"account-menu-\"]").await.unwrap();
    journey.press("account-menu-sign-out").await.unwrap();
    journey.press("account-confirm").await.unwrap();
    journey.window.says("account-signed-out", "ended the sign-in").await.unwrap();
    journey.press("account-panel-done").await.unwrap();
    // The keys of the sandbox's other accounts stay.
    assert_eq!(journey.stage.keyring_secrets("app.latchkey.desktop").len(), kept - 1, "the sign-in is still kept");
    journey.window.press_style("[data-testid^=\"account-menu-\"]").await.unwrap();
    journey.press("account-menu-sign-in").await.unwrap();
    journey.sign_in(Verdict::Approve(2)).await.unwrap();
    let window = &journey.window;
    window
        .until("one account more", async || (window.count("[data-testid=\"account\"]").await == 5).then_some(()))
        .await
        .unwrap();
    let app = window.invoke("app_state", json!({})).await.unwrap().unwrap();
    let emails: Vec<&str> = app["accounts"].as_array().unwrap().iter().filter_map(|a| a["email"].as_str()).collect();
    assert!(emails.contains(&"person1@sandbox.example") && emails.contains(&"person2@sandbox.example"), "{emails:?}");
}
