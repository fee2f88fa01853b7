//! Owns the switch: local or cloud for each project, several in one write, undoing and doing again.
//! Leaves out how the file is written, and whether the cloud has the project.

use super::super::activity::Line;
use super::super::{Details, Reason, ServiceError, Services, Topic};
use super::credentials::saved_key;
use super::{Asks, Projects, Served, Switched, UndoId};
use crate::domain::{ActivityKind, RememberedRoute};
use crate::routing::{self, Change, CloudForm, Config, Format, KeptRoute, Location, Mode, Project, RoutingError};
use std::path::Path;

/// So many names of projects stand in a line of the journal.
const NAMED: usize = 20;

/// What a switch comes to.
enum Planned {
    /// These changes, and then perhaps a question.
    Write(Vec<Written>, Option<Asks>),
    /// A question before anything.
    Ask(Asks),
}

/// One project's part.
struct Written {
    project: String,
    change: Change,
    workspace: Option<String>,
}

impl Services {
    /// Serves projects from here or from the cloud: one write for all of them. Notes are neither moved
    /// nor uploaded.
    pub fn switch_projects(
        &self,
        projects: &[String],
        to: Served,
        workspace: Option<&str>,
    ) -> Result<Switched, ServiceError> {
        let location = self.location();
        let config = self.changeable(&location)?;
        let chosen = projects
            .iter()
            .map(|name| config.project(name).ok_or_else(|| gone(name)))
            .collect::<Result<Vec<&Project>, _>>()?;
        for project in &chosen {
            self.live().projects.forget_reverted(&project.key);
        }
        let planned = match to {
            Served::Cloud => self.plan_cloud(&location, &config, &chosen, workspace)?,
            Served::Local => self.plan_local(&location, &chosen)?,
        };
        let (written, asks) = match planned {
            Planned::Ask(asks) => return Ok(Switched { projects: self.projects()?, undo: None, asks: Some(asks) }),
            Planned::Write(written, asks) => (written, asks),
        };
        let undo = self.write_switch(&location, &config, &written, to)?;
        Ok(Switched { projects: self.projects()?, undo, asks })
    }

    /// Lets the person choose a folder in the system's dialog, and serves the project from it. Without
    /// a choice nothing is changed.
    pub async fn choose_folder(&self, project: &str) -> Result<Switched, ServiceError> {
        let location = self.location();
        let config = self.changeable(&location)?;
        let known = config.project(project).ok_or_else(|| gone(project))?;
        let remembered = self.remembered_route(&location, &known.key)?;
        let begin = remembered.as_ref().map(|kept| Path::new(&kept.path)).and_then(Path::parent);
        let title = format!("Choose the folder of {}", known.key);
        let Some(folder) = self.desktop().files.choose_folder(&title, begin).await else {
            return Ok(Switched { projects: self.projects()?, undo: None, asks: None });
        };
        // The CLI reads UTF-8, and another path could not be written down.
        let path = folder.to_str().ok_or_else(|| ServiceError::field(Reason::BadInput, "folder"))?.to_owned();
        // While the dialog was open, anybody may have written.
        let config = self.changeable(&location)?;
        let known = config.project(project).ok_or_else(|| gone(project))?;
        let kept = remembered.filter(|kept| kept.path == path);
        let change = Change::SetLocal { project: known.key.clone(), path, kept };
        let written = [Written { project: known.key.clone(), change, workspace: None }];
        let undo = self.write_switch(&location, &config, &written, Served::Local)?;
        Ok(Switched { projects: self.projects()?, undo, asks: None })
    }

    /// Undoes a switch, or a change of format: byte for byte when nobody wrote since, else only what is
    /// still as it was written.
    pub fn undo_switch(&self, id: UndoId) -> Result<Projects, ServiceError> {
        let location = self.location();
        let undo = self.live().projects.undo(id).ok_or_else(|| ServiceError::of(Reason::NotFound))?;
        let undone = routing::undo(&location, &undo.previous).map_err(|error| self.file_error(&error))?;
        let again = match routing::read(&location.config) {
            Ok(config) => undo.projects.iter().filter_map(|key| self.as_it_is(&config, key)).collect(),
            Err(_) => Vec::new(),
        };
        {
            let now = self.now();
            let mut live = self.live();
            live.projects.drop_undo(id);
            if undone.applied.wrote {
                live.projects.watch(undone.applied.previous, again, now);
            }
        }
        let mut line = Line::new(ActivityKind::SwitchUndone, &subject(&undo.projects))
            .fact("File", self.shortened(&location.config))
            .fact("Exactly as before", if undone.exact { "Yes" } else { "No, others wrote since" });
        if !undone.contested.is_empty() {
            line = line.fact("Left as others set it", list(&undone.contested));
        }
        self.journal(line)?;
        self.changed(Topic::Projects);
        self.check_in_cloud_soon(undo.projects);
        self.projects()
    }

    /// Does a switch again that another program put back.
    pub fn apply_again(&self, project: &str) -> Result<Switched, ServiceError> {
        let location = self.location();
        let again = self.live().projects.again(project).ok_or_else(|| ServiceError::of(Reason::NotFound))?;
        let config = self.changeable(&location)?;
        let (to, workspace) = match &again {
            Change::SetCloud { workspace, .. } => (Served::Cloud, workspace.clone()),
            _ => (Served::Local, None),
        };
        let written = [Written { project: project.to_owned(), change: again, workspace }];
        let undo = self.write_switch(&location, &config, &written, to)?;
        Ok(Switched { projects: self.projects()?, undo, asks: None })
    }

    /// Makes an older file a current one as the CLI would. Only when the person asks.
    pub fn migrate_config(&self) -> Result<Projects, ServiceError> {
        let location = self.location();
        let applied = routing::migrate(&location).map_err(|error| self.file_error(&error))?;
        if applied.wrote {
            self.live().projects.add_undo(applied.previous, Vec::new());
            let file = self.shortened(&location.config);
            self.journal(Line::new(ActivityKind::ConfigMigrated, "config.json").fact("File", file))?;
        }
        self.changed(Topic::Projects);
        self.projects()
    }

    /// The file, if it may be changed.
    fn changeable(&self, location: &Location) -> Result<Config, ServiceError> {
        let config = routing::read(&location.config).map_err(|error| self.file_error(&error))?;
        if matches!(config.format, Format::Older { .. }) {
            return Err(self.file_error(&RoutingError::Older(location.config.clone())));
        }
        match &config.refusal {
            Some(refusal) => Err(self.file_error(refusal)),
            None => Ok(config),
        }
    }

    fn plan_cloud(
        &self,
        location: &Location,
        config: &Config,
        projects: &[&Project],
        wanted: Option<&str>,
    ) -> Result<Planned, ServiceError> {
        // The CLI refuses it too: from then on nothing would answer for the project. A key that an empty
        // variable hides counts, for the variable may be Latchkey's alone.
        if !self.has_credential(config) && saved_key(Some(config)).is_none() {
            return Err(ServiceError::of(Reason::NoCredential));
        }
        let version = self.cli_version();
        if let Some(version) = version.filter(|version| !version.routes_per_project()) {
            let text = Some(format!("The bm on this computer is {version}; single projects need 0.19 or newer."));
            let details = Box::new(Details { text, ..Details::default() });
            return Err(ServiceError { reason: Reason::ConfigOlder, details });
        }
        let sources = self.sources(location, Some(config))?;
        let known = self.known_workspaces(Some(config), &sources)?;
        let routes = self.records().routes(&location.config)?;
        let default = self.default_workspace(config);
        let mut written = Vec::new();
        for project in projects {
            let key = project.key.clone();
            if project.mode == Mode::Cloud {
                if let Some(workspace) = wanted.filter(|wanted| project.workspace_id.as_deref() != Some(wanted)) {
                    let workspace = Some(workspace.to_owned());
                    let change = Change::SetWorkspace { project: key.clone(), workspace: workspace.clone() };
                    written.push(Written { project: key, change, workspace });
                }
                continue;
            }
            let is_known = |workspace: &&String| known.is_empty() || known.iter().any(|one| one.id == **workspace);
            let remembered =
                routes.iter().find(|route| route.project == key).and_then(|route| route.workspace.as_ref());
            let settled = wanted
                .map(str::to_owned)
                .or_else(|| project.workspace_id.clone())
                .or_else(|| remembered.filter(is_known).cloned())
                .or_else(|| default.as_ref().filter(is_known).cloned());
            let workspace = match (settled, known.as_slice()) {
                (Some(workspace), _) => Some(workspace),
                (None, []) => None,
                (None, [only]) => Some(only.id.clone()),
                (None, several) => return Ok(Planned::Ask(Asks::Workspace(several.to_vec()))),
            };
            let form = CloudForm::of(version);
            let change = Change::SetCloud { project: key.clone(), workspace: workspace.clone(), form };
            written.push(Written { project: key, change, workspace });
        }
        Ok(Planned::Write(written, None))
    }

    fn plan_local(&self, location: &Location, projects: &[&Project]) -> Result<Planned, ServiceError> {
        let mut written = Vec::new();
        let mut asks = None;
        for project in projects.iter().filter(|project| project.mode == Mode::Cloud) {
            let kept = self.remembered_route(location, &project.key)?;
            let path = project.path.clone().or_else(|| kept.as_ref().map(|kept| kept.path.clone()));
            match path.filter(|path| can_be_made(Path::new(path))) {
                Some(path) => {
                    let kept = kept.filter(|kept| kept.path == path);
                    let change = Change::SetLocal { project: project.key.clone(), path, kept };
                    written.push(Written { project: project.key.clone(), change, workspace: None });
                }
                None => asks = asks.or_else(|| Some(Asks::Folder(project.key.clone()))),
            }
        }
        Ok(Planned::Write(written, asks))
    }

    /// What is there to come back is remembered first: once the file is written, it is nowhere else.
    fn write_switch(
        &self,
        location: &Location,
        config: &Config,
        written: &[Written],
        to: Served,
    ) -> Result<Option<UndoId>, ServiceError> {
        if written.is_empty() {
            return Ok(None);
        }
        if to == Served::Cloud {
            let known = self.records().routes(&location.config)?;
            let routes = written.iter().map(|one| {
                let before = known.iter().find(|route| route.project == one.project);
                let now = config.project(&one.project).and_then(KeptRoute::of).map(|kept| kept.to_record());
                RememberedRoute {
                    project: one.project.clone(),
                    kept: now.or_else(|| before.and_then(|route| route.kept.clone())),
                    workspace: one.workspace.clone().or_else(|| before.and_then(|route| route.workspace.clone())),
                }
            });
            // What is remembered already need not be waited for again.
            let news: Vec<RememberedRoute> = routes.filter(|route| !known.contains(route)).collect();
            if !news.is_empty() {
                self.records().put_routes(&location.config, &news)?;
            }
        }
        let changes: Vec<Change> = written.iter().map(|one| one.change.clone()).collect();
        let applied = routing::apply(location, &changes).map_err(|error| self.file_error(&error))?;
        if !applied.wrote {
            return Ok(None);
        }
        let projects: Vec<String> = written.iter().map(|one| one.project.clone()).collect();
        let unknown = to == Served::Cloud && self.cli_version().is_none();
        let again = written
            .iter()
            .filter(|one| !matches!(one.change, Change::SetWorkspace { .. }))
            .map(|one| (one.project.clone(), one.change.clone()));
        let (again, now) = (again.collect(), self.now());
        let undo = {
            let mut live = self.live();
            for project in &projects {
                live.projects.set_unknown_version(project, unknown);
            }
            live.projects.watch(applied.previous.clone(), again, now);
            live.projects.add_undo(applied.previous, projects.clone())
        };
        let place = match to {
            Served::Cloud => "Cloud",
            Served::Local => "This computer",
        };
        let mut line = Line::new(ActivityKind::ProjectSwitched, &subject(&projects)).fact("Served from", place);
        if projects.len() > 1 {
            line = line.fact("Projects", list(&projects));
        }
        if applied.merged {
            line = line.fact("Written by others at that moment", "Kept");
        }
        self.journal(line.fact("File", self.shortened(&location.config)))?;
        self.changed(Topic::Projects);
        if to == Served::Cloud {
            self.check_in_cloud_soon(projects);
        }
        Ok(Some(undo))
    }

    /// What makes a project as it is now.
    fn as_it_is(&self, config: &Config, key: &str) -> Option<(String, Change)> {
        let project = config.project(key)?;
        let change = match (project.mode, &project.path) {
            (Mode::Local, Some(path)) => {
                let kept = KeptRoute::of(project);
                Change::SetLocal { project: project.key.clone(), path: path.clone(), kept }
            }
            (Mode::Cloud, _) => {
                let form = CloudForm::of(self.cli_version());
                let workspace = project.workspace_id.clone();
                Change::SetCloud { project: project.key.clone(), workspace, form }
            }
            (Mode::Local, None) => return None,
        };
        Some((project.key.clone(), change))
    }

    fn remembered_route(&self, location: &Location, project: &str) -> Result<Option<KeptRoute>, ServiceError> {
        let routes = self.records().routes(&location.config)?;
        let kept = routes.into_iter().find(|route| route.project == project).and_then(|route| route.kept);
        Ok(kept.as_deref().and_then(KeptRoute::from_record))
    }

    /// Remembers where each local project is, so that it can come back even after the CLI itself, which
    /// forgets, has served it from the cloud.
    pub(super) fn remember_routes(&self, location: &Location, config: &Config) -> Result<(), ServiceError> {
        let seen = self.live().projects.remembered.replace(config.digest);
        if seen == Some(config.digest) || !matches!(config.format, Format::Current) {
            return Ok(());
        }
        let known: std::collections::HashMap<String, RememberedRoute> =
            self.records().routes(&location.config)?.into_iter().map(|route| (route.project.clone(), route)).collect();
        let local = config.projects.iter().filter(|project| project.mode == Mode::Local);
        let news: Vec<RememberedRoute> = local
            .filter_map(|project| {
                let kept = Some(KeptRoute::of(project)?.to_record());
                let before = known.get(&project.key);
                let workspace = before.and_then(|route| route.workspace.clone());
                let is_news = before.is_none_or(|route| route.kept != kept);
                is_news.then(|| RememberedRoute { project: project.key.clone(), kept, workspace })
            })
            .collect();
        if news.is_empty() { Ok(()) } else { Ok(self.records().put_routes(&location.config, &news)?) }
    }
}

/// Whether the CLI, which makes a missing folder when it starts and fails when it cannot, could make this
/// one: it is there, or the folder it is in is.
fn can_be_made(folder: &Path) -> bool {
    folder.is_absolute() && (folder.is_dir() || folder.parent().is_some_and(Path::is_dir))
}

fn gone(project: &str) -> ServiceError {
    let details = Details { text: Some(project.to_owned()), ..Details::default() };
    ServiceError { reason: Reason::ProjectGone, details: Box::new(details) }
}

fn subject(projects: &[String]) -> String {
    match projects {
        [] => "config.json".to_owned(),
        [only] => only.clone(),
        several => format!("{} projects", several.len()),
    }
}

fn list(names: &[String]) -> String {
    let shown = names.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(NAMED) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}
