//! Owns how domain values are spelled in columns. Text that has no meaning reads as `Corrupt`.

use super::RecordsError;
use crate::domain::{
    AccountId, ActivityKind, EntryId, Expiry, KeptIn, KeyId, KeyOrigin, LastUse, Offered, Outcome, PlaceId, ProviderId,
    RateLimit, ServiceStatus, SignIn, Usage, UsageLine,
};
use chrono::{DateTime, SecondsFormat, Utc};
use rusqlite::Row;
use rusqlite::types::FromSql;
use serde_json::{Value, json};
use std::str::FromStr as _;
use url::Url;

/// A value with exactly one spelling.
pub(super) trait Column: Sized {
    fn spell(&self) -> String;
    fn read(text: &str) -> Option<Self>;
}

/// Spells a value that may be missing.
pub(super) fn spell_some<T: Column>(value: Option<&T>) -> Option<String> {
    value.map(Column::spell)
}

/// Reads the columns of a row one after the other, in the order they were selected.
pub(super) struct Reader<'row> {
    row: &'row Row<'row>,
    next: usize,
}

impl<'row> Reader<'row> {
    pub(super) fn new(row: &'row Row<'row>) -> Self {
        Self { row, next: 0 }
    }

    pub(super) fn plain<T: FromSql>(&mut self) -> Result<T, RecordsError> {
        let value = self.row.get(self.next)?;
        self.next += 1;
        Ok(value)
    }

    /// A whole number that fits where it is needed.
    pub(super) fn number(&mut self) -> Result<Option<u32>, RecordsError> {
        let number: Option<i64> = self.plain()?;
        number.map(|number| u32::try_from(number).map_err(|_| RecordsError::Corrupt)).transpose()
    }

    pub(super) fn coded<T: Column>(&mut self) -> Result<T, RecordsError> {
        self.optional()?.ok_or(RecordsError::Corrupt)
    }

    pub(super) fn optional<T: Column>(&mut self) -> Result<Option<T>, RecordsError> {
        let text = self.row.get_ref(self.next)?.as_str_or_null()?;
        self.next += 1;
        text.map(|text| T::read(text).ok_or(RecordsError::Corrupt)).transpose()
    }
}

/// RFC 3339 in UTC with nine digits: exact, readable, and in the order of time when sorted as text.
impl Column for DateTime<Utc> {
    fn spell(&self) -> String {
        self.to_rfc3339_opts(SecondsFormat::Nanos, true)
    }

    fn read(text: &str) -> Option<Self> {
        // The lenient parser, since it alone takes years beyond 9999 (RFC 3339 has none).
        text.parse().ok()
    }
}

impl Column for Url {
    fn spell(&self) -> String {
        self.as_str().to_owned()
    }

    fn read(text: &str) -> Option<Self> {
        Self::parse(text).ok()
    }
}

macro_rules! spelled_by_display {
    ($($name:ty),*) => {$(
        impl Column for $name {
            fn spell(&self) -> String {
                self.to_string()
            }

            fn read(text: &str) -> Option<Self> {
                Self::from_str(text).ok()
            }
        }
    )*};
}

spelled_by_display!(AccountId, KeyId, PlaceId, EntryId, ProviderId);

macro_rules! words {
    ($name:ty { $($variant:ident = $word:literal),* }) => {
        impl Column for $name {
            fn spell(&self) -> String {
                match self { $(Self::$variant => $word,)* }.to_owned()
            }

            fn read(text: &str) -> Option<Self> {
                match text { $($word => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

words!(SignIn { SignedIn = "signed_in", Needed = "needed", SignedOut = "signed_out", NotUsed = "not_used" });
words!(KeyOrigin { Listed = "listed", Created = "created", Adopted = "adopted", Intended = "intended" });
words!(KeptIn { Nowhere = "nowhere", Keychain = "keychain", Session = "session" });
words!(Outcome { Started = "started", Done = "done", Failed = "failed" });

impl Column for ActivityKind {
    fn spell(&self) -> String {
        self.as_str().to_owned()
    }

    fn read(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

impl Column for Offered {
    fn spell(&self) -> String {
        match self {
            Self::NotAsked => "not_asked".to_owned(),
            Self::Yes => "yes".to_owned(),
            Self::No(status) => format!("no {status}"),
            Self::Unclear => "unclear".to_owned(),
        }
    }

    fn read(text: &str) -> Option<Self> {
        match (text, text.strip_prefix("no ")) {
            ("not_asked", _) => Some(Self::NotAsked),
            ("yes", _) => Some(Self::Yes),
            ("unclear", _) => Some(Self::Unclear),
            (_, status) => status?.parse().ok().map(Self::No),
        }
    }
}

impl Column for LastUse {
    fn spell(&self) -> String {
        match self {
            Self::NotReported => "not_reported".to_owned(),
            Self::Never => "never".to_owned(),
            Self::At(moment) => format!("at {}", moment.spell()),
        }
    }

    fn read(text: &str) -> Option<Self> {
        match (text, text.strip_prefix("at ")) {
            ("not_reported", _) => Some(Self::NotReported),
            ("never", _) => Some(Self::Never),
            (_, moment) => DateTime::read(moment?).map(Self::At),
        }
    }
}

impl Column for Expiry {
    fn spell(&self) -> String {
        match self {
            Self::Unknown => "unknown".to_owned(),
            Self::Never => "never".to_owned(),
            Self::AtService(moment) => format!("at_service {}", moment.spell()),
            Self::Reminder(moment) => format!("reminder {}", moment.spell()),
        }
    }

    fn read(text: &str) -> Option<Self> {
        match (text, text.split_once(' ')) {
            ("unknown", _) => Some(Self::Unknown),
            ("never", _) => Some(Self::Never),
            (_, Some(("at_service", moment))) => DateTime::read(moment).map(Self::AtService),
            (_, Some(("reminder", moment))) => DateTime::read(moment).map(Self::Reminder),
            _ => None,
        }
    }
}

impl Column for ServiceStatus {
    fn spell(&self) -> String {
        match self {
            Self::Active => "active".to_owned(),
            Self::Expired => "expired".to_owned(),
            Self::Revoked(None) => "revoked".to_owned(),
            Self::Revoked(Some(moment)) => format!("revoked {}", moment.spell()),
        }
    }

    fn read(text: &str) -> Option<Self> {
        match (text, text.strip_prefix("revoked ")) {
            ("active", _) => Some(Self::Active),
            ("expired", _) => Some(Self::Expired),
            ("revoked", _) => Some(Self::Revoked(None)),
            (_, moment) => DateTime::read(moment?).map(|moment| Self::Revoked(Some(moment))),
        }
    }
}

/// A JSON array: scopes hold any character, and nothing ever asks for a single one.
impl Column for Vec<String> {
    fn spell(&self) -> String {
        serde_json::Value::from(self.as_slice()).to_string()
    }

    fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}

/// Limit, rest, the moment it was said and the moment it begins anew.
impl Column for RateLimit {
    fn spell(&self) -> String {
        let resets_at = self.resets_at.map_or_else(|| "-".to_owned(), |moment| moment.spell());
        format!("{} {} {} {resets_at}", self.limit, self.remaining, self.at.spell())
    }

    fn read(text: &str) -> Option<Self> {
        let mut parts = text.split(' ');
        let limit = parts.next()?.parse().ok()?;
        let remaining = parts.next()?.parse().ok()?;
        let at = DateTime::read(parts.next()?)?;
        let resets_at = match parts.next()? {
            "-" => None,
            moment => Some(DateTime::read(moment)?),
        };
        parts.next().is_none().then_some(Self { limit, remaining, resets_at, at })
    }
}

/// JSON, since its lines are only ever read and written together.
impl Column for Usage {
    fn spell(&self) -> String {
        let lines: Vec<Value> = self
            .lines
            .iter()
            .map(|line| json!({"label": line.label, "used": line.used, "limit": line.limit, "unit": line.unit}))
            .collect();
        json!({"plan": self.plan, "at": self.at.spell(), "lines": lines}).to_string()
    }

    fn read(text: &str) -> Option<Self> {
        let stored: Value = serde_json::from_str(text).ok()?;
        let words = |value: &Value| value.as_str().map(str::to_owned);
        let count = |value: &Value| if value.is_null() { Some(None) } else { value.as_u64().map(Some) };
        let line = |line: &Value| {
            Some(UsageLine {
                label: words(&line["label"])?,
                used: count(&line["used"])?,
                limit: count(&line["limit"])?,
                unit: words(&line["unit"])?,
            })
        };
        Some(Self {
            plan: if stored["plan"].is_null() { None } else { Some(words(&stored["plan"])?) },
            lines: stored["lines"].as_array()?.iter().map(line).collect::<Option<_>>()?,
            at: DateTime::read(stored["at"].as_str()?)?,
        })
    }
}
