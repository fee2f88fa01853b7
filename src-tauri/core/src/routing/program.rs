//! Owns which program the CLI is and how its version reads. Leaves out running it.

use std::collections::HashSet;
use std::fmt;
use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// The CLI's program. Two that are equal are one version, so there is no need to ask it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// Where it is.
    pub path: PathBuf,
    /// When it was last changed, links followed.
    pub modified: Option<SystemTime>,
}

/// A version of the CLI.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CliVersion {
    /// The first number.
    pub major: u16,
    /// The second number.
    pub minor: u16,
    /// The third number.
    pub patch: u16,
}

/// What a version writes when it hands a project to the cloud.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CloudForm {
    /// Before 0.21: the mode alone.
    ModeOnly,
    /// From 0.21: the path is emptied too.
    PathCleared,
    /// From 0.24, and when nothing is known: what was kept for syncing is emptied too.
    SyncCleared,
}

/// Both names of the program.
#[cfg(not(windows))]
const NAMES: &[&str] = &["bm", "basic-memory"];
#[cfg(windows)]
const NAMES: &[&str] = &["bm.exe", "basic-memory.exe"];

/// The first of the folders' programs, as a shell would find it.
pub fn find_program(folders: impl IntoIterator<Item = PathBuf>) -> Option<Program> {
    let mut seen = HashSet::new();
    let fresh = folders.into_iter().filter(|folder| folder.is_absolute() && seen.insert(folder.clone()));
    fresh.flat_map(|folder| NAMES.iter().map(move |name| folder.join(name))).find_map(program)
}

/// Where installers put programs, for a `PATH` that is short because a desktop started the app.
pub fn usual_folders(home: &Path) -> Vec<PathBuf> {
    let below_home = [".local/bin", ".local/share/uv/tools/basic-memory/bin", "bin", ".cargo/bin"];
    let system = ["/opt/homebrew/bin", "/usr/local/bin", "/usr/bin"];
    below_home.iter().map(|folder| home.join(folder)).chain(system.iter().map(PathBuf::from)).collect()
}

impl CliVersion {
    /// Reads what `bm --version` prints: `Basic Memory version: 0.24.1`, perhaps below other lines.
    pub fn parse(printed: &str) -> Option<Self> {
        let words = printed.lines().find_map(|line| line.trim().strip_prefix("Basic Memory version:"))?;
        let mut numbers = words.trim().split(['.', '+', '-']);
        // A pre-release such as 0.25.0rc1 counts as what it leads to.
        let mut next = || {
            let word = numbers.next()?;
            word[..word.find(|c: char| !c.is_ascii_digit()).unwrap_or(word.len())].parse().ok()
        };
        Some(Self { major: next()?, minor: next()?, patch: next().unwrap_or(0) })
    }

    /// Whether it knows a route per project at all (0.19 and later).
    pub fn routes_per_project(self) -> bool {
        (self.major, self.minor) >= (0, 19)
    }
}

impl CloudForm {
    /// The form of a version; an unknown one counts as the newest.
    pub fn of(version: Option<CliVersion>) -> Self {
        match version.map(|version| (version.major, version.minor)) {
            Some(version) if version < (0, 21) => Self::ModeOnly,
            Some(version) if version < (0, 24) => Self::PathCleared,
            _ => Self::SyncCleared,
        }
    }
}

impl fmt::Display for CliVersion {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

fn program(path: PathBuf) -> Option<Program> {
    let facts = path.metadata().ok().filter(|facts| facts.is_file() && can_run(facts))?;
    Some(Program { path, modified: facts.modified().ok() })
}

#[cfg(unix)]
fn can_run(facts: &Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    facts.permissions().mode() & 0o111 != 0
}

#[cfg(not(unix))]
fn can_run(_: &Metadata) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(major: u16, minor: u16, patch: u16) -> CliVersion {
        CliVersion { major, minor, patch }
    }

    #[test]
    fn the_version_is_read_from_what_the_program_prints() {
        assert_eq!(CliVersion::parse("Basic Memory version: 0.24.1\n"), Some(version(0, 24, 1)));
        assert_eq!(CliVersion::parse("a warning\nBasic Memory version: 0.19.2"), Some(version(0, 19, 2)));
        assert_eq!(CliVersion::parse("Basic Memory version: 0.25.0rc1"), Some(version(0, 25, 0)));
        assert_eq!(CliVersion::parse("Basic Memory version: 1.0+dev"), Some(version(1, 0, 0)));
        for text in ["", "0.24.1", "Basic Memory version: unknown", "Basic Memory version: 1", "bm: not found"] {
            assert_eq!(CliVersion::parse(text), None, "{text}");
        }
        assert_eq!(version(0, 24, 1).to_string(), "0.24.1");
    }

    #[test]
    fn each_version_has_the_form_it_writes() {
        let form = |minor| CloudForm::of(Some(version(0, minor, 3)));
        assert_eq!([form(19), form(20)], [CloudForm::ModeOnly; 2]);
        assert_eq!([form(21), form(23)], [CloudForm::PathCleared; 2]);
        assert_eq!([form(24), CloudForm::of(Some(version(1, 0, 0)))], [CloudForm::SyncCleared; 2]);
        assert_eq!(CloudForm::of(None), CloudForm::SyncCleared);
        assert!(!version(0, 18, 5).routes_per_project() && version(0, 19, 0).routes_per_project());
    }

    #[cfg(unix)]
    #[test]
    fn the_first_program_that_can_run_is_found_and_a_newer_one_is_another() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let (one, two) = (folder.path().join("one"), folder.path().join("two"));
        for place in [&one, &two] {
            std::fs::create_dir(place).unwrap();
        }
        let find = || find_program([PathBuf::from("relative"), one.clone(), two.clone()]);
        assert_eq!(find(), None);
        std::fs::write(one.join("bm"), "no program").unwrap();
        let program = two.join("basic-memory");
        std::fs::write(&program, "#!/bin/sh").unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        let found = find().unwrap();
        assert_eq!(found.path, program);
        assert_eq!(find(), Some(found.clone()));
        let later = found.modified.unwrap() + std::time::Duration::from_secs(1);
        std::fs::File::options().append(true).open(&program).unwrap().set_modified(later).unwrap();
        assert_ne!(find(), Some(found));
    }
}
