//! Owns whether the cloud has a project of a name, and making it there. Leaves out its notes, which
//! are neither read nor uploaded.

use super::super::activity::Line;
use super::super::{Reason, ServiceError, Services, Topic};
use super::{InCloud, Projects};
use crate::domain::{ActivityKind, Secret};
use crate::providers::basic_memory::{self, CloudProject};
use crate::providers::{Call, Seen};
use crate::routing::{self, Config, Location, Mode, Project, permalink};
use std::collections::BTreeMap;
use url::Url;

/// Which project, in which workspace, and how to ask for it.
struct Question {
    host: Url,
    credential: Secret,
}

impl Services {
    /// Asks in the background whether the cloud has these projects.
    pub(super) fn check_in_cloud_soon(&self, projects: Vec<String>) {
        let services = self.clone();
        tokio::spawn(async move {
            let location = services.location();
            if let Ok(config) = routing::read(&location.config) {
                services.check_in_cloud(&location, &config, Some(&projects)).await;
            }
        });
    }

    /// Asks once for each workspace what it has. `None` asks for every project that is in the cloud.
    pub(super) async fn check_in_cloud(&self, location: &Location, config: &Config, only: Option<&[String]>) {
        let mut workspaces: BTreeMap<Option<String>, Vec<&Project>> = BTreeMap::new();
        let default = self.default_workspace(config);
        for project in config.projects.iter().filter(|project| project.mode == Mode::Cloud) {
            if only.is_none_or(|only| only.contains(&project.key)) {
                let workspace = project.workspace_id.clone().or_else(|| default.clone());
                workspaces.entry(workspace).or_default().push(project);
            }
        }
        if workspaces.is_empty() {
            return;
        }
        let question = self.question(location, config);
        let begun = if question.is_some() { InCloud::Checking } else { InCloud::Unknown };
        for project in workspaces.values().flatten() {
            self.live().projects.set_in_cloud(&project.key, begun);
        }
        self.changed(Topic::Projects);
        let Some(question) = question else { return };
        for (workspace, projects) in workspaces {
            let seen = Seen::default();
            let call = Call { http: self.http(), host: &question.host, credential: &question.credential, seen: &seen };
            let there = basic_memory::projects(&call, workspace.as_deref()).await;
            let mut live = self.live();
            for project in projects {
                let found = match &there {
                    Ok(there) if there.iter().any(|there| is_same(project, there)) => InCloud::There,
                    Ok(_) => InCloud::Missing,
                    Err(_) => InCloud::Unknown,
                };
                live.projects.set_in_cloud(&project.key, found);
            }
        }
        self.changed(Topic::Projects);
    }

    fn question(&self, location: &Location, config: &Config) -> Option<Question> {
        let credential = self.credential_in_use(location, config)?;
        Some(Question { host: self.checked_host(Some(config))?, credential })
    }

    /// Makes the project in its workspace, empty, with the credential that the CLI uses.
    pub async fn create_in_cloud(&self, project: &str) -> Result<Projects, ServiceError> {
        let location = self.location();
        let config = routing::read(&location.config).map_err(|error| self.file_error(&error))?;
        let known = config.project(project).ok_or_else(|| ServiceError::of(Reason::ProjectGone))?;
        let question = self.question(&location, &config).ok_or_else(|| ServiceError::of(Reason::NoCredential))?;
        let workspace = known.workspace_id.clone().or_else(|| self.default_workspace(&config));
        let seen = Seen::default();
        let call = Call { http: self.http(), host: &question.host, credential: &question.credential, seen: &seen };
        let made = basic_memory::create_project(&call, workspace.as_deref(), &known.key, &known.permalink).await;
        let line = Line::new(ActivityKind::ProjectCreated, &known.key);
        let host = question.host.host_str().unwrap_or_default().to_owned();
        if let Err(error) = made {
            let error = ServiceError::from(error).at_host(&question.host);
            self.journal(line.failed().fact("At", host).fact("Reason", error.reason.as_str()))?;
            return Err(error);
        }
        self.live().projects.set_in_cloud(&known.key, InCloud::There);
        self.journal(line.fact("At", host))?;
        self.changed(Topic::Projects);
        self.projects()
    }
}

/// As the CLI matches them: by name, else by permalink.
fn is_same(project: &Project, there: &CloudProject) -> bool {
    there.name == project.key || permalink(&there.name) == project.permalink
}
