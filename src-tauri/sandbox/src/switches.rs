//! Owns what is not known of the real services and can be one way or another: on the command line, and
//! while the sandbox runs. Leaves out acting on it.

use clap::{Args, ValueEnum};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What nobody has seen of the real services. The first value of each is what Latchkey assumes.
#[derive(Debug, Clone, Default, Args, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Switches {
    /// Parts of the services to leave out. Basic Memory: `list`, `revoke`, `expiry`; without all three is
    /// what is known of the real server, and without `loopback` its sign-in, which knows codes alone. The others with their service's name: `memory-api.usage`,
    /// `memory-os.list`, `memory-os.revoke`, `memory-os.usage`. Memory OS documents no revoke: what
    /// Latchkey assumes is `DELETE {base}/keys/{id}`.
    #[arg(long, value_name = "PARTS", value_enum, value_delimiter = ',')]
    pub without: Vec<Part>,

    /// How Memory API writes its errors. Its pages say `{"success":false,"error":{…}}`; its published
    /// source would answer `{"detail":{…}}`. Latchkey assumes nothing and reads both.
    #[arg(long, value_enum, default_value_t)]
    pub memory_api_errors: MemoryApiErrors,

    /// Below which path Memory OS answers. Its pages say /api/v1, its SDK pages /v1. Latchkey assumes
    /// /api/v1, and the address can be edited.
    #[arg(long, value_enum, default_value_t)]
    pub memory_os_base: MemoryOsBase,

    /// How Memory OS wraps its list of keys, which it does not document: `data` is an array in `data`,
    /// `keys` one in `data.keys`. Latchkey reads both.
    #[arg(long, value_enum, default_value_t)]
    pub memory_os_list: MemoryOsList,

    /// How Memory OS's list tells an ended key, which it does not document. Latchkey reads all three.
    #[arg(long, value_enum, default_value_t)]
    pub memory_os_state: MemoryOsState,

    /// Requests per minute that Memory API, Memory OS and MemoryKit allow, in place of what their plans
    /// say (300, 1000 and 300). A Memory OS key with a limit of its own keeps it. That a window slides is
    /// documented by MemoryKit; of the others Latchkey assumes nothing and waits until the time they name.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub rate_limit: Option<u32>,
}

impl Switches {
    /// Whether this part is there.
    pub fn offers(&self, part: Part) -> bool {
        !self.without.contains(&part)
    }

    /// The same with some switches set anew; why not, if a name or a value is unknown.
    pub(crate) fn changed(&self, change: Map<String, Value>) -> Result<Self, serde_json::Error> {
        let mut all = serde_json::to_value(self)?;
        for (name, value) in change {
            all[name] = value;
        }
        serde_json::from_value(all)
    }
}

/// A part of a service that Latchkey assumes and nobody has seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// Basic Memory's `GET /api/keys`; without it a new key's answer carries no id either.
    List,
    /// Basic Memory's `DELETE /api/keys/{id}`.
    Revoke,
    /// Basic Memory's `expires_at` on creation; without it the field is refused with 422.
    Expiry,
    /// The authorization code grant of Basic Memory's sign-in, with a loopback redirect.
    Loopback,
    /// Memory API's `GET /v1/usage`.
    #[value(name = "memory-api.usage")]
    #[serde(rename = "memory-api.usage")]
    MemoryApiUsage,
    /// Memory OS's `GET {base}/keys`.
    #[value(name = "memory-os.list")]
    #[serde(rename = "memory-os.list")]
    MemoryOsList,
    /// Memory OS's `DELETE {base}/keys/{id}`.
    #[value(name = "memory-os.revoke")]
    #[serde(rename = "memory-os.revoke")]
    MemoryOsRevoke,
    /// Memory OS's `GET {base}/usage`.
    #[value(name = "memory-os.usage")]
    #[serde(rename = "memory-os.usage")]
    MemoryOsUsage,
}

/// How Memory API writes its errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MemoryApiErrors {
    /// `{"success":false,"error":{"code","message","details"}}`
    #[default]
    Documented,
    /// `{"detail":{"code","message",…}}`
    Detail,
}

/// Below which path Memory OS answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MemoryOsBase {
    /// `/api/v1` and `/v1`
    #[default]
    Both,
    /// `/api/v1` alone
    Api,
    /// `/v1` alone
    V1,
}

/// How Memory OS wraps its list of keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MemoryOsList {
    /// `{"data": […]}`
    #[default]
    Data,
    /// `{"data": {"keys": […]}}`
    Keys,
}

/// How Memory OS's list tells an ended key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
#[value(rename_all = "snake_case")]
pub enum MemoryOsState {
    /// `"is_active": false`
    #[default]
    IsActive,
    /// `"status": "revoked"`
    Status,
    /// `"revoked_at": "2026-…"`
    RevokedAt,
}
