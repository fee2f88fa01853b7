//! Owns the proof that a sign-in by loopback works with the certified server in a real browser, and that
//! the server refuses what is not ours.

use super::{CLIENT, SCOPES, SignIn};
use latchkey_core::domain::Secret;
use latchkey_core::oauth::{CameBack, CodeGrant, CodeOffer, OAuthError, TokenSet, start_code_grant};
use std::net::TcpStream;
use xtask::driver::Window;
use xtask::stage::{Keyring, Setting, Stage};

async fn start(sign_in: &SignIn) -> CodeGrant {
    start_code_grant(&sign_in.server, CLIENT, &SCOPES, sign_in.now).await.unwrap()
}

fn stage() -> Stage {
    Stage::set(Setting { keyring: Keyring::Absent, ..Setting::default() }).unwrap()
}

/// A person signs in and consents on the server's own pages.
async fn approve(browser: &Window, login: &str) {
    for (field, text) in [("login", login), ("password", "password")] {
        browser.find_by_style(&format!("[name={field}]")).await.unwrap().send_keys(text).await.unwrap();
    }
    browser.press_style("button[type=submit]").await.unwrap();
    let asked_no_more = "return document.readyState === 'complete' && !document.querySelector('[name=password]')";
    browser.holds("the page to ask for consent", asked_no_more).await.unwrap();
    browser.press_style("button[type=submit]").await.unwrap();
    browser.page_says("Go back to Latchkey").await.unwrap();
}

async fn code(sign_in: &SignIn, grant: &mut CodeGrant, stage: &mut Stage) -> Secret {
    let browser = stage.browse(grant.page.as_str()).await.unwrap();
    approve(&browser, "ada").await;
    stage.close_browser();
    let Ok(CameBack::Code(code)) = grant.came_back(&sign_in.server).await else { panic!("no code") };
    code
}

async fn redeem(sign_in: &SignIn, grant: CodeGrant, code: &Secret) -> Result<TokenSet, OAuthError> {
    grant.redeem(&sign_in.http, &sign_in.server, CLIENT, code, sign_in.now).await
}

#[tokio::test]
async fn its_metadata_offers_the_code_grant_and_promises_its_issuer() {
    let sign_in = SignIn::prepare().await;
    let CodeOffer::Yes { authorization_endpoint, names_issuer } = &sign_in.server.code else { panic!("not offered") };
    assert_eq!(*authorization_endpoint, sign_in.server.issuer.join("/auth").unwrap());
    assert!(names_issuer);
}

#[tokio::test]
async fn a_person_signs_in_by_a_real_browser_that_comes_back_by_itself() {
    let sign_in = SignIn::prepare().await;
    let mut grant = start(&sign_in).await;
    let code = code(&sign_in, &mut grant, &mut stage()).await;
    let tokens = redeem(&sign_in, grant, &code).await.unwrap();
    let identity = tokens.identity.expect("an id_token with our nonce");
    assert_eq!((identity.subject.as_str(), identity.email.as_deref()), ("ada", Some("ada@example.org")));
    let refresh = tokens.refresh.unwrap();
    assert!(sign_in.refresh(&refresh).await.unwrap().refresh.is_some());
}

#[tokio::test]
async fn a_code_of_another_sign_in_is_refused_by_its_verifier() {
    let sign_in = SignIn::prepare().await;
    let mut stage = stage();
    let (mut theirs, ours) = (start(&sign_in).await, start(&sign_in).await);
    let code = code(&sign_in, &mut theirs, &mut stage).await;
    let Err(OAuthError::Refused { code, status: 400 }) = redeem(&sign_in, ours, &code).await else {
        panic!("not refused")
    };
    assert_eq!(code.as_str(), "invalid_grant");
}

#[tokio::test]
async fn a_person_who_says_no_sends_the_browser_back_with_that() {
    let sign_in = SignIn::prepare().await;
    let mut grant = start(&sign_in).await;
    let mut stage = stage();
    let browser = stage.browse(grant.page.as_str()).await.unwrap();
    browser.press_style("a[href$=abort]").await.unwrap();
    browser.page_says("Go back to Latchkey").await.unwrap();
    assert!(matches!(grant.came_back(&sign_in.server).await, Ok(CameBack::Denied)));
    let redirect = grant.page.query_pairs().find(|(name, _)| name == "redirect_uri").unwrap().1.into_owned();
    let address = redirect.trim_start_matches("http://").trim_end_matches("/callback").to_owned();
    drop(grant);
    tokio::task::yield_now().await;
    assert!(TcpStream::connect(address).is_err(), "the listener outlives its sign-in");
}
