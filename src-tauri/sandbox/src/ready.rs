//! Owns the ready file: what the sandbox tells whoever started it. Leaves out how it is used.

use crate::StartError;
use serde::{Deserialize, Serialize};
use std::io::Write;
use std::path::Path;

/// Where everything is. Written once all ports listen.
#[derive(Clone, Serialize, Deserialize)]
pub struct Ready {
    /// The pretend Basic Memory Cloud.
    pub basic_memory: BasicMemory,
    /// The pretend Memory API.
    pub memory_api: KeyService,
    /// The pretend Memory OS.
    pub memory_os: KeyService,
    /// The pretend MemoryKit.
    pub memory_kit: MemoryKit,
    /// The back door for tests.
    pub admin: Admin,
    /// The process.
    pub pid: u32,
}

/// The pretend Basic Memory Cloud.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct BasicMemory {
    /// The base URL of the service, without a trailing slash.
    pub host: String,
    /// The base URL of the authorization server, without a trailing slash; also its issuer.
    pub authorization_server: String,
    /// A client id that it knows.
    pub client_id: String,
    /// The page in the browser where keys are revoked by hand.
    pub keys_page: String,
}

/// A service whose keys are managed with a key.
#[derive(Clone, Serialize, Deserialize)]
pub struct KeyService {
    /// The base URL of its API, without a trailing slash.
    pub host: String,
    /// The page in the browser where keys are made and revoked by hand.
    pub keys_page: String,
    /// A pretend key that may manage keys. It is minted anew at each start.
    pub admin_key: String,
}

/// The pretend MemoryKit, whose keys are managed in the browser alone.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct MemoryKit {
    /// The base URL of its API, without a trailing slash.
    pub host: String,
    /// The page in the browser where keys are made and revoked by hand.
    pub keys_page: String,
    /// Pretend keys to start with. They are minted anew at each start.
    pub keys: Vec<ReadyKey>,
}

/// A pretend key with its secret.
#[derive(Clone, Serialize, Deserialize)]
pub struct ReadyKey {
    /// Its name.
    pub name: String,
    /// The project that it is for.
    pub project: String,
    /// What it may do.
    pub scopes: Vec<String>,
    /// Its characters.
    pub key: String,
}

/// The back door for tests.
#[derive(Clone, Serialize, Deserialize)]
pub struct Admin {
    /// Its base URL, without a trailing slash.
    pub url: String,
    /// Its bearer token.
    pub token: String,
}

impl std::fmt::Debug for Ready {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ready")
            .field("basic_memory", &self.basic_memory)
            .field("memory_api", &self.memory_api)
            .field("memory_os", &self.memory_os)
            .field("memory_kit", &self.memory_kit)
            .field("pid", &self.pid)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for KeyService {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeyService")
            .field("host", &self.host)
            .field("keys_page", &self.keys_page)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for ReadyKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ReadyKey").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Ready {
    /// Writes the file whole and readable by this user alone: into a file beside it, then renamed.
    pub fn write(&self, path: &Path) -> Result<(), StartError> {
        let failed = |source| StartError::ReadyFile { path: path.to_owned(), source };
        let mut beside = path.as_os_str().to_owned();
        beside.push(format!(".{}", self.pid));
        let beside = Path::new(&beside);
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let written = options.open(beside).and_then(|mut file| {
            file.write_all(serde_json::to_string_pretty(self)?.as_bytes())?;
            file.sync_all()?;
            std::fs::rename(beside, path)
        });
        if written.is_err() {
            let _ = std::fs::remove_file(beside);
        }
        written.map_err(failed)
    }
}
