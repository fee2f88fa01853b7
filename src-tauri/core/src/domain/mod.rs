//! Owns the plain types every room speaks in. Leaves out all input and output.

mod account;
mod activity;
mod capability;
mod ids;
mod key;
mod place;
mod route;
mod secret;
mod status;
mod visible;

pub use account::{
    Account, Authorization, RateLimit, Servers, SignIn, UnsafeAddress, Usage, UsageLine, Workspace, check_address,
};
pub use activity::{ActivityKind, Fact, JournalEntry, Outcome};
pub use capability::{Capability, Offered};
pub use ids::{AccountId, EntryId, InvalidId, KeyId, PlaceId, ProviderId};
pub use key::{ApiKey, Expiry, KeptIn, KeyName, KeyNameError, KeyOrigin, LastUse, ServiceStatus};
pub use place::{FoundCredential, FoundKind, NotedPlace};
pub use route::RememberedRoute;
pub use secret::{Secret, visible_prefix};
pub use status::{Hint, KeyStatus, hints, is_folded, key_status};
pub use visible::{holds_hidden, in_words, is_hidden, visible};
