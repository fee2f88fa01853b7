//! Owns authorization codes, by hash (RFC 6749 section 4.1.2): each is good once and for a short while.
//! Leaves out the tokens they are exchanged for.

use super::tokens::{begin_family, revoke_family};
use super::{Issued, Store, StoreError, moment};
use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, named_params, params};

/// What a person approved.
#[derive(Debug, Clone)]
pub(crate) struct AuthorizationCode {
    pub(crate) client: String,
    pub(crate) scope: String,
    pub(crate) challenge: String,
    pub(crate) redirect_uri: String,
    pub(crate) nonce: Option<String>,
    pub(crate) person: u8,
    pub(crate) expires_at: DateTime<Utc>,
}

/// What a code was worth.
#[derive(Debug)]
pub(crate) enum Code {
    /// No such code for this client.
    Unknown,
    /// It was used before, so the tokens that were given for it are revoked now.
    Reused,
    /// It is used up from now on.
    Good(AuthorizationCode),
}

impl Store {
    pub(crate) fn add_code(&self, code: &[u8; 32], given: &AuthorizationCode) -> Result<(), StoreError> {
        self.lock().execute(
            "INSERT INTO codes (code, client, scope, challenge, redirect_uri, nonce, person, expires_at)
             VALUES (:code, :client, :scope, :challenge, :redirect_uri, :nonce, :person, :expires_at)",
            named_params! {
                ":code": code, ":client": given.client, ":scope": given.scope, ":challenge": given.challenge,
                ":redirect_uri": given.redirect_uri, ":nonce": given.nonce, ":person": given.person,
                ":expires_at": given.expires_at.timestamp_millis(),
            },
        )?;
        Ok(())
    }

    /// Uses a code up, whatever comes of it then: a wrong verifier is no reason for a second try.
    pub(crate) fn take_code(&self, code: &[u8; 32], client: &str) -> Result<Code, StoreError> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        let found = transaction
            .query_row(
                "SELECT client, scope, challenge, redirect_uri, nonce, person, expires_at, used, family FROM codes
                 WHERE code = ?1 AND client = ?2",
                params![code, client],
                |row| {
                    let code = AuthorizationCode {
                        client: row.get(0)?,
                        scope: row.get(1)?,
                        challenge: row.get(2)?,
                        redirect_uri: row.get(3)?,
                        nonce: row.get(4)?,
                        person: row.get(5)?,
                        expires_at: moment(row.get(6)?),
                    };
                    Ok((code, row.get::<_, bool>(7)?, row.get::<_, Option<i64>>(8)?))
                },
            )
            .optional()?;
        let outcome = match found {
            None => Code::Unknown,
            Some((_, true, family)) => {
                if let Some(family) = family {
                    revoke_family(&transaction, family)?;
                }
                Code::Reused
            }
            Some((given, false, _)) => {
                transaction.execute("UPDATE codes SET used = 1 WHERE code = ?1", [code])?;
                Code::Good(given)
            }
        };
        transaction.commit()?;
        Ok(outcome)
    }

    /// Begins the family of a code, so that using the code again ends it.
    pub(crate) fn issue_for_code(&self, code: &[u8; 32], person: u8, issued: &Issued<'_>) -> Result<(), StoreError> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        let family = begin_family(&transaction, person, issued)?;
        transaction.execute("UPDATE codes SET family = ?2 WHERE code = ?1", params![code, family])?;
        Ok(transaction.commit()?)
    }
}
