//! Owns the counting of requests, so that a test can prove how often something was asked.

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use crate::service::Service;
use crate::world::Shared;

/// How often each route was asked, and each grant.
#[derive(Debug, Default)]
pub(crate) struct Statistics {
    counts: Mutex<BTreeMap<String, u64>>,
}

impl Statistics {
    pub(crate) fn count(&self, what: String) {
        *self.counts.lock().unwrap_or_else(PoisonError::into_inner).entry(what).or_default() += 1;
    }

    pub(crate) fn all(&self) -> BTreeMap<String, u64> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn clear(&self) {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// Counts every request under its method and route, with the service's name before it if that is not
/// Basic Memory. A path without a route is counted as such: it
/// could carry anything.
pub(crate) async fn count(State((world, service)): State<(Shared, Service)>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map_or("(no route)", MatchedPath::as_str);
    let asked = format!("{} {route}", request.method());
    world.statistics.count(match service {
        Service::BasicMemory => asked,
        other => format!("{} {asked}", other.name()),
    });
    next.run(request).await
}
