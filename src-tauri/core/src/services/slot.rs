//! Owns the one-time slot: the secret of the key that was just created. Time never empties it; only
//! Done (when it is saved somewhere) and "Close anyway" do.

use super::activity::Line;
use super::{Reason, ServiceError, Services, Topic};
use crate::domain::{AccountId, ActivityKind, ApiKey, KeptIn, KeyId, Secret};
use crate::providers::Snippet;

/// The created secret, waiting to be saved.
pub(super) struct Slot {
    pub(super) key: KeyId,
    pub(super) account: AccountId,
    pub(super) secret: Secret,
    pub(super) keep_failure: Option<ServiceError>,
    pub(super) was_copied: bool,
}

/// What may be shown of the slot.
#[derive(Debug, Clone)]
pub struct SlotState {
    /// The key.
    pub key: ApiKey,
    /// Why it could not be kept.
    pub keep_failure: Option<ServiceError>,
    /// It was copied, and the clipboard still holds it.
    pub copied: bool,
    /// It was copied, and the clipboard was cleared since.
    pub cleared: bool,
    /// Ways to use the key; they name the variable, never the value.
    pub snippets: Vec<Snippet>,
}

impl Services {
    /// The slot, if a created secret waits in it.
    pub fn slot(&self) -> Result<Option<SlotState>, ServiceError> {
        let (key, keep_failure, was_copied) = match &self.live().slot {
            Some(slot) => (slot.key, slot.keep_failure.clone(), slot.was_copied),
            None => return Ok(None),
        };
        let key = self.key(key)?;
        let account = self.account(key.account)?;
        let copied = self.copied().is_some_and(|copied| copied.key == key.id);
        let snippets = self.provider(account.provider).snippets(&account.servers.host);
        Ok(Some(SlotState { key, keep_failure, copied, cleared: was_copied && !copied, snippets }))
    }

    /// Whether a created secret would be lost now.
    pub fn has_unsaved_secret(&self) -> bool {
        match self.slot() {
            Ok(Some(slot)) => slot.key.kept != KeptIn::Keychain && !slot.copied,
            Ok(None) => false,
            // The records cannot tell; the slot is full, so it is taken for unsaved.
            Err(_) => true,
        }
    }

    pub(super) fn slot_secret(&self, key: KeyId) -> Option<Secret> {
        self.live().slot.as_ref().filter(|slot| slot.key == key).map(|slot| slot.secret.clone())
    }

    pub(super) fn drop_slot_of(&self, account: AccountId) {
        let mut live = self.live();
        if live.slot.as_ref().is_some_and(|slot| slot.account == account) {
            live.slot = None;
        }
    }

    pub(super) fn drop_slot_of_key(&self, key: KeyId) {
        let mut live = self.live();
        if live.slot.as_ref().is_some_and(|slot| slot.key == key) {
            live.slot = None;
        }
    }

    /// Shows a secret: the only way its characters reach the window.
    pub async fn reveal_secret(&self, key: KeyId) -> Result<Secret, ServiceError> {
        let secret = self.secret_of(key).await?;
        self.still_unlocked()?;
        self.journal(Line::about_key(ActivityKind::KeyRevealed, &self.key(key)?))?;
        Ok(secret)
    }

    /// Keeps the slot's secret in the keychain.
    pub async fn keep_secret(&self, key: KeyId) -> Result<Option<SlotState>, ServiceError> {
        let secret = self.slot_secret(key).ok_or_else(|| ServiceError::of(Reason::NoSecret))?;
        let kept = self.keep(key, &secret).await;
        if let Some(slot) = self.live().slot.as_mut().filter(|slot| slot.key == key) {
            slot.keep_failure = kept.as_ref().err().cloned();
        }
        self.changed(Topic::App);
        kept?;
        self.slot()
    }

    /// Empties the slot. Without `anyway` only if the secret is kept, or copied and still in the clipboard.
    pub fn close_slot(&self, anyway: bool) -> Result<(), ServiceError> {
        // "Anyway" asks nothing, so that no failure of the records can hold the slot shut.
        if !anyway
            && let Some(slot) = self.slot()?
            && slot.key.kept == KeptIn::Nowhere
            && !slot.copied
        {
            return Err(ServiceError::field(Reason::BadInput, "unsaved"));
        }
        if self.live().slot.take().is_some() {
            self.changed(Topic::App);
        }
        Ok(())
    }
}
