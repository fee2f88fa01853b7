//! Owns signing in by the browser alone, through the real window and a real browser: an account whose client
//! id is marked for it, the code instead, a stale tab, a no, and cancelling.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test's helper may fail the test")]

use serde_json::{Value, json};
use std::net::TcpStream;
use std::time::{Duration, Instant};
use xtask::journey::{Hand, Journey, Verdict};
use xtask::stage::{Setting, Stage};

async fn at_the_browser() -> Journey {
    let journey = Journey::begin(Stage::set(Setting::default()).unwrap(), Hand::Mouse, None).await.unwrap();
    journey.open_sandbox().await.unwrap();
    journey.window.find("sign-in-browser").await.unwrap();
    journey
}

/// The page that was opened last, once there are this many.
async fn page(journey: &Journey, count: usize) -> String {
    let stage = &journey.stage;
    let opened = async || stage.opened().get(count - 1).cloned();
    journey.window.until("the page to be opened", opened).await.unwrap()
}

/// Where the browser comes back to from this page.
fn listener(page: &str) -> String {
    let (_, rest) = page.split_once("redirect_uri=http%3A%2F%2F").unwrap();
    rest.split_once("%2Fcallback").unwrap().0.replace("%3A", ":")
}

#[tokio::test]
async fn an_account_whose_client_is_marked_signs_in_by_the_browser_alone() {
    let mut stage = Stage::set(Setting::default()).unwrap();
    let (host, server, client) = a_service_of_its_own(&mut stage);
    let mut journey = Journey::begin(stage, Hand::Mouse, None).await.unwrap();
    // The published server is not reached from here, and nothing of it is needed: the servers are changed first.
    let published = json!({ "host": "", "authorization_server": server, "client_id": client, "loopback": false });
    let ask = json!({ "provider": "basic-memory", "account": null, "servers": published });
    journey.window.find("first-run").await.unwrap();
    journey.window.invoke("start_sign_in", ask).await.unwrap().unwrap();
    // Once its page is open, the window knows of it and takes it up instead of starting another one.
    page(&journey, 1).await;
    journey.press("sign-in").await.unwrap();
    journey.window.find("sign-in-dialog").await.unwrap();
    journey.press("sign-in-advanced").await.unwrap();
    for (field, value) in [("host", &host), ("authorization_server", &server), ("client_id", &client)] {
        journey.fill(&format!("servers-{field}"), value).await.unwrap();
    }
    journey.press("servers-loopback").await.unwrap();
    journey.press("sign-in-restart").await.unwrap();
    journey.window.find("sign-in-browser").await.unwrap();
    assert!(!journey.window.has("sign-in-code").await, "a code is shown");
    journey.sign_in(Verdict::Approve(1)).await.unwrap();
    let known = journey.window.invoke("app_state", json!({})).await.unwrap().unwrap();
    let account = known["accounts"].as_array().unwrap().iter().find(|one| one["host"] == json!(host)).unwrap().clone();
    assert_eq!((&account["loopback"], &account["sign_in"]), (&json!(true), &json!("signed_in")));
    // The mark stands in Settings too.
    journey.press("nav-settings").await.unwrap();
    journey.press("settings-accounts").await.unwrap();
    journey.window.press_style("[data-testid^=\"account-menu-\"]").await.unwrap();
    journey.press("account-menu-servers").await.unwrap();
    let marked = "return document.querySelector('[data-testid=\"servers-loopback\"]')?.checked === true";
    journey.window.holds("the mark to stand in Settings", marked).await.unwrap();
}

#[tokio::test]
async fn a_code_is_offered_when_nothing_happened_and_the_stale_tab_says_so() {
    let mut journey = at_the_browser().await;
    let stale = page(&journey, 1).await;
    assert!(!journey.window.has("sign-in-use-code").await, "a code is offered at once");
    journey.use_code().await.unwrap();
    let browser = journey.stage.browse(&stale).await.unwrap();
    browser.press_style("#approve").await.unwrap();
    browser.page_says("This sign-in was replaced").await.unwrap();
    journey.stage.close_browser();
    assert!(journey.window.has("sign-in-code").await, "the stale tab signed somebody in");
    journey.sign_in(Verdict::Approve(1)).await.unwrap();
    journey.list().await.unwrap();
}

#[tokio::test]
async fn a_no_in_the_browser_says_so_and_starting_again_works() {
    let mut journey = at_the_browser().await;
    journey.decide(Verdict::Deny).await.unwrap();
    journey.window.says("sign-in-state", "Denied in the browser").await.unwrap();
    journey.press("sign-in-again").await.unwrap();
    journey.sign_in(Verdict::Approve(1)).await.unwrap();
    journey.list().await.unwrap();
}

#[tokio::test]
async fn cancelling_closes_the_door() {
    let journey = at_the_browser().await;
    let address = listener(&page(&journey, 1).await);
    assert!(TcpStream::connect(&address).is_ok(), "nobody listens at {address}");
    journey.press("sign-in-cancel").await.unwrap();
    journey.window.gone("sign-in-dialog").await.unwrap();
    let closed = async || TcpStream::connect(&address).is_err().then_some(());
    journey.window.until("the door to be closed", closed).await.unwrap();
}

/// A sandbox started by hand, which does not end with the app.
fn a_service_of_its_own(stage: &mut Stage) -> (String, String, String) {
    let ready = stage.folder().join("service.json");
    let mut command = stage.command(xtask::paths::sandbox());
    command.arg("--ready-file").arg(&ready).args(["--client-id", "client_of_this_test"]);
    stage.processes().start("service", &mut command).unwrap();
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        assert!(Instant::now() < deadline, "the sandbox did not start");
        let Ok(text) = std::fs::read_to_string(&ready) else { continue };
        let Ok(ready) = serde_json::from_str::<Value>(&text) else { continue };
        let word = |name: &str| ready["basic_memory"][name].as_str().unwrap().to_owned();
        return (word("host"), word("authorization_server"), word("client_id"));
    }
}
