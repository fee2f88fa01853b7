//! Owns following the CLI's files: the window is told of what others change, and a slow program that
//! puts an old state back is noticed. Leaves out how the system tells of changes.

use super::super::activity::Line;
use super::super::{Services, Shared, Topic};
use super::credentials::saved_key;
use super::live::KEY_FIELD;
use crate::domain::ActivityKind;
use crate::routing::{self, Changed, StillThere, Watch};
use std::sync::{Arc, PoisonError, Weak};
use tokio::sync::mpsc;

impl Services {
    /// Begins to follow the CLI's files, once. Without a way to follow them the list is still read
    /// whenever it is asked for.
    pub(super) fn follow_cli_files(&self) {
        let mut watch = self.0.follow.watch.lock().unwrap_or_else(PoisonError::into_inner);
        if watch.is_some() || tokio::runtime::Handle::try_current().is_err() {
            return;
        }
        let (tell, mut told) = mpsc::unbounded_channel();
        *watch = Watch::start(&self.location(), move |changed| {
            // Nobody listens any more when the app is closing.
            let _ = tell.send(changed);
        })
        .ok();
        drop(watch);
        // Not held by what it follows for: the last of the others to go ends the following too.
        let shared: Weak<Shared> = Arc::downgrade(&self.0);
        tokio::spawn(async move {
            while let Some(changed) = told.recv().await {
                let Some(shared) = shared.upgrade() else { return };
                let services = Self(shared);
                let looked = tokio::task::spawn_blocking(move || services.look_at_change(changed));
                // One that failed is looked at again with the next change.
                let _looked = looked.await;
            }
        });
    }

    /// Takes away what a killed write left beside the CLI's files.
    pub(in crate::services) fn clean_cli_files(&self) {
        routing::clean(&self.location());
    }

    /// Compares what is there with what the window saw, and with what was written in the last minute.
    fn look_at_change(&self, changed: Changed) {
        let location = self.location();
        let config = routing::read(&location.config).ok();
        let digest = config.as_ref().map(|config| config.digest);
        let mut is_news = changed.tokens;
        if changed.config {
            is_news |= self.live().projects.shown != digest || digest.is_none();
            let watched = self.live().projects.watched(self.now());
            for previous in watched {
                let Ok(StillThere::PutBack(fields)) = routing::still_there(&location.config, &previous) else {
                    continue;
                };
                let mut known = self.live();
                let mut news = known.projects.put_back(&fields);
                let key = saved_key(config.as_ref()).cloned();
                if fields.iter().any(|field| field == KEY_FIELD) && known.projects.key_was_put_back(key) {
                    news.push(KEY_FIELD.to_owned());
                }
                drop(known);
                is_news |= !news.is_empty();
                for subject in news {
                    let line = Line::new(ActivityKind::SwitchPutBack, &subject).failed();
                    // The row says it in any case.
                    let _ = self.journal(line.fact("File", self.shortened(&location.config)));
                }
            }
        }
        if is_news {
            self.changed(Topic::Projects);
        }
    }
}
