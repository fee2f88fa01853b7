//! Owns the pretend Basic Memory Cloud: its routes and its way of refusing. Leaves out sign-in
//! (authorization). Trailing slashes are part of the contract, for its CLI follows no redirect.

mod caller;
mod keys;
mod mcp;
mod page;
mod projects;
mod workspaces;

use crate::service::Service;
use crate::store::StoreError;
use crate::switches::Part;
use crate::world::Shared;
use crate::{faults, html, statistics};
use axum::extract::rejection::JsonRejection;
use axum::extract::{Request, State};
use axum::http::header::WWW_AUTHENTICATE;
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::{any, delete, get, post, put};
use axum::{Json, Router, middleware};
use serde_json::{Value, json};

/// The page in the browser where keys are revoked by hand.
pub(crate) const KEYS_PAGE: &str = "/settings/api-keys";

/// What the service says to a credential it does not accept.
pub(crate) const INVALID_TOKEN: &str = "Invalid JWT token. Authentication required.";

/// What the service says to a member who wants to make or end a key.
pub(crate) const NOT_OWNER: &str = "Only a workspace owner or admin can manage API keys";

/// The whole server.
pub(crate) fn router(world: &Shared) -> Router {
    Router::new()
        .route("/proxy/health", get(workspaces::health))
        .route("/workspaces/", get(workspaces::list))
        .route("/api/keys", get(keys::list).post(keys::create))
        .route("/api/keys/{id}", delete(keys::revoke))
        .route("/api/v2/projects", get(projects::list))
        .route("/proxy/v2/projects/", get(projects::list).post(projects::add))
        .route("/proxy/v2/projects/resolve", post(projects::resolve))
        .route("/proxy/v2/projects/{external_id}", delete(projects::remove))
        .route("/proxy/v2/projects/{external_id}/default", put(projects::make_default))
        // Asked with the method QUERY, which no router knows by name.
        .route("/proxy/v2/projects/{external_id}/search/", any(projects::search))
        .route("/proxy/v2/projects/{external_id}/memory/recent", get(projects::recent))
        .route("/mcp", post(mcp::message))
        .route(KEYS_PAGE, get(page::show).post(page::revoke))
        .route(html::STYLE_PATH, get(html::style))
        .fallback(async || Refusal::new(StatusCode::NOT_FOUND, "Not Found"))
        .method_not_allowed_fallback(async || Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed"))
        .layer(middleware::from_fn_with_state(world.clone(), without_left_out))
        .layer(middleware::from_fn_with_state((world.clone(), Service::BasicMemory), faults::apply))
        .layer(middleware::from_fn_with_state((world.clone(), Service::BasicMemory), statistics::count))
        .with_state(world.clone())
}

/// Answers for a part that is left out as a server answers that never had it.
async fn without_left_out(State(world): State<Shared>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    if path == "/api/keys" && matches!(*request.method(), Method::GET | Method::HEAD) && !world.offers(Part::List) {
        return Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed").into_response();
    }
    if path.starts_with("/api/keys/") && !world.offers(Part::Revoke) {
        return Refusal::new(StatusCode::NOT_FOUND, "Not Found").into_response();
    }
    next.run(request).await
}

/// An error answer as FastAPI gives it.
#[derive(Debug)]
struct Refusal {
    status: StatusCode,
    detail: Value,
}

impl Refusal {
    fn new(status: StatusCode, detail: &str) -> Self {
        Self { status, detail: detail.into() }
    }

    /// 422 for one field of the body.
    fn field(name: &str, kind: &str, message: &str, input: &Value) -> Self {
        let detail = json!([{ "type": kind, "loc": ["body", name], "msg": message, "input": input }]);
        Self { status: StatusCode::UNPROCESSABLE_ENTITY, detail }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(json!({ "detail": self.detail }))).into_response();
        if self.status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

impl From<StoreError> for Refusal {
    fn from(_: StoreError) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "The sandbox's own store failed")
    }
}

impl From<JsonRejection> for Refusal {
    fn from(rejection: JsonRejection) -> Self {
        let detail = json!([{ "type": "json_invalid", "loc": ["body"], "msg": rejection.body_text() }]);
        Self { status: StatusCode::UNPROCESSABLE_ENTITY, detail }
    }
}
