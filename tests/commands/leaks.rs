//! Owns the search for a secret in an answer, in every form it could hide in.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// How many characters in a row count as a leak. A visible prefix is shorter.
const RUN: usize = 12;

/// Whether an answer holds a run of any of the secrets: as it is, reversed, or in hex or base64.
pub(crate) fn leaked(answer: &str, secrets: &[String]) -> bool {
    secrets.iter().any(|secret| {
        let reversed: String = secret.chars().rev().collect();
        let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
        let forms = [secret.clone(), reversed, hex, STANDARD_NO_PAD.encode(secret), URL_SAFE_NO_PAD.encode(secret)];
        forms.iter().any(|form| has_run(answer, form))
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
    assert!(leaked(&format!("half of it: {}", &secret[10..24]), &known));
    assert!(leaked(&secret.chars().rev().collect::<String>(), &known));
    assert!(leaked(&STANDARD_NO_PAD.encode(&secret), &known));
    assert!(leaked(&secret.bytes().map(|byte| format!("{byte:02x}")).collect::<String>(), &known));
    assert!(!leaked("{\"prefix\":\"bmc_plan\",\"name\":\"planted\"}", &known));
}
