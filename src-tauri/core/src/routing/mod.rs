//! Owns what the official Basic Memory CLI keeps on this computer.
