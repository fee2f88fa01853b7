//! Owns the answers about the credential itself: its health and its workspaces.

use super::caller::{Caller, Who};
use crate::people::{Role, Workspace};
use axum::Json;
use serde_json::{Value, json};

pub(super) async fn health(_: Caller) -> Json<Value> {
    Json(json!({ "status": "ok" }))
}

/// A person sees all of theirs; a key sees the one it belongs to, which is how Latchkey learns it.
pub(super) async fn list(caller: Caller) -> Json<Value> {
    let (open, default): (Vec<_>, _) = match &caller.who {
        Who::Person(person) => (person.workspaces().to_vec(), person.workspaces().first().map(|(one, _)| *one)),
        Who::Key(_) => (vec![(caller.workspace, caller.role)], Some(caller.workspace)),
    };
    let row = |(workspace, role): &(&'static Workspace, Role)| {
        json!({
            "tenant_id": workspace.tenant_id,
            "workspace_type": workspace.kind,
            "slug": workspace.slug,
            "name": workspace.name,
            "role": role.name(),
            "is_default": Some(*workspace) == default,
            "organization_id": workspace.organization_id,
            "has_active_subscription": true,
        })
    };
    Json(json!({
        "workspaces": open.iter().map(row).collect::<Vec<_>>(),
        "count": open.len(),
        "default_workspace_id": default.map(|workspace| workspace.tenant_id),
        "current_workspace_id": caller.workspace.tenant_id,
    }))
}
