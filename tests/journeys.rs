//! Owns the main job through the real window: open the sandbox, sign in, list, create, copy, revoke, proof.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test's helper may fail the test")]

use xtask::journey::{Hand, Journey, KNOWN_OF_THE_REAL_SERVICE};
use xtask::stage::{Setting, Stage};
use xtask::steps::Steps;

async fn main_job(without: &str, hand: Hand) {
    let sandbox_arguments = if without.is_empty() { String::new() } else { format!("--without {without}") };
    let stage = Stage::set(Setting { sandbox_arguments, ..Setting::default() }).unwrap();
    let mut journey = Journey::begin(stage, hand, None).await.unwrap();
    journey.main_job(&Steps::default()).await.unwrap();
}

#[tokio::test]
async fn the_main_job_by_mouse() {
    main_job("", Hand::Mouse).await;
}

#[tokio::test]
async fn the_main_job_by_keyboard_alone() {
    main_job("", Hand::Keyboard).await;
}

#[tokio::test]
async fn the_main_job_by_mouse_where_only_the_known_service_is_offered() {
    main_job(KNOWN_OF_THE_REAL_SERVICE, Hand::Mouse).await;
}

#[tokio::test]
async fn the_main_job_by_keyboard_alone_where_only_the_known_service_is_offered() {
    main_job(KNOWN_OF_THE_REAL_SERVICE, Hand::Keyboard).await;
}
