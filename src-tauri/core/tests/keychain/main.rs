//! Owns the story of the keychain, told by a real gnome-keyring on a private bus: unlocked, locked,
//! refused, silent, restarted and absent.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // tests end by panicking

mod promises;
mod session;

use latchkey_core::domain::{KeyId, Secret};
use latchkey_core::vault::{KeychainStore, MemoryStore, SecretName, SecretStore as _, StoreState, Vault, VaultError};
use promises::keeps_its_promises;
use session::{Bus, Keyring, inside};
use std::sync::Arc;
use std::time::{Duration, Instant};

const CHARACTERS: &str = "bmc_keptinthekeyringEXAMPLE";

fn secret() -> Secret {
    Secret::new(CHARACTERS.to_owned())
}

fn name() -> SecretName {
    SecretName::Key(KeyId::random())
}

fn vault() -> Vault {
    Vault::new(Arc::new(KeychainStore::new()))
}

fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

fn gives_back(answer: Result<Option<Secret>, VaultError>) -> bool {
    answer.unwrap().is_some_and(|found| found.same_as(&secret()))
}

#[test]
fn memory_keeps_the_promises_of_a_store() {
    keeps_its_promises(&MemoryStore::default());
}

#[test]
fn an_unlocked_keyring_keeps_the_promises_of_a_store() {
    inside("an_unlocked_keyring_keeps_the_promises_of_a_store", Keyring::Unlocked, |_| {
        keeps_its_promises(&KeychainStore::new());
    });
}

#[test]
fn a_second_instance_reads_what_the_first_one_kept_and_the_probe_leaves_nothing() {
    let test = "a_second_instance_reads_what_the_first_one_kept_and_the_probe_leaves_nothing";
    inside(test, Keyring::Unlocked, |bus| {
        let (first, second, name) = (vault(), vault(), name());
        wait(async {
            first.put(&name, &secret()).await.unwrap();
            assert!(gives_back(second.get(&name).await));
            assert_eq!(second.probe().await, StoreState::Ready);
            assert_eq!(second.unlock().await, StoreState::Ready);
        });
        assert!(KeychainStore::new().get(&SecretName::Probe).unwrap().is_none());
        assert_eq!(bus.labels(), ["Latchkey key"]);
        wait(second.delete(&name)).unwrap();
        assert!(wait(first.get(&name)).unwrap().is_none());
    });
}

#[test]
fn a_locked_keyring_says_so_at_once_and_works_again_after_unlocking() {
    inside("a_locked_keyring_says_so_at_once_and_works_again_after_unlocking", Keyring::Unlocked, |bus| {
        let (vault, name) = (vault(), name());
        wait(async {
            vault.put(&name, &secret()).await.unwrap();
            bus.lock();
            assert_eq!(vault.get(&name).await.map(drop), Err(VaultError::Locked));
            assert_eq!(vault.put(&name, &secret()).await, Err(VaultError::Locked));
            assert_eq!(vault.delete(&name).await, Err(VaultError::Locked));
            assert_eq!(vault.probe().await, StoreState::Locked);
            bus.unlock();
            assert!(gives_back(vault.get(&name).await));
            assert_eq!(vault.probe().await, StoreState::Ready);
        });
    });
}

#[test]
fn a_dismissed_prompt_is_denied_and_the_keyring_stays_locked() {
    // Without a display the system's prompter cannot start, which dismisses the prompt.
    inside("a_dismissed_prompt_is_denied_and_the_keyring_stays_locked", Keyring::Unlocked, |bus| {
        let vault = vault();
        bus.lock();
        assert_eq!(wait(vault.unlock()), StoreState::Denied);
        assert_eq!(wait(vault.probe()), StoreState::Locked);
    });
}

#[test]
fn a_prompt_that_nobody_answers_holds_up_nothing_else() {
    inside("a_prompt_that_nobody_answers_holds_up_nothing_else", Keyring::Unlocked, |bus| {
        let (vault, name) = (vault(), name());
        wait(async {
            vault.put(&name, &secret()).await.unwrap();
            let silent = bus.be_a_silent_prompter();
            bus.lock();
            let unlocking = tokio::time::timeout(Duration::from_secs(2), vault.unlock()).await;
            assert!(unlocking.is_err(), "the prompt was answered: {unlocking:?}");
            let asked = Instant::now();
            assert_eq!(vault.get(&name).await.map(drop), Err(VaultError::Locked));
            assert!(asked.elapsed() < Duration::from_secs(4));
            bus.unlock();
            assert!(gives_back(vault.get(&name).await));
            drop(silent);
        });
    });
}

#[test]
fn a_prompt_whose_keyring_ends_is_not_waited_for() {
    inside("a_prompt_whose_keyring_ends_is_not_waited_for", Keyring::Unlocked, |bus| {
        let vault = vault();
        let mut prompter = bus.be_a_silent_prompter();
        bus.lock();
        let unlocking = std::thread::spawn({
            let vault = vault.clone();
            move || wait(vault.unlock())
        });
        prompter.wait_for_question();
        bus.kill_keyring();
        let asked = Instant::now();
        assert_eq!(unlocking.join().unwrap(), StoreState::Absent);
        assert!(asked.elapsed() < Duration::from_secs(10), "{:?}", asked.elapsed());
    });
}

#[test]
fn a_keyring_that_stands_still_is_waited_for_three_seconds_and_works_when_it_goes_on() {
    let test = "a_keyring_that_stands_still_is_waited_for_three_seconds_and_works_when_it_goes_on";
    inside(test, Keyring::Unlocked, |bus| {
        let (vault, name) = (vault(), name());
        wait(async {
            vault.put(&name, &secret()).await.unwrap();
            let still = bus.hold_still();
            let asked = Instant::now();
            assert_eq!(vault.get(&name).await.map(drop), Err(VaultError::Waiting));
            assert!(asked.elapsed() < Duration::from_secs(4), "{:?}", asked.elapsed());
            drop(still);
            let deadline = Instant::now() + Duration::from_secs(10);
            while vault.probe().await == StoreState::Waiting {
                assert!(Instant::now() < deadline, "the vault did not recover");
            }
            assert!(gives_back(vault.get(&name).await));
        });
    });
}

#[test]
fn a_keyring_that_was_never_unlocked_is_locked_and_no_proof_that_a_secret_is_gone() {
    let test = "a_keyring_that_was_never_unlocked_is_locked_and_no_proof_that_a_secret_is_gone";
    inside(test, Keyring::NeverUnlocked, |_| {
        let (vault, name) = (vault(), name());
        wait(async {
            assert_eq!(vault.probe().await, StoreState::Locked);
            assert_eq!(vault.get(&name).await.map(drop), Err(VaultError::Locked));
            assert_eq!(vault.put(&name, &secret()).await, Err(VaultError::Locked));
            assert_eq!(vault.delete(&name).await, Err(VaultError::Locked));
            assert_eq!(vault.unlock().await, StoreState::Denied, "choosing a password for it was dismissed");
        });
    });
}

#[test]
fn a_missing_keyring_is_absent_until_it_is_there_and_found_again_after_a_restart() {
    let test = "a_missing_keyring_is_absent_until_it_is_there_and_found_again_after_a_restart";
    inside(test, Keyring::Absent, |bus: &Bus| {
        let (vault, name) = (vault(), name());
        wait(async {
            assert_eq!(vault.probe().await, StoreState::Absent);
            assert_eq!(vault.unlock().await, StoreState::Absent);
            assert_eq!(vault.get(&name).await.map(drop), Err(VaultError::Absent));
            assert_eq!(vault.put(&name, &secret()).await, Err(VaultError::Absent));
            assert_eq!(vault.delete(&name).await, Err(VaultError::Absent));
            bus.start_keyring();
            assert_eq!(vault.probe().await, StoreState::Ready);
            vault.put(&name, &secret()).await.unwrap();
            bus.end_keyring();
            assert_eq!(vault.get(&name).await.map(drop), Err(VaultError::Absent));
            bus.start_keyring();
            assert!(gives_back(vault.get(&name).await));
            bus.end_keyring();
            bus.start_keyring();
            assert!(gives_back(vault.get(&name).await), "restarted between two calls");
        });
    });
}

#[test]
fn without_a_bus_the_keyring_is_absent() {
    inside("without_a_bus_the_keyring_is_absent", Keyring::NoBus, |_| {
        assert_eq!(wait(vault().probe()), StoreState::Absent);
        assert_eq!(wait(vault().unlock()), StoreState::Absent);
    });
}
