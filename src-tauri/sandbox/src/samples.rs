//! Owns the demonstration keys of Memory API and Memory OS. Nobody knows their secrets, not even the
//! sandbox.

use crate::minting::{self, Order};
use crate::secrets;
use crate::service::{Environment, Service};
use crate::store::{ServiceKey, StoreError};
use crate::world::World;
use chrono::TimeDelta;

/// A believable key: its ages in days before now (after now for its end).
struct Sample {
    service: Service,
    name: &'static str,
    environment: Environment,
    scopes: &'static [&'static str],
    created: i64,
    used: Option<f64>,
    expires: Option<i64>,
    revoked: Option<i64>,
    rate_limit: Option<u32>,
}

const fn api(name: &'static str, scopes: &'static [&'static str], created: i64, used: Option<f64>) -> Sample {
    let (service, environment) = (Service::MemoryApi, Environment::Live);
    Sample { service, name, environment, scopes, created, used, expires: None, revoked: None, rate_limit: None }
}

const fn os(name: &'static str, scopes: &'static [&'static str], created: i64, used: Option<f64>) -> Sample {
    Sample { service: Service::MemoryOs, ..api(name, scopes, created, used) }
}

static SAMPLES: [Sample; 11] = [
    Sample { expires: Some(5), ..api("Checkout assistant", &["read", "write"], 85, Some(0.02)) },
    api("Nightly import", &["write"], 140, Some(0.4)),
    Sample { environment: Environment::Test, ..api("Integration tests", &["read", "write", "delete"], 64, Some(1.1)) },
    Sample { environment: Environment::Test, ..api("Trial notebook", &["read"], 9, None) },
    api("Old prototype", &["read", "write"], 300, Some(120.0)),
    Sample { expires: Some(-12), ..api("Spring hackathon", &["read"], 102, Some(13.0)) },
    Sample { revoked: Some(41), ..api("Printed on a slide by mistake", &["read", "write"], 47, Some(41.0)) },
    Sample { rate_limit: Some(120), ..os("Search widget", &["search:read"], 73, Some(0.1)) },
    os("Reading companion", &["memories:read", "memories:write", "search:read"], 31, Some(2.0)),
    Sample { environment: Environment::Test, ..os("Load generator", &["*"], 18, None) },
    Sample { revoked: Some(25), ..os("Former contractor", &["memories:read"], 190, Some(26.0)) },
];

/// Plants them, unless the store has keys of these services already.
pub(crate) fn plant(world: &World) -> Result<(), StoreError> {
    let now = world.clock.now();
    if !world.store.service_keys(None)?.is_empty() {
        return Ok(());
    }
    for sample in &SAMPLES {
        let order = Order {
            name: sample.name.into(),
            environment: sample.environment,
            scopes: sample.scopes.iter().map(|scope| (*scope).to_owned()).collect(),
            rate_limit: sample.rate_limit,
            expires_at: sample.expires.map(|days| now + TimeDelta::days(days)),
            ..Order::default()
        };
        let (secret, key) = minting::mint(sample.service, order, now - TimeDelta::days(sample.created));
        #[allow(clippy::cast_possible_truncation)] // Parts of a minute do not matter here.
        let used = sample.used.map(|days| now - TimeDelta::minutes((days * 24.0 * 60.0) as i64));
        let revoked_at = sample.revoked.map(|days| now - TimeDelta::days(days));
        let key = ServiceKey { last_used_at: used, revoked_at, ..key };
        world.store.put_service_key(&secrets::hash(&secret), &key)?;
    }
    Ok(())
}
