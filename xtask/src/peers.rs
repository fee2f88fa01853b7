//! Owns the real programs that the checks talk to: fetched once into a folder of the user's cache,
//! named by version, and reused. Leaves out the running of them and everything of Latchkey itself.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Why a peer is not there.
#[derive(Debug, thiserror::Error)]
pub enum PeerError {
    /// Something that the person has to install first.
    #[error("{0}")]
    Missing(String),
    /// A step of the installation ended badly.
    #[error("{step} failed:\n{output}")]
    Step {
        /// The command, as one would type it.
        step: String,
        /// The end of what it said.
        output: String,
    },
    /// A file or folder could not be made.
    #[error("{path}: {source}")]
    File {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

/// The official Basic Memory CLI: the path of its `bm`, installed first if need be.
pub fn basic_memory(version: &str) -> Result<PathBuf, PeerError> {
    let folder = install_once(&format!("basic-memory-{version}"), |folder| {
        let python = python_3_12()?;
        let uv = uv(&python, folder)?;
        let environment = folder.join("venv");
        let overrides = folder.join("overrides.txt");
        // 0.24.1 pins a certifi that an index may no longer carry; any recent one serves.
        std::fs::write(&overrides, "certifi>=2024.1.1\n").map_err(|source| file_error(&overrides, source))?;
        // Relocatable, because the folder gets its name only when everything is inside.
        step(
            Command::new(&uv)
                .args(["venv", "--relocatable", "--no-python-downloads", "--python"])
                .args([&python, &environment]),
        )?;
        step(
            Command::new(&uv)
                .args(["pip", "install", "--no-python-downloads", "--python"])
                .arg(interpreter(&environment))
                .arg("--override")
                .arg(&overrides)
                .arg(format!("basic-memory=={version}")),
        )
    })?;
    Ok(program(&folder.join("venv"), "bm"))
}

/// The certified authorization server `oidc-provider`: the folder with its `node_modules`, installed
/// first if need be. `tests/peers/oidc-provider` names its version and holds the script that runs it.
pub fn oidc_provider() -> Result<PathBuf, PeerError> {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/peers/oidc-provider");
    let list = sources.join("package.json");
    let text = std::fs::read_to_string(&list).map_err(|source| file_error(&list, source))?;
    let version = text
        .split_once("\"oidc-provider\": \"")
        .and_then(|(_, rest)| rest.split_once('"'))
        .map(|(version, _)| version)
        .ok_or_else(|| PeerError::Missing(format!("{} names no version of oidc-provider.", list.display())))?;
    install_once(&format!("oidc-provider-{version}"), |folder| {
        for file in ["package.json", "package-lock.json"] {
            let to = folder.join(file);
            std::fs::copy(sources.join(file), &to).map_err(|source| file_error(&to, source))?;
        }
        let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
        step(Command::new(npm).args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(folder))
    })
}

/// A finished folder with this name below the cache folder: found, or filled by `install`. It is
/// filled under another name and renamed at the end, so a broken installation is never taken for a whole one.
pub fn install_once(name: &str, install: impl FnOnce(&Path) -> Result<(), PeerError>) -> Result<PathBuf, PeerError> {
    let peers = cache_folder()?.join("latchkey").join("peers");
    let finished = peers.join(name);
    if finished.is_dir() {
        return Ok(finished);
    }
    let unfinished = peers.join(format!(".{name}.{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&unfinished);
    std::fs::create_dir_all(&unfinished).map_err(|source| file_error(&unfinished, source))?;
    say(&format!("Installing {name} into {} (once) …", peers.display()));
    let renamed = install(&unfinished)
        .and_then(|()| std::fs::rename(&unfinished, &finished).map_err(|source| file_error(&finished, source)));
    if renamed.is_err() {
        let _ = std::fs::remove_dir_all(&unfinished);
    }
    match renamed {
        // Another process was quicker: its folder is as good as ours.
        Err(PeerError::File { .. }) if finished.is_dir() => Ok(finished),
        Err(error) => Err(error),
        Ok(()) => Ok(finished),
    }
}

/// Runs one step of an installation to its end.
pub fn step(command: &mut Command) -> Result<(), PeerError> {
    let words: Vec<_> = std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(OsStr::to_string_lossy)
        .map(String::from)
        .collect();
    let step = words.join(" ");
    let output = match command.stdin(Stdio::null()).output() {
        Ok(output) => output,
        Err(source) => return Err(PeerError::Step { step, output: source.to_string() }),
    };
    if output.status.success() {
        return Ok(());
    }
    let mut lines: Vec<String> = String::from_utf8_lossy(&output.stdout).lines().map(String::from).collect();
    lines.extend(String::from_utf8_lossy(&output.stderr).lines().map(String::from));
    let end = lines.split_off(lines.len().saturating_sub(20));
    Err(PeerError::Step { step, output: end.join("\n") })
}

/// A Python that the CLI runs on: 3.12 or newer, from the path or from pyenv. None is ever downloaded.
fn python_3_12() -> Result<PathBuf, PeerError> {
    let named = ["python3.14", "python3.13", "python3.12", "python3", "python"].into_iter().map(PathBuf::from);
    let mut below_pyenv: Vec<PathBuf> = std::env::home_dir()
        .and_then(|home| std::fs::read_dir(home.join(".pyenv").join("versions")).ok())
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| program(&entry.path(), "python3"))
        .filter(|python| python.exists())
        .collect();
    below_pyenv.sort();
    let question = "import sys; print(sys.executable if (3, 12) <= sys.version_info < (3, 15) else '')";
    named
        .chain(below_pyenv)
        .find_map(|python| {
            let output = Command::new(python).args(["-c", question]).stdin(Stdio::null()).output().ok()?;
            let path = String::from_utf8(output.stdout).ok()?;
            let path = path.trim();
            (output.status.success() && !path.is_empty()).then(|| PathBuf::from(path))
        })
        .ok_or_else(|| {
            PeerError::Missing(
                "The official Basic Memory CLI needs Python 3.12 or newer. Install one (Debian 13 or Ubuntu 24.04: \
                 `apt-get install python3 python3-venv`; elsewhere: `pyenv install 3.12`) and run this again."
                    .into(),
            )
        })
}

/// uv from the path, else its own copy from PyPI inside `folder`.
fn uv(python: &Path, folder: &Path) -> Result<PathBuf, PeerError> {
    if Command::new("uv").arg("--version").output().is_ok_and(|output| output.status.success()) {
        return Ok(PathBuf::from("uv"));
    }
    let tools = folder.join("tools");
    step(Command::new(python).args(["-m", "venv"]).arg(&tools))?;
    step(Command::new(interpreter(&tools)).args(["-m", "pip", "install", "--quiet", "uv"]))?;
    Ok(program(&tools, "uv"))
}

fn interpreter(environment: &Path) -> PathBuf {
    program(environment, "python")
}

fn program(folder: &Path, name: &str) -> PathBuf {
    if cfg!(windows) { folder.join("Scripts").join(format!("{name}.exe")) } else { folder.join("bin").join(name) }
}

/// The user's cache folder, by each system's own rule.
#[allow(clippy::disallowed_methods)] // A tool for developers: there is no shell above it to hand the environment in.
fn cache_folder() -> Result<PathBuf, PeerError> {
    let from = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let folder = if cfg!(windows) {
        from("LOCALAPPDATA")
    } else if cfg!(target_os = "macos") {
        std::env::home_dir().map(|home| home.join("Library").join("Caches"))
    } else {
        from("XDG_CACHE_HOME")
            .filter(|path| path.is_absolute())
            .or_else(|| std::env::home_dir().map(|home| home.join(".cache")))
    };
    folder.ok_or_else(|| PeerError::Missing("No cache folder: set HOME and run this again.".into()))
}

fn file_error(path: &Path, source: std::io::Error) -> PeerError {
    PeerError::File { path: path.to_owned(), source }
}

#[allow(clippy::print_stderr)] // An installation takes a minute; silence would look like a hang.
fn say(line: &str) {
    eprintln!("{line}");
}
