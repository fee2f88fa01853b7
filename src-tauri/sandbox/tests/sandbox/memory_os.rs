//! Owns the proof of the pretend Memory OS: its two bases, scopes, the shapes nobody has seen, and what
//! can be left out.

use crate::support::{House, Outcome};
use reqwest::Method;
use serde_json::{Value, json};

async fn ask(house: &House, key: &str, method: Method, path: &str, body: Option<Value>) -> Outcome {
    house.outcome(house.memory_os(method, path).bearer_auth(key), body).await
}

/// Asks with the key of the ready file.
async fn admin(house: &House, method: Method, path: &str, body: Option<Value>) -> Outcome {
    ask(house, &house.ready.memory_os.admin_key, method, path, body).await
}

/// Makes a key with these facts: its id and its characters.
async fn made(house: &House, facts: Value) -> (String, String) {
    let outcome = admin(house, Method::POST, "/keys", Some(facts)).await;
    assert_eq!(outcome.status, 200, "{}", outcome.body);
    let data = &outcome.body["data"];
    (data["id"].as_str().unwrap().to_owned(), data["key"].as_str().unwrap().to_owned())
}

async fn listed(house: &House, id: &str) -> Value {
    let list = admin(house, Method::GET, "/keys", None).await.body;
    let keys = list["data"].as_array().or_else(|| list["data"]["keys"].as_array()).unwrap();
    keys.iter().find(|key| key["id"] == id).unwrap().clone()
}

#[tokio::test]
async fn a_new_key_says_only_what_is_published_and_is_listed_with_the_rest() {
    let house = House::open(&[]).await;
    let facts = json!({ "name": "CI", "scopes": ["search:read"], "rate_limit": 50 });
    let outcome = admin(&house, Method::POST, "/keys", Some(facts)).await;
    assert_eq!(outcome.headers["cache-control"], "no-store");
    let data = outcome.body["data"].as_object().unwrap();
    assert_eq!(data.keys().collect::<Vec<_>>(), ["id", "key", "message", "name"]);
    assert!(outcome.body["meta"]["request_id"].as_str().unwrap().starts_with("req_"));
    let secret = data["key"].as_str().unwrap();
    assert!(secret.starts_with("mos_live_") && secret.len() == "mos_live_".len() + 32);
    let row = listed(&house, data["id"].as_str().unwrap()).await;
    assert_eq!((&row["scopes"], &row["rate_limit"]), (&json!(["search:read"]), &json!(50)));
    assert!(secret.starts_with(row["prefix"].as_str().unwrap()) && !row.to_string().contains(secret));

    let (id, _) = made(&house, json!({ "name": "plain" })).await;
    let row = listed(&house, &id).await;
    assert_eq!(row["scopes"], json!(["memories:read", "memories:write", "search:read"]));
    assert_eq!(row["rate_limit"], Value::Null);
}

#[tokio::test]
async fn wrong_and_further_fields_are_refused() {
    let house = House::open(&[]).await;
    for facts in [
        json!({}),
        json!({ "name": "" }),
        json!({ "name": "x".repeat(256) }),
        json!({ "name": "x", "scopes": ["everything"] }),
        json!({ "name": "x", "rate_limit": 0 }),
        json!({ "name": "x", "rate_limit": "10" }),
        json!({ "name": "x", "expires_in_days": 3 }),
        json!({ "name": "x", "environment": "test" }),
    ] {
        let outcome = admin(&house, Method::POST, "/keys", Some(facts.clone())).await;
        assert_eq!(outcome.status, 400, "{facts}");
        assert!(outcome.body["error"]["details"]["field"].is_string(), "{}", outcome.body);
        assert!(outcome.body["meta"]["request_id"].is_string());
    }
}

#[tokio::test]
async fn scopes_open_what_they_name_and_only_the_star_opens_everything() {
    let house = House::open(&[]).await;
    let mut keys = Vec::new();
    for scope in ["memories:read", "memories:write", "search:read", "admin", "*"] {
        keys.push((scope, made(&house, json!({ "name": scope, "scopes": [scope] })).await.1));
    }
    let victim = format!("/keys/{}", made(&house, json!({ "name": "victim" })).await.0);
    for (method, path, needed) in [
        (Method::GET, "/keys", "admin"),
        (Method::POST, "/keys", "admin"),
        (Method::DELETE, &*victim, "admin"),
        (Method::GET, "/usage", "admin"),
        (Method::GET, "/memories", "memories:read"),
    ] {
        for (scope, key) in &keys {
            let body = (method == Method::POST).then(|| json!({ "name": "more" }));
            let outcome = ask(&house, key, method.clone(), path, body).await;
            if *scope == needed || *scope == "*" {
                assert_eq!(outcome.status, 200, "{method} {path} with {scope}: {}", outcome.body);
            } else {
                let message = format!("Missing scope: {needed}");
                let error = &outcome.body["error"];
                assert_eq!(
                    (outcome.status, error),
                    (403, &json!({ "code": "FORBIDDEN", "message": message })),
                    "{method} {path} with {scope}"
                );
            }
        }
    }
}

#[tokio::test]
async fn missing_foreign_revoked_and_expired_keys_are_refused_alike_and_only_bearer_counts() {
    let house = House::open(&[]).await;
    let (revoked_id, revoked) = made(&house, json!({ "name": "revoked" })).await;
    let (expired_id, expired) = made(&house, json!({ "name": "expired" })).await;
    assert_eq!(ask(&house, &expired, Method::GET, "/memories", None).await.status, 200);
    assert_eq!(admin(&house, Method::DELETE, &format!("/keys/{revoked_id}"), None).await.status, 200);
    assert_eq!(house.admin(Method::POST, &format!("/admin/keys/{expired_id}/expire"), None).await.0, 204);
    let mut seen = Vec::new();
    for key in ["mos_live_0000EXAMPLE", &revoked, &expired, &house.ready.memory_api.admin_key] {
        let outcome = ask(&house, key, Method::GET, "/memories", None).await;
        seen.push((outcome.status, outcome.body["error"].clone()));
    }
    let header = house.memory_os(Method::GET, "/memories").header("X-API-Key", &house.ready.memory_os.admin_key);
    let outcome = house.outcome(header, None).await;
    seen.push((outcome.status, outcome.body["error"].clone()));
    assert_eq!((seen[0].0, &seen[0].1["code"]), (401, &json!("UNAUTHORIZED")));
    assert!(seen.iter().all(|one| *one == seen[0]), "{seen:?}");
}

#[tokio::test]
async fn it_answers_below_the_bases_that_are_switched_on() {
    let house = House::open(&[]).await;
    let root = house.ready.memory_os.host.strip_suffix("/api/v1").unwrap().to_owned();
    let seen = async || {
        let mut seen = Vec::new();
        for base in ["/api/v1", "/v1"] {
            let request = house.http.get(format!("{root}{base}/keys")).bearer_auth(&house.ready.memory_os.admin_key);
            seen.push(house.outcome(request, None).await.status);
        }
        seen
    };
    assert_eq!(seen().await, [200, 200]);
    house.switch(json!({ "memory_os_base": "api" })).await;
    assert_eq!(seen().await, [200, 404]);
    house.switch(json!({ "memory_os_base": "v1" })).await;
    assert_eq!(seen().await, [404, 200]);
    let house = House::open(&["--memory-os-base", "v1"]).await;
    assert!(!house.ready.memory_os.host.contains("/api/"));
    assert_eq!(admin(&house, Method::GET, "/keys", None).await.status, 200);
}

#[tokio::test]
async fn the_list_is_wrapped_and_tells_ended_keys_as_switched() {
    let house = House::open(&[]).await;
    let (id, _) = made(&house, json!({ "name": "ended" })).await;
    let (good, _) = made(&house, json!({ "name": "good" })).await;
    admin(&house, Method::DELETE, &format!("/keys/{id}"), None).await;
    assert_eq!(admin(&house, Method::GET, "/keys", None).await.body["data"].as_array().unwrap().len(), 3);
    house.switch(json!({ "memory_os_list": "keys" })).await;
    assert_eq!(admin(&house, Method::GET, "/keys", None).await.body["data"]["keys"].as_array().unwrap().len(), 3);
    let fields = ["is_active", "status", "revoked_at"];
    for (field, ended) in [("is_active", Some(json!(false))), ("status", Some(json!("revoked"))), ("revoked_at", None)]
    {
        house.switch(json!({ "memory_os_state": field })).await;
        let (ended_row, good_row) = (listed(&house, &id).await, listed(&house, &good).await);
        let said: Vec<_> = fields.iter().filter(|name| ended_row.get(**name).is_some()).collect();
        assert_eq!(said, [&field], "one way at a time");
        assert_ne!(ended_row[field], good_row[field]);
        match ended {
            Some(ended) => assert_eq!(ended_row[field], ended),
            None => assert!(ended_row[field].is_string() && good_row[field].is_null()),
        }
    }
}

#[tokio::test]
async fn what_is_left_out_was_never_there() {
    let house = House::open(&["--without", "memory-os.list,memory-os.revoke,memory-os.usage"]).await;
    let (id, secret) = made(&house, json!({ "name": "made all the same" })).await;
    for (method, path) in
        [(Method::GET, "/keys".to_owned()), (Method::DELETE, format!("/keys/{id}")), (Method::GET, "/usage".into())]
    {
        assert_eq!(admin(&house, method, &path, None).await.status, 404, "{path}");
    }
    assert_eq!(ask(&house, &secret, Method::GET, "/memories", None).await.status, 200);
    house.switch(json!({ "without": [] })).await;
    assert_eq!(admin(&house, Method::DELETE, &format!("/keys/{id}"), None).await.status, 200);
    assert_eq!(ask(&house, &secret, Method::GET, "/memories", None).await.status, 401);
    assert_eq!(admin(&house, Method::DELETE, "/keys/key_nowhere", None).await.status, 404);
    assert!(admin(&house, Method::GET, "/usage", None).await.body["data"]["plan"].is_string());
}

#[tokio::test]
async fn the_demonstration_keys_vary_in_scopes_and_one_has_a_limit_of_its_own() {
    let house = House::open(&["--seed", "demo"]).await;
    let list = admin(&house, Method::GET, "/keys", None).await.body;
    let keys = list["data"].as_array().unwrap();
    let count = |test: &dyn Fn(&Value) -> bool| keys.iter().filter(|key| test(key)).count();
    assert_eq!(keys.len(), 5);
    assert_eq!(count(&|key| key["rate_limit"].is_u64()), 1);
    assert_eq!(count(&|key| key["environment"] == "test"), 1);
    assert_eq!(count(&|key| key["is_active"] == false), 1);
    let mut scopes: Vec<_> = keys.iter().map(|key| key["scopes"].to_string()).collect();
    scopes.sort();
    scopes.dedup();
    assert_eq!(scopes.len(), 5);
}
