//! Owns reading keys in parts: the first rows of the list, then all of them page by page, so that nobody
//! waits for a hundred thousand. Leaves out single keys and writing (keys.rs).

use super::codec::{Column as _, Reader};
use super::keys::{COLUMNS, read, select};
use super::{Records, RecordsError};
use crate::domain::{AccountId, ApiKey, Expiry, KeyId, ServiceStatus};
use chrono::{DateTime, Utc};
use rusqlite::params;
use std::collections::{HashMap, HashSet};

/// Some of the keys.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct KeyPage {
    /// The keys.
    pub keys: Vec<ApiKey>,
    /// Where the next page begins; nothing behind the last one.
    pub next: Option<i64>,
}

/// What is asked of a key that ends: of a long list there are many, and each start reads them.
#[derive(Debug, PartialEq, Eq)]
pub struct Ending {
    /// The key.
    pub key: KeyId,
    /// Its account.
    pub account: AccountId,
    /// Its name.
    pub name: String,
    /// When it ends, or is to be replaced.
    pub expiry: Expiry,
    /// What the service says of it.
    pub service_status: ServiceStatus,
}

/// The part of the list each query below reads. Together, in this order, they are the list's own order: what
/// works before what does not, in it what was used, newest first, then what never was, then what is not told.
const PARTS: [(bool, &str); 6] = [
    (true, "last_use >= 'at ' AND last_use < 'at!' ORDER BY last_use DESC, name COLLATE NOCASE"),
    (true, "last_use = 'never' ORDER BY name COLLATE NOCASE"),
    (true, "last_use = 'not_reported' ORDER BY name COLLATE NOCASE"),
    (false, "last_use >= 'at ' AND last_use < 'at!' ORDER BY last_use DESC, name COLLATE NOCASE"),
    (false, "last_use = 'never' ORDER BY name COLLATE NOCASE"),
    (false, "last_use = 'not_reported' ORDER BY name COLLATE NOCASE"),
];

impl Records {
    /// How many keys there are.
    pub fn key_count(&self) -> Result<usize, RecordsError> {
        let count: i64 = self.lock().query_row("SELECT count(*) FROM keys", [], |row| row.get(0))?;
        usize::try_from(count).map_err(|_| RecordsError::Corrupt)
    }

    /// The ids of an account's keys.
    pub fn ids_of(&self, account: AccountId) -> Result<HashSet<KeyId>, RecordsError> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached("SELECT id FROM keys WHERE account = ?1")?;
        let mut rows = statement.query([account.spell()])?;
        let mut ids = HashSet::new();
        while let Some(row) = rows.next()? {
            ids.insert(Reader::new(row).coded()?);
        }
        Ok(ids)
    }

    /// How many secrets are kept for each account that has any.
    pub fn kept_of_accounts(&self) -> Result<HashMap<AccountId, usize>, RecordsError> {
        let connection = self.lock();
        let mut statement =
            connection.prepare_cached("SELECT account, count(*) FROM keys WHERE kept <> 'nowhere' GROUP BY account")?;
        let mut rows = statement.query([])?;
        let mut kept = HashMap::new();
        while let Some(row) = rows.next()? {
            let account = AccountId::read(row.get_ref(0)?.as_str()?).ok_or(RecordsError::Corrupt)?;
            kept.insert(account, usize::try_from(row.get::<_, i64>(1)?).map_err(|_| RecordsError::Corrupt)?);
        }
        Ok(kept)
    }

    /// The keys whose secret is kept, in the order they became known.
    pub fn kept_keys(&self) -> Result<Vec<ApiKey>, RecordsError> {
        select(&self.lock(), "WHERE kept <> 'nowhere' ORDER BY rowid", [])
    }

    /// The keys that stand first in the list as it is sorted when it is opened.
    pub fn first_keys(&self, now: DateTime<Utc>, limit: usize) -> Result<Vec<ApiKey>, RecordsError> {
        let connection = self.lock();
        // The words of the column sort like the moments in them.
        let ended = Expiry::AtService(now).spell();
        let mut keys = Vec::new();
        for (works, part) in PARTS {
            let missing = limit.saturating_sub(keys.len());
            if missing == 0 {
                break;
            }
            let not = if works { "" } else { "NOT" };
            let mut statement = connection.prepare_cached(&format!(
                "SELECT {COLUMNS} FROM keys WHERE {not} (service_status = 'active'
                 AND NOT (expiry >= 'at_service' AND expiry <= ?1)) AND {part} LIMIT ?2"
            ))?;
            let mut rows = statement.query(params![ended, i64::try_from(missing).unwrap_or(i64::MAX)])?;
            while let Some(row) = rows.next()? {
                keys.push(read(row)?);
            }
        }
        Ok(keys)
    }

    /// The keys behind this place, in the order they became known. Zero is before the first.
    pub fn keys_after(&self, place: i64, limit: usize) -> Result<KeyPage, RecordsError> {
        let connection = self.lock();
        let mut statement = connection
            .prepare_cached(&format!("SELECT {COLUMNS}, rowid FROM keys WHERE rowid > ?1 ORDER BY rowid LIMIT ?2"))?;
        let mut rows = statement.query(params![place, i64::try_from(limit).unwrap_or(i64::MAX)])?;
        let mut page = KeyPage::default();
        let mut last = place;
        while let Some(row) = rows.next()? {
            page.keys.push(read(row)?);
            last = row.get("rowid")?;
        }
        page.next = (page.keys.len() == limit).then_some(last);
        Ok(page)
    }

    /// The keys that the service ends within this time, and those with a reminder before its end.
    pub fn keys_ending(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> Result<Vec<Ending>, RecordsError> {
        // The words of the column sort like the moments in them.
        let end = |moment: DateTime<Utc>| Expiry::AtService(moment).spell();
        let reminder = |moment: DateTime<Utc>| Expiry::Reminder(moment).spell();
        let connection = self.lock();
        let mut statement = connection.prepare_cached(
            "SELECT id, account, name, expiry, service_status FROM keys
             WHERE expiry BETWEEN ?1 AND ?2 OR expiry BETWEEN ?3 AND ?4 ORDER BY rowid",
        )?;
        let mut rows = statement.query([end(from), end(to), reminder(DateTime::UNIX_EPOCH), reminder(to)])?;
        let mut endings = Vec::new();
        while let Some(row) = rows.next()? {
            let mut row = Reader::new(row);
            endings.push(Ending {
                key: row.coded()?,
                account: row.coded()?,
                name: row.plain()?,
                expiry: row.coded()?,
                service_status: row.coded()?,
            });
        }
        Ok(endings)
    }
}
