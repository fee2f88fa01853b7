//! Owns the contract of the services with keys of their own: one life of a key that each must allow, or
//! say that it does not, on the sandbox program; and what a fifth service takes to join them.
//!
//! The program is found beside this test: `cargo build -p latchkey-sandbox` puts it there.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking

mod fifth;
mod hostile;
mod life;
mod recorded;
#[path = "../contract_basic_memory/sandbox.rs"]
mod sandbox;
#[path = "../small_server/mod.rs"]
mod small_server;

use latchkey_core::domain::{ProviderId, Secret};
use latchkey_core::http::Http;
use latchkey_core::providers::{Call, Provider, Registry, Seen};
use url::Url;

/// The services that act by a key of their own.
const SERVICES: [&str; 3] = ["memory-api", "memory-os", "memory-kit"];

fn service(name: &str) -> &'static dyn Provider {
    Registry::built_in().find(name.parse::<ProviderId>().unwrap()).unwrap()
}

/// One account's requests: the client, where they go, and with which key.
struct Caller {
    http: Http,
    host: Url,
    credential: Secret,
    seen: Seen,
}

impl Caller {
    fn new(host: &Url, credential: &Secret) -> Self {
        let (http, seen) = (Http::new().unwrap(), Seen::default());
        Self { http, host: host.clone(), credential: credential.clone(), seen }
    }

    fn call(&self) -> Call<'_> {
        Call { http: &self.http, host: &self.host, credential: &self.credential, seen: &self.seen }
    }

    fn with(&self, credential: &Secret) -> Self {
        Self::new(&self.host, credential)
    }
}
