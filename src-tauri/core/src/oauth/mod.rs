//! Owns sign-in by the standards: discovery (RFC 8414), the device grant (RFC 8628) and the
//! authorization code grant over a loopback redirect (RFC 8252), both with PKCE (RFC 7636), refreshing
//! (RFC 6749 section 6), the id_token (OpenID Connect Core) and revocation (RFC 7009). Leaves out
//! vendors, where tokens are kept, and waiting for a moment: `now` is an argument.
//!
//! The `oauth2` crate makes the PKCE pair, builds the authorization request, builds and reads the device
//! authorization request, and names the error codes. Answers with tokens are read here, because that crate keeps tokens and raw
//! bodies in memory that is not zeroed and in errors that print them; and its polling loop reads the
//! time itself.

mod callback;
mod code;
mod device;
mod discovery;
mod identity;
mod loopback;
mod reply_page;
mod schedule;
mod token;
mod wire;

pub use code::{CameBack, CodeGrant, start_code_grant, start_code_grant_at};
pub use device::{DeviceGrant, Poll, start_device_grant};
pub use discovery::discover;
pub use identity::Identity;
pub use schedule::Step;
pub use token::{Revocation, TokenSet, refresh, revoke};
pub use wire::ErrorCode;

use crate::http::HttpError;
use chrono::{DateTime, Utc};
use url::Url;

/// Who signs people in, and where. Every endpoint has the scheme, host and port of the issuer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorizationServer {
    /// The issuer (RFC 8414 section 2), which is the address that was asked.
    pub issuer: Url,
    /// Where a device grant starts (RFC 8628 section 3.1), if it is offered.
    pub device_authorization_endpoint: Option<Url>,
    /// Where tokens are given (RFC 6749 section 3.2).
    pub token_endpoint: Url,
    /// Where tokens are revoked (RFC 7009 section 2), if it is offered.
    pub revocation_endpoint: Option<Url>,
    /// Whether it offers the authorization code grant.
    pub code: CodeOffer,
}

/// What an authorization server's metadata says of the authorization code grant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CodeOffer {
    /// Nothing, or not for the response type `code`.
    No,
    /// Its page is at another server, or not encrypted: no browser is sent there.
    UnsafeEndpoint,
    /// It does not name the PKCE method S256 (RFC 7636 section 4.2): no step down to `plain`.
    WithoutPkce,
    /// All that is needed.
    Yes {
        /// The page that a browser is sent to (RFC 6749 section 3.1).
        authorization_endpoint: Url,
        /// Its answers must name the issuer (RFC 9207 section 3).
        names_issuer: bool,
    },
}

/// Why signing in, refreshing or revoking did not go through. Of an answer only the status and the
/// error code survive. Protocol states such as `authorization_pending` are values, see [`Poll`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OAuthError {
    /// The refresh token is expired, revoked or was used before (RFC 6749 section 5.2): sign in again.
    #[error("the sign-in has ended (invalid_grant)")]
    InvalidGrant,
    /// Any other error the server names (RFC 6749 section 5.2): asking again will not help.
    #[error("the authorization server refused ({code}, {status})")]
    Refused {
        /// What it named.
        code: ErrorCode,
        /// The HTTP status.
        status: u16,
    },
    /// 429 or 5xx: asking again later may help.
    #[error("the authorization server cannot answer now ({status})")]
    Unavailable {
        /// The HTTP status.
        status: u16,
        /// The moment of `Retry-After`, if it said so.
        retry_at: Option<DateTime<Utc>>,
    },
    /// Neither the expected JSON nor an error as the standards write it: a login page, a redirect,
    /// another program at that address.
    #[error("the authorization server's answer cannot be understood ({status})")]
    NotUnderstood {
        /// The HTTP status.
        status: u16,
    },
    /// The metadata, or the answer that the browser brought, names another issuer than the address that
    /// was asked (RFC 8414 section 3.3, RFC 9207 section 2.4), or names none where it must.
    #[error("the authorization server says it is another one")]
    WrongIssuer,
    /// The metadata names an endpoint at another server, or one without encryption.
    #[error("the authorization server names an unsafe {endpoint}")]
    UnsafeEndpoint {
        /// Which one, by its name in RFC 8414.
        endpoint: &'static str,
    },
    /// The server has no device grant.
    #[error("the authorization server does not offer the device grant")]
    NoDeviceGrant,
    /// The server has no authorization code grant.
    #[error("the authorization server does not offer the authorization code grant")]
    NoCodeGrant,
    /// The server's metadata does not offer PKCE with S256, so a code could be used by whoever catches it.
    #[error("the authorization server does not offer PKCE with S256")]
    WithoutPkce,
    /// The tokens are another client's or belong to another sign-in (OpenID Connect Core section 3.1.3.7).
    #[error("the tokens are for another client or another sign-in")]
    ForeignTokens,
    /// This computer does not let a sign-in wait for the browser on a loopback address. `port` is the one
    /// that is taken, where a certain one was asked for.
    #[error("nothing can be received on this computer's loopback address")]
    CannotListen {
        /// The port that was asked for.
        port: Option<u16>,
    },
    /// No whole answer came.
    #[error(transparent)]
    Http(#[from] HttpError),
}

impl OAuthError {
    /// Whether the same may go through a little later, so that nothing that is kept may be dropped.
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Unavailable { .. } | Self::Http(HttpError::Offline | HttpError::NoAnswer))
    }
}
