//! Owns filling a records file for measuring: `latchkey-bench-records FILE KEYS ACCOUNTS`. Every name is made up,
//! the keys differ in all that the list shows, and no account is signed in, so that nothing asks a server.

use chrono::{DateTime, TimeDelta, Utc};
use latchkey_core::clock::{Clock as _, SystemClock};
use latchkey_core::domain::{
    Account, ApiKey, Authorization, Expiry, KeyOrigin, LastUse, ProviderId, Servers, ServiceStatus,
};
use latchkey_core::records::Records;
use std::error::Error;
use std::path::PathBuf;
use url::Url;

const PLACES: [&str; 12] = [
    "laptop", "desktop", "phone", "server", "build", "editor", "notebook", "backup", "scripts", "chat", "search",
    "home",
];
const TEAMS: [&str; 9] = ["work", "study", "garden", "music", "kitchen", "archive", "travel", "harbour", "mill"];

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut next = || arguments.next().ok_or("give a file, a number of keys and a number of accounts");
    let file = PathBuf::from(next()?);
    let count: usize = next()?.parse()?;
    let accounts: usize = next()?.parse()?;
    let now = SystemClock.now();
    let records = Records::open(&file)?;
    let mut ids = Vec::new();
    for number in 0..accounts {
        let mut account = account(number, now)?;
        account.checked_at = Some(now);
        ids.push(account.id);
        records.put_account(&account)?;
    }
    let keys: Vec<ApiKey> = (0..count).map(|number| key(number, ids[number % ids.len()], now)).collect();
    Ok(records.put_keys(&keys)?)
}

fn account(number: usize, now: DateTime<Utc>) -> Result<Account, Box<dyn Error>> {
    let server = Url::parse("https://cloud.example.com/")?;
    let authorization =
        Authorization { server: server.clone(), client_id: "client_EXAMPLE".to_owned(), loopback: false };
    let servers = Servers { host: server, authorization: Some(authorization) };
    Ok(Account::signed_out(ProviderId::BASIC_MEMORY, format!("Account {}", number + 1), servers, now))
}

fn key(number: usize, account: latchkey_core::domain::AccountId, now: DateTime<Utc>) -> ApiKey {
    let minutes = |of: usize| TimeDelta::minutes(i64::try_from(of).unwrap_or_default());
    // Neighbours in the file are far apart in time, as in a list that grew by itself.
    let scattered = number.wrapping_mul(7919) % 99_991;
    let place = PLACES[number % PLACES.len()];
    let team = TEAMS[number / PLACES.len() % TEAMS.len()];
    ApiKey {
        remote_id: Some(format!("key-{number}")),
        name: format!("{team}-{place}-{number}"),
        prefix: Some(format!("bmc_{scattered:06}")),
        workspace: Some(format!("tenant-{}", number % 4)),
        workspace_confirmed: true,
        created_at: Some(now - minutes(scattered * 5)),
        last_use: if number.is_multiple_of(9) { LastUse::Never } else { LastUse::At(now - minutes(scattered)) },
        expiry: if number.is_multiple_of(3) {
            Expiry::AtService(now + TimeDelta::days(1) + minutes(scattered))
        } else {
            Expiry::Never
        },
        service_status: if number % 20 == 19 {
            ServiceStatus::Revoked(Some(now - TimeDelta::days(10)))
        } else {
            ServiceStatus::Active
        },
        ..ApiKey::blank(account, KeyOrigin::Listed)
    }
}
