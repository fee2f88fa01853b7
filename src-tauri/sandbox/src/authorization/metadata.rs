//! Owns the description of the authorization server, RFC 8414 section 2.

use super::code;
use crate::switches::Part;
use crate::world::Shared;
use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

/// The scopes that may be asked for.
pub(super) const SCOPES: [&str; 4] = ["openid", "profile", "email", "offline_access"];

pub(super) async fn metadata(State(world): State<Shared>) -> Json<Value> {
    let issuer = &world.issuer;
    let mut description = json!({
        "issuer": issuer,
        "device_authorization_endpoint": format!("{issuer}/oauth2/device_authorization"),
        "token_endpoint": format!("{issuer}/oauth2/token"),
        "revocation_endpoint": format!("{issuer}/oauth2/revoke"),
        "grant_types_supported": ["urn:ietf:params:oauth:grant-type:device_code", "refresh_token"],
        "response_types_supported": [],
        "scopes_supported": SCOPES,
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["none"],
        "revocation_endpoint_auth_methods_supported": ["none"],
    });
    if world.offers(Part::Loopback) {
        description["authorization_endpoint"] = format!("{issuer}{}", code::PAGE).into();
        description["response_types_supported"] = json!(["code"]);
        description["grant_types_supported"] =
            json!(["authorization_code", "urn:ietf:params:oauth:grant-type:device_code", "refresh_token"]);
        description["authorization_response_iss_parameter_supported"] = true.into();
    }
    Json(description)
}
