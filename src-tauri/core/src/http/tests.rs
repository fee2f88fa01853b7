//! Owns the proof, over real sockets, of what each failure says about the request.

use super::*;
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

/// Answers each connection by `serve`, and hands out how many there were.
async fn server<F, Fut>(serve: F) -> (Url, mpsc::UnboundedReceiver<String>)
where
    F: Fn(TcpStream, mpsc::UnboundedSender<String>) -> Fut + Send + 'static,
    Fut: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
    let (sender, receiver) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, sender.clone()));
        }
    });
    (url, receiver)
}

/// Reads one whole request: its head, and as many bytes as its content length says.
async fn read_request(stream: &mut TcpStream) -> Option<String> {
    let mut read = Vec::new();
    loop {
        let mut buffer = [0; 4096];
        let count = stream.read(&mut buffer).await.ok()?;
        if count == 0 {
            return None;
        }
        read.extend_from_slice(&buffer[..count]);
        let text = String::from_utf8_lossy(&read).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse::<usize>().ok())
                .unwrap_or(0);
            if body.len() >= length {
                return Some(text);
            }
        }
    }
}

/// A server that answers every request on a connection with the same bytes, then closes if told to.
async fn answering(answer: &'static str, close: bool) -> (Url, mpsc::UnboundedReceiver<String>) {
    server(move |mut stream, requests| async move {
        while let Some(request) = read_request(&mut stream).await {
            requests.send(request).unwrap();
            stream.write_all(answer.as_bytes()).await.unwrap();
            if close {
                return;
            }
        }
    })
    .await
}

fn short() -> Http {
    let limits = Limits { connect: Duration::from_millis(300), total: Duration::from_millis(600), body: 64 * 1024 };
    Http::with(limits, None).unwrap()
}

async fn failure(request: Request) -> HttpError {
    request.send().await.map(|answer| answer.status).unwrap_err()
}

#[tokio::test]
async fn a_refused_port_means_that_nothing_was_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address: SocketAddr = listener.local_addr().unwrap();
    drop(listener);
    let url = Url::parse(&format!("http://{address}/")).unwrap();
    let error = failure(Http::new().unwrap().post(url).form(&[("a", "b")])).await;
    assert_eq!(error, HttpError::Offline);
    assert!(!error.may_have_been_done());
}

#[tokio::test]
async fn a_name_that_does_not_exist_means_that_nothing_was_sent() {
    let url = Url::parse("https://no-such-host.invalid/").unwrap();
    assert_eq!(failure(short().post(url)).await, HttpError::Offline);
}

#[tokio::test]
async fn a_server_without_tls_means_that_nothing_was_sent() {
    let (url, _requests) = server(|mut stream, _| async move {
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n").await.ok();
    })
    .await;
    let url = Url::parse(&url.as_str().replace("http://", "https://")).unwrap();
    assert_eq!(failure(Http::new().unwrap().post(url)).await, HttpError::Offline);
}

#[tokio::test]
async fn a_tls_handshake_that_never_ends_means_that_nothing_was_sent() {
    let (url, _requests) = server(|stream, _| async move {
        std::future::pending::<()>().await;
        drop(stream);
    })
    .await;
    let url = Url::parse(&url.as_str().replace("http://", "https://")).unwrap();
    assert_eq!(failure(short().post(url)).await, HttpError::Offline);
}

#[tokio::test]
async fn a_connection_closed_before_reading_may_have_taken_the_request() {
    let (url, _requests) = server(|stream, _| async move { drop(stream) }).await;
    let error = failure(Http::new().unwrap().post(url).fresh_connection().form(&[("a", "b")])).await;
    assert_eq!(error, HttpError::NoAnswer);
    assert!(error.may_have_been_done());
}

#[tokio::test]
async fn a_request_that_was_read_and_not_answered_is_sent_only_once() {
    for fresh in [true, false] {
        let (url, mut requests) = server(|mut stream, requests| async move {
            requests.send(read_request(&mut stream).await.unwrap()).unwrap();
        })
        .await;
        let request = Http::new().unwrap().post(url).json(&serde_json::json!({"name": "ci"}));
        let request = if fresh { request.fresh_connection() } else { request };
        assert_eq!(failure(request).await, HttpError::NoAnswer);
        assert!(requests.recv().await.unwrap().ends_with(r#"{"name":"ci"}"#));
        assert!(requests.try_recv().is_err(), "it was sent again");
    }
}

#[tokio::test]
async fn a_connection_that_died_between_two_requests_is_not_retried_with_a_second_post() {
    // The first answer keeps the connection; the second request on it is read, then dropped.
    let (url, mut requests) = server(|mut stream, requests| async move {
        for answer in ["HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", ""] {
            let Some(request) = read_request(&mut stream).await else { return };
            requests.send(request).unwrap();
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    })
    .await;
    let http = Http::new().unwrap();
    assert_eq!(http.get(url.clone()).send().await.unwrap().status, 200);
    assert_eq!(failure(http.post(url).form(&[("a", "b")])).await, HttpError::NoAnswer);
    let seen: Vec<String> = std::iter::from_fn(|| requests.try_recv().ok()).collect();
    assert_eq!(seen.iter().filter(|request| request.starts_with("POST")).count(), 1);
}

#[tokio::test]
async fn a_body_shorter_than_promised_is_no_answer() {
    let (url, _requests) = answering("HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\n{\"key\":", true).await;
    assert_eq!(failure(Http::new().unwrap().post(url)).await, HttpError::NoAnswer);
}

#[tokio::test]
async fn an_answer_that_comes_too_slowly_is_no_answer() {
    let (url, _requests) = answering("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{", false).await;
    assert_eq!(failure(short().post(url)).await, HttpError::NoAnswer);
    let (url, _requests) = answering("", false).await;
    assert_eq!(failure(short().post(url)).await, HttpError::NoAnswer);
}

#[tokio::test]
async fn an_endless_body_is_cut_off() {
    let (url, _requests) = server(|mut stream, _| async move {
        read_request(&mut stream).await.unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
        while stream.write_all(&vec![b' '; 64 * 1024]).await.is_ok() {}
    })
    .await;
    let error = failure(Http::new().unwrap().get(url)).await;
    assert_eq!(error, HttpError::TooLarge);
    assert!(error.may_have_been_done());
}

#[tokio::test]
async fn a_body_that_promises_too_much_is_not_read_at_all() {
    let (url, _requests) = answering("HTTP/1.1 200 OK\r\nContent-Length: 4194305\r\n\r\n", false).await;
    assert_eq!(failure(Http::new().unwrap().get(url)).await, HttpError::TooLarge);
}

#[tokio::test]
async fn a_body_of_exactly_the_cap_is_read() {
    let (url, _requests) = server(|mut stream, _| async move {
        read_request(&mut stream).await.unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 65536\r\n\r\n").await.unwrap();
        stream.write_all(&vec![b'x'; 64 * 1024]).await.unwrap();
    })
    .await;
    assert_eq!(short().get(url).send().await.unwrap().body().len(), 64 * 1024);
}

#[tokio::test]
async fn a_redirect_is_a_status_and_is_not_followed() {
    let (elsewhere, mut visits) = answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", false).await;
    let (url, _requests) = server(move |mut stream, _| {
        let elsewhere = elsewhere.clone();
        async move {
            read_request(&mut stream).await.unwrap();
            let answer = format!("HTTP/1.1 307 Moved\r\nLocation: {elsewhere}\r\nContent-Length: 0\r\n\r\n");
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    })
    .await;
    let credential = Secret::new("bmc_redirectEXAMPLE".to_owned());
    let answer = Http::new().unwrap().post(url).bearer(&credential).send().await.unwrap();
    assert_eq!(answer.status, 307);
    assert!(visits.try_recv().is_err());
}

#[tokio::test]
async fn only_encrypted_and_local_addresses_are_spoken_to() {
    let http = Http::new().unwrap();
    for text in ["http://example.com/", "http://localhost:9/", "ftp://127.0.0.1/"] {
        let error = failure(http.get(Url::parse(text).unwrap())).await;
        assert_eq!(error, HttpError::UnsafeAddress(UnsafeAddress::NotEncrypted), "{text}");
    }
    for text in ["https://user:password@127.0.0.1/", "https://127.0.0.1/#fragment", "data:text/plain,x"] {
        let error = failure(http.get(Url::parse(text).unwrap())).await;
        assert_eq!(error, HttpError::UnsafeAddress(UnsafeAddress::NotPlain), "{text}");
    }
}

#[tokio::test]
async fn a_request_says_who_it_is_and_carries_its_credential_form_and_query() {
    let (url, mut requests) = answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", false).await;
    let url = url.join("api/keys?limit=5").unwrap();
    let credential = Secret::new("bmc_headersEXAMPLE".to_owned());
    let request = Http::new().unwrap().post(url).bearer(&credential).header("X-Workspace-ID", "w 1");
    request.form(&[("scope", "a b"), ("name", "ü&=")]).send().await.unwrap();
    let seen = requests.recv().await.unwrap();
    let (head, body) = seen.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("POST /api/keys?limit=5 HTTP/1.1\r\n"), "{head}");
    let head = head.to_ascii_lowercase();
    for line in [
        format!("user-agent: latchkey/{}", env!("CARGO_PKG_VERSION")),
        "authorization: bearer bmc_headersexample".to_owned(),
        "accept: application/json".to_owned(),
        "content-type: application/x-www-form-urlencoded".to_owned(),
        "x-workspace-id: w 1".to_owned(),
    ] {
        assert_eq!(head.lines().filter(|seen| **seen == line).count(), 1, "{line} in {head}");
    }
    for absent in ["cookie", "referer", "accept-encoding"] {
        assert!(!head.contains(absent), "{absent} in {head}");
    }
    assert_eq!(body, "scope=a+b&name=%C3%BC%26%3D");
}

#[tokio::test]
async fn a_cookie_that_was_set_is_not_sent_back() {
    let (url, mut requests) =
        answering("HTTP/1.1 200 OK\r\nSet-Cookie: session=1; Path=/\r\nContent-Length: 0\r\n\r\n", false).await;
    let http = Http::new().unwrap();
    for _ in 0..2 {
        http.get(url.clone()).send().await.unwrap();
        assert!(!requests.recv().await.unwrap().to_ascii_lowercase().contains("cookie"));
    }
}

#[tokio::test]
async fn a_fresh_connection_is_neither_taken_from_the_kept_ones_nor_kept() {
    let connections = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let counter = connections.clone();
    let (url, _requests) = server(move |mut stream, _| {
        counter.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        async move {
            while read_request(&mut stream).await.is_some() {
                stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await.unwrap();
            }
        }
    })
    .await;
    let http = Http::new().unwrap();
    for _ in 0..3 {
        http.get(url.clone()).send().await.unwrap();
    }
    assert_eq!(connections.load(std::sync::atomic::Ordering::SeqCst), 1);
    for _ in 0..3 {
        http.get(url.clone()).fresh_connection().send().await.unwrap();
    }
    assert_eq!(connections.load(std::sync::atomic::Ordering::SeqCst), 4);
}

#[tokio::test]
async fn the_proxy_sees_a_name_and_is_not_used_for_this_computer() {
    let (proxy, mut asked) = answering("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n", true).await;
    let http = Http::with(Limits::default(), Some(&Proxy::all(proxy.as_str()).unwrap())).unwrap();
    let (url, mut requests) = answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", false).await;
    let credential = Secret::new("bmc_proxyEXAMPLE".to_owned());
    for fresh in [false, true] {
        let request = http.get(url.clone()).bearer(&credential);
        let request = if fresh { request.fresh_connection() } else { request };
        assert_eq!(request.send().await.unwrap().status, 200);
        requests.recv().await.unwrap();
        assert!(asked.try_recv().is_err());
        let request = http.get(Url::parse("https://service.invalid/api/keys").unwrap()).bearer(&credential);
        let request = if fresh { request.fresh_connection() } else { request };
        assert_eq!(failure(request).await, HttpError::Offline);
        let connect = asked.recv().await.unwrap();
        assert!(connect.starts_with("CONNECT service.invalid:443 "), "{connect}");
        assert!(!connect.contains("proxyEXAMPLE"));
    }
}

#[tokio::test]
async fn characters_that_no_header_can_carry_are_refused_before_sending() {
    let (url, mut requests) = answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", false).await;
    let http = Http::new().unwrap();
    let credential = Secret::new("bmc_line\r\nX-Injected: EXAMPLE".to_owned());
    assert_eq!(failure(http.get(url.clone()).bearer(&credential)).await, HttpError::Unsendable);
    assert_eq!(failure(http.get(url).header("X-Workspace-ID", "a\nb")).await, HttpError::Unsendable);
    assert!(requests.try_recv().is_err());
}

#[tokio::test]
async fn nothing_that_was_sent_or_received_shows_in_debug_output_or_errors() {
    let (url, _requests) = answering(
        "HTTP/1.1 200 OK\r\nSet-Cookie: c=cookieEXAMPLE\r\nContent-Length: 21\r\n\r\n{\"key\":\"bodyEXAMPLE\"}",
        false,
    )
    .await;
    let url = url.join("?query=queryEXAMPLE").unwrap();
    let credential = Secret::new("bmc_debugEXAMPLE".to_owned());
    let http = short();
    let request = http.post(url.clone()).bearer(&credential).form(&[("token", "formEXAMPLE")]);
    let before = format!("{http:?} {request:?}");
    let answer = request.send().await.unwrap();
    assert_eq!(answer.text(), Some(r#"{"key":"bodyEXAMPLE"}"#));
    let received = format!("{answer:?} {answer:#?}");
    let mut refused = url;
    refused.set_port(Some(1)).unwrap();
    let error = http.get(refused).bearer(&credential).send().await.unwrap_err();
    let shown = format!("{before} {received} {error:?} {error}");
    assert!(!shown.contains("EXAMPLE") && !shown.contains("127.0.0.1"), "{shown}");
    assert!(std::error::Error::source(&error).is_none());
}

fn with_headers(headers: &[(&'static str, &'static str)]) -> Response {
    let headers =
        headers.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value))).collect();
    Response { status: 429, headers, body: Zeroizing::new(Vec::new()) }
}

fn moment(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

#[test]
fn retry_after_is_understood_in_seconds_and_in_every_form_of_date() {
    let now = moment("1994-11-06T08:49:00Z");
    let retry_at = |value| with_headers(&[("retry-after", value)]).retry_at(now);
    assert_eq!(retry_at("120"), Some(moment("1994-11-06T08:51:00Z")));
    for date in ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"] {
        assert_eq!(retry_at(date), Some(moment("1994-11-06T08:49:37Z")), "{date}");
    }
    for nonsense in ["", "-5", "soon", "1.5", "99999999999999999999999", "9223372036854775807"] {
        assert_eq!(retry_at(nonsense), None, "{nonsense}");
    }
    assert_eq!(with_headers(&[]).retry_at(now), None);
}

#[test]
fn a_server_whose_clock_is_wrong_is_waited_for_by_its_own_clock() {
    let answer =
        with_headers(&[("date", "Sun, 06 Nov 1994 08:49:30 GMT"), ("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT")]);
    assert_eq!(answer.date(), Some(moment("1994-11-06T08:49:30Z")));
    assert_eq!(answer.retry_at(moment("2026-11-21T00:00:00Z")), Some(moment("2026-11-21T00:00:07Z")));
    let answer = with_headers(&[("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT")]);
    let now = moment("2026-11-21T00:00:00Z");
    assert_eq!(answer.retry_at(now), Some(now));
}
