//! Owns the file beside a file: made closed to others, filled, exchanged with it, taken away again.
//! Leaves out what is written and what to do when someone else wrote too.

use super::RoutingError;
use super::steps::{Step, Steps};
use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use uuid::Uuid;

/// What parts our names from the CLI's own `config.json.<pid>.<thread>.tmp`.
const OURS: &str = ".latchkey-";

/// A filled file beside another. Taken away when it is dropped.
pub(super) struct Temp {
    path: PathBuf,
}

/// What became of the file that stood there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Swap {
    /// It stands beside, where the new one stood.
    Exchanged,
    /// It is gone; the file system cannot exchange two.
    Replaced,
}

impl Temp {
    /// Makes a file beside the target that only its owner may read, from the first byte on.
    pub(super) fn write(target: &Path, bytes: &[u8], steps: &dyn Steps) -> Result<Self, RoutingError> {
        let (folder, name) = split(target)?;
        let path = folder.join(format!("{name}{OURS}{}-{}.tmp", std::process::id(), Uuid::new_v4().simple()));
        let fail = |error: io::Error| refused(&error, target);
        let mut file = create(&path).map_err(fail)?;
        let temp = Self { path };
        let mut write = || -> io::Result<()> {
            steps.reached(Step::TempMade, target)?;
            let (first, second) = bytes.split_at(bytes.len() / 2);
            file.write_all(first)?;
            steps.reached(Step::TempHalfWritten, target)?;
            file.write_all(second)?;
            steps.reached(Step::TempWritten, target)?;
            file.sync_all()?;
            steps.reached(Step::TempSynced, target)
        };
        write().map_err(fail)?;
        Ok(temp)
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Puts it in the target's place, in one step in which nobody ever finds neither of them.
    pub(super) fn swap(&self, target: &Path) -> Result<Swap, RoutingError> {
        let before = permissions(target);
        close(target);
        let swapped = match exchange(&self.path, target) {
            Ok(true) => Ok(Swap::Exchanged),
            Ok(false) => fs::rename(&self.path, target).map(|()| Swap::Replaced),
            Err(error) => Err(error),
        };
        swapped.map_err(|error| {
            reopen(target, before);
            match error.kind() {
                ErrorKind::NotFound => RoutingError::Absent(target.to_owned()),
                _ => refused(&error, target),
            }
        })
    }

    /// Takes it out of the target's place again, where the old one stands as it did before.
    pub(super) fn swap_back(&self, target: &Path, before: Option<Permissions>) -> Result<(), RoutingError> {
        self.swap(target)?;
        reopen(target, before);
        Ok(())
    }

    /// Leaves it where it is.
    pub(super) fn leave(mut self) {
        self.path = PathBuf::new();
    }

    /// Puts it in the target's place, whatever stands there.
    pub(super) fn replace(self, target: &Path) -> Result<(), RoutingError> {
        fs::rename(&self.path, target).map_err(|error| refused(&error, target))
    }
}

impl Drop for Temp {
    fn drop(&mut self) {
        // Gone already after a replacement. What cannot be taken away is, at the next start.
        let _ = fs::remove_file(&self.path);
    }
}

/// Who may have left something beside a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Leaver {
    /// Only who does not run any more.
    Dead,
    /// Also one of this number, which was given to us since. Nothing of ours may be under way.
    DeadOrNamesake,
}

/// Takes away what a killed write left beside a file. Files of a process that runs are left.
pub(super) fn sweep(target: &Path, leaver: Leaver) {
    let Ok((folder, name)) = split(target) else { return };
    let Ok(entries) = fs::read_dir(folder) else { return };
    let prefix = format!("{name}{OURS}");
    for entry in entries.flatten() {
        let file_name = entry.file_name();
        let process = file_name.to_str().and_then(|found| {
            let (process, rest) = found.strip_prefix(&prefix)?.split_once('-')?;
            rest.strip_suffix(".tmp").and_then(|_| process.parse::<u32>().ok())
        });
        if process.is_some_and(|process| {
            let namesake = process == std::process::id();
            if namesake { leaver == Leaver::DeadOrNamesake } else { !runs(process) }
        }) {
            // Tried again at the next start.
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Makes the folder's new names last. Not every file system can, and none fails for it.
pub(super) fn sync_folder(target: &Path) {
    #[cfg(unix)]
    if let Some(folder) = target.parent() {
        let _ = File::open(folder).and_then(|folder| folder.sync_all());
    }
    #[cfg(not(unix))]
    let _ = target;
}

fn split(target: &Path) -> Result<(&Path, &str), RoutingError> {
    let name = target.file_name().and_then(|name| name.to_str());
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty());
    folder.zip(name).ok_or_else(|| RoutingError::NotAFile(target.to_owned()))
}

/// Who may read and write a file.
pub(super) fn permissions(file: &Path) -> Option<Permissions> {
    fs::metadata(file).ok().map(|facts| facts.permissions())
}

/// A file that stays gets back what [`close`] took.
fn reopen(file: &Path, before: Option<Permissions>) {
    if let Some(before) = before.filter(|before| permissions(file).as_ref() != Some(before)) {
        // Left more closed than it was, at worst.
        let _ = fs::set_permissions(file, before);
    }
}

/// Why a file could not be made or moved.
pub(super) fn refused(error: &io::Error, target: &Path) -> RoutingError {
    let folder = || target.parent().unwrap_or(target).to_owned();
    match error.kind() {
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => RoutingError::FolderReadOnly(folder()),
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => RoutingError::DiskFull(folder()),
        kind => RoutingError::WriteFailed { file: target.to_owned(), kind },
    }
}

#[cfg(unix)]
fn create(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    // A strange umask could have taken the owner's own rights.
    file.set_permissions(fs::Permissions::from_mode(0o600))?;
    Ok(file)
}

#[cfg(not(unix))]
fn create(path: &Path) -> io::Result<File> {
    // The person's own folder is closed to others by the system (ACL inherited from the profile).
    OpenOptions::new().write(true).create_new(true).open(path)
}

/// The old file comes to stand beside, so it must not be open to others either.
#[cfg(unix)]
fn close(target: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    if let Ok(facts) = fs::metadata(target)
        && facts.permissions().mode() & 0o077 != 0
    {
        // Someone else's file may refuse; then the exchange decides.
        let _ = fs::set_permissions(target, fs::Permissions::from_mode(0o600));
    }
}

#[cfg(not(unix))]
fn close(_: &Path) {}

/// `renameat2(RENAME_EXCHANGE)` or `renameatx_np(RENAME_SWAP)`; false where the file system has neither.
#[cfg(any(target_os = "linux", target_vendor = "apple"))]
fn exchange(one: &Path, other: &Path) -> io::Result<bool> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    use rustix::io::Errno;
    match renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE) {
        Ok(()) => Ok(true),
        Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

#[cfg(not(any(target_os = "linux", target_vendor = "apple")))]
fn exchange(_: &Path, _: &Path) -> io::Result<bool> {
    Ok(false)
}

#[cfg(unix)]
fn runs(process: u32) -> bool {
    use rustix::process::{Pid, test_kill_process};
    let Some(process) = i32::try_from(process).ok().and_then(Pid::from_raw) else { return false };
    !matches!(test_kill_process(process), Err(rustix::io::Errno::SRCH))
}

#[cfg(not(unix))]
fn runs(_: u32) -> bool {
    // Only one Latchkey runs at a time, and it is this one.
    false
}
