//! Owns what the browser's request on the loopback address must look like, and what it brought: the
//! method, the path, the Host and the parameters (RFC 6749 section 4.1.2). Leaves out sockets.

use super::ErrorCode;
use crate::domain::Secret;
use url::form_urlencoded;

/// Where the browser comes back to. Below a loopback literal a client registers it without the port
/// (RFC 8252 section 7.3).
pub(super) const PATH: &str = "/callback";

/// More headers than any browser sends.
pub(super) const MOST_HEADERS: usize = 64;

/// What the head of a request is, as far as it was read.
pub(super) enum Head {
    /// Its end is still to come.
    Unfinished,
    /// Not a request of a browser that comes back here.
    Foreign,
    /// A browser that comes back, with what it brought.
    Callback(Brought),
}

/// The parameters of RFC 6749 section 4.1.2, section 4.1.2.1 and RFC 9207 section 2, each at most once.
#[derive(Default)]
pub(super) struct Brought {
    pub(super) state: Option<Secret>,
    pub(super) code: Option<Secret>,
    pub(super) error: Option<String>,
    pub(super) issuer: Option<String>,
}

impl Brought {
    /// The error's name, if it is made like one.
    pub(super) fn error_code(&self) -> Option<ErrorCode> {
        self.error.as_deref().and_then(ErrorCode::new)
    }
}

/// Reads the head. `host` is the literal with its port, as the redirect address names it.
pub(super) fn read(bytes: &[u8], host: &str) -> Head {
    let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let mut request = httparse::Request::new(&mut headers);
    match request.parse(bytes) {
        Ok(httparse::Status::Partial) => return Head::Unfinished,
        Ok(httparse::Status::Complete(_)) => {}
        Err(_) => return Head::Foreign,
    }
    let values = |name: &'static str| {
        let named = request.headers.iter().filter(move |header| header.name.eq_ignore_ascii_case(name));
        named.map(|header| header.value)
    };
    // Exactly one Host, and it is ours: a name that was made to point to this computer is not (DNS rebinding).
    let mut hosts = values("host");
    let to_us = hosts.next() == Some(host.as_bytes()) && hosts.next().is_none();
    // A page elsewhere that fetches, embeds or draws this address does not navigate a window to it. Browsers
    // say which it is (Fetch Metadata); what says nothing is no browser that a page could use.
    let only = |name, wanted: &[u8]| values(name).all(|value| value == wanted);
    let navigates = only("sec-fetch-mode", b"navigate") && only("sec-fetch-dest", b"document");
    let bare = values("content-length").all(|value| value == b"0") && values("transfer-encoding").next().is_none();
    if request.method != Some("GET") || !to_us || !navigates || !bare {
        return Head::Foreign;
    }
    let Some((path, query)) = request.path.and_then(|target| target.split_once('?')) else { return Head::Foreign };
    if path != PATH {
        return Head::Foreign;
    }
    parameters(query).map_or(Head::Foreign, Head::Callback)
}

/// `None` if a parameter comes twice, which RFC 6749 section 3.1 forbids.
fn parameters(query: &str) -> Option<Brought> {
    let mut brought = Brought::default();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        let twice = match &*name {
            "state" => brought.state.replace(Secret::new(value.into_owned())).is_some(),
            "code" => brought.code.replace(Secret::new(value.into_owned())).is_some(),
            "error" => brought.error.replace(value.into_owned()).is_some(),
            "iss" => brought.issuer.replace(value.into_owned()).is_some(),
            _ => false,
        };
        if twice {
            return None;
        }
    }
    Some(brought)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOST: &str = "127.0.0.1:4100";

    fn brought(lines: &[&str]) -> Option<Brought> {
        match read(format!("{}\r\n\r\n", lines.join("\r\n")).as_bytes(), HOST) {
            Head::Callback(brought) => Some(brought),
            Head::Foreign => None,
            Head::Unfinished => panic!("a whole head is unfinished"),
        }
    }

    fn characters(secret: Option<&Secret>) -> Option<String> {
        // Made up by the test itself.
        secret.map(|secret| secret.expose_secret().to_owned())
    }

    #[test]
    fn a_browser_that_comes_back_brings_code_state_and_issuer() {
        let found = brought(&[
            "GET /callback?code=a%2Bb&state=s&iss=https%3A%2F%2Fsign-in.example&session_state=x HTTP/1.1",
            "host: 127.0.0.1:4100",
            "Sec-Fetch-Mode: navigate",
            "Sec-Fetch-Dest: document",
            "Sec-Fetch-Site: cross-site",
        ])
        .unwrap();
        assert_eq!(characters(found.code.as_ref()).as_deref(), Some("a+b"));
        assert_eq!(characters(found.state.as_ref()).as_deref(), Some("s"));
        assert_eq!(found.issuer.as_deref(), Some("https://sign-in.example"));
        assert!(found.error.is_none());
        let plain = brought(&["GET /callback?error=access_denied&state=s HTTP/1.0", "Host: 127.0.0.1:4100"]).unwrap();
        assert_eq!(plain.error_code().map(|code| code.to_string()).as_deref(), Some("access_denied"));
    }

    #[test]
    fn everything_else_is_foreign() {
        let line = "GET /callback?code=c&state=s HTTP/1.1";
        let host = "Host: 127.0.0.1:4100";
        for lines in [
            vec![line],
            vec![line, host, host],
            vec![line, "Host: 127.0.0.1:4101"],
            vec![line, "Host: 127.0.0.1"],
            vec![line, "Host: localhost:4100"],
            vec![line, "Host: rebound.example:4100"],
            vec![line, "Host: 127.0.0.1:4100.rebound.example"],
            vec![line, host, "Sec-Fetch-Mode: no-cors"],
            vec![line, host, "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: iframe"],
            vec![line, host, "Content-Length: 5"],
            vec![line, host, "Transfer-Encoding: chunked"],
            vec!["POST /callback?code=c&state=s HTTP/1.1", host],
            vec!["HEAD /callback?code=c&state=s HTTP/1.1", host],
            vec!["OPTIONS /callback?code=c&state=s HTTP/1.1", host],
            vec!["get /callback?code=c&state=s HTTP/1.1", host],
            vec!["GET /callback HTTP/1.1", host],
            vec!["GET / HTTP/1.1", host],
            vec!["GET /?code=c&state=s HTTP/1.1", host],
            vec!["GET /callback/?code=c&state=s HTTP/1.1", host],
            vec!["GET /Callback?code=c&state=s HTTP/1.1", host],
            vec!["GET /%63allback?code=c&state=s HTTP/1.1", host],
            vec!["GET http://127.0.0.1:4100/callback?code=c&state=s HTTP/1.1", host],
            vec!["GET /callback?code=c&state=s&state=t HTTP/1.1", host],
            vec!["GET /callback?code=c&code=d&state=s HTTP/1.1", host],
            vec!["GET /callback?code=c&state=s&iss=a&iss=a HTTP/1.1", host],
            vec!["GET /callback?error=a&error=b&state=s HTTP/1.1", host],
            vec!["GET /callback?code=c&state=s HTTP/2.0", host],
            vec!["\u{16}\u{3}\u{1} hello"],
        ] {
            assert!(brought(&lines).is_none(), "{lines:?}");
        }
        let many: Vec<String> = (0..=MOST_HEADERS).map(|number| format!("x-{number}: 1")).collect();
        let mut lines = vec![line, host];
        lines.extend(many.iter().map(String::as_str));
        assert!(brought(&lines).is_none(), "too many headers");
    }

    #[test]
    fn a_head_without_its_end_is_unfinished() {
        for bytes in ["", "GET /callback?code=c", "GET /callback?code=c&state=s HTTP/1.1\r\nHost: 127.0.0.1:4100\r\n"] {
            assert!(matches!(read(bytes.as_bytes(), HOST), Head::Unfinished), "{bytes}");
        }
    }

    #[test]
    fn an_error_is_named_only_if_it_is_made_like_one() {
        let of = |text: &str| Brought { error: Some(text.to_owned()), ..Brought::default() }.error_code();
        assert!(of("server_error").is_some());
        assert!(of("<script>").is_none() && of("").is_none());
    }
}
