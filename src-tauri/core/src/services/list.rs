//! Owns the list of keys: shown from the records at once, then read from each account's server and
//! merged. Deciding (`merge`) is pure; asking and writing stand around it.

use super::activity::Line;
use super::{Reason, ServiceError, Services, Topic};
use crate::domain::{
    Account, AccountId, ActivityKind, ApiKey, Expiry, KeyId, KeyOrigin, LastUse, Offered, ServiceStatus,
};
use crate::providers::{self, ListedKey, Listing, ProviderError};
use chrono::TimeDelta;
use std::collections::HashSet;

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
}

impl Services {
    /// Every key that is known, without asking any server. A key whose create is on its way is left out.
    pub fn keys(&self) -> Result<Vec<ApiKey>, ServiceError> {
        let mut keys = self.records().keys()?;
        let live = self.live();
        keys.retain(|key| !live.creating.contains(&key.id));
        Ok(keys)
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
        let failure = result.err().filter(|error| error.reason != Reason::NotOffered);
        let now = self.now();
        let updated = self.update_account(account.id, |account| {
            account.last_failure = failure.as_ref().map(|error| error.reason.as_str().to_owned());
            if failure.is_none() {
                account.checked_at = Some(now);
            }
        });
        match updated {
            // Removed while it was being read: nothing to report on.
            Err(error) if error.reason == Reason::NotFound => return Ok(()),
            other => other?,
        };
        self.live().failures.remove(&account.id);
        if let Some(error) = failure {
            // One line for one trouble, however often it is met, and over restarts.
            if account.last_failure.as_deref() != Some(error.reason.as_str()) {
                self.journal(Line::new(ActivityKind::ListFailed, &account.label).account(account.id).failed())?;
            }
            self.live().failures.insert(account.id, error);
        }
        self.changed(Topic::App);
        self.changed(Topic::Keys);
        Ok(())
    }

    /// Asks for the list and merges it.
    pub(super) async fn read_list(&self, account: &Account) -> Result<Listing, ServiceError> {
        let before: HashSet<KeyId> = self.records().keys_of(account.id)?.iter().map(|key| key.id).collect();
        let in_flight = self.live().creating.clone();
        let provider = self.provider(account.provider);
        let workspaces = account.workspaces.clone();
        let answer = self
            .as_account(account, |call| {
                let workspaces = workspaces.clone();
                Box::pin(async move { provider.list_keys(&call, &workspaces).await })
            })
            .await;
        let listing = match answer {
            Ok(listing) => listing,
            Err(error) => {
                if let super::access::ProviderOrService::Provider(error) = &error {
                    let offered = match error {
                        ProviderError::NotOffered(status) => Some(Offered::No(*status)),
                        ProviderError::NotUnderstood(_) => Some(Offered::Unclear),
                        _ => None,
                    };
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
        let mut merge = merge(&known, &listing, account.id, settled);
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
            self.journal(Line::about_key(ActivityKind::LastUseMoved, key))?;
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
fn merge(known: &[ApiKey], listing: &Listing, account: AccountId, settled: impl Fn(&ApiKey) -> bool) -> Merge {
    let mut merge = Merge::default();
    let mut matched: HashSet<KeyId> = HashSet::new();
    for listed in &listing.keys {
        let same = known.iter().find(|key| !matched.contains(&key.id) && providers::same_key(key, listed));
        let same = same.or_else(|| known.iter().find(|key| !matched.contains(&key.id) && answers_intent(key, listed)));
        let key = match same {
            Some(key) => {
                matched.insert(key.id);
                let updated = updated(key, listed, listing.reports_use);
                if key.origin == KeyOrigin::Intended && key.remote_id.is_none() && updated.remote_id.is_some() {
                    merge.found.push(updated.clone());
                }
                if last_use_moved(key.last_use, updated.last_use) {
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
    for key in known.iter().filter(|key| !matched.contains(&key.id) && settled(key)) {
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
        prefix: longer(key.prefix.clone(), listed.prefix.clone()),
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
