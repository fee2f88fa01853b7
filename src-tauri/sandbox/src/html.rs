//! Owns what every page of the sandbox has in common: its frame, its style, its headers and the
//! tokens in its forms. Leaves out what a page says.

use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_FRAME_OPTIONS};
use axum::response::{Html, IntoResponse, Response};
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use url::{Host, Url};

use crate::secrets;

/// Where the style is served; pages allow no other and none inline.
pub(crate) const STYLE_PATH: &str = "/sandbox.css";

/// A whole page.
pub(crate) fn page(status: StatusCode, title: &str, body: &str) -> Response {
    whole(status, title, body, "")
}

/// A whole page whose form may lead the browser on to this address: browsers hold `form-action` against
/// redirects too.
pub(crate) fn page_with_way_out(status: StatusCode, title: &str, way_out: &Url, body: &str) -> Response {
    // A policy can name no IPv6 address.
    let source = match way_out.host() {
        Some(Host::Ipv6(_)) => " http:".to_owned(),
        _ => format!(" {}", way_out.origin().ascii_serialization()),
    };
    whole(status, title, body, &source)
}

fn whole(status: StatusCode, title: &str, body: &str, way_out: &str) -> Response {
    let policy = format!(
        "default-src 'none'; style-src 'self'; form-action 'self'{way_out}; base-uri 'none'; frame-ancestors 'none'"
    );
    let html = format!(
        r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title} · Latchkey sandbox</title>
<link rel="stylesheet" href="{STYLE_PATH}">
</head>
<body>
<header>
<svg width="24" height="24" viewBox="0 0 24 24" aria-hidden="true"><rect width="24" height="24" rx="6"/><circle cx="12" cy="9.5" r="3.25"/><path d="M12 12v6.5M12 15.5h3"/></svg>
<p><strong>Latchkey sandbox</strong> <span>Everything here is pretend and stays on this computer.</span></p>
</header>
<main>
{body}
</main>
</body>
</html>
"#,
        title = escape(title),
    );
    let headers = [
        (CONTENT_SECURITY_POLICY, policy.as_str()),
        (REFERRER_POLICY, "no-referrer"),
        (X_FRAME_OPTIONS, "DENY"),
        (CACHE_CONTROL, "no-store"),
    ];
    (status, headers, Html(html)).into_response()
}

/// The style of all pages.
pub(crate) async fn style() -> Response {
    ([(CONTENT_TYPE, "text/css; charset=utf-8")], include_str!("sandbox.css")).into_response()
}

/// Text that is safe between tags and inside double quotes.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The tokens in forms: each is good once and for ten minutes. Another site can make the browser post
/// here, but it cannot read a page and so has no token.
#[derive(Debug, Default)]
pub(crate) struct FormTokens {
    issued: Mutex<HashMap<[u8; 32], DateTime<Utc>>>,
}

impl FormTokens {
    const LIFE: TimeDelta = TimeDelta::minutes(10);

    /// A hidden field with a new token.
    pub(crate) fn field(&self, now: DateTime<Utc>) -> String {
        let token = secrets::random_text();
        let mut issued = self.issued.lock().unwrap_or_else(PoisonError::into_inner);
        issued.retain(|_, at| now - *at < Self::LIFE);
        issued.insert(secrets::hash(&token), now);
        format!(r#"<input type="hidden" name="form_token" value="{token}">"#)
    }

    /// Whether the token is good. It is not good again.
    pub(crate) fn redeem(&self, token: &str, now: DateTime<Utc>) -> bool {
        let mut issued = self.issued.lock().unwrap_or_else(PoisonError::into_inner);
        issued.remove(&secrets::hash(token)).is_some_and(|at| now - at < Self::LIFE)
    }
}
