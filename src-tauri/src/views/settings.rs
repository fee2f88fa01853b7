//! Owns how the settings cross to the web view and back.

use super::ErrorView;
use latchkey_core::services::{Settings, Theme, Zoom};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The settings. Also what `set_settings` takes, whole.
#[allow(clippy::struct_excessive_bools, reason = "each crosses the border as a fact of its own")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SettingsView {
    /// `system`, `light` or `dark`.
    pub theme: String,
    /// How large everything is drawn, in percent. One of 80, 90, 100, 110, 125, 150, 175, 200.
    pub zoom: u32,
    /// Seconds until a copied secret leaves the clipboard; 0 is never. One of 0, 10, 30, 60, 120.
    pub clipboard_seconds: u32,
    /// Whether new secrets are kept in the keychain unless said otherwise.
    pub keep_by_default: bool,
    /// Whether single letters are shortcuts.
    pub letter_shortcuts: bool,
    /// Minutes without input until the app locks; 0 is never.
    pub lock_after_minutes: u32,
    /// Whether clipboard history may keep copied secrets.
    pub allow_clipboard_history: bool,
    /// Whether the system tells what falls due.
    pub notifications: bool,
}

impl From<Settings> for SettingsView {
    fn from(settings: Settings) -> Self {
        let theme = match settings.theme {
            Theme::System => "system",
            Theme::Light => "light",
            Theme::Dark => "dark",
        };
        Self {
            theme: theme.to_owned(),
            zoom: settings.zoom.percent(),
            clipboard_seconds: settings.clipboard_seconds,
            keep_by_default: settings.keep_by_default,
            letter_shortcuts: settings.letter_shortcuts,
            lock_after_minutes: settings.lock_after_minutes,
            allow_clipboard_history: settings.allow_clipboard_history,
            notifications: settings.notifications,
        }
    }
}

impl TryFrom<SettingsView> for Settings {
    type Error = ErrorView;

    fn try_from(view: SettingsView) -> Result<Self, ErrorView> {
        let theme = match view.theme.as_str() {
            "system" => Theme::System,
            "light" => Theme::Light,
            "dark" => Theme::Dark,
            _ => return Err(ErrorView::bad_input("theme")),
        };
        Ok(Self {
            theme,
            zoom: zoom(view.zoom)?,
            clipboard_seconds: view.clipboard_seconds,
            keep_by_default: view.keep_by_default,
            letter_shortcuts: view.letter_shortcuts,
            lock_after_minutes: view.lock_after_minutes,
            allow_clipboard_history: view.allow_clipboard_history,
            notifications: view.notifications,
        })
    }
}

/// Reads a step of the zoom.
pub(crate) fn zoom(percent: u32) -> Result<Zoom, ErrorView> {
    Zoom::from_percent(percent).ok_or_else(|| ErrorView::bad_input("zoom"))
}
