//! Owns how a key is revoked, and which address that goes to.

use super::{Account, name_of};
use crate::small_server::Reply;
use serde_json::json;

#[tokio::test]
async fn a_revoke_counts_when_the_answer_is_empty_or_agreeing_json() {
    for reply in [
        Reply::empty(204),
        Reply::empty(200),
        Reply::json(200, &json!({"message": "revoked"})),
        Reply::json(200, &json!(null)),
    ] {
        let account = Account::answering([reply.clone()]).await;
        assert!(account.revoke("k1").await.is_ok(), "{reply:?}");
        let asked = account.server.asked();
        assert_eq!(asked[0].line(), "DELETE /api/keys/k1");
        assert_eq!(asked[0].header("x-workspace-id"), Some("w1"));
    }
    for reply in [Reply::json(200, &json!({"success": false})), Reply::kind(200, "text/plain", "OK")] {
        let account = Account::answering([reply.clone()]).await;
        assert_eq!(name_of(&account.revoke("k1").await.unwrap_err()), "not understood", "{reply:?}");
    }
}

#[tokio::test]
async fn a_404_to_a_revoke_means_no_such_key_only_if_it_speaks_of_a_key() {
    for (reply, expected) in [
        (Reply::json(404, &json!({"detail": "API key not found"})), "no such key"),
        (Reply::json(404, &json!({"detail": {"message": "No such key."}})), "no such key"),
        (Reply::json(404, &json!({"detail": "Not Found"})), "not offered"),
        (Reply::json(404, &json!({"detail": "monkey not found"})), "not offered"),
        (Reply::kind(404, "text/plain", "key"), "not offered"),
        (Reply::html(404), "not offered"),
    ] {
        let account = Account::answering([reply.clone()]).await;
        assert_eq!(name_of(&account.revoke("k1").await.unwrap_err()), expected, "{reply:?}");
    }
}

#[tokio::test]
async fn an_id_stays_one_segment_of_the_address() {
    let account = Account::answering([Reply::empty(204), Reply::empty(204), Reply::empty(204)]).await;
    for id in ["a/../b?c#d", "%2e%2e", "ä b"] {
        account.revoke(id).await.unwrap();
    }
    assert_eq!(
        account.server.lines(),
        ["DELETE /api/keys/a%2F..%2Fb%3Fc%23d", "DELETE /api/keys/%252e%252e", "DELETE /api/keys/%C3%A4%20b"]
    );
    for id in ["", ".", ".."] {
        assert_eq!(name_of(&account.revoke(id).await.unwrap_err()), "invalid");
    }
    assert_eq!(account.server.asked().len(), 3);
}
