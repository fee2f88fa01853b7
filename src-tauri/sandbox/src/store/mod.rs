//! Owns the SQLite file (or memory): its tables and the lock around it. Each noun has its own file
//! below. No secret is kept, only hashes.

mod codes;
mod devices;
mod keys;
mod projects;
mod service_keys;
mod tokens;

pub(crate) use codes::{AuthorizationCode, Code};
pub(crate) use devices::{Device, DeviceState, Poll};
pub(crate) use keys::{Key, KeyState, state};
pub(crate) use projects::Project;
pub(crate) use service_keys::ServiceKey;
pub(crate) use tokens::{Issued, Refreshed};

use chrono::{DateTime, Utc};
use rusqlite::Connection;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The store failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StoreError {
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    #[error(transparent)]
    File(#[from] std::io::Error),
}

/// Everything the sandbox remembers.
#[derive(Debug)]
pub(crate) struct Store {
    connection: Mutex<Connection>,
}

const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS devices (
        code BLOB PRIMARY KEY, user_code TEXT NOT NULL UNIQUE, client TEXT NOT NULL, scope TEXT NOT NULL,
        challenge TEXT NOT NULL, interval INTEGER NOT NULL, expires_at INTEGER NOT NULL, polled_at INTEGER,
        state TEXT NOT NULL DEFAULT 'pending', person INTEGER
    ) STRICT;
    CREATE TABLE IF NOT EXISTS codes (
        code BLOB PRIMARY KEY, client TEXT NOT NULL, scope TEXT NOT NULL, challenge TEXT NOT NULL,
        redirect_uri TEXT NOT NULL, nonce TEXT, person INTEGER NOT NULL, expires_at INTEGER NOT NULL,
        used INTEGER NOT NULL DEFAULT 0, family INTEGER
    ) STRICT;
    CREATE TABLE IF NOT EXISTS families (id INTEGER PRIMARY KEY, revoked INTEGER NOT NULL DEFAULT 0) STRICT;
    CREATE TABLE IF NOT EXISTS access_tokens (
        token BLOB PRIMARY KEY, family INTEGER NOT NULL, person INTEGER NOT NULL, client TEXT NOT NULL,
        expires_at INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE IF NOT EXISTS refresh_tokens (
        token BLOB PRIMARY KEY, family INTEGER NOT NULL, person INTEGER NOT NULL, client TEXT NOT NULL,
        scope TEXT NOT NULL, used INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    CREATE TABLE IF NOT EXISTS keys (
        id TEXT PRIMARY KEY, secret BLOB NOT NULL UNIQUE, name TEXT NOT NULL, prefix TEXT NOT NULL,
        workspace TEXT NOT NULL, person INTEGER NOT NULL, created_at INTEGER NOT NULL, last_used_at INTEGER,
        expires_at INTEGER, revoked_at INTEGER
    ) STRICT;
    CREATE TABLE IF NOT EXISTS service_keys (
        id TEXT PRIMARY KEY, service TEXT NOT NULL, secret BLOB NOT NULL UNIQUE, name TEXT NOT NULL,
        prefix TEXT NOT NULL, environment TEXT NOT NULL, scopes TEXT NOT NULL, project TEXT, rate_limit INTEGER,
        created_at INTEGER NOT NULL, last_used_at INTEGER, expires_at INTEGER, revoked_at INTEGER
    ) STRICT;
    CREATE TABLE IF NOT EXISTS projects (
        id INTEGER PRIMARY KEY, external_id TEXT NOT NULL UNIQUE, workspace TEXT NOT NULL, name TEXT NOT NULL,
        permalink TEXT NOT NULL, path TEXT NOT NULL, is_default INTEGER NOT NULL, UNIQUE (workspace, permalink)
    ) STRICT;
";

impl Store {
    /// Opens the file, or memory without one.
    pub(crate) fn open(path: Option<&Path>) -> Result<Self, StoreError> {
        let connection = match path {
            Some(path) => {
                let mut options = std::fs::OpenOptions::new();
                options.append(true).create(true);
                #[cfg(unix)]
                std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
                options.open(path)?;
                Connection::open(path)?
            }
            None => Connection::open_in_memory()?,
        };
        connection.execute_batch(TABLES)?;
        let store = Self { connection: Mutex::new(connection) };
        store.plant_projects()?;
        Ok(store)
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        // Every change is one statement or one transaction, so a panic elsewhere left nothing half done.
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn moment(milliseconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(milliseconds).unwrap_or(DateTime::UNIX_EPOCH)
}
