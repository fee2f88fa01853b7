//! Owns running one grant to its tokens: in the browser alone, where an account's client is registered for
//! a loopback redirect (RFC 8252), else with a code to compare (RFC 8628). Leaves out keeping the tokens.

use super::sign_in::{AttemptState, Target, Way, Wish};
use super::{Reason, ServiceError, Services};
use crate::oauth::{
    self, AuthorizationServer, CameBack, CodeGrant, CodeOffer, DeviceGrant, OAuthError, Poll, Step, TokenSet,
};
use crate::providers::SignInMethod;
use chrono::TimeDelta;
use std::time::Duration;
use tokio::sync::watch;

/// How long the browser alone is trusted to come back before a code is offered instead.
const NOTHING_HAPPENED: TimeDelta = TimeDelta::seconds(20);

/// How often the clock is looked at while waiting: a computer that slept wakes up to a passed moment.
const LOOK_AT_CLOCK: Duration = Duration::from_secs(1);

impl Services {
    /// Runs a grant to its end. `None` if it ended without tokens and without a failure.
    pub(super) async fn grant(
        &self,
        target: &Target,
        wish: watch::Receiver<Wish>,
    ) -> Result<Option<(AuthorizationServer, TokenSet)>, ServiceError> {
        let SignInMethod::Browser { scopes, .. } = self.provider(target.provider).description().sign_in else {
            return Err(ServiceError::field(Reason::BadInput, "provider"));
        };
        let server = oauth::discover(self.http(), &target.authorization.server).await?;
        let tokens = if target.by_loopback() && server.code != CodeOffer::No {
            self.loopback_grant(target, &server, scopes, wish).await
        } else {
            self.device_grant(target, &server, scopes, wish).await
        };
        Ok(tokens?.map(|tokens| (server, tokens)))
    }

    async fn loopback_grant(
        &self,
        target: &Target,
        server: &AuthorizationServer,
        scopes: &[&str],
        mut wish: watch::Receiver<Wish>,
    ) -> Result<Option<TokenSet>, ServiceError> {
        let client_id = &target.authorization.client_id;
        // Said before anything can fail, so that a code is offered then too.
        self.with_attempt(&target.id, |running| {
            running.attempt.way = Some(Way::Loopback);
            let codes = server.device_authorization_endpoint.is_some();
            running.attempt.use_code_from = codes.then(|| self.now() + NOTHING_HAPPENED);
        });
        let mut grant = oauth::start_code_grant(server, client_id, scopes, self.now()).await?;
        if *wish.borrow() != Wish::GoOn {
            return Ok(None);
        }
        self.show_page(target, &grant);
        let came_back = loop {
            let Ok(left) = (grant.expires_at - self.now()).to_std() else {
                self.set_state(target, AttemptState::Expired);
                return Ok(None);
            };
            let unwanted = tokio::select! {
                came_back = grant.came_back(server) => break came_back.map_err(from_elsewhere)?,
                () = tokio::time::sleep(left.min(LOOK_AT_CLOCK)) => false,
                _ = wish.wait_for(|wish| *wish != Wish::GoOn) => true,
            };
            if unwanted {
                if *wish.borrow() == Wish::Replace {
                    self.stay_for_stale_tab(grant, left);
                }
                return Ok(None);
            }
        };
        match came_back {
            // Not interrupted: tokens that are on their way must be seen, to be kept or given back.
            CameBack::Code(code) => Ok(Some(grant.redeem(self.http(), server, client_id, &code, self.now()).await?)),
            CameBack::Denied => {
                self.set_state(target, AttemptState::Denied);
                Ok(None)
            }
            CameBack::Refused(code) => Err(ServiceError::because(Reason::SignInRefused, code.as_str())),
        }
    }

    /// The tab of a replaced sign-in is told so, for as long as it could have come back. Only the last
    /// one: nobody can make listeners pile up by starting again and again.
    fn stay_for_stale_tab(&self, grant: CodeGrant, left: Duration) {
        let staying = tokio::spawn(grant.say_replaced(left)).abort_handle();
        if let Some(older) = self.live().stale_tab.replace(staying) {
            older.abort();
        }
    }

    async fn device_grant(
        &self,
        target: &Target,
        server: &AuthorizationServer,
        scopes: &[&str],
        mut wish: watch::Receiver<Wish>,
    ) -> Result<Option<TokenSet>, ServiceError> {
        let client_id = &target.authorization.client_id;
        self.with_attempt(&target.id, |running| running.attempt.way = Some(Way::Code));
        let mut grant = oauth::start_device_grant(self.http(), server, client_id, scopes, self.now()).await?;
        if *wish.borrow() != Wish::GoOn {
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
                _ = wish.wait_for(|wish| *wish != Wish::GoOn) => return Ok(None),
            }
            // Not interrupted: an approval that is on its way must be seen, to be kept or given back.
            match grant.ask(self.http(), server, client_id, self.now()).await? {
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
                Poll::Granted(tokens) => return Ok(Some(tokens)),
            }
        }
    }

    fn show_page(&self, target: &Target, grant: &CodeGrant) {
        let opened = self.desktop().browser.open(&grant.page);
        self.with_attempt(&target.id, |running| {
            running.page = Some(grant.page.clone());
            running.attempt.verification_host = Some(grant.page_host());
            running.attempt.expires_at = Some(grant.expires_at);
            running.attempt.browser_opened = opened.is_ok();
            // Without the address: it is long, and Copy address hands it out whole.
            running.attempt.failure = opened.err().map(|_| ServiceError::of(Reason::BrowserFailed));
            running.attempt.state = AttemptState::Waiting;
        });
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
}

/// Metadata of another issuer is a wrong address; an answer of another issuer is somebody's attempt.
fn from_elsewhere(error: OAuthError) -> ServiceError {
    match error {
        OAuthError::WrongIssuer => {
            ServiceError::because(Reason::SignInUnsafe, "the browser came back from another authorization server")
        }
        error => error.into(),
    }
}
