//! Owns what can go wrong with the records, sorted by what a caller does about it.

use rusqlite::{Error, ErrorCode, ffi};
use std::io::ErrorKind;

/// Why the records could not be opened, read or written.
#[derive(Debug, thiserror::Error)]
pub enum RecordsError {
    /// A newer Latchkey wrote the file; it was left untouched.
    #[error("the records were written by a newer version")]
    Newer,
    /// The file, or a value in it, cannot be understood; it was left untouched.
    #[error("the records are damaged")]
    Corrupt,
    /// The disk is full, or what this person may fill of it.
    #[error("there is no room for the records")]
    Full,
    /// The file or its folder may not be written by this person.
    #[error("the records may not be written")]
    ReadOnly,
    /// The file cannot be written for another reason, as when another program holds it.
    #[error("the records cannot be written")]
    Unwritable,
    /// What the row belongs to was removed meanwhile; there is nothing left to remember it for.
    #[error("what this belongs to was removed")]
    Gone,
    /// SQLite refused for another reason; never carries stored values.
    #[error("the records failed")]
    Failed(#[source] Error),
}

impl From<Error> for RecordsError {
    fn from(error: Error) -> Self {
        match &error {
            Error::SqliteFailure(failure, _) => match failure.code {
                ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => Self::Corrupt,
                ErrorCode::DiskFull => Self::Full,
                // In a folder that may not be written SQLite cannot open the log beside the file.
                ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied => Self::ReadOnly,
                ErrorCode::SystemIoFailure | ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Self::Unwritable,
                ErrorCode::ConstraintViolation if failure.extended_code == ffi::SQLITE_CONSTRAINT_FOREIGNKEY => {
                    Self::Gone
                }
                _ if is_another_layout(&error) => Self::Corrupt,
                _ => Self::Failed(error),
            },
            Error::SqlInputError { .. } if is_another_layout(&error) => Self::Corrupt,
            Error::FromSqlConversionFailure(..)
            | Error::IntegralValueOutOfRange(..)
            | Error::InvalidColumnType(..)
            | Error::Utf8Error(..) => Self::Corrupt,
            _ => Self::Failed(error),
        }
    }
}

/// Whether a table or a column that this version made is not there.
fn is_another_layout(error: &Error) -> bool {
    let said = match error {
        Error::SqliteFailure(_, said) => said.as_deref().unwrap_or_default(),
        Error::SqlInputError { msg, .. } => msg,
        _ => return false,
    };
    ["no such table", "no such column", "has no column named", "already exists"]
        .iter()
        .any(|words| said.contains(words))
}

impl From<rusqlite::types::FromSqlError> for RecordsError {
    fn from(_: rusqlite::types::FromSqlError) -> Self {
        Self::Corrupt
    }
}

impl From<std::io::Error> for RecordsError {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => Self::Full,
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => Self::ReadOnly,
            _ => Self::Unwritable,
        }
    }
}
