//! Owns changing settings by keyboard alone, one of each kind, and that they are kept when the app is started anew.

use crate::focus::{choose_in_menu, focused};
use serde_json::{Value, json};
use xtask::driver::by_test_id;
use xtask::journey::{Hand, Journey};
use xtask::keyboard::{CONTROL, ENTER, RIGHT, SPACE};
use xtask::stage::{Setting, Stage};

/// Switches, and the tab that each stands in.
const SWITCHES: &[(&str, &str, &str)] = &[
    ("general", "setting-letters", "letter_shortcuts"),
    ("secrets", "setting-history", "allow_clipboard_history"),
    ("secrets", "setting-keep", "keep_by_default"),
    ("notifications", "setting-notifications", "notifications"),
];

/// A person with an account at a service that outlives the app, added by keyboard as well.
async fn with_an_account() -> Journey {
    let mut stage = Stage::set(Setting::default()).unwrap();
    let door = stage.start_services(&["--seed", "1"]).unwrap();
    let mut journey = Journey::begin(stage, Hand::Keyboard, None).await.unwrap();
    journey.press("add-key-memory-api").await.unwrap();
    journey.press("admin-advanced").await.unwrap();
    journey.fill("admin-base-url", door.base("memory-api")).await.unwrap();
    journey.stage.put_on_clipboard(door.admin_key("memory-api")).unwrap();
    journey.press("admin-paste").await.unwrap();
    journey.window.says("admin-found", "Works").await.unwrap();
    journey.fill("admin-label", "Mine").await.unwrap();
    journey.window.key(ENTER).await.unwrap();
    journey.window.gone("admin-key-dialog").await.unwrap();
    journey.stands("Mine", "ok").await.unwrap();
    journey
}

async fn settings(journey: &Journey) -> Value {
    journey.window.invoke("app_state", json!({})).await.unwrap().unwrap()["settings"].clone()
}

/// Opens Settings and goes to this tab by arrow keys.
async fn open(journey: &Journey, tab: &str) {
    journey.press("nav-settings").await.unwrap();
    journey.window.tab_to_style("[role=tab][aria-selected=true]").await.unwrap();
    let id = format!("settings-{tab}");
    let mut steps = 0;
    while journey.window.run("return document.activeElement.dataset.testid", vec![]).await.unwrap() != json!(id) {
        journey.window.key(RIGHT).await.unwrap();
        steps += 1;
        assert!(steps < 5, "the arrow keys do not reach {tab}");
    }
}

/// Waits until the setting is this, in Rust.
async fn becomes(journey: &Journey, name: &str, value: &Value) {
    let there = async || (settings(journey).await[name] == *value).then_some(());
    journey.window.until(&format!("{name} to be {value}"), there).await.unwrap();
}

/// Chooses in a menu that stands for one among several.
async fn pick(journey: &Journey, id: &str, value: &str) {
    choose_in_menu(journey, &by_test_id(id), &by_test_id(&format!("{id}-menu-{value}"))).await;
    focused(journey, id).await;
}

/// Whether the control shows this, after a start as after a change.
async fn shows(journey: &Journey, id: &str, attribute: &str, value: &str) {
    let shown = format!(
        "return document.querySelector({})?.getAttribute({}) === {}",
        json!(by_test_id(id)),
        json!(attribute),
        json!(value)
    );
    journey.window.holds(&format!("{id} to show {value}"), &shown).await.unwrap();
}

#[tokio::test]
async fn a_setting_of_each_kind_is_changed_by_keyboard_alone_and_kept() {
    let mut journey = with_an_account().await;
    let before = settings(&journey).await;
    open(&journey, "general").await;
    journey.choose("setting-theme", "dark").await.unwrap();
    becomes(&journey, "theme", &json!("dark")).await;
    pick(&journey, "setting-lock", "30").await;
    becomes(&journey, "lock_after_minutes", &json!(30)).await;
    for (tab, id, name) in SWITCHES {
        open(&journey, tab).await;
        journey.window.tab_to(id).await.unwrap();
        journey.window.key(SPACE).await.unwrap();
        becomes(&journey, name, &json!(before[name] != json!(true))).await;
        // Enter does the same as the space bar, and the second change is a change too.
        journey.window.key(ENTER).await.unwrap();
        becomes(&journey, name, &before[name]).await;
        journey.window.key(SPACE).await.unwrap();
        becomes(&journey, name, &json!(before[name] != json!(true))).await;
    }
    open(&journey, "secrets").await;
    pick(&journey, "setting-clipboard", "120").await;
    becomes(&journey, "clipboard_seconds", &json!(120)).await;
    open(&journey, "accounts").await;
    let account = journey.account("Mine").await.unwrap();
    let menu = by_test_id(&format!("account-menu-{account}"));
    choose_in_menu(&journey, &menu, &by_test_id("account-menu-rename")).await;
    focused(&journey, "account-label").await;
    journey.window.shortcut(CONTROL, 'a').await.unwrap();
    journey.window.type_text("Renamed").await.unwrap();
    journey.window.key(ENTER).await.unwrap();
    journey.window.gone("account-panel-rename").await.unwrap();
    journey.stands("Renamed", "ok").await.unwrap();
    let changed = settings(&journey).await;
    // Started anew, after an end that nobody was asked about.
    journey.window = journey.stage.open_app().await.unwrap();
    journey.window.find("nav-settings").await.unwrap();
    assert_eq!(settings(&journey).await, changed, "a setting was lost");
    open(&journey, "general").await;
    shows(&journey, "setting-theme-dark", "aria-checked", "true").await;
    shows(&journey, "setting-lock", "aria-label", "Lock after idle: 30 minutes").await;
    for (tab, id, name) in SWITCHES {
        open(&journey, tab).await;
        shows(&journey, id, "aria-checked", &(before[name] != json!(true)).to_string()).await;
    }
    open(&journey, "secrets").await;
    shows(&journey, "setting-clipboard", "aria-label", "Clear the clipboard after: 120 seconds").await;
    journey.account("Renamed").await.unwrap();
    let dark = "return document.documentElement.dataset.theme === 'dark'";
    journey.window.holds("the theme to be the one that was chosen", dark).await.unwrap();
}
