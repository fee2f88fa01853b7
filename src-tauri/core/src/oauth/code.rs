//! Owns one authorization code grant (RFC 6749 section 4.1) of a native app: a loopback redirect (RFC
//! 8252), PKCE (RFC 7636) and the issuer in the answer (RFC 9207). Leaves out waiting for a moment, which
//! is the caller's loop.

use super::callback::Brought;
use super::discovery::same_issuer;
use super::loopback::Loopback;
use super::token::{self, CodeToRedeem};
use super::{AuthorizationServer, CodeOffer, ErrorCode, OAuthError, TokenSet, wire};
use crate::domain::Secret;
use crate::http::Http;
use chrono::{DateTime, TimeDelta, Utc};
use oauth2::basic::BasicClient;
use oauth2::{AuthUrl, ClientId, CsrfToken, PkceCodeChallenge, RedirectUrl, Scope};
use std::time::Duration;
use url::Url;

/// A sign-in that waits for a person to approve it in the browser and come back. It listens for as long as
/// it is there.
pub struct CodeGrant {
    /// The page to open: https, or http on this computer. It holds no secret, but it names this sign-in.
    pub page: Url,
    /// When waiting ends.
    pub expires_at: DateTime<Utc>,
    loopback: Loopback,
    redirect_uri: String,
    verifier: Secret,
    nonce: String,
    names_issuer: bool,
}

/// What the browser brought. Each is a state of the protocol, not a failure.
#[derive(Debug)]
pub enum CameBack {
    /// The person said yes: a code, good once.
    Code(Secret),
    /// The person said no.
    Denied,
    /// The server ended it for another reason (RFC 6749 section 4.1.2.1).
    Refused(ErrorCode),
}

/// Starts a code grant: listens, and only then names the page to open.
pub async fn start_code_grant(
    server: &AuthorizationServer,
    client_id: &str,
    scopes: &[&str],
    now: DateTime<Utc>,
) -> Result<CodeGrant, OAuthError> {
    // RFC 8252 section 7.3: the server must allow any port, so the system picks a free one.
    start_code_grant_at(0, server, client_id, scopes, now).await
}

/// The same at a certain port, for a server that pins the redirect address to one. If it is taken, that
/// is said at once.
pub async fn start_code_grant_at(
    port: u16,
    server: &AuthorizationServer,
    client_id: &str,
    scopes: &[&str],
    now: DateTime<Utc>,
) -> Result<CodeGrant, OAuthError> {
    let (endpoint, names_issuer) = match &server.code {
        CodeOffer::Yes { authorization_endpoint, names_issuer } => (authorization_endpoint, *names_issuer),
        CodeOffer::No => return Err(OAuthError::NoCodeGrant),
        CodeOffer::WithoutPkce => return Err(OAuthError::WithoutPkce),
        CodeOffer::UnsafeEndpoint => {
            return Err(OAuthError::UnsafeEndpoint { endpoint: "authorization_endpoint" });
        }
    };
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let (state, nonce) = (CsrfToken::new_random_len(CHANCE), CsrfToken::new_random_len(CHANCE).into_secret());
    let loopback = Loopback::bind(port, Secret::new(state.secret().clone())).await?;
    let redirect_uri = loopback.redirect_uri();
    let redirect = RedirectUrl::new(redirect_uri.clone()).map_err(|_| OAuthError::CannotListen { port: None })?;
    let client = BasicClient::new(ClientId::new(client_id.to_owned()))
        .set_auth_uri(AuthUrl::from_url(endpoint.clone()))
        .set_redirect_uri(redirect);
    let (page, _state) = client
        .authorize_url(move || state)
        .add_scopes(scopes.iter().map(|scope| Scope::new((*scope).to_owned())))
        .set_pkce_challenge(challenge)
        // An id_token must name it again, so that a code of somebody else's sign-in is noticed even at a
        // server that forgets to compare the challenge (RFC 9700 section 2.1.1).
        .add_extra_param("nonce", nonce.clone())
        .url();
    Ok(CodeGrant {
        page,
        expires_at: now + LIFETIME,
        loopback,
        redirect_uri,
        verifier: Secret::new(verifier.into_secret()),
        nonce,
        names_issuer,
    })
}

impl CodeGrant {
    /// The host of the page, with its port if it is not the usual one, for the person to compare.
    pub fn page_host(&self) -> String {
        wire::host_to_compare(&self.page)
    }

    /// Waits until the browser comes back with the state of this sign-in; everything else is answered with
    /// 404 and forgotten. May be dropped and called again. Whatever it answers, the listener is used up.
    pub async fn came_back(&mut self, server: &AuthorizationServer) -> Result<CameBack, OAuthError> {
        let brought = self.loopback.answer().await.ok_or(OAuthError::CannotListen { port: None })?;
        self.check_issuer(server, &brought)?;
        let error = brought.error_code();
        match (brought.code, error, brought.error.is_some()) {
            (Some(code), None, false) if !is_empty(&code) => Ok(CameBack::Code(code)),
            (None, Some(error), true) if error.as_str() == "access_denied" => Ok(CameBack::Denied),
            (None, Some(error), true) => Ok(CameBack::Refused(error)),
            // It came by the redirect that a 302 is for.
            _ => Err(OAuthError::NotUnderstood { status: 302 }),
        }
    }

    /// Exchanges the code for tokens, once. The listener has closed by then.
    pub async fn redeem(
        self,
        http: &Http,
        server: &AuthorizationServer,
        client_id: &str,
        code: &Secret,
        now: DateTime<Utc>,
    ) -> Result<TokenSet, OAuthError> {
        let Self { loopback, redirect_uri, verifier, nonce, .. } = self;
        drop(loopback);
        let code = CodeToRedeem { code, verifier: &verifier, redirect_uri: &redirect_uri, nonce: &nonce };
        token::redeem_code(http, server, client_id, &code, now).await
    }

    /// Goes on for a while, to tell the tab of this sign-in that a newer one took its place. No answer is
    /// taken any more.
    pub async fn say_replaced(self, a_while: Duration) {
        self.loopback.replace();
        tokio::time::sleep(a_while).await;
    }

    /// RFC 9207 section 2.4: compared if it was sent, and required of a server that says it sends it.
    fn check_issuer(&self, server: &AuthorizationServer, brought: &Brought) -> Result<(), OAuthError> {
        match &brought.issuer {
            Some(issuer) if same_issuer(&server.issuer, issuer) => Ok(()),
            None if !self.names_issuer => Ok(()),
            _ => Err(OAuthError::WrongIssuer),
        }
    }
}

impl std::fmt::Debug for CodeGrant {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The page names the state, which is for the browser alone.
        formatter.debug_struct("CodeGrant").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

/// How long a person may take.
const LIFETIME: TimeDelta = TimeDelta::minutes(5);

/// Bytes of chance in a state and a nonce.
const CHANCE: u32 = 32;

fn is_empty(code: &Secret) -> bool {
    // Only whether there are characters leaves.
    code.expose_secret().is_empty()
}
