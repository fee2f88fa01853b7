//! Owns `cargo xtask bench`: figures of the real program, beside a peer of the same run where there is one.
//! Leaves out judging a build by them: they are for people, and no check fails on a time.

mod projects;
mod report;

use crate::paths;
use crate::setup::{self, FEATURES, cargo};
use crate::steps::{Failure, Outcome, Steps, capture, run};
use report::{Figure, as_json, table};
use std::path::PathBuf;
use std::process::Command;

/// Set in the copy of this program that already runs inside the namespace.
const INSIDE: &str = "LATCHKEY_BENCH_INSIDE";

/// Measures everything, prints the table and writes it as JSON.
///
/// The official CLI takes part, so the measuring itself happens in a network namespace with nothing
/// but loopback: this program starts itself again inside one.
pub async fn bench(out: Option<PathBuf>) -> Outcome<()> {
    let file = out.unwrap_or_else(|| paths::target().join("bench.json"));
    if std::env::var_os(INSIDE).is_some() {
        return measure(&file).await;
    }
    let steps = Steps::default();
    let user = capture(Command::new("id").arg("-u"), "see that the program `id` is there")?;
    if user.trim() != "0" {
        return Err(Failure::new("a network namespace can be made by root only", "run this as root or with sudo"));
    }
    setup::prepare(&steps, true)?;
    build(&steps)?;
    steps.run("the official CLI", || {
        let found = crate::peers::basic_memory(projects::CLI_VERSION);
        found.map(drop).map_err(|error| Failure::new(error.to_string(), "see the message above"))
    })?;
    let itself = std::env::current_exe().map_err(|error| Failure::new(error.to_string(), "run it through cargo"))?;
    run(
        Command::new("unshare")
            .args(["-n", "sh", "-c", "ip link set lo up && exec \"$@\"", "sh"])
            .arg(itself)
            .arg("bench")
            .arg("--out")
            .arg(&file)
            .env(INSIDE, "1"),
        "read the message above",
    )
}

/// The app and the sandbox as they are released.
fn build(steps: &Steps) -> Outcome<()> {
    steps.run("build the user interface", setup::build_ui)?;
    steps.run("build the app and the sandbox (release)", || {
        run(
            cargo()
                .args(["build", "--release", "--package", "latchkey", "--package", "latchkey-sandbox"])
                .args(FEATURES),
            "read the compiler's message above",
        )
    })
}

async fn measure(file: &std::path::Path) -> Outcome<()> {
    let steps = Steps::default();
    let mut figures: Vec<Figure> = Vec::new();
    figures.extend(steps.watch("figures of Projects", projects::measure(&steps)).await?);
    println!("\n{}", table(&figures));
    let text = format!("{:#}\n", as_json(&figures));
    std::fs::write(file, text)
        .map_err(|error| Failure::new(format!("{}: {error}", file.display()), "name a file that can be written"))?;
    steps.say(&format!("written to {}", file.display()));
    Ok(())
}
