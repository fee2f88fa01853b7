//! Owns the list of keys: shown from the records at once, then read from each account's server and
//! merged. Deciding (`merge`) is pure; asking and writing stand around it.

use super::activity::Line;
use super::{Reason, ServiceError, Services, Topic};
use crate::domain::{
    Account, AccountId, ActivityKind, ApiKey, Expiry, KeyId, KeyOrigin, LastUse, Offered, ServiceStatus,
};
use crate::providers::{self, ListedKey, Listing, ProviderError};
use crate::records::KeyPage;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::{HashMap, HashSet};

/// As many keys as are answered in one piece.
const WHOLE: usize = 500;
/// As many rows as stand first, where there are more: more than any window shows.
const FIRST: usize = 100;
/// As many keys as a page of the rest holds: few enough that nobody notices when the window takes them in.
const PAGE: usize = 1000;

/// Some of the keys, and where the next begin.
#[derive(Debug)]
pub struct Page {
    /// The keys.
    pub keys: Vec<ApiKey>,
    /// Where the next page begins; nothing behind the last one.
    pub next: Option<i64>,
    /// How many keys there are in all.
    pub total: usize,
}

/// What a list changes in the records.
#[derive(Debug, Default, PartialEq, Eq)]
struct Merge {
    /// Keys to write.
    put: Vec<ApiKey>,
    /// Intended keys that turned out never to have been made.
    never_made: Vec<ApiKey>,
    /// Intended keys that exist after all.
    found: Vec<ApiKey>,
    /// Keys whose last use moved by an hour or more.
    moved: Vec<ApiKey>,
    /// Keys of them that were quiet for at least 30 days before.
    woke: Vec<ApiKey>,
}

impl Services {
    /// Every key that is known, without asking any server. A key whose create is on its way is left out.
    pub fn keys(&self) -> Result<Vec<ApiKey>, ServiceError> {
        let mut keys = self.records().keys()?;
        let live = self.live();
        keys.retain(|key| !live.creating.contains(&key.id));
        Ok(keys)
    }

    /// Some of the keys that are known: all of them if they are few; otherwise first those that stand first in
    /// the list, then, page by page, every one. A key whose create is on its way is left out.
    pub fn key_page(&self, after: Option<i64>) -> Result<Page, ServiceError> {
        let total = self.records().key_count()?;
        let mut page = match after {
            Some(place) => self.records().keys_after(place, PAGE)?,
            None if total <= WHOLE => KeyPage { keys: self.records().keys()?, next: None },
            None => KeyPage { keys: self.records().first_keys(self.now(), FIRST)?, next: Some(0) },
        };
        let live = self.live();
        page.keys.retain(|key| !live.creating.contains(&key.id));
        Ok(Page { keys: page.keys, next: page.next, total: total.saturating_sub(live.creating.len()) })
    }

    /// Reads the keys of one account or of all. Each account reports its own failure, kept with the
    /// account; one that is being read already is not asked twice.
    pub async fn refresh_keys(&self, account: Option<AccountId>) -> Result<(), ServiceError> {
        let accounts = match account {
            Some(id) => vec![self.account(id)?],
            None => self.records().accounts()?,
        };
        let readings = accounts.into_iter().map(|account| self.refresh_account(account));
        futures::future::join_all(readings).await.into_iter().collect()
    }

    /// Reads one account's keys. Only a failure of the records is an error; the rest is kept with it.
    async fn refresh_account(&self, account: Account) -> Result<(), ServiceError> {
        // One of a service that only a newer version knows is shown and left alone.
        let known = self.0.parts.providers.find(account.provider).is_some();
        if !known || account.sign_in != crate::domain::SignIn::SignedIn || !self.live().checking.insert(account.id) {
            return Ok(());
        }
        self.changed(Topic::App);
        let result = self.read_list(&account).await;
        self.live().checking.remove(&account.id);
        let came = result.is_ok();
        let noted = self.note_reading(account.id, result);
        // It is being read no longer, even where nothing could be kept of it.
        self.changed(Topic::App);
        // What could not be read changed no key, and a very long list is not read again for nothing.
        if came {
            self.changed(Topic::Keys);
        }
        noted?;
        // A list may bring a nearer end than was known. Records that cannot be read say so elsewhere.
        let _told = self.announce_due();
        Ok(())
    }

    /// Keeps with the account when it was read, or why it could not be.
    fn note_reading(&self, account: AccountId, result: Result<Listing, ServiceError>) -> Result<(), ServiceError> {
        if result.as_ref().is_ok_and(|listing| !listing.partial) {
            self.settle_unfinished(account)?;
        }
        // What a server does not offer, and what a key was not made for, is a fact and no failure.
        let failure = result.err().filter(|error| !matches!(error.reason, Reason::NotOffered | Reason::LacksScope));
        let now = self.now();
        let mut before = None;
        let updated = self.update_account(account, |account| {
            let reason = failure.as_ref().map(|error| error.reason.as_str().to_owned());
            before = std::mem::replace(&mut account.last_failure, reason);
            if failure.is_none() {
                account.checked_at = Some(now);
            }
        });
        let account = match updated {
            Ok(account) => account,
            // Removed while it was being read: nothing to report on.
            Err(error) if error.reason == Reason::NotFound => return Ok(()),
            Err(error) => return Err(error),
        };
        self.live().failures.remove(&account.id);
        if let Some(error) = failure {
            // One line for one trouble, however often it is met, and over restarts.
            if before.as_deref() != Some(error.reason.as_str()) {
                self.journal(Line::new(ActivityKind::ListFailed, &account.label).account(account.id).failed())?;
            }
            self.live().failures.insert(account.id, error);
        }
        Ok(())
    }

    /// Asks for the list and merges it.
    pub(super) async fn read_list(&self, account: &Account) -> Result<Listing, ServiceError> {
        let before: HashSet<KeyId> = self.records().ids_of(account.id)?;
        let in_flight = self.live().creating.clone();
        let provider = self.provider(account.provider);
        let workspaces = account.workspaces.clone();
        let ask = || {
            self.as_account(account, |call| {
                let workspaces = workspaces.clone();
                Box::pin(async move { provider.list_keys(&call, &workspaces).await })
            })
        };
        let answer = self.repeating(account.id, ask).await;
        let listing = match answer {
            Ok(listing) => listing,
            Err(error) => {
                if let super::access::ProviderOrService::Provider(error) = &error {
                    let offered = match error {
                        ProviderError::NotOffered(status) => Some(Offered::No(*status)),
                        ProviderError::NotUnderstood(_) => Some(Offered::Unclear),
                        _ => None,
                    };
                    if let ProviderError::LacksScope { scope, .. } = error {
                        self.lacks(account.id, scope)?;
                    }
                    if let Some(offered) = offered {
                        self.update_account(account.id, |account| account.capability.list = offered)?;
                    }
                }
                return Err(self.remember_page(error.into(), account));
            }
        };
        self.update_account(account.id, |account| {
            account.capability.list = Offered::Yes;
            account.reports_use |= listing.reports_use;
        })?;
        let guard = self.editing();
        let known = self.records().keys_of(account.id)?;
        let on_its_way = in_flight.union(&self.live().creating).copied().collect::<HashSet<KeyId>>();
        let settled = |key: &ApiKey| before.contains(&key.id) && !on_its_way.contains(&key.id);
        let mut merge = merge(&known, &listing, account.id, settled, self.now());
        // What its own create has yet to say is not said here.
        merge.put.retain(|key| !on_its_way.contains(&key.id));
        merge.found.retain(|key| !on_its_way.contains(&key.id));
        self.records().put_keys(&merge.put)?;
        for key in &merge.never_made {
            self.records().remove_key(key.id)?;
        }
        drop(guard);
        self.tell(&merge)?;
        Ok(listing)
    }

    fn tell(&self, merge: &Merge) -> Result<(), ServiceError> {
        for key in &merge.moved {
            let woke = merge.woke.iter().any(|woke| woke.id == key.id);
            let kind = if woke { ActivityKind::KeyWoke } else { ActivityKind::LastUseMoved };
            self.journal(Line::about_key(kind, key))?;
        }
        let unanswered = self.records().unanswered()?;
        let started = |key: &ApiKey| {
            let of_key = unanswered.iter().find(|entry| entry.key == Some(key.id));
            of_key.map(|entry| entry.id)
        };
        for key in &merge.never_made {
            let line = Line::about_key(ActivityKind::KeyIntended, key).failed().fact("Found", "It was never made");
            self.journal(match started(key) {
                Some(entry) => line.answers(entry),
                None => line,
            })?;
        }
        for key in &merge.found {
            let line = Line::about_key(ActivityKind::KeyFound, key).fact("Secret", "Its answer was lost");
            self.journal(match started(key) {
                Some(entry) => line.answers(entry),
                None => line,
            })?;
        }
        Ok(())
    }
}

/// Decides what a list changes. `settled` says which known keys were there before the list was
/// asked for: only they can be missing from it.
fn merge(
    known: &[ApiKey],
    listing: &Listing,
    account: AccountId,
    settled: impl Fn(&ApiKey) -> bool,
    now: DateTime<Utc>,
) -> Merge {
    let mut merge = Merge::default();
    let mut unmatched = Unmatched::of(known);
    for listed in &listing.keys {
        let key = match unmatched.take(listed) {
            Some(key) => {
                let mut updated = updated(key, listed, listing.reports_use);
                if key.origin == KeyOrigin::Intended && key.remote_id.is_none() && updated.remote_id.is_some() {
                    merge.found.push(updated.clone());
                }
                if last_use_moved(key.last_use, updated.last_use) {
                    if was_quiet(key, now) {
                        updated.woke_at = Some(now);
                        merge.woke.push(updated.clone());
                    }
                    merge.moved.push(updated.clone());
                }
                if updated == *key {
                    continue;
                }
                updated
            }
            None => updated(&ApiKey::blank(account, KeyOrigin::Listed), listed, listing.reports_use),
        };
        merge.put.push(key);
    }
    if listing.partial {
        return merge;
    }
    for key in unmatched.rest().filter(|key| settled(key)) {
        if key.origin == KeyOrigin::Intended && key.remote_id.is_none() {
            merge.never_made.push(key.clone());
        } else if key.remote_id.is_some() && !matches!(key.service_status, ServiceStatus::Revoked(_)) {
            // The server listed or returned this id before and knows it no more.
            let service_status = ServiceStatus::Revoked(None);
            merge.put.push(ApiKey { service_status, ..key.clone() });
        }
    }
    merge
}

/// The known keys that no listed one answered yet. Keys with an id of the service's are looked up, so
/// that ten thousand of them take no longer than they must.
struct Unmatched<'a> {
    by_remote_id: HashMap<&'a str, &'a ApiKey>,
    without_id: Vec<&'a ApiKey>,
    known: &'a [ApiKey],
    matched: HashSet<KeyId>,
    /// Every id that was listed: a second record with one of them is not missing either.
    listed: HashSet<String>,
}

impl<'a> Unmatched<'a> {
    fn of(known: &'a [ApiKey]) -> Self {
        let mut by_remote_id = HashMap::with_capacity(known.len());
        let mut without_id = Vec::new();
        for key in known {
            match &key.remote_id {
                // The first of two with one id is the older record.
                Some(id) => {
                    by_remote_id.entry(id.as_str()).or_insert(key);
                }
                None => without_id.push(key),
            }
        }
        Self { by_remote_id, without_id, known, matched: HashSet::new(), listed: HashSet::new() }
    }

    /// The known key that a listed one is: by its id, else by its name and head, else as the answer to
    /// a create whose own answer was lost.
    fn take(&mut self, listed: &ListedKey) -> Option<&'a ApiKey> {
        self.listed.extend(listed.remote_id.clone());
        let by_id = listed.remote_id.as_deref().and_then(|id| self.by_remote_id.remove(id));
        let taken = by_id.or_else(|| {
            let same = self.without_id.iter().position(|key| providers::same_key(key, listed));
            let same = same.or_else(|| self.without_id.iter().position(|key| answers_intent(key, listed)));
            same.map(|at| self.without_id.remove(at))
        });
        // A list that gives no ids is matched with keys that have one by name and head.
        let taken = taken.or_else(|| {
            let free = |key: &&&ApiKey| listed.remote_id.is_none() && !self.matched.contains(&key.id);
            let same = self.by_remote_id.values().filter(free).find(|key| providers::same_key(key, listed)).copied();
            same.inspect(|key| {
                self.by_remote_id.remove(key.remote_id.as_deref().unwrap_or_default());
            })
        })?;
        self.matched.insert(taken.id);
        Some(taken)
    }

    fn rest(&self) -> impl Iterator<Item = &'a ApiKey> + '_ {
        let is_listed = |key: &ApiKey| key.remote_id.as_ref().is_some_and(|id| self.listed.contains(id));
        self.known.iter().filter(move |key| !self.matched.contains(&key.id) && !is_listed(key))
    }
}

/// Whether a listed key is the one whose create was sent and whose answer was lost: the same name,
/// and made when it was asked for, give or take a clock.
fn answers_intent(key: &ApiKey, listed: &ListedKey) -> bool {
    key.origin == KeyOrigin::Intended
        && key.remote_id.is_none()
        && key.name == listed.name
        && (listed.workspace.is_none() || key.workspace.is_none() || listed.workspace == key.workspace)
        && match (key.created_at, listed.created_at) {
            (Some(sent), Some(made)) => made > sent - TimeDelta::minutes(10) && made < sent + TimeDelta::minutes(10),
            _ => true,
        }
}

/// A key with what the list says of it. What the list leaves out stays as it was known.
fn updated(key: &ApiKey, listed: &ListedKey, reports_use: bool) -> ApiKey {
    let last_use = match listed.last_used_at {
        Some(Some(moment)) => LastUse::At(moment),
        Some(None) => LastUse::Never,
        None if reports_use => key.last_use,
        None => LastUse::NotReported,
    };
    let expiry = match (listed.expires_at, key.expiry) {
        (Some(Some(moment)), _) => Expiry::AtService(moment),
        // The service has no end for it; what Latchkey reminds of stays.
        (Some(None), Expiry::Reminder(moment)) => Expiry::Reminder(moment),
        (Some(None), _) => Expiry::Never,
        (None, known) => known,
    };
    let service_status = if listed.revoked {
        let known = match key.service_status {
            ServiceStatus::Revoked(moment) => moment,
            ServiceStatus::Active | ServiceStatus::Expired => None,
        };
        ServiceStatus::Revoked(listed.revoked_at.or(known))
    } else if listed.expired {
        ServiceStatus::Expired
    } else {
        ServiceStatus::Active
    };
    ApiKey {
        remote_id: listed.remote_id.clone().or_else(|| key.remote_id.clone()),
        name: if listed.name.is_empty() { key.name.clone() } else { listed.name.clone() },
        prefix: longer(key.prefix.clone(), listed.prefix.as_deref().map(shown)),
        workspace: listed.workspace.clone().or_else(|| key.workspace.clone()),
        workspace_confirmed: key.workspace_confirmed || listed.workspace.is_some(),
        created_at: listed.created_at.or(key.created_at),
        last_use,
        expiry,
        service_status,
        environment: listed.environment.clone().or_else(|| key.environment.clone()),
        scopes: listed.scopes.clone().or_else(|| key.scopes.clone()),
        project: listed.project.clone().or_else(|| key.project.clone()),
        rate_limit: listed.rate_limit.or(key.rate_limit),
        ..key.clone()
    }
}

fn longer(known: Option<String>, listed: Option<String>) -> Option<String> {
    match (known, listed) {
        (Some(known), Some(listed)) if listed.len() > known.len() => Some(listed),
        (Some(known), _) => Some(known),
        (None, listed) => listed,
    }
}

/// The longest head of a key that is shown and kept. Some services tell more of it than anybody needs
/// to know one key from another.
const LONGEST_PREFIX: usize = 15;

fn shown(prefix: &str) -> String {
    prefix.chars().take(LONGEST_PREFIX).collect()
}

/// How long a key must have been quiet for its next use to be worth a mark.
const QUIET: TimeDelta = TimeDelta::days(30);

/// Whether a key was unused for a long time, as far as its service told.
fn was_quiet(key: &ApiKey, now: DateTime<Utc>) -> bool {
    let since = match key.last_use {
        LastUse::NotReported => None,
        LastUse::Never => key.created_at,
        LastUse::At(moment) => Some(moment),
    };
    since.is_some_and(|since| now - since >= QUIET)
}

fn last_use_moved(before: LastUse, after: LastUse) -> bool {
    match (before, after) {
        (LastUse::Never, LastUse::At(_)) => true,
        (LastUse::At(before), LastUse::At(after)) => after - before >= TimeDelta::hours(1),
        _ => false,
    }
}

#[cfg(test)]
#[path = "list_tests.rs"]
mod tests;
