//! Owns how an authorization server is found from its address. Leaves out speaking to it.

use super::{AuthorizationServer, CodeOffer, OAuthError, wire};
use crate::domain::check_address;
use crate::http::{Http, HttpError, Response};
use serde::Deserialize;
use serde_json::Value;
use url::Url;

/// Asks an address for its metadata: first as RFC 8414 section 3.1 says, then as OpenID Connect
/// Discovery section 4 does. The issuer must be the address that was asked (RFC 8414 section 3.3),
/// and every endpoint must have its scheme, host and port: the refresh token goes there, and metadata
/// must not be able to send it to somebody else.
///
/// The authorization code grant is only known from metadata, see [`CodeOffer`]. A server that offers it
/// need not have a device grant.
///
/// A server without metadata (404) is taken to serve WorkOS AuthKit's published endpoints,
/// `/oauth2/device_authorization` and `/oauth2/token`. So is one whose metadata leaves out the device
/// grant while its token endpoint is AuthKit's.
pub async fn discover(http: &Http, base: &Url) -> Result<AuthorizationServer, OAuthError> {
    check_address(base).map_err(HttpError::from)?;
    let mut without_device_grant: Option<AuthorizationServer> = None;
    for well_known in [authorization_server_metadata(base), openid_configuration(base)] {
        // Whoever offers the code grant in the first document need not have a second one.
        let signs_in = without_device_grant.as_ref().is_some_and(|found| found.code != CodeOffer::No);
        let answer = match http.get(well_known).send().await {
            Err(_) if signs_in => continue,
            answer => answer?,
        };
        if answer.status == 404 {
            continue;
        }
        let found = match understood(&answer).and_then(|metadata| metadata.check(base)) {
            Err(_) if signs_in => continue,
            found => found?,
        };
        if found.device_authorization_endpoint.is_some() {
            return Ok(found);
        }
        without_device_grant = without_device_grant.or(Some(found));
    }
    let authkit_token = below(base, "oauth2/token");
    let authkit_device = Some(below(base, "oauth2/device_authorization"));
    match without_device_grant {
        None => Ok(AuthorizationServer {
            issuer: base.clone(),
            device_authorization_endpoint: authkit_device,
            token_endpoint: authkit_token,
            revocation_endpoint: None,
            code: CodeOffer::No,
        }),
        Some(found) if found.token_endpoint == authkit_token => {
            Ok(AuthorizationServer { device_authorization_endpoint: authkit_device, ..found })
        }
        Some(found) if found.code != CodeOffer::No => Ok(found),
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

fn understood(answer: &Response) -> Result<Metadata, OAuthError> {
    let status = answer.status;
    match status {
        200 => answer.json().ok_or(OAuthError::NotUnderstood { status }),
        429 | 500.. => Err(OAuthError::Unavailable { status, retry_at: None }),
        _ => Err(OAuthError::NotUnderstood { status }),
    }
}

/// The fields of RFC 8414 section 2, RFC 8628 section 4 and RFC 9207 section 3 that are needed.
#[derive(Deserialize)]
struct Metadata {
    issuer: String,
    token_endpoint: String,
    device_authorization_endpoint: Option<String>,
    revocation_endpoint: Option<String>,
    // What does not fit here is no reason to refuse a server that signs in by a device grant.
    #[serde(default)]
    authorization_endpoint: Value,
    #[serde(default)]
    response_types_supported: Value,
    #[serde(default)]
    grant_types_supported: Value,
    #[serde(default)]
    code_challenge_methods_supported: Value,
    #[serde(default)]
    authorization_response_iss_parameter_supported: Value,
}

impl Metadata {
    fn check(self, base: &Url) -> Result<AuthorizationServer, OAuthError> {
        if !same_issuer(base, &self.issuer) {
            return Err(OAuthError::WrongIssuer);
        }
        let code = self.code(base);
        let endpoint =
            |name: &'static str, text: String| own(base, &text).ok_or(OAuthError::UnsafeEndpoint { endpoint: name });
        let optional = |name, text: Option<String>| text.map(|text| endpoint(name, text)).transpose();
        Ok(AuthorizationServer {
            issuer: base.clone(),
            device_authorization_endpoint: optional(
                "device_authorization_endpoint",
                self.device_authorization_endpoint,
            )?,
            token_endpoint: endpoint("token_endpoint", self.token_endpoint)?,
            revocation_endpoint: optional("revocation_endpoint", self.revocation_endpoint)?,
            code,
        })
    }

    fn code(&self, base: &Url) -> CodeOffer {
        let names = |list: &Value, word: &str| list.as_array().is_some_and(|list| list.iter().any(|one| one == word));
        // RFC 8414 section 2: without the list, the code grant is one of the two that are meant.
        let granted = self.grant_types_supported.is_null() || names(&self.grant_types_supported, "authorization_code");
        let Some(page) = self.authorization_endpoint.as_str() else { return CodeOffer::No };
        if !granted || !names(&self.response_types_supported, "code") {
            return CodeOffer::No;
        }
        let Some(authorization_endpoint) = own(base, page) else { return CodeOffer::UnsafeEndpoint };
        // RFC 8414 section 2: without the list, there is no PKCE.
        if !names(&self.code_challenge_methods_supported, "S256") {
            return CodeOffer::WithoutPkce;
        }
        let names_issuer = self.authorization_response_iss_parameter_supported == true;
        CodeOffer::Yes { authorization_endpoint, names_issuer }
    }
}

/// An endpoint, if it is encrypted (or on this computer) and at the issuer's own server.
fn own(base: &Url, text: &str) -> Option<Url> {
    Url::parse(text).ok().filter(|url| wire::is_safe(url) && url.origin() == base.origin())
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
