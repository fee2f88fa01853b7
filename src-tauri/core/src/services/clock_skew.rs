//! Owns how far a service's clock is from this computer's, as its answers tell (`Date`, RFC 9110 section
//! 6.6.1), so that a computer whose clock is wrong does not call a key expired that works, or the other way.

use super::{Services, Topic};
use crate::domain::AccountId;
use chrono::{DateTime, TimeDelta, Utc};

/// Less is the way of an answer, or a clock that nobody would call wrong.
const WORTH_TELLING: TimeDelta = TimeDelta::minutes(2);

/// 2000 to 2199: whatever lies outside is no time of day, and no later sum can overflow.
const CREDIBLE: std::ops::Range<i64> = 946_684_800..7_258_118_400;

impl Services {
    /// Remembers what time it is at an account's service, for as long as the app runs.
    pub(super) fn note_time(&self, account: AccountId, said: Option<DateTime<Utc>>) {
        let Some(said) = said else { return };
        let ahead = ahead(said, self.now());
        let before = {
            let mut live = self.live();
            match ahead {
                Some(ahead) => live.ahead.insert(account, ahead),
                None => live.ahead.remove(&account),
            }
        };
        if before.is_some() != ahead.is_some() {
            self.changed(Topic::App);
            self.changed(Topic::Keys);
        }
    }

    /// How far the clock of an account's service is ahead of this computer's; `None` if they agree.
    pub(super) fn ahead_of(&self, account: AccountId) -> Option<TimeDelta> {
        self.live().ahead.get(&account).copied()
    }

    /// The present moment by the clock of an account's service, which judges its own keys by it.
    pub fn now_at(&self, account: AccountId) -> DateTime<Utc> {
        self.now() + self.ahead_of(account).unwrap_or_default()
    }

    /// The largest distances of any service's clock, behind and ahead.
    pub(super) fn spread(&self) -> (TimeDelta, TimeDelta) {
        let live = self.live();
        let all = || live.ahead.values().copied().chain([TimeDelta::zero()]);
        (all().min().unwrap_or_default(), all().max().unwrap_or_default())
    }
}

/// How far a clock is ahead that shows this, if that is worth telling. Answers tell whole seconds, so it is
/// told in whole seconds as well.
fn ahead(said: DateTime<Utc>, now: DateTime<Utc>) -> Option<TimeDelta> {
    if !CREDIBLE.contains(&said.timestamp()) {
        return None;
    }
    let ahead = TimeDelta::seconds((said - now).num_seconds());
    (ahead.abs() >= WORTH_TELLING).then_some(ahead)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn only_two_minutes_or_more_are_worth_telling() {
        let now = at("2026-11-21T12:00:00Z");
        assert_eq!(ahead(at("2026-11-21T12:01:59Z"), now), None);
        assert_eq!(ahead(at("2026-11-21T12:02:00Z"), now), Some(TimeDelta::minutes(2)));
        assert_eq!(ahead(at("2026-11-21T11:00:00Z"), now), Some(TimeDelta::hours(-1)));
    }

    #[test]
    fn a_time_that_cannot_be_is_not_believed() {
        let now = at("2026-11-21T12:00:00Z");
        for said in ["1970-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "1999-12-31T23:59:59Z", "2200-01-01T00:00:00Z"] {
            assert_eq!(ahead(at(said), now), None, "{said}");
        }
        assert!(ahead(at("2000-01-01T00:00:00Z"), now).is_some());
        assert!(ahead(DateTime::<Utc>::MAX_UTC, now).is_none());
    }

    #[test]
    fn summer_time_is_no_distance() {
        // The hour that a night of October has twice: the same moment, written with two offsets.
        let now = at("2026-10-25T00:30:00Z");
        for said in ["2026-10-25T02:30:00+02:00", "2026-10-25T01:30:00+01:00"] {
            assert_eq!(ahead(DateTime::parse_from_rfc3339(said).unwrap().to_utc(), now), None);
        }
    }
}
