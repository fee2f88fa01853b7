//! Owns taking in a key that exists already: pasted, dropped, or found with another program. It is
//! sent nowhere but to the host the person confirmed, once, to see whether it is accepted.

use super::accounts::servers_from;
use super::activity::Line;
use super::create::end_of_day;
use super::{Reason, ServiceError, Services, Topic};
use crate::domain::{
    Account, AccountId, ActivityKind, ApiKey, Expiry, KeyName, KeyOrigin, ProviderId, Secret, ServiceStatus, SignIn,
};
use crate::providers::{Call, Description, Probe, ProviderError, Seen, SignInMethod};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

/// What adopting takes.
#[derive(Debug, Clone, Default)]
pub struct AdoptKey {
    /// The pasted, dropped or found key.
    pub source: String,
    /// The account; `None` makes one that is not signed in.
    pub account: Option<AccountId>,
    /// The service of a new account; `None` is the one the key looks like.
    pub provider: Option<ProviderId>,
    /// The base address of a new account; `None` is the published one.
    pub host: Option<String>,
    /// What to call it.
    pub name: String,
    /// Keep it.
    pub keep: bool,
    /// Its project, as the person chose it in the service's dashboard.
    pub project: Option<String>,
    /// What it may do, as the person chose it there.
    pub scopes: Option<Vec<String>>,
    /// The day on which Latchkey reminds of it.
    pub remind_on: Option<NaiveDate>,
    /// Minutes to add to UTC to get the person's time.
    pub utc_offset_minutes: i32,
}

/// What adopting did.
#[derive(Debug, Clone)]
pub struct Adopted {
    /// The key.
    pub key: ApiKey,
    /// Its account.
    pub account: Account,
    /// Why it could not be kept.
    pub keep_failure: Option<ServiceError>,
}

/// What the person noted of a key that the service does not tell.
#[derive(Debug, Clone, Default)]
pub(super) struct Notes {
    pub(super) name: String,
    pub(super) project: Option<String>,
    pub(super) scopes: Option<Vec<String>>,
    pub(super) remind_at: Option<DateTime<Utc>>,
}

impl Services {
    /// Checks a key with one request to the account's host and adds it. A refused key is not added.
    pub async fn adopt_key(&self, input: AdoptKey) -> Result<Adopted, ServiceError> {
        let (secret, found_for) = self.secret_from(&input.source)?;
        let (account, is_new) = if let Some(id) = input.account {
            (self.account(id)?, false)
        } else {
            let provider = input.provider.or(found_for).or_else(|| self.0.parts.providers.suggested_by(&secret));
            let provider = provider.unwrap_or(ProviderId::BASIC_MEMORY);
            (self.account_without_sign_in(provider, input.host.as_deref())?, true)
        };
        let provider = self.provider(account.provider);
        let notes = self.checked_notes(provider.description(), &input)?;
        let seen = Seen::default();
        let call = Call { http: self.http(), host: &account.servers.host, credential: &secret, seen: &seen };
        let probe = match provider.probe(&call).await {
            Ok(probe) => probe,
            // It is genuine: only a key that the service knows can lack something.
            Err(ProviderError::LacksScope { .. }) => Probe::Accepted { workspace: None, workspaces: Vec::new() },
            Err(error) => return Err(self.remember_page(error.into(), &account)),
        };
        let Probe::Accepted { workspace, workspaces } = probe else {
            return Err(ServiceError::of(Reason::KeyRefused).at_host(&account.servers.host));
        };
        let account = if is_new {
            let account = Account { workspaces, ..account };
            self.records().put_account(&account)?;
            self.journal(Line::new(ActivityKind::AccountAdded, &account.label).account(account.id))?;
            account
        } else {
            account
        };
        let key = self.record_adopted(&account, &notes, &secret, workspace)?;
        let keep_failure = if input.keep { self.keep(key.id, &secret).await.err() } else { None };
        self.taken(&input.source, &secret);
        self.changed(Topic::App);
        self.changed(Topic::Keys);
        Ok(Adopted { key: self.key(key.id)?, account: self.account(account.id)?, keep_failure })
    }

    fn checked_notes(&self, description: &Description, input: &AdoptKey) -> Result<Notes, ServiceError> {
        let wrong = |field| ServiceError::field(Reason::BadInput, field);
        let name = KeyName::parse(&input.name, description.longest_name).map_err(|_| wrong("name"))?;
        let project = input.project.as_deref().map(str::trim).filter(|project| !project.is_empty());
        let fits = |text: &str| text.chars().count() <= 255 && !text.chars().any(char::is_control);
        if project.is_some_and(|project| !description.project || !fits(project)) {
            return Err(wrong("project"));
        }
        let known = |scope: &String| description.scopes.iter().any(|choice| choice.id == scope);
        if input.scopes.as_ref().is_some_and(|scopes| !scopes.iter().all(known)) {
            return Err(wrong("scopes"));
        }
        let remind_at = input.remind_on.map(|day| end_of_day(day, input.utc_offset_minutes)).transpose();
        let remind_at = remind_at.map_err(|_| wrong("remind_on"))?;
        let now = self.now();
        if remind_at.is_some_and(|at| at <= now || at > now + TimeDelta::days(3660)) {
            return Err(wrong("remind_on"));
        }
        Ok(Notes {
            name: name.as_str().to_owned(),
            project: project.map(str::to_owned),
            scopes: input.scopes.clone().filter(|scopes| !scopes.is_empty()),
            remind_at,
        })
    }

    /// Writes the key: the one that is known as this one already (its kept secret, or the only one with
    /// that head), else a new one. What the service said stays before what the person noted.
    pub(super) fn record_adopted(
        &self,
        account: &Account,
        notes: &Notes,
        secret: &Secret,
        workspace: Option<String>,
    ) -> Result<ApiKey, ServiceError> {
        let description = self.provider(account.provider).description();
        let prefix = secret.prefix(description.key_prefixes);
        let environment = description.environment_of(&prefix).map(str::to_owned);
        let same_head = |key: &&ApiKey| {
            let known = key.prefix.as_deref().map(|known| known.trim_end_matches(['…', '.', '*'])).unwrap_or_default();
            // A head that goes six characters beyond nothing, and beyond what all keys of the service
            // begin with, is distinctive; a shorter one is never matched.
            let common = description.key_prefixes.iter().any(|common| common.len() >= known.len());
            known.len() >= 6 && !common && secret.expose_secret().starts_with(known)
        };
        let guard = self.editing();
        let known = self.records().keys_of(account.id)?;
        let candidates: Vec<&ApiKey> = known.iter().filter(same_head).collect();
        let key = if let [only] = candidates.as_slice() {
            ApiKey {
                prefix: Some(longer(only.prefix.as_deref(), prefix)),
                service_status: ServiceStatus::Active,
                ..(*only).clone()
            }
        } else {
            ApiKey {
                name: notes.name.clone(),
                prefix: Some(prefix),
                workspace_confirmed: workspace.is_some(),
                workspace,
                ..ApiKey::blank(account.id, KeyOrigin::Adopted)
            }
        };
        let key = ApiKey {
            environment: key.environment.or(environment),
            project: notes.project.clone().or(key.project),
            scopes: notes.scopes.clone().or(key.scopes),
            expiry: match (key.expiry, notes.remind_at) {
                (Expiry::AtService(at), _) => Expiry::AtService(at),
                (_, Some(at)) => Expiry::Reminder(at),
                (known, None) => known,
            },
            ..key
        };
        self.records().put_key(&key)?;
        drop(guard);
        self.journal(Line::about_key(ActivityKind::KeyAdopted, &key))?;
        Ok(key)
    }

    /// An account whose keys are pasted one by one.
    fn account_without_sign_in(&self, provider: ProviderId, host: Option<&str>) -> Result<Account, ServiceError> {
        let description = self.provider(provider).description();
        let label = self.free_label(description.short_name)?;
        let servers = servers_from(description, host.unwrap_or_default(), "", "")?;
        Ok(Account { sign_in: begins_as(description), ..Account::signed_out(provider, label, servers, self.now()) })
    }
}

/// How a new account of a service begins.
pub(super) fn begins_as(description: &Description) -> SignIn {
    match description.sign_in {
        SignInMethod::Browser { .. } | SignInMethod::AdminKey { .. } => SignIn::SignedOut,
        SignInMethod::Dashboard => SignIn::NotUsed,
    }
}

fn longer(known: Option<&str>, prefix: String) -> String {
    match known {
        Some(known) if known.len() > prefix.len() => known.to_owned(),
        _ => prefix,
    }
}
