//! Owns what is noticed of the CLI's credentials: which key it uses and whether it is signed in.
//! Leaves out changing any of it; nothing is written here.

use super::RoutingError;
use super::bytes;
use super::files::{self, FileProblem, SavedKey};
use super::surroundings::{API_KEY_VARIABLE, Surroundings};
use crate::domain::{FoundCredential, FoundKind, ProviderId, Secret};
use chrono::{DateTime, TimeDelta, Utc};
use std::path::{Path, PathBuf};

/// The head of every key the CLI accepts.
const KEY_PREFIXES: [&str; 1] = ["bmc_"];

/// Whether the CLI's sign-in still works without being renewed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CliSignIn {
    /// Its access token is valid.
    Valid,
    /// Its access token has ended; the CLI renews it if it can.
    Expired,
}

/// The credentials the CLI keeps: the key of the variable, the saved key, the sign-in, in the order
/// in which the CLI prefers them. Files that are absent are no problem; files that hold a key and
/// cannot be used are named with the reason.
pub fn find_credentials(surroundings: &Surroundings) -> Vec<FoundCredential> {
    let variable = surroundings.api_key_variable.as_ref();
    // Only whether it is empty is asked.
    let variable_key = variable.filter(|key| !key.expose_secret().is_empty());
    let mut found = Vec::new();
    if let Some(key) = variable_key {
        found.push(found_key(None, Some(key), key_problem(key)));
    }
    found.extend(find_saved(surroundings, variable, variable_key));
    if cli_sign_in_found(&surroundings.token_file()) {
        found.push(FoundCredential {
            provider: ProviderId::BASIC_MEMORY,
            kind: FoundKind::SignIn,
            file: Some(surroundings.token_file()),
            prefix: None,
            problem: None,
        });
    }
    found
}

/// The key that was found in one place, whether or not another hides it. `None` when it is gone,
/// and for a sign-in, whose tokens stay where they are.
pub fn read_found_key(surroundings: &Surroundings, found: &FoundCredential) -> Result<Option<Secret>, RoutingError> {
    match (found.kind, &found.file) {
        (FoundKind::SignIn, _) => Ok(None),
        // Only whether it is empty is asked.
        (FoundKind::ApiKey, None) => {
            Ok(surroundings.api_key_variable.clone().filter(|key| !key.expose_secret().is_empty()))
        }
        // Only the file the CLI reads, whatever the caller names.
        (FoundKind::ApiKey, Some(_)) => read_saved_key(&surroundings.config_file()),
    }
}

/// Whether the CLI is signed in, and whether its access token still holds, judged with the CLI's
/// own margin of a minute. Reads times only; the tokens are skipped over.
pub fn cli_sign_in(surroundings: &Surroundings, now: DateTime<Utc>) -> Option<CliSignIn> {
    let sign_in = files::sign_in(&surroundings.token_file()).ok()?.filter(|sign_in| sign_in.has_token)?;
    let valid = sign_in.expires_at.is_some_and(|end| now < end - TimeDelta::seconds(60));
    Some(if valid { CliSignIn::Valid } else { CliSignIn::Expired })
}

fn cli_sign_in_found(file: &Path) -> bool {
    matches!(files::sign_in(file), Ok(Some(sign_in)) if sign_in.has_token)
}

fn find_saved(
    surroundings: &Surroundings,
    variable: Option<&Secret>,
    variable_key: Option<&Secret>,
) -> Option<FoundCredential> {
    let file = surroundings.config_file();
    let (key, file_problem) = match files::saved_key(&file) {
        Ok(None | Some(SavedKey::None)) | Err(FileProblem::NoKeyInside) => return None,
        Ok(Some(SavedKey::Key { key, marked })) => {
            (key, marked.then(|| "The file starts with a byte order mark, so the CLI refuses to read it.".to_owned()))
        }
        Ok(Some(SavedKey::NotText)) => {
            return Some(found_key(
                Some(file),
                None,
                Some("The saved key is not text, so the CLI refuses to start.".to_owned()),
            ));
        }
        Err(problem) => return Some(found_key(Some(file), None, Some(problem.sentence().to_owned()))),
    };
    if variable_key.is_some_and(|variable_key| variable_key.same_as(&key)) {
        return None;
    }
    let hidden = variable.map(|_| format!("{API_KEY_VARIABLE} is set and hides this key from the CLI."));
    let problem = key_problem(&key).or(file_problem).or(hidden);
    Some(found_key(Some(file), Some(&key), problem))
}

fn read_saved_key(file: &Path) -> Result<Option<Secret>, RoutingError> {
    match files::saved_key(file) {
        Ok(Some(SavedKey::Key { key, .. })) => Ok(Some(key)),
        Ok(None | Some(SavedKey::None)) => Ok(None),
        Ok(Some(SavedKey::NotText)) | Err(FileProblem::NotJson | FileProblem::NoKeyInside) => Err(bytes::problem(file)),
        Err(FileProblem::Unreadable) => Err(RoutingError::Unreadable(file.to_owned())),
        Err(FileProblem::TooLarge) => Err(RoutingError::TooLarge(file.to_owned())),
    }
}

fn found_key(file: Option<PathBuf>, key: Option<&Secret>, problem: Option<String>) -> FoundCredential {
    FoundCredential {
        provider: ProviderId::BASIC_MEMORY,
        kind: FoundKind::ApiKey,
        file,
        // What is not visible ASCII is no head to show.
        prefix: key
            .map(|key| key.prefix(&KEY_PREFIXES))
            .filter(|head| !head.is_empty() && head.bytes().all(|byte| byte.is_ascii_graphic())),
        problem,
    }
}

/// Why the CLI cannot use a key that it saved without a check.
fn key_problem(key: &Secret) -> Option<String> {
    // Only its form is looked at.
    let characters = key.expose_secret();
    let sentence = if characters.chars().any(char::is_whitespace) {
        "The key has a stray space; the CLI cannot send it."
    } else if !characters.bytes().all(|byte| byte.is_ascii_graphic()) {
        "The key holds characters that cannot be sent."
    } else if !characters.starts_with("bmc_") {
        "The key does not start with bmc_."
    } else if characters == "bmc_" {
        "The key is cut off after bmc_."
    } else {
        return None;
    };
    Some(sentence.to_owned())
}

#[cfg(test)]
#[path = "found_tests.rs"]
mod tests;
