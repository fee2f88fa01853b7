//! Owns what MemoryKit's refusals mean. Leaves out successes.

use super::{DESCRIPTION, KEY_PREFIXES};
use crate::domain::Secret;
use crate::http::Response;
use crate::providers::answer::{by_status, sentence};
use crate::providers::{Answer, ProviderError};
use serde_json::Value;

/// What an answer that is no success means. A used-up quota is a 429 as well, without a word apart.
pub(super) fn refusal(response: &Response, credential: &Secret) -> ProviderError {
    let answer = Answer::of(response, credential, &KEY_PREFIXES);
    let body = response.json::<Value>().unwrap_or_default();
    match (response.status, named_scope(&body)) {
        (403, Some(scope)) => ProviderError::LacksScope { scope, answer },
        _ => by_status(response, credential, answer),
    }
}

/// A scope of the service that the sentence names. How it words this is not documented.
fn named_scope(body: &Value) -> Option<String> {
    let text = sentence(body)?;
    let mut words = text.split(|character: char| !(character.is_ascii_alphanumeric() || character == ':'));
    words.find(|word| DESCRIPTION.scopes.iter().any(|known| known.id == *word)).map(str::to_owned)
}
