//! Owns the judgement of a key: one of five states, the first rule that fits wins.

use super::{ApiKey, Expiry, LastUse, ServiceStatus};
use chrono::{DateTime, TimeDelta, Utc};

/// The five states a key is shown in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyStatus {
    /// Revoked at the service.
    Revoked,
    /// Its end has passed.
    Expired,
    /// Works, and ends within seven days.
    Expiring,
    /// Works, the service reports use, and there was none for 90 days.
    Unused,
    /// Works.
    Active,
}

/// Judges a key at a moment. A reminder never makes a key expiring or expired.
pub fn key_status(key: &ApiKey, now: DateTime<Utc>) -> KeyStatus {
    let end = match key.expiry {
        Expiry::AtService(end) => Some(end),
        Expiry::Unknown | Expiry::Never | Expiry::Reminder(_) => None,
    };
    let quiet_since = match key.last_use {
        LastUse::NotReported => None,
        LastUse::Never => key.created_at,
        LastUse::At(moment) => Some(moment),
    };
    match key.service_status {
        ServiceStatus::Revoked(_) => KeyStatus::Revoked,
        ServiceStatus::Expired => KeyStatus::Expired,
        ServiceStatus::Active if end.is_some_and(|end| end <= now) => KeyStatus::Expired,
        ServiceStatus::Active if end.is_some_and(|end| end - now <= TimeDelta::days(7)) => KeyStatus::Expiring,
        ServiceStatus::Active if quiet_since.is_some_and(|since| now - since >= TimeDelta::days(90)) => {
            KeyStatus::Unused
        }
        ServiceStatus::Active => KeyStatus::Active,
    }
}

/// A quiet remark on a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hint {
    /// The service reports use, and there was none for 90 days.
    Unused,
    /// It was made 90 days ago or more.
    Old,
}

/// What is worth a quiet remark on a key that works.
pub fn hints(key: &ApiKey, now: DateTime<Utc>) -> Vec<Hint> {
    let long_ago = |moment: DateTime<Utc>| now - moment >= TimeDelta::days(90);
    let status = key_status(key, now);
    if matches!(status, KeyStatus::Revoked | KeyStatus::Expired) {
        return Vec::new();
    }
    let quiet_since = match key.last_use {
        LastUse::NotReported => None,
        LastUse::Never => key.created_at,
        LastUse::At(moment) => Some(moment),
    };
    let unused = quiet_since.is_some_and(long_ago).then_some(Hint::Unused);
    let old = key.created_at.is_some_and(long_ago).then_some(Hint::Old);
    unused.into_iter().chain(old).collect()
}

/// Whether a key was revoked so long ago that a list may fold it away. Where the service does not tell
/// the moment, the last thing that is known of the key stands for it: its use, or its making.
pub fn is_folded(key: &ApiKey, now: DateTime<Utc>) -> bool {
    let used = match key.last_use {
        LastUse::At(moment) => Some(moment),
        LastUse::NotReported | LastUse::Never => None,
    };
    let moment = match key.service_status {
        ServiceStatus::Revoked(moment) => moment.or(used).or(key.created_at),
        ServiceStatus::Active | ServiceStatus::Expired => None,
    };
    moment.is_some_and(|moment| now - moment > TimeDelta::days(90))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{AccountId, KeyOrigin};
    use chrono::TimeZone as _;

    fn now() -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 11, 20, 12, 0, 0).unwrap()
    }

    fn key() -> ApiKey {
        ApiKey {
            name: "work-laptop".to_owned(),
            created_at: Some(now() - TimeDelta::days(200)),
            ..ApiKey::blank(AccountId::random(), KeyOrigin::Listed)
        }
    }

    #[test]
    fn revoked_wins_over_expired() {
        let key = ApiKey { service_status: ServiceStatus::Revoked(None), expiry: Expiry::AtService(now()), ..key() };
        assert_eq!(key_status(&key, now()), KeyStatus::Revoked);
    }

    #[test]
    fn a_key_ends_at_its_moment_and_is_expiring_seven_days_before() {
        let end = now() + TimeDelta::days(7);
        let key = ApiKey { expiry: Expiry::AtService(end), ..key() };
        assert_eq!(key_status(&key, end), KeyStatus::Expired);
        assert_eq!(key_status(&key, end - TimeDelta::seconds(1)), KeyStatus::Expiring);
        assert_eq!(key_status(&key, now()), KeyStatus::Expiring);
        assert_eq!(key_status(&key, now() - TimeDelta::seconds(1)), KeyStatus::Active);
    }

    #[test]
    fn a_reminder_never_ends_a_key() {
        let key = ApiKey { expiry: Expiry::Reminder(now() - TimeDelta::days(3)), ..key() };
        assert_eq!(key_status(&key, now()), KeyStatus::Active);
    }

    #[test]
    fn a_key_is_unused_only_where_use_is_reported() {
        assert_eq!(key_status(&key(), now()), KeyStatus::Active);
        assert_eq!(key_status(&ApiKey { last_use: LastUse::Never, ..key() }, now()), KeyStatus::Unused);
        let used = now() - TimeDelta::days(90);
        assert_eq!(key_status(&ApiKey { last_use: LastUse::At(used), ..key() }, now()), KeyStatus::Unused);
        let later = used + TimeDelta::seconds(1);
        assert_eq!(key_status(&ApiKey { last_use: LastUse::At(later), ..key() }, now()), KeyStatus::Active);
        let young = Some(now() - TimeDelta::days(89));
        assert_eq!(
            key_status(&ApiKey { last_use: LastUse::Never, created_at: young, ..key() }, now()),
            KeyStatus::Active
        );
    }

    #[test]
    fn an_old_key_and_an_unused_one_are_remarked_on_while_they_work() {
        assert_eq!(hints(&key(), now()), [Hint::Old]);
        assert_eq!(hints(&ApiKey { last_use: LastUse::Never, ..key() }, now()), [Hint::Unused, Hint::Old]);
        let young = ApiKey { created_at: Some(now() - TimeDelta::days(89)), ..key() };
        assert_eq!(hints(&young, now()), []);
        assert_eq!(hints(&ApiKey { created_at: None, ..key() }, now()), []);
        assert_eq!(hints(&ApiKey { service_status: ServiceStatus::Revoked(None), ..key() }, now()), []);
    }

    #[test]
    fn a_key_is_folded_away_ninety_days_after_it_was_revoked() {
        let revoked = |days| {
            let moment = Some(now() - TimeDelta::days(days));
            is_folded(&ApiKey { service_status: ServiceStatus::Revoked(moment), ..key() }, now())
        };
        assert!(revoked(91) && !revoked(90));
        let unknown = ApiKey { service_status: ServiceStatus::Revoked(None), ..key() };
        assert!(is_folded(&unknown, now()), "made 200 days ago, and nothing newer is known");
        assert!(!is_folded(&ApiKey { last_use: LastUse::At(now()), ..unknown.clone() }, now()));
        assert!(!is_folded(&ApiKey { created_at: None, ..unknown }, now()));
        assert!(!is_folded(&key(), now()));
    }
}
