//! Owns the jobs at Memory API, Memory OS and MemoryKit through the real window: create, test, revoke, each
//! as its service allows; and four accounts of which one hangs and one fails.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test's helper may fail the test")]

use serde_json::json;
use xtask::journey::{Hand, Journey};
use xtask::sandbox::BackDoor;
use xtask::services::fails;
use xtask::stage::{Setting, Stage};

/// A person with the four accounts of the sandbox, at Basic Memory not signed in.
async fn with_four_accounts(sandbox_arguments: &str) -> Journey {
    let setting = Setting { sandbox_arguments: sandbox_arguments.to_owned(), ..Setting::default() };
    let journey = Journey::begin(Stage::set(setting).unwrap(), Hand::Mouse, None).await.unwrap();
    journey.open_sandbox().await.unwrap();
    journey.press("sign-in-cancel").await.unwrap();
    journey.window.gone("sign-in-dialog").await.unwrap();
    journey
}

#[tokio::test]
async fn opening_the_sandbox_fills_one_list_from_four_services() {
    let mut journey = Journey::signed_in(Setting::default(), Hand::Mouse).await.unwrap();
    journey.four_accounts().await.unwrap();
    for label in ["API", "OS", "Kit"] {
        assert!(journey.keys_shown_of(label).await.unwrap() > 0, "{label} shows no key");
    }
    journey.create("beside-the-others", "30").await.unwrap();
    let secret = journey.copy().await.unwrap();
    journey.done("beside-the-others", &secret).await.unwrap();
    journey.press("close-sandbox").await.unwrap();
    journey.window.find("first-run").await.unwrap();
    journey.stage.close_app();
}

#[tokio::test]
async fn a_memory_api_key_is_created_with_its_choices_tested_and_revoked_with_proof() {
    let journey = with_four_accounts("").await;
    journey.begin_create("API", "api-worker").await.unwrap();
    journey.choose("create-environment", "test").await.unwrap();
    journey.choose("create-expiry", "30").await.unwrap();
    let secret = journey.end_create("api-worker", "mem_test_").await.unwrap();
    let door = BackDoor::find(&journey.window).await.unwrap();
    let made = door.keys_of("memory-api").unwrap();
    let made = made.iter().find(|key| key["name"] == "api-worker").unwrap();
    assert_eq!(made["scopes"], serde_json::json!(["read", "write"]));
    journey.test("api-worker", "Works").await.unwrap();
    journey.revoke("api-worker").await.unwrap();
    journey.proof(&secret).await.unwrap();
    journey.finish_revoke("api-worker").await.unwrap();
}

#[tokio::test]
async fn a_memory_os_key_is_created_tested_and_revoked_where_its_server_allows_that() {
    let journey = with_four_accounts("").await;
    journey.begin_create("OS", "os-gateway").await.unwrap();
    let secret = journey.end_create("os-gateway", "mos_").await.unwrap();
    journey.test("os-gateway", "Works").await.unwrap();
    journey.revoke("os-gateway").await.unwrap();
    journey.proof(&secret).await.unwrap();
    journey.finish_revoke("os-gateway").await.unwrap();
}

#[tokio::test]
async fn a_memory_os_key_is_revoked_in_the_browser_where_its_server_offers_no_revoke() {
    let mut journey = with_four_accounts("--without memory-os.revoke").await;
    journey.begin_create("OS", "os-by-hand").await.unwrap();
    let secret = journey.end_create("os-by-hand", "mos_").await.unwrap();
    journey.ask_to_revoke("os-by-hand").await.unwrap();
    // Whether it is offered is known only once it was tried.
    journey.window.find("revoke-dialog").await.unwrap();
    journey.try_to_revoke().await.unwrap();
    journey.window.find("revoke-browser").await.unwrap();
    journey.revoke_in_dashboard("os-by-hand").await.unwrap();
    journey.proof(&secret).await.unwrap();
}

#[tokio::test]
async fn a_memory_kit_key_is_made_in_its_dashboard_pasted_tested_and_revoked_there_with_proof() {
    let mut journey = with_four_accounts("").await;
    journey.begin_create("Kit", "kit-search").await.unwrap();
    journey.fill("create-project", "Helpdesk").await.unwrap();
    let secret = journey.make_in_dashboard("kit-search", "Helpdesk").await.unwrap();
    assert!(secret.starts_with("ctx_"), "the dashboard shows no key");
    journey.stage.put_on_clipboard(&secret).unwrap();
    journey.press("create-have-key").await.unwrap();
    journey.press("guided-paste").await.unwrap();
    journey.window.find_by_style("[data-testid=\"guided-check-works\"][data-state=\"ok\"]").await.unwrap();
    journey.hides(&secret).await.unwrap();
    journey.press("guided-add").await.unwrap();
    journey.window.gone("guided-dialog").await.unwrap();
    journey.test("kit-search", "Works").await.unwrap();
    journey.ask_to_revoke("kit-search").await.unwrap();
    journey.window.find("revoke-browser").await.unwrap();
    journey.revoke_in_dashboard("kit-search").await.unwrap();
    journey.proof(&secret).await.unwrap();
}

#[tokio::test]
async fn of_four_accounts_one_that_hangs_and_one_that_fails_hide_no_other() {
    let journey = Journey::signed_in(Setting::default(), Hand::Mouse).await.unwrap();
    journey.four_accounts().await.unwrap();
    let door = BackDoor::find(&journey.window).await.unwrap();
    fails(&door, "memory-os", "/api/v1/keys", "latency", Some(120_000)).unwrap();
    fails(&door, "memory-api", "/v1/account/api-keys", "server_error", None).unwrap();
    let os = journey.account("OS").await.unwrap();
    journey.window.answers_during("refresh_keys", json!({ "account": os })).await.unwrap();
    journey.read_again("OS").await.unwrap();
    journey.read_again("API").await.unwrap();
    journey.stands("API", "failed").await.unwrap();
    journey.window.find_by_style("[data-testid=\"banner\"][data-kind=\"partly-loaded\"]").await.unwrap();
    journey.window.says("banner", "API").await.unwrap();
    journey.create("while-others-fail", "30").await.unwrap();
    let secret = journey.copy().await.unwrap();
    journey.done("while-others-fail", &secret).await.unwrap();
    for label in ["API", "OS", "Kit"] {
        assert!(journey.keys_shown_of(label).await.unwrap() > 0, "the keys of {label} are hidden");
    }
    journey.stands("Notes", "ok").await.unwrap();
    door.clear_faults().unwrap();
    journey.read_again("API").await.unwrap();
    journey.stands("API", "ok").await.unwrap();
}

#[tokio::test]
async fn ten_thousand_keys_stand_beside_an_empty_a_hanging_and_a_failing_account() {
    let setting = Setting { sandbox_arguments: "--seed 10000".to_owned(), ..Setting::default() };
    let journey = Journey::signed_in(setting, Hand::Mouse).await.unwrap();
    journey.four_accounts().await.unwrap();
    let door = BackDoor::find(&journey.window).await.unwrap();
    for key in door.keys_of("memory-kit").unwrap() {
        journey.open_drawer(key["name"].as_str().unwrap()).await.unwrap();
        journey.press("drawer-remove").await.unwrap();
        journey.press("confirm-action").await.unwrap();
        journey.window.gone("confirm-dialog").await.unwrap();
        journey.window.gone("drawer").await.unwrap();
    }
    fails(&door, "memory-os", "/api/v1/keys", "latency", Some(120_000)).unwrap();
    fails(&door, "memory-api", "/v1/account/api-keys", "server_error", None).unwrap();
    journey.read_again("OS").await.unwrap();
    journey.read_again("API").await.unwrap();
    journey.stands("API", "failed").await.unwrap();
    let app = journey.window.invoke("app_state", json!({})).await.unwrap().unwrap();
    let hangs = |account: &serde_json::Value| account["provider"] == "memory-os" && account["checking"] == true;
    assert!(app["accounts"].as_array().unwrap().iter().any(hangs), "the fault is in place");
    journey.search("").await.unwrap();
    let whole = "return Number(document.querySelector('[data-testid=key-table]').dataset.total) > 10000";
    journey.window.holds("ten thousand keys in the list", whole).await.unwrap();
    let kit = journey.account("Kit").await.unwrap();
    journey.window.press_style(&format!("[data-testid=\"account\"][data-account=\"{kit}\"]")).await.unwrap();
    journey.window.find("no-match").await.unwrap();
    journey.window.press_style(&format!("[data-testid=\"account\"][data-account=\"{kit}\"]")).await.unwrap();
    for label in ["API", "OS"] {
        assert!(journey.keys_shown_of(label).await.unwrap() > 0, "the keys of {label} are hidden");
    }
    // The list is as usable as ever: a key is made, found among the others, and revoked.
    journey.create("among-many", "30").await.unwrap();
    let secret = journey.copy().await.unwrap();
    journey.done("among-many", &secret).await.unwrap();
    journey.revoke("among-many").await.unwrap();
    journey.proof(&secret).await.unwrap();
    journey.finish_revoke("among-many").await.unwrap();
}

#[tokio::test]
async fn a_rate_limit_counts_down_in_sight_and_then_the_list_is_read() {
    let journey = with_four_accounts("").await;
    journey.stands("API", "ok").await.unwrap();
    let door = BackDoor::find(&journey.window).await.unwrap();
    let before = door.asked("memory-api GET /v1/account/api-keys").unwrap();
    let limit = json!({ "service": "memory-api", "method": "GET", "path": "/v1/account/api-keys",
        "kind": "rate_limited", "times": 1, "retry_after": 4 });
    door.add_fault(&limit).unwrap();
    journey.read_again("API").await.unwrap();
    journey.stands("API", "retrying").await.unwrap();
    journey.window.page_says("Asks again in").await.unwrap();
    journey.window.find("cancel-retry").await.unwrap();
    journey.stands("API", "ok").await.unwrap();
    assert_eq!(door.asked("memory-api GET /v1/account/api-keys").unwrap(), before + 2);
}

#[tokio::test]
async fn the_drawer_shows_how_a_key_is_used_and_copies_it_with_the_value() {
    let journey = with_four_accounts("").await;
    journey.begin_create("OS", "os-shown").await.unwrap();
    let secret = journey.end_create("os-shown", "mos_").await.unwrap();
    journey.open_drawer("os-shown").await.unwrap();
    journey.press("drawer-use").await.unwrap();
    journey.window.says("snippet-aside", "counts towards billing").await.unwrap();
    for (id, variable) in [("environment", "MEMORYOS_API_KEY"), ("environment_2", "MEMORY_OS_API_KEY")] {
        journey.press(&format!("snippet-{id}")).await.unwrap();
        journey.window.says("snippet-text", &format!("export {variable}=")).await.unwrap();
        journey.press("snippet-copy-with-key").await.unwrap();
        let copied = format!("export {variable}=\"{secret}\"");
        let stage = &journey.stage;
        let there = async || (stage.clipboard().as_deref() == Some(&copied)).then_some(());
        journey.window.until("the line with the value in the clipboard", there).await.unwrap();
    }
    journey.hides(&secret).await.unwrap();
    journey.press("snippet-copy").await.unwrap();
    let stage = &journey.stage;
    let plain = async || stage.clipboard().is_some_and(|text| !text.contains(&secret)).then_some(());
    journey.window.until("the line without the value", plain).await.unwrap();
    // A key that woke says so until it is said to be seen.
    let door = BackDoor::find(&journey.window).await.unwrap();
    let keys = door.keys_of("memory-api").unwrap();
    let rested = keys.iter().find(|key| key["name"] == "Old prototype").unwrap();
    door.use_key(rested["id"].as_str().unwrap()).unwrap();
    journey.read_again("API").await.unwrap();
    journey.open_drawer("Old prototype").await.unwrap();
    journey.window.says("drawer-woke", "Is it yours?").await.unwrap();
    journey.press("drawer-seen").await.unwrap();
    journey.window.gone("drawer-woke").await.unwrap();
}
