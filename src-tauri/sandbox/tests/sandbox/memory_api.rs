//! Owns the proof of the pretend Memory API: keys, scopes, ends, both envelopes and its account.

use crate::support::{House, Outcome};
use reqwest::Method;
use serde_json::{Value, json};

const KEYS: &str = "/account/api-keys";

async fn ask(house: &House, key: &str, method: Method, path: &str, body: Option<Value>) -> Outcome {
    house.outcome(house.memory_api(method, path).bearer_auth(key), body).await
}

/// Asks with the key of the ready file.
async fn admin(house: &House, method: Method, path: &str, body: Option<Value>) -> Outcome {
    ask(house, &house.ready.memory_api.admin_key, method, path, body).await
}

/// Makes a key with these facts: its id and its characters.
async fn made(house: &House, facts: Value) -> (String, String) {
    let outcome = admin(house, Method::POST, KEYS, Some(facts)).await;
    assert_eq!(outcome.status, 201, "{}", outcome.body);
    let data = &outcome.body["data"];
    (data["id"].as_str().unwrap().to_owned(), data["key"].as_str().unwrap().to_owned())
}

fn row<'a>(list: &'a Value, id: &str) -> &'a Value {
    list["data"].as_array().unwrap().iter().find(|key| key["id"] == id).unwrap()
}

#[tokio::test]
async fn a_new_key_is_listed_first_and_shows_its_characters_once() {
    let house = House::open(&[]).await;
    let facts = json!({ "name": "CI", "environment": "test", "scopes": ["read", "delete"], "expires_in_days": 30 });
    let outcome = admin(&house, Method::POST, KEYS, Some(facts)).await;
    assert_eq!((outcome.status, &outcome.body["success"]), (201, &json!(true)));
    assert_eq!(outcome.headers["cache-control"], "no-store");
    let data = &outcome.body["data"];
    let secret = data["key"].as_str().unwrap();
    assert!(secret.starts_with("mem_test_") && secret.len() == 73, "{data}");
    assert_eq!(data["key_prefix"], secret[..21]);
    assert_eq!(
        (&data["name"], &data["environment"], &data["scopes"]),
        (&json!("CI"), &json!("test"), &json!(["read", "delete"]))
    );
    let days = |value: &Value| chrono::DateTime::parse_from_rfc3339(value.as_str().unwrap()).unwrap();
    assert_eq!((days(&data["expires_at"]) - days(&data["created_at"])).num_days(), 30);

    let list = admin(&house, Method::GET, KEYS, None).await.body;
    assert_eq!(list["data"].as_array().unwrap().len(), 2, "the admin key and the new one");
    assert_eq!(list["data"][0]["id"], data["id"]);
    assert_eq!((&list["data"][0]["is_active"], &list["data"][0]["last_used_at"]), (&json!(true), &Value::Null));
    assert!(!list.to_string().contains(secret));
}

#[tokio::test]
async fn what_is_not_said_takes_the_published_defaults() {
    let house = House::open(&[]).await;
    for facts in [json!({}), json!({ "scopes": [], "expires_in_days": null })] {
        let data = admin(&house, Method::POST, KEYS, Some(facts)).await.body["data"].clone();
        assert_eq!((&data["name"], &data["environment"]), (&json!("Default Key"), &json!("live")));
        assert_eq!((&data["scopes"], &data["expires_at"]), (&json!(["read", "write"]), &Value::Null));
    }
}

#[tokio::test]
async fn wrong_and_further_fields_are_refused_by_name() {
    let house = House::open(&[]).await;
    let long = "x".repeat(256);
    for (field, value) in [
        ("rate_limit", json!(10)),
        ("expires_at", json!("2030-01-01T00:00:00Z")),
        ("name", json!("")),
        ("name", json!(long)),
        ("name", json!(7)),
        ("environment", json!("staging")),
        ("scopes", json!(["read", "root"])),
        ("scopes", json!("read")),
        ("expires_in_days", json!(0)),
        ("expires_in_days", json!(366)),
        ("expires_in_days", json!(1.5)),
    ] {
        let outcome = admin(&house, Method::POST, KEYS, Some(json!({ field: value }))).await;
        let error = &outcome.body["error"];
        assert_eq!((outcome.status, &error["code"]), (400, &json!("VALIDATION_ERROR")), "{field}: {value}");
        assert_eq!(error["details"]["field"], field);
        assert_eq!(error["details"]["errors"].as_array().unwrap().len(), 1);
    }
    let untyped = house.memory_api(Method::POST, KEYS).bearer_auth(&house.ready.memory_api.admin_key).body("{}");
    assert_eq!(house.outcome(untyped, None).await.body["error"]["code"], "VALIDATION_ERROR");
    let bounds = [json!({ "name": "x".repeat(255), "expires_in_days": 1 }), json!({ "expires_in_days": 365 })];
    for facts in bounds {
        assert_eq!(admin(&house, Method::POST, KEYS, Some(facts)).await.status, 201);
    }
}

#[tokio::test]
async fn scopes_open_what_they_name_and_admin_opens_everything() {
    let house = House::open(&[]).await;
    let mut keys = Vec::new();
    for scope in ["read", "write", "delete", "admin"] {
        keys.push((scope, made(&house, json!({ "scopes": [scope] })).await.1));
    }
    let victim = format!("{KEYS}/{}", made(&house, json!({})).await.0);
    for (method, path, needed) in [
        (Method::GET, KEYS, "read"),
        (Method::GET, "/account", "read"),
        (Method::GET, "/usage", "read"),
        (Method::POST, KEYS, "admin"),
        (Method::DELETE, &*victim, "admin"),
    ] {
        for (scope, key) in &keys {
            let body = (method == Method::POST).then(|| json!({}));
            let outcome = ask(&house, key, method.clone(), path, body).await;
            if *scope == needed || *scope == "admin" {
                assert!((200..300).contains(&outcome.status), "{method} {path} with {scope}: {}", outcome.body);
            } else {
                let error = &outcome.body["error"];
                assert_eq!((outcome.status, &error["code"]), (403, &json!("INSUFFICIENT_PERMISSIONS")));
                assert_eq!(
                    error["details"],
                    json!({ "required_scopes": [needed], "your_scopes": [scope] }),
                    "{method} {path} with {scope}"
                );
            }
        }
    }
}

#[tokio::test]
async fn either_header_carries_a_key_and_bearer_wins() {
    let house = House::open(&[]).await;
    let good = &house.ready.memory_api.admin_key;
    let stranger = "mem_live_0000EXAMPLE";
    let ask = async |bearer: Option<&str>, header: Option<&str>| {
        let mut request = house.memory_api(Method::GET, "/account");
        if let Some(key) = bearer {
            request = request.bearer_auth(key);
        }
        if let Some(key) = header {
            request = request.header("X-API-Key", key);
        }
        house.outcome(request, None).await.status
    };
    assert_eq!(ask(None, Some(good)).await, 200);
    assert_eq!(ask(Some(good), Some(stranger)).await, 200);
    assert_eq!(ask(Some(stranger), Some(good)).await, 401);
}

#[tokio::test]
async fn every_reason_to_refuse_a_key_has_its_code_in_both_envelopes() {
    let house = House::open(&[]).await;
    let (_, expired) = made(&house, json!({ "expires_in_days": 1 })).await;
    let (id, revoked) = made(&house, json!({})).await;
    house.advance(24 * 3600 + 1).await;
    admin(&house, Method::DELETE, &format!("{KEYS}/{id}"), None).await;
    for errors in ["documented", "detail"] {
        house.switch(json!({ "memory_api_errors": errors })).await;
        for (key, code) in [
            (None, "MISSING_API_KEY"),
            (Some("bmc_EXAMPLE"), "INVALID_API_KEY_FORMAT"),
            (Some("mem_live_0000EXAMPLE"), "INVALID_API_KEY"),
            (Some(&*house.ready.memory_os.admin_key), "INVALID_API_KEY_FORMAT"),
            (Some(&expired), "API_KEY_EXPIRED"),
            (Some(&revoked), "API_KEY_DISABLED"),
        ] {
            let mut request = house.memory_api(Method::GET, "/account");
            if let Some(key) = key {
                request = request.bearer_auth(key);
            }
            let outcome = house.outcome(request, None).await;
            assert_eq!(outcome.status, 401);
            let error = if errors == "detail" { &outcome.body["detail"] } else { &outcome.body["error"] };
            assert_eq!((&error["code"], error["message"].is_string()), (&json!(code), true), "{}", outcome.body);
            assert_eq!(outcome.body.get("success"), (errors == "documented").then_some(&json!(false)));
            assert!(outcome.headers["x-request-id"].to_str().unwrap().starts_with("req_"));
        }
    }
}

#[tokio::test]
async fn the_second_envelope_spares_what_the_published_source_handles_apart() {
    let house = House::open(&["--memory-api-errors", "detail"]).await;
    let outcome = admin(&house, Method::POST, KEYS, Some(json!({ "colour": "red" }))).await;
    assert_eq!((outcome.status, &outcome.body["error"]["code"]), (400, &json!("VALIDATION_ERROR")));
    let (_, reader) = made(&house, json!({ "scopes": ["read"] })).await;
    let outcome = ask(&house, &reader, Method::POST, KEYS, Some(json!({}))).await;
    assert_eq!(outcome.body["detail"]["code"], "INSUFFICIENT_PERMISSIONS");
    assert_eq!(outcome.body["detail"]["required_scopes"], json!(["admin"]));
}

#[tokio::test]
async fn a_revoked_key_stays_in_the_list_and_the_calling_key_cannot_be_revoked() {
    let house = House::open(&[]).await;
    let (id, secret) = made(&house, json!({})).await;
    let path = format!("{KEYS}/{id}");
    for time in ["first", "again"] {
        let outcome = admin(&house, Method::DELETE, &path, None).await;
        assert_eq!(outcome.status, 200, "{time}");
        assert_eq!(outcome.body, json!({ "success": true, "data": { "revoked": true, "key_id": id } }));
    }
    assert_eq!(ask(&house, &secret, Method::GET, "/account", None).await.status, 401);
    let list = admin(&house, Method::GET, KEYS, None).await.body;
    assert_eq!(row(&list, &id)["is_active"], false);

    let own = list["data"].as_array().unwrap().iter().find(|key| key["id"] != *id).unwrap()["id"].clone();
    let own = format!("{KEYS}/{}", own.as_str().unwrap());
    let outcome = admin(&house, Method::DELETE, &own, None).await;
    assert_eq!((outcome.status, &outcome.body["error"]["code"]), (400, &json!("CANNOT_REVOKE_CURRENT_KEY")));
    assert_eq!(admin(&house, Method::GET, "/account", None).await.status, 200, "it still works");
    let (_, other) = made(&house, json!({ "scopes": ["admin"] })).await;
    assert_eq!(ask(&house, &other, Method::DELETE, &own, None).await.status, 200, "another key may");
    let outcome = ask(&house, &other, Method::DELETE, &format!("{KEYS}/key_nowhere"), None).await;
    assert_eq!((outcome.status, &outcome.body["error"]["code"]), (404, &json!("API_KEY_NOT_FOUND")));
}

#[tokio::test]
async fn the_demonstration_keys_cover_every_state() {
    let house = House::open(&["--seed", "demo"]).await;
    let list = admin(&house, Method::GET, KEYS, None).await.body;
    let keys = list["data"].as_array().unwrap();
    let count = |test: &dyn Fn(&Value) -> bool| keys.iter().filter(|key| test(key)).count();
    assert_eq!(keys.len(), 8);
    assert_eq!(count(&|key| key["environment"] == "test"), 2);
    assert_eq!(count(&|key| key["is_active"] == false), 1);
    assert_eq!(count(&|key| key["last_used_at"].is_null()), 1);
    let (_, rows) = house.admin(Method::GET, "/admin/keys?service=memory-api", None).await;
    let states: Vec<_> = rows.as_array().unwrap().iter().map(|key| key["status"].as_str().unwrap()).collect();
    let many = |state| states.iter().filter(|other| **other == state).count();
    assert_eq!((many("active"), many("expired"), many("revoked")), (6, 1, 1));
}

#[tokio::test]
async fn the_account_its_usage_and_its_health_answer_unless_left_out() {
    let house = House::open(&[]).await;
    let account = admin(&house, Method::GET, "/account", None).await.body;
    assert!(account["data"]["org_id"].is_string() && account["data"]["plan"]["name"].is_string());
    let usage = admin(&house, Method::GET, "/usage", None).await.body;
    assert!(usage["data"]["current"]["api_calls"].is_u64() && usage["data"]["limits"]["api_calls"].is_u64());
    let health = house.outcome(house.memory_api(Method::GET, "/health"), None).await;
    assert_eq!((health.status, &health.body["data"]["status"]), (200, &json!("healthy")));
    house.switch(json!({ "without": ["memory-api.usage"] })).await;
    assert_eq!(admin(&house, Method::GET, "/usage", None).await.status, 404);
}
