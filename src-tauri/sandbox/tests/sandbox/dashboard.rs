//! Owns the proof of the pages where keys are made and ended by hand: what they demand and what they show.

use crate::support::House;
use reqwest::{Method, RequestBuilder, Response};

/// The value of the hidden token in a page.
fn form_token(page: &str) -> String {
    let rest = page.split_once(r#"name="form_token" value=""#).unwrap().1;
    rest.split_once('"').unwrap().0.to_owned()
}

/// What stands in the element with this id.
fn element(page: &str, id: &str) -> String {
    let rest = page.split_once(&format!(r#" id="{id}""#)).unwrap().1;
    let rest = rest.split_once('>').unwrap().1;
    rest.split_once('<').unwrap().0.to_owned()
}

async fn get(house: &House, url: &str) -> String {
    house.http.get(url).send().await.unwrap().text().await.unwrap()
}

async fn post(house: &House, url: &str, parameters: &[(&str, &str)]) -> Response {
    house.http.post(url).header("Origin", "null").form(parameters).send().await.unwrap()
}

/// The id of the key with this name.
async fn id(house: &House, service: &str, name: &str) -> String {
    let (_, rows) = house.admin(Method::GET, &format!("/admin/keys?service={service}"), None).await;
    let row = rows.as_array().unwrap().iter().find(|row| row["name"] == name).unwrap();
    row["id"].as_str().unwrap().to_owned()
}

async fn status(house: &House, request: RequestBuilder) -> u16 {
    house.outcome(request, None).await.status
}

#[tokio::test]
async fn a_key_is_made_with_its_project_and_scopes_and_shown_once() {
    let house = House::open(&[]).await;
    let list = house.ready.memory_kit.keys_page.clone();
    let page = get(&house, &list).await;
    for part in [
        r#"<html lang="en">"#,
        "Support site",
        "memories:read, chats:read, chats:write",
        r#"<label for="name">"#,
        r#"<label for="project">"#,
        r#"<option value="Research notes">"#,
        "<legend>Scopes</legend>",
    ] {
        assert!(page.contains(part), "{part} is missing in {page}");
    }
    assert_eq!(page.matches(r#"type="checkbox""#).count(), 6);
    assert!(house.ready.memory_kit.keys.iter().all(|key| !page.contains(&key.key)));

    let token = form_token(&page);
    let parameters = [
        ("form_token", &*token),
        ("name", "<b>Phone</b>"),
        ("project", "Research notes"),
        ("scope", "users:read"),
        ("scope", "users:write"),
    ];
    let response = post(&house, &list, &parameters).await;
    assert_eq!((response.status().as_u16(), &response.headers()["cache-control"]), (200, &"no-store".parse().unwrap()));
    let made = response.text().await.unwrap();
    let secret = element(&made, "secret");
    assert!(secret.starts_with("ctx_") && made.contains("&lt;b&gt;Phone&lt;/b&gt;"));
    assert_eq!(status(&house, house.memory_kit(Method::GET, "/users").bearer_auth(&secret)).await, 200);
    assert_eq!(status(&house, house.memory_kit(Method::GET, "/memories").bearer_auth(&secret)).await, 403);
    let page = get(&house, &list).await;
    assert!(page.contains("&lt;b&gt;Phone&lt;/b&gt;") && !page.contains(&secret));
    // Sent again, as a browser does that loads the page anew: the token is used up.
    assert_eq!(post(&house, &list, &parameters).await.status(), 403);
    assert_eq!(get(&house, &list).await.matches("&lt;b&gt;Phone&lt;/b&gt;</th>").count(), 1);
}

#[tokio::test]
async fn what_is_missing_is_named_and_what_was_typed_stays() {
    let house = House::open(&[]).await;
    let list = house.ready.memory_kit.keys_page.clone();
    let long = "x".repeat(256);
    for (name, project, scope, sentence) in [
        (" ", "Helpdesk", "chats:read", "Give the key a name"),
        (&*long, "Helpdesk", "chats:read", "Give the key a name"),
        ("typed", "Elsewhere", "chats:read", "Choose the project"),
        ("typed", "Helpdesk", "everything", "Choose what the key may do"),
    ] {
        let token = form_token(&get(&house, &list).await);
        let parameters = [("form_token", &*token), ("name", name), ("project", project), ("scope", scope)];
        let response = post(&house, &list, &parameters).await;
        assert_eq!(response.status(), 422);
        let page = response.text().await.unwrap();
        assert!(page.contains(sentence) && page.contains(r#"role="alert""#), "{page}");
        assert!(page.contains(&format!(r#"value="{name}""#)));
        assert_eq!(page.contains(r#"value="chats:read" checked"#), scope == "chats:read");
    }
    let (_, rows) = house.admin(Method::GET, "/admin/keys?service=memory-kit", None).await;
    assert_eq!(rows.as_array().unwrap().len(), 2, "nothing was made");
}

#[tokio::test]
async fn a_key_is_revoked_after_a_second_question() {
    let house = House::open(&[]).await;
    let list = house.ready.memory_kit.keys_page.clone();
    let key = &house.ready.memory_kit.keys[0];
    let id = id(&house, "memory-kit", &key.name).await;
    let works = async || status(&house, house.memory_kit(Method::GET, "/status").bearer_auth(&key.key)).await == 200;
    assert!(get(&house, &list).await.contains(&format!(r#"id="revoke-{id}" href="/dashboard/api-keys/{id}/revoke""#)));
    let question = format!("{list}/{id}/revoke");
    let page = get(&house, &question).await;
    assert!(page.contains("Revoke this key?") && page.contains(&key.name) && page.contains(r#"id="confirm-revoke""#));
    assert!(works().await, "asking ends nothing");
    for token in ["", "made-up-EXAMPLE"] {
        assert_eq!(post(&house, &question, &[("form_token", token)]).await.status(), 403);
    }
    assert_eq!(post(&house, &question, &[]).await.status(), 403);
    assert!(works().await, "without the token nothing ends");
    let response = post(&house, &question, &[("form_token", &form_token(&page))]).await;
    assert_eq!(response.status(), 303);
    assert!(!works().await);
    let next = response.headers()["location"].to_str().unwrap().to_owned();
    let origin = list.strip_suffix("/dashboard/api-keys").unwrap();
    let page = get(&house, &format!("{origin}{next}")).await;
    assert!(page.contains(r#"id="result""#) && page.contains("is revoked"));
    assert!(!page.contains(&format!(r#"id="revoke-{id}""#)));
    assert_eq!(house.http.get(&question).send().await.unwrap().status(), 404, "once is enough");
}

#[tokio::test]
async fn a_form_without_a_fresh_token_makes_nothing() {
    let house = House::open(&[]).await;
    let list = house.ready.memory_kit.keys_page.clone();
    let wish = [("name", "forged"), ("project", "Helpdesk"), ("scope", "memories:read")];
    let stale = form_token(&get(&house, &list).await);
    house.advance(601).await;
    for token in [None, Some("made-up-EXAMPLE"), Some(&*stale)] {
        let mut parameters = wish.to_vec();
        parameters.extend(token.map(|token| ("form_token", token)));
        assert_eq!(post(&house, &list, &parameters).await.status(), 403, "{token:?}");
    }
    assert!(!get(&house, &list).await.contains("forged"));
}

#[tokio::test]
async fn memory_api_and_memory_os_have_such_a_page_too() {
    let house = House::open(&[]).await;
    let ready = &house.ready;
    for (service, list) in [("memory-api", &ready.memory_api.keys_page), ("memory-os", &ready.memory_os.keys_page)] {
        let page = get(&house, list).await;
        assert!(page.contains(r#"<label for="environment">"#) && !page.contains(r#"id="project""#));
        let scope = if service == "memory-api" { "read" } else { "memories:read" };
        let token = form_token(&page);
        let parameters = [("form_token", &*token), ("name", "by hand"), ("environment", "test"), ("scope", scope)];
        let secret = element(&post(&house, list, &parameters).await.text().await.unwrap(), "secret");
        let probe = || match service {
            "memory-api" => house.memory_api(Method::GET, "/account").bearer_auth(&secret),
            _ => house.memory_os(Method::GET, "/memories").bearer_auth(&secret),
        };
        assert!(secret.contains("_test_"));
        assert_eq!(status(&house, probe()).await, 200);
        let question = format!("{list}/{}/revoke", id(&house, service, "by hand").await);
        let token = form_token(&get(&house, &question).await);
        assert_eq!(post(&house, &question, &[("form_token", &token)]).await.status(), 303);
        assert_eq!(status(&house, probe()).await, 401);
    }
}

#[tokio::test]
async fn a_page_revokes_no_key_of_another_service() {
    let house = House::open(&[]).await;
    let foreign = id(&house, "memory-os", "Latchkey on this computer").await;
    let list = house.ready.memory_kit.keys_page.clone();
    let token = form_token(&get(&house, &list).await);
    post(&house, &format!("{list}/{foreign}/revoke"), &[("form_token", &token)]).await;
    let key = &house.ready.memory_os.admin_key;
    assert_eq!(status(&house, house.memory_os(Method::GET, "/keys").bearer_auth(key)).await, 200);
}
