//! Owns who signed in, as the id_token says (OpenID Connect Core section 2). Leaves out accounts.

use super::{AuthorizationServer, OAuthError, discovery::same_issuer};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use serde::Deserialize;

/// The person an authorization server says it signed in.
#[derive(Clone, PartialEq, Eq)]
pub struct Identity {
    /// `sub`: never given to anybody else by this issuer.
    pub subject: String,
    /// `email`, if the token has one.
    pub email: Option<String>,
    /// `name`, if the token has one.
    pub name: Option<String>,
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // A person's name and address have no place in a log either.
        formatter.debug_struct("Identity").finish_non_exhaustive()
    }
}

/// Clocks differ; a minute is what the access token is given too.
const LEEWAY: i64 = 60;
/// OpenID Connect Core section 2: `sub` "MUST NOT exceed 255 ASCII characters in length".
const LONGEST_SUBJECT: usize = 255;
const LONGEST_TEXT: usize = 200;

/// Reads an id_token by OpenID Connect Core section 3.1.3.7: `iss` (step 2), `aud` and `azp`
/// (steps 3 to 5), `exp` (step 9). Its signature is not checked, which step 6 allows because it came
/// over TLS straight from the token endpoint. `None` if it does not pass: such a token says nothing.
pub(super) fn read(
    id_token: &str,
    server: &AuthorizationServer,
    client_id: &str,
    now: DateTime<Utc>,
) -> Option<Identity> {
    claims(id_token).filter(|claims| claims.is_ours(server, client_id)).and_then(|claims| claims.identity(now))
}

/// The same for an id_token that came for a code: one of another issuer, for another client, or without
/// the nonce of this sign-in (step 11) refuses the whole answer, because the code was somebody else's.
/// One that has ended or cannot be read says nothing.
pub(super) fn read_own(
    id_token: &str,
    server: &AuthorizationServer,
    client_id: &str,
    nonce: &str,
    now: DateTime<Utc>,
) -> Result<Option<Identity>, OAuthError> {
    let Some(claims) = claims(id_token) else { return Ok(None) };
    if !claims.is_ours(server, client_id) || claims.nonce.as_deref() != Some(nonce) {
        return Err(OAuthError::ForeignTokens);
    }
    Ok(claims.identity(now))
}

fn claims(id_token: &str) -> Option<Claims> {
    let mut parts = id_token.split('.');
    let (_header, payload, _signature) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let payload = URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?;
    serde_json::from_slice(&payload).ok()
}

impl Claims {
    fn is_ours(&self, server: &AuthorizationServer, client_id: &str) -> bool {
        let for_us = match &self.aud {
            Audience::One(audience) => audience == client_id,
            Audience::Many(audiences) => {
                audiences.iter().any(|audience| audience == client_id)
                    && (audiences.len() == 1 || self.azp.as_deref() == Some(client_id))
            }
        };
        let by_us = self.azp.as_deref().is_none_or(|party| party == client_id);
        same_issuer(&server.issuer, &self.iss) && for_us && by_us
    }

    fn identity(self, now: DateTime<Utc>) -> Option<Identity> {
        #[allow(clippy::cast_precision_loss)] // Seconds since 1970 are far below 2^52.
        let alive = self.exp > (now.timestamp() - LEEWAY) as f64;
        let named = !self.sub.is_empty()
            && self.sub.len() <= LONGEST_SUBJECT
            && self.sub.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        (alive && named).then(|| Identity {
            subject: self.sub,
            email: self.email.and_then(shown),
            name: self.name.and_then(shown),
        })
    }
}

/// A text that is short enough to show and holds nothing that could change how it looks.
fn shown(claim: serde_json::Value) -> Option<String> {
    let serde_json::Value::String(text) = claim else { return None };
    let text = text.trim();
    let odd = |character: char| {
        character.is_control()
            || matches!(character, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
    };
    (!text.is_empty() && text.chars().count() <= LONGEST_TEXT && !text.chars().any(odd)).then(|| text.to_owned())
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    azp: Option<String>,
    exp: f64,
    nonce: Option<String>,
    email: Option<serde_json::Value>,
    name: Option<serde_json::Value>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use url::Url;

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000, 0).unwrap()
    }

    fn read_claims(change: impl FnOnce(&mut serde_json::Value)) -> Option<Identity> {
        let mut claims = json!({
            "iss": "https://sign-in.example", "sub": "user_01", "aud": "client_01", "exp": 1_800_000_300,
            "email": "ada@example.org", "name": "Ada",
        });
        change(&mut claims);
        read_token(&format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(claims.to_string())))
    }

    fn read_token(token: &str) -> Option<Identity> {
        let issuer = Url::parse("https://sign-in.example").unwrap();
        let server = AuthorizationServer {
            device_authorization_endpoint: None,
            token_endpoint: issuer.clone(),
            revocation_endpoint: None,
            code: crate::oauth::CodeOffer::No,
            issuer,
        };
        read(token, &server, "client_01", now())
    }

    #[test]
    fn a_token_for_this_client_from_this_issuer_says_who_signed_in() {
        let identity = read_claims(|_| ()).unwrap();
        assert_eq!(identity.subject, "user_01");
        assert_eq!(identity.email.as_deref(), Some("ada@example.org"));
        assert_eq!(identity.name.as_deref(), Some("Ada"));
        assert!(read_claims(|claims| claims["aud"] = json!(["client_01"])).is_some());
        assert!(read_claims(|claims| claims["exp"] = json!(1_799_999_950)).is_some());
        assert!(
            read_claims(|claims| {
                claims["aud"] = json!(["other", "client_01"]);
                claims["azp"] = json!("client_01");
            })
            .is_some()
        );
    }

    #[test]
    fn a_token_of_another_issuer_for_another_client_or_from_the_past_says_nothing() {
        assert_eq!(read_claims(|claims| claims["iss"] = json!("https://other.example")), None);
        assert_eq!(read_claims(|claims| claims["aud"] = json!("client_02")), None);
        assert_eq!(read_claims(|claims| claims["aud"] = json!([])), None);
        assert_eq!(read_claims(|claims| claims["aud"] = json!(["client_01", "client_02"])), None);
        assert_eq!(read_claims(|claims| claims["azp"] = json!("client_02")), None);
        assert_eq!(read_claims(|claims| claims["exp"] = json!(1_799_999_940)), None);
        assert_eq!(read_claims(|claims| claims["exp"] = json!("never")), None);
        assert_eq!(read_claims(|claims| claims["sub"] = json!("")), None);
        assert_eq!(read_claims(|claims| claims["sub"] = json!("x".repeat(256))), None);
        assert_eq!(read_claims(|claims| claims["sub"] = json!("a\nb")), None);
    }

    #[test]
    fn claims_that_cannot_be_shown_are_left_out() {
        let identity = read_claims(|claims| {
            claims["email"] = json!({"address": "ada@example.org"});
            claims["name"] = json!("Ada\u{202e}ecalevoL");
        });
        let identity = identity.unwrap();
        assert_eq!((identity.email, identity.name), (None, None));
    }

    #[test]
    fn what_is_no_token_says_nothing() {
        for token in ["", "a", "a.b", "a.b.c", "e30.e30.e30", "e30.e30.e30.e30", "..", "\u{0}.\u{0}.\u{0}"] {
            assert_eq!(read_token(token), None, "{token}");
        }
    }

    #[test]
    fn a_persons_name_and_address_do_not_show_in_debug_output() {
        let identity = read_claims(|_| ()).unwrap();
        assert_eq!(format!("{identity:?}"), "Identity { .. }");
    }
}
