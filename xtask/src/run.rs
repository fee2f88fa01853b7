//! Owns `cargo xtask run`: open the app for a person, or lead it through its main job where there is no display.

use crate::paths;
use crate::setup;
use crate::steps::{Outcome, Steps, run};
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
