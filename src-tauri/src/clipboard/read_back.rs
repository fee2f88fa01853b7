//! Owns the clipboard of macOS and Windows, where content outlives the program that put it in. Whether
//! it is still ours is known by reading it back and comparing.

use super::{empty, read};
use latchkey_core::domain::Secret;
use latchkey_core::services::{Clipboard, ClipboardError, Window};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The clipboard of the desktop.
pub(crate) struct SystemClipboard {
    last: Mutex<Option<Secret>>,
}

impl SystemClipboard {
    /// The clipboard. These systems do not say when another program takes it over.
    pub(crate) fn new(_window: Arc<dyn Window>) -> Self {
        Self { last: Mutex::default() }
    }

    fn last(&self) -> MutexGuard<'_, Option<Secret>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clipboard for SystemClipboard {
    fn put_secret(&self, secret: &Secret, allow_history: bool) -> Result<(), ClipboardError> {
        let mut clipboard = arboard::Clipboard::new().map_err(|_| ClipboardError)?;
        let set = if allow_history { clipboard.set() } else { conceal(clipboard.set()) };
        // The clipboard takes plain text.
        set.text(secret.expose_secret()).map_err(|_| ClipboardError)?;
        *self.last() = Some(secret.clone());
        Ok(())
    }

    fn put_text(&self, text: &str) -> Result<(), ClipboardError> {
        arboard::Clipboard::new().and_then(|mut clipboard| clipboard.set_text(text)).map_err(|_| ClipboardError)?;
        *self.last() = None;
        Ok(())
    }

    fn is_ours(&self) -> bool {
        let mut last = self.last();
        let ours = match (&*last, read()) {
            (Some(last), Ok(Some(held))) => last.same_as(&held),
            // A clipboard that another program holds open right now tells nothing.
            (Some(_), Err(_)) => return true,
            _ => false,
        };
        if !ours {
            *last = None;
        }
        ours
    }

    fn clear_if_ours(&self) -> bool {
        let cleared = self.is_ours() && empty();
        if cleared {
            *self.last() = None;
        }
        cleared
    }

    fn read(&self) -> Result<Option<Secret>, ClipboardError> {
        read()
    }

    fn clear_if_holds(&self, secret: &Secret) {
        if matches!(read(), Ok(Some(held)) if held.same_as(secret)) {
            empty();
        }
    }
}

/// The mark by which macOS programs know a password.
#[cfg(target_os = "macos")]
fn conceal(set: arboard::Set<'_>) -> arboard::Set<'_> {
    use arboard::SetExtApple as _;
    set.exclude_from_history()
}

/// The mark that keeps content out of the history, the cloud and other programs' monitors.
#[cfg(windows)]
fn conceal(set: arboard::Set<'_>) -> arboard::Set<'_> {
    use arboard::SetExtWindows as _;
    set.exclude_from_monitoring()
}
