//! Owns what is remembered in SQLite: accounts, keys without secrets, noted places, the journal
//! and settings. Leaves out every secret: no function here takes a [`crate::domain::Secret`], and
//! no type it takes has room for one, so the compiler keeps secrets out of the file.

mod accounts;
mod codec;
mod error;
mod file;
mod journal;
mod keys;
mod pages;
mod places;
mod routes;
mod schema;
mod settings;
#[cfg(test)]
mod tests;
mod told;

pub use error::RecordsError;
pub use pages::{Ending, KeyPage};
pub use told::{How, Told};

use chrono::{DateTime, Utc};
use rusqlite::{Connection, Transaction, config::DbConfig};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Everything Latchkey remembers except secrets. Cloning is cheap and shares one connection.
#[derive(Clone, Debug)]
pub struct Records {
    connection: Arc<Mutex<Connection>>,
}

impl Records {
    /// Opens the file, makes it if it is missing, and brings it to the present layout.
    ///
    /// A file that is corrupt or was written by a newer version is left as it is.
    pub fn open(path: &Path) -> Result<Self, RecordsError> {
        file::prepare(path)?;
        let connection = Connection::open(path)?;
        // Until the file is known to be ours and sound, closing must not write to it.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
        if connection.is_readonly("main")? {
            return Err(RecordsError::ReadOnly);
        }
        schema::check(&connection)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        Self::over(connection)
    }

    /// Puts a damaged file aside under another name, so that a new one can be begun. Anything else is left
    /// where it is, and answered with what it was found to be. `None` if there is nothing wrong with it.
    pub fn set_aside(path: &Path, now: DateTime<Utc>) -> Result<Option<PathBuf>, RecordsError> {
        match Self::open(path) {
            Ok(_) => Ok(None),
            Err(RecordsError::Corrupt) => Ok(Some(file::set_aside(path, now)?)),
            Err(other) => Err(other),
        }
    }

    /// Records that are gone when the last clone is dropped.
    pub fn in_memory() -> Result<Self, RecordsError> {
        Self::over(Connection::open_in_memory()?)
    }

    /// Removes every row, and every trace of them from the file. Rows of all clones are gone.
    pub fn erase(&self) -> Result<(), RecordsError> {
        self.write(|transaction| {
            journal::allow_deleting(transaction, || {
                transaction.execute_batch(
                    "DELETE FROM told; DELETE FROM journal_facts; DELETE FROM journal; DELETE FROM noted_places;
                     DELETE FROM keys; DELETE FROM workspaces; DELETE FROM accounts; DELETE FROM settings;
                     DELETE FROM project_routes;",
                )?;
                Ok(())
            })
        })?;
        let connection = self.lock();
        connection.execute_batch("VACUUM")?;
        // The write-ahead log still holds the old pages until it is folded in and cut to nothing.
        let busy: i64 = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
        if busy == 0 { Ok(()) } else { Err(RecordsError::Unwritable) }
    }

    fn over(mut connection: Connection) -> Result<Self, RecordsError> {
        connection.busy_timeout(Duration::from_secs(2))?;
        connection.set_prepared_statement_cache_capacity(64);
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "secure_delete", "ON")?;
        connection.pragma_update(None, "foreign_keys", "ON")?;
        // Without it, INSERT OR REPLACE would pass by the trigger that guards the journal.
        connection.pragma_update(None, "recursive_triggers", "ON")?;
        connection.pragma_update(None, "temp_store", "MEMORY")?;
        schema::migrate(&mut connection)?;
        Ok(Self { connection: Arc::new(Mutex::new(connection)) })
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        // A panic elsewhere rolled its transaction back, so the connection is still sound.
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write<T>(&self, work: impl FnOnce(&Transaction<'_>) -> Result<T, RecordsError>) -> Result<T, RecordsError> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        let answer = work(&transaction)?;
        transaction.commit()?;
        Ok(answer)
    }
}
