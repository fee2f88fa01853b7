//! Owns `cargo xtask run`: open the app for a person, or lead it through its main job where there is no display.

use crate::paths;
use crate::setup;
#[cfg(target_os = "linux")]
use crate::stage::{Setting, Stage};
#[cfg(target_os = "linux")]
use crate::steps::Failure;
use crate::steps::{Outcome, Steps, run};
#[cfg(target_os = "linux")]
use std::path::PathBuf;
use std::process::Command;

/// Opens the app and waits until the person closes it.
pub fn with_display(without: Option<&str>) -> Outcome<()> {
    let steps = Steps::default();
    setup::prepare(&steps, false)?;
    setup::build(&steps)?;
    steps.say("opening Latchkey");
    let mut app = Command::new(paths::app());
    if let Some(parts) = without {
        app.env("LATCHKEY_SANDBOX_ARGS", format!("--without {parts}"));
    }
    run(&mut app, "read the message above")
}

/// Leads the app through its main job on a stage.
#[cfg(target_os = "linux")]
pub async fn without_display(without: Option<&str>, shots: Option<PathBuf>) -> Outcome<()> {
    let steps = Steps::default();
    setup::prepare(&steps, true)?;
    setup::build(&steps)?;
    let folder = shots.unwrap_or_else(|| paths::target().join("run"));
    std::fs::create_dir_all(&folder)
        .map_err(|error| Failure::new(format!("{}: {error}", folder.display()), "name a folder that can be written"))?;
    let arguments = without.map(|parts| format!("--without {parts}")).unwrap_or_default();
    let mut stage = Stage::set(Setting { sandbox_arguments: arguments, ..Setting::default() })?;
    let window = steps.watch("open the app", stage.open_app()).await?;
    window.picture(&folder.join("first-run.png")).await?;
    steps.say(&format!("the pictures are in {}", folder.display()));
    Ok(())
}
