//! Owns sending a service's request and noting what every answer says beside its contents: how often
//! the service may be asked, and what time it is there. The one place that reads rate limit headers.

use super::{Call, ProviderError};
use crate::clock::{Clock as _, SystemClock};
use crate::domain::RateLimit;
use crate::http::{Request, Response};
use chrono::{DateTime, TimeDelta, Utc};
use std::sync::{Mutex, MutexGuard, PoisonError};
use url::Url;

/// What the answers to one call said beside their contents.
#[derive(Debug, Default)]
pub struct Seen(Mutex<Said>);

#[derive(Debug, Default, Clone, Copy)]
struct Said {
    rate_limit: Option<RateLimit>,
    time: Option<DateTime<Utc>>,
}

impl Seen {
    /// How often the service may be asked, as the last answer that spoke of it said.
    pub fn rate_limit(&self) -> Option<RateLimit> {
        self.said().rate_limit
    }

    /// What time it was by the service's clock, as the last answer that spoke of it said (`Date`).
    pub fn time(&self) -> Option<DateTime<Utc>> {
        self.said().time
    }

    fn said(&self) -> MutexGuard<'_, Said> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Sends a request once, and notes how often the service may be asked.
pub(super) async fn send(call: &Call<'_>, request: Request) -> Result<Response, ProviderError> {
    let response = request.send().await?;
    let mut said = call.seen.said();
    said.rate_limit = rate_limit(&response, SystemClock.now()).or(said.rate_limit);
    said.time = response.date().or(said.time);
    drop(said);
    Ok(response)
}

/// When a refused request can be sent again: what `Retry-After` says, else a second after the rate
/// limit begins anew, since that moment is told in whole seconds.
pub(super) fn retry_at(response: &Response) -> Option<DateTime<Utc>> {
    let now = SystemClock.now();
    response.retry_at(now).or_else(|| {
        let begins_anew = resets_at(response, now)?;
        begins_anew.checked_add_signed(TimeDelta::seconds(1)).map(|moment| moment.max(now))
    })
}

/// `X-RateLimit-Limit`, `-Remaining` and `-Reset`. Without the first two nothing is known.
fn rate_limit(response: &Response, now: DateTime<Utc>) -> Option<RateLimit> {
    let count = |name: &str| response.header(name)?.trim().parse::<u32>().ok();
    let limit = count("x-ratelimit-limit")?;
    let remaining = count("x-ratelimit-remaining")?;
    Some(RateLimit { limit, remaining, resets_at: resets_at(response, now), at: now })
}

/// Unix seconds. By the server's own clock, if it told the time: only the distance counts here. More
/// than a day away is no window of a rate limit.
fn resets_at(response: &Response, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let seconds = response.header("x-ratelimit-reset")?.trim().parse::<i64>().ok()?;
    let moment = DateTime::from_timestamp(seconds, 0)?;
    let wait = moment - response.date().unwrap_or(now);
    (wait <= TimeDelta::days(1) && wait >= -TimeDelta::days(1)).then(|| now + wait.max(TimeDelta::zero()))
}

/// Joins a path to the host, which may have a path of its own.
pub(super) fn address(host: &Url, path: &str) -> Url {
    let mut url = host.clone();
    url.set_path(&format!("{}{path}", host.path().trim_end_matches('/')));
    url
}

/// Percent-encodes everything but RFC 3986's unreserved characters, so that it stays one segment.
pub(super) fn one_segment(id: &str) -> String {
    let mut segment = String::new();
    for byte in id.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            segment.push(char::from(byte));
        } else {
            segment.extend(['%', hexadecimal(byte >> 4), hexadecimal(byte & 0xf)]);
        }
    }
    segment
}

fn hexadecimal(digit: u8) -> char {
    char::from_digit(digit.into(), 16).map_or('0', |digit| digit.to_ascii_uppercase())
}
