//! Owns Memory OS: its description and behaviour. Leaves out the shapes of its JSON (wire.rs).

mod refusals;
mod wire;

use super::answer::{done, is_html, speaks_of_a_key};
use super::exchange::{address, one_segment, send};
use super::fields::Fields;
use super::{
    Answer, Call, CreatedKey, Description, EnvironmentChoice, EnvironmentFrom, ExpiryMeans, Glyph, Identified, Listing,
    Means, NewKey, Preset, Provider, ProviderError, Recipe, ReportsUse, ScopeChoice, SignInMethod, Tested, Verdict,
    own_row,
};
use crate::clock::{Clock as _, SystemClock};
use crate::domain::{Offered, ProviderId, Usage, Workspace};
use crate::http::{Request, Response};
use async_trait::async_trait;
use refusals::refusal;
use serde_json::{Value, json};

/// Its id.
pub const ID: ProviderId = ProviderId::named("memory-os");

const KEY_PREFIXES: [&str; 2] = ["mos_live_", "mos_test_"];

/// Its own pages name two base addresses: the examples the first, the pages on its SDKs the second.
/// Which one answers cannot be told without asking. No address of its dashboard is published; its
/// site is.
static DESCRIPTION: Description = Description {
    id: ID,
    name: "Memory OS",
    short_name: "Memory OS",
    summary: "Memories, search and context, with scopes and a rate limit per key.",
    glyph: Glyph {
        hue: 182,
        path: "m8 2.25 5.75 2.9L8 8.05l-5.75-2.9zM2.25 8 8 10.9 13.75 8M2.25 10.85 8 13.75l5.75-2.9",
    },
    key_prefixes: &KEY_PREFIXES,
    host: "https://api.mymemoryos.com/api/v1",
    other_hosts: &["https://api.mymemoryos.com/v1"],
    sign_in: SignInMethod::AdminKey { any_of: &["admin", "*"] },
    keys_page: "https://mymemoryos.com",
    sign_up_page: "https://mymemoryos.com",
    documentation: "https://api.mymemoryos.com/docs/api/authentication",
    variables: &["MEMORYOS_API_KEY", "MEMORY_OS_API_KEY"],
    scopes: &[
        ScopeChoice { id: "memories:read", words: "Read memories", sensitive: false, preselected: true },
        ScopeChoice {
            id: "memories:write",
            words: "Add, change and delete memories",
            sensitive: false,
            preselected: true,
        },
        ScopeChoice {
            id: "search:read",
            words: "Search memories and get context",
            sensitive: false,
            preselected: true,
        },
        ScopeChoice { id: "admin", words: "List and create keys, read usage", sensitive: true, preselected: false },
        ScopeChoice { id: "*", words: "Everything", sensitive: true, preselected: false },
    ],
    presets: &[
        Preset { label: "Read only", scopes: &["memories:read", "search:read"] },
        Preset { label: "Default", scopes: &["memories:read", "memories:write", "search:read"] },
        Preset { label: "Full", scopes: &["*"] },
    ],
    environments: &[
        EnvironmentChoice { id: "live", label: "Live", words: "counts towards billing", prefix: "mos_live_" },
        EnvironmentChoice { id: "test", label: "Test", words: "free", prefix: "mos_test_" },
    ],
    environment: EnvironmentFrom::FromPrefix,
    list: Means::Native,
    create: Means::Native,
    revoke: Means::Asked,
    expiry: ExpiryMeans::ReminderOnly,
    workspace: false,
    project: false,
    rate_limit: true,
    reports_use: ReportsUse::No,
    usage: true,
    longest_name: 100,
    dashboard_steps: &[],
    caution: Some(
        "Its documentation starts the npm packages @memory-os/sdk and @memoryos/mcp-server. Neither is registered: \
         whoever takes such a name would receive your key. The Python package MemoryOS belongs to somebody else.",
    ),
    recipe: Recipe {
        path: "/memories",
        mcp_path: None,
        cautions: &[
            ("python", "The Python package MemoryOS on PyPI is another project's. This text needs httpx only."),
            (
                "javascript",
                "The documented npm packages @memory-os/sdk and @memoryos/mcp-server aren't registered. This text needs none.",
            ),
            (
                "mcp",
                "Memory OS publishes no address of an MCP server that takes a key in a header. Put in the one you run or were given: the key goes there.",
            ),
        ],
    },
};

/// Memory OS.
#[derive(Debug, Clone, Copy)]
pub struct MemoryOs;

#[async_trait]
impl Provider for MemoryOs {
    fn description(&self) -> &'static Description {
        &DESCRIPTION
    }

    async fn list_keys(&self, call: &Call<'_>, _: &[Workspace]) -> Result<Listing, ProviderError> {
        list(call).await
    }

    /// The answer says little of the new key, so what was sent is kept as its facts. There is no end
    /// that could be asked for.
    async fn create_key(&self, call: &Call<'_>, new_key: &NewKey) -> Result<CreatedKey, ProviderError> {
        let mut body = json!({"name": new_key.name.as_str()});
        if !new_key.scopes.is_empty() {
            body["scopes"] = json!(new_key.scopes);
        }
        if let Some(limit) = new_key.rate_limit {
            body["rate_limit"] = json!(limit);
        }
        // Sent once, over a connection of its own: a lost answer may mean that the key exists.
        let request = call.http.post(address(call.host, KEYS)).bearer(call.credential).json(&body).fresh_connection();
        let response = send(call, request).await?;
        if !response.is_success() {
            return Err(refusal(&response, call.credential));
        }
        let Some((secret, mut facts)) = wire::created(&response) else { return Err(not_understood(&response, call)) };
        facts.prefix = Some(Fields(&KEY_PREFIXES).own_head(facts.prefix.as_deref(), &secret));
        let environment = facts.prefix.as_deref().and_then(|head| DESCRIPTION.environment_of(head));
        facts.environment = facts.environment.or_else(|| environment.map(str::to_owned));
        facts.scopes = facts.scopes.or_else(|| Some(new_key.scopes.clone()).filter(|scopes| !scopes.is_empty()));
        facts.rate_limit = facts.rate_limit.or(new_key.rate_limit);
        Ok(CreatedKey { secret, facts, expiry: Offered::NotAsked })
    }

    /// Not documented, so it is asked for. A 404 is taken as "no such key" only when the answer speaks of
    /// a key: a missing route answers 404 as well.
    async fn revoke_key(&self, call: &Call<'_>, remote_id: &str, _: Option<&str>) -> Result<(), ProviderError> {
        // An empty or dotted id would make another address of this one.
        if matches!(remote_id, "" | "." | "..") {
            return Err(ProviderError::Invalid(Answer::default()));
        }
        let url = address(call.host, &format!("{KEYS}/{}", one_segment(remote_id)));
        let response = send(call, call.http.delete(url).bearer(call.credential).fresh_connection()).await?;
        if response.is_success() {
            let believed = !is_html(&response) && done(&response);
            return if believed { Ok(()) } else { Err(not_understood(&response, call)) };
        }
        if response.status == 404 && speaks_of_a_key(&response) {
            return Err(ProviderError::NoSuchKey);
        }
        Err(refusal(&response, call.credential))
    }

    /// Whoever may list may create (`admin`, by its table of scopes); whether keys can be revoked at all
    /// is not known before it is asked for. Nothing names the account.
    async fn identify(&self, call: &Call<'_>) -> Result<Identified, ProviderError> {
        match list(call).await {
            Ok(listing) => {
                let key = own_row(&listing.keys, call.credential).cloned();
                let scopes = key.as_ref().and_then(|key| key.scopes.clone());
                let (can_list, can_create) = (Some(true), Some(true));
                Ok(Identified { scopes, key, can_list, can_create, ..Identified::default() })
            }
            Err(ProviderError::LacksScope { scope, .. }) => Ok(Identified {
                lacks: vec![scope],
                can_list: Some(false),
                can_create: Some(false),
                can_revoke: Some(false),
                ..Identified::default()
            }),
            Err(error) => Err(error),
        }
    }

    /// A 403 that names a scope proves that the key is genuine.
    async fn test(&self, call: &Call<'_>) -> Result<Tested, ProviderError> {
        let began = SystemClock.now();
        let response = send(call, get(call, MEMORIES)).await?;
        let latency = SystemClock.now() - began;
        let tested = |verdict| Tested { verdict, status: response.status, latency, subject: None, workspace: None };
        if response.is_success() {
            let json = !is_html(&response) && response.json::<Value>().is_some();
            return if json { Ok(tested(Verdict::Works)) } else { Err(not_understood(&response, call)) };
        }
        match refusal(&response, call.credential) {
            ProviderError::Refused(_) => Ok(tested(Verdict::Refused)),
            ProviderError::LacksScope { scope, .. } => Ok(tested(Verdict::LacksScope(scope))),
            error => Err(error),
        }
    }

    /// What this answers is not documented: whatever is a number is shown under its own name.
    async fn usage(&self, call: &Call<'_>) -> Result<Option<Usage>, ProviderError> {
        let response = send(call, get(call, USAGE)).await?;
        match response.status {
            _ if response.is_success() => {
                let (plan, lines) = wire::usage(&response).ok_or_else(|| not_understood(&response, call))?;
                Ok(Some(Usage { plan, lines, at: SystemClock.now() }))
            }
            404 | 405 | 501 => Ok(None),
            _ => Err(refusal(&response, call.credential)),
        }
    }
}

const KEYS: &str = "/keys";
const MEMORIES: &str = "/memories";
const USAGE: &str = "/usage";

fn get(call: &Call<'_>, path: &str) -> Request {
    call.http.get(address(call.host, path)).bearer(call.credential)
}

async fn list(call: &Call<'_>) -> Result<Listing, ProviderError> {
    let response = send(call, get(call, KEYS)).await?;
    if !response.is_success() {
        return Err(refusal(&response, call.credential));
    }
    let page = response.json::<Value>().filter(|_| !is_html(&response)).and_then(|answer| wire::key_page(&answer));
    let page = page.ok_or_else(|| not_understood(&response, call))?;
    // Last use is not documented; where an answer has it all the same, it is shown.
    let reports_use = page.keys.iter().any(|key| key.last_used_at.is_some());
    Ok(Listing { keys: page.keys, reports_use, partial: page.more })
}

fn not_understood(response: &Response, call: &Call<'_>) -> ProviderError {
    ProviderError::NotUnderstood(Answer::of(response, call.credential, &KEY_PREFIXES))
}
