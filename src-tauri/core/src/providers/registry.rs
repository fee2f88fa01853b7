//! Owns the list of services. A new one is its folder and one line here.

use super::{Description, Provider, basic_memory, memory_api, memory_kit, memory_os, unknown};
use crate::domain::{ProviderId, Secret};

/// The services Latchkey knows, in the order they are shown.
pub const BUILT_IN: &[&dyn Provider] =
    &[&basic_memory::BasicMemory, &memory_api::MemoryApi, &memory_os::MemoryOs, &memory_kit::MemoryKit];

/// A list of services to look one up in.
#[derive(Clone, Copy)]
pub struct Registry(&'static [&'static dyn Provider]);

impl Registry {
    /// The services Latchkey knows.
    pub const fn built_in() -> Self {
        Self(BUILT_IN)
    }

    /// Another list, for tests.
    pub const fn of(providers: &'static [&'static dyn Provider]) -> Self {
        Self(providers)
    }

    /// The service with this id, if it is known.
    pub fn find(self, id: ProviderId) -> Option<&'static dyn Provider> {
        self.0.iter().copied().find(|provider| provider.description().id == id)
    }

    /// The service with this id; one that is not known is described as such, and never asked anything.
    pub fn provider(self, id: ProviderId) -> &'static dyn Provider {
        self.find(id).unwrap_or(&unknown::Unknown)
    }

    /// What is known of every service.
    pub fn descriptions(self) -> Vec<&'static Description> {
        self.0.iter().map(|provider| provider.description()).collect()
    }

    /// The service whose key prefix the text starts with: a suggestion, never a decision.
    pub fn suggested_by(self, key: &Secret) -> Option<ProviderId> {
        // Only the head is compared; nothing leaves.
        let begins = |prefix: &&str| key.expose_secret().starts_with(*prefix);
        self.descriptions().into_iter().find(|known| known.key_prefixes.iter().any(begins)).map(|known| known.id)
    }
}

impl std::fmt::Debug for Registry {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_list().entries(self.descriptions().iter().map(|known| known.id)).finish()
    }
}
