//! Owns the lock: by whom, what it drops, and when nobody being there does it. Leaves out the gate
//! before the commands and the system's own signals, which the shell has.

use super::{Reason, ServiceError, Services, Settings, Topic};
use chrono::{DateTime, TimeDelta, Utc};
use std::time::Duration;

/// What locked the app.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LockedBy {
    /// The person.
    Hand,
    /// Nobody used the window for so many minutes.
    Idle(u32),
    /// The system's own screen lock.
    Screen,
    /// The computer went to sleep.
    Sleep,
}

/// A lock, as far as it may be told behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lock {
    /// Since when.
    pub at: DateTime<Utc>,
    /// By whom.
    pub by: LockedBy,
    /// Whether the clipboard holds no secret of ours any more. Some desktops let nobody clear it
    /// without a window in front.
    pub clipboard_cleared: bool,
    /// Whether a created secret that is saved nowhere waits behind the lock.
    pub secret_waits: bool,
}

/// What idleness asks for at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Idleness {
    /// The person wants no such lock.
    Off,
    /// So much is left.
    Left(TimeDelta),
    /// Nobody was there for long enough.
    Over,
}

/// How idle a window is whose last input was then. A clock that was set back counts as input, since
/// it says nothing of how long nobody was there.
pub fn idleness(last_input: DateTime<Utc>, minutes: u32, now: DateTime<Utc>) -> Idleness {
    if minutes == 0 {
        return Idleness::Off;
    }
    let limit = TimeDelta::minutes(i64::from(minutes));
    match limit - (now - last_input).max(TimeDelta::zero()) {
        left if left > TimeDelta::zero() => Idleness::Left(left),
        _ => Idleness::Over,
    }
}

/// The clock is looked at this often at least: a wait does not go on while a computer sleeps.
const LOOK: Duration = Duration::from_secs(30);

impl Services {
    /// Whether the app is locked.
    pub fn is_locked(&self) -> bool {
        self.live().locked.is_some()
    }

    /// The lock, if there is one.
    pub fn lock_state(&self) -> Option<Lock> {
        let (at, by) = self.live().locked?;
        Some(Lock { at, by, clipboard_cleared: self.copied().is_none(), secret_waits: self.has_unsaved_secret() })
    }

    /// Locks by hand.
    pub fn lock(&self) {
        self.lock_by(LockedBy::Hand);
    }

    /// Locks: access tokens, the pasted key and the clipboard's copy are dropped. The one-time slot
    /// stays, hidden. A locked app stays locked as it was.
    pub fn lock_by(&self, by: LockedBy) {
        let now = self.now();
        // First of all, so that nothing new begins.
        self.live().locked.get_or_insert((now, by));
        self.cancel_retries();
        self.cancel_sign_in();
        self.discard_pasted();
        self.0.access.drop_all();
        self.live().projects.drop_secrets();
        self.clear_clipboard();
        self.changed(Topic::App);
    }

    /// Unlocks. This hides what is on the screen; it protects from nobody who can use this computer.
    pub fn unlock(&self) -> Result<(), ServiceError> {
        let now = self.now();
        {
            let mut live = self.live();
            live.locked = None;
            live.last_input = Some(now);
        }
        self.0.look_again.notify_one();
        self.changed(Topic::App);
        Ok(())
    }

    /// Somebody used the window.
    pub fn input(&self) {
        let now = self.now();
        self.live().last_input = Some(now);
    }

    /// Refuses to go on with what began before a lock and would show or place a secret behind it.
    pub(super) fn still_unlocked(&self) -> Result<(), ServiceError> {
        if self.is_locked() { Err(ServiceError::of(Reason::Locked)) } else { Ok(()) }
    }

    /// Looks for idleness for as long as the app runs.
    pub(super) fn watch_idleness(&self) {
        self.input();
        let services = self.clone();
        tokio::spawn(async move {
            loop {
                let wait = services.lock_if_idle();
                tokio::select! {
                    () = tokio::time::sleep(wait) => {}
                    () = services.0.look_again.notified() => {}
                }
            }
        });
    }

    /// Locks if nobody was there for as long as the settings say. Answers when to look again.
    pub fn lock_if_idle(&self) -> Duration {
        if self.is_locked() {
            return LOOK;
        }
        // Settings that cannot be read are no reason to stay open for ever.
        let minutes = self.settings().unwrap_or_else(|_| Settings::default()).lock_after_minutes;
        let now = self.now();
        let last_input = {
            let mut live = self.live();
            let last = live.last_input.unwrap_or(now).min(now);
            *live.last_input.insert(last)
        };
        match idleness(last_input, minutes, now) {
            Idleness::Off => LOOK,
            Idleness::Left(left) => left.to_std().map_or(LOOK, |left| left.min(LOOK)),
            Idleness::Over => {
                self.lock_by(LockedBy::Idle(minutes));
                LOOK
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone as _;

    #[test]
    fn idleness_is_over_after_the_chosen_minutes_and_never_where_they_are_none() {
        let at = |minute, second| Utc.with_ymd_and_hms(2026, 11, 20, 17, minute, second).unwrap();
        assert_eq!(idleness(at(0, 0), 10, at(0, 0)), Idleness::Left(TimeDelta::minutes(10)));
        assert_eq!(idleness(at(0, 0), 10, at(9, 59)), Idleness::Left(TimeDelta::seconds(1)));
        assert_eq!(idleness(at(0, 0), 10, at(10, 0)), Idleness::Over);
        assert_eq!(idleness(at(0, 0), 10, at(40, 0)), Idleness::Over);
        assert_eq!(idleness(at(0, 0), 0, at(59, 0)), Idleness::Off);
    }

    #[test]
    fn a_clock_that_was_set_back_begins_the_wait_anew() {
        let at = |minute| Utc.with_ymd_and_hms(2026, 11, 20, 17, minute, 0).unwrap();
        assert_eq!(idleness(at(50), 10, at(0)), Idleness::Left(TimeDelta::minutes(10)));
    }
}
