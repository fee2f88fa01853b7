//! Owns the projects of a workspace as the service answers about them. There are no notes in them.

use super::Refusal;
use super::caller::Caller;
use crate::people::Workspace;
use crate::store::Project;
use crate::world::Shared;
use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::{Method, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

pub(super) async fn list(State(world): State<Shared>, caller: Caller) -> Result<Json<Value>, Refusal> {
    let projects = world.store.projects(caller.workspace)?;
    Ok(Json(json!({
        "projects": projects.iter().map(item).collect::<Vec<_>>(),
        "default_project": projects.iter().find(|project| project.is_default).map(|project| &project.name),
    })))
}

#[derive(Debug, Deserialize)]
pub(super) struct NewProject {
    name: String,
    #[serde(default)]
    set_default: bool,
}

pub(super) async fn add(
    State(world): State<Shared>,
    caller: Caller,
    body: Result<Json<NewProject>, JsonRejection>,
) -> Result<(StatusCode, Json<Value>), Refusal> {
    let Json(new) = body?;
    if !new.name.chars().any(char::is_alphanumeric) {
        return Err(Refusal::field("name", "value_error", "The name needs a letter", &json!(new.name)));
    }
    let Some(project) = world.store.add_project(caller.workspace, &new.name, new.set_default)? else {
        return Err(Refusal::new(StatusCode::CONFLICT, &format!("Project '{}' already exists", new.name)));
    };
    let message = format!("Project '{}' added successfully", project.name);
    Ok((
        StatusCode::CREATED,
        Json(json!({
            "message": message, "status": "success", "default": project.is_default, "new_project": item(&project),
        })),
    ))
}

#[derive(Debug, Deserialize)]
pub(super) struct Identifier {
    identifier: String,
}

pub(super) async fn resolve(
    State(world): State<Shared>,
    caller: Caller,
    body: Result<Json<Identifier>, JsonRejection>,
) -> Result<Json<Value>, Refusal> {
    let Json(Identifier { identifier }) = body?;
    let projects = world.store.projects(caller.workspace)?;
    let by = |part: fn(&Project) -> &str| projects.iter().find(|project| part(project) == identifier);
    let (project, method) = by(|project| &project.external_id)
        .map(|project| (project, "external_id"))
        .or_else(|| by(|project| &project.name).map(|project| (project, "name")))
        .or_else(|| by(|project| &project.permalink).map(|project| (project, "permalink")))
        .ok_or_else(|| Refusal::new(StatusCode::NOT_FOUND, &format!("Project not found: '{identifier}'")))?;
    Ok(Json(json!({
        "external_id": project.external_id,
        "project_id": project.id,
        "name": project.name,
        "permalink": project.permalink,
        "path": project.path,
        "is_active": true,
        "is_default": project.is_default,
        "resolution_method": method,
    })))
}

pub(super) async fn make_default(
    State(world): State<Shared>,
    caller: Caller,
    Path(external_id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    let new = find(&world, caller.workspace, &external_id)?;
    let old = world.store.projects(caller.workspace)?.into_iter().find(|project| project.is_default);
    world.store.make_default_project(caller.workspace, &external_id)?;
    Ok(Json(json!({
        "message": format!("Project '{}' set as default successfully", new.name),
        "status": "success",
        "default": true,
        "old_project": old.as_ref().map(item),
        "new_project": item(&Project { is_default: true, ..new }),
    })))
}

pub(super) async fn remove(
    State(world): State<Shared>,
    caller: Caller,
    Path(external_id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    let old = find(&world, caller.workspace, &external_id)?;
    if old.is_default {
        return Err(Refusal::new(StatusCode::BAD_REQUEST, "The default project cannot be deleted"));
    }
    world.store.remove_project(caller.workspace, &external_id)?;
    Ok(Json(json!({
        "message": format!("Project '{}' removed successfully", old.name),
        "status": "success",
        "default": false,
        "old_project": item(&old),
    })))
}

/// Nothing is ever found: there are no notes. The CLI asks with the method QUERY.
pub(super) async fn search(
    State(world): State<Shared>,
    caller: Caller,
    Path(external_id): Path<String>,
    method: Method,
) -> Result<Json<Value>, Refusal> {
    if method.as_str() != "QUERY" && method != Method::POST {
        return Err(Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed"));
    }
    find(&world, caller.workspace, &external_id)?;
    Ok(Json(json!({ "results": [], "current_page": 1, "page_size": 10, "total": 0, "has_more": false })))
}

/// Nothing happened lately: there are no notes.
pub(super) async fn recent(
    State(world): State<Shared>,
    caller: Caller,
    Path(external_id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    find(&world, caller.workspace, &external_id)?;
    Ok(Json(json!({ "results": [], "metadata": { "depth": 1 }, "page": 1, "page_size": 10, "has_more": false })))
}

fn find(world: &Shared, workspace: &Workspace, external_id: &str) -> Result<Project, Refusal> {
    let mut projects = world.store.projects(workspace)?.into_iter();
    projects
        .find(|project| project.external_id == external_id)
        .ok_or_else(|| Refusal::new(StatusCode::NOT_FOUND, &format!("Project with id '{external_id}' not found.")))
}

fn item(project: &Project) -> Value {
    json!({
        "id": project.id,
        "external_id": project.external_id,
        "name": project.name,
        "path": project.path,
        "is_default": project.is_default,
        "display_name": null,
        "is_private": false,
    })
}
