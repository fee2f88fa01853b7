//! Owns the proof of how an authorization server is found, and which ones are refused.

use super::{CLIENT, Reply, SmallServer, Url, Value, endpoints, http, json, nobody, secret};
use latchkey_core::domain::UnsafeAddress;
use latchkey_core::http::HttpError;
use latchkey_core::oauth::{AuthorizationServer, CodeOffer, OAuthError, Revocation, discover, revoke};
use std::sync::{Arc, Mutex};

const RFC_8414: &str = "/.well-known/oauth-authorization-server";
const OPENID: &str = "/.well-known/openid-configuration";

/// A server whose documents are made once its own address is known; without one it answers 404.
async fn publishing(documents: impl Fn(&str) -> Vec<(&'static str, Value)>) -> SmallServer {
    let table = Arc::new(Mutex::new(Vec::new()));
    let shared = Arc::clone(&table);
    let server = SmallServer::start(move |asked| {
        let table: std::sync::MutexGuard<'_, Vec<(&str, Value)>> = shared.lock().unwrap();
        table
            .iter()
            .find(|(path, _)| *path == asked.target)
            .map_or(Reply::html(404), |(_, body)| Reply::json(200, body))
    })
    .await;
    *table.lock().unwrap() = documents(server.base.as_str().trim_end_matches('/'));
    server
}

fn metadata(base: &str) -> Value {
    json!({
        "issuer": base,
        "token_endpoint": format!("{base}/token"),
        "device_authorization_endpoint": format!("{base}/device"),
        "revocation_endpoint": format!("{base}/revoke"),
        "grant_types_supported": ["urn:ietf:params:oauth:grant-type:device_code"],
    })
}

async fn found(change: impl Fn(&str, &mut Value)) -> Result<AuthorizationServer, OAuthError> {
    let server = publishing(|base| {
        let mut document = metadata(base);
        change(base, &mut document);
        vec![(RFC_8414, document)]
    })
    .await;
    discover(&http(), &server.base).await
}

#[tokio::test]
async fn the_metadata_of_rfc_8414_is_asked_for_first_and_is_enough() {
    let server = publishing(|base| vec![(RFC_8414, metadata(base))]).await;
    assert_eq!(discover(&http(), &server.base).await, Ok(endpoints(&server.base)));
    assert_eq!(server.lines(), [format!("GET {RFC_8414}")]);
}

#[tokio::test]
async fn the_openid_document_is_the_second_form() {
    let server = publishing(|base| vec![(OPENID, metadata(base))]).await;
    assert_eq!(discover(&http(), &server.base).await, Ok(endpoints(&server.base)));
    assert_eq!(server.lines(), [format!("GET {RFC_8414}"), format!("GET {OPENID}")]);
}

#[tokio::test]
async fn the_openid_document_is_asked_when_the_first_leaves_out_the_device_grant() {
    let server = publishing(|base| {
        let mut first = metadata(base);
        first.as_object_mut().unwrap().remove("device_authorization_endpoint");
        vec![(RFC_8414, first), (OPENID, metadata(base))]
    })
    .await;
    assert_eq!(discover(&http(), &server.base).await, Ok(endpoints(&server.base)));
}

#[tokio::test]
async fn an_issuer_with_a_path_is_asked_where_the_standard_says() {
    let server = publishing(|base| {
        let issuer = format!("{base}/tenant");
        vec![("/.well-known/oauth-authorization-server/tenant", metadata(&issuer))]
    })
    .await;
    let issuer = server.base.join("tenant").unwrap();
    let found = discover(&http(), &issuer).await.unwrap();
    assert_eq!(found.token_endpoint, server.base.join("tenant/token").unwrap());
    // The document of the path's issuer is not one of the host's.
    let other = publishing(|base| vec![(RFC_8414, metadata(&format!("{base}/tenant")))]).await;
    assert_eq!(discover(&http(), &other.base).await, Err(OAuthError::WrongIssuer));
}

#[tokio::test]
async fn a_server_without_metadata_is_taken_for_authkit_and_revokes_nothing() {
    let server = publishing(|_| Vec::new()).await;
    let found = discover(&http(), &server.base).await.unwrap();
    assert_eq!(found.device_authorization_endpoint, Some(server.base.join("oauth2/device_authorization").unwrap()));
    assert_eq!(found.token_endpoint, server.base.join("oauth2/token").unwrap());
    assert_eq!(found.revocation_endpoint, None);
    let asked = server.asked().len();
    assert_eq!(revoke(&http(), &found, CLIENT, &secret("token-EXAMPLE")).await, Ok(Revocation::NotOffered));
    assert_eq!(server.asked().len(), asked, "nothing was sent");
}

#[tokio::test]
async fn authkits_device_endpoint_is_known_even_if_its_metadata_leaves_it_out() {
    let found = found(|base, document| {
        document["token_endpoint"] = json!(format!("{base}/oauth2/token"));
        document.as_object_mut().unwrap().remove("device_authorization_endpoint");
    })
    .await
    .unwrap();
    assert_eq!(found.device_authorization_endpoint.unwrap().path(), "/oauth2/device_authorization");
}

#[tokio::test]
async fn a_server_without_the_device_grant_is_named_so() {
    let found = found(|_, document| {
        document.as_object_mut().unwrap().remove("device_authorization_endpoint");
    })
    .await;
    assert_eq!(found, Err(OAuthError::NoDeviceGrant));
}

#[tokio::test]
async fn a_document_of_another_issuer_is_refused() {
    for issuer in ["https://sign-in.example", "", "http://127.0.0.1:1"] {
        let found = found(|_, document| document["issuer"] = json!(issuer)).await;
        assert_eq!(found, Err(OAuthError::WrongIssuer), "{issuer}");
    }
}

#[tokio::test]
async fn an_endpoint_at_another_server_or_without_encryption_is_refused() {
    let other = SmallServer::scripted([]).await;
    for endpoint in ["token_endpoint", "device_authorization_endpoint", "revocation_endpoint"] {
        for address in [
            "https://elsewhere.example/token",
            "http://elsewhere.example/token",
            "http://localhost/token",
            "ftp://127.0.0.1/token",
            "/token",
            "",
            other.base.as_str(),
        ] {
            let found = found(|_, document| document[endpoint] = json!(address)).await;
            assert_eq!(found, Err(OAuthError::UnsafeEndpoint { endpoint }), "{address}");
        }
        let with_user = |base: &str| format!("{}/token", base.replace("http://", "http://user:password@"));
        let found = found(|base, document| document[endpoint] = json!(with_user(base))).await;
        assert_eq!(found, Err(OAuthError::UnsafeEndpoint { endpoint }));
    }
}

#[tokio::test]
async fn the_address_itself_must_be_encrypted_or_on_this_computer() {
    let found = discover(&http(), &Url::parse("http://sign-in.example").unwrap()).await;
    assert_eq!(found, Err(OAuthError::Http(HttpError::UnsafeAddress(UnsafeAddress::NotEncrypted))));
    let found = discover(&http(), &Url::parse("https://sign-in.example/?tenant=1").unwrap()).await;
    assert_eq!(found, Err(OAuthError::Http(HttpError::UnsafeAddress(UnsafeAddress::NotPlain))));
}

#[tokio::test]
async fn what_is_no_metadata_is_never_taken_for_it() {
    for (reply, expected) in [
        (Reply::html(200), OAuthError::NotUnderstood { status: 200 }),
        (Reply::json(200, &json!([])), OAuthError::NotUnderstood { status: 200 }),
        (Reply::json(200, &json!({"issuer": 5})), OAuthError::NotUnderstood { status: 200 }),
        (Reply::empty(302).with("location", "https://elsewhere.example/"), OAuthError::NotUnderstood { status: 302 }),
        (Reply::html(403), OAuthError::NotUnderstood { status: 403 }),
        (Reply::html(502), OAuthError::Unavailable { status: 502, retry_at: None }),
        (Reply::Silence, OAuthError::Http(HttpError::NoAnswer)),
        (Reply::Endless, OAuthError::Http(HttpError::TooLarge)),
    ] {
        let server = SmallServer::scripted([reply]).await;
        assert_eq!(discover(&http(), &server.base).await, Err(expected.clone()), "{expected}");
        assert_eq!(server.asked().len(), 1, "{expected}");
    }
    let found = discover(&http(), &nobody().await).await;
    assert_eq!(found, Err(OAuthError::Http(HttpError::Offline)));
    assert!(found.unwrap_err().is_passing());
}

#[tokio::test]
async fn the_content_type_does_not_decide() {
    for kind in ["text/plain", "application/jose+json; x=y", "application/octet-stream"] {
        let base = Arc::new(Mutex::new(String::new()));
        let shared = Arc::clone(&base);
        let server =
            SmallServer::start(move |_| Reply::kind(200, kind, &metadata(&shared.lock().unwrap()).to_string())).await;
        server.base.as_str().trim_end_matches('/').clone_into(&mut base.lock().unwrap());
        assert!(discover(&http(), &server.base).await.is_ok(), "{kind}");
    }
}

/// A server that offers the code grant as it should be.
fn offering_code(base: &str, document: &mut Value) {
    document["authorization_endpoint"] = json!(format!("{base}/authorize?tenant=1"));
    document["response_types_supported"] = json!(["code", "code id_token"]);
    document["code_challenge_methods_supported"] = json!(["plain", "S256"]);
    document["grant_types_supported"] = json!(["authorization_code"]);
}

async fn offer(change: impl Fn(&str, &mut Value)) -> CodeOffer {
    let found = found(|base, document| {
        offering_code(base, document);
        change(base, document);
    });
    found.await.unwrap().code
}

#[tokio::test]
async fn the_code_grant_is_offered_by_a_page_a_response_type_and_a_hashed_challenge() {
    let CodeOffer::Yes { authorization_endpoint, names_issuer } = offer(|_, _| ()).await else { panic!("not offered") };
    assert_eq!((authorization_endpoint.path(), authorization_endpoint.query()), ("/authorize", Some("tenant=1")));
    assert!(!names_issuer);
    let promised = |_: &str, document: &mut Value| {
        document["authorization_response_iss_parameter_supported"] = json!(true);
        document.as_object_mut().unwrap().remove("grant_types_supported");
    };
    assert!(matches!(offer(promised).await, CodeOffer::Yes { names_issuer: true, .. }));
}

#[tokio::test]
async fn a_server_that_says_less_of_the_code_grant_does_not_offer_it() {
    for (name, value) in [
        ("authorization_endpoint", Value::Null),
        ("authorization_endpoint", json!(5)),
        ("response_types_supported", Value::Null),
        ("response_types_supported", json!([])),
        ("response_types_supported", json!(["token", "id_token"])),
        ("response_types_supported", json!("code")),
        ("grant_types_supported", json!(["refresh_token"])),
    ] {
        assert_eq!(offer(|_, document| document[name] = value.clone()).await, CodeOffer::No, "{name}: {value}");
    }
}

#[tokio::test]
async fn a_step_down_to_a_plain_challenge_is_seen() {
    for methods in [json!(["plain"]), json!([]), json!("S256"), json!(["s256"]), Value::Null] {
        let offer = offer(|_, document| document["code_challenge_methods_supported"] = methods.clone()).await;
        assert_eq!(offer, CodeOffer::WithoutPkce, "{methods}");
    }
}

#[tokio::test]
async fn no_browser_is_sent_to_another_server_or_over_an_open_line() {
    for page in [
        "https://elsewhere.example/authorize",
        "http://elsewhere.example/authorize",
        "http://localhost/authorize",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "/authorize",
        "",
    ] {
        let offer = offer(|_, document| document["authorization_endpoint"] = json!(page)).await;
        assert_eq!(offer, CodeOffer::UnsafeEndpoint, "{page}");
    }
    let offer = offer(|base, document| document["authorization_endpoint"] = json!(format!("{base}/authorize#x"))).await;
    assert_eq!(offer, CodeOffer::UnsafeEndpoint);
}

#[tokio::test]
async fn a_server_with_the_code_grant_alone_is_a_server_to_sign_in_to() {
    let found = found(|base, document| {
        offering_code(base, document);
        document.as_object_mut().unwrap().remove("device_authorization_endpoint");
    });
    let found = found.await.unwrap();
    assert_eq!(found.device_authorization_endpoint, None);
    assert!(matches!(found.code, CodeOffer::Yes { .. }));
}
