//! Owns how the focus of a dialog is looked at: where it begins, the stops of Tab round it and back, and where
//! it is afterwards.

use serde_json::json;
use xtask::driver::by_test_id;
use xtask::journey::Journey;
use xtask::keyboard::{DOWN, ENTER, Stop};

/// Where a dialog begins that has neither an empty field nor a next step: on its title.
pub(crate) const TITLE: &str = "h2";

/// More stops than any dialog has.
const FARTHEST: usize = 40;

/// Waits until the focus is on or in the element with this test id.
pub(crate) async fn focused(journey: &Journey, id: &str) {
    focused_style(journey, id, &by_test_id(id)).await;
}

/// Waits until the focus is on or in an element that fits this selector.
pub(crate) async fn focused_style(journey: &Journey, what: &str, selector: &str) {
    let there = format!("return !!document.activeElement?.closest({})", json!(selector));
    let held = journey.window.holds(&format!("{what} to have the focus"), &there).await;
    assert!(held.is_ok(), "{what} has not the focus, but {}", focus(journey).await);
}

/// What has the focus, by its test id or its words.
async fn focus(journey: &Journey) -> String {
    const SAY: &str = "const one = document.activeElement; return `${one?.tagName} ${one?.dataset.testid ?? one?.textContent.trim().slice(0, 60)}`";
    journey.window.run(SAY, vec![]).await.unwrap().to_string()
}

/// A dialog as it was opened: where the focus is, and the stops of Tab from its Close button on, there and back.
pub(crate) async fn order(journey: &Journey, dialog: &str, begins: &str, stops: &[&str]) {
    journey.window.find(dialog).await.unwrap();
    if begins == TITLE {
        focused_style(journey, &format!("the title of {dialog}"), &format!("{} h2", by_test_id(dialog))).await;
    } else {
        focused(journey, begins).await;
    }
    assert_eq!(circle(journey, dialog, false).await, stops, "{dialog}");
    assert_eq!(circle(journey, dialog, true).await, stops, "{dialog}, back");
}

/// Goes round a dialog once. Each stop is seen, inside of it, and marked while it has the focus.
async fn circle(journey: &Journey, dialog: &str, backward: bool) -> Vec<String> {
    let window = &journey.window;
    window.run("window.lastStop = null", vec![]).await.unwrap();
    let mut stops: Vec<Stop> = Vec::new();
    loop {
        let stop = window.stop_after(backward).await.unwrap();
        focused(journey, dialog).await;
        let fault = stop.fault.as_deref().filter(|fault| *fault != "again");
        assert_eq!(fault, None, "{dialog}: {:?}", stop.name);
        if let Some(before) = stops.last() {
            assert!(
                before.ring != stop.left,
                "{dialog}: nothing shows that {:?} has the focus: {}",
                before.name,
                before.ring
            );
        }
        if stops.first().is_some_and(|first| first.name == stop.name) {
            break;
        }
        stops.push(stop);
        assert!(stops.len() < FARTHEST, "{dialog}: Tab comes to no end");
    }
    let mut names: Vec<String> = stops.into_iter().filter_map(|stop| stop.name).collect();
    if backward {
        names.reverse();
    }
    let close = names.iter().position(|name| name == "dialog-close").unwrap_or_default();
    names.rotate_left(close);
    names
}

/// Opens a menu by its button and takes an item, with the keyboard.
pub(crate) async fn choose_in_menu(journey: &Journey, button: &str, item: &str) {
    journey.window.tab_to_style(button).await.unwrap();
    journey.window.key(ENTER).await.unwrap();
    journey.window.find_by_style(item).await.unwrap();
    let in_menu = "return document.activeElement?.closest('[role=menu]') !== null";
    journey.window.holds("the menu to have the focus", in_menu).await.unwrap();
    let there = format!("return document.activeElement?.matches({}) === true", json!(item));
    let mut steps = 0;
    while journey.window.run(&there, vec![]).await.unwrap() != json!(true) {
        journey.window.key(DOWN).await.unwrap();
        steps += 1;
        assert!(steps < FARTHEST, "the arrow keys do not reach {item}: {}", focus(journey).await);
    }
    journey.window.key(ENTER).await.unwrap();
}
