//! Owns the making of keys at Memory API, Memory OS and MemoryKit, whoever asks: an API, a page, the
//! seed. Leaves out keeping them (store).

use crate::secrets;
use crate::service::{Environment, Service};
use crate::store::ServiceKey;
use chrono::{DateTime, Utc};
use serde_json::Value;

/// What a new key shall be.
#[derive(Debug)]
pub(crate) struct Order {
    pub(crate) name: String,
    pub(crate) environment: Environment,
    /// Empty for the service's own choice.
    pub(crate) scopes: Vec<String>,
    pub(crate) project: Option<String>,
    pub(crate) rate_limit: Option<u32>,
    pub(crate) expires_at: Option<DateTime<Utc>>,
}

impl Default for Order {
    fn default() -> Self {
        let name = String::new();
        Self { name, environment: Environment::Live, scopes: vec![], project: None, rate_limit: None, expires_at: None }
    }
}

/// Makes a key and its secret. The secret is not kept.
pub(crate) fn mint(service: Service, order: Order, now: DateTime<Utc>) -> (String, ServiceKey) {
    let secret = secrets::service_key(service, order.environment);
    let visible = service.prefix(order.environment).len() + if service == Service::MemoryApi { 12 } else { 6 };
    let scopes = if order.scopes.is_empty() {
        service.default_scopes().iter().map(|scope| (*scope).to_owned()).collect()
    } else {
        order.scopes
    };
    let key = ServiceKey {
        id: secrets::id("key"),
        service,
        name: order.name,
        prefix: secret.chars().take(visible).collect(),
        environment: order.environment,
        scopes,
        project: order.project,
        rate_limit: order.rate_limit,
        created_at: now,
        last_used_at: None,
        expires_at: order.expires_at,
        revoked_at: None,
    };
    (secret, key)
}

/// A list of this service's scopes, each once. `None` if it is anything else.
pub(crate) fn scopes(service: Service, value: &Value) -> Option<Vec<String>> {
    let mut scopes = Vec::new();
    for value in value.as_array()? {
        let scope = value.as_str().filter(|scope| service.scopes().contains(scope))?;
        if !scopes.iter().any(|other| other == scope) {
            scopes.push(scope.to_owned());
        }
    }
    Some(scopes)
}
