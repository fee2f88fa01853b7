//! Owns the proof that axe-core finds nothing wrong on any screen or dialog of the real window, in both themes.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test's helper may fail the test")]

use xtask::driver::Window;
use xtask::scenes::{Visitor, dress, full_service, known_service, theme, without_keychain};
use xtask::steps::Outcome;

/// Asks axe-core at every scene and remembers what it finds, so that one fault does not hide the next.
#[derive(Default)]
struct Auditor {
    scenes: usize,
    faults: Vec<String>,
}

impl Visitor for Auditor {
    async fn visit(&mut self, window: &Window, scene: &str) -> Outcome<()> {
        let own = theme(window).await?;
        for theme in ["light", "dark"] {
            dress(window, theme).await?;
            let found = window.accessibility_faults().await?;
            self.faults.extend(found.into_iter().map(|fault| format!("{scene}, {theme}: {fault}")));
        }
        self.scenes += 1;
        dress(window, own.as_str().unwrap_or("light")).await
    }
}

fn assert_clean(auditor: &Auditor, walked: &Outcome<()>, at_least: usize) {
    let stopped = walked.as_ref().err().map_or_else(String::new, |failure| format!("\nThe walk stopped: {failure}"));
    let faults = auditor.faults.join("\n");
    assert!(faults.is_empty() && stopped.is_empty(), "{} faults:\n{faults}{stopped}", auditor.faults.len());
    assert!(auditor.scenes >= at_least, "only {} scenes were seen", auditor.scenes);
}

#[tokio::test]
async fn every_screen_and_dialog_of_a_full_service_is_accessible() {
    let mut auditor = Auditor::default();
    let walked = full_service(&mut auditor).await;
    assert_clean(&auditor, &walked, 40);
}

#[tokio::test]
async fn what_is_shown_where_little_is_offered_is_accessible() {
    let mut auditor = Auditor::default();
    let walked = known_service(&mut auditor).await;
    assert_clean(&auditor, &walked, 5);
}

#[tokio::test]
async fn what_is_shown_without_a_keychain_is_accessible() {
    let mut auditor = Auditor::default();
    let walked = without_keychain(&mut auditor).await;
    assert_clean(&auditor, &walked, 1);
}

#[tokio::test]
async fn a_planted_fault_is_found() {
    let mut stage = xtask::stage::Stage::set(xtask::stage::Setting::default()).unwrap();
    let page = "data:text/html,<html lang=en><title>x</title><main><h1>x</h1><button></button></main>";
    let window = stage.browse(page).await.unwrap();
    let mut auditor = Auditor::default();
    auditor.visit(&window, "planted").await.unwrap();
    assert!(auditor.faults.iter().any(|fault| fault.contains("button-name")), "{:?}", auditor.faults);
}
