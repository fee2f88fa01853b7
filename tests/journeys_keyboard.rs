//! Owns the longer ways by keyboard alone through the real window: every stop of Tab on each page, every dialog's
//! focus, the palette, the row menu, settings, the lock, and several keys revoked in one go. No mouse is used.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test's helper may fail the test")]

#[path = "journeys_keyboard/dialogs.rs"]
mod dialogs;
#[path = "journeys_keyboard/focus.rs"]
mod focus;
#[path = "journeys_keyboard/settings.rs"]
mod settings;

use focus::focused;
use serde_json::{Value, json};
use xtask::journey::{Hand, Journey};
use xtask::keyboard::{CONTROL, DOWN, ENTER, ESCAPE, HOME, RIGHT, SHIFT, Stop, TAB};
use xtask::sandbox::BackDoor;
use xtask::stage::Setting;

/// More stops than any page has.
const FARTHEST: usize = 120;

async fn begun() -> Journey {
    let journey = Journey::signed_in(Setting::default(), Hand::Keyboard).await.unwrap();
    journey.four_accounts().await.unwrap();
    journey.list().await.unwrap();
    journey
}

/// Goes round once with Tab, from the first control of the window, and answers each stop.
async fn round(journey: &Journey, backward: bool) -> Vec<Stop> {
    let window = &journey.window;
    window
        .run("window.lastStop = null; document.querySelector('[data-testid=open-palette]').focus()", vec![])
        .await
        .unwrap();
    let first = window.stop(backward).await.unwrap();
    // The way back begins by going round to the last control.
    if backward {
        window.run("window.lastStop = null", vec![]).await.unwrap();
    }
    let mut stops = vec![first.clone()];
    while stops.len() < FARTHEST {
        let stop = window.stop_after(backward).await.unwrap();
        // Past the last control the focus is nowhere, or with the first again.
        let over = stop.name.is_none() || stop.name == first.name;
        stops.push(stop);
        if over {
            return stops;
        }
    }
    assert!(stops.len() < FARTHEST, "Tab comes to no end: {:?}", names(&stops));
    stops
}

fn names(stops: &[Stop]) -> Vec<&str> {
    stops.iter().filter_map(|stop| stop.name.as_deref()).collect()
}

/// What is wrong at any stop of a round: where it is, or that nobody sees the focus there.
fn faults(page: &str, stops: &[Stop]) -> Vec<String> {
    let mut faults = Vec::new();
    for (at, pair) in stops.windows(2).enumerate() {
        let name = pair[0].name.as_deref().unwrap_or("nothing");
        if let Some(fault) = pair[0].fault.as_ref().filter(|_| at > 0) {
            faults.push(format!("{page}: {name}: {fault}"));
        }
        if !pair[1].left.is_null() && pair[0].ring == pair[1].left {
            faults.push(format!("{page}: {name}: nothing shows that it has the focus"));
        }
    }
    faults
}

#[tokio::test]
async fn tab_goes_through_every_page_as_it_reads_and_back_and_each_stop_is_seen() {
    let journey = begun().await;
    let window = &journey.window;
    // A drawer is open too, so that it has its place in the order.
    window.tab_to("key-row").await.unwrap();
    window.key(ENTER).await.unwrap();
    window.find("drawer").await.unwrap();
    let mut found = Vec::new();
    for (page, key, landmark) in
        [("keys", '1', "key-table"), ("projects", '2', "nav-projects"), ("activity", '4', "activity-search")]
    {
        window.shortcut(CONTROL, key).await.unwrap();
        window.find(landmark).await.unwrap();
        found.extend(there_and_back(&journey, page).await);
    }
    journey.press("nav-settings").await.unwrap();
    for tab in ["general", "secrets", "accounts", "notifications", "erase"] {
        window.tab_to_style("[role=tab][aria-selected=true]").await.unwrap();
        for _ in 0..5 {
            if window.run("return document.activeElement.dataset.testid", vec![]).await.unwrap()
                == json!(format!("settings-{tab}"))
            {
                break;
            }
            window.key(RIGHT).await.unwrap();
        }
        focused(&journey, &format!("settings-{tab}")).await;
        found.extend(there_and_back(&journey, tab).await);
    }
    assert!(found.is_empty(), "{} faults:\n{}", found.len(), found.join("\n"));
}

/// A round and the same round back.
async fn there_and_back(journey: &Journey, page: &str) -> Vec<String> {
    let there = round(journey, false).await;
    let mut back = round(journey, true).await;
    let mut found = faults(page, &there);
    found.extend(faults(&format!("{page}, back"), &back));
    back[1..].reverse();
    let (there, back) = (names(&there), names(&back));
    assert!(there.len() > 8, "{page}: only {there:?}");
    if there.iter().filter(|name| **name != there[0]).ne(back.iter().filter(|name| **name != back[0])) {
        found.push(format!("{page}: Shift and Tab goes another way back:\n{there:?}\n{back:?}"));
    }
    found
}

/// What opens a dialog, which one, and where its focus begins.
struct Opening {
    /// Where the focus is before: a test id.
    from: &'static str,
    /// The key that opens it there, held with another or not.
    press: (Option<char>, char),
    dialog: &'static str,
    begins: &'static str,
}

const OPENINGS: &[Opening] = &[
    Opening { from: "key-row", press: (None, 'n'), dialog: "create-dialog", begins: "create-name" },
    Opening { from: "create-key", press: (None, ENTER), dialog: "create-dialog", begins: "create-name" },
    Opening { from: "key-row", press: (None, '\u{e003}'), dialog: "revoke-dialog", begins: "revoke-cancel" },
    Opening { from: "key-row", press: (None, '?'), dialog: "shortcuts-dialog", begins: "shortcuts-close" },
    Opening { from: "open-shortcuts", press: (None, ENTER), dialog: "shortcuts-dialog", begins: "shortcuts-close" },
    Opening { from: "key-row", press: (Some(CONTROL), 'k'), dialog: "palette", begins: "palette-field" },
    Opening { from: "add-account", press: (None, ENTER), dialog: "add-account-dialog", begins: "add-basic-memory" },
];

#[tokio::test]
async fn each_dialog_begins_where_it_should_keeps_the_focus_and_gives_it_back() {
    let journey = begun().await;
    let window = &journey.window;
    // A key that was never used asks for nothing to be typed, so its question begins on Cancel.
    journey.create("quiet-key", "30").await.unwrap();
    focused(&journey, "secret-copy").await;
    window.key(ESCAPE).await.unwrap();
    window.gone("secret-dialog").await.unwrap();
    focused(&journey, "create-key").await;
    journey.search("quiet-key").await.unwrap();
    journey.row("quiet-key").await.unwrap();
    for Opening { from, press, dialog, begins } in OPENINGS {
        window.tab_to(from).await.unwrap();
        match press {
            (Some(held), key) => window.shortcut(*held, *key).await.unwrap(),
            (None, key) => window.key(*key).await.unwrap(),
        }
        window.find(dialog).await.unwrap();
        focused(&journey, begins).await;
        for backward in [false, true] {
            for _ in 0..12 {
                let stop = window.stop_after(backward).await.unwrap();
                assert!(
                    stop.fault.is_none() || stop.fault.as_deref() == Some("again"),
                    "{dialog}: {:?}: {:?}",
                    stop.name,
                    stop.fault
                );
                focused(&journey, dialog).await;
            }
        }
        window.key(ESCAPE).await.unwrap();
        window.gone(dialog).await.unwrap();
        focused(&journey, from).await;
    }
    // The row's own menu, by arrows; Esc gives the focus back to the row's button.
    window.tab_to("key-row").await.unwrap();
    for _ in 0..8 {
        if window.run("return document.activeElement.dataset.testid", vec![]).await.unwrap() == json!("row-more") {
            break;
        }
        window.key(RIGHT).await.unwrap();
    }
    focused(&journey, "row-more").await;
    window.key(ENTER).await.unwrap();
    let in_menu = "return document.activeElement?.closest('[role=menu]') !== null";
    window.holds("the menu to have the focus", in_menu).await.unwrap();
    window.key(DOWN).await.unwrap();
    window.holds("the menu to keep the focus", in_menu).await.unwrap();
    window.key(ESCAPE).await.unwrap();
    focused(&journey, "row-more").await;
    // The lock covers all; its one button has the focus and gives the page back.
    window.shortcut(CONTROL, 'l').await.unwrap();
    window.find("lock-cover").await.unwrap();
    focused(&journey, "unlock").await;
    let stop = window.stop_after(false).await.unwrap();
    assert!(stop.name.is_none() || stop.name.as_deref() == Some("unlock"), "behind the lock: {stop:?}");
    focused_unlock_and_open(&journey).await;
}

async fn focused_unlock_and_open(journey: &Journey) {
    journey.press("unlock").await.unwrap();
    journey.window.gone("lock-cover").await.unwrap();
    journey.window.find("create-key").await.unwrap();
}

#[tokio::test]
async fn the_palette_reaches_settings_and_acts_on_a_key() {
    let journey = begun().await;
    let window = &journey.window;
    journey.create("palette-key", "30").await.unwrap();
    let secret = journey.copy().await.unwrap();
    journey.done("palette-key", &secret).await.unwrap();
    let open = async || {
        window.shortcut(CONTROL, 'k').await.unwrap();
        focused(&journey, "palette-field").await;
    };
    open().await;
    window.type_text("settings: sec").await.unwrap();
    window.key(ENTER).await.unwrap();
    window.find("storage").await.unwrap();
    open().await;
    window.type_text("palette-key").await.unwrap();
    let on_top = "const top = document.querySelector('[role=option][aria-selected=true]');
        return top?.dataset.item?.startsWith('key:') === true && top.textContent.includes('palette-key')";
    window.holds("the key on top", on_top).await.unwrap();
    window.key(TAB).await.unwrap();
    let narrowed = "return document.querySelector('[data-testid=palette-on]')?.textContent === 'palette-key'";
    window.holds("the palette to be about the key", narrowed).await.unwrap();
    window.type_text("revoke").await.unwrap();
    window.key(ENTER).await.unwrap();
    journey.window.says("revoke-dialog", "palette-key").await.unwrap();
    window.key(ESCAPE).await.unwrap();
    window.gone("revoke-dialog").await.unwrap();
    open().await;
    window.type_text("palette-key").await.unwrap();
    window.key(ENTER).await.unwrap();
    window.find_by_style("[data-testid=\"drawer\"][data-name=\"palette-key\"]").await.unwrap();
}

#[tokio::test]
async fn several_keys_are_revoked_and_a_failure_stops_none() {
    let journey = begun().await;
    let window = &journey.window;
    let door = BackDoor::find(window).await.unwrap();
    let mut secrets = Vec::new();
    for name in ["bulk-one", "bulk-two", "bulk-three"] {
        journey.create(name, "30").await.unwrap();
        let secret = journey.copy().await.unwrap();
        journey.done(name, &secret).await.unwrap();
        secrets.push(secret);
    }
    journey.search("bulk-").await.unwrap();
    window.holds("three rows", "return document.querySelectorAll('[data-testid=key-row]').length === 3").await.unwrap();
    window.tab_to("key-row").await.unwrap();
    window.key(HOME).await.unwrap();
    window.key('x').await.unwrap();
    for _ in 0..2 {
        window.shortcut(SHIFT, 'j').await.unwrap();
    }
    window.says("bulk-count", "3 selected").await.unwrap();
    door.next_fails("DELETE", "/api/keys", "server_error").unwrap();
    journey.press("bulk-revoke").await.unwrap();
    window.find("bulk-revoke-dialog").await.unwrap();
    focused(&journey, "bulk-typed").await;
    window.type_text("3").await.unwrap();
    window.key(ENTER).await.unwrap();
    window.page_says("Revoked 2 of 3 keys").await.unwrap();
    assert_eq!(window.count("[data-testid=\"bulk-line\"][data-state=\"failed\"]").await, 1);
    let refused = |secrets: &[String]| secrets.iter().filter(|secret| !door.accepts(secret).unwrap()).count();
    assert_eq!(refused(&secrets), 2, "what is shown as revoked and what is refused are not the same");
    journey.press("bulk-other").await.unwrap();
    window.page_says("Revoked 3 of 3 keys").await.unwrap();
    assert_eq!(refused(&secrets), 3);
    journey.press("bulk-done").await.unwrap();
    window.gone("bulk-revoke-dialog").await.unwrap();
    window.gone("bulk-bar").await.unwrap();
    assert_ne!(window.run("return document.activeElement.tagName", vec![]).await.unwrap(), Value::from("BODY"));
}
