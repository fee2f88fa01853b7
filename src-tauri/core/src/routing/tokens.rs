//! Owns writing a sign-in for the CLI, in the form and mode of its own token file. Leaves out where
//! the tokens come from; they are kept nowhere else.

use super::RoutingError;
use super::files;
use super::json::quote;
use super::location::Location;
use super::steps::{NoSteps, Steps};
use super::temp::{Leaver, Temp, refused, sweep, sync_folder};
use crate::domain::Secret;
use chrono::{DateTime, TimeDelta, Utc};
use std::path::Path;
use zeroize::Zeroizing;

/// The CLI's own sign-in, from a device grant of its own: two that renew one rotating token would
/// sign each other out.
#[derive(Debug, Clone)]
pub struct SignInTokens {
    /// What is sent.
    pub access_token: Secret,
    /// What renews it.
    pub refresh_token: Option<Secret>,
    /// When the access token ends.
    pub expires_at: DateTime<Utc>,
    /// `Bearer`.
    pub token_type: String,
}

/// The CLI's access token, while it can be sent: judged with the CLI's own margin of a minute. What
/// renews it is not read, for only the CLI may use that.
pub fn sign_in_token(location: &Location, now: DateTime<Utc>) -> Option<Secret> {
    let (token, ends) = files::access_token(&location.tokens)?;
    Some(token).filter(|_| ends.is_some_and(|ends| now < ends - TimeDelta::seconds(60)))
}

/// Writes the token file, closed to others from its first byte on.
pub fn write_sign_in(location: &Location, tokens: &SignInTokens) -> Result<(), RoutingError> {
    write_sign_in_with(location, tokens, &NoSteps)
}

/// Like [`write_sign_in`], watched at each step.
pub fn write_sign_in_with(location: &Location, tokens: &SignInTokens, steps: &dyn Steps) -> Result<(), RoutingError> {
    let file = &location.tokens;
    if let Some(folder) = file.parent() {
        make_folder(folder).map_err(|error| refused(&error, file))?;
    }
    let target = file.canonicalize().unwrap_or_else(|_| file.clone());
    if target.is_dir() {
        return Err(RoutingError::NotAFile(file.clone()));
    }
    sweep(&target, Leaver::Dead);
    let temp = Temp::write(&target, written(tokens).as_bytes(), steps)?;
    temp.replace(&target)?;
    sync_folder(&target);
    Ok(())
}

/// As Python's `json.dump(…, indent=2)` writes the four, in the CLI's order.
fn written(tokens: &SignInTokens) -> Zeroizing<String> {
    // The file is where the CLI takes them from.
    let access = Zeroizing::new(quote(tokens.access_token.expose_secret()));
    // The same.
    let refresh = tokens.refresh_token.as_ref().map(|token| quote(token.expose_secret()));
    let refresh = Zeroizing::new(refresh.unwrap_or_else(|| "null".to_owned()));
    let (ends, kind) = (tokens.expires_at.timestamp().to_string(), quote(&tokens.token_type));
    Zeroizing::new(
        [
            "{\n  \"access_token\": ",
            &access,
            ",\n  \"refresh_token\": ",
            &refresh,
            ",\n  \"expires_at\": ",
            &ends,
            ",\n  \"token_type\": ",
            &kind,
            "\n}",
        ]
        .concat(),
    )
}

#[cfg(unix)]
fn make_folder(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    // A folder that exists keeps its mode; the CLI closes it at its next start.
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(not(unix))]
fn make_folder(folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)
}
