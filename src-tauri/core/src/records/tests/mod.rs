//! Owns the tests of the records: what is put comes back, what is removed is gone, and a file
//! that is not ours to write is left alone.

mod file;
mod pages;
mod samples;

use super::{Records, RecordsError};
use crate::domain::{
    Account, AccountId, ActivityKind, ApiKey, EntryId, Expiry, JournalEntry, KeyId, LastUse, Outcome, RememberedRoute,
};
use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use samples::{account, entry, key, noted_place};

fn moment() -> DateTime<Utc> {
    "2026-11-20T12:00:00Z".parse().unwrap()
}

fn line(kind: ActivityKind, outcome: Outcome, at: DateTime<Utc>) -> JournalEntry {
    JournalEntry {
        id: EntryId::random(),
        at,
        kind,
        outcome,
        account: None,
        key: None,
        subject: "work-laptop".to_owned(),
        answers: None,
        facts: Vec::new(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn an_account_comes_back_as_it_was_put(first in account(), second in account()) {
        let records = Records::in_memory().unwrap();
        records.put_account(&first).unwrap();
        prop_assert_eq!(records.account(first.id).unwrap(), Some(first.clone()));
        let changed = Account { id: first.id, ..second };
        records.put_account(&changed).unwrap();
        prop_assert_eq!(records.accounts().unwrap(), vec![changed]);
    }

    #[test]
    fn a_key_comes_back_as_it_was_put(owner in account(), first in key(), second in key()) {
        let records = Records::in_memory().unwrap();
        records.put_account(&owner).unwrap();
        let first = ApiKey { account: owner.id, ..first };
        records.put_key(&first).unwrap();
        prop_assert_eq!(records.key(first.id).unwrap(), Some(first.clone()));
        let changed = ApiKey { id: first.id, account: owner.id, ..second };
        records.put_keys(std::slice::from_ref(&changed)).unwrap();
        prop_assert_eq!(records.keys().unwrap(), vec![changed.clone()]);
        prop_assert_eq!(records.keys_of(owner.id).unwrap(), vec![changed]);
    }

    #[test]
    fn a_noted_place_comes_back_as_it_was_put(owner in account(), key in key(), place in noted_place()) {
        let records = Records::in_memory().unwrap();
        records.put_account(&owner).unwrap();
        let key = ApiKey { account: owner.id, ..key };
        records.put_key(&key).unwrap();
        let place = crate::domain::NotedPlace { key: key.id, ..place };
        records.put_noted_place(&place).unwrap();
        prop_assert_eq!(records.noted_places(key.id).unwrap(), vec![place.clone()]);
        records.remove_noted_place(place.id).unwrap();
        prop_assert_eq!(records.noted_places(key.id).unwrap(), vec![]);
    }

    #[test]
    fn a_line_of_the_journal_comes_back_as_it_was_added(entry in entry()) {
        let records = Records::in_memory().unwrap();
        records.append(&entry).unwrap();
        prop_assert_eq!(records.journal(None, 10).unwrap(), vec![entry]);
    }

    #[test]
    fn a_setting_comes_back_as_it_was_put(name in ".*", value in ".*", later in ".*") {
        let records = Records::in_memory().unwrap();
        prop_assert_eq!(records.setting(&name).unwrap(), None);
        records.put_setting(&name, &value).unwrap();
        records.put_setting(&name, &later).unwrap();
        prop_assert_eq!(records.setting(&name).unwrap(), Some(later));
    }
}

#[test]
fn removing_an_account_removes_its_keys_and_noted_places_and_no_others() {
    let records = Records::in_memory().unwrap();
    let (one, other) = (samples::plain_account(), samples::plain_account());
    let (key, stays) = (samples::plain_key(one.id), samples::plain_key(other.id));
    let place = samples::plain_place(key.id);
    records.put_account(&one).unwrap();
    records.put_account(&other).unwrap();
    records.put_keys(&[key.clone(), stays.clone()]).unwrap();
    records.put_noted_place(&place).unwrap();
    records
        .append(&JournalEntry { key: Some(key.id), ..line(ActivityKind::KeyCreated, Outcome::Done, moment()) })
        .unwrap();

    records.remove_account(one.id).unwrap();

    assert_eq!(records.accounts().unwrap(), vec![other]);
    assert_eq!(records.keys().unwrap(), vec![stays]);
    assert_eq!(records.noted_places(key.id).unwrap(), vec![]);
    assert_eq!(records.journal_of(key.id, 10).unwrap().len(), 1, "the journal outlives what it speaks of");
}

#[test]
fn putting_an_account_again_keeps_its_keys() {
    let records = Records::in_memory().unwrap();
    let account = samples::plain_account();
    records.put_account(&account).unwrap();
    records.put_key(&samples::plain_key(account.id)).unwrap();
    records.put_account(&Account { label: "Work".to_owned(), ..account }).unwrap();
    assert_eq!(records.keys().unwrap().len(), 1);
}

#[test]
fn removing_a_key_removes_its_noted_places() {
    let records = Records::in_memory().unwrap();
    let account = samples::plain_account();
    let key = samples::plain_key(account.id);
    records.put_account(&account).unwrap();
    records.put_key(&key).unwrap();
    records.put_noted_place(&samples::plain_place(key.id)).unwrap();
    records.remove_key(key.id).unwrap();
    assert_eq!(records.key(key.id).unwrap(), None);
    assert_eq!(records.noted_places(key.id).unwrap(), vec![]);
}

#[test]
fn a_key_of_a_removed_account_is_refused_and_so_are_those_put_with_it() {
    let records = Records::in_memory().unwrap();
    let account = samples::plain_account();
    records.put_account(&account).unwrap();
    let keys = [samples::plain_key(account.id), samples::plain_key(AccountId::random())];
    assert!(matches!(records.put_keys(&keys), Err(RecordsError::Gone)));
    assert_eq!(records.keys().unwrap(), vec![]);
    assert!(matches!(records.put_noted_place(&samples::plain_place(KeyId::random())), Err(RecordsError::Gone)));
}

#[test]
fn the_journal_is_read_newest_first_and_page_by_page() {
    let records = Records::in_memory().unwrap();
    let lines: Vec<_> = (0..5)
        .map(|minute| line(ActivityKind::KeyCopied, Outcome::Done, moment() + TimeDelta::minutes(minute)))
        .collect();
    for index in [3, 0, 4, 1, 2] {
        records.append(&lines[index]).unwrap();
    }
    let first = records.journal(None, 2).unwrap();
    assert_eq!(first, vec![lines[4].clone(), lines[3].clone()]);
    let rest = records.journal(Some(first[1].at), usize::MAX).unwrap();
    assert_eq!(rest, vec![lines[2].clone(), lines[1].clone(), lines[0].clone()]);
}

#[test]
fn what_was_started_is_unanswered_until_a_line_names_it() {
    let records = Records::in_memory().unwrap();
    let older = line(ActivityKind::KeyIntended, Outcome::Started, moment());
    let newer = line(ActivityKind::RevokeIntended, Outcome::Started, moment() + TimeDelta::seconds(1));
    records.append(&newer).unwrap();
    records.append(&older).unwrap();
    records.append(&line(ActivityKind::KeyCopied, Outcome::Done, moment())).unwrap();
    assert_eq!(records.unanswered().unwrap(), vec![older.clone(), newer.clone()]);
    let answer = line(ActivityKind::KeyCreated, Outcome::Done, moment());
    records.append(&JournalEntry { answers: Some(older.id), ..answer }).unwrap();
    assert_eq!(records.unanswered().unwrap(), vec![newer]);
}

#[test]
fn lines_of_the_journal_cannot_be_changed_deleted_or_replaced() {
    let records = Records::in_memory().unwrap();
    let line = samples::plain_entry();
    // Replacing a line without facts touches no other table, so only the line's own guard can stop it.
    let bare = JournalEntry { facts: Vec::new(), ..samples::plain_entry() };
    records.append(&bare).unwrap();
    records.append(&line).unwrap();
    for statement in [
        "UPDATE journal SET subject = 'other'",
        "UPDATE journal_facts SET value = 'other'",
        "DELETE FROM journal",
        "DELETE FROM journal_facts",
        "INSERT OR REPLACE INTO journal (id, at, kind, outcome, subject)
         SELECT id, at, kind, outcome, 'other' FROM journal ORDER BY sequence LIMIT 1",
    ] {
        let refusal = records.lock().execute_batch(statement).unwrap_err();
        assert!(refusal.to_string().contains("append-only"), "{statement}: {refusal}");
    }
    assert!(records.append(&line).is_err(), "one line, once");
    assert_eq!(records.journal(None, 10).unwrap(), vec![line, bare]);
}

#[test]
fn lines_before_a_moment_are_forgotten_with_their_facts_and_the_guard_closes_again() {
    let records = Records::in_memory().unwrap();
    let old = JournalEntry { at: moment() - TimeDelta::nanoseconds(1), ..samples::plain_entry() };
    let young = JournalEntry { at: moment(), ..samples::plain_entry() };
    records.append(&old).unwrap();
    records.append(&young).unwrap();
    records.forget_journal_before(moment()).unwrap();
    assert_eq!(records.journal(None, 10).unwrap(), vec![young.clone()]);
    let facts: usize = records.lock().query_row("SELECT count(*) FROM journal_facts", [], |row| row.get(0)).unwrap();
    assert_eq!(facts, young.facts.len());
    assert!(records.lock().execute("DELETE FROM journal", []).is_err());
}

#[test]
fn a_word_without_meaning_reads_as_corrupt() {
    let words = [
        ("accounts", "provider"),
        ("accounts", "sign_in"),
        ("accounts", "host"),
        ("accounts", "offers_list"),
        ("accounts", "added_at"),
        ("keys", "id"),
        ("keys", "last_use"),
        ("keys", "expiry"),
        ("keys", "service_status"),
        ("keys", "origin"),
        ("keys", "kept"),
        ("keys", "created_at"),
    ];
    for (table, column) in words {
        let records = Records::in_memory().unwrap();
        let account = samples::plain_account();
        records.put_account(&account).unwrap();
        records.put_key(&samples::plain_key(account.id)).unwrap();
        records.lock().execute(&format!("UPDATE {table} SET {column} = 'no 70000 such'"), []).unwrap();
        let answers = [records.accounts().map(drop), records.keys().map(drop)];
        assert!(
            answers.iter().any(|answer| matches!(answer, Err(RecordsError::Corrupt))),
            "{table}.{column}: {answers:?}"
        );
    }
}

#[test]
fn a_hundred_thousand_keys_are_put_at_once_and_come_back_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let records = Records::open(&folder.path().join("records.db")).unwrap();
    let account = samples::plain_account();
    records.put_account(&account).unwrap();
    let keys: Vec<_> = (0_u32..100_000)
        .map(|number| ApiKey {
            name: format!("key {number}"),
            last_use: LastUse::At(moment()),
            expiry: Expiry::AtService(moment()),
            ..samples::plain_key(account.id)
        })
        .collect();
    records.put_keys(&keys).unwrap();
    assert!(records.keys().unwrap() == keys, "the keys differ or stand in another order");
}

#[test]
fn what_is_remembered_of_a_project_belongs_to_one_file_and_is_replaced_as_a_whole() {
    let records = Records::in_memory().unwrap();
    let (one, other) = (std::path::Path::new("/one/config.json"), std::path::Path::new("/other/config.json"));
    let route = |project: &str, kept: Option<&str>, workspace: Option<&str>| RememberedRoute {
        project: project.to_owned(),
        kept: kept.map(str::to_owned),
        workspace: workspace.map(str::to_owned),
    };
    let routes = [route("alpha", Some("{}"), None), route("beta", None, Some("w1"))];
    records.put_routes(one, &routes).unwrap();
    records.put_routes(other, &[route("alpha", None, None)]).unwrap();
    assert_eq!(records.routes(one).unwrap(), routes);
    records.put_routes(one, &[route("alpha", None, Some("w2"))]).unwrap();
    assert_eq!(records.routes(one).unwrap(), [route("alpha", None, Some("w2")), routes[1].clone()]);
    assert_eq!(records.routes(other).unwrap(), [route("alpha", None, None)]);
    records.erase().unwrap();
    assert!(records.routes(one).unwrap().is_empty() && records.routes(other).unwrap().is_empty());
}
