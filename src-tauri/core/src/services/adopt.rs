//! Owns taking in a key that exists already: pasted, or found with another program. It is sent
//! nowhere but to the host of the account the person chose, once, to see whether it is accepted.

use super::activity::Line;
use super::{Reason, ServiceError, Services, Topic};
use crate::domain::{
    Account, AccountId, ActivityKind, ApiKey, EntryId, FoundCredential, FoundKind, KeptIn, KeyId, KeyName, KeyOrigin,
    ProviderId, Secret, ServiceStatus,
};
use crate::providers::{Call, Probe, Seen};
use crate::routing;
use crate::vault::SecretName;

/// A pasted key, without its characters.
#[derive(Debug, Clone)]
pub struct Pasted {
    /// Names it for [`Services::adopt_key`].
    pub id: String,
    /// Its visible head.
    pub prefix: String,
    /// The service it looks like.
    pub suggested: Option<ProviderId>,
    /// The variable it was assigned to.
    pub variable: Option<String>,
    /// The key it is already known as.
    pub known_as: Option<KeyId>,
    /// What is odd about it.
    pub problems: Vec<PasteProblem>,
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
}

/// What adopting takes.
#[derive(Debug, Clone)]
pub struct AdoptKey {
    /// The pasted or found key.
    pub source: String,
    /// The account; `None` makes one at the published servers, signed out.
    pub account: Option<AccountId>,
    /// What to call it.
    pub name: String,
    /// Keep it.
    pub keep: bool,
}

/// What adopting did.
#[derive(Debug, Clone)]
pub struct Adopted {
    /// The key.
    pub key: ApiKey,
    /// Its account.
    pub account: Account,
    /// Why it could not be kept.
    pub keep_failure: Option<ServiceError>,
}

impl Services {
    /// Reads the clipboard, because the person pressed Paste.
    pub async fn paste_key(&self) -> Result<Pasted, ServiceError> {
        let text = self.desktop().clipboard.read()?.ok_or_else(|| ServiceError::of(Reason::NothingToPaste))?;
        let (variable, secret) = key_in(&text).ok_or_else(|| ServiceError::of(Reason::NothingToPaste))?;
        let suggested = self.0.parts.providers.suggested_by(&secret);
        let prefixes = self.provider(suggested.unwrap_or(ProviderId::BASIC_MEMORY)).description().key_prefixes;
        let pasted = Pasted {
            id: EntryId::random().to_string(),
            prefix: secret.prefix(prefixes),
            suggested,
            variable,
            // A keychain that cannot be read only means that this is not known.
            known_as: self.known_as(&secret).await.unwrap_or_default(),
            problems: problems(&secret, suggested),
        };
        self.live().pasted = Some(Waiting { id: pasted.id.clone(), secret });
        Ok(pasted)
    }

    /// The key whose kept secret is this one. Only keys with the same visible head are looked up.
    async fn known_as(&self, secret: &Secret) -> Result<Option<KeyId>, ServiceError> {
        for key in self.records().keys()?.into_iter().filter(|key| key.kept != KeptIn::Nowhere) {
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

    /// Drops the pasted key.
    pub fn discard_pasted(&self) {
        self.live().pasted = None;
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

    fn secret_from(&self, source: &str) -> Result<(Secret, Option<ProviderId>), ServiceError> {
        let live = self.live();
        if let Some(waiting) = live.pasted.as_ref().filter(|waiting| waiting.id == source) {
            return Ok((waiting.secret.clone(), None));
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

    /// Checks a key with one request to the account's host and adds it. A refused key is not added.
    pub async fn adopt_key(&self, input: AdoptKey) -> Result<Adopted, ServiceError> {
        let (secret, found_for) = self.secret_from(&input.source)?;
        let suggested =
            found_for.or_else(|| self.0.parts.providers.suggested_by(&secret)).unwrap_or(ProviderId::BASIC_MEMORY);
        let (account, is_new) = match input.account {
            Some(id) => (self.account(id)?, false),
            None => (self.account_without_sign_in(suggested)?, true),
        };
        let provider = self.provider(account.provider);
        let name = KeyName::parse(&input.name, provider.description().longest_name)
            .map_err(|_| ServiceError::field(Reason::BadInput, "name"))?;
        let seen = Seen::default();
        let call = Call { http: self.http(), host: &account.servers.host, credential: &secret, seen: &seen };
        let probe = provider.probe(&call).await.map_err(|error| self.remember_page(error.into(), &account))?;
        let Probe::Accepted { workspace, workspaces } = probe else {
            return Err(ServiceError::of(Reason::KeyRefused).at_host(&account.servers.host));
        };
        let account = if is_new {
            let account = Account { workspaces, ..account };
            self.records().put_account(&account)?;
            self.journal(Line::new(ActivityKind::AccountAdded, &account.label).account(account.id))?;
            account
        } else {
            account
        };
        let key = self.record_adopted(&account, &name, &secret, workspace)?;
        let keep_failure = if input.keep { self.keep(key.id, &secret).await.err() } else { None };
        self.live().pasted = None;
        self.desktop().clipboard.clear_if_holds(&secret);
        self.changed(Topic::App);
        self.changed(Topic::Keys);
        Ok(Adopted { key: self.key(key.id)?, account, keep_failure })
    }

    /// Writes the key: the one a list already brought (same head, same name or the only one with that
    /// head), else a new one.
    fn record_adopted(
        &self,
        account: &Account,
        name: &KeyName,
        secret: &Secret,
        workspace: Option<String>,
    ) -> Result<ApiKey, ServiceError> {
        let prefix = secret.prefix(self.provider(account.provider).description().key_prefixes);
        let same_head = |key: &&ApiKey| {
            let known = key.prefix.as_deref().map(|known| known.trim_end_matches(['…', '.', '*'])).unwrap_or_default();
            // A head of six characters or more is distinctive; shorter ones are never matched.
            known.len() >= 6 && secret.expose_secret().starts_with(known)
        };
        let guard = self.editing();
        let known = self.records().keys_of(account.id)?;
        let candidates: Vec<&ApiKey> = known.iter().filter(same_head).collect();
        let key = if let [only] = candidates.as_slice() {
            ApiKey { prefix: Some(prefix), service_status: ServiceStatus::Active, ..(*only).clone() }
        } else {
            ApiKey {
                name: name.as_str().to_owned(),
                prefix: Some(prefix),
                workspace_confirmed: workspace.is_some(),
                workspace,
                ..ApiKey::blank(account.id, KeyOrigin::Adopted)
            }
        };
        self.records().put_key(&key)?;
        drop(guard);
        self.journal(Line::about_key(ActivityKind::KeyAdopted, &key))?;
        Ok(key)
    }

    fn account_without_sign_in(&self, provider: ProviderId) -> Result<Account, ServiceError> {
        let label = self.free_label(self.provider(provider).description().short_name)?;
        Ok(Account::signed_out(
            provider,
            label,
            super::accounts::servers_from(self.provider(provider).description(), "", "", "")?,
            self.now(),
        ))
    }
}

/// Finds the key in a pasted text: the text itself, or the value of one `NAME=value` line.
fn key_in(text: &Secret) -> Option<(Option<String>, Secret)> {
    // Taken apart here, in Rust, so that the window never sees it.
    let line = text.expose_secret().lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#'))?;
    let assignment = line.strip_prefix("export ").unwrap_or(line).split_once('=');
    let is_name = |name: &str| {
        name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
            && name.chars().all(|character| character.is_ascii_alphanumeric() || character == '_')
    };
    let (variable, value) = match assignment {
        Some((name, value)) if is_name(name.trim()) => (Some(name.trim().to_owned()), value.trim()),
        _ => (None, line),
    };
    let quoted = |quote: char| value.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
    let value = quoted('"').or_else(|| quoted('\'')).unwrap_or(value);
    (!value.is_empty() && value.len() <= 2048).then(|| (variable, Secret::new(value.to_owned())))
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

    fn found(text: &str) -> Option<(Option<String>, String)> {
        key_in(&Secret::new(text.to_owned())).map(|(variable, key)| (variable, key.expose_secret().to_owned()))
    }

    #[test]
    fn a_key_is_found_alone_or_in_a_line_of_an_environment_file() {
        let key = "bmc_abcdefEXAMPLE".to_owned();
        let named = Some("BASIC_MEMORY_API_KEY".to_owned());
        assert_eq!(found("  bmc_abcdefEXAMPLE\n"), Some((None, key.clone())));
        assert_eq!(found("BASIC_MEMORY_API_KEY=bmc_abcdefEXAMPLE"), Some((named.clone(), key.clone())));
        assert_eq!(found("# note\nexport BASIC_MEMORY_API_KEY=\"bmc_abcdefEXAMPLE\"\n"), Some((named, key)));
        assert_eq!(found("BASIC_MEMORY_API_KEY="), None);
        assert_eq!(found(" \n"), None);
    }

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
