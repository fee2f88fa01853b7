//! Owns the proof that the CLI's sign-in is written in its exact form, closed to others from its first
//! byte on, and all at once.

use super::house::{At, House, USUAL, is_open_to_others, mode, names, put};
use chrono::{DateTime, Utc};
use latchkey_core::domain::Secret;
use latchkey_core::routing::{RoutingError, SignInTokens, Step, sign_in_token, write_sign_in, write_sign_in_with};
use std::fs;
use std::io;
use std::os::unix::fs::{MetadataExt as _, symlink};

const EXPECTED: &str = r#"{
  "access_token": "access \"\u00e9\\ EXAMPLE",
  "refresh_token": "refresh-EXAMPLE",
  "expires_at": 1795348800,
  "token_type": "Bearer"
}"#;

fn moment(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds, 750_000_000).unwrap()
}

fn tokens() -> SignInTokens {
    SignInTokens {
        access_token: Secret::new("access \"é\\ EXAMPLE".to_owned()),
        refresh_token: Some(Secret::new("refresh-EXAMPLE".to_owned())),
        expires_at: moment(1_795_348_800),
        token_type: "Bearer".to_owned(),
    }
}

#[test]
fn a_sign_in_has_the_exact_form_and_mode_of_the_cli() {
    let house = House::empty();
    write_sign_in(&house.location, &tokens()).unwrap();
    let file = &house.location.tokens;
    assert_eq!(fs::read_to_string(file).unwrap(), EXPECTED);
    assert_eq!(fs::metadata(file).unwrap().mode() & 0o777, 0o600);
    assert_eq!(fs::metadata(file.parent().unwrap()).unwrap().mode() & 0o777, 0o700);
    assert_eq!(names(file.parent().unwrap()), ["basic-memory-cloud.json"]);
    let token = sign_in_token(&house.location, moment(1_795_348_800 - 61)).unwrap();
    // Compared with what was written.
    assert_eq!(token.expose_secret(), "access \"é\\ EXAMPLE");
    assert!(sign_in_token(&house.location, moment(1_795_348_800 - 60)).is_none());

    let without = SignInTokens { refresh_token: None, ..tokens() };
    write_sign_in(&house.location, &without).unwrap();
    assert_eq!(fs::read_to_string(file).unwrap(), EXPECTED.replace("\"refresh-EXAMPLE\"", "null"));
    assert!(!format!("{:?}", tokens()).contains("EXAMPLE"));
}

#[test]
fn a_sign_in_is_closed_from_its_first_byte_on_and_comes_all_at_once() {
    for old in [None, Some("{\"access_token\": \"old-EXAMPLE\"}")] {
        let house = House::with(USUAL);
        let file = &house.location.tokens;
        if let Some(old) = old {
            put(file, old.as_bytes());
            mode(file, 0o644);
        }
        let (mut seen, mut sizes) = (Vec::new(), Vec::new());
        let steps = At::each(|step, _: &_| {
            seen.push(step);
            assert_eq!(fs::read_to_string(file).ok().as_deref(), old, "at {step:?}");
            for name in house.beside().iter().filter(|name| name.contains("latchkey")) {
                let beside = file.with_file_name(name);
                assert!(!is_open_to_others(&beside), "at {step:?}");
                sizes.push(fs::metadata(beside).unwrap().len());
            }
            Ok(())
        });
        write_sign_in_with(&house.location, &tokens(), &steps).unwrap();
        assert_eq!(seen[..4], [Step::TempMade, Step::TempHalfWritten, Step::TempWritten, Step::TempSynced]);
        let whole = EXPECTED.len() as u64;
        assert_eq!(sizes[..4], [0, whole / 2, whole, whole]);
        assert_eq!(fs::read_to_string(file).unwrap(), EXPECTED);
        assert!(!is_open_to_others(file));
        assert_eq!(house.beside(), ["basic-memory-cloud.json"]);
    }
}

#[test]
fn a_sign_in_that_cannot_be_written_leaves_the_old_one() {
    let house = House::with(USUAL);
    let file = &house.location.tokens;
    put(file, b"{}");
    let steps = At::each(
        |step, _: &_| {
            if step == Step::TempHalfWritten { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
        },
    );
    let error = write_sign_in_with(&house.location, &tokens(), &steps).unwrap_err();
    assert!(matches!(error, RoutingError::DiskFull(_)), "{error:?}");
    assert_eq!(fs::read_to_string(file).unwrap(), "{}");
    assert_eq!(house.beside(), ["basic-memory-cloud.json"]);
}

#[test]
fn a_link_to_the_sign_in_stays_a_link() {
    let house = House::with(USUAL);
    let elsewhere = house.home().join("elsewhere.json");
    put(&elsewhere, b"{}");
    symlink(&elsewhere, &house.location.tokens).unwrap();
    write_sign_in(&house.location, &tokens()).unwrap();
    assert_eq!(fs::read_link(&house.location.tokens).unwrap(), elsewhere);
    assert_eq!(fs::read_to_string(&elsewhere).unwrap(), EXPECTED);
}
