//! Owns the proof of what a list changes in the records, and what it must never change.

use super::*;
use crate::domain::KeptIn;
use chrono::{DateTime, TimeZone as _, Utc};

fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 20, 12, 0, 0).unwrap()
}

fn known(name: &str, remote_id: Option<&str>) -> ApiKey {
    ApiKey {
        name: name.to_owned(),
        remote_id: remote_id.map(str::to_owned),
        created_at: Some(now()),
        ..ApiKey::blank(AccountId::random(), KeyOrigin::Listed)
    }
}

fn listed(name: &str, remote_id: &str) -> ListedKey {
    ListedKey { name: name.to_owned(), remote_id: Some(remote_id.to_owned()), ..ListedKey::default() }
}

fn listing(keys: Vec<ListedKey>) -> Listing {
    Listing { keys, reports_use: true, partial: false }
}

fn merged(known: &[ApiKey], listing: &Listing) -> Merge {
    merge(known, listing, AccountId::random(), |_| true, now())
}

#[test]
fn a_listed_key_keeps_its_id_on_this_computer() {
    let key = ApiKey { kept: KeptIn::Keychain, ..known("old name", Some("1")) };
    let merge = merged(std::slice::from_ref(&key), &listing(vec![listed("new name", "1")]));
    assert_eq!(merge.put, [ApiKey { name: "new name".to_owned(), ..key }]);
}

#[test]
fn a_key_the_server_knows_no_more_is_revoked() {
    let key = known("gone", Some("1"));
    let merge = merged(&[key], &listing(Vec::new()));
    assert_eq!(merge.put[0].service_status, ServiceStatus::Revoked(None));
}

#[test]
fn a_key_missing_from_a_partial_list_stays_as_it_is() {
    let merge = merged(&[known("there", Some("1"))], &Listing { partial: true, ..listing(Vec::new()) });
    assert_eq!(merge, Merge::default());
}

#[test]
fn a_key_made_while_the_list_was_asked_for_is_not_missing() {
    let merge = merge(&[known("new", Some("1"))], &listing(Vec::new()), AccountId::random(), |_| false, now());
    assert_eq!(merge, Merge::default());
}

#[test]
fn an_adopted_key_without_an_id_is_never_called_revoked() {
    let key = ApiKey { origin: KeyOrigin::Adopted, prefix: Some("bmc_abcd".to_owned()), ..known("pasted", None) };
    assert_eq!(merged(&[key], &listing(Vec::new())), Merge::default());
}

#[test]
fn an_intended_key_is_found_by_its_name_and_moment() {
    let intended = ApiKey { origin: KeyOrigin::Intended, ..known("work-laptop", None) };
    let made = ListedKey { created_at: Some(now() + TimeDelta::seconds(2)), ..listed("work-laptop", "7") };
    let merge = merged(std::slice::from_ref(&intended), &listing(vec![made]));
    assert_eq!(merge.found.len(), 1);
    assert_eq!(merge.put[0].id, intended.id);
    assert_eq!(merge.put[0].remote_id.as_deref(), Some("7"));
    assert_eq!(merge.put[0].origin, KeyOrigin::Intended);
}

#[test]
fn an_older_key_of_the_same_name_does_not_answer_an_intent() {
    let intended = ApiKey { origin: KeyOrigin::Intended, ..known("work-laptop", None) };
    let older = ListedKey { created_at: Some(now() - TimeDelta::days(3)), ..listed("work-laptop", "7") };
    let merge = merged(std::slice::from_ref(&intended), &listing(vec![older]));
    assert_eq!(merge.never_made, [intended]);
    assert_eq!(merge.put.len(), 1);
}

#[test]
fn an_absent_date_leaves_what_is_known_and_a_null_keeps_the_reminder() {
    let reminder = Expiry::Reminder(now());
    let key = ApiKey { expiry: reminder, last_use: LastUse::At(now()), ..known("key", Some("1")) };
    let silent = updated(&key, &listed("key", "1"), true);
    assert_eq!((silent.expiry, silent.last_use), (reminder, LastUse::At(now())));
    let null = ListedKey { expires_at: Some(None), last_used_at: Some(None), ..listed("key", "1") };
    let updated = updated(&key, &null, true);
    assert_eq!((updated.expiry, updated.last_use), (reminder, LastUse::Never));
}

#[test]
fn never_used_is_said_only_where_use_is_reported() {
    let key = known("key", Some("1"));
    assert_eq!(updated(&key, &listed("key", "1"), false).last_use, LastUse::NotReported);
}

#[test]
fn a_last_use_moves_when_an_hour_or_more_lies_between() {
    let at = |minutes| LastUse::At(now() + TimeDelta::minutes(minutes));
    assert!(last_use_moved(LastUse::Never, at(0)));
    assert!(last_use_moved(at(0), at(60)));
    assert!(!last_use_moved(at(0), at(59)));
    assert!(!last_use_moved(LastUse::NotReported, at(0)));
}

#[test]
fn a_key_that_was_quiet_for_thirty_days_wakes_when_its_use_moves() {
    let used = |ago: i64| LastUse::At(now() - TimeDelta::days(ago));
    let woke = |last_use: LastUse, created: i64| {
        let created_at = Some(now() - TimeDelta::days(created));
        let key = ApiKey { created_at, last_use, ..known("key", Some("1")) };
        let listed = ListedKey { last_used_at: Some(Some(now())), ..listed("key", "1") };
        merged(&[key], &listing(vec![listed])).put[0].woke_at
    };
    assert_eq!(woke(used(30), 100), Some(now()));
    assert_eq!(woke(used(29), 100), None);
    assert_eq!(woke(LastUse::Never, 30), Some(now()));
    assert_eq!(woke(LastUse::Never, 29), None);
    assert_eq!(woke(LastUse::NotReported, 100), None, "a first report proves no move");
}

#[test]
fn a_long_head_is_cut_to_what_tells_keys_apart() {
    let listed = ListedKey { prefix: Some("mem_live_0123456789ab".to_owned()), ..listed("key", "1") };
    let merge = merged(&[], &listing(vec![listed]));
    assert_eq!(merge.put[0].prefix.as_deref(), Some("mem_live_012345"));
}

#[test]
fn a_list_without_ids_is_matched_by_name_and_head() {
    let key = ApiKey { prefix: Some("mos_live_abcd".to_owned()), ..known("key", Some("1")) };
    let row = ListedKey { remote_id: None, prefix: Some("mos_live_abcdef".to_owned()), ..listed("key", "1") };
    let merge = merged(std::slice::from_ref(&key), &listing(vec![row]));
    assert_eq!((merge.put.len(), merge.put[0].id, merge.put[0].remote_id.as_deref()), (1, key.id, Some("1")));
}

#[test]
fn a_second_record_of_a_listed_key_is_not_taken_for_revoked() {
    let (one, two) = (known("key", Some("1")), known("key", Some("1")));
    assert_eq!(merged(&[one, two], &listing(vec![listed("key", "1")])), Merge::default());
}
