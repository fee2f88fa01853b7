//! Owns where things lie: the checkout, its build output and the cache of test peers.

use std::path::{Path, PathBuf};

/// The root of the checkout this program was built from.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}

/// The user interface's folder.
pub fn ui() -> PathBuf {
    root().join("ui")
}

/// Where Cargo builds to.
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// The app as the debug profile builds it.
pub fn app() -> PathBuf {
    target().join("debug").join(format!("latchkey{}", std::env::consts::EXE_SUFFIX))
}

/// The sandbox as the debug profile builds it, beside the app.
pub fn sandbox() -> PathBuf {
    target().join("debug").join(format!("latchkey-sandbox{}", std::env::consts::EXE_SUFFIX))
}

/// The folder for things that are installed once and reused: `<cache>/latchkey/peers`.
pub fn peers() -> PathBuf {
    let home = || std::env::home_dir().unwrap_or_else(|| root().join("target"));
    let cache = if cfg!(target_os = "macos") {
        home().join("Library/Caches")
    } else if cfg!(target_os = "windows") {
        std::env::var_os("LOCALAPPDATA").map_or_else(|| home().join("AppData/Local"), PathBuf::from)
    } else {
        std::env::var_os("XDG_CACHE_HOME").map_or_else(|| home().join(".cache"), PathBuf::from)
    };
    cache.join("latchkey").join("peers")
}

/// An executable on the search path, by its bare name.
pub fn find_program(name: &str) -> Option<PathBuf> {
    let search_path = std::env::var_os("PATH")?;
    let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    std::env::split_paths(&search_path).map(|folder| folder.join(&file)).find(|candidate| candidate.is_file())
}
