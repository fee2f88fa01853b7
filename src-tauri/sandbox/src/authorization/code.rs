//! Owns the authorization endpoint (RFC 6749 section 3.1) for native apps: what may be asked, the page
//! that asks the person, and where the browser goes then (RFC 8252, RFC 9207). Leaves out tokens.

use super::page::{people, result, store_failed};
use super::{Refusal, metadata, parameters, refusal};
use crate::faults::Deviation;
use crate::html::{escape, page_with_way_out};
use crate::people::Person;
use crate::secrets;
use crate::store::AuthorizationCode;
use crate::switches::Part;
use crate::world::{Shared, World};
use axum::body::Bytes;
use axum::extract::{Extension, RawQuery, State};
use axum::http::header::{CACHE_CONTROL, LOCATION, REFERRER_POLICY};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use chrono::TimeDelta;
use std::collections::BTreeMap;
use std::net::IpAddr;
use url::Url;

/// Where it is.
pub(super) const PAGE: &str = "/authorize";

/// RFC 6749 section 4.1.2: "a maximum authorization code lifetime of 10 minutes is RECOMMENDED".
const CODE_SECONDS: i64 = 60;

/// A request that may be shown to a person: of a known client, back to a loopback address.
struct Asked<'a> {
    client: &'a str,
    redirect: Url,
    state: Option<&'a str>,
    scope: &'a str,
    challenge: &'a str,
    nonce: Option<&'a str>,
}

/// Why nobody is asked.
enum Wrong {
    /// Nobody knows where to send the browser, so it stays here (RFC 6749 section 4.1.2.1).
    Here(&'static str),
    /// The client is told, by its redirect address.
    There(Box<Url>, Option<String>, &'static str),
}

pub(super) async fn show(
    State(world): State<Shared>,
    deviation: Option<Extension<Deviation>>,
    RawQuery(query): RawQuery,
) -> Response {
    if !world.offers(Part::Loopback) {
        return result(StatusCode::NOT_FOUND, "There is nothing here", "This server signs in with codes alone.");
    }
    let deviation = deviation.map(|Extension(deviation)| deviation);
    let Ok(given) = once_each(query.as_deref().unwrap_or_default().as_bytes()) else {
        return refused("A parameter came twice.");
    };
    let asked = match ask(&world, &given) {
        Ok(asked) => asked,
        Err(wrong) => return say(&world, wrong, deviation),
    };
    if deviation == Some(Deviation::AuthorizationError) {
        let wrong = Wrong::There(Box::new(asked.redirect), asked.state.map(str::to_owned), "server_error");
        return say(&world, wrong, deviation);
    }
    approve_page(&world, &given, &asked)
}

pub(super) async fn decide(
    State(world): State<Shared>,
    deviation: Option<Extension<Deviation>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let Ok(given) = parameters(&headers, &body) else { return refused("A parameter came twice.") };
    let now = world.clock.now();
    // The token first: without it, nothing of what was sent counts as anybody's wish.
    if !given.get("form_token").is_some_and(|token| world.form_tokens.redeem(token, now)) {
        return result(
            StatusCode::FORBIDDEN,
            "This page was too old",
            "Nothing was decided. Go back to Latchkey and open the sign-in page again.",
        );
    }
    let deviation = deviation.map(|Extension(deviation)| deviation);
    let asked = match ask(&world, &given) {
        Ok(asked) => asked,
        Err(wrong) => return say(&world, wrong, deviation),
    };
    let approved = given.get("verdict").is_some_and(|verdict| verdict == "approve");
    let person = given.get("person").and_then(|number| number.parse().ok()).and_then(Person::by_number);
    let person = match person {
        Some(person) if approved => person,
        None if approved => return approve_page(&world, &given, &asked),
        _ => {
            let wrong = Wrong::There(Box::new(asked.redirect), asked.state.map(str::to_owned), "access_denied");
            return say(&world, wrong, deviation);
        }
    };
    let code = secrets::random_text();
    let kept = AuthorizationCode {
        client: asked.client.to_owned(),
        scope: asked.scope.to_owned(),
        challenge: asked.challenge.to_owned(),
        redirect_uri: given.get("redirect_uri").cloned().unwrap_or_default(),
        nonce: asked.nonce.map(str::to_owned),
        person: person.number,
        expires_at: now + TimeDelta::seconds(CODE_SECONDS),
    };
    if world.store.add_code(&secrets::hash(&code), &kept).is_err() {
        return store_failed();
    }
    world.statistics.count("authorization approved".into());
    go_back(&world, asked.redirect, asked.state, &[("code", &code)], deviation)
}

/// What was asked, each parameter once (RFC 6749 section 3.1); empty ones count as absent.
fn once_each(query: &[u8]) -> Result<BTreeMap<String, String>, Refusal> {
    let mut given = BTreeMap::new();
    for (name, value) in url::form_urlencoded::parse(query).into_owned().filter(|(_, value)| !value.is_empty()) {
        if given.insert(name, value).is_some() {
            return Err(refusal("invalid_request", "A parameter came twice."));
        }
    }
    Ok(given)
}

fn ask<'a>(world: &World, given: &'a BTreeMap<String, String>) -> Result<Asked<'a>, Wrong> {
    let parameter = |name: &str| given.get(name).map(String::as_str);
    let client = parameter("client_id").filter(|client| world.knows_client(client));
    let client = client.ok_or(Wrong::Here("This client_id is not known."))?;
    let redirect = parameter("redirect_uri").and_then(redirect_address);
    let redirect = redirect.ok_or(Wrong::Here("This redirect_uri is not registered."))?;
    let state = parameter("state");
    let there = |error| Wrong::There(Box::new(redirect.clone()), state.map(str::to_owned), error);
    if parameter("response_type") != Some("code") {
        return Err(there("unsupported_response_type"));
    }
    let scope = parameter("scope").unwrap_or_default();
    if scope.split(' ').any(|one| !one.is_empty() && !metadata::SCOPES.contains(&one)) {
        return Err(there("invalid_scope"));
    }
    // RFC 8252 section 8.1: a native app must use PKCE; RFC 7636 section 4.2: S256 where it can.
    let challenge = parameter("code_challenge").filter(|challenge| challenge.len() == 43);
    let challenge = challenge.filter(|_| parameter("code_challenge_method") == Some("S256"));
    let challenge = challenge.ok_or_else(|| there("invalid_request"))?;
    Ok(Asked { client, redirect: redirect.clone(), state, scope, challenge, nonce: parameter("nonce") })
}

/// Every known client is registered for `http://127.0.0.1/callback` and `http://[::1]/callback`, at any
/// port (RFC 8252 section 7.3): the literal, never the name, and nothing besides.
fn redirect_address(text: &str) -> Option<Url> {
    let address = Url::parse(text).ok()?;
    let literal = match address.host()? {
        url::Host::Ipv4(host) => IpAddr::V4(host),
        url::Host::Ipv6(host) => IpAddr::V6(host),
        url::Host::Domain(_) => return None,
    };
    let registered = [IpAddr::from([127, 0, 0, 1]), IpAddr::from([0, 0, 0, 0, 0, 0, 0, 1_u16])];
    // Compared as it was written, so that no second spelling of an address is the same address.
    let port = address.port()?;
    let host = if literal.is_ipv6() { format!("[{literal}]") } else { literal.to_string() };
    (registered.contains(&literal) && text == format!("http://{host}:{port}/callback")).then_some(address)
}

fn approve_page(world: &World, given: &BTreeMap<String, String>, asked: &Asked<'_>) -> Response {
    let hidden = given.iter().filter(|(name, _)| !["form_token", "person", "verdict"].contains(&name.as_str())).fold(
        String::new(),
        |fields, (name, value)| {
            let (name, value) = (escape(name), escape(value));
            fields + &format!("<input type=\"hidden\" name=\"{name}\" value=\"{value}\">\n")
        },
    );
    page_with_way_out(
        StatusCode::OK,
        "Approve the sign-in",
        &asked.redirect,
        &format!(
            r#"<h1>Let Latchkey sign in?</h1>
<p>A program on this computer wants to sign in to a pretend Basic Memory Cloud. Approve only if you have just asked Latchkey for it.</p>
<form method="post" action="{PAGE}">
{token}
{hidden}<div>
<label for="person">Sign in as</label>
<select id="person" name="person">{people}</select>
</div>
<div class="buttons">
<button class="first" id="approve" type="submit" name="verdict" value="approve">Approve</button>
<button id="deny" type="submit" name="verdict" value="deny">Deny</button>
</div>
</form>"#,
            token = world.form_tokens.field(world.clock.now()),
            people = people(),
        ),
    )
}

fn refused(why: &str) -> Response {
    result(StatusCode::BAD_REQUEST, "This sign-in cannot go on", why)
}

fn say(world: &World, wrong: Wrong, deviation: Option<Deviation>) -> Response {
    match wrong {
        Wrong::Here(why) => refused(why),
        Wrong::There(redirect, state, error) => {
            go_back(world, *redirect, state.as_deref(), &[("error", error)], deviation)
        }
    }
}

/// Sends the browser back with the state as it was given (RFC 6749 section 4.1.2) and the issuer (RFC 9207),
/// unless something shall go wrong.
fn go_back(
    world: &World,
    mut redirect: Url,
    state: Option<&str>,
    answer: &[(&str, &str)],
    deviation: Option<Deviation>,
) -> Response {
    let state = match deviation {
        Some(Deviation::NoState) => None,
        Some(Deviation::WrongState) => Some("a-state-that-nobody-asked-for"),
        _ => state,
    };
    let issuer = match deviation {
        Some(Deviation::NoIssuer) => None,
        Some(Deviation::WrongIssuer) => Some("http://127.0.0.1:9"),
        _ => Some(world.issuer.as_str()),
    };
    redirect
        .query_pairs_mut()
        .extend_pairs(answer)
        .extend_pairs(state.map(|state| ("state", state)))
        .extend_pairs(issuer.map(|issuer| ("iss", issuer)));
    let headers = [(LOCATION, redirect.as_str()), (CACHE_CONTROL, "no-store"), (REFERRER_POLICY, "no-referrer")];
    (StatusCode::SEE_OTHER, headers).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_registered_loopback_addresses_are_gone_back_to() {
        for text in ["http://127.0.0.1:4100/callback", "http://[::1]:4100/callback", "http://127.0.0.1:1/callback"] {
            assert!(redirect_address(text).is_some(), "{text}");
        }
        for text in [
            "http://localhost:4100/callback",
            "http://127.0.0.1/callback",
            "http://127.0.0.1:4100/callback/",
            "http://127.0.0.1:4100/other",
            "http://127.0.0.1:4100/callback?x=1",
            "http://127.0.0.1:4100/callback#x",
            "http://user@127.0.0.1:4100/callback",
            "https://127.0.0.1:4100/callback",
            "http://127.1:4100/callback",
            "http://2130706433:4100/callback",
            "http://127.0.0.2:4100/callback",
            "http://0.0.0.0:4100/callback",
            "http://127.0.0.1:04100/callback",
            "http://127.0.0.1:4100/./callback",
            "http://elsewhere.example:4100/callback",
            "app.latchkey:/callback",
            "",
        ] {
            assert!(redirect_address(text).is_none(), "{text}");
        }
    }
}
