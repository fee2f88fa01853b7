//! Owns the clipboard of X11 and Wayland, where content belongs to the program that put it in. Whether
//! it is still ours is known from that ownership; nothing is read back.
//!
//! On Wayland the content is set through the data-control protocol, which needs no focus. A compositor
//! without it (GNOME before 47) is reached through XWayland, where setting and emptying take effect only
//! while a window of ours has the focus; SECURITY.md says so.

use super::{empty, read};
use arboard::{Set, SetExtLinux as _};
use latchkey_core::domain::Secret;
use latchkey_core::services::{Clipboard, ClipboardError, Topic, Window};
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The clipboard of the desktop.
pub(crate) struct SystemClipboard {
    held: Arc<Mutex<Held>>,
    window: Arc<dyn Window>,
}

/// Which put was the last, and whether its secret is still in the clipboard.
#[derive(Default)]
struct Held {
    puts: u64,
    ours: Option<u64>,
}

impl SystemClipboard {
    /// The clipboard; the window is told when another program takes it over.
    pub(crate) fn new(window: Arc<dyn Window>) -> Self {
        Self { held: Arc::default(), window }
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts text in from a thread that then owns the clipboard: it serves the content to other programs
    /// and ends when one of them takes over.
    fn put(&self, text: String, ours: bool, conceal: bool) -> Result<(), ClipboardError> {
        let mut clipboard = arboard::Clipboard::new().map_err(|_| ClipboardError)?;
        let put = {
            let mut held = self.held();
            held.puts += 1;
            held.ours = ours.then_some(held.puts);
            held.puts
        };
        let (answer, answered) = sync_channel(1);
        let held = Arc::clone(&self.held);
        let window = Arc::clone(&self.window);
        let serve = move || {
            // Once without waiting, to learn whether it can be set at all; then again as its owner.
            let set = |set: Set<'_>, text| if conceal { set.exclude_from_history() } else { set }.text(text);
            let first = set(clipboard.set(), text.as_str()).map_err(|_| ClipboardError);
            let failed = first.is_err();
            let _ = answer.send(first);
            if failed {
                return;
            }
            let _ = set(clipboard.set().wait(), text.as_str());
            drop(Secret::new(text));
            let mut held = held.lock().unwrap_or_else(PoisonError::into_inner);
            if held.ours == Some(put) {
                held.ours = None;
                drop(held);
                window.changed(Topic::Clipboard);
            }
        };
        let started = std::thread::Builder::new().name("clipboard".to_owned()).spawn(serve);
        let outcome = match started {
            Ok(_) => answered.recv().unwrap_or(Err(ClipboardError)),
            Err(_) => Err(ClipboardError),
        };
        if outcome.is_err() {
            self.give_up(put);
        }
        outcome
    }

    fn give_up(&self, put: u64) {
        let mut held = self.held();
        if held.ours == Some(put) {
            held.ours = None;
        }
    }
}

impl Clipboard for SystemClipboard {
    fn put_secret(&self, secret: &Secret, allow_history: bool) -> Result<(), ClipboardError> {
        // The clipboard takes plain text; the thread that serves it zeroes its own copy when it ends.
        self.put(secret.expose_secret().to_owned(), true, !allow_history)
    }

    fn put_text(&self, text: &str) -> Result<(), ClipboardError> {
        self.put(text.to_owned(), false, false)
    }

    fn is_ours(&self) -> bool {
        self.held().ours.is_some()
    }

    fn clear_if_ours(&self) -> bool {
        let Some(put) = self.held().ours else { return false };
        if !empty() {
            return false;
        }
        // The thread that served it learns of this too, but a little later.
        self.give_up(put);
        true
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
