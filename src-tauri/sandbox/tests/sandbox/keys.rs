//! Owns the proof of what keys do: made, listed, used, ended, in every shape and with parts left out.

use crate::support::{ACME, House, PERSONAL, read};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::Method;
use serde_json::{Value, json};

const INVALID: &str = "Invalid JWT token. Authentication required.";

#[tokio::test]
async fn a_new_key_has_the_published_form_and_works_at_once() {
    let house = House::open(&[]).await;
    let token = house.token(1).await;
    let (status, answer) = house.create(&token, json!({ "name": " work-laptop " })).await;
    assert_eq!(status, 200);
    let key = answer["key"].as_str().unwrap();
    assert_eq!(URL_SAFE_NO_PAD.decode(key.strip_prefix("bmc_").unwrap()).unwrap().len(), 32);
    assert_eq!(answer["name"], "work-laptop");
    assert_eq!(answer["key_prefix"], key[..12]);
    assert_eq!(answer["workspace_id"], PERSONAL);
    assert_eq!((&answer["status"], &answer["expires_at"]), (&json!("active"), &Value::Null));
    assert_eq!(house.health(key).await, 200);
}

#[tokio::test]
async fn nothing_but_a_living_credential_is_accepted() {
    let house = House::open(&[]).await;
    let madeup = format!("bmc_{}", URL_SAFE_NO_PAD.encode([7; 32]));
    for path in ["/proxy/health", "/workspaces/", "/api/keys", "/proxy/v2/projects/", "/api/v2/projects"] {
        assert_eq!(house.get(&madeup, path).await, (401, json!({ "detail": INVALID })), "{path}");
        let without = house.cloud(Method::GET, path).send().await.unwrap();
        assert_eq!(without.headers()["www-authenticate"], "Bearer");
        assert_eq!(read(without).await.0, 401, "{path}");
    }
    let basic = house.cloud(Method::GET, "/proxy/health").basic_auth("bmc_EXAMPLE", Some("")).send().await.unwrap();
    assert_eq!(basic.status(), 401);
    let refresh = house.sign_in(1).await["refresh_token"].as_str().unwrap().to_owned();
    assert_eq!(house.health(&refresh).await, 401, "a refresh token opens nothing");
}

#[tokio::test]
async fn use_moves_the_date_of_last_use() {
    let house = House::open(&["--dates", "seconds"]).await;
    let token = house.token(1).await;
    let (_, secret) = house.key(&token, "laptop").await;
    let used = async || house.get(&token, "/api/keys").await.1["keys"][0]["last_used_at"].clone();
    assert_eq!(used().await, Value::Null);
    assert_eq!(house.health(&secret).await, 200);
    let first = used().await.as_i64().unwrap();
    house.advance(1000).await;
    assert_eq!(house.health(&secret).await, 200);
    assert!(used().await.as_i64().unwrap() >= first + 1000);
}

#[tokio::test]
async fn revocation_bites_on_the_next_request_and_stays_in_the_list() {
    let house = House::open(&[]).await;
    let token = house.token(1).await;
    let (id, secret) = house.key(&token, "laptop").await;
    assert_eq!(house.delete(&token, &id).await.0, 204);
    assert_eq!(house.get(&secret, "/proxy/health").await, (401, json!({ "detail": INVALID })));
    let (_, list) = house.get(&token, "/api/keys").await;
    assert_eq!(list["keys"][0]["status"], "revoked");
    assert!(list["keys"][0]["revoked_at"].is_string());
    assert_eq!(house.delete(&token, "no-such-id").await, (404, json!({ "detail": "API key not found" })));
}

#[tokio::test]
async fn expiry_is_echoed_and_bites_on_the_next_request() {
    let house = House::open(&[]).await;
    let token = house.token(1).await;
    let (_, now) = house.admin(Method::POST, "/admin/clock", Some(json!({ "advance_seconds": 0 }))).await;
    let now = chrono::DateTime::parse_from_rfc3339(now["now"].as_str().unwrap()).unwrap();
    let end = (now + chrono::TimeDelta::seconds(600)).to_utc().to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
    let (status, answer) = house.create(&token, json!({ "name": "short", "expires_at": end })).await;
    assert_eq!((status, answer["expires_at"].as_str()), (200, Some(&*end)));
    let secret = answer["key"].as_str().unwrap();
    assert_eq!(house.health(secret).await, 200);
    house.advance(601).await;
    assert_eq!(house.get(secret, "/proxy/health").await, (401, json!({ "detail": INVALID })));
    assert_eq!(house.get(&token, "/api/keys").await.1["keys"][0]["status"], "expired");
}

#[tokio::test]
async fn a_test_can_end_a_key_through_the_back_door() {
    let house = House::open(&[]).await;
    let token = house.token(1).await;
    for (verb, status) in [("expire", "expired"), ("revoke", "revoked")] {
        let (id, secret) = house.key(&token, verb).await;
        assert_eq!(house.admin(Method::POST, &format!("/admin/keys/{id}/{verb}"), None).await.0, 204);
        assert_eq!(house.health(&secret).await, 401);
        assert_eq!(house.get(&token, "/api/keys").await.1["keys"][0]["status"], status);
        assert_eq!(house.admin(Method::POST, &format!("/admin/keys/nobody/{verb}"), None).await.0, 404);
    }
}

#[tokio::test]
async fn what_cannot_be_a_key_is_refused_by_field() {
    let house = House::open(&[]).await;
    let token = house.token(1).await;
    for (body, field) in [
        (json!({}), "name"),
        (json!({ "name": "" }), "name"),
        (json!({ "name": "x".repeat(101) }), "name"),
        (json!({ "name": 5 }), "name"),
        (json!({ "name": "x", "expires_at": "soon" }), "expires_at"),
        (json!({ "name": "x", "expires_at": "2001-01-01T00:00:00Z" }), "expires_at"),
    ] {
        let (status, answer) = house.create(&token, body.clone()).await;
        assert_eq!((status, &answer["detail"][0]["loc"]), (422, &json!(["body", field])), "{body}");
    }
    let text = house.cloud(Method::POST, "/api/keys").bearer_auth(&token).body("name=x").send().await.unwrap();
    assert_eq!(text.status(), 422);
    assert_eq!(house.get(&token, "/api/keys").await.1["keys"], json!([]));
}

#[tokio::test]
async fn the_header_chooses_the_workspace_and_the_key_stays_in_it() {
    let house = House::open(&[]).await;
    let token = house.token(1).await;
    let request = house.cloud(Method::POST, "/api/keys").bearer_auth(&token).header("X-Workspace-ID", ACME);
    let (_, made) = read(request.json(&json!({ "name": "team" })).send().await.unwrap()).await;
    let (id, secret) = (made["id"].as_str().unwrap(), made["key"].as_str().unwrap());
    assert_eq!(made["workspace_id"], ACME);
    assert_eq!(house.get(&token, "/api/keys").await.1["keys"], json!([]));
    assert_eq!(house.get_in(&token, "/api/keys", ACME).await.1["keys"][0]["name"], "team");
    assert_eq!(house.delete(&token, id).await.0, 404, "not in the default workspace");

    let (_, seen) = house.get(secret, "/workspaces/").await;
    assert_eq!((&seen["count"], &seen["current_workspace_id"]), (&json!(1), &json!(ACME)));
    assert_eq!(house.get_in(secret, "/workspaces/", PERSONAL).await.0, 403);
    assert_eq!(house.get_in(&token, "/workspaces/", "33333333-3333-4333-8333-333333333333").await.0, 403);

    let request = house.cloud(Method::DELETE, &format!("/api/keys/{id}")).bearer_auth(&token);
    assert_eq!(request.header("X-Workspace-ID", ACME).send().await.unwrap().status(), 204);
}

#[tokio::test]
async fn a_person_sees_their_workspaces() {
    let house = House::open(&[]).await;
    let (_, seen) = house.get(&house.token(1).await, "/workspaces/").await;
    assert_eq!((&seen["count"], &seen["default_workspace_id"]), (&json!(2), &json!(PERSONAL)));
    for (index, (tenant, name, kind)) in
        [(PERSONAL, "Personal", "personal"), (ACME, "Acme team", "organization")].into_iter().enumerate()
    {
        let workspace = &seen["workspaces"][index];
        assert_eq!(workspace["tenant_id"], tenant);
        assert_eq!((&workspace["name"], &workspace["workspace_type"]), (&json!(name), &json!(kind)));
        assert_eq!((&workspace["role"], &workspace["is_default"]), (&json!("owner"), &json!(index == 0)));
    }
    let (_, seen) = house.get(&house.token(2).await, "/workspaces/").await;
    assert_eq!((&seen["count"], &seen["default_workspace_id"]), (&json!(1), &json!(ACME)));
}

#[tokio::test]
async fn only_an_owner_makes_or_ends_keys_and_a_key_does_neither() {
    let house = House::open(&["--seed", "demo"]).await;
    let member = house.token(2).await;
    let (status, list) = house.get(&member, "/api/keys").await;
    assert_eq!(status, 200);
    let id = list["keys"][0]["id"].as_str().unwrap();
    let sentence = "Only a workspace owner or admin can manage API keys";
    assert_eq!(house.create(&member, json!({ "name": "x" })).await, (403, json!({ "detail": sentence })));
    assert_eq!(house.delete(&member, id).await, (403, json!({ "detail": sentence })));

    let (id, secret) = house.key(&house.token(1).await, "laptop").await;
    assert_eq!(house.get(&secret, "/api/keys").await.0, 403);
    assert_eq!(house.create(&secret, json!({ "name": "x" })).await.0, 403);
    assert_eq!(house.delete(&secret, &id).await.0, 403);
    assert_eq!(house.health(&secret).await, 200);
}

#[tokio::test]
async fn without_list_there_is_none_and_a_new_key_has_no_id() {
    let house = House::open(&["--without", "list"]).await;
    let token = house.token(1).await;
    let (status, answer) = house.create(&token, json!({ "name": "laptop" })).await;
    assert_eq!(status, 200);
    let mut fields: Vec<_> = answer.as_object().unwrap().keys().collect();
    fields.sort();
    assert_eq!(fields, ["key", "name"]);
    assert_eq!(house.get(&token, "/api/keys").await, (405, json!({ "detail": "Method Not Allowed" })));
}

#[tokio::test]
async fn without_revoke_there_is_none() {
    let house = House::open(&["--without", "revoke"]).await;
    let token = house.token(1).await;
    let (id, secret) = house.key(&token, "laptop").await;
    assert_eq!(house.delete(&token, &id).await, (404, json!({ "detail": "Not Found" })));
    assert_eq!(house.health(&secret).await, 200);
}

#[tokio::test]
async fn without_expiry_the_field_is_refused_by_name() {
    let house = House::open(&["--without", "expiry"]).await;
    let token = house.token(1).await;
    let (status, answer) = house.create(&token, json!({ "name": "x", "expires_at": "2040-01-01T00:00:00Z" })).await;
    assert_eq!((status, &answer["detail"][0]["loc"]), (422, &json!(["body", "expires_at"])));
    let (status, answer) = house.create(&token, json!({ "name": "x" })).await;
    assert!(status == 200 && answer.get("expires_at").is_none());
    let (_, list) = house.get(&token, "/api/keys").await;
    assert_eq!(list["keys"].as_array().unwrap().len(), 1, "the refused one was not made");
    assert!(list["keys"][0].get("expires_at").is_none());
}

#[tokio::test]
async fn the_list_comes_in_every_shape() {
    for (shape, pointer) in [("bare", "/0"), ("keys", "/keys/0"), ("data", "/data/0")] {
        for (dates, prefix) in [("iso", "prefix"), ("seconds", "key_prefix"), ("milliseconds", "start")] {
            let house = House::open(&["--answer-shape", shape, "--dates", dates, "--prefix-field", prefix]).await;
            let token = house.token(1).await;
            let end: i64 = 4_000_000_000;
            let expires_at = match dates {
                "iso" => json!("2096-10-02T07:06:40.000Z"),
                "seconds" => json!(end),
                _ => json!(end * 1000),
            };
            let (status, made) = house.create(&token, json!({ "name": "laptop", "expires_at": expires_at })).await;
            assert_eq!(status, 200, "{made}");
            let (_, list) = house.get(&token, "/api/keys").await;
            let listed = list.pointer(pointer).unwrap();
            assert_eq!(listed["id"], made["id"]);
            for one in [listed, &made] {
                assert_eq!(one["expires_at"], expires_at);
                assert_eq!(one[prefix], made["key"].as_str().unwrap()[..12]);
            }
            assert!(listed.get("key").is_none());
            let created = &listed["created_at"];
            assert_eq!(created.is_string(), dates == "iso");
            assert_eq!(created.as_i64().is_some_and(|number| number > 100_000_000_000), dates == "milliseconds");
        }
    }
}

#[tokio::test]
async fn the_demo_has_keys_in_every_state_in_both_workspaces() {
    let house = House::open(&["--seed", "demo"]).await;
    let token = house.token(1).await;
    let mut all = Vec::new();
    for workspace in [PERSONAL, ACME] {
        let (_, list) = house.get_in(&token, "/api/keys", workspace).await;
        let keys = list["keys"].as_array().unwrap().clone();
        assert!(keys.len() > 5);
        let states = |state: &str| keys.iter().filter(|key| key["status"] == state).count();
        assert!(states("active") > 2 && states("expired") > 0 && states("revoked") > 0);
        assert!(keys.iter().any(|key| key["status"] == "active" && key["last_used_at"].is_null()));
        assert!(keys.iter().any(|key| key["status"] == "active" && key["expires_at"].is_string()));
        for key in &keys {
            let date = |field: &str| key[field].as_str().map(String::from);
            for field in ["last_used_at", "revoked_at", "expires_at"] {
                assert!(date(field).is_none_or(|moment| moment > date("created_at").unwrap()), "{key}");
            }
            if key["status"] != "active" {
                let end = date("revoked_at").or(date("expires_at")).unwrap();
                assert!(date("last_used_at").is_none_or(|used| used <= end), "used after its end: {key}");
            }
        }
        all.extend(keys);
    }
    assert_eq!(all.len(), 20);
}

#[tokio::test]
async fn a_thousand_keys_can_be_had() {
    let house = House::open(&["--seed", "1000"]).await;
    let (_, keys) = house.admin(Method::GET, "/admin/keys", None).await;
    let names: std::collections::BTreeSet<_> =
        keys.as_array().unwrap().iter().map(|key| key["name"].as_str().unwrap()).collect();
    assert_eq!(names.len(), 1000);
}
