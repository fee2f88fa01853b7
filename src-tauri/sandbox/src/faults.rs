//! Owns misfortune on request: what a test asked to go wrong, and making it go wrong.

use crate::refusals;
use crate::server::Dropped;
use crate::service::Service;
use crate::world::Shared;
use axum::Json;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, LOCATION, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use futures::stream;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::io;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Something that shall go wrong.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fault {
    /// The service that fails; Basic Memory (with its sign-in) without it.
    #[serde(default)]
    pub(crate) service: Service,
    /// Requests whose path begins like this.
    pub(crate) path: String,
    /// Only this method.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) method: Option<String>,
    pub(crate) kind: Kind,
    /// How often; for ever without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) times: Option<u32>,
    /// For `latency`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) milliseconds: Option<u64>,
    /// For `rate_limited`: seconds or an HTTP date; no header without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) retry_after: Option<Value>,
    /// For `redirect`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) location: Option<String>,
}

/// In which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    /// The answer comes late.
    Latency,
    /// 401 without looking at the credential.
    Unauthorized,
    /// 403 with the subscription object under `detail`.
    SubscriptionRequired,
    /// 403 with the subscription object itself.
    SubscriptionRequiredFlat,
    /// 403 because only owners may; at the other services because a scope is missing.
    NotOwner,
    /// 429.
    RateLimited,
    /// 500.
    ServerError,
    /// 200 with a web page instead of JSON.
    Html,
    /// The connection ends in the middle of the announced length. The work is done.
    Truncated,
    /// A whole HTTP answer with half its JSON. The work is done.
    HalfJson,
    /// An answer that never ends.
    Endless,
    /// The connection is closed instead of the work.
    DroppedBeforeWork,
    /// The connection is closed instead of the answer. The work is done.
    DroppedAfterWork,
    /// 307 to another host.
    Redirect,
    /// The browser comes back without a state.
    NoState,
    /// The browser comes back with a state that nobody asked for.
    WrongState,
    /// The browser comes back without the issuer that was promised.
    NoIssuer,
    /// The browser comes back from another issuer.
    WrongIssuer,
    /// The browser comes back with `error=server_error` before anybody was asked.
    AuthorizationError,
    /// The tokens are for another client, as their id_token says.
    OtherClient,
}

/// What the authorization server shall do otherwise in the midst of its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deviation {
    NoState,
    WrongState,
    NoIssuer,
    WrongIssuer,
    AuthorizationError,
    OtherClient,
}

/// What shall go wrong next.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    waiting: Mutex<Vec<Fault>>,
}

impl Faults {
    pub(crate) fn add(&self, fault: Fault) {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).push(fault);
    }

    pub(crate) fn all(&self) -> Vec<Fault> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn clear(&self) {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// The first fault that fits, used up by one. Latency and one other can meet in one request.
    fn take(&self, service: Service, request: &Request, latency: bool) -> Option<Fault> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let index = waiting.iter().position(|fault| {
            fault.service == service
                && (fault.kind == Kind::Latency) == latency
                && fault.times != Some(0)
                && request.uri().path().starts_with(&fault.path)
                && fault.method.as_ref().is_none_or(|method| method.eq_ignore_ascii_case(request.method().as_str()))
        })?;
        let fault = waiting[index].clone();
        match &mut waiting[index].times {
            Some(1) => drop(waiting.remove(index)),
            Some(times) => *times -= 1,
            None => {}
        }
        Some(fault)
    }
}

/// Lets a request through, or lets it go wrong.
pub(crate) async fn apply(State((world, service)): State<(Shared, Service)>, request: Request, next: Next) -> Response {
    if let Some(latency) = world.faults.take(service, &request, true) {
        tokio::time::sleep(Duration::from_millis(latency.milliseconds.unwrap_or(1000))).await;
    }
    let Some(fault) = world.faults.take(service, &request, false) else { return next.run(request).await };
    let detail = |status: StatusCode, detail: Value| (status, Json(json!({ "detail": detail }))).into_response();
    match fault.kind {
        Kind::Latency => next.run(request).await,
        Kind::Unauthorized => match service {
            Service::BasicMemory => detail(StatusCode::UNAUTHORIZED, json!(crate::cloud::INVALID_TOKEN)),
            other => refusals::unauthorized(other),
        },
        Kind::SubscriptionRequired => detail(StatusCode::FORBIDDEN, subscription()),
        Kind::SubscriptionRequiredFlat => (StatusCode::FORBIDDEN, Json(subscription())).into_response(),
        Kind::NotOwner => match service {
            Service::BasicMemory => detail(StatusCode::FORBIDDEN, json!(crate::cloud::NOT_OWNER)),
            other => refusals::forbidden(other),
        },
        Kind::RateLimited => rate_limited(service, fault.retry_after.as_ref()),
        Kind::ServerError => match service {
            Service::BasicMemory => detail(StatusCode::INTERNAL_SERVER_ERROR, json!("Internal Server Error")),
            other => refusals::server_error(other),
        },
        Kind::Html => {
            Html("<!doctype html><title>Welcome</title><h1>Welcome to this hotel's network</h1>").into_response()
        }
        Kind::Truncated => halved(next.run(request).await, true).await,
        Kind::HalfJson => halved(next.run(request).await, false).await,
        Kind::Endless => endless(),
        Kind::DroppedBeforeWork => dropped(),
        Kind::DroppedAfterWork => {
            next.run(request).await;
            dropped()
        }
        Kind::NoState => deviating(request, Deviation::NoState, next).await,
        Kind::WrongState => deviating(request, Deviation::WrongState, next).await,
        Kind::NoIssuer => deviating(request, Deviation::NoIssuer, next).await,
        Kind::WrongIssuer => deviating(request, Deviation::WrongIssuer, next).await,
        Kind::AuthorizationError => deviating(request, Deviation::AuthorizationError, next).await,
        Kind::OtherClient => deviating(request, Deviation::OtherClient, next).await,
        Kind::Redirect => {
            let location = fault.location.unwrap_or_else(|| "http://elsewhere.example/".into());
            match HeaderValue::try_from(location) {
                Ok(location) => (StatusCode::TEMPORARY_REDIRECT, [(LOCATION, location)]).into_response(),
                Err(_) => detail(StatusCode::INTERNAL_SERVER_ERROR, json!("The fault's location is no header value.")),
            }
        }
    }
}

async fn deviating(mut request: Request, deviation: Deviation, next: Next) -> Response {
    request.extensions_mut().insert(deviation);
    next.run(request).await
}

fn subscription() -> Value {
    json!({
        "error": "subscription_required",
        "message": "Active subscription required for CLI access",
        "subscribe_url": "https://basicmemory.com/subscribe",
    })
}

fn rate_limited(service: Service, retry_after: Option<&Value>) -> Response {
    let mut response = match service {
        Service::BasicMemory => {
            (StatusCode::TOO_MANY_REQUESTS, Json(json!({ "detail": "Too many requests" }))).into_response()
        }
        other => refusals::rate_limited(other),
    };
    let text = retry_after.map(|value| value.as_str().map_or_else(|| value.to_string(), String::from));
    if let Some(Ok(value)) = text.map(HeaderValue::try_from) {
        response.headers_mut().insert(RETRY_AFTER, value);
    }
    response
}

/// The first half of a real answer. `cut`: announced whole, and then the connection ends.
async fn halved(response: Response, cut: bool) -> Response {
    let (mut parts, body) = response.into_parts();
    let whole = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let half = whole.slice(..whole.len() / 2);
    if !cut {
        parts.headers.remove(CONTENT_LENGTH);
        return Response::from_parts(parts, Body::from(half));
    }
    parts.headers.insert(CONTENT_LENGTH, HeaderValue::from(whole.len().max(1)));
    let body = stream::unfold(Some(Ok(half)), async |next| {
        let chunk = next?;
        if chunk.is_err() {
            // What was written so far leaves first; then the connection breaks.
            tokio::task::yield_now().await;
        }
        let after = chunk.is_ok().then(|| Err(io::Error::from(io::ErrorKind::ConnectionReset)));
        Some((chunk, after))
    });
    Response::from_parts(parts, Body::from_stream(body))
}

/// JSON that could still become something, for as long as anybody reads.
fn endless() -> Response {
    let first = Bytes::from_static(b"{\"keys\": [");
    let more = Bytes::from(vec![b' '; 16 * 1024]);
    let chunks = stream::unfold(Some(first), move |next| {
        let more = more.clone();
        async move { Some((Ok::<_, io::Error>(next.unwrap_or(more)), None)) }
    });
    ([(CONTENT_TYPE, "application/json")], Body::from_stream(chunks)).into_response()
}

fn dropped() -> Response {
    let mut response = Response::new(Body::empty());
    response.extensions_mut().insert(Dropped);
    response
}
