//! Owns what `config.json` says: its projects, its workspace, its key, in the current and the older
//! form. Leaves out changing it.

use super::digest::Digest;
use super::json::{Document, Value};
use super::permalink::permalink;
use super::{RoutingError, bytes};
use crate::domain::Secret;
use std::collections::HashMap;
use std::path::Path;

/// Where the CLI goes when the file names no host.
const DEFAULT_HOST: &str = "https://cloud.basicmemory.com";
/// Where it signs in when the file names no other place.
const DEFAULT_DOMAIN: &str = "https://eloquent-lotus-05.authkit.app";
/// As which client it does.
const DEFAULT_CLIENT: &str = "client_01K6KWQPW6J1M8VV7R3TZP5A6M";
/// As much of a wrong value as an error shows.
const SHOWN: usize = 40;
/// What of a project's entry goes when it is handed to the cloud, beside its mode.
pub(super) const ROUTE_FIELDS: [&str; 6] =
    ["path", "workspace_id", "local_sync_path", "cloud_sync_path", "bisync_initialized", "last_sync"];

/// The CLI's settings, as far as routes and keys go.
#[derive(Debug, Clone)]
pub struct Config {
    /// Which form they have.
    pub format: Format,
    /// In the order of the file.
    pub projects: Vec<Project>,
    /// The workspace of projects that name none.
    pub default_workspace: Option<String>,
    /// The cloud's address; the CLI's own when the file names none.
    pub cloud_host: String,
    /// Where the CLI signs in; its own published server when the file names none.
    pub cloud_domain: String,
    /// As which client it does; its own published one when the file names none.
    pub cloud_client_id: String,
    /// The saved key, stray spaces and all.
    pub cloud_api_key: Option<Secret>,
    /// The file's fingerprint.
    pub digest: Digest,
    /// Why it can be shown and not be changed.
    pub refusal: Option<RoutingError>,
}

/// Which form the settings have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Format {
    /// Each project is an object with a mode of its own (0.19 and later).
    Current,
    /// Each project is a path; modes and sync folders stand elsewhere.
    Older {
        /// What the CLI's migration will replace.
        names: Vec<String>,
        /// The switch for everything at once, which the migration drops.
        cloud_mode: Option<bool>,
    },
}

/// One project of the CLI.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    /// Its exact name in the file.
    pub key: String,
    /// By which the CLI matches other names with it.
    pub permalink: String,
    /// Its folder; none while it is in the cloud only.
    pub path: Option<String>,
    /// Where it is served from.
    pub mode: Mode,
    /// The workspace of its cloud calls.
    pub workspace_id: Option<String>,
    /// The folder that is kept in step with the cloud.
    pub local_sync_path: Option<String>,
    /// Whether that has happened once.
    pub bisync_initialized: bool,
    /// When it last happened, as written.
    pub last_sync: Option<String>,
    /// Whether it is the one the CLI takes when none is named.
    pub is_default: bool,
    /// The fields that a switch touches, as they are written.
    pub(super) written: Vec<(String, String)>,
}

/// Where a project is served from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// This computer.
    Local,
    /// Basic Memory's cloud.
    Cloud,
}

/// The fields of one entry that a switch touches, as they are written.
pub(super) struct Route<'t>(Vec<(&'static str, &'t str)>);

/// Reads the CLI's settings.
pub fn read(file: &Path) -> Result<Config, RoutingError> {
    let bytes = bytes::read(file)?;
    let document = bytes::document(bytes::text(&bytes, file)?, file)?;
    Reading { document: &document, file }.config(Digest::of(&bytes))
}

impl Config {
    /// The project of a name, as the CLI finds it: by its key, else by its permalink.
    pub fn project(&self, name: &str) -> Option<&Project> {
        let by_key = self.projects.iter().find(|project| project.key == name);
        by_key.or_else(|| {
            let wanted = permalink(name);
            self.projects.iter().find(|project| project.permalink == wanted)
        })
    }
}

impl Mode {
    /// As the file writes it.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Cloud => "cloud",
        }
    }
}

impl<'t> Route<'t> {
    pub(super) fn of(document: &Document<'t>, entry: &Value) -> Self {
        let field = |name| Some((name, document.raw(document.get(entry, name)?)));
        Self(ROUTE_FIELDS.into_iter().filter_map(field).collect())
    }

    /// By name, as written.
    pub(super) fn written(&self) -> Vec<(String, String)> {
        self.0.iter().map(|(name, raw)| ((*name).to_owned(), (*raw).to_owned())).collect()
    }
}

/// One file being read.
pub(super) struct Reading<'d, 't> {
    pub(super) document: &'d Document<'t>,
    pub(super) file: &'d Path,
}

impl Reading<'_, '_> {
    pub(super) fn config(&self, digest: Digest) -> Result<Config, RoutingError> {
        let (document, root) = (self.document, &self.document.root);
        if !root.is_object() {
            return Err(self.shape("config.json"));
        }
        let cloud_mode = document.get(root, "cloud_mode").map(|value| document.is_word(value, "true"));
        let (format, mut projects) = match self.older_names() {
            Some(names) => (Format::Older { names, cloud_mode }, self.older_projects()?),
            None => (Format::Current, self.current_projects()?),
        };
        self.mark_default(&mut projects);
        let older = matches!(format, Format::Older { .. }).then(|| RoutingError::Older(self.file.to_owned()));
        Ok(Config {
            refusal: self.name_twice().or(older),
            format,
            projects,
            default_workspace: self.text(root, "", "default_workspace")?,
            cloud_host: self.text(root, "", "cloud_host")?.unwrap_or_else(|| DEFAULT_HOST.to_owned()),
            cloud_domain: self.text(root, "", "cloud_domain")?.unwrap_or_else(|| DEFAULT_DOMAIN.to_owned()),
            cloud_client_id: self.text(root, "", "cloud_client_id")?.unwrap_or_else(|| DEFAULT_CLIENT.to_owned()),
            cloud_api_key: self.text(root, "", "cloud_api_key")?.filter(|key| !key.is_empty()).map(Secret::new),
            digest,
        })
    }

    /// The first name that is written twice where we would write.
    pub(super) fn name_twice(&self) -> Option<RoutingError> {
        let (document, root) = (self.document, &self.document.root);
        let twice = |name: String| RoutingError::NameTwice { file: self.file.to_owned(), name };
        if let Some(name) = document.repeated(root) {
            return Some(twice(name.into_owned()));
        }
        let projects = document.get(root, "projects")?;
        if let Some(name) = document.repeated(projects) {
            return Some(twice(format!("projects.{name}")));
        }
        projects.members().iter().find_map(|member| {
            let name = document.repeated(&member.value)?;
            Some(twice(format!("projects.{}.{name}", document.name(member))))
        })
    }

    /// What an older file has that the CLI's migration replaces; none when the file is current.
    /// Left-over names beside current entries change no route, so they make no older file.
    fn older_names(&self) -> Option<Vec<String>> {
        let (document, root) = (self.document, &self.document.root);
        let first = document.get(root, "projects")?.members().first()?;
        document.string(&first.value)?;
        let left_over = ["default_project_mode", "project_modes", "cloud_projects", "cloud_mode", "disable_permalinks"];
        let found = left_over.into_iter().filter(|name| document.get(root, name).is_some());
        Some(["projects"].into_iter().chain(found).map(str::to_owned).collect())
    }

    fn current_projects(&self) -> Result<Vec<Project>, RoutingError> {
        let document = self.document;
        let Some(projects) = document.get(&document.root, "projects") else { return Ok(Vec::new()) };
        if !projects.is_object() {
            return Err(self.shape("projects"));
        }
        let mut read = Vec::with_capacity(projects.members().len());
        // Of repeated names the last counts, in the place of the first, as in Python.
        let mut places = HashMap::new();
        for member in projects.members() {
            let key = document.name(member);
            let project = self.project(&key, &member.value)?;
            if let Some(place) = places.get(&key) {
                read[*place] = project;
            } else {
                places.insert(key, read.len());
                read.push(project);
            }
        }
        Ok(read)
    }

    fn project(&self, key: &str, entry: &Value) -> Result<Project, RoutingError> {
        let document = self.document;
        let field = format!("projects.{key}");
        if !entry.is_object() {
            return Err(self.shape(&field));
        }
        let path = self.text(entry, &field, "path")?.ok_or_else(|| self.shape(&format!("{field}.path")))?;
        let sync = if document.get(entry, "local_sync_path").is_some() { "local_sync_path" } else { "cloud_sync_path" };
        let local_sync_path = self.text(entry, &field, sync)?;
        // The CLI's own load puts the sync folder in the place of a path that is none.
        let path = match &local_sync_path {
            Some(folder) if !folder.is_empty() && !is_absolute(&path) => folder.clone(),
            _ => path,
        };
        let done = document.get(entry, "bisync_initialized");
        Ok(Project {
            key: key.to_owned(),
            permalink: permalink(key),
            path: Some(path).filter(|path| !path.is_empty()),
            mode: self.mode(key, document.get(entry, "mode"))?,
            workspace_id: self.text(entry, &field, "workspace_id")?,
            local_sync_path,
            bisync_initialized: done.is_some_and(|value| document.is_word(value, "true")),
            last_sync: document.get(entry, "last_sync").and_then(|value| Some(document.string(value)?.into_owned())),
            is_default: false,
            written: Route::of(document, entry).written(),
        })
    }

    fn mode(&self, project: &str, value: Option<&Value>) -> Result<Mode, RoutingError> {
        let Some(value) = value else { return Ok(Mode::Local) };
        match self.document.string(value).as_deref() {
            Some("local") => Ok(Mode::Local),
            Some("cloud") => Ok(Mode::Cloud),
            other => Err(RoutingError::WrongMode {
                file: self.file.to_owned(),
                project: project.to_owned(),
                value: other.unwrap_or(self.document.raw(value)).chars().take(SHOWN).collect(),
            }),
        }
    }

    /// A text, or nothing when it is absent or null.
    fn text(&self, object: &Value, of: &str, name: &str) -> Result<Option<String>, RoutingError> {
        let Some(value) = self.document.get(object, name) else { return Ok(None) };
        if self.document.is_word(value, "null") {
            return Ok(None);
        }
        let text = self.document.string(value);
        let field = || if of.is_empty() { name.to_owned() } else { format!("{of}.{name}") };
        text.map(|text| Some(text.into_owned())).ok_or_else(|| self.shape(&field()))
    }

    fn mark_default(&self, projects: &mut [Project]) {
        let (document, root) = (self.document, &self.document.root);
        let named = document.get(root, "default_project");
        if named.is_some_and(|value| document.is_word(value, "null")) {
            return;
        }
        let name = named.and_then(|value| document.string(value));
        let place = projects.iter().position(|project| Some(project.key.as_str()) == name.as_deref());
        // A default that is not there any more is the first project.
        if let Some(project) = projects.get_mut(place.unwrap_or(0)) {
            project.is_default = true;
        }
    }

    pub(super) fn shape(&self, field: &str) -> RoutingError {
        RoutingError::WrongShape { file: self.file.to_owned(), field: field.to_owned() }
    }
}

/// As Python on the same system sees it.
pub(super) fn is_absolute(path: &str) -> bool {
    Path::new(path).is_absolute()
}
