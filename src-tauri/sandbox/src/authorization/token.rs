//! Owns the token endpoint (RFC 6749 section 3.2) and the revocation endpoint (RFC 7009).

use super::{Refusal, client, fresh, parameters, refusal};
use crate::faults::Deviation;
use crate::people::Person;
use crate::secrets;
use crate::store::{Code, DeviceState, Issued, Poll, Refreshed};
use crate::world::{Shared, World};
use axum::body::Bytes;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use std::collections::BTreeMap;

const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";

const INVALID_GRANT: Refusal = refusal("invalid_grant", "The grant is unknown, used up, revoked or not this client's.");

pub(super) async fn token(
    State(world): State<Shared>,
    deviation: Option<Extension<Deviation>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let parameters = parameters(&headers, &body)?;
    let client = client(&world, &parameters)?;
    match parameters.get("grant_type").map(String::as_str) {
        Some(DEVICE_CODE) => {
            world.statistics.count("grant device_code".into());
            redeem_device_code(&world, client, &parameters)
        }
        Some("authorization_code") => {
            world.statistics.count("grant authorization_code".into());
            redeem_code(&world, client, &parameters, deviation.map(|Extension(deviation)| deviation))
        }
        Some("refresh_token") => {
            world.statistics.count("grant refresh_token".into());
            refresh(&world, client, &parameters)
        }
        Some(_) => Err(refusal("unsupported_grant_type", "Only codes, device codes and refresh tokens are taken.")),
        None => Err(refusal("invalid_request", "grant_type is missing.")),
    }
}

/// RFC 8628 section 3.4 and 3.5.
fn redeem_device_code(world: &World, client: &str, parameters: &BTreeMap<String, String>) -> Result<Response, Refusal> {
    let Some(code) = parameters.get("device_code") else {
        return Err(refusal("invalid_request", "device_code is missing."));
    };
    let code = secrets::hash(code);
    let now = world.clock.now();
    let device = match world.store.poll_device(&code, client, now)? {
        Poll::Unknown => return Err(INVALID_GRANT),
        Poll::TooSoon => return Err(refusal("slow_down", "Wait five seconds more between polls.")),
        Poll::Stands(device) => device,
    };
    if !parameters.get("code_verifier").is_some_and(|verifier| secrets::answers_challenge(verifier, &device.challenge))
    {
        return Err(refusal("invalid_grant", "The code_verifier does not answer the code_challenge."));
    }
    match device.state {
        DeviceState::Redeemed => Err(INVALID_GRANT),
        DeviceState::Denied => Err(refusal("access_denied", "The sign-in was denied.")),
        _ if device.expires_at <= now => Err(refusal("expired_token", "The code is too old.")),
        DeviceState::Pending => Err(refusal("authorization_pending", "Nobody has decided yet.")),
        DeviceState::Approved(number) => {
            let person = Person::by_number(number).ok_or(INVALID_GRANT)?;
            if !world.store.redeem_device(&code)? {
                return Err(INVALID_GRANT);
            }
            let pair = Pair::mint(world, now, scope_has(&device.scope, "offline_access"));
            world.store.issue(number, &pair.issued(client, &device.scope))?;
            Ok(pair.answer(world, &About { person, client, scope: &device.scope, nonce: None }, now))
        }
    }
}

/// RFC 6749 section 4.1.3 and RFC 7636 section 4.5.
fn redeem_code(
    world: &World,
    client: &str,
    parameters: &BTreeMap<String, String>,
    deviation: Option<Deviation>,
) -> Result<Response, Refusal> {
    let Some(code) = parameters.get("code") else {
        return Err(refusal("invalid_request", "code is missing."));
    };
    let code = secrets::hash(code);
    let now = world.clock.now();
    let given = match world.store.take_code(&code, client)? {
        Code::Unknown => return Err(INVALID_GRANT),
        Code::Reused => {
            return Err(refusal("invalid_grant", "The code was used before, so the whole sign-in is revoked."));
        }
        Code::Good(given) => given,
    };
    if given.expires_at <= now || parameters.get("redirect_uri") != Some(&given.redirect_uri) {
        return Err(INVALID_GRANT);
    }
    if !parameters.get("code_verifier").is_some_and(|verifier| secrets::answers_challenge(verifier, &given.challenge)) {
        return Err(refusal("invalid_grant", "The code_verifier does not answer the code_challenge."));
    }
    let person = Person::by_number(given.person).ok_or(INVALID_GRANT)?;
    let pair = Pair::mint(world, now, scope_has(&given.scope, "offline_access"));
    world.store.issue_for_code(&code, given.person, &pair.issued(client, &given.scope))?;
    let client = if deviation == Some(Deviation::OtherClient) { "client_of_somebody_else" } else { client };
    let about = About { person, client, scope: &given.scope, nonce: given.nonce.as_deref() };
    Ok(pair.answer(world, &about, now))
}

/// RFC 6749 section 6, with rotation (RFC 9700 section 4.14.2).
fn refresh(world: &World, client: &str, parameters: &BTreeMap<String, String>) -> Result<Response, Refusal> {
    let Some(old) = parameters.get("refresh_token") else {
        return Err(refusal("invalid_request", "refresh_token is missing."));
    };
    let now = world.clock.now();
    let pair = Pair::mint(world, now, true);
    match world.store.refresh(&secrets::hash(old), &pair.issued(client, ""))? {
        Refreshed::Yes { person, scope } => {
            let person = Person::by_number(person).ok_or(INVALID_GRANT)?;
            Ok(pair.answer(world, &About { person, client, scope: &scope, nonce: None }, now))
        }
        Refreshed::Refused => Err(INVALID_GRANT),
        Refreshed::Reused => {
            Err(refusal("invalid_grant", "The refresh token was used before, so the whole sign-in is revoked."))
        }
    }
}

pub(super) async fn revoke(State(world): State<Shared>, headers: HeaderMap, body: Bytes) -> Result<Response, Refusal> {
    let parameters = parameters(&headers, &body)?;
    let client = client(&world, &parameters)?;
    let Some(token) = parameters.get("token") else {
        return Err(refusal("invalid_request", "token is missing."));
    };
    world.store.revoke_token(&secrets::hash(token), client)?;
    Ok(fresh(StatusCode::OK, &json!({})))
}

/// A new access token and perhaps a refresh token.
struct Pair {
    access: String,
    access_hash: [u8; 32],
    access_expires_at: DateTime<Utc>,
    refresh: Option<(String, [u8; 32])>,
}

impl Pair {
    fn mint(world: &World, now: DateTime<Utc>, with_refresh: bool) -> Self {
        let access = format!("sandbox_access_{}", secrets::random_text());
        Self {
            access_hash: secrets::hash(&access),
            access,
            access_expires_at: now + TimeDelta::seconds(world.settings.access_token_seconds.into()),
            refresh: with_refresh.then(|| {
                let refresh = format!("sandbox_refresh_{}", secrets::random_text());
                let hash = secrets::hash(&refresh);
                (refresh, hash)
            }),
        }
    }

    fn issued<'a>(&'a self, client: &'a str, scope: &'a str) -> Issued<'a> {
        Issued {
            access: &self.access_hash,
            access_expires_at: self.access_expires_at,
            refresh: self.refresh.as_ref().map(|(_, hash)| hash),
            client,
            scope,
        }
    }

    fn answer(self, world: &World, about: &About<'_>, now: DateTime<Utc>) -> Response {
        let mut answer = json!({
            "access_token": self.access,
            "token_type": "Bearer",
            "expires_in": world.settings.access_token_seconds,
            "scope": about.scope,
        });
        if let Some((refresh, _)) = self.refresh {
            answer["refresh_token"] = refresh.into();
        }
        if scope_has(about.scope, "openid") {
            answer["id_token"] = id_token(world, about, now).into();
        }
        fresh(StatusCode::OK, &answer)
    }
}

/// Who signed in, at which client, for what.
struct About<'a> {
    person: &'a Person,
    client: &'a str,
    scope: &'a str,
    nonce: Option<&'a str>,
}

/// Who signed in, OpenID Connect Core section 2. Signed with a key of this process: whoever takes it
/// straight from the token endpoint need not check it (section 3.1.3.7, point 6).
fn id_token(world: &World, about: &About<'_>, now: DateTime<Utc>) -> String {
    let About { person, client, scope, nonce } = about;
    let mut claims = json!({
        "iss": world.issuer,
        "aud": client,
        "sub": person.subject,
        "iat": now.timestamp(),
        "exp": (now + TimeDelta::seconds(world.settings.access_token_seconds.into())).timestamp(),
    });
    if let Some(nonce) = nonce {
        claims["nonce"] = (*nonce).into();
    }
    if scope_has(scope, "email") {
        claims["email"] = person.email.into();
        claims["email_verified"] = true.into();
    }
    if scope_has(scope, "profile") {
        claims["name"] = person.name.into();
    }
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(&json!({ "alg": "HS256", "typ": "JWT" })), part(&claims));
    let mut signature = <Hmac<Sha256> as Mac>::new(&world.signing_key.into());
    signature.update(signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.finalize().into_bytes()))
}

fn scope_has(scope: &str, word: &str) -> bool {
    scope.split(' ').any(|one| one == word)
}
