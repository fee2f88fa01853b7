//! Owns where secrets are kept on this computer: the system's keychain, or memory for one session.
//! Leaves out which secrets there are and when they go; callers keep a record of every one.

mod keychain;
mod lane;
mod memory;
#[cfg(target_os = "linux")]
mod secret_service;
#[cfg(test)]
mod tests;

pub use keychain::KeychainStore;
pub use memory::MemoryStore;

use crate::domain::{AccountId, KeyId, Secret};
use lane::Lane;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

/// What a secret is called. Made of ids, which never change, so the name never does either.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SecretName {
    /// The refresh token of an account.
    RefreshToken(AccountId),
    /// The characters of a key.
    Key(KeyId),
    /// The item that [`Vault::probe`] writes, reads and deletes.
    Probe,
}

impl fmt::Display for SecretName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RefreshToken(account) => write!(formatter, "account/{account}/refresh-token"),
            Self::Key(key) => write!(formatter, "key/{key}"),
            Self::Probe => formatter.write_str("probe"),
        }
    }
}

/// Why a secret could not be put, read or deleted. Never carries what a keychain said,
/// since its errors may hold raw bytes of the item.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// This computer has no keychain.
    #[error("there is no keychain")]
    Absent,
    /// The keychain is locked; [`Vault::unlock`] asks the system to open it.
    #[error("the keychain is locked")]
    Locked,
    /// The person, or the system, refused.
    #[error("the keychain refused")]
    Denied,
    /// The keychain did not answer in time; a prompt of the system may be open.
    #[error("the keychain has not answered yet")]
    Waiting,
    /// The secret is longer than this keychain can hold.
    #[error("the secret is too long for this keychain")]
    TooLong,
    /// Something else, in words of our own.
    #[error("the keychain failed: {0}")]
    Failed(&'static str),
}

/// How the keychain is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoreState {
    /// A secret was written, read back and deleted.
    Ready,
    /// There is none.
    Absent,
    /// It is locked.
    Locked,
    /// The person, or the system, refused.
    Denied,
    /// It did not answer in time; a prompt may be open.
    Waiting,
    /// It fails for another reason.
    Failed,
}

impl From<Result<(), VaultError>> for StoreState {
    fn from(answer: Result<(), VaultError>) -> Self {
        match answer {
            Ok(()) => Self::Ready,
            Err(VaultError::Absent) => Self::Absent,
            Err(VaultError::Locked) => Self::Locked,
            Err(VaultError::Denied) => Self::Denied,
            Err(VaultError::Waiting) => Self::Waiting,
            Err(VaultError::TooLong | VaultError::Failed(_)) => Self::Failed,
        }
    }
}

/// A place for secrets. Calls may block for as long as the system likes; [`Vault`] sets the limit.
pub trait SecretStore: Send + Sync {
    /// Keeps the secret, in place of an older one of that name.
    fn put(&self, name: &SecretName, secret: &Secret) -> Result<(), VaultError>;

    /// Reads the secret. `None` is no proof that there never was one: callers keep their record.
    fn get(&self, name: &SecretName) -> Result<Option<Secret>, VaultError>;

    /// Deletes the secret. It is no error if there is none.
    fn delete(&self, name: &SecretName) -> Result<(), VaultError>;

    /// Asks the system to open the store, and waits for the person's answer.
    fn unlock(&self) -> Result<(), VaultError> {
        Ok(())
    }

    /// The longest secret it holds, in bytes of UTF-8.
    fn longest(&self) -> usize {
        usize::MAX
    }
}

/// How long a keychain may take before the answer is `Waiting`.
const PATIENCE: Duration = Duration::from_secs(3);
/// How long a person may take to answer the system's prompt.
const PATIENCE_WITH_PEOPLE: Duration = Duration::from_secs(120);

/// The face that services use: every call runs in a thread of its own and has a limit.
/// Cloning is cheap; clones share everything.
#[derive(Clone)]
pub struct Vault {
    store: Arc<dyn SecretStore>,
    session: Arc<MemoryStore>,
    session_only: Arc<AtomicBool>,
    failures: Arc<AtomicU64>,
    calls: Lane,
    unlocks: Lane,
}

impl Vault {
    /// A vault over a keychain.
    pub fn new(store: Arc<dyn SecretStore>) -> Self {
        Self::with_patience(store, PATIENCE, PATIENCE_WITH_PEOPLE)
    }

    fn with_patience(store: Arc<dyn SecretStore>, calls: Duration, unlocks: Duration) -> Self {
        Self {
            store,
            session: Arc::default(),
            session_only: Arc::default(),
            failures: Arc::default(),
            calls: Lane::new(calls),
            unlocks: Lane::new(unlocks),
        }
    }

    /// Keeps the secret: in the keychain, or in memory while [`Self::keep_for_session`] is on.
    /// After `Waiting` the keychain may still take it later, when the person answers the prompt.
    pub async fn put(&self, name: &SecretName, secret: &Secret) -> Result<(), VaultError> {
        if self.is_session_only() {
            return self.session.put(name, secret);
        }
        // Only the length is looked at.
        if secret.expose_secret().len() > self.store.longest() {
            return Err(VaultError::TooLong);
        }
        let (kept_name, kept_secret) = (*name, secret.clone());
        self.call(move |store| store.put(&kept_name, &kept_secret)).await?;
        // An older one in memory would hide the new one.
        self.session.delete(name)
    }

    /// Reads the secret, from memory first. `None` is no proof that there never was one:
    /// never delete a record because of it.
    pub async fn get(&self, name: &SecretName) -> Result<Option<Secret>, VaultError> {
        if let Some(secret) = self.session.get(name)? {
            return Ok(Some(secret));
        }
        let name = *name;
        self.call(move |store| store.get(&name)).await
    }

    /// Deletes the secret, wherever it is. Without a keychain, deleting it from memory is enough.
    pub async fn delete(&self, name: &SecretName) -> Result<(), VaultError> {
        let was_in_memory = self.session.get(name)?.is_some();
        self.session.delete(name)?;
        let name = *name;
        match self.call(move |store| store.delete(&name)).await {
            Err(VaultError::Absent) if was_in_memory => Ok(()),
            answer => answer,
        }
    }

    /// Finds out how the keychain is by writing, reading and deleting an item. Opens no prompt
    /// where the system lets us ask first whether it is locked.
    pub async fn probe(&self) -> StoreState {
        self.call(|store| probe(store)).await.into()
    }

    /// Asks the system to unlock the keychain and waits up to two minutes for the person.
    pub async fn unlock(&self) -> StoreState {
        let store = Arc::clone(&self.store);
        match self.unlocks.run(move || store.unlock()).await {
            Ok(()) => self.probe().await,
            refusal => {
                self.failures.fetch_add(1, Ordering::SeqCst);
                refusal.into()
            }
        }
    }

    /// How many calls to the keychain have failed so far. Who saw it work and finds the same number
    /// later knows that nothing has failed since.
    pub fn failures(&self) -> u64 {
        self.failures.load(Ordering::SeqCst)
    }

    /// Whether new secrets stay in memory until Latchkey quits. Turning it on or off moves nothing.
    pub fn keep_for_session(&self, on: bool) {
        self.session_only.store(on, Ordering::SeqCst);
    }

    /// Whether new secrets stay in memory until Latchkey quits.
    pub fn is_session_only(&self) -> bool {
        self.session_only.load(Ordering::SeqCst)
    }

    async fn call<T: Send + 'static>(
        &self,
        work: impl FnOnce(&dyn SecretStore) -> Result<T, VaultError> + Send + 'static,
    ) -> Result<T, VaultError> {
        let store = Arc::clone(&self.store);
        let answer = self.calls.run(move || work(store.as_ref())).await;
        if answer.is_err() {
            self.failures.fetch_add(1, Ordering::SeqCst);
        }
        answer
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Vault").field("session_only", &self.is_session_only()).finish_non_exhaustive()
    }
}

fn probe(store: &dyn SecretStore) -> Result<(), VaultError> {
    let written = Secret::new("Latchkey was here".to_owned());
    store.put(&SecretName::Probe, &written)?;
    let read = store.get(&SecretName::Probe);
    store.delete(&SecretName::Probe)?;
    match read? {
        Some(read) if read.same_as(&written) => Ok(()),
        _ => Err(VaultError::Failed("it did not give back what it was given")),
    }
}
