//! Owns that the window outlives its page: one whose process ends is loaded again, and asks Rust for all it shows.

use std::cell::Cell;
use webkit2gtk::{WebView, WebViewExt as _};

/// A page that ends again and again is left, or it would keep the computer busy for nothing.
const MOST: u32 = 5;

/// Loads the page again whenever its process ends, as it does with the session's bus.
pub(crate) fn outlive(view: &WebView) {
    let ended = Cell::new(0);
    view.connect_web_process_terminated(move |view, _| {
        if ended.replace(ended.get() + 1) < MOST {
            view.reload();
        }
    });
}
