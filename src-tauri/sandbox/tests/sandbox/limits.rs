//! Owns the proof of the rate limits: counted down in every answer, refused beyond, free again later.

use crate::support::{House, Outcome};
use reqwest::Method;
use serde_json::{Value, json};

/// One request with a good key of this service.
async fn ask(house: &House, service: &str) -> Outcome {
    let ready = &house.ready;
    let request = match service {
        "memory-api" => house.memory_api(Method::GET, "/account").bearer_auth(&ready.memory_api.admin_key),
        "memory-os" => house.memory_os(Method::GET, "/keys").bearer_auth(&ready.memory_os.admin_key),
        _ => house.memory_kit(Method::GET, "/status").bearer_auth(&ready.memory_kit.keys[0].key),
    };
    house.outcome(request, None).await
}

fn number(outcome: &Outcome, header: &str) -> i64 {
    outcome.headers[header].to_str().unwrap().parse().unwrap()
}

/// What the sandbox's clock says now.
async fn now(house: &House) -> i64 {
    let (_, clock) = house.admin(Method::POST, "/admin/clock", Some(json!({ "advance_seconds": 0 }))).await;
    chrono::DateTime::parse_from_rfc3339(clock["now"].as_str().unwrap()).unwrap().timestamp()
}

#[tokio::test]
async fn requests_are_counted_down_to_a_refusal_and_free_again_at_the_reset() {
    let house = House::open(&["--rate-limit", "3"]).await;
    for service in ["memory-api", "memory-os", "memory-kit"] {
        for left in [2, 1, 0] {
            let outcome = ask(&house, service).await;
            assert_eq!(outcome.status, 200, "{service}");
            assert_eq!((number(&outcome, "x-ratelimit-limit"), number(&outcome, "x-ratelimit-remaining")), (3, left));
        }
        let full = ask(&house, service).await;
        assert_eq!((full.status, number(&full, "x-ratelimit-remaining")), (429, 0), "{service}");
        let wait = number(&full, "x-ratelimit-reset") - now(&house).await;
        assert!((1..=61).contains(&wait), "{service}: {wait}");
        let retry_after = full.headers.get("retry-after").map(|value| value.to_str().unwrap().parse::<i64>().unwrap());
        match service {
            "memory-api" => assert_eq!(full.body["error"]["code"], "RATE_LIMIT_EXCEEDED"),
            "memory-os" => assert_eq!(full.body["error"]["code"], "RATE_LIMITED"),
            _ => assert_eq!(full.body["error"]["type"], "rate_limit_error"),
        }
        assert_eq!(retry_after.is_some(), service != "memory-os", "Memory OS documents none");
        assert!(retry_after.is_none_or(|seconds| (1..=60).contains(&seconds)));
        house.advance(u32::try_from(wait).unwrap()).await;
        assert_eq!(ask(&house, service).await.status, 200, "{service}");
    }
}

#[tokio::test]
async fn the_limit_is_the_organizations_the_keys_or_the_endpoints() {
    let house = House::open(&["--rate-limit", "2"]).await;
    let post = |body: Value| {
        house.memory_api(Method::POST, "/account/api-keys").bearer_auth(&house.ready.memory_api.admin_key).json(&body)
    };
    let made = house.outcome(post(json!({})), None).await;
    let other = made.body["data"]["key"].as_str().unwrap();
    let asked = |key: &str| house.memory_api(Method::GET, "/account").bearer_auth(key);
    assert_eq!(house.outcome(asked(other), None).await.status, 200);
    assert_eq!(house.outcome(asked(other), None).await.status, 429, "both keys are of one organization");
    assert_eq!(house.outcome(asked("mem_live_0000EXAMPLE"), None).await.status, 401, "a stranger takes nothing away");

    let key = &house.ready.memory_os.admin_key;
    let facts = json!({ "name": "own limit", "scopes": ["memories:read"], "rate_limit": 1 });
    let made = house.outcome(house.memory_os(Method::POST, "/keys").bearer_auth(key).json(&facts), None).await;
    let other = made.body["data"]["key"].as_str().unwrap();
    let asked = || house.memory_os(Method::GET, "/memories").bearer_auth(other);
    let first = house.outcome(asked(), None).await;
    assert_eq!((first.status, number(&first, "x-ratelimit-limit")), (200, 1));
    assert_eq!(house.outcome(asked(), None).await.status, 429, "its own limit");
    assert_eq!(ask(&house, "memory-os").await.status, 200, "the other key has its own");

    let key = &house.ready.memory_kit.keys[0].key;
    for _ in 0..2 {
        assert_eq!(ask(&house, "memory-kit").await.status, 200);
    }
    assert_eq!(ask(&house, "memory-kit").await.status, 429);
    let elsewhere = house.memory_kit(Method::GET, "/memories").bearer_auth(key);
    assert_eq!(house.outcome(elsewhere, None).await.status, 200, "another endpoint");
}

#[tokio::test]
async fn every_answer_carries_the_headers_also_refusals_and_faults() {
    let house = House::open(&[]).await;
    for (service, limit) in [("memory-api", 300), ("memory-os", 1000), ("memory-kit", 300)] {
        let nowhere = match service {
            "memory-api" => house.memory_api(Method::GET, "/nowhere"),
            "memory-os" => house.memory_os(Method::GET, "/nowhere"),
            _ => house.memory_kit(Method::GET, "/nowhere"),
        };
        let outcome = house.outcome(nowhere, None).await;
        assert_eq!((outcome.status, number(&outcome, "x-ratelimit-limit")), (404, limit));
        house.fault(json!({ "service": service, "path": "/", "kind": "rate_limited", "times": 1 })).await;
        let outcome = ask(&house, service).await;
        assert_eq!((outcome.status, number(&outcome, "x-ratelimit-remaining")), (429, 0), "{service}");
        assert_eq!(ask(&house, service).await.status, 200);
    }
}
