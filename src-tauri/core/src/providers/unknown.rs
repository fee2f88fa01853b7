//! Owns what stands for a service that a newer version of Latchkey knew: its account and keys are
//! kept and shown, and nothing is ever sent for them.

use super::{
    Call, CreatedKey, Description, EnvironmentFrom, ExpiryMeans, Glyph, Identified, Listing, Means, NewKey, Provider,
    ProviderError, Recipe, ReportsUse, SignInMethod, Tested,
};
use crate::domain::{ProviderId, Workspace};
use async_trait::async_trait;

/// The unknown service.
#[derive(Debug, Clone, Copy)]
pub(super) struct Unknown;

static DESCRIPTION: Description = Description {
    id: ProviderId::named("unknown"),
    name: "Unknown service",
    short_name: "Unknown service",
    summary: "A newer version of Latchkey added this account.",
    glyph: Glyph { hue: 228, path: "M5.5 6a2.5 2.5 0 1 1 3.4 2.3c-.6.3-.9.7-.9 1.4M8 12.2v.1" },
    key_prefixes: &[],
    host: "",
    other_hosts: &[],
    sign_in: SignInMethod::Dashboard,
    keys_page: "",
    sign_up_page: "",
    documentation: "",
    variables: &[],
    scopes: &[],
    presets: &[],
    environments: &[],
    environment: EnvironmentFrom::None,
    list: Means::Guided,
    create: Means::Guided,
    revoke: Means::Guided,
    expiry: ExpiryMeans::ReminderOnly,
    workspace: false,
    project: false,
    rate_limit: false,
    reports_use: ReportsUse::No,
    usage: false,
    longest_name: 100,
    dashboard_steps: &[],
    caution: None,
    recipe: Recipe { path: "", mcp_path: None, cautions: &[] },
};

#[async_trait]
impl Provider for Unknown {
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
