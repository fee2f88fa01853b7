//! Owns how what services know of the CLI's projects becomes what the window shows.

use super::project::{
    CheckStateView, CheckView, CliStateView, CliView, ConfigStateView, ConfigView, CredentialsView, DecidedByView,
    FixView, InCloudView, OverrideView, ProjectView, ProjectsView, ReachView, ServedFrom, SourceKindView, SourceView,
    SwitchAsksView, SwitchView, TrapKindView, TrapView,
};
use super::{ErrorView, WorkspaceView, shorten};
use chrono::{DateTime, Utc};
use latchkey_core::services::{
    Asks, Check, CheckState, Cli, CliState, Condition, ConfigState, DecidedBy, Effect, Fix, InCloud, Override,
    Overriding, ProjectState, Projects, Reach, Served, Source, SourceKind, Switched, Trap, TrapKind,
};
use std::path::Path;

impl ProjectsView {
    /// The projects at this moment, paths written as a person would: below `~`.
    pub fn new(projects: Projects, home: &Path, now: DateTime<Utc>) -> Self {
        Self {
            config: ConfigView::new(projects.config, home),
            cli: CliView::new(projects.cli, home),
            projects: projects.projects.into_iter().map(|project| ProjectView::new(project, home)).collect(),
            credentials: CredentialsView {
                sources: projects.sources.into_iter().map(SourceView::from).collect(),
                trap: projects.trap.map(TrapView::from),
            },
            workspaces: projects.workspaces.into_iter().map(WorkspaceView::from).collect(),
            now,
        }
    }
}

impl SwitchView {
    /// What a switch did, at this moment.
    pub fn new(switched: Switched, home: &Path, now: DateTime<Utc>) -> Self {
        Self {
            projects: ProjectsView::new(switched.projects, home, now),
            undo: switched.undo.map(|undo| undo.to_string()),
            asks: switched.asks.map(SwitchAsksView::from),
        }
    }
}

impl ConfigView {
    fn new(config: ConfigState, home: &Path) -> Self {
        Self {
            path: shorten(&config.path, home),
            decided_by: match config.decided_by {
                DecidedBy::ConfigDirVariable => DecidedByView::ConfigDirVariable,
                DecidedBy::XdgConfigHome => DecidedByView::XdgConfigHome,
                DecidedBy::Home => DecidedByView::Home,
            },
            other: config.other.map(|file| shorten(&file, home)),
            overrides: config.overrides.into_iter().map(OverrideView::from).collect(),
            state: match config.condition {
                Condition::Ready => ConfigStateView::Ready,
                Condition::Absent => ConfigStateView::Absent,
                Condition::Older => ConfigStateView::Older,
                Condition::Refused => ConfigStateView::Refused,
            },
            problem: config.problem.map(ErrorView::from),
            older: config.older,
            writable: config.writable,
            cloud_host: config.cloud_host,
            undo: config.undo.map(|undo| undo.to_string()),
        }
    }
}

impl CliView {
    fn new(cli: Cli, home: &Path) -> Self {
        Self {
            program: cli.program.map(|program| shorten(&program, home)),
            version: cli.version,
            state: match cli.state {
                CliState::Unknown => CliStateView::Unknown,
                CliState::Asking => CliStateView::Asking,
                CliState::Known => CliStateView::Known,
                CliState::Absent => CliStateView::Absent,
            },
        }
    }
}

impl ProjectView {
    fn new(project: ProjectState, home: &Path) -> Self {
        Self {
            name: project.key.clone(),
            key: project.key,
            folder: project.folder.map(|folder| shorten(Path::new(&folder), home)),
            is_default: project.is_default,
            served_from: match project.served_from {
                Served::Local => ServedFrom::Local,
                Served::Cloud => ServedFrom::Cloud,
            },
            workspace_id: project.workspace_id,
            workspace: project.workspace,
            reach: match project.reach {
                Reach::NotNeeded => ReachView::NotNeeded,
                Reach::Unknown => ReachView::Unknown,
                Reach::Reachable => ReachView::Reachable,
                Reach::Unreachable => ReachView::Unreachable,
                Reach::NoCredential => ReachView::NoCredential,
            },
            in_cloud: match project.in_cloud {
                InCloud::NotChecked => InCloudView::NotChecked,
                InCloud::Checking => InCloudView::Checking,
                InCloud::There => InCloudView::There,
                InCloud::Missing => InCloudView::Missing,
                InCloud::Unknown => InCloudView::Unknown,
            },
            undo: project.undo.map(|undo| undo.to_string()),
            reverted: project.reverted,
            unknown_version: project.unknown_version,
        }
    }
}

impl From<ServedFrom> for Served {
    fn from(served: ServedFrom) -> Self {
        match served {
            ServedFrom::Local => Self::Local,
            ServedFrom::Cloud => Self::Cloud,
        }
    }
}

impl From<Source> for SourceView {
    fn from(source: Source) -> Self {
        Self {
            kind: match source.kind {
                SourceKind::Variable => SourceKindView::Variable,
                SourceKind::ConfigKey => SourceKindView::ConfigKey,
                SourceKind::CliSignIn => SourceKindView::CliSignIn,
            },
            name: source.name,
            set: source.set,
            empty: source.empty,
            key: source.key.map(|key| key.to_string()),
            key_name: source.key_name,
            prefix: source.prefix,
            in_use: source.in_use,
            check: source.check.into(),
            problem: source.problem,
        }
    }
}

impl From<Check> for CheckView {
    fn from(check: Check) -> Self {
        let state = match check.state {
            CheckState::NotChecked => CheckStateView::NotChecked,
            CheckState::Checking => CheckStateView::Checking,
            CheckState::Works => CheckStateView::Works,
            CheckState::Refused => CheckStateView::Refused,
            CheckState::Expired => CheckStateView::Expired,
            CheckState::CouldNotTell => CheckStateView::CouldNotTell,
        };
        Self { state, at: check.at, status: check.status }
    }
}

impl From<Trap> for TrapView {
    fn from(trap: Trap) -> Self {
        let kind = match trap.kind {
            TrapKind::StaleKeyMasksSignIn => TrapKindView::StaleKeyMasksSignIn,
            TrapKind::EmptyVariableHidesKey => TrapKindView::EmptyVariableHidesKey,
            TrapKind::StraySpace => TrapKindView::StraySpace,
            TrapKind::OtherWorkspace => TrapKindView::OtherWorkspace,
            TrapKind::NoneWorks => TrapKindView::NoneWorks,
        };
        let fix = |fix| match fix {
            Fix::UseSignIn => FixView::UseSignIn,
            Fix::ChooseKey => FixView::ChooseKey,
            Fix::CreateKey => FixView::CreateKey,
            Fix::TrimKey => FixView::TrimKey,
            Fix::ShowHow => FixView::ShowHow,
        };
        Self { kind, fixes: trap.fixes.into_iter().map(fix).collect() }
    }
}

impl From<Asks> for SwitchAsksView {
    fn from(asks: Asks) -> Self {
        match asks {
            Asks::Workspace(workspaces) => {
                Self::Workspace { workspaces: workspaces.into_iter().map(WorkspaceView::from).collect() }
            }
            Asks::Folder(project) => Self::Folder { project },
        }
    }
}

impl From<Override> for OverrideView {
    fn from(found: Override) -> Self {
        let effect = effect(&found);
        Self { variable: found.variable, effect }
    }
}

/// What a variable does, as a sentence.
fn effect(found: &Override) -> String {
    let value = found.value.as_deref().unwrap_or_default();
    match (found.overriding, found.effect) {
        (Overriding::CloudApiKey, Effect::Hides) => {
            "It is empty, which hides the key in the file: no key is used.".to_owned()
        }
        (Overriding::CloudApiKey, _) => "Its key is used, not the one in the file.".to_owned(),
        (Overriding::ExplicitRouting, Effect::Ignored) => "It has no effect by itself.".to_owned(),
        (Overriding::ForceLocal | Overriding::ForceCloud, Effect::Ignored) => {
            "It has no effect: it counts only with BASIC_MEMORY_EXPLICIT_ROUTING, and local before cloud.".to_owned()
        }
        (_, Effect::Ignored) => "It has no effect as it is set.".to_owned(),
        (Overriding::CloudHost, _) => format!("The cloud is {value}, not the one in the file."),
        (Overriding::CloudDomain, _) => format!("Signing in goes to {value}, not where the file says."),
        (Overriding::CloudClientId, _) => "Signing in uses its client id, not the file’s.".to_owned(),
        (Overriding::DefaultWorkspace, _) => format!("The default workspace is {value}, not the file’s."),
        (Overriding::DefaultProject, _) => format!("The default project is {value}, not the file’s."),
        (Overriding::Projects, _) => "Its projects are used, not the file’s; switching here has no effect.".to_owned(),
        (Overriding::ExplicitRouting, _) => "A forced route counts for every project.".to_owned(),
        (Overriding::ForceLocal, _) => "Every project is served from this computer, whatever the file says.".to_owned(),
        (Overriding::ForceCloud, _) => "Every project is served from the cloud, whatever the file says.".to_owned(),
        (Overriding::McpProject, _) => format!("Every tool uses the project {value}."),
        (Overriding::CloudMode, _) => "This is set up as a server of the cloud itself.".to_owned(),
    }
}
