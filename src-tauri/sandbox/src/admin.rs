//! Owns the back door for tests: faults, counts, the clock, decisions without a browser, and what can
//! be done to a key. Everything behind the admin token of the ready file.

use crate::faults::Fault;
use crate::people::Person;
use crate::store::{Key, StoreError};
use crate::world::Shared;
use crate::{guard, secrets};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router, middleware};
use serde::Deserialize;
use serde_json::{Value, json};

/// The whole server.
pub(crate) fn router(world: &Shared) -> Router {
    Router::new()
        .route("/admin/faults", get(faults).post(add_fault).delete(clear_faults))
        .route("/admin/stats", get(statistics).delete(clear_statistics))
        .route("/admin/approve", post(approve))
        .route("/admin/deny", post(deny))
        .route("/admin/clock", post(advance_clock))
        .route("/admin/keys", get(keys))
        .route("/admin/keys/{id}/expire", post(expire_key))
        .route("/admin/keys/{id}/revoke", post(revoke_key))
        .layer(middleware::from_fn_with_state(world.clone(), guard::admin_only))
        .with_state(world.clone())
}

async fn faults(State(world): State<Shared>) -> Json<Vec<Fault>> {
    Json(world.faults.all())
}

async fn add_fault(State(world): State<Shared>, Json(fault): Json<Fault>) -> StatusCode {
    world.faults.add(fault);
    StatusCode::NO_CONTENT
}

async fn clear_faults(State(world): State<Shared>) -> StatusCode {
    world.faults.clear();
    StatusCode::NO_CONTENT
}

async fn statistics(State(world): State<Shared>) -> Json<Value> {
    Json(json!({ "requests": world.statistics.all() }))
}

async fn clear_statistics(State(world): State<Shared>) -> StatusCode {
    world.statistics.clear();
    StatusCode::NO_CONTENT
}

#[derive(Debug, Deserialize)]
struct Decision {
    user_code: String,
    /// Whoever approves; the first one without it.
    person: Option<u8>,
}

async fn approve(State(world): State<Shared>, Json(decision): Json<Decision>) -> Response {
    match Person::by_number(decision.person.unwrap_or(1)) {
        Some(person) => decide(&world, &decision.user_code, Some(person.number)),
        None => answer(StatusCode::UNPROCESSABLE_ENTITY, "There is no such pretend person."),
    }
}

async fn deny(State(world): State<Shared>, Json(decision): Json<Decision>) -> Response {
    decide(&world, &decision.user_code, None)
}

fn decide(world: &Shared, user_code: &str, approved_by: Option<u8>) -> Response {
    let code = secrets::typed_user_code(user_code).unwrap_or_default();
    done(&world.store.decide(&code, approved_by, world.clock.now()), "No sign-in is waiting with this code.")
}

#[derive(Debug, Deserialize)]
struct Advance {
    advance_seconds: u32,
}

async fn advance_clock(State(world): State<Shared>, Json(advance): Json<Advance>) -> Json<Value> {
    world.clock.advance(advance.advance_seconds);
    Json(json!({ "now": world.clock.now() }))
}

async fn keys(State(world): State<Shared>) -> Response {
    let now = world.clock.now();
    let row = |key: Key| {
        json!({
            "id": key.id, "name": key.name, "prefix": key.prefix, "workspace_id": key.workspace,
            "status": key.state(now).name(), "expires_at": key.expires_at, "last_used_at": key.last_used_at,
        })
    };
    match world.store.keys(None) {
        Ok(keys) => Json(keys.into_iter().map(row).collect::<Vec<_>>()).into_response(),
        Err(_) => store_failed(),
    }
}

async fn expire_key(State(world): State<Shared>, Path(id): Path<String>) -> Response {
    done(&world.store.expire_key(&id, world.clock.now()), "There is no such key.")
}

async fn revoke_key(State(world): State<Shared>, Path(id): Path<String>) -> Response {
    done(&world.store.revoke_key(&id, None, world.clock.now()), "There is no such key.")
}

fn done(outcome: &Result<bool, StoreError>, nothing: &str) -> Response {
    match outcome {
        Ok(true) => StatusCode::NO_CONTENT.into_response(),
        Ok(false) => answer(StatusCode::NOT_FOUND, nothing),
        Err(_) => store_failed(),
    }
}

fn store_failed() -> Response {
    answer(StatusCode::INTERNAL_SERVER_ERROR, "The sandbox's own store failed.")
}

fn answer(status: StatusCode, detail: &str) -> Response {
    (status, Json(json!({ "detail": detail }))).into_response()
}
