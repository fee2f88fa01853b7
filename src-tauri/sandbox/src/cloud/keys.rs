//! Owns API keys as the service answers about them. `POST` with a name is what is known of the real
//! one; list, revoke and expiry are what Latchkey assumes, and each can be left out.

use super::caller::{Caller, Who};
use super::{NOT_OWNER, Refusal};
use crate::people::{Person, Role};
use crate::secrets;
use crate::settings::{AnswerShape, DateForm};
use crate::store::Key;
use crate::switches::Part;
use crate::world::{Shared, World};
use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value, json};

/// Every key of the workspace, ended ones too, newest first.
pub(super) async fn list(State(world): State<Shared>, caller: Caller) -> Result<Json<Value>, Refusal> {
    manager(&caller)?;
    let now = world.clock.now();
    let keys: Vec<_> = world.store.keys(Some(caller.workspace))?.iter().map(|key| facts(&world, key, now)).collect();
    Ok(Json(match world.settings.answer_shape {
        AnswerShape::Bare => Value::from(keys),
        AnswerShape::Keys => json!({ "keys": keys }),
        AnswerShape::Data => json!({ "data": keys }),
    }))
}

/// Makes a key. Its characters are in this answer and nowhere else.
pub(super) async fn create(
    State(world): State<Shared>,
    caller: Caller,
    body: Result<Json<Map<String, Value>>, JsonRejection>,
) -> Result<Response, Refusal> {
    let person = owner(&caller)?;
    let Json(body) = body?;
    let now = world.clock.now();
    let name = match body.get("name") {
        None => return Err(Refusal::field("name", "missing", "Field required", &Value::from(body))),
        Some(Value::String(name)) if (1..=100).contains(&name.trim().chars().count()) => name.trim().to_owned(),
        Some(other) => {
            return Err(Refusal::field("name", "string_type", "Input should be a string of 1 to 100 letters", other));
        }
    };
    let expires_at = match body.get("expires_at") {
        Some(value) if !world.offers(Part::Expiry) => {
            return Err(Refusal::field("expires_at", "extra_forbidden", "Extra inputs are not permitted", value));
        }
        None | Some(Value::Null) => None,
        Some(value) => match moment(value) {
            None => {
                return Err(Refusal::field(
                    "expires_at",
                    "datetime_parsing",
                    "Input should be a valid datetime",
                    value,
                ));
            }
            Some(end) if end <= now => {
                return Err(Refusal::field("expires_at", "value_error", "The date must be in the future", value));
            }
            end => end,
        },
    };

    let secret = secrets::api_key();
    let key = Key {
        id: uuid::Uuid::new_v4().to_string(),
        name,
        prefix: secrets::visible_head(&secret),
        workspace: caller.workspace.tenant_id.to_owned(),
        person: person.number,
        created_at: now,
        last_used_at: None,
        expires_at,
        revoked_at: None,
    };
    world.store.add_key(&secrets::hash(&secret), &key)?;
    let mut answer = if world.offers(Part::List) { facts(&world, &key, now) } else { json!({ "name": key.name }) };
    answer["key"] = secret.into();
    Ok(([(CACHE_CONTROL, "no-store")], Json(answer)).into_response())
}

/// Ends a key at once.
pub(super) async fn revoke(
    State(world): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Refusal> {
    owner(&caller)?;
    if world.store.revoke_key(&id, Some(caller.workspace), world.clock.now())? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Refusal::new(StatusCode::NOT_FOUND, "API key not found"))
    }
}

/// Whoever may see keys: a person, never a key.
fn manager(caller: &Caller) -> Result<&'static Person, Refusal> {
    match caller.who {
        Who::Person(person) => Ok(person),
        Who::Key(_) => Err(Refusal::new(StatusCode::FORBIDDEN, "An API key cannot manage API keys. Sign in instead.")),
    }
}

/// Whoever may make and end keys.
fn owner(caller: &Caller) -> Result<&'static Person, Refusal> {
    let person = manager(caller)?;
    if caller.role == Role::Owner { Ok(person) } else { Err(Refusal::new(StatusCode::FORBIDDEN, NOT_OWNER)) }
}

/// What is said of a key.
fn facts(world: &World, key: &Key, now: DateTime<Utc>) -> Value {
    let date =
        |moment: Option<DateTime<Utc>>| moment.map_or(Value::Null, |moment| written(world.settings.dates, moment));
    let mut facts = json!({
        "id": key.id,
        "name": key.name,
        "workspace_id": key.workspace,
        "status": key.state(now).name(),
        "created_at": date(Some(key.created_at)),
        "last_used_at": date(key.last_used_at),
        "revoked_at": date(key.revoked_at),
    });
    facts[world.settings.prefix_field.name()] = key.prefix.clone().into();
    if world.offers(Part::Expiry) {
        facts["expires_at"] = date(key.expires_at);
    }
    facts
}

fn written(form: DateForm, moment: DateTime<Utc>) -> Value {
    match form {
        DateForm::Iso => moment.to_rfc3339_opts(SecondsFormat::Millis, true).into(),
        DateForm::Seconds => moment.timestamp().into(),
        DateForm::Milliseconds => moment.timestamp_millis().into(),
    }
}

/// A date as a client may write it: RFC 3339, or seconds or milliseconds since 1970.
fn moment(value: &Value) -> Option<DateTime<Utc>> {
    match value {
        Value::String(text) => DateTime::parse_from_rfc3339(text).ok().map(|moment| moment.to_utc()),
        Value::Number(number) => match number.as_i64()? {
            // Seconds reach this number in the year 5138, milliseconds did in 1973.
            seconds @ 0..100_000_000_000 => DateTime::from_timestamp(seconds, 0),
            milliseconds => DateTime::from_timestamp_millis(milliseconds),
        },
        _ => None,
    }
}
