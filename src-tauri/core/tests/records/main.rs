//! Owns the proof of what becomes of the records on a disk that does not do its part: damaged, full, or
//! closed to the person. As another user, on a small disk and below a limit, through `setpriv`, `unshare`
//! and `prlimit` (util-linux).
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking

#[path = "../routing/child.rs"]
mod child;
mod damage;
mod house;
mod room;
