//! Owns the proof of the pages in the browser: what they show, what they demand and their headers.

use crate::support::{House, read};
use reqwest::{Method, Response};
use serde_json::{Value, json};

/// The value of the hidden token in a page.
fn form_token(page: &str) -> String {
    let rest = page.split_once(r#"name="form_token" value=""#).unwrap().1;
    rest.split_once('"').unwrap().0.to_owned()
}

async fn page(house: &House, device: &Value) -> String {
    let path = format!("/device?user_code={}", device["user_code"].as_str().unwrap());
    let response = house.authorization(Method::GET, &path).send().await.unwrap();
    assert_eq!(response.status(), 200);
    response.text().await.unwrap()
}

async fn decide(house: &House, parameters: &[(&str, &str)]) -> Response {
    house.authorization(Method::POST, "/device").header("Origin", "null").form(parameters).send().await.unwrap()
}

#[tokio::test]
async fn approving_in_the_browser_signs_the_chosen_person_in() {
    let house = House::open(&[]).await;
    let device = house.ask().await;
    let code = device["user_code"].as_str().unwrap();
    let page = page(&house, &device).await;
    for part in [
        r#"<html lang="en">"#,
        "Latchkey sandbox",
        &format!(r#"id="user-code" aria-labelledby="user-code-label">{code}<"#),
        r#"<label for="person">"#,
        "Pretend person 1, owner of both workspaces",
        "Pretend person 2, member of Acme team",
        r#"id="approve""#,
        r#"id="deny""#,
    ] {
        assert!(page.contains(part), "{part} is missing in {page}");
    }
    let token = form_token(&page);
    let parameters = [("form_token", &*token), ("user_code", code), ("person", "2"), ("verdict", "approve")];
    let response = decide(&house, &parameters).await;
    assert_eq!(
        (response.status().as_u16(), &response.headers()["location"]),
        (303, &"/device/approved".parse().unwrap())
    );
    let (_, result) = read(house.authorization(Method::GET, "/device/approved").send().await.unwrap()).await;
    assert!(result.as_str().unwrap().contains(r#"id="result""#));

    let (_, tokens) = house.poll(&device).await;
    let (_, workspaces) = house.get(tokens["access_token"].as_str().unwrap(), "/workspaces/").await;
    assert_eq!(workspaces["workspaces"][0]["role"], "member");
}

#[tokio::test]
async fn denying_in_the_browser_denies() {
    let house = House::open(&[]).await;
    let device = house.ask().await;
    let token = form_token(&page(&house, &device).await);
    let code = device["user_code"].as_str().unwrap();
    let response = decide(&house, &[("form_token", &token), ("user_code", code), ("verdict", "deny")]).await;
    assert_eq!(response.headers()["location"], "/device/denied");
    assert_eq!(house.poll(&device).await.1["error"], "access_denied");
}

#[tokio::test]
async fn a_form_without_a_fresh_token_decides_nothing() {
    let house = House::open(&[]).await;
    let device = house.ask().await;
    let code = device["user_code"].as_str().unwrap();
    let approve = [("user_code", code), ("person", "1"), ("verdict", "approve")];
    let with =
        |token: &str| [&[("form_token", token.to_owned())], &approve.map(|(k, v)| (k, v.to_owned()))[..]].concat();

    assert_eq!(decide(&house, &approve).await.status(), 403);
    let send = async |token: &str| {
        let request = house.authorization(Method::POST, "/device").form(&with(token));
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!(send("made-up-EXAMPLE").await, 403);
    // Used once already, on another code.
    let other = house.ask().await;
    let used = form_token(&page(&house, &other).await);
    decide(&house, &[("form_token", &used), ("user_code", other["user_code"].as_str().unwrap()), ("verdict", "deny")])
        .await;
    assert_eq!(send(&used).await, 403);
    assert_eq!(house.poll(&device).await.1["error"], "authorization_pending");

    let stale = form_token(&page(&house, &device).await);
    house.advance(601).await;
    assert_eq!(send(&stale).await, 403);
}

#[tokio::test]
async fn without_a_code_the_page_asks_for_it_and_takes_it_as_typed() {
    let house = House::open(&[]).await;
    let device = house.ask().await;
    let code = device["user_code"].as_str().unwrap();
    let blank = house.authorization(Method::GET, "/device").send().await.unwrap().text().await.unwrap();
    assert!(blank.contains(r#"<label for="user-code">"#) && blank.contains(r#"<input id="user-code""#));
    assert!(!blank.contains(code), "nothing is given away");
    let typed = format!("/device?user_code=+{}", code.to_lowercase().replace('-', "+"));
    let compare = house.authorization(Method::GET, &typed).send().await.unwrap().text().await.unwrap();
    assert!(compare.contains(r#"id="approve""#) && compare.contains(code));
}

#[tokio::test]
async fn an_unknown_or_old_code_is_explained_and_what_was_typed_is_escaped() {
    let house = House::open(&["--device-code-seconds", "10"]).await;
    let device = house.ask().await;
    house.advance(11).await;
    let old = format!("/device?user_code={}", device["user_code"].as_str().unwrap());
    for (path, sentence) in [
        (&*old, "This code is too old or was used."),
        ("/device?user_code=BBBB-BBBB", "No sign-in is waiting with this code."),
        ("/device?user_code=%22%3E%3Cscript%3E", "No sign-in is waiting with this code."),
    ] {
        let response = house.authorization(Method::GET, path).send().await.unwrap();
        assert_eq!(response.status(), 404);
        let text = response.text().await.unwrap();
        assert!(text.contains(sentence) && text.contains(r#"role="alert""#), "{text}");
        assert!(!text.contains("<script>") && !text.contains(r#"id="approve""#));
    }
}

#[tokio::test]
async fn every_page_forbids_scripts_frames_and_referrers() {
    let house = House::open(&["--seed", "demo"]).await;
    let device = house.ask().await;
    let compare = format!("/device?user_code={}", device["user_code"].as_str().unwrap());
    let pages = [
        house.authorization(Method::GET, "/device"),
        house.authorization(Method::GET, &compare),
        house.authorization(Method::GET, "/device/approved"),
        house.authorization(Method::GET, "/device/denied"),
        house.authorization(Method::POST, "/device").form(&[("user_code", "x"), ("verdict", "approve")]),
        house.cloud(Method::GET, "/settings/api-keys"),
        house.http.get(&house.ready.memory_api.keys_page),
        house.http.get(&house.ready.memory_os.keys_page),
        house.http.get(&house.ready.memory_kit.keys_page),
        house.http.get(format!("{}/key_0000000000000003/revoke", house.ready.memory_kit.keys_page)),
        house.http.post(&house.ready.memory_kit.keys_page).form(&[("name", "x")]),
    ];
    for request in pages {
        let response = request.send().await.unwrap();
        let headers = response.headers().clone();
        let policy = headers["content-security-policy"].to_str().unwrap();
        for rule in ["default-src 'none'", "style-src 'self'", "form-action 'self'", "frame-ancestors 'none'"] {
            assert!(policy.contains(rule), "{policy}");
        }
        assert_eq!(headers["referrer-policy"], "no-referrer");
        assert_eq!(headers["cache-control"], "no-store");
        let text = response.text().await.unwrap();
        assert!(!text.contains("<script") && !text.contains(" style="), "{text}");
    }
    let style = house.authorization(Method::GET, "/sandbox.css").send().await.unwrap();
    assert!(style.headers()["content-type"].to_str().unwrap().starts_with("text/css"));
}

#[tokio::test]
async fn keys_can_be_revoked_in_the_browser_where_the_service_offers_nothing_else() {
    let house = House::open(&["--without", "list,revoke,expiry"]).await;
    let token = house.token(1).await;
    let (_, secret) = house.key(&token, "<b>laptop</b>").await;
    let page = house.cloud(Method::GET, "/settings/api-keys").send().await.unwrap().text().await.unwrap();
    assert!(page.contains("&lt;b&gt;laptop&lt;/b&gt;") && page.contains(&secret[..12]) && !page.contains(&secret));
    let (_, keys) = house.admin(Method::GET, "/admin/keys", None).await;
    let id = keys[0]["id"].as_str().unwrap();
    assert!(page.contains(&format!(r#"id="revoke-{id}""#)));

    let revoke = async |parameters: &[(&str, &str)]| {
        let request = house.cloud(Method::POST, "/settings/api-keys").form(parameters);
        request.send().await.unwrap()
    };
    assert_eq!(revoke(&[("id", id)]).await.status(), 403);
    assert_eq!(house.health(&secret).await, 200);
    let response = revoke(&[("id", id), ("form_token", &form_token(&page))]).await;
    assert_eq!(response.status(), 303);
    assert_eq!(house.health(&secret).await, 401);
    let next = response.headers()["location"].to_str().unwrap().to_owned();
    let result = house.cloud(Method::GET, &next).send().await.unwrap().text().await.unwrap();
    assert!(result.contains(r#"id="result""#) && result.contains("is revoked"));
    let (_, keys) = house.admin(Method::GET, "/admin/keys", None).await;
    assert_eq!(keys[0]["status"], json!("revoked"));
}
