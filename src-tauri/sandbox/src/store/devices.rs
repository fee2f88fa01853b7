//! Owns the devices that wait for somebody's approval (RFC 8628). Leaves out the tokens they get.

use super::{Store, StoreError, moment};
use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{OptionalExtension, Row, named_params, params};

/// A device that asked to be signed in.
#[derive(Debug, Clone)]
pub(crate) struct Device {
    pub(crate) user_code: String,
    pub(crate) client: String,
    pub(crate) scope: String,
    pub(crate) challenge: String,
    pub(crate) interval: u32,
    pub(crate) expires_at: DateTime<Utc>,
    pub(crate) state: DeviceState,
}

/// How far a sign-in has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DeviceState {
    Pending,
    /// By the person with this number.
    Approved(u8),
    Denied,
    /// Its tokens were handed out.
    Redeemed,
}

/// What a poll found.
#[derive(Debug)]
pub(crate) enum Poll {
    /// No such device code for this client.
    Unknown,
    /// Polled before the interval was over; it is five seconds longer now.
    TooSoon,
    /// As it stands.
    Stands(Device),
}

const COLUMNS: &str = "user_code, client, scope, challenge, interval, expires_at, state, person";

fn device(row: &Row<'_>) -> rusqlite::Result<Device> {
    let state: String = row.get(6)?;
    Ok(Device {
        user_code: row.get(0)?,
        client: row.get(1)?,
        scope: row.get(2)?,
        challenge: row.get(3)?,
        interval: row.get(4)?,
        expires_at: moment(row.get(5)?),
        state: match (state.as_str(), row.get(7)?) {
            ("approved", Some(person)) => DeviceState::Approved(person),
            ("denied", _) => DeviceState::Denied,
            ("redeemed", _) => DeviceState::Redeemed,
            _ => DeviceState::Pending,
        },
    })
}

impl Store {
    pub(crate) fn add_device(&self, code: &[u8; 32], device: &Device) -> Result<(), StoreError> {
        self.lock().execute(
            "INSERT INTO devices (code, user_code, client, scope, challenge, interval, expires_at)
             VALUES (:code, :user_code, :client, :scope, :challenge, :interval, :expires_at)",
            named_params! {
                ":code": code, ":user_code": device.user_code, ":client": device.client, ":scope": device.scope,
                ":challenge": device.challenge, ":interval": device.interval,
                ":expires_at": device.expires_at.timestamp_millis(),
            },
        )?;
        Ok(())
    }

    /// The device that shows this code.
    pub(crate) fn device(&self, user_code: &str) -> Result<Option<Device>, StoreError> {
        let query = format!("SELECT {COLUMNS} FROM devices WHERE user_code = ?1");
        Ok(self.lock().query_row(&query, [user_code], device).optional()?)
    }

    /// Writes down a decision. `false` if there was nothing left to decide.
    pub(crate) fn decide(
        &self,
        user_code: &str,
        approved_by: Option<u8>,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let state = if approved_by.is_some() { "approved" } else { "denied" };
        let changed = self.lock().execute(
            "UPDATE devices SET state = ?2, person = ?3
             WHERE user_code = ?1 AND state = 'pending' AND expires_at > ?4",
            params![user_code, state, approved_by, now.timestamp_millis()],
        )?;
        Ok(changed == 1)
    }

    /// Notes a poll. Only a device that still waits can poll too soon (RFC 8628 section 3.5).
    pub(crate) fn poll_device(&self, code: &[u8; 32], client: &str, now: DateTime<Utc>) -> Result<Poll, StoreError> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        let query = format!("SELECT {COLUMNS}, polled_at FROM devices WHERE code = ?1 AND client = ?2");
        let found = transaction
            .query_row(&query, params![code, client], |row| Ok((device(row)?, row.get::<_, Option<i64>>(8)?)))
            .optional()?;
        let Some((device, polled_at)) = found else { return Ok(Poll::Unknown) };
        let too_soon = device.state == DeviceState::Pending
            && polled_at.is_some_and(|at| now < moment(at) + TimeDelta::seconds(device.interval.into()));
        transaction.execute(
            "UPDATE devices SET polled_at = ?2, interval = interval + ?3 WHERE code = ?1",
            params![code, now.timestamp_millis(), if too_soon { 5 } else { 0 }],
        )?;
        transaction.commit()?;
        Ok(if too_soon { Poll::TooSoon } else { Poll::Stands(device) })
    }

    /// Hands the approval out, once. `false` if somebody was quicker.
    pub(crate) fn redeem_device(&self, code: &[u8; 32]) -> Result<bool, StoreError> {
        let changed = self
            .lock()
            .execute("UPDATE devices SET state = 'redeemed' WHERE code = ?1 AND state = 'approved'", [code])?;
        Ok(changed == 1)
    }
}
