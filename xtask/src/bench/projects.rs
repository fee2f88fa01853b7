//! Owns the figures of the Projects page in the real window: one switch from the page's event to the file
//! on disk, beside the official CLI's own command, and how soon a change made elsewhere is on the screen.

use super::report::{Figure, Goal, Sample, Unit};
use crate::driver::{LOOK, Window};
use crate::journey::{Hand, Journey, Verdict};
use crate::paths;
use crate::peers;
use crate::sandbox::BackDoor;
use crate::stage::{Setting, Stage};
use crate::steps::{Failure, Outcome, Steps, capture};
use serde_json::{Value, json};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// The official CLI that takes part.
pub(super) const CLI_VERSION: &str = "0.24.1";

/// The workspace that every switch goes to, so that nothing is asked.
const WORKSPACE: &str = "11111111-1111-4111-8111-111111111111";
const SWITCHES: usize = 30;
const CHANGES: usize = 20;
const CLI_SWITCHES: usize = 3;
/// As many projects as the window shows without scrolling.
const PROJECTS: usize = 8;
const PATIENCE: Duration = Duration::from_secs(10);

/// Leads the window and the CLI, and answers both figures.
pub(super) async fn measure(steps: &Steps) -> Outcome<Vec<Figure>> {
    let app = paths::target().join("release").join("latchkey");
    let stage = Stage::set(Setting { app: Some(app), ..Setting::default() })?;
    let folder = stage.folder().join("config").join("basic-memory");
    let mut journey = Journey::begin(stage, Hand::Mouse, None).await?;
    journey.open_sandbox().await?;
    journey.sign_in(Verdict::Approve(1)).await?;
    journey.create("projects", "30").await?;
    let key = journey.copy().await?;
    journey.done("projects", &key).await?;
    let sandbox = BackDoor::find(&journey.window).await?;
    let config = Config { file: folder.join("config.json"), host: sandbox.host().to_owned(), key };
    config.write(&[])?;

    journey.window.press("nav-projects").await?;
    journey.window.find_by_style(&row(0)).await?;
    let mut ours = Vec::new();
    for round in 0..SWITCHES {
        let project = round % PROJECTS;
        ours.push(switch(&journey.window, &config, project).await?);
        journey.window.press_style(&format!("{} [data-half=local]", row(project))).await?;
        journey.window.find_by_style(&format!("{}[data-served-from=local]", row(project))).await?;
    }
    steps.say("switched in the window");
    let cli = official_cli(&journey, &config)?;
    steps.say("switched by the official CLI");
    let mut seen = Vec::new();
    for round in 0..CHANGES {
        seen.push(outside_change(&journey.window, &config, round).await?);
    }
    let none = || Failure::new("nothing was measured", LOOK);
    Ok(vec![
        Figure {
            work: "switch a project to the cloud: from the page's event to the file on disk".to_owned(),
            unit: Unit::Milliseconds,
            ours: Sample::new(ours).ok_or_else(none)?,
            beside: Some((format!("bm {CLI_VERSION} project set-cloud"), Sample::new(cli).ok_or_else(none)?)),
            goal: Goal::TimesFaster(200.0),
        },
        Figure {
            work: "a change made elsewhere: from the file on disk to the frame that shows it".to_owned(),
            unit: Unit::Milliseconds,
            ours: Sample::new(seen).ok_or_else(none)?,
            beside: None,
            goal: Goal::AtMost(150.0),
        },
    ])
}

/// The configuration of a stage with many projects.
struct Config {
    file: PathBuf,
    host: String,
    key: String,
}

impl Config {
    /// Writes it as the CLI writes it, these projects served from the cloud, and answers the moment it was there.
    fn write(&self, in_cloud: &[usize]) -> Outcome<f64> {
        let folder = self.file.parent().unwrap_or(Path::new("."));
        let mut projects = serde_json::Map::new();
        for number in 0..PROJECTS {
            let cloud = in_cloud.contains(&number);
            let path = if cloud { String::new() } else { folder.join(name(number)).display().to_string() };
            let entry = json!({
                "path": path, "mode": if cloud { "cloud" } else { "local" },
                "workspace_id": cloud.then_some(WORKSPACE),
                "local_sync_path": null, "bisync_initialized": false, "last_sync": null,
            });
            projects.insert(name(number), entry);
        }
        let config = json!({
            "env": "dev", "projects": projects, "default_project": name(0),
            "cloud_host": self.host, "cloud_api_key": self.key, "default_workspace": WORKSPACE,
        });
        let failed = |error: std::io::Error| Failure::new(format!("{}: {error}", self.file.display()), LOOK);
        fs::create_dir_all(folder).map_err(failed)?;
        let temporary = folder.join("config.json.1.1.tmp");
        fs::write(&temporary, format!("{config:#}")).map_err(failed)?;
        fs::set_permissions(&temporary, fs::Permissions::from_mode(0o600)).map_err(failed)?;
        fs::rename(&temporary, &self.file).map_err(failed)?;
        Ok(now())
    }

    fn serves_from_cloud(file: &Path, project: usize) -> bool {
        let read = || serde_json::from_slice::<Value>(&fs::read(file).ok()?).ok();
        read().is_some_and(|config| config["projects"][name(project)]["mode"] == "cloud")
    }
}

/// Presses Cloud in the page and waits for the file: milliseconds between the page's event and the
/// first moment at which another program read the new state, at most half a millisecond late.
async fn switch(window: &Window, config: &Config, project: usize) -> Outcome<f64> {
    window
        .run(
            "window.benchClick = null;
             document.addEventListener('click', (event) => {
               window.benchClick = performance.timeOrigin + event.timeStamp;
             }, { capture: true, once: true });",
            Vec::new(),
        )
        .await?;
    let stop = Arc::new(AtomicBool::new(false));
    let watcher = {
        let (file, stop) = (config.file.clone(), Arc::clone(&stop));
        std::thread::spawn(move || {
            let before = Instant::now();
            while before.elapsed() < PATIENCE && !stop.load(Ordering::Relaxed) {
                if Config::serves_from_cloud(&file, project) {
                    return Some(now());
                }
                std::thread::sleep(Duration::from_micros(200));
            }
            None
        })
    };
    let pressed = super::hand::press(window, &format!("{} [data-half=cloud]", row(project))).await;
    if pressed.is_err() {
        stop.store(true, Ordering::Relaxed);
    }
    let written = watcher.join().ok().flatten();
    pressed?;
    let written = written.ok_or_else(|| Failure::new(format!("{} was not switched", name(project)), LOOK))?;
    window.find_by_style(&format!("{}[data-served-from=cloud]", row(project))).await?;
    let clicked = window.run("return window.benchClick", Vec::new()).await?;
    clicked.as_f64().map(|clicked| written - clicked).ok_or_else(|| Failure::new("the page saw no click", LOOK))
}

/// Writes the file as another program would: milliseconds until the frame that shows it.
async fn outside_change(window: &Window, config: &Config, round: usize) -> Outcome<f64> {
    let cloud = round.is_multiple_of(2);
    let to = if cloud { "cloud" } else { "local" };
    config.write(if cloud { &[] } else { &[0] })?;
    let from = if cloud { "local" } else { "cloud" };
    window.find_by_style(&format!("{}[data-served-from={from}]", row(0))).await?;
    window
        .run(
            "window.benchSeen = null;
             const [selector, wanted] = arguments;
             const look = () => {
               if (document.querySelector(selector)?.dataset.servedFrom !== wanted) return requestAnimationFrame(look);
               window.benchSeen = performance.timeOrigin + performance.now();
             };
             requestAnimationFrame(look);",
            vec![json!(row(0)), json!(to)],
        )
        .await?;
    let written = config.write(if cloud { &[0] } else { &[] })?;
    let seen = window
        .until("the change to be on the screen", async || {
            window.run("return window.benchSeen", Vec::new()).await.ok()?.as_f64()
        })
        .await?;
    Ok(seen - written)
}

/// The CLI's own command, with a configuration of its own and the same sandbox as its cloud.
fn official_cli(journey: &Journey, config: &Config) -> Outcome<Vec<f64>> {
    let bm = peers::basic_memory(CLI_VERSION).map_err(|error| Failure::new(error.to_string(), LOOK))?;
    let folder = journey.stage.folder().join("official-cli");
    let own =
        Config { file: folder.join("config").join("config.json"), host: config.host.clone(), key: config.key.clone() };
    own.write(&[])?;
    let command = |arguments: &[&str]| {
        let mut command = Command::new(&bm);
        command
            .args(arguments)
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("LANG", "C.UTF-8")
            .env("HOME", &folder)
            .env("BASIC_MEMORY_CONFIG_DIR", folder.join("config"))
            .env("BASIC_MEMORY_NO_PROMOS", "1")
            .env("BASIC_MEMORY_AUTO_UPDATE", "false")
            .env("BASIC_MEMORY_SEMANTIC_SEARCH_ENABLED", "false")
            .env("BROWSER", "/bin/true");
        command
    };
    // Its database is made by its first command, which is not what is measured.
    capture(&mut command(&["project", "list", "--json"]), LOOK)?;
    let mut times = Vec::new();
    for number in 0..CLI_SWITCHES {
        let began = Instant::now();
        capture(&mut command(&["project", "set-cloud", &name(number)]), LOOK)?;
        times.push(began.elapsed().as_secs_f64() * 1000.0);
        if !Config::serves_from_cloud(&own.file, number) {
            return Err(Failure::new(format!("bm did not switch {}", name(number)), LOOK));
        }
    }
    Ok(times)
}

fn name(number: usize) -> String {
    format!("notes-{number:02}")
}

fn row(number: usize) -> String {
    format!("[data-project={}]", name(number))
}

/// Milliseconds since 1970, as the page counts them.
fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |since| since.as_secs_f64() * 1000.0)
}
