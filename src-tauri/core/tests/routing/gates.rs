//! Owns the proof of what happens when someone else writes at any one moment of our write: held up at
//! each step, once by a writer that is up to date and once by one that read long before.

use super::house::{At, House, State, USUAL, is_open_to_others, key, mode, names, put, replace, to_cloud};
use super::other_writer::OtherWriter;
use latchkey_core::routing::{RoutingError, Step, StillThere, apply, apply_with, still_there, undo};
use std::fs;
use std::io;
use std::os::unix::fs::symlink;

/// Steps at which the change is in the file, so that a later write is just a later one.
const DONE: [Step; 4] = [Step::Exchanged, Step::Compared, Step::TempRemoved, Step::FolderSynced];
/// Steps that nothing can take back any more.
const OVER: [Step; 2] = [Step::TempRemoved, Step::FolderSynced];
/// Steps that only a write comes to that nobody disturbs until then.
fn usual_steps() -> impl Iterator<Item = Step> {
    Step::ALL.into_iter().filter(|step| *step != Step::PutBack)
}

#[test]
fn a_write_goes_through_every_step_in_order() {
    let house = House::with(USUAL);
    let seen = std::cell::RefCell::new(Vec::new());
    let steps = At::each(|step, _: &_| {
        seen.borrow_mut().push(step);
        Ok(())
    });
    apply_with(&house.location, &[to_cloud("alpha")], &steps).unwrap();
    assert_eq!(*seen.borrow(), usual_steps().collect::<Vec<_>>());
}

#[test]
fn whoever_writes_during_ours_both_are_in_the_file_at_the_end() {
    for stale in [false, true] {
        for moment in usual_steps() {
            let house = House::with(USUAL);
            let mut other = OtherWriter::default();
            if stale {
                other.read(house.config());
            }
            let mut waiting = true;
            let steps = At::each(|step, file| {
                if step == moment && std::mem::take(&mut waiting) {
                    other.read(file);
                    other.write_own(file, 0);
                }
                Ok(())
            });
            let applied = apply_with(&house.location, &[to_cloud("alpha"), key("bmc_new_EXAMPLE")], &steps).unwrap();
            let said = format!("at {moment:?}, stale: {stale}");
            let json = house.json();
            assert_eq!(json["auto_update_last_checked_at"], 1, "theirs is lost {said}");
            // One that read before and writes after us undoes ours, and that is told.
            let lost = stale && DONE.contains(&moment);
            let there = still_there(house.config(), &applied.previous).unwrap();
            if lost {
                assert!(matches!(there, StillThere::PutBack(_)), "{there:?} {said}");
                apply(&house.location, &[to_cloud("alpha"), key("bmc_new_EXAMPLE")]).unwrap();
                assert_eq!(house.json()["auto_update_last_checked_at"], 1);
            } else {
                assert_eq!(there, StillThere::Yes, "{said}");
                assert_eq!(applied.merged, !DONE.contains(&moment), "{said}");
            }
            let json = house.json();
            assert_eq!(json["projects"]["alpha"]["mode"], "cloud", "ours is lost {said}");
            assert_eq!(json["cloud_api_key"], "bmc_new_EXAMPLE", "ours is lost {said}");
            assert!(house.beside().is_empty(), "{:?} {said}", house.beside());
            // Nobody's but ours is undone.
            if !lost {
                undo(&house.location, &applied.previous).unwrap();
                let json = house.json();
                assert_eq!(json["projects"]["alpha"]["mode"], "local", "{said}");
                assert_eq!(json["projects"]["alpha"]["path"], "/srv/alpha", "{said}");
                assert_eq!(json["cloud_api_key"], "bmc_old_EXAMPLE", "{said}");
                assert_eq!(json["auto_update_last_checked_at"], 1, "{said}");
            }
        }
    }
}

#[test]
fn a_writer_that_starts_over_the_file_itself_is_waited_for() {
    // Versions before 0.22.1 empty the file and then fill it.
    let theirs = USUAL.replace("\"dev\"", "\"prod\"");
    let house = House::with(USUAL);
    let (mut emptied, mut filled) = (false, false);
    let steps = At::each(|step, file| {
        if step == Step::ReadAgain && !std::mem::replace(&mut emptied, true) {
            fs::write(file, &theirs[..40])?;
        }
        if step == Step::PutBack && !std::mem::replace(&mut filled, true) {
            fs::write(file, &theirs)?;
        }
        Ok(())
    });
    let applied = apply_with(&house.location, &[key("bmc_new_EXAMPLE")], &steps).unwrap();
    assert!(applied.merged);
    assert_eq!(house.text(), theirs.replace("bmc_old", "bmc_new"));
}

#[test]
fn a_file_that_stays_broken_is_theirs() {
    let house = House::with(USUAL);
    let steps = At::each(|step, file| {
        if step == Step::ReadAgain {
            replace(file, b"{\"env\"");
        }
        Ok(())
    });
    let error = apply_with(&house.location, &[key("bmc_new_EXAMPLE")], &steps).unwrap_err();
    assert!(matches!(error, RoutingError::NotJson { .. }), "{error:?}");
    assert_eq!(house.text(), "{\"env\"");
    assert!(house.beside().is_empty());
}

#[test]
fn someone_who_never_stops_writing_wins_and_is_named() {
    let house = House::with(USUAL);
    let mut other = OtherWriter::default();
    let steps = At::each(|step, file| {
        if step == Step::TempSynced {
            other.read(file);
            other.write_own(file, 1);
        }
        Ok(())
    });
    let error = apply_with(&house.location, &[key("bmc_new_EXAMPLE")], &steps).unwrap_err();
    assert!(matches!(error, RoutingError::Conflict(_)), "{error:?}");
    assert_eq!(house.json()["cloud_promo_last_version_shown"], other.writes);
    assert_eq!(house.json()["cloud_api_key"], "bmc_old_EXAMPLE");
    assert!(house.beside().is_empty());
}

#[test]
fn a_write_that_fails_at_any_step_leaves_the_file_as_it_was() {
    let failures = [io::ErrorKind::StorageFull, io::ErrorKind::PermissionDenied, io::ErrorKind::Other];
    for failure in failures {
        for moment in usual_steps().filter(|step| !OVER.contains(step)) {
            let house = House::with(USUAL);
            mode(house.config(), 0o640);
            let state = State::of(house.config());
            let steps = At::each(|step, _: &_| if step == moment { Err(failure.into()) } else { Ok(()) });
            let error = apply_with(&house.location, &[to_cloud("alpha")], &steps).unwrap_err();
            match failure {
                io::ErrorKind::StorageFull => assert!(matches!(error, RoutingError::DiskFull(_)), "{error:?}"),
                io::ErrorKind::PermissionDenied => {
                    assert!(matches!(error, RoutingError::FolderReadOnly(_)), "{error:?}");
                }
                kind => assert!(matches!(error, RoutingError::WriteFailed { kind: found, .. } if found == kind)),
            }
            assert_eq!(State::of(house.config()), state, "at {moment:?}");
            assert!(house.beside().is_empty(), "at {moment:?}");
        }
    }
}

#[test]
fn a_link_that_becomes_a_file_meanwhile_is_written_where_the_cli_reads() {
    // The CLI itself puts a file in a link's place.
    for moment in [Step::Read, Step::TempSynced, Step::ReadAgain] {
        let house = House::with(USUAL);
        let elsewhere = house.home().join("elsewhere.json");
        fs::rename(house.config(), &elsewhere).unwrap();
        symlink(&elsewhere, house.config()).unwrap();
        let mut waiting = true;
        let steps = At::each(|step, _: &_| {
            if step == moment && std::mem::take(&mut waiting) {
                replace(house.config(), USUAL.replace("\"dev\"", "\"prod\"").as_bytes());
            }
            Ok(())
        });
        apply_with(&house.location, &[key("bmc_new_EXAMPLE")], &steps).unwrap();
        let json = house.json();
        assert_eq!(
            (&json["env"], &json["cloud_api_key"]),
            (&"prod".into(), &"bmc_new_EXAMPLE".into()),
            "at {moment:?}"
        );
        assert_eq!(fs::read_to_string(&elsewhere).unwrap(), USUAL, "at {moment:?}");
        assert_eq!(names(house.config().parent().unwrap()), ["config.json"]);
    }
}

#[test]
fn every_file_of_a_write_is_closed_to_others_at_every_step() {
    let house = House::with(USUAL);
    mode(house.config(), 0o600);
    let mut looked = 0;
    let folder = house.config().parent().unwrap().to_owned();
    let steps = At::each(|step, _: &_| {
        for name in names(&folder) {
            assert!(!is_open_to_others(&folder.join(&name)), "{name} at {step:?}");
            looked += 1;
        }
        Ok(())
    });
    apply_with(&house.location, &[to_cloud("alpha")], &steps).unwrap();
    assert!(looked > 10);
    // One that was open to others is closed, and never stands open beside.
    put(house.config(), USUAL.as_bytes());
    mode(house.config(), 0o666);
    let steps = At::each(|_, _: &_| {
        for name in names(&folder).iter().filter(|name| *name != "config.json") {
            assert!(!is_open_to_others(&folder.join(name)), "{name}");
        }
        Ok(())
    });
    apply_with(&house.location, &[to_cloud("alpha")], &steps).unwrap();
    assert!(!is_open_to_others(house.config()));
}
