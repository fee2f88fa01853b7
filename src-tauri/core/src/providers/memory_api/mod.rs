//! Owns Memory API: its description and behaviour. Leaves out the shapes of its JSON (wire.rs).

mod refusals;
mod wire;

use super::answer::{done, is_html};
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
use chrono::{DateTime, Utc};
use refusals::refusal;
use serde_json::{Value, json};

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
            (
                "mcp",
                "Memory API publishes no address of an MCP server that takes a key in a header. Put in the one you run or were given: the key goes there.",
            ),
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

    async fn list_keys(&self, call: &Call<'_>, _: &[Workspace]) -> Result<Listing, ProviderError> {
        list(call).await
    }

    async fn create_key(&self, call: &Call<'_>, new_key: &NewKey) -> Result<CreatedKey, ProviderError> {
        let mut body = json!({"name": new_key.name.as_str()});
        if let Some(environment) = &new_key.environment {
            body["environment"] = json!(environment);
        }
        if !new_key.scopes.is_empty() {
            body["scopes"] = json!(new_key.scopes);
        }
        if let Some(end) = new_key.expires_at {
            body["expires_in_days"] = json!(whole_days(end, SystemClock.now()));
        }
        // Sent once, over a connection of its own: a lost answer may mean that the key exists.
        let request = call.http.post(address(call.host, KEYS)).bearer(call.credential).json(&body).fresh_connection();
        let response = send(call, request).await?;
        if !response.is_success() {
            return Err(refusal(&response, call.credential));
        }
        let Some((secret, mut facts)) = wire::created(&response) else { return Err(not_understood(&response, call)) };
        let expiry = match (new_key.expires_at, facts.expires_at) {
            (None, _) => Offered::NotAsked,
            (Some(_), Some(Some(_))) => Offered::Yes,
            (Some(_), _) => Offered::Unclear,
        };
        facts.prefix = Some(Fields(&KEY_PREFIXES).own_head(facts.prefix.as_deref(), &secret));
        facts.environment = facts.environment.or_else(|| new_key.environment.clone());
        Ok(CreatedKey { secret, facts, expiry })
    }

    /// A key that was revoked before is answered with 200 again.
    async fn revoke_key(&self, call: &Call<'_>, remote_id: &str, _: Option<&str>) -> Result<(), ProviderError> {
        // An empty or dotted id would make another address of this one.
        if matches!(remote_id, "" | "." | "..") {
            return Err(ProviderError::Invalid(Answer::default()));
        }
        let url = address(call.host, &format!("{KEYS}/{}", one_segment(remote_id)));
        let response = send(call, call.http.delete(url).bearer(call.credential).fresh_connection()).await?;
        if !response.is_success() {
            return Err(refusal(&response, call.credential));
        }
        if done(&response) { Ok(()) } else { Err(not_understood(&response, call)) }
    }

    /// The account's name, and what the key's own row of the list says of its scopes. `admin` satisfies
    /// every check of the service; without it a key can neither create nor revoke.
    async fn identify(&self, call: &Call<'_>) -> Result<Identified, ProviderError> {
        let response = send(call, get(call, ACCOUNT)).await?;
        let account = match response.status {
            _ if response.is_success() => wire::account(&response).ok_or_else(|| not_understood(&response, call))?,
            _ => match refusal(&response, call.credential) {
                ProviderError::LacksScope { scope, .. } => return Ok(powerless(scope)),
                error => return Err(error),
            },
        };
        let mut found = Identified { subject: account.id, account_name: account.name, ..Identified::default() };
        match list(call).await {
            Ok(listing) => {
                found.can_list = Some(true);
                found.key = own_row(&listing.keys, call.credential).cloned();
                found.scopes = found.key.as_ref().and_then(|key| key.scopes.clone());
                let admin = found.scopes.as_ref().map(|scopes| scopes.iter().any(|scope| scope == "admin"));
                (found.can_create, found.can_revoke) = (admin, admin);
                if admin == Some(false) {
                    found.lacks.push("admin".to_owned());
                }
            }
            Err(ProviderError::LacksScope { scope, .. }) => {
                return Ok(Identified { subject: found.subject, account_name: found.account_name, ..powerless(scope) });
            }
            Err(error) => return Err(error),
        }
        Ok(found)
    }

    async fn test(&self, call: &Call<'_>) -> Result<Tested, ProviderError> {
        let began = SystemClock.now();
        let response = send(call, get(call, ACCOUNT)).await?;
        let latency = SystemClock.now() - began;
        let tested = |verdict, subject| Tested { verdict, status: response.status, latency, subject, workspace: None };
        if response.is_success() {
            let account = wire::account(&response).ok_or_else(|| not_understood(&response, call))?;
            return Ok(tested(Verdict::Works, account.id));
        }
        match refusal(&response, call.credential) {
            ProviderError::Refused(_) => Ok(tested(Verdict::Refused, None)),
            ProviderError::LacksScope { scope, .. } => Ok(tested(Verdict::LacksScope(scope), None)),
            error => Err(error),
        }
    }

    /// The plan is named by the account, the counts stand apart: two requests.
    async fn usage(&self, call: &Call<'_>) -> Result<Option<Usage>, ProviderError> {
        let response = send(call, get(call, USAGE)).await?;
        let lines = match response.status {
            _ if response.is_success() => wire::usage(&response).ok_or_else(|| not_understood(&response, call))?,
            404 | 405 | 501 => return Ok(None),
            _ => return Err(refusal(&response, call.credential)),
        };
        let account = send(call, get(call, ACCOUNT)).await?;
        let plan = wire::account(&account).filter(|_| account.is_success()).and_then(|account| account.plan);
        Ok(Some(Usage { plan, lines, at: SystemClock.now() }))
    }
}

const KEYS: &str = "/account/api-keys";
const ACCOUNT: &str = "/account";
const USAGE: &str = "/usage";

fn get(call: &Call<'_>, path: &str) -> Request {
    call.http.get(address(call.host, path)).bearer(call.credential)
}

async fn list(call: &Call<'_>) -> Result<Listing, ProviderError> {
    let response = send(call, get(call, KEYS)).await?;
    if !response.is_success() {
        return Err(refusal(&response, call.credential));
    }
    if is_html(&response) {
        return Err(not_understood(&response, call));
    }
    let page = response.json::<Value>().and_then(|answer| wire::key_page(&answer));
    let page = page.ok_or_else(|| not_understood(&response, call))?;
    let reports_use = page.keys.iter().any(|key| key.last_used_at.is_some());
    Ok(Listing { keys: page.keys, reports_use, partial: page.more })
}

/// A key that may not even read: it acts for nothing here.
fn powerless(scope: String) -> Identified {
    let mut lacks = vec![scope];
    if lacks[0] != "admin" {
        lacks.push("admin".to_owned());
    }
    Identified {
        lacks,
        can_list: Some(false),
        can_create: Some(false),
        can_revoke: Some(false),
        ..Identified::default()
    }
}

/// Whole days until a moment, never past it unless less than one is left: 1 to 365.
fn whole_days(end: DateTime<Utc>, now: DateTime<Utc>) -> i64 {
    (end - now).num_days().clamp(1, 365)
}

fn not_understood(response: &Response, call: &Call<'_>) -> ProviderError {
    ProviderError::NotUnderstood(Answer::of(response, call.credential, &KEY_PREFIXES))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{TimeDelta, TimeZone as _};

    #[test]
    fn a_date_becomes_whole_days_that_do_not_pass_it() {
        let now = Utc.with_ymd_and_hms(2026, 11, 21, 10, 0, 0).unwrap();
        let end_of_day = |days: i64| now + TimeDelta::days(days) + TimeDelta::hours(13);
        assert_eq!(whole_days(end_of_day(30), now), 30);
        assert_eq!(whole_days(end_of_day(365), now), 365);
        assert_eq!(whole_days(end_of_day(0), now), 1);
        assert_eq!(whole_days(end_of_day(400), now), 365);
        assert_eq!(whole_days(now - TimeDelta::days(3), now), 1);
    }
}
