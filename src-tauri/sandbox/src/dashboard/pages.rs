//! Owns how the pages of a pretend dashboard look. Leaves out what their forms do (the folder).

use super::Wish;
use crate::html::{escape, page};
use crate::service::Service;
use crate::store::{KeyState, ServiceKey};
use crate::world::World;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, Utc};

/// Every key, and the form for a new one. `problem` names a field of the form and what is wrong with it.
pub(super) fn list(
    world: &World,
    service: Service,
    keys: &[ServiceKey],
    revoked: Option<&ServiceKey>,
    wish: &Wish,
    problem: Option<(&str, &str)>,
) -> Response {
    let now = world.clock.now();
    let result = revoked
        .map(|key| format!(r#"<p id="result" role="status"><strong>{}</strong> is revoked.</p>"#, escape(&key.name)))
        .unwrap_or_default();
    let rows = keys.iter().map(|key| row(service, key, now)).collect::<String>();
    let table = if keys.is_empty() {
        "<p>There are no keys yet.</p>".to_owned()
    } else {
        let column = second_column(service);
        format!(
            r#"<div class="table" role="region" aria-label="Keys" tabindex="0"><table id="keys"><thead><tr><th scope="col">Name</th><th scope="col">Key</th><th scope="col">{column}</th><th scope="col">Scopes</th><th scope="col">Created</th><th scope="col">Revoke</th></tr></thead><tbody>{rows}</tbody></table></div>"#
        )
    };
    let body = format!(
        "<h1>API keys</h1>\n<p>The keys of a pretend {} account.</p>\n{result}{table}\n{}",
        service.title(),
        form(world, service, wish, problem),
    );
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    page(status, &format!("API keys · {}", service.title()), &body)
}

/// A new key: the one time that its characters are shown.
pub(super) fn made(service: Service, key: &ServiceKey, secret: &str) -> Response {
    let body = format!(
        r#"<div id="result" role="status"><h1>The key is made</h1>
<p><strong>{name}</strong>: copy it now. It is not shown again.</p></div>
<p class="label" id="secret-label">The key</p>
<output class="secret" id="secret" aria-labelledby="secret-label">{secret}</output>
<p class="after"><a id="done" href="{list}">Done, back to the keys</a></p>"#,
        name = escape(&key.name),
        secret = escape(secret),
        list = service.keys_page(),
    );
    page(StatusCode::OK, &format!("New key · {}", service.title()), &body)
}

/// Asks once more before a key ends.
pub(super) fn confirm(world: &World, service: Service, key: &ServiceKey) -> Response {
    let list = service.keys_page();
    let body = format!(
        r#"<h1>Revoke this key?</h1>
<p><strong>{name}</strong> (<code>{prefix}…</code>) stops working at once. This cannot be undone.</p>
<form method="post" action="{list}/{id}/revoke">
{token}
<div class="buttons"><button class="ends" id="confirm-revoke" type="submit">Revoke</button><a class="button" id="cancel" href="{list}">Keep it</a></div>
</form>"#,
        name = escape(&key.name),
        prefix = escape(&key.prefix),
        id = escape(&key.id),
        token = world.form_tokens.field(world.clock.now()),
    );
    page(StatusCode::OK, &format!("Revoke a key · {}", service.title()), &body)
}

/// A page with nothing to do but go back.
pub(super) fn message(service: Service, status: StatusCode, title: &str, text: &str) -> Response {
    let body = format!(
        r#"<div id="result" role="status"><h1>{}</h1><p>{}</p></div><p class="after"><a href="{}">Back to the keys</a></p>"#,
        escape(title),
        escape(text),
        service.keys_page(),
    );
    page(status, title, &body)
}

fn second_column(service: Service) -> &'static str {
    if service.projects().is_empty() { "Environment" } else { "Project" }
}

fn row(service: Service, key: &ServiceKey, now: DateTime<Utc>) -> String {
    let state = key.state(now);
    let name = escape(&key.name);
    let control = if state == KeyState::Active {
        let id = escape(&key.id);
        format!(
            r#"<a class="button small" id="revoke-{id}" href="{list}/{id}/revoke" aria-label="Revoke {name}">Revoke</a>"#,
            list = service.keys_page(),
        )
    } else {
        state.name().to_owned()
    };
    format!(
        r#"<tr><th scope="row">{name}</th><td><code>{prefix}…</code></td><td>{second}</td><td>{scopes}</td><td class="date">{created}</td><td>{control}</td></tr>"#,
        prefix = escape(&key.prefix),
        second = escape(key.project.as_deref().unwrap_or_else(|| key.environment.name())),
        scopes = escape(&key.scopes.join(", ")),
        created = key.created_at.format("%Y-%m-%d"),
    )
}

fn form(world: &World, service: Service, wish: &Wish, problem: Option<(&str, &str)>) -> String {
    let error = |field: &str| match problem {
        Some((wrong, why)) if wrong == field => (
            format!(r#"<p class="error" id="problem" role="alert">{why}</p>"#),
            r#" aria-invalid="true" aria-describedby="problem" autofocus"#,
        ),
        _ => (String::new(), ""),
    };
    let (name_error, name_attributes) = error("name");
    let (scopes_error, _) = error("scopes");
    let scopes = service.scopes().iter().map(|scope| {
        let checked = if wish.scopes.iter().any(|wished| wished == scope) { " checked" } else { "" };
        let id = if *scope == "*" { "all".to_owned() } else { scope.replace(':', "-") };
        format!(
            r#"<div class="choice"><input type="checkbox" id="scope-{id}" name="scope" value="{scope}"{checked}><label for="scope-{id}"><code>{scope}</code></label></div>"#
        )
    });
    format!(
        r#"<h2 id="create-title">Create API key</h2>
<form method="post" action="{list}" aria-labelledby="create-title">
{token}
<div><label for="name">Name</label>
<input class="words" id="name" name="name" type="text" value="{name}" required maxlength="255" autocomplete="off"{name_attributes}>{name_error}</div>
{which}<fieldset><legend>Scopes</legend>{scopes_error}<div class="choices">{scopes}</div></fieldset>
<div class="buttons"><button class="first" id="create" type="submit">Create API key</button></div>
</form>"#,
        list = service.keys_page(),
        token = world.form_tokens.field(world.clock.now()),
        name = escape(&wish.name),
        which = which(service, wish, &error("project")),
        scopes = scopes.collect::<String>(),
    )
}

/// The field for what one key is for: a project at MemoryKit, an environment elsewhere.
fn which(service: Service, wish: &Wish, (error, attributes): &(String, &str)) -> String {
    let (id, label, options, chosen) = if service.projects().is_empty() {
        ("environment", "Environment", &["live", "test"][..], &wish.environment)
    } else {
        ("project", "Project", service.projects(), &wish.project)
    };
    let options = options.iter().fold(String::new(), |options, option| {
        let selected = if option == chosen { " selected" } else { "" };
        format!(r#"{options}<option value="{option}"{selected}>{option}</option>"#)
    });
    format!(
        r#"<div><label for="{id}">{label}</label><select id="{id}" name="{id}"{attributes}>{options}</select>{error}</div>
"#
    )
}
