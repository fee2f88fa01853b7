//! Owns accounts that one of their own keys acts for: pasted, checked at the host the person
//! confirmed, kept like every other key, replaced by another. Leaves out how a call is made with it.

use super::accounts::{AccountState, servers_from};
use super::activity::Line;
use super::adopt::Notes;
use super::{Reason, ServiceError, Services, Topic};
use crate::domain::{
    Account, AccountId, ActivityKind, ApiKey, KeptIn, KeyId, LastUse, ProviderId, Secret, Servers, SignIn,
};
use crate::providers::{Call, Identified, ListedKey, ProviderError, Seen, SignInMethod};
use crate::vault::SecretName;
use chrono::TimeDelta;

/// What was found with a key that is to act for an account.
#[derive(Debug, Clone)]
pub struct AdminKeyFound {
    /// Whether the service accepted it.
    pub accepted: bool,
    /// What the service calls the account.
    pub account_name: Option<String>,
    /// The kind of key that its head names.
    pub environment: Option<String>,
    /// What it may do, if it is known.
    pub scopes: Option<Vec<String>>,
    /// Whether it can list keys.
    pub can_list: Option<bool>,
    /// Whether it can create keys.
    pub can_create: Option<bool>,
    /// Whether it can revoke keys.
    pub can_revoke: Option<bool>,
    /// Scopes it lacks for managing keys.
    pub lacks: Vec<String>,
    /// The account that is known here already.
    pub known_account: Option<AccountId>,
    /// Why nothing could be told.
    pub failure: Option<ServiceError>,
    /// The host it was sent to.
    pub host: String,
    /// The HTTP status, if it says something.
    pub status: Option<u16>,
    /// How long the answer took.
    pub latency: Option<TimeDelta>,
}

/// The last check, so that adding what was checked asks nothing twice.
pub(super) struct Checked {
    source: String,
    provider: ProviderId,
    servers: Servers,
    identified: Identified,
}

impl Services {
    /// Asks the host what a pasted key is worth for managing an account. Nothing is kept.
    pub async fn check_admin_key(
        &self,
        source: &str,
        provider: ProviderId,
        host: Option<&str>,
    ) -> Result<AdminKeyFound, ServiceError> {
        let (secret, _) = self.secret_from(source)?;
        let servers = self.admin_servers(provider, host)?;
        let begun = self.now();
        let answer = self.identify(provider, &servers, &secret).await;
        let latency = Some(self.now() - begun);
        let description = self.provider(provider).description();
        let environment = description.environment_of(&secret.prefix(description.key_prefixes)).map(str::to_owned);
        let host = servers.host.host_str().unwrap_or_default().to_owned();
        let nothing = AdminKeyFound {
            accepted: false,
            account_name: None,
            environment,
            scopes: None,
            can_list: None,
            can_create: None,
            can_revoke: None,
            lacks: Vec::new(),
            known_account: None,
            failure: None,
            host,
            status: None,
            latency,
        };
        match answer {
            Ok(identified) => {
                let known_account = self.known_account(provider, &servers, &identified, &secret).await?;
                let found = AdminKeyFound {
                    accepted: true,
                    account_name: identified.account_name.clone(),
                    scopes: identified.scopes.clone(),
                    can_list: identified.can_list,
                    can_create: identified.can_create,
                    can_revoke: identified.can_revoke,
                    lacks: identified.lacks.clone(),
                    known_account,
                    ..nothing
                };
                self.live().checked = Some(Checked { source: source.to_owned(), provider, servers, identified });
                Ok(found)
            }
            Err(ProviderError::Refused(answer)) => Ok(AdminKeyFound { status: Some(answer.status), ..nothing }),
            Err(error) => {
                let failure = ServiceError::from(error).at_host(&servers.host);
                Ok(AdminKeyFound { status: failure.details.status, failure: Some(failure), ..nothing })
            }
        }
    }

    /// Adds an account that a pasted key acts for. One without the right to manage keys is added too:
    /// what it lacks is remembered. An account that is known already is given the key instead.
    pub async fn add_account(
        &self,
        source: &str,
        provider: ProviderId,
        host: Option<&str>,
        label: &str,
    ) -> Result<AccountState, ServiceError> {
        let (secret, _) = self.secret_from(source)?;
        let servers = self.admin_servers(provider, host)?;
        let label = label.trim();
        if label.chars().count() > 60 || label.chars().any(char::is_control) {
            return Err(ServiceError::field(Reason::BadInput, "label"));
        }
        self.check_vault().await?;
        let identified = self.identified(source, provider, &servers, &secret).await?;
        if let Some(known) = self.known_account(provider, &servers, &identified, &secret).await? {
            return self.take_admin_key(known, source, &secret, identified).await;
        }
        let description = self.provider(provider).description();
        let name = identified.account_name.as_deref().map(str::trim).filter(|name| !name.is_empty());
        let name: String =
            name.unwrap_or(description.short_name).chars().filter(|c| !c.is_control()).take(60).collect();
        let label = self.free_label(if label.is_empty() { &name } else { label })?;
        let account =
            self.begin_account(Account::signed_out(provider, label, servers, self.now()), &secret, identified).await?;
        self.taken(source, &secret);
        self.read_soon(account);
        self.account_state(account)
    }

    /// Writes an account and the key that acts for it. If the keychain does not take the key, there is
    /// no account.
    pub(super) async fn begin_account(
        &self,
        account: Account,
        secret: &Secret,
        identified: Identified,
    ) -> Result<AccountId, ServiceError> {
        let id = account.id;
        self.records().put_account(&account)?;
        match self.put_admin_key(&account, secret, identified).await {
            Ok(_) => {
                self.journal(Line::new(ActivityKind::AccountAdded, &account.label).account(id))?;
                Ok(id)
            }
            Err(error) => {
                for key in self.records().keys_of(id)? {
                    self.delete_kept(&key).await?;
                }
                self.records().remove_account(id)?;
                Err(error)
            }
        }
    }

    /// Lets another pasted key act for an account.
    pub async fn replace_admin_key(&self, id: AccountId, source: &str) -> Result<AccountState, ServiceError> {
        let account = self.account(id)?;
        let (secret, _) = self.secret_from(source)?;
        self.check_vault().await?;
        let identified = self.identified(source, account.provider, &account.servers, &secret).await?;
        self.take_admin_key(id, source, &secret, identified).await
    }

    async fn take_admin_key(
        &self,
        id: AccountId,
        source: &str,
        secret: &Secret,
        identified: Identified,
    ) -> Result<AccountState, ServiceError> {
        let account = self.account(id)?;
        same_account(&account, &identified)?;
        let key = self.put_admin_key(&account, secret, identified).await?;
        self.tell_replaced(&account, &key)?;
        self.taken(source, secret);
        self.read_soon(id);
        self.account_state(id)
    }

    /// Lets a key that is kept here act for its account: the way out when the key that acts for it is
    /// to be revoked, which no key can do to itself.
    pub async fn use_as_admin_key(&self, id: AccountId, key: KeyId) -> Result<AccountState, ServiceError> {
        let account = self.account(id)?;
        let key = self.key(key)?;
        if key.account != id {
            return Err(ServiceError::of(Reason::NotFound));
        }
        if key.kept == KeptIn::Nowhere {
            return Err(ServiceError::of(Reason::NoSecret));
        }
        let secret = self.secret_of(key.id).await?;
        let identified = self.identify(account.provider, &account.servers, &secret).await;
        let identified = identified.map_err(|error| self.remember_page(error.into(), &account))?;
        same_account(&account, &identified)?;
        if let Some(scope) = identified.lacks.first() {
            let mut error = ServiceError::of(Reason::LacksScope).at_host(&account.servers.host);
            error.details.text = Some(scope.clone());
            return Err(error);
        }
        self.acts_for(id, key.id, &identified)?;
        self.tell_replaced(&account, &key)?;
        self.account_state(id)
    }

    fn tell_replaced(&self, account: &Account, key: &ApiKey) -> Result<(), ServiceError> {
        self.live().failures.remove(&account.id);
        let line = Line::new(ActivityKind::AdminKeyReplaced, &account.label).account(account.id);
        self.journal(line.fact("Acts for it", key.name.as_str()))?;
        self.changed(Topic::App);
        self.changed(Topic::Keys);
        Ok(())
    }

    /// The key's record, then its secret, then the account that it acts for: a crash in between leaves
    /// a kept key and an account that asks for one.
    async fn put_admin_key(
        &self,
        account: &Account,
        secret: &Secret,
        identified: Identified,
    ) -> Result<ApiKey, ServiceError> {
        let key = match self.known_as(secret).await?.map(|id| self.key(id)).transpose()? {
            Some(known) if known.account == account.id => known,
            _ => {
                let row = identified.key.clone().unwrap_or_default();
                let name = if row.name.is_empty() { "Admin key".to_owned() } else { row.name.clone() };
                let notes = Notes { name, ..Notes::default() };
                let key = match self.listed_as(account, &row)? {
                    Some(known) => known,
                    None => self.record_adopted(account, &notes, secret, None)?,
                };
                let key = self.update_key(key.id, |key| learn(key, &row, identified.scopes.as_deref()))?;
                self.keep(key.id, secret).await?
            }
        };
        self.acts_for(account.id, key.id, &identified)?;
        Ok(key)
    }

    /// The record that a list already brought of this row.
    fn listed_as(&self, account: &Account, row: &ListedKey) -> Result<Option<ApiKey>, ServiceError> {
        let Some(id) = &row.remote_id else { return Ok(None) };
        let known = self.records().keys_of(account.id)?;
        Ok(known.into_iter().find(|key| key.remote_id.as_ref() == Some(id)))
    }

    fn acts_for(&self, id: AccountId, key: KeyId, identified: &Identified) -> Result<(), ServiceError> {
        self.update_account(id, |account| {
            account.admin_key = Some(key);
            account.sign_in = SignIn::SignedIn;
            account.last_failure = None;
            account.lacks.clone_from(&identified.lacks);
            account.subject = identified.subject.clone().or_else(|| account.subject.take());
        })?;
        Ok(())
    }

    /// What was found out about this key at this host a moment ago, else asked now.
    async fn identified(
        &self,
        source: &str,
        provider: ProviderId,
        servers: &Servers,
        secret: &Secret,
    ) -> Result<Identified, ServiceError> {
        let checked = self.live().checked.take();
        if let Some(checked) = checked
            && checked.source == source
            && checked.provider == provider
            && checked.servers == *servers
        {
            return Ok(checked.identified);
        }
        let answer = self.identify(provider, servers, secret).await;
        answer.map_err(|error| ServiceError::from(error).at_host(&servers.host))
    }

    pub(super) async fn identify(
        &self,
        provider: ProviderId,
        servers: &Servers,
        secret: &Secret,
    ) -> Result<Identified, ProviderError> {
        let seen = Seen::default();
        let call = Call { http: self.http(), host: &servers.host, credential: secret, seen: &seen };
        self.provider(provider).identify(&call).await
    }

    fn admin_servers(&self, provider: ProviderId, host: Option<&str>) -> Result<Servers, ServiceError> {
        let description = self.provider(provider).description();
        if !matches!(description.sign_in, SignInMethod::AdminKey { .. }) {
            return Err(ServiceError::field(Reason::BadInput, "provider"));
        }
        servers_from(description, host.unwrap_or_default(), "", "")
    }

    /// The account that this key is for, if it is known here: by what the service calls it, or because
    /// the same key is kept for it.
    async fn known_account(
        &self,
        provider: ProviderId,
        servers: &Servers,
        identified: &Identified,
        secret: &Secret,
    ) -> Result<Option<AccountId>, ServiceError> {
        let accounts = self.records().accounts()?;
        let here = |account: &&Account| account.provider == provider && account.servers == *servers;
        let named = |account: &&Account| identified.subject.is_some() && account.subject == identified.subject;
        if let Some(known) = accounts.iter().filter(here).find(named) {
            return Ok(Some(known.id));
        }
        // A keychain that cannot be read only means that this is not known.
        let Some(key) = self.known_as(secret).await.unwrap_or_default() else { return Ok(None) };
        let account = self.key(key)?.account;
        Ok(accounts.iter().filter(here).find(|known| known.id == account).map(|known| known.id))
    }

    /// Reads an account's keys and usage in the background. Both report their failures on the account.
    pub(super) fn read_soon(&self, id: AccountId) {
        self.changed(Topic::App);
        self.changed(Topic::Keys);
        let services = self.clone();
        tokio::spawn(async move {
            let _reported = services.refresh_keys(Some(id)).await;
            let _reported = services.refresh_usage(id).await;
        });
    }

    /// An account without the key that acted for it: it is signed out, and the key goes on working.
    pub(super) fn no_longer_acts(&self, key: &ApiKey, sign_in: SignIn) -> Result<(), ServiceError> {
        if self.account(key.account)?.admin_key == Some(key.id) {
            self.update_account(key.account, |account| {
                account.sign_in = sign_in;
                account.admin_key = None;
            })?;
            self.changed(Topic::App);
        }
        Ok(())
    }

    /// The secret of the key that acts for an account.
    pub(super) async fn admin_secret(&self, key: KeyId) -> Result<Secret, ServiceError> {
        // An absent item is also what a keychain that was never unlocked answers: nothing is changed.
        self.vault().get(&SecretName::Key(key)).await?.ok_or_else(|| ServiceError::of(Reason::SignInNeeded))
    }
}

/// A key of another account must not act for this one. A service that names no account proves nothing.
fn same_account(account: &Account, identified: &Identified) -> Result<(), ServiceError> {
    match (&account.subject, &identified.subject) {
        (Some(known), Some(said)) if known != said => Err(ServiceError::field(Reason::BadInput, "other_account")),
        _ => Ok(()),
    }
}

/// What a key's own row of the list says of it.
fn learn(key: &mut ApiKey, row: &ListedKey, scopes: Option<&[String]>) {
    key.remote_id = row.remote_id.clone().or_else(|| key.remote_id.take());
    key.created_at = row.created_at.or(key.created_at);
    key.environment = row.environment.clone().or_else(|| key.environment.take());
    key.scopes = row.scopes.clone().or_else(|| scopes.map(<[String]>::to_vec)).or_else(|| key.scopes.take());
    key.rate_limit = row.rate_limit.or(key.rate_limit);
    if let Some(used) = row.last_used_at {
        key.last_use = used.map_or(LastUse::Never, LastUse::At);
    }
}
