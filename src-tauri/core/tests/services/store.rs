//! Owns a keychain for tests: memory that can be told to fail, and that knows what it was ever given.

use latchkey_core::domain::Secret;
use latchkey_core::vault::{SecretName, SecretStore, VaultError};
use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

#[derive(Default)]
pub(crate) struct Store {
    items: Mutex<HashMap<SecretName, Secret>>,
    /// Everything fails with this.
    broken: Mutex<Option<VaultError>>,
    /// Keeping anything but the probe fails with this.
    full: Mutex<Option<VaultError>>,
    ever: Mutex<Vec<Secret>>,
    probes: AtomicUsize,
    /// What happens while the next secret is read.
    pub(crate) meanwhile: Mutex<Option<Deed>>,
}

type Deed = Box<dyn FnOnce() + Send>;

impl Store {
    pub(crate) fn break_with(&self, error: impl Into<Option<VaultError>>) {
        *self.broken.lock().unwrap() = error.into();
    }

    pub(crate) fn refuse_new(&self, error: impl Into<Option<VaultError>>) {
        *self.full.lock().unwrap() = error.into();
    }

    pub(crate) fn item(&self, name: SecretName) -> Option<Secret> {
        self.items.lock().unwrap().get(&name).cloned()
    }

    pub(crate) fn plant(&self, name: SecretName, secret: &str) {
        self.items.lock().unwrap().insert(name, Secret::new(secret.to_owned()));
    }

    pub(crate) fn count(&self) -> usize {
        self.items.lock().unwrap().len()
    }

    pub(crate) fn ever(&self) -> Vec<Secret> {
        self.ever.lock().unwrap().clone()
    }

    /// How often it was tried whether it works.
    pub(crate) fn probes(&self) -> usize {
        self.probes.load(Ordering::SeqCst)
    }

    fn check(&self) -> Result<(), VaultError> {
        self.broken.lock().unwrap().clone().map_or(Ok(()), Err)
    }
}

impl SecretStore for Store {
    fn put(&self, name: &SecretName, secret: &Secret) -> Result<(), VaultError> {
        if *name == SecretName::Probe {
            self.probes.fetch_add(1, Ordering::SeqCst);
        }
        self.check()?;
        if *name != SecretName::Probe {
            self.ever.lock().unwrap().push(secret.clone());
            let full = self.full.lock().unwrap().clone();
            if full == Some(VaultError::Waiting) {
                // The person answers the system's prompt after nobody waits any more.
                self.items.lock().unwrap().insert(*name, secret.clone());
            }
            full.map_or(Ok(()), Err)?;
        }
        self.items.lock().unwrap().insert(*name, secret.clone());
        Ok(())
    }

    fn get(&self, name: &SecretName) -> Result<Option<Secret>, VaultError> {
        self.check()?;
        if let Some(deed) = self.meanwhile.lock().unwrap().take() {
            deed();
        }
        Ok(self.item(*name))
    }

    fn delete(&self, name: &SecretName) -> Result<(), VaultError> {
        self.check()?;
        self.items.lock().unwrap().remove(name);
        Ok(())
    }
}
