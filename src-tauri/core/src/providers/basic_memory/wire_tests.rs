//! Owns the tests of Basic Memory's JSON: tables of what is read, properties of what never happens.

use super::*;
use chrono::{DateTime, TimeZone as _, Utc};
use proptest::prelude::*;
use serde_json::json;

const WHOLE: &str = "bmc_Qv4mWnR8sLkP2xYtEXAMPLE";

fn noon() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 20, 12, 0, 0).unwrap()
}

fn one(item: &Value) -> ListedKey {
    let mut keys = key_page(&json!([item])).unwrap().keys;
    assert_eq!(keys.len(), 1);
    keys.remove(0)
}

fn created(answer: &Value) -> CreatedAnswer {
    serde_json::from_str(&answer.to_string()).unwrap()
}

#[test]
fn a_list_is_read_in_every_envelope() {
    let keys = json!([{"id": "k1", "name": "work-laptop"}]);
    for answer in [
        keys.clone(),
        json!({"keys": keys}),
        json!({"api_keys": keys}),
        json!({"data": keys}),
        json!({"items": keys}),
        json!({"results": keys, "count": 1}),
        json!({"data": {"keys": keys}}),
    ] {
        let page = key_page(&answer).unwrap();
        assert_eq!((page.keys.len(), page.more), (1, false), "{answer}");
        assert_eq!(page.keys[0].name, "work-laptop");
    }
    assert_eq!(key_page(&json!({"keys": []})), Some(KeyPage::default()));
    assert_eq!(key_page(&json!([])), Some(KeyPage::default()));
}

#[test]
fn what_is_no_list_is_not_understood() {
    for answer in [
        json!(null),
        json!("keys"),
        json!(4),
        json!({}),
        json!({"keys": null}),
        json!({"keys": "none"}),
        json!({"detail": "Not found"}),
        json!([1, "two", null]),
        json!([{"error": "nothing a key could be recognised by"}]),
    ] {
        assert_eq!(key_page(&answer), None, "{answer}");
    }
}

#[test]
fn things_that_are_no_keys_are_skipped_beside_keys() {
    let page = key_page(&json!([null, 5, {"id": "k1"}, [], {"colour": "red"}])).unwrap();
    assert_eq!(page.keys.len(), 1);
}

#[test]
fn further_pages_are_noticed() {
    let keys = json!([{"id": "k1"}]);
    for answer in [
        json!({"keys": keys, "has_more": true}),
        json!({"keys": keys, "next": "https://example.com/?page=2"}),
        json!({"keys": keys, "next_cursor": 7}),
        json!({"keys": keys, "total": 2}),
    ] {
        assert!(key_page(&answer).unwrap().more, "{answer}");
    }
    for answer in [json!({"keys": keys, "has_more": false}), json!({"keys": keys, "next": null, "total": 1})] {
        assert!(!key_page(&answer).unwrap().more, "{answer}");
    }
}

#[test]
fn every_field_is_read_under_each_of_its_names() {
    let full = ListedKey {
        remote_id: Some("7".to_owned()),
        name: "work-laptop".to_owned(),
        prefix: Some("bmc_Qv4m".to_owned()),
        workspace: Some("w1".to_owned()),
        created_at: Some(noon()),
        last_used_at: Some(Some(noon())),
        expires_at: Some(None),
        revoked: false,
        ..ListedKey::default()
    };
    for item in [
        json!({"id": 7, "name": "work-laptop", "prefix": "bmc_Qv4m", "workspace_id": "w1", "created_at": "2026-11-20T12:00:00Z", "last_used_at": "2026-11-20T12:00:00", "expires_at": null}),
        json!({"key_id": "7", "label": "work-laptop", "key_prefix": "bmc_Qv4m…", "tenant_id": "w1", "created": 1_795_176_000, "last_used": 1_795_176_000_000_i64, "expiry": null}),
        json!({"uuid": "7", "name": "work-laptop", "start": "bmc_Qv4m...", "workspace": "w1", "createdAt": "1795176000", "lastUsedAt": "1795176000000", "expiresAt": ""}),
        json!({"id": "7", "name": "work-laptop", "masked": "bmc_Qv4m****EXAMPLE", "workspace": {"tenant_id": "w1"}, "created_at": null, "created": "2026-11-20 12:00:00", "last_used_at": "2026-11-20T13:00:00+01:00", "expires_at": "never"}),
    ] {
        assert_eq!(one(&item), full, "{item}");
    }
}

#[test]
fn absent_is_unknown_and_null_is_none() {
    let key = one(&json!({"id": "k1"}));
    assert_eq!((key.last_used_at, key.expires_at, key.created_at), (None, None, None));
    let key = one(&json!({"id": "k1", "last_used_at": null, "expires_at": null, "created_at": null}));
    assert_eq!((key.last_used_at, key.expires_at, key.created_at), (Some(None), Some(None), None));
    let key = one(&json!({"id": "k1", "last_used_at": "soon", "expires_at": "9999-12-31T23:59:59Z"}));
    assert_eq!((key.last_used_at, key.expires_at), (None, None));
}

#[test]
fn revoked_and_expired_are_read_from_flags_dates_and_words() {
    for item in [
        json!({"id": "k", "revoked": true}),
        json!({"id": "k", "revoked": "true"}),
        json!({"id": "k", "is_revoked": 1}),
        json!({"id": "k", "is_active": false}),
        json!({"id": "k", "status": "Revoked"}),
        json!({"id": "k", "status": "disabled"}),
        json!({"id": "k", "status": "revoked", "expired": true}),
    ] {
        let key = one(&item);
        assert_eq!((key.revoked, key.expired, key.revoked_at), (true, false, None), "{item}");
    }
    for item in [json!({"id": "k", "revoked_at": "2026-11-20T12:00:00Z"}), json!({"id": "k", "revoked": 1_795_176_000})]
    {
        let key = one(&item);
        assert_eq!((key.revoked, key.revoked_at), (true, Some(noon())), "{item}");
    }
    for item in [
        json!({"id": "k", "status": "expired"}),
        json!({"id": "k", "is_expired": true}),
        json!({"id": "k", "status": "expired", "is_active": false}),
    ] {
        let key = one(&item);
        assert_eq!((key.revoked, key.expired), (false, true), "{item}");
    }
    for item in [
        json!({"id": "k", "status": "active", "revoked": false, "revoked_at": null, "is_active": true}),
        json!({"id": "k", "status": "something new"}),
        json!({"id": "k"}),
    ] {
        let key = one(&item);
        assert_eq!((key.revoked, key.expired, key.revoked_at), (false, false, None), "{item}");
    }
}

#[test]
fn ids_are_numbers_or_visible_text_and_never_keys() {
    let id = |value: Value| one(&json!({"name": "n", "id": value})).remote_id;
    assert_eq!(id(json!(12)).as_deref(), Some("12"));
    assert_eq!(id(json!(-12)).as_deref(), Some("-12"));
    assert_eq!(id(json!(u64::MAX)).as_deref(), Some("18446744073709551615"));
    assert_eq!(
        id(json!("6f1c0a52-9f0e-4f2e-8b65-0d8f4f6c7d11")).as_deref(),
        Some("6f1c0a52-9f0e-4f2e-8b65-0d8f4f6c7d11")
    );
    for value in [
        json!(""),
        json!("a b"),
        json!("a\n"),
        json!("ä"),
        json!(1.5),
        json!(null),
        json!(true),
        json!("x".repeat(129)),
        json!(WHOLE),
    ] {
        assert_eq!(id(value.clone()), None, "{value}");
    }
}

#[test]
fn a_whole_key_never_comes_through_a_list() {
    for name in
        ["key", "prefix", "key_prefix", "start", "masked", "name", "label", "id", "workspace_id", "api_key", "token"]
    {
        let page = key_page(&json!([{"id": "k1", "name": "n"}, {name: WHOLE}, {"id": "k2", name: WHOLE}])).unwrap();
        assert!(!format!("{page:?}").contains("WnR8"), "{name}: {page:?}");
    }
    assert_eq!(one(&json!({"key": WHOLE})).prefix.as_deref(), Some("bmc_Qv4m"));
    assert_eq!(one(&json!({"prefix": WHOLE})).prefix.as_deref(), Some("bmc_Qv4m"));
    assert_eq!(one(&json!({"masked": format!("{WHOLE}…")})).prefix.as_deref(), Some("bmc_Qv4m"));
    assert_eq!(one(&json!({"key": "bmc_Qv4m…PLE"})).prefix.as_deref(), Some("bmc_Qv4m"));
    assert_eq!(one(&json!({"id": "k", "prefix": "…PLE"})).prefix, None);
    assert_eq!(one(&json!({"id": "k", "prefix": "bmc_ä"})).prefix, None);
}

#[test]
fn names_are_one_line_of_limited_length() {
    assert_eq!(one(&json!({"id": 1, "name": " two\nlines\u{7} "})).name, "two␊lines␇");
    assert_eq!(one(&json!({"id": 1, "name": "ä".repeat(500)})).name.chars().count(), 200);
    assert_eq!(one(&json!({"id": 1, "name": "my bmc_ key for the server"})).name, "my bmc_ key for the server");
    assert_eq!(one(&json!({"id": 1, "name": 5})).name, "");
}

#[test]
fn workspaces_are_read_as_the_cli_reads_them() {
    let list = workspace_list(&json!({
        "workspaces": [
            {"tenant_id": "w1", "workspace_type": "personal", "slug": "me", "name": "Personal", "role": "owner", "is_default": true},
            {"tenant_id": "w2", "workspace_type": "organization", "slug": "acme", "name": "Acme", "role": "member", "is_default": false},
        ],
        "count": 2, "default_workspace_id": "w1", "current_workspace_id": "w2"
    }))
    .unwrap();
    assert_eq!(list.current.as_deref(), Some("w2"));
    let workspace = |id: &str, name: &str, role: &str, is_default| Workspace {
        id: id.to_owned(),
        name: name.to_owned(),
        role: role.to_owned(),
        is_default,
    };
    assert_eq!(list.workspaces, [workspace("w1", "Personal", "owner", true), workspace("w2", "Acme", "member", false)]);
}

#[test]
fn the_current_workspace_is_named_or_the_only_one() {
    let current = |answer: Value| workspace_list(&answer).unwrap().current;
    assert_eq!(current(json!({"workspaces": [{"tenant_id": "w1"}]})).as_deref(), Some("w1"));
    assert_eq!(current(json!([{"tenant_id": "w1"}, {"tenant_id": "w2"}])), None);
    let two = json!([{"tenant_id": "w1"}, {"tenant_id": "w2"}]);
    assert_eq!(current(json!({"workspaces": two, "current_workspace_id": null, "default_workspace_id": "w1"})), None);
    assert_eq!(current(json!({"workspaces": []})), None);
    for answer in [json!({}), json!("x"), json!({"detail": "no"}), json!([{"name": "no id"}])] {
        assert_eq!(workspace_list(&answer), None, "{answer}");
    }
}

#[test]
fn of_a_created_key_only_the_key_is_required() {
    let answer = created(&json!({"key": WHOLE}));
    assert!(answer.secret.unwrap().same_as(&Secret::new(WHOLE.to_owned())));
    assert_eq!(answer.facts, ListedKey::default());

    let answer = created(
        &json!({"id": 7, "name": "n", "key": WHOLE, "key_prefix": "bmc_Qv4m", "expires_at": "2026-11-20T12:00:00Z"}),
    );
    assert_eq!(answer.facts.remote_id.as_deref(), Some("7"));
    assert_eq!(answer.facts.expires_at, Some(Some(noon())));

    let answer = created(&json!({"key": WHOLE, "api_key": {"id": "k1", "name": "n"}}));
    assert_eq!(answer.facts.remote_id.as_deref(), Some("k1"));
}

#[test]
fn a_key_that_cannot_be_sent_is_none() {
    for key in [
        json!(""),
        json!("bmc_a b"),
        json!("bmc_a\n"),
        json!("bmc_ä"),
        json!(null),
        json!(5),
        json!(-5),
        json!(0.5),
        json!(true),
        json!([WHOLE]),
        json!({"key": WHOLE}),
    ] {
        assert!(created(&json!({"id": "k1", "key": key})).secret.is_none(), "{key}");
    }
    assert!(created(&json!({})).secret.is_none());
    assert!(serde_json::from_str::<CreatedAnswer>("[]").is_err());
    assert!(serde_json::from_str::<CreatedAnswer>("\"bmc_x\"").is_err());
    assert!(serde_json::from_str::<CreatedAnswer>("{\"key\": \"bmc_x").is_err());
}

/// Any JSON, with the names that are looked for among its names.
fn any_json() -> impl Strategy<Value = Value> {
    let name = prop_oneof![
        proptest::sample::select(vec![
            "id",
            "key",
            "keys",
            "data",
            "name",
            "prefix",
            "masked",
            "created_at",
            "last_used_at",
            "expires_at",
            "revoked",
            "revoked_at",
            "status",
            "is_active",
            "workspaces",
            "tenant_id",
            "workspace",
            "total",
            "next",
            "current_workspace_id",
            "api_key",
        ])
        .prop_map(str::to_owned),
        "\\PC{0,8}",
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        (EARLY..LATE).prop_map(Value::from),
        "\\PC{0,40}".prop_map(Value::from),
        "[0-9TZ:. +-]{0,30}".prop_map(Value::from),
        Just(Value::from(WHOLE)),
        Just(Value::from(format!("{WHOLE}…"))),
    ];
    leaf.prop_recursive(4, 64, 8, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
            proptest::collection::vec((name.clone(), inner), 0..8)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

const EARLY: i64 = 0;
const LATE: i64 = 8_000_000_000_000;

proptest! {
    #[test]
    fn no_json_panics_and_no_whole_key_comes_through(answer in any_json()) {
        let page = key_page(&answer);
        let workspaces = workspace_list(&answer);
        let read = format!("{page:?} {workspaces:?}");
        prop_assert!(!read.contains("WnR8"), "{}", read);
        if let Ok(created) = serde_json::from_str::<CreatedAnswer>(&answer.to_string()) {
            let facts = format!("{:?}", created.facts);
            prop_assert!(!facts.contains("WnR8"), "{}", facts);
        }
    }

    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = serde_json::from_slice::<CreatedAnswer>(&bytes);
        if let Ok(answer) = serde_json::from_slice::<Value>(&bytes) {
            let _ = key_page(&answer);
        }
    }
}
