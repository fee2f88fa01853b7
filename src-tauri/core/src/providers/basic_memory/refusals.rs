//! Owns what Basic Memory Cloud's refusals mean: status and body in, error out. Leaves out successes.

use super::KEY_PREFIXES;
use crate::domain::Secret;
use crate::http::Response;
use crate::providers::answer::{by_status, sentence, shares};
use crate::providers::{Answer, ProviderError};
use serde_json::{Map, Value};
use url::Url;

/// Where the official CLI sends people whose subscription is missing, when the answer names no page.
const SUBSCRIBE_PAGE: &str = "https://basicmemory.com/pricing";

/// What an answer that is no success means.
pub(super) fn refusal(response: &Response, credential: &Secret) -> ProviderError {
    let answer = Answer::of(response, credential, &KEY_PREFIXES);
    match response.status {
        403 => forbidden(response, credential, answer),
        _ => by_status(response, credential, answer),
    }
}

fn forbidden(response: &Response, credential: &Secret, answer: Answer) -> ProviderError {
    let body = response.json::<Value>();
    if let Some(page) = body.as_ref().and_then(subscription) {
        // A page that repeats the credential would put it on the screen and into the browser.
        let page = page.filter(|page| !shares(page.as_str(), credential));
        return match page.or_else(|| Url::parse(SUBSCRIBE_PAGE).ok()) {
            Some(page) => ProviderError::SubscriptionRequired { subscribe_page: Box::new(page), answer },
            None => ProviderError::Forbidden(answer),
        };
    }
    // `require_api_key_workspace_owner` is known by name only, so its wording is looked for.
    let names_a_role = answer.text.as_deref().is_some_and(|text| {
        text.split(|character: char| !character.is_alphanumeric()).any(|word| {
            ["owner", "owners", "admin", "admins", "administrator", "administrators"]
                .iter()
                .any(|role| word.eq_ignore_ascii_case(role))
        })
    });
    if names_a_role { ProviderError::NotOwner(answer) } else { ProviderError::Forbidden(answer) }
}

/// Whether the body is the subscription object, under `detail` or flat, and the page it names if
/// that one can be opened: https, and nothing in it but an address.
#[allow(clippy::option_option)] // "no subscription object" and "one without a usable page" differ
fn subscription(body: &Value) -> Option<Option<Url>> {
    let object = body.get("detail").and_then(Value::as_object).or_else(|| body.as_object())?;
    let says_so = object.get("error").and_then(Value::as_str) == Some("subscription_required");
    let page = object.get("subscribe_url");
    (says_so || page.is_some()).then(|| {
        let page = Url::parse(page?.as_str()?).ok()?;
        let plain = page.scheme() == "https" && page.username().is_empty() && page.password().is_none();
        (plain && page.as_str().len() <= 500).then_some(page)
    })
}

/// Whether a 400 or 422 is about the expiry: its words or its field names say so. What FastAPI
/// repeats of the request (`input`) does not count.
pub(super) fn names_the_expiry(response: &Response) -> bool {
    let Some(body) = response.json::<Value>() else {
        let plain = response.header("content-type").is_none_or(|kind| !kind.contains("html"));
        return plain && response.text().is_some_and(speaks_of_expiry);
    };
    let mut words: Vec<String> = sentence(&body).into_iter().collect();
    let object = body.as_object();
    let mut entries: Vec<&Map<String, Value>> = object.into_iter().collect();
    for name in ["detail", "error", "errors", "fields"] {
        match object.and_then(|object| object.get(name)) {
            Some(Value::Array(items)) => {
                entries.extend(items.iter().filter_map(Value::as_object));
                words.extend(items.iter().filter_map(Value::as_str).map(str::to_owned));
            }
            Some(Value::Object(inner)) => {
                words.extend(inner.keys().cloned());
                entries.push(inner);
            }
            _ => {}
        }
    }
    for entry in entries {
        for name in ["loc", "field", "param", "path", "msg", "message"] {
            match entry.get(name) {
                Some(Value::String(text)) => words.push(text.clone()),
                Some(Value::Array(parts)) => words.extend(parts.iter().filter_map(Value::as_str).map(str::to_owned)),
                _ => {}
            }
        }
    }
    words.iter().any(|text| speaks_of_expiry(text))
}

fn speaks_of_expiry(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    ["expires_at", "expiresat", "expires", "expiry", "expiration"].iter().any(|word| text.contains(word))
}
