//! Owns the proof of accounts that one of their own keys acts for: checked, added, replaced, and the
//! way out of a key that would have to revoke itself.

use crate::house::{House, field, reason};
use latchkey_core::domain::{AccountId, ActivityKind, ApiKey, Expiry, KeptIn, Offered, ProviderId, Secret, SignIn};
use latchkey_core::services::{CreateKey, Proof, Reason, TestResult};
use latchkey_core::vault::VaultError;

pub(crate) const API: ProviderId = ProviderId::named("memory-api");
pub(crate) const OS: ProviderId = ProviderId::named("memory-os");

/// What a create for these services asks for.
fn wish(house: &House, account: AccountId, name: &str, scopes: &[&str]) -> CreateKey {
    let chosen = house.state(account).account.provider == API;
    CreateKey {
        workspace: None,
        environment: chosen.then(|| "live".to_owned()),
        scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
        ..House::wish(account, name)
    }
}

async fn make(house: &House, wish: CreateKey) -> (ApiKey, Secret) {
    let key = house.create_key(wish).await.unwrap().key;
    let secret = house.secret(key.id).await;
    house.close_slot(true).unwrap();
    (house.known(key.id), secret)
}

fn acting(house: &House, account: AccountId) -> ApiKey {
    house.known(house.state(account).account.admin_key.unwrap())
}

/// A running sandbox that filled nothing, and a pasted key.
async fn pasted(house: &House, secret: &Secret) -> String {
    house.board.write(secret.expose_secret());
    house.paste_key().await.unwrap().id
}

#[tokio::test]
async fn a_pasted_admin_key_is_checked_added_and_acts_for_its_account() {
    let (house, _) = House::opened(&[]).await;
    let (secret, host) = (house.program.admin_key(API), house.program.host(API));
    let source = pasted(&house, &secret).await;
    let found = house.check_admin_key(&source, API, Some(&host)).await.unwrap();
    assert!(found.accepted && found.known_account.is_none() && found.failure.is_none(), "{found:?}");
    assert_eq!((found.can_list, found.can_create, found.can_revoke), (Some(true), Some(true), Some(true)));
    assert_eq!((found.environment.as_deref(), found.host.as_str()), (Some("live"), "127.0.0.1"));
    assert_eq!((house.accounts().unwrap().len(), house.store.count()), (1, 0), "a check keeps nothing");
    let account = house.add_account(&source, API, Some(&format!("{host}/")), "").await.unwrap().account;
    assert_eq!((account.sign_in, account.lacks.len()), (SignIn::SignedIn, 0));
    assert_eq!(account.servers.host.as_str(), host, "a slash at the end is no other address");
    assert!(house.board.is_empty(), "an added key leaves the clipboard");
    let key = acting(&house, account.id);
    assert_eq!(key.kept, KeptIn::Keychain);
    house.until("its keys are read", || house.state(account.id).account.checked_at.is_some()).await;
    let keys = house.records.keys_of(account.id).unwrap();
    assert_eq!(keys.iter().filter(|known| known.remote_id == key.remote_id).count(), 1, "it is listed once");
    let again = pasted(&house, &secret).await;
    let found = house.check_admin_key(&again, API, Some(&host)).await.unwrap();
    assert_eq!(found.known_account, Some(account.id));
    assert_eq!(house.add_account(&again, API, Some(&host), "").await.unwrap().account.id, account.id);
    assert_eq!(house.lines(ActivityKind::AccountAdded).len(), 1);
}

#[tokio::test]
async fn a_key_without_admin_is_added_and_says_what_it_lacks() {
    let (house, account) = House::of(API, &[]).await;
    let (key, secret) = make(&house, wish(&house, account, "reader", &["read"])).await;
    house.remove_account(account, true).await.unwrap();
    let source = pasted(&house, &secret).await;
    let host = house.program.host(API);
    let found = house.check_admin_key(&source, API, Some(&host)).await.unwrap();
    assert!(found.accepted && found.can_create == Some(false) && found.lacks == ["admin"], "{found:?}");
    let account = house.add_account(&source, API, Some(&host), "Reader").await.unwrap().account;
    house.until("its keys are read", || house.state(account.id).account.checked_at.is_some()).await;
    assert_eq!((account.label.as_str(), account.lacks.as_slice()), ("Reader", ["admin".to_owned()].as_slice()));
    assert!(house.records.keys_of(account.id).unwrap().len() > 1 && key.scopes == Some(vec!["read".to_owned()]));
    let refused = house.create_key(wish(&house, account.id, "more", &["read"])).await.unwrap_err();
    assert_eq!((refused.reason, refused.details.text.as_deref()), (Reason::LacksScope, Some("admin")));
    assert!(house.named("more").is_none());
}

#[tokio::test]
async fn a_key_that_is_refused_or_another_services_is_not_added() {
    let (house, _) = House::opened(&[]).await;
    let host = house.program.host(API);
    for text in ["mem_live_nobodyKnowsThisOneEXAMPLE", "bmc_theWrongServicesEXAMPLE"] {
        house.board.write(text);
        let source = house.paste_key().await.unwrap().id;
        let found = house.check_admin_key(&source, API, Some(&host)).await.unwrap();
        assert!(!found.accepted && found.status == Some(401) && found.failure.is_none());
        assert_eq!(reason(house.add_account(&source, API, Some(&host), "").await), Reason::KeyRefused);
    }
    assert_eq!((house.accounts().unwrap().len(), house.store.count()), (1, 0));
}

#[tokio::test]
async fn an_address_that_a_secret_must_not_go_to_is_refused_before_anything_is_sent() {
    let (house, _) = House::opened(&[]).await;
    house.board.write("mem_live_nobodyKnowsThisOneEXAMPLE");
    let source = house.paste_key().await.unwrap().id;
    for host in
        ["http://example.com/v1", "https://name:word@example.com", "https://example.com/?a=1", "ftp://127.0.0.1"]
    {
        let refused = house.check_admin_key(&source, API, Some(host)).await.unwrap_err();
        assert_eq!((refused.reason, refused.details.field), (Reason::UnsafeAddress, Some("host")), "{host}");
    }
    assert_eq!(field(house.check_admin_key(&source, API, Some("no address")).await), Some("host"));
    assert_eq!(field(house.check_admin_key(&source, ProviderId::BASIC_MEMORY, None).await), Some("provider"));
}

#[tokio::test]
async fn a_redirect_to_another_host_is_refused_and_the_key_is_not_sent_there() {
    let (house, account) = House::of(API, &[]).await;
    house.program.fault_of(API, "GET", "/v1/account/api-keys", "redirect", 1).await;
    house.refresh_keys(Some(account)).await.unwrap();
    let failure = house.state(account).failure.unwrap();
    assert_eq!((failure.reason, failure.details.host.as_deref()), (Reason::RedirectRefused, Some("127.0.0.1")));
    assert!(failure.details.url.is_some(), "the host it wanted to go to is named");
}

#[tokio::test]
async fn without_a_keychain_an_account_is_not_added_and_nothing_is_left() {
    let (house, _) = House::opened(&[]).await;
    let (secret, host) = (house.program.admin_key(API), house.program.host(API));
    let source = pasted(&house, &secret).await;
    house.store.refuse_new(VaultError::Denied);
    assert_eq!(reason(house.add_account(&source, API, Some(&host), "").await), Reason::KeychainDenied);
    assert_eq!((house.accounts().unwrap().len(), house.keys().unwrap().len(), house.store.count()), (1, 0, 0));
    house.store.refuse_new(None);
    assert!(house.add_account(&source, API, Some(&host), "").await.is_ok(), "the pasted key still waits");
}

#[tokio::test]
async fn the_key_that_acts_for_its_account_is_revoked_after_another_took_its_place() {
    let (house, account) = House::of(API, &[]).await;
    let old = acting(&house, account);
    let plan = house.revoke_plan(old.id).unwrap();
    assert!(plan.current_admin_key && plan.other_admin_keys.is_empty());
    let typed = plan.confirmation.map(|confirmation| confirmation.text);
    assert_eq!(reason(house.revoke_key(old.id, typed.as_deref(), false).await), Reason::CurrentKey);
    let (reader, _) = make(&house, wish(&house, account, "reader", &["read"])).await;
    assert_eq!(reason(house.use_as_admin_key(account, reader.id).await), Reason::LacksScope);
    let (new, _) = make(&house, wish(&house, account, "new admin", &["read", "write", "delete", "admin"])).await;
    let plan = house.revoke_plan(old.id).unwrap();
    assert_eq!(plan.other_admin_keys.iter().map(|key| key.id).collect::<Vec<_>>(), [new.id]);
    house.use_as_admin_key(account, new.id).await.unwrap();
    assert_eq!(acting(&house, account).id, new.id);
    let result = house.revoke_key(old.id, typed.as_deref(), false).await.unwrap();
    assert!(result.revoked && matches!(result.proof, Proof::Refused { .. }), "{:?}", result.proof);
    assert_eq!(house.state(account).account.sign_in, SignIn::SignedIn);
    assert_eq!(house.lines(ActivityKind::AdminKeyReplaced).len(), 1);
    house.refresh_keys(Some(account)).await.unwrap();
    assert!(house.state(account).failure.is_none());
}

#[tokio::test]
async fn a_refused_admin_key_asks_for_another_and_keeps_what_is_known() {
    let (house, account) = House::of(API, &[]).await;
    let old = acting(&house, account);
    let (new, secret) = make(&house, wish(&house, account, "spare", &["read", "admin"])).await;
    house
        .program
        .admin(&format!("/admin/keys/{}/revoke", old.remote_id.clone().unwrap()), &serde_json::json!({}))
        .await;
    house.refresh_keys(Some(account)).await.unwrap();
    assert_eq!(house.state(account).account.sign_in, SignIn::Needed);
    assert_eq!(house.lines(ActivityKind::SignInEnded).len(), 1);
    assert!(house.records.keys_of(account).unwrap().len() > 1);
    let source = pasted(&house, &secret).await;
    let state = house.replace_admin_key(account, &source).await.unwrap();
    assert_eq!((state.account.sign_in, state.account.admin_key), (SignIn::SignedIn, Some(new.id)));
    house.until("its keys are read", || !house.state(account).checking && house.state(account).failure.is_none()).await;
    let signed_out = house.sign_out(account).await.unwrap();
    assert!(!signed_out.revoked_at_server && house.known(new.id).kept == KeptIn::Nowhere);
    assert_eq!(house.state(account).account.sign_in, SignIn::SignedOut);
}

#[tokio::test]
async fn a_new_key_has_its_environment_scopes_and_end() {
    let (house, account) = House::of(API, &[]).await;
    let day = (house.now() + chrono::TimeDelta::days(30)).date_naive();
    let wish = CreateKey {
        environment: Some("test".to_owned()),
        expires_on: Some(day),
        ..wish(&house, account, "ci", &["read", "write"])
    };
    assert_eq!(field(house.create_key(CreateKey { environment: None, ..wish.clone() }).await), Some("environment"));
    assert_eq!(
        field(house.create_key(CreateKey { scopes: vec!["*".to_owned()], ..wish.clone() }).await),
        Some("scopes")
    );
    assert_eq!(field(house.create_key(CreateKey { rate_limit: Some(5), ..wish.clone() }).await), Some("rate_limit"));
    let far = (house.now() + chrono::TimeDelta::days(400)).date_naive();
    assert_eq!(field(house.create_key(CreateKey { expires_on: Some(far), ..wish.clone() }).await), Some("expires_on"));
    let (key, secret) = make(&house, wish).await;
    // The test compares a pretended head.
    assert!(secret.expose_secret().starts_with("mem_test_"));
    assert_eq!(
        (key.environment.as_deref(), key.scopes),
        (Some("test"), Some(vec!["read".to_owned(), "write".to_owned()]))
    );
    let Expiry::AtService(end) = key.expiry else { panic!("the service ends it: {:?}", key.expiry) };
    assert!((end.date_naive() - day).num_days().abs() <= 1);
    let tested = house.test_key(key.id).await.unwrap();
    assert_eq!((tested.result, tested.status), (TestResult::Works, Some(200)));
    assert!(tested.rate_limit.is_some() && house.key_detail(key.id).unwrap().test.is_some());
    assert_eq!(house.lines(ActivityKind::KeyTested).len(), 1);
}

#[tokio::test]
async fn memory_os_reminds_where_it_takes_no_end_and_remembers_that_it_offers_no_revoke() {
    let (house, account) = House::of(OS, &["--without", "memory-os.revoke,memory-os.usage"]).await;
    let day = (house.now() + chrono::TimeDelta::days(30)).date_naive();
    let wish = CreateKey {
        expires_on: Some(day),
        rate_limit: Some(500),
        ..wish(&house, account, "agent", &["memories:read", "search:read"])
    };
    let (key, _) = make(&house, wish).await;
    assert!(matches!(key.expiry, Expiry::Reminder(_)) && key.rate_limit == Some(500), "{key:?}");
    assert_eq!(key.environment.as_deref(), Some("live"));
    let typed = house.revoke_plan(key.id).unwrap().confirmation.map(|confirmation| confirmation.text);
    assert_eq!(reason(house.revoke_key(key.id, typed.as_deref(), false).await), Reason::NotOffered);
    assert!(matches!(house.state(account).account.capability.revoke, Offered::No(404 | 405)));
    assert!(house.revoke_plan(key.id).unwrap().in_browser);
    assert!(house.refresh_usage(account).await.unwrap().account.usage.is_none());
    assert!(matches!(house.check_revoked(key.id).await.unwrap().proof, Proof::StillAccepted { .. }));
    house
        .program
        .admin(&format!("/admin/keys/{}/revoke", key.remote_id.clone().unwrap()), &serde_json::json!({}))
        .await;
    let proved = house.check_revoked(key.id).await.unwrap();
    assert!(proved.revoked && matches!(proved.proof, Proof::Refused { .. }));
}

#[tokio::test]
async fn a_changed_host_asks_before_the_secret_goes_there() {
    let (house, account) = House::of(OS, &[]).await;
    let other = house.program.host(OS).replace("/api/v1", "/v1");
    let asked = house.set_host(account, &other, false).await.unwrap_err();
    assert_eq!((asked.reason, asked.details.host.as_deref()), (Reason::HostUnconfirmed, Some("127.0.0.1")));
    let before = house.state(account).account;
    assert_eq!(house.set_host(account, &format!("{}/", before.servers.host), false).await.unwrap().account, before);
    for (host, why) in
        [("http://example.com/v1", Reason::UnsafeAddress), ("https://a:b@example.com", Reason::UnsafeAddress)]
    {
        assert_eq!(reason(house.set_host(account, host, true).await), why);
    }
    let state = house.set_host(account, &format!("{other}/"), true).await.unwrap();
    assert_eq!((state.account.servers.host.as_str(), state.account.sign_in), (other.as_str(), SignIn::SignedIn));
    assert!(house.records.keys_of(account).unwrap().iter().all(|key| key.remote_id.is_none()));
    house.refresh_keys(Some(account)).await.unwrap();
    assert!(house.state(account).failure.is_none() && house.state(account).account.checked_at.is_some());
    assert!(house.records.keys_of(account).unwrap().iter().any(|key| key.remote_id.is_some()));
    assert_eq!(house.lines(ActivityKind::HostChanged).len(), 1);
}
