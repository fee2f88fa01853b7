//! Owns the proof of what an inventory adds and what it never touches, without records or a network.

use super::merge::{Additions, Known, additions};
use super::wire::{AccountLine, FORMAT, Inventory, KeyLine, PlaceLine, VERSION};
use crate::domain::{
    Account, AccountId, ApiKey, Expiry, KeptIn, KeyId, KeyOrigin, NotedPlace, PlaceId, ProviderId, Servers, SignIn,
};
use chrono::{DateTime, TimeZone as _, Utc};
use url::Url;

const API: ProviderId = ProviderId::named("memory-api");

fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 20, 12, 0, 0).unwrap()
}

fn account(label: &str) -> Account {
    let servers = Servers { host: Url::parse("https://api.memory-api.com/v1").unwrap(), authorization: None };
    Account::signed_out(API, label.to_owned(), servers, now())
}

fn key(account: &Account, name: &str) -> ApiKey {
    ApiKey {
        name: name.to_owned(),
        prefix: Some("mem_live_abcd".to_owned()),
        remote_id: Some("key_secretless".to_owned()),
        expiry: Expiry::AtService(now()),
        scopes: Some(vec!["read".to_owned()]),
        kept: KeptIn::Keychain,
        ..ApiKey::blank(account.id, KeyOrigin::Created)
    }
}

fn place(key: &ApiKey) -> NotedPlace {
    NotedPlace {
        id: PlaceId::random(),
        key: key.id,
        name: "GitHub Actions".to_owned(),
        detail: "acme/notes".to_owned(),
    }
}

fn line(key: &ApiKey) -> KeyLine {
    let place = place(key);
    KeyLine::new(key, vec![PlaceLine { name: place.name, detail: place.detail }])
}

fn inventory(accounts: Vec<AccountLine>) -> Inventory {
    let computer = "desk".to_owned();
    Inventory { format: FORMAT.to_owned(), version: VERSION, exported_at: now(), computer, accounts }
}

fn added(inventory: &Inventory, accounts: &[Account], keys: &[ApiKey], places: &[NotedPlace]) -> Additions {
    let service = |id: ProviderId| (id == API).then_some((SignIn::SignedOut, "https://api.memory-api.com/v1"));
    additions(inventory, &Known { accounts, keys, places, service: &service, now: now() })
}

#[test]
fn what_is_not_known_is_added_without_secret_and_without_the_services_id() {
    let account = account("Work");
    let key = key(&account, "ci");
    let added = added(&inventory(vec![AccountLine::new(&account, vec![line(&key)])]), &[], &[], &[]);
    assert_eq!((added.in_file, added.problems.len()), ((1, 1, 1), 0));
    assert_eq!((added.accounts[0].id, added.accounts[0].sign_in), (account.id, SignIn::SignedOut));
    let new = &added.keys[0];
    assert_eq!((new.id, new.kept, new.remote_id.as_deref()), (key.id, KeptIn::Nowhere, None));
    assert_eq!((new.expiry, new.origin), (key.expiry, KeyOrigin::Adopted));
    assert_eq!((added.places[0].key, added.places[0].name.as_str()), (key.id, "GitHub Actions"));
}

#[test]
fn a_second_import_of_the_same_file_adds_nothing() {
    let account = account("Work");
    let key = key(&account, "ci");
    let file = inventory(vec![AccountLine::new(&account, vec![line(&key), line(&key)])]);
    let first = added(&file, &[], &[], &[]);
    assert_eq!((first.keys.len(), first.places.len()), (1, 1), "a key that stands there twice is one");
    let second = added(&file, &first.accounts, &first.keys, &first.places);
    assert_eq!((second.accounts.len(), second.keys.len(), second.places.len()), (0, 0, 0));
}

#[test]
fn what_is_known_stays_as_it_is_even_when_the_file_says_otherwise() {
    let here = account("Work");
    let mine = key(&here, "ci");
    let changed = ApiKey { name: "renamed".to_owned(), expiry: Expiry::Never, ..mine.clone() };
    let moved = Account {
        servers: Servers { host: Url::parse("https://evil.example/").unwrap(), authorization: None },
        ..here.clone()
    };
    let file = inventory(vec![AccountLine::new(&moved, vec![KeyLine::new(&changed, Vec::new())])]);
    let added = added(&file, &[here], &[mine], &[]);
    assert_eq!((added.accounts.len(), added.keys.len()), (0, 0));
}

#[test]
fn the_same_key_under_another_id_is_known_by_its_name_and_head() {
    let here = account("Work");
    let mine = key(&here, "ci");
    let there = Account { id: AccountId::random(), ..here.clone() };
    let theirs = ApiKey { id: KeyId::random(), prefix: Some("mem_live_abcdef".to_owned()), ..mine.clone() };
    let file = inventory(vec![AccountLine::new(&there, vec![line(&theirs)])]);
    let added = added(&file, &[here], std::slice::from_ref(&mine), &[]);
    assert_eq!((added.accounts.len(), added.keys.len()), (0, 0));
    assert_eq!(added.places[0].key, mine.id, "its place is noted with the key that is known");
}

#[test]
fn an_id_that_another_thing_has_here_is_not_taken_over() {
    let here = account("Work");
    let mine = key(&here, "ci");
    let other = Account { label: "Other".to_owned(), id: AccountId::random(), ..here.clone() };
    let stranger = ApiKey { name: "else".to_owned(), prefix: None, ..mine.clone() };
    let file = inventory(vec![AccountLine::new(&other, vec![KeyLine::new(&stranger, Vec::new())])]);
    let added = added(&file, &[here], std::slice::from_ref(&mine), &[]);
    assert_ne!(added.keys[0].id, mine.id);
}

#[test]
fn odd_lines_are_passed_over_and_said() {
    let good = account("Work");
    let unsafe_host =
        AccountLine { host: "http://example.com".to_owned(), ..AccountLine::new(&account("A"), Vec::new()) };
    let unknown = AccountLine { provider: "no-such-service".to_owned(), ..AccountLine::new(&account("B"), Vec::new()) };
    let nameless = AccountLine { label: " ".to_owned(), ..AccountLine::new(&account("C"), Vec::new()) };
    let elsewhere =
        AccountLine { host: "https://proxy.example/v1".to_owned(), ..AccountLine::new(&account("D"), Vec::new()) };
    let whole = ApiKey { prefix: Some(format!("mem_live_{}", "a".repeat(40))), ..key(&good, "whole key as prefix") };
    let odd = ApiKey { name: "a\u{7}b".to_owned(), ..key(&good, "x") };
    let good = AccountLine::new(&good, vec![line(&whole), line(&odd)]);
    let added = added(&inventory(vec![unsafe_host, unknown, nameless, elsewhere, good]), &[], &[], &[]);
    let labels: Vec<&str> = added.accounts.iter().map(|account| account.label.as_str()).collect();
    assert_eq!((labels, added.keys.len()), (vec!["D", "Work"], 0));
    assert_eq!(added.problems.len(), 6, "{:?}", added.problems);
    assert!(added.problems.iter().any(|problem| problem.contains("proxy.example")));
}
