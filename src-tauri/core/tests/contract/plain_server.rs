//! Owns the least server that fulfils the contract: keys in memory, one token, two workspaces.

use crate::small_server::{Asked, Reply, SmallServer};
use latchkey_core::clock::{Clock as _, SystemClock};
use serde_json::{Value, json};

pub(crate) const TOKEN: &str = "access.EXAMPLE";

struct Key {
    secret: String,
    workspace: String,
    facts: Value,
    revoked: bool,
}

pub(crate) async fn start(shape: &'static str, id: &'static str) -> SmallServer {
    let mut keys: Vec<Key> = Vec::new();
    SmallServer::start(move |asked| answer(&mut keys, asked, shape, id)).await
}

fn answer(keys: &mut Vec<Key>, asked: &Asked, shape: &str, id: &str) -> Reply {
    let now = SystemClock.now().to_rfc3339();
    let credential = asked.header("authorization").and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
    let workspace = asked.header("x-workspace-id").unwrap_or("w1").to_owned();
    let key = keys.iter_mut().find(|key| key.secret == credential && !key.revoked);
    if credential != TOKEN && key.is_none() {
        return Reply::json(401, &json!({"detail": "Invalid JWT token. Authentication required."}));
    }
    let own = key.map(|key| {
        key.facts["last_used_at"] = now.clone().into();
        key.workspace.clone()
    });
    match (asked.method.as_str(), asked.target.as_str()) {
        ("GET", "/workspaces/") => {
            let all = ["w1", "w2"].map(|id| json!({"tenant_id": id, "name": format!("Workspace {id}"), "role": "owner", "is_default": id == "w1"}));
            let open: Vec<_> =
                all.into_iter().filter(|one| own.as_ref().is_none_or(|own| one["tenant_id"] == **own)).collect();
            Reply::json(
                200,
                &json!({"workspaces": open, "current_workspace_id": own.unwrap_or_else(|| "w1".to_owned())}),
            )
        }
        ("GET", "/api/keys") => {
            let listed: Vec<_> = keys
                .iter()
                .filter(|key| key.workspace == workspace && !key.revoked)
                .map(|key| key.facts.clone())
                .collect();
            Reply::json(200, &if shape == "bare" { json!(listed) } else { json!({shape: listed}) })
        }
        ("POST", "/api/keys") => {
            let number = keys.len() + 1;
            let secret = format!("bmc_{number}v4mWnR8sLkP2xYtEXAMPLE");
            let id = if id == "number" { json!(number) } else { json!(format!("key-{number}")) };
            let body = asked.json();
            let facts = json!({"id": id, "name": body["name"], "prefix": format!("{}…", &secret[..8]), "created_at": now, "last_used_at": null, "expires_at": body["expires_at"]});
            let mut made = facts.clone();
            made["key"] = secret.clone().into();
            keys.push(Key { secret, workspace, facts, revoked: false });
            Reply::json(201, &made)
        }
        ("DELETE", target) => {
            let named = target.strip_prefix("/api/keys/").unwrap_or_default();
            let is = |id: &Value| id.as_str().map_or_else(|| id.to_string(), str::to_owned) == named;
            match keys.iter_mut().find(|key| is(&key.facts["id"]) && key.workspace == workspace) {
                Some(key) => {
                    key.revoked = true;
                    Reply::empty(204)
                }
                None => Reply::json(404, &json!({"detail": "API key not found"})),
            }
        }
        _ => Reply::json(404, &json!({"detail": "Not Found"})),
    }
}
