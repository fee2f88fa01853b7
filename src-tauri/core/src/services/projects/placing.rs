//! Owns putting a key into the CLI's `config.json`, mending it there and taking it out. Leaves out
//! which key that should be.

use super::super::activity::Line;
use super::super::{Details, Reason, ServiceError, Services, Topic};
use super::credentials::{form_of, has_head, is_host, known_by_head, saved_key};
use super::{Form, PROVIDER, Projects};
use crate::domain::{ActivityKind, ApiKey, KeptIn, KeyId, Secret};
use crate::routing::{self, API_KEY_VARIABLE, Backup, Change, RoutingError};

/// What came of taking a revoked key out of the file.
#[derive(Debug, Clone, Default)]
pub(in crate::services) struct TakenOut {
    /// Whether it was there and is not any more.
    pub(in crate::services) done: bool,
    /// Why it is still there, or in the copy beside it.
    pub(in crate::services) failure: Option<ServiceError>,
}

impl Services {
    /// Puts a kept key into the CLI's file, for every cloud project; `None` takes out what is there,
    /// so that the CLI uses its sign-in.
    pub async fn use_key(&self, key: Option<KeyId>) -> Result<Projects, ServiceError> {
        let Some(id) = key else { return self.take_key_out() };
        let key = self.key(id)?;
        let account = self.account(key.account)?;
        let host = self.cloud_host(routing::read(&self.location().config).ok().as_ref());
        if account.provider != PROVIDER || !is_host(&account.servers.host, &host) {
            let details = Details { host: Some(host), ..Details::default() };
            return Err(ServiceError { reason: Reason::OtherHost, details: Box::new(details) });
        }
        let secret = self.secret_of(id).await?;
        self.write_key(Some(&secret))?;
        self.journal(self.line_of(ActivityKind::KeyPlaced, Some(&key), None))?;
        self.key_changed()
    }

    fn take_key_out(&self) -> Result<Projects, ServiceError> {
        let config = routing::read(&self.location().config).map_err(|error| self.file_error(&error))?;
        let Some(saved) = saved_key(Some(&config)) else { return self.projects() };
        let keys = self.records().keys()?;
        let known = known_by_head(&keys, saved);
        self.write_key(None)?;
        self.journal(self.line_of(ActivityKind::KeyTakenOut, known, Some(saved)))?;
        self.key_changed()
    }

    /// Takes the stray white space off the saved key.
    pub fn trim_key(&self) -> Result<Projects, ServiceError> {
        let config = routing::read(&self.location().config).map_err(|error| self.file_error(&error))?;
        let saved = saved_key(Some(&config)).ok_or_else(|| ServiceError::of(Reason::NotFound))?;
        // Its characters stay in this type; only where they begin and end is looked at.
        let trimmed = Secret::new(saved.expose_secret().trim().to_owned());
        if form_of(&trimmed) != Form::Sound {
            return Err(self.file_error(&RoutingError::UnusableKey));
        }
        let keys = self.records().keys()?;
        let known = known_by_head(&keys, &trimmed);
        self.write_key(Some(&trimmed))?;
        let line = self.line_of(ActivityKind::KeyPlaced, known, Some(&trimmed));
        self.journal(line.fact("Change", "A stray space was taken off"))?;
        self.key_changed()
    }

    /// Whether the CLI's file, or the copy beside it, holds this key: by its characters if they are
    /// kept here, else by its visible head.
    pub(in crate::services) fn is_in_config(&self, key: &ApiKey, secret: Option<&Secret>) -> bool {
        let location = self.location();
        [&location.config, &location.backup].into_iter().any(|file| {
            let config = routing::read(file).ok();
            saved_key(config.as_ref()).is_some_and(|saved| is_same(key, secret, saved))
        })
    }

    /// Takes a key that was revoked out of the CLI's file and the copy beside it: refused, it would
    /// hide the CLI's own sign-in.
    pub(in crate::services) fn take_out_of_config(&self, key: &ApiKey, secret: Option<&Secret>) -> TakenOut {
        if !self.is_in_config(key, secret) {
            return TakenOut::default();
        }
        let location = self.location();
        let config = routing::read(&location.config).ok();
        let in_file = saved_key(config.as_ref()).is_some_and(|saved| is_same(key, secret, saved));
        // Another key in the file stays; writing it anew scrubs the copy, which holds this one.
        let stays = saved_key(config.as_ref()).filter(|_| !in_file);
        let line = |outcome: Result<&(), &ServiceError>| {
            let line = self.line_of(ActivityKind::KeyTakenOut, Some(key), None).fact("Why", "It was revoked");
            match outcome {
                Ok(()) => line,
                Err(error) => line.failed().fact("Reason", error.reason.as_str()),
            }
        };
        let written = self.write_key(stays);
        // The file is as it is; a journal that cannot be written changes nothing about that.
        let _written = self.journal(line(written.as_ref()));
        self.changed(Topic::Projects);
        match written {
            Ok(()) => {
                self.check_credentials_soon();
                TakenOut { done: true, failure: None }
            }
            Err(failure) => TakenOut { done: false, failure: Some(failure) },
        }
    }

    /// Writes the key, takes older ones out of the copy, and watches that it stays.
    fn write_key(&self, key: Option<&Secret>) -> Result<(), ServiceError> {
        let applied = routing::apply(&self.location(), &[Change::SetApiKey(key.cloned())])
            .map_err(|error| self.file_error(&error))?;
        let now = self.now();
        let mut live = self.live();
        live.projects.key_written();
        if applied.wrote {
            live.projects.watch(applied.previous, Vec::new(), now);
        }
        drop(live);
        match applied.backup {
            Backup::Untouched | Backup::Scrubbed => Ok(()),
            // The key in use is the right one; the old one in the copy is told all the same.
            Backup::Failed(error) => Err(self.file_error(&error)),
        }
    }

    fn key_changed(&self) -> Result<Projects, ServiceError> {
        self.changed(Topic::Projects);
        self.check_credentials_soon();
        self.projects()
    }

    fn line_of(&self, kind: ActivityKind, known: Option<&ApiKey>, saved: Option<&Secret>) -> Line {
        let prefixes = self.provider(PROVIDER).description().key_prefixes;
        let line = match (known, saved) {
            (Some(key), _) => Line::about_key(kind, key),
            (None, Some(saved)) => Line::new(kind, &saved.prefix(prefixes)),
            (None, None) => Line::new(kind, "cloud_api_key"),
        };
        let hidden = self.surroundings().api_key_variable.is_some();
        let line = line.fact("File", self.shortened(&self.location().config));
        if hidden { line.fact("Hidden by", API_KEY_VARIABLE) } else { line }
    }

    /// The characters of a key, if they are here and the keychain gives them.
    pub(in crate::services) async fn secret_if_kept(&self, key: &ApiKey) -> Option<Secret> {
        if key.kept == KeptIn::Nowhere && self.slot_secret(key.id).is_none() {
            return None;
        }
        self.secret_of(key.id).await.ok()
    }
}

fn is_same(key: &ApiKey, secret: Option<&Secret>, saved: &Secret) -> bool {
    match secret {
        // A stray space does not make it another key.
        Some(secret) => secret.same_as(&Secret::new(saved.expose_secret().trim().to_owned())),
        None => has_head(key, saved),
    }
}
