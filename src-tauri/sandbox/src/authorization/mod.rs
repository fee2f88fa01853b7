//! Owns the pretend authorization server: the device grant as WorkOS serves it to the Basic Memory
//! CLI, and the authorization code grant of native apps. Leaves out the service that its tokens open (cloud).

mod code;
mod device;
mod metadata;
mod page;
mod token;

use crate::service::Service;
use crate::store::StoreError;
use crate::world::Shared;
use crate::{faults, html, statistics};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router, middleware};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Where the approval page is.
const DEVICE_PAGE: &str = "/device";

/// The whole server.
pub(crate) fn router(world: &Shared) -> Router {
    Router::new()
        .route("/.well-known/oauth-authorization-server", get(metadata::metadata))
        .route("/oauth2/device_authorization", post(device::authorize))
        .route("/oauth2/token", post(token::token))
        .route("/oauth2/revoke", post(token::revoke))
        .route(code::PAGE, get(code::show).post(code::decide))
        .route(DEVICE_PAGE, get(page::show).post(page::decide))
        .route("/device/approved", get(page::approved))
        .route("/device/denied", get(page::denied))
        .route(html::STYLE_PATH, get(html::style))
        .layer(middleware::from_fn_with_state((world.clone(), Service::BasicMemory), faults::apply))
        .layer(middleware::from_fn_with_state((world.clone(), Service::BasicMemory), statistics::count))
        .with_state(world.clone())
}

/// An error answer of RFC 6749 section 5.2.
#[derive(Debug)]
struct Refusal {
    status: StatusCode,
    error: &'static str,
    description: &'static str,
}

const fn refusal(error: &'static str, description: &'static str) -> Refusal {
    Refusal { status: StatusCode::BAD_REQUEST, error, description }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        fresh(self.status, &json!({ "error": self.error, "error_description": self.description }))
    }
}

impl From<StoreError> for Refusal {
    fn from(_: StoreError) -> Self {
        let status = StatusCode::INTERNAL_SERVER_ERROR;
        Self { status, error: "server_error", description: "The sandbox's own store failed." }
    }
}

/// An answer that nobody may keep, RFC 6749 section 5.1.
fn fresh(status: StatusCode, body: &Value) -> Response {
    (status, [(CACHE_CONTROL, "no-store")], Json(body)).into_response()
}

/// The parameters of a form. None may come twice (RFC 6749 section 3.2); empty ones count as absent.
fn parameters(headers: &HeaderMap, body: &[u8]) -> Result<BTreeMap<String, String>, Refusal> {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if kind.split(';').next().map(str::trim) != Some("application/x-www-form-urlencoded") {
        return Err(refusal("invalid_request", "The body must be application/x-www-form-urlencoded."));
    }
    let mut parameters = BTreeMap::new();
    for (name, value) in url::form_urlencoded::parse(body).into_owned().filter(|(_, value)| !value.is_empty()) {
        if parameters.insert(name, value).is_some() {
            return Err(refusal("invalid_request", "A parameter came twice."));
        }
    }
    Ok(parameters)
}

/// The client that speaks. It is public: there is no secret to check.
fn client<'a>(world: &Shared, parameters: &'a BTreeMap<String, String>) -> Result<&'a str, Refusal> {
    match parameters.get("client_id") {
        None => Err(refusal("invalid_request", "client_id is missing.")),
        Some(client) if world.knows_client(client) => Ok(client),
        Some(_) => Err(refusal("invalid_client", "This client_id is not known.")),
    }
}
