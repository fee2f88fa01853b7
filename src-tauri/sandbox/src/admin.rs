//! Owns the back door for tests: faults, counts, the clock, switches, decisions without a browser, and what can
//! be done to a key. Everything behind the admin token of the ready file.

use crate::faults::Fault;
use crate::people::Person;
use crate::service::Service;
use crate::store::{Key, ServiceKey, StoreError};
use crate::switches::Switches;
use crate::world::{Shared, World};
use crate::{guard, secrets};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router, middleware};
use chrono::TimeDelta;
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// The whole server.
pub(crate) fn router(world: &Shared) -> Router {
    Router::new()
        .route("/admin/faults", get(faults).post(add_fault).delete(clear_faults))
        .route("/admin/stats", get(statistics).delete(clear_statistics))
        .route("/admin/approve", post(approve))
        .route("/admin/deny", post(deny))
        .route("/admin/clock", post(advance_clock))
        .route("/admin/keys", get(keys))
        .route("/admin/settings", get(settings).post(change_settings))
        .route("/admin/keys/{id}/use", post(use_key))
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
    advance_seconds: i32,
}

async fn advance_clock(State(world): State<Shared>, Json(advance): Json<Advance>) -> Json<Value> {
    world.clock.advance(advance.advance_seconds);
    Json(json!({ "now": world.clock.now() }))
}

async fn settings(State(world): State<Shared>) -> Json<Switches> {
    Json(world.switches())
}

async fn change_settings(State(world): State<Shared>, Json(change): Json<Map<String, Value>>) -> Response {
    match world.switches().changed(change) {
        Ok(switches) => {
            world.switch(switches);
            StatusCode::NO_CONTENT.into_response()
        }
        Err(error) => answer(StatusCode::UNPROCESSABLE_ENTITY, &error.to_string()),
    }
}

#[derive(Debug, Deserialize)]
struct Which {
    /// A service's name, or `all`; Basic Memory without it.
    service: Option<String>,
}

async fn keys(State(world): State<Shared>, Query(which): Query<Which>) -> Response {
    let services = match which.service.as_deref() {
        None => vec![Service::BasicMemory],
        Some("all") => vec![Service::BasicMemory, Service::MemoryApi, Service::MemoryOs, Service::MemoryKit],
        Some(name) => match Service::named(name) {
            Some(service) => vec![service],
            None => return answer(StatusCode::UNPROCESSABLE_ENTITY, "There is no such service."),
        },
    };
    let mut rows = Vec::new();
    for service in services {
        match rows_of(&world, service) {
            Ok(more) => rows.extend(more),
            Err(_) => return store_failed(),
        }
    }
    Json(rows).into_response()
}

fn rows_of(world: &World, service: Service) -> Result<Vec<Value>, StoreError> {
    let now = world.clock.now();
    let ours = |key: Key| {
        json!({
            "service": service, "id": key.id, "name": key.name, "prefix": key.prefix, "workspace_id": key.workspace,
            "status": key.state(now).name(), "expires_at": key.expires_at, "last_used_at": key.last_used_at,
        })
    };
    let other = |key: ServiceKey| {
        json!({
            "service": service, "id": key.id, "name": key.name, "prefix": key.prefix,
            "environment": key.environment, "scopes": key.scopes, "project": key.project,
            "rate_limit": key.rate_limit, "status": key.state(now).name(), "expires_at": key.expires_at,
            "last_used_at": key.last_used_at,
        })
    };
    Ok(match service {
        Service::BasicMemory => world.store.keys(None)?.into_iter().map(ours).collect(),
        service => world.store.service_keys(Some(service))?.into_iter().map(other).collect(),
    })
}

async fn use_key(State(world): State<Shared>, Path(id): Path<String>) -> Response {
    let now = world.clock.now();
    either(world.store.touch_key(&id, now), || world.store.touch_service_key(&id, now))
}

#[derive(Debug, Deserialize)]
struct Expire {
    /// How long it still works; it ends now without it.
    in_seconds: Option<u32>,
}

async fn expire_key(State(world): State<Shared>, Path(id): Path<String>, Query(when): Query<Expire>) -> Response {
    let at = world.clock.now() + TimeDelta::seconds(i64::from(when.in_seconds.unwrap_or_default()));
    either(world.store.expire_key(&id, at), || world.store.expire_service_key(&id, at))
}

async fn revoke_key(State(world): State<Shared>, Path(id): Path<String>) -> Response {
    let now = world.clock.now();
    either(world.store.revoke_key(&id, None, now), || world.store.revoke_service_key(&id, None, now))
}

/// Ids are never shared: what is no key of Basic Memory is one of the others, or none.
fn either(first: Result<bool, StoreError>, second: impl FnOnce() -> Result<bool, StoreError>) -> Response {
    done(&if matches!(first, Ok(false)) { second() } else { first }, "There is no such key.")
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
