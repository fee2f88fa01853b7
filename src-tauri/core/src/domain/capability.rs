//! Owns what a service can be asked to do, and what it answered when it was tried.

/// Whether a server offers something, as far as is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Offered {
    /// Not documented and not tried yet.
    #[default]
    NotAsked,
    /// Tried at this server, and it worked.
    Yes,
    /// Tried at this server; it answered with this status (404, 405 or 501).
    No(u16),
    /// Tried; the answer could not be understood (a 2xx that is HTML or not the expected JSON).
    Unclear,
}

/// What one account's server offers. Kept per account, since every base URL can be edited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Capability {
    /// Listing keys.
    pub list: Offered,
    /// Creating keys.
    pub create: Offered,
    /// Revoking keys.
    pub revoke: Offered,
    /// An expiry that the service itself enforces.
    pub expiry: Offered,
}
