//! Owns asking again after 429: only what changes nothing at the service, at most three times, not
//! before the moment the service named, and only while somebody may still want the answer.

use super::access::ProviderOrService;
use super::{Services, Topic};
use crate::domain::AccountId;
use crate::providers::ProviderError;
use chrono::{DateTime, TimeDelta, Utc};
use std::future::Future;
use std::sync::Arc;
use tokio::sync::Notify;

/// A request that waits to be repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retry {
    /// When it is sent again.
    pub at: DateTime<Utc>,
    /// Which repetition that will be.
    pub attempt: usize,
    /// How many there are at most.
    pub of: usize,
}

/// One account's waiting request.
pub(super) struct Waiting {
    retry: Retry,
    cancel: Arc<Notify>,
}

/// How often a request is repeated.
const MOST: usize = 3;
/// A longer wait is the person's to begin anew.
const LONGEST_WAIT: TimeDelta = TimeDelta::minutes(5);
/// Up to this much is added, so that several programs do not come back at the same moment.
const JITTER_MILLISECONDS: u64 = 500;

impl Services {
    /// The account's request that waits to be repeated.
    pub(super) fn retry_of(&self, account: AccountId) -> Option<Retry> {
        self.live().retries.get(&account).map(|waiting| waiting.retry)
    }

    /// Gives up an account's waiting request, which then fails as it did before.
    pub fn cancel_retry(&self, account: AccountId) {
        if let Some(waiting) = self.live().retries.get(&account) {
            waiting.cancel.notify_one();
        }
    }

    /// Gives up every waiting request.
    pub(super) fn cancel_retries(&self) {
        for waiting in self.live().retries.values() {
            waiting.cancel.notify_one();
        }
    }

    /// Asks, and asks again while the service says when. Only for what may be asked twice.
    pub(super) async fn repeating<T, F, Asked>(&self, account: AccountId, mut ask: F) -> Result<T, ProviderOrService>
    where
        F: FnMut() -> Asked + Send,
        Asked: Future<Output = Result<T, ProviderOrService>> + Send,
    {
        for attempt in 1..=MOST {
            let answer = ask().await;
            let Err(ProviderOrService::Provider(ProviderError::RateLimited { retry_at: Some(at), .. })) = &answer
            else {
                return answer;
            };
            let at = *at + jitter();
            if at - self.now() > LONGEST_WAIT || !self.wait(account, Retry { at, attempt, of: MOST }).await {
                return answer;
            }
        }
        ask().await
    }

    /// Waits, shown with the account. Whether the wait went to its end.
    async fn wait(&self, account: AccountId, retry: Retry) -> bool {
        let cancel = Arc::new(Notify::new());
        {
            let mut live = self.live();
            if live.locked.is_some() || live.retries.contains_key(&account) {
                // One request of an account waits; another one that met the same limit is not added to it.
                return false;
            }
            live.retries.insert(account, Waiting { retry, cancel: Arc::clone(&cancel) });
        }
        self.changed(Topic::App);
        let wait = (retry.at - self.now()).to_std().unwrap_or_default();
        let waited = tokio::select! {
            () = tokio::time::sleep(wait) => true,
            () = cancel.notified() => false,
        };
        self.live().retries.remove(&account);
        self.changed(Topic::App);
        waited
    }
}

fn jitter() -> TimeDelta {
    // The random part of an id is as good as any other source of chance.
    let random = uuid::Uuid::new_v4().as_u64_pair().1 % JITTER_MILLISECONDS;
    TimeDelta::milliseconds(i64::try_from(random).unwrap_or_default())
}
