//! Owns how a failure crosses to the web view: a code, a sentence, details. Leaves out the words
//! a person reads, which the UI chooses by the code.

use chrono::{DateTime, Utc};
use latchkey_core::services::{Reason, ServiceError};
use serde::Serialize;
use ts_rs::TS;

/// What is wrong, for a sentence and a next step. The UI branches on `code` alone.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct ErrorView {
    /// One of the codes of `ErrorCode`.
    pub code: ErrorCode,
    /// One plain English sentence, for a log or a fallback.
    pub message: String,
    /// What else is known.
    pub details: Box<ErrorDetails>,
}

/// Every reason a command can fail for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// No connection to the service; nothing was sent.
    Offline,
    /// Sent, and no answer came.
    NoAnswer,
    /// A create was sent and its answer was lost.
    AnswerLost,
    /// 401 for the account: sign in again.
    SignInNeeded,
    /// 401 for a key.
    KeyRefused,
    /// 403.
    Forbidden,
    /// 403: only a workspace owner or admin.
    NotOwner,
    /// 403: a subscription is asked for; `details.url` is the page.
    SubscriptionRequired,
    /// 429; `details.retry_at` may say when.
    RateLimited,
    /// 5xx.
    ServiceFailed,
    /// An answer that cannot be understood (HTML, a redirect, broken JSON).
    NotUnderstood,
    /// 400, 409, 422: the service refused what was sent.
    Invalid,
    /// The server does not offer it.
    NotOffered,
    /// The authorization server refused the sign-in (`details.text` has its code).
    SignInRefused,
    /// What came back in a sign-in could be somebody else’s; `details.text` says why.
    SignInUnsafe,
    /// The browser cannot come back to this computer; `details.text` names a port that is taken.
    CannotListen,
    /// No Secret Service, keychain or Credential Manager.
    KeychainAbsent,
    /// The keychain is locked.
    KeychainLocked,
    /// The keychain refused.
    KeychainDenied,
    /// The keychain does not answer; a prompt may be waiting.
    KeychainWaiting,
    /// The keychain failed otherwise, or the secret is too long for it.
    KeychainFailed,
    /// The records file cannot be read or written.
    RecordsFailed,
    /// The records file was written by a newer Latchkey.
    RecordsNewer,
    /// The records are damaged; `details.text` names the file when Latchkey could not start with it.
    RecordsDamaged,
    /// The records may not be written by this person; `details.text` as above.
    RecordsReadOnly,
    /// The disk is full.
    DiskFull,
    /// What was named is not there (any more).
    NotFound,
    /// A field does not fit; `details.field` names it.
    BadInput,
    /// A key with this name exists in this workspace.
    DuplicateName,
    /// What was typed to confirm does not match.
    WrongConfirmation,
    /// The clipboard holds nothing that looks like a key.
    NothingToPaste,
    /// The clipboard cannot be reached.
    ClipboardFailed,
    /// No browser could be opened; `details.url` can be opened by hand.
    BrowserFailed,
    /// An address that is not https or this computer.
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
    /// The app is locked.
    Locked,
    /// 403: the key lacks a scope; `details.text` names it.
    LacksScope,
    /// The key acts for its account; another must take its place first.
    CurrentKey,
    /// The server wanted to send the request on to another host; it was not followed.
    RedirectRefused,
    /// The server's certificate does not check; nothing was sent.
    CertificateRefused,
    /// The host was changed, and nobody confirmed that a secret may go there.
    HostUnconfirmed,
    /// A file could not be read or written.
    FileFailed,
    /// Something in Latchkey itself.
    Internal,
}

/// What else is known of a failure. Nothing here comes from a body beyond 200 plain characters.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct ErrorDetails {
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
    pub field: Option<String>,
    /// The host that was asked.
    pub host: Option<String>,
}

impl ErrorView {
    /// A failure of which nothing more is known.
    pub fn of(code: ErrorCode) -> Self {
        Self { code, message: code.sentence().to_owned(), details: Box::default() }
    }

    /// A field that does not fit.
    pub fn bad_input(field: &str) -> Self {
        let details = ErrorDetails { field: Some(field.to_owned()), ..ErrorDetails::default() };
        Self { details: Box::new(details), ..Self::of(ErrorCode::BadInput) }
    }
}

impl From<&ServiceError> for ErrorView {
    fn from(error: &ServiceError) -> Self {
        let code = ErrorCode::from(error.reason);
        let details = &error.details;
        Self {
            code,
            message: code.sentence().to_owned(),
            details: Box::new(ErrorDetails {
                status: details.status,
                request_id: details.request_id.clone(),
                text: details.text.clone(),
                retry_at: details.retry_at,
                url: details.url.clone(),
                field: details.field.map(str::to_owned),
                host: details.host.clone(),
            }),
        }
    }
}

impl From<ServiceError> for ErrorView {
    fn from(error: ServiceError) -> Self {
        Self::from(&error)
    }
}

impl From<Reason> for ErrorCode {
    fn from(reason: Reason) -> Self {
        match reason {
            Reason::Offline => Self::Offline,
            Reason::NoAnswer => Self::NoAnswer,
            Reason::AnswerLost => Self::AnswerLost,
            Reason::SignInNeeded => Self::SignInNeeded,
            Reason::KeyRefused => Self::KeyRefused,
            Reason::Forbidden => Self::Forbidden,
            Reason::NotOwner => Self::NotOwner,
            Reason::SubscriptionRequired => Self::SubscriptionRequired,
            Reason::RateLimited => Self::RateLimited,
            Reason::ServiceFailed => Self::ServiceFailed,
            Reason::NotUnderstood => Self::NotUnderstood,
            Reason::Invalid => Self::Invalid,
            Reason::NotOffered => Self::NotOffered,
            Reason::SignInRefused => Self::SignInRefused,
            Reason::SignInUnsafe => Self::SignInUnsafe,
            Reason::CannotListen => Self::CannotListen,
            Reason::KeychainAbsent => Self::KeychainAbsent,
            Reason::KeychainLocked => Self::KeychainLocked,
            Reason::KeychainDenied => Self::KeychainDenied,
            Reason::KeychainWaiting => Self::KeychainWaiting,
            Reason::KeychainFailed => Self::KeychainFailed,
            Reason::RecordsFailed => Self::RecordsFailed,
            Reason::RecordsNewer => Self::RecordsNewer,
            Reason::RecordsDamaged => Self::RecordsDamaged,
            Reason::RecordsReadOnly => Self::RecordsReadOnly,
            Reason::DiskFull => Self::DiskFull,
            Reason::NotFound => Self::NotFound,
            Reason::BadInput => Self::BadInput,
            Reason::DuplicateName => Self::DuplicateName,
            Reason::WrongConfirmation => Self::WrongConfirmation,
            Reason::NothingToPaste => Self::NothingToPaste,
            Reason::ClipboardFailed => Self::ClipboardFailed,
            Reason::BrowserFailed => Self::BrowserFailed,
            Reason::UnsafeAddress => Self::UnsafeAddress,
            Reason::NoSecret => Self::NoSecret,
            Reason::SignInReplaced => Self::SignInReplaced,
            Reason::SandboxFailed => Self::SandboxFailed,
            Reason::ConfigAbsent => Self::ConfigAbsent,
            Reason::ConfigUnreadable => Self::ConfigUnreadable,
            Reason::ConfigRefused => Self::ConfigRefused,
            Reason::ConfigOlder => Self::ConfigOlder,
            Reason::ConfigConflict => Self::ConfigConflict,
            Reason::ConfigNotWritten => Self::ConfigNotWritten,
            Reason::ProjectGone => Self::ProjectGone,
            Reason::KeyUnusable => Self::KeyUnusable,
            Reason::OtherHost => Self::OtherHost,
            Reason::NoCredential => Self::NoCredential,
            Reason::LacksScope => Self::LacksScope,
            Reason::CurrentKey => Self::CurrentKey,
            Reason::RedirectRefused => Self::RedirectRefused,
            Reason::CertificateRefused => Self::CertificateRefused,
            Reason::HostUnconfirmed => Self::HostUnconfirmed,
            Reason::FileFailed => Self::FileFailed,
            Reason::Locked => Self::Locked,
        }
    }
}

impl ErrorCode {
    fn sentence(self) -> &'static str {
        match self {
            Self::Offline => "The service cannot be reached; nothing was sent.",
            Self::NoAnswer => "The service did not answer.",
            Self::AnswerLost => "The key may have been created, but the answer was lost.",
            Self::SignInNeeded => "The account must sign in again.",
            Self::KeyRefused => "The service refused the key.",
            Self::Forbidden => "The service does not allow this.",
            Self::NotOwner => "Only an owner or admin of the workspace may do this.",
            Self::SubscriptionRequired => "The service asks for a subscription.",
            Self::RateLimited => "The service was asked too often.",
            Self::ServiceFailed => "The service failed.",
            Self::NotUnderstood => "The service's answer cannot be understood.",
            Self::Invalid => "The service refused what was sent.",
            Self::NotOffered => "The service does not offer this.",
            Self::SignInRefused => "The sign-in was refused.",
            Self::SignInUnsafe => "The sign-in was stopped, because its answer could be somebody else's.",
            Self::CannotListen => "The browser cannot come back to this computer.",
            Self::KeychainAbsent => "There is no keychain on this computer.",
            Self::KeychainLocked => "The keychain is locked.",
            Self::KeychainDenied => "The keychain refused.",
            Self::KeychainWaiting => "The keychain does not answer; it may be asking for its password.",
            Self::KeychainFailed => "The keychain failed.",
            Self::RecordsFailed => "Latchkey's records cannot be read or written.",
            Self::RecordsNewer => "Latchkey's records were written by a newer version.",
            Self::RecordsDamaged => "Latchkey's records are damaged; the file was left as it is.",
            Self::RecordsReadOnly => "Latchkey's records may not be written by this person.",
            Self::DiskFull => "The disk is full; nothing was written.",
            Self::NotFound => "It is not there any more.",
            Self::BadInput => "A field does not fit.",
            Self::DuplicateName => "A key with this name exists.",
            Self::WrongConfirmation => "What was typed does not match.",
            Self::NothingToPaste => "The clipboard holds no key.",
            Self::ClipboardFailed => "The clipboard cannot be reached.",
            Self::BrowserFailed => "No browser could be opened.",
            Self::UnsafeAddress => "Only https addresses, or addresses on this computer.",
            Self::NoSecret => "The secret is not kept here.",
            Self::SignInReplaced => "A newer sign-in replaced this one.",
            Self::SandboxFailed => "The sandbox did not start.",
            Self::ConfigAbsent => "There is no Basic Memory configuration on this computer.",
            Self::ConfigUnreadable => "Basic Memory's configuration cannot be read.",
            Self::ConfigRefused => "Basic Memory's configuration is not as it should be.",
            Self::ConfigOlder => "Basic Memory's configuration is in its older format.",
            Self::ConfigConflict => "Another program keeps changing Basic Memory's configuration.",
            Self::ConfigNotWritten => "Basic Memory's configuration could not be written.",
            Self::ProjectGone => "The project is not in Basic Memory's configuration any more.",
            Self::KeyUnusable => "The Basic Memory CLI could not use this key.",
            Self::OtherHost => "The Basic Memory CLI is set up for another host.",
            Self::NoCredential => "The Basic Memory CLI has no key and no sign-in.",
            Self::Locked => "Latchkey is locked.",
            Self::LacksScope => "The key lacks a scope.",
            Self::CurrentKey => "The key acts for its account.",
            Self::RedirectRefused => "The server wanted to send the request elsewhere; it was not followed.",
            Self::CertificateRefused => "The server's certificate does not check; nothing was sent.",
            Self::HostUnconfirmed => "The host was changed; nothing is sent there until that is confirmed.",
            Self::FileFailed => "The file could not be read or written.",
            Self::Internal => "Something in Latchkey itself went wrong.",
        }
    }
}
