//! Owns how a form is posted to an authorization server and how its refusals are read.
//! Leaves out what each answer is for.

use super::OAuthError;
use crate::domain::check_address;
use crate::http::{Http, Response};
use chrono::{DateTime, Utc};
use oauth2::DeviceCodeErrorResponseType;
use serde::Deserialize;
use url::Url;

/// An error code of RFC 6749 section 5.2 or RFC 8628 section 3.5, or another of the same make:
/// 1 to 40 lower-case letters and underscores, so that no secret can hide in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorCode(String);

impl ErrorCode {
    /// `None` if the text is not made like a code.
    pub fn new(text: &str) -> Option<Self> {
        let fits = (1..=40).contains(&text.len()) && text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'_'));
        fits.then(|| Self(text.to_owned()))
    }

    /// The code as the server named it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for ErrorCode {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Posts a form over a connection of its own: a refresh token that is rotated on a connection that
/// dies would be lost.
pub(super) async fn post(http: &Http, endpoint: &Url, fields: &[(&str, &str)]) -> Result<Response, OAuthError> {
    Ok(http.post(endpoint.clone()).form(fields).fresh_connection().send().await?)
}

/// The error a server named, if the answer is one (RFC 6749 section 5.2). Some servers name it with a
/// status of 200; a 5xx is the server's own trouble, whatever its body says.
pub(super) fn named_error(answer: &Response) -> Option<DeviceCodeErrorResponseType> {
    #[derive(Deserialize)]
    struct Named {
        error: DeviceCodeErrorResponseType,
    }
    let readable = answer.is_success() || ((400..500).contains(&answer.status) && answer.status != 429);
    readable.then(|| answer.json::<Named>()).flatten().map(|named| named.error)
}

/// What an answer that is not the expected one means.
pub(super) fn refusal(answer: &Response, now: DateTime<Utc>) -> OAuthError {
    let status = answer.status;
    let named = named_error(answer).and_then(|error| ErrorCode::new(error.as_ref()));
    match (named, status) {
        (Some(code), _) => OAuthError::Refused { code, status },
        (None, 429 | 500..) => OAuthError::Unavailable { status, retry_at: answer.retry_at(now) },
        (None, _) => OAuthError::NotUnderstood { status },
    }
}

/// Whether a page may be opened, or an endpoint spoken to: https, or http on this computer. Unlike an
/// account's address it may have a query.
pub(super) fn is_safe(address: &Url) -> bool {
    let mut address = address.clone();
    address.set_query(None);
    check_address(&address).is_ok()
}

/// The host of a page, with its port if it is not the usual one, for the person to compare.
pub(super) fn host_to_compare(page: &Url) -> String {
    let host = page.host_str().unwrap_or_default();
    match page.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

/// A count of seconds, which some servers write as text or with a fraction.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(untagged)]
pub(super) enum Seconds {
    Whole(u64),
    Fraction(f64),
    Text(SecondsText),
}

/// Seconds in quotes.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct SecondsText(u64);

impl TryFrom<String> for SecondsText {
    type Error = std::num::ParseIntError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.trim().parse().map(Self)
    }
}

impl Seconds {
    /// At most `most`, so that adding them to a moment cannot overflow.
    pub(super) fn at_most(self, most: u32) -> u32 {
        let seconds = match self {
            Self::Whole(seconds) | Self::Text(SecondsText(seconds)) => seconds,
            // A negative or endless fraction becomes 0 or the largest number, which is what is meant.
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            Self::Fraction(seconds) => seconds as u64,
        };
        u32::try_from(seconds).unwrap_or(most).min(most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_code_is_short_and_plain() {
        assert_eq!(ErrorCode::new("invalid_client").unwrap().to_string(), "invalid_client");
        for text in ["", "Invalid", "a b", "tok3n", "a\u{202e}b", &"a".repeat(41)] {
            assert_eq!(ErrorCode::new(text), None, "{text}");
        }
    }

    #[test]
    fn seconds_are_read_however_they_are_written() {
        let read = |text| serde_json::from_str::<Seconds>(text).map(|seconds| seconds.at_most(900)).ok();
        assert_eq!(read("300"), Some(300));
        assert_eq!(read("\"300\""), Some(300));
        assert_eq!(read("300.9"), Some(300));
        assert_eq!(read("-1"), Some(0));
        assert_eq!(read("18446744073709551615"), Some(900));
        assert_eq!(read("1e300"), Some(900));
        assert_eq!(read("\"soon\""), None);
        assert_eq!(read("null"), None);
    }
}
