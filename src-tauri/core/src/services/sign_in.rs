//! Owns signing in by the device authorization grant (RFC 8628): one attempt at a time, from the
//! code to a stored refresh token. The device code, verifier and tokens never leave this room.

use super::accounts::servers_from;
use super::activity::Line;
use super::{Reason, ServiceError, Services, Topic};
use crate::domain::{Account, AccountId, ActivityKind, Authorization, EntryId, ProviderId, Servers, SignIn};
use crate::oauth::{self, AuthorizationServer, DeviceGrant, Poll, Step, TokenSet};
use crate::providers::SignInMethod;
use crate::vault::{SecretName, StoreState, VaultError};
use chrono::{DateTime, Utc};
use std::sync::Arc;
use tokio::sync::watch;
use url::Url;

/// A sign-in, as far as it may be shown.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// Names this attempt.
    pub id: String,
    /// The service.
    pub provider: ProviderId,
    /// The account that signs in again, if it is not a new one.
    pub account: Option<AccountId>,
    /// The code to compare in the browser.
    pub user_code: Option<String>,
    /// The host of the approval page.
    pub verification_host: Option<String>,
    /// The approval page, without the code.
    pub verification_uri: Option<Url>,
    /// When the code ends.
    pub expires_at: Option<DateTime<Utc>>,
    /// Where it stands.
    pub state: AttemptState,
    /// Whether the browser was opened.
    pub browser_opened: bool,
    /// Why it failed.
    pub failure: Option<ServiceError>,
    /// The account, once it is done.
    pub done_account: Option<AccountId>,
}

/// Where a sign-in stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttemptState {
    /// The authorization server is being asked for a code.
    Opening,
    /// Waiting for approval.
    Waiting,
    /// The server asked for more patience.
    SlowDown,
    /// No answer right now; asking goes on.
    Retrying,
    /// The code has expired.
    Expired,
    /// Denied in the browser.
    Denied,
    /// Cancelled here, or replaced by a newer one.
    Cancelled,
    /// It failed.
    Failed,
    /// Signed in.
    Done,
}

/// The one running attempt.
pub(super) struct Running {
    attempt: Attempt,
    page: Option<Url>,
    cancel: Arc<watch::Sender<bool>>,
    /// Its tokens are being kept: too late to cancel it.
    keeping: bool,
}

/// Where an attempt signs in to.
pub(super) struct Target {
    id: String,
    provider: ProviderId,
    servers: Servers,
    /// Who signs people in there.
    authorization: Authorization,
    again: Option<AccountId>,
    sandbox: bool,
    /// Its tokens go to the CLI of the service instead of the keychain.
    for_cli: bool,
}

impl Target {
    /// The CLI's own sign-in, at the servers of this account.
    pub(super) fn for_cli(account: &Account, authorization: Authorization) -> Self {
        Self {
            id: EntryId::random().to_string(),
            provider: account.provider,
            servers: account.servers.clone(),
            authorization,
            again: Some(account.id),
            sandbox: account.sandbox,
            for_cli: true,
        }
    }
}

impl Services {
    /// Starts a sign-in and replaces a running one. The keychain is probed first, so that no
    /// sign-in is thrown away for want of a place to keep it.
    pub async fn start_sign_in(
        &self,
        provider: ProviderId,
        account: Option<AccountId>,
        servers: Option<(String, String, String)>,
    ) -> Result<Attempt, ServiceError> {
        self.check_vault().await?;
        let known = account.map(|id| self.account(id)).transpose()?;
        let described = self.provider(provider).description();
        let servers = match (&known, servers) {
            (Some(account), _) => account.servers.clone(),
            (None, Some((host, server, client))) => servers_from(described, &host, &server, &client)?,
            (None, None) => servers_from(described, "", "", "")?,
        };
        let signs_in = || ServiceError::field(Reason::BadInput, "provider");
        let authorization = servers.authorization.clone().ok_or_else(signs_in)?;
        let target = Target {
            authorization,
            id: EntryId::random().to_string(),
            provider,
            servers,
            again: account,
            sandbox: known.is_some_and(|account| account.sandbox),
            for_cli: false,
        };
        Ok(self.begin_sign_in(target))
    }

    /// Begins an attempt in the place of a running one.
    pub(super) fn begin_sign_in(&self, target: Target) -> Attempt {
        let attempt = Attempt {
            id: target.id.clone(),
            provider: target.provider,
            account: target.again,
            user_code: None,
            verification_host: None,
            verification_uri: None,
            expires_at: None,
            state: AttemptState::Opening,
            browser_opened: false,
            failure: None,
            done_account: None,
        };
        let (cancel, cancelled) = watch::channel(false);
        let running = Running { attempt: attempt.clone(), page: None, cancel: Arc::new(cancel), keeping: false };
        if let Some(replaced) = self.live().attempt.replace(running) {
            replaced.cancel.send_replace(true);
        }
        let services = self.clone();
        tokio::spawn(async move { services.run_sign_in(target, cancelled).await });
        self.changed(Topic::SignIn);
        attempt
    }

    /// Whether a new secret could be kept right now.
    pub(super) async fn check_vault(&self) -> Result<(), ServiceError> {
        if self.vault().is_session_only() {
            return Ok(());
        }
        let state = self.vault().probe().await;
        self.live().storage = Some(state);
        match state {
            StoreState::Ready => Ok(()),
            StoreState::Absent => Err(VaultError::Absent.into()),
            StoreState::Locked => Err(VaultError::Locked.into()),
            StoreState::Denied => Err(VaultError::Denied.into()),
            StoreState::Waiting => Err(VaultError::Waiting.into()),
            StoreState::Failed => Err(ServiceError::of(Reason::KeychainFailed)),
        }
    }

    /// The last attempt, running or ended.
    pub fn sign_in_state(&self) -> Option<Attempt> {
        self.live().attempt.as_ref().map(|running| running.attempt.clone())
    }

    /// Opens the approval page again.
    pub fn open_sign_in_page(&self) -> Result<(), ServiceError> {
        let page = self.live().attempt.as_ref().and_then(|running| running.page.clone());
        let page = page.ok_or_else(|| ServiceError::of(Reason::NotFound))?;
        self.desktop().browser.open(&page).map_err(|_| ServiceError::with_url(Reason::BrowserFailed, &page))?;
        Ok(())
    }

    /// Copies the code to compare; it is no secret.
    pub fn copy_user_code(&self) -> Result<(), ServiceError> {
        let code = self.sign_in_state().and_then(|attempt| attempt.user_code);
        let code = code.ok_or_else(|| ServiceError::of(Reason::NotFound))?;
        Ok(self.desktop().clipboard.put_text(&code)?)
    }

    /// Copies the approval page's address (without the code), for when no browser could be opened.
    pub fn copy_sign_in_address(&self) -> Result<(), ServiceError> {
        let page = self.sign_in_state().and_then(|attempt| attempt.verification_uri);
        let page = page.ok_or_else(|| ServiceError::of(Reason::NotFound))?;
        Ok(self.desktop().clipboard.put_text(page.as_str())?)
    }

    /// Ends the running attempt. A token that arrives all the same is revoked.
    pub fn cancel_sign_in(&self) {
        if let Some(running) = self.live().attempt.as_mut().filter(|running| !running.keeping) {
            running.cancel.send_replace(true);
            if !is_final(running.attempt.state) {
                running.attempt.state = AttemptState::Cancelled;
            }
        }
        self.changed(Topic::SignIn);
    }

    /// Changes the attempt, unless another one took its place or it has ended.
    fn with_attempt(&self, id: &str, change: impl FnOnce(&mut Running)) {
        if let Some(running) = self.live().attempt.as_mut()
            && running.attempt.id == id
            && !is_final(running.attempt.state)
        {
            change(running);
        }
        self.changed(Topic::SignIn);
    }

    async fn run_sign_in(&self, target: Target, cancelled: watch::Receiver<bool>) {
        match self.grant(&target, cancelled.clone()).await {
            Ok(Some((server, tokens))) => {
                if !self.begin_keeping(&target, &cancelled) {
                    self.give_back(&target, &server, &tokens).await;
                    return;
                }
                let kept = match target.again.filter(|_| target.for_cli) {
                    Some(account) => self.keep_for_cli(account, &target.authorization, &tokens),
                    None => self.keep_sign_in(&target, &tokens).await,
                };
                match kept {
                    Ok(account) => {
                        self.with_attempt(&target.id, |running| {
                            running.attempt.done_account = Some(account);
                            running.attempt.state = AttemptState::Done;
                        });
                        if target.for_cli {
                            return;
                        }
                        self.changed(Topic::App);
                        // Both report their own failures on the account.
                        let _reported = self.refresh_workspaces(account).await;
                        let _reported = self.refresh_keys(Some(account)).await;
                    }
                    Err(error) => {
                        self.give_back(&target, &server, &tokens).await;
                        self.fail_sign_in(&target, error);
                    }
                }
            }
            Ok(None) => {}
            Err(error) => self.fail_sign_in(&target, error),
        }
    }

    /// Whether the tokens are still wanted. From then on the sign-in cannot be cancelled.
    fn begin_keeping(&self, target: &Target, cancelled: &watch::Receiver<bool>) -> bool {
        let mut live = self.live();
        let running = live.attempt.as_mut().filter(|running| running.attempt.id == target.id);
        match running {
            Some(running) if !*cancelled.borrow() => {
                running.keeping = true;
                true
            }
            _ => false,
        }
    }

    fn fail_sign_in(&self, target: &Target, error: ServiceError) {
        let error = if error.details.host.is_some() || error.reason == Reason::BrowserFailed {
            error
        } else {
            error.at_host(&target.authorization.server)
        };
        self.with_attempt(&target.id, |running| {
            running.attempt.failure = Some(error);
            running.attempt.state = AttemptState::Failed;
        });
    }

    /// A sign-in that is not wanted any more is ended at the server, as far as it can be reached.
    async fn give_back(&self, target: &Target, server: &AuthorizationServer, tokens: &TokenSet) {
        let token = tokens.refresh.as_ref().unwrap_or(&tokens.access);
        // Nobody waits for this any more, and the tokens are dropped in any case.
        let _ended = oauth::revoke(self.http(), server, &target.authorization.client_id, token).await;
    }

    /// Runs the grant to its end. `None` if it ended without tokens and without a failure.
    async fn grant(
        &self,
        target: &Target,
        mut cancelled: watch::Receiver<bool>,
    ) -> Result<Option<(AuthorizationServer, TokenSet)>, ServiceError> {
        let client_id = &target.authorization.client_id;
        let SignInMethod::Browser { scopes, .. } = self.provider(target.provider).description().sign_in else {
            return Err(ServiceError::field(Reason::BadInput, "provider"));
        };
        let server = oauth::discover(self.http(), &target.authorization.server).await?;
        let mut grant = oauth::start_device_grant(self.http(), &server, client_id, scopes, self.now()).await?;
        if *cancelled.borrow() {
            return Ok(None);
        }
        self.show_grant(target, &grant);
        loop {
            let Step::AskAt(moment) = grant.next_step(self.now()) else {
                self.set_state(target, AttemptState::Expired);
                return Ok(None);
            };
            let wait = (moment - self.now()).to_std().unwrap_or_default();
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                _ = cancelled.wait_for(|cancelled| *cancelled) => return Ok(None),
            }
            // Not interrupted: an approval that is on its way must be seen, to be kept or given back.
            match grant.ask(self.http(), &server, client_id, self.now()).await? {
                Poll::Pending => self.set_state(target, AttemptState::Waiting),
                Poll::SlowDown => self.set_state(target, AttemptState::SlowDown),
                Poll::Unreachable => self.set_state(target, AttemptState::Retrying),
                Poll::Denied => {
                    self.set_state(target, AttemptState::Denied);
                    return Ok(None);
                }
                Poll::Expired => {
                    self.set_state(target, AttemptState::Expired);
                    return Ok(None);
                }
                Poll::Granted(tokens) => return Ok(Some((server, tokens))),
            }
        }
    }

    fn show_grant(&self, target: &Target, grant: &DeviceGrant) {
        let page = grant.verification_uri_complete.clone().unwrap_or_else(|| grant.verification_uri.clone());
        let opened = self.desktop().browser.open(&page);
        self.with_attempt(&target.id, |running| {
            running.page = Some(page);
            running.attempt.user_code = Some(grant.user_code.clone());
            running.attempt.verification_host = Some(grant.verification_host());
            running.attempt.verification_uri = Some(grant.verification_uri.clone());
            running.attempt.expires_at = Some(grant.expires_at);
            running.attempt.browser_opened = opened.is_ok();
            running.attempt.failure =
                opened.err().map(|_| ServiceError::with_url(Reason::BrowserFailed, &grant.verification_uri));
            running.attempt.state = AttemptState::Waiting;
        });
    }

    fn set_state(&self, target: &Target, state: AttemptState) {
        self.with_attempt(&target.id, |running| running.attempt.state = state);
    }

    /// Writes the account, then its refresh token. Somebody else (`sub`) makes another account; an
    /// unknown person is taken for the one who signs in again.
    async fn keep_sign_in(&self, target: &Target, tokens: &TokenSet) -> Result<AccountId, ServiceError> {
        let (account, before) = {
            let _editing = self.editing();
            let account = self.account_for(target, tokens)?;
            let before = self.records().account(account.id)?;
            self.records().put_account(&account)?;
            (account, before)
        };
        let drops = self.0.access.drops();
        // Held while the token is stored: a refresh in flight would put an older one in its place.
        let mut slot = self.0.access.slot(account.id).await;
        if let Some(refresh) = &tokens.refresh
            && let Err(error) = self.vault().put(&SecretName::RefreshToken(account.id), refresh).await
        {
            let before = before.map_or(SignIn::Needed, |account| account.sign_in);
            self.update_account(account.id, |account| account.sign_in = before)?;
            return Err(error.into());
        }
        slot.begin(tokens);
        drop(slot);
        self.drop_late_token(account.id, drops).await;
        self.live().failures.remove(&account.id);
        let host = target.authorization.server.host_str().unwrap_or_default().to_owned();
        self.journal(Line::new(ActivityKind::SignedIn, &account.label).account(account.id).fact("Approved at", host))?;
        Ok(account.id)
    }

    fn account_for(&self, target: &Target, tokens: &TokenSet) -> Result<Account, ServiceError> {
        let subject = tokens.identity.as_ref().map(|identity| identity.subject.as_str());
        let accounts = self.records().accounts()?;
        let same_person = |account: &&Account| match (subject, account.subject.as_deref()) {
            (Some(subject), Some(known)) => subject == known,
            (None, _) | (_, None) => Some(account.id) == target.again,
        };
        let again = accounts.iter().find(|account| Some(account.id) == target.again).filter(same_person);
        let known =
            again.or_else(|| accounts.iter().filter(|account| account.servers == target.servers).find(same_person));
        let identity = tokens.identity.as_ref();
        let email = identity.and_then(|identity| identity.email.clone());
        if let Some(account) = known {
            let mut account = account.clone();
            account.sign_in = SignIn::SignedIn;
            account.last_failure = None;
            account.subject = subject.map(str::to_owned).or(account.subject);
            account.email = email.or(account.email);
            return Ok(account);
        }
        let short_name = self.provider(target.provider).description().short_name;
        let label = self.free_label(email.as_deref().unwrap_or(short_name))?;
        Ok(Account {
            sandbox: target.sandbox,
            subject: subject.map(str::to_owned),
            email,
            sign_in: SignIn::SignedIn,
            ..Account::signed_out(target.provider, label, target.servers.clone(), self.now())
        })
    }
}

fn is_final(state: AttemptState) -> bool {
    use AttemptState::{Cancelled, Denied, Done, Expired, Failed};
    matches!(state, Cancelled | Denied | Done | Expired | Failed)
}
