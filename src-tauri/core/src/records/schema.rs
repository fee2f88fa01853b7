//! Owns the layout of the file and the steps that lead to it. A step that was released never changes.

use super::RecordsError;
use rusqlite::Connection;

/// Step `n` brings a file from `user_version` n to n + 1.
const STEPS: [&str; 6] = [STEP_1, STEP_2, STEP_3, STEP_4, STEP_5, STEP_6];

pub(super) const STEP_1: &str = "
CREATE TABLE accounts (
    id TEXT PRIMARY KEY,
    provider TEXT NOT NULL,
    label TEXT NOT NULL,
    host TEXT NOT NULL,
    authorization_server TEXT NOT NULL,
    client_id TEXT NOT NULL,
    sandbox INTEGER NOT NULL,
    subject TEXT,
    email TEXT,
    sign_in TEXT NOT NULL,
    offers_list TEXT NOT NULL,
    offers_create TEXT NOT NULL,
    offers_revoke TEXT NOT NULL,
    offers_expiry TEXT NOT NULL,
    added_at TEXT NOT NULL,
    checked_at TEXT,
    last_failure TEXT,
    reports_use INTEGER NOT NULL
) STRICT;

CREATE TABLE workspaces (
    account TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    is_default INTEGER NOT NULL,
    PRIMARY KEY (account, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE keys (
    id TEXT PRIMARY KEY,
    account TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    remote_id TEXT,
    name TEXT NOT NULL,
    prefix TEXT,
    workspace TEXT,
    workspace_confirmed INTEGER NOT NULL,
    created_at TEXT,
    last_use TEXT NOT NULL,
    expiry TEXT NOT NULL,
    service_status TEXT NOT NULL,
    origin TEXT NOT NULL,
    kept TEXT NOT NULL
) STRICT;
CREATE INDEX keys_of_account ON keys (account);

CREATE TABLE noted_places (
    id TEXT PRIMARY KEY,
    key TEXT NOT NULL REFERENCES keys (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    detail TEXT NOT NULL
) STRICT;
CREATE INDEX noted_places_of_key ON noted_places (key);

-- Lines outlive the keys and accounts they speak of, so nothing here references those.
CREATE TABLE journal (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    at TEXT NOT NULL,
    kind TEXT NOT NULL,
    outcome TEXT NOT NULL,
    account TEXT,
    key TEXT,
    subject TEXT NOT NULL,
    answers TEXT
) STRICT;
CREATE INDEX journal_by_time ON journal (at);
CREATE INDEX journal_of_key ON journal (key) WHERE key IS NOT NULL;
CREATE INDEX journal_answers ON journal (answers) WHERE answers IS NOT NULL;
CREATE INDEX journal_started ON journal (outcome) WHERE outcome = 'started';

CREATE TABLE journal_facts (
    entry TEXT NOT NULL REFERENCES journal (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    label TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (entry, position)
) STRICT, WITHOUT ROWID;

-- A row in here, inside one transaction, is what lets lines of the journal go.
CREATE TABLE journal_guard (deleting INTEGER NOT NULL) STRICT;
CREATE TRIGGER journal_never_changes BEFORE UPDATE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_facts_never_change BEFORE UPDATE ON journal_facts
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_stays BEFORE DELETE ON journal WHEN NOT EXISTS (SELECT 1 FROM journal_guard)
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_facts_stay BEFORE DELETE ON journal_facts WHEN NOT EXISTS (SELECT 1 FROM journal_guard)
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
";

/// Accounts without a sign-in in the browser, the key that acts for them, what a service counts; and
/// of keys what only some services have.
const STEP_2: &str = "
ALTER TABLE accounts ADD COLUMN signed_in_by TEXT;
ALTER TABLE accounts ADD COLUMN signed_in_as TEXT;
UPDATE accounts SET signed_in_by = authorization_server, signed_in_as = client_id;
ALTER TABLE accounts DROP COLUMN authorization_server;
ALTER TABLE accounts DROP COLUMN client_id;
ALTER TABLE accounts RENAME COLUMN signed_in_by TO authorization_server;
ALTER TABLE accounts RENAME COLUMN signed_in_as TO client_id;
ALTER TABLE accounts ADD COLUMN admin_key TEXT;
ALTER TABLE accounts ADD COLUMN lacks TEXT NOT NULL DEFAULT '[]';
ALTER TABLE accounts ADD COLUMN usage TEXT;
ALTER TABLE accounts ADD COLUMN rate_limit TEXT;
ALTER TABLE keys ADD COLUMN environment TEXT;
ALTER TABLE keys ADD COLUMN scopes TEXT;
ALTER TABLE keys ADD COLUMN project TEXT;
ALTER TABLE keys ADD COLUMN rate_limit INTEGER;
ALTER TABLE keys ADD COLUMN woke_at TEXT;
";

const STEP_3: &str = "
-- What the person was told of a key's end or reminder, so that it is told once.
CREATE TABLE told (
    key TEXT NOT NULL REFERENCES keys (id) ON DELETE CASCADE,
    at TEXT NOT NULL,
    days INTEGER NOT NULL,
    how TEXT NOT NULL,
    PRIMARY KEY (key, at, days, how)
) STRICT, WITHOUT ROWID;
CREATE INDEX keys_by_expiry ON keys (expiry);
";

/// What is remembered of the projects of the Basic Memory CLI, for each of its files.
const STEP_4: &str = "
CREATE TABLE project_routes (
    config TEXT NOT NULL,
    project TEXT NOT NULL,
    kept TEXT,
    workspace TEXT,
    PRIMARY KEY (config, project)
) STRICT, WITHOUT ROWID;
";

/// The first rows of a long list, and how many secrets an account has, without reading every key.
const STEP_5: &str = "
CREATE INDEX keys_by_use ON keys (last_use DESC, name COLLATE NOCASE);
CREATE INDEX keys_kept ON keys (account) WHERE kept <> 'nowhere';
";

/// Whether an account's client id is registered for a loopback redirect. Of what is there already nobody
/// has said so.
const STEP_6: &str = "ALTER TABLE accounts ADD COLUMN loopback INTEGER NOT NULL DEFAULT 0;";

/// Refuses a `user_version` that this program does not know.
pub(super) fn check_version(version: i32) -> Result<(), RecordsError> {
    match usize::try_from(version) {
        Err(_) => Err(RecordsError::Corrupt),
        Ok(version) if version > STEPS.len() => Err(RecordsError::Newer),
        Ok(_) => Ok(()),
    }
}

/// Reads the whole file once and refuses it if it is damaged or newer. Writes nothing.
pub(super) fn check(connection: &Connection) -> Result<(), RecordsError> {
    check_version(version(connection)?)?;
    let verdict: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    let tables: i64 = connection.query_row("SELECT COUNT(*) FROM sqlite_schema", [], |row| row.get(0))?;
    // A file without a version holds nothing, or is another program's.
    let ours = (version(connection)? == 0) == (tables == 0);
    if verdict != "ok" || !ours {
        return Err(RecordsError::Corrupt);
    }
    // One look at each table of the first layout, so that another one is found out now and not in the middle.
    for table in ["accounts", "workspaces", "keys", "noted_places", "journal", "journal_facts", "settings"] {
        if tables > 0 {
            connection.prepare(&format!("SELECT 1 FROM {table} LIMIT 0"))?;
        }
    }
    Ok(())
}

/// Takes the missing steps, each in a transaction of its own.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), RecordsError> {
    let done = usize::try_from(version(connection)?).map_err(|_| RecordsError::Corrupt)?;
    for (step, next) in STEPS.iter().zip(1_i32..).skip(done) {
        let transaction = connection.transaction()?;
        transaction.execute_batch(step)?;
        transaction.pragma_update(None, "user_version", next)?;
        transaction.commit()?;
    }
    Ok(())
}

fn version(connection: &Connection) -> Result<i32, RecordsError> {
    Ok(connection.query_row("PRAGMA user_version", [], |row| row.get(0))?)
}
