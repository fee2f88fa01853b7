//! Owns chance and hashing: every secret the sandbox mints, and the form it is kept in.

use crate::service::{Environment, Service};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use std::fmt::Write;
use subtle::ConstantTimeEq;

/// Letters without vowels and look-alikes, RFC 8628 section 6.1.
const USER_CODE_LETTERS: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";

/// 256 bits of chance in URL-safe letters.
pub(crate) fn random_text() -> String {
    URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>())
}

/// A new API key as Basic Memory makes them.
pub(crate) fn api_key() -> String {
    format!("bmc_{}", random_text())
}

/// A new key of a service, in the form its pages describe.
pub(crate) fn service_key(service: Service, environment: Environment) -> String {
    let chance = match service {
        Service::MemoryApi => hexadecimal(&rand::random::<[u8; 32]>()),
        Service::MemoryOs => URL_SAFE_NO_PAD.encode(rand::random::<[u8; 24]>()),
        Service::BasicMemory | Service::MemoryKit => random_text(),
    };
    format!("{}{chance}", service.prefix(environment))
}

/// A new id, such as `key_` and 16 hexadecimal digits.
pub(crate) fn id(kind: &str) -> String {
    format!("{kind}_{}", hexadecimal(&rand::random::<[u8; 8]>()))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The form in which keys and tokens are kept. They are random, so no salt is needed.
pub(crate) fn hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

/// Whether a secret has this hash, in constant time.
pub(crate) fn matches(secret: &str, kept: &[u8; 32]) -> bool {
    hash(secret).ct_eq(kept).into()
}

/// Whether the verifier answers the challenge, RFC 7636 section 4.6.
pub(crate) fn answers_challenge(verifier: &str, challenge: &str) -> bool {
    let allowed = |letter: u8| letter.is_ascii_alphanumeric() || b"-._~".contains(&letter);
    (43..=128).contains(&verifier.len())
        && verifier.bytes().all(allowed)
        && bool::from(URL_SAFE_NO_PAD.encode(hash(verifier)).as_bytes().ct_eq(challenge.as_bytes()))
}

/// A code to compare by eye, such as `BCDF-GHJK`.
pub(crate) fn user_code() -> String {
    let letters: String = std::iter::repeat_with(rand::random::<u8>)
        // 240 is the largest multiple of 20 in a byte: beyond it some letters would come more often.
        .filter(|byte| *byte < 240)
        .take(8)
        .map(|byte| char::from(USER_CODE_LETTERS[usize::from(byte % 20)]))
        .collect();
    format!("{}-{}", &letters[..4], &letters[4..])
}

/// The code as it is kept, from whatever a person typed: case, spaces and hyphens do not matter.
pub(crate) fn typed_user_code(text: &str) -> Option<String> {
    let letters: String =
        text.chars().filter(char::is_ascii_alphabetic).map(|letter| letter.to_ascii_uppercase()).collect();
    (letters.len() == 8).then(|| format!("{}-{}", &letters[..4], &letters[4..]))
}

/// What of a key may be shown again: its prefix and eight more letters.
pub(crate) fn visible_head(key: &str) -> String {
    key.chars().take("bmc_".len() + 8).collect()
}
