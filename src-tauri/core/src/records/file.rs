//! Owns the file on disk before SQLite sees it: its mode, whether its head is ours to open, and putting
//! a damaged one aside.

use super::{RecordsError, schema};
use chrono::{DateTime, Utc};
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};

const MAGIC: &[u8; 16] = b"SQLite format 3\0";
/// Where `user_version` stands (SQLite file format, section 1.3).
const VERSION_AT: usize = 60;

/// Makes the folder (0700) and the file (0600) if they are missing, and reads the file's head.
/// SQLite gives `-wal` and `-shm` the mode of the file itself.
pub(super) fn prepare(path: &Path) -> Result<(), RecordsError> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        create_folder(folder)?;
    }
    let mut file = create_file(path)?;
    let mut head = Vec::with_capacity(100);
    (&mut file).take(100).read_to_end(&mut head)?;
    if head.is_empty() {
        return Ok(());
    }
    if !head.starts_with(MAGIC) {
        return Err(RecordsError::Corrupt);
    }
    let version = head.get(VERSION_AT..VERSION_AT + 4).and_then(|bytes| <[u8; 4]>::try_from(bytes).ok());
    match version.map(i32::from_be_bytes) {
        None => Err(RecordsError::Corrupt),
        Some(version) => schema::check_version(version),
    }
}

/// Gives the file and its logs another name beside the old one, and answers it. Nothing is written over.
pub(super) fn set_aside(path: &Path, now: DateTime<Utc>) -> Result<PathBuf, RecordsError> {
    let stem = format!("records-damaged-{}", now.format("%Y%m%d-%H%M%S"));
    let free = (0..100).map(|number| match number {
        0 => path.with_file_name(format!("{stem}.db")),
        number => path.with_file_name(format!("{stem}-{number}.db")),
    });
    let aside = free.into_iter().find(|aside| !aside.exists()).ok_or(RecordsError::Unwritable)?;
    // The file last: if this is cut off in between, the next start still finds a damaged file.
    for suffix in ["-wal", "-shm", ""] {
        match std::fs::rename(with_suffix(path, suffix), with_suffix(&aside, suffix)) {
            Err(error) if error.kind() == ErrorKind::NotFound && !suffix.is_empty() => {}
            renamed => renamed?,
        }
    }
    Ok(aside)
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

#[cfg(unix)]
fn create_folder(folder: &Path) -> Result<(), RecordsError> {
    use std::os::unix::fs::DirBuilderExt as _;
    // A folder that exists keeps its mode: it may be shared with others, and the file is closed anyway.
    Ok(DirBuilder::new().recursive(true).mode(0o700).create(folder)?)
}

#[cfg(not(unix))]
fn create_folder(folder: &Path) -> Result<(), RecordsError> {
    Ok(DirBuilder::new().recursive(true).create(folder)?)
}

#[cfg(unix)]
fn create_file(path: &Path) -> Result<File, RecordsError> {
    use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
    let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path)?;
    if file.metadata()?.permissions().mode() & 0o077 != 0 {
        file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
    }
    Ok(file)
}

#[cfg(not(unix))]
fn create_file(path: &Path) -> Result<File, RecordsError> {
    // The person's own folder is closed to others by the system (ACL inherited from the profile).
    Ok(OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?)
}
