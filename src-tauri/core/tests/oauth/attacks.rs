//! Owns the attacks on a sign-in by loopback that need no whole program: each is refused, and the honest
//! answer is still taken afterwards. Attacks by a page in a real browser are in `oidc_provider`.

use super::code::{SCOPES, offering, waiting};
use super::listener::{address, come_back, get, parameters, raw, still_waits};
use super::{CLIENT, Reply, SmallServer, at, error, form, http, start, token_answer};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use latchkey_core::oauth::{CameBack, OAuthError, start_code_grant};
use sha2::{Digest as _, Sha256};

#[tokio::test]
async fn a_wrong_missing_or_doubled_state_is_not_taken() {
    let (grant, server) = waiting([]).await;
    let state = parameters(&grant)["state"].clone();
    let flipped = format!("{}{}", if state.starts_with('A') { 'B' } else { 'A' }, &state[1..]);
    for query in [
        "code=c".to_owned(),
        "code=c&state=".to_owned(),
        format!("code=c&state={flipped}"),
        format!("code=c&state={}", &state[..42]),
        format!("code=c&state={state}A"),
        format!("code=c&state={state}&state={state}"),
        format!("code=c&State={state}"),
        format!("error=access_denied&state={flipped}"),
    ] {
        let answer = get(&grant, &format!("/callback?{query}")).await;
        assert!(answer.starts_with("HTTP/1.1 404 "), "{query}");
    }
    still_waits(grant, &server).await;
}

#[tokio::test]
async fn the_state_of_an_earlier_sign_in_is_not_taken_again() {
    let (mut first, server) = waiting([]).await;
    let replayed = format!("/callback?code=old-EXAMPLE&state={}", parameters(&first)["state"]);
    come_back(&first, "code=old-EXAMPLE").await;
    assert!(matches!(first.came_back(&offering(&server.base, false)).await, Ok(CameBack::Code(_))));
    let (second, server) = waiting([]).await;
    assert!(get(&second, &replayed).await.starts_with("HTTP/1.1 404 "));
    still_waits(second, &server).await;
}

#[tokio::test]
async fn a_foreign_host_is_not_answered_even_with_the_right_state() {
    let (grant, server) = waiting([]).await;
    let (address, state) = (address(&grant), parameters(&grant)["state"].clone());
    let port = address.1;
    for host in [
        format!("localhost:{port}"),
        format!("rebound.example:{port}"),
        format!("[::1]:{port}"),
        "127.0.0.1".to_owned(),
        format!("127.0.0.1:{port}@rebound.example"),
        format!("127.0.0.1:{}", port.wrapping_add(1)),
    ] {
        let request = format!("GET /callback?code=c&state={state} HTTP/1.1\r\nHost: {host}\r\n\r\n");
        assert!(raw(&address, request.as_bytes()).await.unwrap().starts_with("HTTP/1.1 404 "), "{host}");
    }
    let without = format!("GET /callback?code=c&state={state} HTTP/1.0\r\n\r\n");
    assert!(raw(&address, without.as_bytes()).await.unwrap().starts_with("HTTP/1.1 404 "));
    still_waits(grant, &server).await;
}

/// A server that compares the challenge of the sign-in a code belongs to (RFC 7636 section 4.6).
async fn checking(challenge_of_code: String) -> SmallServer {
    SmallServer::start(move |asked| {
        let verifier = form(asked).remove("code_verifier").unwrap_or_default();
        let answers = URL_SAFE_NO_PAD.encode(Sha256::digest(&verifier)) == challenge_of_code;
        if answers { Reply::json(200, &token_answer()) } else { error("invalid_grant") }
    })
    .await
}

#[tokio::test]
async fn a_code_of_another_sign_in_is_worth_nothing_here() {
    // Whoever puts a caught code into this sign-in has its state too. The verifier is what is missing.
    let (theirs, _their_server) = waiting([]).await;
    let server = checking(parameters(&theirs)["code_challenge"].clone()).await;
    let offering = offering(&server.base, false);
    let mut ours = start_code_grant(&offering, CLIENT, &SCOPES, start()).await.unwrap();
    come_back(&ours, "code=theirs-EXAMPLE").await;
    let Ok(CameBack::Code(code)) = ours.came_back(&offering).await else { panic!("no code") };
    let refused = ours.redeem(&http(), &offering, CLIENT, &code, at(10)).await.unwrap_err();
    assert!(matches!(refused, OAuthError::Refused { status: 400, .. }), "{refused}");
}

#[tokio::test]
async fn another_issuer_ends_the_sign_in_without_a_request_to_anybody() {
    let (mut grant, server) = waiting([Reply::json(200, &token_answer())]).await;
    come_back(&grant, "code=c&iss=https%3A%2F%2Fother.example").await;
    let outcome = grant.came_back(&offering(&server.base, false)).await;
    assert!(matches!(outcome, Err(OAuthError::WrongIssuer)), "{outcome:?}");
    assert!(server.asked().is_empty(), "the code was sent somewhere");
}

#[tokio::test]
async fn a_token_endpoint_that_sends_the_code_elsewhere_is_not_followed() {
    let elsewhere = SmallServer::scripted([Reply::json(200, &token_answer())]).await;
    let moved = Reply::empty(307).with("location", elsewhere.base.as_str());
    let (mut grant, server) = waiting([moved]).await;
    let offering = offering(&server.base, false);
    come_back(&grant, "code=c").await;
    let Ok(CameBack::Code(code)) = grant.came_back(&offering).await else { panic!("no code") };
    let refused = grant.redeem(&http(), &offering, CLIENT, &code, at(10)).await;
    assert_eq!(refused.unwrap_err(), OAuthError::NotUnderstood { status: 307 });
    assert!(elsewhere.asked().is_empty(), "the code and its verifier went to another host");
}
