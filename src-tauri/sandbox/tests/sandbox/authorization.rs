//! Owns the proof of the device grant, rotation, reuse and revocation.

use crate::support::{DEVICE_CODE, House, SCOPE, VERIFIER, challenge};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use latchkey_sandbox::PUBLISHED_CLIENT_ID;
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn the_metadata_names_every_endpoint_below_its_issuer() {
    let house = House::open(&[]).await;
    let response = house.authorization(Method::GET, "/.well-known/oauth-authorization-server").send().await.unwrap();
    let metadata: Value = response.json().await.unwrap();
    let issuer = &house.ready.basic_memory.authorization_server;
    assert_eq!(metadata["issuer"], **issuer);
    for endpoint in ["device_authorization_endpoint", "token_endpoint", "revocation_endpoint"] {
        assert!(metadata[endpoint].as_str().unwrap().starts_with(&format!("{issuer}/oauth2/")), "{endpoint}");
    }
    assert_eq!(metadata["code_challenge_methods_supported"], json!(["S256"]));
    assert_eq!(metadata["token_endpoint_auth_methods_supported"], json!(["none"]));
}

#[tokio::test]
async fn a_device_is_told_everything_it_must_show() {
    let house = House::open(&["--interval", "7", "--device-code-seconds", "90"]).await;
    let device = house.ask().await;
    let code = device["user_code"].as_str().unwrap();
    let (left, right) = code.split_once('-').unwrap();
    assert!(left.len() == 4 && right.len() == 4, "{code}");
    assert!(code.chars().filter(|letter| *letter != '-').all(|letter| "BCDFGHJKLMNPQRSTVWXZ".contains(letter)));
    let page = format!("{}/device", house.ready.basic_memory.authorization_server);
    assert_eq!(device["verification_uri"], page);
    assert_eq!(device["verification_uri_complete"], format!("{page}?user_code={code}"));
    assert_eq!((&device["interval"], &device["expires_in"]), (&json!(7), &json!(90)));
}

#[tokio::test]
async fn a_sign_in_pends_until_it_is_approved_and_then_gives_tokens_once() {
    let house = House::open(&[]).await;
    let device = house.ask().await;
    let (status, answer) = house.poll(&device).await;
    assert_eq!((status, &answer["error"]), (400, &json!("authorization_pending")));
    house.approve(&device, 1).await;
    let (status, tokens) = house.poll(&device).await;
    assert_eq!(status, 200);
    assert_eq!((&tokens["token_type"], &tokens["expires_in"]), (&json!("Bearer"), &json!(3600)));
    assert!(tokens["refresh_token"].is_string());
    assert_eq!(house.health(tokens["access_token"].as_str().unwrap()).await, 200);
    assert_eq!(house.poll(&device).await.1["error"], "invalid_grant");
}

#[tokio::test]
async fn the_id_token_says_who_signed_in_to_whom() {
    let house = House::open(&[]).await;
    for (person, subject) in [(1, "user_pretend_1"), (2, "user_pretend_2")] {
        let tokens = house.sign_in(person).await;
        let parts: Vec<_> = tokens["id_token"].as_str().unwrap().split('.').collect();
        assert_eq!(parts.len(), 3);
        let decoded = |part: &str| -> Value { serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap() };
        assert_eq!(decoded(parts[0])["alg"], "HS256");
        let claims = decoded(parts[1]);
        assert_eq!(claims["iss"], *house.ready.basic_memory.authorization_server);
        assert_eq!(claims["aud"], PUBLISHED_CLIENT_ID);
        assert_eq!(claims["sub"], subject);
        assert_eq!(claims["name"], format!("Pretend person {person}"));
        assert_eq!(claims["email"], format!("person{person}@sandbox.example"));
        assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 3600);
    }
}

#[tokio::test]
async fn scopes_decide_what_is_given() {
    let house = House::open(&[]).await;
    let (_, device) = house
        .form(
            "/oauth2/device_authorization",
            &[
                ("client_id", PUBLISHED_CLIENT_ID),
                ("scope", "email"),
                ("code_challenge", &challenge(VERIFIER)),
                ("code_challenge_method", "S256"),
            ],
        )
        .await;
    house.approve(&device, 1).await;
    let (_, tokens) = house.poll(&device).await;
    assert!(tokens["access_token"].is_string());
    assert!(tokens.get("refresh_token").is_none() && tokens.get("id_token").is_none());
}

#[tokio::test]
async fn a_wrong_verifier_gets_nothing_and_the_right_one_still_does() {
    let house = House::open(&[]).await;
    let device = house.ask().await;
    house.approve(&device, 1).await;
    for wrong in ["another-verifier-of-forty-three-letters-EXAMPLE", "short", &challenge(VERIFIER)] {
        let (status, answer) = house.poll_with(&device, wrong).await;
        assert_eq!((status, &answer["error"]), (400, &json!("invalid_grant")), "{wrong}");
    }
    assert_eq!(house.poll(&device).await.0, 200);
}

#[tokio::test]
async fn pkce_is_demanded_with_s256() {
    let house = House::open(&[]).await;
    let full = challenge(VERIFIER);
    let client = ("client_id", PUBLISHED_CLIENT_ID);
    for parameters in [
        vec![client],
        vec![client, ("code_challenge", &full)],
        vec![client, ("code_challenge", &full), ("code_challenge_method", "plain")],
        vec![client, ("code_challenge", "short"), ("code_challenge_method", "S256")],
    ] {
        let (status, answer) = house.form("/oauth2/device_authorization", &parameters).await;
        assert_eq!((status, &answer["error"]), (400, &json!("invalid_request")), "{parameters:?}");
    }
}

#[tokio::test]
async fn strangers_among_clients_scopes_grants_and_parameters_are_refused() {
    let house = House::open(&["--client-id", "client_of_mine"]).await;
    let full = challenge(VERIFIER);
    let ask = |client: &'static str, scope: &'static str| {
        let house = &house;
        let full = &full;
        async move {
            let parameters =
                [("client_id", client), ("scope", scope), ("code_challenge", full), ("code_challenge_method", "S256")];
            house.form("/oauth2/device_authorization", &parameters).await
        }
    };
    assert_eq!(ask("client_of_mine", SCOPE).await.0, 200);
    assert_eq!(ask(PUBLISHED_CLIENT_ID, SCOPE).await.0, 200);
    assert_eq!(ask("client_of_nobody", SCOPE).await.1["error"], "invalid_client");
    assert_eq!(ask("", SCOPE).await.1["error"], "invalid_request");
    assert_eq!(ask(PUBLISHED_CLIENT_ID, "admin").await.1["error"], "invalid_scope");

    let client = ("client_id", PUBLISHED_CLIENT_ID);
    for (parameters, error) in [
        (vec![client], "invalid_request"),
        (vec![client, ("grant_type", "password")], "unsupported_grant_type"),
        (vec![client, client, ("grant_type", "refresh_token")], "invalid_request"),
        (vec![client, ("grant_type", "refresh_token")], "invalid_request"),
        (vec![client, ("grant_type", DEVICE_CODE)], "invalid_request"),
        (vec![client, ("grant_type", DEVICE_CODE), ("device_code", "madeup-EXAMPLE")], "invalid_grant"),
    ] {
        assert_eq!(house.form("/oauth2/token", &parameters).await.1["error"], error, "{parameters:?}");
    }
    let as_json = house.authorization(Method::POST, "/oauth2/token").json(&json!({ "grant_type": DEVICE_CODE }));
    let answer: Value = as_json.send().await.unwrap().json().await.unwrap();
    assert_eq!(answer["error"], "invalid_request");
}

#[tokio::test]
async fn a_code_of_one_client_is_worth_nothing_to_another() {
    let house = House::open(&["--client-id", "client_of_mine"]).await;
    let device = house.ask().await;
    house.approve(&device, 1).await;
    let parameters = [
        ("client_id", "client_of_mine"),
        ("grant_type", DEVICE_CODE),
        ("device_code", device["device_code"].as_str().unwrap()),
        ("code_verifier", VERIFIER),
    ];
    assert_eq!(house.form("/oauth2/token", &parameters).await.1["error"], "invalid_grant");
    assert_eq!(house.poll(&device).await.0, 200);
}

#[tokio::test]
async fn polling_too_soon_lengthens_the_interval_by_five_seconds() {
    let house = House::open(&["--interval", "60"]).await;
    let device = house.ask().await;
    let mut errors = Vec::new();
    // 0 s: fine. At once again: too soon, 65 s now. 61 s later: too soon still, 70 s now. 71 s later: fine.
    for wait in [0, 0, 61, 71] {
        house.advance(wait).await;
        errors.push(house.poll(&device).await.1["error"].as_str().unwrap().to_owned());
    }
    assert_eq!(errors, ["authorization_pending", "slow_down", "slow_down", "authorization_pending"]);
}

#[tokio::test]
async fn a_denied_sign_in_says_so() {
    let house = House::open(&[]).await;
    let device = house.ask().await;
    let body = json!({ "user_code": device["user_code"] });
    assert_eq!(house.admin(Method::POST, "/admin/deny", Some(body.clone())).await.0, 204);
    assert_eq!(house.poll(&device).await.1["error"], "access_denied");
    assert_eq!(house.admin(Method::POST, "/admin/approve", Some(body)).await.0, 404, "a decision stands");
}

#[tokio::test]
async fn a_code_ends_and_cannot_be_approved_any_more() {
    let house = House::open(&["--device-code-seconds", "30"]).await;
    let device = house.ask().await;
    house.advance(31).await;
    assert_eq!(house.poll(&device).await.1["error"], "expired_token");
    let body = json!({ "user_code": device["user_code"] });
    assert_eq!(house.admin(Method::POST, "/admin/approve", Some(body)).await.0, 404);
}

#[tokio::test]
async fn an_access_token_ends_after_its_seconds_and_a_refresh_brings_the_next() {
    let house = House::open(&["--access-token-seconds", "120"]).await;
    let tokens = house.sign_in(1).await;
    let first = tokens["access_token"].as_str().unwrap();
    assert_eq!(tokens["expires_in"], 120);
    house.advance(121).await;
    assert_eq!(
        house.get(first, "/workspaces/").await,
        (401, json!({ "detail": "Invalid JWT token. Authentication required." }))
    );
    let (status, next) = house.refresh(&tokens["refresh_token"]).await;
    assert_eq!(status, 200);
    assert_ne!(next["refresh_token"], tokens["refresh_token"]);
    assert_eq!(house.health(next["access_token"].as_str().unwrap()).await, 200);
}

#[tokio::test]
async fn using_a_refresh_token_twice_ends_the_whole_sign_in() {
    let house = House::open(&[]).await;
    let bystander = house.sign_in(1).await;
    let first = house.sign_in(1).await;
    let (_, second) = house.refresh(&first["refresh_token"]).await;
    let (_, third) = house.refresh(&second["refresh_token"]).await;
    let access = third["access_token"].as_str().unwrap();
    assert_eq!(house.health(access).await, 200);

    let (status, answer) = house.refresh(&first["refresh_token"]).await;
    assert_eq!((status, &answer["error"]), (400, &json!("invalid_grant")));
    assert_eq!(house.refresh(&third["refresh_token"]).await.1["error"], "invalid_grant");
    assert_eq!(house.health(access).await, 401);
    assert_eq!(house.refresh(&bystander["refresh_token"]).await.0, 200, "another sign-in goes on");
}

#[tokio::test]
async fn revoking_a_refresh_token_ends_its_sign_in_and_an_access_token_only_itself() {
    let house = House::open(&[]).await;
    let revoke = async |token: &Value| {
        let parameters = [("client_id", PUBLISHED_CLIENT_ID), ("token", token.as_str().unwrap())];
        house.form("/oauth2/revoke", &parameters).await.0
    };
    let tokens = house.sign_in(1).await;
    let access = tokens["access_token"].as_str().unwrap();
    assert_eq!(revoke(&tokens["access_token"]).await, 200);
    assert_eq!(house.health(access).await, 401);
    let (status, next) = house.refresh(&tokens["refresh_token"]).await;
    assert_eq!(status, 200);
    assert_eq!(revoke(&next["refresh_token"]).await, 200);
    assert_eq!(house.health(next["access_token"].as_str().unwrap()).await, 401);
    assert_eq!(house.refresh(&next["refresh_token"]).await.1["error"], "invalid_grant");
    assert_eq!(revoke(&json!("never-seen-EXAMPLE")).await, 200, "RFC 7009 section 2.2");
    assert_eq!(house.form("/oauth2/revoke", &[("client_id", PUBLISHED_CLIENT_ID)]).await.0, 400);
}

#[tokio::test]
async fn answers_with_tokens_may_not_be_kept() {
    let house = House::open(&[]).await;
    let response = house.authorization(Method::POST, "/oauth2/token").form(&[("a", "b")]).send().await.unwrap();
    assert_eq!(response.headers()["cache-control"], "no-store");
}
