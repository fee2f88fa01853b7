//! Owns the one type that may hold the characters of a secret. Leaves out where secrets are kept.

use secrecy::{ExposeSecret as _, SecretString};
use subtle::ConstantTimeEq as _;

/// The characters of a key or token. Prints as `[redacted]`, cannot be serialised,
/// and its memory is zeroed when it is dropped.
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// Takes ownership of the characters; the buffer is zeroed on drop.
    pub fn new(characters: String) -> Self {
        Self(SecretString::from(characters))
    }

    /// The characters themselves. Every call carries a comment that says why it needs them.
    pub fn expose_secret(&self) -> &str {
        self.0.expose_secret()
    }

    /// Compares two secrets without telling by its duration where they differ.
    pub fn same_as(&self, other: &Self) -> bool {
        // Both sides are needed to compare; nothing leaves this function.
        self.expose_secret().as_bytes().ct_eq(other.expose_secret().as_bytes()).into()
    }

    /// The head of the secret that may be shown, see [`visible_prefix`].
    pub fn prefix(&self, known_prefixes: &[&str]) -> String {
        // Only the first characters leave, as many as services themselves show in lists.
        visible_prefix(self.expose_secret(), known_prefixes)
    }
}

impl From<String> for Secret {
    fn from(characters: String) -> Self {
        Self::new(characters)
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("[redacted]")
    }
}

/// The part of a key that is shown: its known prefix (`bmc_`) and four characters more,
/// and never more than a third of the whole.
pub fn visible_prefix(characters: &str, known_prefixes: &[&str]) -> String {
    let head = known_prefixes
        .iter()
        .filter(|prefix| characters.starts_with(**prefix))
        .map(|prefix| prefix.chars().count())
        .max()
        .unwrap_or(0);
    let total = characters.chars().count();
    let beyond = 4.min(total.saturating_sub(head) / 3);
    characters.chars().take(head + beyond).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_output_never_holds_the_characters() {
        let secret = Secret::new("bmc_abcdefghEXAMPLE".to_owned());
        assert_eq!(format!("{secret:?}"), "[redacted]");
    }

    #[test]
    fn the_prefix_shows_the_known_head_and_four_characters() {
        let secret = Secret::new("bmc_Qv4mabcdefghijklmnopqrstuvwxyzEXAMPLE".to_owned());
        assert_eq!(secret.prefix(&["bmc_"]), "bmc_Qv4m");
    }

    #[test]
    fn a_short_secret_shows_almost_nothing() {
        assert_eq!(visible_prefix("bmc_ab", &["bmc_"]), "bmc_");
        assert_eq!(visible_prefix("", &["bmc_"]), "");
    }

    #[test]
    fn equal_secrets_are_equal_and_others_are_not() {
        let one = Secret::new("bmc_oneEXAMPLE".to_owned());
        assert!(one.same_as(&Secret::new("bmc_oneEXAMPLE".to_owned())));
        assert!(!one.same_as(&Secret::new("bmc_twoEXAMPLE".to_owned())));
    }
}
