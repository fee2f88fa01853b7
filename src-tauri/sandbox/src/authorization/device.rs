//! Owns the beginning of a sign-in: the device authorization request, RFC 8628 section 3.1.

use super::{DEVICE_PAGE, Refusal, client, fresh, metadata, parameters, refusal};
use crate::secrets;
use crate::store::{Device, DeviceState};
use crate::world::Shared;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use chrono::TimeDelta;
use serde_json::json;

pub(super) async fn authorize(
    State(world): State<Shared>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let parameters = parameters(&headers, &body)?;
    let client = client(&world, &parameters)?;
    let scope = parameters.get("scope").map_or("", String::as_str);
    if scope.split(' ').any(|word| !word.is_empty() && !metadata::SCOPES.contains(&word)) {
        return Err(refusal("invalid_scope", "Only openid, profile, email and offline_access are offered."));
    }
    // WorkOS binds the device grant to PKCE for public clients; RFC 7636 section 4.3.
    let challenge = match (parameters.get("code_challenge"), parameters.get("code_challenge_method")) {
        (Some(challenge), Some(method)) if challenge.len() == 43 && method == "S256" => challenge,
        _ => return Err(refusal("invalid_request", "A code_challenge with the method S256 is needed.")),
    };

    let settings = &world.settings;
    let device_code = secrets::random_text();
    let device = Device {
        user_code: secrets::user_code(),
        client: client.to_owned(),
        scope: scope.to_owned(),
        challenge: challenge.clone(),
        interval: settings.interval,
        expires_at: world.clock.now() + TimeDelta::seconds(settings.device_code_seconds.into()),
        state: DeviceState::Pending,
    };
    world.store.add_device(&secrets::hash(&device_code), &device)?;
    let page = format!("{}{DEVICE_PAGE}", world.issuer);
    Ok(fresh(
        StatusCode::OK,
        &json!({
            "device_code": device_code,
            "user_code": device.user_code,
            "verification_uri": page,
            "verification_uri_complete": format!("{page}?user_code={}", device.user_code),
            "expires_in": settings.device_code_seconds,
            "interval": settings.interval,
        }),
    ))
}
