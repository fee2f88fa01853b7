//! Owns the static answers of the loopback listener, byte for byte. Nothing of a request is in them, so
//! that no code can be. Leaves out when each is given.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

/// Which answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ReplyPage {
    /// The browser brought what was waited for.
    Received,
    /// The same request once more.
    Again,
    /// A newer sign-in took this one's place.
    Replaced,
    /// Anything else.
    NotFound,
}

const STYLE: &str = ":root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:34rem;\
                     margin:18vh auto;padding:0 1.5rem}h1{font-size:1.375rem;line-height:1.3}";

impl ReplyPage {
    /// The whole answer, head and body.
    pub(super) fn bytes(self) -> Vec<u8> {
        let (status, body) = match self {
            Self::Received => (
                "200 OK",
                page(
                    "Go back to Latchkey",
                    "Latchkey has the answer of this sign-in and goes on by itself. You can close this tab.",
                ),
            ),
            Self::Again => (
                "410 Gone",
                page("This sign-in is over", "Its answer was received before. Close this tab and go back to Latchkey."),
            ),
            Self::Replaced => (
                "410 Gone",
                page(
                    "This sign-in was replaced",
                    "A newer one was started in Latchkey. Close this tab and go on in the newer one.",
                ),
            ),
            Self::NotFound => ("404 Not Found", String::new()),
        };
        let hash = STANDARD.encode(Sha256::digest(STYLE.as_bytes()));
        format!(
            "HTTP/1.1 {status}\r\n\
             Content-Type: text/html; charset=utf-8\r\n\
             Content-Length: {length}\r\n\
             Content-Security-Policy: default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r\n\
             Cache-Control: no-store\r\n\
             Referrer-Policy: no-referrer\r\n\
             X-Content-Type-Options: nosniff\r\n\
             X-Frame-Options: DENY\r\n\
             Cross-Origin-Opener-Policy: same-origin\r\n\
             Cross-Origin-Resource-Policy: same-origin\r\n\
             Connection: close\r\n\r\n{body}",
            length = body.len(),
        )
        .into_bytes()
    }
}

fn page(title: &str, text: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title>\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><style>{STYLE}</style></head>\
         <body><main><h1>{title}</h1><p>{text}</p></main></body></html>\n"
    )
}
