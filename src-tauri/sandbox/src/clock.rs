//! Owns the time the sandbox lives in, and telling it: the real one, or another when a test says so.

use crate::world::Shared;
use axum::extract::{Request, State};
use axum::http::HeaderValue;
use axum::http::header::DATE;
use axum::middleware::Next;
use axum::response::Response;
use chrono::{DateTime, TimeDelta, Utc};
use std::sync::atomic::{AtomicI64, Ordering};

/// The sandbox's clock.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    ahead_seconds: AtomicI64,
}

impl Clock {
    /// The present moment.
    #[allow(clippy::disallowed_methods)] // The one place of this program that reads the time.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        Utc::now() + TimeDelta::seconds(self.ahead_seconds.load(Ordering::SeqCst))
    }

    /// Moves the clock, so that no test has to wait for an hour to pass. Below zero it goes back.
    pub(crate) fn advance(&self, seconds: i32) {
        self.ahead_seconds.fetch_add(seconds.into(), Ordering::SeqCst);
    }
}

/// Every answer says what time it is here (RFC 9110 section 6.6.1), not by the computer's own clock.
pub(crate) async fn tell(State(world): State<Shared>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let now = world.clock.now().format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    if let Ok(now) = HeaderValue::try_from(now) {
        response.headers_mut().insert(DATE, now);
    }
    response
}
