//! Owns Memory API: its description and behaviour. Leaves out the shapes of its JSON (wire.rs).

use super::{
    Call, CreatedKey, Description, EnvironmentChoice, EnvironmentFrom, ExpiryMeans, Glyph, Identified, Listing, Means,
    NewKey, Preset, Provider, ProviderError, Recipe, ReportsUse, ScopeChoice, SignInMethod, Tested,
};
use crate::domain::{ProviderId, Workspace};
use async_trait::async_trait;

/// Its id.
pub const ID: ProviderId = ProviderId::named("memory-api");

const KEY_PREFIXES: [&str; 2] = ["mem_live_", "mem_test_"];

/// The host is that of its own page on authentication; the others are where the same documentation
/// is served for the same calls.
static DESCRIPTION: Description = Description {
    id: ID,
    name: "Memory API",
    short_name: "Memory API",
    summary: "Store and query memories over HTTP. Separate live and test keys.",
    glyph: Glyph {
        hue: 350,
        path: "M5.75 2.75c-1.5 0-1.5 1-1.5 2.5S4 8 2.75 8c1.25 0 1.5 1.25 1.5 2.75s0 2.5 1.5 2.5M10.25 2.75c1.5 0 1.5 1 1.5 2.5S12 8 13.25 8c-1.25 0-1.5 1.25-1.5 2.75s0 2.5-1.5 2.5M8 7.95v.1",
    },
    key_prefixes: &KEY_PREFIXES,
    host: "https://api.memory-api.com/v1",
    other_hosts: &["https://api.memory.tensorheart.com/v1", "https://memoryapi.tensorheart.com/v1"],
    sign_in: SignInMethod::AdminKey { any_of: &["admin"] },
    keys_page: "https://dashboard.memory-api.com",
    sign_up_page: "https://dashboard.memory-api.com",
    documentation: "https://memory.tensorheart.com",
    variables: &["MEMORY_API_KEY"],
    scopes: &[
        ScopeChoice {
            id: "read",
            words: "Read memories, usage and the list of keys",
            sensitive: false,
            preselected: true,
        },
        ScopeChoice { id: "write", words: "Add and change memories", sensitive: false, preselected: true },
        ScopeChoice { id: "delete", words: "Delete memories", sensitive: false, preselected: false },
        ScopeChoice { id: "admin", words: "Create and revoke keys", sensitive: true, preselected: false },
    ],
    presets: &[
        Preset { label: "Read only", scopes: &["read"] },
        Preset { label: "Default", scopes: &["read", "write"] },
        Preset { label: "Full", scopes: &["read", "write", "delete", "admin"] },
    ],
    environments: &[
        EnvironmentChoice { id: "live", label: "Live", words: "counts towards billing", prefix: "mem_live_" },
        EnvironmentChoice { id: "test", label: "Test", words: "free", prefix: "mem_test_" },
    ],
    environment: EnvironmentFrom::Chosen,
    list: Means::Native,
    create: Means::Native,
    revoke: Means::Native,
    expiry: ExpiryMeans::Native { min_days: 1, max_days: 365 },
    workspace: false,
    project: false,
    rate_limit: false,
    reports_use: ReportsUse::Yes,
    usage: true,
    longest_name: 255,
    dashboard_steps: &[],
    caution: Some(
        "Its documentation names the packages memory-api (Python) and @memory-api/sdk (npm). Neither is registered: \
         whoever takes such a name would receive your key.",
    ),
    recipe: Recipe {
        path: "/account",
        mcp_path: None,
        cautions: &[
            ("python", "The documented package memory-api isn't registered on PyPI. This text needs httpx only."),
            ("javascript", "The documented package @memory-api/sdk isn't registered on npm. This text needs none."),
        ],
    },
};

/// Memory API.
#[derive(Debug, Clone, Copy)]
pub struct MemoryApi;

#[async_trait]
impl Provider for MemoryApi {
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
