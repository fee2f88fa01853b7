//! Owns the proof that sign-in works with an authorization server that others wrote and certified
//! (npm `oidc-provider`): everything of Latchkey's goes through `latchkey_core::oauth`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking

mod browser;
#[cfg(target_os = "linux")]
mod loopback;
#[cfg(target_os = "linux")]
mod other_page;
mod peer;
#[path = "../small_server/mod.rs"]
mod small_server;

use browser::Browser;
use chrono::{DateTime, TimeDelta, Utc};
use latchkey_core::clock::{Clock as _, SystemClock};
use latchkey_core::domain::Secret;
use latchkey_core::http::Http;
use latchkey_core::oauth::{
    AuthorizationServer, DeviceGrant, OAuthError, Poll, Revocation, Step, TokenSet, discover, refresh, revoke,
    start_device_grant,
};
use peer::Peer;
use small_server::{Reply, SmallServer};

const CLIENT: &str = "latchkey-test";
const SCOPES: [&str; 4] = ["openid", "profile", "email", "offline_access"];

struct SignIn {
    _peer: Peer,
    http: Http,
    server: AuthorizationServer,
    now: DateTime<Utc>,
}

impl SignIn {
    async fn prepare() -> Self {
        let peer = Peer::start().await;
        let http = Http::new().unwrap();
        let server = discover(&http, &peer.issuer).await.unwrap();
        Self { _peer: peer, http, server, now: SystemClock.now() }
    }

    async fn start(&self) -> DeviceGrant {
        start_device_grant(&self.http, &self.server, CLIENT, &SCOPES, self.now).await.unwrap()
    }

    /// Asks at the next moment that the grant allows, without waiting for it.
    async fn ask(&mut self, grant: &mut DeviceGrant) -> Result<Poll, OAuthError> {
        let Step::AskAt(moment) = grant.next_step(self.now) else { panic!("the code has ended") };
        self.now = moment;
        grant.ask(&self.http, &self.server, CLIENT, moment).await
    }

    async fn granted(&mut self) -> TokenSet {
        let mut grant = self.start().await;
        Browser::default().approve(grant.verification_uri_complete.as_ref().unwrap(), "ada").await;
        let Ok(Poll::Granted(tokens)) = self.ask(&mut grant).await else { panic!("not granted") };
        tokens
    }

    async fn refresh(&self, token: &Secret) -> Result<TokenSet, OAuthError> {
        refresh(&self.http, &self.server, CLIENT, token, self.now).await
    }
}

#[tokio::test]
async fn its_metadata_names_every_endpoint() {
    let sign_in = SignIn::prepare().await;
    let issuer = &sign_in.server.issuer;
    assert_eq!(sign_in.server.token_endpoint, issuer.join("/token").unwrap());
    assert_eq!(sign_in.server.device_authorization_endpoint, Some(issuer.join("/device/auth").unwrap()));
    assert_eq!(sign_in.server.revocation_endpoint, Some(issuer.join("/token/revocation").unwrap()));
}

#[tokio::test]
async fn a_person_approves_in_the_browser_and_is_signed_in() {
    let mut sign_in = SignIn::prepare().await;
    let mut grant = sign_in.start().await;
    // It gives no interval: five seconds are meant (RFC 8628 section 3.2).
    assert_eq!(grant.next_step(sign_in.now), Step::AskAt(sign_in.now + TimeDelta::seconds(5)));
    assert!(matches!(sign_in.ask(&mut grant).await, Ok(Poll::Pending)));
    // The code typed by hand on the page, not the link that has it filled in.
    Browser::default().typing(&grant.user_code).approve(&grant.verification_uri, "ada").await;
    let Ok(Poll::Granted(tokens)) = sign_in.ask(&mut grant).await else { panic!("not granted") };
    let identity = tokens.identity.expect("an id_token that passes its checks");
    assert_eq!(identity.subject, "ada");
    assert_eq!(identity.email.as_deref(), Some("ada@example.org"));
    assert_eq!(identity.name.as_deref(), Some("The person ada"));
    assert!(tokens.refresh.is_some());
    assert!(tokens.expires_at > sign_in.now);
}

#[tokio::test]
async fn a_person_who_says_no_is_not_signed_in() {
    let mut sign_in = SignIn::prepare().await;
    let mut grant = sign_in.start().await;
    Browser::default().refusing().approve(grant.verification_uri_complete.as_ref().unwrap(), "ada").await;
    assert!(matches!(sign_in.ask(&mut grant).await, Ok(Poll::Denied)));
}

#[tokio::test]
async fn refresh_tokens_are_rotated_and_an_old_one_ends_the_whole_family() {
    let mut sign_in = SignIn::prepare().await;
    let first = sign_in.granted().await.refresh.unwrap();
    let second = sign_in.refresh(&first).await.unwrap().refresh.unwrap();
    assert!(!second.same_as(&first));
    let third = sign_in.refresh(&second).await.unwrap().refresh.unwrap();
    assert!(!third.same_as(&second));
    assert_eq!(sign_in.refresh(&first).await.unwrap_err(), OAuthError::InvalidGrant);
    assert_eq!(sign_in.refresh(&third).await.unwrap_err(), OAuthError::InvalidGrant);
}

#[tokio::test]
async fn a_revoked_sign_in_cannot_be_refreshed() {
    let mut sign_in = SignIn::prepare().await;
    let token = sign_in.granted().await.refresh.unwrap();
    let token = sign_in.refresh(&token).await.unwrap().refresh.unwrap();
    let outcome = revoke(&sign_in.http, &sign_in.server, CLIENT, &token).await;
    assert_eq!(outcome, Ok(Revocation::Done));
    assert_eq!(sign_in.refresh(&token).await.unwrap_err(), OAuthError::InvalidGrant);
    // Revoking what is not there any more is no failure (RFC 7009 section 2.2).
    assert_eq!(revoke(&sign_in.http, &sign_in.server, CLIENT, &token).await, Ok(Revocation::Done));
}

#[tokio::test]
async fn a_verifier_that_does_not_belong_to_the_challenge_is_refused() {
    let mut sign_in = SignIn::prepare().await;
    // Somebody else's grant, with a challenge whose verifier Latchkey does not have …
    let theirs = sign_in
        .http
        .post(sign_in.server.device_authorization_endpoint.clone().unwrap())
        .form(&[
            ("client_id", CLIENT),
            ("scope", "openid"),
            ("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
            ("code_challenge_method", "S256"),
        ])
        .send()
        .await
        .unwrap();
    // … is handed to Latchkey as if it were the answer to its own request.
    let swapped = SmallServer::scripted([Reply::json(200, &theirs.json().unwrap())]).await;
    let between =
        AuthorizationServer { device_authorization_endpoint: Some(swapped.base.clone()), ..sign_in.server.clone() };
    let mut grant = start_device_grant(&sign_in.http, &between, CLIENT, &SCOPES, sign_in.now).await.unwrap();
    Browser::default().approve(grant.verification_uri_complete.as_ref().unwrap(), "ada").await;
    let Err(OAuthError::Refused { code, status: 400 }) = sign_in.ask(&mut grant).await else { panic!("not refused") };
    assert_eq!(code.as_str(), "invalid_grant");
}

#[tokio::test]
async fn a_client_that_it_does_not_know_is_refused_by_name() {
    let sign_in = SignIn::prepare().await;
    let started = start_device_grant(&sign_in.http, &sign_in.server, "nobody", &SCOPES, sign_in.now).await;
    let Err(OAuthError::Refused { code, status: 401 }) = started else { panic!("not refused: {started:?}") };
    assert_eq!(code.as_str(), "invalid_client");
}
