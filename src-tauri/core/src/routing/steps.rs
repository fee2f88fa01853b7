//! Owns the steps of a write, so that a test can stop, delay or fail it at each of them.

use std::io;
use std::path::Path;

/// A step of a write, named by what has just been done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    /// The file was read.
    Read,
    /// An empty file stands beside it, closed to others.
    TempMade,
    /// Half of the new bytes are in it.
    TempHalfWritten,
    /// All of the new bytes are in it.
    TempWritten,
    /// They are on the disk.
    TempSynced,
    /// The file was read again and is the same.
    ReadAgain,
    /// Both changed places, or the new one took the place of the old one.
    Exchanged,
    /// What came out was compared with what was read.
    Compared,
    /// What came out is someone else's and stands in its place again.
    PutBack,
    /// Nothing is left beside the file.
    TempRemoved,
    /// The folder is on the disk.
    FolderSynced,
}

impl Step {
    /// Every step, in order.
    pub const ALL: [Self; 11] = [
        Self::Read,
        Self::TempMade,
        Self::TempHalfWritten,
        Self::TempWritten,
        Self::TempSynced,
        Self::ReadAgain,
        Self::Exchanged,
        Self::Compared,
        Self::PutBack,
        Self::TempRemoved,
        Self::FolderSynced,
    ];
}

/// What happens at each step. An error stops the write and leaves the file as it was.
pub trait Steps {
    /// This step of writing this file was just done.
    fn reached(&self, step: Step, file: &Path) -> io::Result<()>;
}

/// Nothing happens.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoSteps;

impl Steps for NoSteps {
    fn reached(&self, _: Step, _: &Path) -> io::Result<()> {
        Ok(())
    }
}
