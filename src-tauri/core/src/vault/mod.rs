//! Owns secrets on this computer: keychain and session memory.
