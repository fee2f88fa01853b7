//! Owns the only types that cross to the web view. None can hold a secret; the one answer
//! that is a secret is the masked numbers of `reveal_secret`.
//!
//! Moments are ISO 8601 strings in UTC, days are `YYYY-MM-DD`, ids are opaque strings.
//! The TypeScript next to the UI (`ui/src/ipc/generated`) is written from here by ts-rs.

mod account;
mod activity;
mod adopt;
mod app;
mod check;
mod create;
mod due;
mod failure;
mod inventory;
mod key;
mod project;
mod project_from;
mod provider;
mod revoke;
mod settings;
mod sign_in;
#[cfg(test)]
mod tests;
mod usage;

pub use account::{AccountView, CapabilityView, OfferedView, ServersInput, SignInView, SignedOutView, WorkspaceView};
pub use activity::{ActivityView, FactView};
pub use adopt::{AdoptInput, AdoptedView, DroppedView, FoundView, PastedView, TrimmedView};
pub use app::{AppView, ClipboardView, LockView, LockedByView, Page, StorageState, StorageView, Topic};
pub use check::{AbleView, AdminKeyView, KeyTestView, TestResultView};
pub use create::{CreateKeyInput, SlotView, SnippetView};
pub use due::{DueKindView, DueView};
pub use failure::{ErrorCode, ErrorDetails, ErrorView};
pub use inventory::{ImportPlanView, ImportedView, InventoryFormatInput, SavedFileView};
pub use key::{
    ExpiryView, HintView, KeptInView, KeyDetailView, KeyListView, KeyOriginView, KeyStatusView, KeyView, LastUseView,
    NotedPlaceView,
};
pub use project::{
    CheckStateView, CheckView, CliStateView, CliView, ConfigStateView, ConfigView, CredentialsView, DecidedByView,
    FixView, InCloudView, OverrideView, ProjectView, ProjectsView, ReachView, ServedFrom, SourceKindView, SourceView,
    SwitchAsksView, SwitchView, TrapKindView, TrapView,
};
pub use provider::{
    EnvironmentChoiceView, EnvironmentView, ExpirySupportView, GlyphView, PresetView, ProviderSignInView, ProviderView,
    ReportsUseView, ScopeView, SignInMethodView, SupportView,
};
pub use revoke::{ConfirmationView, ProofView, RevokePlanView, RevokeResultView};
pub use settings::SettingsView;
pub(crate) use settings::zoom;
pub use sign_in::{SignInAttemptView, SignInState, SignInWay};
pub use usage::{RateLimitView, RetryView, UsageLineView, UsageView};

use std::path::Path;

/// A count as the border carries it; more than four thousand million of anything reads as that many.
fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// A path as a person writes it: below `~` where it is in the home folder.
fn shorten(file: &Path, home: &Path) -> String {
    match file.strip_prefix(home) {
        Ok(rest) if !home.as_os_str().is_empty() => Path::new("~").join(rest).display().to_string(),
        _ => file.display().to_string(),
    }
}
