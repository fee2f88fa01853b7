//! Owns why a file of the CLI was left as it is. Names fields and places, never what is inside.

use std::io::ErrorKind;
use std::path::PathBuf;

/// Why a file cannot be read, or was not written. Every one leaves the file untouched.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RoutingError {
    /// There is no such file.
    #[error("{0} does not exist")]
    Absent(PathBuf),
    /// A folder, pipe or device stands in its place.
    #[error("{0} is not a file")]
    NotAFile(PathBuf),
    /// The file is there and cannot be opened or read.
    #[error("{0} cannot be read")]
    Unreadable(PathBuf),
    /// The file is larger than any settings file.
    #[error("{0} is too large to be a settings file")]
    TooLarge(PathBuf),
    /// The file is not UTF-8, which the CLI asks for.
    #[error("{0} is not UTF-8 text")]
    NotUtf8(PathBuf),
    /// The file starts with a byte order mark, which the CLI refuses.
    #[error("{0} starts with a byte order mark")]
    ByteOrderMark(PathBuf),
    /// The file holds a comment, which is no JSON.
    #[error("{file} has a comment on line {line}")]
    Comments {
        /// The file.
        file: PathBuf,
        /// Where the first comment is, counted from 1.
        line: usize,
    },
    /// The file is not the JSON the CLI writes.
    #[error("{file} is not valid JSON (line {line}, column {column})")]
    NotJson {
        /// The file.
        file: PathBuf,
        /// Where it stops being JSON, counted from 1.
        line: usize,
        /// Where it stops being JSON, counted from 1.
        column: usize,
    },
    /// A project's mode is neither `local` nor `cloud`, so the CLI refuses to start.
    #[error("{file}: the mode of {project} is {value:?}, neither \"local\" nor \"cloud\"")]
    WrongMode {
        /// The file.
        file: PathBuf,
        /// The project's key.
        project: String,
        /// The value, cut to what fits a line.
        value: String,
    },
    /// A field has not the form the CLI asks for, so the CLI refuses to start.
    #[error("{file}: {field} has not the form the CLI asks for")]
    WrongShape {
        /// The file.
        file: PathBuf,
        /// The field, with dots.
        field: String,
    },
    /// A name is written twice, and the CLI would drop the first one.
    #[error("{file}: {name} is written twice")]
    NameTwice {
        /// The file.
        file: PathBuf,
        /// The field, with dots.
        name: String,
    },
    /// An older format, which is left for the CLI to migrate.
    #[error("{0} has the format of an older version")]
    Older(PathBuf),
    /// The project is not in the file (any more).
    #[error("{project} is not among the projects")]
    ProjectGone {
        /// The name that was looked for.
        project: String,
    },
    /// A folder for a local project must be a whole path.
    #[error("{path} is not a whole path")]
    NotAbsolute {
        /// The path.
        path: String,
    },
    /// The CLI could not send this key.
    #[error("the CLI could not send this key")]
    UnusableKey,
    /// Someone else keeps writing, or wrote what cannot be understood; theirs stands, ours does not.
    #[error("{0} was written by someone else at the same time")]
    Conflict(PathBuf),
    /// No file can be made in the folder.
    #[error("{0} is read-only")]
    FolderReadOnly(PathBuf),
    /// There is no room.
    #[error("there is no room left in {0}")]
    DiskFull(PathBuf),
    /// Writing failed otherwise.
    #[error("{file} could not be written ({kind})")]
    WriteFailed {
        /// The file.
        file: PathBuf,
        /// The system's reason.
        kind: ErrorKind,
    },
    /// Changes cannot be followed.
    #[error("changes of {0} cannot be followed")]
    NotWatched(PathBuf),
}
