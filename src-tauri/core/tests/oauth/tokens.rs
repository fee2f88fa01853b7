//! Owns the proof of refreshing and revoking: what is sent once, and when a sign-in has ended.

use super::{
    ACCESS, CLIENT, NEXT_REFRESH, REFRESH, Reply, SmallServer, at, characters, endpoints, error, form, http, id_token,
    json, nobody, secret, start, token_answer,
};
use latchkey_core::http::HttpError;
use latchkey_core::oauth::{OAuthError, Revocation, TokenSet, refresh, revoke};
use std::collections::HashSet;

async fn refreshed(reply: Reply) -> Result<TokenSet, OAuthError> {
    let server = SmallServer::scripted([reply]).await;
    let outcome = refresh(&http(), &endpoints(&server.base), CLIENT, &secret(REFRESH), start()).await;
    assert_eq!(server.asked().len(), 1, "it is sent once");
    outcome
}

async fn revoked(reply: Reply) -> Result<Revocation, OAuthError> {
    let server = SmallServer::scripted([reply]).await;
    revoke(&http(), &endpoints(&server.base), CLIENT, &secret(REFRESH)).await
}

#[tokio::test]
async fn a_refresh_sends_the_token_in_a_form_and_takes_the_new_one() {
    let mut answer = token_answer();
    answer["refresh_token"] = json!(NEXT_REFRESH);
    let server = SmallServer::scripted([Reply::json(200, &answer)]).await;
    let tokens = refresh(&http(), &endpoints(&server.base), CLIENT, &secret(REFRESH), start()).await.unwrap();
    assert_eq!(characters(&tokens.access), ACCESS);
    assert_eq!(tokens.refresh.as_ref().map(characters), Some(NEXT_REFRESH));
    assert_eq!(tokens.expires_at, at(3600));
    let asked = &server.asked()[0];
    assert_eq!(asked.line(), "POST /token");
    assert_eq!(asked.header("authorization"), None);
    let mut fields = form(asked);
    assert_eq!(fields.remove("grant_type").as_deref(), Some("refresh_token"));
    assert_eq!(fields.remove("refresh_token").as_deref(), Some(REFRESH));
    assert_eq!(fields.remove("client_id").as_deref(), Some(CLIENT));
    assert!(fields.is_empty(), "{fields:?}");
}

/// A server that rotates: each refresh token is good once, and using one twice ends them all
/// (RFC 9700 section 4.14.2).
async fn rotating() -> SmallServer {
    let mut current = REFRESH.to_owned();
    let mut used = HashSet::new();
    let mut count = 1;
    SmallServer::start(move |asked| {
        let token = form(asked).remove("refresh_token").unwrap_or_default();
        if token != current || !used.insert(token) {
            current.clear();
            return error("invalid_grant");
        }
        count += 1;
        current = format!("refresh-token-{count}-EXAMPLE");
        let mut answer = token_answer();
        answer["refresh_token"] = json!(current);
        Reply::json(200, &answer)
    })
    .await
}

#[tokio::test]
async fn rotated_tokens_go_on_and_an_old_one_ends_the_sign_in() {
    let server = rotating().await;
    let endpoints = endpoints(&server.base);
    let mut token = secret(REFRESH);
    for _ in 0..3 {
        let tokens = refresh(&http(), &endpoints, CLIENT, &token, start()).await.unwrap();
        token = tokens.refresh.unwrap();
    }
    assert_eq!(characters(&token), "refresh-token-4-EXAMPLE");
    let again = refresh(&http(), &endpoints, CLIENT, &secret(REFRESH), start()).await;
    assert_eq!(again.unwrap_err(), OAuthError::InvalidGrant);
    let newest = refresh(&http(), &endpoints, CLIENT, &token, start()).await;
    assert_eq!(newest.unwrap_err(), OAuthError::InvalidGrant);
}

#[tokio::test]
async fn each_refresh_goes_over_a_connection_of_its_own() {
    let server = rotating().await;
    let (http, endpoints) = (http(), endpoints(&server.base));
    let first = refresh(&http, &endpoints, CLIENT, &secret(REFRESH), start()).await.unwrap();
    refresh(&http, &endpoints, CLIENT, &first.refresh.unwrap(), start()).await.unwrap();
    let connections: Vec<usize> = server.asked().iter().map(|asked| asked.connection).collect();
    assert_eq!(connections, [0, 1]);
}

#[tokio::test]
async fn an_answer_without_a_refresh_token_leaves_the_old_one_in_use() {
    let answer = json!({"access_token": ACCESS});
    let tokens = refreshed(Reply::json(200, &answer)).await.unwrap();
    assert!(tokens.refresh.is_none());
    assert_eq!(tokens.expires_at, at(3600), "an hour if it does not say");
    let answer = json!({"access_token": ACCESS, "refresh_token": "", "expires_in": "120", "token_type": "bearer"});
    let tokens = refreshed(Reply::json(200, &answer)).await.unwrap();
    assert!(tokens.refresh.is_none());
    assert_eq!(tokens.expires_at, at(120));
}

#[tokio::test]
async fn only_invalid_grant_means_to_sign_in_again() {
    assert_eq!(refreshed(error("invalid_grant")).await.unwrap_err(), OAuthError::InvalidGrant);
    let answer = json!({"error": "invalid_grant"});
    assert_eq!(refreshed(Reply::json(401, &answer)).await.unwrap_err(), OAuthError::InvalidGrant);
    for (reply, passing) in [
        (Reply::json(503, &answer), true),
        (Reply::json(429, &answer), true),
        (Reply::html(502), true),
        (Reply::Silence, true),
        (Reply::Bytes(b"HTTP/1.1 400 Bad\r\nContent-Length: 99\r\n\r\n{\"error\":\"invalid_grant\"}".to_vec()), true),
        (Reply::Endless, false),
        (Reply::html(200), false),
        (Reply::html(401), false),
        (Reply::json(200, &json!({})), false),
        (Reply::json(302, &json!({})).with("location", "https://elsewhere.example/"), false),
        (error("invalid_client"), false),
        (error("invalid_request"), false),
        (error("access_denied"), false),
    ] {
        let shown = format!("{reply:?}");
        let failure = refreshed(reply).await.unwrap_err();
        assert_ne!(failure, OAuthError::InvalidGrant, "{shown}");
        assert_eq!(failure.is_passing(), passing, "{shown}");
    }
    let offline = refresh(&http(), &endpoints(&nobody().await), CLIENT, &secret(REFRESH), start()).await.unwrap_err();
    assert_eq!(offline, OAuthError::Http(HttpError::Offline));
    assert!(offline.is_passing());
}

#[tokio::test]
async fn an_id_token_that_comes_with_a_refresh_is_read_too() {
    let server = SmallServer::start(|asked| {
        let host = asked.header("host").unwrap_or_default();
        let claims =
            json!({"iss": format!("http://{host}"), "aud": [CLIENT], "sub": "user_1", "exp": at(600).timestamp()});
        let mut answer = token_answer();
        answer["id_token"] = json!(id_token(&claims));
        Reply::json(200, &answer)
    })
    .await;
    let tokens = refresh(&http(), &endpoints(&server.base), CLIENT, &secret(REFRESH), start()).await.unwrap();
    assert_eq!(tokens.identity.unwrap().subject, "user_1");
    let later = refresh(&http(), &endpoints(&server.base), CLIENT, &secret(REFRESH), at(3600)).await.unwrap();
    assert!(later.identity.is_none(), "an id_token that has ended says nothing");
}

#[tokio::test]
async fn a_revocation_names_the_token_and_its_kind() {
    let server = SmallServer::scripted([Reply::empty(200)]).await;
    let outcome = revoke(&http(), &endpoints(&server.base), CLIENT, &secret(REFRESH)).await;
    assert_eq!(outcome, Ok(Revocation::Done));
    let asked = &server.asked()[0];
    assert_eq!(asked.line(), "POST /revoke");
    let mut fields = form(asked);
    assert_eq!(fields.remove("token").as_deref(), Some(REFRESH));
    assert_eq!(fields.remove("token_type_hint").as_deref(), Some("refresh_token"));
    assert_eq!(fields.remove("client_id").as_deref(), Some(CLIENT));
    assert!(fields.is_empty(), "{fields:?}");
}

#[tokio::test]
async fn a_revocation_that_was_not_done_is_never_called_done() {
    for status in [404, 405, 501] {
        assert_eq!(revoked(Reply::html(status)).await, Ok(Revocation::NotOffered), "{status}");
    }
    assert_eq!(revoked(error("unsupported_token_type")).await, Ok(Revocation::NotOffered));
    assert!(matches!(revoked(error("invalid_client")).await, Err(OAuthError::Refused { status: 400, .. })));
    assert!(matches!(revoked(Reply::html(503)).await, Err(OAuthError::Unavailable { status: 503, .. })));
    for status in [302, 400, 401] {
        assert_eq!(revoked(Reply::html(status)).await, Err(OAuthError::NotUnderstood { status }));
    }
    assert_eq!(revoked(Reply::Silence).await, Err(OAuthError::Http(HttpError::NoAnswer)));
    let offline = revoke(&http(), &endpoints(&nobody().await), CLIENT, &secret(REFRESH)).await;
    assert_eq!(offline, Err(OAuthError::Http(HttpError::Offline)));
}

#[tokio::test]
async fn tokens_do_not_show_in_debug_output() {
    let tokens = refreshed(Reply::json(200, &token_answer())).await.unwrap();
    let shown = format!("{tokens:?} {tokens:#?}");
    assert!(shown.contains("[redacted]") && !shown.contains("EXAMPLE"), "{shown}");
}
