//! Owns the figure of the installed package: what the Debian package puts on the disk.

use super::report::{Figure, Goal, Unit};
use super::sample;
use crate::paths;
use crate::steps::{Failure, Outcome, capture};
use std::process::Command;

/// Unpacks the newest package and adds up its files.
pub(super) fn measure() -> Outcome<Figure> {
    let folder = paths::target().join("release").join("bundle").join("deb");
    let remedy = "run `cargo xtask dist`";
    let packages = std::fs::read_dir(&folder).into_iter().flatten().flatten();
    let package = packages
        .filter(|entry| entry.path().extension().is_some_and(|ending| ending == "deb"))
        .max_by_key(|entry| entry.metadata().and_then(|data| data.modified()).ok())
        .ok_or_else(|| Failure::new(format!("no package lies in {}", folder.display()), remedy))?;
    let listed = capture(Command::new("dpkg-deb").arg("--contents").arg(package.path()), remedy)?;
    // `-rwxr-xr-x root/root   3012 2026-11-20 12:00 ./usr/bin/latchkey`
    let files = listed.lines().filter(|line| line.starts_with('-'));
    let bytes: f64 = files.filter_map(|line| line.split_whitespace().nth(2)?.parse::<f64>().ok()).sum();
    Ok(Figure {
        work: "Debian package, installed".to_owned(),
        unit: Unit::Megabytes,
        ours: sample(vec![bytes / 1_000_000.0])?,
        beside: None,
        goal: Goal::AtMost(8.0),
    })
}
