//! Owns API keys as Memory OS answers about them. Only creation is documented; the list's shape and
//! revoke are what Latchkey assumes, and each can be another way or left out.

use super::{Caller, Refusal, SERVICE, success};
use crate::minting::{self, Order};
use crate::secrets;
use crate::store::{KeyState, ServiceKey};
use crate::switches::{MemoryOsList, MemoryOsState};
use crate::world::Shared;
use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value, json};

/// Every key, ended ones too, newest first.
pub(super) async fn list(State(world): State<Shared>, caller: Caller) -> Result<Json<Value>, Refusal> {
    caller.must("admin")?;
    let switches = world.switches();
    let now = world.clock.now();
    let keys = world.store.service_keys(Some(SERVICE))?;
    let keys: Vec<_> = keys.iter().map(|key| facts(switches.memory_os_state, key, now)).collect();
    Ok(success(&match switches.memory_os_list {
        MemoryOsList::Data => Value::from(keys),
        MemoryOsList::Keys => json!({ "keys": keys }),
    }))
}

/// Makes a key. Its characters are in this answer and nowhere else; what else it became is not said.
/// How `live` or `test` is chosen is not documented: here a key makes keys of its own environment.
pub(super) async fn create(
    State(world): State<Shared>,
    caller: Caller,
    body: Result<Json<Map<String, Value>>, JsonRejection>,
) -> Result<Response, Refusal> {
    caller.must("admin")?;
    let Json(body) = body.map_err(|rejection| Refusal::field("body", &rejection.body_text()))?;
    let order = Order { environment: caller.0.environment, ..ordered(&body)? };
    let (secret, key) = minting::mint(SERVICE, order, world.clock.now());
    world.store.put_service_key(&secrets::hash(&secret), &key)?;
    let answer = json!({
        "id": key.id, "name": key.name, "key": secret,
        "message": "Store this key securely - it will not be shown again",
    });
    Ok(([(CACHE_CONTROL, "no-store")], success(&answer)).into_response())
}

/// Ends a key at once.
pub(super) async fn revoke(
    State(world): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    caller.must("admin")?;
    if world.store.revoke_service_key(&id, Some(SERVICE), world.clock.now())? {
        Ok(success(&json!({ "id": id, "revoked": true })))
    } else {
        Err(Refusal::new(StatusCode::NOT_FOUND, "NOT_FOUND", "Key not found"))
    }
}

/// What is asked for. Fields of other names are refused, so that a misspelt one is found.
fn ordered(body: &Map<String, Value>) -> Result<Order, Refusal> {
    if let Some(name) = body.keys().find(|name| !["name", "scopes", "rate_limit"].contains(&name.as_str())) {
        return Err(Refusal::field(name, "unknown field"));
    }
    let name = match body.get("name") {
        Some(Value::String(name)) if (1..=255).contains(&name.chars().count()) => name.clone(),
        _ => return Err(Refusal::field("name", "a string of 1 to 255 letters is required")),
    };
    let scopes = match body.get("scopes") {
        None => Vec::new(),
        Some(value) => minting::scopes(SERVICE, value)
            .ok_or_else(|| Refusal::field("scopes", "a list of known scopes is required"))?,
    };
    let rate_limit = match body.get("rate_limit") {
        None | Some(Value::Null) => None,
        Some(value) => match value.as_u64().and_then(|limit| u32::try_from(limit).ok()) {
            Some(limit @ 1..) => Some(limit),
            _ => return Err(Refusal::field("rate_limit", "a whole number from 1 is required")),
        },
    };
    Ok(Order { name, scopes, rate_limit, ..Order::default() })
}

fn facts(form: MemoryOsState, key: &ServiceKey, now: DateTime<Utc>) -> Value {
    let mut facts = json!({
        "id": key.id,
        "name": key.name,
        "prefix": key.prefix,
        "environment": key.environment.name(),
        "scopes": key.scopes,
        "rate_limit": key.rate_limit,
        "created_at": date(key.created_at),
        "last_used_at": key.last_used_at.map(date),
        "expires_at": key.expires_at.map(date),
    });
    match form {
        MemoryOsState::IsActive => facts["is_active"] = (key.state(now) == KeyState::Active).into(),
        MemoryOsState::Status => facts["status"] = key.state(now).name().into(),
        MemoryOsState::RevokedAt => facts["revoked_at"] = key.revoked_at.map(date).into(),
    }
    facts
}

fn date(moment: DateTime<Utc>) -> String {
    moment.to_rfc3339_opts(SecondsFormat::Millis, true)
}
