//! Owns why a use case did not do what was asked: one reason, and details no secret can hide in.

use super::desktop::{ClipboardError, NoBrowser, SandboxFailed};
use crate::domain::UnsafeAddress;
use crate::http::HttpError;
use crate::oauth::OAuthError;
use crate::providers::{Answer, ProviderError};
use crate::records::RecordsError;
use crate::routing::RoutingError;
use crate::vault::VaultError;
use chrono::{DateTime, Utc};

/// Every reason. The border gives each a code of the same name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// No connection; nothing was sent.
    Offline,
    /// Sent, and no answer came.
    NoAnswer,
    /// A create was sent and its answer was lost.
    AnswerLost,
    /// The account must sign in again.
    SignInNeeded,
    /// The service refused the key.
    KeyRefused,
    /// 403.
    Forbidden,
    /// 403: owners and admins only.
    NotOwner,
    /// 403: a subscription is asked for.
    SubscriptionRequired,
    /// 429.
    RateLimited,
    /// 5xx.
    ServiceFailed,
    /// An answer that cannot be understood.
    NotUnderstood,
    /// 400, 409, 422.
    Invalid,
    /// The server does not offer it.
    NotOffered,
    /// The authorization server refused.
    SignInRefused,
    /// What came back in a sign-in could be somebody else's, so it was not used; `details.text` says why.
    SignInUnsafe,
    /// The browser cannot come back to this computer; `details.text` names a port that is taken.
    CannotListen,
    /// There is no keychain.
    KeychainAbsent,
    /// The keychain is locked.
    KeychainLocked,
    /// The keychain refused.
    KeychainDenied,
    /// The keychain does not answer.
    KeychainWaiting,
    /// The keychain failed otherwise.
    KeychainFailed,
    /// The records cannot be read or written.
    RecordsFailed,
    /// The records were written by a newer version.
    RecordsNewer,
    /// The records are damaged; the file was left as it is.
    RecordsDamaged,
    /// The records may not be written by this person.
    RecordsReadOnly,
    /// The disk is full.
    DiskFull,
    /// Not there (any more).
    NotFound,
    /// A field does not fit.
    BadInput,
    /// The name is taken.
    DuplicateName,
    /// What was typed does not match.
    WrongConfirmation,
    /// Nothing in the clipboard looks like a key.
    NothingToPaste,
    /// The clipboard cannot be reached.
    ClipboardFailed,
    /// No browser.
    BrowserFailed,
    /// Neither https nor this computer.
    UnsafeAddress,
    /// The secret is not kept here.
    NoSecret,
    /// A newer sign-in replaced this one.
    SignInReplaced,
    /// The sandbox did not start.
    SandboxFailed,
    /// The Basic Memory CLI has no `config.json` here.
    ConfigAbsent,
    /// The CLI's `config.json` cannot be read.
    ConfigUnreadable,
    /// The CLI's `config.json` is not one that can be changed safely; `details.text` says why.
    ConfigRefused,
    /// The CLI's `config.json`, or the CLI itself, is older than switching projects.
    ConfigOlder,
    /// Another program keeps writing `config.json`; ours is not in it.
    ConfigConflict,
    /// `config.json` could not be written and is as it was; `details.text` says why.
    ConfigNotWritten,
    /// The project is not in `config.json` any more.
    ProjectGone,
    /// The Basic Memory CLI could not use this key.
    KeyUnusable,
    /// The key or account belongs to another host than the CLI's; `details.host` is the CLI's.
    OtherHost,
    /// The CLI has no credential for the cloud: no key and no sign-in.
    NoCredential,
    /// 403: the credential lacks a scope; the text names it.
    LacksScope,
    /// The key acts for its account.
    CurrentKey,
    /// The server wanted to send the request on; it was not followed.
    RedirectRefused,
    /// The server's certificate does not check.
    CertificateRefused,
    /// A secret would go to a changed host, and nobody confirmed that.
    HostUnconfirmed,
    /// A file cannot be read or written.
    FileFailed,
    /// The app was locked meanwhile.
    Locked,
}

impl Reason {
    /// Every reason, for reading one back from the records.
    const ALL: [Self; 54] = [
        Self::Offline,
        Self::NoAnswer,
        Self::AnswerLost,
        Self::SignInNeeded,
        Self::KeyRefused,
        Self::Forbidden,
        Self::NotOwner,
        Self::SubscriptionRequired,
        Self::RateLimited,
        Self::ServiceFailed,
        Self::NotUnderstood,
        Self::Invalid,
        Self::NotOffered,
        Self::SignInRefused,
        Self::SignInUnsafe,
        Self::CannotListen,
        Self::KeychainAbsent,
        Self::KeychainLocked,
        Self::KeychainDenied,
        Self::KeychainWaiting,
        Self::KeychainFailed,
        Self::RecordsFailed,
        Self::RecordsNewer,
        Self::RecordsDamaged,
        Self::RecordsReadOnly,
        Self::DiskFull,
        Self::NotFound,
        Self::BadInput,
        Self::DuplicateName,
        Self::WrongConfirmation,
        Self::NothingToPaste,
        Self::ClipboardFailed,
        Self::BrowserFailed,
        Self::UnsafeAddress,
        Self::NoSecret,
        Self::SignInReplaced,
        Self::SandboxFailed,
        Self::ConfigAbsent,
        Self::ConfigUnreadable,
        Self::ConfigRefused,
        Self::ConfigOlder,
        Self::ConfigConflict,
        Self::ConfigNotWritten,
        Self::ProjectGone,
        Self::KeyUnusable,
        Self::OtherHost,
        Self::NoCredential,
        Self::LacksScope,
        Self::CurrentKey,
        Self::RedirectRefused,
        Self::CertificateRefused,
        Self::HostUnconfirmed,
        Self::FileFailed,
        Self::Locked,
    ];

    /// The name kept in the records.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Offline => "offline",
            Self::NoAnswer => "no_answer",
            Self::AnswerLost => "answer_lost",
            Self::SignInNeeded => "sign_in_needed",
            Self::KeyRefused => "key_refused",
            Self::Forbidden => "forbidden",
            Self::NotOwner => "not_owner",
            Self::SubscriptionRequired => "subscription_required",
            Self::RateLimited => "rate_limited",
            Self::ServiceFailed => "service_failed",
            Self::NotUnderstood => "not_understood",
            Self::Invalid => "invalid",
            Self::NotOffered => "not_offered",
            Self::SignInRefused => "sign_in_refused",
            Self::SignInUnsafe => "sign_in_unsafe",
            Self::CannotListen => "cannot_listen",
            Self::KeychainAbsent => "keychain_absent",
            Self::KeychainLocked => "keychain_locked",
            Self::KeychainDenied => "keychain_denied",
            Self::KeychainWaiting => "keychain_waiting",
            Self::KeychainFailed => "keychain_failed",
            Self::RecordsFailed => "records_failed",
            Self::RecordsNewer => "records_newer",
            Self::RecordsDamaged => "records_damaged",
            Self::RecordsReadOnly => "records_read_only",
            Self::DiskFull => "disk_full",
            Self::NotFound => "not_found",
            Self::BadInput => "bad_input",
            Self::DuplicateName => "duplicate_name",
            Self::WrongConfirmation => "wrong_confirmation",
            Self::NothingToPaste => "nothing_to_paste",
            Self::ClipboardFailed => "clipboard_failed",
            Self::BrowserFailed => "browser_failed",
            Self::UnsafeAddress => "unsafe_address",
            Self::NoSecret => "no_secret",
            Self::SignInReplaced => "sign_in_replaced",
            Self::SandboxFailed => "sandbox_failed",
            Self::ConfigAbsent => "config_absent",
            Self::ConfigUnreadable => "config_unreadable",
            Self::ConfigRefused => "config_refused",
            Self::ConfigOlder => "config_older",
            Self::ConfigConflict => "config_conflict",
            Self::ConfigNotWritten => "config_not_written",
            Self::ProjectGone => "project_gone",
            Self::KeyUnusable => "key_unusable",
            Self::OtherHost => "other_host",
            Self::NoCredential => "no_credential",
            Self::LacksScope => "lacks_scope",
            Self::CurrentKey => "current_key",
            Self::RedirectRefused => "redirect_refused",
            Self::CertificateRefused => "certificate_refused",
            Self::HostUnconfirmed => "host_unconfirmed",
            Self::FileFailed => "file_failed",
            Self::Locked => "locked",
        }
    }

    /// The reason kept under this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == name)
    }
}

/// What else is known. Of a server's answer only what [`Answer`] lets through.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Details {
    /// The HTTP status.
    pub status: Option<u16>,
    /// The service's request id.
    pub request_id: Option<String>,
    /// What the service said, at most 200 characters.
    pub text: Option<String>,
    /// When it can be asked again.
    pub retry_at: Option<DateTime<Utc>>,
    /// A page that helps.
    pub url: Option<String>,
    /// The field that does not fit.
    pub field: Option<&'static str>,
    /// The host that was asked.
    pub host: Option<String>,
}

/// Why a use case did not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", reason.as_str())]
pub struct ServiceError {
    /// The reason.
    pub reason: Reason,
    /// What else is known.
    pub details: Box<Details>,
}

impl ServiceError {
    pub(super) fn of(reason: Reason) -> Self {
        Self { reason, details: Box::default() }
    }

    pub(super) fn field(reason: Reason, field: &'static str) -> Self {
        Self { reason, details: Box::new(Details { field: Some(field), ..Details::default() }) }
    }

    pub(super) fn with_url(reason: Reason, url: &url::Url) -> Self {
        Self { reason, details: Box::new(Details { url: Some(url.to_string()), ..Details::default() }) }
    }

    pub(super) fn at_host(mut self, host: &url::Url) -> Self {
        self.details.host = host.host_str().map(str::to_owned);
        self
    }

    /// Which file it is about, for a sentence.
    pub(super) fn about(mut self, file: &std::path::Path) -> Self {
        self.details.text = Some(file.display().to_string());
        self
    }

    /// A file that could not be read or written; the text is one clause of our own.
    pub(super) fn file(why: &str) -> Self {
        Self::because(Reason::FileFailed, why)
    }

    /// With one clause of our own.
    pub(super) fn because(reason: Reason, why: &str) -> Self {
        Self { reason, details: Box::new(Details { text: Some(why.to_owned()), ..Details::default() }) }
    }

    fn answered(reason: Reason, answer: Answer) -> Self {
        let details = Details {
            status: Some(answer.status),
            request_id: answer.request_id,
            text: answer.text,
            ..Details::default()
        };
        Self { reason, details: Box::new(details) }
    }
}

impl From<ProviderError> for ServiceError {
    fn from(error: ProviderError) -> Self {
        match error {
            ProviderError::Refused(answer) => Self::answered(Reason::KeyRefused, answer),
            ProviderError::SubscriptionRequired { subscribe_page, answer } => {
                let mut error = Self::answered(Reason::SubscriptionRequired, answer);
                error.details.url = Some(subscribe_page.to_string());
                error
            }
            ProviderError::NotOwner(answer) => Self::answered(Reason::NotOwner, answer),
            ProviderError::Forbidden(answer) => Self::answered(Reason::Forbidden, answer),
            ProviderError::LacksScope { scope, answer } => {
                let mut error = Self::answered(Reason::LacksScope, answer);
                error.details.text = Some(scope);
                error
            }
            ProviderError::RateLimited { retry_at, answer } => {
                let mut error = Self::answered(Reason::RateLimited, answer);
                error.details.retry_at = retry_at;
                error
            }
            ProviderError::NotOffered(status) => {
                Self::answered(Reason::NotOffered, Answer { status, ..Answer::default() })
            }
            ProviderError::Unsupported => Self::of(Reason::NotOffered),
            ProviderError::NoSuchKey => Self::of(Reason::NotFound),
            ProviderError::Invalid(answer) => Self::answered(Reason::Invalid, answer),
            ProviderError::CurrentKey(answer) => Self::answered(Reason::CurrentKey, answer),
            ProviderError::Failed(answer) => Self::answered(Reason::ServiceFailed, answer),
            ProviderError::NotUnderstood(answer) => Self::answered(Reason::NotUnderstood, answer),
            ProviderError::Redirected { host, answer } => {
                let mut error = Self::answered(Reason::RedirectRefused, answer);
                error.details.url = host;
                error
            }
            ProviderError::Http(error) => error.into(),
        }
    }
}

impl From<HttpError> for ServiceError {
    fn from(error: HttpError) -> Self {
        Self::of(match error {
            HttpError::Offline | HttpError::Setup => Reason::Offline,
            HttpError::Certificate => Reason::CertificateRefused,
            HttpError::NoAnswer => Reason::NoAnswer,
            HttpError::UnsafeAddress(_) => Reason::UnsafeAddress,
            HttpError::TooLarge => Reason::NotUnderstood,
            HttpError::Unsendable => Reason::BadInput,
        })
    }
}

impl From<OAuthError> for ServiceError {
    fn from(error: OAuthError) -> Self {
        match error {
            OAuthError::InvalidGrant => Self::of(Reason::SignInNeeded),
            OAuthError::Http(error) => error.into(),
            OAuthError::UnsafeEndpoint { .. } => Self::of(Reason::UnsafeAddress),
            OAuthError::NotUnderstood { status } => {
                Self::answered(Reason::NotUnderstood, Answer { status, ..Answer::default() })
            }
            OAuthError::WrongIssuer => Self::of(Reason::NotUnderstood),
            OAuthError::NoDeviceGrant | OAuthError::NoCodeGrant => Self::of(Reason::NotOffered),
            OAuthError::WithoutPkce => Self::because(
                Reason::SignInUnsafe,
                "the server offers no protection against a caught code (PKCE with S256)",
            ),
            OAuthError::ForeignTokens => {
                Self::because(Reason::SignInUnsafe, "the tokens are for another program or another sign-in")
            }
            OAuthError::CannotListen { port: Some(port) } => {
                Self::because(Reason::CannotListen, &format!("port {port} is taken by another program"))
            }
            OAuthError::CannotListen { port: None } => Self::of(Reason::CannotListen),
            OAuthError::Unavailable { status, retry_at } => {
                let mut error = Self::answered(Reason::ServiceFailed, Answer { status, ..Answer::default() });
                error.details.retry_at = retry_at;
                error
            }
            OAuthError::Refused { code, status } => {
                let text = Some(code.to_string());
                Self::answered(Reason::SignInRefused, Answer { status, text, ..Answer::default() })
            }
        }
    }
}

impl From<VaultError> for ServiceError {
    fn from(error: VaultError) -> Self {
        Self::of(match error {
            VaultError::Absent => Reason::KeychainAbsent,
            VaultError::Locked => Reason::KeychainLocked,
            VaultError::Denied => Reason::KeychainDenied,
            VaultError::Waiting => Reason::KeychainWaiting,
            VaultError::TooLong | VaultError::Failed(_) => Reason::KeychainFailed,
        })
    }
}

impl From<RecordsError> for ServiceError {
    fn from(error: RecordsError) -> Self {
        Self::of(match error {
            RecordsError::Newer => Reason::RecordsNewer,
            RecordsError::Corrupt => Reason::RecordsDamaged,
            RecordsError::ReadOnly => Reason::RecordsReadOnly,
            RecordsError::Full => Reason::DiskFull,
            _ => Reason::RecordsFailed,
        })
    }
}

impl From<ClipboardError> for ServiceError {
    fn from(_: ClipboardError) -> Self {
        Self::of(Reason::ClipboardFailed)
    }
}

impl From<UnsafeAddress> for ServiceError {
    fn from(_: UnsafeAddress) -> Self {
        Self::of(Reason::UnsafeAddress)
    }
}

impl From<NoBrowser> for ServiceError {
    fn from(_: NoBrowser) -> Self {
        Self::of(Reason::BrowserFailed)
    }
}

impl From<SandboxFailed> for ServiceError {
    fn from(error: SandboxFailed) -> Self {
        let mut failure = Self::of(Reason::SandboxFailed);
        failure.details.text = Some(error.0);
        failure
    }
}

impl From<RoutingError> for ServiceError {
    fn from(error: RoutingError) -> Self {
        let mut failure = Self::field(Reason::BadInput, "file");
        failure.details.text = Some(error.to_string());
        failure
    }
}
