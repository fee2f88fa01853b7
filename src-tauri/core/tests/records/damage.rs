//! Owns damaged files: each is named so and left alone, or nothing of it is missing; and one that is put
//! aside makes room for new records.

use crate::house::{BATCH, file_in, filled, now, whole_batches};
use latchkey_core::records::{Records, RecordsError};
use std::path::Path;

/// `SplitMix64`, so that a run can be repeated.
fn next(state: &mut u64) -> usize {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mixed = (*state ^ (*state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    usize::try_from((mixed ^ (mixed >> 31)) >> 1).unwrap()
}

fn sound() -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = file_in(folder.path());
    drop(filled(&path, 4));
    std::fs::read(path).unwrap()
}

/// Named damaged and not touched, or whole: never a part.
fn judged(bytes: &[u8], what: &str) -> bool {
    let folder = tempfile::tempdir().unwrap();
    let path = file_in(folder.path());
    std::fs::write(&path, bytes).unwrap();
    let opened = Records::open(&path);
    match opened {
        Err(RecordsError::Corrupt) => {
            assert_eq!(std::fs::read(&path).unwrap(), bytes, "{what}: it was changed");
            put_aside(&path, bytes, what);
            true
        }
        Err(RecordsError::Newer) => {
            assert_eq!(std::fs::read(&path).unwrap(), bytes, "{what}: it was changed");
            assert!(matches!(Records::set_aside(&path, now()), Err(RecordsError::Newer)), "{what}");
            true
        }
        Ok(records) => {
            // What a check of the whole file passes may be a value that reads as none; it is named then.
            match records.keys() {
                Ok(keys) => assert_eq!(keys.len(), 4 * BATCH, "{what}: keys are missing without a word"),
                Err(error) => assert!(matches!(error, RecordsError::Corrupt), "{what}: {error:?}"),
            }
            false
        }
        Err(other) => panic!("{what}: {other:?}"),
    }
}

fn put_aside(path: &Path, bytes: &[u8], what: &str) {
    let aside = Records::set_aside(path, now()).unwrap().unwrap();
    assert_eq!(std::fs::read(&aside).unwrap(), bytes, "{what}: put aside as it was");
    assert!(!path.exists());
    let fresh = Records::open(path).unwrap();
    assert!(fresh.keys().unwrap().is_empty() && fresh.accounts().unwrap().is_empty());
    drop(fresh);
    assert!(Records::set_aside(path, now()).unwrap().is_none(), "{what}: what is sound stays");
    std::fs::write(path, b"damaged once more").unwrap();
    let again = Records::set_aside(path, now()).unwrap().unwrap();
    assert_ne!(again, aside, "{what}: nothing that was put aside is written over");
}

#[test]
fn a_file_of_random_bytes_or_another_program_is_named_damaged() {
    let mut state = 7;
    let noise: Vec<u8> = (0..20_000).map(|_| next(&mut state).to_le_bytes()[0]).collect();
    let mut headed = sound();
    let end = headed.len();
    headed[100..end].copy_from_slice(&noise.iter().copied().cycle().take(end - 100).collect::<Vec<u8>>());
    for (what, bytes) in [
        ("random bytes", noise.clone()),
        ("one byte", b"S".to_vec()),
        ("the magic alone", b"SQLite format 3\0".to_vec()),
        ("a head before random bytes", headed),
        ("text", b"{\"keys\": []}".to_vec()),
    ] {
        assert!(judged(&bytes, what), "{what} opened");
    }
}

#[test]
fn a_file_without_a_byte_is_a_new_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = file_in(folder.path());
    std::fs::write(&path, b"").unwrap();
    assert!(Records::open(&path).unwrap().keys().unwrap().is_empty());
}

#[test]
fn a_file_that_was_cut_off_anywhere_is_named_damaged() {
    let whole = sound();
    let mut state = 11;
    for _ in 0..40 {
        let end = 1 + next(&mut state) % (whole.len() - 1);
        assert!(judged(&whole[..end], &format!("cut off at {end}")), "cut off at {end} opened");
    }
}

#[test]
fn a_page_that_was_written_over_is_named_damaged_or_holds_nothing() {
    let whole = sound();
    let (mut state, mut damaged) = (13, 0);
    for round in 0..60 {
        let mut bytes = whole.clone();
        let at = 100 + next(&mut state) % (bytes.len() - 700);
        let length = 1 + next(&mut state) % 600;
        for byte in &mut bytes[at..at + length] {
            *byte = next(&mut state).to_le_bytes()[0];
        }
        damaged += usize::from(judged(&bytes, &format!("round {round}: {length} bytes at {at}")));
    }
    assert!(damaged > 10, "only {damaged} of 60 were found out");
}

#[test]
fn a_file_of_another_layout_is_named_damaged_and_one_of_another_program_is_not_written_to() {
    let folder = tempfile::tempdir().unwrap();
    for (number, layout) in [
        "CREATE TABLE notes (id INTEGER PRIMARY KEY); INSERT INTO notes VALUES (1);",
        "CREATE TABLE notes (id INTEGER PRIMARY KEY); PRAGMA user_version = 4;",
        "CREATE TABLE keys (id TEXT); PRAGMA user_version = 1;",
        "PRAGMA user_version = 3;",
    ]
    .into_iter()
    .enumerate()
    {
        let path = folder.path().join(format!("{number}.db"));
        let other = rusqlite::Connection::open(&path).unwrap();
        other.execute_batch(layout).unwrap();
        drop(other);
        let before = std::fs::read(&path).unwrap();
        let opened = Records::open(&path);
        assert!(matches!(opened, Err(RecordsError::Corrupt)), "{layout}: {opened:?}");
        assert_eq!(std::fs::read(&path).unwrap(), before, "{layout}");
    }
}

#[test]
fn a_log_that_was_damaged_costs_its_own_lines_at_most() {
    let folder = tempfile::tempdir().unwrap();
    let path = file_in(folder.path());
    let records = filled(&path, 3);
    let crashed = folder.path().join("crashed.db");
    let log = folder.path().join("records.db-wal");
    std::fs::copy(&path, &crashed).unwrap();
    let bytes = std::fs::read(&log).unwrap();
    let (mut state, log_of_crashed) = (17, folder.path().join("crashed.db-wal"));
    drop(records);
    for _ in 0..20 {
        let copy = std::fs::read(&crashed).unwrap();
        let mut damaged = bytes.clone();
        let at = next(&mut state) % damaged.len();
        damaged[at] ^= 0xff;
        damaged.truncate(damaged.len() - next(&mut state) % 100);
        std::fs::write(&log_of_crashed, damaged).unwrap();
        assert!(whole_batches(&crashed) <= 3);
        let _ = std::fs::remove_file(folder.path().join("crashed.db-shm"));
        std::fs::write(&crashed, copy).unwrap();
    }
}
