//! Owns the proof that no fault of a service, alone or with another, loses a key, its secret or the list;
//! and of names, clocks and sizes that no service means to send.

use crate::house::{House, reason};
use chrono::{NaiveDate, TimeDelta};
use latchkey_core::domain::{AccountId, Expiry, KeptIn, KeyOrigin, KeyStatus, ServiceStatus, key_status};
use latchkey_core::services::{CreateKey, Reason};
use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, Instant};

const FAULTS: [&str; 14] = [
    "latency",
    "unauthorized",
    "subscription_required",
    "subscription_required_flat",
    "not_owner",
    "rate_limited",
    "server_error",
    "html",
    "truncated",
    "half_json",
    "endless",
    "dropped_before_work",
    "dropped_after_work",
    "redirect",
];

/// The first fault meets the list, the second the create that follows, and both the end of a key.
async fn goes_wrong(house: &House, account: AccountId, name: &str, list: &str, create: &str) -> BTreeSet<Named> {
    let mut seen = BTreeSet::new();
    house.program.fault_for("GET", "/api/keys", list).await;
    house.program.fault_for("POST", "/api/keys", create).await;
    house.refresh_keys(Some(account)).await.unwrap();
    seen.extend(house.state(account).failure.map(|failure| Named(failure.reason)));
    match house.create_key(House::wish(account, name)).await {
        Ok(slot) => {
            house.secret(slot.key.id).await;
            house.until("the workspace is confirmed", || house.known(slot.key.id).workspace_confirmed).await;
            house.close_slot(true).unwrap();
            if let Some(key) = house.named(name) {
                house.program.fault_for("DELETE", "/api/keys", create).await;
                seen.extend(house.revoke_key(key.id, Some(name), false).await.err().map(|error| Named(error.reason)));
            }
        }
        Err(failure) => {
            seen.insert(Named(failure.reason));
        }
    }
    house.program.lift_faults().await;
    house.until("nothing is being read", || !house.state(account).checking).await;
    seen
}

/// A reason that can be sorted, by the name that the border gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Named(Reason);

impl Ord for Named {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.as_str().cmp(other.0.as_str())
    }
}

impl PartialOrd for Named {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// Whether here and at the service the same keys are known, and what was kept is still there.
async fn nothing_is_lost(house: &House, account: AccountId, what: &str) {
    house.refresh_keys(Some(account)).await.unwrap();
    let state = house.state(account);
    assert!(state.failure.is_none(), "{what}: {:?} stays", state.failure.map(|failure| failure.reason));
    let there: BTreeSet<String> =
        house.program.keys().await.iter().map(|key| key["id"].as_str().unwrap().to_owned()).collect();
    let keys = house.keys().unwrap();
    let here: BTreeSet<String> = keys.iter().filter_map(|key| key.remote_id.clone()).collect();
    assert!(there.is_subset(&here), "{what}: keys of the service are not in the list");
    assert_eq!(here.len(), keys.len(), "{what}: a key is there twice, or without the service's id");
    for key in keys.iter().filter(|key| key.kept == KeptIn::Keychain) {
        let name = latchkey_core::vault::SecretName::Key(key.id);
        assert!(house.store.item(name).is_some(), "{what}: the secret of {} is gone", key.name);
    }
}

#[tokio::test]
async fn whatever_goes_wrong_alone_or_together_is_named_loses_nothing_and_passes() {
    let (house, account) = House::signed_in(&[]).await;
    let (first, secret) = house.create(account, "there before", true).await;
    let mut seen = BTreeSet::new();
    for (number, list) in FAULTS.iter().enumerate() {
        // Each two meet once; which of them the list meets takes turns.
        for (at, create) in FAULTS.iter().enumerate().skip(number) {
            let (list, create) = if (number + at) % 2 == 0 { (list, create) } else { (create, list) };
            let what = format!("{list} and {create}");
            seen.extend(goes_wrong(&house, account, &format!("{number} {at}"), list, create).await);
            nothing_is_lost(&house, account, &what).await;
        }
    }
    assert!(house.known(first.id).service_status == ServiceStatus::Active);
    assert!(house.program.accepts(&secret).await, "the key from before works");
    let (last, _) = house.create(account, "afterwards", true).await;
    assert!(house.revoke_key(last.id, Some("afterwards"), false).await.unwrap().revoked);
    let names: Vec<&str> = seen.iter().map(|reason| reason.0.as_str()).collect();
    for expected in [
        "answer_lost",
        "forbidden",
        "no_answer",
        "not_owner",
        "not_understood",
        "rate_limited",
        "redirect_refused",
        "service_failed",
        "sign_in_needed",
        "subscription_required",
    ] {
        assert!(expected == "forbidden" || names.contains(&expected), "{expected} never came up: {names:?}");
    }
    each_has_words(&names);
}

/// Whether the window has a sentence and a next step for each.
fn each_has_words(codes: &[&str]) {
    let table = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui/src/lib/errors.ts");
    let table = std::fs::read_to_string(table).unwrap();
    for code in codes {
        let entry = table.split_once(&format!("\n  {code}: (")).unwrap_or_else(|| panic!("no words for {code}")).1;
        let entry = entry.split("\n  }),").next().unwrap();
        assert!(entry.contains("title:") && entry.contains("sentence:") && entry.contains("next:"), "{code}: {entry}");
    }
}

#[tokio::test]
async fn a_token_that_cannot_be_renewed_for_any_reason_ends_no_sign_in_that_goes_on() {
    let (house, account) = House::signed_in(&["--access-token-seconds", "61"]).await;
    house.create(account, "there before", true).await;
    for kind in FAULTS {
        house.clock.advance(3600);
        house.program.fault_for("POST", "/oauth2/token", kind).await;
        house.refresh_keys(Some(account)).await.unwrap();
        house.program.lift_faults().await;
        if kind == "dropped_after_work" || kind == "truncated" || kind == "half_json" {
            // The server spent the refresh token, and its answer is lost: only a sign-in helps.
            house.clock.advance(3600);
            house.refresh_keys(Some(account)).await.unwrap();
            let failure = house.state(account).failure.map(|failure| failure.reason);
            if failure.is_some() {
                assert_eq!(failure, Some(Reason::SignInNeeded), "{kind}");
                assert_eq!(house.sign_in(Some(account), 1).await, account);
            }
        }
        nothing_is_lost(&house, account, kind).await;
    }
}

#[tokio::test]
async fn a_name_that_cannot_be_shown_is_refused_and_any_other_is_kept_as_it_is() {
    let (house, account) = House::signed_in(&[]).await;
    for name in ["", "   ", "tab\tin it", "line\nbreak", "nul\0", "zero\u{200b}width", "\u{202e}turned", "\u{feff}mark"]
    {
        assert_eq!(reason(house.create_key(House::wish(account, name)).await), Reason::BadInput, "{name:?}");
    }
    assert_eq!(reason(house.create_key(House::wish(account, &"n".repeat(300))).await), Reason::BadInput);
    assert_eq!(house.program.count("POST /api/keys").await, 0, "nothing was sent");
    assert!(house.keys().unwrap().is_empty());
    for name in
        ["<img src=x onerror=alert(1)>", "מפתח של המחשב", "=1+1", "  spaces  ", "👩\u{200d}💻 \"quoted\" 'n' {{x}}"]
    {
        let (key, _) = house.create(account, name, true).await;
        house.refresh_keys(None).await.unwrap();
        assert_eq!(house.known(key.id).name, name.trim());
    }
    // A second key of the same name is a choice, and both stay apart.
    let twin = || CreateKey { allow_duplicate: true, keep: false, ..House::wish(account, "=1+1") };
    assert_eq!(reason(house.create_key(CreateKey { allow_duplicate: false, ..twin() }).await), Reason::DuplicateName);
    let id = house.create_key(twin()).await.unwrap().key.id;
    house.secret(id).await;
    house.until("the workspace is confirmed", || house.known(id).workspace_confirmed).await;
    house.close_slot(true).unwrap();
    house.refresh_keys(None).await.unwrap();
    assert_eq!(house.keys().unwrap().iter().filter(|key| key.name == "=1+1").count(), 2);
}

#[tokio::test]
async fn a_computer_whose_clock_is_an_hour_wrong_judges_keys_by_the_services_clock() {
    for behind in [3600, -3600] {
        let (house, account) = House::signed_in(&[]).await;
        assert_eq!(house.state(account).clock_ahead, None, "while both agree nothing is said");
        let (key, _) = house.create(account, "work-laptop", true).await;
        house.clock.advance(-behind);
        house.refresh_keys(None).await.unwrap();
        let ahead = house.state(account).clock_ahead.unwrap();
        assert!((ahead - TimeDelta::seconds(behind)).abs() < TimeDelta::seconds(90), "{ahead}");
        // It ends in half an hour by the service's clock, which is not yet, or was, by this computer's.
        let there = house.now_at(account);
        house
            .records
            .put_key(&latchkey_core::domain::ApiKey {
                expiry: Expiry::AtService(there + TimeDelta::minutes(30)),
                ..house.known(key.id)
            })
            .unwrap();
        assert_eq!(key_status(&house.known(key.id), house.now_at(account)), KeyStatus::Expiring);
        assert_eq!(house.due().unwrap()[0].days, 0);
        house.clock.advance(1800 + 60);
        assert_eq!(key_status(&house.known(key.id), house.now_at(account)), KeyStatus::Expired);
        assert_eq!(house.due().unwrap()[0].days, -1);
        house.clock.advance(behind - 1860);
        house.refresh_keys(None).await.unwrap();
        assert_eq!(house.state(account).clock_ahead, None, "a clock that was set right is not spoken of");
    }
}

#[tokio::test]
async fn dates_that_no_service_takes_are_refused_before_anything_is_sent() {
    let (house, account) = House::signed_in(&[]).await;
    let today = house.now().date_naive();
    let far = NaiveDate::from_ymd_opt(9999, 12, 31).unwrap();
    for day in [today - TimeDelta::days(2), NaiveDate::MIN, NaiveDate::MAX, far, today + TimeDelta::days(4000)] {
        for offset in [0, 14 * 60, -12 * 60, i32::MAX, i32::MIN] {
            let wish = CreateKey { expires_on: Some(day), utc_offset_minutes: offset, ..House::wish(account, "dated") };
            assert_eq!(reason(house.create_key(wish).await), Reason::BadInput, "{day} {offset}");
        }
    }
    assert_eq!(house.program.count("POST /api/keys").await, 0);
    // The day that summer time ends has 25 hours; the key lasts to its end by the clock on the wall.
    let day = today + TimeDelta::days(30);
    for offset in [120, 60] {
        let wish = CreateKey {
            expires_on: Some(day),
            utc_offset_minutes: offset,
            keep: false,
            ..House::wish(account, &format!("until the end of the day {offset}"))
        };
        let key = house.create_key(wish).await.unwrap().key;
        house.secret(key.id).await;
        let Expiry::AtService(end) = house.known(key.id).expiry else { panic!("it has no end") };
        assert_eq!((end + TimeDelta::minutes(offset.into())).date_naive(), day);
        house.until("the workspace is confirmed", || house.known(key.id).workspace_confirmed).await;
        house.close_slot(true).unwrap();
    }
}

#[tokio::test]
async fn ten_thousand_keys_in_one_answer_take_no_longer_than_their_number() {
    let mut took = Vec::new();
    for count in ["1000", "10000"] {
        let (house, account) = House::signed_in(&["--seed", count]).await;
        let keys = house.keys().unwrap();
        assert_eq!(keys.len().to_string(), count);
        assert!(keys.iter().all(|key| key.origin == KeyOrigin::Listed));
        // Read again, merged with what is known, and put into words: what a refresh costs.
        let began = Instant::now();
        house.refresh_keys(Some(account)).await.unwrap();
        assert_eq!(house.keys().unwrap(), keys, "reading again changes nothing");
        house.due().unwrap();
        took.push(began.elapsed().max(Duration::from_millis(50)));
        assert!(house.state(account).failure.is_none());
    }
    // Ten times the keys; a table that is searched from the start for each would take a hundred times as long.
    assert!(took[1] < took[0] * 40, "{took:?}");
}
