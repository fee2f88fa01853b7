//! Owns the rows of settings: a name and a text. Leaves out what they mean.

use super::{Records, RecordsError};
use rusqlite::OptionalExtension as _;

impl Records {
    /// What was set under a name.
    pub fn setting(&self, name: &str) -> Result<Option<String>, RecordsError> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached("SELECT value FROM settings WHERE name = ?1")?;
        Ok(statement.query_row([name], |row| row.get(0)).optional()?)
    }

    /// Sets the text under a name.
    pub fn put_setting(&self, name: &str, value: &str) -> Result<(), RecordsError> {
        self.lock().execute(
            "INSERT INTO settings (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = ?2",
            [name, value],
        )?;
        Ok(())
    }
}
