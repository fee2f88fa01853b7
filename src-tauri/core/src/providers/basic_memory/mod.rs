//! Owns Basic Memory Cloud: its description and behaviour. Leaves out the shapes of its JSON
//! (wire.rs) and what its refusals mean (refusals.rs).
//!
//! `POST /api/keys`, `GET /workspaces/` and `GET /proxy/health` are calls of the official CLI, its
//! trailing slashes included. Listing and revoking keys are not documented anywhere: they are
//! asked for, and every answer but the expected one is taken as "not offered" or "not understood".

mod projects;
mod refusals;
mod wire;

use super::answer::{done, is_html, speaks_of_a_key};
use super::exchange::{address, one_segment, send};
use super::fields::{Fields, KeyPage};
use super::{
    Answer, Call, CreatedKey, Description, EnvironmentFrom, ExpiryMeans, Glyph, Identified, ListedKey, Listing, Means,
    NewKey, Probe, Provider, ProviderError, Recipe, ReportsUse, SignInMethod, Tested, Verdict,
};
use crate::clock::{Clock as _, SystemClock};
use crate::domain::{Offered, ProviderId, Workspace};
use crate::http::{Request, Response};
use async_trait::async_trait;
use chrono::{DateTime, SecondsFormat, Utc};
pub use projects::{CloudProject, create_project, projects};
use refusals::refusal;
use serde_json::{Value, json};
use std::collections::HashMap;
use wire::CreatedAnswer;

const KEY_PREFIXES: [&str; 1] = ["bmc_"];
/// So many workspaces are asked at the same time.
const AT_ONCE: usize = 4;

/// Host, authorization server and client id are the official CLI's published ones (its settings
/// `cloud_host`, `cloud_domain`, `cloud_client_id`); pages are those its documentation names.
static DESCRIPTION: Description = Description {
    id: ProviderId::BASIC_MEMORY,
    name: "Basic Memory Cloud",
    short_name: "Basic Memory",
    summary: "Your notes and knowledge graph, in the cloud and on this computer.",
    glyph: Glyph {
        hue: 272,
        path: "M2.5 4.75a1.75 1.75 0 1 0 3.5 0a1.75 1.75 0 1 0 -3.5 0zM10.25 6.25a1.75 1.75 0 1 0 3.5 0a1.75 1.75 0 1 0 -3.5 0zM5 12a1.75 1.75 0 1 0 3.5 0a1.75 1.75 0 1 0 -3.5 0zM5.95 5.1l4.3.8M4.8 6.4l1.4 4M10.9 7.6 8 10.75",
    },
    key_prefixes: &KEY_PREFIXES,
    host: "https://cloud.basicmemory.com",
    other_hosts: &[],
    sign_in: SignInMethod::Browser {
        authorization_server: "https://eloquent-lotus-05.authkit.app",
        client_id: "client_01K6KWQPW6J1M8VV7R3TZP5A6M",
        scopes: &["openid", "profile", "email", "offline_access"],
    },
    // The web app; its keys are under Settings, API Keys. No deeper address is published.
    keys_page: "https://app.basicmemory.com",
    sign_up_page: "https://basicmemory.com/subscribe",
    documentation: "https://docs.basicmemory.com/cloud/api-keys",
    variables: &["BASIC_MEMORY_API_KEY"],
    scopes: &[],
    presets: &[],
    environments: &[],
    environment: EnvironmentFrom::None,
    list: Means::Asked,
    create: Means::Native,
    revoke: Means::Asked,
    expiry: ExpiryMeans::Asked,
    workspace: true,
    project: false,
    rate_limit: false,
    reports_use: ReportsUse::WithList,
    usage: false,
    longest_name: 100,
    dashboard_steps: &[],
    caution: None,
    recipe: Recipe { path: "/api/v2/projects", mcp_path: Some("/mcp"), cautions: &[] },
};

/// Basic Memory Cloud.
#[derive(Debug, Clone, Copy)]
pub struct BasicMemory;

#[async_trait]
impl Provider for BasicMemory {
    fn description(&self) -> &'static Description {
        &DESCRIPTION
    }

    async fn workspaces(&self, call: &Call<'_>) -> Result<Probe, ProviderError> {
        let response = send(call, get(call, WORKSPACES)).await?;
        reached(&response, call)
    }

    async fn list_keys(&self, call: &Call<'_>, workspaces: &[Workspace]) -> Result<Listing, ProviderError> {
        if workspaces.is_empty() {
            let page = list_one(call, None).await?;
            return Ok(merge(vec![(None, page)], false));
        }
        let mut pages = Vec::new();
        let mut refused = None;
        for some in workspaces.chunks(AT_ONCE) {
            let answers =
                futures::future::join_all(some.iter().map(|workspace| list_one(call, Some(&workspace.id)))).await;
            for (workspace, answer) in some.iter().zip(answers) {
                match answer {
                    Ok(page) => pages.push((Some(workspace.id.as_str()), page)),
                    // One workspace may refuse its members the list, or be gone. The others still count.
                    Err(
                        error @ (ProviderError::NotOwner(_)
                        | ProviderError::Forbidden(_)
                        | ProviderError::SubscriptionRequired { .. }
                        | ProviderError::NotOffered(_)),
                    ) => {
                        refused.get_or_insert(error);
                    }
                    // Anything else could make keys look gone that are there.
                    Err(error) => return Err(error),
                }
            }
        }
        match refused {
            Some(error) if pages.is_empty() => Err(error),
            refused => Ok(merge(pages, refused.is_some())),
        }
    }

    async fn create_key(&self, call: &Call<'_>, new_key: &NewKey) -> Result<CreatedKey, ProviderError> {
        let workspace = new_key.workspace.as_deref();
        let response = create(call, new_key.name.as_str(), workspace, new_key.expires_at).await?;
        match (response.status, new_key.expires_at) {
            (status @ (400 | 422), Some(_)) if refusals::names_the_expiry(&response) => {
                // The refusal says that nothing was made, so asking again makes one key at most.
                let response = create(call, new_key.name.as_str(), workspace, None).await?;
                created(&response, call, |_| Offered::No(status))
            }
            (_, None) => created(&response, call, |_| Offered::NotAsked),
            // A null, too, leaves open whether the service knows of an end at all.
            (_, Some(_)) => created(&response, call, |facts| match facts.expires_at {
                Some(Some(_)) => Offered::Yes,
                Some(None) | None => Offered::Unclear,
            }),
        }
    }

    /// A 404 is taken as "no such key" only when the answer speaks of a key. A missing route
    /// answers 404 as well, and taking that for a key that is gone would leave a live key behind.
    async fn revoke_key(&self, call: &Call<'_>, remote_id: &str, workspace: Option<&str>) -> Result<(), ProviderError> {
        // An empty or dotted id would make another address of this one.
        if matches!(remote_id, "" | "." | "..") {
            return Err(ProviderError::Invalid(Answer::default()));
        }
        let url = address(call.host, &format!("{KEYS}/{}", one_segment(remote_id)));
        let request = call.http.delete(url).bearer(call.credential).fresh_connection();
        let response = send(call, in_workspace(request, workspace)).await?;
        if response.is_success() {
            return if done(&response) { Ok(()) } else { Err(not_understood(&response, call)) };
        }
        if response.status == 404 && speaks_of_a_key(&response) {
            return Err(ProviderError::NoSuchKey);
        }
        Err(refusal(&response, call.credential))
    }

    /// One request where `GET /workspaces/` may be called, which also tells the workspace. Whether
    /// a key may call it is not known: after a 403, 404, 405 or 501 the CLI's own health check decides.
    async fn probe(&self, call: &Call<'_>) -> Result<Probe, ProviderError> {
        let response = send(call, get(call, WORKSPACES)).await?;
        match reached(&response, call) {
            Err(ProviderError::Forbidden(_) | ProviderError::NotOwner(_) | ProviderError::NotOffered(_)) => {
                let response = send(call, get(call, HEALTH)).await?;
                match response.status {
                    401 => Ok(Probe::Refused),
                    _ if !response.is_success() => Err(refusal(&response, call.credential)),
                    _ if is_html(&response) => Err(not_understood(&response, call)),
                    _ => Ok(Probe::Accepted { workspace: None, workspaces: Vec::new() }),
                }
            }
            reached => reached,
        }
    }

    async fn identify(&self, call: &Call<'_>) -> Result<Identified, ProviderError> {
        match self.probe(call).await? {
            Probe::Accepted { .. } => Ok(Identified::default()),
            Probe::Refused => Err(ProviderError::Refused(Answer { status: 401, ..Answer::default() })),
        }
    }

    async fn test(&self, call: &Call<'_>) -> Result<Tested, ProviderError> {
        let began = SystemClock.now();
        let probed = self.probe(call).await;
        let latency = SystemClock.now() - began;
        let tested = |verdict, status, workspace| Tested { verdict, status, latency, subject: None, workspace };
        match probed {
            Ok(Probe::Accepted { workspace, .. }) => Ok(tested(Verdict::Works, 200, workspace)),
            Ok(Probe::Refused) => Ok(tested(Verdict::Refused, 401, None)),
            Err(ProviderError::SubscriptionRequired { subscribe_page, .. }) => {
                Ok(tested(Verdict::SubscriptionInactive(Some(subscribe_page)), 403, None))
            }
            Err(error) => Err(error),
        }
    }
}

const WORKSPACES: &str = "/workspaces/";
const KEYS: &str = "/api/keys";
const HEALTH: &str = "/proxy/health";

fn get(call: &Call<'_>, path: &str) -> Request {
    call.http.get(address(call.host, path)).bearer(call.credential)
}

fn in_workspace(request: Request, workspace: Option<&str>) -> Request {
    match workspace {
        Some(workspace) => request.header("X-Workspace-ID", workspace),
        None => request,
    }
}

fn reached(response: &Response, call: &Call<'_>) -> Result<Probe, ProviderError> {
    if response.status == 401 {
        return Ok(Probe::Refused);
    }
    if !response.is_success() {
        return Err(refusal(response, call.credential));
    }
    let list = response.json::<Value>().and_then(|answer| wire::workspace_list(&answer));
    let list = list.ok_or_else(|| not_understood(response, call))?;
    Ok(Probe::Accepted { workspace: list.current, workspaces: list.workspaces })
}

async fn list_one(call: &Call<'_>, workspace: Option<&str>) -> Result<KeyPage, ProviderError> {
    let response = send(call, in_workspace(get(call, KEYS), workspace)).await?;
    if !response.is_success() {
        return Err(refusal(&response, call.credential));
    }
    let page = response.json::<Value>().and_then(|answer| wire::key_page(&answer));
    page.ok_or_else(|| not_understood(&response, call))
}

/// Puts the answers for several workspaces together, each key once. A key that only one workspace's
/// answer holds is in that workspace; one that shows up under two shows that the server did not
/// look at the header, and its workspace is what the key itself says, or unknown.
fn merge(pages: Vec<(Option<&str>, KeyPage)>, refused: bool) -> Listing {
    #[derive(PartialEq, Eq, Hash)]
    enum Same {
        Id(String),
        Looks(String, Option<String>, Option<DateTime<Utc>>),
    }
    let mut listing = Listing { partial: refused, ..Listing::default() };
    let mut seen: HashMap<Same, (usize, Option<&str>)> = HashMap::new();
    let mut said: Vec<bool> = Vec::new();
    for (asked, page) in pages {
        listing.partial |= page.more;
        for mut key in page.keys {
            listing.reports_use |= key.last_used_at.is_some();
            let same = match &key.remote_id {
                Some(id) => Same::Id(id.clone()),
                None => Same::Looks(key.name.clone(), key.prefix.clone(), key.created_at),
            };
            if let Some((at, first)) = seen.get(&same) {
                if *first != asked && !said[*at] {
                    listing.keys[*at].workspace = None;
                }
            } else {
                seen.insert(same, (listing.keys.len(), asked));
                said.push(key.workspace.is_some());
                key.workspace = key.workspace.or_else(|| asked.map(str::to_owned));
                listing.keys.push(key);
            }
        }
    }
    listing
}

async fn create(
    call: &Call<'_>,
    name: &str,
    workspace: Option<&str>,
    expires_at: Option<DateTime<Utc>>,
) -> Result<Response, ProviderError> {
    let body = match expires_at {
        Some(end) => json!({"name": name, "expires_at": end.to_rfc3339_opts(SecondsFormat::Secs, true)}),
        None => json!({"name": name}),
    };
    // Sent once, over a connection of its own: a lost answer may mean that the key exists.
    let request = call.http.post(address(call.host, KEYS)).bearer(call.credential).json(&body).fresh_connection();
    send(call, in_workspace(request, workspace)).await
}

fn created(
    response: &Response,
    call: &Call<'_>,
    expiry: impl FnOnce(&ListedKey) -> Offered,
) -> Result<CreatedKey, ProviderError> {
    if !response.is_success() {
        return Err(refusal(response, call.credential));
    }
    let Some(CreatedAnswer { secret: Some(secret), mut facts }) = response.json() else {
        return Err(not_understood(response, call));
    };
    let expiry = expiry(&facts);
    facts.prefix = Some(Fields(&KEY_PREFIXES).own_head(facts.prefix.as_deref(), &secret));
    Ok(CreatedKey { secret, facts, expiry })
}

fn not_understood(response: &Response, call: &Call<'_>) -> ProviderError {
    ProviderError::NotUnderstood(Answer::of(response, call.credential, &KEY_PREFIXES))
}
