//! Owns what waits for the person's decision: a key from the clipboard, from a dropped file, or found
//! with another program. Leaves out what becomes of it.

use super::pasted_text::{self, FoundKey, Trimmed};
use super::{Reason, ServiceError, Services};
use crate::domain::{EntryId, FoundCredential, FoundKind, KeyId, ProviderId, Secret};
use crate::routing;
use crate::vault::SecretName;

/// A pasted key, without its characters.
#[derive(Debug, Clone)]
pub struct Pasted {
    /// Names it for [`Services::adopt_key`] and the like.
    pub id: String,
    /// Its visible head.
    pub prefix: String,
    /// The service it looks like.
    pub suggested: Option<ProviderId>,
    /// The kind of key that its head names there.
    pub environment: Option<String>,
    /// The variable it was assigned to.
    pub variable: Option<String>,
    /// The key it is already known as.
    pub known_as: Option<KeyId>,
    /// What is odd about it.
    pub problems: Vec<PasteProblem>,
    /// What was taken off around it.
    pub trimmed: Vec<Trimmed>,
    /// The file it was dropped in.
    pub file: Option<String>,
}

/// What is odd about a pasted text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasteProblem {
    /// White space inside.
    WhiteSpace,
    /// No service's keys start like this.
    NoKnownPrefix,
    /// Characters that no key has.
    NotAscii,
    /// Too short to be a key.
    TooShort,
}

/// A credential found on this computer.
#[derive(Debug, Clone)]
pub struct Found {
    /// Names it for [`Services::adopt_key`].
    pub id: String,
    /// What was found.
    pub credential: FoundCredential,
}

/// The pasted secret, waiting for the person's decision.
pub(super) struct Waiting {
    id: String,
    secret: Secret,
    /// All that the clipboard held, by which it is known again.
    text: Secret,
}

impl Services {
    /// Reads the clipboard, because the person pressed Paste.
    pub async fn paste_key(&self) -> Result<Pasted, ServiceError> {
        let text = self.desktop().clipboard.read()?.ok_or_else(|| ServiceError::of(Reason::NothingToPaste))?;
        let found = pasted_text::find(&text).ok_or_else(|| ServiceError::of(Reason::NothingToPaste))?;
        let pasted = self.describe(&found, None).await;
        self.still_unlocked()?;
        self.live().pasted = Some(Waiting { id: pasted.id.clone(), secret: found.secret, text });
        Ok(pasted)
    }

    /// What may be shown of a key that was found in a text.
    pub(super) async fn describe(&self, found: &FoundKey, file: Option<&str>) -> Pasted {
        let suggested = self.0.parts.providers.suggested_by(&found.secret);
        let description = suggested.map(|id| self.provider(id).description());
        let prefix = found.secret.prefix(description.map(|known| known.key_prefixes).unwrap_or_default());
        Pasted {
            id: EntryId::random().to_string(),
            environment: description.and_then(|known| known.environment_of(&prefix)).map(str::to_owned),
            prefix,
            suggested,
            variable: found.variable.clone(),
            // A keychain that cannot be read only means that this is not known.
            known_as: self.known_as(&found.secret).await.unwrap_or_default(),
            problems: problems(&found.secret, suggested),
            trimmed: found.trimmed.clone(),
            file: file.map(str::to_owned),
        }
    }

    /// The key whose kept secret is this one. Only keys with the same visible head are looked up.
    pub(super) async fn known_as(&self, secret: &Secret) -> Result<Option<KeyId>, ServiceError> {
        for key in self.records().kept_keys()? {
            let prefix = key.prefix.as_deref().unwrap_or_default().trim_end_matches(['…', '.', '*']);
            // Only the head is compared here; the whole is compared below, in constant time.
            if secret.expose_secret().starts_with(prefix)
                && self.vault().get(&SecretName::Key(key.id)).await?.is_some_and(|kept| kept.same_as(secret))
            {
                return Ok(Some(key.id));
            }
        }
        Ok(None)
    }

    /// Drops what was pasted or dropped and not added, and what was found out about it.
    pub fn discard_pasted(&self) {
        let mut live = self.live();
        live.pasted = None;
        live.dropped = None;
        live.checked = None;
    }

    /// A key was added: it waits no more, and leaves the clipboard.
    pub(super) fn taken(&self, source: &str, secret: &Secret) {
        let pasted = {
            let mut live = self.live();
            live.checked = None;
            if let Some(dropped) = live.dropped.as_mut() {
                dropped.take_out(source);
            }
            live.pasted.take_if(|waiting| waiting.id == source)
        };
        // With what stood around the key, which was left out here, the clipboard still holds it.
        self.desktop().clipboard.clear_if_holds(pasted.as_ref().map_or(secret, |waiting| &waiting.text));
    }

    /// Credentials that other programs keep on this computer. Read anew on each call.
    pub fn found_credentials(&self) -> Result<Vec<Found>, ServiceError> {
        let found: Vec<Found> = routing::find_credentials(self.surroundings())
            .into_iter()
            .map(|credential| Found { id: EntryId::random().to_string(), credential })
            .collect();
        self.live().found.clone_from(&found);
        Ok(found)
    }

    /// The secret that waits under this id, and the service it was found for.
    pub(super) fn secret_from(&self, source: &str) -> Result<(Secret, Option<ProviderId>), ServiceError> {
        let live = self.live();
        if let Some(waiting) = live.pasted.as_ref().filter(|waiting| waiting.id == source) {
            return Ok((waiting.secret.clone(), None));
        }
        if let Some(secret) = live.dropped.as_ref().and_then(|dropped| dropped.secret(source)) {
            return Ok((secret, None));
        }
        let found = live.found.iter().find(|found| found.id == source).cloned();
        drop(live);
        let found = found.ok_or_else(|| ServiceError::of(Reason::NotFound))?;
        if found.credential.kind == FoundKind::SignIn {
            return Err(ServiceError::field(Reason::BadInput, "source"));
        }
        let secret = routing::read_found_key(self.surroundings(), &found.credential)?;
        Ok((secret.ok_or_else(|| ServiceError::of(Reason::NotFound))?, Some(found.credential.provider)))
    }
}

fn problems(secret: &Secret, suggested: Option<ProviderId>) -> Vec<PasteProblem> {
    // Only yes and no leave this function.
    let characters = secret.expose_secret();
    let mut problems = Vec::new();
    if characters.chars().any(char::is_whitespace) {
        problems.push(PasteProblem::WhiteSpace);
    }
    if characters.chars().any(|character| !character.is_ascii() || character.is_ascii_control()) {
        problems.push(PasteProblem::NotAscii);
    }
    if suggested.is_none() {
        problems.push(PasteProblem::NoKnownPrefix);
    }
    if characters.len() < 12 {
        problems.push(PasteProblem::TooShort);
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::providers::Registry;

    #[test]
    fn odd_texts_are_named() {
        let named = |text: &str| {
            let secret = Secret::new(text.to_owned());
            problems(&secret, Registry::built_in().suggested_by(&secret))
        };
        assert_eq!(named("bmc_abcdefghijEXAMPLE"), []);
        assert_eq!(named("bmc_abc defghijEXAMPLE"), [PasteProblem::WhiteSpace]);
        assert_eq!(named("bmc_ä"), [PasteProblem::NotAscii, PasteProblem::TooShort]);
        assert_eq!(named("sk-abcdefghijEXAMPLE"), [PasteProblem::NoKnownPrefix]);
    }
}
