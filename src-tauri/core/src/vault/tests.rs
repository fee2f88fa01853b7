//! Owns the tests of the vault's limits and of keeping secrets for one session. The real keychain
//! is tested in `tests/keychain`.

use super::{KeyId, MemoryStore, Secret, SecretName, SecretStore, StoreState, Vault, VaultError};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

const SHORT: Duration = Duration::from_millis(50);
const LONG: Duration = Duration::from_secs(30);

/// A store whose calls wait until its gate is opened, over memory, and that may refuse.
#[derive(Default)]
struct Gated {
    shut: Mutex<bool>,
    moved: Condvar,
    entered: AtomicUsize,
    left: AtomicUsize,
    refusal: Mutex<Option<VaultError>>,
    within: MemoryStore,
}

impl Gated {
    fn shut(&self, shut: bool) {
        *self.shut.lock().unwrap() = shut;
        self.moved.notify_all();
    }

    fn refuse(&self, refusal: Option<VaultError>) {
        *self.refusal.lock().unwrap() = refusal;
    }

    fn pass<T>(&self, work: impl FnOnce() -> Result<T, VaultError>) -> Result<T, VaultError> {
        self.entered.fetch_add(1, Ordering::SeqCst);
        drop(self.moved.wait_while(self.shut.lock().unwrap(), |shut| *shut).unwrap());
        let refusal = self.refusal.lock().unwrap().clone();
        let answer = refusal.map_or_else(work, Err);
        self.left.fetch_add(1, Ordering::SeqCst);
        answer
    }
}

impl SecretStore for Gated {
    fn put(&self, name: &SecretName, secret: &Secret) -> Result<(), VaultError> {
        self.pass(|| self.within.put(name, secret))
    }

    fn get(&self, name: &SecretName) -> Result<Option<Secret>, VaultError> {
        self.pass(|| self.within.get(name))
    }

    fn delete(&self, name: &SecretName) -> Result<(), VaultError> {
        self.pass(|| self.within.delete(name))
    }

    fn unlock(&self) -> Result<(), VaultError> {
        self.pass(|| Ok(()))
    }

    fn longest(&self) -> usize {
        2560
    }
}

fn secret(characters: &str) -> Secret {
    Secret::new(characters.to_owned())
}

fn name() -> SecretName {
    SecretName::Key(KeyId::random())
}

fn same(answer: Result<Option<Secret>, VaultError>, characters: &str) -> bool {
    answer.unwrap().is_some_and(|found| found.same_as(&secret(characters)))
}

#[test]
fn names_are_made_of_ids_alone() {
    let id = "67e55044-10b1-426f-9247-bb680e5fe0c8";
    assert_eq!(SecretName::Key(id.parse().unwrap()).to_string(), format!("key/{id}"));
    assert_eq!(SecretName::RefreshToken(id.parse().unwrap()).to_string(), format!("account/{id}/refresh-token"));
}

#[tokio::test]
async fn a_keychain_that_does_not_answer_is_waited_for_no_longer_than_the_limit() {
    let store = Arc::new(Gated::default());
    let vault = Vault::with_patience(Arc::clone(&store) as Arc<dyn SecretStore>, SHORT, LONG);
    store.shut(true);
    let name = name();
    assert_eq!(vault.put(&name, &secret("bmc_lateEXAMPLE")).await, Err(VaultError::Waiting));

    // No second thread is sent after the first, and nobody waits for it again.
    let asked = Instant::now();
    for _ in 0..100 {
        assert_eq!(vault.get(&name).await.map(drop), Err(VaultError::Waiting));
    }
    assert_eq!(vault.probe().await, StoreState::Waiting);
    assert!(asked.elapsed() < SHORT * 20, "each of them waited: {:?}", asked.elapsed());
    assert_eq!(store.entered.load(Ordering::SeqCst), 1);

    // Once it answers, calls go through again.
    store.shut(false);
    let deadline = Instant::now() + LONG;
    while vault.probe().await != StoreState::Ready {
        assert!(Instant::now() < deadline, "the vault did not recover");
        tokio::task::yield_now().await;
    }
    assert!(same(vault.get(&name).await, "bmc_lateEXAMPLE"), "a put that was late is a put all the same");
}

#[tokio::test]
async fn calls_at_the_same_time_all_get_their_answer() {
    let vault = Vault::with_patience(Arc::new(MemoryStore::default()), LONG, LONG);
    let names: Vec<_> = (0..50).map(|_| name()).collect();
    let text = |name: &SecretName| format!("{name} EXAMPLE");
    let puts = names.iter().map(|name| {
        let vault = &vault;
        async move { vault.put(name, &secret(&text(name))).await }
    });
    assert!(futures::future::join_all(puts).await.iter().all(Result::is_ok));
    for name in &names {
        assert!(same(vault.get(name).await, &text(name)));
    }
}

#[tokio::test]
async fn a_prompt_that_stands_open_does_not_hold_up_other_calls() {
    let store = Arc::new(Gated::default());
    let vault = Vault::with_patience(Arc::clone(&store) as Arc<dyn SecretStore>, LONG, SHORT);
    store.shut(true);
    assert_eq!(vault.unlock().await, StoreState::Waiting);
    let name = name();
    let secret = secret("bmc_oneEXAMPLE");
    let (put, ()) = tokio::join!(vault.put(&name, &secret), async {
        // The second one to enter is the put, beside the unlock that is still inside.
        while store.entered.load(Ordering::SeqCst) < 2 {
            tokio::task::yield_now().await;
        }
        assert_eq!(store.left.load(Ordering::SeqCst), 0);
        store.shut(false);
    });
    assert_eq!(put, Ok(()));
}

#[tokio::test]
async fn unlocking_says_what_the_person_and_the_keychain_answered() {
    let store = Arc::new(Gated::default());
    let vault = Vault::new(Arc::clone(&store) as Arc<dyn SecretStore>);
    assert_eq!(vault.unlock().await, StoreState::Ready);
    assert!(store.within.get(&SecretName::Probe).unwrap().is_none(), "the probe leaves nothing behind");
    for (refusal, state) in [
        (VaultError::Denied, StoreState::Denied),
        (VaultError::Locked, StoreState::Locked),
        (VaultError::Absent, StoreState::Absent),
        (VaultError::Failed("it is damaged"), StoreState::Failed),
    ] {
        store.refuse(Some(refusal));
        assert_eq!((vault.unlock().await, vault.probe().await), (state, state));
    }
}

#[tokio::test]
async fn a_secret_longer_than_the_keychain_can_hold_is_refused_before_it_is_sent() {
    let store = Arc::new(Gated::default());
    let vault = Vault::new(Arc::clone(&store) as Arc<dyn SecretStore>);
    let fits = "x".repeat(2560);
    // Two bytes each in UTF-8, so that bytes are counted and not characters.
    let (wide, too_wide) = ("ä".repeat(1280), "ä".repeat(1280) + "x");
    for characters in [&fits, &wide] {
        let name = name();
        assert_eq!(vault.put(&name, &secret(characters)).await, Ok(()));
        assert!(same(vault.get(&name).await, characters));
    }
    let before = store.entered.load(Ordering::SeqCst);
    for characters in ["x".repeat(2561), too_wide] {
        assert_eq!(vault.put(&name(), &secret(&characters)).await, Err(VaultError::TooLong));
    }
    assert_eq!(store.entered.load(Ordering::SeqCst), before);
}

#[tokio::test]
async fn while_secrets_are_kept_for_the_session_the_keychain_gets_none() {
    let store = Arc::new(Gated::default());
    let vault = Vault::new(Arc::clone(&store) as Arc<dyn SecretStore>);
    let (old, new) = (name(), name());
    vault.put(&old, &secret("bmc_oldEXAMPLE")).await.unwrap();
    assert!(!vault.is_session_only());

    vault.keep_for_session(true);
    vault.put(&new, &secret("bmc_newEXAMPLE")).await.unwrap();
    vault.put(&old, &secret("bmc_rotatedEXAMPLE")).await.unwrap();
    assert!(vault.clone().is_session_only());
    assert!(store.within.get(&new).unwrap().is_none());
    assert!(same(vault.get(&new).await, "bmc_newEXAMPLE"));
    assert!(same(vault.get(&old).await, "bmc_rotatedEXAMPLE"), "memory is looked at first");

    vault.keep_for_session(false);
    vault.put(&old, &secret("bmc_againEXAMPLE")).await.unwrap();
    assert!(same(vault.get(&old).await, "bmc_againEXAMPLE"), "memory does not hide a newer one in the keychain");

    vault.delete(&old).await.unwrap();
    assert!(vault.get(&old).await.unwrap().is_none());
    assert!(store.within.get(&old).unwrap().is_none());
}

#[tokio::test]
async fn a_session_secret_can_be_deleted_without_a_keychain_but_a_refused_delete_is_told() {
    let store = Arc::new(Gated::default());
    let vault = Vault::new(Arc::clone(&store) as Arc<dyn SecretStore>);
    vault.keep_for_session(true);
    let (one, other) = (name(), name());
    vault.put(&one, &secret("bmc_oneEXAMPLE")).await.unwrap();
    vault.put(&other, &secret("bmc_otherEXAMPLE")).await.unwrap();
    store.refuse(Some(VaultError::Absent));
    assert_eq!(vault.delete(&one).await, Ok(()));
    assert_eq!(vault.delete(&name()).await, Err(VaultError::Absent));
    store.refuse(Some(VaultError::Locked));
    assert_eq!(vault.delete(&other).await, Err(VaultError::Locked), "an older one may be in there");
}
