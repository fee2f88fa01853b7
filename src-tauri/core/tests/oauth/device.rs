//! Owns the proof of the device grant: what is sent, when, and what each answer becomes.

use super::{
    ACCESS, CLIENT, DEVICE_CODE, REFRESH, Reply, SmallServer, Value, at, characters, device_answer, endpoints, error,
    form, http, id_token, json, nobody, start, token_answer,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use latchkey_core::http::HttpError;
use latchkey_core::oauth::{DeviceGrant, OAuthError, Poll, Step, start_device_grant};
use sha2::{Digest as _, Sha256};

const SCOPES: [&str; 4] = ["openid", "profile", "email", "offline_access"];

async fn started(answer: &Value) -> Result<DeviceGrant, OAuthError> {
    let server = SmallServer::scripted([Reply::json(200, answer)]).await;
    start_device_grant(&http(), &endpoints(&server.base), CLIENT, &SCOPES, start()).await
}

/// A grant that was started, and the server that will answer its questions in this order.
async fn asking(replies: impl IntoIterator<Item = Reply>) -> (DeviceGrant, SmallServer) {
    let replies = std::iter::once(Reply::json(200, &device_answer())).chain(replies).collect::<Vec<_>>();
    let server = SmallServer::scripted(replies).await;
    let grant = start_device_grant(&http(), &endpoints(&server.base), CLIENT, &SCOPES, start()).await.unwrap();
    (grant, server)
}

async fn ask(grant: &mut DeviceGrant, server: &SmallServer, seconds: i64) -> Result<Poll, OAuthError> {
    grant.ask(&http(), &endpoints(&server.base), CLIENT, at(seconds)).await
}

#[tokio::test]
async fn the_first_request_is_the_one_the_official_client_sends() {
    let (grant, server) = asking([]).await;
    let asked = &server.asked()[0];
    assert_eq!(asked.line(), "POST /device");
    assert_eq!(asked.header("authorization"), None);
    let mut fields = form(asked);
    let challenge = fields.remove("code_challenge").unwrap();
    assert_eq!(URL_SAFE_NO_PAD.decode(&challenge).unwrap().len(), 32);
    assert_eq!(fields.remove("client_id").as_deref(), Some(CLIENT));
    assert_eq!(fields.remove("scope").as_deref(), Some("openid profile email offline_access"));
    assert_eq!(fields.remove("code_challenge_method").as_deref(), Some("S256"));
    assert!(fields.is_empty(), "{fields:?}");
    assert_eq!(grant.user_code, "BCDF-GHJK");
    assert_eq!(grant.verification_host(), "sign-in.example");
    assert_eq!(
        grant.verification_uri_complete.as_ref().unwrap().as_str(),
        "https://sign-in.example/device?user_code=BCDF-GHJK"
    );
    assert_eq!(grant.expires_at, at(300));
}

#[tokio::test]
async fn the_verifier_that_is_sent_belongs_to_the_challenge_and_is_new_each_time() {
    let mut verifiers = Vec::new();
    for _ in 0..2 {
        let (mut grant, server) = asking([error("authorization_pending")]).await;
        assert!(matches!(ask(&mut grant, &server, 5).await, Ok(Poll::Pending)));
        let asked = server.asked();
        let challenge = form(&asked[0]).remove("code_challenge").unwrap();
        assert_eq!(asked[1].line(), "POST /token");
        let mut fields = form(&asked[1]);
        let verifier = fields.remove("code_verifier").unwrap();
        assert!((43..=128).contains(&verifier.len()));
        assert_eq!(URL_SAFE_NO_PAD.encode(Sha256::digest(&verifier)), challenge);
        assert_eq!(fields.remove("grant_type").unwrap(), "urn:ietf:params:oauth:grant-type:device_code");
        assert_eq!(fields.remove("device_code").as_deref(), Some(DEVICE_CODE));
        assert_eq!(fields.remove("client_id").as_deref(), Some(CLIENT));
        assert!(fields.is_empty(), "{fields:?}");
        verifiers.push(verifier);
    }
    assert_ne!(verifiers[0], verifiers[1]);
}

#[tokio::test]
async fn pending_then_slow_down_then_granted_keeps_the_rhythm_the_server_asks_for() {
    let (mut grant, server) = asking([
        error("authorization_pending"),
        error("slow_down"),
        error("authorization_pending"),
        Reply::json(200, &token_answer()),
    ])
    .await;
    assert_eq!(grant.next_step(start()), Step::AskAt(at(5)));
    // Too early: nothing is sent.
    assert!(matches!(ask(&mut grant, &server, 4).await, Ok(Poll::Pending)));
    assert_eq!(server.asked().len(), 1);
    assert!(matches!(ask(&mut grant, &server, 5).await, Ok(Poll::Pending)));
    assert_eq!(grant.next_step(at(5)), Step::AskAt(at(10)));
    assert!(matches!(ask(&mut grant, &server, 10).await, Ok(Poll::SlowDown)));
    assert_eq!(grant.next_step(at(10)), Step::AskAt(at(20)));
    assert!(matches!(ask(&mut grant, &server, 20).await, Ok(Poll::Pending)));
    assert_eq!(grant.next_step(at(20)), Step::AskAt(at(30)));
    let Ok(Poll::Granted(tokens)) = ask(&mut grant, &server, 30).await else { panic!("not granted") };
    assert_eq!(characters(&tokens.access), ACCESS);
    assert_eq!(tokens.refresh.as_ref().map(characters), Some(REFRESH));
    assert_eq!(tokens.expires_at, at(30 + 3600));
    // What was granted once is not asked for again.
    assert_eq!(grant.next_step(at(30)), Step::Expired);
    assert!(matches!(ask(&mut grant, &server, 60).await, Ok(Poll::Expired)));
    assert_eq!(server.asked().len(), 5);
}

#[tokio::test]
async fn a_person_who_denies_and_a_code_that_ends_are_values_and_final() {
    let (mut grant, server) = asking([error("access_denied")]).await;
    assert!(matches!(ask(&mut grant, &server, 5).await, Ok(Poll::Denied)));
    assert_eq!(grant.next_step(at(5)), Step::Expired);
    let (mut grant, server) = asking([error("expired_token")]).await;
    assert!(matches!(ask(&mut grant, &server, 5).await, Ok(Poll::Expired)));
    assert_eq!(grant.next_step(at(5)), Step::Expired);
    let (mut grant, server) = asking([]).await;
    assert!(matches!(ask(&mut grant, &server, 300).await, Ok(Poll::Expired)));
    assert_eq!(server.asked().len(), 1, "after the end nothing is asked");
}

#[tokio::test]
async fn any_other_error_ends_the_grant_and_is_named() {
    for (code, status) in [("invalid_grant", 400), ("invalid_client", 401), ("unauthorized_client", 403)] {
        let (mut grant, server) = asking([Reply::json(status, &json!({"error": code}))]).await;
        let Err(OAuthError::Refused { code: named, status: said }) = ask(&mut grant, &server, 5).await else {
            panic!("{code} was not refused")
        };
        assert_eq!((named.as_str(), said), (code, status));
        assert_eq!(grant.next_step(at(5)), Step::Expired);
    }
}

#[tokio::test]
async fn a_lost_connection_is_survived_with_longer_and_longer_pauses() {
    let (mut grant, server) = asking([
        Reply::Silence,
        Reply::Bytes(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{\"access".to_vec()),
        Reply::html(502),
        error("authorization_pending"),
    ])
    .await;
    for (asked, next) in [(5, 15), (15, 35), (35, 75)] {
        assert!(matches!(ask(&mut grant, &server, asked).await, Ok(Poll::Unreachable)), "{asked}");
        assert_eq!(grant.next_step(at(asked)), Step::AskAt(at(next)));
    }
    assert!(matches!(ask(&mut grant, &server, 75).await, Ok(Poll::Pending)));
    assert_eq!(grant.next_step(at(75)), Step::AskAt(at(80)), "an answer ends the longer pauses");
    // Nobody listens any more: it goes on until the code ends, and no longer.
    let gone = endpoints(&nobody().await);
    let mut now = 80;
    while let Step::AskAt(next) = grant.next_step(at(now)) {
        now = (next - start()).num_seconds();
        let expected = if now < 300 { "Unreachable" } else { "Expired" };
        let poll = grant.ask(&http(), &gone, CLIENT, next).await.unwrap();
        assert_eq!(format!("{poll:?}"), expected);
    }
    assert_eq!(now, 300);
}

#[tokio::test]
async fn a_server_that_is_too_busy_is_asked_when_it_says() {
    let (mut grant, server) = asking([Reply::html(429).with("retry-after", "90")]).await;
    assert!(matches!(ask(&mut grant, &server, 5).await, Ok(Poll::Unreachable)));
    assert_eq!(grant.next_step(at(5)), Step::AskAt(at(95)));
}

#[tokio::test]
async fn without_an_interval_it_is_five_seconds_and_without_a_lifetime_five_minutes() {
    for nothing in [None, Some(Value::Null), Some(json!("soon"))] {
        let mut answer = device_answer();
        for name in ["interval", "expires_in"] {
            let fields = answer.as_object_mut().unwrap();
            fields.remove(name);
            if let Some(nothing) = &nothing {
                fields.insert(name.to_owned(), nothing.clone());
            }
        }
        let grant = started(&answer).await.unwrap();
        assert_eq!(grant.next_step(start()), Step::AskAt(at(5)));
        assert_eq!(grant.expires_at, at(300));
    }
    let mut answer = device_answer();
    answer["interval"] = json!("7");
    answer["expires_in"] = json!(599.5);
    let grant = started(&answer).await.unwrap();
    assert_eq!(grant.next_step(start()), Step::AskAt(at(7)));
    assert_eq!(grant.expires_at, at(599));
}

#[tokio::test]
async fn absurd_numbers_neither_flood_the_server_nor_break_anything() {
    let mut answer = device_answer();
    answer["interval"] = json!(0);
    answer["expires_in"] = json!(u64::MAX);
    let grant = started(&answer).await.unwrap();
    assert_eq!(grant.next_step(start()), Step::AskAt(at(1)));
    assert_eq!(grant.expires_at, at(24 * 60 * 60));
}

#[tokio::test]
async fn a_page_that_must_not_be_opened_and_a_code_that_cannot_be_read_are_refused() {
    for page in ["http://sign-in.example/device", "javascript:alert(1)", "file:///etc/passwd", "https://a:b@x.example/"]
    {
        let mut answer = device_answer();
        answer["verification_uri"] = json!(page);
        assert_eq!(started(&answer).await.unwrap_err(), OAuthError::NotUnderstood { status: 200 }, "{page}");
    }
    let mut answer = device_answer();
    answer["verification_uri"] = json!(format!("https://sign-in.example/{}", "x".repeat(3000)));
    assert!(started(&answer).await.is_err());
    for code in ["", "   ", "ABCD\u{202e}EFGH", "AB\nCD", "АВСД", &"X".repeat(33)] {
        let mut answer = device_answer();
        answer["user_code"] = json!(code);
        assert!(started(&answer).await.is_err(), "{code}");
    }
    let mut answer = device_answer();
    answer["user_code"] = json!("X".repeat(32));
    assert!(started(&answer).await.is_ok());
}

#[tokio::test]
async fn a_page_with_the_code_filled_in_is_dropped_if_it_is_somewhere_else() {
    for page in [
        "https://elsewhere.example/device?user_code=BCDF-GHJK",
        "http://sign-in.example/device?user_code=BCDF-GHJK",
        "javascript:alert(1)",
        "nonsense",
    ] {
        let mut answer = device_answer();
        answer["verification_uri_complete"] = json!(page);
        assert_eq!(started(&answer).await.unwrap().verification_uri_complete, None, "{page}");
    }
    let mut answer = device_answer();
    answer["verification_uri"] = json!("http://127.0.0.1:4000/device");
    answer["verification_uri_complete"] = json!("http://127.0.0.1:4000/device?user_code=BCDF-GHJK");
    let grant = started(&answer).await.unwrap();
    assert!(grant.verification_uri_complete.is_some());
    assert_eq!(grant.verification_host(), "127.0.0.1:4000");
}

#[tokio::test]
async fn an_answer_that_starts_nothing_is_told_apart() {
    for (reply, expected) in [
        (Reply::html(200), OAuthError::NotUnderstood { status: 200 }),
        (Reply::json(200, &json!([1])), OAuthError::NotUnderstood { status: 200 }),
        (Reply::json(200, &json!({"user_code": "A"})), OAuthError::NotUnderstood { status: 200 }),
        (Reply::html(404), OAuthError::NotUnderstood { status: 404 }),
        (Reply::empty(307).with("location", "https://elsewhere.example/"), OAuthError::NotUnderstood { status: 307 }),
        (Reply::html(503).with("retry-after", "7"), OAuthError::Unavailable { status: 503, retry_at: Some(at(7)) }),
        (Reply::Silence, OAuthError::Http(HttpError::NoAnswer)),
        (Reply::Endless, OAuthError::Http(HttpError::TooLarge)),
    ] {
        let server = SmallServer::scripted([reply]).await;
        let started = start_device_grant(&http(), &endpoints(&server.base), CLIENT, &SCOPES, start()).await;
        assert_eq!(started.unwrap_err(), expected);
    }
    let started = start_device_grant(&http(), &endpoints(&nobody().await), CLIENT, &SCOPES, start()).await;
    assert_eq!(started.unwrap_err(), OAuthError::Http(HttpError::Offline));
    for status in [400, 401, 200] {
        let reply = Reply::json(status, &json!({"error": "invalid_client"}));
        let server = SmallServer::scripted([reply]).await;
        let started = start_device_grant(&http(), &endpoints(&server.base), CLIENT, &SCOPES, start()).await;
        let Err(OAuthError::Refused { code, status: said }) = started else { panic!("not refused") };
        assert_eq!((code.as_str(), said), ("invalid_client", status));
    }
}

#[tokio::test]
async fn an_answer_to_a_question_that_is_no_token_ends_the_grant() {
    let mut mac = token_answer();
    mac["token_type"] = json!("mac");
    let mut empty = token_answer();
    empty["access_token"] = json!("");
    let mut unsendable = token_answer();
    unsendable["access_token"] = json!("a\r\nX-Injected: b");
    for (reply, status) in [
        (Reply::html(200), 200),
        (Reply::html(404), 404),
        (Reply::json(200, &json!({"access_token": 5})), 200),
        (Reply::json(200, &mac), 200),
        (Reply::json(200, &empty), 200),
        (Reply::json(200, &unsendable), 200),
        (Reply::json(400, &json!({"error": "Not A Code: EXAMPLE"})), 400),
        (Reply::json(201, &token_answer()), 201),
    ] {
        let (mut grant, server) = asking([reply]).await;
        assert_eq!(ask(&mut grant, &server, 5).await.unwrap_err(), OAuthError::NotUnderstood { status });
        assert_eq!(grant.next_step(at(5)), Step::Expired);
    }
    let (mut grant, server) = asking([Reply::Endless]).await;
    assert_eq!(ask(&mut grant, &server, 5).await.unwrap_err(), OAuthError::Http(HttpError::TooLarge));
}

#[tokio::test]
async fn the_content_type_of_an_answer_does_not_decide() {
    for kind in ["text/plain", "application/json;charset=UTF-8", "text/html"] {
        let server = SmallServer::scripted([
            Reply::kind(200, kind, &device_answer().to_string()),
            Reply::kind(400, kind, r#"{"error":"authorization_pending"}"#),
            Reply::kind(200, kind, &token_answer().to_string()),
        ])
        .await;
        let mut grant = start_device_grant(&http(), &endpoints(&server.base), CLIENT, &SCOPES, start()).await.unwrap();
        assert!(matches!(ask(&mut grant, &server, 5).await, Ok(Poll::Pending)), "{kind}");
        assert!(matches!(ask(&mut grant, &server, 10).await, Ok(Poll::Granted(_))), "{kind}");
    }
}

#[tokio::test]
async fn the_id_token_says_who_signed_in_if_it_is_for_this_client_from_this_issuer() {
    for (issuer, client, known) in
        [(None, CLIENT, true), (Some("https://elsewhere.example"), CLIENT, false), (None, "client_other", false)]
    {
        let (mut grant, server) = {
            let token = std::sync::Arc::new(std::sync::Mutex::new(String::new()));
            let shared = std::sync::Arc::clone(&token);
            let server = SmallServer::start(move |asked| {
                let mut answer = token_answer();
                answer["id_token"] = json!(shared.lock().unwrap().clone());
                Reply::json(200, &if asked.target == "/device" { device_answer() } else { answer })
            })
            .await;
            let issuer = issuer.unwrap_or(server.base.as_str().trim_end_matches('/'));
            let exp = at(600).timestamp();
            *token.lock().unwrap() =
                id_token(&json!({"iss": issuer, "aud": client, "sub": "user_1", "exp": exp, "email": "a@example.org"}));
            let grant = start_device_grant(&http(), &endpoints(&server.base), CLIENT, &SCOPES, start()).await.unwrap();
            (grant, server)
        };
        let Ok(Poll::Granted(tokens)) = ask(&mut grant, &server, 5).await else { panic!("not granted") };
        assert_eq!(tokens.identity.map(|identity| identity.subject), known.then(|| "user_1".to_owned()));
    }
}

#[tokio::test]
async fn no_secret_shows_in_debug_output_or_errors() {
    let mut answer = token_answer();
    answer["id_token"] = json!("e30.EXAMPLE.sig");
    let (mut grant, server) = asking([error("slow_down"), Reply::json(200, &answer)]).await;
    let mut shown = vec![format!("{grant:?} {grant:#?}")];
    shown.push(format!("{:?}", ask(&mut grant, &server, 5).await));
    shown.push(format!("{:?} {grant:?}", ask(&mut grant, &server, 15).await));
    for reply in
        [error("invalid_grant"), Reply::json(400, &json!({"error": "x EXAMPLE"})), Reply::kind(200, "x", "EXAMPLE")]
    {
        let (mut grant, server) = asking([reply]).await;
        let error = ask(&mut grant, &server, 5).await.unwrap_err();
        shown.push(format!("{error} {error:?}"));
    }
    let shown = shown.concat();
    let verifier = form(&server.asked()[1]).remove("code_verifier").unwrap();
    assert!(shown.contains("Granted"), "{shown}");
    for hidden in ["EXAMPLE", "BCDF", verifier.as_str()] {
        assert!(!shown.contains(hidden), "{hidden} in {shown}");
    }
}

#[tokio::test]
async fn a_grant_can_be_started_and_asked_for_in_a_task_of_its_own() {
    let server = SmallServer::scripted([Reply::json(200, &device_answer()), error("access_denied")]).await;
    let endpoints = endpoints(&server.base);
    let task = tokio::spawn(async move {
        let mut grant = start_device_grant(&http(), &endpoints, CLIENT, &[], start()).await?;
        grant.ask(&http(), &endpoints, CLIENT, at(5)).await
    });
    assert!(matches!(task.await.unwrap(), Ok(Poll::Denied)));
    assert_eq!(form(&server.asked()[0]).get("scope"), None);
}
