//! Owns the proof of reading keys in parts: in the list's order first, then every one exactly once.

use super::moment;
use super::samples::{plain_account, plain_key};
use crate::domain::{AccountId, ApiKey, Expiry, KeptIn, LastUse, ServiceStatus};
use crate::records::Records;
use chrono::TimeDelta;

fn named(account: AccountId, name: &str, last_use: LastUse) -> ApiKey {
    ApiKey { name: name.to_owned(), last_use, ..plain_key(account) }
}

fn names(keys: &[ApiKey]) -> Vec<&str> {
    keys.iter().map(|key| key.name.as_str()).collect()
}

#[test]
fn the_first_rows_are_what_works_newest_use_first_then_never_used_then_untold_then_the_dead() {
    let records = Records::in_memory().unwrap();
    let account = plain_account();
    records.put_account(&account).unwrap();
    let at = |days: i64| LastUse::At(moment() - TimeDelta::days(days));
    let now = moment();
    let keys = [
        ApiKey { service_status: ServiceStatus::Revoked(None), ..named(account.id, "revoked", at(1)) },
        ApiKey { expiry: Expiry::AtService(now), ..named(account.id, "ended", at(0)) },
        ApiKey { service_status: ServiceStatus::Expired, ..named(account.id, "expired", LastUse::Never) },
        named(account.id, "untold", LastUse::NotReported),
        named(account.id, "never b", LastUse::Never),
        named(account.id, "Never a", LastUse::Never),
        ApiKey { expiry: Expiry::Reminder(now), ..named(account.id, "old", at(40)) },
        ApiKey { expiry: Expiry::AtService(now + TimeDelta::days(1)), ..named(account.id, "new", at(2)) },
    ];
    records.put_keys(&keys).unwrap();
    let all = ["new", "old", "Never a", "never b", "untold", "ended", "revoked", "expired"];
    assert_eq!(names(&records.first_keys(now, 100).unwrap()), all);
    for limit in 0..all.len() {
        assert_eq!(names(&records.first_keys(now, limit).unwrap()), all[..limit]);
    }
}

#[test]
fn pages_hold_every_key_once_and_the_last_says_that_it_is_the_last() {
    let records = Records::in_memory().unwrap();
    let account = plain_account();
    records.put_account(&account).unwrap();
    let keys: Vec<ApiKey> = (0..25).map(|number| named(account.id, &format!("key-{number}"), LastUse::Never)).collect();
    records.put_keys(&keys).unwrap();
    // A key that is written again keeps its place.
    records.put_key(&keys[3]).unwrap();
    let mut read = Vec::new();
    let mut next = Some(0);
    let mut pages = 0;
    while let Some(place) = next {
        let page = records.keys_after(place, 10).unwrap();
        read.extend(page.keys);
        next = page.next;
        pages += 1;
    }
    assert_eq!(read, keys);
    assert_eq!((pages, records.key_count().unwrap()), (3, 25));
}

#[test]
fn kept_secrets_are_counted_and_found_for_each_account_that_has_any() {
    let records = Records::in_memory().unwrap();
    let (first, second) = (plain_account(), plain_account());
    for account in [&first, &second] {
        records.put_account(account).unwrap();
    }
    let kept = |account, kept| ApiKey { kept, ..plain_key(account) };
    let keys = [kept(first.id, KeptIn::Keychain), kept(first.id, KeptIn::Session), kept(second.id, KeptIn::Nowhere)];
    records.put_keys(&keys).unwrap();
    assert_eq!(records.kept_of_accounts().unwrap(), [(first.id, 2)].into());
    assert_eq!(records.kept_keys().unwrap(), keys[..2]);
}

#[test]
fn the_first_rows_of_a_long_list_are_found_by_an_index() {
    let records = Records::in_memory().unwrap();
    let connection = records.lock();
    for query in [
        "SELECT * FROM keys WHERE service_status = 'active' AND last_use >= 'at ' AND last_use < 'at!'
         ORDER BY last_use DESC, name COLLATE NOCASE LIMIT 100",
        "SELECT * FROM keys WHERE last_use = 'never' ORDER BY name COLLATE NOCASE LIMIT 100",
    ] {
        let plan: String =
            connection.query_row(&format!("EXPLAIN QUERY PLAN {query}"), [], |row| row.get("detail")).unwrap();
        assert!(plan.contains("USING INDEX keys_by_use"), "{plan}");
    }
}
