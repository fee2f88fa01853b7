//! Owns how the Basic Memory CLI is run: for its version, apart from the person's own configuration.
//! Leaves out what a version means.

use crate::surroundings;
use async_trait::async_trait;
use latchkey_core::services::CliProgram;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::process::Command;

/// The CLI needs seconds to start; one that needs longer than this is not waited for.
const PATIENCE: Duration = Duration::from_secs(30);

/// More than this is no version.
const LONGEST_ANSWER: usize = 4096;

/// The CLI, wherever it is installed.
pub(crate) struct InstalledCli {
    /// A folder of ours in which a configuration of its own may be made and thrown away.
    apart: PathBuf,
}

impl InstalledCli {
    /// Run with a folder below this one as its configuration.
    pub(crate) fn new(folder: &Path) -> Self {
        Self { apart: folder.join("cli-version") }
    }
}

#[async_trait]
impl CliProgram for InstalledCli {
    fn folders(&self) -> Vec<PathBuf> {
        surroundings::program_folders()
    }

    async fn ask_version(&self, program: &Path) -> Option<String> {
        // Releases before 0.24 write what a variable says into the configuration at the next save, and
        // every release may make one, so it is shown a folder that is thrown away.
        std::fs::create_dir_all(&self.apart).ok()?;
        let mut command = Command::new(program);
        command
            .arg("--version")
            .env_clear()
            .envs(surroundings::cli_environment())
            .env("BASIC_MEMORY_CONFIG_DIR", &self.apart)
            .env("BASIC_MEMORY_HOME", self.apart.join("notes"))
            .env("BASIC_MEMORY_NO_PROMOS", "1")
            .current_dir(&self.apart)
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true);
        let output = tokio::time::timeout(PATIENCE, command.output()).await;
        // What stays behind is made anew or removed the next time.
        let _ = std::fs::remove_dir_all(&self.apart);
        let output = output.ok()?.ok()?;
        let answer = String::from_utf8(output.stdout).ok()?;
        (output.status.success() && answer.len() <= LONGEST_ANSWER).then_some(answer)
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    fn program(folder: &Path, script: &str) -> PathBuf {
        let program = folder.join("bm");
        std::fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        program
    }

    #[tokio::test]
    async fn the_version_is_asked_apart_from_the_persons_own_configuration() {
        let folder = tempfile::tempdir().unwrap();
        let script = "echo \"$@ $BASIC_MEMORY_NO_PROMOS ${BASIC_MEMORY_CLOUD_API_KEY-unset} $BASIC_MEMORY_CONFIG_DIR\"";
        let cli = InstalledCli::new(folder.path());
        let answer = cli.ask_version(&program(folder.path(), script)).await.unwrap();
        let apart = folder.path().join("cli-version");
        assert_eq!(answer.trim_end(), format!("--version 1 unset {}", apart.display()));
        assert!(!apart.exists());
    }

    #[tokio::test]
    async fn a_program_that_fails_or_is_not_there_has_no_version() {
        let folder = tempfile::tempdir().unwrap();
        let cli = InstalledCli::new(folder.path());
        assert_eq!(cli.ask_version(&program(folder.path(), "echo 'Basic Memory version: 0.24.1'; exit 1")).await, None);
        assert_eq!(cli.ask_version(&folder.path().join("absent")).await, None);
    }
}
