//! Owns what Memory OS's refusals mean. Leaves out successes.

use super::{DESCRIPTION, KEY_PREFIXES};
use crate::domain::Secret;
use crate::http::Response;
use crate::providers::answer::{by_status, code, sentence};
use crate::providers::{Answer, ProviderError};
use serde_json::Value;

/// What an answer that is no success means.
pub(super) fn refusal(response: &Response, credential: &Secret) -> ProviderError {
    let answer = Answer::of(response, credential, &KEY_PREFIXES);
    let body = response.json::<Value>().unwrap_or_default();
    match (response.status, code(&body), missing_scope(&body)) {
        (403, Some("FORBIDDEN"), Some(scope)) => ProviderError::LacksScope { scope, answer },
        _ => by_status(response, credential, answer),
    }
}

/// `Missing scope: memories:read`, as its documentation words it.
fn missing_scope(body: &Value) -> Option<String> {
    let text = sentence(body)?;
    let (_, scope) = text.split_once("Missing scope:")?;
    let scope = scope.trim();
    DESCRIPTION.scopes.iter().any(|known| known.id == scope).then(|| scope.to_owned())
}
