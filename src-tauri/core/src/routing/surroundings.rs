//! Owns what of this computer decides where the CLI looks and what beats its file. Given by the
//! shell; nothing is read from the environment here.

use crate::domain::Secret;
use std::path::PathBuf;

/// The variable that beats the saved key.
pub const API_KEY_VARIABLE: &str = "BASIC_MEMORY_CLOUD_API_KEY";

/// The folders and variables of this computer.
#[derive(Debug, Clone, Default)]
pub struct Surroundings {
    /// The home folder (`$HOME`, `%USERPROFILE%`).
    pub home: PathBuf,
    /// `BASIC_MEMORY_CONFIG_DIR`; an empty one counts as absent.
    pub config_dir_variable: Option<PathBuf>,
    /// `XDG_CONFIG_HOME`; an empty one counts as absent. The CLI honours it on every system.
    pub xdg_config_home: Option<PathBuf>,
    /// `BASIC_MEMORY_CLOUD_API_KEY` in any spelling of case; an empty one hides the saved key.
    pub api_key_variable: Option<Secret>,
    /// Every other `BASIC_MEMORY_…` that is set, in the order of the environment. Never the key.
    pub variables: Vec<Variable>,
}

/// One variable of the environment, which holds no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    /// Its name as it is spelled there.
    pub name: String,
    /// Its value.
    pub value: String,
}

impl Surroundings {
    /// The CLI's folder: the first that is set wins, nothing is merged (`resolve_data_dir`).
    pub fn config_folder(&self) -> PathBuf {
        let set = |path: &&PathBuf| !path.as_os_str().is_empty();
        if let Some(folder) = self.config_dir_variable.as_ref().filter(set) {
            return folder.clone();
        }
        if let Some(base) = self.xdg_config_home.as_ref().filter(set) {
            return base.join("basic-memory");
        }
        self.home.join(".basic-memory")
    }

    pub(super) fn config_file(&self) -> PathBuf {
        self.config_folder().join("config.json")
    }

    pub(super) fn token_file(&self) -> PathBuf {
        self.config_folder().join("basic-memory-cloud.json")
    }
}
