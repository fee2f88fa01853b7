//! Owns what a server must give the suite: where it is, who asks, and how things go wrong there.

use async_trait::async_trait;
use latchkey_core::domain::Secret;
use latchkey_core::providers::Provider;
use url::Url;

/// Which of a service's addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// Where keys are listed, created and revoked.
    Keys,
    /// Where a key is tested.
    Probe,
}

/// One server of one service.
#[async_trait]
pub(crate) trait Stage: Sync {
    fn provider(&self) -> &'static dyn Provider;
    fn host(&self) -> &Url;
    /// What acts for the account; where nothing does, a key.
    fn credential(&self) -> &Secret;
    /// The service's id of that credential, if it is a key.
    fn own_id(&self) -> Option<String>;
    /// Its id again, where the service refuses to let a key revoke itself.
    fn refuses_to_revoke(&self) -> Option<String>;
    fn offers_revoke(&self) -> bool;
    fn tells_rate_limit(&self) -> bool;
    /// Whether a key with this scope alone may not do what a test asks.
    fn hides(&self, scope: &str) -> bool;
    /// The next such request goes wrong in this way.
    async fn goes_wrong(&self, part: Part, method: &str, kind: &str);
    /// What the service's dashboard does.
    async fn revoke_by_hand(&self, id: &str);
    /// How many requests came so far.
    async fn asked(&self) -> u64;
}
