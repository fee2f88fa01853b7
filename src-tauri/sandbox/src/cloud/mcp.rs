//! Owns the MCP endpoint: streamable HTTP without a session and without a stream of its own
//! (Model Context Protocol 2025-06-18, "Transports"). One tool, which only reads.

use super::Refusal;
use super::caller::Caller;
use crate::world::Shared;
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// The versions of the protocol that can be spoken here, newest first.
const VERSIONS: [&str; 2] = ["2025-06-18", "2025-03-26"];

const TOOL: &str = "list_memory_projects";

pub(super) async fn message(State(world): State<Shared>, caller: Caller, body: Bytes) -> Result<Response, Refusal> {
    let Ok(message) = serde_json::from_slice::<Value>(&body) else {
        return Ok(answer(StatusCode::BAD_REQUEST, &Value::Null, Err((-32700, "Parse error"))));
    };
    let Some(method) = message.get("method").and_then(Value::as_str) else {
        return Ok(answer(StatusCode::BAD_REQUEST, &Value::Null, Err((-32600, "Invalid Request"))));
    };
    let Some(id) = message.get("id") else {
        // A notification wants no answer.
        return Ok(StatusCode::ACCEPTED.into_response());
    };
    let parameters = &message["params"];
    let result = match method {
        "initialize" => Ok(json!({
            "protocolVersion": VERSIONS
                .iter()
                .find(|version| parameters["protocolVersion"] == **version)
                .unwrap_or(&VERSIONS[0]),
            "capabilities": { "tools": { "listChanged": false } },
            "serverInfo": { "name": "Basic Memory (Latchkey sandbox)", "version": env!("CARGO_PKG_VERSION") },
        })),
        "ping" => Ok(json!({})),
        "tools/list" => Ok(json!({ "tools": [{
            "name": TOOL,
            "description": "List the projects of the workspace that this credential belongs to.",
            "inputSchema": { "type": "object", "properties": {}, "additionalProperties": false },
            "annotations": { "readOnlyHint": true },
        }] })),
        "tools/call" if parameters["name"] == TOOL => {
            let names: Vec<_> = world.store.projects(caller.workspace)?.into_iter().map(|one| one.name).collect();
            let text = format!("Projects in {}: {}", caller.workspace.name, names.join(", "));
            Ok(json!({ "content": [{ "type": "text", "text": text }], "isError": false }))
        }
        "tools/call" => Err((-32602, "Unknown tool")),
        _ => Err((-32601, "Method not found")),
    };
    Ok(answer(StatusCode::OK, id, result))
}

fn answer(status: StatusCode, id: &Value, result: Result<Value, (i32, &str)>) -> Response {
    let body = match result {
        Ok(result) => json!({ "jsonrpc": "2.0", "id": id, "result": result }),
        Err((code, message)) => {
            json!({ "jsonrpc": "2.0", "id": id, "error": { "code": code, "message": message } })
        }
    };
    (status, Json(body)).into_response()
}
