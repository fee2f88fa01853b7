//! Owns the troubles of a network, through the real window: offline, a lost answer, a restart.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test's helper may fail the test")]

use serde_json::json;
use xtask::journey::{Hand, Journey};
use xtask::sandbox::BackDoor;
use xtask::stage::{Setting, Stage};

#[tokio::test]
async fn a_service_that_is_gone_is_called_offline_and_the_list_stays() {
    let journey = Journey::signed_in(Setting::default(), Hand::Mouse).await.unwrap();
    journey.create("stays", "30").await.unwrap();
    let secret = journey.copy().await.unwrap();
    journey.done("stays", &secret).await.unwrap();
    BackDoor::find(&journey.window).await.unwrap().end().unwrap();
    let _ = journey.window.invoke("refresh_keys", json!({ "account": null })).await.unwrap();
    journey.window.find_by_style("[data-kind=\"offline\"]").await.unwrap();
    journey.row("stays").await.unwrap();
}

#[tokio::test]
async fn a_lost_answer_is_never_repeated_and_the_next_list_finds_the_key() {
    let journey = Journey::signed_in(Setting::default(), Hand::Mouse).await.unwrap();
    let door = BackDoor::find(&journey.window).await.unwrap();
    door.next_fails("POST", "/api/keys", "dropped_after_work").unwrap();
    journey.press("create-key").await.unwrap();
    journey.fill("create-name", "lost-answer").await.unwrap();
    journey.press("create-submit").await.unwrap();
    journey.window.says("create-failure", "The key may exist").await.unwrap();
    let made = door.keys().unwrap().iter().filter(|key| key["name"] == "lost-answer").count();
    assert_eq!(made, 1, "a create was repeated or never sent");
    journey.press("create-failure-next").await.unwrap();
    journey.search("lost-answer").await.unwrap();
    journey.window.page_says("It exists, but its secret is gone").await.unwrap();
}

#[tokio::test]
async fn a_restart_keeps_accounts_and_shows_their_keys_before_any_answer() {
    let mut stage = Stage::set(Setting::default()).unwrap();
    let (host, server, client) = a_service_of_its_own(&mut stage);
    let mut journey = Journey::begin(stage, Hand::Mouse, None).await.unwrap();
    let servers = json!({ "host": host, "authorization_server": server, "client_id": client });
    let ask = json!({ "provider": "basic-memory", "account": null, "servers": servers });
    journey.window.find("first-run").await.unwrap();
    journey.window.invoke("start_sign_in", ask).await.unwrap().unwrap();
    approve_what_the_app_opened(&mut journey).await;
    journey.create("survivor", "30").await.unwrap();
    let secret = journey.copy().await.unwrap();
    journey.press("secret-done").await.unwrap();
    journey.row("survivor").await.unwrap();
    journey.stage.close_app();
    journey.stage.processes().end("service");
    journey.window = journey.stage.open_app().await.unwrap();
    journey.row("survivor").await.unwrap();
    assert!(journey.stage.keyring_secrets("app.latchkey.desktop").contains(&secret), "the kept key is gone");
}

/// A sandbox started by hand, which does not end with the app.
fn a_service_of_its_own(stage: &mut Stage) -> (String, String, String) {
    let ready = stage.folder().join("service.json");
    let mut command = stage.command(xtask::paths::sandbox());
    command.arg("--ready-file").arg(&ready);
    stage.processes().start("service", &mut command).unwrap();
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    loop {
        assert!(std::time::Instant::now() < deadline, "the sandbox did not start");
        let Ok(text) = std::fs::read_to_string(&ready) else { continue };
        let Ok(ready) = serde_json::from_str::<serde_json::Value>(&text) else { continue };
        let word = |name: &str| ready["basic_memory"][name].as_str().unwrap().to_owned();
        return (word("host"), word("authorization_server"), word("client_id"));
    }
}

async fn approve_what_the_app_opened(journey: &mut Journey) {
    let stage = &journey.stage;
    let address = journey.window.until("the page to be opened", async || stage.opened().pop()).await.unwrap();
    journey.approve(&address).await.unwrap();
    journey.window.find("create-key").await.unwrap();
}
