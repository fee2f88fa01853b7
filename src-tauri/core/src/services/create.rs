//! Owns creating a key. Check the vault → write the intent → ask the service once → slot and vault →
//! write that it is done. A lost answer leaves the intent, which the next list resolves.

use super::access::ProviderOrService;
use super::activity::Line;
use super::slot::{Slot, SlotState, Unwritten};
use super::{Reason, ServiceError, Services, Topic};
use crate::domain::{
    Account, AccountId, ActivityKind, ApiKey, EntryId, Expiry, KeyId, KeyName, KeyNameError, KeyOrigin, LastUse,
    Offered, Secret, ServiceStatus,
};
use crate::providers::{
    Call, CreatedKey, Description, EnvironmentFrom, ExpiryMeans, Means, NewKey, Probe, ProviderError, Seen,
};
use chrono::{DateTime, FixedOffset, NaiveDate, TimeDelta, Utc};

/// What to create.
#[derive(Debug, Clone)]
pub struct CreateKey {
    /// The account.
    pub account: AccountId,
    /// Its name.
    pub name: String,
    /// The workspace's `tenant_id`.
    pub workspace: Option<String>,
    /// The last day it works, in the person's time zone.
    pub expires_on: Option<NaiveDate>,
    /// Minutes to add to UTC to get the person's time.
    pub utc_offset_minutes: i32,
    /// Keep it in the keychain.
    pub keep: bool,
    /// Create although a key with this name exists.
    pub allow_duplicate: bool,
    /// Its kind, where that is chosen.
    pub environment: Option<String>,
    /// What it may do; empty leaves it to the service.
    pub scopes: Vec<String>,
    /// Requests per minute it may make, where that can be chosen.
    pub rate_limit: Option<u32>,
}

/// The most requests per minute that are asked for.
const HIGHEST_RATE_LIMIT: u32 = 1_000_000;

impl Services {
    /// Creates a key and puts its secret in the one-time slot.
    pub async fn create_key(&self, input: CreateKey) -> Result<SlotState, ServiceError> {
        let account = self.account(input.account)?;
        let (new_key, remind_at) = self.checked(&account, &input)?;
        if input.keep {
            self.check_vault_lately().await?;
        }
        let (key, started) = self.intend(&account, &new_key)?;
        let provider = self.provider(account.provider);
        let sent = new_key.clone();
        let answer = self
            .as_account(&account, |call| {
                let sent = sent.clone();
                Box::pin(async move { provider.create_key(&call, &sent).await })
            })
            .await;
        let result = match answer {
            Ok(created) => {
                let wish = Wish { new_key: &new_key, remind_at, keep: input.keep };
                self.created(&account, key, &wish, created, started).await;
                self.slot().and_then(|slot| slot.ok_or_else(|| ServiceError::of(Reason::NotFound)))
            }
            Err(error) => Err(self.not_created(&account, &key, error, started)?),
        };
        self.changed(Topic::Keys);
        self.changed(Topic::App);
        result
    }

    /// What is sent, and the day to remind of where the service takes no end.
    fn checked(&self, account: &Account, input: &CreateKey) -> Result<(NewKey, Option<DateTime<Utc>>), ServiceError> {
        if self.live().slot.is_some() {
            return Err(ServiceError::field(Reason::BadInput, "unsaved"));
        }
        let description = self.provider(account.provider).description();
        if description.create == Means::Guided {
            return Err(ServiceError::of(Reason::NotOffered));
        }
        let name = KeyName::parse(&input.name, description.longest_name).map_err(|error| {
            let mut failure = ServiceError::field(Reason::BadInput, "name");
            failure.details.text = Some(error.to_string());
            let (KeyNameError::Empty | KeyNameError::TooLong | KeyNameError::Hidden) = error;
            failure
        })?;
        if let Some(wanted) = &input.workspace {
            let known = account.workspaces.iter().find(|workspace| workspace.id == *wanted);
            match known {
                Some(workspace) if workspace.may_create_keys() => {}
                Some(_) => return Err(ServiceError::field(Reason::NotOwner, "workspace")),
                None => return Err(ServiceError::field(Reason::BadInput, "workspace")),
            }
        }
        let expires_at = input.expires_on.map(|day| end_of_day(day, input.utc_offset_minutes)).transpose()?;
        if expires_at.is_some_and(|moment| moment <= self.now() || moment > self.now() + TimeDelta::days(3660)) {
            return Err(ServiceError::field(Reason::BadInput, "expires_on"));
        }
        let same_name = |key: &ApiKey| {
            key.name == name.as_str()
                && key.workspace == input.workspace
                && !matches!(key.service_status, ServiceStatus::Revoked(_))
        };
        if !input.allow_duplicate && self.records().keys_of(account.id)?.iter().any(same_name) {
            return Err(ServiceError::field(Reason::DuplicateName, "name"));
        }
        check_choices(description, input)?;
        let (expires_at, remind_at) = match (description.expiry, expires_at) {
            (ExpiryMeans::ReminderOnly, at) => (None, at),
            (ExpiryMeans::Asked, at) => (at, None),
            (ExpiryMeans::Native { min_days, max_days }, at) => {
                // A day more than the most, since the day chosen ends later than this moment of it.
                let most = TimeDelta::days(i64::from(max_days) + 1);
                if at.is_some_and(|at| min_days == 0 || at - self.now() > most) {
                    return Err(ServiceError::field(Reason::BadInput, "expires_on"));
                }
                (at, None)
            }
        };
        let new_key = NewKey {
            workspace: input.workspace.clone(),
            expires_at,
            environment: input.environment.clone(),
            scopes: input.scopes.clone(),
            rate_limit: input.rate_limit,
            ..NewKey::named(name)
        };
        Ok((new_key, remind_at))
    }

    /// Writes the key as intended, before anything is sent.
    fn intend(&self, account: &Account, new_key: &NewKey) -> Result<(ApiKey, EntryId), ServiceError> {
        let key = ApiKey {
            name: new_key.name.as_str().to_owned(),
            workspace: new_key.workspace.clone(),
            created_at: Some(self.now()),
            ..ApiKey::blank(account.id, KeyOrigin::Intended)
        };
        {
            // One secret at a time: a second one would push the first out of the slot.
            let mut live = self.live();
            if live.slot.is_some() || !live.creating.is_empty() {
                return Err(ServiceError::field(Reason::BadInput, "unsaved"));
            }
            live.creating.insert(key.id);
        }
        let written = self
            .records()
            .put_key(&key)
            .map_err(ServiceError::from)
            .and_then(|()| self.journal(Line::about_key(ActivityKind::KeyIntended, &key).started()));
        match written {
            Ok(started) => Ok((key, started)),
            Err(error) => {
                self.live().creating.remove(&key.id);
                Err(error)
            }
        }
    }

    async fn created(
        &self,
        account: &Account,
        intended: ApiKey,
        wish: &Wish<'_>,
        created: CreatedKey,
        started: EntryId,
    ) {
        let CreatedKey { secret, facts, expiry } = created;
        let id = intended.id;
        // The slot first: whatever fails from here on, the secret is not lost, and is shown.
        let slot = Slot {
            key: id,
            account: account.id,
            secret: secret.clone(),
            keep_failure: None,
            was_copied: false,
            unwritten: None,
        };
        self.live().slot = Some(slot);
        let description = self.provider(account.provider).description();
        let prefix = secret.prefix(description.key_prefixes);
        let environment = facts.environment.or_else(|| description.environment_of(&prefix).map(str::to_owned));
        let sent = wish.new_key;
        let end = match (facts.expires_at.flatten(), sent.expires_at.or(wish.remind_at)) {
            (Some(end), _) => Expiry::AtService(end),
            (None, Some(asked)) => Expiry::Reminder(asked),
            (None, None) => Expiry::Never,
        };
        let key = ApiKey {
            remote_id: facts.remote_id,
            prefix: Some(prefix),
            workspace: facts.workspace.clone().or(intended.workspace.clone()),
            // An assumption until the service was asked with the key itself, whatever this answer names.
            workspace_confirmed: false,
            created_at: facts.created_at.or(intended.created_at),
            environment: environment.or_else(|| sent.environment.clone()),
            // What an answer leaves out is what was asked for; nothing asked for is not known.
            scopes: facts.scopes.or_else(|| Some(sent.scopes.clone()).filter(|scopes| !scopes.is_empty())),
            project: facts.project,
            rate_limit: facts.rate_limit.or(sent.rate_limit),
            last_use: if facts.last_used_at == Some(None) { LastUse::Never } else { LastUse::NotReported },
            expiry: end,
            origin: KeyOrigin::Created,
            ..intended
        };
        let written = self.write_created(&key);
        // Learned again by the next answer, if it cannot be written now.
        let _learned = self.update_account(account.id, |account| {
            account.capability.create = Offered::Yes;
            if expiry != Offered::NotAsked {
                account.capability.expiry = expiry;
            }
        });
        let kept = if wish.keep && written.is_ok() { self.keep(id, &secret).await.map(drop) } else { Ok(()) };
        let done = Line::about_key(ActivityKind::KeyCreated, &key).answers(started);
        let written = written.and_then(|()| self.journal(done).map(drop));
        {
            let mut live = self.live();
            if written.is_ok() {
                live.creating.remove(&id);
            }
            if let Some(slot) = live.slot.as_mut().filter(|slot| slot.key == id) {
                slot.unwritten = written.is_err().then_some(Unwritten { key, started });
                slot.keep_failure = written.err().or(kept.err());
            }
        }
        if description.workspace {
            let services = self.clone();
            let account = account.clone();
            tokio::spawn(async move { services.confirm_workspace(&account, id, &secret).await });
        }
    }

    /// Writes the key. A list that was read meanwhile may have brought it as somebody else's already.
    pub(super) fn write_created(&self, key: &ApiKey) -> Result<(), ServiceError> {
        let guard = self.editing();
        for other in self.records().keys_of(key.account)? {
            if other.id != key.id && other.remote_id.is_some() && other.remote_id == key.remote_id {
                self.records().remove_key(other.id)?;
            }
        }
        self.records().put_key(key)?;
        drop(guard);
        Ok(())
    }

    /// Asks the service, with the new key, which workspace it is for. Until then it is an assumption.
    async fn confirm_workspace(&self, account: &Account, id: KeyId, secret: &Secret) {
        let seen = Seen::default();
        let call = Call { http: self.http(), host: &account.servers.host, credential: secret, seen: &seen };
        if let Ok(Probe::Accepted { workspace: Some(workspace), .. }) =
            self.provider(account.provider).workspaces(&call).await
        {
            // A key that was removed meanwhile needs no workspace.
            let _written = self.update_key(id, |key| {
                key.workspace = Some(workspace);
                key.workspace_confirmed = true;
            });
            self.changed(Topic::Keys);
            self.changed(Topic::App);
        }
    }

    /// Takes the intent back, unless the key may exist: then the intent stays for the next list.
    fn not_created(
        &self,
        account: &Account,
        key: &ApiKey,
        error: ProviderOrService,
        started: EntryId,
    ) -> Result<ServiceError, ServiceError> {
        self.live().creating.remove(&key.id);
        let may_exist = match &error {
            ProviderOrService::Provider(ProviderError::Http(error)) => error.may_have_been_done(),
            ProviderOrService::Provider(ProviderError::NotUnderstood(answer)) => (200..300).contains(&answer.status),
            ProviderOrService::Provider(ProviderError::Failed(_)) => true,
            _ => false,
        };
        if let ProviderOrService::Provider(ProviderError::NotOffered(status)) = &error {
            self.update_account(account.id, |account| account.capability.create = Offered::No(*status))?;
        }
        let mut error = self.remember_page(error.into(), account);
        if may_exist {
            if error.reason != Reason::ServiceFailed {
                error.reason = Reason::AnswerLost;
            }
            let services = self.clone();
            let id = account.id;
            // The failure of this reading is kept with the account.
            tokio::spawn(async move { services.refresh_keys(Some(id)).await });
        } else {
            self.records().remove_key(key.id)?;
            let line = Line::about_key(ActivityKind::KeyIntended, key).failed().answers(started);
            self.journal(line.fact("Reason", error.reason.as_str()))?;
        }
        Ok(error)
    }
}

/// What was asked for.
struct Wish<'a> {
    /// What was sent.
    new_key: &'a NewKey,
    /// The day to remind of, where the service takes no end.
    remind_at: Option<DateTime<Utc>>,
    /// Keep its secret.
    keep: bool,
}

/// Only what the service can be asked for, as it is described.
fn check_choices(description: &Description, input: &CreateKey) -> Result<(), ServiceError> {
    let wrong = |field| Err(ServiceError::field(Reason::BadInput, field));
    let known = |id: &String| description.environments.iter().any(|choice| choice.id == id);
    let fits = match (description.environment, &input.environment) {
        (EnvironmentFrom::Chosen, Some(id)) => known(id),
        (EnvironmentFrom::Chosen, None) => false,
        (EnvironmentFrom::FromPrefix | EnvironmentFrom::None, chosen) => chosen.is_none(),
    };
    if !fits {
        return wrong("environment");
    }
    if !input.scopes.iter().all(|scope| description.scopes.iter().any(|choice| choice.id == scope)) {
        return wrong("scopes");
    }
    let in_range = |limit: u32| description.rate_limit && (1..=HIGHEST_RATE_LIMIT).contains(&limit);
    if !input.rate_limit.is_none_or(in_range) {
        return wrong("rate_limit");
    }
    Ok(())
}

/// The last moment of a day in the person's time zone.
pub(super) fn end_of_day(day: NaiveDate, utc_offset_minutes: i32) -> Result<DateTime<Utc>, ServiceError> {
    let wrong = || ServiceError::field(Reason::BadInput, "expires_on");
    let offset = utc_offset_minutes.checked_mul(60).and_then(FixedOffset::east_opt).ok_or_else(wrong)?;
    let last = day.and_hms_opt(23, 59, 59).ok_or_else(wrong)?;
    let moment = last.and_local_timezone(offset).single().ok_or_else(wrong)?;
    Ok(moment.with_timezone(&Utc))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_ends_in_the_persons_time_zone() {
        let day = NaiveDate::from_ymd_opt(2027, 2, 18).unwrap();
        assert_eq!(end_of_day(day, 0).unwrap().to_rfc3339(), "2027-02-18T23:59:59+00:00");
        assert_eq!(end_of_day(day, 120).unwrap().to_rfc3339(), "2027-02-18T21:59:59+00:00");
        assert_eq!(end_of_day(day, -480).unwrap().to_rfc3339(), "2027-02-19T07:59:59+00:00");
        assert!(end_of_day(day, i32::MAX).is_err());
    }
}
