//! Owns Basic Memory's projects through the real window: switched and undone by mouse and by keyboard alone,
//! changed by others, without a credential, and with a file that can't be read. The file is compared byte by byte.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test's helper may fail the test")]

use std::os::unix::fs::PermissionsExt as _;
use xtask::journey::{Hand, Journey};
use xtask::projects::{BasicMemory, Side, project};
use xtask::sandbox::BackDoor;
use xtask::stage::Setting;

async fn signed_in(hand: Hand) -> (Journey, BasicMemory) {
    let journey = Journey::signed_in(Setting::default(), hand).await.unwrap();
    let basic_memory = BasicMemory::on(&journey.stage).unwrap();
    (journey, basic_memory)
}

/// Waits until the file holds exactly this.
async fn holds(journey: &Journey, basic_memory: &BasicMemory, wanted: &str) {
    let seen = journey
        .window
        .until("the file to hold what it should", async || basic_memory.text().ok().filter(|text| text == wanted))
        .await;
    assert!(seen.is_ok(), "{}", difference(wanted, &basic_memory.text().unwrap()));
    let mode = std::fs::metadata(basic_memory.file()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

/// Lines that differ, with keys cut out.
fn difference(wanted: &str, found: &str) -> String {
    let lines = |text: &str| {
        text.lines().map(|line| line.split("bmc_").next().unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    let (wanted, found) = (lines(wanted), lines(found));
    let odd: Vec<_> = wanted.iter().zip(&found).filter(|(wanted, found)| wanted != found).collect();
    format!("{} lines wanted, {} found; different: {odd:#?}", wanted.len(), found.len())
}

/// The text with its key, as it stands in the file now.
fn with_key_of(text: &str, now: &str) -> String {
    let marker = "\"cloud_api_key\": ";
    let key = now.split(marker).nth(1).and_then(|rest| rest.split(",\n").next()).unwrap();
    text.replace("\"cloud_api_key\": null", &format!("{marker}{key}"))
}

async fn switched_and_undone(hand: Hand) {
    let (mut journey, basic_memory) = signed_in(hand).await;
    let text = journey.projects_of(&basic_memory).await.unwrap();
    // The CLI's sign-in reaches both workspaces, so it is asked which.
    journey.sign_in_the_cli().await.unwrap();
    journey.window.find_by_style("[data-source=cli_sign_in][data-in-use][data-state=works]").await.unwrap();

    journey.serve("research", Side::Cloud).await.unwrap();
    let workspace = journey.first_workspace().await.unwrap();
    journey.served_from("research", Side::Cloud).await.unwrap();
    let switched = text.replace(&basic_memory.local("research"), &basic_memory.cloud(&workspace));
    assert_ne!(switched, text);
    holds(&journey, &basic_memory, &switched).await;

    journey.undo_switch("research").await.unwrap();
    journey.served_from("research", Side::Local).await.unwrap();
    holds(&journey, &basic_memory, &text).await;

    // Its workspace is remembered, and back to local needs no folder.
    journey.serve("research", Side::Cloud).await.unwrap();
    journey.served_from("research", Side::Cloud).await.unwrap();
    journey.serve("research", Side::Local).await.unwrap();
    journey.served_from("research", Side::Local).await.unwrap();
    holds(&journey, &basic_memory, &text).await;
}

#[tokio::test]
async fn a_project_is_switched_and_undone_by_mouse() {
    switched_and_undone(Hand::Mouse).await;
}

#[tokio::test]
async fn a_project_is_switched_and_undone_by_keyboard_alone() {
    switched_and_undone(Hand::Keyboard).await;
}

async fn several_at_once(hand: Hand) {
    let (journey, basic_memory) = signed_in(hand).await;
    let text = journey.projects_of(&basic_memory).await.unwrap();
    journey.choose_new_key("bm").await.unwrap();
    let text = with_key_of(&text, &basic_memory.text().unwrap());
    assert!(text.contains("\"cloud_api_key\": \"bmc_"), "the file holds no key");
    holds(&journey, &basic_memory, &text).await;
    // A key belongs to one workspace, so nothing is asked.
    journey.window.find_by_style("[data-source=config_key][data-in-use][data-state=works]").await.unwrap();
    for name in ["main", "garden"] {
        journey.select_project(name).await.unwrap();
    }
    journey.window.says("bulk-count", "2 selected").await.unwrap();
    journey.press("bulk-cloud").await.unwrap();
    for name in ["main", "garden"] {
        journey.served_from(name, Side::Cloud).await.unwrap();
    }
    let written: serde_json::Value = serde_json::from_str(&basic_memory.text().unwrap()).unwrap();
    let workspace = written["projects"]["main"]["workspace_id"].as_str().unwrap().to_owned();
    let both = ["main", "garden"]
        .iter()
        .fold(text.clone(), |text, name| text.replace(&basic_memory.local(name), &basic_memory.cloud(&workspace)));
    holds(&journey, &basic_memory, &both).await;
    journey.press("bulk-clear").await.unwrap();
    journey.undo_switch("garden").await.unwrap();
    for name in ["main", "garden"] {
        journey.served_from(name, Side::Local).await.unwrap();
    }
    holds(&journey, &basic_memory, &text).await;
}

#[tokio::test]
async fn several_projects_are_switched_at_once_and_undone_together_by_mouse() {
    several_at_once(Hand::Mouse).await;
}

#[tokio::test]
async fn several_projects_are_switched_at_once_and_undone_together_by_keyboard_alone() {
    several_at_once(Hand::Keyboard).await;
}

#[tokio::test]
async fn a_project_that_the_cloud_lacks_is_told_and_can_be_made_there() {
    let (journey, basic_memory) = signed_in(Hand::Keyboard).await;
    journey.projects_of(&basic_memory).await.unwrap();
    journey.choose_new_key("bm").await.unwrap();
    journey.serve("recipes", Side::Cloud).await.unwrap();
    journey.served_from("recipes", Side::Cloud).await.unwrap();
    journey.window.page_says("Not there yet").await.unwrap();
    let written = basic_memory.text().unwrap();
    journey.press("project-create").await.unwrap();
    journey.window.gone("project-remark").await.unwrap();
    // Another look at the cloud, not at what was just done.
    journey.press("scan").await.unwrap();
    journey.served_from("recipes", Side::Cloud).await.unwrap();
    assert!(!journey.window.has("project-create").await);
    assert_eq!(basic_memory.text().unwrap(), written);
}

#[tokio::test]
async fn what_another_program_writes_appears_by_itself() {
    let (journey, basic_memory) = signed_in(Hand::Mouse).await;
    journey.open_projects().await.unwrap();
    journey.window.find("config-absent").await.unwrap();
    let text = basic_memory.sample(&BackDoor::find(&journey.window).await.unwrap()).unwrap();
    basic_memory.write(&text).unwrap();
    journey.served_from("garden", Side::Local).await.unwrap();
    basic_memory.write(&text.replace(&basic_memory.local("garden"), &basic_memory.cloud("somewhere"))).unwrap();
    journey.served_from("garden", Side::Cloud).await.unwrap();
    basic_memory.write(&text.replace("\"garden\"", "\"orchard\"")).unwrap();
    journey.served_from("orchard", Side::Local).await.unwrap();
    assert_eq!(journey.window.count(&project("garden")).await, 0);
}

#[tokio::test]
async fn a_stale_key_that_masks_a_good_sign_in_is_taken_out_with_one_click() {
    let (mut journey, basic_memory) = signed_in(Hand::Mouse).await;
    let text = journey.projects_of(&basic_memory).await.unwrap();
    journey.sign_in_the_cli().await.unwrap();
    let mode = std::fs::metadata(basic_memory.tokens()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let stale = text
        .replace("\"cloud_api_key\": null", "\"cloud_api_key\": \"bmc_0000000000000000000000000000000000000EXAMPLE\"");
    basic_memory.write(&stale).unwrap();
    journey.window.find_by_style("[data-source=config_key][data-in-use]").await.unwrap();
    journey.press("check-credentials").await.unwrap();
    journey.window.find_by_style("[data-source=config_key][data-state=refused]").await.unwrap();
    journey.window.find_by_style("[data-trap=stale_key_masks_sign_in]").await.unwrap();
    journey.press("fix-use_sign_in").await.unwrap();
    journey.window.find_by_style("[data-source=cli_sign_in][data-in-use][data-state=works]").await.unwrap();
    journey.window.gone("trap").await.unwrap();
    holds(&journey, &basic_memory, &text).await;
}

#[tokio::test]
async fn cloud_projects_without_a_credential_are_said_to_have_none() {
    let (journey, basic_memory) = signed_in(Hand::Keyboard).await;
    let text = basic_memory.sample(&BackDoor::find(&journey.window).await.unwrap()).unwrap();
    let text = text.replace(&basic_memory.local("recipes"), &basic_memory.cloud("somewhere"));
    basic_memory.write(&text).unwrap();
    journey.open_projects().await.unwrap();
    journey.served_from("recipes", Side::Cloud).await.unwrap();
    journey.window.find_by_style("[data-kind=no-credential]").await.unwrap();
    journey.window.page_says("Not reachable now").await.unwrap();
    journey.press("fix-create_key").await.unwrap();
    journey.window.find("create-dialog").await.unwrap();
    assert_eq!(basic_memory.text().unwrap(), text);
}

#[tokio::test]
async fn a_file_that_cannot_be_read_is_named_and_left_alone_until_it_is_mended() {
    let (journey, basic_memory) = signed_in(Hand::Keyboard).await;
    let text = journey.projects_of(&basic_memory).await.unwrap();
    let broken = text.replacen("\"dev\",", "\"dev\"", 1);
    basic_memory.write(&broken).unwrap();
    journey.window.says("config-refused", "basic-memory/config.json").await.unwrap();
    journey.window.says("config-refused", "ine 3").await.unwrap();
    assert_eq!(journey.window.count("[role=switch]").await, 0);
    journey.press("config-scan").await.unwrap();
    assert_eq!(basic_memory.text().unwrap(), broken);
    basic_memory.write(&text).unwrap();
    journey.served_from("main", Side::Local).await.unwrap();
    assert_eq!(basic_memory.text().unwrap(), text);
}
