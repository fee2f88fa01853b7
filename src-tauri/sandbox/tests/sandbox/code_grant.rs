//! Owns the proof of the authorization code grant of native apps: what is asked, where the browser is sent,
//! what a code is worth, and what goes wrong on request.

use crate::support::{House, SCOPE, VERIFIER, challenge, read};
use latchkey_sandbox::PUBLISHED_CLIENT_ID;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use url::Url;

const BACK: &str = "http://127.0.0.1:4100/callback";

/// What a native app asks for, with some parameters set anew; an empty one is left out.
fn asked(changes: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut fields: BTreeMap<String, String> = [
        ("response_type", "code"),
        ("client_id", PUBLISHED_CLIENT_ID),
        ("redirect_uri", BACK),
        ("scope", SCOPE),
        ("state", "a-state"),
        ("nonce", "a-nonce"),
        ("code_challenge", &*challenge(VERIFIER)),
        ("code_challenge_method", "S256"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into();
    for (name, value) in changes {
        fields.insert((*name).to_owned(), (*value).to_owned());
    }
    fields.into_iter().filter(|(_, value)| !value.is_empty()).collect()
}

/// The page with what is asked.
fn target(changes: &[(&str, &str)]) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(asked(changes)).finish();
    format!("/authorize?{query}")
}

/// The status of the page, its text, and where it leads at once.
async fn page(house: &House, changes: &[(&str, &str)]) -> (u16, String, Option<Url>) {
    let response = house.authorization(Method::GET, &target(changes)).send().await.unwrap();
    let back = response.headers().get("location").map(|back| Url::parse(back.to_str().unwrap()).unwrap());
    (response.status().as_u16(), response.text().await.unwrap(), back)
}

/// A person decides; where the browser is sent then, and with what.
async fn decided(house: &House, changes: &[(&str, &str)], decision: &[(&str, &str)]) -> BTreeMap<String, String> {
    let (status, html, _) = page(house, changes).await;
    assert_eq!(status, 200, "{html}");
    let token = html.split_once(r#"name="form_token" value=""#).unwrap().1.split_once('"').unwrap().0.to_owned();
    let mut form = asked(changes);
    form.push(("form_token".to_owned(), token));
    form.extend(decision.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    let response =
        house.authorization(Method::POST, "/authorize").header("Origin", "null").form(&form).send().await.unwrap();
    assert_eq!(response.status(), 303);
    let back = Url::parse(response.headers()["location"].to_str().unwrap()).unwrap();
    assert_eq!(&back[..url::Position::AfterPath], BACK);
    back.query_pairs().into_owned().collect()
}

async fn approved(house: &House) -> String {
    decided(house, &[], &[("person", "1"), ("verdict", "approve")]).await.remove("code").unwrap()
}

async fn redeem(house: &House, code: &str, changes: &[(&str, &str)]) -> (u16, Value) {
    let mut fields: BTreeMap<&str, &str> = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", BACK),
        ("client_id", PUBLISHED_CLIENT_ID),
        ("code_verifier", VERIFIER),
    ]
    .into();
    fields.extend(changes.iter().copied());
    let fields: Vec<(&str, &str)> = fields.into_iter().collect();
    house.form("/oauth2/token", &fields).await
}

fn claims(tokens: &Value) -> Value {
    use base64::Engine as _;
    let payload = tokens["id_token"].as_str().unwrap().split('.').nth(1).unwrap();
    serde_json::from_slice(&base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}

#[tokio::test]
async fn an_approval_brings_a_code_the_state_and_the_issuer_and_the_code_brings_tokens() {
    let house = House::open(&[]).await;
    let mut back = decided(&house, &[], &[("person", "2"), ("verdict", "approve")]).await;
    let code = back.remove("code").unwrap();
    assert_eq!(back.remove("state").as_deref(), Some("a-state"));
    assert_eq!(back.remove("iss"), Some(house.ready.basic_memory.authorization_server.clone()));
    assert!(back.is_empty(), "{back:?}");
    let (status, tokens) = redeem(&house, &code, &[]).await;
    assert_eq!(status, 200, "{tokens}");
    let claims = claims(&tokens);
    assert_eq!((&claims["nonce"], &claims["aud"]), (&json!("a-nonce"), &json!(PUBLISHED_CLIENT_ID)));
    assert_eq!(claims["email"], "person2@sandbox.example");
    let (_, workspaces) = house.get(tokens["access_token"].as_str().unwrap(), "/workspaces/").await;
    assert_eq!(workspaces["workspaces"][0]["role"], "member");
}

#[tokio::test]
async fn its_metadata_names_the_grant_unless_it_is_left_out() {
    let house = House::open(&[]).await;
    let ask = async |house: &House| {
        let path = "/.well-known/oauth-authorization-server";
        read(house.authorization(Method::GET, path).send().await.unwrap()).await.1
    };
    let metadata = ask(&house).await;
    assert!(metadata["authorization_endpoint"].as_str().unwrap().ends_with("/authorize"));
    assert_eq!(metadata["response_types_supported"], json!(["code"]));
    assert_eq!(metadata["authorization_response_iss_parameter_supported"], true);
    let house = House::open(&["--without", "loopback"]).await;
    let metadata = ask(&house).await;
    assert!(metadata.get("authorization_endpoint").is_none(), "{metadata}");
    assert_eq!(metadata["response_types_supported"], json!([]));
    assert_eq!(page(&house, &[]).await.0, 404);
}

#[tokio::test]
async fn a_code_is_good_once_and_using_it_again_ends_the_sign_in() {
    let house = House::open(&[]).await;
    let code = approved(&house).await;
    let (_, tokens) = redeem(&house, &code, &[]).await;
    assert_eq!(redeem(&house, &code, &[]).await.1["error"], "invalid_grant");
    let refresh = [
        ("grant_type", "refresh_token"),
        ("refresh_token", tokens["refresh_token"].as_str().unwrap()),
        ("client_id", PUBLISHED_CLIENT_ID),
    ];
    assert_eq!(house.form("/oauth2/token", &refresh).await.1["error"], "invalid_grant");
    assert_eq!(house.get(tokens["access_token"].as_str().unwrap(), "/workspaces/").await.0, 401);
}

#[tokio::test]
async fn a_code_needs_its_own_verifier_redirect_address_and_client_and_lives_a_minute() {
    let house = House::open(&["--client-id", "client_other"]).await;
    let other = "another-verifier-of-forty-three-letters-EXAMPLE";
    for change in [
        ("code_verifier", other),
        ("code_verifier", ""),
        ("code_verifier", &*challenge(VERIFIER)),
        ("redirect_uri", "http://127.0.0.1:4101/callback"),
        ("redirect_uri", ""),
        ("client_id", "client_other"),
    ] {
        let code = approved(&house).await;
        assert_eq!(redeem(&house, &code, &[change]).await.1["error"], "invalid_grant", "{change:?}");
    }
    let code = approved(&house).await;
    assert_eq!(redeem(&house, &code, &[("code_verifier", other)]).await.0, 400);
    assert_eq!(redeem(&house, &code, &[]).await.0, 400, "a code whose verifier was wrong is used up");
    let code = approved(&house).await;
    house.advance(61).await;
    assert_eq!(redeem(&house, &code, &[]).await.1["error"], "invalid_grant");
}

#[tokio::test]
async fn a_redirect_address_that_is_not_registered_keeps_the_browser_here() {
    let house = House::open(&[]).await;
    for redirect in [
        "",
        "http://localhost:4100/callback",
        "http://127.0.0.1/callback",
        "http://127.0.0.1:4100/other",
        "https://elsewhere.example/callback",
        "http://127.0.0.1:4100/callback?next=x",
        "http://127.0.0.1.elsewhere.example:4100/callback",
    ] {
        let (status, text, back) = page(&house, &[("redirect_uri", redirect)]).await;
        assert_eq!((status, back), (400, None), "{redirect}: {text}");
    }
    let (status, _, back) = page(&house, &[("client_id", "client_unknown")]).await;
    assert_eq!((status, back), (400, None));
    assert_eq!(page(&house, &[("redirect_uri", "http://[::1]:4100/callback")]).await.0, 200);
}

#[tokio::test]
async fn what_else_is_wrong_is_told_to_the_app() {
    let house = House::open(&[]).await;
    for (change, error) in [
        (("response_type", "token"), "unsupported_response_type"),
        (("scope", "openid admin"), "invalid_scope"),
        (("code_challenge", ""), "invalid_request"),
        (("code_challenge_method", "plain"), "invalid_request"),
        (("code_challenge_method", ""), "invalid_request"),
    ] {
        let (status, _, back) = page(&house, &[change]).await;
        let back: BTreeMap<String, String> = back.unwrap().query_pairs().into_owned().collect();
        assert_eq!((status, back["error"].as_str(), back["state"].as_str()), (303, error, "a-state"), "{change:?}");
        assert!(back.contains_key("iss"));
    }
    let back = decided(&house, &[], &[("verdict", "deny")]).await;
    assert_eq!((back["error"].as_str(), back.get("code")), ("access_denied", None));
}

#[tokio::test]
async fn a_decision_without_the_pages_own_token_is_nobodys_wish() {
    let house = House::open(&[]).await;
    let mut form = asked(&[]);
    form.extend([("person", "1"), ("verdict", "approve")].map(|(name, value)| (name.to_owned(), value.to_owned())));
    for token in [None, Some("guessed")] {
        let mut form = form.clone();
        form.extend(token.map(|token| ("form_token".to_owned(), token.to_owned())));
        let response = house.authorization(Method::POST, "/authorize").form(&form).send().await.unwrap();
        assert_eq!(response.status(), 403, "{token:?}");
    }
}

#[tokio::test]
async fn the_page_can_lead_the_browser_only_to_where_it_was_asked_to() {
    let house = House::open(&[]).await;
    let response = house.authorization(Method::GET, &target(&[])).send().await.unwrap();
    let policy = response.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("form-action 'self' http://127.0.0.1:4100;"), "{policy}");
    assert_eq!(response.headers()["referrer-policy"], "no-referrer");
    let marked_up = page(&house, &[("state", "\"><script>")]).await.1;
    assert!(!marked_up.contains("<script"), "{marked_up}");
}

#[tokio::test]
async fn state_issuer_client_and_answer_can_be_made_wrong() {
    let house = House::open(&[]).await;
    let yes = [("person", "1"), ("verdict", "approve")];
    for (kind, name, wrong) in [
        ("wrong_state", "state", true),
        ("no_state", "state", false),
        ("wrong_issuer", "iss", true),
        ("no_issuer", "iss", false),
    ] {
        house.fault(json!({ "path": "/authorize", "method": "POST", "kind": kind, "times": 1 })).await;
        let right = decided(&house, &[], &yes).await;
        let found = right.get(name).cloned();
        assert_eq!(found.is_some(), wrong, "{kind}");
        assert!(found.as_deref() != Some("a-state"), "{kind}");
        assert_ne!(found, Some(house.ready.basic_memory.authorization_server.clone()), "{kind}");
    }
    house.fault(json!({ "path": "/authorize", "kind": "authorization_error", "times": 1 })).await;
    let (_, _, back) = page(&house, &[]).await;
    assert!(back.unwrap().query().unwrap().contains("error=server_error"));
    house.fault(json!({ "path": "/oauth2/token", "kind": "other_client", "times": 1 })).await;
    let code = approved(&house).await;
    let (status, tokens) = redeem(&house, &code, &[]).await;
    assert_eq!((status, &claims(&tokens)["aud"]), (200, &json!("client_of_somebody_else")));
}
