//! Owns `cargo xtask run`: open the app for a person, or lead it through its main job where there is no display.

use crate::paths;
use crate::setup;
use crate::steps::{Outcome, Steps, run};
#[cfg(target_os = "linux")]
use crate::{
    journey::{Hand, Journey, KNOWN_OF_THE_REAL_SERVICE},
    stage::{Setting, Stage},
    steps::Failure,
};
#[cfg(target_os = "linux")]
use std::path::{Path, PathBuf};
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

/// Leads the app through its main job on a stage: with the whole sandbox and with all that is known of the
/// real service, or once with what the person left out.
#[cfg(target_os = "linux")]
pub async fn without_display(without: Option<&str>, shots: Option<PathBuf>) -> Outcome<()> {
    let steps = Steps::default();
    setup::prepare(&steps, true)?;
    setup::build(&steps)?;
    let folder = shots.unwrap_or_else(|| paths::target().join("run"));
    let mut outcome = Ok(());
    match without {
        Some(parts) => outcome = lead(parts, &folder).await,
        None => {
            for parts in ["", KNOWN_OF_THE_REAL_SERVICE] {
                // The second way is tried even if the first was barred, so that both are known.
                let led = lead(parts, &folder).await;
                outcome = outcome.and(led);
            }
        }
    }
    steps.say(&format!("the pictures are in {}", folder.display()));
    outcome
}

#[cfg(target_os = "linux")]
async fn lead(without: &str, pictures: &Path) -> Outcome<()> {
    let (name, arguments) = if without.is_empty() {
        ("whole-sandbox".to_owned(), String::new())
    } else {
        (format!("without-{}", without.replace(',', "-")), format!("--without {without}"))
    };
    println!(
        "\n{}",
        if without.is_empty() { "With the whole sandbox".to_owned() } else { format!("Without {without}") }
    );
    let folder = pictures.join(&name);
    std::fs::create_dir_all(&folder)
        .map_err(|error| Failure::new(format!("{}: {error}", folder.display()), "name a folder that can be written"))?;
    let steps = Steps::default();
    let setting = Setting { sandbox_arguments: arguments, ..Setting::default() };
    let stage = steps.run("set the stage", || Stage::set(setting))?;
    let mut journey = steps.watch("open the window", Journey::begin(stage, Hand::Mouse, Some(folder.clone()))).await?;
    let outcome = journey.main_job(&steps).await;
    if outcome.is_err() {
        let _ = journey.window.picture(&folder.join("where-it-stopped.png")).await;
    }
    outcome
}
