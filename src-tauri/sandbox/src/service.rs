//! Owns which services are pretended, and what their keys look like. Leaves out how each answers.

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

/// A pretended service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Service {
    #[default]
    BasicMemory,
    MemoryApi,
    MemoryOs,
    MemoryKit,
}

/// Where a key may be used. MemoryKit knows no such thing; its keys are all `Live`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, ValueEnum)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Environment {
    Live,
    Test,
}

impl Environment {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Test => "test",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        [Self::Live, Self::Test].into_iter().find(|environment| environment.name() == name)
    }
}

impl Service {
    /// As tests and the store name it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::BasicMemory => "basic-memory",
            Self::MemoryApi => "memory-api",
            Self::MemoryOs => "memory-os",
            Self::MemoryKit => "memory-kit",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        [Self::BasicMemory, Self::MemoryApi, Self::MemoryOs, Self::MemoryKit]
            .into_iter()
            .find(|service| service.name() == name)
    }

    /// As people name it.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::BasicMemory => "Basic Memory",
            Self::MemoryApi => "Memory API",
            Self::MemoryOs => "Memory OS",
            Self::MemoryKit => "MemoryKit",
        }
    }

    /// What its keys begin with.
    pub(crate) fn prefix(self, environment: Environment) -> &'static str {
        match (self, environment) {
            (Self::BasicMemory, _) => "bmc_",
            (Self::MemoryApi, Environment::Live) => "mem_live_",
            (Self::MemoryApi, Environment::Test) => "mem_test_",
            (Self::MemoryOs, Environment::Live) => "mos_live_",
            (Self::MemoryOs, Environment::Test) => "mos_test_",
            (Self::MemoryKit, _) => "ctx_",
        }
    }

    /// Every scope it knows.
    pub(crate) fn scopes(self) -> &'static [&'static str] {
        match self {
            Self::BasicMemory => &[],
            Self::MemoryApi => &["read", "write", "delete", "admin"],
            Self::MemoryOs => &["memories:read", "memories:write", "search:read", "admin", "*"],
            Self::MemoryKit => {
                &["memories:read", "memories:write", "chats:read", "chats:write", "users:read", "users:write"]
            }
        }
    }

    /// The scopes of a key for which nobody named any.
    pub(crate) fn default_scopes(self) -> &'static [&'static str] {
        match self {
            Self::BasicMemory => &[],
            Self::MemoryApi => &["read", "write"],
            Self::MemoryOs => &["memories:read", "memories:write", "search:read"],
            Self::MemoryKit => &["memories:read"],
        }
    }

    /// The scope that opens everything.
    pub(crate) fn master_scope(self) -> Option<&'static str> {
        match self {
            Self::MemoryApi => Some("admin"),
            // Whether Memory OS's `admin` implies the others is not documented; only `*` is called full access.
            Self::MemoryOs => Some("*"),
            Self::BasicMemory | Self::MemoryKit => None,
        }
    }

    /// The projects a key can be for; one per key where there are any.
    pub(crate) fn projects(self) -> &'static [&'static str] {
        if self == Self::MemoryKit { &["Helpdesk", "Research notes", "Website chat"] } else { &[] }
    }

    /// The page in the browser where its keys are made and ended.
    pub(crate) fn keys_page(self) -> &'static str {
        match self {
            Self::BasicMemory => crate::cloud::KEYS_PAGE,
            Self::MemoryApi | Self::MemoryOs => "/dashboard",
            Self::MemoryKit => "/dashboard/api-keys",
        }
    }

    /// Requests per minute, from what each publishes of its plans: Memory API "Professional", Memory OS
    /// "Pro", MemoryKit for reading.
    pub(crate) fn requests_per_minute(self) -> u32 {
        match self {
            Self::MemoryOs => 1000,
            Self::BasicMemory | Self::MemoryApi | Self::MemoryKit => 300,
        }
    }
}
