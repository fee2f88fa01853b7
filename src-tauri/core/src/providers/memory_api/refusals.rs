//! Owns what Memory API's refusals mean, in both of its envelopes: `error` by its documentation, `detail`
//! by its published source. Leaves out successes.

use super::KEY_PREFIXES;
use crate::domain::Secret;
use crate::http::Response;
use crate::providers::answer::{by_status, code};
use crate::providers::{Answer, ProviderError};
use serde_json::Value;

/// What an answer that is no success means.
pub(super) fn refusal(response: &Response, credential: &Secret) -> ProviderError {
    let answer = Answer::of(response, credential, &KEY_PREFIXES);
    let body = response.json::<Value>().unwrap_or_default();
    match (response.status, code(&body)) {
        (403, Some("INSUFFICIENT_PERMISSIONS")) => {
            ProviderError::LacksScope { scope: required_scope(&body).unwrap_or_else(|| "admin".to_owned()), answer }
        }
        (404, Some("API_KEY_NOT_FOUND")) => ProviderError::NoSuchKey,
        (400, Some("CANNOT_REVOKE_CURRENT_KEY")) => ProviderError::CurrentKey(answer),
        _ => by_status(response, credential, answer),
    }
}

/// The first of `required_scopes`, beside the code or below `details`.
fn required_scope(body: &Value) -> Option<String> {
    let error = [&body["error"], &body["detail"]].into_iter().find(|error| error.is_object())?;
    let scopes = [&error["required_scopes"], &error["details"]["required_scopes"]];
    let scope = scopes.into_iter().find_map(Value::as_array)?.first()?.as_str()?;
    ["read", "write", "delete", "admin"].contains(&scope).then(|| scope.to_owned())
}
