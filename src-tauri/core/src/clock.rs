//! Owns reading the time, which nothing else does. Rooms that decide take `now` as an argument.

use chrono::{DateTime, Utc};

/// Tells the time. A trait so that tests can hold it still.
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> DateTime<Utc>;
}

/// The computer's own clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods)] // this is the one place
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }
}
