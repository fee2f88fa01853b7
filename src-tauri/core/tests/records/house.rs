//! Owns a file of records with known keys in it, and telling whether they are all there.

use chrono::{DateTime, Utc};
use latchkey_core::domain::{Account, AccountId, ApiKey, KeyOrigin, ProviderId, Servers};
use latchkey_core::records::{Records, RecordsError};
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

/// How many keys are written at once, all or none.
pub(crate) const BATCH: usize = 50;

pub(crate) fn now() -> DateTime<Utc> {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

pub(crate) fn file_in(folder: &Path) -> PathBuf {
    folder.join("records.db")
}

pub(crate) fn mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

/// An account with as many batches of keys.
pub(crate) fn filled(path: &Path, batches: usize) -> Records {
    let records = Records::open(path).unwrap();
    let account = account(&records).unwrap();
    (0..batches).for_each(|_| add_batch(&records, account).unwrap());
    records
}

/// The one account, made if it is not there.
pub(crate) fn account(records: &Records) -> Result<AccountId, RecordsError> {
    if let Some(account) = records.accounts()?.first() {
        return Ok(account.id);
    }
    let servers = Servers { host: "https://cloud.example.com".parse().unwrap(), authorization: None };
    let account = Account::signed_out(ProviderId::BASIC_MEMORY, "Work".to_owned(), servers, now());
    records.put_account(&account)?;
    Ok(account.id)
}

pub(crate) fn add_batch(records: &Records, account: AccountId) -> Result<(), RecordsError> {
    let keys: Vec<ApiKey> = (0..BATCH)
        .map(|number| ApiKey { name: format!("tell-tale {number}"), ..ApiKey::blank(account, KeyOrigin::Listed) })
        .collect();
    records.put_keys(&keys)
}

/// How many keys are there, in whole batches, read from a file that opens and is sound.
pub(crate) fn whole_batches(path: &Path) -> usize {
    let records = Records::open(path).unwrap();
    let count = records.keys().unwrap().len();
    assert_eq!(count % BATCH, 0, "a batch was torn");
    count / BATCH
}
