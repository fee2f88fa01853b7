//! Owns what all handlers share. Leaves out what they do with it.

use crate::PUBLISHED_CLIENT_ID;
use crate::clock::Clock;
use crate::faults::Faults;
use crate::html::FormTokens;
use crate::limits::Limits;
use crate::secrets;
use crate::settings::Settings;
use crate::statistics::Statistics;
use crate::store::Store;
use crate::switches::{Part, Switches};
use std::sync::{Arc, PoisonError, RwLock};

/// What all handlers share. No Debug: it holds the key that signs.
pub(crate) struct World {
    pub(crate) settings: Settings,
    switches: RwLock<Switches>,
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    pub(crate) faults: Faults,
    pub(crate) limits: Limits,
    pub(crate) statistics: Statistics,
    pub(crate) form_tokens: FormTokens,
    /// The authorization server's base URL.
    pub(crate) issuer: String,
    pub(crate) admin_token: [u8; 32],
    /// The key that signs id tokens. It dies with the process.
    pub(crate) signing_key: [u8; 64],
}

/// As handlers receive it.
pub(crate) type Shared = Arc<World>;

impl World {
    pub(crate) fn new(settings: Settings, store: Store, issuer: String, admin_token: &str) -> Self {
        Self {
            switches: RwLock::new(settings.switches.clone()),
            settings,
            store,
            clock: Clock::default(),
            faults: Faults::default(),
            limits: Limits::default(),
            statistics: Statistics::default(),
            form_tokens: FormTokens::default(),
            issuer,
            admin_token: secrets::hash(admin_token),
            signing_key: rand::random(),
        }
    }

    /// How things are switched now.
    pub(crate) fn switches(&self) -> Switches {
        self.switches.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Switches them.
    pub(crate) fn switch(&self, switches: Switches) {
        *self.switches.write().unwrap_or_else(PoisonError::into_inner) = switches;
    }

    /// Whether this part of a service is there.
    pub(crate) fn offers(&self, part: Part) -> bool {
        self.switches.read().unwrap_or_else(PoisonError::into_inner).offers(part)
    }

    /// Whether this client may ask for a sign-in.
    pub(crate) fn knows_client(&self, client_id: &str) -> bool {
        client_id == PUBLISHED_CLIENT_ID || self.settings.client_id.iter().any(|known| known == client_id)
    }
}
