//! Owns the rows of keys. A key's secret has no column.

use super::codec::{Column as _, Reader, spell_some};
use super::{Records, RecordsError};
use crate::domain::{AccountId, ApiKey, KeyId};
use rusqlite::{Connection, Params, Row, params};

/// The columns in the order that [`read`] reads them.
pub(super) const COLUMNS: &str = "id, account, remote_id, name, prefix, workspace, workspace_confirmed, created_at,
    last_use, expiry, service_status, origin, kept, environment, scopes, project, rate_limit, woke_at";

const PUT: &str = "INSERT INTO keys (id, account, remote_id, name, prefix, workspace, workspace_confirmed, created_at,
    last_use, expiry, service_status, origin, kept, environment, scopes, project, rate_limit, woke_at)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)
    ON CONFLICT (id) DO UPDATE SET account = ?2, remote_id = ?3, name = ?4, prefix = ?5, workspace = ?6,
    workspace_confirmed = ?7, created_at = ?8, last_use = ?9, expiry = ?10, service_status = ?11, origin = ?12,
    kept = ?13, environment = ?14, scopes = ?15, project = ?16, rate_limit = ?17, woke_at = ?18";

impl Records {
    /// Every key of every account, in the order they became known.
    pub fn keys(&self) -> Result<Vec<ApiKey>, RecordsError> {
        select(&self.lock(), "ORDER BY rowid", [])
    }

    /// The keys of one account, in the order they became known.
    pub fn keys_of(&self, account: AccountId) -> Result<Vec<ApiKey>, RecordsError> {
        select(&self.lock(), "WHERE account = ?1 ORDER BY rowid", [account.spell()])
    }

    /// One key.
    pub fn key(&self, id: KeyId) -> Result<Option<ApiKey>, RecordsError> {
        Ok(select(&self.lock(), "WHERE id = ?1", [id.spell()])?.pop())
    }

    /// Adds the key, or replaces what was known of it. `Gone` if its account was removed.
    pub fn put_key(&self, key: &ApiKey) -> Result<(), RecordsError> {
        self.put_keys(std::slice::from_ref(key))
    }

    /// Like [`Self::put_key`] for many: all of them or none.
    pub fn put_keys(&self, keys: &[ApiKey]) -> Result<(), RecordsError> {
        self.write(|transaction| {
            let mut statement = transaction.prepare_cached(PUT)?;
            for key in keys {
                statement.execute(params![
                    key.id.spell(),
                    key.account.spell(),
                    key.remote_id,
                    key.name,
                    key.prefix,
                    key.workspace,
                    key.workspace_confirmed,
                    spell_some(key.created_at.as_ref()),
                    key.last_use.spell(),
                    key.expiry.spell(),
                    key.service_status.spell(),
                    key.origin.spell(),
                    key.kept.spell(),
                    key.environment,
                    spell_some(key.scopes.as_ref()),
                    key.project,
                    key.rate_limit,
                    spell_some(key.woke_at.as_ref()),
                ])?;
            }
            Ok(())
        })
    }

    /// Removes the key and the places noted for it. The journal keeps its lines.
    pub fn remove_key(&self, id: KeyId) -> Result<(), RecordsError> {
        self.lock().execute("DELETE FROM keys WHERE id = ?1", [id.spell()])?;
        Ok(())
    }
}

pub(super) fn select(
    connection: &Connection,
    which: &str,
    parameters: impl Params,
) -> Result<Vec<ApiKey>, RecordsError> {
    let mut statement = connection.prepare_cached(&format!("SELECT {COLUMNS} FROM keys {which}"))?;
    let mut rows = statement.query(parameters)?;
    let mut keys = Vec::new();
    while let Some(row) = rows.next()? {
        keys.push(read(row)?);
    }
    Ok(keys)
}

pub(super) fn read(row: &Row<'_>) -> Result<ApiKey, RecordsError> {
    let mut row = Reader::new(row);
    Ok(ApiKey {
        id: row.coded()?,
        account: row.coded()?,
        remote_id: row.plain()?,
        name: row.plain()?,
        prefix: row.plain()?,
        workspace: row.plain()?,
        workspace_confirmed: row.plain()?,
        created_at: row.optional()?,
        last_use: row.coded()?,
        expiry: row.coded()?,
        service_status: row.coded()?,
        origin: row.coded()?,
        kept: row.coded()?,
        environment: row.plain()?,
        scopes: row.optional()?,
        project: row.plain()?,
        rate_limit: row.number()?,
        woke_at: row.optional()?,
    })
}
