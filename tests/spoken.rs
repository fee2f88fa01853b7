//! Owns what a screen reader is told of the real window, through AT-SPI: the table and its size, each piece of
//! news, and no key unless it is revealed. Names and roles on every screen are asked in accessibility.rs.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test's helper may fail the test")]

use serde_json::json;
use xtask::journey::{Hand, Journey, Verdict};
use xtask::sandbox::BackDoor;
use xtask::spoken::Node;
use xtask::stage::{Setting, Stage};

/// Waits until these words were said without being asked for.
async fn says(journey: &mut Journey, words: &str) {
    let (window, stage) = (journey.window.clone(), &mut journey.stage);
    let said = window.until(words, async || stage.heard().iter().any(|news| news.says(words)).then_some(())).await;
    assert!(said.is_ok(), "“{words}” was not said, only {:#?}", stage.heard().iter().map(told).collect::<Vec<_>>());
}

/// The words of one piece of news.
fn told(news: &Node) -> String {
    news.all().iter().map(|node| node.word("text").to_owned()).collect::<Vec<_>>().join(" ")
}

/// Waits until the tree tells a text, or tells it no more. `WebKitGTK` tells news only of parts of the page that
/// somebody has looked at, as a person's reader has when the focus is there.
async fn until_told(journey: &Journey, what: &str, text: &str, wanted: bool) {
    let told = async || (journey.window.spoken().ok()?.says(text) == wanted).then_some(());
    journey.window.until(what, told).await.unwrap();
}

async fn listening() -> Journey {
    let mut journey = Journey::begin(Stage::set(Setting::spoken()).unwrap(), Hand::Mouse, None).await.unwrap();
    journey.window.find("first-run").await.unwrap();
    until_told(&journey, "the first page to be told", "Latchkey", true).await;
    journey.stage.listen().unwrap();
    journey
}

#[tokio::test]
async fn a_screen_reader_hears_each_step_of_the_main_job_and_no_key() {
    let mut journey = listening().await;
    journey.open_sandbox().await.unwrap();
    says(&mut journey, "Waiting for approval.").await;
    journey.sign_in(Verdict::Approve(1)).await.unwrap();
    says(&mut journey, "Signed in.").await;
    journey.list().await.unwrap();
    the_table_is_told(&journey).await;

    journey.create("spoken-key", "30").await.unwrap();
    says(&mut journey, "spoken-key is made. Copy it now").await;
    says(&mut journey, "Kept in keychain.").await;
    let secret = journey.copy().await.unwrap();
    says(&mut journey, "Copied spoken-key.").await;
    assert!(!journey.window.spoken().unwrap().says(&secret), "the key is told although it is hidden");
    // What SECURITY.md says of a revealed key: whoever can see it can have it read out, until it hides.
    journey.press("secret-reveal").await.unwrap();
    says(&mut journey, "The secret is shown.").await;
    until_told(&journey, "the revealed key to be told", &secret, true).await;
    journey.press("secret-reveal").await.unwrap();
    until_told(&journey, "the hidden key to be told no more", &secret, false).await;
    journey.done("spoken-key", &secret).await.unwrap();

    let door = BackDoor::find(&journey.window).await.unwrap();
    journey.open_drawer("spoken-key").await.unwrap();
    until_told(&journey, "the drawer to be told", "Details of spoken-key", true).await;
    journey.press("drawer-test").await.unwrap();
    says(&mut journey, "Works. Basic Memory accepted this key").await;
    door.next_fails("DELETE", "/api/keys", "server_error").unwrap();
    journey.press("drawer-revoke").await.unwrap();
    until_told(&journey, "the question to be told", "Revoke spoken-key?", true).await;
    journey.try_to_revoke().await.unwrap();
    journey.window.find("revoke-failure").await.unwrap();
    let failure = journey.window.text("revoke-failure").await.unwrap();
    let title = failure.split('.').next().unwrap().to_owned();
    assert!(title.len() > 8, "the failure says nothing: {failure}");
    says(&mut journey, &title).await;
    journey.try_to_revoke().await.unwrap();
    journey.window.find("revoke-done").await.unwrap();
    says(&mut journey, "spoken-key is revoked. Refused with 401").await;
    journey.press("revoke-finish").await.unwrap();
    journey.window.gone("revoke-done").await.unwrap();
    journey.press("chip-all").await.unwrap();
    journey.open_drawer("spoken-key").await.unwrap();
    journey.press("drawer-remove").await.unwrap();
    journey.press("confirm-action").await.unwrap();
    says(&mut journey, "Removed spoken-key from the list.").await;

    let heard = journey.stage.heard();
    assert!(!heard.iter().any(|news| news.says(&secret)), "the key was said aloud");
}

/// The table has a name and its whole size, each row its place, though only some are drawn.
async fn the_table_is_told(journey: &Journey) {
    let whole = "return String(document.querySelector('[role=grid]').ariaRowCount)";
    let whole = journey.window.run(whole, vec![]).await.unwrap();
    let counted = async || {
        let tree = journey.window.spoken().ok()?;
        let table = tree.all().into_iter().find(|node| node.word("role") == "table")?;
        let rows: Vec<Node> = table.all().into_iter().filter(|node| node.word("role") == "table row").collect();
        let placed = rows.len() > 5 && rows.iter().all(|row| !row.attribute("rowindex").is_empty());
        (json!(table.attribute("rowcount")) == whole && table.word("name") == "Keys" && placed).then_some(())
    };
    journey.window.until("the table to be told with its name, size and rows", counted).await.unwrap();
}

#[tokio::test]
async fn a_planted_fault_is_found_and_planted_news_is_heard() {
    let mut journey = listening().await;
    assert_eq!(journey.window.spoken_faults().await.unwrap(), Vec::<String>::new());
    for (markup, fault) in [
        ("<button></button>", "a push button <button> without a name"),
        ("<div role=checkbox tabindex=0></div>", "without a name"),
        ("<div role=img></div>", "neither named nor hidden"),
        ("<svg role=img width=20 height=20><circle r=9 /></svg>", "neither named nor hidden"),
        ("<button aria-label='Copy bmc_0000000000000000000000000000000000000EXAMPLE'></button>", "a whole key"),
        ("<p>mem_live_0000000000000000000000000EXAMPLE</p>", "a whole key"),
    ] {
        let plant = "const planted = document.createElement('div'); planted.id = 'planted';
            planted.innerHTML = arguments[0]; document.querySelector('main').append(planted)";
        journey.window.run(plant, vec![json!(markup)]).await.unwrap();
        let found = journey.window.spoken_faults().await.unwrap();
        assert!(found.len() == 1 && found[0].contains(fault), "{markup}: {found:?}");
        journey.window.run("document.getElementById('planted').remove()", vec![]).await.unwrap();
    }
    assert_eq!(journey.window.spoken_faults().await.unwrap(), Vec::<String>::new());
    let speak = "const region = document.createElement('div'); region.setAttribute('role', 'alert');
        region.textContent = 'Planted news'; document.querySelector('main').append(region)";
    journey.window.run(speak, vec![]).await.unwrap();
    says(&mut journey, "Planted news").await;
}
