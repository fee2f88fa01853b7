//! Owns the lines of the journal: what Latchkey did or saw. Leaves out where they are kept.

use super::{AccountId, EntryId, KeyId};
use chrono::{DateTime, Utc};

/// What a line of the journal is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActivityKind {
    /// A create was about to be sent.
    KeyIntended,
    /// A key was created.
    KeyCreated,
    /// An intended key was found in the list after its answer was lost.
    KeyFound,
    /// A key was pasted or found, and added.
    KeyAdopted,
    /// A secret was copied.
    KeyCopied,
    /// A secret was shown.
    KeyRevealed,
    /// A secret was put in the keychain.
    KeyKept,
    /// A kept secret was deleted from the keychain.
    KeyForgotten,
    /// A revoke was about to be sent.
    RevokeIntended,
    /// A key was revoked.
    KeyRevoked,
    /// The proof that a key is refused.
    RevokeProved,
    /// A key's record was removed here.
    KeyRemoved,
    /// A service reported a newer last use.
    LastUseMoved,
    /// A place was noted.
    PlaceNoted,
    /// Signed in.
    SignedIn,
    /// Signed out.
    SignedOut,
    /// The authorization server refused the refresh token.
    SignInEnded,
    /// An account was added.
    AccountAdded,
    /// An account was removed.
    AccountRemoved,
    /// A list could not be read.
    ListFailed,
    /// The sandbox was opened.
    SandboxOpened,
    /// The sandbox was closed and its traces removed.
    SandboxClosed,
    /// A key was tested.
    KeyTested,
    /// A key was used again after at least 30 quiet days.
    KeyWoke,
    /// A reminder was set, moved or taken away.
    ReminderSet,
    /// A calendar entry was saved.
    CalendarSaved,
    /// Another key acts for the account.
    AdminKeyReplaced,
    /// An account's base address was changed.
    HostChanged,
    /// An inventory was written.
    InventoryExported,
    /// An inventory was read in.
    InventoryImported,
    /// Projects were switched between this computer and the cloud.
    ProjectSwitched,
    /// A switch was undone.
    SwitchUndone,
    /// Another program put back what was there before a switch.
    SwitchPutBack,
    /// An empty project was made in the cloud.
    ProjectCreated,
    /// The CLI's older file was made a current one.
    ConfigMigrated,
    /// A key was put into the CLI's file.
    KeyPlaced,
    /// A key was taken out of the CLI's file.
    KeyTakenOut,
    /// The CLI was signed in.
    CliSignedIn,
}

impl ActivityKind {
    /// Every kind, for parsing and for tests.
    pub const ALL: [Self; 38] = [
        Self::KeyIntended,
        Self::KeyCreated,
        Self::KeyFound,
        Self::KeyAdopted,
        Self::KeyCopied,
        Self::KeyRevealed,
        Self::KeyKept,
        Self::KeyForgotten,
        Self::RevokeIntended,
        Self::KeyRevoked,
        Self::RevokeProved,
        Self::KeyRemoved,
        Self::LastUseMoved,
        Self::PlaceNoted,
        Self::SignedIn,
        Self::SignedOut,
        Self::SignInEnded,
        Self::AccountAdded,
        Self::AccountRemoved,
        Self::ListFailed,
        Self::SandboxOpened,
        Self::SandboxClosed,
        Self::KeyTested,
        Self::KeyWoke,
        Self::ReminderSet,
        Self::CalendarSaved,
        Self::AdminKeyReplaced,
        Self::HostChanged,
        Self::InventoryExported,
        Self::InventoryImported,
        Self::ProjectSwitched,
        Self::SwitchUndone,
        Self::SwitchPutBack,
        Self::ProjectCreated,
        Self::ConfigMigrated,
        Self::KeyPlaced,
        Self::KeyTakenOut,
        Self::CliSignedIn,
    ];

    /// The name used in records and at the border.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::KeyIntended => "key_intended",
            Self::KeyCreated => "key_created",
            Self::KeyFound => "key_found",
            Self::KeyAdopted => "key_adopted",
            Self::KeyCopied => "key_copied",
            Self::KeyRevealed => "key_revealed",
            Self::KeyKept => "key_kept",
            Self::KeyForgotten => "key_forgotten",
            Self::RevokeIntended => "revoke_intended",
            Self::KeyRevoked => "key_revoked",
            Self::RevokeProved => "revoke_proved",
            Self::KeyRemoved => "key_removed",
            Self::LastUseMoved => "last_use_moved",
            Self::PlaceNoted => "place_noted",
            Self::SignedIn => "signed_in",
            Self::SignedOut => "signed_out",
            Self::SignInEnded => "sign_in_ended",
            Self::AccountAdded => "account_added",
            Self::AccountRemoved => "account_removed",
            Self::ListFailed => "list_failed",
            Self::SandboxOpened => "sandbox_opened",
            Self::SandboxClosed => "sandbox_closed",
            Self::KeyTested => "key_tested",
            Self::KeyWoke => "key_woke",
            Self::ReminderSet => "reminder_set",
            Self::CalendarSaved => "calendar_saved",
            Self::AdminKeyReplaced => "admin_key_replaced",
            Self::HostChanged => "host_changed",
            Self::InventoryExported => "inventory_exported",
            Self::InventoryImported => "inventory_imported",
            Self::ProjectSwitched => "project_switched",
            Self::SwitchUndone => "switch_undone",
            Self::SwitchPutBack => "switch_put_back",
            Self::ProjectCreated => "project_created",
            Self::ConfigMigrated => "config_migrated",
            Self::KeyPlaced => "key_placed",
            Self::KeyTakenOut => "key_taken_out",
            Self::CliSignedIn => "cli_signed_in",
        }
    }
}

/// How it went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// About to happen; a later line says how it ended, or a crash came between.
    Started,
    /// Happened.
    Done,
    /// Did not happen.
    Failed,
}

/// One fact under a line, for example `Expires` and `18 Feb 2027`. Never a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// What it is.
    pub label: String,
    /// What it says.
    pub value: String,
}

/// One line of the journal. Append-only; never holds a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalEntry {
    /// Its name for life.
    pub id: EntryId,
    /// When.
    pub at: DateTime<Utc>,
    /// What.
    pub kind: ActivityKind,
    /// How it went.
    pub outcome: Outcome,
    /// The account, if one was concerned; it may be gone since.
    pub account: Option<AccountId>,
    /// The key, if one was concerned; it may be gone since.
    pub key: Option<KeyId>,
    /// The name of the key or account at that moment.
    pub subject: String,
    /// The line that this one answers: a `Done` or `Failed` names its `Started`.
    pub answers: Option<EntryId>,
    /// What else is worth knowing.
    pub facts: Vec<Fact>,
}
