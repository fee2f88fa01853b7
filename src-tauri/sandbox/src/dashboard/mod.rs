//! Owns the pages in the browser where keys of Memory API, Memory OS and MemoryKit are made and ended by
//! hand: their routes and what their forms do. Leaves out how they look (pages). They ask for no sign-in,
//! because everything on them is pretend.

mod pages;

use crate::minting::{self, Order};
use crate::secrets;
use crate::service::{Environment, Service};
use crate::store::{KeyState, ServiceKey, StoreError};
use crate::world::{Shared, World};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Form, Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use serde::Deserialize;

/// The pages of one service.
pub(crate) fn router(service: Service) -> Router<Shared> {
    let list = service.keys_page();
    Router::new()
        .route(
            list,
            get(async move |State(world): State<Shared>, Query(shown): Query<Shown>| show(&world, service, &shown))
                .post(async move |State(world): State<Shared>, body: Bytes| create(&world, service, &body)),
        )
        .route(
            &format!("{list}/{{id}}/revoke"),
            get(async move |State(world): State<Shared>, Path(id): Path<String>| confirm(&world, service, &id)).post(
                async move |State(world): State<Shared>, Path(id): Path<String>, Form(sent): Form<Sent>| {
                    revoke(&world, service, &id, &sent)
                },
            ),
        )
}

#[derive(Debug, Deserialize)]
struct Shown {
    revoked: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Sent {
    form_token: Option<String>,
}

/// What the form asks for, as it was filled in.
#[derive(Debug, Default)]
struct Wish {
    form_token: String,
    name: String,
    project: String,
    environment: String,
    scopes: Vec<String>,
}

impl Wish {
    fn read(body: &[u8]) -> Self {
        let mut wish = Self::default();
        for (name, value) in url::form_urlencoded::parse(body) {
            match &*name {
                "form_token" => wish.form_token = value.into_owned(),
                "name" => wish.name = value.into_owned(),
                "project" => wish.project = value.into_owned(),
                "environment" => wish.environment = value.into_owned(),
                "scope" => wish.scopes.push(value.into_owned()),
                _ => {}
            }
        }
        wish
    }

    /// What is filled in at the beginning.
    fn blank(service: Service) -> Self {
        let scopes = service.default_scopes().iter().map(|scope| (*scope).to_owned()).collect();
        Self { scopes, ..Self::default() }
    }

    /// The order, or the field that is wrong and why.
    fn order(&self, service: Service) -> Result<Order, (&'static str, &'static str)> {
        let name = self.name.trim();
        if !(1..=255).contains(&name.chars().count()) {
            return Err(("name", "Give the key a name of up to 255 letters."));
        }
        let project = match service.projects() {
            [] => None,
            projects => match projects.iter().find(|project| **project == self.project) {
                Some(project) => Some((*project).to_owned()),
                None => return Err(("project", "Choose the project that the key is for.")),
            },
        };
        if self.scopes.is_empty() || !self.scopes.iter().all(|scope| service.scopes().contains(&scope.as_str())) {
            return Err(("scopes", "Choose what the key may do."));
        }
        let environment = Environment::named(&self.environment).unwrap_or(Environment::Live);
        let scopes = self.scopes.clone();
        Ok(Order { name: name.to_owned(), environment, scopes, project, ..Order::default() })
    }
}

fn show(world: &World, service: Service, shown: &Shown) -> Response {
    let keys = match world.store.service_keys(Some(service)) {
        Ok(keys) => keys,
        Err(error) => return failed(&error),
    };
    let revoked =
        shown.revoked.as_ref().and_then(|id| keys.iter().find(|key| key.id == *id && key.revoked_at.is_some()));
    pages::list(world, service, &keys, revoked, &Wish::blank(service), None)
}

fn create(world: &World, service: Service, body: &[u8]) -> Response {
    let wish = Wish::read(body);
    let now = world.clock.now();
    // The token first: without it, nothing of what was sent counts as anybody's wish.
    if !world.form_tokens.redeem(&wish.form_token, now) {
        return too_old(service, "No key was made.");
    }
    let order = match wish.order(service) {
        Ok(order) => order,
        Err(problem) => {
            return match world.store.service_keys(Some(service)) {
                Ok(keys) => pages::list(world, service, &keys, None, &wish, Some(problem)),
                Err(error) => failed(&error),
            };
        }
    };
    let (secret, key) = minting::mint(service, order, now);
    match world.store.put_service_key(&secrets::hash(&secret), &key) {
        Ok(()) => pages::made(service, &key, &secret),
        Err(error) => failed(&error),
    }
}

fn confirm(world: &World, service: Service, id: &str) -> Response {
    match active(world, service, id) {
        Ok(Some(key)) => pages::confirm(world, service, &key),
        Ok(None) => {
            pages::message(service, StatusCode::NOT_FOUND, "There is no such key", "It may be revoked already.")
        }
        Err(error) => failed(&error),
    }
}

fn revoke(world: &World, service: Service, id: &str, sent: &Sent) -> Response {
    let now = world.clock.now();
    if !sent.form_token.as_deref().is_some_and(|token| world.form_tokens.redeem(token, now)) {
        return too_old(service, "Nothing was revoked.");
    }
    match world.store.revoke_service_key(id, Some(service), now) {
        // Only an id of our own gets this far, so it is safe in an address.
        Ok(true) => Redirect::to(&format!("{}?revoked={id}", service.keys_page())).into_response(),
        Ok(false) => Redirect::to(service.keys_page()).into_response(),
        Err(error) => failed(&error),
    }
}

/// The key with this id, if it can still be revoked.
fn active(world: &World, service: Service, id: &str) -> Result<Option<ServiceKey>, StoreError> {
    let now = world.clock.now();
    let keys = world.store.service_keys(Some(service))?;
    Ok(keys.into_iter().find(|key| key.id == id && key.state(now) == KeyState::Active))
}

fn too_old(service: Service, nothing: &str) -> Response {
    pages::message(service, StatusCode::FORBIDDEN, "This page was too old", &format!("{nothing} Load it again."))
}

fn failed(_: &StoreError) -> Response {
    crate::html::page(
        StatusCode::INTERNAL_SERVER_ERROR,
        "The sandbox failed",
        "<h1>The sandbox's own store failed</h1>",
    )
}
