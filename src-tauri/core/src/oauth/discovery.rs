//! Owns how an authorization server is found from its address. Leaves out speaking to it.

use super::{AuthorizationServer, OAuthError, wire};
use crate::domain::check_address;
use crate::http::{Http, HttpError, Response};
use serde::Deserialize;
use url::Url;

/// Asks an address for its metadata: first as RFC 8414 section 3.1 says, then as OpenID Connect
/// Discovery section 4 does. The issuer must be the address that was asked (RFC 8414 section 3.3),
/// and every endpoint must have its scheme, host and port: the refresh token goes there, and metadata
/// must not be able to send it to somebody else.
///
/// A server without metadata (404) is taken to serve WorkOS AuthKit's published endpoints,
/// `/oauth2/device_authorization` and `/oauth2/token`. So is one whose metadata leaves out the device
/// grant while its token endpoint is AuthKit's.
pub async fn discover(http: &Http, base: &Url) -> Result<AuthorizationServer, OAuthError> {
    check_address(base).map_err(HttpError::from)?;
    let mut without_device_grant = None;
    for well_known in [authorization_server_metadata(base), openid_configuration(base)] {
        let answer = http.get(well_known).send().await?;
        if answer.status == 404 {
            continue;
        }
        let metadata = understood(&answer)?;
        let found = metadata.check(base)?;
        match found.device {
            Some(device) => return Ok(server(base, device, found.token, found.revocation)),
            None => without_device_grant = without_device_grant.or(Some(found)),
        }
    }
    let authkit_token = below(base, "oauth2/token");
    let authkit_device = below(base, "oauth2/device_authorization");
    match without_device_grant {
        None => Ok(server(base, authkit_device, authkit_token, None)),
        Some(found) if found.token == authkit_token => {
            Ok(server(base, authkit_device, authkit_token, found.revocation))
        }
        Some(_) => Err(OAuthError::NoDeviceGrant),
    }
}

/// The well-known part goes between host and path (RFC 8414 section 3.1).
fn authorization_server_metadata(base: &Url) -> Url {
    let mut url = base.clone();
    url.set_path(&format!("/.well-known/oauth-authorization-server{}", base.path().trim_end_matches('/')));
    url
}

/// The well-known part goes after the path (OpenID Connect Discovery section 4.1).
fn openid_configuration(base: &Url) -> Url {
    below(base, ".well-known/openid-configuration")
}

fn below(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    url.set_path(&format!("{}/{path}", base.path().trim_end_matches('/')));
    url
}

/// Whether two addresses are the same issuer. They are compared as parsed addresses without a slash
/// at the end, because a `Url` cannot be without one where the path is empty.
pub(super) fn same_issuer(one: &Url, other: &str) -> bool {
    let trimmed = |text: &str| text.trim_end_matches('/').to_owned();
    Url::parse(other).is_ok_and(|other| trimmed(one.as_str()) == trimmed(other.as_str()))
}

fn server(base: &Url, device: Url, token: Url, revocation: Option<Url>) -> AuthorizationServer {
    AuthorizationServer {
        issuer: base.clone(),
        device_authorization_endpoint: device,
        token_endpoint: token,
        revocation_endpoint: revocation,
    }
}

fn understood(answer: &Response) -> Result<Metadata, OAuthError> {
    let status = answer.status;
    match status {
        200 => answer.json().ok_or(OAuthError::NotUnderstood { status }),
        429 | 500.. => Err(OAuthError::Unavailable { status, retry_at: None }),
        _ => Err(OAuthError::NotUnderstood { status }),
    }
}

/// The fields of RFC 8414 section 2 and RFC 8628 section 4 that are needed.
#[derive(Deserialize)]
struct Metadata {
    issuer: String,
    token_endpoint: String,
    device_authorization_endpoint: Option<String>,
    revocation_endpoint: Option<String>,
}

struct Found {
    device: Option<Url>,
    token: Url,
    revocation: Option<Url>,
}

impl Metadata {
    fn check(self, base: &Url) -> Result<Found, OAuthError> {
        if !same_issuer(base, &self.issuer) {
            return Err(OAuthError::WrongIssuer);
        }
        let endpoint = |name: &'static str, text: String| match Url::parse(&text) {
            Ok(url) if wire::is_safe(&url) && url.origin() == base.origin() => Ok(url),
            _ => Err(OAuthError::UnsafeEndpoint { endpoint: name }),
        };
        let optional = |name, text: Option<String>| text.map(|text| endpoint(name, text)).transpose();
        Ok(Found {
            device: optional("device_authorization_endpoint", self.device_authorization_endpoint)?,
            token: endpoint("token_endpoint", self.token_endpoint)?,
            revocation: optional("revocation_endpoint", self.revocation_endpoint)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn the_well_known_addresses_are_those_of_the_standards() {
        let plain = url("https://sign-in.example");
        assert_eq!(
            authorization_server_metadata(&plain).as_str(),
            "https://sign-in.example/.well-known/oauth-authorization-server"
        );
        assert_eq!(openid_configuration(&plain).as_str(), "https://sign-in.example/.well-known/openid-configuration");
        for with_path in [url("https://sign-in.example/tenant"), url("https://sign-in.example/tenant/")] {
            assert_eq!(
                authorization_server_metadata(&with_path).as_str(),
                "https://sign-in.example/.well-known/oauth-authorization-server/tenant"
            );
            assert_eq!(
                openid_configuration(&with_path).as_str(),
                "https://sign-in.example/tenant/.well-known/openid-configuration"
            );
        }
    }

    #[test]
    fn an_issuer_is_the_same_with_and_without_a_slash_at_its_end_and_in_nothing_else() {
        let base = url("https://sign-in.example");
        assert!(same_issuer(&base, "https://sign-in.example"));
        assert!(same_issuer(&base, "https://sign-in.example/"));
        for other in [
            "https://sign-in.example.evil.example",
            "https://sign-in.example/tenant",
            "https://sign-in.example:8443",
            "http://sign-in.example",
            "https://sign-in.example?x",
            "sign-in.example",
            "",
        ] {
            assert!(!same_issuer(&base, other), "{other}");
        }
    }
}
