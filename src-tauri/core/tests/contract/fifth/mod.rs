//! Owns a service that nobody offers: the proof that a fifth one is a folder, a line of the registry and
//! a folder of fixtures. It is shaped unlike the four on purpose.

mod wire;

use async_trait::async_trait;
use latchkey_core::clock::{Clock as _, SystemClock};
use latchkey_core::domain::{Offered, ProviderId, Workspace};
use latchkey_core::http::{Request, Response};
use latchkey_core::providers::{
    Answer, BUILT_IN, Call, CreatedKey, Description, EnvironmentFrom, ExpiryMeans, Glyph, Identified, ListedKey,
    Listing, Means, NewKey, Preset, Provider, ProviderError, Recipe, Registry, ReportsUse, ScopeChoice, SignInMethod,
    Tested, Verdict,
};
use serde_json::json;
use url::Url;

/// The registry with one line more.
pub(crate) const WITH_FIFTH: Registry = Registry::of(LINES);
const LINES: &[&dyn Provider] = &[BUILT_IN[0], BUILT_IN[1], BUILT_IN[2], BUILT_IN[3], &Fifth];

static DESCRIPTION: Description = Description {
    id: ProviderId::named("fifth-memory"),
    name: "Fifth Memory",
    short_name: "Fifth",
    summary: "Made up.",
    glyph: Glyph { hue: 120, path: "M4 4h8v8H4z" },
    key_prefixes: &["fth_"],
    host: "https://fifth.example/five",
    other_hosts: &[],
    sign_in: SignInMethod::AdminKey { any_of: &["manage"] },
    keys_page: "https://fifth.example/tokens",
    sign_up_page: "https://fifth.example",
    documentation: "https://fifth.example/docs",
    variables: &["FIFTH_TOKEN"],
    scopes: &[
        ScopeChoice { id: "use", words: "Use it", sensitive: false, preselected: true },
        ScopeChoice { id: "manage", words: "Manage tokens", sensitive: true, preselected: false },
    ],
    presets: &[Preset { label: "Default", scopes: &["use"] }],
    environments: &[],
    environment: EnvironmentFrom::None,
    list: Means::Native,
    create: Means::Native,
    revoke: Means::Native,
    expiry: ExpiryMeans::ReminderOnly,
    workspace: false,
    project: false,
    rate_limit: false,
    reports_use: ReportsUse::No,
    usage: false,
    longest_name: 40,
    dashboard_steps: &[],
    caution: None,
    recipe: Recipe { path: "/tokens/self", mcp_path: Some("/mcp"), cautions: &[] },
};

/// The service.
pub(crate) struct Fifth;

#[async_trait]
impl Provider for Fifth {
    fn description(&self) -> &'static Description {
        &DESCRIPTION
    }

    async fn list_keys(&self, call: &Call<'_>, _: &[Workspace]) -> Result<Listing, ProviderError> {
        let response = expected(call.http.get(below(call.host, "/tokens")), call).await?;
        let tokens: Option<Vec<wire::Token>> = response.json();
        let tokens = tokens.ok_or_else(|| ProviderError::NotUnderstood(answer(&response)))?;
        let keys = tokens.into_iter().map(ListedKey::from).collect();
        Ok(Listing { keys, reports_use: false, partial: false })
    }

    async fn create_key(&self, call: &Call<'_>, new_key: &NewKey) -> Result<CreatedKey, ProviderError> {
        let mut body = json!({"name": new_key.name.as_str()});
        if !new_key.scopes.is_empty() {
            body["scopes"] = json!(new_key.scopes);
        }
        let request = call.http.post(below(call.host, "/tokens")).json(&body).fresh_connection();
        let response = expected(request, call).await?;
        let made: Option<wire::Made> = response.json();
        let (secret, mut facts) = made.ok_or_else(|| ProviderError::NotUnderstood(answer(&response)))?.taken_apart();
        facts.prefix = Some(secret.prefix(DESCRIPTION.key_prefixes));
        Ok(CreatedKey { secret, facts, expiry: Offered::NotAsked })
    }

    async fn revoke_key(&self, call: &Call<'_>, remote_id: &str, _: Option<&str>) -> Result<(), ProviderError> {
        if remote_id.is_empty() || !remote_id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
            return Err(ProviderError::Invalid(Answer::default()));
        }
        let request = call.http.delete(below(call.host, &format!("/tokens/{remote_id}"))).fresh_connection();
        let response = expected(request, call).await?;
        if response.status == 204 { Ok(()) } else { Err(ProviderError::NotUnderstood(answer(&response))) }
    }

    async fn identify(&self, call: &Call<'_>) -> Result<Identified, ProviderError> {
        let known = |can: bool| Identified {
            can_list: Some(can),
            can_create: Some(can),
            can_revoke: Some(can),
            ..Identified::default()
        };
        match self.list_keys(call, &[]).await {
            Ok(listing) => {
                // Only the head is compared.
                let own = |key: &&ListedKey| {
                    key.prefix.as_ref().is_some_and(|head| call.credential.expose_secret().starts_with(head))
                };
                let key = listing.keys.iter().find(own).cloned();
                Ok(Identified { scopes: key.as_ref().and_then(|key| key.scopes.clone()), key, ..known(true) })
            }
            Err(ProviderError::LacksScope { scope, .. }) => Ok(Identified { lacks: vec![scope], ..known(false) }),
            Err(error) => Err(error),
        }
    }

    async fn test(&self, call: &Call<'_>) -> Result<Tested, ProviderError> {
        let began = SystemClock.now();
        let answered = expected(call.http.get(below(call.host, "/tokens/self")), call).await;
        let latency = SystemClock.now() - began;
        let tested = |verdict, status| Tested { verdict, status, latency, subject: None, workspace: None };
        match answered {
            Ok(response) if response.json::<wire::Fine>().is_some() => Ok(tested(Verdict::Works, response.status)),
            Ok(response) => Err(ProviderError::NotUnderstood(answer(&response))),
            Err(ProviderError::Refused(_)) => Ok(tested(Verdict::Refused, 401)),
            Err(error) => Err(error),
        }
    }
}

fn below(host: &Url, path: &str) -> Url {
    let mut url = host.clone();
    url.set_path(&format!("{}{path}", host.path().trim_end_matches('/')));
    url
}

fn answer(response: &Response) -> Answer {
    Answer { status: response.status, ..Answer::default() }
}

/// A success, or what the refusal means.
async fn expected(request: Request, call: &Call<'_>) -> Result<Response, ProviderError> {
    let response = request.bearer(call.credential).send().await?;
    let said = answer(&response);
    Err(match response.status {
        200..=299 => return Ok(response),
        300..=399 => ProviderError::Redirected { host: None, answer: said },
        401 => ProviderError::Refused(said),
        403 => match response.json::<wire::Refusal>().and_then(wire::Refusal::scope) {
            Some(scope) => ProviderError::LacksScope { scope, answer: said },
            None => ProviderError::Forbidden(said),
        },
        404 if response.json::<wire::Refusal>().is_some() => ProviderError::NoSuchKey,
        429 => ProviderError::RateLimited { retry_at: response.retry_at(SystemClock.now()), answer: said },
        500..=599 => ProviderError::Failed(said),
        _ => ProviderError::NotUnderstood(said),
    })
}
