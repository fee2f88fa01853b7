//! Owns secrets that live until Latchkey quits. Written nowhere.

use super::{SecretName, SecretStore, VaultError};
use crate::domain::Secret;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Keeps secrets in memory; each is zeroed when it is replaced, deleted or dropped.
#[derive(Debug, Default)]
pub struct MemoryStore {
    secrets: Mutex<HashMap<SecretName, Secret>>,
}

impl MemoryStore {
    fn secrets(&self) -> MutexGuard<'_, HashMap<SecretName, Secret>> {
        // Each call is one step on the map, so a panic elsewhere cannot have left it half done.
        self.secrets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SecretStore for MemoryStore {
    fn put(&self, name: &SecretName, secret: &Secret) -> Result<(), VaultError> {
        self.secrets().insert(*name, secret.clone());
        Ok(())
    }

    fn get(&self, name: &SecretName) -> Result<Option<Secret>, VaultError> {
        Ok(self.secrets().get(name).cloned())
    }

    fn delete(&self, name: &SecretName) -> Result<(), VaultError> {
        self.secrets().remove(name);
        Ok(())
    }
}
