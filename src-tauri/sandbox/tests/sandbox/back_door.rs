//! Owns the proof of what the back door does to the services beside Basic Memory: keys, faults, counts
//! and switches.

use crate::support::{House, read};
use reqwest::Method;
use serde_json::{Value, json};

async fn rows(house: &House, service: &str) -> Vec<Value> {
    let (status, rows) = house.admin(Method::GET, &format!("/admin/keys?service={service}"), None).await;
    assert_eq!(status, 200);
    rows.as_array().unwrap().clone()
}

#[tokio::test]
async fn keys_are_listed_by_service_and_basic_memorys_alone_without_one() {
    let house = House::open(&["--seed", "demo"]).await;
    for (service, count) in [("basic-memory", 20), ("memory-api", 8), ("memory-os", 5), ("memory-kit", 2)] {
        let rows = rows(&house, service).await;
        assert_eq!(rows.len(), count, "{service}");
        assert!(rows.iter().all(|row| row["service"] == service));
    }
    assert_eq!(rows(&house, "all").await.len(), 35);
    let (_, unasked) = house.admin(Method::GET, "/admin/keys", None).await;
    assert_eq!(unasked.as_array().unwrap().len(), 20);
    assert_eq!(house.admin(Method::GET, "/admin/keys?service=mem0", None).await.0, 422);
}

#[tokio::test]
async fn any_key_can_be_used_expired_and_revoked() {
    let house = House::open(&["--seed", "demo"]).await;
    for service in ["basic-memory", "memory-api", "memory-os", "memory-kit"] {
        let row = |rows: Vec<Value>, id: &Value| rows.into_iter().find(|row| row["id"] == *id).unwrap();
        let active = rows(&house, service)
            .await
            .into_iter()
            .filter(|row| row["status"] == "active")
            .min_by_key(|row| row["last_used_at"].as_str().unwrap_or_default().to_owned());
        let before = active.unwrap();
        let id = &before["id"];
        let tell = async |what: &str| {
            let path = format!("/admin/keys/{}/{what}", id.as_str().unwrap());
            assert_eq!(house.admin(Method::POST, &path, None).await.0, 204, "{service} {what}");
        };
        tell("use").await;
        assert_ne!(row(rows(&house, service).await, id)["last_used_at"], before["last_used_at"], "{service}");
        tell("expire").await;
        assert_eq!(row(rows(&house, service).await, id)["status"], "expired", "{service}");
        tell("revoke").await;
        assert_eq!(row(rows(&house, service).await, id)["status"], "revoked", "{service}");
    }
    assert_eq!(house.admin(Method::POST, "/admin/keys/nowhere/use", None).await.0, 404);
}

#[tokio::test]
async fn a_fault_strikes_the_service_it_names_in_that_services_words() {
    let house = House::open(&[]).await;
    let ask = async |service: &str| {
        let ready = &house.ready;
        let request = match service {
            "memory-api" => house.memory_api(Method::GET, "/account").bearer_auth(&ready.memory_api.admin_key),
            "memory-os" => house.memory_os(Method::GET, "/keys").bearer_auth(&ready.memory_os.admin_key),
            _ => house.memory_kit(Method::GET, "/status").bearer_auth(&ready.memory_kit.keys[0].key),
        };
        read(request.send().await.unwrap()).await
    };
    let services = ["memory-api", "memory-os", "memory-kit"];
    house.fault(json!({ "path": "/", "kind": "server_error", "times": 1 })).await;
    for service in services {
        assert_eq!(ask(service).await.0, 200, "that one was for Basic Memory");
        for (kind, status) in
            [("unauthorized", 401), ("not_owner", 403), ("rate_limited", 429), ("server_error", 500), ("html", 200)]
        {
            house.fault(json!({ "service": service, "path": "/", "kind": kind, "times": 1 })).await;
            for other in services.iter().filter(|other| **other != service) {
                assert_eq!(ask(other).await.0, 200, "{kind} is not for {other}");
            }
            let (seen, body) = ask(service).await;
            assert_eq!(seen, status, "{service} {kind}");
            let word = if service == "memory-kit" { "type" } else { "code" };
            assert_eq!(body["error"][word].is_string(), kind != "html", "{service} {kind}: {body}");
        }
    }
    let misnamed = json!({ "service": "memory", "path": "/", "kind": "html" });
    assert_eq!(house.admin(Method::POST, "/admin/faults", Some(misnamed)).await.0, 422);
}

#[tokio::test]
async fn a_lost_answer_leaves_the_key_behind() {
    let house = House::open(&[]).await;
    let fault = |service: &str| json!({ "service": service, "path": "/", "method": "POST", "kind": "dropped_after_work", "times": 1 });
    house.fault(fault("memory-api")).await;
    house.fault(fault("memory-os")).await;
    let body = json!({ "name": "lost" });
    for (service, request) in [
        (
            "memory-api",
            house.memory_api(Method::POST, "/account/api-keys").bearer_auth(&house.ready.memory_api.admin_key),
        ),
        ("memory-os", house.memory_os(Method::POST, "/keys").bearer_auth(&house.ready.memory_os.admin_key)),
    ] {
        request.json(&body).send().await.expect_err("no answer");
        assert!(rows(&house, service).await.iter().any(|row| row["name"] == "lost"), "{service}");
    }
}

#[tokio::test]
async fn requests_to_other_services_are_counted_under_their_name() {
    let house = House::open(&[]).await;
    let ready = &house.ready;
    house.outcome(house.memory_api(Method::GET, "/usage").bearer_auth(&ready.memory_api.admin_key), None).await;
    house.outcome(house.memory_os(Method::GET, "/usage").bearer_auth(&ready.memory_os.admin_key), None).await;
    house.outcome(house.memory_kit(Method::GET, "/nowhere/ctx_EXAMPLE"), None).await;
    let (_, stats) = house.admin(Method::GET, "/admin/stats", None).await;
    assert_eq!(
        stats["requests"],
        json!({ "memory-api GET /v1/usage": 1, "memory-os GET /api/v1/usage": 1, "memory-kit GET (no route)": 1 })
    );
}

#[tokio::test]
async fn switches_are_set_while_it_runs_and_unknown_ones_are_refused() {
    let house = House::open(&["--without", "revoke", "--memory-os-list", "keys"]).await;
    let (_, before) = house.admin(Method::GET, "/admin/settings", None).await;
    assert_eq!(
        before,
        json!({
            "without": ["revoke"], "memory_api_errors": "documented", "memory_os_base": "both",
            "memory_os_list": "keys", "memory_os_state": "is_active", "rate_limit": null,
        })
    );
    let token = house.token(1).await;
    let (id, _) = house.key(&token, "laptop").await;
    assert_eq!(house.delete(&token, &id).await.0, 404);
    house.switch(json!({ "without": ["list"], "rate_limit": 5 })).await;
    assert_eq!((house.delete(&token, &id).await.0, house.get(&token, "/api/keys").await.0), (204, 405));
    let (_, after) = house.admin(Method::GET, "/admin/settings", None).await;
    assert_eq!((&after["memory_os_list"], &after["rate_limit"]), (&json!("keys"), &json!(5)));
    for wrong in [json!({ "memory_os_list": "none" }), json!({ "colour": "red" }), json!({ "without": ["soup"] })] {
        assert_eq!(house.admin(Method::POST, "/admin/settings", Some(wrong)).await.0, 422);
    }
    assert_eq!(house.admin(Method::GET, "/admin/settings", None).await.1, after);
}
