//! Owns the keys of the services other than Basic Memory, by hash. Leaves out who may make or end them.

use super::{KeyState, Store, StoreError, moment, state};
use crate::service::{Environment, Service};
use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, Row, named_params, params};

/// A key without its secret.
#[derive(Debug, Clone)]
pub(crate) struct ServiceKey {
    pub(crate) id: String,
    pub(crate) service: Service,
    pub(crate) name: String,
    pub(crate) prefix: String,
    pub(crate) environment: Environment,
    pub(crate) scopes: Vec<String>,
    pub(crate) project: Option<String>,
    /// Requests per minute, where a key has its own.
    pub(crate) rate_limit: Option<u32>,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) last_used_at: Option<DateTime<Utc>>,
    pub(crate) expires_at: Option<DateTime<Utc>>,
    pub(crate) revoked_at: Option<DateTime<Utc>>,
}

impl ServiceKey {
    pub(crate) fn state(&self, now: DateTime<Utc>) -> KeyState {
        state(self.revoked_at, self.expires_at, now)
    }

    /// Whether it may do what this scope stands for.
    pub(crate) fn may(&self, scope: &str) -> bool {
        let master = self.service.master_scope();
        self.scopes.iter().any(|held| held == scope || Some(held.as_str()) == master)
    }
}

const COLUMNS: &str = "id, service, name, prefix, environment, scopes, project, rate_limit, created_at, last_used_at, expires_at, revoked_at";

fn key(row: &Row<'_>) -> rusqlite::Result<ServiceKey> {
    let maybe = |column| Ok::<_, rusqlite::Error>(row.get::<_, Option<i64>>(column)?.map(moment));
    let service: String = row.get(1)?;
    let environment: String = row.get(4)?;
    let scopes: String = row.get(5)?;
    Ok(ServiceKey {
        id: row.get(0)?,
        service: Service::named(&service).unwrap_or_default(),
        name: row.get(2)?,
        prefix: row.get(3)?,
        environment: Environment::named(&environment).unwrap_or(Environment::Live),
        scopes: scopes.split_whitespace().map(str::to_owned).collect(),
        project: row.get(6)?,
        rate_limit: row.get(7)?,
        created_at: moment(row.get(8)?),
        last_used_at: maybe(9)?,
        expires_at: maybe(10)?,
        revoked_at: maybe(11)?,
    })
}

impl Store {
    /// Adds a key. One with the same id gives way: the sandbox's own keys get new secrets at each start.
    pub(crate) fn put_service_key(&self, secret: &[u8; 32], key: &ServiceKey) -> Result<(), StoreError> {
        let milliseconds = |moment: Option<DateTime<Utc>>| moment.map(|moment| moment.timestamp_millis());
        self.lock().execute(
            "INSERT OR REPLACE INTO service_keys
                 (secret, id, service, name, prefix, environment, scopes, project, rate_limit, created_at,
                  last_used_at, expires_at, revoked_at)
             VALUES (:secret, :id, :service, :name, :prefix, :environment, :scopes, :project, :rate_limit, :created_at,
                  :last_used_at, :expires_at, :revoked_at)",
            named_params! {
                ":secret": secret, ":id": key.id, ":service": key.service.name(), ":name": key.name,
                ":prefix": key.prefix, ":environment": key.environment.name(), ":scopes": key.scopes.join(" "),
                ":project": key.project, ":rate_limit": key.rate_limit,
                ":created_at": key.created_at.timestamp_millis(), ":last_used_at": milliseconds(key.last_used_at),
                ":expires_at": milliseconds(key.expires_at), ":revoked_at": milliseconds(key.revoked_at),
            },
        )?;
        Ok(())
    }

    /// The keys of a service, or of all, newest first.
    pub(crate) fn service_keys(&self, service: Option<Service>) -> Result<Vec<ServiceKey>, StoreError> {
        let query = format!(
            "SELECT {COLUMNS} FROM service_keys WHERE ?1 IS NULL OR service = ?1 ORDER BY created_at DESC, rowid DESC"
        );
        let connection = self.lock();
        let mut statement = connection.prepare(&query)?;
        let keys = statement.query_map([service.map(Service::name)], key)?;
        Ok(keys.collect::<Result<_, _>>()?)
    }

    /// The key of this service with this secret, whatever it is worth now.
    pub(crate) fn find_service_key(
        &self,
        service: Service,
        secret: &[u8; 32],
    ) -> Result<Option<ServiceKey>, StoreError> {
        let query = format!("SELECT {COLUMNS} FROM service_keys WHERE service = ?1 AND secret = ?2");
        Ok(self.lock().query_row(&query, params![service.name(), secret], key).optional()?)
    }

    /// Notes that a key was used. `false` if it is not there.
    pub(crate) fn touch_service_key(&self, id: &str, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let query = "UPDATE service_keys SET last_used_at = ?2 WHERE id = ?1";
        Ok(self.lock().execute(query, params![id, now.timestamp_millis()])? == 1)
    }

    /// Ends a key. `false` if it is not there (at this service); one that was revoked stays as it was.
    pub(crate) fn revoke_service_key(
        &self,
        id: &str,
        service: Option<Service>,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let query = "UPDATE service_keys SET revoked_at = coalesce(revoked_at, ?3)
             WHERE id = ?1 AND (?2 IS NULL OR service = ?2)";
        let service = service.map(Service::name);
        Ok(self.lock().execute(query, params![id, service, now.timestamp_millis()])? == 1)
    }

    /// Makes a key expire at this moment. `false` if it is not there.
    pub(crate) fn expire_service_key(&self, id: &str, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let query = "UPDATE service_keys SET expires_at = ?2 WHERE id = ?1";
        Ok(self.lock().execute(query, params![id, now.timestamp_millis()])? == 1)
    }
}
