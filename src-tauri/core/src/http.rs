//! Owns the one reqwest client: timeouts, redirects, body caps.

/// The one client. Cloning is cheap.
#[derive(Clone, Debug)]
pub struct Http;

/// Why no whole answer came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HttpError {
    /// No connection: nothing was sent.
    #[error("no connection")]
    Offline,
    /// It was sent, and no whole answer came: it may have been done.
    #[error("no answer")]
    NoAnswer,
}
