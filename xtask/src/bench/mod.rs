//! Owns `cargo xtask bench`: figures of the real program, beside a peer of the same run where there is one.
//! Leaves out judging a build by them: they are for people, and no check fails on a time.

mod hand;
mod list;
mod package;
mod projects;
mod report;
mod servers;
mod start;

use crate::paths;
use crate::setup::{self, FEATURES, cargo};
use crate::steps::{Failure, Outcome, Steps, capture, run};
use report::{Figure, Sample, as_json, table};
use std::path::PathBuf;
use std::process::Command;

/// How often what is short is measured.
const RUNS: usize = 10;

/// The parts of the bench, as `--only` names them.
const PARTS: [&str; 6] = ["package", "start", "first-row", "list", "servers", "projects"];

/// The programs that are measured.
#[derive(Debug)]
struct Programs {
    app: PathBuf,
    floor: PathBuf,
    records: PathBuf,
}

/// Set in the copy of this program that already runs inside the namespace.
const INSIDE: &str = "LATCHKEY_BENCH_INSIDE";

/// Measures everything, prints the table and writes it as JSON.
///
/// The official CLI takes part, so the measuring itself happens in a network namespace with nothing
/// but loopback: this program starts itself again inside one.
pub async fn bench(out: Option<PathBuf>, only: Vec<String>) -> Outcome<()> {
    let file = out.unwrap_or_else(|| paths::target().join("bench.json"));
    if let Some(unknown) = only.iter().find(|part| !PARTS.contains(&part.as_str())) {
        return Err(Failure::new(format!("there is no part {unknown}"), format!("name of {}", PARTS.join(", "))));
    }
    if std::env::var_os(INSIDE).is_some() {
        return measure(&file, &only).await;
    }
    let steps = Steps::default();
    let user = capture(Command::new("id").arg("-u"), "see that the program `id` is there")?;
    if user.trim() != "0" {
        return Err(Failure::new("a network namespace can be made by root only", "run this as root or with sudo"));
    }
    setup::prepare(&steps, true)?;
    build(&steps)?;
    if asked(&only, "projects") {
        steps.run("the official CLI", || {
            let found = crate::peers::basic_memory(projects::CLI_VERSION);
            found.map(drop).map_err(|error| Failure::new(error.to_string(), "see the message above"))
        })?;
    }
    if asked(&only, "package") {
        // Outside the namespace, where the bundler finds what it needs.
        crate::dist::dist()?;
    }
    run(
        crate::network::itself_alone()?
            .arg("bench")
            .arg("--out")
            .arg(&file)
            .args(only.iter().flat_map(|part| ["--only", part]))
            .env(INSIDE, "1"),
        "read the message above",
    )
}

/// The app and the sandbox as they are released.
fn build(steps: &Steps) -> Outcome<()> {
    steps.run("build the user interface", setup::build_ui)?;
    steps.run("build the app, the sandbox and the empty window (release)", || {
        let packages = ["latchkey", "latchkey-sandbox", "latchkey-floor", "latchkey-bench-records"];
        run(
            cargo()
                .args(["build", "--release"])
                .args(packages.iter().flat_map(|package| ["--package", package]))
                .args(FEATURES),
            "read the compiler's message above",
        )
    })
}

async fn measure(file: &std::path::Path, only: &[String]) -> Outcome<()> {
    let steps = Steps::default();
    let folder = paths::target().join("release");
    let programs = Programs {
        app: folder.join("latchkey"),
        floor: folder.join("latchkey-floor"),
        records: folder.join("latchkey-bench-records"),
    };
    let mut figures: Vec<Figure> = Vec::new();
    if asked(only, "package") {
        figures.push(steps.run("size of the package", package::measure)?);
    }
    if asked(only, "start") {
        figures.extend(steps.watch("figures of a start", start::measure(&programs)).await?);
    }
    if asked(only, "first-row") {
        figures.extend(steps.watch("figures of the first row", start::first_rows(&programs)).await?);
    }
    if asked(only, "list") {
        figures.extend(steps.watch("figures of a long list", list::measure(&programs)).await?);
    }
    if asked(only, "servers") {
        figures.extend(steps.watch("figures of work with servers", servers::measure(&programs, &steps)).await?);
    }
    if asked(only, "projects") {
        figures.extend(steps.watch("figures of Projects", projects::measure(&steps)).await?);
    }
    println!("\n{}", table(&figures));
    let text = format!("{:#}\n", as_json(&figures));
    std::fs::write(file, text)
        .map_err(|error| Failure::new(format!("{}: {error}", file.display()), "name a file that can be written"))?;
    steps.say(&format!("written to {}", file.display()));
    Ok(())
}

fn asked(only: &[String], part: &str) -> bool {
    only.is_empty() || only.iter().any(|one| one == part)
}

fn sample(values: Vec<f64>) -> Outcome<Sample> {
    Sample::new(values).ok_or_else(nothing_measured)
}

fn nothing_measured() -> Failure {
    Failure::new("nothing was measured", crate::driver::LOOK)
}
