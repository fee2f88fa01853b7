//! Owns the counting against rate limits, and saying so in every answer. Leaves out who is let in.

use crate::refusals;
use crate::secrets;
use crate::service::Service;
use crate::store::ServiceKey;
use crate::world::{Shared, World};
use crate::{guard, html};
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

/// Who asked when in the last minute.
#[derive(Debug, Default)]
pub(crate) struct Limits {
    asked: Mutex<HashMap<String, VecDeque<DateTime<Utc>>>>,
}

/// How somebody stands after one more request.
#[derive(Debug, Clone, Copy)]
struct Standing {
    allowed: bool,
    limit: u32,
    remaining: u32,
    resets_at: DateTime<Utc>,
}

impl Limits {
    /// A window of sixty seconds that slides, as MemoryKit describes it. A refused request does not count.
    const WINDOW: TimeDelta = TimeDelta::seconds(60);

    /// Counts one more request.
    fn ask(&self, who: String, limit: u32, now: DateTime<Utc>) -> Standing {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let asked = asked.entry(who).or_default();
        while asked.front().is_some_and(|moment| *moment + Self::WINDOW <= now) {
            asked.pop_front();
        }
        let allowed = u32::try_from(asked.len()).is_ok_and(|count| count < limit);
        if allowed {
            asked.push_back(now);
        }
        let count = u32::try_from(asked.len()).unwrap_or(u32::MAX);
        let first = asked.front().copied().unwrap_or(now);
        Standing { allowed, limit, remaining: limit.saturating_sub(count), resets_at: first + Self::WINDOW }
    }
}

/// Counts a request, refuses it beyond the limit, and writes the headers.
pub(crate) async fn count(State((world, service)): State<(Shared, Service)>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    if path.starts_with(service.keys_page()) || path == html::STYLE_PATH {
        return next.run(request).await;
    }
    let now = world.clock.now();
    let key = presented(service, request.headers())
        .and_then(|secret| world.store.find_service_key(service, &secrets::hash(secret)).ok().flatten());
    let standing = world.limits.ask(who(service, key.as_ref(), &request), limit(&world, service, key.as_ref()), now);
    let mut response = if standing.allowed {
        next.run(request).await
    } else {
        let mut response = refusals::rate_limited(service);
        // Memory OS documents no Retry-After: there the reset time is all there is.
        if service != Service::MemoryOs {
            let wait = (standing.resets_at - now).num_milliseconds().max(0).unsigned_abs().div_ceil(1000);
            response.headers_mut().insert(RETRY_AFTER, wait.into());
        }
        response
    };
    // A fault that says "too many" shall not be contradicted by the headers beside it.
    let full = response.status() == StatusCode::TOO_MANY_REQUESTS;
    let remaining = if full { 0 } else { standing.remaining };
    let headers = response.headers_mut();
    headers.insert("x-ratelimit-limit", standing.limit.into());
    headers.insert("x-ratelimit-remaining", remaining.into());
    // Whole seconds, and never before the moment itself.
    let reset = standing.resets_at.timestamp_millis().max(0).unsigned_abs().div_ceil(1000);
    headers.insert("x-ratelimit-reset", reset.into());
    response
}

/// Whoever a request counts for: the organization, the key, or the key at one endpoint.
fn who(service: Service, key: Option<&ServiceKey>, request: &Request) -> String {
    let Some(key) = key else { return format!("{} without a key", service.name()) };
    match service {
        Service::BasicMemory | Service::MemoryApi => service.name().to_owned(),
        Service::MemoryOs => key.id.clone(),
        Service::MemoryKit => {
            let route = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
            format!("{} {} {route}", key.id, request.method())
        }
    }
}

fn limit(world: &World, service: Service, key: Option<&ServiceKey>) -> u32 {
    key.and_then(|key| key.rate_limit).or(world.switches().rate_limit).unwrap_or_else(|| service.requests_per_minute())
}

/// The key in a request. Memory API takes it in a header of its own too; if both come, Bearer wins.
pub(crate) fn presented(service: Service, headers: &HeaderMap) -> Option<&str> {
    guard::bearer(headers).or_else(|| match service {
        Service::MemoryApi => headers.get("x-api-key")?.to_str().ok(),
        _ => None,
    })
}
