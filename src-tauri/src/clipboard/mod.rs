//! Owns the system's clipboard: putting a secret in so that no history keeps it, knowing whether it is
//! still ours, emptying it. Leaves out when that happens, which services decide.
//!
//! The clipboard crate takes plain text and keeps a copy of its own for as long as other programs may
//! ask for it. That copy cannot be zeroed; it is freed when the content is replaced or emptied.

#[cfg(target_os = "linux")]
mod owner;
#[cfg(not(target_os = "linux"))]
mod read_back;

#[cfg(target_os = "linux")]
pub(crate) use owner::SystemClipboard;
#[cfg(not(target_os = "linux"))]
pub(crate) use read_back::SystemClipboard;

use latchkey_core::domain::Secret;
use latchkey_core::services::ClipboardError;

/// The clipboard's text, or `None` when it is empty or holds something else.
fn read() -> Result<Option<Secret>, ClipboardError> {
    let mut clipboard = arboard::Clipboard::new().map_err(|_| ClipboardError)?;
    match clipboard.get_text() {
        Ok(text) => Ok(Some(Secret::new(text))),
        Err(arboard::Error::ContentNotAvailable | arboard::Error::ConversionFailure) => Ok(None),
        Err(_) => Err(ClipboardError),
    }
}

/// Empties the clipboard. Whether that was possible.
fn empty() -> bool {
    arboard::Clipboard::new().and_then(|mut clipboard| clipboard.clear()).is_ok()
}
