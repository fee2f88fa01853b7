//! Owns everything that is asked of anybody: each call of each service, discovery, the device grant,
//! refresh and revocation; what each may send at most; and what came of it, in words that are searched.

use crate::answers::Fixtures;
use chrono::{DateTime, Utc};
use latchkey_core::domain::{KeyName, Secret, Workspace};
use latchkey_core::http::Http;
use latchkey_core::oauth::{self, AuthorizationServer, CodeOffer};
use latchkey_core::providers::{Call, NewKey, Provider, Seen};
use std::error::Error;
use std::fmt::{Debug, Write as _};
use url::Url;

/// The calls of a service.
pub(crate) const CALLS: &[&str] = &[
    "test",
    "probe",
    "identify",
    "list",
    "list of workspaces",
    "create",
    "create with an end",
    "revoke",
    "revoke a strange id",
    "workspaces",
    "usage",
];

/// The calls of an authorization server.
pub(crate) const SIGN_IN_CALLS: &[&str] = &["sign in", "discover", "start", "ask", "refresh", "revoke"];

/// How many requests a call may send at most.
pub(crate) fn most_requests(call: &str) -> usize {
    match call {
        "test" | "probe" | "identify" | "list of workspaces" | "create with an end" | "usage" | "discover" => 2,
        "sign in" => 4,
        _ => 1,
    }
}

/// The kind of recorded answer that fits a call.
pub(crate) fn fitting(call: &str) -> &'static str {
    match call {
        "list" | "list of workspaces" => "list",
        "create" | "create with an end" => "create",
        "revoke" | "revoke a strange id" => "revoke",
        "usage" => "usage",
        _ => "probe",
    }
}

/// What came of a call.
pub(crate) struct Outcome {
    /// The kind of error, or `ok`.
    pub(crate) kind: String,
    /// Everything that an error says, in each way it can be said.
    pub(crate) words: String,
}

fn outcome<T: Debug, E: Error>(result: &Result<T, E>) -> Outcome {
    match result {
        Ok(_) => Outcome { kind: "ok".to_owned(), words: String::new() },
        Err(error) => {
            let debug = format!("{error:?}");
            let kind = debug.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_owned();
            let mut words = format!("{error} {error:#?} {debug}");
            let mut cause = error.source();
            while let Some(inner) = cause {
                let _ = write!(words, " {inner} {inner:?}");
                cause = inner.source();
            }
            Outcome { kind, words }
        }
    }
}

/// Asks a service.
pub(crate) async fn ask_service(
    provider: &dyn Provider,
    call: &str,
    http: &Http,
    host: &Url,
    credential: &Secret,
    strange_id: &str,
) -> Outcome {
    let seen = Seen::default();
    let to = Call { http, host, credential, seen: &seen };
    let workspaces: Vec<Workspace> = ["w1", "w2"]
        .map(|id| Workspace { id: id.to_owned(), name: String::new(), role: "owner".to_owned(), is_default: false })
        .into();
    let mut new_key = NewKey::named(KeyName::parse("work-laptop", 40).unwrap());
    match call {
        "test" => outcome(&provider.test(&to).await),
        "probe" => outcome(&provider.probe(&to).await),
        "identify" => outcome(&provider.identify(&to).await),
        "list" => outcome(&provider.list_keys(&to, &[]).await),
        "list of workspaces" => outcome(&provider.list_keys(&to, &workspaces).await),
        "create" => outcome(&provider.create_key(&to, &new_key).await),
        "create with an end" => {
            new_key.expires_at = Some(moment());
            outcome(&provider.create_key(&to, &new_key).await)
        }
        "revoke" => outcome(&provider.revoke_key(&to, "key_1", Some("w1")).await),
        "revoke a strange id" => outcome(&provider.revoke_key(&to, strange_id, None).await),
        "workspaces" => outcome(&provider.workspaces(&to).await),
        "usage" => outcome(&provider.usage(&to).await),
        other => panic!("{other} is no call"),
    }
}

/// Asks an authorization server. `secret` is the refresh token.
pub(crate) async fn ask_authorization(call: &str, http: &Http, base: &Url, secret: &Secret) -> Outcome {
    const CLIENT: &str = "client_01TEST";
    let known = AuthorizationServer {
        issuer: base.clone(),
        device_authorization_endpoint: Some(base.join("device").unwrap()),
        token_endpoint: base.join("token").unwrap(),
        revocation_endpoint: Some(base.join("revoke").unwrap()),
        code: CodeOffer::No,
    };
    let scopes = ["openid", "offline_access"];
    match call {
        "discover" => outcome(&oauth::discover(http, base).await),
        "start" => outcome(&oauth::start_device_grant(http, &known, CLIENT, &scopes, moment()).await),
        "refresh" => outcome(&oauth::refresh(http, &known, CLIENT, secret, moment()).await),
        "revoke" => outcome(&oauth::revoke(http, &known, CLIENT, secret).await),
        // From the first question to the last, at whatever endpoints the metadata named.
        _ => {
            let server = if call == "ask" {
                known
            } else {
                match oauth::discover(http, base).await {
                    Ok(server) => server,
                    failed => return outcome(&failed),
                }
            };
            match oauth::start_device_grant(http, &server, CLIENT, &scopes, moment()).await {
                Ok(mut grant) => outcome(&grant.ask(http, &server, CLIENT, moment()).await),
                failed => outcome(&failed),
            }
        }
    }
}

/// What is wrong with a request, if anything: it goes to the service's own paths, it carries the
/// account's credential and no other thing that identifies.
pub(crate) fn misbehaved(
    asked: &crate::small_server::Asked,
    fixtures: &Fixtures,
    credential: &str,
    host: &str,
) -> Option<&'static str> {
    if asked.header("host") != Some(host) {
        return Some("another host");
    }
    if asked.header("authorization") != Some(&format!("Bearer {credential}")) {
        return Some("another credential");
    }
    if ["cookie", "referer", "origin"].iter().any(|name| asked.header(name).is_some()) {
        return Some("a header that tells more");
    }
    if asked.target.split('/').any(|segment| matches!(segment, "." | ".."))
        || asked.target.contains(credential)
        || !asked.target.starts_with(&fixtures.base)
    {
        return Some("another path");
    }
    if asked.method == "DELETE" {
        let id = asked.target.strip_prefix(&fixtures.keys).and_then(|rest| rest.strip_prefix('/'));
        if !id.is_some_and(|id| !id.is_empty() && !id.contains(['/', '?', '#'])) {
            return Some("a DELETE of something that is no key");
        }
    }
    None
}

fn moment() -> DateTime<Utc> {
    "2026-11-21T00:00:00Z".parse().unwrap()
}
