//! Owns the proof of projects and of the MCP endpoint.

use crate::support::{ACME, House, PERSONAL, read};
use reqwest::Method;
use serde_json::{Value, json};

fn names(projects: &Value) -> Vec<&str> {
    projects["projects"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn each_workspace_has_its_own_projects() {
    let house = House::open(&[]).await;
    let token = house.token(1).await;
    let (_, personal) = house.get_in(&token, "/proxy/v2/projects/", PERSONAL).await;
    let (_, acme) = house.get_in(&token, "/proxy/v2/projects/", ACME).await;
    assert_eq!((names(&personal), &personal["default_project"]), (vec!["main", "research"], &json!("main")));
    assert_eq!((names(&acme), &acme["default_project"]), (vec!["handbook", "roadmap"], &json!("handbook")));
    let (_, secret) = house.key(&token, "laptop").await;
    for path in ["/proxy/v2/projects/", "/api/v2/projects"] {
        assert_eq!(house.get(&secret, path).await, (200, personal.clone()));
    }
    let first = &personal["projects"][0];
    assert!(first["id"].is_i64() && first["external_id"].is_string() && first["path"] == "/main");
}

#[tokio::test]
async fn trailing_slashes_are_part_of_the_address() {
    let house = House::open(&[]).await;
    let token = house.token(1).await;
    for path in ["/workspaces", "/proxy/v2/projects", "/api/v2/projects/", "/api/keys/", "/proxy/health/"] {
        assert!(matches!(house.get(&token, path).await.0, 404 | 405), "{path}");
    }
}

#[tokio::test]
async fn a_project_is_added_found_made_default_and_removed() {
    let house = House::open(&[]).await;
    let token = house.token(1).await;
    let send = async |method: Method, path: &str, body: Value| {
        let request = house.cloud(method, &format!("/proxy/v2/projects/{path}")).bearer_auth(&token);
        read(request.json(&body).send().await.unwrap()).await
    };
    let new = json!({
        "name": "My Notes", "path": "my-notes", "local_sync_path": null, "set_default": false, "visibility": "workspace",
    });
    let (status, added) = send(Method::POST, "", new.clone()).await;
    assert_eq!((status, &added["status"]), (201, &json!("success")));
    assert_eq!(added["new_project"]["path"], "/my-notes");
    assert_eq!(send(Method::POST, "", new).await.0, 409);
    assert_eq!(send(Method::POST, "", json!({ "name": "…" })).await.0, 422);

    let id = added["new_project"]["external_id"].as_str().unwrap();
    for (identifier, method) in [("My Notes", "name"), ("my-notes", "permalink"), (id, "external_id")] {
        let (_, found) = send(Method::POST, "resolve", json!({ "identifier": identifier })).await;
        assert_eq!((&found["external_id"], &found["resolution_method"]), (&json!(id), &json!(method)));
    }
    assert_eq!(send(Method::POST, "resolve", json!({ "identifier": "nowhere" })).await.0, 404);

    let query = Method::from_bytes(b"QUERY").unwrap();
    let (status, found) = send(query, &format!("{id}/search/?page=1&page_size=10"), json!({})).await;
    assert_eq!((status, &found["results"]), (200, &json!([])));
    assert_eq!(house.get(&token, &format!("/proxy/v2/projects/{id}/memory/recent?page=1")).await.0, 200);

    let (_, changed) = send(Method::PUT, &format!("{id}/default"), json!({})).await;
    assert_eq!(
        (&changed["old_project"]["name"], &changed["new_project"]["name"]),
        (&json!("main"), &json!("My Notes"))
    );
    assert_eq!(house.get(&token, "/api/v2/projects").await.1["default_project"], "My Notes");
    assert_eq!(send(Method::DELETE, &format!("{id}?delete_notes=true"), json!({})).await.0, 400, "the default stays");

    let (_, main) = send(Method::POST, "resolve", json!({ "identifier": "main" })).await;
    let main = main["external_id"].as_str().unwrap();
    assert_eq!(send(Method::DELETE, main, json!({})).await.0, 200);
    assert_eq!(send(Method::DELETE, main, json!({})).await.0, 404);
    assert_eq!(names(&house.get(&token, "/api/v2/projects").await.1), ["research", "My Notes"]);
}

#[tokio::test]
async fn the_mcp_endpoint_introduces_itself_and_reads_for_a_key() {
    let house = House::open(&[]).await;
    let token = house.token(1).await;
    let (_, secret) = house.key(&token, "laptop").await;
    let say = async |credential: &str, message: Value| {
        let request = house.cloud(Method::POST, "/mcp").bearer_auth(credential);
        let request = request.header("Accept", "application/json, text/event-stream");
        read(request.json(&message).send().await.unwrap()).await
    };
    let call = |id: u32, method: &str, params: Value| json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
    assert_eq!(say("bmc_EXAMPLE", call(1, "initialize", json!({}))).await.0, 401);
    let hello = json!({ "protocolVersion": "2025-03-26", "capabilities": {}, "clientInfo": {} });
    let (_, answer) = say(&secret, call(1, "initialize", hello)).await;
    assert_eq!((&answer["id"], &answer["result"]["protocolVersion"]), (&json!(1), &json!("2025-03-26")));
    let (status, nothing) = say(&secret, json!({ "jsonrpc": "2.0", "method": "notifications/initialized" })).await;
    assert_eq!((status, nothing), (202, json!("")));
    let (_, answer) = say(&secret, call(2, "tools/list", json!({}))).await;
    let tool = answer["result"]["tools"][0]["name"].clone();
    let (_, answer) = say(&secret, call(3, "tools/call", json!({ "name": tool, "arguments": {} }))).await;
    assert_eq!(answer["result"]["content"][0]["text"], "Projects in Personal: main, research");
    assert_eq!(say(&secret, call(4, "tools/call", json!({ "name": "rm" }))).await.1["error"]["code"], -32602);
    assert_eq!(say(&secret, call(5, "resources/list", json!({}))).await.1["error"]["code"], -32601);
    assert_eq!(say(&secret, json!([])).await.1["error"]["code"], -32600);
    assert_eq!(house.get(&secret, "/mcp").await.0, 405, "no stream of its own");
}
