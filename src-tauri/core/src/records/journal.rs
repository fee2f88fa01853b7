//! Owns the journal's rows: lines are added, read, and after a time forgotten, but never changed.

use super::codec::{Column as _, Reader, spell_some};
use super::{Records, RecordsError};
use crate::domain::{EntryId, Fact, JournalEntry, KeyId};
use chrono::{DateTime, Utc};
use rusqlite::{Connection, Params, Row, Transaction, params};

const SELECT: &str = "SELECT id, at, kind, outcome, account, key, subject, answers FROM journal";
const NEWEST_FIRST: &str = "ORDER BY at DESC, sequence DESC";

impl Records {
    /// Adds a line. A line that was added is never changed; another one answers it.
    pub fn append(&self, entry: &JournalEntry) -> Result<(), RecordsError> {
        self.write(|transaction| {
            let id = entry.id.spell();
            transaction
                .prepare_cached(
                    "INSERT INTO journal (id, at, kind, outcome, account, key, subject, answers)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                )?
                .execute(params![
                    id,
                    entry.at.spell(),
                    entry.kind.spell(),
                    entry.outcome.spell(),
                    spell_some(entry.account.as_ref()),
                    spell_some(entry.key.as_ref()),
                    entry.subject,
                    spell_some(entry.answers.as_ref()),
                ])?;
            let mut statement = transaction
                .prepare_cached("INSERT INTO journal_facts (entry, position, label, value) VALUES (?1, ?2, ?3, ?4)")?;
            for (fact, position) in entry.facts.iter().zip(0_i64..) {
                statement.execute(params![id, position, fact.label, fact.value])?;
            }
            Ok(())
        })
    }

    /// The newest lines first, of those strictly before a moment if one is given.
    pub fn journal(&self, before: Option<DateTime<Utc>>, limit: usize) -> Result<Vec<JournalEntry>, RecordsError> {
        let connection = self.lock();
        match before {
            None => select(&connection, &format!("{NEWEST_FIRST} LIMIT ?1"), [count(limit)]),
            Some(before) => select(
                &connection,
                &format!("WHERE at < ?1 {NEWEST_FIRST} LIMIT ?2"),
                params![before.spell(), count(limit)],
            ),
        }
    }

    /// The newest lines about one key first.
    pub fn journal_of(&self, key: KeyId, limit: usize) -> Result<Vec<JournalEntry>, RecordsError> {
        select(&self.lock(), &format!("WHERE key = ?1 {NEWEST_FIRST} LIMIT ?2"), params![key.spell(), count(limit)])
    }

    /// What was started and has no answer, oldest first: a crash or a lost connection came between.
    pub fn unanswered(&self) -> Result<Vec<JournalEntry>, RecordsError> {
        select(
            &self.lock(),
            "WHERE outcome = 'started'
             AND NOT EXISTS (SELECT 1 FROM journal AS answer WHERE answer.answers = journal.id)
             ORDER BY at, sequence",
            [],
        )
    }

    /// Forgets every line before a moment.
    pub fn forget_journal_before(&self, moment: DateTime<Utc>) -> Result<(), RecordsError> {
        self.write(|transaction| {
            allow_deleting(transaction, || {
                transaction.execute("DELETE FROM journal WHERE at < ?1", [moment.spell()])?;
                Ok(())
            })
        })
    }
}

/// Opens the journal's guard around `work`; a failure rolls both back.
pub(super) fn allow_deleting(
    transaction: &Transaction<'_>,
    work: impl FnOnce() -> Result<(), RecordsError>,
) -> Result<(), RecordsError> {
    transaction.execute("INSERT INTO journal_guard (deleting) VALUES (1)", [])?;
    work()?;
    transaction.execute("DELETE FROM journal_guard", [])?;
    Ok(())
}

fn count(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

fn select(connection: &Connection, which: &str, parameters: impl Params) -> Result<Vec<JournalEntry>, RecordsError> {
    let mut statement = connection.prepare_cached(&format!("{SELECT} {which}"))?;
    let mut rows = statement.query(parameters)?;
    let mut entries = Vec::new();
    while let Some(row) = rows.next()? {
        entries.push(read(connection, row)?);
    }
    Ok(entries)
}

fn read(connection: &Connection, row: &Row<'_>) -> Result<JournalEntry, RecordsError> {
    let mut row = Reader::new(row);
    let id: EntryId = row.coded()?;
    Ok(JournalEntry {
        id,
        at: row.coded()?,
        kind: row.coded()?,
        outcome: row.coded()?,
        account: row.optional()?,
        key: row.optional()?,
        subject: row.plain()?,
        answers: row.optional()?,
        facts: facts(connection, id)?,
    })
}

fn facts(connection: &Connection, entry: EntryId) -> Result<Vec<Fact>, RecordsError> {
    let mut statement =
        connection.prepare_cached("SELECT label, value FROM journal_facts WHERE entry = ?1 ORDER BY position")?;
    let mut rows = statement.query([entry.spell()])?;
    let mut facts = Vec::new();
    while let Some(row) = rows.next()? {
        let mut row = Reader::new(row);
        facts.push(Fact { label: row.plain()?, value: row.plain()? });
    }
    Ok(facts)
}
