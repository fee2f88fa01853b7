//! Owns the proof that every fault goes wrong in the way it promises, and only as often.

use crate::support::{House, read};
use reqwest::Method;
use serde_json::{Value, json};

async fn ordered(kind: &str, more: Value) -> (House, String) {
    let house = House::open(&[]).await;
    let token = house.token(1).await;
    let mut fault = json!({ "path": "/api/keys", "kind": kind, "times": 1 });
    fault.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    house.fault(fault).await;
    (house, token)
}

async fn answered(kind: &str, more: Value) -> (u16, Value) {
    let (house, token) = ordered(kind, more).await;
    let answer = house.get(&token, "/api/keys").await;
    assert_eq!(house.get(&token, "/api/keys").await.0, 200, "{kind} happens once");
    answer
}

async fn names(house: &House, token: &str) -> Vec<String> {
    let (_, list) = house.get(token, "/api/keys").await;
    list["keys"].as_array().unwrap().iter().map(|key| key["name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn refusals_look_like_the_real_ones() {
    let (status, body) = answered("unauthorized", json!({})).await;
    assert_eq!((status, &body["detail"]), (401, &json!("Invalid JWT token. Authentication required.")));
    let (status, body) = answered("subscription_required", json!({})).await;
    assert_eq!((status, &body["detail"]["error"]), (403, &json!("subscription_required")));
    assert_eq!(body["detail"]["subscribe_url"], "https://basicmemory.com/subscribe");
    let (status, body) = answered("subscription_required_flat", json!({})).await;
    assert_eq!((status, &body["error"]), (403, &json!("subscription_required")));
    let (status, body) = answered("not_owner", json!({})).await;
    assert_eq!(status, 403);
    assert!(body["detail"].as_str().unwrap().contains("owner or admin"));
    assert_eq!(answered("server_error", json!({})).await.0, 500);
}

#[tokio::test]
async fn too_many_requests_come_with_and_without_a_date() {
    for (retry_after, header) in [
        (json!({}), None),
        (json!({ "retry_after": 3 }), Some("3")),
        (json!({ "retry_after": "Sat, 21 Nov 2026 03:00:00 GMT" }), Some("Sat, 21 Nov 2026 03:00:00 GMT")),
    ] {
        let (house, token) = ordered("rate_limited", retry_after).await;
        let response = house.cloud(Method::GET, "/api/keys").bearer_auth(&token).send().await.unwrap();
        assert_eq!(response.status(), 429);
        assert_eq!(response.headers().get("retry-after").map(|value| value.to_str().unwrap()), header);
    }
}

#[tokio::test]
async fn a_page_can_stand_where_json_was_expected() {
    let (house, token) = ordered("html", json!({})).await;
    let response = house.cloud(Method::GET, "/api/keys").bearer_auth(&token).send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert!(response.headers()["content-type"].to_str().unwrap().starts_with("text/html"));
}

#[tokio::test]
async fn a_redirect_points_to_another_host() {
    for (more, location) in [
        (json!({}), "http://elsewhere.example/"),
        (json!({ "location": "http://127.0.0.2:9/x" }), "http://127.0.0.2:9/x"),
    ] {
        let (house, token) = ordered("redirect", more).await;
        let response = house.cloud(Method::GET, "/api/keys").bearer_auth(&token).send().await.unwrap();
        assert_eq!((response.status().as_u16(), &response.headers()["location"]), (307, &location.parse().unwrap()));
    }
}

#[tokio::test]
async fn a_truncated_answer_breaks_off_after_the_work() {
    let (house, token) = ordered("truncated", json!({})).await;
    let request = house.cloud(Method::POST, "/api/keys").bearer_auth(&token).json(&json!({ "name": "cut" }));
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert!(response.bytes().await.is_err());
    assert_eq!(names(&house, &token).await, ["cut"]);
}

#[tokio::test]
async fn half_the_json_is_a_whole_answer() {
    let (house, token) = ordered("half_json", json!({})).await;
    let (status, body) = house.create(&token, json!({ "name": "half" })).await;
    assert_eq!(status, 200);
    assert!(matches!(body, Value::String(_)), "not JSON: {body}");
    assert_eq!(names(&house, &token).await, ["half"]);
}

#[tokio::test]
async fn an_endless_answer_goes_on_for_as_long_as_it_is_read() {
    let (house, token) = ordered("endless", json!({})).await;
    let mut response = house.cloud(Method::GET, "/api/keys").bearer_auth(&token).send().await.unwrap();
    let mut seen = 0;
    while seen < 4 * 1024 * 1024 {
        seen += response.chunk().await.unwrap().expect("it ended").len();
    }
}

#[tokio::test]
async fn a_connection_drops_before_the_work_or_after_it() {
    for (kind, left) in [("dropped_before_work", 0), ("dropped_after_work", 1)] {
        let (house, token) = ordered(kind, json!({})).await;
        let request = house.cloud(Method::POST, "/api/keys").bearer_auth(&token).json(&json!({ "name": "lost" }));
        let error = request.send().await.expect_err("no answer");
        assert!(error.is_request(), "{error}");
        assert_eq!(names(&house, &token).await.len(), left, "{kind}");
    }
}

#[tokio::test]
async fn latency_delays_and_can_meet_another_fault() {
    let (house, token) = ordered("latency", json!({ "milliseconds": 150 })).await;
    house.fault(json!({ "path": "/api/keys", "kind": "server_error", "times": 1 })).await;
    let before = std::time::Instant::now();
    assert_eq!(house.get(&token, "/api/keys").await.0, 500);
    assert!(before.elapsed().as_millis() >= 150);
    assert_eq!(house.get(&token, "/api/keys").await.0, 200);
}

#[tokio::test]
async fn a_fault_keeps_to_its_path_its_method_and_its_number() {
    let house = House::open(&[]).await;
    let token = house.token(1).await;
    house.fault(json!({ "path": "/api/keys", "method": "POST", "kind": "server_error", "times": 2 })).await;
    assert_eq!(house.get(&token, "/api/keys").await.0, 200);
    assert_eq!(house.get(&token, "/proxy/health").await.0, 200);
    let mut seen = Vec::new();
    for _ in 0..3 {
        seen.push(house.create(&token, json!({ "name": "x" })).await.0);
    }
    assert_eq!(seen, [500, 500, 200]);

    house.fault(json!({ "path": "/proxy", "kind": "unauthorized" })).await;
    assert_eq!((house.health(&token).await, house.health(&token).await), (401, 401), "for ever");
    assert_eq!(house.admin(Method::GET, "/admin/faults", None).await.1[0]["kind"], "unauthorized");
    assert_eq!(house.admin(Method::DELETE, "/admin/faults", None).await.0, 204);
    assert_eq!(house.health(&token).await, 200);
    let misspelt = json!({ "path": "/", "kind": "endles" });
    assert_eq!(house.admin(Method::POST, "/admin/faults", Some(misspelt)).await.0, 422);
}

#[tokio::test]
async fn the_authorization_server_can_fail_too() {
    let house = House::open(&[]).await;
    let tokens = house.sign_in(1).await;
    house.fault(json!({ "path": "/oauth2/token", "kind": "server_error", "times": 1 })).await;
    assert_eq!(house.refresh(&tokens["refresh_token"]).await.0, 500);
    assert_eq!(house.refresh(&tokens["refresh_token"]).await.0, 200, "nothing was used up");
}

#[tokio::test]
async fn requests_are_counted_by_route_and_grants_by_kind() {
    let house = House::open(&[]).await;
    let tokens = house.sign_in(1).await;
    let access = tokens["access_token"].as_str().unwrap();
    house.admin(Method::DELETE, "/admin/stats", None).await;
    house.refresh(&tokens["refresh_token"]).await;
    house.delete(access, "some-id").await;
    house.health(access).await;
    house.health(access).await;
    read(house.cloud(Method::GET, "/nowhere/bmc_EXAMPLE").send().await.unwrap()).await;
    let (_, stats) = house.admin(Method::GET, "/admin/stats", None).await;
    assert_eq!(
        stats["requests"],
        json!({
            "POST /oauth2/token": 1, "grant refresh_token": 1, "DELETE /api/keys/{id}": 1, "GET /proxy/health": 2,
            "GET (no route)": 1,
        })
    );
}
