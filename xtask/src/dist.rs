//! Owns `cargo xtask dist`: the installable package of this system, with the sandbox inside.

use crate::paths;
use crate::setup::{self, cargo};
use crate::steps::{Failure, Outcome, Steps, capture, run};
use std::process::Command;

/// Builds the package and says where it is and how large.
pub fn dist() -> Outcome<()> {
    let steps = Steps::default();
    setup::prepare(&steps, false)?;
    steps.run("build the user interface", setup::build_ui)?;
    steps.run("build the sandbox", || {
        run(cargo().args(["build", "--release", "--package", "latchkey-sandbox"]), "read the compiler's message above")
    })?;
    steps.run("put the sandbox beside the app", side_program)?;
    let bundle = if cfg!(target_os = "linux") {
        "deb"
    } else if cfg!(target_os = "macos") {
        "dmg"
    } else {
        "msi"
    };
    steps.run("build the package", || {
        let tauri = paths::ui().join("node_modules").join(".bin").join(if cfg!(windows) { "tauri.cmd" } else { "tauri" });
        let merged = r#"{"build":{"beforeBuildCommand":""},"bundle":{"active":true,"externalBin":["src-tauri/binaries/latchkey-sandbox"]}}"#;
        run(
            Command::new(tauri).current_dir(paths::root()).args(["build", "--bundles", bundle, "--config", merged]),
            "read the message above",
        )
    })?;
    let folder = paths::target().join("release").join("bundle").join(bundle);
    let mut found = false;
    for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.extension().is_some_and(|ending| ending == bundle) {
            let bytes = entry.metadata().map_or(0, |data| data.len());
            let tenths = bytes / 100_000;
            println!("{} ({}.{} MB)", path.display(), tenths / 10, tenths % 10);
            found = true;
        }
    }
    if found {
        Ok(())
    } else {
        Err(Failure::new(format!("no package lies in {}", folder.display()), "read the messages above"))
    }
}

/// Copies the sandbox to where the bundler looks for it: its name with the target's triple.
fn side_program() -> Outcome<()> {
    let remedy = "see that rustc works and src-tauri can be written";
    let answer = capture(Command::new("rustc").arg("-vV"), remedy)?;
    let triple = answer.lines().find_map(|line| line.strip_prefix("host: ")).unwrap_or_default().trim().to_owned();
    let ending = std::env::consts::EXE_SUFFIX;
    let from = paths::target().join("release").join(format!("latchkey-sandbox{ending}"));
    let folder = paths::root().join("src-tauri").join("binaries");
    std::fs::create_dir_all(&folder)
        .and_then(|()| std::fs::copy(&from, folder.join(format!("latchkey-sandbox-{triple}{ending}"))))
        .map(drop)
        .map_err(|error| Failure::new(format!("{}: {error}", from.display()), remedy))
}
