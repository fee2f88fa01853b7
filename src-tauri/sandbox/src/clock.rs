//! Owns the time the sandbox lives in: the real one, or ahead of it when a test says so.

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

    /// Moves the clock on, so that no test has to wait for an hour to pass.
    pub(crate) fn advance(&self, seconds: u32) {
        self.ahead_seconds.fetch_add(seconds.into(), Ordering::SeqCst);
    }
}
