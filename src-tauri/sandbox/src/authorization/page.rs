//! Owns the approval page of a device in the browser: compare the code, choose a pretend person, approve or deny.

use super::DEVICE_PAGE;
use crate::html::{escape, page};
use crate::people::{PEOPLE, Person};
use crate::secrets;
use crate::store::{Device, DeviceState, StoreError};
use crate::world::Shared;
use axum::extract::{Form, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use std::fmt::Write;

#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    user_code: Option<String>,
}

/// The decision, as the form sends it.
#[derive(Debug, Deserialize)]
pub(super) struct Decision {
    form_token: Option<String>,
    user_code: String,
    #[serde(default)]
    person: Option<u8>,
    verdict: String,
}

/// Without a code: a field to type it. With one: the code to compare and the two buttons.
pub(super) async fn show(State(world): State<Shared>, Query(asked): Query<Asked>) -> Response {
    let Some(typed) = asked.user_code.filter(|typed| !typed.trim().is_empty()) else {
        return ask_for_code(StatusCode::OK, "", None);
    };
    let now = world.clock.now();
    match waiting(&world, &typed, now) {
        Ok(Ok(device)) => compare(&world, &device, now),
        Ok(Err(problem)) => ask_for_code(StatusCode::NOT_FOUND, &typed, Some(problem)),
        Err(_) => store_failed(),
    }
}

pub(super) async fn decide(State(world): State<Shared>, Form(decision): Form<Decision>) -> Response {
    let now = world.clock.now();
    // The token first: without it, nothing of what was sent counts as anybody's wish.
    if !decision.form_token.as_deref().is_some_and(|token| world.form_tokens.redeem(token, now)) {
        return result(
            StatusCode::FORBIDDEN,
            "This page was too old",
            "Nothing was decided. Go back to Latchkey and open the sign-in page again.",
        );
    }
    let device = match waiting(&world, &decision.user_code, now) {
        Ok(Ok(device)) => device,
        Ok(Err(problem)) => return ask_for_code(StatusCode::NOT_FOUND, &decision.user_code, Some(problem)),
        Err(_) => return store_failed(),
    };
    let approved_by = match decision.verdict.as_str() {
        "approve" => match decision.person.and_then(Person::by_number) {
            Some(person) => Some(person.number),
            None => return compare(&world, &device, now),
        },
        _ => None,
    };
    match world.store.decide(&device.user_code, approved_by, now) {
        Ok(true) if approved_by.is_some() => Redirect::to("/device/approved").into_response(),
        Ok(true) => Redirect::to("/device/denied").into_response(),
        Ok(false) => ask_for_code(StatusCode::NOT_FOUND, &device.user_code, Some(GONE)),
        Err(_) => store_failed(),
    }
}

pub(super) async fn approved() -> Response {
    result(StatusCode::OK, "You are signed in", "Close this tab and go back to Latchkey.")
}

pub(super) async fn denied() -> Response {
    result(StatusCode::OK, "Sign-in denied", "Nobody was signed in. Close this tab and go back to Latchkey.")
}

const UNKNOWN: &str = "No sign-in is waiting with this code. Compare it with the code in Latchkey.";
const GONE: &str = "This code is too old or was used. Ask for a new one in Latchkey.";

/// The device that waits with this code, or why there is none.
fn waiting(world: &Shared, typed: &str, now: DateTime<Utc>) -> Result<Result<Device, &'static str>, StoreError> {
    let found = match secrets::typed_user_code(typed) {
        Some(code) => world.store.device(&code)?,
        None => None,
    };
    Ok(match found {
        None => Err(UNKNOWN),
        Some(device) if device.state == DeviceState::Pending && device.expires_at > now => Ok(device),
        Some(_) => Err(GONE),
    })
}

fn ask_for_code(status: StatusCode, typed: &str, problem: Option<&str>) -> Response {
    let (error, described_by) = match problem {
        Some(problem) => (
            format!(r#"<p class="error" id="problem" role="alert">{}</p>"#, escape(problem)),
            r#" aria-invalid="true" aria-describedby="problem""#,
        ),
        None => (String::new(), ""),
    };
    page(
        status,
        "Enter the code",
        &format!(
            r#"<h1>Enter the code</h1>
<p>Latchkey shows a code of eight letters while it waits for you to sign in.</p>
{error}
<form method="get" action="{DEVICE_PAGE}">
<div>
<label for="user-code">Code shown in Latchkey</label>
<input id="user-code" name="user_code" type="text" value="{typed}" required maxlength="16" autocomplete="off" autocapitalize="characters" spellcheck="false" autofocus{described_by}>
</div>
<div class="buttons"><button class="first" id="continue" type="submit">Continue</button></div>
</form>"#,
            typed = escape(typed),
        ),
    )
}

fn compare(world: &Shared, device: &Device, now: DateTime<Utc>) -> Response {
    page(
        StatusCode::OK,
        "Approve the sign-in",
        &format!(
            r#"<h1>Is this the code you see?</h1>
<p>Latchkey, or the Basic Memory CLI, wants to sign in to a pretend Basic Memory Cloud. Approve only if it shows exactly this code.</p>
<form method="post" action="{DEVICE_PAGE}">
{token}
<input type="hidden" name="user_code" value="{code}">
<div>
<p class="label" id="user-code-label">Code to compare</p>
<output class="code" id="user-code" aria-labelledby="user-code-label">{code}</output>
</div>
<div>
<label for="person">Sign in as</label>
<select id="person" name="person">{people}</select>
</div>
<div class="buttons">
<button class="first" id="approve" type="submit" name="verdict" value="approve">Approve</button>
<button id="deny" type="submit" name="verdict" value="deny">Deny</button>
</div>
</form>"#,
            token = world.form_tokens.field(now),
            code = escape(&device.user_code),
            people = people(),
        ),
    )
}

/// The pretend people, to choose one.
pub(super) fn people() -> String {
    PEOPLE.iter().fold(String::new(), |mut options, person| {
        let _ = write!(options, r#"<option value="{}">{}</option>"#, person.number, escape(person.description));
        options
    })
}

pub(super) fn result(status: StatusCode, title: &str, text: &str) -> Response {
    page(
        status,
        title,
        &format!(r#"<div id="result" role="status"><h1>{}</h1><p>{}</p></div>"#, escape(title), escape(text)),
    )
}

pub(super) fn store_failed() -> Response {
    result(StatusCode::INTERNAL_SERVER_ERROR, "The sandbox failed", "Its own store could not be read. Start it anew.")
}
