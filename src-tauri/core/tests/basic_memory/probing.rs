//! Owns how a credential is tried.

use super::{Account, name_of};
use crate::small_server::Reply;
use latchkey_core::providers::Probe;
use serde_json::json;

#[tokio::test]
async fn a_host_with_a_path_keeps_it() {
    let mut account = Account::answering([Reply::json(200, &json!([])), Reply::json(200, &json!([]))]).await;
    account.server.base.set_path("/cloud/");
    account.list(&[]).await.unwrap();
    account.probe().await.unwrap();
    assert_eq!(account.server.lines(), ["GET /cloud/api/keys", "GET /cloud/workspaces/"]);
}

#[tokio::test]
async fn a_probe_is_one_request_where_workspaces_may_be_read() {
    let body = json!({"workspaces": [{"tenant_id": "w1", "name": "Personal", "role": "owner", "is_default": true}, {"tenant_id": "w2"}], "current_workspace_id": "w2"});
    let account = Account::answering([Reply::json(200, &body)]).await;
    let Probe::Accepted { workspace, workspaces } = account.probe().await.unwrap() else { panic!("refused") };
    assert_eq!(workspace.as_deref(), Some("w2"));
    assert_eq!(workspaces.len(), 2);
    assert_eq!(account.server.lines(), ["GET /workspaces/"]);
}

#[tokio::test]
async fn a_key_that_may_not_read_workspaces_is_proved_by_the_health_check() {
    for status in [403, 404, 405] {
        let account = Account::answering([Reply::empty(status), Reply::json(200, &json!({"status": "ok"}))]).await;
        assert_eq!(account.probe().await.unwrap(), Probe::Accepted { workspace: None, workspaces: Vec::new() });
        assert_eq!(account.server.lines(), ["GET /workspaces/", "GET /proxy/health"]);
    }
    let account = Account::answering([Reply::empty(403), Reply::empty(401)]).await;
    assert_eq!(account.probe().await.unwrap(), Probe::Refused);
    for (reply, expected) in [
        (Reply::html(200), "not understood"),
        (Reply::empty(403), "forbidden"),
        (Reply::empty(500), "failed"),
        (Reply::Silence, "no answer"),
    ] {
        let account = Account::answering([Reply::empty(404), reply]).await;
        assert_eq!(name_of(&account.probe().await.unwrap_err()), expected);
    }
}
