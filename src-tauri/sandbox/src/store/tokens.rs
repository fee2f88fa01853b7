//! Owns access and refresh tokens, by hash, and the families they belong to: everything that grew out
//! of one sign-in. Leaves out who may ask for them.

use super::{Store, StoreError};
use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, params};

/// What a sign-in was given, by hash.
#[derive(Debug)]
pub(crate) struct Issued<'a> {
    pub(crate) access: &'a [u8; 32],
    pub(crate) access_expires_at: DateTime<Utc>,
    pub(crate) refresh: Option<&'a [u8; 32]>,
    pub(crate) client: &'a str,
    pub(crate) scope: &'a str,
}

/// What a refresh token was worth.
#[derive(Debug)]
pub(crate) enum Refreshed {
    /// The new pair stands; the old refresh token is used up.
    Yes { person: u8, scope: String },
    /// Unknown, of another client, or of a revoked family.
    Refused,
    /// It had been used before: somebody else holds a copy, so the whole family is revoked now
    /// (RFC 9700 section 4.14.2).
    Reused,
}

fn insert(connection: &Connection, family: i64, person: u8, issued: &Issued<'_>) -> rusqlite::Result<()> {
    connection.execute(
        "INSERT INTO access_tokens (token, family, person, client, expires_at) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![issued.access, family, person, issued.client, issued.access_expires_at.timestamp_millis()],
    )?;
    if let Some(refresh) = issued.refresh {
        connection.execute(
            "INSERT INTO refresh_tokens (token, family, person, client, scope) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![refresh, family, person, issued.client, issued.scope],
        )?;
    }
    Ok(())
}

/// The first tokens of a sign-in.
pub(super) fn begin_family(connection: &Connection, person: u8, issued: &Issued<'_>) -> rusqlite::Result<i64> {
    connection.execute("INSERT INTO families DEFAULT VALUES", [])?;
    let family = connection.last_insert_rowid();
    insert(connection, family, person, issued)?;
    Ok(family)
}

pub(super) fn revoke_family(connection: &Connection, family: i64) -> rusqlite::Result<usize> {
    connection.execute("UPDATE families SET revoked = 1 WHERE id = ?1", [family])
}

impl Store {
    /// Begins a family.
    pub(crate) fn issue(&self, person: u8, issued: &Issued<'_>) -> Result<(), StoreError> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        begin_family(&transaction, person, issued)?;
        Ok(transaction.commit()?)
    }

    /// Uses a refresh token up and puts `issued` in its place, with the old token's scope.
    pub(crate) fn refresh(&self, old: &[u8; 32], issued: &Issued<'_>) -> Result<Refreshed, StoreError> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        let found = transaction
            .query_row(
                "SELECT family, person, scope, used FROM refresh_tokens JOIN families ON families.id = family
                 WHERE token = ?1 AND client = ?2 AND NOT revoked",
                params![old, issued.client],
                |row| Ok((row.get(0)?, row.get(1)?, row.get::<_, String>(2)?, row.get::<_, bool>(3)?)),
            )
            .optional()?;
        let Some((family, person, scope, used)) = found else { return Ok(Refreshed::Refused) };
        let outcome = if used {
            revoke_family(&transaction, family)?;
            Refreshed::Reused
        } else {
            transaction.execute("UPDATE refresh_tokens SET used = 1 WHERE token = ?1", [old])?;
            insert(&transaction, family, person, &Issued { scope: &scope, ..*issued })?;
            Refreshed::Yes { person, scope }
        };
        transaction.commit()?;
        Ok(outcome)
    }

    /// Revokes a token. A refresh token takes its family along, an access token goes alone (RFC 7009
    /// section 2.1). An unknown one is no error.
    pub(crate) fn revoke_token(&self, token: &[u8; 32], client: &str) -> Result<(), StoreError> {
        let connection = self.lock();
        let family = connection
            .query_row(
                "SELECT family FROM refresh_tokens WHERE token = ?1 AND client = ?2",
                params![token, client],
                |row| row.get(0),
            )
            .optional()?;
        match family {
            Some(family) => revoke_family(&connection, family)?,
            None => connection
                .execute("DELETE FROM access_tokens WHERE token = ?1 AND client = ?2", params![token, client])?,
        };
        Ok(())
    }

    /// The person an access token stands for, while it lives.
    pub(crate) fn person_of(&self, access: &[u8; 32], now: DateTime<Utc>) -> Result<Option<u8>, StoreError> {
        Ok(self
            .lock()
            .query_row(
                "SELECT person FROM access_tokens JOIN families ON families.id = family
                 WHERE token = ?1 AND expires_at > ?2 AND NOT revoked",
                params![access, now.timestamp_millis()],
                |row| row.get(0),
            )
            .optional()?)
    }
}
