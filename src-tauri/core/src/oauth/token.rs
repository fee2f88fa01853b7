//! Owns a set of tokens: reading it, renewing it, revoking it. Leaves out where tokens are kept.

use super::wire::{self, Seconds};
use super::{AuthorizationServer, ErrorCode, Identity, OAuthError, identity};
use crate::domain::Secret;
use crate::http::{Http, Response};
use chrono::{DateTime, TimeDelta, Utc};
use oauth2::DeviceCodeErrorResponseType;
use oauth2::basic::BasicErrorResponseType;
use serde::{Deserialize, Deserializer};

/// What a token endpoint gave (RFC 6749 section 5.1).
#[derive(Debug, Clone)]
pub struct TokenSet {
    /// The access token.
    pub access: Secret,
    /// The refresh token. On a refresh: `Some` takes the place of the one that was used, `None` means
    /// that one goes on (RFC 6749 section 6).
    pub refresh: Option<Secret>,
    /// When the access token ends.
    pub expires_at: DateTime<Utc>,
    /// Who signed in; `None` if there was no id_token or it did not pass its checks.
    pub identity: Option<Identity>,
}

/// What came of a revocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Revocation {
    /// The server says the token is worth nothing now.
    Done,
    /// The server has no such endpoint, or does not revoke tokens of this kind.
    NotOffered,
}

/// Gets a new access token (RFC 6749 section 6). Sent once: where refresh tokens are rotated, a second
/// request with the same one is taken for theft and ends the whole sign-in (RFC 9700 section 4.14.2).
/// Store the new refresh token before using the access token.
///
/// Only [`OAuthError::InvalidGrant`] means that the person must sign in again.
pub async fn refresh(
    http: &Http,
    server: &AuthorizationServer,
    client_id: &str,
    refresh_token: &Secret,
    now: DateTime<Utc>,
) -> Result<TokenSet, OAuthError> {
    // The refresh token goes to the token endpoint, which has the issuer's origin.
    let token = refresh_token.expose_secret();
    let fields = [("grant_type", "refresh_token"), ("refresh_token", token), ("client_id", client_id)];
    let answer = wire::post(http, &server.token_endpoint, &fields).await?;
    match wire::named_error(&answer) {
        Some(DeviceCodeErrorResponseType::Basic(BasicErrorResponseType::InvalidGrant)) => Err(OAuthError::InvalidGrant),
        Some(_) => Err(wire::refusal(&answer, now)),
        None => read(&answer, server, client_id, now),
    }
}

/// Revokes a refresh token, and with it the access tokens of the same sign-in (RFC 7009 section 2.1).
/// A token that the server does not know counts as revoked (section 2.2).
pub async fn revoke(
    http: &Http,
    server: &AuthorizationServer,
    client_id: &str,
    refresh_token: &Secret,
) -> Result<Revocation, OAuthError> {
    let Some(endpoint) = &server.revocation_endpoint else { return Ok(Revocation::NotOffered) };
    // The refresh token goes to the revocation endpoint, which has the issuer's origin.
    let token = refresh_token.expose_secret();
    let fields = [("token", token), ("token_type_hint", "refresh_token"), ("client_id", client_id)];
    let answer = wire::post(http, endpoint, &fields).await?;
    let refusal = wire::named_error(&answer).and_then(|error| ErrorCode::new(error.as_ref()));
    let status = answer.status;
    match (refusal, status) {
        (Some(code), _) if code.as_str() == "unsupported_token_type" => Ok(Revocation::NotOffered),
        (Some(code), _) => Err(OAuthError::Refused { code, status }),
        (None, 200 | 204) => Ok(Revocation::Done),
        (None, 404 | 405 | 501) => Ok(Revocation::NotOffered),
        (None, 429 | 500..) => Err(OAuthError::Unavailable { status, retry_at: None }),
        (None, _) => Err(OAuthError::NotUnderstood { status }),
    }
}

/// Gets the tokens for a code that the browser brought (RFC 6749 section 4.1.3), once.
pub(super) async fn redeem_code(
    http: &Http,
    server: &AuthorizationServer,
    client_id: &str,
    code: &CodeToRedeem<'_>,
    now: DateTime<Utc>,
) -> Result<TokenSet, OAuthError> {
    // Both go to the token endpoint, which has the issuer's origin. The verifier is sent only there.
    let (characters, verifier) = (code.code.expose_secret(), code.verifier.expose_secret());
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", characters),
        ("redirect_uri", code.redirect_uri),
        ("client_id", client_id),
        ("code_verifier", verifier),
    ];
    let answer = wire::post(http, &server.token_endpoint, &fields).await?;
    let (tokens, id_token) = take(&answer, now)?;
    if answer.json::<ForClient>().and_then(|named| named.client_id).is_some_and(|named| named != client_id) {
        return Err(OAuthError::ForeignTokens);
    }
    let identity = match id_token {
        // Only the claims leave; the token itself is dropped here.
        Some(token) => identity::read_own(token.0.expose_secret(), server, client_id, code.nonce, now)?,
        None => None,
    };
    Ok(TokenSet { identity, ..tokens })
}

/// A code and what proves that it was asked for here.
pub(super) struct CodeToRedeem<'a> {
    pub(super) code: &'a Secret,
    pub(super) verifier: &'a Secret,
    pub(super) redirect_uri: &'a str,
    pub(super) nonce: &'a str,
}

/// Some servers name the client the tokens are for.
#[derive(Deserialize)]
struct ForClient {
    client_id: Option<String>,
}

/// Reads an answer of the token endpoint that names no error which the caller acts on.
pub(super) fn read(
    answer: &Response,
    server: &AuthorizationServer,
    client_id: &str,
    now: DateTime<Utc>,
) -> Result<TokenSet, OAuthError> {
    let (tokens, id_token) = take(answer, now)?;
    // Only the claims leave; the token itself is dropped here.
    let identity = id_token.and_then(|token| identity::read(token.0.expose_secret(), server, client_id, now));
    Ok(TokenSet { identity, ..tokens })
}

/// The tokens of an answer, not yet saying who signed in, and its id_token.
fn take(answer: &Response, now: DateTime<Utc>) -> Result<(TokenSet, Option<Token>), OAuthError> {
    let granted = answer.status == 200 && wire::named_error(answer).is_none();
    let tokens: Option<Tokens> = granted.then(|| answer.json()).flatten();
    let Some(tokens) = tokens.filter(Tokens::can_be_sent) else { return Err(wire::refusal(answer, now)) };
    let lifetime = tokens.expires_in.map_or(DEFAULT_LIFETIME, |seconds| seconds.at_most(LONGEST_LIFETIME));
    let expires_at = now.checked_add_signed(TimeDelta::seconds(i64::from(lifetime))).unwrap_or(now);
    let refresh = tokens.refresh_token.map(|token| token.0).filter(|token| !is_empty(token));
    Ok((TokenSet { access: tokens.access_token.0, refresh, expires_at, identity: None }, tokens.id_token))
}

/// RFC 6749 section 5.1 only recommends `expires_in`; the official CLI takes an hour without it.
const DEFAULT_LIFETIME: u32 = 60 * 60;
/// A year, so that adding it to a moment cannot overflow.
const LONGEST_LIFETIME: u32 = 365 * 24 * 60 * 60;

#[derive(Deserialize)]
struct Tokens {
    access_token: Token,
    token_type: Option<String>,
    expires_in: Option<Seconds>,
    refresh_token: Option<Token>,
    id_token: Option<Token>,
}

impl Tokens {
    /// RFC 6749 section 7.1: a client must not use an access token of a kind it does not know. A
    /// missing kind is taken for `Bearer`, as the official CLI does. RFC 6750 section 2.1: a bearer
    /// token is visible ASCII.
    fn can_be_sent(&self) -> bool {
        // Looked at only; nothing leaves.
        let visible = self.access_token.0.expose_secret().bytes().all(|byte| byte.is_ascii_graphic());
        let bearer = self.token_type.as_ref().is_none_or(|kind| kind.eq_ignore_ascii_case("bearer"));
        bearer && visible && !is_empty(&self.access_token.0)
    }
}

fn is_empty(token: &Secret) -> bool {
    // Only whether there are characters leaves.
    token.expose_secret().is_empty()
}

/// A token, from the answer's buffer straight into memory that is zeroed.
struct Token(Secret);

impl<'de> Deserialize<'de> for Token {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|characters| Self(Secret::new(characters)))
    }
}
