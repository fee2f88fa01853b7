//! Owns what survives of a service's answer: status, request id and a short plain text, with
//! everything a secret could hide in cut out. Leaves out what a status means.

use super::exchange::retry_at;
use super::{Answer, ProviderError};
use crate::domain::{Secret, is_hidden};
use crate::http::Response;
use serde_json::Value;
use url::Url;

/// What stands where something was cut out.
const CUT: &str = "[cut]";
/// The longest text that survives, in characters.
const LONGEST_TEXT: usize = 200;
/// The longest request id that survives.
const LONGEST_REQUEST_ID: usize = 64;
/// So many characters after a known prefix make a key.
const KEY_BODY: usize = 8;
/// Words are shorter; what is longer may be a token of any service.
const LONGEST_WORD: usize = 40;
/// So many characters in common with the credential are no coincidence.
const SHARED: usize = 12;

impl Answer {
    /// Keeps what may be kept of a refusal. Of a success no text is kept at all: it may hold the
    /// secret that was asked for.
    pub(super) fn of(response: &Response, credential: &Secret, key_prefixes: &[&str]) -> Self {
        let usable = |id: &str| request_id(id, credential, key_prefixes);
        let header =
            ["x-request-id", "request-id", "cf-ray"].iter().find_map(|name| response.header(name).and_then(usable));
        let request_id = header.or_else(|| {
            let body = response.json::<Value>()?;
            [&body["meta"]["request_id"], &body["error"]["request_id"], &body["request_id"]]
                .into_iter()
                .find_map(|id| id.as_str().and_then(usable))
        });
        let text = if response.is_success() {
            None
        } else {
            said(response).and_then(|text| without_secrets(&text, credential, key_prefixes))
        };
        Self { status: response.status, request_id, text }
    }
}

/// What a refusal says in words: a sentence in its JSON, or its plain text. HTML says nothing.
fn said(response: &Response) -> Option<String> {
    if let Some(body) = response.json::<Value>() {
        return sentence(&body);
    }
    let plain = response.header("content-type").is_some_and(|kind| kind.trim_start().starts_with("text/plain"));
    response.text().filter(|_| plain).map(str::to_owned)
}

/// The sentence under `error.message`, `detail`, `message` or `error`, in this order: the first is what
/// the services' own envelopes have, the others are FastAPI's and other frameworks'.
pub(super) fn sentence(body: &Value) -> Option<String> {
    if let Some(words) = body.get("error").and_then(|error| error.get("message")).and_then(Value::as_str) {
        return Some(words.to_owned());
    }
    match body.get("detail").or_else(|| body.get("message")).or_else(|| body.get("error"))? {
        Value::String(text) => Some(text.clone()),
        Value::Object(inner) => inner.get("message").or_else(|| inner.get("error"))?.as_str().map(str::to_owned),
        Value::Array(items) => {
            // FastAPI's validation errors: where, then what. Their `input` repeats what was sent.
            let first = items.first()?;
            let what = first.get("msg")?.as_str()?;
            match first.get("loc").and_then(Value::as_array).and_then(|place| place.last()).and_then(Value::as_str) {
                Some(place) => Some(format!("{place}: {what}")),
                None => Some(what.to_owned()),
            }
        }
        _ => None,
    }
}

fn request_id(id: &str, credential: &Secret, key_prefixes: &[&str]) -> Option<String> {
    let visible: String = id.chars().filter(char::is_ascii_graphic).take(LONGEST_REQUEST_ID).collect();
    // An id is longer than a word; it is kept whole unless it holds a key or the credential.
    let kept = !visible.is_empty()
        && visible.len() == id.trim().len()
        && !words(&visible).any(|word| holds_key(word, key_prefixes) || shares(word, credential));
    kept.then_some(visible)
}

/// The text without control and invisible characters, the credential, whatever looks like a key,
/// and words too long for a language; at most 200 characters. `None` when nothing is left.
pub(super) fn without_secrets(text: &str, credential: &Secret, key_prefixes: &[&str]) -> Option<String> {
    let visible: String = text
        .chars()
        .map(|character| if character.is_whitespace() { ' ' } else { character })
        .filter(|character| !is_hidden(*character))
        .collect();
    // Only to find and remove it; it goes nowhere.
    let exposed = credential.expose_secret();
    let visible = if exposed.is_empty() { visible } else { visible.replace(exposed, CUT) };
    let suspicious =
        |word: &str| word.len() >= LONGEST_WORD || holds_key(word, key_prefixes) || shares(word, credential);
    let cut = cut_words(&visible, LONGEST_TEXT, suspicious);
    let cut = cut.trim();
    (!cut.is_empty()).then(|| cut.to_owned())
}

/// The text with every key of a known kind cut out.
pub(super) fn without_keys(text: &str, key_prefixes: &[&str]) -> String {
    cut_words(text, usize::MAX, |word| holds_key(word, key_prefixes))
}

/// A known prefix with eight or more characters after it, anywhere in the text.
pub(super) fn holds_key(text: &str, key_prefixes: &[&str]) -> bool {
    key_prefixes.iter().chain(&["eyJ"]).any(|prefix| {
        text.match_indices(prefix).any(|(at, _)| {
            text[at + prefix.len()..].chars().take_while(|character| in_word(*character)).count() >= KEY_BODY
        })
    })
}

/// Whether a text and the credential have a long run in common, as when a server shortens it, in
/// whatever case it is written: a host's name comes in small letters.
pub(super) fn shares(text: &str, credential: &Secret) -> bool {
    // Only to compare; nothing leaves this function.
    let exposed = credential.expose_secret().as_bytes();
    text.as_bytes().windows(SHARED).any(|run| exposed.windows(SHARED).any(|other| run.eq_ignore_ascii_case(other)))
}

/// The characters of tokens: base64url (RFC 4648 section 5) and hexadecimal.
fn in_word(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '_' | '-')
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|character| !in_word(character)).filter(|word| !word.is_empty())
}

/// Copies up to `longest` characters, each suspicious word replaced as a whole.
fn cut_words(text: &str, longest: usize, suspicious: impl Fn(&str) -> bool) -> String {
    let mut kept = String::new();
    let mut length = 0;
    let mut rest = text;
    while length < longest && !rest.is_empty() {
        let word_end = rest.find(|character| !in_word(character)).unwrap_or(rest.len());
        let (word, after) = rest.split_at(word_end);
        let word = if suspicious(word) { CUT } else { word };
        let gap_end = after.find(in_word).unwrap_or(after.len());
        let (gap, after) = after.split_at(gap_end);
        for character in word.chars().chain(gap.chars()).take(longest - length) {
            kept.push(character);
            length += 1;
        }
        rest = after;
    }
    kept
}

/// A 2xx to a DELETE counts when it is empty, or JSON that does not deny it.
pub(super) fn done(response: &Response) -> bool {
    if response.body().trim_ascii().is_empty() {
        return true;
    }
    response.json::<Value>().is_some_and(|answer| {
        !["success", "ok", "deleted", "revoked"].iter().any(|name| answer.get(name) == Some(&Value::Bool(false)))
    })
}

/// "API key not found" does; a framework's own "Not Found" does not.
pub(super) fn speaks_of_a_key(response: &Response) -> bool {
    response.json::<Value>().and_then(|body| sentence(&body)).is_some_and(|text| {
        let text = text.to_ascii_lowercase();
        text.split(|character: char| !character.is_alphanumeric()).any(|word| matches!(word, "key" | "apikey"))
    })
}

pub(super) fn is_html(response: &Response) -> bool {
    response.header("content-type").is_some_and(|kind| kind.contains("html"))
        || response.body().trim_ascii_start().starts_with(b"<")
}

/// The code of an error answer: `error.code` or `detail.code`, else the `type` that stands there; a word
/// of capitals, small letters and underscores.
pub(super) fn code(body: &Value) -> Option<&str> {
    let inner = [body.get("error"), body.get("detail")].into_iter().flatten().find(|inner| inner.is_object())?;
    let code = inner.get("code").or_else(|| inner.get("type"))?.as_str()?;
    let word =
        !code.is_empty() && code.len() <= 60 && code.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    word.then_some(code)
}

/// What a refusal means by its status alone.
pub(super) fn by_status(response: &Response, credential: &Secret, answer: Answer) -> ProviderError {
    match response.status {
        300..=399 => ProviderError::Redirected { host: redirect_host(response, credential), answer },
        401 => ProviderError::Refused(answer),
        403 => ProviderError::Forbidden(answer),
        404 | 405 | 501 => ProviderError::NotOffered(response.status),
        400 | 409 | 422 => ProviderError::Invalid(answer),
        429 => ProviderError::RateLimited { retry_at: retry_at(response), answer },
        500..=599 => ProviderError::Failed(answer),
        _ => ProviderError::NotUnderstood(answer),
    }
}

/// Where a redirect wanted to go: its host alone, since an address may carry more than it should. A host
/// that is named after the credential is not told either.
fn redirect_host(response: &Response, credential: &Secret) -> Option<String> {
    let target = Url::parse(response.header("location")?.trim()).ok()?;
    target.host_str().filter(|host| host.len() <= 253 && !shares(host, credential)).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    const PREFIXES: [&str; 1] = ["bmc_"];

    fn credential() -> Secret {
        Secret::new("bmc_Qv4mWnR8sLkP2xYtEXAMPLE".to_owned())
    }

    fn cut(text: &str) -> Option<String> {
        without_secrets(text, &credential(), &PREFIXES)
    }

    #[test]
    fn plain_sentences_survive() {
        assert_eq!(cut("Not authenticated").as_deref(), Some("Not authenticated"));
        assert_eq!(cut("Zugriff verweigert – bitte später").as_deref(), Some("Zugriff verweigert – bitte später"));
        assert_eq!(cut("bmc_ keys only").as_deref(), Some("bmc_ keys only"));
        assert_eq!(
            cut("request 6f1c0a52-9f0e-4f2e-8b65-0d8f4f6c7d11").as_deref(),
            Some("request 6f1c0a52-9f0e-4f2e-8b65-0d8f4f6c7d11")
        );
        assert_eq!(cut(" \n\t "), None);
    }

    #[test]
    fn the_credential_is_cut_out_whole_or_shortened() {
        assert_eq!(cut("key bmc_Qv4mWnR8sLkP2xYtEXAMPLE is revoked").as_deref(), Some("key [cut] is revoked"));
        assert_eq!(cut("key Qv4mWnR8sLkP2x… is revoked").as_deref(), Some("key [cut]… is revoked"));
    }

    #[test]
    fn other_keys_and_tokens_are_cut_out() {
        assert_eq!(cut("use bmc_otherkeyEXAMPLE").as_deref(), Some("use [cut]"));
        assert_eq!(cut("xbmc_otherkeyEXAMPLE").as_deref(), Some("[cut]"));
        assert_eq!(
            cut("Bearer eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl").as_deref(),
            Some("Bearer [cut].[cut].c2lnbmF0dXJl")
        );
        assert_eq!(cut(&format!("token {}", "a1".repeat(20))).as_deref(), Some("token [cut]"));
    }

    #[test]
    fn invisible_characters_do_not_hide_a_key() {
        assert_eq!(cut("bmc_\u{200b}oth\u{7}erk\u{ad}eyEXAMPLE").as_deref(), Some("[cut]"));
    }

    #[test]
    fn a_key_across_the_end_of_the_text_is_cut_as_well() {
        let text = format!("{} bmc_otherkeyEXAMPLE", "word ".repeat(38));
        let kept = cut(&text).unwrap();
        assert!(kept.ends_with("[cut]"), "{kept}");
        assert!(cut(&"ä ".repeat(400)).unwrap().chars().count() <= 200);
    }

    #[test]
    fn the_sentence_is_found_where_services_put_it() {
        for body in [
            json!({"detail": "No."}),
            json!({"detail": {"error": "subscription_required", "message": "No."}}),
            json!({"detail": {"error": "No."}}),
            json!({"message": "No."}),
            json!({"error": "No."}),
            json!({"error": {"message": "No.", "code": 3}}),
            json!({"error": {"code": "X", "message": "No."}, "detail": "Else.", "message": "Else."}),
            json!({"detail": {"code": "X", "message": "No."}, "message": "Else."}),
            json!({"detail": "No.", "message": "Else."}),
            json!({"detail": [{"msg": "No."}]}),
        ] {
            assert_eq!(sentence(&body).as_deref(), Some("No."), "{body}");
        }
        let validation = json!({"detail": [{"loc": ["body", "expires_at"], "msg": "Extra inputs", "input": "x"}]});
        assert_eq!(sentence(&validation).as_deref(), Some("expires_at: Extra inputs"));
        for body in [json!([]), json!("No."), json!({"detail": 4}), json!({"detail": []}), json!({"other": "No."})] {
            assert_eq!(sentence(&body), None, "{body}");
        }
    }

    #[test]
    fn a_request_id_is_short_visible_and_no_secret() {
        let id = |text: &str| request_id(text, &credential(), &PREFIXES);
        assert_eq!(id("8c1d4a9b2f6e0c73-FRA").as_deref(), Some("8c1d4a9b2f6e0c73-FRA"));
        assert_eq!(id(""), None);
        assert_eq!(id(&"a".repeat(65)), None);
        assert_eq!(id("with space"), None);
        assert_eq!(id("bmc_Qv4mWnR8sLkP2xYtEXAMPLE"), None);
        assert_eq!(id("r-bmc_otherkeyEXAMPLE"), None);
    }

    proptest! {
        #[test]
        fn neither_the_credential_nor_a_key_survives(before in "\\PC{0,60}", between in "[ :,;\"'=/.]{1,3}", after in "\\PC{0,300}", body in "[A-Za-z0-9_-]{8,60}") {
            let credential = Secret::new(format!("bmc_{body}"));
            let text = format!("{before}bmc_{body}{between}{after}");
            let kept = without_secrets(&text, &credential, &PREFIXES).unwrap_or_default();
            let survived = kept.contains(&format!("bmc_{body}"));
            prop_assert!(!survived);
            prop_assert!(!holds_key(&kept, &PREFIXES));
            prop_assert!(kept.chars().count() <= 200);
            prop_assert!(!kept.chars().any(char::is_control));
        }
    }
}
