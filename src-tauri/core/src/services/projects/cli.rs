//! Owns which CLI is installed and what its version is: asked in the background, remembered for as
//! long as the program's file does not change. Leaves out running it, which only the desktop can.

use super::super::{Services, Topic};
use super::{Cli, CliState};
use crate::routing::{self, CliVersion, Program};
use std::time::SystemTime;

/// The setting that holds the last answer.
const SETTING: &str = "cli_version";

impl Services {
    fn installed_cli(&self) -> Option<Program> {
        let folders = self.desktop().cli.folders();
        routing::find_program(folders.into_iter().chain(routing::usual_folders(&self.surroundings().home)))
    }

    /// The CLI as far as it is known.
    pub(super) fn cli(&self) -> Cli {
        let Some(program) = self.installed_cli() else {
            return Cli { program: None, version: None, state: CliState::Absent };
        };
        let version = self.version_of(&program);
        let state = match version {
            Some(_) => CliState::Known,
            None if self.live().projects.asking_version => CliState::Asking,
            None => CliState::Unknown,
        };
        Cli { program: Some(program.path), version: version.map(|version| version.to_string()), state }
    }

    /// The version of the installed CLI, if it is known without asking.
    pub(super) fn cli_version(&self) -> Option<CliVersion> {
        self.version_of(&self.installed_cli()?)
    }

    fn version_of(&self, program: &Program) -> Option<CliVersion> {
        if let Some((known, version)) = &self.live().projects.version
            && known == program
        {
            return *version;
        }
        let version = self.remembered_version(program);
        if version.is_some() {
            self.live().projects.version = Some((program.clone(), version));
        }
        version
    }

    fn remembered_version(&self, program: &Program) -> Option<CliVersion> {
        // Without the records the program is asked again, which is all that is lost.
        let kept = self.records().setting(SETTING).ok().flatten()?;
        let (of, version) = kept.rsplit_once('\n')?;
        (of == fingerprint(program)).then(|| CliVersion::parse(&format!("Basic Memory version: {version}"))).flatten()
    }

    /// Asks the program for its version, unless that is known or being asked. An odd answer leaves it
    /// unknown; it is asked again by the next scan.
    pub(super) async fn ask_cli_version(&self) {
        let Some(program) = self.installed_cli() else { return };
        if self.version_of(&program).is_some() || std::mem::replace(&mut self.live().projects.asking_version, true) {
            return;
        }
        self.changed(Topic::Projects);
        let answer = self.desktop().cli.ask_version(&program.path).await;
        let version = answer.as_deref().and_then(CliVersion::parse);
        if let Some(version) = version {
            // Asked once more at the next start if it cannot be kept.
            let _kept = self.records().put_setting(SETTING, &format!("{}\n{version}", fingerprint(&program)));
        }
        {
            let mut live = self.live();
            live.projects.asking_version = false;
            live.projects.version = Some((program, version));
        }
        self.changed(Topic::Projects);
    }
}

/// The program and the moment it was last changed.
fn fingerprint(program: &Program) -> String {
    let since = program.modified.and_then(|moment| moment.duration_since(SystemTime::UNIX_EPOCH).ok());
    format!("{}\n{}", program.path.display(), since.unwrap_or_default().as_nanos())
}
