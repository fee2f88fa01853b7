//! Owns the proof of sign-in by the standards, over real sockets: which requests leave, and what
//! becomes of every kind of answer. One file for each noun. Time is an argument: nothing waits.

#![allow(clippy::unwrap_used, clippy::panic)] // a test fails by panicking

mod attacks;
mod code;
mod device;
mod discovery;
mod listener;
#[path = "../small_server/mod.rs"]
mod small_server;
mod tokens;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use latchkey_core::domain::Secret;
use latchkey_core::http::Http;
use latchkey_core::oauth::{AuthorizationServer, CodeOffer};
use serde_json::{Value, json};
use small_server::{Asked, Reply, SmallServer};
use std::collections::HashMap;
use url::Url;

const CLIENT: &str = "client_01TEST";
const DEVICE_CODE: &str = "device-code-EXAMPLE";
const ACCESS: &str = "access-token-EXAMPLE";
const REFRESH: &str = "refresh-token-1-EXAMPLE";
const NEXT_REFRESH: &str = "refresh-token-2-EXAMPLE";

/// One client for each test: reading the system's certificates takes a while, and kept connections
/// end with the runtime of the test that made them.
fn http() -> Http {
    thread_local! { static HTTP: Http = Http::new().unwrap() }
    HTTP.with(Http::clone)
}

fn start() -> DateTime<Utc> {
    "2026-11-21T00:00:00Z".parse().unwrap()
}

fn at(seconds: i64) -> DateTime<Utc> {
    start() + TimeDelta::seconds(seconds)
}

fn secret(characters: &str) -> Secret {
    Secret::new(characters.to_owned())
}

/// The characters, to compare them with what the test itself made up.
fn characters(secret: &Secret) -> &str {
    secret.expose_secret()
}

/// The endpoints of a server without asking it for them.
fn endpoints(base: &Url) -> AuthorizationServer {
    AuthorizationServer {
        issuer: base.clone(),
        device_authorization_endpoint: Some(base.join("device").unwrap()),
        token_endpoint: base.join("token").unwrap(),
        revocation_endpoint: Some(base.join("revoke").unwrap()),
        code: CodeOffer::No,
    }
}

fn form(asked: &Asked) -> HashMap<String, String> {
    assert_eq!(asked.header("content-type"), Some("application/x-www-form-urlencoded"));
    url::form_urlencoded::parse(&asked.body).into_owned().collect()
}

fn device_answer() -> Value {
    json!({
        "device_code": DEVICE_CODE, "user_code": "BCDF-GHJK", "expires_in": 300, "interval": 5,
        "verification_uri": "https://sign-in.example/device",
        "verification_uri_complete": "https://sign-in.example/device?user_code=BCDF-GHJK",
    })
}

fn token_answer() -> Value {
    json!({
        "access_token": ACCESS, "token_type": "Bearer", "expires_in": 3600, "refresh_token": REFRESH, "scope": "openid",
    })
}

fn error(code: &str) -> Reply {
    Reply::json(400, &json!({"error": code, "error_description": "may hold anything EXAMPLE"}))
}

fn id_token(claims: &Value) -> String {
    format!("e30.{}.c2lnbmF0dXJl", URL_SAFE_NO_PAD.encode(claims.to_string()))
}

/// An address where nobody listens.
async fn nobody() -> Url {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    Url::parse(&format!("http://{address}")).unwrap()
}
