//! Owns what the real window says when Latchkey's records cannot be used: damaged, of a newer version, closed
//! to the person, on a full disk. Each is a sentence with a next step, and nothing is written over.
//!
//! The pictures lie in `target/tmp`.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test's helper may fail the test")]

#[path = "journeys_records/meanwhile.rs"]
mod meanwhile;

use rusqlite::Connection;
use serde_json::json;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use xtask::journey::{Hand, Journey};
use xtask::stage::{Setting, Stage};

/// A stage on which the records are these bytes already.
fn stage_with(records: Option<&[u8]>) -> (Stage, PathBuf) {
    let stage = Stage::set(Setting::default()).unwrap();
    let folder = stage.folder().join("data").join("app.latchkey.desktop");
    std::fs::create_dir(&folder).unwrap();
    let file = folder.join("records.db");
    if let Some(bytes) = records {
        std::fs::write(&file, bytes).unwrap();
    }
    (stage, file)
}

async fn begun(stage: Stage) -> Journey {
    let pictures = Path::new(env!("CARGO_TARGET_TMPDIR")).to_owned();
    Journey::begin(stage, Hand::Mouse, Some(pictures)).await.unwrap()
}

/// An app that is started by this script, with the app's own path in `$APP` and the records' folder in `$DATA`.
fn started_by(stage: &mut Stage, script: &str) {
    let file = stage.folder().join("bin").join("latchkey");
    let (app, data) = (xtask::paths::app(), stage.folder().join("data").join("app.latchkey.desktop"));
    let text = format!("#!/bin/sh\nAPP='{}' DATA='{}'\n{script}\n", app.display(), data.display());
    std::fs::write(&file, text).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
    stage.setting.app = Some(file);
}

fn may_do_everything() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0)
}

/// A root that may not pass over modes is a person like any other, on the same display and bus.
fn person_like_any_other(stage: &mut Stage) {
    if may_do_everything() {
        started_by(stage, "exec setpriv --bounding-set=-dac_override,-dac_read_search -- \"$APP\" \"$@\"");
    }
}

/// A small disk of its own under the records' folder, and what happens there before the app starts.
fn on_a_small_disk(stage: &mut Stage, size: &str, before: &str) {
    let own = if may_do_everything() { "" } else { "--user --map-root-user" };
    let disk = format!("mount -t tmpfs -o size={size} latchkey \"$DATA\"; {before}");
    started_by(
        stage,
        &format!("export APP DATA; exec unshare {own} --mount sh -c '{disk}; exec \"$APP\" \"$@\"' sh \"$@\""),
    );
}

#[tokio::test]
async fn damaged_records_are_put_aside_when_the_person_says_so_and_not_before() {
    let damaged = b"nothing that any program of this name wrote".repeat(40);
    let (stage, file) = stage_with(Some(&damaged));
    let mut journey = begun(stage).await;
    journey.window.says("start-failure", "Latchkey’s records are damaged").await.unwrap();
    journey.window.says("start-failure", &file.display().to_string()).await.unwrap();
    journey.picture("records-damaged").await.unwrap();
    assert_eq!(std::fs::read(&file).unwrap(), damaged, "it was touched before anybody said so");
    assert_eq!(journey.window.accessibility_faults().await.unwrap(), Vec::<String>::new());
    journey.press("start-anew").await.unwrap();
    journey.window.find("first-run").await.unwrap();
    let aside: Vec<PathBuf> = std::fs::read_dir(file.parent().unwrap())
        .unwrap()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.file_name().unwrap().to_string_lossy().starts_with("records-damaged-"))
        .collect();
    assert_eq!(aside.len(), 1, "{aside:?}");
    assert_eq!(std::fs::read(&aside[0]).unwrap(), damaged, "it was not put aside as it was");
    journey.open_sandbox().await.unwrap();
}

#[tokio::test]
async fn records_of_a_newer_version_are_left_alone() {
    // What SQLite's head holds: the magic, and at byte 60 the version that a program gave the file.
    let mut newer = b"SQLite format 3\0".to_vec();
    newer.resize(100, 0);
    newer[63] = 99;
    let (stage, file) = stage_with(Some(&newer));
    let mut journey = begun(stage).await;
    journey.window.says("start-failure", "written by a newer Latchkey").await.unwrap();
    journey.window.says("start-failure", "Install the newer version again").await.unwrap();
    journey.picture("records-newer").await.unwrap();
    journey.press("start-retry").await.unwrap();
    journey.window.says("start-failure", "written by a newer Latchkey").await.unwrap();
    assert!(!journey.window.has("start-anew").await, "nobody is led to throw away what is whole");
    let refused = journey.window.invoke("set_records_aside", serde_json::json!({})).await.unwrap();
    assert_eq!(refused.unwrap_err()["code"], "records_newer");
    assert_eq!(std::fs::read(&file).unwrap(), newer);
}

#[tokio::test]
async fn records_that_may_not_be_written_are_named_and_used_once_they_may() {
    let (mut stage, file) = stage_with(Some(b""));
    person_like_any_other(&mut stage);
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o400)).unwrap();
    let mut journey = begun(stage).await;
    journey.window.says("start-failure", "Latchkey may not write its records").await.unwrap();
    journey.window.says("start-failure", &file.display().to_string()).await.unwrap();
    journey.picture("records-read-only").await.unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    journey.press("start-retry").await.unwrap();
    journey.window.find("first-run").await.unwrap();
}

#[tokio::test]
async fn a_full_disk_is_said_and_forgiven_once_there_is_room() {
    let (mut stage, file) = stage_with(None);
    // Full to the last byte.
    on_a_small_disk(&mut stage, "16m", "cat /dev/zero > \"$DATA/filler\" 2>/dev/null");
    let mut journey = begun(stage).await;
    journey.window.says("start-failure", "The disk is full").await.unwrap();
    journey.picture("disk-full").await.unwrap();
    let app = journey.window.process("latchkey").unwrap();
    let filler = format!("/proc/{app}/root{}", file.with_file_name("filler").display());
    std::fs::remove_file(filler).unwrap();
    journey.press("start-retry").await.unwrap();
    journey.window.find("first-run").await.unwrap();
    journey.open_sandbox().await.unwrap();
}

#[tokio::test]
async fn records_that_do_not_answer_keep_only_their_own_call_waiting() {
    let (stage, file) = stage_with(None);
    let journey = begun(stage).await;
    journey.window.find("first-run").await.unwrap();
    let app = journey.window.invoke("app_state", json!({})).await.unwrap().unwrap();
    let change = json!({ "settings": app["settings"] });
    // Another program writes and comes to no end.
    let other = Connection::open(&file).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    journey.window.answers_during("set_settings", change.clone()).await.unwrap();
    let refused = journey.window.invoke("set_settings", change.clone()).await.unwrap().unwrap_err();
    assert_eq!(refused["code"], "records_failed");
    other.execute_batch("ROLLBACK").unwrap();
    journey.window.invoke("set_settings", change).await.unwrap().unwrap();
}
