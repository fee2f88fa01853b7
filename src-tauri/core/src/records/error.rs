//! Owns what can go wrong with the records, sorted by what a caller does about it.

use rusqlite::{Error, ErrorCode, ffi};

/// Why the records could not be opened, read or written.
#[derive(Debug, thiserror::Error)]
pub enum RecordsError {
    /// A newer Latchkey wrote the file; it was left untouched.
    #[error("the records were written by a newer version")]
    Newer,
    /// The file, or a value in it, cannot be understood; it was left untouched.
    #[error("the records are damaged")]
    Corrupt,
    /// The file cannot be written: read-only, disk full, or held by another program.
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
                ErrorCode::ReadOnly
                | ErrorCode::DiskFull
                | ErrorCode::CannotOpen
                | ErrorCode::PermissionDenied
                | ErrorCode::SystemIoFailure
                | ErrorCode::DatabaseBusy
                | ErrorCode::DatabaseLocked => Self::Unwritable,
                ErrorCode::ConstraintViolation if failure.extended_code == ffi::SQLITE_CONSTRAINT_FOREIGNKEY => {
                    Self::Gone
                }
                _ => Self::Failed(error),
            },
            Error::FromSqlConversionFailure(..)
            | Error::IntegralValueOutOfRange(..)
            | Error::InvalidColumnType(..)
            | Error::Utf8Error(..) => Self::Corrupt,
            _ => Self::Failed(error),
        }
    }
}

impl From<rusqlite::types::FromSqlError> for RecordsError {
    fn from(_: rusqlite::types::FromSqlError) -> Self {
        Self::Corrupt
    }
}

impl From<std::io::Error> for RecordsError {
    fn from(_: std::io::Error) -> Self {
        Self::Unwritable
    }
}
