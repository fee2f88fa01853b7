//! Owns API keys as Memory API answers about them. A revoked key stays in the list, inactive.

use super::{Caller, Refusal, SERVICE, success};
use crate::minting::{self, Order};
use crate::service::Environment;
use crate::store::ServiceKey;
use crate::world::Shared;
use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::{Map, Value, json};

/// Every key of the organization, newest first.
pub(super) async fn list(State(world): State<Shared>, caller: Caller) -> Result<Json<Value>, Refusal> {
    caller.must("read")?;
    let keys: Vec<_> = world.store.service_keys(Some(SERVICE))?.iter().map(facts).collect();
    Ok(success(&keys.into()))
}

/// Makes a key. Its characters are in this answer and nowhere else.
pub(super) async fn create(
    State(world): State<Shared>,
    caller: Caller,
    body: Result<Json<Map<String, Value>>, JsonRejection>,
) -> Result<Response, Refusal> {
    caller.must("admin")?;
    let Json(body) = body.map_err(|rejection| Refusal::field("body", &rejection.body_text()))?;
    let now = world.clock.now();
    let (order, expires_in_days) = ordered(&body)?;
    let expires_at = expires_in_days.map(|days| now + TimeDelta::days(days));
    let (secret, key) = minting::mint(SERVICE, Order { expires_at, ..order }, now);
    world.store.put_service_key(&crate::secrets::hash(&secret), &key)?;
    let mut answer = facts(&key);
    if let Some(answer) = answer.as_object_mut() {
        answer.remove("is_active");
        answer.remove("last_used_at");
        answer.insert("key".into(), secret.into());
    }
    Ok((StatusCode::CREATED, [(CACHE_CONTROL, "no-store")], success(&answer)).into_response())
}

/// Ends a key at once, but never the one that asks.
pub(super) async fn revoke(
    State(world): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    caller.must("admin")?;
    if caller.0.id == id {
        let message = "Cannot revoke the API key that is making this request";
        return Err(Refusal::new(StatusCode::BAD_REQUEST, "CANNOT_REVOKE_CURRENT_KEY", message));
    }
    if world.store.revoke_service_key(&id, Some(SERVICE), world.clock.now())? {
        Ok(success(&json!({ "revoked": true, "key_id": id })))
    } else {
        Err(Refusal::new(StatusCode::NOT_FOUND, "API_KEY_NOT_FOUND", "API key not found"))
    }
}

/// What is asked for, and for how many days. Fields of other names are refused.
fn ordered(body: &Map<String, Value>) -> Result<(Order, Option<i64>), Refusal> {
    let known = ["name", "environment", "scopes", "expires_in_days"];
    if let Some(name) = body.keys().find(|name| !known.contains(&name.as_str())) {
        return Err(Refusal::field(name, "Extra inputs are not permitted"));
    }
    let name = match body.get("name") {
        None => "Default Key".to_owned(),
        Some(Value::String(name)) if (1..=255).contains(&name.chars().count()) => name.clone(),
        Some(_) => return Err(Refusal::field("name", "Input should be a string of 1 to 255 letters")),
    };
    let environment = match body.get("environment") {
        None => Environment::Live,
        Some(value) => value
            .as_str()
            .and_then(Environment::named)
            .ok_or_else(|| Refusal::field("environment", "Input should be 'live' or 'test'"))?,
    };
    let scopes = match body.get("scopes") {
        None => Vec::new(),
        Some(value) => minting::scopes(SERVICE, value)
            .ok_or_else(|| Refusal::field("scopes", "Input should be a list of 'read', 'write', 'delete', 'admin'"))?,
    };
    let expires_in_days = match body.get("expires_in_days") {
        None | Some(Value::Null) => None,
        Some(value) => match value.as_i64() {
            Some(days @ 1..=365) => Some(days),
            _ => return Err(Refusal::field("expires_in_days", "Input should be a number from 1 to 365")),
        },
    };
    Ok((Order { name, environment, scopes, ..Order::default() }, expires_in_days))
}

/// What is said of a key. There is no word for revoked or expired: it follows from two fields.
fn facts(key: &ServiceKey) -> Value {
    json!({
        "id": key.id,
        "name": key.name,
        "key_prefix": key.prefix,
        "environment": key.environment.name(),
        "scopes": key.scopes,
        "is_active": key.revoked_at.is_none(),
        "created_at": date(key.created_at),
        "last_used_at": key.last_used_at.map(date),
        "expires_at": key.expires_at.map(date),
    })
}

fn date(moment: DateTime<Utc>) -> String {
    moment.to_rfc3339_opts(SecondsFormat::Secs, true)
}
