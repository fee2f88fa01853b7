//! Owns how the projects of the Basic Memory CLI cross to the web view: where each is served from,
//! which credential wins, and what stands in the way. Leaves out how the file is read and written.

use super::{ErrorView, WorkspaceView};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Everything the page of projects shows.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct ProjectsView {
    /// The file that was read.
    pub config: ConfigView,
    /// The CLI on this computer.
    pub cli: CliView,
    /// The projects, in the order of the file.
    pub projects: Vec<ProjectView>,
    /// Which credential the CLI uses for cloud projects.
    pub credentials: CredentialsView,
    /// The workspaces that a project can be served from, as far as they are known.
    pub workspaces: Vec<WorkspaceView>,
    /// The moment this was read.
    pub now: DateTime<Utc>,
}

/// The CLI's `config.json`.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct ConfigView {
    /// The file, with `~` for the home folder.
    pub path: String,
    /// What decided that it is this one.
    #[ts(inline)]
    pub decided_by: DecidedByView,
    /// Another `config.json` that the CLI does not look at.
    pub other: Option<String>,
    /// Environment variables that beat the file.
    pub overrides: Vec<OverrideView>,
    /// Whether it can be used.
    #[ts(inline)]
    pub state: ConfigStateView,
    /// Why it cannot be used, or not be written.
    pub problem: Option<ErrorView>,
    /// What makes it the older format: the names of its old fields.
    pub older: Vec<String>,
    /// Whether Latchkey can write it.
    pub writable: bool,
    /// Where the CLI sends its requests.
    pub cloud_host: String,
    /// Undoes the change of format that was made in this run.
    pub undo: Option<String>,
}

/// What decides which file the CLI reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum DecidedByView {
    /// `BASIC_MEMORY_CONFIG_DIR`.
    ConfigDirVariable,
    /// `XDG_CONFIG_HOME`.
    XdgConfigHome,
    /// The home folder.
    Home,
}

/// Whether the file can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ConfigStateView {
    /// It can.
    Ready,
    /// There is none.
    Absent,
    /// It is in the older format: shown and left, unless the person asks.
    Older,
    /// It cannot be read, or the CLI refuses it; `problem` says why.
    Refused,
}

/// An environment variable that has a say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct OverrideView {
    /// Its name.
    pub variable: String,
    /// What it does, in a few words.
    pub effect: String,
}

/// The CLI on this computer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct CliView {
    /// The program, with `~` for the home folder.
    pub program: Option<String>,
    /// Its version.
    pub version: Option<String>,
    /// Whether the version is known.
    #[ts(inline)]
    pub state: CliStateView,
}

/// Whether the CLI's version is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CliStateView {
    /// It was not asked, or its answer is odd.
    Unknown,
    /// It is being asked.
    Asking,
    /// It is known.
    Known,
    /// There is no such program where this computer looks for programs.
    Absent,
}

/// One project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct ProjectView {
    /// Its key in the file; commands name it by this.
    pub key: String,
    /// What to call it.
    pub name: String,
    /// Its folder, with `~` for the home folder; the remembered one while it is in the cloud.
    pub folder: Option<String>,
    /// Whether it is the CLI's default.
    pub is_default: bool,
    /// Where it is served from.
    #[ts(inline)]
    pub served_from: ServedFrom,
    /// The workspace's id.
    pub workspace_id: Option<String>,
    /// The workspace's name.
    pub workspace: Option<String>,
    /// Whether the credential in use reaches it.
    #[ts(inline)]
    pub reach: ReachView,
    /// Whether the cloud has a project of this name.
    #[ts(inline)]
    pub in_cloud: InCloudView,
    /// Undoes the last switch of this run.
    pub undo: Option<String>,
    /// Another program, as a slow `bm`, put the state back that was there before the switch.
    pub reverted: bool,
    /// It was switched while the CLI's version was not known, in the newest form.
    pub unknown_version: bool,
}

/// Where a project is served from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ServedFrom {
    /// This computer.
    Local,
    /// The cloud.
    Cloud,
}

/// Whether the credential in use reaches a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ReachView {
    /// It is served from this computer.
    NotNeeded,
    /// Not checked, or it could not be told.
    Unknown,
    /// It does.
    Reachable,
    /// It does not.
    Unreachable,
    /// There is no credential.
    NoCredential,
}

/// Whether the cloud has a project of this name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum InCloudView {
    /// Not asked.
    NotChecked,
    /// Being asked.
    Checking,
    /// It has.
    There,
    /// It has not.
    Missing,
    /// It could not be told.
    Unknown,
}

/// Which credential the CLI uses for cloud projects.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct CredentialsView {
    /// The variable, the key in the file, the sign-in: in the order in which the CLI prefers them.
    pub sources: Vec<SourceView>,
    /// What is wrong with that, if anything.
    pub trap: Option<TrapView>,
}

/// One place a credential can be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct SourceView {
    /// Which.
    #[ts(inline)]
    pub kind: SourceKindView,
    /// The name of the variable, field or file.
    pub name: String,
    /// Whether it is there; an empty variable is.
    pub set: bool,
    /// Whether it is there and empty.
    pub empty: bool,
    /// The key it is known as here: its id.
    pub key: Option<String>,
    /// Its name.
    pub key_name: Option<String>,
    /// Its visible head.
    pub prefix: Option<String>,
    /// Whether it is the one the CLI uses, refused or not.
    pub in_use: bool,
    /// Whether it works.
    pub check: CheckView,
    /// What is odd about it, in one sentence.
    pub problem: Option<String>,
}

/// The three places, the first that is set wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SourceKindView {
    /// The environment variable, as Latchkey was started with it.
    Variable,
    /// `cloud_api_key` in the file.
    ConfigKey,
    /// The CLI's own sign-in.
    CliSignIn,
}

/// Whether a credential works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct CheckView {
    /// What is known.
    #[ts(inline)]
    pub state: CheckStateView,
    /// When it was asked.
    pub at: Option<DateTime<Utc>>,
    /// The HTTP status of the answer.
    pub status: Option<u16>,
}

/// What is known of a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CheckStateView {
    /// It was not asked.
    NotChecked,
    /// It is being asked.
    Checking,
    /// It is accepted.
    Works,
    /// It is refused.
    Refused,
    /// A sign-in whose access token has ended; the CLI renews it on its next call if it can.
    Expired,
    /// It could not be told.
    CouldNotTell,
}

/// A way in which credentials stand in each other's way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct TrapView {
    /// Which.
    #[ts(inline)]
    pub kind: TrapKindView,
    /// What helps, the best first.
    #[ts(inline)]
    pub fixes: Vec<FixView>,
}

/// The traps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum TrapKindView {
    /// A refused key hides a sign-in that was not refused.
    StaleKeyMasksSignIn,
    /// An empty variable hides the key in the file.
    EmptyVariableHidesKey,
    /// The key in use has a stray space and cannot be sent.
    StraySpace,
    /// The key in use belongs to another workspace than a cloud project.
    OtherWorkspace,
    /// No credential that is set works, or none is set while a project is in the cloud.
    NoneWorks,
}

/// What helps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum FixView {
    /// `use_key(null)`: the key leaves the file, and the sign-in is used.
    UseSignIn,
    /// `use_key(key)`: another kept key goes into the file.
    ChooseKey,
    /// A new key, which then goes into the file.
    CreateKey,
    /// `trim_key()`.
    TrimKey,
    /// A variable can only be changed where it is set.
    ShowHow,
}

/// What a switch did, or asks first.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct SwitchView {
    /// The projects as they are now.
    pub projects: ProjectsView,
    /// Undoes what was done.
    pub undo: Option<String>,
    /// What must be answered before the rest can be done.
    pub asks: Option<SwitchAsksView>,
}

/// What a switch must know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SwitchAsksView {
    /// Which workspace; nothing was switched.
    Workspace {
        /// The workspaces.
        workspaces: Vec<WorkspaceView>,
    },
    /// Which folder; all others were switched.
    Folder {
        /// The project's key.
        project: String,
    },
}
