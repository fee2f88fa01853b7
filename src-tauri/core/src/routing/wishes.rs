//! Owns what each change means as edits of the file: what the CLI of that version would write, and
//! nothing else.

use super::RoutingError;
use super::change::{Change, KeptRoute};
use super::config::{Config, Mode, Reading, Route, is_absolute};
use super::digest::Digest;
use super::json::{Document, Edit, Value, decode, lookup, quote};
use super::previous::KEY_FIELD;
use super::program::CloudForm;
use super::write::Wish;
use crate::domain::Secret;
use std::collections::HashSet;
use std::path::Path;
use zeroize::Zeroizing;

/// Why a change cannot be wished at all.
pub(super) fn check(changes: &[Change]) -> Result<(), RoutingError> {
    for change in changes {
        match change {
            Change::SetLocal { path, .. } if !is_absolute(path) => {
                return Err(RoutingError::NotAbsolute { path: path.clone() });
            }
            Change::SetApiKey(Some(key)) if !can_be_sent(key) => return Err(RoutingError::UnusableKey),
            _ => {}
        }
    }
    Ok(())
}

/// The CLI itself checks the head only, and then cannot send a key with a stray space.
fn can_be_sent(key: &Secret) -> bool {
    // Only its form is looked at.
    key.expose_secret().starts_with("bmc_") && key.expose_secret().bytes().all(|byte| byte.is_ascii_graphic())
}

/// The edits of all changes.
pub(super) fn wish(document: &Document<'_>, file: &Path, changes: &[Change]) -> Result<Wish, RoutingError> {
    let config = Reading { document, file }.config(Digest::of(&[]))?;
    if let Some(refusal) = config.refusal {
        return Err(refusal);
    }
    let mut wishes = Wishes { document, config: &config, wished: HashSet::new(), wish: Wish::default() };
    for change in last_of_each(&config, changes) {
        wishes.add(change)?;
    }
    Ok(wishes.wish)
}

/// Of two changes to one thing only the last counts.
fn last_of_each<'c>(config: &Config, changes: &'c [Change]) -> Vec<&'c Change> {
    let mut seen = HashSet::new();
    let mut last: Vec<&Change> = changes
        .iter()
        .rev()
        .filter(|change| {
            let thing = match change {
                Change::SetCloud { project, .. } | Change::SetLocal { project, .. } => ("route", project.as_str()),
                Change::SetWorkspace { project, .. } => ("workspace", project.as_str()),
                Change::SetDefaultWorkspace(_) => ("default", ""),
                Change::SetApiKey(_) => ("key", ""),
            };
            let key = config.project(thing.1).map_or(thing.1, |project| project.key.as_str());
            seen.insert((thing.0, key.to_owned()))
        })
        .collect();
    last.reverse();
    last
}

struct Wishes<'w, 't> {
    document: &'w Document<'t>,
    config: &'w Config,
    /// Which fields the wish names.
    wished: HashSet<Vec<String>>,
    wish: Wish,
}

impl<'w> Wishes<'w, '_> {
    fn add(&mut self, change: &Change) -> Result<(), RoutingError> {
        match change {
            Change::SetCloud { project, workspace, form } => self.cloud(project, workspace.as_deref(), *form)?,
            Change::SetLocal { project, path, kept } => self.local(project, path, kept.as_ref())?,
            Change::SetWorkspace { project, workspace } => {
                let (at, _) = self.entry(project)?;
                self.text_or_null(&at, "workspace_id", workspace.as_deref());
            }
            Change::SetDefaultWorkspace(workspace) => self.text_or_null(&[], "default_workspace", workspace.as_deref()),
            // The file is where the CLI takes the key from.
            Change::SetApiKey(key) => self.text_or_null(&[], KEY_FIELD, key.as_ref().map(Secret::expose_secret)),
        }
        Ok(())
    }

    fn cloud(&mut self, project: &str, workspace: Option<&str>, form: CloudForm) -> Result<(), RoutingError> {
        let (at, entry) = self.entry(project)?;
        let key = &at[1];
        let known = self.config.project(key);
        let stays = form == CloudForm::ModeOnly && known.is_some_and(|known| known.mode == Mode::Cloud);
        if let Some(path) = known.and_then(|known| known.path.as_ref()).filter(|_| !stays) {
            self.wish.kept.push(KeptRoute::read(key, path, &Route::of(self.document, entry)));
        }
        self.set(&at, "mode", quote(Mode::Cloud.as_str()));
        if let Some(workspace) = workspace {
            self.set(&at, "workspace_id", quote(workspace));
        }
        if form != CloudForm::ModeOnly {
            self.set(&at, "path", quote(""));
        }
        if form == CloudForm::SyncCleared {
            for name in ["local_sync_path", "cloud_sync_path", "last_sync"] {
                self.clear(&at, name, "null");
            }
            self.clear(&at, "bisync_initialized", "false");
        }
        Ok(())
    }

    fn local(&mut self, project: &str, path: &str, kept: Option<&KeptRoute>) -> Result<(), RoutingError> {
        let (at, entry) = self.entry(project)?;
        self.set(&at, "mode", quote(Mode::Local.as_str()));
        let kept = kept.filter(|kept| kept.path == path);
        let field = |name: &str| kept.and_then(|kept| kept.fields.iter().find(|(field, _)| field == name));
        // As it was written, if that is what it says.
        let written = field("path").filter(|(_, raw)| decode(raw) == path).map(|(_, raw)| raw.clone());
        self.set(&at, "path", written.unwrap_or_else(|| quote(path)));
        let Some(kept) = kept else {
            self.clear(&at, "workspace_id", "null");
            return Ok(());
        };
        for name in super::config::ROUTE_FIELDS.into_iter().filter(|name| *name != "path") {
            let rest = if name == "bisync_initialized" { "false" } else { "null" };
            match kept.fields.iter().find(|(field, _)| field == name) {
                // What says nothing needs no new field.
                Some((_, raw)) if raw == rest => self.clear(&at, name, rest),
                Some((_, raw)) => self.set(&at, name, raw.clone()),
                None if self.document.get(entry, name).is_some() => self.clear(&at, name, rest),
                None => {}
            }
        }
        Ok(())
    }

    /// Where a project's entry is: by its key, else by its permalink as the CLI finds it.
    fn entry(&self, project: &str) -> Result<(Vec<String>, &'w Value), RoutingError> {
        let gone = || RoutingError::ProjectGone { project: project.to_owned() };
        let key = &self.config.project(project).ok_or_else(gone)?.key;
        let path = vec!["projects".to_owned(), key.clone()];
        let entry = lookup(self.document, &path).ok_or_else(gone)?;
        Ok((path, entry))
    }

    fn set(&mut self, at: &[String], name: &str, raw: String) {
        let path: Vec<String> = at.iter().cloned().chain([name.to_owned()]).collect();
        self.wished.insert(path.clone());
        self.wish.edits.push(Edit { path, raw: Some(Zeroizing::new(raw)) });
    }

    /// Says nothing in a field, if it is there.
    fn clear(&mut self, at: &[String], name: &str, nothing: &str) {
        let there = lookup(self.document, at).and_then(|object| self.document.get(object, name));
        let path: Vec<String> = at.iter().cloned().chain([name.to_owned()]).collect();
        // What an earlier wish says there is taken back as well.
        if self.wished.contains(&path) || there.is_some_and(|value| self.document.raw(value) != nothing) {
            self.set(at, name, nothing.to_owned());
        }
    }

    fn text_or_null(&mut self, at: &[String], name: &str, text: Option<&str>) {
        match text {
            Some(text) => self.set(at, name, quote(text)),
            None => self.clear(at, name, "null"),
        }
    }
}
