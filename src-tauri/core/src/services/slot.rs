//! Owns the one-time slot: the secret of the key that was just created. Time never empties it; only
//! Done (when it is saved somewhere) and "Close anyway" do.

use super::activity::Line;
use super::{Reason, ServiceError, Services, Topic};
use crate::domain::{AccountId, ActivityKind, ApiKey, EntryId, KeptIn, KeyId, KeyOrigin, Secret};
use crate::providers::Snippet;

/// The created secret, waiting to be saved.
pub(super) struct Slot {
    pub(super) key: KeyId,
    pub(super) account: AccountId,
    pub(super) secret: Secret,
    pub(super) keep_failure: Option<ServiceError>,
    pub(super) was_copied: bool,
    pub(super) unwritten: Option<Unwritten>,
}

/// What the records could not take of a key that was created, as on a full disk. Until they do, the key counts as
/// one whose create is on its way, so that no list takes its secret for lost.
#[derive(Clone)]
pub(super) struct Unwritten {
    pub(super) key: ApiKey,
    pub(super) started: EntryId,
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
        let (key, keep_failure, was_copied, unwritten) = match &self.live().slot {
            Some(slot) => (slot.key, slot.keep_failure.clone(), slot.was_copied, slot.unwritten.clone()),
            None => return Ok(None),
        };
        let known = self.key(key)?;
        let key =
            unwritten.map(|unwritten| unwritten.key).filter(|_| known.origin == KeyOrigin::Intended).unwrap_or(known);
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
        self.take_slot(|slot| slot.account == account);
    }

    pub(super) fn drop_slot_of_key(&self, key: KeyId) {
        self.take_slot(|slot| slot.key == key);
    }

    /// Empties the slot if it is this one. Its key's create is then over, whatever could be written of it.
    pub(super) fn take_slot(&self, which: impl FnOnce(&Slot) -> bool) -> bool {
        let mut live = self.live();
        let taken = if live.slot.as_ref().is_some_and(which) { live.slot.take() } else { None };
        if let Some(slot) = &taken {
            live.creating.remove(&slot.key);
        }
        taken.is_some()
    }

    /// Writes what the records could not take of the slot's key before.
    fn write_slot(&self) -> Result<(), ServiceError> {
        let unwritten = self.live().slot.as_ref().and_then(|slot| slot.unwritten.clone());
        let Some(Unwritten { key, started }) = unwritten else { return Ok(()) };
        // It may be the journal alone that had no room.
        if self.key(key.id)?.origin == KeyOrigin::Intended {
            self.write_created(&key)?;
        }
        self.journal(Line::about_key(ActivityKind::KeyCreated, &key).answers(started))?;
        let mut live = self.live();
        live.creating.remove(&key.id);
        if let Some(slot) = live.slot.as_mut().filter(|slot| slot.key == key.id) {
            slot.unwritten = None;
        }
        Ok(())
    }

    /// Shows a secret: the only way its characters reach the window.
    pub async fn reveal_secret(&self, key: KeyId) -> Result<Secret, ServiceError> {
        let secret = self.secret_of(key).await?;
        self.still_unlocked()?;
        let told = self.journal(Line::about_key(ActivityKind::KeyRevealed, &self.key(key)?));
        // A secret that may be nowhere else is shown even where that cannot be written down.
        if self.slot_secret(key).is_none() {
            told?;
        }
        Ok(secret)
    }

    /// Keeps the slot's secret in the keychain.
    pub async fn keep_secret(&self, key: KeyId) -> Result<Option<SlotState>, ServiceError> {
        let secret = self.slot_secret(key).ok_or_else(|| ServiceError::of(Reason::NoSecret))?;
        let kept = match self.write_slot() {
            Ok(()) => self.keep(key, &secret).await,
            Err(error) => Err(error),
        };
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
        let written = self.write_slot();
        if !anyway {
            written?;
        }
        if self.take_slot(|_| true) {
            self.changed(Topic::Keys);
            self.changed(Topic::App);
        }
        Ok(())
    }
}
