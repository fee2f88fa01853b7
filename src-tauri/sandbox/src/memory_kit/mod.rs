//! Owns the pretend MemoryKit: its few routes, who calls and its way of refusing. It manages no keys: that
//! is for its page in the browser (dashboard).

use crate::service::Service;
use crate::store::{KeyState, ServiceKey, StoreError};
use crate::world::Shared;
use crate::{dashboard, faults, guard, html, limits, secrets, statistics};
use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

const SERVICE: Service = Service::MemoryKit;

/// The header in which every answer is numbered.
const REQUEST_ID: &str = "x-request-id";

/// The whole server.
pub(crate) fn router(world: &Shared) -> Router {
    Router::new()
        .route("/v1/status", get(status))
        .route("/v1/memories", get(async |caller: Caller| nothing(&caller, "memories:read")))
        .route("/v1/chats", get(async |caller: Caller| nothing(&caller, "chats:read")))
        .route("/v1/users", get(async |caller: Caller| nothing(&caller, "users:read")))
        .fallback(async || Refusal::new(StatusCode::NOT_FOUND, "not_found", "Not found"))
        .method_not_allowed_fallback(async || {
            Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "bad_request", "Method not allowed")
        })
        .merge(dashboard::router(SERVICE))
        .route(html::STYLE_PATH, get(html::style))
        .layer(middleware::from_fn_with_state((world.clone(), SERVICE), faults::apply))
        .layer(middleware::from_fn_with_state((world.clone(), SERVICE), limits::count))
        .layer(middleware::from_fn(number))
        .layer(middleware::from_fn_with_state((world.clone(), SERVICE), statistics::count))
        .with_state(world.clone())
}

/// An error answer.
#[derive(Debug)]
pub(crate) struct Refusal {
    status: StatusCode,
    kind: &'static str,
    message: String,
}

impl Refusal {
    pub(crate) fn new(status: StatusCode, kind: &'static str, message: &str) -> Self {
        Self { status, kind, message: message.into() }
    }

    pub(crate) fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "authentication_error", "Invalid API key")
    }

    pub(crate) fn missing_scope(scope: &str) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", &format!("This API key lacks the scope {scope}"))
    }

    pub(crate) fn server_error() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "server_error", "Internal server error")
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let id = secrets::id("req");
        let header = HeaderValue::try_from(&id);
        let error = json!({ "type": self.kind, "message": self.message, "request_id": id });
        let mut response = (self.status, Json(json!({ "error": error }))).into_response();
        if let Ok(id) = header {
            response.headers_mut().insert(REQUEST_ID, id);
        }
        response
    }
}

impl From<StoreError> for Refusal {
    fn from(_: StoreError) -> Self {
        Self::server_error()
    }
}

/// Numbers every answer that has no number yet.
async fn number(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if let Ok(id) = HeaderValue::try_from(secrets::id("req")) {
        response.headers_mut().entry(REQUEST_ID).or_insert(id);
    }
    response
}

/// The key that calls.
#[derive(Debug)]
struct Caller(ServiceKey);

impl FromRequestParts<Shared> for Caller {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, world: &Shared) -> Result<Self, Refusal> {
        let secret = guard::bearer(&parts.headers).ok_or_else(Refusal::unauthorized)?;
        let now = world.clock.now();
        let key = world.store.find_service_key(SERVICE, &secrets::hash(secret))?;
        let key = key.filter(|key| key.state(now) == KeyState::Active).ok_or_else(Refusal::unauthorized)?;
        world.store.touch_service_key(&key.id, now)?;
        Ok(Self(key))
    }
}

/// The plan and what of it is used. Which scope it needs is not documented; any good key may ask here.
async fn status(caller: Caller) -> Json<Value> {
    Json(json!({
        "status": "ok",
        "project": caller.0.project,
        "plan": "starter",
        "usage": {
            "memories_total": 318, "memories_limit": 10_000,
            "queries_this_month": 1204, "queries_limit": 50_000,
            "storage_mb": 41, "storage_limit_mb": 1024,
        },
    }))
}

/// An empty list, for a key that may read it.
fn nothing(caller: &Caller, scope: &str) -> Result<Json<Value>, Refusal> {
    if caller.0.may(scope) { Ok(Json(json!({ "data": [] }))) } else { Err(Refusal::missing_scope(scope)) }
}
