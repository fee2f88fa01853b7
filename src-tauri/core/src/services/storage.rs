//! Owns whether a secret can be kept: how the keychain was last seen, and for how long that is believed.
//! Leaves out keeping itself, which tells by its own answer whether it worked.

use super::{Reason, ServiceError, Services, Topic};
use crate::vault::{StoreState, VaultError};
use chrono::{DateTime, TimeDelta, Utc};

/// Where secrets are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StorageState {
    /// Whether the keychain works.
    pub state: StoreState,
    /// Whether the person chose to keep secrets for this session only.
    pub session_only: bool,
}

/// For so long a keychain that was seen to work is believed to, where a person waits for the answer.
const BELIEVED: TimeDelta = TimeDelta::seconds(60);

/// A moment of the keychain, to be compared with a later one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment {
    at: DateTime<Utc>,
    /// How many of its calls had failed.
    failures: u64,
    /// How often the access tokens had been dropped, as every lock does.
    locks: u64,
}

impl Moment {
    /// Whether so little has happened since that what was seen then is believed now. A clock that was set
    /// back says nothing of how long ago that was.
    fn still_counts(&self, now: Self) -> bool {
        let age = now.at - self.at;
        (TimeDelta::zero()..=BELIEVED).contains(&age) && self.failures == now.failures && self.locks == now.locks
    }
}

impl Services {
    /// Where secrets are kept, as last seen.
    pub fn storage(&self) -> StorageState {
        let state = self.live().storage.unwrap_or(StoreState::Ready);
        StorageState { state, session_only: self.vault().is_session_only() }
    }

    /// Tries the keychain: writes, reads and deletes an item of no meaning. For a minute after it worked
    /// [`Self::check_vault_lately`] does not try again.
    pub async fn check_storage(&self) -> StorageState {
        self.try_vault().await;
        self.changed(Topic::App);
        self.storage()
    }

    /// Asks the system to unlock its keychain, which shows its own prompt.
    pub async fn unlock_storage(&self) -> StorageState {
        let state = self.vault().unlock().await;
        self.live().storage = Some(state);
        self.changed(Topic::App);
        self.storage()
    }

    /// Keeps new secrets in memory only, until the app quits, or goes back to the keychain. Said
    /// aloud wherever it matters; never assumed.
    pub async fn keep_for_session(&self, on: bool) -> StorageState {
        self.vault().keep_for_session(on);
        self.check_storage().await
    }

    /// Whether a new secret could be kept right now.
    pub(super) async fn check_vault(&self) -> Result<(), ServiceError> {
        if self.vault().is_session_only() {
            return Ok(());
        }
        match self.try_vault().await {
            StoreState::Ready => Ok(()),
            StoreState::Absent => Err(VaultError::Absent.into()),
            StoreState::Locked => Err(VaultError::Locked.into()),
            StoreState::Denied => Err(VaultError::Denied.into()),
            StoreState::Waiting => Err(VaultError::Waiting.into()),
            StoreState::Failed => Err(ServiceError::of(Reason::KeychainFailed)),
        }
    }

    /// Like [`Self::check_vault`], but a keychain that was seen to work within the last minute, and that
    /// failed at nothing since, while the app was not locked, is not tried again.
    pub(super) async fn check_vault_lately(&self) -> Result<(), ServiceError> {
        let worked = self.live().vault_worked;
        if worked.is_some_and(|then| then.still_counts(self.moment())) {
            return Ok(());
        }
        self.check_vault().await
    }

    async fn try_vault(&self) -> StoreState {
        // Taken first: what happens while it is tried counts as having happened since.
        let before = self.moment();
        let state = self.vault().probe().await;
        let mut live = self.live();
        live.storage = Some(state);
        live.vault_worked = (state == StoreState::Ready).then_some(before);
        state
    }

    fn moment(&self) -> Moment {
        Moment { at: self.now(), failures: self.vault().failures(), locks: self.0.access.drops() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone as _;

    fn at(minute: u32, second: u32) -> Moment {
        let at = Utc.with_ymd_and_hms(2026, 11, 20, 17, minute, second).unwrap();
        Moment { at, failures: 3, locks: 1 }
    }

    #[test]
    fn what_was_seen_counts_for_a_minute_and_never_by_a_clock_that_was_set_back() {
        for (now, counts) in [(at(5, 0), true), (at(6, 0), true), (at(6, 1), false), (at(4, 59), false)] {
            assert_eq!(at(5, 0).still_counts(now), counts, "{:?}", now.at);
        }
    }

    #[test]
    fn what_was_seen_counts_no_more_after_a_failure_or_a_lock() {
        assert!(!at(5, 0).still_counts(Moment { failures: 4, ..at(5, 1) }));
        assert!(!at(5, 0).still_counts(Moment { locks: 2, ..at(5, 1) }));
    }
}
