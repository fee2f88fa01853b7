//! Owns the names things keep for life. Leaves out what they name.

use std::fmt;
use std::str::FromStr;

/// The text is not an id of the expected form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a valid id")]
pub struct InvalidId;

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(uuid::Uuid);

        impl $name {
            /// A new id that no other thing has.
            pub fn random() -> Self {
                Self(uuid::Uuid::new_v4())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(formatter)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                // Only the hyphenated form, so that one thing has one spelling.
                if text.len() != 36 {
                    return Err(InvalidId);
                }
                uuid::Uuid::try_parse(text).map(Self).map_err(|_| InvalidId)
            }
        }
    };
}

uuid_id!(
    /// One identity at one provider.
    AccountId
);
uuid_id!(
    /// One API key as this computer knows it; not the id the service gave it.
    KeyId
);
uuid_id!(
    /// A place the person noted, outside this computer.
    PlaceId
);
uuid_id!(
    /// One line of the journal.
    EntryId
);

/// A service that hands out keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ProviderId {
    /// Basic Memory Cloud.
    BasicMemory,
}

impl ProviderId {
    /// The name used in records and at the border, for example `basic-memory`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BasicMemory => "basic-memory",
        }
    }
}

impl fmt::Display for ProviderId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl FromStr for ProviderId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        match text {
            "basic-memory" => Ok(Self::BasicMemory),
            _ => Err(InvalidId),
        }
    }
}
