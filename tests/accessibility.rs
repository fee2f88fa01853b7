//! Owns the proof that axe-core finds nothing wrong on any screen or dialog of the real window, nor on the
//! pages of the pretend dashboards, in both themes; and that a screen reader is told a name and a role for every
//! control there, a name for every picture, and no whole key.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test's helper may fail the test")]

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use xtask::driver::Window;
use xtask::scenes::{Visitor, dress, full_service, known_service, projects, services, theme, without_keychain};
use xtask::steps::Outcome;

/// Asks axe-core and listens at every scene, and remembers what it finds, so that one fault does not hide the next.
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
        // A browser's page tells nothing on the stage.
        if window.is_of_the_app() {
            self.faults
                .extend(window.spoken_faults().await?.into_iter().map(|fault| format!("{scene}, spoken: {fault}")));
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
async fn the_projects_page_is_accessible_in_every_state() {
    let mut auditor = Auditor::default();
    let walked = projects(&mut auditor).await;
    assert_clean(&auditor, &walked, 15);
}

#[tokio::test]
async fn what_the_other_services_bring_and_several_keys_at_once_are_accessible() {
    let mut auditor = Auditor::default();
    let walked = services(&mut auditor).await;
    assert_clean(&auditor, &walked, 15);
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

/// The sandbox's pages follow the system's theme and know no other; a test chooses it for them.
async fn audit_page(window: &Window, scene: &str, auditor: &mut Auditor) -> Outcome<()> {
    for theme in ["light", "dark"] {
        window.run("document.documentElement.style.colorScheme = arguments[0]", vec![theme.into()]).await?;
        let found = window.accessibility_faults().await?;
        auditor.faults.extend(found.into_iter().map(|fault| format!("{scene}, {theme}: {fault}")));
    }
    auditor.scenes += 1;
    Ok(())
}

#[tokio::test]
async fn the_pretend_dashboards_are_accessible() {
    let folder = tempfile::tempdir().unwrap();
    let ready = folder.path().join("ready.json");
    let mut sandbox = Command::new(xtask::paths::sandbox())
        .args(["--seed", "demo", "--exit-with-parent", "--ready-file"])
        .arg(&ready)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    // It speaks once the file is written, and ends when its standard input does.
    BufReader::new(sandbox.stdout.take().unwrap()).read_line(&mut String::new()).unwrap();
    let ready: serde_json::Value = serde_json::from_slice(&std::fs::read(&ready).unwrap()).unwrap();
    let page = |service: &str| ready[service]["keys_page"].as_str().unwrap().to_owned();

    let mut stage = xtask::stage::Stage::set(xtask::stage::Setting::default()).unwrap();
    let window = stage.browse(&page("memory_api")).await.unwrap();
    let mut auditor = Auditor::default();
    let walked = async {
        audit_page(&window, "Memory API's keys", &mut auditor).await?;
        for service in ["memory_os", "memory_kit"] {
            window.client().goto(&page(service)).await.unwrap();
            audit_page(&window, service, &mut auditor).await?;
        }
        window.find_by_style("a[id^=revoke-]").await?.click().await.unwrap();
        window.find_by_style("#confirm-revoke").await?;
        audit_page(&window, "revoke?", &mut auditor).await?;
        window.find_by_style("#confirm-revoke").await?.click().await.unwrap();
        window.find_by_style("#result").await?;
        audit_page(&window, "revoked", &mut auditor).await?;
        window.find_by_style("#name").await?.send_keys("  ").await.unwrap();
        window.find_by_style("#create").await?.click().await.unwrap();
        window.find_by_style("#problem").await?;
        audit_page(&window, "no name", &mut auditor).await?;
        window.find_by_style("#name").await?.send_keys("Phone").await.unwrap();
        window.find_by_style("#create").await?.click().await.unwrap();
        window.find_by_style("#secret").await?;
        audit_page(&window, "made", &mut auditor).await
    }
    .await;
    drop(sandbox.stdin.take());
    assert!(sandbox.wait().unwrap().success());
    assert_clean(&auditor, &walked, 7);
}
