//! Owns sign-in: discovery, device grant, refresh, revocation. No vendor.
