//! Owns everything Latchkey knows: accounts, keys, secrets, sign-in and what each
//! service offers. Leaves out the window and the desktop, which live in the shell crate.
//!
//! The rooms and the arrows between them are described in `docs/architecture.md` and
//! guarded by `tests/architecture.rs`.

pub mod clock;
pub mod domain;
pub mod http;
pub mod oauth;
pub mod providers;
pub mod records;
pub mod routing;
pub mod services;
pub mod vault;
