//! Owns the proof of the authorization code grant: the page that is opened, what the browser may bring
//! back, and what the code is exchanged for.

use super::listener::{come_back, parameters, raw};
use super::{
    ACCESS, CLIENT, REFRESH, Reply, SmallServer, Value, at, characters, endpoints, error, form, http, id_token, json,
    start, token_answer,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use latchkey_core::oauth::{
    AuthorizationServer, CameBack, CodeGrant, CodeOffer, OAuthError, TokenSet, start_code_grant, start_code_grant_at,
};
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use url::Url;

pub(crate) const SCOPES: [&str; 4] = ["openid", "profile", "email", "offline_access"];
pub(crate) const CODE: &str = "code-EXAMPLE";

/// The endpoints of a server that offers the code grant, without asking it for them.
pub(crate) fn offering(base: &Url, names_issuer: bool) -> AuthorizationServer {
    let authorization_endpoint = base.join("authorize?tenant=1").unwrap();
    AuthorizationServer { code: CodeOffer::Yes { authorization_endpoint, names_issuer }, ..endpoints(base) }
}

/// A grant that waits at a server which answers in this order.
pub(crate) async fn waiting(replies: impl IntoIterator<Item = Reply>) -> (CodeGrant, SmallServer) {
    let server = SmallServer::scripted(replies).await;
    let grant = start_code_grant(&offering(&server.base, false), CLIENT, &SCOPES, start()).await.unwrap();
    (grant, server)
}

/// What comes of a browser that brings this.
pub(crate) async fn brought(query: &str, names_issuer: bool) -> Result<CameBack, OAuthError> {
    let server = SmallServer::scripted([]).await;
    let offering = offering(&server.base, names_issuer);
    let mut grant = start_code_grant(&offering, CLIENT, &SCOPES, start()).await.unwrap();
    let issuer = server.base.as_str().trim_end_matches('/');
    let answer = come_back(&grant, &query.replace("ISSUER", issuer)).await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    grant.came_back(&offering).await
}

/// A whole sign-in, whose token answer may depend on the nonce.
pub(crate) async fn signed_in(answer: impl Fn(&str, &str) -> Reply + Send + 'static) -> Result<TokenSet, OAuthError> {
    let nonce = std::sync::Arc::new(std::sync::Mutex::new(String::new()));
    let shared = std::sync::Arc::clone(&nonce);
    let server = SmallServer::start(move |asked| {
        let issuer = format!("http://{}", asked.header("host").unwrap_or_default());
        answer(&shared.lock().unwrap(), &issuer)
    })
    .await;
    let offering = offering(&server.base, false);
    let mut grant = start_code_grant(&offering, CLIENT, &SCOPES, start()).await.unwrap();
    *nonce.lock().unwrap() = parameters(&grant).remove("nonce").unwrap();
    come_back(&grant, "code=code-EXAMPLE").await;
    let Ok(CameBack::Code(code)) = grant.came_back(&offering).await else { panic!("no code") };
    grant.redeem(&http(), &offering, CLIENT, &code, at(10)).await
}

fn with_identity(change: impl FnOnce(&mut Value), nonce: &str, issuer: &str) -> Reply {
    let mut claims = json!({
        "iss": issuer, "sub": "user_1", "aud": CLIENT, "exp": at(600).timestamp(), "nonce": nonce,
        "email": "ada@example.org",
    });
    change(&mut claims);
    let mut answer = token_answer();
    answer["id_token"] = json!(id_token(&claims));
    Reply::json(200, &answer)
}

#[tokio::test]
async fn the_page_names_everything_the_standards_ask_for_and_no_secret() {
    let (grant, server) = waiting([]).await;
    assert_eq!(grant.page.origin(), server.base.origin());
    assert_eq!(grant.page.path(), "/authorize");
    let mut fields = parameters(&grant);
    let redirect: Url = fields.remove("redirect_uri").unwrap().parse().unwrap();
    assert_eq!((redirect.scheme(), redirect.host_str(), redirect.path()), ("http", Some("127.0.0.1"), "/callback"));
    assert!(redirect.port().is_some() && redirect.query().is_none(), "{redirect}");
    for name in ["state", "nonce", "code_challenge"] {
        let chance = fields.remove(name).unwrap();
        assert_eq!(URL_SAFE_NO_PAD.decode(&chance).unwrap().len(), 32, "{name}");
    }
    for (name, value) in [
        ("tenant", "1"),
        ("response_type", "code"),
        ("client_id", CLIENT),
        ("code_challenge_method", "S256"),
        ("scope", "openid profile email offline_access"),
    ] {
        assert_eq!(fields.remove(name).as_deref(), Some(value), "{name}");
    }
    assert!(fields.is_empty(), "{fields:?}");
    assert_eq!(grant.page_host(), format!("127.0.0.1:{}", server.base.port().unwrap()));
    assert_eq!(grant.expires_at, at(300));
    assert!(!format!("{grant:?}").contains("state"), "{grant:?}");
    assert!(server.asked().is_empty(), "nothing is asked before the browser comes back");
}

#[tokio::test]
async fn state_nonce_verifier_and_port_are_new_each_time() {
    let (first, _one) = waiting([]).await;
    let (second, _other) = waiting([]).await;
    let (first, second) = (parameters(&first), parameters(&second));
    for name in ["state", "nonce", "code_challenge", "redirect_uri"] {
        assert_ne!(first[name], second[name], "{name}");
    }
}

#[tokio::test]
async fn a_code_is_exchanged_once_with_its_verifier_and_its_redirect_address() {
    let (mut grant, server) = waiting([Reply::json(200, &token_answer())]).await;
    let fields = parameters(&grant);
    come_back(&grant, "code=code-EXAMPLE").await;
    let offering = offering(&server.base, false);
    let Ok(CameBack::Code(code)) = grant.came_back(&offering).await else { panic!("no code") };
    assert_eq!(characters(&code), CODE);
    let tokens = grant.redeem(&http(), &offering, CLIENT, &code, at(10)).await.unwrap();
    assert_eq!(characters(&tokens.access), ACCESS);
    assert_eq!(tokens.refresh.as_ref().map(characters), Some(REFRESH));
    assert_eq!(tokens.expires_at, at(3610));
    let asked = server.asked();
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].line(), "POST /token");
    let mut sent: HashMap<String, String> = form(&asked[0]);
    let verifier = sent.remove("code_verifier").unwrap();
    assert!((43..=128).contains(&verifier.len()));
    assert_eq!(URL_SAFE_NO_PAD.encode(Sha256::digest(&verifier)), fields["code_challenge"]);
    assert_eq!(sent.remove("redirect_uri"), Some(fields["redirect_uri"].clone()));
    assert_eq!(sent.remove("grant_type").as_deref(), Some("authorization_code"));
    assert_eq!(sent.remove("code").as_deref(), Some(CODE));
    assert_eq!(sent.remove("client_id").as_deref(), Some(CLIENT));
    assert!(sent.is_empty(), "{sent:?}");
}

#[tokio::test]
async fn an_id_token_with_the_nonce_says_who_signed_in() {
    let tokens = signed_in(|nonce, issuer| with_identity(|_| (), nonce, issuer)).await.unwrap();
    assert_eq!(tokens.identity.unwrap().email.as_deref(), Some("ada@example.org"));
    let ended = |claims: &mut Value| claims["exp"] = json!(at(-3600).timestamp());
    let tokens = signed_in(move |nonce, issuer| with_identity(ended, nonce, issuer)).await.unwrap();
    assert!(tokens.identity.is_none(), "one that has ended says nothing");
}

#[tokio::test]
async fn an_answer_for_another_client_issuer_or_sign_in_is_refused_whole() {
    let changes: [fn(&mut Value); 6] = [
        |claims| claims["aud"] = json!("client_OTHER"),
        |claims| claims["azp"] = json!("client_OTHER"),
        |claims| claims["aud"] = json!([CLIENT, "client_OTHER"]),
        |claims| claims["iss"] = json!("https://other.example"),
        |claims| claims["nonce"] = json!("of another sign-in"),
        |claims| claims["nonce"] = Value::Null,
    ];
    for change in changes {
        let outcome = signed_in(move |nonce, issuer| with_identity(change, nonce, issuer)).await;
        assert_eq!(outcome.unwrap_err(), OAuthError::ForeignTokens);
    }
    let outcome = signed_in(|_, _| {
        let mut answer = token_answer();
        answer["client_id"] = json!("client_OTHER");
        Reply::json(200, &answer)
    })
    .await;
    assert_eq!(outcome.unwrap_err(), OAuthError::ForeignTokens);
}

#[tokio::test]
async fn a_refused_exchange_is_told_and_not_repeated() {
    for (reply, expected) in [
        (error("invalid_grant"), None),
        (Reply::html(200), Some(OAuthError::NotUnderstood { status: 200 })),
        (
            Reply::json(302, &json!({})).with("location", "https://elsewhere.example/"),
            Some(OAuthError::NotUnderstood { status: 302 }),
        ),
        (Reply::html(503), Some(OAuthError::Unavailable { status: 503, retry_at: None })),
    ] {
        let (mut grant, server) = waiting([reply]).await;
        let offering = offering(&server.base, false);
        come_back(&grant, "code=code-EXAMPLE").await;
        let Ok(CameBack::Code(code)) = grant.came_back(&offering).await else { panic!("no code") };
        let refused = grant.redeem(&http(), &offering, CLIENT, &code, at(10)).await.unwrap_err();
        match expected {
            Some(expected) => assert_eq!(refused, expected),
            None => assert!(matches!(refused, OAuthError::Refused { status: 400, .. }), "{refused}"),
        }
        assert_eq!(server.asked().len(), 1, "a code is good once");
    }
}

#[tokio::test]
async fn a_no_in_the_browser_and_other_errors_are_told_apart() {
    assert!(matches!(brought("error=access_denied", false).await, Ok(CameBack::Denied)));
    let Ok(CameBack::Refused(code)) = brought("error=temporarily_unavailable&error_description=x", false).await else {
        panic!("not refused")
    };
    assert_eq!(code.as_str(), "temporarily_unavailable");
    for odd in ["", "code=", "error=%3Cscript%3E", "code=c&error=access_denied", "error="] {
        let outcome = brought(odd, false).await;
        assert!(matches!(outcome, Err(OAuthError::NotUnderstood { status: 302 })), "{odd}: {outcome:?}");
    }
}

#[tokio::test]
async fn the_issuer_is_compared_if_it_is_sent_and_needed_where_it_is_promised() {
    for good in ["code=c&iss=ISSUER", "code=c&iss=ISSUER/", "code=c"] {
        assert!(matches!(brought(good, false).await, Ok(CameBack::Code(_))), "{good}");
    }
    assert!(matches!(brought("code=c&iss=ISSUER", true).await, Ok(CameBack::Code(_))));
    for (query, promised) in [
        ("code=c", true),
        ("error=access_denied", true),
        ("code=c&iss=https%3A%2F%2Fother.example", false),
        ("code=c&iss=", false),
        ("error=access_denied&iss=https%3A%2F%2Fother.example", false),
        ("code=c&iss=ISSUER.other.example", false),
    ] {
        let outcome = brought(query, promised).await;
        assert!(matches!(outcome, Err(OAuthError::WrongIssuer)), "{query}: {outcome:?}");
    }
}

#[tokio::test]
async fn a_port_that_is_taken_is_said_at_once() {
    let holder = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = holder.local_addr().unwrap().port();
    let base: Url = "https://sign-in.example".parse().unwrap();
    let started = start_code_grant_at(port, &offering(&base, false), CLIENT, &SCOPES, start()).await;
    assert_eq!(started.unwrap_err(), OAuthError::CannotListen { port: Some(port) });
    drop(holder);
    let grant = start_code_grant_at(port, &offering(&base, false), CLIENT, &SCOPES, start()).await.unwrap();
    assert_eq!(parameters(&grant)["redirect_uri"], format!("http://127.0.0.1:{port}/callback"));
}

#[tokio::test]
async fn what_a_server_does_not_offer_safely_is_not_started() {
    let base: Url = "https://sign-in.example".parse().unwrap();
    for (code, expected) in [
        (CodeOffer::No, OAuthError::NoCodeGrant),
        (CodeOffer::WithoutPkce, OAuthError::WithoutPkce),
        (CodeOffer::UnsafeEndpoint, OAuthError::UnsafeEndpoint { endpoint: "authorization_endpoint" }),
    ] {
        let server = AuthorizationServer { code, ..endpoints(&base) };
        assert_eq!(start_code_grant(&server, CLIENT, &SCOPES, start()).await.unwrap_err(), expected);
    }
}

#[tokio::test]
async fn a_listener_ends_with_its_grant() {
    let (grant, _server) = waiting([]).await;
    let address: Url = parameters(&grant)["redirect_uri"].parse().unwrap();
    let address = (address.host_str().unwrap().to_owned(), address.port().unwrap());
    assert!(raw(&address, b"GET / HTTP/1.1\r\n\r\n").await.is_some());
    drop(grant);
    tokio::task::yield_now().await;
    assert!(tokio::net::TcpStream::connect((address.0.as_str(), address.1)).await.is_err());
}
