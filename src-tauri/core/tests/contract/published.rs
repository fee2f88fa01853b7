//! Owns the shapes that are published or were found, served as they stand: what is read of each.

use crate::caller::{Caller, service};
use crate::small_server::{Reply, SmallServer};
use chrono::{DateTime, TimeZone as _, Utc};
use latchkey_core::clock::{Clock as _, SystemClock};
use latchkey_core::domain::{KeyName, Secret};
use latchkey_core::providers::{NewKey, ProviderError, Verdict};
use serde_json::{Value, json};

fn fixture(name: &str) -> Value {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name);
    serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap()
}

async fn answering(status: u16, body: &Value) -> (SmallServer, Caller) {
    let server = SmallServer::scripted([Reply::json(status, body)]).await;
    let base = server.base.join("/v1").unwrap();
    let caller = Caller::new(&base, &Secret::new("mem_live_callerEXAMPLE".to_owned()));
    (server, caller)
}

fn on(year: i32, month: u32, day: u32, hour: u32, minute: u32) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(year, month, day, hour, minute, 0).unwrap()
}

#[tokio::test]
async fn memory_apis_list_is_read_whole() {
    let (server, caller) = answering(200, &fixture("memory-api/as-published/list.json")).await;
    let listing = service("memory-api").list_keys(&caller.call(), &[]).await.unwrap();
    assert_eq!(server.lines(), ["GET /v1/account/api-keys"]);
    assert!(listing.reports_use && !listing.partial);
    let [first, second] = listing.keys.as_slice() else { panic!("{listing:?}") };
    assert_eq!((first.remote_id.as_deref(), first.name.as_str()), (Some("key_abc123"), "Production Key"));
    assert_eq!((first.prefix.as_deref(), first.environment.as_deref()), (Some("mem_live_a1b2c3"), Some("live")));
    assert_eq!(first.scopes.as_deref(), Some(&["read".to_owned(), "write".to_owned()][..]));
    assert_eq!(
        (first.created_at, first.last_used_at),
        (Some(on(2024, 1, 15, 10, 0)), Some(Some(on(2024, 1, 15, 15, 30))))
    );
    assert_eq!((first.revoked, first.expires_at), (false, None));
    assert_eq!((second.revoked, second.last_used_at), (true, Some(None)));
    assert_eq!(second.expires_at, Some(Some(on(2024, 2, 1, 0, 0))));
    assert_eq!(second.environment.as_deref(), Some("test"));
}

#[tokio::test]
async fn memory_apis_create_sends_whole_days_and_takes_the_answers_date() {
    let (server, caller) = answering(201, &fixture("memory-api/as-published/create.json")).await;
    let asked = NewKey {
        scopes: vec!["read".to_owned()],
        environment: Some("live".to_owned()),
        expires_at: Some(SystemClock.now() + chrono::TimeDelta::hours(90 * 24 + 13)),
        ..NewKey::named(KeyName::parse("CI/CD Key", 255).unwrap())
    };
    let created = service("memory-api").create_key(&caller.call(), &asked).await.unwrap();
    let sent = server.asked().remove(0);
    assert_eq!(sent.line(), "POST /v1/account/api-keys");
    assert_eq!(sent.header("authorization"), Some("Bearer mem_live_callerEXAMPLE"));
    assert_eq!(sent.header("content-type"), Some("application/json"));
    assert_eq!(
        sent.json(),
        json!({"name": "CI/CD Key", "environment": "live", "scopes": ["read"], "expires_in_days": 90})
    );
    assert_eq!(created.facts.expires_at, Some(Some(on(2024, 4, 15, 10, 0))));
    assert_eq!(created.facts.prefix.as_deref(), Some("mem_live_ful"));
}

#[tokio::test]
async fn memory_apis_refusals_are_read_in_both_envelopes() {
    let (_server, caller) = answering(400, &fixture("memory-api/as-published/current-key-documented.json")).await;
    let answer = service("memory-api").revoke_key(&caller.call(), "key_abc123", None).await;
    assert!(matches!(answer, Err(ProviderError::CurrentKey(_))), "{answer:?}");
    let (_server, caller) = answering(403, &fixture("memory-api/as-published/lacks-scope-detail.json")).await;
    let answer = service("memory-api").list_keys(&caller.call(), &[]).await;
    assert!(matches!(&answer, Err(ProviderError::LacksScope { scope, .. }) if scope == "admin"), "{answer:?}");
    let (server, caller) = answering(200, &fixture("memory-api/as-published/revoke.json")).await;
    service("memory-api").revoke_key(&caller.call(), "key_abc123", None).await.unwrap();
    assert_eq!(server.lines(), ["DELETE /v1/account/api-keys/key_abc123"]);
}

#[tokio::test]
async fn memory_os_keeps_what_was_sent_where_the_answer_says_little() {
    let (server, caller) = answering(200, &fixture("memory-os/as-published/create.json")).await;
    let asked = NewKey {
        scopes: vec!["memories:read".to_owned()],
        rate_limit: Some(60),
        expires_at: Some(SystemClock.now()),
        ..NewKey::named(KeyName::parse("Production API Key", 100).unwrap())
    };
    let created = service("memory-os").create_key(&caller.call(), &asked).await.unwrap();
    assert_eq!(
        server.asked()[0].json(),
        json!({"name": "Production API Key", "scopes": ["memories:read"], "rate_limit": 60})
    );
    assert_eq!((created.facts.rate_limit, created.facts.expires_at), (Some(60), None));
    assert_eq!(created.facts.environment.as_deref(), Some("live"));
    assert_eq!(created.facts.scopes.as_deref(), Some(&["memories:read".to_owned()][..]));
}

#[tokio::test]
async fn memory_oss_list_is_read_below_data_and_its_request_id_is_kept() {
    let (_server, caller) = answering(200, &fixture("memory-os/as-published/list-below-data.json")).await;
    let listing = service("memory-os").list_keys(&caller.call(), &[]).await.unwrap();
    let states: Vec<_> = listing.keys.iter().map(|key| (key.name.as_str(), key.revoked)).collect();
    assert_eq!(states, [("Agent", false), ("Old agent", true)]);
    assert!(!listing.reports_use);
    let (_server, caller) = answering(403, &fixture("memory-os/as-published/lacks-scope.json")).await;
    let answer = service("memory-os").list_keys(&caller.call(), &[]).await;
    let Err(ProviderError::LacksScope { scope, answer }) = answer else { panic!("{answer:?}") };
    assert_eq!((scope.as_str(), answer.request_id.as_deref()), ("admin", Some("req_abc123")));
}

#[tokio::test]
async fn memory_kits_status_is_judged_by_its_number_alone() {
    for body in
        [json!({}), json!([]), fixture("memory-kit/as-published/status.json"), json!({"projectId": 3, "usage": "none"})]
    {
        let (server, caller) = answering(200, &body).await;
        assert_eq!(service("memory-kit").test(&caller.call()).await.unwrap().verdict, Verdict::Works, "{body}");
        assert_eq!(server.lines(), ["GET /v1/status"]);
    }
    let (_server, caller) = answering(401, &fixture("memory-kit/as-published/refused.json")).await;
    assert_eq!(service("memory-kit").test(&caller.call()).await.unwrap().verdict, Verdict::Refused);
    let (_server, caller) = answering(200, &fixture("memory-kit/as-published/status.json")).await;
    let usage = service("memory-kit").usage(&caller.call()).await.unwrap().unwrap();
    assert_eq!(usage.plan.as_deref(), Some("starter"));
    assert_eq!(usage.lines.iter().map(|line| line.used.unwrap()).collect::<Vec<_>>(), [318, 1204, 41]);
}
