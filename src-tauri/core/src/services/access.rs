//! Owns acting as an account: with an access token (in memory only, one refresh in flight for each
//! account, the rotated refresh token stored before the new access token is used, RFC 9700 section
//! 4.14), or with the key that acts for the account.

use super::activity::Line;
use super::{Reason, ServiceError, Services, Topic};
use crate::domain::{Account, AccountId, ActivityKind, KeptIn, KeyStatus, Secret, SignIn, key_status};
use crate::oauth::{self, AuthorizationServer, OAuthError, TokenSet};
use crate::providers::{Call, ProviderError, Seen, SignInMethod};
use crate::vault::SecretName;
use chrono::{DateTime, TimeDelta, Utc};
use futures::future::BoxFuture;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::OwnedMutexGuard;

/// A token is renewed this long before it ends.
const MARGIN: TimeDelta = TimeDelta::seconds(60);

#[derive(Default)]
pub(super) struct AccessTokens {
    /// Never taken out again: two slots for one account would be two refreshes in flight.
    slots: Mutex<HashMap<AccountId, Arc<tokio::sync::Mutex<Slot>>>>,
    /// Counts how often every token was dropped, so that a refresh in flight does not bring one back.
    drops: AtomicU64,
}

/// One account's tokens. Whoever holds it is the only one who renews, replaces or ends its sign-in.
#[derive(Default)]
pub(super) struct Slot {
    current: Option<Current>,
    /// A rotated refresh token that the keychain did not take yet. The old one is spent, so it must
    /// not be lost; it is stored before anything else happens for this account.
    not_stored: Option<Secret>,
    server: Option<AuthorizationServer>,
}

#[derive(Clone)]
struct Current {
    token: Secret,
    expires_at: DateTime<Utc>,
}

impl AccessTokens {
    /// The account's tokens, once nobody else is renewing, replacing or ending its sign-in.
    pub(super) async fn slot(&self, account: AccountId) -> OwnedMutexGuard<Slot> {
        let slot = {
            let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(slots.entry(account).or_default())
        };
        slot.lock_owned().await
    }

    /// Drops one account's tokens and forgets what was learnt of its authorization server.
    pub(super) async fn forget(&self, account: AccountId) {
        self.slot(account).await.clear();
    }

    /// How often every token was dropped so far.
    pub(super) fn drops(&self) -> u64 {
        self.drops.load(Ordering::SeqCst)
    }

    /// Drops every access token. What a refresh in flight brings is used by whoever waits for it and
    /// dropped too, except a rotated refresh token, which must reach the keychain.
    pub(super) fn drop_all(&self) {
        self.drops.fetch_add(1, Ordering::SeqCst);
        let slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        for slot in slots.values() {
            if let Ok(mut slot) = slot.try_lock() {
                slot.current = None;
            }
        }
    }
}

impl Slot {
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Takes the tokens of a new sign-in in place of everything older.
    pub(super) fn begin(&mut self, tokens: &TokenSet) {
        let current = Current { token: tokens.access.clone(), expires_at: tokens.expires_at };
        *self = Self { current: Some(current), ..Self::default() };
    }

    /// The refresh token that the keychain did not take, which is newer than the one in it.
    pub(super) fn not_stored(&self) -> Option<Secret> {
        self.not_stored.clone()
    }
}

impl Services {
    /// A valid access token. `spent` is one that a server just refused: it is renewed unless
    /// another caller did so already.
    async fn access_token(&self, account: &Account, spent: Option<&Secret>) -> Result<Secret, ServiceError> {
        if account.sign_in != SignIn::SignedIn {
            return Err(ServiceError::of(Reason::SignInNeeded));
        }
        let drops = self.0.access.drops();
        let token = self.valid_access_token(account, spent, drops).await;
        self.drop_late_token(account.id, drops).await;
        token
    }

    /// A lock cannot drop the tokens while somebody holds their slot: whoever held it does.
    pub(super) async fn drop_late_token(&self, account: AccountId, drops: u64) {
        if self.must_drop(drops) {
            self.0.access.slot(account).await.current = None;
        }
    }

    /// Whether what was begun at that count of drops may not be kept any more.
    fn must_drop(&self, drops: u64) -> bool {
        self.is_locked() || self.0.access.drops() != drops
    }

    async fn valid_access_token(
        &self,
        account: &Account,
        spent: Option<&Secret>,
        drops: u64,
    ) -> Result<Secret, ServiceError> {
        let mut slot = self.0.access.slot(account.id).await;
        let name = SecretName::RefreshToken(account.id);
        if let Some(refresh) = slot.not_stored.clone() {
            self.vault().put(&name, &refresh).await?;
            slot.not_stored = None;
        }
        if let Some(current) = &slot.current
            && self.now() < current.expires_at - MARGIN
            && !spent.is_some_and(|spent| spent.same_as(&current.token))
        {
            return Ok(current.token.clone());
        }
        // An absent item is also what a keychain that was never unlocked answers: nothing is deleted.
        let refresh = self.vault().get(&name).await?.ok_or_else(|| ServiceError::of(Reason::SignInNeeded))?;
        let authorization = account.servers.authorization.as_ref();
        let authorization = authorization.ok_or_else(|| ServiceError::of(Reason::SignInNeeded))?;
        let server = match slot.server.clone() {
            Some(server) => server,
            None => oauth::discover(self.http(), &authorization.server).await?,
        };
        slot.server = Some(server.clone());
        match oauth::refresh(self.http(), &server, &authorization.client_id, &refresh, self.now()).await {
            Ok(tokens) => {
                if let Some(rotated) = tokens.refresh.clone()
                    && let Err(error) = self.vault().put(&name, &rotated).await
                {
                    slot.not_stored = Some(rotated);
                    return Err(error.into());
                }
                // Dropped meanwhile: neither the new one stays nor the one it replaces.
                let stays = !self.must_drop(drops);
                slot.current = stays.then(|| Current { token: tokens.access.clone(), expires_at: tokens.expires_at });
                Ok(tokens.access)
            }
            Err(OAuthError::InvalidGrant) => {
                slot.current = None;
                self.sign_in_ended(account).await?;
                Err(ServiceError::of(Reason::SignInNeeded))
            }
            Err(error) => Err(ServiceError::from(error).at_host(&authorization.server)),
        }
    }

    /// The authorization server refused the refresh token: it is deleted, the account stays.
    async fn sign_in_ended(&self, account: &Account) -> Result<(), ServiceError> {
        self.update_account(account.id, |account| account.sign_in = SignIn::Needed)?;
        self.journal(Line::new(ActivityKind::SignInEnded, &account.label).account(account.id).failed())?;
        self.changed(Topic::App);
        self.vault().delete(&SecretName::RefreshToken(account.id)).await?;
        Ok(())
    }

    /// What the account acts with.
    async fn credential(&self, account: &Account, spent: Option<&Secret>) -> Result<Secret, ServiceError> {
        match (self.provider(account.provider).description().sign_in, account.admin_key) {
            (SignInMethod::Browser { .. }, _) => self.access_token(account, spent).await,
            (SignInMethod::AdminKey { .. }, Some(key)) if account.sign_in == SignIn::SignedIn => {
                if spent.is_none() {
                    return self.admin_secret(key).await;
                }
                self.admin_key_ended(account)?;
                Err(ServiceError::of(Reason::SignInNeeded))
            }
            (SignInMethod::AdminKey { .. }, _) => Err(ServiceError::of(Reason::SignInNeeded)),
            // Where nothing acts for an account, one of its own keys may ask what it is asked itself.
            (SignInMethod::Dashboard, _) if spent.is_none() => self.any_secret(account).await,
            (SignInMethod::Dashboard, _) => Err(ServiceError::of(Reason::KeyRefused)),
        }
    }

    async fn any_secret(&self, account: &Account) -> Result<Secret, ServiceError> {
        let now = self.now_at(account.id);
        for key in self.records().keys_of(account.id)? {
            let works = !matches!(key_status(&key, now), KeyStatus::Revoked | KeyStatus::Expired);
            if works && key.kept != KeptIn::Nowhere {
                return self.secret_of(key.id).await;
            }
        }
        Err(ServiceError::of(Reason::NoSecret))
    }

    /// The service refused the key that acts for the account. It is kept: its end may be proved with it.
    fn admin_key_ended(&self, account: &Account) -> Result<(), ServiceError> {
        self.update_account(account.id, |account| account.sign_in = SignIn::Needed)?;
        self.journal(Line::new(ActivityKind::SignInEnded, &account.label).account(account.id).failed())?;
        self.changed(Topic::App);
        Ok(())
    }

    /// Calls the account's service with what it acts with; after a 401 once more with a renewed token.
    /// A 401 means that nothing was done, so this holds for a create as well.
    pub(super) async fn as_account<T, F>(&self, account: &Account, mut ask: F) -> Result<T, ProviderOrService>
    where
        F: for<'a> FnMut(Call<'a>) -> BoxFuture<'a, Result<T, ProviderError>>,
    {
        let mut token = self.credential(account, None).await?;
        let mut renewed = false;
        let seen = Seen::default();
        loop {
            let call = Call { http: self.http(), host: &account.servers.host, credential: &token, seen: &seen };
            let answer = ask(call).await;
            self.note_rate_limit(account, seen.rate_limit())?;
            self.note_time(account.id, seen.time());
            match answer {
                Err(ProviderError::Refused(_)) if !renewed => {
                    token = self.credential(account, Some(&token)).await?;
                    renewed = true;
                }
                Err(ProviderError::Refused(_)) => return Err(ServiceError::of(Reason::SignInNeeded).into()),
                Err(error) => return Err(ProviderOrService::Provider(error)),
                Ok(value) => return Ok(value),
            }
        }
    }
}

/// Why a call as an account failed: at the service, or before it was reached.
#[derive(Debug)]
pub(super) enum ProviderOrService {
    Provider(ProviderError),
    Service(ServiceError),
}

impl From<ServiceError> for ProviderOrService {
    fn from(error: ServiceError) -> Self {
        Self::Service(error)
    }
}

impl From<ProviderOrService> for ServiceError {
    fn from(error: ProviderOrService) -> Self {
        match error {
            ProviderOrService::Provider(error) => error.into(),
            ProviderOrService::Service(error) => error,
        }
    }
}
