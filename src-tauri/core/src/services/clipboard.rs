//! Owns copying: a secret goes from Rust to the clipboard, marked as concealed, and leaves it after
//! a while, on lock and on quit, only while it is still ours.

use super::activity::Line;
use super::{Reason, ServiceError, Services, Topic};
use crate::domain::{ActivityKind, KeyId, Secret};
use chrono::{DateTime, TimeDelta, Utc};
use std::time::Duration;

/// The longest name or prefix that a service takes, in characters.
const LONGEST_WORDS: usize = 255;

/// What the clipboard holds of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copied {
    /// The key.
    pub key: KeyId,
    /// Its name.
    pub name: String,
    /// When it will be cleared; `None` if clearing is off.
    pub clears_at: Option<DateTime<Utc>>,
    /// How long it stays, in seconds.
    pub seconds: u32,
}

impl Services {
    /// Copies a key.
    pub async fn copy_secret(&self, key: KeyId) -> Result<Copied, ServiceError> {
        let secret = self.secret_of(key).await?;
        self.put_in_clipboard(key, &secret)
    }

    /// Copies a way to use a key: with the key in place, or naming only the variable (then nothing
    /// is cleared, since no secret is in it).
    pub async fn copy_snippet(
        &self,
        key: KeyId,
        snippet: &str,
        with_secret: bool,
    ) -> Result<Option<Copied>, ServiceError> {
        let account = self.account(self.key(key)?.account)?;
        let provider = self.provider(account.provider);
        let unknown = || ServiceError::field(Reason::BadInput, "snippet");
        if with_secret {
            let secret = self.secret_of(key).await?;
            let text = provider.snippet_with_key(&account.servers.host, snippet, &secret).ok_or_else(unknown)?;
            return self.put_in_clipboard(key, &text).map(Some);
        }
        let snippets = provider.snippets(&account.servers.host);
        let snippet = snippets.iter().find(|candidate| candidate.id == snippet).ok_or_else(unknown)?;
        self.desktop().clipboard.put_text(&snippet.text)?;
        Ok(None)
    }

    /// Copies a name, a project or a prefix for a field of the service's own page. No secret is asked for
    /// by way of its words, so nothing is cleared later.
    pub fn copy_words(&self, words: &str) -> Result<(), ServiceError> {
        let words = words.trim();
        if words.is_empty() || words.chars().count() > LONGEST_WORDS || words.chars().any(char::is_control) {
            return Err(ServiceError::field(Reason::BadInput, "words"));
        }
        Ok(self.desktop().clipboard.put_text(words)?)
    }

    fn put_in_clipboard(&self, key: KeyId, secret: &Secret) -> Result<Copied, ServiceError> {
        let key = self.key(key)?;
        let settings = self.settings()?;
        // Before the copy, so that the clock of an earlier one cannot clear this one.
        let turn = {
            let mut live = self.live();
            live.copies += 1;
            live.copies
        };
        self.still_unlocked()?;
        self.desktop().clipboard.put_secret(secret, settings.allow_clipboard_history)?;
        // A lock that came in between found nothing to clear.
        if let Err(locked) = self.still_unlocked() {
            self.clear_clipboard();
            return Err(locked);
        }
        let seconds = settings.clipboard_seconds;
        let clears_at = (seconds > 0).then(|| self.now() + TimeDelta::seconds(i64::from(seconds)));
        let copied = Copied { key: key.id, name: key.name.clone(), clears_at, seconds };
        {
            let mut live = self.live();
            live.copied = Some(copied.clone());
            if let Some(slot) = live.slot.as_mut().filter(|slot| slot.key == key.id) {
                slot.was_copied = true;
            }
        }
        if seconds > 0 {
            let services = self.clone();
            tokio::spawn(async move {
                tokio::time::sleep(Duration::from_secs(u64::from(seconds))).await;
                // A later copy has its own clock.
                if services.live().copies == turn {
                    services.clear_clipboard();
                }
            });
        }
        // It is in the clipboard, whether or not that can be written down.
        let _told = self.journal(Line::about_key(ActivityKind::KeyCopied, &key));
        self.changed(Topic::Clipboard);
        Ok(copied)
    }

    /// Empties the clipboard if it still holds what was copied here.
    pub fn clear_clipboard(&self) {
        let clipboard = &self.desktop().clipboard;
        // One that could not be emptied still holds the secret, and goes on being shown as such.
        if clipboard.clear_if_ours() || !clipboard.is_ours() {
            self.live().copied = None;
        }
        self.changed(Topic::Clipboard);
    }

    /// What the clipboard holds of ours; nothing once another program put something in.
    pub fn copied(&self) -> Option<Copied> {
        let copied = self.live().copied.clone()?;
        if self.desktop().clipboard.is_ours() {
            return Some(copied);
        }
        self.live().copied = None;
        None
    }
}
