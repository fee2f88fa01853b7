//! Owns Memory OS: its description and behaviour. Leaves out the shapes of its JSON (wire.rs).

use super::{
    Call, CreatedKey, Description, EnvironmentChoice, EnvironmentFrom, ExpiryMeans, Glyph, Identified, Listing, Means,
    NewKey, Preset, Provider, ProviderError, Recipe, ReportsUse, ScopeChoice, SignInMethod, Tested,
};
use crate::domain::{ProviderId, Workspace};
use async_trait::async_trait;

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

    async fn list_keys(&self, _: &Call<'_>, _: &[Workspace]) -> Result<Listing, ProviderError> {
        Err(ProviderError::Unsupported)
    }

    async fn create_key(&self, _: &Call<'_>, _: &NewKey) -> Result<CreatedKey, ProviderError> {
        Err(ProviderError::Unsupported)
    }

    async fn revoke_key(&self, _: &Call<'_>, _: &str, _: Option<&str>) -> Result<(), ProviderError> {
        Err(ProviderError::Unsupported)
    }

    async fn identify(&self, _: &Call<'_>) -> Result<Identified, ProviderError> {
        Err(ProviderError::Unsupported)
    }

    async fn test(&self, _: &Call<'_>) -> Result<Tested, ProviderError> {
        Err(ProviderError::Unsupported)
    }
}
