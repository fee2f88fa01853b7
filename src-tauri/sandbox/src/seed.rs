//! Owns the keys the sandbox starts with at Basic Memory. Leaves out those of the other services
//! (handed_out, samples). Nobody knows their secrets, not even the sandbox.

use crate::people::{ACME, PERSONAL, Workspace};
use crate::settings::Seed;
use crate::store::{Key, StoreError};
use crate::world::World;
use crate::{samples, secrets};
use chrono::{DateTime, TimeDelta, Utc};

/// A believable key: its ages in days before now (after now for its end).
struct Sample {
    name: &'static str,
    workspace: &'static Workspace,
    created: i64,
    used: Option<f64>,
    expires: Option<i64>,
    revoked: Option<i64>,
}

const fn sample(name: &'static str, workspace: &'static Workspace, created: i64, used: Option<f64>) -> Sample {
    Sample { name, workspace, created, used, expires: None, revoked: None }
}

const fn until(mut sample: Sample, days: i64) -> Sample {
    sample.expires = Some(days);
    sample
}

const fn revoked(mut sample: Sample, days_ago: i64) -> Sample {
    sample.revoked = Some(days_ago);
    sample
}

static DEMO: [Sample; 20] = [
    sample("work-laptop", &PERSONAL, 210, Some(0.01)),
    sample("Claude Desktop at home", &PERSONAL, 96, Some(0.2)),
    until(sample("phone shortcuts", &PERSONAL, 80, Some(1.5)), 10),
    until(sample("reading-list importer", &PERSONAL, 84, Some(3.0)), 6),
    until(sample("weekend project", &PERSONAL, 29, Some(12.0)), 1),
    until(sample("home server", &PERSONAL, 40, Some(0.6)), 325),
    sample("old-thinkpad", &PERSONAL, 512, Some(190.0)),
    sample("try-out, delete me", &PERSONAL, 33, None),
    sample("notes backup", &PERSONAL, 2, None),
    until(sample("conference demo", &PERSONAL, 120, Some(91.0)), -30),
    until(sample("borrowed-laptop", &PERSONAL, 14, Some(8.0)), -7),
    revoked(sample("pasted into a chat by mistake", &PERSONAL, 61, Some(60.0)), 60),
    sample("CI nightly", &ACME, 150, Some(0.3)),
    until(sample("GitHub Actions", &ACME, 70, Some(0.05)), 20),
    until(sample("staging server", &ACME, 85, Some(0.4)), 5),
    sample("support bot", &ACME, 300, Some(2.2)),
    sample("data-export", &ACME, 45, None),
    until(sample("contractor, spring", &ACME, 230, Some(141.0)), -140),
    revoked(sample("CI nightly (old)", &ACME, 400, Some(151.0)), 149),
    revoked(until(sample("load test", &ACME, 20, Some(18.0)), 10), 17),
];

/// Plants what the settings ask for, unless the data file has keys already.
pub(crate) fn plant(world: &World) -> Result<(), StoreError> {
    let Some(seed) = world.settings.seed else { return Ok(()) };
    if matches!(seed, Seed::Demo) {
        samples::plant(world)?;
    }
    if !world.store.keys(None)?.is_empty() {
        return Ok(());
    }
    let now = world.clock.now();
    let keys: Vec<_> = match seed {
        Seed::Demo => DEMO.iter().map(|sample| grow(sample, sample.name.to_owned(), now)).collect(),
        // The same ones over and over, told apart by number and shifted a little in age.
        Seed::Many(count) => (0..count)
            .zip(DEMO.iter().cycle())
            .map(|(number, sample)| {
                let moment = now - TimeDelta::minutes(number.into());
                grow(sample, format!("{} {:04}", sample.name, number + 1), moment)
            })
            .collect(),
    };
    world.store.add_keys(&keys)
}

#[allow(clippy::cast_possible_truncation)] // Parts of a minute do not matter here.
fn grow(sample: &Sample, name: String, now: DateTime<Utc>) -> ([u8; 32], Key) {
    let secret = secrets::api_key();
    let ago = |days: i64| now - TimeDelta::days(days);
    let key = Key {
        id: uuid::Uuid::new_v4().to_string(),
        name,
        prefix: secrets::visible_head(&secret),
        workspace: sample.workspace.tenant_id.to_owned(),
        person: 1,
        created_at: ago(sample.created),
        last_used_at: sample.used.map(|days| now - TimeDelta::minutes((days * 24.0 * 60.0) as i64)),
        expires_at: sample.expires.map(|days| now + TimeDelta::days(days)),
        revoked_at: sample.revoked.map(ago),
    };
    (secrets::hash(&secret), key)
}
