//! Owns the proof of what is never changed silently: files that are odd, older, gone or not writable.

use crate::cli_files::names;
use crate::house::{House, reason};
use latchkey_core::domain::{ActivityKind, Outcome};
use latchkey_core::services::{Condition, Reason, Served};
use serde_json::json;

#[tokio::test]
async fn odd_files_are_told_with_their_place_and_left_as_they_are() {
    let odd = [
        ("\u{feff}{\"projects\": {}}", Reason::ConfigRefused, "byte order mark"),
        ("{\"projects\": {}, // mine\n}", Reason::ConfigRefused, "comment in line 1"),
        ("{\"projects\": {},\n\n  ]", Reason::ConfigRefused, "line 3"),
        ("", Reason::ConfigRefused, "line 1"),
        (r#"{"projects": {"a": {"path": "/a", "mode": "Cloud"}}}"#, Reason::ConfigRefused, "“Cloud”"),
        (r#"{"projects": {"a": {"path": "/a"}, "a": {"path": "/b"}}}"#, Reason::ConfigRefused, "twice"),
        (r#"{"projects": [1]}"#, Reason::ConfigRefused, "projects"),
    ];
    for (text, expected, words) in odd {
        let house = House::empty(&[]);
        house.put_config(&json!({}));
        std::fs::write(house.config_file(), text).unwrap();
        let projects = house.projects().unwrap();
        assert_eq!(projects.config.condition, Condition::Refused, "{text}");
        let problem = projects.config.problem.unwrap();
        assert_eq!(problem.reason, expected, "{text}");
        let said = problem.details.text.unwrap();
        assert!(said.contains(words) && !said.contains(house.home().to_str().unwrap()), "{said}");
        assert_eq!(reason(house.switch_projects(&names(&["a"]), Served::Cloud, None)), expected, "{text}");
        assert_eq!(reason(house.use_key(None).await.and_then(|_| house.trim_key())), trimmed(expected, words));
        assert_eq!(house.config_text(), text);
    }
}

/// Without a key in it, a file that can be read has none to trim.
fn trimmed(refused: Reason, words: &str) -> Reason {
    if words == "twice" { Reason::NotFound } else { refused }
}

#[tokio::test]
async fn an_absent_file_is_a_state_and_is_not_made() {
    let house = House::empty(&[]);
    let projects = house.projects().unwrap();
    assert_eq!(projects.config.condition, Condition::Absent);
    assert_eq!(reason(house.switch_projects(&names(&["main"]), Served::Cloud, None)), Reason::ConfigAbsent);
    assert!(!house.cli_folder().exists());
}

#[tokio::test]
async fn an_older_file_is_shown_and_left_until_the_person_asks_and_can_be_had_back() {
    let house = House::empty(&[]);
    let notes = house.home().join("notes");
    house.put_config(&json!({
        "projects": {"main": notes.join("main"), "alpha": notes.join("alpha")},
        "default_project": "main",
        "cloud_mode": true,
        "project_modes": {"alpha": "cloud"},
        "cloud_api_key": "bmc_olderFilesKeyEXAMPLE",
    }));
    let before = house.config_text();
    let projects = house.projects().unwrap();
    assert_eq!(projects.config.condition, Condition::Older);
    assert!(projects.config.older.iter().any(|name| name == "project_modes") && projects.config.problem.is_none());
    assert_eq!(projects.projects.len(), 2);
    assert_eq!(reason(house.switch_projects(&names(&["main"]), Served::Cloud, None)), Reason::ConfigOlder);
    assert_eq!(house.config_text(), before);
    let projects = house.migrate_config().unwrap();
    assert_eq!(projects.config.condition, Condition::Ready);
    assert_eq!(house.config()["projects"]["alpha"]["mode"], "cloud");
    assert!(!house.cli_folder().join("config.json.bak").exists(), "no copy of the key is left");
    assert_eq!(house.lines(ActivityKind::ConfigMigrated), [Outcome::Done]);
    house.undo_switch(projects.config.undo.unwrap()).unwrap();
    assert_eq!(house.config_text(), before);
}

#[tokio::test]
async fn a_project_that_is_gone_is_said_to_be_gone() {
    let house = House::empty(&[]);
    house.put_config(&house.usual_config());
    assert_eq!(reason(house.switch_projects(&names(&["nowhere"]), Served::Cloud, None)), Reason::ProjectGone);
    assert_eq!(reason(house.choose_folder("nowhere").await), Reason::ProjectGone);
    assert_eq!(reason(house.create_in_cloud("nowhere").await), Reason::ProjectGone);
}

#[tokio::test]
async fn erasing_forgets_what_was_remembered_of_projects() {
    let house = House::empty(&[]);
    house.put_config(&house.usual_config());
    house.projects().unwrap();
    assert_eq!(house.records.routes(&house.config_file()).unwrap().len(), 3);
    house.erase("erase").await.unwrap();
    assert!(house.records.routes(&house.config_file()).unwrap().is_empty());
}
