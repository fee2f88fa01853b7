//! Owns the page in the browser where keys are revoked by hand: the way out where the service offers
//! no revoke. It asks for no sign-in, because everything on it is pretend.

use super::KEYS_PAGE;
use crate::html::{escape, page};
use crate::people::Workspace;
use crate::store::{Key, KeyState, StoreError};
use crate::world::Shared;
use axum::extract::{Form, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
pub(super) struct Shown {
    revoked: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Revocation {
    form_token: Option<String>,
    id: String,
}

pub(super) async fn show(State(world): State<Shared>, Query(shown): Query<Shown>) -> Response {
    let now = world.clock.now();
    let keys = match world.store.keys(None) {
        Ok(keys) => keys,
        Err(error) => return failed(&error),
    };
    let result = shown
        .revoked
        .and_then(|id| keys.iter().find(|key| key.id == id && key.revoked_at.is_some()))
        .map(|key| format!(r#"<p id="result" role="status"><strong>{}</strong> is revoked.</p>"#, escape(&key.name)))
        .unwrap_or_default();
    let row = |key: &Key| {
        let state = key.state(now);
        let control = if state == KeyState::Active {
            format!(
                r#"<form method="post" action="{KEYS_PAGE}">{token}<button class="small" id="revoke-{id}" type="submit" name="id" value="{id}" aria-label="Revoke {name}">Revoke</button></form>"#,
                token = world.form_tokens.field(now),
                id = escape(&key.id),
                name = escape(&key.name),
            )
        } else {
            state.name().to_owned()
        };
        format!(
            r#"<tr><th scope="row">{}</th><td><code>{}…</code></td><td>{}</td><td>{}</td><td>{control}</td></tr>"#,
            escape(&key.name),
            escape(&key.prefix),
            Workspace::by_tenant_id(&key.workspace).map_or("", |workspace| workspace.name),
            key.created_at.format("%Y-%m-%d %H:%M"),
        )
    };
    let body = if keys.is_empty() {
        "<p>There are no keys yet.</p>".to_owned()
    } else {
        format!(
            r#"<div class="table"><table id="keys"><thead><tr><th scope="col">Name</th><th scope="col">Key</th><th scope="col">Workspace</th><th scope="col">Created (UTC)</th><th scope="col">Revoke</th></tr></thead><tbody>{}</tbody></table></div>"#,
            keys.iter().map(row).collect::<String>()
        )
    };
    page(
        StatusCode::OK,
        "API keys",
        &format!(
            "<h1>API keys</h1>\n<p>The keys of both pretend workspaces. Revoking one ends it at once.</p>\n{result}{body}"
        ),
    )
}

pub(super) async fn revoke(State(world): State<Shared>, Form(revocation): Form<Revocation>) -> Response {
    let now = world.clock.now();
    if !revocation.form_token.as_deref().is_some_and(|token| world.form_tokens.redeem(token, now)) {
        return page(
            StatusCode::FORBIDDEN,
            "This page was too old",
            r#"<div id="result" role="status"><h1>This page was too old</h1><p>Nothing was revoked. Load it again.</p></div>"#,
        );
    }
    match world.store.revoke_key(&revocation.id, None, now) {
        // Only an id of our own gets this far, so it is safe in an address.
        Ok(true) => Redirect::to(&format!("{KEYS_PAGE}?revoked={}", revocation.id)).into_response(),
        Ok(false) => Redirect::to(KEYS_PAGE).into_response(),
        Err(error) => failed(&error),
    }
}

fn failed(_: &StoreError) -> Response {
    page(StatusCode::INTERNAL_SERVER_ERROR, "The sandbox failed", "<h1>The sandbox's own store failed</h1>")
}
