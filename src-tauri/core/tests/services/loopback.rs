//! Owns the proof of signing in by loopback: the browser that comes back by itself, every way it can come
//! back otherwise, and the code that is offered instead.

use crate::house::{House, reason};
use crate::visitor::{self, Answer};
use latchkey_core::domain::{Account, AccountId, ActivityKind, Authorization, Outcome, ProviderId, SignIn};
use latchkey_core::services::{AttemptState, EditedServers, Reason, Way};
use latchkey_core::vault::SecretName;
use std::sync::atomic::Ordering;
use url::Url;

const SERVICE: ProviderId = ProviderId::BASIC_MEMORY;
const PAGE: &str = "/authorize";

/// A house whose sandbox account is marked, as the app marks it.
async fn marked(arguments: &[&str]) -> (House, AccountId) {
    let (house, account) = House::opened(arguments).await;
    mark(&house, account);
    (house, account)
}

fn mark(house: &House, account: AccountId) {
    let mut own: Account = house.state(account).account;
    let authorization = own.servers.authorization.take().unwrap();
    own.servers.authorization = Some(Authorization { loopback: true, ..authorization });
    house.records.put_account(&own).unwrap();
}

/// Begins a sign-in and answers with the page that was opened.
async fn opened(house: &House, account: AccountId) -> Url {
    house.start_sign_in(SERVICE, Some(account), None).await.unwrap();
    let waiting = house.attempt(AttemptState::Waiting).await;
    assert_eq!((waiting.way, waiting.user_code), (Some(Way::Loopback), None));
    house.browser.pages.lock().unwrap().last().unwrap().clone()
}

async fn failed(house: &House) -> (Reason, Option<String>) {
    let failure = house.attempt(AttemptState::Failed).await.failure.unwrap();
    (failure.reason, failure.details.text)
}

fn nothing_is_kept(house: &House, account: AccountId) {
    assert_eq!((house.state(account).account.sign_in, house.store.count()), (SignIn::SignedOut, 0));
}

#[tokio::test]
async fn the_browser_comes_back_and_the_refresh_token_is_kept() {
    let (house, account) = marked(&[]).await;
    let page = opened(&house, account).await;
    let waiting = house.sign_in_state().unwrap();
    assert!(waiting.browser_opened && waiting.verification_uri.is_none());
    assert_eq!(waiting.verification_host.as_deref(), Some(page.authority()));
    let left = waiting.expires_at.unwrap() - house.now();
    assert!((280..=300).contains(&left.num_seconds()), "{left}");
    house.copy_sign_in_address().unwrap();
    assert!(house.board.holds(page.as_str()));
    house.open_sign_in_page().unwrap();
    assert_eq!(house.browser.pages.lock().unwrap().len(), 2);
    assert_eq!(reason(house.copy_user_code()), Reason::NotFound);

    let shown = visitor::decide(&page, Answer::Approve(1)).await;
    assert!(shown.contains("Go back to Latchkey"), "{shown}");
    assert_eq!(house.settled_account().await, account);
    let state = house.state(account);
    assert_eq!(state.account.email.as_deref(), Some("person1@sandbox.example"));
    let refresh = house.store.item(SecretName::RefreshToken(account)).unwrap();
    assert!(house.program.renews(&refresh).await);
    assert_eq!(house.lines(ActivityKind::SignedIn), [Outcome::Done]);
    assert_eq!(house.program.count("grant authorization_code").await, 1);
    assert_eq!(house.program.count("POST /oauth2/device_authorization").await, 0);
}

#[tokio::test]
async fn a_no_in_the_browser_says_so() {
    let (house, account) = marked(&[]).await;
    let page = opened(&house, account).await;
    visitor::decide(&page, Answer::Deny).await;
    house.attempt(AttemptState::Denied).await;
    nothing_is_kept(&house, account);
}

#[tokio::test]
async fn waiting_ends_by_the_clock_and_nobody_listens_any_more() {
    let (house, account) = marked(&[]).await;
    let page = opened(&house, account).await;
    house.clock.advance(301);
    house.attempt(AttemptState::Expired).await;
    assert!(visitor::is_closed(&page).await);
    nothing_is_kept(&house, account);
}

#[tokio::test]
async fn cancelling_ends_listening_and_a_token_on_its_way_is_given_back() {
    let (house, account) = marked(&[]).await;
    let page = opened(&house, account).await;
    house.cancel_sign_in();
    assert_eq!(house.sign_in_state().unwrap().state, AttemptState::Cancelled);
    assert!(visitor::is_closed(&page).await);

    house.program.delay("POST", "/oauth2/token", 400).await;
    let page = opened(&house, account).await;
    visitor::decide(&page, Answer::Approve(1)).await;
    house.until_asked("POST /oauth2/token", 1).await;
    house.cancel_sign_in();
    house.until_asked("POST /oauth2/revoke", 1).await;
    nothing_is_kept(&house, account);
}

#[tokio::test]
async fn a_newer_sign_in_takes_its_place_and_the_stale_tab_reads_so() {
    let (house, account) = marked(&[]).await;
    let stale = opened(&house, account).await;
    let newer = opened(&house, account).await;
    assert_ne!(stale, newer);
    let shown = visitor::decide(&stale, Answer::Approve(2)).await;
    assert!(shown.contains("This sign-in was replaced"), "{shown}");
    assert_eq!(house.sign_in_state().unwrap().state, AttemptState::Waiting);
    assert_eq!(house.program.count("grant authorization_code").await, 0);
    visitor::decide(&newer, Answer::Approve(1)).await;
    house.settled_account().await;
    assert_eq!(house.state(account).account.email.as_deref(), Some("person1@sandbox.example"));
}

#[tokio::test]
async fn a_code_can_be_used_instead_from_twenty_seconds_on() {
    let (house, account) = marked(&[]).await;
    let page = opened(&house, account).await;
    let waiting = house.sign_in_state().unwrap();
    let offered = waiting.use_code_from.unwrap() - house.now();
    assert!((18..=20).contains(&offered.num_seconds()), "{offered}");
    let with_code = house.use_code_to_sign_in().unwrap();
    assert_ne!(with_code.id, waiting.id);
    let first = house.user_code().await;
    assert_eq!(house.sign_in_state().unwrap().way, Some(Way::Code));
    house.use_code_to_sign_in().unwrap();
    let code = house.user_code().await;
    assert_ne!(code, first, "a new code, and not the browser again");
    let shown = visitor::decide(&page, Answer::Approve(2)).await;
    assert!(shown.contains("This sign-in was replaced"), "{shown}");
    house.program.approve(&code, 1).await;
    assert_eq!(house.settled_account().await, account);
    assert_eq!(house.state(account).account.email.as_deref(), Some("person1@sandbox.example"));
    assert!(house.state(account).account.servers.authorization.unwrap().loopback, "the mark stays");
    assert_eq!(reason(house.use_code_to_sign_in()), Reason::NotFound);
}

#[tokio::test]
async fn without_the_mark_or_the_offer_it_is_a_code() {
    let (house, account) = House::opened(&[]).await;
    house.start_sign_in(SERVICE, Some(account), None).await.unwrap();
    assert_eq!(house.attempt(AttemptState::Waiting).await.way, Some(Way::Code));
    let (house, account) = marked(&["--without", "loopback"]).await;
    house.start_sign_in(SERVICE, Some(account), None).await.unwrap();
    let waiting = house.attempt(AttemptState::Waiting).await;
    assert_eq!((waiting.way, waiting.use_code_from), (Some(Way::Code), None));
    assert!(waiting.user_code.is_some());
}

#[tokio::test]
async fn another_issuer_or_none_stops_the_sign_in() {
    for kind in ["wrong_issuer", "no_issuer"] {
        let (house, account) = marked(&[]).await;
        house.program.fault("POST", PAGE, kind, 1).await;
        let page = opened(&house, account).await;
        visitor::decide(&page, Answer::Approve(1)).await;
        assert_eq!(failed(&house).await.0, Reason::SignInUnsafe, "{kind}");
        assert_eq!(house.program.count("grant authorization_code").await, 0, "{kind}: the code was used");
        nothing_is_kept(&house, account);
    }
}

#[tokio::test]
async fn another_state_or_none_is_not_heard_and_waiting_goes_on() {
    let (house, account) = marked(&[]).await;
    for kind in ["wrong_state", "no_state"] {
        house.program.fault("POST", PAGE, kind, 1).await;
        let page = opened(&house, account).await;
        let shown = visitor::decide(&page, Answer::Approve(2)).await;
        assert_eq!(shown, "", "{kind}: something else than 404");
        assert_eq!(house.sign_in_state().unwrap().state, AttemptState::Waiting);
        visitor::decide(&page, Answer::Approve(1)).await;
        house.settled_account().await;
    }
    assert_eq!(house.state(account).account.email.as_deref(), Some("person1@sandbox.example"));
}

#[tokio::test]
async fn tokens_for_another_client_stop_the_sign_in() {
    let (house, account) = marked(&[]).await;
    house.program.fault("POST", "/oauth2/token", "other_client", 1).await;
    let page = opened(&house, account).await;
    visitor::decide(&page, Answer::Approve(1)).await;
    let (reason, text) = failed(&house).await;
    assert_eq!(reason, Reason::SignInUnsafe);
    assert!(text.unwrap().contains("another sign-in"));
    nothing_is_kept(&house, account);
}

#[tokio::test]
async fn an_error_that_the_browser_brings_is_named() {
    let (house, account) = marked(&[]).await;
    house.program.fault("GET", PAGE, "authorization_error", 1).await;
    let page = opened(&house, account).await;
    visitor::follow(&page).await;
    assert_eq!(failed(&house).await, (Reason::SignInRefused, Some("server_error".to_owned())));
    nothing_is_kept(&house, account);
}

#[tokio::test]
async fn a_page_or_an_exchange_that_leads_elsewhere_is_not_followed() {
    let (house, account) = marked(&[]).await;
    house.program.fault("POST", "/oauth2/token", "redirect", 1).await;
    let page = opened(&house, account).await;
    visitor::decide(&page, Answer::Approve(1)).await;
    assert_eq!(failed(&house).await.0, Reason::NotUnderstood);
    nothing_is_kept(&house, account);
}

#[tokio::test]
async fn a_slow_exchange_is_waited_for() {
    let (house, account) = marked(&[]).await;
    house.program.delay("POST", "/oauth2/token", 300).await;
    let page = opened(&house, account).await;
    visitor::decide(&page, Answer::Approve(1)).await;
    assert_eq!(house.settled_account().await, account);
}

#[tokio::test]
async fn without_a_browser_the_address_can_be_copied_and_a_code_used() {
    let (house, account) = marked(&[]).await;
    house.browser.missing.store(true, Ordering::SeqCst);
    house.start_sign_in(SERVICE, Some(account), None).await.unwrap();
    let waiting = house.attempt(AttemptState::Waiting).await;
    let failure = waiting.failure.unwrap();
    assert_eq!((failure.reason, failure.details.url, waiting.browser_opened), (Reason::BrowserFailed, None, false));
    house.copy_sign_in_address().unwrap();
    house.use_code_to_sign_in().unwrap();
    house.user_code().await;
}

#[tokio::test]
async fn the_mark_can_be_made_and_taken_back_without_signing_out() {
    let (house, account) = House::signed_in(&[]).await;
    let servers = house.state(account).account.servers;
    let authorization = servers.authorization.unwrap();
    let edited = |loopback| EditedServers {
        host: servers.host.to_string(),
        authorization_server: authorization.server.to_string(),
        client_id: authorization.client_id.clone(),
        loopback,
    };
    for loopback in [true, false] {
        let state = house.set_servers(account, &edited(loopback), true).await.unwrap();
        assert_eq!(state.account.servers.authorization.unwrap().loopback, loopback);
        assert_eq!(state.account.sign_in, SignIn::SignedIn);
    }
    // The same person through a marked client is no second account.
    let page = {
        house.start_sign_in(SERVICE, None, Some(edited(true))).await.unwrap();
        house.attempt(AttemptState::Waiting).await;
        house.browser.pages.lock().unwrap().last().unwrap().clone()
    };
    visitor::decide(&page, Answer::Approve(1)).await;
    assert_eq!(house.settled_account().await, account);
    assert_eq!(house.accounts().unwrap().len(), 1);
}

#[tokio::test]
async fn the_published_client_at_its_own_server_cannot_be_marked() {
    let (house, account) = House::opened(&["--client-id", "client_other"]).await;
    let published = EditedServers { loopback: true, ..EditedServers::default() };
    let state = house.set_servers(account, &published, true).await.unwrap();
    assert!(!state.account.servers.authorization.unwrap().loopback);
    let other = EditedServers { client_id: "client_other".to_owned(), ..published };
    let state = house.set_servers(account, &other, true).await.unwrap();
    assert!(state.account.servers.authorization.unwrap().loopback);
}
