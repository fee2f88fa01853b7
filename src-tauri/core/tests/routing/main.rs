//! Owns the proof of how the official CLI's files are read, changed and followed: every form of file,
//! other writers, sudden deaths. Leaves out the CLI itself, which is asked elsewhere.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking

mod child;
mod formats;
mod gates;
mod house;
mod kills;
mod other_writer;
mod properties;
mod refusals;
mod sizes;
mod tokens;
mod watching;
mod writers;
