//! Owns a keychain for tests that outlives the process that wrote it: one file for one item.

use crate::kills_dwelling::Moments;
use crate::promises::keeps_its_promises;
use latchkey_core::domain::Secret;
use latchkey_core::vault::{SecretName, SecretStore, VaultError};
use std::fs::{self, File};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

const UNFINISHED: &str = "tmp";

pub(crate) struct FileStore {
    folder: PathBuf,
    moments: Arc<Moments>,
}

impl FileStore {
    pub(crate) fn new(folder: &Path, moments: Arc<Moments>) -> Self {
        fs::create_dir_all(folder).unwrap();
        Self { folder: folder.to_owned(), moments }
    }

    fn file(&self, name: &SecretName) -> PathBuf {
        self.folder.join(name.to_string().replace('/', "_"))
    }

    /// The names of every item, as files.
    pub(crate) fn items(&self) -> Vec<String> {
        let names = fs::read_dir(&self.folder).unwrap();
        let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.filter(|name| !name.ends_with(UNFINISHED)).collect()
    }

    pub(crate) fn holds(&self, name: SecretName) -> bool {
        self.file(&name).exists()
    }
}

fn failed(_: std::io::Error) -> VaultError {
    VaultError::Failed("the test's folder")
}

impl SecretStore for FileStore {
    fn put(&self, name: &SecretName, secret: &Secret) -> Result<(), VaultError> {
        self.moments.reach();
        let unfinished = self.folder.join(UNFINISHED);
        let mut file = File::create(&unfinished).map_err(failed)?;
        file.write_all(secret.expose_secret().as_bytes()).map_err(failed)?;
        self.moments.reach();
        file.sync_all().map_err(failed)?;
        fs::rename(&unfinished, self.file(name)).map_err(failed)?;
        self.moments.reach();
        Ok(())
    }

    fn get(&self, name: &SecretName) -> Result<Option<Secret>, VaultError> {
        self.moments.reach();
        match fs::read_to_string(self.file(name)) {
            Ok(characters) => Ok(Some(Secret::new(characters))),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(failed(error)),
        }
    }

    fn delete(&self, name: &SecretName) -> Result<(), VaultError> {
        self.moments.reach();
        match fs::remove_file(self.file(name)) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(failed(error)),
            _ => {}
        }
        self.moments.reach();
        Ok(())
    }
}

#[test]
fn the_keychain_that_outlives_its_process_keeps_the_promises_of_a_store() {
    let folder = tempfile::tempdir().unwrap();
    keeps_its_promises(&FileStore::new(folder.path(), Arc::default()));
}
