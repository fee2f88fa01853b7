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

/// A service that hands out keys: a short name of small letters, digits and hyphens. An open set, so
/// that a new service is known by its own folder alone, and one that a newer version wrote into the
/// records is kept.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ProviderId {
    characters: [u8; Self::LONGEST],
    length: usize,
}

impl ProviderId {
    /// The longest name.
    pub const LONGEST: usize = 24;
    /// Basic Memory Cloud, which other programs on this computer know as well.
    pub const BASIC_MEMORY: Self = Self::named("basic-memory");

    /// The id with this name, for constants: a name that is none does not compile there.
    ///
    /// # Panics
    /// When the name is not well formed, see [`Self::from_str`].
    pub const fn named(name: &str) -> Self {
        let bytes = name.as_bytes();
        assert!(Self::well_formed(bytes), "the name of a service is a short slug");
        let mut characters = [0; Self::LONGEST];
        let mut at = 0;
        while at < bytes.len() {
            characters[at] = bytes[at];
            at += 1;
        }
        Self { characters, length: bytes.len() }
    }

    /// The name used in records and at the border, for example `basic-memory`.
    pub fn as_str(&self) -> &str {
        // Only ASCII ever goes in.
        std::str::from_utf8(&self.characters[..self.length]).unwrap_or_default()
    }

    const fn well_formed(bytes: &[u8]) -> bool {
        if bytes.is_empty() || bytes.len() > Self::LONGEST || bytes[0] == b'-' || bytes[bytes.len() - 1] == b'-' {
            return false;
        }
        let mut at = 0;
        while at < bytes.len() {
            if !matches!(bytes[at], b'a'..=b'z' | b'0'..=b'9' | b'-') {
                return false;
            }
            at += 1;
        }
        true
    }
}

impl fmt::Display for ProviderId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl fmt::Debug for ProviderId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl FromStr for ProviderId {
    type Err = InvalidId;

    /// Accepts every well-formed name, whether a service of that name is known or not.
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        if Self::well_formed(text.as_bytes()) { Ok(Self::named(text)) } else { Err(InvalidId) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_well_formed_name_of_a_service_is_an_id_and_no_other_text() {
        for name in ["basic-memory", "memory-api", "x", "a2", "abcdefghijklmnopqrstuvwx"] {
            assert_eq!(name.parse::<ProviderId>().unwrap().as_str(), name);
        }
        assert_eq!("basic-memory".parse(), Ok(ProviderId::BASIC_MEMORY));
        for text in ["", "-a", "a-", "A", "a b", "a_b", "a/b", "ä", "abcdefghijklmnopqrstuvwxy"] {
            assert_eq!(text.parse::<ProviderId>(), Err(InvalidId), "{text}");
        }
    }
}
