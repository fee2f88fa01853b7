//! Owns the rows of accounts and their workspaces.

use super::codec::{Column as _, Reader, spell_some};
use super::{Records, RecordsError};
use crate::domain::{Account, AccountId, Authorization, Capability, Servers, Workspace};
use rusqlite::{Connection, Row, params};

const SELECT: &str =
    "SELECT id, provider, label, host, authorization_server, client_id, loopback, sandbox, subject, email,
    sign_in, offers_list, offers_create, offers_revoke, offers_expiry, added_at, checked_at, last_failure, reports_use,
    admin_key, lacks, usage, rate_limit FROM accounts";

const PUT: &str = "INSERT INTO accounts (id, provider, label, host, authorization_server, client_id, sandbox, subject,
    email, sign_in, offers_list, offers_create, offers_revoke, offers_expiry, added_at, checked_at, last_failure,
    reports_use, admin_key, lacks, usage, rate_limit, loopback)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23)
    ON CONFLICT (id) DO UPDATE SET provider = ?2, label = ?3, host = ?4, authorization_server = ?5, client_id = ?6,
    sandbox = ?7, subject = ?8, email = ?9, sign_in = ?10, offers_list = ?11, offers_create = ?12,
    offers_revoke = ?13, offers_expiry = ?14, added_at = ?15, checked_at = ?16, last_failure = ?17, reports_use = ?18,
    admin_key = ?19, lacks = ?20, usage = ?21, rate_limit = ?22, loopback = ?23";

impl Records {
    /// Every account, in the order they were added.
    pub fn accounts(&self) -> Result<Vec<Account>, RecordsError> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached(&format!("{SELECT} ORDER BY rowid"))?;
        let mut rows = statement.query([])?;
        let mut accounts = Vec::new();
        while let Some(row) = rows.next()? {
            accounts.push(read(&connection, row)?);
        }
        Ok(accounts)
    }

    /// One account.
    pub fn account(&self, id: AccountId) -> Result<Option<Account>, RecordsError> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached(&format!("{SELECT} WHERE id = ?1"))?;
        let mut rows = statement.query([id.spell()])?;
        rows.next()?.map(|row| read(&connection, row)).transpose()
    }

    /// Adds the account, or replaces what was known of it. Its keys stay.
    pub fn put_account(&self, account: &Account) -> Result<(), RecordsError> {
        self.write(|transaction| {
            let id = account.id.spell();
            transaction.prepare_cached(PUT)?.execute(params![
                id,
                account.provider.spell(),
                account.label,
                account.servers.host.spell(),
                account.servers.authorization.as_ref().map(|authorization| authorization.server.spell()),
                account.servers.authorization.as_ref().map(|authorization| &authorization.client_id),
                account.sandbox,
                account.subject,
                account.email,
                account.sign_in.spell(),
                account.capability.list.spell(),
                account.capability.create.spell(),
                account.capability.revoke.spell(),
                account.capability.expiry.spell(),
                account.added_at.spell(),
                spell_some(account.checked_at.as_ref()),
                account.last_failure,
                account.reports_use,
                spell_some(account.admin_key.as_ref()),
                account.lacks.spell(),
                spell_some(account.usage.as_ref()),
                spell_some(account.rate_limit.as_ref()),
                account.servers.authorization.as_ref().is_some_and(|authorization| authorization.loopback),
            ])?;
            transaction.execute("DELETE FROM workspaces WHERE account = ?1", [&id])?;
            let mut statement = transaction.prepare_cached(
                "INSERT INTO workspaces (account, position, id, name, role, is_default) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?;
            for (workspace, position) in account.workspaces.iter().zip(0_i64..) {
                statement.execute(params![
                    id,
                    position,
                    workspace.id,
                    workspace.name,
                    workspace.role,
                    workspace.is_default
                ])?;
            }
            Ok(())
        })
    }

    /// Removes the account, its keys and the places noted for them. The journal keeps its lines.
    pub fn remove_account(&self, id: AccountId) -> Result<(), RecordsError> {
        self.lock().execute("DELETE FROM accounts WHERE id = ?1", [id.spell()])?;
        Ok(())
    }
}

fn read(connection: &Connection, row: &Row<'_>) -> Result<Account, RecordsError> {
    let mut row = Reader::new(row);
    let id: AccountId = row.coded()?;
    Ok(Account {
        id,
        provider: row.coded()?,
        label: row.plain()?,
        servers: Servers { host: row.coded()?, authorization: authorization(&mut row)? },
        sandbox: row.plain()?,
        subject: row.plain()?,
        email: row.plain()?,
        sign_in: row.coded()?,
        capability: Capability { list: row.coded()?, create: row.coded()?, revoke: row.coded()?, expiry: row.coded()? },
        added_at: row.coded()?,
        checked_at: row.optional()?,
        last_failure: row.plain()?,
        reports_use: row.plain()?,
        admin_key: row.optional()?,
        lacks: row.coded()?,
        usage: row.optional()?,
        rate_limit: row.optional()?,
        workspaces: workspaces(connection, id)?,
    })
}

/// Both columns or neither; the mark says something only of a client.
fn authorization(row: &mut Reader<'_>) -> Result<Option<Authorization>, RecordsError> {
    match (row.optional()?, row.plain()?, row.plain()?) {
        (Some(server), Some(client_id), loopback) => Ok(Some(Authorization { server, client_id, loopback })),
        (None, None, _) => Ok(None),
        _ => Err(RecordsError::Corrupt),
    }
}

fn workspaces(connection: &Connection, account: AccountId) -> Result<Vec<Workspace>, RecordsError> {
    let mut statement = connection
        .prepare_cached("SELECT id, name, role, is_default FROM workspaces WHERE account = ?1 ORDER BY position")?;
    let mut rows = statement.query([account.spell()])?;
    let mut workspaces = Vec::new();
    while let Some(row) = rows.next()? {
        let mut row = Reader::new(row);
        workspaces.push(Workspace {
            id: row.plain()?,
            name: row.plain()?,
            role: row.plain()?,
            is_default: row.plain()?,
        });
    }
    Ok(workspaces)
}
