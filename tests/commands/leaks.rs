//! Owns the search for a secret in an answer, in every form it could hide in.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use std::fmt::Write as _;

/// How many characters in a row count as a leak. A service's own visible prefix has twelve.
const RUN: usize = 16;

/// Whether an answer holds a run of any of the secrets: as it is, reversed, or in hex or base64.
pub(crate) fn leaked(answer: &str, secrets: &[String]) -> bool {
    secrets.iter().any(|secret| {
        let reversed: String = secret.chars().rev().collect();
        let forms =
            [secret.clone(), reversed, hex(secret), STANDARD_NO_PAD.encode(secret), URL_SAFE_NO_PAD.encode(secret)];
        forms.iter().any(|form| has_run(answer, form))
    })
}

fn hex(text: &str) -> String {
    text.bytes().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

fn has_run(answer: &str, form: &str) -> bool {
    let characters: Vec<char> = form.chars().collect();
    let length = RUN.min(characters.len());
    // An empty secret is in everything and says nothing.
    length > 0 && characters.windows(length).any(|run| answer.contains(&run.iter().collect::<String>()))
}

#[test]
fn a_planted_secret_is_found_in_every_form() {
    let secret = "bmc_plantedSecretOfFortyThreeCharactersEXAMPLE".to_owned();
    let known = [secret.clone()];
    assert!(leaked(&format!("{{\"key\":\"{secret}\"}}"), &known));
    assert!(leaked(&format!("half of it: {}", &secret[10..28]), &known));
    assert!(leaked(&secret.chars().rev().collect::<String>(), &known));
    assert!(leaked(&STANDARD_NO_PAD.encode(&secret), &known));
    assert!(leaked(&hex(&secret), &known));
    assert!(!leaked("{\"prefix\":\"bmc_plan\",\"name\":\"planted\"}", &known));
}
