//! Owns the pretend Memory API: its routes, who calls and its two ways of refusing. Leaves out its page
//! in the browser (dashboard).

mod account;
mod keys;

use crate::service::Service;
use crate::store::{KeyState, ServiceKey, StoreError};
use crate::switches::MemoryApiErrors;
use crate::world::{Shared, World};
use crate::{dashboard, faults, html, limits, secrets, statistics};
use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get};
use axum::{Json, Router};
use serde_json::{Map, Value, json};

const SERVICE: Service = Service::MemoryApi;

/// The whole server.
pub(crate) fn router(world: &Shared) -> Router {
    Router::new()
        .route("/v1/account", get(account::account))
        .route("/v1/usage", get(account::usage))
        .route("/v1/account/api-keys", get(keys::list).post(keys::create))
        .route("/v1/account/api-keys/{id}", delete(keys::revoke))
        // One of its pages has it at the root of the host, another below /v1.
        .route("/health", get(account::health))
        .route("/v1/health", get(account::health))
        .fallback(async || Refusal::new(StatusCode::NOT_FOUND, "NOT_FOUND", "Not Found"))
        .method_not_allowed_fallback(async || {
            Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED", "Method Not Allowed")
        })
        .merge(dashboard::router(SERVICE))
        .route(html::STYLE_PATH, get(html::style))
        .layer(middleware::from_fn_with_state((world.clone(), SERVICE), faults::apply))
        .layer(middleware::from_fn_with_state((world.clone(), SERVICE), limits::count))
        .layer(middleware::from_fn_with_state(world.clone(), write_refusal))
        .layer(middleware::from_fn_with_state((world.clone(), SERVICE), statistics::count))
        .with_state(world.clone())
}

/// An error answer. In which of its two envelopes is decided on the way out.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    status: StatusCode,
    code: &'static str,
    message: String,
    details: Map<String, Value>,
}

impl Refusal {
    pub(crate) fn new(status: StatusCode, code: &'static str, message: &str) -> Self {
        Self { status, code, message: message.into(), details: Map::new() }
    }

    pub(crate) fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "INVALID_API_KEY", "Invalid API key")
    }

    pub(crate) fn missing_scope(required: &str, held: &[String]) -> Self {
        let message = format!("This API key lacks the scope: {required}");
        let mut refusal = Self::new(StatusCode::FORBIDDEN, "INSUFFICIENT_PERMISSIONS", &message);
        refusal.details.insert("required_scopes".into(), json!([required]));
        refusal.details.insert("your_scopes".into(), json!(held));
        refusal
    }

    pub(crate) fn server_error() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL_ERROR", "An unexpected error occurred")
    }

    /// 400 for one field of the body, or for all of it.
    fn field(name: &str, message: &str) -> Self {
        let mut refusal = Self::new(StatusCode::BAD_REQUEST, "VALIDATION_ERROR", "Request validation failed");
        refusal.details.insert("field".into(), name.into());
        refusal.details.insert("errors".into(), json!([{ "loc": ["body", name], "msg": message }]));
        refusal
    }

    fn body(self, errors: MemoryApiErrors) -> Value {
        // By the published source these two are handled apart, and so always in the documented envelope.
        let apart = matches!(self.code, "VALIDATION_ERROR" | "INTERNAL_ERROR");
        let mut error = json!({ "code": self.code, "message": self.message });
        if errors == MemoryApiErrors::Detail && !apart {
            for (name, value) in self.details {
                error[name] = value;
            }
            return json!({ "detail": error });
        }
        if !self.details.is_empty() {
            error["details"] = self.details.into();
        }
        json!({ "success": false, "error": error })
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<StoreError> for Refusal {
    fn from(_: StoreError) -> Self {
        Self::server_error()
    }
}

/// Writes a refusal in the envelope that is switched on, and numbers every answer.
async fn write_refusal(State(world): State<Shared>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if let Some(refusal) = response.extensions_mut().remove::<Refusal>() {
        let headers = std::mem::take(response.headers_mut());
        let status = refusal.status;
        response = (status, Json(refusal.body(world.switches().memory_api_errors))).into_response();
        response.headers_mut().extend(headers);
    }
    if let Ok(id) = HeaderValue::try_from(secrets::id("req")) {
        response.headers_mut().insert("x-request-id", id);
    }
    response
}

/// A good answer.
fn success(data: &Value) -> Json<Value> {
    Json(json!({ "success": true, "data": data }))
}

/// The key that calls.
#[derive(Debug)]
struct Caller(ServiceKey);

impl Caller {
    fn must(&self, scope: &str) -> Result<(), Refusal> {
        if self.0.may(scope) { Ok(()) } else { Err(Refusal::missing_scope(scope, &self.0.scopes)) }
    }
}

impl FromRequestParts<Shared> for Caller {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, world: &Shared) -> Result<Self, Refusal> {
        caller(world, limits::presented(SERVICE, &parts.headers))
    }
}

fn caller(world: &World, secret: Option<&str>) -> Result<Caller, Refusal> {
    let refused = |code, message| Refusal::new(StatusCode::UNAUTHORIZED, code, message);
    let secret = secret.ok_or_else(|| refused("MISSING_API_KEY", "API key required"))?;
    if !["mem_live_", "mem_test_"].iter().any(|prefix| secret.starts_with(prefix)) {
        return Err(refused("INVALID_API_KEY_FORMAT", "Invalid API key format"));
    }
    let now = world.clock.now();
    let key = world.store.find_service_key(SERVICE, &secrets::hash(secret))?.ok_or_else(Refusal::unauthorized)?;
    match key.state(now) {
        KeyState::Active => {}
        KeyState::Expired => return Err(refused("API_KEY_EXPIRED", "API key has expired")),
        KeyState::Revoked => return Err(refused("API_KEY_DISABLED", "API key has been disabled")),
    }
    world.store.touch_service_key(&key.id, now)?;
    Ok(Caller(key))
}
