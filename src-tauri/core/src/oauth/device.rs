//! Owns one device authorization grant (RFC 8628) with PKCE (RFC 7636): starting it and asking for
//! its token once. Leaves out waiting between the questions, which is the caller's loop.

use super::schedule::{self, Schedule};
use super::{AuthorizationServer, OAuthError, Step, TokenSet, token, wire};
use crate::domain::Secret;
use crate::http::{Http, HttpError};
use chrono::{DateTime, TimeDelta, Utc};
use oauth2::basic::BasicClient;
use oauth2::{
    AsyncHttpClient, AuthType, ClientId, DeviceAuthorizationUrl, DeviceCodeErrorResponseType, HttpRequest,
    HttpResponse, PkceCodeChallenge, RequestTokenError, Scope, StandardDeviceAuthorizationResponse,
};
use serde::Deserialize as _;
use serde_json::{Map, Value};
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use url::Url;

/// A sign-in that waits for a person to approve it in a browser.
pub struct DeviceGrant {
    /// The code to compare or to type: 1 to 32 visible ASCII characters.
    pub user_code: String,
    /// The page to open: https, or http on this computer. Show its host, see [`Self::verification_host`].
    pub verification_uri: Url,
    /// The same page with the code filled in (RFC 8628 section 3.3.1), if it is at the same origin.
    pub verification_uri_complete: Option<Url>,
    /// When the code ends.
    pub expires_at: DateTime<Utc>,
    device_code: Secret,
    verifier: Secret,
    schedule: Schedule,
}

/// What one question brought. Each of these is a state of the protocol, not a failure.
#[derive(Debug)]
pub enum Poll {
    /// The person has not decided yet.
    Pending,
    /// Not decided yet, and from now on to be asked 5 seconds less often.
    SlowDown,
    /// No answer, or one of a server that is down: asked again after a longer pause, until the code ends.
    Unreachable,
    /// The person said no.
    Denied,
    /// The code has ended: start again.
    Expired,
    /// The person said yes.
    Granted(TokenSet),
}

/// Starts a device grant (RFC 8628 section 3.1) with a fresh PKCE pair (RFC 7636 section 4, S256).
pub async fn start_device_grant(
    http: &Http,
    server: &AuthorizationServer,
    client_id: &str,
    scopes: &[&str],
    now: DateTime<Utc>,
) -> Result<DeviceGrant, OAuthError> {
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let endpoint = server.device_authorization_endpoint.as_ref().ok_or(OAuthError::NoDeviceGrant)?;
    let client = BasicClient::new(ClientId::new(client_id.to_owned()))
        .set_auth_type(AuthType::RequestBody)
        .set_device_authorization_url(DeviceAuthorizationUrl::from_url(endpoint.clone()));
    let wire = Wire { http, endpoint, now, noted: Mutex::new(None) };
    let answer: Result<StandardDeviceAuthorizationResponse, RequestTokenError<_, _>> = client
        .exchange_device_code()
        .add_scopes(scopes.iter().map(|scope| Scope::new((*scope).to_owned())))
        .add_extra_param("code_challenge", challenge.as_str())
        .add_extra_param("code_challenge_method", challenge.method().as_str())
        .request_async(&wire)
        .await;
    let not_understood = OAuthError::NotUnderstood { status: 200 };
    let Ok(answer) = answer else {
        return Err(wire.noted.into_inner().unwrap_or_else(PoisonError::into_inner).unwrap_or(not_understood));
    };
    DeviceGrant::check(&answer, Secret::new(verifier.into_secret()), now).ok_or(not_understood)
}

impl DeviceGrant {
    /// What to do next. Pure.
    pub fn next_step(&self, now: DateTime<Utc>) -> Step {
        self.schedule.step(now)
    }

    /// How long the server wants the pause between two questions to be, as it stands now.
    pub fn interval(&self) -> TimeDelta {
        self.schedule.interval()
    }

    /// The host of the page, with its port if it is not the usual one, for the person to compare.
    pub fn verification_host(&self) -> String {
        wire::host_to_compare(&self.verification_uri)
    }

    /// Asks once (RFC 8628 section 3.4). Before the moment that [`Self::next_step`] names nothing is
    /// sent and the answer is `Pending`; after the end nothing is sent and it is `Expired`. An `Err`
    /// ends the grant.
    pub async fn ask(
        &mut self,
        http: &Http,
        server: &AuthorizationServer,
        client_id: &str,
        now: DateTime<Utc>,
    ) -> Result<Poll, OAuthError> {
        match self.schedule.step(now) {
            Step::Expired => return Ok(Poll::Expired),
            Step::AskAt(_) if !self.schedule.may_ask(now) => return Ok(Poll::Pending),
            Step::AskAt(_) => {}
        }
        let outcome = self.ask_now(http, server, client_id, now).await;
        match &outcome {
            Ok(Poll::Pending) => self.schedule.pending(now),
            Ok(Poll::SlowDown) => self.schedule.slow_down(now),
            Err(OAuthError::Unavailable { retry_at, .. }) => self.schedule.unreachable(now, *retry_at),
            Ok(Poll::Unreachable) | Err(OAuthError::Http(HttpError::Offline | HttpError::NoAnswer)) => {
                self.schedule.unreachable(now, None);
            }
            Ok(Poll::Denied | Poll::Expired | Poll::Granted(_)) | Err(_) => self.schedule.end(),
        }
        match outcome {
            Err(error) if error.is_passing() => Ok(Poll::Unreachable),
            outcome => outcome,
        }
    }

    async fn ask_now(
        &self,
        http: &Http,
        server: &AuthorizationServer,
        client_id: &str,
        now: DateTime<Utc>,
    ) -> Result<Poll, OAuthError> {
        // Both go to the token endpoint, which has the issuer's origin.
        let (device_code, verifier) = (self.device_code.expose_secret(), self.verifier.expose_secret());
        let fields = [
            ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
            ("device_code", device_code),
            ("client_id", client_id),
            ("code_verifier", verifier),
        ];
        let answer = wire::post(http, &server.token_endpoint, &fields).await?;
        match wire::named_error(&answer) {
            Some(DeviceCodeErrorResponseType::AuthorizationPending) => Ok(Poll::Pending),
            Some(DeviceCodeErrorResponseType::SlowDown) => Ok(Poll::SlowDown),
            Some(DeviceCodeErrorResponseType::AccessDenied) => Ok(Poll::Denied),
            Some(DeviceCodeErrorResponseType::ExpiredToken) => Ok(Poll::Expired),
            Some(DeviceCodeErrorResponseType::Basic(_)) => Err(wire::refusal(&answer, now)),
            None => token::read(&answer, server, client_id, now).map(Poll::Granted),
        }
    }

    /// `None` if the answer cannot be shown to a person or acted on safely.
    fn check(answer: &StandardDeviceAuthorizationResponse, verifier: Secret, now: DateTime<Utc>) -> Option<Self> {
        let user_code = answer.user_code().secret().trim().to_owned();
        let readable = (1..=32).contains(&user_code.len()) && user_code.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        let page = |text: &str| {
            Url::parse(text).ok().filter(|page| wire::is_safe(page) && page.as_str().len() <= LONGEST_PAGE)
        };
        let verification_uri = page(answer.verification_uri().as_str())?;
        let verification_uri_complete = answer
            .verification_uri_complete()
            .and_then(|text| page(text.secret()))
            .filter(|complete| complete.origin() == verification_uri.origin());
        let device_code = answer.device_code().secret();
        if !readable || device_code.is_empty() {
            return None;
        }
        let seconds = |duration: std::time::Duration| {
            u32::try_from(duration.as_secs()).unwrap_or(u32::MAX).min(schedule::LONGEST_LIFETIME)
        };
        let schedule = Schedule::new(now, seconds(answer.interval()), seconds(answer.expires_in()));
        Some(Self {
            user_code,
            verification_uri,
            verification_uri_complete,
            expires_at: schedule.expires_at(),
            device_code: Secret::new(device_code.clone()),
            verifier,
            schedule,
        })
    }
}

impl std::fmt::Debug for DeviceGrant {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Who has the code may approve it: it is for the person's eyes only.
        formatter.debug_struct("DeviceGrant").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

/// A longer address is none that a person could look at.
const LONGEST_PAGE: usize = 2048;

/// Sends the crate's request by our client. The crate's error forgets the status or carries the body,
/// so what the server meant is noted here.
struct Wire<'a> {
    http: &'a Http,
    endpoint: &'a Url,
    now: DateTime<Utc>,
    noted: Mutex<Option<OAuthError>>,
}

impl<'c> AsyncHttpClient<'c> for Wire<'_> {
    type Error = HttpError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, HttpError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async {
            self.send(request).await.map_err(|error| {
                *self.noted.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                HttpError::NoAnswer
            })
        })
    }
}

impl Wire<'_> {
    /// Hands back only an answer that the crate can read.
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, OAuthError> {
        let request = self.http.post(self.endpoint.clone()).encoded_form(request.into_body());
        // Over a connection of its own: one that is kept for later would keep the device code, too.
        let answer = request.fresh_connection().send().await?;
        let status = answer.status;
        if status != 200 || wire::named_error(&answer).is_some() {
            return Err(wire::refusal(&answer, self.now));
        }
        // The crate wants two numbers, as numbers; servers leave them out or write them as text. What it
        // is given besides is the answer as it came. The copy is not ours to zero; the program's allocator
        // does it, and without the verifier the device code in it is worth nothing.
        let mut fields: Map<String, Value> = answer.json().ok_or(OAuthError::NotUnderstood { status })?;
        for (name, default) in [("expires_in", schedule::DEFAULT_LIFETIME), ("interval", schedule::DEFAULT_INTERVAL)] {
            let given = fields.get(name).and_then(|value| wire::Seconds::deserialize(value).ok());
            let seconds = given.map_or(default, |seconds| seconds.at_most(schedule::LONGEST_LIFETIME));
            fields.insert(name.to_owned(), seconds.into());
        }
        Ok(HttpResponse::new(Value::Object(fields).to_string().into_bytes()))
    }
}
