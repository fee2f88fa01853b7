//! Owns the older form of the settings: what it says, and how it becomes the current one. Follows
//! the CLI's own migration (`config_migrations.py`).

use super::RoutingError;
use super::config::{Config, Format, Mode, Project, Reading};
use super::digest::Digest;
use super::json::{Document, Edit, Layout, Value, decode, quote};
use super::permalink::permalink;
use super::write::Wish;
use std::path::Path;
use zeroize::Zeroizing;

/// What the migration takes out.
const LEFT_OVER: [&str; 4] = ["default_project_mode", "project_modes", "cloud_projects", "cloud_mode"];

/// One project as the migration makes it, with its values as they are written.
struct Migrated {
    key: String,
    path: String,
    mode: String,
    local_sync_path: String,
    bisync_initialized: String,
    last_sync: String,
}

impl Reading<'_, '_> {
    /// What the migration will make of an older file.
    pub(super) fn older_projects(&self) -> Result<Vec<Project>, RoutingError> {
        let project = |migrated: Migrated| {
            let text = |raw: &str| Some(decode(raw).into_owned()).filter(|_| raw.starts_with('"'));
            let mode = text(&migrated.mode).unwrap_or_default();
            Ok(Project {
                permalink: permalink(&migrated.key),
                path: text(&migrated.path).filter(|path| !path.is_empty()),
                mode: match mode.as_str() {
                    "local" => Mode::Local,
                    "cloud" => Mode::Cloud,
                    _ => {
                        let (file, project) = (self.file.to_owned(), migrated.key);
                        return Err(RoutingError::WrongMode { file, project, value: mode.chars().take(40).collect() });
                    }
                },
                workspace_id: None,
                local_sync_path: text(&migrated.local_sync_path),
                bisync_initialized: migrated.bisync_initialized == "true",
                last_sync: text(&migrated.last_sync),
                is_default: false,
                written: Vec::new(),
                key: migrated.key,
            })
        };
        self.migrated()?.into_iter().map(project).collect()
    }

    fn migrated(&self) -> Result<Vec<Migrated>, RoutingError> {
        let (document, root) = (self.document, &self.document.root);
        let member = |name: &str| document.get(root, name);
        let (Some(projects), modes, clouds) = (member("projects"), member("project_modes"), member("cloud_projects"))
        else {
            return Ok(Vec::new());
        };
        let raw = |object: Option<&Value>, name: &str, absent: &str| {
            let value = object.and_then(|object| document.get(object, name));
            value.map_or(absent, |value| document.raw(value)).to_owned()
        };
        let one = |key: String, path: String, cloud: Option<&Value>, mode: String| Migrated {
            path: match raw(cloud, "local_path", "null") {
                // A path that is none was the name in the cloud; the sync folder is the real one.
                sync if sync != "null" && sync != "\"\"" && !super::config::is_absolute(&decode(&path)) => sync,
                _ => path,
            },
            mode,
            local_sync_path: raw(cloud, "local_path", "null"),
            bisync_initialized: raw(cloud, "bisync_initialized", "false"),
            last_sync: raw(cloud, "last_sync", "null"),
            key,
        };
        let mut migrated = Vec::new();
        for member in projects.members() {
            let key = document.name(member).into_owned();
            if document.string(&member.value).is_none() {
                return Err(self.shape(&format!("projects.{key}")));
            }
            let cloud = clouds.and_then(|clouds| document.get(clouds, &key));
            let mode = raw(modes, &key, "\"local\"");
            migrated.push(one(key, document.raw(&member.value).to_owned(), cloud, mode));
        }
        for member in clouds.map_or(&[][..], Value::members).iter().filter(|member| member.value.is_object()) {
            let key = document.name(member).into_owned();
            if !migrated.iter().any(|known| known.key == key) {
                let mode = raw(modes, &key, "\"cloud\"");
                let path = raw(Some(&member.value), "local_path", "\"\"");
                let path = if path == "null" { "\"\"".to_owned() } else { path };
                migrated.push(one(key, path, Some(&member.value), mode));
            }
        }
        Ok(migrated)
    }
}

/// The edits that make an older file a current one. None for a current file.
pub(super) fn wish(document: &Document<'_>, file: &Path) -> Result<Wish, RoutingError> {
    let reading = Reading { document, file };
    let Config { format, .. } = reading.config(Digest::of(&[]))?;
    if format == Format::Current {
        return Ok(Wish::default());
    }
    if let Some(twice) = reading.name_twice() {
        return Err(twice);
    }
    let entries: Vec<String> = reading.migrated()?.iter().map(|one| one.written(&Layout::of(document))).collect();
    let layout = Layout::of(document);
    let raw = Some(Zeroizing::new(layout.object(&entries, 1)));
    let mut edits = vec![Edit { path: vec!["projects".to_owned()], raw }];
    let there = LEFT_OVER.iter().filter(|name| document.get(&document.root, name).is_some());
    edits.extend(there.map(|name| Edit { path: vec![(*name).to_owned()], raw: None }));
    Ok(Wish { edits, ..Wish::default() })
}

impl Migrated {
    /// As a member of `projects`, with the fields in the CLI's order.
    fn written(&self, layout: &Layout) -> String {
        let fields = [
            ("path", self.path.as_str()),
            ("mode", &self.mode),
            ("workspace_id", "null"),
            ("local_sync_path", &self.local_sync_path),
            ("bisync_initialized", &self.bisync_initialized),
            ("last_sync", &self.last_sync),
        ];
        let fields: Vec<String> = fields.iter().map(|(name, raw)| layout.member(&quote(name), raw)).collect();
        layout.member(&quote(&self.key), &layout.object(&fields, 2))
    }
}
