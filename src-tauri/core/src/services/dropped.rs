//! Owns a `.env` file that was dropped on the window: read here, once, and of it only the values are
//! kept that look like a key of a known service, until the person adds or discards them.

use super::paste::Pasted;
use super::{ServiceError, Services, Topic, files, pasted_text};
use crate::domain::Secret;
use std::path::Path;
use zeroize::Zeroizing;

/// What a dropped file holds.
#[derive(Debug, Clone)]
pub struct Dropped {
    /// Its name, without its folder.
    pub file: String,
    /// The keys in it.
    pub keys: Vec<Pasted>,
    /// How many of its lines assign something else.
    pub ignored: usize,
}

/// A dropped file's keys, waiting for the person's decision.
pub(super) struct Waiting {
    shown: Dropped,
    secrets: Vec<(String, Secret)>,
}

impl Waiting {
    /// The secret that was shown under this id.
    pub(super) fn secret(&self, id: &str) -> Option<Secret> {
        self.secrets.iter().find(|(known, _)| known == id).map(|(_, secret)| secret.clone())
    }

    /// Takes out what was added.
    pub(super) fn take_out(&mut self, id: &str) {
        self.secrets.retain(|(known, _)| known != id);
        self.shown.keys.retain(|key| key.id != id);
    }
}

/// The largest file that is read.
const LARGEST: u64 = 256 * 1024;
/// The most keys that are taken out of one file.
const MOST_KEYS: usize = 50;

impl Services {
    /// Reads a file that the person dropped on the window. A locked app takes none.
    pub async fn drop_file(&self, path: &Path) -> Result<(), ServiceError> {
        if self.is_locked() {
            return Ok(());
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let name: String = name.chars().filter(|character| !character.is_control()).take(80).collect();
        let bytes = match files::read_capped(path.to_owned(), LARGEST).await {
            Ok(bytes) => Zeroizing::new(bytes),
            Err(error) => {
                // The window says that nothing was found in it.
                let shown = Dropped { file: name, keys: Vec::new(), ignored: 0 };
                self.live().dropped = Some(Waiting { shown, secrets: Vec::new() });
                self.changed(Topic::Dropped);
                return Err(error);
            }
        };
        // What is not text holds no assignments. The copy is zeroed like every secret.
        let text = Secret::new(std::str::from_utf8(&bytes).unwrap_or_default().to_owned());
        drop(bytes);
        let (mut keys, mut secrets, mut ignored) = (Vec::new(), Vec::new(), 0);
        for found in pasted_text::assignments(&text) {
            let shown = self.describe(&found, Some(&name)).await;
            if shown.suggested.is_some() && shown.problems.is_empty() && keys.len() < MOST_KEYS {
                secrets.push((shown.id.clone(), found.secret));
                keys.push(shown);
            } else {
                ignored += 1;
            }
        }
        // Locked while it was read: nothing of it is kept.
        self.still_unlocked()?;
        self.live().dropped = Some(Waiting { shown: Dropped { file: name, keys, ignored }, secrets });
        self.changed(Topic::Dropped);
        Ok(())
    }

    /// What the dropped file holds, if one waits.
    pub fn dropped_keys(&self) -> Option<Dropped> {
        self.live().dropped.as_ref().map(|waiting| waiting.shown.clone())
    }
}
