//! Owns what must be on the machine before anything can be built or tried: system packages,
//! Node, the UI's packages, the driver. Leaves out the checks themselves (test.rs).

use crate::paths;
use crate::steps::{Failure, Outcome, Steps, capture, run};
use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::{Hash as _, Hasher as _};
use std::path::PathBuf;
use std::process::Command;

/// What building needs on Debian and Ubuntu.
pub const BUILD_PACKAGES: &[&str] = &[
    "build-essential",
    "file",
    "libayatana-appindicator3-dev",
    "librsvg2-dev",
    "libssl-dev",
    "libwebkit2gtk-4.1-dev",
    "libxdo-dev",
    "pkg-config",
];

/// The browser whose pages attack, and its package's name on Debian.
const CHROMIUM: &str = "chromium";

/// What the stage needs: a display, a driver for the window, a bus, a keyring and a clipboard.
pub const STAGE_PACKAGES: &[&str] = &[
    "at-spi2-core",
    CHROMIUM,
    "dbus",
    "fonts-dejavu-core",
    "gir1.2-atspi-2.0",
    "gnome-keyring",
    "imagemagick",
    "iproute2",
    "libgl1-mesa-dri",
    "libsecret-tools",
    "procps",
    "python3-gi",
    "strace",
    "webkit2gtk-driver",
    "xauth",
    "xclip",
    "xdotool",
    "xvfb",
];

/// The driver's version. It follows Tauri 2.
pub const DRIVER_VERSION: &str = "2.1.0";

/// The oldest Node that the UI builds with.
const OLDEST_NODE: u32 = 20;

/// Whether a window can be shown to a person.
pub fn has_display() -> bool {
    !cfg!(target_os = "linux")
        || ["DISPLAY", "WAYLAND_DISPLAY"]
            .iter()
            .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}

/// Brings the machine to where the app can be built, and with `stage` to where it can be led without a display.
pub fn prepare(steps: &Steps, stage: bool) -> Outcome<()> {
    steps.run("system packages", || system_packages(stage))?;
    steps.run("Node 20 or newer", node)?;
    steps.run("packages of the user interface", ui_packages)?;
    if stage {
        steps.run("WebDriver for the window", || driver().map(drop))?;
    }
    Ok(())
}

/// Builds the user interface and, with it inside, the app and the sandbox beside it.
pub fn build(steps: &Steps) -> Outcome<()> {
    steps.run("build the user interface", build_ui)?;
    steps.run("build the app and the sandbox", || {
        run(
            cargo().args(["build", "--package", "latchkey", "--package", "latchkey-sandbox"]).args(FEATURES),
            "read the compiler's message above",
        )
    })
}

/// The features of an app that carries its own pages.
pub const FEATURES: &[&str] = &["--features", "latchkey/custom-protocol"];

/// Cargo, in the root of the checkout.
pub fn cargo() -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(paths::root());
    if std::env::var_os("CI").is_some_and(|value| value == "true") {
        cargo.env("CARGO_INCREMENTAL", "0");
    }
    cargo
}

/// npm, in the UI's folder.
pub fn npm() -> Command {
    let mut npm = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
    npm.current_dir(paths::ui());
    npm
}

/// Builds the pages into `ui/dist`.
pub fn build_ui() -> Outcome<()> {
    capture(npm().args(["run", "build"]), "read the message above; `npm run build` in ui/ repeats it").map(drop)
}

/// Installs what is missing: through apt where there is one, after naming it; elsewhere it is only named.
fn system_packages(stage: bool) -> Outcome<()> {
    if !cfg!(target_os = "linux") {
        return Ok(());
    }
    let mut wanted = BUILD_PACKAGES.to_vec();
    if stage {
        wanted.extend(STAGE_PACKAGES);
    }
    if paths::find_program("dpkg-query").is_none() || paths::find_program("apt-get").is_none() {
        return other_system(stage);
    }
    // Whoever has the program itself, as a snap for example, has what the package is for.
    let there =
        |package: &str| is_installed(package) || (package == CHROMIUM && paths::find_program(package).is_some());
    let missing: Vec<&str> = wanted.into_iter().filter(|package| !there(package)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let line = format!("apt-get install -y --no-install-recommends {}", missing.join(" "));
    println!("         missing: {}\n         running: {line}", missing.join(", "));
    let root = capture(Command::new("id").arg("-u"), "").is_ok_and(|id| id.trim() == "0");
    let remedy = format!("run `{line}` as root, then run this again");
    let apt = || {
        let mut command = if root {
            Command::new("apt-get")
        } else {
            let mut sudo = Command::new("sudo");
            sudo.arg("apt-get");
            sudo
        };
        command.env("DEBIAN_FRONTEND", "noninteractive");
        command
    };
    if !root && paths::find_program("sudo").is_none() {
        return Err(Failure::new(format!("these packages are missing: {}", missing.join(", ")), remedy));
    }
    capture(apt().arg("update"), &remedy)?;
    if missing.contains(&CHROMIUM) && !is_offered(CHROMIUM) {
        return Err(no_chromium());
    }
    capture(apt().args(["install", "-y", "--no-install-recommends"]).args(&missing), &remedy).map(drop)
}

/// Ubuntu has it as a snap alone.
fn no_chromium() -> Failure {
    Failure::new(
        "this system’s apt offers no package `chromium`, and no program of that name is on the search path",
        "install Chromium another way, for example `snap install chromium`, or make a link called `chromium` to \
         Google Chrome on the search path, then run this again",
    )
}

/// Whether apt knows a version that it could install.
fn is_offered(package: &str) -> bool {
    capture(Command::new("apt-cache").args(["policy", package]), "").is_ok_and(|policy| has_candidate(&policy))
}

fn has_candidate(policy: &str) -> bool {
    let candidate = policy.lines().find_map(|line| line.trim().strip_prefix("Candidate:"));
    candidate.is_some_and(|version| !matches!(version.trim(), "" | "(none)"))
}

fn is_installed(package: &str) -> bool {
    capture(Command::new("dpkg-query").args(["-W", "-f", "${Status}", package]), "")
        .is_ok_and(|status| status.contains("install ok installed"))
}

fn other_system(stage: bool) -> Outcome<()> {
    let mut missing = Vec::new();
    if paths::find_program("cc").is_none() {
        missing.push("a C compiler (gcc or clang)");
    }
    for (library, name) in [
        ("webkit2gtk-4.1", "WebKitGTK 4.1 with its headers (webkit2gtk4.1-devel, webkit2gtk-4.1)"),
        ("librsvg-2.0", "librsvg with its headers (librsvg2-devel, librsvg)"),
    ] {
        if capture(Command::new("pkg-config").args(["--exists", library]), "").is_err() {
            missing.push(name);
        }
    }
    if stage {
        for (program, name) in [
            ("Xvfb", "Xvfb (xorg-x11-server-Xvfb, xorg-server-xvfb)"),
            ("WebKitWebDriver", "WebKitWebDriver (webkit2gtk-driver, webkit2gtk4.1)"),
            ("dbus-daemon", "dbus-daemon (dbus-daemon, dbus)"),
            ("gnome-keyring-daemon", "gnome-keyring"),
            ("secret-tool", "secret-tool (libsecret)"),
            ("xclip", "xclip"),
            ("xdotool", "xdotool"),
            ("strace", "strace"),
            (CHROMIUM, "Chromium, as a program called `chromium`"),
        ] {
            if paths::find_program(program).is_none() {
                missing.push(name);
            }
        }
    }
    if missing.is_empty() {
        return Ok(());
    }
    Err(Failure::new(
        format!("these are missing: {}", missing.join("; ")),
        "install them with your system's package manager, then run this again",
    ))
}

fn node() -> Outcome<()> {
    let remedy = "install Node 20 or newer from https://nodejs.org or your system's packages";
    let answer = capture(Command::new("node").arg("--version"), remedy)?;
    let version = answer.trim();
    match node_major(version) {
        Some(major) if major >= OLDEST_NODE => Ok(()),
        _ => Err(Failure::new(format!("Node is {version}, which is too old"), remedy)),
    }
}

fn node_major(version: &str) -> Option<u32> {
    version.strip_prefix('v')?.split('.').next()?.parse().ok()
}

/// Runs `npm ci` when the lock file has changed since it last ran.
fn ui_packages() -> Outcome<()> {
    let lock = paths::ui().join("package-lock.json");
    let remedy = "look at ui/package-lock.json and the message above";
    let content = fs::read(&lock).map_err(|error| Failure::new(format!("{}: {error}", lock.display()), remedy))?;
    let mut hasher = DefaultHasher::new();
    content.hash(&mut hasher);
    let stamp = format!("{:016x}", hasher.finish());
    let stamp_file = paths::ui().join("node_modules").join(".latchkey-stamp");
    if fs::read_to_string(&stamp_file).is_ok_and(|last| last == stamp) {
        return Ok(());
    }
    capture(npm().args(["ci", "--no-audit", "--no-fund"]), remedy)?;
    fs::write(&stamp_file, stamp).map_err(|error| Failure::new(format!("{}: {error}", stamp_file.display()), remedy))
}

/// The driver in the cache, installed on first use.
pub fn driver() -> Outcome<PathBuf> {
    let home = paths::peers().join(format!("tauri-driver-{DRIVER_VERSION}"));
    let program = home.join("bin").join(format!("tauri-driver{}", std::env::consts::EXE_SUFFIX));
    if !program.is_file() {
        let wanted = format!("tauri-driver@{DRIVER_VERSION}");
        capture(
            cargo().args(["install", &wanted, "--locked", "--root"]).arg(&home),
            "see whether crates.io can be reached, then run this again",
        )?;
    }
    Ok(program)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_of_node_is_read_from_its_answer() {
        assert_eq!(node_major("v20.20.1"), Some(20));
        assert_eq!(node_major("20.20.1"), None);
        assert_eq!(node_major("v"), None);
    }

    #[test]
    fn a_package_that_apt_cannot_install_is_told_from_one_that_it_can() {
        assert!(has_candidate("chromium:\n  Installed: (none)\n  Candidate: 130.0-1\n"));
        assert!(!has_candidate("chromium:\n  Installed: (none)\n  Candidate: (none)\n"));
        assert!(!has_candidate(""));
        assert!(no_chromium().to_string().contains("snap install chromium"));
    }

    #[test]
    fn no_package_is_named_twice() {
        let mut all: Vec<&str> = BUILD_PACKAGES.iter().chain(STAGE_PACKAGES).copied().collect();
        all.sort_unstable();
        let named = all.len();
        all.dedup();
        assert_eq!(all.len(), named);
    }
}
