//! Owns who asks in a test of single calls: the client, where its requests go, and with which key.

use latchkey_core::domain::{ProviderId, Secret};
use latchkey_core::http::Http;
use latchkey_core::providers::{Call, Provider, Registry, Seen};
use url::Url;

/// The services whose accounts act by a key of their own, or by none.
pub(crate) const SERVICES: [&str; 3] = ["memory-api", "memory-os", "memory-kit"];

pub(crate) fn service(name: &str) -> &'static dyn Provider {
    Registry::built_in().find(name.parse::<ProviderId>().unwrap()).unwrap()
}

pub(crate) struct Caller {
    http: Http,
    host: Url,
    credential: Secret,
    pub(crate) seen: Seen,
}

impl Caller {
    pub(crate) fn new(host: &Url, credential: &Secret) -> Self {
        let (http, seen) = (Http::new().unwrap(), Seen::default());
        Self { http, host: host.clone(), credential: credential.clone(), seen }
    }

    pub(crate) fn call(&self) -> Call<'_> {
        Call { http: &self.http, host: &self.host, credential: &self.credential, seen: &self.seen }
    }

    pub(crate) fn with(&self, credential: &Secret) -> Self {
        Self::new(&self.host, credential)
    }
}
