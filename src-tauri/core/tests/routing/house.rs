//! Owns what every proof here needs: a home with a config.json in it, what a file is at a moment, and
//! numbers that come out the same each time.

use latchkey_core::domain::Secret;
use latchkey_core::routing::{Change, CloudForm, Location, Step, Steps, Surroundings, locate};
use std::cell::RefCell;
use std::fs;
use std::io;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// As the CLI writes it, with what it does not know of in between.
pub(crate) const USUAL: &str = r#"{
  "env": "dev",
  "projects": {
    "alpha": {
      "path": "/srv/alpha",
      "mode": "local",
      "workspace_id": null,
      "local_sync_path": null,
      "bisync_initialized": false,
      "last_sync": null
    },
    "beta": {
      "path": "",
      "mode": "cloud",
      "workspace_id": "11111111-1111-1111-1111-111111111111",
      "local_sync_path": null,
      "bisync_initialized": false,
      "last_sync": null
    }
  },
  "default_project": "alpha",
  "cloud_api_key": "bmc_old_EXAMPLE",
  "default_workspace": null
}"#;

/// A copy that the CLI made of an older file, with a key in it.
pub(crate) const BACKUP: &str = r#"{"projects": {"alpha": "/srv/alpha"}, "cloud_api_key": "bmc_older_EXAMPLE"}"#;

/// A home folder that goes away with the test.
pub(crate) struct House {
    folder: tempfile::TempDir,
    pub(crate) location: Location,
}

impl House {
    /// With this as its config.json, closed to others and not written for long.
    pub(crate) fn with(text: impl AsRef<[u8]>) -> Self {
        let house = Self::empty();
        fs::create_dir_all(house.location.config.parent().unwrap()).unwrap();
        put(&house.location.config, text.as_ref());
        house
    }

    /// With nothing in it.
    pub(crate) fn empty() -> Self {
        let folder = tempfile::tempdir().unwrap();
        // The system's folder for such things may be behind a link.
        let home = folder.path().canonicalize().unwrap();
        Self { location: at(&home), folder }
    }

    pub(crate) fn home(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn config(&self) -> &Path {
        &self.location.config
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        fs::read(self.config()).unwrap()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.bytes()).unwrap()
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.bytes()).unwrap()
    }

    /// What else is in the CLI's folder.
    pub(crate) fn beside(&self) -> Vec<String> {
        names(self.config().parent().unwrap()).into_iter().filter(|name| name != "config.json").collect()
    }
}

/// The CLI's files below a home folder.
pub(crate) fn at(home: &Path) -> Location {
    locate(&Surroundings { home: home.to_owned(), ..Surroundings::default() })
}

/// A file as the CLI leaves it, not written for long.
pub(crate) fn put(file: &Path, bytes: &[u8]) {
    fs::write(file, bytes).unwrap();
    mode(file, 0o600);
    let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1_790_000_000);
    fs::File::options().write(true).open(file).unwrap().set_modified(long_ago).unwrap();
}

pub(crate) fn mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

pub(crate) fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// All that must be as before when nothing was changed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct State {
    bytes: Option<Vec<u8>>,
    mode: u32,
    modified: (i64, i64),
    inode: u64,
}

impl State {
    pub(crate) fn of(path: &Path) -> Self {
        let facts = fs::symlink_metadata(path).unwrap();
        Self {
            bytes: fs::read(path).ok(),
            mode: facts.mode(),
            modified: (facts.mtime(), facts.mtime_nsec()),
            inode: facts.ino(),
        }
    }
}

/// A mode by which others could read or write.
pub(crate) fn is_open_to_others(path: &Path) -> bool {
    // What is gone by now is closed.
    fs::symlink_metadata(path).is_ok_and(|facts| facts.is_file() && facts.mode() & 0o177 != 0)
}

pub(crate) fn to_cloud(project: &str) -> Change {
    Change::SetCloud { project: project.to_owned(), workspace: None, form: CloudForm::SyncCleared }
}

pub(crate) fn to_local(project: &str, path: &str) -> Change {
    Change::SetLocal { project: project.to_owned(), path: path.to_owned(), kept: None }
}

pub(crate) fn key(key: &str) -> Change {
    Change::SetApiKey(Some(Secret::new(key.to_owned())))
}

/// Does something at each step of a write.
pub(crate) struct At<F>(RefCell<F>);

impl<F: FnMut(Step, &Path) -> io::Result<()>> At<F> {
    pub(crate) fn each(act: F) -> Self {
        Self(RefCell::new(act))
    }
}

impl<F: FnMut(Step, &Path) -> io::Result<()>> Steps for At<F> {
    fn reached(&self, step: Step, file: &Path) -> io::Result<()> {
        (self.0.borrow_mut())(step, file)
    }
}

/// Puts a file in another's place at once, as the CLI has done since 0.22.1.
pub(crate) fn replace(file: &Path, bytes: &[u8]) {
    let beside = PathBuf::from(format!("{}.{}.1.tmp", file.display(), std::process::id()));
    fs::write(&beside, bytes).unwrap();
    mode(&beside, 0o600);
    fs::rename(&beside, file).unwrap();
}

/// SplitMix64: small, and the same each time.
pub(crate) struct Numbers(pub(crate) u64);

impl Numbers {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Below a limit.
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    /// True once in so many times.
    pub(crate) fn once_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }
}
