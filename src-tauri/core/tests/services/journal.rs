//! Owns the proof that the journal tells a whole story in order, and that the search for secrets finds them.

use crate::house::{House, holds_a_secret};
use latchkey_core::domain::{ActivityKind, Secret};

#[tokio::test]
async fn the_life_of_a_key_is_told_in_order() {
    use ActivityKind::{
        KeyCopied, KeyCreated, KeyIntended, KeyKept, KeyRevealed, KeyRevoked, PlaceNoted, RevokeIntended,
        SandboxOpened, SignedIn, SignedOut,
    };
    let (house, account) = House::signed_in(&[]).await;
    let (key, _) = house.create(account, "laptop", true).await;
    house.copy_secret(key.id).await.unwrap();
    house.note_place(key.id, "GitHub Actions", "").unwrap();
    house.revoke_key(key.id, Some("laptop"), false).await.unwrap();
    house.sign_out(account).await.unwrap();
    let kinds: Vec<_> = house.journal().iter().map(|line| line.kind).collect();
    let expected = [
        SandboxOpened,
        SignedIn,
        KeyIntended,
        KeyKept,
        KeyCreated,
        KeyRevealed,
        KeyCopied,
        PlaceNoted,
        RevokeIntended,
        KeyRevoked,
        SignedOut,
    ];
    assert_eq!(kinds, expected);
    // What was about to happen gives way to how it ended, also across pages.
    let newest = house.activity(None, 3).unwrap();
    let older = house.activity(Some(newest[2].at), 500).unwrap();
    let told: Vec<_> = older.iter().rev().chain(newest.iter().rev()).map(|line| line.kind).collect();
    let ended: Vec<_> = expected.into_iter().filter(|kind| ![KeyIntended, RevokeIntended].contains(kind)).collect();
    assert_eq!((newest.len(), told), (3, ended));
    let detail = house.key_detail(key.id).unwrap();
    assert!(detail.activity.iter().all(|line| line.key == Some(key.id)) && detail.noted_places.len() == 1);
}

#[tokio::test]
async fn what_is_older_than_a_year_is_forgotten_at_the_next_start() {
    let house = House::empty(&[]);
    house.open_sandbox().await.unwrap();
    house.close_sandbox().await.unwrap();
    assert_eq!(house.journal().len(), 2);
    house.clock.advance(366 * 24 * 60 * 60);
    house.start().await.unwrap();
    assert!(house.journal().is_empty());
}

#[test]
fn the_search_finds_a_planted_secret() {
    let secret = Secret::new("bmc_Qv4mWnR8sLkP2xYtGhJdEXAMPLE".to_owned());
    let known = std::slice::from_ref(&secret);
    assert!(!holds_a_secret(b"laptop bmc_Qv4mWnR8sLkP 11111111-1111", known));
    assert!(holds_a_secret(b"laptop bmc_Qv4mWnR8sLkP2xYt", known));
    assert!(holds_a_secret(b"...2xYtGhJdEXAMPLE", known));
    assert!(holds_a_secret(b"{\"token\": \"sandbox_access_x\"}", &[]));
}
