//! Owns the pretend Memory OS: its routes below two bases, who calls and its way of refusing. Leaves out
//! its page in the browser (dashboard).

mod keys;

use crate::service::Service;
use crate::store::{KeyState, ServiceKey, StoreError};
use crate::switches::{MemoryOsBase, Part};
use crate::world::Shared;
use crate::{dashboard, faults, guard, html, limits, secrets, statistics};
use axum::extract::{FromRequestParts, Request, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get};
use axum::{Json, Router};
use serde_json::{Value, json};

const SERVICE: Service = Service::MemoryOs;

/// The whole server.
pub(crate) fn router(world: &Shared) -> Router {
    let endpoints = Router::new()
        .route("/keys", get(keys::list).post(keys::create))
        .route("/keys/{id}", delete(keys::revoke))
        .route("/usage", get(usage))
        .route("/memories", get(memories));
    Router::new()
        .nest("/api/v1", endpoints.clone())
        .nest("/v1", endpoints)
        .fallback(async || not_found())
        .method_not_allowed_fallback(async || {
            Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED", "Method not allowed")
        })
        .merge(dashboard::router(SERVICE))
        .route(html::STYLE_PATH, get(html::style))
        .layer(middleware::from_fn_with_state(world.clone(), without_left_out))
        .layer(middleware::from_fn_with_state((world.clone(), SERVICE), faults::apply))
        .layer(middleware::from_fn_with_state((world.clone(), SERVICE), limits::count))
        .layer(middleware::from_fn_with_state((world.clone(), SERVICE), statistics::count))
        .with_state(world.clone())
}

/// Answers for a base or a part that is left out as a server answers that never had it.
async fn without_left_out(State(world): State<Shared>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let (base, endpoint) = match path.strip_prefix("/api/v1/") {
        Some(endpoint) => (MemoryOsBase::Api, endpoint),
        None => match path.strip_prefix("/v1/") {
            Some(endpoint) => (MemoryOsBase::V1, endpoint),
            None => return next.run(request).await,
        },
    };
    let switches = world.switches();
    let part = match endpoint {
        "keys" if request.method() == "GET" => Some(Part::MemoryOsList),
        "usage" => Some(Part::MemoryOsUsage),
        endpoint if endpoint.starts_with("keys/") => Some(Part::MemoryOsRevoke),
        _ => None,
    };
    let elsewhere = switches.memory_os_base != MemoryOsBase::Both && switches.memory_os_base != base;
    if elsewhere || part.is_some_and(|part| !switches.offers(part)) {
        return not_found().into_response();
    }
    next.run(request).await
}

fn not_found() -> Refusal {
    Refusal::new(StatusCode::NOT_FOUND, "NOT_FOUND", "Not found")
}

/// An error answer. The codes of 400, 404 and 500 are not documented.
#[derive(Debug)]
pub(crate) struct Refusal {
    status: StatusCode,
    code: &'static str,
    message: String,
    details: Option<Value>,
}

impl Refusal {
    pub(crate) fn new(status: StatusCode, code: &'static str, message: &str) -> Self {
        Self { status, code, message: message.into(), details: None }
    }

    /// The same for a key that is missing, malformed, unknown, revoked or expired.
    pub(crate) fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "UNAUTHORIZED", "Invalid or expired API key")
    }

    pub(crate) fn missing_scope(scope: &str) -> Self {
        Self::new(StatusCode::FORBIDDEN, "FORBIDDEN", &format!("Missing scope: {scope}"))
    }

    pub(crate) fn server_error() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL_ERROR", "Internal server error")
    }

    /// 400 for one field of the body, or for all of it.
    fn field(name: &str, message: &str) -> Self {
        let details = Some(json!({ "field": name, "reason": message }));
        Self { details, ..Self::new(StatusCode::BAD_REQUEST, "BAD_REQUEST", "Invalid request body") }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut error = json!({ "code": self.code, "message": self.message });
        if let Some(details) = self.details {
            error["details"] = details;
        }
        (self.status, Json(json!({ "error": error, "meta": { "request_id": secrets::id("req") } }))).into_response()
    }
}

impl From<StoreError> for Refusal {
    fn from(_: StoreError) -> Self {
        Self::server_error()
    }
}

/// A good answer.
fn success(data: &Value) -> Json<Value> {
    Json(json!({ "data": data, "meta": { "request_id": secrets::id("req"), "latency_ms": 12 } }))
}

/// The key that calls.
#[derive(Debug)]
struct Caller(ServiceKey);

impl Caller {
    fn must(&self, scope: &str) -> Result<(), Refusal> {
        if self.0.may(scope) { Ok(()) } else { Err(Refusal::missing_scope(scope)) }
    }
}

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

/// What was used. The shape is a guess, for none is documented.
async fn usage(caller: Caller) -> Result<Json<Value>, Refusal> {
    caller.must("admin")?;
    Ok(success(&json!({
        "plan": "Pro",
        "requests_today": 1830, "requests_per_day_limit": 100_000,
        "memories": 742,
    })))
}

/// No memories: the sandbox keeps none. It proves that a key is good.
async fn memories(caller: Caller) -> Result<Json<Value>, Refusal> {
    caller.must("memories:read")?;
    Ok(success(&json!([])))
}
