//! Owns the proof that a change made elsewhere is told once, and soon after it is quiet.

use super::house::{House, USUAL, replace};
use latchkey_core::routing::{Changed, Watch, apply};
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

const CONFIG: Changed = Changed { config: true, tokens: false };
const TOKENS: Changed = Changed { config: false, tokens: true };
/// Longer than any busy machine takes; what is told comes long before.
const PATIENCE: Duration = Duration::from_secs(20);

fn follow(house: &House) -> (Watch, Receiver<Changed>) {
    let (tell, told) = channel();
    let watch = Watch::start(&house.location, move |changed| {
        let _ = tell.send(changed);
    });
    (watch.unwrap(), told)
}

/// Makes a change and says how long after it was told.
fn told(change: impl FnOnce(), as_what: Changed, inbox: &Receiver<Changed>) -> Duration {
    change();
    let quiet = Instant::now();
    // Told twice, the second one would come here as the answer to the next change.
    assert_eq!(inbox.recv_timeout(PATIENCE).expect("it is told"), as_what);
    quiet.elapsed()
}

/// Empties the file and fills it again, as the CLI did before 0.22.1.
fn in_place(file: &Path, text: &str) {
    let mut open = fs::File::create(file).unwrap();
    for part in text.as_bytes().chunks(200) {
        open.write_all(part).unwrap();
    }
}

#[test]
fn a_change_is_told_once_and_within_two_hundred_milliseconds_of_quiet() {
    let house = House::with(USUAL);
    let (config, tokens) = (house.config().to_owned(), house.location.tokens.clone());
    let (watch, inbox) = follow(&house);
    let mut delays = Vec::new();
    for round in 0..8 {
        let text = USUAL.replace("dev", &format!("dev-{round}"));
        delays.push(told(|| replace(&config, text.as_bytes()), CONFIG, &inbox));
        delays.push(told(|| in_place(&tokens, "{}"), TOKENS, &inbox));
        delays.push(told(|| in_place(&config, USUAL), CONFIG, &inbox));
        delays.push(told(|| replace(&tokens, b"{}"), TOKENS, &inbox));
    }
    delays.push(told(
        || {
            apply(&house.location, &[super::house::to_cloud("alpha")]).unwrap();
        },
        CONFIG,
        &inbox,
    ));
    delays.push(told(|| fs::remove_file(&tokens).unwrap(), TOKENS, &inbox));
    delays.sort();
    // The machine may be busy once; it is not busy each time.
    let usual = delays[delays.len() / 2];
    assert!(usual < Duration::from_millis(200), "{delays:?}");
    drop(watch);
    replace(&config, USUAL.as_bytes());
    assert!(inbox.recv().is_err(), "told after the end");
}

#[test]
fn a_folder_that_comes_and_goes_is_followed() {
    let house = House::empty();
    let (_watch, inbox) = follow(&house);
    let folder = house.config().parent().unwrap();
    for _ in 0..2 {
        fs::create_dir_all(folder).unwrap();
        fs::write(house.config(), USUAL).unwrap();
        let until = |text: Option<&str>| {
            // A folder that is made and filled may be told in one or two.
            while inbox.recv_timeout(PATIENCE).expect("it is told").config {
                if fs::read_to_string(house.config()).ok().as_deref() == text {
                    return;
                }
            }
        };
        until(Some(USUAL));
        fs::remove_dir_all(folder).unwrap();
        until(None);
    }
}

#[test]
fn what_a_link_leads_to_is_followed() {
    let house = House::with(USUAL);
    let elsewhere = house.home().join("dotfiles").join("basic.json");
    fs::create_dir(elsewhere.parent().unwrap()).unwrap();
    fs::rename(house.config(), &elsewhere).unwrap();
    symlink(&elsewhere, house.config()).unwrap();
    let (_watch, inbox) = follow(&house);
    told(|| replace(&elsewhere, b"{}"), CONFIG, &inbox);
    told(|| in_place(&elsewhere, USUAL), CONFIG, &inbox);
    // The link itself is replaced by a file.
    told(|| replace(house.config(), b"{}"), CONFIG, &inbox);
}
