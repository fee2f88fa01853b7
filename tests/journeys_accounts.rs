//! Owns adding an account by one of its own keys, in the real window: pasted as people paste, with what it
//! may do said, and never sent where it must not go.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test's helper may fail the test")]

#[path = "journeys_accounts/strangers.rs"]
mod strangers;

use serde_json::json;
use strangers::{redirecting, self_signed};
use xtask::journey::{Hand, Journey};
use xtask::sandbox::BackDoor;
use xtask::stage::{Setting, Stage};

const API: &str = "memory-api";
const OS: &str = "memory-os";

/// A person at the first page, and services that the app knows nothing of.
async fn beside_the_services() -> (Journey, BackDoor) {
    let mut stage = Stage::set(Setting::default()).unwrap();
    let door = stage.start_services(&["--seed", "demo"]).unwrap();
    let journey = Journey::begin(stage, Hand::Mouse, None).await.unwrap();
    journey.window.find("first-run").await.unwrap();
    (journey, door)
}

/// Begins to add an account of a service that lives at this address.
async fn begin(journey: &Journey, service: &str, base: &str) {
    journey.press(&format!("add-key-{service}")).await.unwrap();
    journey.window.find("admin-key-dialog").await.unwrap();
    journey.press("admin-advanced").await.unwrap();
    journey.fill("admin-base-url", base).await.unwrap();
}

/// Pastes what another program has put into the clipboard.
async fn paste(journey: &mut Journey, text: &str) {
    journey.stage.put_on_clipboard(text).unwrap();
    journey.press("admin-paste").await.unwrap();
}

/// Names the account and adds it; the key leaves the clipboard and is nowhere on the page.
async fn add(journey: &Journey, label: &str, key: &str) {
    journey.fill("admin-label", label).await.unwrap();
    journey.hides(key).await.unwrap();
    journey.press("admin-submit").await.unwrap();
    journey.window.gone("admin-key-dialog").await.unwrap();
    journey.stands(label, "ok").await.unwrap();
    journey.hides(key).await.unwrap();
    let stage = &journey.stage;
    journey
        .window
        .until("the clipboard to be empty", async || stage.clipboard().is_none().then_some(()))
        .await
        .unwrap();
}

/// Creates a key in the only account that there is.
async fn create(journey: &Journey, name: &str, prefix: &str) {
    journey.press("create-key").await.unwrap();
    journey.window.find("create-dialog").await.unwrap();
    journey.fill("create-name", name).await.unwrap();
    journey.press("create-submit").await.unwrap();
    journey.window.find("secret-dialog").await.unwrap();
    journey.copy_of(prefix).await.unwrap();
    journey.press("secret-done").await.unwrap();
    journey.window.gone("secret-dialog").await.unwrap();
    journey.search(name).await.unwrap();
    journey.row(name).await.unwrap();
}

#[tokio::test]
async fn a_pasted_admin_key_adds_an_account_of_memory_api_that_can_create() {
    let (mut journey, door) = beside_the_services().await;
    let key = door.admin_key(API).to_owned();
    begin(&journey, API, &format!("{}/", door.base(API))).await;
    paste(&mut journey, &format!(" \u{feff}\"{key}\u{200b}\" \r\n")).await;
    journey.window.says("admin-found", "Works").await.unwrap();
    journey.window.says("admin-can", "List, create and revoke keys").await.unwrap();
    for said in ["quotes", "invisible characters", "around it left out"] {
        journey.window.says("admin-trimmed", said).await.unwrap();
    }
    add(&journey, "Tidepool", &key).await;
    create(&journey, "first-here", "mem_live_").await;
    assert!(door.keys_of(API).unwrap().iter().any(|made| made["name"] == "first-here"));
}

#[tokio::test]
async fn a_pasted_admin_key_adds_an_account_of_memory_os_at_the_base_that_it_has() {
    let (mut journey, door) = beside_the_services().await;
    let key = door.admin_key(OS).to_owned();
    // The other of its two published addresses.
    begin(&journey, OS, &door.base(OS).replace("/api/v1", "/v1")).await;
    paste(&mut journey, &key).await;
    journey.window.says("admin-found", "Works").await.unwrap();
    journey.window.says("admin-unknown", "Revoke keys").await.unwrap();
    add(&journey, "Lab", &key).await;
    create(&journey, "lab-worker", "mos_").await;
}

#[tokio::test]
async fn a_key_without_admin_adds_an_account_to_look_at_only() {
    let (mut journey, door) = beside_the_services().await;
    let wish = json!({ "name": "reader", "environment": "test", "scopes": ["read"] });
    let key = door.make_key(API, "/account/api-keys", &wish).unwrap();
    begin(&journey, API, door.base(API)).await;
    paste(&mut journey, &key).await;
    journey.window.says("admin-found", "Works, without admin").await.unwrap();
    journey.window.says("admin-can", "List keys").await.unwrap();
    journey.window.says("admin-cannot", "Create or revoke keys").await.unwrap();
    journey.window.says("admin-submit", "Add to look only").await.unwrap();
    add(&journey, "Readers", &key).await;
    journey.window.page_says("Can only list keys").await.unwrap();
    assert!(journey.keys_shown_of("Readers").await.unwrap() > 0);
    let closed = "return document.querySelector('[data-testid=create-key]')?.getAttribute('aria-disabled') === 'true'";
    journey.window.holds("Create to be closed", closed).await.unwrap();
}

#[tokio::test]
async fn another_services_key_waits_for_a_word_and_a_refused_one_is_not_added() {
    let (mut journey, door) = beside_the_services().await;
    begin(&journey, API, door.base(API)).await;
    paste(&mut journey, door.admin_key(OS)).await;
    journey.window.says("admin-other-service", "This looks like a Memory OS key").await.unwrap();
    assert_eq!(door.asked("memory-api GET /v1/account").unwrap(), 0, "it was sent before anybody decided");
    journey.press("admin-send-anyway").await.unwrap();
    journey.window.says("admin-found", "Refused with 401").await.unwrap();
    let closed = "return document.querySelector('[data-testid=admin-submit]').getAttribute('aria-disabled') === 'true'";
    journey.window.holds("the way on to be closed", closed).await.unwrap();
    journey.press("admin-cancel").await.unwrap();
    journey.window.gone("admin-key-dialog").await.unwrap();
    journey.window.find("first-run").await.unwrap();
    assert!(journey.stage.keyring_secrets("app.latchkey.desktop").is_empty(), "a check keeps nothing");
}

#[tokio::test]
async fn a_key_is_sent_to_no_address_that_is_unsafe_leads_elsewhere_or_cannot_prove_itself() {
    let (mut journey, door) = beside_the_services().await;
    begin(&journey, API, "http://far.example/v1").await;
    let problem = "[data-testid=\"admin-key-dialog\"] [role=\"alert\"]";
    for (address, why) in [
        ("http://far.example/v1", "A key sent over plain http can be read on the way."),
        ("https://name:word@127.0.0.1/v1", "Take the name and password out of the address."),
        ("https://api.example/v1?key=1", "Take out everything after the path."),
        ("no address", "Write a whole address"),
    ] {
        journey.fill("admin-base-url", address).await.unwrap();
        journey.window.page_says(why).await.unwrap();
        journey.window.find_by_style(problem).await.unwrap();
        // Nothing is read from the clipboard for an address that no key may go to.
        paste(&mut journey, door.admin_key(API)).await;
        assert_eq!(journey.stage.clipboard().as_deref(), Some(door.admin_key(API)));
        assert!(!journey.window.has("admin-found").await && !journey.window.has("admin-checking").await);
    }
    // A redirect is refused, and the key does not follow it.
    let mut lure = redirecting(&format!("{}/account", door.base(API)));
    journey.fill("admin-base-url", &lure.address).await.unwrap();
    paste(&mut journey, door.admin_key(API)).await;
    journey.window.says("admin-found", "Couldn’t tell").await.unwrap();
    journey.window.page_says("wanted to send Latchkey to another host").await.unwrap();
    assert_eq!(lure.asked(), 1);
    assert_eq!(door.asked("memory-api GET /v1/account").unwrap(), 0, "the key followed a redirect");
    // A certificate that nobody signed is refused before a byte of the key is sent.
    let impostor = self_signed().await;
    journey.fill("admin-base-url", &impostor.address).await.unwrap();
    journey.press("admin-check").await.unwrap();
    journey.window.page_says("doesn’t check").await.unwrap();
    assert!(impostor.heard().is_empty(), "something was sent to a server that could not prove itself");
    journey.press("admin-cancel").await.unwrap();
    journey.window.gone("admin-key-dialog").await.unwrap();
    journey.window.find("first-run").await.unwrap();
}
