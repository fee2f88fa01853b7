//! Owns the traits for what only the desktop can do. The shell implements them.

use crate::domain::{ProviderId, Secret, Servers};
use async_trait::async_trait;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use url::Url;

/// What a change is about. Carries no data: the window asks again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Topic {
    /// Accounts, storage, settings, sandbox, lock or the slot.
    App,
    /// The list of keys.
    Keys,
    /// The running sign-in.
    SignIn,
    /// What the clipboard holds of ours.
    Clipboard,
    /// The journal.
    Activity,
    /// The Basic Memory CLI's projects and credentials on this computer.
    Projects,
    /// A file was dropped on the window.
    Dropped,
}

/// The window, told that something changed.
pub trait Window: Send + Sync {
    /// Tells it.
    fn changed(&self, topic: Topic);
}

/// No browser could be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no browser could be opened")]
pub struct NoBrowser;

/// The system browser.
pub trait Browser: Send + Sync {
    /// Opens an https or loopback address.
    fn open(&self, page: &Url) -> Result<(), NoBrowser>;
}

/// The clipboard could not be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the clipboard cannot be reached")]
pub struct ClipboardError;

/// The system clipboard.
pub trait Clipboard: Send + Sync {
    /// Puts a secret in, marked as concealed unless history is allowed.
    fn put_secret(&self, secret: &Secret, allow_history: bool) -> Result<(), ClipboardError>;
    /// Puts plain text in.
    fn put_text(&self, text: &str) -> Result<(), ClipboardError>;
    /// Whether it still holds what `put_secret` put in last.
    fn is_ours(&self) -> bool;
    /// Empties it if it is still ours. Whether it was.
    fn clear_if_ours(&self) -> bool;
    /// Reads its text. Called only when the person presses Paste. `None` if there is no text.
    fn read(&self) -> Result<Option<Secret>, ClipboardError>;
    /// Empties it if it still holds exactly this, which the person pasted.
    fn clear_if_holds(&self, secret: &Secret);
}

/// The system's notifications.
pub trait Notifier: Send + Sync {
    /// Shows one. Its words hold no secret and no head of one. A system that shows none loses nothing:
    /// what falls due is listed in the window as well.
    fn notify(&self, title: &str, words: &str);
}

/// What the sandbox pretends, one account for each service.
#[derive(Debug, Clone)]
pub struct SandboxServers {
    /// The accounts, in the order they are shown.
    pub accounts: Vec<SandboxAccount>,
}

/// One pretended service and what acts for its account.
#[derive(Debug, Clone)]
pub struct SandboxAccount {
    /// The service.
    pub provider: ProviderId,
    /// What the account is called.
    pub label: String,
    /// Where it answers.
    pub servers: Servers,
    /// The page where its keys are managed by hand.
    pub keys_page: Url,
    /// The pretended key that acts for the account.
    pub admin_key: Option<Secret>,
    /// Pretended keys that were made in its dashboard.
    pub keys: Vec<SandboxKey>,
}

/// A pretended key, as its maker would have noted it.
#[derive(Debug, Clone)]
pub struct SandboxKey {
    /// Its name.
    pub name: String,
    /// Its project.
    pub project: Option<String>,
    /// What it may do.
    pub scopes: Vec<String>,
    /// Its characters.
    pub secret: Secret,
}

/// The sandbox did not start; the text says why, in one plain sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the sandbox did not start: {0}")]
pub struct SandboxFailed(pub String);

/// The sandbox program, run as a child.
#[async_trait]
pub trait SandboxProgram: Send + Sync {
    /// Starts it and waits until it answers.
    async fn start(&self) -> Result<SandboxServers, SandboxFailed>;
    /// Whether it runs; it may have ended by itself.
    fn runs(&self) -> bool;
    /// Ends it.
    fn stop(&self);
}

/// The system's own dialogs for files. A path comes from here or not at all: never from the window.
#[async_trait]
pub trait FilePicker: Send + Sync {
    /// Lets the person choose one file with one of these endings. `None` if they chose none.
    async fn choose_file(&self, title: &str, endings: &[&str]) -> Option<PathBuf>;
    /// Lets the person choose a folder, beginning at this one. `None` if they chose none.
    async fn choose_folder(&self, title: &str, begin: Option<&Path>) -> Option<PathBuf>;
}

/// The Basic Memory CLI, of which nothing is run but its version.
#[async_trait]
pub trait CliProgram: Send + Sync {
    /// Where this computer looks for programs, in order.
    fn folders(&self) -> Vec<PathBuf>;
    /// What the program says its version is; `None` if it says nothing in time. It is run apart from
    /// the person's own configuration, and sends nothing.
    async fn ask_version(&self, program: &Path) -> Option<String>;
}

/// All of it.
pub struct Desktop {
    /// The window.
    pub window: Arc<dyn Window>,
    /// The browser.
    pub browser: Arc<dyn Browser>,
    /// The clipboard.
    pub clipboard: Arc<dyn Clipboard>,
    /// The sandbox program.
    pub sandbox: Arc<dyn SandboxProgram>,
    /// The dialogs for files.
    pub files: Arc<dyn FilePicker>,
    /// The Basic Memory CLI.
    pub cli: Arc<dyn CliProgram>,
    /// The system's notifications.
    pub notifier: Arc<dyn Notifier>,
    /// The person's folder for downloads, where files are saved that they asked for.
    pub downloads: Option<PathBuf>,
    /// What this computer is called.
    pub computer: String,
}
