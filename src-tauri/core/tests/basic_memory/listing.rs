//! Owns how keys are listed, over none, one and several workspaces.

use super::{Account, TOKEN, name_of, workspaces};
use crate::small_server::{Asked, Reply, SmallServer};
use serde_json::json;

#[tokio::test]
async fn without_workspaces_keys_are_asked_for_once() {
    let account = Account::answering([Reply::json(200, &json!([{"id": 1, "name": "a", "last_used_at": null}]))]).await;
    let listing = account.list(&[]).await.unwrap();
    assert_eq!((listing.keys.len(), listing.reports_use, listing.partial), (1, true, false));
    assert_eq!(listing.keys[0].workspace, None);
    let asked = account.server.asked();
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].header("authorization"), Some(format!("Bearer {TOKEN}").as_str()));
    assert_eq!(asked[0].header("x-workspace-id"), None);
}

fn by_workspace(answers: Vec<(&'static str, Reply)>) -> impl FnMut(&Asked) -> Reply + Send + 'static {
    move |asked| {
        let workspace = asked.header("x-workspace-id").unwrap_or_default();
        answers.iter().find(|(one, _)| *one == workspace).map_or(Reply::empty(599), |(_, reply)| reply.clone())
    }
}

#[tokio::test]
async fn keys_of_several_workspaces_are_listed_each_in_its_own() {
    let answers = vec![
        ("w1", Reply::json(200, &json!({"keys": [{"id": "a"}, {"id": "b"}]}))),
        ("w2", Reply::json(200, &json!({"keys": [{"id": "c"}]}))),
    ];
    let account = Account::at(SmallServer::start(by_workspace(answers)).await);
    let listing = account.list(&workspaces(&["w1", "w2"])).await.unwrap();
    let found: Vec<_> =
        listing.keys.iter().map(|key| (key.remote_id.as_deref().unwrap(), key.workspace.as_deref().unwrap())).collect();
    assert_eq!(found, [("a", "w1"), ("b", "w1"), ("c", "w2")]);
    assert_eq!(account.server.asked().len(), 2);
}

#[tokio::test]
async fn a_server_that_ignores_the_workspace_gives_none_away() {
    let all = json!([{"id": "a"}, {"id": "b", "workspace_id": "w2"}, {"name": "no id", "prefix": "bmc_Qv4m"}]);
    let account = Account::at(SmallServer::start(move |_| Reply::json(200, &all)).await);
    let listing = account.list(&workspaces(&["w1", "w2", "w3", "w4", "w5"])).await.unwrap();
    let found: Vec<_> = listing.keys.iter().map(|key| key.workspace.as_deref()).collect();
    assert_eq!(found, [None, Some("w2"), None]);
    assert_eq!(account.server.asked().len(), 5);
}

#[tokio::test]
async fn a_workspace_that_refuses_makes_the_list_partial_and_any_other_failure_ends_it() {
    let good = || ("w1", Reply::json(200, &json!([{"id": "a"}])));
    let refusing = vec![good(), ("w2", Reply::json(403, &json!({"detail": "owners only"})))];
    let account = Account::at(SmallServer::start(by_workspace(refusing)).await);
    let listing = account.list(&workspaces(&["w1", "w2"])).await.unwrap();
    assert_eq!((listing.keys.len(), listing.partial), (1, true));
    assert_eq!(name_of(&account.list(&workspaces(&["w2"])).await.unwrap_err()), "not owner");

    for (reply, expected) in [
        (Reply::empty(500), "failed"),
        (Reply::Silence, "no answer"),
        (Reply::html(200), "not understood"),
        (Reply::empty(401), "refused"),
    ] {
        let account = Account::at(SmallServer::start(by_workspace(vec![good(), ("w2", reply)])).await);
        assert_eq!(name_of(&account.list(&workspaces(&["w1", "w2"])).await.unwrap_err()), expected);
    }
}
