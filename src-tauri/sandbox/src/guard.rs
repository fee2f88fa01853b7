//! Owns who may knock: the literal address in `Host`, no foreign web page, and the bearer of the
//! admin token. Leaves out the credentials of the service itself (cloud).

use crate::secrets;
use crate::world::Shared;
use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, HOST, ORIGIN, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use serde_json::json;
use std::net::SocketAddr;

/// Lets in only requests for this very address. A name that was bent to 127.0.0.1 (DNS rebinding)
/// stays outside, and so does a page of another origin. There are no CORS headers anywhere.
pub(crate) fn only_from(router: Router, address: SocketAddr) -> Router {
    router.layer(middleware::from_fn_with_state(address.to_string(), check_address))
}

async fn check_address(State(address): State<String>, request: Request, next: Next) -> Response {
    let mut hosts = request.headers().get_all(HOST).iter();
    let host_fits = hosts.next().is_some_and(|host| host.as_bytes() == address.as_bytes()) && hosts.next().is_none();
    let target_fits = request.uri().authority().is_none_or(|target| target.as_str() == address);
    if !host_fits || !target_fits {
        return refuse(StatusCode::MISDIRECTED_REQUEST, "This server answers to its literal address only.");
    }
    if !origin_fits(&request, &address) {
        return refuse(StatusCode::FORBIDDEN, "Pages of other origins may not call this server.");
    }
    let mut response = next.run(request).await;
    response.headers_mut().insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

fn origin_fits(request: &Request, address: &str) -> bool {
    let headers = request.headers();
    match headers.get(ORIGIN).map(HeaderValue::as_bytes) {
        None => true,
        // Our own forms: a page that sends no referrer posts with the origin `null` (Fetch, "append a
        // request Origin header"). What holds then is the token in the form.
        Some(b"null") => {
            request.method() == Method::POST
                && headers.get("sec-fetch-site").is_none_or(|site| site == "same-origin")
                && headers.get("content-type").is_some_and(|kind| kind == "application/x-www-form-urlencoded")
        }
        Some(origin) => origin.strip_prefix(b"http://").is_some_and(|host| host == address.as_bytes()),
    }
}

/// Lets in only the bearer of the admin token.
pub(crate) async fn admin_only(State(world): State<Shared>, request: Request, next: Next) -> Response {
    match bearer(request.headers()) {
        Some(token) if secrets::matches(token, &world.admin_token) => next.run(request).await,
        _ => refuse(StatusCode::UNAUTHORIZED, "The admin token from the ready file is needed."),
    }
}

/// The credential of RFC 6750 section 2.1.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

fn refuse(status: StatusCode, detail: &str) -> Response {
    (status, Json(json!({ "detail": detail }))).into_response()
}
