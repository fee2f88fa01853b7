//! Owns Basic Memory Cloud: its description and behaviour.

/// Basic Memory Cloud.
#[derive(Debug, Clone, Copy)]
pub struct BasicMemory;
