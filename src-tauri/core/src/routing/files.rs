//! Owns the reading of the CLI's two files. Leaves out what a key or sign-in is good for.
//!
//! Only the wanted field is kept. Every other value is skipped without a copy, and the bytes of
//! the file are zeroed.

use super::RoutingError;
use super::bytes::{self, BYTE_ORDER_MARK};
use crate::domain::Secret;
use chrono::{DateTime, Utc};
use serde::de::{Deserialize, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::fmt;
use std::path::Path;
use zeroize::Zeroizing;

/// Why a file cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FileProblem {
    /// It cannot be opened or read, or is no regular file.
    Unreadable,
    /// It is larger than any settings file.
    TooLarge,
    /// It is not valid JSON, and a key may be inside.
    NotJson,
    /// It is not valid JSON, and nothing in it speaks of a key.
    NoKeyInside,
}

impl FileProblem {
    /// The problem in words.
    pub(super) fn sentence(self) -> &'static str {
        match self {
            Self::Unreadable => "The file cannot be read.",
            Self::TooLarge => "The file is too large to be a settings file.",
            Self::NotJson | Self::NoKeyInside => "The file is not valid JSON, so the CLI refuses to start.",
        }
    }
}

/// What `config.json` says of a key.
#[derive(Debug)]
pub(super) enum SavedKey {
    /// Nothing, null or an empty text.
    None,
    /// A key.
    Key {
        /// Its characters.
        key: Secret,
        /// Whether the file starts with a byte order mark.
        marked: bool,
    },
    /// A number, list or object.
    NotText,
}

/// What `basic-memory-cloud.json` says, without its tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CliTokens {
    /// Whether it holds a token at all.
    pub(super) has_token: bool,
    /// When the access token ends.
    pub(super) expires_at: Option<DateTime<Utc>>,
}

/// Reads `cloud_api_key` of a `config.json`; `None` when there is no such file.
pub(super) fn saved_key(file: &Path) -> Result<Option<SavedKey>, FileProblem> {
    let Some(bytes) = read(file)? else { return Ok(None) };
    let (text, marked) = match bytes.strip_prefix(BYTE_ORDER_MARK) {
        Some(text) => (text, true),
        None => (bytes.as_slice(), false),
    };
    match serde_json::from_slice(text) {
        Ok(Settings(TextField::Absent)) => Ok(Some(SavedKey::None)),
        Ok(Settings(TextField::Text(key))) => Ok(Some(SavedKey::Key { key, marked })),
        Ok(Settings(TextField::NotText)) => Ok(Some(SavedKey::NotText)),
        Err(_) => {
            let named = text.windows(KEY_FIELD.len()).any(|window| window == KEY_FIELD.as_bytes());
            Err(if named { FileProblem::NotJson } else { FileProblem::NoKeyInside })
        }
    }
}

/// Reads the times of a `basic-memory-cloud.json`; `None` when there is no such file.
pub(super) fn sign_in(file: &Path) -> Result<Option<CliTokens>, FileProblem> {
    let Some(bytes) = read(file)? else { return Ok(None) };
    serde_json::from_slice::<TokenFile>(&bytes).map(|tokens| Some(tokens.0)).map_err(|_| FileProblem::NotJson)
}

/// The access token of a `basic-memory-cloud.json`, and when it ends.
pub(super) fn access_token(file: &Path) -> Option<(Secret, Option<DateTime<Utc>>)> {
    #[derive(serde::Deserialize)]
    struct Access {
        access_token: TextField,
        #[serde(default)]
        expires_at: Option<serde_json::Number>,
    }
    let access: Access = serde_json::from_slice(&read(file).ok()??).ok()?;
    let TextField::Text(token) = access.access_token else { return None };
    Some((token, access.expires_at.and_then(|seconds| seconds.as_f64()).and_then(moment)))
}

fn read(path: &Path) -> Result<Option<Zeroizing<Vec<u8>>>, FileProblem> {
    match bytes::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(RoutingError::Absent(_)) => Ok(None),
        Err(RoutingError::TooLarge(_)) => Err(FileProblem::TooLarge),
        Err(_) => Err(FileProblem::Unreadable),
    }
}

const KEY_FIELD: &str = "cloud_api_key";

struct Settings(TextField);

impl<'de> Deserialize<'de> for Settings {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;
        impl<'de> Visitor<'de> for Fields {
            type Value = Settings;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("the CLI's settings")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Settings, A::Error> {
                let mut key = TextField::Absent;
                while let Some(name) = map.next_key::<String>()? {
                    if name == KEY_FIELD {
                        // Of repeated names the last counts, as in Python.
                        key = map.next_value()?;
                    } else {
                        map.next_value::<IgnoredAny>()?;
                    }
                }
                Ok(Settings(key))
            }
        }
        deserializer.deserialize_map(Fields)
    }
}

struct TokenFile(CliTokens);

impl<'de> Deserialize<'de> for TokenFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;
        impl<'de> Visitor<'de> for Fields {
            type Value = TokenFile;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("the CLI's tokens")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<TokenFile, A::Error> {
                let mut tokens = CliTokens { has_token: false, expires_at: None };
                while let Some(name) = map.next_key::<String>()? {
                    match name.as_str() {
                        // Held for this one look, then zeroed.
                        "access_token" | "refresh_token" => {
                            tokens.has_token |= matches!(map.next_value()?, TextField::Text(_));
                        }
                        "expires_at" => {
                            let seconds = map.next_value::<serde_json::Value>()?;
                            tokens.expires_at = seconds.as_f64().and_then(moment);
                        }
                        _ => {
                            map.next_value::<IgnoredAny>()?;
                        }
                    }
                }
                Ok(TokenFile(tokens))
            }
        }
        deserializer.deserialize_map(Fields)
    }
}

/// Seconds since 1970, up to the year 9999 so that no later sum overflows.
#[allow(clippy::cast_possible_truncation)] // bounded right before
fn moment(seconds: f64) -> Option<DateTime<Utc>> {
    (0.0..253_402_300_800.0).contains(&seconds).then(|| DateTime::from_timestamp(seconds as i64, 0)).flatten()
}

enum TextField {
    /// Null, empty or not there.
    Absent,
    Text(Secret),
    NotText,
}

impl<'de> Deserialize<'de> for TextField {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Field;
        impl<'de> Visitor<'de> for Field {
            type Value = TextField;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("text")
            }

            fn visit_str<E>(self, text: &str) -> Result<TextField, E> {
                Ok(if text.is_empty() { TextField::Absent } else { TextField::Text(Secret::new(text.to_owned())) })
            }

            fn visit_unit<E>(self) -> Result<TextField, E> {
                Ok(TextField::Absent)
            }

            fn visit_bool<E>(self, _: bool) -> Result<TextField, E> {
                Ok(TextField::NotText)
            }

            fn visit_i64<E>(self, _: i64) -> Result<TextField, E> {
                Ok(TextField::NotText)
            }

            fn visit_u64<E>(self, _: u64) -> Result<TextField, E> {
                Ok(TextField::NotText)
            }

            fn visit_f64<E>(self, _: f64) -> Result<TextField, E> {
                Ok(TextField::NotText)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<TextField, A::Error> {
                while items.next_element::<IgnoredAny>()?.is_some() {}
                Ok(TextField::NotText)
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<TextField, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(TextField::NotText)
            }
        }
        deserializer.deserialize_any(Field).map_err(|_| D::Error::custom("not JSON"))
    }
}
