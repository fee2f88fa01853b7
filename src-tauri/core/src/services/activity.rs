//! Owns writing and reading the journal, which is both the Activity page and crash recovery.

use super::{ServiceError, Services, Topic};
use crate::domain::{AccountId, ActivityKind, ApiKey, EntryId, Fact, JournalEntry, KeyId, Outcome};
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::HashSet;

/// How long the journal is kept.
const KEPT: TimeDelta = TimeDelta::days(365);

/// A line about to be written.
pub(super) struct Line {
    entry: JournalEntry,
}

impl Line {
    pub(super) fn new(kind: ActivityKind, subject: &str) -> Self {
        let entry = JournalEntry {
            id: EntryId::random(),
            at: DateTime::UNIX_EPOCH,
            kind,
            outcome: Outcome::Done,
            account: None,
            key: None,
            subject: subject.to_owned(),
            answers: None,
            facts: Vec::new(),
        };
        Self { entry }
    }

    pub(super) fn about_key(kind: ActivityKind, key: &ApiKey) -> Self {
        let mut line = Self::new(kind, &key.name);
        line.entry.key = Some(key.id);
        line.entry.account = Some(key.account);
        line
    }

    pub(super) fn account(mut self, account: AccountId) -> Self {
        self.entry.account = Some(account);
        self
    }

    pub(super) fn started(mut self) -> Self {
        self.entry.outcome = Outcome::Started;
        self
    }

    pub(super) fn failed(mut self) -> Self {
        self.entry.outcome = Outcome::Failed;
        self
    }

    pub(super) fn answers(mut self, entry: EntryId) -> Self {
        self.entry.answers = Some(entry);
        self
    }

    pub(super) fn fact(mut self, label: &str, value: impl Into<String>) -> Self {
        self.entry.facts.push(Fact { label: label.to_owned(), value: value.into() });
        self
    }
}

impl Services {
    /// Appends a line with the present moment.
    pub(super) fn journal(&self, line: Line) -> Result<EntryId, ServiceError> {
        let entry = JournalEntry { at: self.now(), ..line.entry };
        self.records().append(&entry)?;
        self.changed(Topic::Activity);
        Ok(entry.id)
    }

    /// The newest lines before a moment, at most `limit` and never more than 500. A line that said
    /// what was about to happen gives way to the one that says how it ended.
    pub fn activity(&self, before: Option<DateTime<Utc>>, limit: usize) -> Result<Vec<JournalEntry>, ServiceError> {
        let limit = limit.min(500);
        self.without_answered(self.records().journal(before, 2 * limit)?, limit)
    }

    /// The newest lines about one key.
    pub(super) fn activity_of(&self, key: KeyId, limit: usize) -> Result<Vec<JournalEntry>, ServiceError> {
        self.without_answered(self.records().journal_of(key, 2 * limit)?, limit)
    }

    /// Each line that started something is answered at most once, so twice the lines are enough.
    fn without_answered(&self, mut lines: Vec<JournalEntry>, limit: usize) -> Result<Vec<JournalEntry>, ServiceError> {
        let unanswered: HashSet<EntryId> = self.records().unanswered()?.iter().map(|entry| entry.id).collect();
        lines.retain(|line| line.outcome != Outcome::Started || unanswered.contains(&line.id));
        lines.truncate(limit);
        Ok(lines)
    }

    /// Forgets what is older than a year.
    pub(super) fn forget_old_activity(&self) -> Result<(), ServiceError> {
        self.records().forget_journal_before(self.now() - KEPT)?;
        Ok(())
    }
}
