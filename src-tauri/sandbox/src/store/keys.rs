//! Owns API keys, by hash. Leaves out who may make or end them (cloud).

use super::{Store, StoreError, moment};
use crate::people::Workspace;
use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Row, named_params, params};

/// An API key without its secret.
#[derive(Debug, Clone)]
pub(crate) struct Key {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) prefix: String,
    /// The tenant id of the one workspace it belongs to.
    pub(crate) workspace: String,
    /// The number of whoever made it.
    pub(crate) person: u8,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) last_used_at: Option<DateTime<Utc>>,
    pub(crate) expires_at: Option<DateTime<Utc>>,
    pub(crate) revoked_at: Option<DateTime<Utc>>,
}

/// What a key is worth at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyState {
    Active,
    Expired,
    Revoked,
}

impl KeyState {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
        }
    }
}

impl Key {
    pub(crate) fn state(&self, now: DateTime<Utc>) -> KeyState {
        state(self.revoked_at, self.expires_at, now)
    }
}

/// What a key with these ends is worth. Revoked stays revoked, expired or not.
pub(crate) fn state(
    revoked_at: Option<DateTime<Utc>>,
    expires_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> KeyState {
    if revoked_at.is_some() {
        KeyState::Revoked
    } else if expires_at.is_some_and(|end| end <= now) {
        KeyState::Expired
    } else {
        KeyState::Active
    }
}

const COLUMNS: &str = "id, name, prefix, workspace, person, created_at, last_used_at, expires_at, revoked_at";

fn key(row: &Row<'_>) -> rusqlite::Result<Key> {
    let maybe = |column| Ok::<_, rusqlite::Error>(row.get::<_, Option<i64>>(column)?.map(moment));
    Ok(Key {
        id: row.get(0)?,
        name: row.get(1)?,
        prefix: row.get(2)?,
        workspace: row.get(3)?,
        person: row.get(4)?,
        created_at: moment(row.get(5)?),
        last_used_at: maybe(6)?,
        expires_at: maybe(7)?,
        revoked_at: maybe(8)?,
    })
}

fn insert(connection: &Connection, secret: &[u8; 32], key: &Key) -> rusqlite::Result<()> {
    let milliseconds = |moment: Option<DateTime<Utc>>| moment.map(|moment| moment.timestamp_millis());
    connection
        .prepare_cached(
            "INSERT INTO keys (secret, id, name, prefix, workspace, person, created_at, last_used_at, expires_at, revoked_at)
             VALUES (:secret, :id, :name, :prefix, :workspace, :person, :created_at, :last_used_at, :expires_at, :revoked_at)",
        )?
        .execute(named_params! {
            ":secret": secret, ":id": key.id, ":name": key.name, ":prefix": key.prefix,
            ":workspace": key.workspace, ":person": key.person,
            ":created_at": key.created_at.timestamp_millis(), ":last_used_at": milliseconds(key.last_used_at),
            ":expires_at": milliseconds(key.expires_at), ":revoked_at": milliseconds(key.revoked_at),
        })?;
    Ok(())
}

impl Store {
    pub(crate) fn add_key(&self, secret: &[u8; 32], key: &Key) -> Result<(), StoreError> {
        Ok(insert(&self.lock(), secret, key)?)
    }

    /// All or none.
    pub(crate) fn add_keys(&self, keys: &[([u8; 32], Key)]) -> Result<(), StoreError> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        for (secret, key) in keys {
            insert(&transaction, secret, key)?;
        }
        Ok(transaction.commit()?)
    }

    /// The keys of a workspace, or of all, newest first.
    pub(crate) fn keys(&self, workspace: Option<&Workspace>) -> Result<Vec<Key>, StoreError> {
        let query = format!(
            "SELECT {COLUMNS} FROM keys WHERE ?1 IS NULL OR workspace = ?1 ORDER BY created_at DESC, rowid DESC"
        );
        let connection = self.lock();
        let mut statement = connection.prepare(&query)?;
        let keys = statement.query_map([workspace.map(|workspace| workspace.tenant_id)], key)?;
        Ok(keys.collect::<Result<_, _>>()?)
    }

    /// The key with this secret, if it is good now; asking is using it.
    pub(crate) fn use_key(&self, secret: &[u8; 32], now: DateTime<Utc>) -> Result<Option<Key>, StoreError> {
        let query = format!(
            "UPDATE keys SET last_used_at = ?2
             WHERE secret = ?1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ?2) RETURNING {COLUMNS}"
        );
        Ok(self.lock().query_row(&query, params![secret, now.timestamp_millis()], key).optional()?)
    }

    /// Ends a key. `false` if it is not there (in this workspace); a key that was revoked stays as it was.
    pub(crate) fn revoke_key(
        &self,
        id: &str,
        workspace: Option<&Workspace>,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let changed = self.lock().execute(
            "UPDATE keys SET revoked_at = coalesce(revoked_at, ?3)
             WHERE id = ?1 AND (?2 IS NULL OR workspace = ?2)",
            params![id, workspace.map(|workspace| workspace.tenant_id), now.timestamp_millis()],
        )?;
        Ok(changed == 1)
    }

    /// Notes that a key was used. `false` if it is not there.
    pub(crate) fn touch_key(&self, id: &str, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let changed = self
            .lock()
            .execute("UPDATE keys SET last_used_at = ?2 WHERE id = ?1", params![id, now.timestamp_millis()])?;
        Ok(changed == 1)
    }

    /// Makes a key expire at this moment. `false` if it is not there.
    pub(crate) fn expire_key(&self, id: &str, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let changed = self
            .lock()
            .execute("UPDATE keys SET expires_at = ?2 WHERE id = ?1", params![id, now.timestamp_millis()])?;
        Ok(changed == 1)
    }
}
