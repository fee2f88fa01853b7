//! Owns how a key is created: once, with and without a date.

use super::{Account, MADE, end, name_of};
use crate::small_server::Reply;
use latchkey_core::domain::{Offered, Secret};
use latchkey_core::providers::ProviderError;
use serde_json::json;

#[tokio::test]
async fn a_key_is_created_with_name_date_and_workspace_over_its_own_connection() {
    let made = json!({"id": 7, "key": MADE, "name": "work-laptop", "key_prefix": "bmc_Qv4m", "created_at": "2026-11-20T12:00:00Z", "expires_at": "2027-02-18T12:30:00Z"});
    let account = Account::answering([Reply::json(200, &json!([])), Reply::json(201, &made)]).await;
    account.list(&[]).await.unwrap();
    let created = account.create(Some(end())).await.unwrap();
    assert!(created.secret.same_as(&Secret::new(MADE.to_owned())));
    assert_eq!(created.expiry, Offered::Yes);
    assert_eq!(created.facts.remote_id.as_deref(), Some("7"));
    assert_eq!(created.facts.prefix.as_deref(), Some("bmc_Qv4m"));
    assert_eq!(created.facts.expires_at, Some(Some(end())));
    assert!(!format!("{created:?}").contains("WnR8"));

    let asked = account.server.asked();
    assert_eq!(asked[1].line(), "POST /api/keys");
    assert_eq!(asked[1].header("x-workspace-id"), Some("w1"));
    assert_eq!(asked[1].header("content-type"), Some("application/json"));
    assert_eq!(asked[1].json(), json!({"name": "work-laptop", "expires_at": "2027-02-18T12:30:00Z"}));
    assert_ne!(asked[0].connection, asked[1].connection);
}

#[tokio::test]
async fn a_create_without_a_date_sends_the_name_alone() {
    let account = Account::answering([Reply::json(200, &json!({"key": MADE}))]).await;
    let created = account.create(None).await.unwrap();
    assert_eq!(created.expiry, Offered::NotAsked);
    assert_eq!(created.facts.prefix.as_deref(), Some("bmc_Qv4m"));
    assert_eq!(account.server.asked()[0].json(), json!({"name": "work-laptop"}));
}

#[tokio::test]
async fn a_refused_date_is_left_out_once() {
    for (status, body) in [
        (
            422,
            json!({"detail": [{"type": "extra_forbidden", "loc": ["body", "expires_at"], "msg": "Extra inputs are not permitted", "input": "2027"}]}),
        ),
        (400, json!({"detail": "expires_at is not supported"})),
        (422, json!({"errors": {"expires_at": ["unknown field"]}})),
        (400, json!({"error": {"message": "bad request", "param": "expires_at"}})),
        (
            422,
            json!({"detail": [{"loc": ["body", "name"], "msg": "too short"}, {"loc": ["body", "expiresAt"], "msg": "no"}]}),
        ),
    ] {
        let account = Account::answering([Reply::json(status, &body), Reply::json(200, &json!({"key": MADE}))]).await;
        let created = account.create(Some(end())).await.unwrap();
        assert_eq!(created.expiry, Offered::No(status), "{body}");
        let asked = account.server.asked();
        assert_eq!(asked.len(), 2, "{body}");
        assert_eq!(asked[1].json(), json!({"name": "work-laptop"}));
        assert_eq!(asked[1].header("x-workspace-id"), Some("w1"));
    }
}

#[tokio::test]
async fn another_refusal_is_not_asked_again() {
    for (status, body) in [
        // What FastAPI repeats of the request names the field, and is not about it.
        (
            422,
            json!({"detail": [{"loc": ["body", "name"], "msg": "taken", "input": {"name": "x", "expires_at": "2027"}}]}),
        ),
        (400, json!({"detail": "A key with this name exists"})),
        (409, json!({"detail": "expires_at conflicts"})),
    ] {
        let account = Account::answering([Reply::json(status, &body)]).await;
        assert_eq!(name_of(&account.create(Some(end())).await.unwrap_err()), "invalid", "{body}");
        assert_eq!(account.server.asked().len(), 1, "{body}");
    }
    // The second refusal ends it.
    let refusal = || Reply::json(422, &json!({"detail": "expires_at"}));
    let account = Account::answering([refusal(), refusal()]).await;
    assert_eq!(name_of(&account.create(Some(end())).await.unwrap_err()), "invalid");
    assert_eq!(account.server.asked().len(), 2);
    // So does a lost answer.
    let account = Account::answering([refusal(), Reply::Silence]).await;
    assert_eq!(name_of(&account.create(Some(end())).await.unwrap_err()), "no answer");
    assert_eq!(account.server.asked().len(), 2);
}

#[tokio::test]
async fn a_date_that_is_not_echoed_is_unclear() {
    for body in
        [json!({"key": MADE}), json!({"key": MADE, "expires_at": null}), json!({"key": MADE, "expires_at": "soon"})]
    {
        let account = Account::answering([Reply::json(200, &body)]).await;
        assert_eq!(account.create(Some(end())).await.unwrap().expiry, Offered::Unclear, "{body}");
    }
}

#[tokio::test]
async fn a_success_without_a_usable_key_is_not_understood_and_keeps_no_text() {
    for body in [
        json!({"id": 7, "detail": MADE}),
        json!({"key": ""}),
        json!({"key": null}),
        json!({"key": format!("{MADE} ")}),
        json!([{"key": MADE}]),
        json!({"key": {"key": MADE}, "message": MADE}),
    ] {
        let account = Account::answering([Reply::json(200, &body)]).await;
        let failure = account.create(None).await.unwrap_err();
        assert_eq!(name_of(&failure), "not understood", "{body}");
        let ProviderError::NotUnderstood(answer) = failure else { unreachable!() };
        assert_eq!((answer.status, answer.text), (200, None));
    }
}

#[tokio::test]
async fn a_prefix_that_is_not_this_keys_or_most_of_it_is_not_believed() {
    for (key, said, kept) in [
        (MADE, "bmc_else", "bmc_Qv4m"),
        (MADE, "bmc_Qv4mWnR8", "bmc_Qv4mWnR8"),
        ("bmc_shortEXAMPLE", "bmc_shortEXAMPLE", "bmc_shor"),
    ] {
        let account = Account::answering([Reply::json(200, &json!({"key": key, "prefix": said}))]).await;
        assert_eq!(account.create(None).await.unwrap().facts.prefix.as_deref(), Some(kept), "{said}");
    }
}
