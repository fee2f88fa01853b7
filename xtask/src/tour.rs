//! Owns `cargo xtask tour`: pictures of every screen and state, for people to look at.

use crate::paths;
use crate::setup;
use crate::stage::{Setting, Stage};
use crate::steps::{Failure, Outcome, Steps};
use std::path::PathBuf;

/// Takes the pictures.
pub async fn tour(out: Option<PathBuf>) -> Outcome<()> {
    let steps = Steps::default();
    setup::prepare(&steps, true)?;
    setup::build(&steps)?;
    let folder = out.unwrap_or_else(|| paths::target().join("tour"));
    std::fs::create_dir_all(&folder)
        .map_err(|error| Failure::new(format!("{}: {error}", folder.display()), "name a folder that can be written"))?;
    let mut stage = Stage::set(Setting::default())?;
    let window = stage.open_app().await?;
    window.picture(&folder.join("first-run.png")).await?;
    steps.say(&format!("the pictures are in {}", folder.display()));
    Ok(())
}
