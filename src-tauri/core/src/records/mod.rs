//! Owns what is remembered in SQLite: accounts, keys without secrets, the journal.
