//! Owns the proof that a program that dies at any step of a write leaves the old file or the new one,
//! whole and closed to others, and that the next write clears up behind it.

use super::child;
use super::house::{At, House, Numbers, USUAL, at, is_open_to_others, key, names, put, replace, to_cloud, to_local};
use latchkey_core::routing::{Location, NoSteps, Step, Steps, apply, apply_with, undo_with};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::Stdio;

/// For each step.
const KILLS: usize = 46;
/// What the child says once it stands at its step.
const STANDS: &str = "stands at its step";
const TEST: &str = "kills::whoever_dies_at_any_step_leaves_the_old_file_or_the_new_one";

/// What a child does when it is killed.
const DEEDS: [&str; 4] = ["switch", "key", "back", "undo"];

/// Does the deed, watched at each step.
fn deed(name: &str, location: &Location, steps: &dyn Steps) {
    let answer = match name {
        "switch" => apply_with(location, &[to_cloud("alpha")], steps).map(|_| ()),
        "key" => apply_with(location, &[key("bmc_new_EXAMPLE")], steps).map(|_| ()),
        "back" => apply_with(location, &[to_local("beta", "/srv/beta"), key("bmc_new_EXAMPLE")], steps).map(|_| ()),
        _ => {
            let applied = apply(location, &[to_cloud("alpha")]).unwrap();
            undo_with(location, &applied.previous, steps).map(|_| ())
        }
    };
    answer.unwrap();
}

/// What the file is before the deed's last write, and after it.
fn before_and_after(name: &str, before: &str) -> (String, String) {
    let house = House::with(before);
    deed(name, &house.location, &NoSteps);
    let after = house.text();
    if name != "undo" {
        return (before.to_owned(), after);
    }
    deed("switch", &house.location, &NoSteps);
    (house.text(), after)
}

fn theirs(before: &str) -> String {
    before.replace("\"default_project\": \"alpha\"", "\"default_project\": \"beta\"")
}

/// Stands still at the step until it is killed.
fn stop_at(home: &Path) {
    let order = child::order();
    let (name, moment) = order.split_once(' ').unwrap();
    let location = at(home);
    let (mut once, mut stopped) = (true, false);
    let steps = At::each(|step, file| {
        // To come there at all, someone else must write just before the exchange.
        if moment == "PutBack" && step == Step::ReadAgain && std::mem::take(&mut once) {
            let before = std::fs::read_to_string(file)?;
            replace(file, theirs(&before).as_bytes());
        }
        if format!("{step:?}") == moment && !std::mem::replace(&mut stopped, true) {
            writeln!(std::io::stdout(), "{STANDS}")?;
            // Nobody answers; the parent kills.
            std::io::stdin().read_exact(&mut [0])?;
        }
        Ok(())
    });
    deed(name, &location, &steps);
}

/// One child's death. Answers what the file is after it.
fn kill_at(step: Step, name: &str, house: &House) -> String {
    let order = format!("{name} {step:?}");
    let mut command = child::command(std::env::current_exe().unwrap(), TEST, house.home(), &order);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(said.any(|line| line.unwrap().ends_with(STANDS)), "the child never came to {order}");
    let folder = house.config().parent().unwrap();
    for name in names(folder) {
        assert!(!is_open_to_others(&folder.join(&name)), "{name} is open to others at {order}");
    }
    child.kill().unwrap();
    let ended = child.wait().unwrap();
    assert!(!ended.success());
    for name in names(folder) {
        assert!(!is_open_to_others(&folder.join(&name)), "{name} is open to others after {order}");
    }
    house.text()
}

#[test]
fn whoever_dies_at_any_step_leaves_the_old_file_or_the_new_one() {
    if let Some(home) = child::home() {
        return stop_at(&home);
    }
    let large = USUAL.replace("\"dev\"", &format!("\"{}\"", "x".repeat(300_000)));
    let forms = [USUAL.to_owned(), USUAL.replace('\n', "\r\n"), large];
    let (mut kills, mut left) = (0, 0);
    let mut numbers = Numbers(1);
    for step in Step::ALL {
        let house = House::with(USUAL);
        for round in 0..KILLS {
            let before = &forms[usize::from(numbers.once_in(3)) + usize::from(numbers.once_in(8))];
            let name = DEEDS[round % DEEDS.len()];
            put(house.config(), before.as_bytes());
            let (old, new) = before_and_after(name, before);
            let found = kill_at(step, name, &house);
            kills += 1;
            let said = format!("{name} killed at {step:?}");
            assert!(found == old || found == new || step == Step::PutBack, "torn: {said}");
            match step {
                Step::Exchanged | Step::Compared | Step::TempRemoved | Step::FolderSynced => {
                    assert!(found == new, "not the new one: {said}");
                }
                Step::PutBack => assert!(found == theirs(&old), "not theirs: {said}"),
                _ => assert!(found == old, "not the old one: {said}"),
            }
            left += house.beside().len();
            // The next write clears up, and leaves nothing of its own.
            apply(&house.location, &[key(&format!("bmc_{round}_EXAMPLE"))]).unwrap();
            assert!(house.beside().is_empty(), "{:?} after {said}", house.beside());
        }
    }
    assert!(kills >= 500, "{kills}");
    assert!(left >= KILLS * 6, "only {left} deaths left anything beside");
}

#[test]
fn a_write_leaves_what_a_living_one_has_beside() {
    let house = House::with(USUAL);
    let mut order = child::command(std::env::current_exe().unwrap(), TEST, house.home(), "switch TempSynced");
    let mut child = order.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(said.any(|line| line.unwrap().ends_with(STANDS)));
    // Another process is at it, and so is another thread of this one.
    let steps = At::each(|step, _: &_| {
        if step == Step::TempSynced {
            apply(&house.location, &[key("bmc_new_EXAMPLE")]).unwrap();
        }
        Ok(())
    });
    let mut nested = false;
    let once = At::each(
        |step, file: &_| {
            if std::mem::replace(&mut nested, true) { Ok(()) } else { steps.reached(step, file) }
        },
    );
    apply_with(&house.location, &[to_local("beta", "/srv/beta")], &once).unwrap();
    assert_eq!(house.beside().len(), 1, "what the other process still needs was taken away");
    child.stdin.take().unwrap().write_all(b"\n").unwrap();
    assert!(child.wait().unwrap().success());
    let json = house.json();
    assert_eq!(json["projects"]["alpha"]["mode"], "cloud");
    assert_eq!(json["projects"]["beta"]["path"], "/srv/beta");
    assert!(house.beside().is_empty());
}
