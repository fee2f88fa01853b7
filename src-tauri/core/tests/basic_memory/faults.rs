//! Owns what every fault becomes, and what survives of a refusal.

use super::{Account, MADE, TOKEN, basic_memory, end, name_of};
use crate::small_server::Reply;
use chrono::TimeDelta;
use latchkey_core::providers::{Probe, ProviderError};
use serde_json::json;

/// Answers that mean the same to every call, each with the error it becomes.
fn faults() -> Vec<(Reply, &'static str)> {
    let whole = Reply::json(200, &json!({"key": MADE, "keys": [], "workspaces": []}));
    let Reply::Whole { body, .. } = &whole else { unreachable!() };
    let truncated = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len() + 9
    );
    vec![
        (
            Reply::json(
                403,
                &json!({"detail": {"error": "subscription_required", "message": "Active subscription required", "subscribe_url": "https://basicmemory.com/subscribe"}}),
            ),
            "subscription",
        ),
        (Reply::json(403, &json!({"error": "subscription_required"})), "subscription"),
        (Reply::json(429, &json!({"detail": "Slow down"})), "rate limited"),
        (Reply::json(500, &json!({"detail": format!("failed for {MADE} and {TOKEN}")})), "failed"),
        (Reply::html(503), "failed"),
        (Reply::kind(200, "application/json", "{\"keys\": ["), "not understood"),
        (Reply::html(200), "not understood"),
        (Reply::kind(200, "text/plain", "welcome"), "not understood"),
        (Reply::empty(302).with("location", "https://example.com/"), "redirected"),
        (Reply::empty(307).with("location", "/elsewhere"), "redirected"),
        (Reply::empty(418), "not understood"),
        (Reply::Bytes(truncated.into_bytes()), "no answer"),
        (Reply::Bytes(b"HTTP/1.1 200 OK\r\nconte".to_vec()), "no answer"),
        (Reply::Bytes(b"\x00\x01\x02 what is this\r\n\r\n".to_vec()), "no answer"),
        (Reply::Silence, "no answer"),
        (Reply::Endless, "too large"),
    ]
}

#[tokio::test]
async fn every_fault_becomes_its_own_error_and_is_never_asked_again() {
    for (reply, expected) in faults() {
        let account = Account::answering([reply.clone()]).await;
        let failure = account.list(&[]).await.unwrap_err();
        assert_eq!(name_of(&failure), expected, "list: {reply:?}");
        assert_eq!(account.server.lines(), ["GET /api/keys"], "{reply:?}");

        let account = Account::answering([reply.clone()]).await;
        let failure = account.create(Some(end())).await.unwrap_err();
        assert_eq!(name_of(&failure), expected, "create: {reply:?}");
        assert_eq!(account.server.lines(), ["POST /api/keys"], "{reply:?}");

        let account = Account::answering([reply.clone()]).await;
        let failure = account.revoke("k1").await.unwrap_err();
        assert_eq!(name_of(&failure), expected, "revoke: {reply:?}");
        assert_eq!(account.server.lines(), ["DELETE /api/keys/k1"], "{reply:?}");

        let account = Account::answering([reply.clone()]).await;
        let failure = account.probe().await.unwrap_err();
        assert_eq!(name_of(&failure), expected, "probe: {reply:?}");
        assert_eq!(account.server.lines(), ["GET /workspaces/"], "{reply:?}");

        let account = Account::answering([reply.clone()]).await;
        let failure = basic_memory().workspaces(&account.call()).await.unwrap_err();
        assert_eq!(name_of(&failure), expected, "workspaces: {reply:?}");
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_is_offline() {
    let mut account = Account::answering([]).await;
    // A port that was just free, and that nobody listens on.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    account.server.base = format!("http://{free}").parse().unwrap();
    assert_eq!(name_of(&account.list(&[]).await.unwrap_err()), "offline");
    assert_eq!(name_of(&account.create(None).await.unwrap_err()), "offline");
}

#[tokio::test]
async fn a_401_is_a_finding_of_a_probe_and_an_error_elsewhere() {
    let refusal = || Reply::json(401, &json!({"detail": "Invalid JWT token. Authentication required."}));
    let account = Account::answering([refusal(), refusal(), refusal(), refusal(), refusal()]).await;
    assert_eq!(account.probe().await.unwrap(), Probe::Refused);
    assert_eq!(basic_memory().workspaces(&account.call()).await.unwrap(), Probe::Refused);
    let ProviderError::Refused(answer) = account.list(&[]).await.unwrap_err() else { panic!("another error") };
    assert_eq!(answer.text.as_deref(), Some("Invalid JWT token. Authentication required."));
    assert_eq!(name_of(&account.create(None).await.unwrap_err()), "refused");
    assert_eq!(name_of(&account.revoke("k1").await.unwrap_err()), "refused");
}

#[tokio::test]
async fn only_owners_and_admins_is_told_from_other_prohibitions() {
    for (detail, expected) in [
        ("Only workspace owners can manage API keys", "not owner"),
        ("requires owner or admin role", "not owner"),
        ("Insufficient permissions", "forbidden"),
        ("Ask your administration", "forbidden"),
    ] {
        let account = Account::answering([Reply::json(403, &json!({"detail": detail}))]).await;
        assert_eq!(name_of(&account.create(None).await.unwrap_err()), expected, "{detail}");
    }
}

#[tokio::test]
async fn only_https_pages_are_offered_for_a_subscription() {
    for (named, expected) in [
        (json!("https://basicmemory.com/subscribe"), "https://basicmemory.com/subscribe"),
        (json!("http://basicmemory.com/subscribe"), "https://basicmemory.com/pricing"),
        (json!("javascript:alert(1)"), "https://basicmemory.com/pricing"),
        (json!("https://basicmemory.com@example.com/"), "https://basicmemory.com/pricing"),
        (json!(5), "https://basicmemory.com/pricing"),
    ] {
        let body = json!({"detail": {"error": "subscription_required", "subscribe_url": named}});
        let account = Account::answering([Reply::json(403, &body)]).await;
        let ProviderError::SubscriptionRequired { subscribe_page, .. } = account.create(None).await.unwrap_err() else {
            panic!("another error")
        };
        assert_eq!(subscribe_page.as_str(), expected, "{named}");
    }
}

#[tokio::test]
async fn a_429_says_when_to_ask_again_if_the_server_did() {
    let limited = |reply: Reply| async {
        let account = Account::answering([reply]).await;
        let ProviderError::RateLimited { retry_at, .. } = account.list(&[]).await.unwrap_err() else {
            panic!("another error")
        };
        retry_at
    };
    assert_eq!(limited(Reply::empty(429)).await, None);
    assert_eq!(limited(Reply::empty(429).with("retry-after", "soon")).await, None);
    let first = limited(Reply::empty(429).with("retry-after", "60")).await.unwrap();
    let dated = Reply::empty(429)
        .with("date", "Fri, 20 Nov 2026 12:00:00 GMT")
        .with("retry-after", "Fri, 20 Nov 2026 12:01:00 GMT");
    let second = limited(dated).await.unwrap();
    assert!(second - first >= TimeDelta::zero() && second - first < TimeDelta::seconds(30), "{first} {second}");
}

#[tokio::test]
async fn an_answer_keeps_its_request_id_and_a_cut_sentence() {
    let body = json!({"detail": format!("No key {TOKEN} or {MADE}\u{7} here")});
    let account = Account::answering([Reply::json(500, &body).with("x-request-id", "req-7f3a")]).await;
    let ProviderError::Failed(answer) = account.list(&[]).await.unwrap_err() else { panic!("another error") };
    assert_eq!((answer.status, answer.request_id.as_deref()), (500, Some("req-7f3a")));
    assert_eq!(answer.text.as_deref(), Some("No key [cut] or [cut] here"));
}

#[tokio::test]
async fn what_the_server_does_not_offer_is_said_with_its_status() {
    for status in [404, 405, 501] {
        let replies = [Reply::html(status), Reply::json(status, &json!({"detail": "Not Found"})), Reply::empty(status)];
        let account = Account::answering(replies).await;
        for result in
            [account.list(&[]).await.map(|_| ()), account.revoke("k1").await, account.create(None).await.map(|_| ())]
        {
            let Err(ProviderError::NotOffered(said)) = result else { panic!("another answer: {result:?}") };
            assert_eq!(said, status);
        }
    }
}
