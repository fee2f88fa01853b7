//! Owns the figures of a start: how soon the window can be used, what it weighs, whether it rests; each beside an
//! empty window of the same crates, run by run in turn.

use super::report::{Figure, Goal, Sample, Unit};
use super::{Programs, RUNS, nothing_measured, sample};
use crate::driver::{LOOK, Window};
use crate::processes::descendants;
use crate::stage::{Setting, Stage};
use crate::steps::{Failure, Outcome};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How long after it can be used a program is weighed.
const WEIGHED: Duration = Duration::from_secs(2);
/// How many of the runs are watched at rest, which takes longest.
const RESTS: usize = 3;
/// How long after its start a program is looked at for rest, and for how long.
const SETTLED: Duration = Duration::from_secs(10);
const WATCHED: Duration = Duration::from_secs(5);
/// How often the kernel counts a process's time in a second (`USER_HZ`, the same on every Linux).
const TICKS: f64 = 100.0;

/// A program on a stage, and the moment it was started.
pub(super) struct Started {
    pub(super) window: Window,
    process: u32,
    began: f64,
}

impl Started {
    /// Starts a program and waits until its page has this mark.
    pub(super) async fn start(stage: &mut Stage, program: &Path) -> Outcome<Self> {
        let note = stage.folder().join("began");
        stage.setting.app = Some(wrapper(stage.folder(), program, &note)?);
        let window = stage.open_app().await?;
        let text = fs::read_to_string(&note).map_err(|error| Failure::new(error.to_string(), LOOK))?;
        let mut words = text.split_whitespace();
        let process = words.next().and_then(|word| word.parse().ok()).ok_or_else(nothing_measured)?;
        let nanoseconds: f64 = words.next().and_then(|word| word.parse().ok()).ok_or_else(nothing_measured)?;
        Ok(Self { window, process, began: nanoseconds / 1_000_000.0 })
    }

    /// Milliseconds from the start of the program to a mark of its page.
    pub(super) async fn until_mark(&self, name: &str) -> Outcome<f64> {
        let script = format!(
            "const [mark] = performance.getEntriesByName('{name}'); return mark ? performance.timeOrigin + mark.startTime : null"
        );
        let at = self
            .window
            .until(&format!("the mark {name}"), async || self.window.run(&script, vec![]).await.ok()?.as_f64())
            .await?;
        Ok(at - self.began)
    }

    /// The memory of the program and everything below it, shared pages divided among those who share them.
    fn mebibytes(&self) -> Outcome<f64> {
        let mut kibibytes = 0.0;
        for process in self.processes() {
            let Ok(text) = fs::read_to_string(format!("/proc/{process}/smaps_rollup")) else { continue };
            let line = text.lines().find_map(|line| line.strip_prefix("Pss:"));
            let value = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
            kibibytes += value.ok_or_else(nothing_measured)?;
        }
        Ok(kibibytes / 1024.0)
    }

    /// The part of one processor that the program and everything below it used while watched.
    async fn percent(&self) -> f64 {
        let before = self.ticks();
        let began = Instant::now();
        tokio::time::sleep(WATCHED).await;
        (self.ticks() - before) / TICKS / began.elapsed().as_secs_f64() * 100.0
    }

    fn ticks(&self) -> f64 {
        let of = |process: u32| {
            let text = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
            let after_name = text.rsplit_once(')').map_or("", |(_, rest)| rest);
            let words = after_name.split_whitespace().skip(11).take(2);
            words.filter_map(|word| word.parse::<f64>().ok()).sum::<f64>()
        };
        self.processes().into_iter().map(of).sum()
    }

    fn processes(&self) -> Vec<u32> {
        let mut all = descendants(self.process);
        all.push(self.process);
        all
    }
}

/// A program that notes its process and the time and becomes the one that is measured.
fn wrapper(folder: &Path, program: &Path, note: &Path) -> Outcome<PathBuf> {
    let file = folder.join("bin").join("measured");
    let text =
        format!("#!/bin/sh\necho $$ $(date +%s%N) > '{}'\nexec '{}' \"$@\"\n", note.display(), program.display());
    let written = fs::write(&file, text).and_then(|()| fs::set_permissions(&file, fs::Permissions::from_mode(0o755)));
    written.map(|()| file).map_err(|error| Failure::new(error.to_string(), LOOK))
}

/// Starts both in turn, and answers what a start costs.
pub(super) async fn measure(programs: &Programs) -> Outcome<Vec<Figure>> {
    let mut stage = Stage::set(Setting::default())?;
    let mut figures: [[Vec<f64>; 3]; 2] = Default::default();
    for round in 0..RUNS {
        for (program, figures) in [&programs.app, &programs.floor].into_iter().zip(&mut figures) {
            let began = Instant::now();
            let started = Started::start(&mut stage, program).await?;
            figures[0].push(started.until_mark("interactive").await?);
            tokio::time::sleep(WEIGHED).await;
            figures[1].push(started.mebibytes()?);
            if round < RESTS {
                tokio::time::sleep(SETTLED.saturating_sub(began.elapsed())).await;
                figures[2].push(started.percent().await);
            }
            stage.close_app();
        }
    }
    let [[ready, memory, rest], [floor_ready, floor_memory, floor_rest]] = figures;
    let floor = |values: Vec<f64>| Ok::<_, Failure>(Some(("empty window".to_owned(), sample(values)?)));
    Ok(vec![
        Figure {
            work: "exec to interactive".to_owned(),
            unit: Unit::Milliseconds,
            ours: sample(ready)?,
            beside: floor(floor_ready)?,
            goal: Goal::TimesOf(1.15),
        },
        Figure {
            work: "memory of all processes (PSS) 2 s after that".to_owned(),
            unit: Unit::Mebibytes,
            ours: sample(memory)?,
            beside: floor(floor_memory)?,
            goal: Goal::TimesOf(1.15),
        },
        Figure {
            work: "processor at rest, after 10 s".to_owned(),
            unit: Unit::Percent,
            ours: sample(rest)?,
            beside: floor(floor_rest)?,
            // Two ticks of the kernel's clock in all.
            goal: Goal::AtMost(0.4),
        },
    ])
}

/// A stage whose app has so many keys in its records.
pub(super) fn with_keys(programs: &Programs, keys: usize, accounts: usize) -> Outcome<Stage> {
    let stage = Stage::set(Setting::default())?;
    let folder = stage.folder().join("data").join("app.latchkey.desktop");
    fs::create_dir_all(&folder).map_err(|error| Failure::new(error.to_string(), LOOK))?;
    let mut fill = std::process::Command::new(&programs.records);
    fill.arg(folder.join("records.db")).args([keys.to_string(), accounts.to_string()]);
    crate::steps::capture(&mut fill, "read the message above").map(|_| stage)
}

/// How soon the first row is painted, whatever is cached.
pub(super) async fn first_rows(programs: &Programs) -> Outcome<Vec<Figure>> {
    let amounts = [
        (20, 1, "20 keys"),
        (1_000, 1, "1,000 keys"),
        (100_000, 1, "100,000 keys"),
        (100_000, 10, "100,000 keys of ten accounts"),
    ];
    let mut stages = Vec::new();
    for (keys, accounts, _) in amounts {
        stages.push((with_keys(programs, keys, accounts)?, Vec::new()));
    }
    for _ in 0..RUNS {
        for (stage, times) in &mut stages {
            let started = Started::start(stage, &programs.app).await?;
            times.push(started.until_mark("first-row").await?);
            stage.close_app();
        }
    }
    let mut samples = Vec::new();
    for (_, times) in stages {
        samples.push(sample(times)?);
    }
    let few: Sample = samples.first().cloned().ok_or_else(nothing_measured)?;
    let figure = |((_, _, words), ours): ((usize, usize, &str), Sample)| Figure {
        work: format!("exec to the first painted row, {words} cached"),
        unit: Unit::Milliseconds,
        ours,
        beside: Some(("20 keys".to_owned(), few.clone())),
        goal: Goal::TimesOf(1.2),
    };
    Ok(amounts.into_iter().zip(samples).skip(1).map(figure).collect())
}
