//! Owns what every store of secrets promises, whichever it is.

use latchkey_core::domain::{AccountId, KeyId, Secret};
use latchkey_core::vault::{SecretName, SecretStore};

fn secret(characters: &str) -> Secret {
    Secret::new(characters.to_owned())
}

fn holds(store: &dyn SecretStore, name: &SecretName, characters: &str) -> bool {
    store.get(name).unwrap().is_some_and(|found| found.same_as(&secret(characters)))
}

/// Puts, reads, replaces and deletes; asserts on the way.
pub(crate) fn keeps_its_promises(store: &dyn SecretStore) {
    // An account and a key with the same id are still two things.
    let id = KeyId::random().to_string();
    let key = SecretName::Key(id.parse().unwrap());
    let token = SecretName::RefreshToken(id.parse::<AccountId>().unwrap());

    assert!(store.get(&key).unwrap().is_none(), "nothing is there before it is put");
    store.delete(&key).unwrap();

    store.put(&key, &secret("bmc_firstEXAMPLE")).unwrap();
    store.put(&token, &secret("refresh_EXAMPLE")).unwrap();
    assert!(holds(store, &key, "bmc_firstEXAMPLE"));
    assert!(holds(store, &token, "refresh_EXAMPLE"));

    store.put(&key, &secret("bmc_secondEXAMPLE")).unwrap();
    assert!(holds(store, &key, "bmc_secondEXAMPLE"), "the newer one replaces the older one");

    store.delete(&key).unwrap();
    assert!(store.get(&key).unwrap().is_none(), "what is deleted is gone");
    store.delete(&key).unwrap();
    assert!(holds(store, &token, "refresh_EXAMPLE"), "and nothing else with it");

    // Refresh tokens are opaque (RFC 6749 section 1.5), so no length or character is too odd.
    for characters in ["", "x", "ü 🔑\n\t\0\"'", &"0123456789abcdef".repeat(160)] {
        store.put(&token, &secret(characters)).unwrap();
        assert!(holds(store, &token, characters), "{} bytes", characters.len());
    }
    store.delete(&token).unwrap();
    store.unlock().unwrap();
}
