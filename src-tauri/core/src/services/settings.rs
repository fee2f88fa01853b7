//! Owns the settings: what they are, what they are before anything was set, and what they may be.

use super::{Reason, ServiceError, Services, Topic};

/// Light, dark, or as the system says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    /// As the system says.
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// The name kept in the records and used at the border.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The theme of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::System, Self::Light, Self::Dark].into_iter().find(|theme| theme.as_str() == name)
    }
}

/// How large everything in the window is drawn, in percent. There are a few steps and nothing between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Zoom(u32);

const ZOOMS: [u32; 8] = [80, 90, 100, 110, 125, 150, 175, 200];

impl Zoom {
    /// As large as the system draws it.
    pub const ORDINARY: Self = Self(100);

    /// The step of this many percent, if there is one.
    pub fn from_percent(percent: u32) -> Option<Self> {
        ZOOMS.contains(&percent).then_some(Self(percent))
    }

    /// In percent.
    pub fn percent(self) -> u32 {
        self.0
    }

    /// The next larger step; the largest is its own.
    #[must_use]
    pub fn larger(self) -> Self {
        Self(ZOOMS.into_iter().find(|step| *step > self.0).unwrap_or(self.0))
    }

    /// The next smaller step; the smallest is its own.
    #[must_use]
    pub fn smaller(self) -> Self {
        Self(ZOOMS.into_iter().rfind(|step| *step < self.0).unwrap_or(self.0))
    }
}

/// Everything the person can set.
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of its own in the settings")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// The theme.
    pub theme: Theme,
    /// How large everything is drawn.
    pub zoom: Zoom,
    /// Seconds until a copied secret leaves the clipboard; 0 is never.
    pub clipboard_seconds: u32,
    /// Whether new secrets are kept unless said otherwise.
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

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: Theme::System,
            zoom: Zoom::ORDINARY,
            clipboard_seconds: 30,
            keep_by_default: true,
            letter_shortcuts: true,
            lock_after_minutes: 10,
            allow_clipboard_history: false,
            notifications: true,
        }
    }
}

const CLIPBOARD_CHOICES: [u32; 5] = [0, 10, 30, 60, 120];
const LONGEST_WAIT_FOR_LOCK: u32 = 24 * 60;

impl Services {
    /// The settings; what was never set, or cannot be read, is the default.
    pub fn settings(&self) -> Result<Settings, ServiceError> {
        let default = Settings::default();
        let text = |name: &str| self.records().setting(name).map_err(ServiceError::from);
        let flag =
            |name: &str, default: bool| Ok::<_, ServiceError>(text(name)?.map_or(default, |value| value == "yes"));
        let number = |name: &str, default: u32| {
            Ok::<_, ServiceError>(text(name)?.and_then(|value| value.parse().ok()).unwrap_or(default))
        };
        Ok(Settings {
            theme: text("theme")?.and_then(|name| Theme::from_name(&name)).unwrap_or(default.theme),
            zoom: text("zoom")?.and_then(|percent| Zoom::from_percent(percent.parse().ok()?)).unwrap_or(default.zoom),
            clipboard_seconds: number("clipboard_seconds", default.clipboard_seconds)?,
            keep_by_default: flag("keep_by_default", default.keep_by_default)?,
            letter_shortcuts: flag("letter_shortcuts", default.letter_shortcuts)?,
            lock_after_minutes: number("lock_after_minutes", default.lock_after_minutes)?,
            allow_clipboard_history: flag("allow_clipboard_history", default.allow_clipboard_history)?,
            notifications: flag("notifications", default.notifications)?,
        })
    }

    /// Writes the settings.
    pub fn set_settings(&self, settings: Settings) -> Result<Settings, ServiceError> {
        if !CLIPBOARD_CHOICES.contains(&settings.clipboard_seconds) {
            return Err(ServiceError::field(Reason::BadInput, "clipboard_seconds"));
        }
        if settings.lock_after_minutes > LONGEST_WAIT_FOR_LOCK {
            return Err(ServiceError::field(Reason::BadInput, "lock_after_minutes"));
        }
        let flag = |on: bool| if on { "yes" } else { "no" };
        let records = self.records();
        records.put_setting("theme", settings.theme.as_str())?;
        records.put_setting("zoom", &settings.zoom.percent().to_string())?;
        records.put_setting("clipboard_seconds", &settings.clipboard_seconds.to_string())?;
        records.put_setting("keep_by_default", flag(settings.keep_by_default))?;
        records.put_setting("letter_shortcuts", flag(settings.letter_shortcuts))?;
        records.put_setting("lock_after_minutes", &settings.lock_after_minutes.to_string())?;
        records.put_setting("allow_clipboard_history", flag(settings.allow_clipboard_history))?;
        records.put_setting("notifications", flag(settings.notifications))?;
        self.0.look_again.notify_one();
        self.changed(Topic::App);
        self.settings()
    }

    /// Writes how large everything is drawn.
    pub fn set_zoom(&self, zoom: Zoom) -> Result<Settings, ServiceError> {
        self.records().put_setting("zoom", &zoom.percent().to_string())?;
        self.changed(Topic::App);
        self.settings()
    }
}
