//! Owns single keys: looking one up, its drawer, forgetting its secret or the whole record.

use super::accounts::AccountState;
use super::activity::Line;
use super::test_key::KeyTest;
use super::{Reason, ServiceError, Services, Topic};
use crate::domain::{
    Account, ActivityKind, ApiKey, JournalEntry, KeptIn, KeyId, KeyOrigin, NotedPlace, Secret, SignIn,
};
use crate::providers::Snippet;
use crate::vault::{SecretName, VaultError};

/// What the drawer shows of a key.
#[derive(Debug, Clone)]
pub struct KeyDetail {
    /// The key.
    pub key: ApiKey,
    /// Its account.
    pub account: AccountState,
    /// The places noted for it.
    pub noted_places: Vec<NotedPlace>,
    /// The newest lines about it.
    pub activity: Vec<JournalEntry>,
    /// Ways to use it; they name the variable, never the value.
    pub snippets: Vec<Snippet>,
    /// Its last test of this run.
    pub test: Option<KeyTest>,
}

impl Services {
    pub(super) fn key(&self, id: KeyId) -> Result<ApiKey, ServiceError> {
        self.records().key(id)?.ok_or_else(|| ServiceError::of(Reason::NotFound))
    }

    /// Reads, changes and writes one key, with nobody in between.
    pub(super) fn update_key(&self, id: KeyId, change: impl FnOnce(&mut ApiKey)) -> Result<ApiKey, ServiceError> {
        let guard = self.editing();
        let mut key = self.key(id)?;
        change(&mut key);
        self.records().put_key(&key)?;
        drop(guard);
        Ok(key)
    }

    /// One key, for its drawer.
    pub fn key_detail(&self, id: KeyId) -> Result<KeyDetail, ServiceError> {
        let key = self.key(id)?;
        let account = self.account_state(key.account)?;
        let noted_places = self.records().noted_places(id)?;
        let activity = self.activity_of(id, 10)?;
        let provider = self.provider(account.account.provider);
        let snippets = provider.snippets(&account.account.servers.host);
        Ok(KeyDetail { key, account, noted_places, activity, snippets, test: self.test_of(id) })
    }

    /// The secret of a key: from the one-time slot, else from where it is kept.
    pub(super) async fn secret_of(&self, id: KeyId) -> Result<Secret, ServiceError> {
        if let Some(secret) = self.slot_secret(id) {
            return Ok(secret);
        }
        if self.key(id)?.kept == KeptIn::Nowhere {
            return Err(ServiceError::of(Reason::NoSecret));
        }
        // Absent is also what a keychain answers that was never unlocked: the record stays as it is.
        self.vault().get(&SecretName::Key(id)).await?.ok_or_else(|| ServiceError::of(Reason::NoSecret))
    }

    /// Where a secret goes that is kept now.
    pub(super) fn keeping_place(&self) -> KeptIn {
        if self.vault().is_session_only() { KeptIn::Session } else { KeptIn::Keychain }
    }

    /// Keeps a secret: the record first, so that no secret is ever without one; taken back if the
    /// keychain refuses.
    pub(super) async fn keep(&self, id: KeyId, secret: &Secret) -> Result<ApiKey, ServiceError> {
        let place = self.keeping_place();
        let before = self.key(id)?.kept;
        let key = self.update_key(id, |key| key.kept = place)?;
        if let Err(error) = self.vault().put(&SecretName::Key(id), secret).await {
            self.update_key(id, |key| key.kept = before)?;
            return Err(error.into());
        }
        self.journal(Line::about_key(ActivityKind::KeyKept, &key))?;
        self.changed(Topic::Keys);
        Ok(key)
    }

    /// Deletes a secret. While secrets are kept for the session only, a missing keychain holds none.
    pub(super) async fn delete_secret(&self, name: &SecretName) -> Result<(), ServiceError> {
        match self.vault().delete(name).await {
            Err(VaultError::Absent) if self.vault().is_session_only() => Ok(()),
            deleted => Ok(deleted?),
        }
    }

    /// Whether the keychain may hold this key's secret. It may have taken one after it was too late
    /// to be waited for, so a key whose characters were ever here is never taken to be without.
    pub(super) fn may_be_kept(key: &ApiKey) -> bool {
        key.kept != KeptIn::Nowhere || matches!(key.origin, KeyOrigin::Created | KeyOrigin::Adopted)
    }

    /// Deletes a key's secret; for one that is not known to be kept as far as it can be done.
    pub(super) async fn delete_kept(&self, key: &ApiKey) -> Result<(), ServiceError> {
        let name = SecretName::Key(key.id);
        match (key.kept, self.vault().delete(&name).await) {
            // What was kept in memory only never was in a keychain.
            (KeptIn::Nowhere, _) | (KeptIn::Session, Err(VaultError::Absent)) => Ok(()),
            (KeptIn::Keychain, Err(VaultError::Absent)) if self.vault().is_session_only() => Ok(()),
            (_, deleted) => Ok(deleted?),
        }
    }

    /// Deletes an account's refresh token. Only a sign-in that goes on is sure to have one.
    pub(super) async fn delete_refresh_token(&self, account: &Account) -> Result<(), ServiceError> {
        match self.vault().delete(&SecretName::RefreshToken(account.id)).await {
            Err(VaultError::Absent) if account.sign_in != SignIn::SignedIn || self.vault().is_session_only() => Ok(()),
            deleted => Ok(deleted?),
        }
    }

    /// Secrets kept for the session went with it. Answers whether there were any.
    pub(super) fn forget_last_session(&self) -> Result<bool, ServiceError> {
        let guard = self.editing();
        let keys = self.records().kept_keys()?.into_iter().filter(|key| key.kept == KeptIn::Session);
        let keys: Vec<ApiKey> = keys.map(|key| ApiKey { kept: KeptIn::Nowhere, ..key }).collect();
        self.records().put_keys(&keys)?;
        drop(guard);
        for key in &keys {
            self.no_longer_acts(key, SignIn::SignedOut)?;
        }
        Ok(!keys.is_empty())
    }

    /// The person has seen that a key was used again.
    pub fn seen(&self, id: KeyId) -> Result<ApiKey, ServiceError> {
        let key = self.update_key(id, |key| key.woke_at = None)?;
        self.changed(Topic::Keys);
        Ok(key)
    }

    /// Deletes the kept secret. The key goes on working.
    pub async fn forget_secret(&self, id: KeyId) -> Result<ApiKey, ServiceError> {
        self.delete_kept(&self.key(id)?).await?;
        let key = self.update_key(id, |key| key.kept = KeptIn::Nowhere)?;
        self.no_longer_acts(&key, SignIn::SignedOut)?;
        self.journal(Line::about_key(ActivityKind::KeyForgotten, &key))?;
        self.changed(Topic::Keys);
        Ok(key)
    }

    /// Takes a key off the list here: its secret first, then its record. It goes on working, and a
    /// server that lists it brings it back.
    pub async fn remove_key(&self, id: KeyId) -> Result<(), ServiceError> {
        let key = self.key(id)?;
        if self.slot_secret(id).is_some() {
            return Err(ServiceError::field(Reason::BadInput, "unsaved"));
        }
        self.delete_kept(&key).await?;
        self.no_longer_acts(&key, SignIn::SignedOut)?;
        self.records().remove_key(id)?;
        self.live().tests.remove(&id);
        self.journal(Line::about_key(ActivityKind::KeyRemoved, &key))?;
        self.changed(Topic::Keys);
        Ok(())
    }
}
