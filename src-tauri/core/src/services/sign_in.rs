//! Owns signing in: one attempt at a time, from its start to a stored refresh token. Leaves out running
//! the grant itself (grants.rs). Codes, verifiers and tokens never leave this room.

use super::accounts::{EditedServers, edited_servers, servers_from};
use super::activity::Line;
use super::{Reason, ServiceError, Services, Topic};
use crate::domain::{Account, AccountId, ActivityKind, Authorization, EntryId, ProviderId, Servers, SignIn};
use crate::oauth::{self, AuthorizationServer, TokenSet};
use crate::vault::SecretName;
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
    /// How it is done, once the server was asked what it offers.
    pub way: Option<Way>,
    /// From when a code can be used instead, if the server offers it.
    pub use_code_from: Option<DateTime<Utc>>,
    /// The code to compare in the browser.
    pub user_code: Option<String>,
    /// The host of the approval page.
    pub verification_host: Option<String>,
    /// The approval page, without the code.
    pub verification_uri: Option<Url>,
    /// When the code, or waiting for the browser, ends.
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

/// How a sign-in is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// In the browser alone, which comes back by itself (RFC 8252).
    Loopback,
    /// With a code to compare in the browser (RFC 8628).
    Code,
}

/// What the person wants of a running attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wish {
    GoOn,
    Cancel,
    /// A newer one has begun in its place.
    Replace,
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
    pub(super) attempt: Attempt,
    pub(super) page: Option<Url>,
    target: Target,
    wish: Arc<watch::Sender<Wish>>,
    /// Its tokens are being kept: too late to cancel it.
    keeping: bool,
}

/// Where an attempt signs in to.
#[derive(Clone)]
pub(super) struct Target {
    pub(super) id: String,
    pub(super) provider: ProviderId,
    servers: Servers,
    /// Who signs people in there.
    pub(super) authorization: Authorization,
    again: Option<AccountId>,
    sandbox: bool,
    /// Its tokens go to the CLI of the service instead of the keychain.
    for_cli: bool,
    /// The person asked for a code.
    with_code: bool,
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
            with_code: false,
        }
    }

    /// Whether the browser may come back by itself. The CLI's client is registered for codes alone.
    pub(super) fn by_loopback(&self) -> bool {
        self.authorization.loopback && !self.for_cli && !self.with_code
    }
}

impl Services {
    /// Starts a sign-in and replaces a running one. The keychain is probed first, so that no
    /// sign-in is thrown away for want of a place to keep it.
    pub async fn start_sign_in(
        &self,
        provider: ProviderId,
        account: Option<AccountId>,
        servers: Option<EditedServers>,
    ) -> Result<Attempt, ServiceError> {
        self.check_vault().await?;
        let known = account.map(|id| self.account(id)).transpose()?;
        let described = self.provider(provider).description();
        let servers = match (&known, servers) {
            (Some(account), _) => account.servers.clone(),
            (None, Some(edited)) => edited_servers(described, &edited)?,
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
            with_code: false,
        };
        Ok(self.begin_sign_in(target))
    }

    /// Begins the last sign-in anew, with a code to compare: nothing happened in the browser, or what
    /// happened there could not be used.
    pub fn use_code_to_sign_in(&self) -> Result<Attempt, ServiceError> {
        let target = {
            let live = self.live();
            let offered = |running: &&Running| {
                (running.attempt.use_code_from.is_some() || running.target.with_code) && !running.keeping
            };
            let running = live.attempt.as_ref().filter(offered).ok_or_else(|| ServiceError::of(Reason::NotFound))?;
            Target { id: EntryId::random().to_string(), with_code: true, ..running.target.clone() }
        };
        Ok(self.begin_sign_in(target))
    }

    /// Begins an attempt in the place of a running one.
    pub(super) fn begin_sign_in(&self, target: Target) -> Attempt {
        let attempt = Attempt {
            id: target.id.clone(),
            provider: target.provider,
            account: target.again,
            way: None,
            use_code_from: None,
            user_code: None,
            verification_host: None,
            verification_uri: None,
            expires_at: None,
            state: AttemptState::Opening,
            browser_opened: false,
            failure: None,
            done_account: None,
        };
        let (wish, wished) = watch::channel(Wish::GoOn);
        let running = Running {
            attempt: attempt.clone(),
            page: None,
            target: target.clone(),
            wish: Arc::new(wish),
            keeping: false,
        };
        if let Some(replaced) = self.live().attempt.replace(running) {
            replaced.wish.send_if_modified(|wish| std::mem::replace(wish, Wish::Replace) == Wish::GoOn);
        }
        let services = self.clone();
        tokio::spawn(async move { services.run_sign_in(target, wished).await });
        self.changed(Topic::SignIn);
        attempt
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

    /// Copies the approval page's address, for when no browser could be opened: without the code to
    /// compare; where the browser comes back by itself, the whole of it, or it could not.
    pub fn copy_sign_in_address(&self) -> Result<(), ServiceError> {
        let page = self.live().attempt.as_ref().and_then(|running| match running.attempt.way {
            Some(Way::Loopback) => running.page.clone(),
            _ => running.attempt.verification_uri.clone(),
        });
        let page = page.ok_or_else(|| ServiceError::of(Reason::NotFound))?;
        Ok(self.desktop().clipboard.put_text(page.as_str())?)
    }

    /// Ends the running attempt. A token that arrives all the same is revoked.
    pub fn cancel_sign_in(&self) {
        if let Some(running) = self.live().attempt.as_mut().filter(|running| !running.keeping) {
            running.wish.send_replace(Wish::Cancel);
            if !is_final(running.attempt.state) {
                running.attempt.state = AttemptState::Cancelled;
            }
        }
        self.changed(Topic::SignIn);
    }

    /// Changes the attempt, unless another one took its place or it has ended.
    pub(super) fn with_attempt(&self, id: &str, change: impl FnOnce(&mut Running)) {
        if let Some(running) = self.live().attempt.as_mut()
            && running.attempt.id == id
            && !is_final(running.attempt.state)
        {
            change(running);
        }
        self.changed(Topic::SignIn);
    }

    async fn run_sign_in(&self, target: Target, wish: watch::Receiver<Wish>) {
        match self.grant(&target, wish.clone()).await {
            Ok(Some((server, tokens))) => {
                if !self.begin_keeping(&target, &wish) {
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
                            // It names the state, and nobody opens it any more.
                            running.page = None;
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
    fn begin_keeping(&self, target: &Target, wish: &watch::Receiver<Wish>) -> bool {
        let mut live = self.live();
        let running = live.attempt.as_mut().filter(|running| running.attempt.id == target.id);
        match running {
            Some(running) if *wish.borrow() == Wish::GoOn => {
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
        let known = again.or_else(|| {
            accounts.iter().filter(|account| account.servers.same_places(&target.servers)).find(same_person)
        });
        let identity = tokens.identity.as_ref();
        let email = identity.and_then(|identity| identity.email.clone());
        if let Some(account) = known {
            let mut account = account.clone();
            if account.servers.same_places(&target.servers) {
                // How one signs in there may have been marked anew.
                account.servers = target.servers.clone();
            }
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
