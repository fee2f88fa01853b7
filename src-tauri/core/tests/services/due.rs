//! Owns the proof of what falls due: listed at start, told once each while the app runs, remembered.

use crate::admin_key::API;
use crate::house::{House, KNOWN};
use chrono::TimeDelta;
use latchkey_core::domain::{ApiKey, Expiry, KeyId, ServiceStatus};
use latchkey_core::services::{CreateKey, DueKind, Settings};

const DAY: i64 = 24 * 60 * 60;

async fn with_a_reminder_in(days: i64) -> (House, KeyId) {
    let (house, account) = House::signed_in(KNOWN).await;
    let (key, _) = house.create(account, "work-laptop", true).await;
    let day = (house.now() + TimeDelta::days(days)).date_naive();
    house.set_reminder(key.id, Some(day), 0).unwrap();
    house.own(account);
    (house, key.id)
}

fn told(house: &House) -> Vec<String> {
    house.shown.notifications.lock().unwrap().iter().map(|(title, _)| title.clone()).collect()
}

#[tokio::test]
async fn a_reminder_is_told_three_times_and_each_time_once() {
    let (house, _) = with_a_reminder_in(20).await;
    house.start().await.unwrap();
    assert_eq!((house.announce_due().unwrap(), house.due().unwrap().len()), (0, 0));
    for (days, title) in
        [(7, "Replace a key in 14 days"), (7, "Replace a key in 7 days"), (6, "Replace a key tomorrow")]
    {
        house.clock.advance(days * DAY);
        assert_eq!(house.announce_due().unwrap(), 1);
        assert_eq!(house.announce_due().unwrap(), 0, "told once");
        assert_eq!(told(&house).last().unwrap(), title);
    }
    let words = house.shown.notifications.lock().unwrap()[0].1.clone();
    assert!(words.contains("work-laptop") && !words.contains("bmc_"));
    house.clock.advance(2 * DAY);
    assert_eq!(house.announce_due().unwrap(), 0, "what is past stays in the list alone");
    let due = house.due().unwrap();
    assert!(due[0].days < 0 && due[0].kind == DueKind::Reminder);
}

#[tokio::test]
async fn what_fell_due_while_the_app_was_closed_is_listed_and_not_told() {
    let (house, key) = with_a_reminder_in(10).await;
    let again = house.restarted();
    again.start().await.unwrap();
    assert_eq!(again.announce_due().unwrap(), 0);
    let due = again.due().unwrap();
    assert_eq!((due.len(), due[0].key, told(&again).len()), (1, key, 0));
    again.dismiss_due().unwrap();
    assert!(again.due().unwrap().is_empty());
    assert!(again.restarted().due().unwrap().is_empty(), "what was put away stays so");
    again.clock.advance(4 * DAY);
    assert_eq!(again.due().unwrap().len(), 1, "it comes back when it is more urgent");
}

#[tokio::test]
async fn what_was_told_before_a_restart_is_not_told_again_and_a_moved_date_is_a_new_one() {
    let (house, key) = with_a_reminder_in(15).await;
    house.start().await.unwrap();
    house.clock.advance(2 * DAY);
    house.program.pass(2 * DAY).await;
    assert_eq!(house.announce_due().unwrap(), 1);
    house.start().await.unwrap();
    assert_eq!(house.announce_due().unwrap(), 0);
    let day = (house.now() + TimeDelta::days(16)).date_naive();
    house.set_reminder(key, Some(day), 0).unwrap();
    house.clock.advance(3 * DAY);
    assert_eq!(house.announce_due().unwrap(), 1);
}

#[tokio::test]
async fn notifications_can_be_switched_off_and_a_locked_app_names_no_key() {
    let (house, _) = with_a_reminder_in(15).await;
    house.start().await.unwrap();
    house.set_settings(Settings { notifications: false, ..house.settings().unwrap() }).unwrap();
    house.clock.advance(2 * DAY);
    house.announce_due().unwrap();
    assert!(told(&house).is_empty() && house.due().unwrap().len() == 1);
    house.set_settings(Settings { notifications: true, ..house.settings().unwrap() }).unwrap();
    assert_eq!(house.announce_due().unwrap(), 0, "what was kept quiet is not told late");
    house.lock();
    house.clock.advance(7 * DAY);
    house.announce_due().unwrap();
    let notifications = house.shown.notifications.lock().unwrap().clone();
    assert!(notifications.len() == 1 && !notifications[0].1.contains("work-laptop"));
}

#[tokio::test]
async fn a_list_that_brings_a_nearer_end_is_told_at_once_and_a_date_just_chosen_is_not() {
    let (house, account) = House::of(API, &["--seed", "demo"]).await;
    house.own(account);
    house.start().await.unwrap();
    let wish = CreateKey {
        workspace: None,
        environment: Some("live".to_owned()),
        expires_on: Some((house.now() + TimeDelta::days(7)).date_naive()),
        ..House::wish(account, "chosen")
    };
    house.create_key(wish).await.unwrap();
    house.close_slot(true).unwrap();
    let older = |key: &ApiKey| key.expiry == Expiry::Never && key.service_status == ServiceStatus::Active;
    let key = house.records.keys_of(account).unwrap().into_iter().find(older).unwrap();
    let ends = format!("/admin/keys/{}/expire?in_seconds={}", key.remote_id.unwrap(), 7 * DAY + 60);
    house.program.admin(&ends, &serde_json::json!({})).await;
    house.refresh_keys(Some(account)).await.unwrap();
    assert_eq!(told(&house), Vec::<String>::new(), "seven days and a minute are more than seven");
    // Both clocks: the server's own is the one that an end is judged by.
    house.clock.advance(120);
    house.program.pass(120).await;
    house.refresh_keys(Some(account)).await.unwrap();
    house.refresh_keys(Some(account)).await.unwrap();
    assert_eq!(told(&house), ["A key expires in 7 days"]);
    assert!(house.shown.notifications.lock().unwrap()[0].1.contains(&key.name));
}
