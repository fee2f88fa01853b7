//! Owns a writer that behaves like the CLI: it reads the whole file, takes its time, and puts a whole
//! new one in its place, from which everything is gone that it does not know.

use super::house::replace;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// What the CLI's model knows at the top, as far as the test goes.
const KNOWN: [&str; 9] = [
    "env",
    "projects",
    "default_project",
    "cloud_api_key",
    "default_workspace",
    "auto_update_last_checked_at",
    "cloud_promo_last_version_shown",
    "update_check_interval",
    "log_level",
];
/// What it knows of a project.
const KNOWN_OF_PROJECT: [&str; 6] =
    ["path", "mode", "workspace_id", "local_sync_path", "bisync_initialized", "last_sync"];
/// What only it ever sets.
const ITS_OWN: [&str; 4] =
    ["auto_update_last_checked_at", "cloud_promo_last_version_shown", "update_check_interval", "log_level"];

/// One command of the CLI after another.
#[derive(Default)]
pub(crate) struct OtherWriter {
    /// What it read and has not written yet.
    read: Option<Map<String, Value>>,
    /// What it wrote last into the fields that only it sets, by their path with dots.
    pub(crate) wrote: BTreeMap<String, Value>,
    /// The last field it wrote that is ours to set as well: which project's workspace, and what.
    pub(crate) shared: Option<(String, String)>,
    pub(crate) writes: u64,
    /// What it read stood there for a moment only, between an exchange and its comparison.
    pub(crate) blind: bool,
    /// How often it undid something of its own that way.
    pub(crate) undid_itself: u64,
}

impl OtherWriter {
    /// Begins a command. Says whether it did.
    pub(crate) fn read(&mut self, file: &Path) -> bool {
        let begins = self.read.is_none();
        if begins {
            let Value::Object(mut settings) = serde_json::from_slice(&fs::read(file).unwrap()).unwrap() else {
                panic!("the settings are no object")
            };
            settings.retain(|name, _| KNOWN.contains(&name.as_str()));
            for project in settings["projects"].as_object_mut().unwrap().values_mut() {
                project.as_object_mut().unwrap().retain(|name, _| KNOWN_OF_PROJECT.contains(&name.as_str()));
            }
            self.read = Some(settings);
        }
        begins
    }

    /// Whether a command is under way.
    pub(crate) fn reads(&self) -> bool {
        self.read.is_some()
    }

    /// Ends it with one field of its own changed. Says whether there was one to end.
    pub(crate) fn write_own(&mut self, file: &Path, which: u64) -> bool {
        let Some(mut settings) = self.read.take() else { return false };
        self.writes += 1;
        let field = ITS_OWN[usize::try_from(which).unwrap() % ITS_OWN.len()];
        settings.insert(field.to_owned(), self.writes.into());
        self.wrote.insert(field.to_owned(), self.writes.into());
        self.put(file, &settings);
        true
    }

    /// Ends it with a field changed that is ours to change as well.
    pub(crate) fn write_shared(&mut self, file: &Path, project: &str) -> bool {
        let Some(mut settings) = self.read.take() else { return false };
        self.writes += 1;
        let value = format!("theirs-{}", self.writes);
        settings["projects"][project]["workspace_id"] = value.as_str().into();
        self.shared = Some((project.to_owned(), value));
        self.put(file, &settings);
        true
    }

    fn put(&mut self, file: &Path, settings: &Map<String, Value>) {
        if std::mem::take(&mut self.blind) {
            // What it had not seen of its own it now writes over, or the write under way heals it.
            let known = self.wrote.len();
            self.wrote.retain(|field, value| settings.get(field) == Some(value));
            let seen = |(project, value): &(String, String)| settings["projects"][project]["workspace_id"] == **value;
            let shared = self.shared.take();
            let had_shared = shared.is_some();
            self.shared = shared.filter(seen);
            let unseen = self.wrote.len() < known || self.shared.is_some() != had_shared;
            self.undid_itself += u64::from(unseen);
        }
        replace(file, serde_json::to_string_pretty(settings).unwrap().as_bytes());
    }
}
