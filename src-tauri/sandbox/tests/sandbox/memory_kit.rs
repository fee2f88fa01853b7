//! Owns the proof of the pretend MemoryKit: its probe, its scopes, its refusals, and that it manages no
//! keys. Leaves out its page in the browser (dashboard).

use crate::support::{House, Outcome};
use reqwest::Method;
use serde_json::json;

async fn ask(house: &House, key: &str, path: &str) -> Outcome {
    house.outcome(house.memory_kit(Method::GET, path).bearer_auth(key), None).await
}

#[tokio::test]
async fn the_keys_to_start_with_work_and_are_as_the_ready_file_says() {
    let house = House::open(&[]).await;
    let (_, rows) = house.admin(Method::GET, "/admin/keys?service=memory-kit", None).await;
    let keys = &house.ready.memory_kit.keys;
    assert_eq!((keys.len(), rows.as_array().unwrap().len()), (2, 2));
    for key in keys {
        assert!(key.key.starts_with("ctx_"));
        let row = rows.as_array().unwrap().iter().find(|row| row["name"] == key.name).unwrap();
        assert_eq!((&row["project"], &row["scopes"]), (&json!(key.project), &json!(key.scopes)));
        let outcome = ask(&house, &key.key, "/status").await;
        assert_eq!((outcome.status, &outcome.body["project"]), (200, &json!(key.project)));
        assert!(outcome.body["plan"].is_string() && outcome.body["usage"]["memories_total"].is_u64());
    }
}

#[tokio::test]
async fn scopes_open_what_they_name() {
    let house = House::open(&[]).await;
    let [support, digest] = &*house.ready.memory_kit.keys else { panic!("two keys") };
    for (key, path, status) in [
        (support, "/memories", 200),
        (support, "/chats", 200),
        (support, "/users", 403),
        (digest, "/memories", 200),
        (digest, "/chats", 403),
        (digest, "/users", 403),
    ] {
        let outcome = ask(&house, &key.key, path).await;
        assert_eq!(outcome.status, status, "{} {path}", key.name);
        if status == 403 {
            assert_eq!(outcome.body["error"]["type"], "forbidden");
        }
    }
}

#[tokio::test]
async fn refusals_carry_the_number_of_their_answer() {
    let house = House::open(&[]).await;
    let good = &house.ready.memory_kit.keys[0].key;
    let header = house.memory_kit(Method::GET, "/status").header("X-API-Key", good);
    let bare = house.memory_kit(Method::GET, "/status");
    let stranger = house.memory_kit(Method::GET, "/status").bearer_auth("ctx_0000EXAMPLE");
    let elsewhere = house.memory_kit(Method::GET, "/status").bearer_auth(&house.ready.memory_api.admin_key);
    for request in [header, bare, stranger, elsewhere] {
        let outcome = house.outcome(request, None).await;
        let error = &outcome.body["error"];
        assert_eq!((outcome.status, &error["type"]), (401, &json!("authentication_error")));
        assert_eq!(error["request_id"], outcome.headers["x-request-id"].to_str().unwrap());
    }
    let good = ask(&house, good, "/status").await;
    assert!(good.headers["x-request-id"].to_str().unwrap().starts_with("req_"));
}

#[tokio::test]
async fn no_endpoint_manages_keys() {
    let house = House::open(&[]).await;
    let key = &house.ready.memory_kit.keys[0].key;
    for path in ["/keys", "/api-keys", "/account/api-keys"] {
        let outcome = ask(&house, key, path).await;
        assert_eq!((outcome.status, &outcome.body["error"]["type"]), (404, &json!("not_found")), "{path}");
    }
}

#[tokio::test]
async fn a_key_ends_by_expiry_and_by_revocation() {
    let house = House::open(&[]).await;
    let (_, rows) = house.admin(Method::GET, "/admin/keys?service=memory-kit", None).await;
    for (key, end) in house.ready.memory_kit.keys.iter().zip(["expire", "revoke"]) {
        let row = rows.as_array().unwrap().iter().find(|row| row["name"] == key.name).unwrap();
        assert_eq!(ask(&house, &key.key, "/status").await.status, 200);
        let path = format!("/admin/keys/{}/{end}", row["id"].as_str().unwrap());
        assert_eq!(house.admin(Method::POST, &path, None).await.0, 204);
        assert_eq!(ask(&house, &key.key, "/status").await.status, 401, "{end}");
    }
}
