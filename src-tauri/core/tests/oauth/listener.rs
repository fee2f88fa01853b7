//! Owns the proof of what the loopback listener lets in: one browser with the right state, whoever else
//! knocks, however slowly.

use super::code::{SCOPES, offering, waiting};
use super::{CLIENT, SmallServer, characters, start};
use latchkey_core::oauth::{CameBack, CodeGrant, start_code_grant};
use std::collections::HashMap;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use url::Url;

/// What the page of a grant says in its query.
pub(crate) fn parameters(grant: &CodeGrant) -> HashMap<String, String> {
    grant.page.query_pairs().into_owned().collect()
}

/// Where the listener of a grant is.
pub(crate) fn address(grant: &CodeGrant) -> (String, u16) {
    let redirect: Url = parameters(grant)["redirect_uri"].parse().unwrap();
    (redirect.host_str().unwrap().to_owned(), redirect.port().unwrap())
}

/// Sends these bytes and reads the answer to its end. `None` if there is none.
pub(crate) async fn raw(address: &(String, u16), bytes: &[u8]) -> Option<String> {
    let mut stream = TcpStream::connect((address.0.as_str(), address.1)).await.unwrap();
    stream.write_all(bytes).await.ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.ok()?;
    (!answer.is_empty()).then(|| String::from_utf8(answer).unwrap())
}

/// The request of a browser that follows this target.
pub(crate) async fn get(grant: &CodeGrant, target: &str) -> String {
    let address = address(grant);
    let (host, port) = &address;
    let lines = ["Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document", "Accept: text/html"].join("\r\n");
    raw(&address, format!("GET {target} HTTP/1.1\r\nHost: {host}:{port}\r\n{lines}\r\n\r\n").as_bytes()).await.unwrap()
}

/// A browser that comes back with the right state.
pub(crate) async fn come_back(grant: &CodeGrant, query: &str) -> String {
    get(grant, &format!("/callback?{query}&state={}", parameters(grant)["state"])).await
}

fn is_404(answer: &str) -> bool {
    answer.starts_with("HTTP/1.1 404 ") && answer.ends_with("\r\n\r\n")
}

/// Whether the grant still waits, and then takes the right answer.
pub(crate) async fn still_waits(mut grant: CodeGrant, server: &SmallServer) {
    let offering = offering(&server.base, false);
    let waits = futures::poll!(std::pin::pin!(grant.came_back(&offering))).is_pending();
    assert!(waits, "something was taken for the answer");
    assert!(come_back(&grant, "code=the-right-one-EXAMPLE").await.starts_with("HTTP/1.1 200 "));
    let Ok(CameBack::Code(code)) = grant.came_back(&offering).await else { panic!("no code") };
    assert_eq!(characters(&code), "the-right-one-EXAMPLE");
}

#[tokio::test]
async fn whatever_else_is_asked_gets_404_and_listening_goes_on() {
    let (grant, server) = waiting([]).await;
    let state = parameters(&grant)["state"].clone();
    for target in ["/", "/favicon.ico", "/callback", "/callback/x?code=c&state=STATE", "/?code=c&state=STATE"] {
        let answer = get(&grant, &target.replace("STATE", &state)).await;
        assert!(is_404(&answer), "{target}: {answer}");
    }
    let address = address(&grant);
    let host = format!("{}:{}", address.0, address.1);
    for (method, body) in [("POST", "code=c"), ("HEAD", ""), ("PUT", ""), ("OPTIONS", ""), ("CONNECT", "")] {
        let request = format!(
            "{method} /callback?code=c&state={state} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        assert!(is_404(&raw(&address, request.as_bytes()).await.unwrap()), "{method}");
    }
    still_waits(grant, &server).await;
}

#[tokio::test]
async fn the_page_is_static_and_tells_the_browser_to_keep_nothing() {
    let (grant, _server) = waiting([]).await;
    let answer = come_back(&grant, "code=code-EXAMPLE&session_state=other-EXAMPLE").await;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let head = head.to_ascii_lowercase();
    for line in [
        "cache-control: no-store",
        "referrer-policy: no-referrer",
        "x-content-type-options: nosniff",
        "x-frame-options: deny",
        "connection: close",
    ] {
        assert!(head.contains(line), "{line}: {head}");
    }
    assert!(head.contains("content-security-policy: default-src 'none'; style-src 'sha256-"), "{head}");
    assert!(!head.contains("unsafe") && !head.contains("access-control"), "{head}");
    assert!(body.contains("Go back to Latchkey") && !body.contains("<script"), "{body}");
    assert!(!answer.contains("EXAMPLE") && !answer.contains(&parameters(&grant)["state"]), "{answer}");
}

#[tokio::test]
async fn a_second_request_changes_nothing() {
    let (mut grant, server) = waiting([]).await;
    let first = come_back(&grant, "code=first-EXAMPLE").await;
    assert!(first.starts_with("HTTP/1.1 200 "));
    let second = come_back(&grant, "code=second-EXAMPLE").await;
    assert!(second.starts_with("HTTP/1.1 410 ") && second.contains("This sign-in is over"), "{second}");
    let offering = offering(&server.base, false);
    let Ok(CameBack::Code(code)) = grant.came_back(&offering).await else { panic!("no code") };
    assert_eq!(characters(&code), "first-EXAMPLE");
}

#[tokio::test]
async fn a_stale_tab_reads_that_its_sign_in_was_replaced() {
    let (grant, server) = waiting([]).await;
    let (newer, _other) = waiting([]).await;
    let (state, address) = (parameters(&grant)["state"].clone(), address(&grant));
    let staying = tokio::spawn(grant.say_replaced(Duration::from_secs(60)));
    tokio::task::yield_now().await;
    let host = format!("{}:{}", address.0, address.1);
    let request = format!("GET /callback?code=late-EXAMPLE&state={state} HTTP/1.1\r\nHost: {host}\r\n\r\n");
    for _ in 0..2 {
        let answer = raw(&address, request.as_bytes()).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 410 ") && answer.contains("This sign-in was replaced"), "{answer}");
    }
    let other = request.replace(&state, "guessed");
    assert!(is_404(&raw(&address, other.as_bytes()).await.unwrap()));
    staying.abort();
    still_waits(newer, &server).await;
}

#[tokio::test]
async fn a_slow_client_keeps_nobody_out() {
    let (grant, server) = waiting([]).await;
    let (host, port) = address(&grant);
    let mut slow = Vec::new();
    // More than may wait at once: the oldest make room.
    for _ in 0..40 {
        let mut stream = TcpStream::connect((host.as_str(), port)).await.unwrap();
        stream.write_all(b"GET /callback?code=slow").await.unwrap();
        slow.push(stream);
    }
    still_waits(grant, &server).await;
}

#[tokio::test]
async fn a_head_that_is_too_long_or_has_too_many_lines_is_refused() {
    let (grant, server) = waiting([]).await;
    let (address, state) = (address(&grant), parameters(&grant)["state"].clone());
    let host = format!("{}:{}", address.0, address.1);
    let line = format!("GET /callback?code=c&state={state} HTTP/1.1\r\nHost: {host}\r\n");
    let many = "X-More: 1\r\n".repeat(80);
    let answer = raw(&address, format!("{line}{many}\r\n").as_bytes()).await;
    assert!(answer.is_none_or(|answer| is_404(&answer)), "too many lines");
    let answer = raw(&address, format!("{line}X: {}\r\n\r\n", "x".repeat(20_000)).as_bytes()).await;
    assert!(answer.is_none_or(|answer| is_404(&answer)), "too long");
    let answer = raw(&address, &[0, 159, 146, 150, 13, 10, 13, 10]).await;
    assert!(answer.is_none_or(|answer| is_404(&answer)), "no text");
    still_waits(grant, &server).await;
}

#[tokio::test]
async fn a_head_that_comes_in_pieces_is_whole_in_the_end() {
    let server = SmallServer::scripted([]).await;
    let offering = offering(&server.base, false);
    let mut grant = start_code_grant(&offering, CLIENT, &SCOPES, start()).await.unwrap();
    let (host, port) = address(&grant);
    let request = format!(
        "GET /callback?code=pieces-EXAMPLE&state={} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n",
        parameters(&grant)["state"]
    );
    let mut stream = TcpStream::connect((host.as_str(), port)).await.unwrap();
    for piece in request.as_bytes().chunks(40) {
        stream.write_all(piece).await.unwrap();
        stream.flush().await.unwrap();
        tokio::task::yield_now().await;
    }
    let Ok(CameBack::Code(code)) = grant.came_back(&offering).await else { panic!("no code") };
    assert_eq!(characters(&code), "pieces-EXAMPLE");
}
