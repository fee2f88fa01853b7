//! Owns testing a key: one request with it, and what follows from the answer. Never repeated by itself.

use super::accounts::servers_from;
use super::activity::Line;
use super::{Reason, ServiceError, Services, Topic};
use crate::domain::{Account, ActivityKind, KeyId, ProviderId, RateLimit, Secret};
use crate::providers::{Call, ProviderError, Seen, Tested, Verdict};
use chrono::{DateTime, TimeDelta, Utc};
use url::Url;

/// What one request with a key showed.
#[derive(Debug, Clone)]
pub struct KeyTest {
    /// What it showed.
    pub result: TestResult,
    /// The scope it lacks.
    pub scope: Option<String>,
    /// The HTTP status.
    pub status: Option<u16>,
    /// How long the answer took.
    pub latency: Option<TimeDelta>,
    /// How often the service may be asked, as the answer said.
    pub rate_limit: Option<RateLimit>,
    /// What time it was by the service's clock.
    pub time: Option<DateTime<Utc>>,
    /// When it can be asked again.
    pub retry_at: Option<DateTime<Utc>>,
    /// Whether a page that helps can be opened.
    pub page_offered: bool,
    /// When it was tested.
    pub at: DateTime<Utc>,
    /// The host that was asked.
    pub host: String,
    /// Why nothing could be told.
    pub failure: Option<ServiceError>,
}

/// What a test shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TestResult {
    /// It is accepted.
    Works,
    /// 401: revoked, expired or mistyped.
    Refused,
    /// It is genuine and lacks a scope.
    LacksScope,
    /// It is genuine and the subscription has ended.
    SubscriptionInactive,
    /// It is accepted, for another workspace or account.
    OtherAccount,
    /// Nothing was proved.
    CouldNotTell,
}

impl TestResult {
    fn in_words(self) -> &'static str {
        match self {
            Self::Works => "Works",
            Self::Refused => "Refused",
            Self::LacksScope => "Works, but lacks a scope",
            Self::SubscriptionInactive => "Subscription inactive",
            Self::OtherAccount => "Belongs to another workspace or account",
            Self::CouldNotTell => "Couldn't tell",
        }
    }
}

impl Services {
    /// Tests a key whose secret is here. The answer is kept for this run.
    pub async fn test_key(&self, id: KeyId) -> Result<KeyTest, ServiceError> {
        let key = self.key(id)?;
        let account = self.account(key.account)?;
        let secret = self.secret_of(id).await?;
        let workspace = key.workspace.as_deref().filter(|_| key.workspace_confirmed);
        let test =
            self.test(account.provider, &account.servers.host, &secret, (account.subject.as_deref(), workspace)).await;
        self.note_rate_limit(&account, test.rate_limit)?;
        self.note_time(account.id, test.time);
        let line = Line::about_key(ActivityKind::KeyTested, &key).fact("Result", test.result.in_words());
        let proved = matches!(test.result, TestResult::Works | TestResult::LacksScope | TestResult::OtherAccount);
        self.journal(if proved { line } else { line.failed() })?;
        self.live().tests.insert(id, test.clone());
        self.changed(Topic::Keys);
        Ok(test)
    }

    /// Tests a key that waits to be added, at the host that the person confirmed.
    pub async fn test_pasted(
        &self,
        source: &str,
        provider: ProviderId,
        host: Option<&str>,
    ) -> Result<KeyTest, ServiceError> {
        let (secret, _) = self.secret_from(source)?;
        let description = self.provider(provider).description();
        let servers = servers_from(description, host.unwrap_or_default(), "", "")?;
        Ok(self.test(provider, &servers.host, &secret, (None, None)).await)
    }

    /// The last test of a key in this run.
    pub(super) fn test_of(&self, key: KeyId) -> Option<KeyTest> {
        self.live().tests.get(&key).cloned()
    }

    async fn test(
        &self,
        provider: ProviderId,
        host: &Url,
        secret: &Secret,
        (subject, workspace): (Option<&str>, Option<&str>),
    ) -> KeyTest {
        let seen = Seen::default();
        let call = Call { http: self.http(), host, credential: secret, seen: &seen };
        let answer = self.provider(provider).test(&call).await;
        let nothing = KeyTest {
            result: TestResult::CouldNotTell,
            scope: None,
            status: None,
            latency: None,
            rate_limit: seen.rate_limit(),
            time: seen.time(),
            retry_at: None,
            page_offered: false,
            at: self.now(),
            host: host.host_str().unwrap_or_default().to_owned(),
            failure: None,
        };
        match answer {
            Ok(tested) => self.proved(&tested, subject, workspace, nothing),
            Err(error) => could_not_tell(error, host, nothing),
        }
    }

    fn proved(&self, tested: &Tested, subject: Option<&str>, workspace: Option<&str>, nothing: KeyTest) -> KeyTest {
        let test = KeyTest { status: Some(tested.status), latency: Some(tested.latency), ..nothing };
        match tested.against(subject, workspace) {
            Verdict::Works => KeyTest { result: TestResult::Works, ..test },
            Verdict::Refused => KeyTest { result: TestResult::Refused, ..test },
            Verdict::LacksScope(scope) => KeyTest { result: TestResult::LacksScope, scope: Some(scope), ..test },
            Verdict::SubscriptionInactive(page) => {
                let page_offered = page.is_some();
                if let Some(page) = page {
                    self.live().subscribe_page = Some(*page);
                }
                KeyTest { result: TestResult::SubscriptionInactive, page_offered, ..test }
            }
            Verdict::OtherAccount => KeyTest { result: TestResult::OtherAccount, ..test },
        }
    }

    /// Remembers how often an account's service may be asked.
    pub(super) fn note_rate_limit(&self, account: &Account, said: Option<RateLimit>) -> Result<(), ServiceError> {
        let Some(said) = said else { return Ok(()) };
        match self.update_account(account.id, |account| account.rate_limit = Some(said)) {
            // Removed while it was asked: nothing to remember.
            Err(error) if error.reason == Reason::NotFound => Ok(()),
            other => other.map(|_| self.changed(Topic::App)),
        }
    }
}

fn could_not_tell(error: ProviderError, host: &Url, nothing: KeyTest) -> KeyTest {
    let failure = ServiceError::from(error).at_host(host);
    KeyTest { status: failure.details.status, retry_at: failure.details.retry_at, failure: Some(failure), ..nothing }
}
