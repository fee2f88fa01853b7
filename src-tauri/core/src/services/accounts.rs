//! Owns accounts: what they are called, where they talk to, signing out, removing.

use super::activity::Line;
use super::retry::Retry;
use super::{Reason, ServiceError, Services, Topic};
use crate::domain::{
    Account, AccountId, ActivityKind, ApiKey, Authorization, Capability, KeptIn, KeyId, KeyOrigin, Secret, Servers,
    SignIn, Workspace, check_address,
};
use crate::oauth::{self, Revocation};
use crate::providers::{Answer, Description, Probe, ProviderError, SignInMethod};
use crate::vault::SecretName;
use chrono::{DateTime, TimeDelta, Utc};
use url::Url;

/// An account and what is going on with it.
#[derive(Debug, Clone)]
pub struct AccountState {
    /// The account.
    pub account: Account,
    /// Whether its keys are being read now.
    pub checking: bool,
    /// Why its keys could not be read last time.
    pub failure: Option<ServiceError>,
    /// How many of its secrets are kept on this computer.
    pub kept_secrets: usize,
    /// How an account of its service comes to act.
    pub method: SignInMethod,
    /// Its request that waits to be repeated.
    pub retry: Option<Retry>,
    /// How far its service's clock is ahead of this computer's, if that is worth telling.
    pub clock_ahead: Option<TimeDelta>,
}

/// What signing out did.
#[derive(Debug, Clone)]
pub struct SignedOut {
    /// Whether the authorization server ended the sign-in.
    pub revoked_at_server: bool,
    /// Why it did not.
    pub failure: Option<ServiceError>,
}

impl AccountState {
    /// A moment of this computer's clock by the one of the account's service.
    pub fn time_there(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        now + self.clock_ahead.unwrap_or_default()
    }
}

impl Services {
    /// Every account, in the order they were added.
    pub fn accounts(&self) -> Result<Vec<AccountState>, ServiceError> {
        let kept = self.records().kept_of_accounts()?;
        let accounts = self.records().accounts()?;
        Ok(accounts
            .into_iter()
            .map(|account| {
                let kept = kept.get(&account.id).copied().unwrap_or_default();
                self.state_of(account, kept)
            })
            .collect())
    }

    /// One account.
    pub fn account_state(&self, id: AccountId) -> Result<AccountState, ServiceError> {
        let account = self.account(id)?;
        let kept = self.records().kept_of_accounts()?.get(&id).copied().unwrap_or_default();
        Ok(self.state_of(account, kept))
    }

    fn state_of(&self, account: Account, kept_secrets: usize) -> AccountState {
        let live = self.live();
        let remembered = || account.last_failure.as_deref().and_then(Reason::from_name).map(ServiceError::of);
        let failure = live.failures.get(&account.id).cloned().or_else(remembered);
        let checking = live.checking.contains(&account.id);
        drop(live);
        let method = self.provider(account.provider).description().sign_in;
        let retry = self.retry_of(account.id);
        let clock_ahead = self.ahead_of(account.id);
        AccountState { account, checking, failure, kept_secrets, method, retry, clock_ahead }
    }

    pub(super) fn account(&self, id: AccountId) -> Result<Account, ServiceError> {
        self.records().account(id)?.ok_or_else(|| ServiceError::of(Reason::NotFound))
    }

    /// Reads, changes and writes one account, with nobody in between.
    pub(super) fn update_account(
        &self,
        id: AccountId,
        change: impl FnOnce(&mut Account),
    ) -> Result<Account, ServiceError> {
        let guard = self.editing();
        let before = self.account(id)?;
        let mut account = before.clone();
        change(&mut account);
        // Writing waits for the disk, and much that is learned of an account is known already.
        if account != before {
            self.records().put_account(&account)?;
        }
        drop(guard);
        Ok(account)
    }

    /// Gives an account another name.
    pub fn rename_account(&self, id: AccountId, label: &str) -> Result<AccountState, ServiceError> {
        let label = label.trim();
        if label.is_empty() || label.chars().count() > 60 || label.chars().any(char::is_control) {
            return Err(ServiceError::field(Reason::BadInput, "label"));
        }
        self.update_account(id, |account| label.clone_into(&mut account.label))?;
        self.changed(Topic::App);
        self.account_state(id)
    }

    /// Changes where an account's requests go. Its sign-in is not carried to another server: the
    /// account is signed out, and what its old server offered is forgotten. Keys that are kept are sent
    /// to the host when they are tested, so a changed one asks first. How one signs in there may change
    /// without any of that.
    pub async fn set_servers(
        &self,
        id: AccountId,
        edited: &EditedServers,
        confirmed: bool,
    ) -> Result<AccountState, ServiceError> {
        let account = self.account(id)?;
        let servers = edited_servers(self.provider(account.provider).description(), edited)?;
        if servers.host != account.servers.host && !confirmed {
            return Err(ServiceError::of(Reason::HostUnconfirmed).at_host(&servers.host));
        }
        if servers.same_places(&account.servers) {
            self.update_account(id, |account| account.servers = servers)?;
        } else {
            if account.sign_in == SignIn::SignedIn {
                self.sign_out(id).await?;
            }
            self.0.access.forget(id).await;
            if servers.host != account.servers.host {
                self.forget_remote_ids(id)?;
            }
            self.update_account(id, |account| {
                account.servers = servers;
                account.capability = Capability::default();
                account.workspaces.clear();
                account.subject = None;
            })?;
        }
        self.changed(Topic::App);
        self.account_state(id)
    }

    /// Changes the base address of an account that a key acts for, or that nothing acts for. A changed
    /// address asks first: from then on the account's secrets go there. Its old server's ids and
    /// answers are forgotten.
    pub async fn set_host(&self, id: AccountId, host: &str, confirmed: bool) -> Result<AccountState, ServiceError> {
        let account = self.account(id)?;
        if let Some(authorization) = &account.servers.authorization {
            let edited = EditedServers {
                host: host.to_owned(),
                authorization_server: authorization.server.to_string(),
                client_id: authorization.client_id.clone(),
                loopback: authorization.loopback,
            };
            return self.set_servers(id, &edited, confirmed).await;
        }
        let servers = servers_from(self.provider(account.provider).description(), host, "", "")?;
        if servers == account.servers {
            return self.account_state(id);
        }
        if !confirmed {
            return Err(ServiceError::of(Reason::HostUnconfirmed).at_host(&servers.host));
        }
        self.forget_remote_ids(id)?;
        let from = account.servers.host.to_string();
        let to = servers.host.to_string();
        self.update_account(id, |account| {
            account.servers = servers;
            account.capability = Capability::default();
            account.subject = None;
            account.usage = None;
            account.rate_limit = None;
            account.last_failure = None;
            if account.admin_key.is_some() {
                // Refused there does not mean refused here.
                account.sign_in = SignIn::SignedIn;
            }
        })?;
        self.live().failures.remove(&id);
        let line = Line::new(ActivityKind::HostChanged, &account.label).account(id);
        self.journal(line.fact("From", from).fact("To", to))?;
        self.changed(Topic::App);
        self.changed(Topic::Keys);
        self.account_state(id)
    }

    /// Another server's ids name other keys, and a DELETE goes only to an id that this server gave.
    fn forget_remote_ids(&self, id: AccountId) -> Result<(), ServiceError> {
        let guard = self.editing();
        let keys = self.records().keys_of(id)?.into_iter();
        let keys: Vec<ApiKey> = keys
            .filter(|key| key.remote_id.is_some())
            .map(|key| {
                // One that was found after a lost answer exists; without its id it would count as never made.
                let origin = if key.origin == KeyOrigin::Intended { KeyOrigin::Listed } else { key.origin };
                ApiKey { remote_id: None, origin, ..key }
            })
            .collect();
        self.records().put_keys(&keys)?;
        drop(guard);
        Ok(())
    }

    /// Ends the sign-in: at the server if it can be reached and offers it (RFC 7009), and here in any case.
    pub async fn sign_out(&self, id: AccountId) -> Result<SignedOut, ServiceError> {
        let account = self.account(id)?;
        if let Some(key) = account.admin_key {
            return self.sign_out_key(&account, key).await;
        }
        let name = SecretName::RefreshToken(id);
        // Held to the end: a refresh in flight would put a new token where the old one was deleted.
        let mut tokens = self.0.access.slot(id).await;
        let at_server = self.revoke_at_server(&account, &name, tokens.not_stored()).await;
        // The secret goes before the record says so; if the keychain refuses, the account stays as it was.
        self.delete_secret(&name).await?;
        tokens.clear();
        drop(tokens);
        self.update_account(id, |account| account.sign_in = SignIn::SignedOut)?;
        let (revoked_at_server, failure) = match at_server {
            Ok(true) => (true, None),
            Ok(false) => (false, Some(ServiceError::of(Reason::NotOffered))),
            Err(error) => (false, Some(error)),
        };
        let ended = if revoked_at_server { "Ended at the server too" } else { "Ended only on this computer" };
        self.journal(Line::new(ActivityKind::SignedOut, &account.label).account(id).fact("Sign-in", ended))?;
        self.changed(Topic::App);
        Ok(SignedOut { revoked_at_server, failure })
    }

    /// The kept secret of the key that acts for an account is deleted; the key goes on working.
    async fn sign_out_key(&self, account: &Account, key: KeyId) -> Result<SignedOut, ServiceError> {
        self.forget_secret(key).await?;
        let line = Line::new(ActivityKind::SignedOut, &account.label).account(account.id);
        self.journal(line.fact("Sign-in", "Its key was deleted on this computer and goes on working"))?;
        self.changed(Topic::App);
        Ok(SignedOut { revoked_at_server: false, failure: Some(ServiceError::of(Reason::NotOffered)) })
    }

    async fn revoke_at_server(
        &self,
        account: &Account,
        name: &SecretName,
        not_stored: Option<Secret>,
    ) -> Result<bool, ServiceError> {
        let kept = match not_stored {
            Some(refresh) => Some(refresh),
            None => self.vault().get(name).await?,
        };
        let Some(refresh) = kept else { return Err(ServiceError::of(Reason::NoSecret)) };
        let authorization = account.servers.authorization.as_ref();
        let authorization = authorization.ok_or_else(|| ServiceError::of(Reason::NotOffered))?;
        let at = |error: ServiceError| error.at_host(&authorization.server);
        let server = oauth::discover(self.http(), &authorization.server).await.map_err(|error| at(error.into()))?;
        let revocation = oauth::revoke(self.http(), &server, &authorization.client_id, &refresh)
            .await
            .map_err(|error| at(error.into()))?;
        Ok(revocation == Revocation::Done)
    }

    /// Takes an account off this computer. Its keys go on working at the service. With
    /// `delete_secrets` off, keys whose secret is kept stay, and the account with them, signed out.
    pub async fn remove_account(&self, id: AccountId, delete_secrets: bool) -> Result<(), ServiceError> {
        let account = self.account(id)?;
        self.cancel_retry(id);
        match (account.sign_in, account.admin_key) {
            // Its secret goes or stays with those of the other keys.
            (_, Some(_)) => {
                self.update_account(id, |account| {
                    account.sign_in = SignIn::SignedOut;
                    account.admin_key = None;
                })?;
            }
            (SignIn::SignedIn, None) => {
                self.sign_out(id).await?;
            }
            _ => {}
        }
        let keys = self.records().keys_of(id)?;
        let (kept, others): (Vec<_>, Vec<_>) = keys.into_iter().partition(|key| key.kept != KeptIn::Nowhere);
        for key in others.iter().filter(|key| Self::may_be_kept(key)) {
            self.delete_kept(key).await?;
        }
        if delete_secrets || kept.is_empty() {
            for key in &kept {
                self.delete_kept(key).await?;
            }
            self.delete_refresh_token(&self.account(id)?).await?;
            self.drop_slot_of(id);
            self.records().remove_account(id)?;
            self.0.access.forget(id).await;
        } else {
            for key in &others {
                self.drop_slot_of_key(key.id);
                self.records().remove_key(key.id)?;
            }
        }
        self.journal(Line::new(ActivityKind::AccountRemoved, &account.label).account(id))?;
        self.changed(Topic::App);
        self.changed(Topic::Keys);
        Ok(())
    }

    /// Reads the account's workspaces from its service.
    pub async fn refresh_workspaces(&self, id: AccountId) -> Result<Vec<Workspace>, ServiceError> {
        let account = self.account(id)?;
        let provider = self.provider(account.provider);
        let ask = || {
            self.as_account(&account, |call| {
                Box::pin(async move {
                    match provider.workspaces(&call).await? {
                        Probe::Accepted { workspaces, .. } => Ok(workspaces),
                        Probe::Refused => Err(ProviderError::Refused(Answer { status: 401, ..Answer::default() })),
                    }
                })
            })
        };
        let answer = self.repeating(id, ask).await;
        let workspaces = answer.map_err(|error| self.remember_page(error.into(), &account))?;
        self.update_account(id, |account| account.workspaces.clone_from(&workspaces))?;
        self.changed(Topic::App);
        Ok(workspaces)
    }

    /// Adds the host to an error, and remembers a subscription page that came with it.
    pub(super) fn remember_page(&self, error: ServiceError, account: &Account) -> ServiceError {
        if error.reason == Reason::SubscriptionRequired {
            let page = error.details.url.as_deref().and_then(|page| Url::parse(page).ok());
            self.live().subscribe_page = page;
        }
        if error.details.host.is_some() { error } else { error.at_host(&account.servers.host) }
    }

    /// A label no other account has.
    pub(super) fn free_label(&self, wanted: &str) -> Result<String, ServiceError> {
        let taken: Vec<String> = self.records().accounts()?.into_iter().map(|account| account.label).collect();
        let numbered = (2..).map(|number| format!("{wanted} {number}"));
        let mut candidates = std::iter::once(wanted.to_owned()).chain(numbered);
        Ok(candidates.find(|label| !taken.contains(label)).unwrap_or_else(|| wanted.to_owned()))
    }
}

/// An account's servers as the person edits them. An empty field means the published value.
#[derive(Debug, Clone, Default)]
pub struct EditedServers {
    /// The service.
    pub host: String,
    /// Who signs people in.
    pub authorization_server: String,
    /// The public client id.
    pub client_id: String,
    /// Whether the client id is registered there for a loopback redirect.
    pub loopback: bool,
}

/// Reads what was edited. The published client id at its own server is registered for codes alone, so a
/// mark says nothing of it.
pub(super) fn edited_servers(published: &Description, edited: &EditedServers) -> Result<Servers, ServiceError> {
    let EditedServers { host, authorization_server, client_id, loopback } = edited;
    let mut servers = servers_from(published, host, authorization_server, client_id)?;
    let known = servers_from(published, "", "", "")?.authorization;
    if let Some(authorization) = servers.authorization.as_mut() {
        authorization.loopback = *loopback && known.as_ref() != Some(&*authorization);
    }
    Ok(servers)
}

/// Reads the three server fields; an empty one means the published value. Where nobody signs in in
/// the browser, only the host counts.
pub(super) fn servers_from(
    published: &Description,
    host: &str,
    authorization_server: &str,
    client_id: &str,
) -> Result<Servers, ServiceError> {
    let address = |text: &str, published: &str, field: &'static str| {
        let text = if text.trim().is_empty() { published } else { text.trim() };
        let mut address = Url::parse(text).map_err(|_| ServiceError::field(Reason::BadInput, field))?;
        check_address(&address).map_err(|_| ServiceError::field(Reason::UnsafeAddress, field))?;
        // One address has one spelling: `/v1` and `/v1/` are the same place.
        if let Ok(mut path) = address.path_segments_mut() {
            path.pop_if_empty();
        }
        Ok::<_, ServiceError>(address)
    };
    let authorization = match published.sign_in {
        SignInMethod::Browser { authorization_server: server, client_id: client, .. } => {
            let client_id = if client_id.trim().is_empty() { client } else { client_id.trim() };
            if client_id.len() > 200 || !client_id.chars().all(|character| character.is_ascii_graphic()) {
                return Err(ServiceError::field(Reason::BadInput, "client_id"));
            }
            let server = address(authorization_server, server, "authorization_server")?;
            Some(Authorization { server, client_id: client_id.to_owned(), loopback: false })
        }
        SignInMethod::AdminKey { .. } | SignInMethod::Dashboard => None,
    };
    Ok(Servers { host: address(host, published.host, "host")?, authorization })
}
