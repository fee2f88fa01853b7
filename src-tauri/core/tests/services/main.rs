//! Owns the proof of the use cases, in Rust alone: real records in a folder, a real client, the
//! sandbox program as the service, and stand-ins for what only a desktop can do.
//!
//! The program is found beside this test: `cargo build -p latchkey-sandbox` puts it there.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking

mod access;
mod admin_key;
mod adopt;
mod cli_files;
mod clipboard;
mod create;
mod desktop;
mod due;
#[path = "../contract/fifth/mod.rs"]
mod fifth;
mod fifth_service;
mod file_store;
mod four;
mod hostile;
mod house;
mod inventory;
mod journal;
mod kills;
mod kills_dwelling;
mod lifecycle;
mod list;
mod locking;
mod loopback;
mod program;
mod projects;
mod projects_credentials;
mod projects_troubles;
#[path = "../keychain/promises.rs"]
mod promises;
mod revoke;
mod sandbox;
mod settings;
mod sign_in;
mod slot;
#[path = "../small_server/mod.rs"]
mod small_server;
mod storage;
mod store;
mod visitor;
