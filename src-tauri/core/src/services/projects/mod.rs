//! Owns the projects of the Basic Memory CLI: from where each is served, switching and undoing it,
//! and which credential wins. Leaves out how the CLI's files are read and written (routing).

mod cli;
mod cli_sign_in;
mod cloud;
mod credentials;
mod files;
mod judging;
mod live;
mod placing;
mod switching;
mod watching;

pub use live::UndoId;
pub(super) use live::{Follow, Known};
pub(super) use placing::TakenOut;

use super::{ServiceError, Services};
use crate::domain::{KeyId, ProviderId, Workspace};
use crate::routing::{self, Config, DecidedBy, Format, Location, Mode, Override, RoutingError};
use chrono::{DateTime, Utc};
use std::collections::HashMap;
use std::path::PathBuf;

/// The service whose CLI this is about.
const PROVIDER: ProviderId = ProviderId::BASIC_MEMORY;

/// Everything there is to see of the CLI's projects.
#[derive(Debug, Clone)]
pub struct Projects {
    /// The file.
    pub config: ConfigState,
    /// The program.
    pub cli: Cli,
    /// The projects, in the order of the file.
    pub projects: Vec<ProjectState>,
    /// The credentials, in the order in which the CLI prefers them.
    pub sources: Vec<Source>,
    /// What is wrong with them.
    pub trap: Option<Trap>,
    /// The workspaces a project can be served from, as far as they are known.
    pub workspaces: Vec<Workspace>,
}

/// The CLI's `config.json`.
#[derive(Debug, Clone)]
pub struct ConfigState {
    /// Where it is.
    pub path: PathBuf,
    /// What decides that.
    pub decided_by: DecidedBy,
    /// A second one, which the CLI does not look at.
    pub other: Option<PathBuf>,
    /// Variables that have a say.
    pub overrides: Vec<Override>,
    /// Whether it can be used.
    pub condition: Condition,
    /// Why not, or why it cannot be changed.
    pub problem: Option<ServiceError>,
    /// The old fields of an older format.
    pub older: Vec<String>,
    /// Whether it can be written.
    pub writable: bool,
    /// Where the CLI sends its requests.
    pub cloud_host: String,
    /// Undoes a change of format.
    pub undo: Option<UndoId>,
}

/// Whether the file can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// It can.
    Ready,
    /// There is none.
    Absent,
    /// It is in the older format.
    Older,
    /// It cannot be read, or not be changed safely.
    Refused,
}

/// The CLI's program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cli {
    /// Where it is.
    pub program: Option<PathBuf>,
    /// Its version.
    pub version: Option<String>,
    /// Whether that is known.
    pub state: CliState,
}

/// Whether the CLI's version is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CliState {
    /// Not asked, or its answer was odd.
    Unknown,
    /// Being asked.
    Asking,
    /// Known.
    Known,
    /// There is no program.
    Absent,
}

/// One project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectState {
    /// Its key in the file.
    pub key: String,
    /// Its folder; the remembered one while it is in the cloud.
    pub folder: Option<String>,
    /// Whether it is the default.
    pub is_default: bool,
    /// Where it is served from.
    pub served_from: Served,
    /// Its workspace's id.
    pub workspace_id: Option<String>,
    /// Its workspace's name.
    pub workspace: Option<String>,
    /// Whether the credential in use reaches it.
    pub reach: Reach,
    /// Whether the cloud has it.
    pub in_cloud: InCloud,
    /// Undoes its last switch.
    pub undo: Option<UndoId>,
    /// Another program put the state back that was there before.
    pub reverted: bool,
    /// It was switched while the CLI's version was unknown.
    pub unknown_version: bool,
}

/// Where a project is served from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Served {
    /// This computer.
    Local,
    /// The cloud.
    Cloud,
}

/// Whether the credential in use reaches a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// It is served from this computer.
    NotNeeded,
    /// It could not be told, or was not asked.
    Unknown,
    /// It does.
    Reachable,
    /// It does not.
    Unreachable,
    /// There is no credential.
    NoCredential,
}

/// Whether the cloud has a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InCloud {
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

/// One place a credential can be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Which.
    pub kind: SourceKind,
    /// Its name: variable, field or file.
    pub name: String,
    /// Whether it is there.
    pub set: bool,
    /// Whether it is there and empty.
    pub empty: bool,
    /// The key it is known as.
    pub key: Option<KeyId>,
    /// That key's name.
    pub key_name: Option<String>,
    /// Its visible head.
    pub prefix: Option<String>,
    /// Whether the CLI uses it.
    pub in_use: bool,
    /// Whether it works.
    pub check: Check,
    /// Whether it can be sent at all.
    pub form: Form,
    /// What is odd about it.
    pub problem: Option<String>,
}

/// Whether a key can be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// It can, as far as can be seen.
    Sound,
    /// It cannot, for a space in it or at its end.
    StraySpace,
    /// It cannot: it has other characters that no key has, or is no whole key.
    Unusable,
}

/// The places, the first that is set wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SourceKind {
    /// `BASIC_MEMORY_CLOUD_API_KEY`.
    Variable,
    /// `cloud_api_key`.
    ConfigKey,
    /// The CLI's sign-in.
    CliSignIn,
}

/// What a credential was found to be worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Check {
    /// What is known.
    pub state: CheckState,
    /// When it was asked.
    pub at: Option<DateTime<Utc>>,
    /// The status of the answer.
    pub status: Option<u16>,
}

/// What is known of a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckState {
    /// Not asked.
    NotChecked,
    /// Being asked.
    Checking,
    /// Accepted.
    Works,
    /// Refused.
    Refused,
    /// A sign-in whose access token has ended; only the CLI can renew it.
    Expired,
    /// It could not be told.
    CouldNotTell,
}

/// A way in which credentials stand in each other's way, and what helps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trap {
    /// Which.
    pub kind: TrapKind,
    /// What helps, the best first.
    pub fixes: Vec<Fix>,
}

/// The traps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrapKind {
    /// A refused key hides a sign-in that was not refused.
    StaleKeyMasksSignIn,
    /// An empty variable hides the key in the file.
    EmptyVariableHidesKey,
    /// The key in use cannot be sent because of a stray space.
    StraySpace,
    /// The key in use does not reach the workspace of a cloud project.
    OtherWorkspace,
    /// No credential works.
    NoneWorks,
}

/// What helps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fix {
    /// Take the key out of the file.
    UseSignIn,
    /// Put another key in.
    ChooseKey,
    /// Make a key and put it in.
    CreateKey,
    /// Take the space away.
    TrimKey,
    /// Say how a variable is changed where it is set.
    ShowHow,
}

/// What a switch did.
#[derive(Debug, Clone)]
pub struct Switched {
    /// Everything as it is now.
    pub projects: Projects,
    /// Undoes it.
    pub undo: Option<UndoId>,
    /// What must be answered first.
    pub asks: Option<Asks>,
}

/// What a switch must know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asks {
    /// Which workspace; nothing was done.
    Workspace(Vec<Workspace>),
    /// Which folder this project has; the others were switched.
    Folder(String),
}

impl Services {
    /// The CLI's projects as its file says now. Asks nobody; from then on changes are followed.
    pub fn projects(&self) -> Result<Projects, ServiceError> {
        self.follow_cli_files();
        let location = self.location();
        let read = routing::read(&location.config);
        if let Ok(config) = &read {
            self.remember_routes(&location, config)?;
        }
        self.describe_projects(&location, read)
    }

    /// The same, and begins to ask the CLI for its version and the cloud for what each credential is
    /// worth.
    pub fn scan_projects(&self) -> Result<Projects, ServiceError> {
        let services = self.clone();
        tokio::spawn(async move {
            // What fails is told where it is shown.
            let ((), _told) = tokio::join!(services.ask_cli_version(), services.check_credentials());
        });
        self.projects()
    }

    pub(super) fn location(&self) -> Location {
        routing::locate(self.surroundings())
    }

    fn describe_projects(
        &self,
        location: &Location,
        read: Result<Config, RoutingError>,
    ) -> Result<Projects, ServiceError> {
        let (config, problem) = match read {
            Ok(config) => {
                let refusal = config.refusal.clone();
                (Some(config), refusal)
            }
            Err(problem) => (None, Some(problem)),
        };
        let condition = match (&config, &problem) {
            (None, Some(RoutingError::Absent(_))) => Condition::Absent,
            (Some(Config { format: Format::Older { .. }, .. }), _) => Condition::Older,
            (_, Some(_)) => Condition::Refused,
            (_, None) => Condition::Ready,
        };
        let older = match config.as_ref().map(|config| &config.format) {
            Some(Format::Older { names, .. }) => names.clone(),
            _ => Vec::new(),
        };
        let sources = self.sources(location, config.as_ref())?;
        let workspaces = self.known_workspaces(config.as_ref(), &sources)?;
        let projects = match &config {
            Some(config) => self.project_states(location, config, &sources, &workspaces)?,
            None => Vec::new(),
        };
        let trap = judging::trap(&sources, &projects);
        let undo = {
            let mut live = self.live();
            live.projects.shown = config.as_ref().map(|config| config.digest);
            live.projects.migration_undo()
        };
        Ok(Projects {
            config: ConfigState {
                path: location.config.clone(),
                decided_by: location.decided_by,
                other: location.other.clone(),
                overrides: location.overrides.clone(),
                // An older format is no problem; it is what the CLI itself would change.
                problem: problem
                    .filter(|_| matches!(condition, Condition::Refused))
                    .map(|problem| self.file_error(&problem)),
                condition,
                older,
                writable: routing::writable(location),
                cloud_host: self.cloud_host(config.as_ref()),
                undo,
            },
            cli: self.cli(),
            projects,
            sources,
            trap,
            workspaces,
        })
    }

    fn project_states(
        &self,
        location: &Location,
        config: &Config,
        sources: &[Source],
        workspaces: &[Workspace],
    ) -> Result<Vec<ProjectState>, ServiceError> {
        let remembered: HashMap<String, String> = self
            .records()
            .routes(&location.config)?
            .into_iter()
            .filter_map(|route| Some((route.project, routing::KeptRoute::from_record(&route.kept?)?.path)))
            .collect();
        let default_workspace = self.default_workspace(config);
        let reached = self.live().projects.reached(sources);
        let mut live = self.live();
        live.projects.drop_settled(config);
        let states = config.projects.iter().map(|project| {
            let served_from = match project.mode {
                Mode::Local => Served::Local,
                Mode::Cloud => Served::Cloud,
            };
            let cloud = served_from == Served::Cloud;
            let workspace_id = project.workspace_id.clone().filter(|_| cloud);
            let effective = workspace_id.as_deref().or(default_workspace.as_deref());
            let named = workspace_id.as_ref().map(|id| {
                let known = workspaces.iter().find(|workspace| workspace.id == *id);
                known.map_or_else(|| id.clone(), |workspace| workspace.name.clone())
            });
            ProjectState {
                folder: project.path.clone().or_else(|| remembered.get(&project.key).cloned()),
                is_default: project.is_default,
                reach: if cloud { judging::reach(sources, reached.as_deref(), effective) } else { Reach::NotNeeded },
                in_cloud: if cloud { live.projects.in_cloud(&project.key) } else { InCloud::NotChecked },
                undo: live.projects.undo_of(&project.key),
                reverted: live.projects.is_reverted(&project.key),
                unknown_version: cloud && live.projects.is_of_unknown_version(&project.key),
                workspace: named,
                workspace_id,
                served_from,
                key: project.key.clone(),
            }
        });
        Ok(states.collect())
    }
}
