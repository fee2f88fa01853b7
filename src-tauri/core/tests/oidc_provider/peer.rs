//! Owns the running authorization server: installed once into a folder of the user's cache, named by
//! version, and started on a random loopback port for each test.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use url::Url;

/// It ends when this is dropped.
pub(crate) struct Peer {
    pub(crate) issuer: Url,
    _process: Child,
}

impl Peer {
    pub(crate) async fn start() -> Self {
        let sources = sources();
        let installed = install(&sources).await;
        let mut process = Command::new("node")
            .arg(sources.join("server.mjs"))
            .arg(installed)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("Node.js 20 or newer on the path");
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).await.unwrap();
        Self { issuer: Url::parse(line.trim()).expect("the server's address"), _process: process }
    }
}

/// The server's script and the list of what it needs.
fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/peers/oidc-provider")
}

/// The folder with its `node_modules`. It is filled under another name and renamed at the end, so a
/// broken installation is never taken for a whole one.
async fn install(sources: &Path) -> PathBuf {
    static ONE_AT_A_TIME: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
    let _guard = ONE_AT_A_TIME.lock().await;
    let list = std::fs::read_to_string(sources.join("package.json")).unwrap();
    let list: serde_json::Value = serde_json::from_str(&list).unwrap();
    let version = list["dependencies"]["oidc-provider"].as_str().unwrap();
    let peers = cache_folder().join("latchkey").join("peers");
    let finished = peers.join(format!("oidc-provider-{version}"));
    if finished.is_dir() {
        return finished;
    }
    let unfinished = peers.join(format!(".oidc-provider-{version}.{}", std::process::id()));
    std::fs::create_dir_all(&unfinished).unwrap();
    for file in ["package.json", "package-lock.json"] {
        std::fs::copy(sources.join(file), unfinished.join(file)).unwrap();
    }
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let installing = Command::new(npm)
        .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
        .current_dir(&unfinished)
        .stdin(Stdio::null())
        .output()
        .await
        .expect("npm on the path");
    assert!(installing.status.success(), "npm ci: {}", String::from_utf8_lossy(&installing.stderr));
    // Another process may have been quicker: its folder is as good as ours.
    if std::fs::rename(&unfinished, &finished).is_err() {
        assert!(finished.is_dir(), "{} cannot be made", finished.display());
        std::fs::remove_dir_all(&unfinished).unwrap();
    }
    finished
}

/// The user's cache folder, by each system's own rule.
#[allow(clippy::disallowed_methods)] // A test has no shell above it to hand the environment in.
fn cache_folder() -> PathBuf {
    let from = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let home = || std::env::home_dir().expect("a home folder");
    if cfg!(windows) {
        from("LOCALAPPDATA").expect("LOCALAPPDATA")
    } else if cfg!(target_os = "macos") {
        home().join("Library").join("Caches")
    } else {
        from("XDG_CACHE_HOME").filter(|path| path.is_absolute()).unwrap_or_else(|| home().join(".cache"))
    }
}
