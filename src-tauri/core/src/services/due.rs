//! Owns what falls due: the end of a key at its service, or the day of a reminder that Latchkey
//! keeps. Told 14, 7 and 1 days before, once each: by a notification while Latchkey runs, and in one
//! list at start.

use super::create::end_of_day;
use super::files::{self, SavedFile};
use super::{Reason, ServiceError, Services, Topic, activity::Line, calendar};
use crate::domain::{AccountId, ActivityKind, ApiKey, Expiry, KeyId, ProviderId, ServiceStatus, in_words};
use crate::records::{Ending, How, Told};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use std::collections::{HashMap, HashSet};
use std::time::Duration;

/// Something that falls due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The key.
    pub key: KeyId,
    /// Its account.
    pub account: AccountId,
    /// Its name.
    pub name: String,
    /// Its service.
    pub provider: ProviderId,
    /// What falls due.
    pub kind: DueKind,
    /// When.
    pub at: DateTime<Utc>,
    /// Whole days until then: 0 is within a day, less is past.
    pub days: i64,
}

/// What falls due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DueKind {
    /// The service ends the key.
    Expiry,
    /// Latchkey reminds; the service has no end for the key.
    Reminder,
}

/// How many days before something is told, the most urgent first. 0 is the moment itself.
const STAGES: [u16; 4] = [0, 1, 7, 14];

/// How long a key that has ended is still listed.
const LISTED_AFTER: TimeDelta = TimeDelta::days(14);

/// How long after its making a key is new, by clocks that may differ a little.
const JUST_MADE: TimeDelta = TimeDelta::minutes(1);

/// How often the clock is looked at: a computer that slept wakes up late.
const LOOK: Duration = Duration::from_secs(5 * 60);

impl Services {
    /// What falls due and was not put away, the most urgent first.
    pub fn due(&self) -> Result<Vec<Due>, ServiceError> {
        let (now, (behind, ahead)) = (self.now(), self.spread());
        let put_away: HashSet<Told> = self.records().told()?.into_iter().collect();
        // Read once: a long list has thousands that fall due.
        let accounts = self.records().accounts()?.into_iter().map(|account| (account.id, account.provider));
        let services: HashMap<AccountId, ProviderId> = accounts.collect();
        let mut due = Vec::new();
        let (from, to) = (now + behind - LISTED_AFTER, now + ahead + TimeDelta::days(i64::from(STAGES[3])));
        for Ending { key, account, name, expiry, service_status } in self.records().keys_ending(from, to)? {
            let now = self.now_at(account);
            let Some((kind, at)) = end_of(expiry, service_status).filter(|(_, at)| *at >= now - LISTED_AFTER) else {
                continue;
            };
            let Some(days) = stage(at, now) else { continue };
            if put_away.contains(&Told { key, at, days, how: How::PutAway }) {
                continue;
            }
            let Some(provider) = services.get(&account).copied() else { continue };
            let days = (at - now).num_seconds().div_euclid(24 * 60 * 60);
            due.push(Due { key, account, name, provider, kind, at, days });
        }
        due.sort_by_key(|due| due.at);
        Ok(due)
    }

    /// Puts away what falls due; each comes back when it becomes more urgent.
    pub fn dismiss_due(&self) -> Result<(), ServiceError> {
        let mut told = Vec::new();
        for due in self.due()? {
            let days = stage(due.at, self.now_at(due.account));
            told.extend(days.map(|days| Told { key: due.key, at: due.at, days, how: How::PutAway }));
        }
        self.records().put_told(&told)?;
        self.changed(Topic::App);
        Ok(())
    }

    /// Tells what fell due since the app was started, each once. Returns how much was told.
    pub fn announce_due(&self) -> Result<usize, ServiceError> {
        let Some(started_at) = self.live().started_at else { return Ok(0) };
        let told: HashSet<Told> = self.records().told()?.into_iter().collect();
        let mut fresh = Vec::new();
        for due in self.due()? {
            let since = started_at + self.ahead_of(due.account).unwrap_or_default();
            let Some(days) = stage(due.at, self.now_at(due.account)).filter(|days| *days > 0) else { continue };
            // What fell due before is in the list that the window shows at start.
            let fell_due = due.at - TimeDelta::days(i64::from(days));
            let line = Told { key: due.key, at: due.at, days, how: How::Notified };
            if fell_due <= since || told.contains(&line) {
                continue;
            }
            // A date that was chosen a moment ago is no news.
            let made = self.key(due.key)?.created_at;
            if made.is_none_or(|made| fell_due > made + JUST_MADE) {
                fresh.push((due, line));
            }
        }
        if fresh.is_empty() {
            return Ok(0);
        }
        // Remembered first: a crash in between is silent rather than loud twice.
        self.records().put_told(&fresh.iter().map(|(_, line)| *line).collect::<Vec<_>>())?;
        if self.settings()?.notifications {
            for (due, line) in &fresh {
                self.notify(due, line.days)?;
            }
        }
        self.changed(Topic::App);
        Ok(fresh.len())
    }

    /// Names no key while the app is locked, and never a key's characters or their head.
    fn notify(&self, due: &Due, days: u16) -> Result<(), ServiceError> {
        let what = match due.kind {
            DueKind::Expiry => "A key expires",
            DueKind::Reminder => "Replace a key",
        };
        let when = if days == 1 { "tomorrow".to_owned() } else { format!("in {days} days") };
        let words = if self.is_locked() {
            "Unlock Latchkey to see which.".to_owned()
        } else {
            let account = self.account(due.account)?;
            let service = self.provider(due.provider).description().short_name;
            format!("{} · {} ({service})", plain(&due.name), plain(&account.label))
        };
        self.desktop().notifier.notify(&format!("{what} {when}"), &words);
        Ok(())
    }

    /// Looks at the clock for as long as the app runs.
    pub(super) fn watch_due(&self) {
        self.live().started_at = Some(self.now());
        let services = self.clone();
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(LOOK).await;
                // Records that cannot be read say so wherever they are needed.
                let _told = services.announce_due();
            }
        });
    }

    /// Sets, moves or takes away the day on which Latchkey reminds of a key.
    pub fn set_reminder(
        &self,
        id: KeyId,
        on: Option<NaiveDate>,
        utc_offset_minutes: i32,
    ) -> Result<ApiKey, ServiceError> {
        let at = on.map(|day| end_of_day(day, utc_offset_minutes)).transpose()?;
        if at.is_some_and(|at| at <= self.now() || at > self.now() + TimeDelta::days(3660)) {
            return Err(ServiceError::field(Reason::BadInput, "on"));
        }
        if matches!(self.key(id)?.expiry, Expiry::AtService(_)) {
            // The service itself ends it; that day is told already.
            return Err(ServiceError::field(Reason::BadInput, "on"));
        }
        let key = self.update_key(id, |key| {
            key.expiry = match (at, key.expiry) {
                (Some(at), _) => Expiry::Reminder(at),
                (None, Expiry::Reminder(_)) => Expiry::Unknown,
                (None, known) => known,
            };
        })?;
        let day = on.map_or_else(|| "None".to_owned(), |day| day.format("%d %b %Y").to_string());
        self.journal(Line::about_key(ActivityKind::ReminderSet, &key).fact("On", day))?;
        self.changed(Topic::Keys);
        self.changed(Topic::App);
        Ok(key)
    }

    /// Saves a calendar entry for a key's end or reminder in the person's folder for downloads.
    pub async fn add_to_calendar(&self, id: KeyId) -> Result<SavedFile, ServiceError> {
        let key = self.key(id)?;
        let (kind, at) =
            end_of(key.expiry, key.service_status).ok_or_else(|| ServiceError::field(Reason::BadInput, "key"))?;
        let account = self.account(key.account)?;
        let service = self.provider(account.provider).description().short_name;
        let name = plain(&key.name);
        let title = match kind {
            DueKind::Expiry => format!("{name} ({service}) expires"),
            DueKind::Reminder => format!("Replace {name} ({service})"),
        };
        let words = format!("API key {name} of {}. Create its replacement in Latchkey, then revoke it.", account.label);
        let uid = format!("{}-{}@latchkey", key.id, at.timestamp());
        let entry = calendar::Entry { uid: &uid, title: &title, text: &words, at, now: self.now() };
        let file = format!("latchkey-{}.ics", file_name(&key.name));
        let saved = files::save_new(self.downloads()?, &file, calendar::text(&entry).into_bytes()).await?;
        self.journal(Line::about_key(ActivityKind::CalendarSaved, &key).fact("File", saved.name.as_str()))?;
        Ok(saved)
    }
}

/// When a key ends or is to be replaced. A revoked one does neither.
fn end_of(expiry: Expiry, service_status: ServiceStatus) -> Option<(DueKind, DateTime<Utc>)> {
    match (service_status, expiry) {
        (ServiceStatus::Revoked(_), _) => None,
        (_, Expiry::AtService(at)) => Some((DueKind::Expiry, at)),
        (ServiceStatus::Active, Expiry::Reminder(at)) => Some((DueKind::Reminder, at)),
        _ => None,
    }
}

/// How urgent a moment is: the last stage that it has reached. `None` while it is far away.
fn stage(at: DateTime<Utc>, now: DateTime<Utc>) -> Option<u16> {
    STAGES.into_iter().find(|days| now >= at - TimeDelta::days(i64::from(*days)))
}

/// A name as one short line, everything in it visible.
fn plain(name: &str) -> String {
    let short: String = name.chars().take(60).collect();
    in_words(&short)
}

/// A name that every system takes for a file.
fn file_name(name: &str) -> String {
    let plain = |character: char| if character.is_ascii_alphanumeric() { character.to_ascii_lowercase() } else { '-' };
    let name: String = name.chars().map(plain).take(40).collect();
    let name = name.trim_matches('-');
    if name.is_empty() { "key".to_owned() } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone as _;

    #[test]
    fn a_moment_becomes_urgent_in_four_steps() {
        let at = Utc.with_ymd_and_hms(2026, 12, 12, 12, 0, 0).unwrap();
        let before = |days: i64| stage(at, at - TimeDelta::days(days));
        assert_eq!((before(15), before(14), before(8), before(7)), (None, Some(14), Some(14), Some(7)));
        assert_eq!((before(2), before(1), before(0), before(-3)), (Some(7), Some(1), Some(0), Some(0)));
    }

    #[test]
    fn a_file_is_named_in_plain_letters() {
        assert_eq!(file_name("CI / prod (Ä)"), "ci---prod");
        assert_eq!(file_name("…/"), "key");
    }
}
