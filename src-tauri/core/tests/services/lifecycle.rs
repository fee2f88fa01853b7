//! Owns the proof of signing out, removing an account, quitting and erasing: what goes, and what stays.

use crate::house::{House, reason};
use latchkey_core::domain::{KeptIn, SignIn};
use latchkey_core::services::{Reason, SandboxProgram as _};
use latchkey_core::vault::{SecretName, VaultError};

#[tokio::test]
async fn signing_out_ends_the_sign_in_at_the_server_too() {
    let (house, account) = House::signed_in(&[]).await;
    let refresh = house.store.item(SecretName::RefreshToken(account)).unwrap();
    let out = house.sign_out(account).await.unwrap();
    assert!(out.revoked_at_server && out.failure.is_none());
    assert_eq!((house.state(account).account.sign_in, house.store.count()), (SignIn::SignedOut, 0));
    assert!(!house.program.renews(&refresh).await);
    assert_eq!(reason(house.refresh_workspaces(account).await), Reason::SignInNeeded);
}

#[tokio::test]
async fn signing_out_offline_ends_it_here_and_says_so() {
    let (house, account) = House::signed_in(&[]).await;
    house.program.stop();
    let out = house.sign_out(account).await.unwrap();
    assert!(!out.revoked_at_server);
    // On a connection that was kept open it shows as a lost answer.
    assert!(matches!(out.failure.unwrap().reason, Reason::Offline | Reason::NoAnswer));
    assert_eq!((house.state(account).account.sign_in, house.store.count()), (SignIn::SignedOut, 0));
}

#[tokio::test]
async fn a_keychain_that_refuses_leaves_the_account_signed_in() {
    let (house, account) = House::signed_in(&[]).await;
    house.store.break_with(VaultError::Locked);
    assert_eq!(reason(house.sign_out(account).await), Reason::KeychainLocked);
    assert_eq!(reason(house.remove_account(account, true).await), Reason::KeychainLocked);
    assert_eq!(house.state(account).account.sign_in, SignIn::SignedIn);
}

#[tokio::test]
async fn signing_out_during_a_refresh_leaves_no_token_behind() {
    let (house, account) = House::signed_in(&[]).await;
    house.lock();
    let before = house.program.count("POST /oauth2/token").await;
    house.program.delay("POST", "/oauth2/token", 300).await;
    let (_, out) = tokio::join!(house.refresh_workspaces(account), async {
        house.until_asked("POST /oauth2/token", before + 1).await;
        house.sign_out(account).await
    });
    assert!(out.unwrap().revoked_at_server);
    assert_eq!((house.state(account).account.sign_in, house.store.count()), (SignIn::SignedOut, 0));
}

#[tokio::test]
async fn an_account_is_removed_with_its_secrets() {
    let (house, account) = House::signed_in(&[]).await;
    let (_, secret) = house.create(account, "laptop", true).await;
    house.remove_account(account, true).await.unwrap();
    assert_eq!((house.accounts().unwrap().len(), house.keys().unwrap().len(), house.store.count()), (0, 0, 0));
    assert!(house.program.accepts(&secret).await, "its keys go on working");
}

#[tokio::test]
async fn an_account_whose_secrets_stay_keeps_only_the_keys_that_have_one() {
    let (house, account) = House::signed_in(&[]).await;
    let (kept, _) = house.create(account, "kept", true).await;
    house.create(account, "not kept", false).await;
    let wish = latchkey_core::services::CreateKey { keep: false, ..House::wish(account, "in the slot") };
    let key = house.create_key(wish).await.unwrap().key;
    house.secret(key.id).await;
    house.remove_account(account, false).await.unwrap();
    assert_eq!(house.keys().unwrap().iter().map(|key| key.id).collect::<Vec<_>>(), [kept.id]);
    assert_eq!((house.state(account).account.sign_in, house.state(account).kept_secrets), (SignIn::SignedOut, 1));
    assert!(house.slot().unwrap().is_none(), "no slot without a record");
    assert_eq!(house.reveal_secret(kept.id).await.map(|_| ()), Ok(()));
}

#[tokio::test]
async fn without_a_keychain_accounts_kept_for_the_session_can_be_removed_and_all_erased() {
    let (house, account) = House::opened(&[]).await;
    house.store.break_with(VaultError::Absent);
    house.keep_for_session(true).await;
    for name in ["first", "second"] {
        house.sign_in(Some(account), 1).await;
        let (key, _) = house.create(account, name, true).await;
        assert_eq!(key.kept, KeptIn::Session);
        house.remove_account(account, false).await.unwrap();
        house.forget_secret(key.id).await.unwrap();
    }
    house.sign_in(Some(account), 1).await;
    house.create(account, "laptop", true).await;
    house.erase("erase").await.unwrap();
    assert!(house.accounts().unwrap().is_empty());
}

#[tokio::test]
async fn a_secret_the_keychain_took_too_late_goes_with_its_record() {
    let (house, account) = House::signed_in(&[]).await;
    for goes in ["key", "account", "everything"] {
        house.sign_in(Some(account), 1).await;
        house.store.refuse_new(VaultError::Waiting);
        let slot = house.create_key(House::wish(account, goes)).await.unwrap();
        assert_eq!(slot.keep_failure.unwrap().reason, Reason::KeychainWaiting);
        house.secret(slot.key.id).await;
        house.close_slot(true).unwrap();
        assert!(house.store.item(SecretName::Key(slot.key.id)).is_some(), "it came too late");
        house.store.refuse_new(None);
        match goes {
            "key" => house.remove_key(slot.key.id).await.unwrap(),
            // Another key's secret keeps the account.
            "account" => {
                house.create(account, "kept", true).await;
                house.remove_account(account, false).await.unwrap();
            }
            _ => house.erase("erase").await.unwrap(),
        }
        assert!(house.store.item(SecretName::Key(slot.key.id)).is_none(), "{goes}");
    }
    assert_eq!(house.store.count(), 0);
}

#[tokio::test]
async fn erasing_leaves_nothing() {
    let (house, account) = House::signed_in(&[]).await;
    let (key, _) = house.create(account, "a very telling name", true).await;
    house.copy_secret(key.id).await.unwrap();
    assert_eq!(reason(house.erase("Erase").await), Reason::WrongConfirmation);
    let holds = |text: &str| house.written().windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds("a very telling name"));
    house.erase("erase").await.unwrap();
    assert_eq!((house.store.count(), house.keys().unwrap().len(), house.journal().len()), (0, 0, 0));
    for text in ["a very telling name", "person1@sandbox.example", &key.id.to_string(), &account.to_string()] {
        assert!(!holds(text), "{text} is still in the file");
    }
    assert!(house.board.is_empty() && house.sign_in_state().is_none() && !house.program.runs());
}

#[tokio::test]
async fn erasing_stops_at_a_keychain_that_refuses() {
    let (house, account) = House::signed_in(&[]).await;
    let (key, _) = house.create(account, "laptop", true).await;
    house.store.break_with(VaultError::Locked);
    assert_eq!(reason(house.erase("erase").await), Reason::KeychainLocked);
    assert_eq!(house.known(key.id).kept, KeptIn::Keychain, "no secret is ever without its record");
}

#[tokio::test]
async fn quitting_clears_the_clipboard_and_closes_the_sandbox() {
    let (house, account) = House::signed_in(&[]).await;
    let (key, _) = house.create(account, "laptop", true).await;
    house.copy_secret(key.id).await.unwrap();
    house.quit().await;
    assert!(house.board.is_empty() && !house.program.runs());
    assert_eq!((house.accounts().unwrap().len(), house.store.count()), (0, 0));
}
