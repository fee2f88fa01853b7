//! Owns the files that a person asked for: written anew beside what is there, and read up to a size.
//! Leaves out what stands in them.

use super::{ServiceError, Services};
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};

/// A file that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedFile {
    /// Its name.
    pub name: String,
    /// Its folder.
    pub folder: PathBuf,
}

/// How many files of one name may lie beside each other.
const MOST_OF_A_NAME: u32 = 100;

impl Services {
    /// Where files are saved that the person asked for.
    pub(super) fn downloads(&self) -> Result<PathBuf, ServiceError> {
        let folder = self.desktop().downloads.clone();
        folder.ok_or_else(|| ServiceError::file("this computer names no folder for downloads"))
    }
}

/// Writes a new file, readable by this person alone. One that is there is left alone: the new one gets a number.
pub(super) async fn save_new(folder: PathBuf, name: &str, bytes: Vec<u8>) -> Result<SavedFile, ServiceError> {
    let name = name.to_owned();
    blocking(move || save(&folder, &name, &bytes)).await
}

/// Reads a whole file of at most this many bytes.
pub(super) async fn read_capped(file: PathBuf, most: u64) -> Result<Vec<u8>, ServiceError> {
    blocking(move || read(&file, most)).await
}

/// Keeps a slow disk out of the way of everything else.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ServiceError> + Send + 'static,
) -> Result<T, ServiceError> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|_| Err(ServiceError::file("it could not be worked on")))
}

fn save(folder: &Path, name: &str, bytes: &[u8]) -> Result<SavedFile, ServiceError> {
    for number in 1..=MOST_OF_A_NAME {
        let name = numbered(name, number);
        let path = folder.join(&name);
        let mut file = match new_file(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::AlreadyExists => continue,
            Err(error) => return Err(ServiceError::file(why(&error))),
        };
        if let Err(error) = file.write_all(bytes).and_then(|()| file.sync_all()) {
            drop(file);
            // Half a file is worse than none.
            let _ = std::fs::remove_file(&path);
            return Err(ServiceError::file(why(&error)));
        }
        return Ok(SavedFile { name, folder: folder.to_owned() });
    }
    Err(ServiceError::file("there are a hundred files of that name"))
}

fn new_file(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// `name.csv`, `name (2).csv` …
fn numbered(name: &str, number: u32) -> String {
    match (number, name.rsplit_once('.')) {
        (1, _) => name.to_owned(),
        (_, Some((stem, ending))) => format!("{stem} ({number}).{ending}"),
        (_, None) => format!("{name} ({number})"),
    }
}

fn read(path: &Path, most: u64) -> Result<Vec<u8>, ServiceError> {
    let failed = |error: std::io::Error| ServiceError::file(why(&error));
    // A pipe or a device is asked nothing: it might never answer.
    let known = std::fs::metadata(path).map_err(failed)?;
    if !known.is_file() {
        return Err(ServiceError::file("it is no plain file"));
    }
    let too_large = || ServiceError::file("it is too large");
    if known.len() > most {
        return Err(too_large());
    }
    // Room for all of it and one byte more, so that no half of it is left behind by growing.
    let room = usize::try_from(known.len()).unwrap_or_default().saturating_add(1);
    let mut bytes = Vec::with_capacity(room);
    File::open(path).map_err(failed)?.take(most + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > most { Err(too_large()) } else { Ok(bytes) }
}

fn why(error: &std::io::Error) -> &'static str {
    match error.kind() {
        ErrorKind::NotFound => "it or its folder is not there",
        ErrorKind::PermissionDenied => "this person may not do that there",
        ErrorKind::StorageFull => "the disk is full",
        ErrorKind::ReadOnlyFilesystem => "the disk can only be read",
        _ => "the system refused",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_there_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        for (number, expected) in [(1, "a.csv"), (2, "a (2).csv"), (3, "a (3).csv")] {
            let saved = save(folder.path(), "a.csv", &[number]).unwrap();
            assert_eq!(
                (saved.name.as_str(), std::fs::read(folder.path().join(expected)).unwrap()),
                (expected, vec![number])
            );
        }
        assert!(save(&folder.path().join("nowhere"), "a.csv", b"").is_err());
    }

    #[cfg(unix)]
    #[test]
    fn a_new_file_is_readable_by_its_person_alone_and_no_link_is_followed() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let aim = folder.path().join("aim");
        std::fs::write(&aim, "theirs").unwrap();
        std::os::unix::fs::symlink(&aim, folder.path().join("a.csv")).unwrap();
        let saved = save(folder.path(), "a.csv", b"ours").unwrap();
        assert_eq!((saved.name.as_str(), std::fs::read_to_string(&aim).unwrap().as_str()), ("a (2).csv", "theirs"));
        let mode = std::fs::metadata(folder.path().join("a (2).csv")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_file_is_read_up_to_its_size_and_nothing_but_a_plain_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        std::fs::write(&path, "12345").unwrap();
        assert_eq!(read(&path, 5).unwrap(), b"12345");
        assert!(read(&path, 4).is_err() && read(folder.path(), 5).is_err());
        assert!(read(&folder.path().join("nowhere"), 5).is_err());
    }
}
