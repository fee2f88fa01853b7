//! Owns what a stranger's texts and a wrong clock look like in the real window: names of markup, of another
//! direction and of great length, and a service whose clock is an hour ahead.
//!
//! The pictures lie in `target/tmp`.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test's helper may fail the test")]

use serde_json::json;
use std::path::Path;
use xtask::journey::{Hand, Journey};
use xtask::sandbox::BackDoor;
use xtask::stage::Setting;

const MARKUP: &str = "<img src=x onerror=\"document.title='taken'\"><b>bold</b>";
const RIGHT_TO_LEFT: &str = "מפתח של המחשב (1)";

#[tokio::test]
async fn names_are_text_in_their_own_direction_and_a_wrong_clock_is_said() {
    let journey = Journey::signed_in(Setting::default(), Hand::Mouse).await.unwrap();
    journey.put_due_away().await.unwrap();
    let long = "w".repeat(100);
    for name in [MARKUP, RIGHT_TO_LEFT, &long] {
        let input = json!({ "account": account(&journey).await, "name": name, "workspace": null, "expires_on": null,
            "utc_offset_minutes": 0, "keep": true, "allow_duplicate": false, "environment": null, "scopes": [],
            "rate_limit": null });
        journey.window.invoke("create_key", json!({ "input": input })).await.unwrap().unwrap();
        journey.window.invoke("close_slot", json!({ "anyway": true })).await.unwrap().unwrap();
    }
    journey.search("img").await.unwrap();
    journey.window.page_says(MARKUP).await.unwrap();
    journey.search("").await.unwrap();
    // Nothing of a name became an element, ran, or made the page wider than its window.
    journey
        .window
        .holds("names to be text", "return document.querySelector('img[src=x]') === null && document.title !== 'taken'")
        .await
        .unwrap();
    let fits = "return document.documentElement.scrollWidth <= innerWidth";
    for (width, height) in [(1180, 760), (880, 600)] {
        journey.window.resize(width, height).await.unwrap();
        journey.window.holds("the page to fit its window", fits).await.unwrap();
        let file = format!("names-{width}.png");
        journey.window.picture(&Path::new(env!("CARGO_TARGET_TMPDIR")).join(file)).await.unwrap();
    }
    journey.window.resize(1180, 760).await.unwrap();
    let door = BackDoor::find(&journey.window).await.unwrap();
    door.advance_clock(3600).unwrap();
    journey.window.invoke("refresh_keys", json!({ "account": null })).await.unwrap().unwrap();
    journey.window.find_by_style("[data-kind=\"clock\"]").await.unwrap();
    journey.window.page_says("This computer’s clock is 1 h behind 127.0.0.1").await.unwrap();
    journey.window.picture(&Path::new(env!("CARGO_TARGET_TMPDIR")).join("clock.png")).await.unwrap();
    assert!(journey.window.accessibility_faults().await.unwrap().is_empty());
}

async fn account(journey: &Journey) -> String {
    let app = journey.window.invoke("app_state", json!({})).await.unwrap().unwrap();
    let found = app["accounts"].as_array().unwrap().iter().find(|one| one["provider"] == "basic-memory").unwrap();
    found["id"].as_str().unwrap().to_owned()
}
