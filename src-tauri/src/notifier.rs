//! Owns showing a notification of the system. Leaves out what is told and when.

use latchkey_core::services::Notifier;
use tauri::AppHandle;
use tauri_plugin_notification::NotificationExt as _;

/// The system's notifications.
pub(crate) struct SystemNotifier(pub(crate) AppHandle);

impl Notifier for SystemNotifier {
    fn notify(&self, title: &str, words: &str) {
        // A system that shows none, or a person who wants none, loses nothing: the window lists it too.
        let _ = self.0.notification().builder().title(title).body(words).show();
    }
}
