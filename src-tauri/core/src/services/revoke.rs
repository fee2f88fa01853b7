//! Owns ending a key: what would break, the typed confirmation, the one DELETE, and the proof.

use super::accounts::AccountState;
use super::activity::Line;
use super::projects::TakenOut;
use super::{Reason, ServiceError, Services, Topic};
use crate::domain::{
    Account, ActivityKind, ApiKey, EntryId, KeptIn, KeyId, KeyOrigin, KeyStatus, LastUse, NotedPlace, Offered,
    ServiceStatus, SignIn, is_hidden, key_status,
};
use crate::providers::{self, Answer, Call, Means, Probe, ProviderError, Seen, SignInMethod};
use chrono::{DateTime, TimeDelta, Utc};

/// What a revoke would do.
#[derive(Debug, Clone)]
pub struct RevokePlan {
    /// The key.
    pub key: ApiKey,
    /// Its account.
    pub account: AccountState,
    /// What stops working, in plain sentences.
    pub consequences: Vec<String>,
    /// Places noted elsewhere, as steps to tick.
    pub noted_places: Vec<NotedPlace>,
    /// What must be typed.
    pub confirmation: Option<Confirmation>,
    /// Whether it must be done in the browser.
    pub in_browser: bool,
    /// Whether the Basic Memory CLI's `config.json` holds it; the revoke takes it out there too.
    pub in_config: bool,
    /// Whether it acts for its account, so that another must take its place first.
    pub current_admin_key: bool,
    /// Kept keys that could act for the account instead.
    pub other_admin_keys: Vec<ApiKey>,
}

/// What must be typed to revoke.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmation {
    /// The text to type.
    pub text: String,
    /// Why.
    pub why: WhyTyped,
}

/// Why something must be typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhyTyped {
    /// The key was used in the last 24 hours.
    UsedToday,
    /// The service does not say when it was used.
    UseUnknown,
}

/// What a revoke did.
#[derive(Debug, Clone)]
pub struct RevokeResult {
    /// The key as it is now.
    pub key: ApiKey,
    /// Its account.
    pub account: Account,
    /// Whether it is revoked, as far as is proved or the service said.
    pub revoked: bool,
    /// The proof.
    pub proof: Proof,
    /// Noted places that may still hold it.
    pub noted_places: Vec<NotedPlace>,
    /// Whether it was also taken out of the Basic Memory CLI's `config.json`.
    pub taken_out_of_config: bool,
    /// Why it is still in there.
    pub config_failure: Option<ServiceError>,
}

/// How it is known that a key is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    /// A request with the key was refused with 401.
    Refused {
        /// When.
        at: DateTime<Utc>,
    },
    /// The list no longer has it, or marks it as revoked.
    Listed {
        /// When.
        at: DateTime<Utc>,
    },
    /// It still works.
    StillAccepted {
        /// When.
        at: DateTime<Utc>,
    },
    /// The secret is not on this computer and the server lists no keys.
    NoSecret,
    /// It could not be asked.
    CouldNotTell {
        /// Why.
        error: ServiceError,
    },
}

impl Services {
    /// What a revoke would do.
    pub fn revoke_plan(&self, id: KeyId) -> Result<RevokePlan, ServiceError> {
        let key = self.key(id)?;
        let account = self.account_state(key.account)?;
        let current_admin_key = account.account.admin_key == Some(id);
        let other_admin_keys =
            if current_admin_key { self.other_admin_keys(&key, &account.account)? } else { Vec::new() };
        Ok(RevokePlan {
            current_admin_key,
            other_admin_keys,
            consequences: self.consequences(&key, &account.account),
            noted_places: self.records().noted_places(id)?,
            confirmation: confirmation(&key, self.now_at(key.account)),
            in_config: self.is_in_config(&key, None),
            in_browser: self.in_browser(&key, &account.account),
            key,
            account,
        })
    }

    /// Kept keys of the account that work and may manage keys, as far as their scopes are known.
    fn other_admin_keys(&self, key: &ApiKey, account: &Account) -> Result<Vec<ApiKey>, ServiceError> {
        let SignInMethod::AdminKey { any_of } = self.provider(account.provider).description().sign_in else {
            return Ok(Vec::new());
        };
        let now = self.now_at(account.id);
        let may = |other: &ApiKey| {
            let scopes = other.scopes.as_deref().unwrap_or_default();
            let works = !matches!(key_status(other, now), KeyStatus::Revoked | KeyStatus::Expired);
            other.id != key.id
                && works
                && other.kept != KeptIn::Nowhere
                && scopes.iter().any(|scope| any_of.contains(&scope.as_str()))
        };
        Ok(self.records().keys_of(account.id)?.into_iter().filter(may).collect())
    }

    fn consequences(&self, key: &ApiKey, account: &Account) -> Vec<String> {
        let name = self.provider(account.provider).description().short_name;
        let workspace = key.workspace.as_ref();
        let workspace = workspace.and_then(|id| account.workspaces.iter().find(|workspace| workspace.id == *id));
        let mut sentences = vec![match workspace {
            Some(workspace) => format!(
                "Every program that uses this key loses the cloud projects of {} from its next call.",
                workspace.name
            ),
            None => format!("{name} refuses every program that uses this key from its next call."),
        }];
        if self.is_in_config(key, None) {
            sentences.push(
                "The Basic Memory CLI on this computer uses this key. It is taken out of its configuration in the \
                 same step, so that it does not hide the CLI’s own sign-in; without one, cloud projects stop."
                    .to_owned(),
            );
        }
        if account.admin_key == Some(key.id) {
            sentences.push(format!(
                "This key acts for {} in Latchkey. No key can revoke itself: let another one act for the account first.",
                account.label
            ));
        }
        if key.kept != KeptIn::Nowhere {
            sentences.push("The copy kept on this computer is deleted once the key is refused.".to_owned());
        }
        sentences
    }

    /// Whether a key can only be revoked in the browser: that is the service's way, its server turned out
    /// to offer no revoke, or never gave an id for the key.
    fn in_browser(&self, key: &ApiKey, account: &Account) -> bool {
        self.provider(account.provider).description().revoke == Means::Guided
            || key.remote_id.is_none()
            || matches!(account.capability.revoke, Offered::No(_))
    }

    /// Ends a key at its service. The DELETE goes only to an id that this server listed or returned.
    pub async fn revoke_key(&self, id: KeyId, typed: Option<&str>, leaked: bool) -> Result<RevokeResult, ServiceError> {
        let key = self.key(id)?;
        let account = self.account(key.account)?;
        if let Some(confirmation) = confirmation(&key, self.now_at(key.account))
            && typed.map(str::trim) != Some(confirmation.text.trim())
        {
            return Err(ServiceError::of(Reason::WrongConfirmation));
        }
        if account.admin_key == Some(id) {
            return Err(ServiceError::of(Reason::CurrentKey).at_host(&account.servers.host));
        }
        let Some(remote_id) = key.remote_id.clone().filter(|_| !self.in_browser(&key, &account)) else {
            return Err(ServiceError::of(Reason::NotOffered));
        };
        let why = if leaked { "It leaked" } else { "By hand" };
        let line = Line::about_key(ActivityKind::RevokeIntended, &key).started().fact("Why", why);
        let started = self.journal(line)?;
        let provider = self.provider(account.provider);
        let workspace = key.workspace.clone();
        let answer = self
            .as_account(&account, |call| {
                let (remote_id, workspace) = (remote_id.clone(), workspace.clone());
                Box::pin(async move { provider.revoke_key(&call, &remote_id, workspace.as_deref()).await })
            })
            .await;
        let answered = match answer {
            Ok(()) => {
                self.update_account(account.id, |account| account.capability.revoke = Offered::Yes)?;
                true
            }
            // It is not there, or the answer was lost: the proof decides.
            Err(super::access::ProviderOrService::Provider(ProviderError::NoSuchKey)) => false,
            Err(super::access::ProviderOrService::Provider(ProviderError::Http(error)))
                if error.may_have_been_done() =>
            {
                false
            }
            Err(error) => {
                // A failure in the middle of the work may have come after it.
                let may_be_done = matches!(
                    &error,
                    super::access::ProviderOrService::Provider(
                        ProviderError::Failed(_) | ProviderError::NotUnderstood(Answer { status: 200..300, .. })
                    )
                );
                if may_be_done {
                    let proof = self.prove(&key, &account).await;
                    if matches!(proof, Proof::Refused { .. } | Proof::Listed { .. }) {
                        return self.revoked(&key, started, true, proof).await;
                    }
                }
                if let super::access::ProviderOrService::Provider(ProviderError::NotOffered(status)) = &error {
                    let no = Offered::No(*status);
                    self.update_account(account.id, |account| account.capability.revoke = no)?;
                    self.changed(Topic::App);
                }
                let error = self.remember_page(error.into(), &account);
                let line = Line::about_key(ActivityKind::RevokeIntended, &key).failed().answers(started);
                self.journal(line.fact("Reason", error.reason.as_str()))?;
                return Err(error);
            }
        };
        let proof = self.prove(&key, &account).await;
        let revoked = match &proof {
            Proof::Refused { .. } | Proof::Listed { .. } => true,
            Proof::NoSecret | Proof::CouldNotTell { .. } => answered,
            Proof::StillAccepted { .. } => false,
        };
        self.revoked(&key, started, revoked, proof).await
    }

    async fn revoked(
        &self,
        key: &ApiKey,
        started: EntryId,
        revoked: bool,
        proof: Proof,
    ) -> Result<RevokeResult, ServiceError> {
        let line = Line::about_key(ActivityKind::KeyRevoked, key).answers(started).fact("Proof", in_words(&proof));
        self.journal(if revoked { line } else { line.failed() })?;
        self.settle(key, revoked, proof).await
    }

    /// Asks once whether a key is refused: after a revoke in the browser, or for a missing proof.
    pub async fn check_revoked(&self, id: KeyId) -> Result<RevokeResult, ServiceError> {
        let key = self.key(id)?;
        let account = self.account(key.account)?;
        let proof = self.prove(&key, &account).await;
        let revoked = matches!(proof, Proof::Refused { .. } | Proof::Listed { .. });
        if revoked {
            self.journal(Line::about_key(ActivityKind::RevokeProved, &key).fact("Proof", in_words(&proof)))?;
        }
        self.settle(&key, revoked, proof).await
    }

    /// Writes what was proved. The kept copy of a refused key is deleted.
    async fn settle(&self, key: &ApiKey, revoked: bool, proof: Proof) -> Result<RevokeResult, ServiceError> {
        let now = self.now();
        let taken_out = if revoked {
            // Its characters tell it from others for certain, so this comes before they are deleted.
            let secret = self.secret_if_kept(key).await;
            self.take_out_of_config(key, secret.as_ref())
        } else {
            TakenOut::default()
        };
        let key = if revoked {
            // First of all, so that no failure of the keychain leaves a revoked key looking alive.
            let key = self.update_key(key.id, |key| {
                if !matches!(key.service_status, ServiceStatus::Revoked(Some(_))) {
                    key.service_status = ServiceStatus::Revoked(Some(now));
                }
            })?;
            if self.copied().is_some_and(|copied| copied.key == key.id) {
                self.clear_clipboard();
            }
            // Until it is known to be refused, its characters are what it can be proved with.
            if matches!(proof, Proof::CouldNotTell { .. }) {
                key
            } else {
                self.drop_slot_of_key(key.id);
                match self.delete_kept(&key).await {
                    Ok(()) => self.update_key(key.id, |key| key.kept = KeptIn::Nowhere)?,
                    // The record goes on saying that it is kept, so that it can be deleted later.
                    Err(_) => key,
                }
            }
        } else {
            self.key(key.id)?
        };
        if revoked {
            // Nothing acts for the account any more; it asks for another key.
            self.no_longer_acts(&key, SignIn::Needed)?;
        }
        self.changed(Topic::Keys);
        let account = self.account(key.account)?;
        let noted_places = self.records().noted_places(key.id)?;
        Ok(RevokeResult {
            key,
            account,
            revoked,
            proof,
            noted_places,
            taken_out_of_config: taken_out.done,
            config_failure: taken_out.failure,
        })
    }

    /// Asks with the key itself if its secret is here, else looks for it in a fresh list.
    async fn prove(&self, key: &ApiKey, account: &Account) -> Proof {
        let could_not = |error: ServiceError| Proof::CouldNotTell { error: self.remember_page(error, account) };
        match self.secret_of(key.id).await {
            Ok(secret) => {
                let seen = Seen::default();
                let call = Call { http: self.http(), host: &account.servers.host, credential: &secret, seen: &seen };
                match self.provider(account.provider).probe(&call).await {
                    Ok(Probe::Refused) => Proof::Refused { at: self.now() },
                    Ok(Probe::Accepted { .. }) => Proof::StillAccepted { at: self.now() },
                    Err(error) => could_not(error.into()),
                }
            }
            Err(error) if error.reason != Reason::NoSecret => could_not(error),
            Err(_) if account.sign_in != SignIn::SignedIn => Proof::NoSecret,
            Err(_) => match self.read_list(account).await {
                Ok(listing) if listing.partial => Proof::NoSecret,
                Ok(listing) => {
                    let listed = listing.keys.iter().find(|listed| providers::same_key(key, listed));
                    if listed.is_some_and(|listed| !listed.revoked) {
                        Proof::StillAccepted { at: self.now() }
                    } else {
                        Proof::Listed { at: self.now() }
                    }
                }
                Err(error) if error.reason == Reason::NotOffered => Proof::NoSecret,
                Err(error) => could_not(error),
            },
        }
    }
}

/// What must be typed: the name, or for a long or odd one the prefix, when the key was used in the
/// last 24 hours or when it is not known. A key whose secret was lost with its answer was never used.
fn confirmation(key: &ApiKey, now: DateTime<Utc>) -> Option<Confirmation> {
    let why = match key.last_use {
        LastUse::At(moment) if now - moment <= TimeDelta::hours(24) => WhyTyped::UsedToday,
        LastUse::NotReported if key.origin != KeyOrigin::Intended => WhyTyped::UseUnknown,
        LastUse::At(_) | LastUse::Never | LastUse::NotReported => return None,
    };
    let odd = key.name.trim().is_empty() || key.name.chars().count() > 40 || key.name.chars().any(is_hidden);
    let prefix = key.prefix.clone().map(|prefix| prefix.trim_end_matches(['…', '.', '*']).to_owned());
    let text = match prefix {
        Some(prefix) if odd && !prefix.is_empty() => prefix,
        _ if odd => "revoke".to_owned(),
        _ => key.name.clone(),
    };
    Some(Confirmation { text, why })
}

fn in_words(proof: &Proof) -> String {
    match proof {
        Proof::Refused { at } => format!("Refused with 401 at {}", at.format("%H:%M:%S UTC")),
        Proof::Listed { .. } => "The list no longer has it, or marks it as revoked".to_owned(),
        Proof::StillAccepted { .. } => "It still works".to_owned(),
        Proof::NoSecret => "No proof: the secret isn't on this computer".to_owned(),
        Proof::CouldNotTell { error } => format!("Couldn't tell ({error})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::AccountId;
    use chrono::TimeZone as _;

    fn key(last_use: LastUse, name: &str) -> ApiKey {
        ApiKey {
            remote_id: Some("1".to_owned()),
            name: name.to_owned(),
            prefix: Some("bmc_Qv4m…".to_owned()),
            last_use,
            ..ApiKey::blank(AccountId::random(), KeyOrigin::Listed)
        }
    }

    fn typed(last_use: LastUse, name: &str) -> Option<(String, WhyTyped)> {
        let now = Utc.with_ymd_and_hms(2026, 11, 20, 12, 0, 0).unwrap();
        confirmation(&key(last_use, name), now).map(|confirmation| (confirmation.text, confirmation.why))
    }

    #[test]
    fn the_name_is_typed_when_the_key_was_used_in_the_last_day_or_use_is_unknown() {
        let at = |hour| LastUse::At(Utc.with_ymd_and_hms(2026, 11, 19, hour, 0, 0).unwrap());
        assert_eq!(typed(at(12), "laptop"), Some(("laptop".to_owned(), WhyTyped::UsedToday)));
        assert_eq!(typed(at(11), "laptop"), None);
        assert_eq!(typed(LastUse::Never, "laptop"), None);
        assert_eq!(typed(LastUse::NotReported, "laptop"), Some(("laptop".to_owned(), WhyTyped::UseUnknown)));
    }

    #[test]
    fn the_prefix_is_typed_for_long_or_odd_names() {
        for name in ["n".repeat(41).as_str(), "a\u{7}b", "a\u{202e}b", "  "] {
            assert_eq!(typed(LastUse::NotReported, name).unwrap().0, "bmc_Qv4m");
        }
    }
}
