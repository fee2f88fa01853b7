//! Owns the parts of the set-up that tests need too. Leaves out the commands themselves.

pub mod peers;
