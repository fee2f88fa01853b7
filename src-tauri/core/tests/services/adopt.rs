//! Owns the proof of taking in a key that exists already: pasted or found, sent to one chosen host alone.

use crate::house::{House, KNOWN, field, reason, save_cli_key};
use latchkey_core::domain::{AccountId, ActivityKind, FoundKind, KeptIn, KeyOrigin, Secret};
use latchkey_core::services::{AdoptKey, PasteProblem, Reason};
use latchkey_core::vault::{SecretName, VaultError};

/// A key that exists at the service and is not known here.
async fn stranger(house: &House, account: AccountId) -> Secret {
    let (key, secret) = house.create(account, "made elsewhere", false).await;
    house.remove_key(key.id).await.unwrap();
    secret
}

fn adopt(source: &str, account: AccountId, keep: bool) -> AdoptKey {
    AdoptKey {
        source: source.to_owned(),
        account: Some(account),
        name: "adopted".to_owned(),
        keep,
        ..AdoptKey::default()
    }
}

#[tokio::test]
async fn a_pasted_key_is_checked_kept_and_taken_out_of_the_clipboard() {
    let (house, account) = House::signed_in(KNOWN).await;
    let secret = stranger(&house, account).await;
    house.board.write(secret.expose_secret());
    let pasted = house.paste_key().await.unwrap();
    assert_eq!((pasted.problems.as_slice(), pasted.known_as), ([].as_slice(), None));
    assert!(secret.expose_secret().starts_with(&pasted.prefix) && pasted.prefix.len() <= 12);
    let adopted = house.adopt_key(adopt(&pasted.id, account, true)).await.unwrap();
    assert!(adopted.keep_failure.is_none());
    assert_eq!((adopted.key.origin, adopted.key.kept), (KeyOrigin::Adopted, KeptIn::Keychain));
    assert!(adopted.key.workspace_confirmed && adopted.key.name == "adopted");
    assert!(house.store.item(SecretName::Key(adopted.key.id)).unwrap().same_as(&secret));
    assert!(house.board.is_empty());
    assert_eq!(house.lines(ActivityKind::KeyAdopted).len(), 1);
    assert_eq!(reason(house.adopt_key(adopt(&pasted.id, account, true)).await), Reason::NotFound);

    house.board.write(secret.expose_secret());
    assert_eq!(house.paste_key().await.unwrap().known_as, Some(adopted.key.id));
    house.store.break_with(VaultError::Locked);
    assert_eq!(house.paste_key().await.unwrap().known_as, None, "a locked keychain does not stop a paste");
}

#[tokio::test]
async fn a_key_is_found_in_what_was_pasted_and_odd_ones_are_named() {
    let (house, account) = House::opened(&[]).await;
    assert_eq!(reason(house.paste_key().await), Reason::NothingToPaste);
    house.board.write("export BASIC_MEMORY_API_KEY='bmc_pastedFromAFileEXAMPLE'\n");
    let pasted = house.paste_key().await.unwrap();
    assert_eq!(pasted.variable.as_deref(), Some("BASIC_MEMORY_API_KEY"));
    assert!(pasted.suggested.is_some() && pasted.problems.is_empty());
    house.board.write("an apple and a pear");
    let problems = house.paste_key().await.unwrap().problems;
    assert_eq!(problems, [PasteProblem::WhiteSpace, PasteProblem::NoKnownPrefix]);
    let last = house.paste_key().await.unwrap();
    house.discard_pasted();
    assert_eq!(reason(house.adopt_key(adopt(&last.id, account, false)).await), Reason::NotFound);
    let last = house.paste_key().await.unwrap();
    house.lock();
    assert_eq!(reason(house.adopt_key(adopt(&last.id, account, false)).await), Reason::NotFound);
}

#[tokio::test]
async fn a_refused_key_is_not_added_and_can_be_tried_again() {
    let (house, account) = House::opened(&[]).await;
    house.board.write("bmc_nobodyKnowsThisOneEXAMPLE");
    let pasted = house.paste_key().await.unwrap();
    for _ in 0..2 {
        let failure = house.adopt_key(adopt(&pasted.id, account, true)).await.unwrap_err();
        assert_eq!((failure.reason, failure.details.host.as_deref()), (Reason::KeyRefused, Some("127.0.0.1")));
    }
    assert_eq!((house.keys().unwrap().len(), house.store.count()), (0, 0));
    assert!(house.board.holds("bmc_nobodyKnowsThisOneEXAMPLE"));
    let nameless = AdoptKey { name: " ".to_owned(), ..adopt(&pasted.id, account, true) };
    assert_eq!(field(house.adopt_key(nameless).await), Some("name"));
}

#[tokio::test]
async fn a_key_the_list_knows_is_not_added_twice() {
    let (house, account) = House::signed_in(&[]).await;
    let (key, secret) = house.create(account, "laptop", false).await;
    house.board.write(secret.expose_secret());
    let pasted = house.paste_key().await.unwrap();
    let adopted = house.adopt_key(adopt(&pasted.id, account, true)).await.unwrap();
    assert_eq!((adopted.key.id, adopted.key.name.as_str()), (key.id, "laptop"));
    assert_eq!(adopted.key.kept, KeptIn::Keychain);
    assert_eq!(house.keys().unwrap().len(), 1);
}

#[tokio::test]
async fn a_key_that_cannot_be_kept_is_added_all_the_same() {
    let (house, account) = House::signed_in(&[]).await;
    let secret = stranger(&house, account).await;
    house.board.write(secret.expose_secret());
    let pasted = house.paste_key().await.unwrap();
    house.store.refuse_new(VaultError::Absent);
    let adopted = house.adopt_key(adopt(&pasted.id, account, true)).await.unwrap();
    assert_eq!(adopted.keep_failure.unwrap().reason, Reason::KeychainAbsent);
    assert_eq!(adopted.key.kept, KeptIn::Nowhere);
}

#[tokio::test]
async fn a_key_of_the_official_cli_is_found_and_adopted_and_its_file_left_alone() {
    let (house, account) = House::signed_in(&[]).await;
    assert!(house.found_credentials().unwrap().is_empty());
    let (key, secret) = house.create(account, "the CLI's", true).await;
    house.forget_secret(key.id).await.unwrap();
    save_cli_key(&house.home(), secret.expose_secret());
    let before = std::fs::read(house.home().join(".basic-memory/config.json")).unwrap();
    let found = house.found_credentials().unwrap();
    assert_eq!((found.len(), found[0].credential.kind), (1, FoundKind::ApiKey));
    let adopted = house.adopt_key(adopt(&found[0].id, account, true)).await.unwrap();
    assert_eq!((adopted.key.id, adopted.key.kept), (key.id, KeptIn::Keychain));
    assert_eq!(std::fs::read(house.home().join(".basic-memory/config.json")).unwrap(), before);
    let plan = house.revoke_plan(key.id).unwrap();
    assert!(plan.consequences.iter().any(|sentence| sentence.contains("taken out of its configuration")));
}
