//! Owns MemoryKit: its description and its probe. Leaves out the shapes of its JSON (wire.rs).

mod refusals;
mod wire;

use super::answer::is_html;
use super::exchange::{address, send};
use super::{
    Answer, Call, CreatedKey, Description, EnvironmentFrom, ExpiryMeans, Glyph, Identified, Listing, Means, NewKey,
    Preset, Provider, ProviderError, Recipe, ReportsUse, ScopeChoice, SignInMethod, Tested, Verdict,
};
use crate::clock::{Clock as _, SystemClock};
use crate::domain::{ProviderId, Usage, Workspace};
use crate::http::Response;
use async_trait::async_trait;
use chrono::TimeDelta;
use refusals::refusal;
use serde_json::Value;

/// Its id.
pub const ID: ProviderId = ProviderId::named("memory-kit");

const KEY_PREFIXES: [&str; 1] = ["ctx_"];

/// Keys are made, listed and ended in its dashboard alone. The interface that its command line uses
/// there is not documented, and asks for the account's password: it is not used. No deeper address
/// of the dashboard is published.
static DESCRIPTION: Description = Description {
    id: ID,
    name: "MemoryKit",
    short_name: "MemoryKit",
    summary: "Memory, chats and users for your app. One project per key.",
    glyph: Glyph {
        hue: 52,
        path: "M3.5 8.5h2.75a1 1 0 0 1 1 1v2.75a1 1 0 0 1-1 1H3.5a1 1 0 0 1-1-1V9.5a1 1 0 0 1 1-1zM9.75 8.5h2.75a1 1 0 0 1 1 1v2.75a1 1 0 0 1-1 1H9.75a1 1 0 0 1-1-1V9.5a1 1 0 0 1 1-1zM6.6 2.5h2.75a1 1 0 0 1 1 1v2.75a1 1 0 0 1-1 1H6.6a1 1 0 0 1-1-1V3.5a1 1 0 0 1 1-1z",
    },
    key_prefixes: &KEY_PREFIXES,
    host: "https://api.memorykit.io/v1",
    other_hosts: &[],
    sign_in: SignInMethod::Dashboard,
    keys_page: "https://platform.memorykit.io",
    sign_up_page: "https://platform.memorykit.io",
    documentation: "https://docs.memorykit.io/authentication",
    variables: &["MEMORYKIT_API_KEY"],
    scopes: &[
        ScopeChoice { id: "memories:read", words: "Read and search memories", sensitive: false, preselected: true },
        ScopeChoice {
            id: "memories:write",
            words: "Create, update and delete memories",
            sensitive: false,
            preselected: true,
        },
        ScopeChoice { id: "chats:read", words: "Read chat sessions and history", sensitive: false, preselected: false },
        ScopeChoice {
            id: "chats:write",
            words: "Create chats and send messages",
            sensitive: false,
            preselected: false,
        },
        ScopeChoice { id: "users:read", words: "Read user data", sensitive: false, preselected: false },
        ScopeChoice { id: "users:write", words: "Create and update users", sensitive: false, preselected: false },
    ],
    presets: &[
        Preset { label: "Read only", scopes: &["memories:read", "chats:read", "users:read"] },
        Preset {
            label: "Full",
            scopes: &["memories:read", "memories:write", "chats:read", "chats:write", "users:read", "users:write"],
        },
    ],
    environments: &[],
    environment: EnvironmentFrom::None,
    list: Means::Guided,
    create: Means::Guided,
    revoke: Means::Guided,
    expiry: ExpiryMeans::ReminderOnly,
    workspace: false,
    project: true,
    rate_limit: false,
    reports_use: ReportsUse::No,
    usage: true,
    longest_name: 100,
    dashboard_steps: &["API Keys", "Create API Key", "Name, project, scopes", "Copy the key"],
    caution: Some(
        "Its documentation names the npm package memorykit and packages of @memorykitio, which are not registered on \
         npm: whoever takes such a name would receive your key. The Python package memorykit belongs to somebody else.",
    ),
    recipe: Recipe {
        path: "/status",
        mcp_path: None,
        cautions: &[
            ("python", "The Python package memorykit on PyPI is another project's. This text needs httpx only."),
            ("javascript", "The documented package memorykit isn't registered on npm. This text needs none."),
            (
                "mcp",
                "MemoryKit publishes no address of an MCP server that takes a key in a header. Put in the one you run or were given: the key goes there.",
            ),
        ],
    },
};

/// MemoryKit.
#[derive(Debug, Clone, Copy)]
pub struct MemoryKit;

#[async_trait]
impl Provider for MemoryKit {
    fn description(&self) -> &'static Description {
        &DESCRIPTION
    }

    async fn list_keys(&self, _: &Call<'_>, _: &[Workspace]) -> Result<Listing, ProviderError> {
        Err(ProviderError::Unsupported)
    }

    async fn create_key(&self, _: &Call<'_>, _: &NewKey) -> Result<CreatedKey, ProviderError> {
        Err(ProviderError::Unsupported)
    }

    async fn revoke_key(&self, _: &Call<'_>, _: &str, _: Option<&str>) -> Result<(), ProviderError> {
        Err(ProviderError::Unsupported)
    }

    /// Nothing that a key may call names its account or its scopes.
    async fn identify(&self, call: &Call<'_>) -> Result<Identified, ProviderError> {
        match self.test(call).await?.verdict {
            Verdict::Refused => Err(ProviderError::Refused(Answer { status: 401, ..Answer::default() })),
            Verdict::LacksScope(scope) => Ok(Identified { lacks: vec![scope], ..none_here() }),
            _ => Ok(none_here()),
        }
    }

    /// Judged by the status alone: its own sources do not agree on the body.
    async fn test(&self, call: &Call<'_>) -> Result<Tested, ProviderError> {
        let (response, latency) = status(call).await?;
        let tested = |verdict| Tested { verdict, status: response.status, latency, subject: None, workspace: None };
        if response.is_success() {
            return if is_html(&response) { Err(not_understood(&response, call)) } else { Ok(tested(Verdict::Works)) };
        }
        match refusal(&response, call.credential) {
            ProviderError::Refused(_) => Ok(tested(Verdict::Refused)),
            ProviderError::LacksScope { scope, .. } => Ok(tested(Verdict::LacksScope(scope))),
            error => Err(error),
        }
    }

    async fn usage(&self, call: &Call<'_>) -> Result<Option<Usage>, ProviderError> {
        let (response, _) = status(call).await?;
        if !response.is_success() {
            return Err(refusal(&response, call.credential));
        }
        let answer = response.json::<Value>().filter(|_| !is_html(&response));
        let answer = answer.ok_or_else(|| not_understood(&response, call))?;
        Ok(wire::usage(&answer, SystemClock.now()))
    }
}

const STATUS: &str = "/status";

/// The one request that a key of any scopes may be expected to make.
async fn status(call: &Call<'_>) -> Result<(Response, TimeDelta), ProviderError> {
    let began = SystemClock.now();
    let response = send(call, call.http.get(address(call.host, STATUS)).bearer(call.credential)).await?;
    Ok((response, SystemClock.now() - began))
}

/// Keys are made, listed and ended in the dashboard.
fn none_here() -> Identified {
    Identified { can_list: Some(false), can_create: Some(false), can_revoke: Some(false), ..Identified::default() }
}

fn not_understood(response: &Response, call: &Call<'_>) -> ProviderError {
    ProviderError::NotUnderstood(Answer::of(response, call.credential, &KEY_PREFIXES))
}
