//! Owns what the person was told of a key's end or reminder, so that nothing is told twice. A date
//! that is moved is a new date.

use super::codec::{Column as _, Reader};
use super::{Records, RecordsError};
use crate::domain::KeyId;
use chrono::{DateTime, Utc};
use rusqlite::params;

/// How it was told, or that the person put it away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum How {
    /// By a notification of the system.
    Notified,
    /// In the window, and put away there.
    PutAway,
}

/// One thing that was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Told {
    /// The key.
    pub key: KeyId,
    /// Its end, or the day of its reminder.
    pub at: DateTime<Utc>,
    /// How many days before.
    pub days: u16,
    /// How it was told.
    pub how: How,
}

impl How {
    fn as_str(self) -> &'static str {
        match self {
            Self::Notified => "notified",
            Self::PutAway => "put_away",
        }
    }
}

impl Records {
    /// Everything that was told.
    pub fn told(&self) -> Result<Vec<Told>, RecordsError> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached("SELECT key, at, days, how FROM told")?;
        let mut rows = statement.query([])?;
        let mut told = Vec::new();
        while let Some(row) = rows.next()? {
            let mut row = Reader::new(row);
            let (key, at, days) = (row.coded()?, row.coded()?, row.plain()?);
            let how: String = row.plain()?;
            let how = [How::Notified, How::PutAway].into_iter().find(|known| known.as_str() == how);
            told.push(Told { key, at, days, how: how.ok_or(RecordsError::Corrupt)? });
        }
        Ok(told)
    }

    /// Remembers what was told. `Gone` if a key was removed.
    pub fn put_told(&self, told: &[Told]) -> Result<(), RecordsError> {
        self.write(|transaction| {
            let mut statement = transaction
                .prepare_cached("INSERT OR IGNORE INTO told (key, at, days, how) VALUES (?1, ?2, ?3, ?4)")?;
            for one in told {
                statement.execute(params![one.key.spell(), one.at.spell(), one.days, one.how.as_str()])?;
            }
            Ok(())
        })
    }
}
