//! Owns the only types that cross to the web view. None can hold a secret; the one answer
//! that is a secret is the plain string of `reveal_secret`.
//!
//! Moments are ISO 8601 strings in UTC, days are `YYYY-MM-DD`, ids are opaque strings.
//! The TypeScript next to the UI (`ui/src/ipc/generated`) is written from here by ts-rs.

mod account;
mod activity;
mod adopt;
mod app;
mod create;
mod failure;
mod key;
mod project;
mod revoke;
mod settings;
mod sign_in;
#[cfg(test)]
mod tests;

pub use account::{AccountView, CapabilityView, OfferedView, ServersInput, SignInView, SignedOutView, WorkspaceView};
pub use activity::{ActivityView, FactView};
pub use adopt::{AdoptInput, AdoptedView, FoundView, PastedView};
pub use app::{AppView, ClipboardView, Page, ProviderView, StorageState, StorageView, Topic};
pub use create::{CreateKeyInput, SlotView, SnippetView};
pub use failure::{ErrorCode, ErrorDetails, ErrorView};
pub use key::{
    ExpiryView, KeptInView, KeyDetailView, KeyListView, KeyOriginView, KeyStatusView, KeyView, LastUseView,
    NotedPlaceView,
};
pub use project::{
    CheckStateView, CheckView, CliStateView, CliView, ConfigStateView, ConfigView, CredentialsView, DecidedByView,
    FixView, InCloudView, OverrideView, ProjectView, ProjectsView, ReachView, ServedFrom, SourceKindView, SourceView,
    SwitchAsksView, SwitchView, TrapKindView, TrapView,
};
pub use revoke::{ConfirmationView, ProofView, RevokePlanView, RevokeResultView};
pub use settings::SettingsView;
pub use sign_in::{SignInAttemptView, SignInState};

/// A count as the border carries it; more than four thousand million of anything reads as that many.
fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
