//! Owns the zoom as a person meets it, in the real window: by every key it is pressed with, as far as it goes, kept
//! for the next start, and all of the main job with it in the smallest window.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test's helper may fail the test")]

use serde_json::json;
use xtask::driver::Window;
use xtask::journey::{Hand, Journey};
use xtask::keyboard::{CONTROL, SHIFT};
use xtask::stage::{Setting, Stage};
use xtask::steps::Steps;

/// Plus and minus of a number pad, as the driver names them. Its nought means Insert there: the driver has no Num Lock.
const NUMPAD: [char; 2] = ['\u{e025}', '\u{e027}'];

/// The size that the window opens with.
const WIDE: u32 = 1180;

/// The controls that stand beside the window: a page that takes its room for wider than it is puts them there.
const OUT_OF_REACH: &str = "
    return [...document.querySelectorAll('main :is(button, input, a, [role=row], [role=columnheader])')]
        .filter((one) => one.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
        .filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
        .map((one) => one.dataset.testid ?? one.textContent.trim());";

async fn begun() -> Journey {
    let journey = Journey::begin(Stage::set(Setting::default()).unwrap(), Hand::Keyboard, None).await.unwrap();
    journey.window.find("first-run").await.unwrap();
    journey
}

/// The page has as much less room as everything is drawn larger, and nothing in it has to be scrolled sideways.
async fn is_drawn(window: &Window, percent: u32) {
    let room = format!("return Math.abs(innerWidth - {WIDE} * 100 / {percent}) <= 1");
    window.holds(&format!("everything to be drawn at {percent} %"), &room).await.unwrap();
    // Widths are whole numbers, and at 110 % the room is not: one is rounded up where the other is rounded down.
    let sideways = "return document.scrollingElement.scrollWidth > innerWidth + 1";
    assert_eq!(window.run(sideways, vec![]).await.unwrap(), json!(false), "{percent} % is scrolled sideways");
}

/// What a screen reader is told.
async fn told(window: &Window, percent: u32) {
    let words = format!("Zoom {percent}\u{a0}%.");
    let says = format!("return document.querySelector('[data-testid=live-toast]').textContent.includes('{words}')");
    window.holds(&words, &says).await.unwrap();
}

#[tokio::test]
async fn the_window_is_zoomed_by_its_keys_as_far_as_it_goes_and_opens_so_again() {
    let mut journey = begun().await;
    let window = journey.window.clone();
    is_drawn(&window, 100).await;
    for percent in [110, 125, 150, 175, 200, 200] {
        window.shortcut(CONTROL, '+').await.unwrap();
        is_drawn(&window, percent).await;
        told(&window, percent).await;
    }
    window.shortcut(CONTROL, '0').await.unwrap();
    is_drawn(&window, 100).await;
    for percent in [90, 80, 80] {
        window.shortcut(CONTROL, '-').await.unwrap();
        is_drawn(&window, percent).await;
        told(&window, percent).await;
    }
    let [plus, minus] = NUMPAD;
    for (key, percent) in [('=', 90), (plus, 100), (plus, 110), (minus, 100), (plus, 110), ('+', 125), ('=', 150)] {
        window.shortcut(CONTROL, key).await.unwrap();
        is_drawn(&window, percent).await;
    }
    // Without Ctrl these are signs like any other.
    for key in ['+', '-', '0', SHIFT] {
        window.key(key).await.unwrap();
    }
    is_drawn(&window, 150).await;

    journey.stage.close_app();
    journey.window = journey.stage.open_app().await.unwrap();
    journey.window.find("first-run").await.unwrap();
    is_drawn(&journey.window, 150).await;
    assert!(!journey.window.has("toast").await, "a zoom that the window opens with is no news");
    let app = journey.window.invoke("app_state", json!({})).await.unwrap().unwrap();
    assert_eq!(app["settings"]["zoom"], 150);
    // What is erased takes the zoom along.
    journey.window.invoke("erase_everything", json!({ "typed": "erase" })).await.unwrap().unwrap();
    is_drawn(&journey.window, 100).await;
}

#[tokio::test]
async fn the_main_job_by_keyboard_alone_at_200_percent_in_the_smallest_window() {
    let mut journey = begun().await;
    journey.window.invoke("set_zoom", json!({ "percent": 200 })).await.unwrap().unwrap();
    journey.window.resize_zoomed(880, 600, 200).await.unwrap();
    journey.main_job(&Steps::default()).await.unwrap();
    assert_eq!(journey.window.run("return innerWidth", vec![]).await.unwrap(), json!(440));
    assert_eq!(journey.window.run(OUT_OF_REACH, vec![]).await.unwrap(), json!([]), "out of the window sideways");
}
