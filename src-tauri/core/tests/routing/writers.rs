//! Owns the proof that a thousand switches and key changes lose nothing of another writer's, and that
//! each time the two meet it is merged or reported: counted, and the counts add up.

use super::house::{At, House, Numbers, is_open_to_others, key, to_cloud, to_local};
use super::other_writer::OtherWriter;
use latchkey_core::routing::{Change, NoSteps, RoutingError, Step, StillThere, apply_with, still_there};
use serde_json::{Value, json};
use std::cell::{Cell, RefCell};
use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};

const CHANGES: u64 = 1_000;
const SEED: u64 = 20_261_121;
const PROJECTS: u64 = 10;
/// Steps at which ours is in the file.
const DONE: [Step; 4] = [Step::Exchanged, Step::Compared, Step::TempRemoved, Step::FolderSynced];

/// What came of it, counted.
#[derive(Debug, Default)]
struct Counts {
    /// The other wrote while we did.
    met: u64,
    /// Both are in the file, and that is said.
    merged: u64,
    /// We gave way, and that is said.
    gave_way: u64,
    /// The other wrote an old state over ours afterwards.
    undone: u64,
    /// That was noticed.
    noticed: u64,
    /// Both set one field; ours stands, and that is said.
    contested: u64,
    /// Nobody came in between.
    alone: u64,
    /// The other read in the one moment that cannot be told, and undid something of its own.
    blind: u64,
}

fn house() -> House {
    House::with(serde_json::to_string_pretty(&settings()).unwrap())
}

fn settings() -> Value {
    let entry = |number: u64| {
        json!({"path": format!("/srv/p{number}"), "mode": "local", "workspace_id": null, "local_sync_path": null,
            "bisync_initialized": false, "last_sync": null, "mine": 1.0})
    };
    let projects: serde_json::Map<_, _> = (0..PROJECTS).map(|number| (format!("p{number}"), entry(number))).collect();
    json!({"env": "dev", "projects": projects, "default_project": "p0", "cloud_api_key": null,
        "default_workspace": null, "unknown": {"x": [1, 2]}})
}

/// A change, and what the file must say after it.
fn change(numbers: &mut Numbers, round: u64) -> (Vec<Change>, Vec<(String, Value)>) {
    let project = format!("p{}", numbers.below(PROJECTS));
    let at = |field: &str| format!("/projects/{project}/{field}");
    match numbers.below(5) {
        0 | 1 => (vec![to_cloud(&project)], vec![(at("mode"), "cloud".into()), (at("path"), "".into())]),
        2 => {
            let path = format!("/srv/{project}-{round}");
            let wish = vec![
                (at("mode"), "local".into()),
                (at("path"), path.as_str().into()),
                (at("workspace_id"), Value::Null),
            ];
            (vec![to_local(&project, &path)], wish)
        }
        3 => {
            let workspace = format!("ours-{round}");
            let change = Change::SetWorkspace { project: project.clone(), workspace: Some(workspace.clone()) };
            (vec![change], vec![(at("workspace_id"), workspace.into())])
        }
        _ => {
            let name = format!("bmc_{round}_EXAMPLE");
            (vec![key(&name)], vec![("/cloud_api_key".to_owned(), name.into())])
        }
    }
}

/// Lets the other do something, or not.
fn perhaps(other: &mut OtherWriter, numbers: &mut Numbers, file: &std::path::Path, project: &str) -> bool {
    match numbers.below(18) {
        0..=2 => {
            other.read(file);
            false
        }
        3 | 4 => other.write_own(file, numbers.next()),
        // Just the project that we are about to change as well.
        5 => other.write_shared(file, project),
        _ => false,
    }
}

fn run(house: &House, seed: u64, rounds: u64) -> Counts {
    let (mut numbers, mut counts) = (Numbers(seed), Counts::default());
    let other = RefCell::new(OtherWriter::default());
    for round in 0..rounds {
        let (changes, wished) = change(&mut numbers, round);
        let project = wished[0].0.split('/').nth(2).unwrap_or("p0").to_owned();
        let inner = RefCell::new(Numbers(numbers.next()));
        let (during, late) = (Cell::new(0_u64), Cell::new(0_u64));
        other.borrow_mut().shared = None;
        let steps = At::each(|step, file| {
            if step == Step::PutBack {
                // What came out was not ours to replace, so all of this was before our write.
                during.set(during.get() + late.take());
            }
            let mut other = other.borrow_mut();
            let was_reading = other.reads();
            let wrote = perhaps(&mut other, &mut inner.borrow_mut(), file, &project);
            // What stands there now may be taken back once it is compared.
            other.blind |= DONE[..2].contains(&step) && !was_reading && other.reads();
            let count = if DONE.contains(&step) { &late } else { &during };
            count.set(count.get() + u64::from(wrote));
            Ok(())
        });
        let applied = match apply_with(&house.location, &changes, &steps) {
            Ok(applied) => applied,
            Err(RoutingError::Conflict(_)) => {
                assert!(during.get() > 0, "a conflict with nobody in round {round}");
                counts.met += 1;
                counts.gave_way += 1;
                continue;
            }
            Err(error) => panic!("{error:?} in round {round}"),
        };
        if !applied.wrote && !applied.merged {
            // There was nothing to do; whoever wrote since then came later.
            late.set(late.get() + during.take());
        }
        let now = house.json();
        let stands = |now: &Value| wished.iter().all(|(at, value)| now.pointer(at) == Some(value));
        assert!(stands(&now) || late.get() > 0, "ours is lost in round {round}: {wished:?}\n{now:#}");
        if during.get() > 0 {
            counts.met += 1;
            counts.merged += u64::from(applied.merged);
        } else {
            assert!(!applied.merged, "merged with nobody in round {round}");
            counts.alone += 1;
        }
        if let Some((project, value)) = other.borrow_mut().shared.take() {
            let kept = now["projects"][&project]["workspace_id"] == value.as_str();
            let told = applied.contested.contains(&format!("projects.{project}.workspace_id"));
            assert!(kept || told, "theirs is lost and nobody told in round {round}: {wished:?}");
            counts.contested += u64::from(!kept);
        }
        // Now and then a slow command ends with what it read before us.
        if numbers.once_in(4) {
            other.borrow_mut().write_own(house.config(), numbers.next());
        }
        let now = house.json();
        for (field, value) in &other.borrow().wrote {
            assert_eq!(now.get(field), Some(value), "theirs is lost in round {round}");
        }
        if applied.wrote {
            // Of a field that said so already nothing was written, and nothing of ours undone.
            let ours = applied.previous.fields();
            let named = |at: &str| ours.contains(&at[1..].replace('/', "."));
            let stands = wished.iter().all(|(at, value)| !named(at) || now.pointer(at) == Some(value));
            let there = still_there(house.config(), &applied.previous).unwrap();
            counts.undone += u64::from(!stands);
            counts.noticed += u64::from(!stands && there != StillThere::Yes);
            assert!(!stands || there == StillThere::Yes, "a false alarm in round {round}: {there:?}");
        }
    }
    assert!(house.beside().is_empty(), "{:?}", house.beside());
    counts.blind = other.borrow().undid_itself;
    counts
}

#[test]
fn a_thousand_changes_beside_another_writer_lose_nothing_and_every_meeting_is_told() {
    let (house, over) = (house(), AtomicBool::new(false));
    let (counts, reads) = std::thread::scope(|scope| {
        let reader = scope.spawn(|| read_until(&over, &house));
        let ends = Ends(&over);
        let counts = run(&house, SEED, CHANGES);
        drop(ends);
        (counts, reader.join().expect("the reader found every file whole"))
    });
    assert!(reads > 100, "{reads}");
    assert_eq!(counts.met, counts.merged + counts.gave_way, "{counts:?}");
    assert_eq!(counts.undone, counts.noticed, "{counts:?}");
    assert_eq!(counts.met + counts.alone, CHANGES, "{counts:?}");
    assert!(counts.merged > 200 && counts.undone > 30 && counts.alone > 200, "{counts:?}");
    assert!(counts.contested > 5, "{counts:?}");
    // The same numbers make the same story.
    let [once, again] = [(); 2].map(|()| format!("{:?}", run(&self::house(), SEED + 1, CHANGES / 10)));
    assert_eq!(once, again);
}

/// Reads all the time, and counts how often.
fn read_until(over: &AtomicBool, house: &House) -> u64 {
    let mut reads = 0;
    while !over.load(Ordering::Relaxed) {
        let bytes = fs::read(house.config()).expect("there is always a file");
        let json: Value = serde_json::from_slice(&bytes).expect("it is always whole");
        assert_eq!(json["projects"].as_object().unwrap().len() as u64, PROJECTS);
        assert!(!is_open_to_others(house.config()));
        reads += 1;
    }
    reads
}

/// Lets the others end, also when a check failed.
struct Ends<'o>(&'o AtomicBool);

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[test]
fn writers_that_really_run_at_once_lose_no_file_and_no_last_word() {
    let (house, over) = (house(), AtomicBool::new(false));
    let (reads, writes, last) = std::thread::scope(|scope| {
        let reader = scope.spawn(|| read_until(&over, &house));
        let writer = scope.spawn(|| {
            let mut other = OtherWriter::default();
            while !over.load(Ordering::Relaxed) {
                other.read(house.config());
                other.write_own(house.config(), 0);
            }
            other.writes
        });
        let ends = Ends(&over);
        let (mut numbers, mut last) = (Numbers(5), None);
        for round in 0..CHANGES / 5 {
            let (changes, wished) = change(&mut numbers, round);
            match apply_with(&house.location, &changes, &NoSteps) {
                Ok(applied) if applied.wrote => last = Some((applied, wished)),
                Ok(_) | Err(RoutingError::Conflict(_)) => {}
                Err(error) => panic!("{error:?}"),
            }
        }
        drop(ends);
        (reader.join().expect("the reader is content"), writer.join().expect("the writer is content"), last)
    });
    assert!(reads > 50 && writes > 50, "{reads} {writes}");
    assert_eq!(house.json()["auto_update_last_checked_at"], writes, "the other's last write is lost");
    let (applied, wished) = last.expect("some change came through");
    let now = house.json();
    let stands = wished.iter().all(|(at, value)| now.pointer(at) == Some(value));
    let there = still_there(house.config(), &applied.previous).unwrap();
    assert_eq!(stands, there == StillThere::Yes, "{there:?}");
}
