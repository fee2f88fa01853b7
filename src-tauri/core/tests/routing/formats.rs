//! Owns the proof that a change leaves every other byte as it is, however the file is laid out, and
//! that undoing it brings back the very same bytes.

use super::house::{BACKUP, House, USUAL, is_open_to_others, key, mode, names, put, to_cloud, to_local};
use latchkey_core::routing::{
    Applied, Backup, Change, CloudForm, KeptRoute, Mode, StillThere, apply, read, still_there, undo,
};
use std::fs;
use std::os::unix::fs::symlink;

/// Does the changes, compares every byte, and undoes and redoes them.
fn becomes(before: &str, changes: &[Change], after: &str) -> Applied {
    let house = House::with(before);
    let applied = apply(&house.location, changes).unwrap();
    assert_eq!(house.text(), after);
    assert!(applied.wrote && !applied.merged && applied.contested.is_empty(), "{applied:?}");
    assert_eq!(read(house.config()).unwrap().digest, applied.digest);
    assert_eq!(still_there(house.config(), &applied.previous).unwrap(), StillThere::Yes);
    assert!(!is_open_to_others(house.config()));
    let undone = undo(&house.location, &applied.previous).unwrap();
    assert_eq!(house.text(), before);
    assert!(undone.exact && undone.contested.is_empty(), "{undone:?}");
    let again = undo(&house.location, &undone.applied.previous).unwrap();
    assert_eq!(house.text(), after);
    assert!(again.exact);
    assert!(house.beside().is_empty());
    applied
}

/// The usual file in every layout a person or program could give it.
fn layouts() -> Vec<(&'static str, String)> {
    let indented = |by: &str| {
        let line = |line: &str| {
            let bare = line.trim_start();
            format!("{}{bare}", by.repeat((line.len() - bare.len()) / 2))
        };
        USUAL.lines().map(line).collect::<Vec<_>>().join("\n")
    };
    vec![
        ("as the CLI writes it", USUAL.to_owned()),
        ("with a final newline", format!("{USUAL}\n")),
        ("with blank lines around", format!("\n\n {USUAL} \n\t\n")),
        ("with carriage returns", USUAL.replace('\n', "\r\n")),
        ("with carriage returns alone", USUAL.replace('\n', "\r")),
        ("with tabs", indented("\t")),
        ("with four spaces", indented("    ")),
        ("with no indentation", indented("")),
        ("on one line", indented("").replace('\n', " ")),
        ("with no blank at all", indented("").replace('\n', "").replace(": ", ":")),
        ("with blanks before colons", USUAL.replace("\": ", "\" :  ")),
        ("with commas in front", USUAL.replace(",\n", "\n,")),
    ]
}

#[test]
fn a_switch_changes_its_values_alone_in_every_layout() {
    for (layout, text) in layouts() {
        let alpha = text.replacen("\"/srv/alpha\"", "\"\"", 1).replacen("\"local\"", "\"cloud\"", 1);
        let applied = becomes(&text, &[to_cloud("alpha")], &alpha);
        assert_eq!(applied.kept.len(), 1, "{layout}");
        let beta = text.replacen("\"\"", "\"/srv/b\\u00e9ta\"", 1).replacen("\"cloud\"", "\"local\"", 1);
        let beta = beta.replace("\"11111111-1111-1111-1111-111111111111\"", "null");
        becomes(&text, &[to_local("beta", "/srv/béta")], &beta);
        becomes(&text, &[key("bmc_new_EXAMPLE")], &text.replace("bmc_old_EXAMPLE", "bmc_new_EXAMPLE"));
        becomes(&text, &[Change::SetApiKey(None)], &text.replace("\"bmc_old_EXAMPLE\"", "null"));
        let all = alpha.replace("bmc_old_EXAMPLE", "bmc_new_EXAMPLE");
        becomes(&text, &[key("bmc_first_EXAMPLE"), to_cloud("alpha"), key("bmc_new_EXAMPLE")], &all);
    }
}

/// What a careless rewrite would change: order, unknown names, number forms, escapes.
const ODD: &str = r#"{"zeta": 1.0, "a": 1e5, "b": -0.0, "c": 1E+2, "d": 12345678901234567890123, "e": NaN, "f": -Infinity,
 "caf\u00e9": "\u00e9 \/ é \ud83d\ude00 😀 \ud800 \u0000", "x": {"mode": "local", "path": "/srv/alpha", "cloud_api_key": "bmc_other_EXAMPLE"},
 "projects": {"be\u0074a": {"last_sync": "2026-01-02T03:04:05", "mine": [1.0, {"mode": "local"}, "\/"], "mode": "lo\u0063al", "path": "\/srv\/b", "x": {}},
              "alpha": {"path": "/srv/alpha"}}, "cloud_api_key" : "bmc_old\u005fEXAMPLE" , "0": [], "default_project": null}"#;

#[test]
fn numbers_escapes_order_and_unknown_names_stay_as_they_are_written() {
    let cloud = ODD
        .replace("\"lo\\u0063al\"", "\"cloud\"")
        .replace("\"\\/srv\\/b\"", "\"\"")
        .replace("\"2026-01-02T03:04:05\"", "null");
    let applied = becomes(ODD, &[to_cloud("beta")], &cloud);
    // A name that means the same finds it too, as the CLI does.
    becomes(ODD, &[to_cloud("Beta")], &cloud);
    becomes(ODD, &[key("bmc_new_EXAMPLE")], &ODD.replace("bmc_old\\u005fEXAMPLE", "bmc_new_EXAMPLE"));
    let alpha = ODD.replace("{\"path\": \"/srv/alpha\"}}", "{\"path\": \"\", \"mode\": \"cloud\"}}");
    becomes(ODD, &[to_cloud("alpha")], &alpha);
    let workspace = Change::SetDefaultWorkspace(Some("é".to_owned()));
    let added = format!("{}, \"default_workspace\": \"\\u00e9\"}}", ODD.trim_end_matches('}'));
    becomes(ODD, &[workspace], &added);

    // Back to this computer with what was kept: the path as it was once written.
    let kept = KeptRoute::from_record(&applied.kept[0].to_record()).unwrap();
    assert_eq!((kept.project.as_str(), kept.path.as_str()), ("beta", "/srv/b"));
    let back = Change::SetLocal { project: "beta".to_owned(), path: kept.path.clone(), kept: Some(kept) };
    becomes(&cloud, &[back], &ODD.replace("\"lo\\u0063al\"", "\"local\""));
}

#[test]
fn what_says_the_same_already_is_not_written() {
    let house = House::with(ODD);
    let state = super::house::State::of(house.config());
    let same = [key("bmc_old_EXAMPLE"), to_local("beta", "/srv/b"), Change::SetDefaultWorkspace(None)];
    for change in same {
        let applied = apply(&house.location, &[change]).unwrap();
        assert!(!applied.wrote, "{applied:?}");
        assert!(undo(&house.location, &applied.previous).unwrap().exact);
    }
    assert_eq!(super::house::State::of(house.config()), state);
}

#[test]
fn each_version_of_the_cli_has_its_own_form() {
    let synced = USUAL.replacen("\"local_sync_path\": null", "\"local_sync_path\": \"/srv/alpha\"", 1).replacen(
        "\"bisync_initialized\": false",
        "\"bisync_initialized\": true",
        1,
    );
    let cloud = |form| Change::SetCloud { project: "alpha".to_owned(), workspace: Some("w".to_owned()), form };
    let mode =
        synced.replacen("\"local\"", "\"cloud\"", 1).replacen("\"workspace_id\": null", "\"workspace_id\": \"w\"", 1);
    becomes(&synced, &[cloud(CloudForm::ModeOnly)], &mode);
    let path = mode.replacen("\"path\": \"/srv/alpha\"", "\"path\": \"\"", 1);
    becomes(&synced, &[cloud(CloudForm::PathCleared)], &path);
    let sync = path.replace("\"/srv/alpha\"", "null").replace("true", "false");
    becomes(&synced, &[cloud(CloudForm::SyncCleared)], &sync);
}

#[test]
fn what_was_kept_brings_a_project_back_as_it_was() {
    let synced = USUAL.replacen("\"workspace_id\": null", "\"workspace_id\": \"w1\"", 1).replacen(
        "\"last_sync\": null",
        "\"last_sync\": \"2026-01-02T03:04:05\"",
        1,
    );
    let house = House::with(&synced);
    let change = Change::SetCloud {
        project: "alpha".to_owned(),
        workspace: Some("w2".to_owned()),
        form: CloudForm::SyncCleared,
    };
    let kept = apply(&house.location, &[change]).unwrap().kept.remove(0);
    assert_ne!(house.text(), synced);
    let back = Change::SetLocal { project: "alpha".to_owned(), path: kept.path.clone(), kept: Some(kept.clone()) };
    apply(&house.location, &[back]).unwrap();
    assert_eq!(house.text(), synced);
    // Into another folder what was kept says nothing.
    let elsewhere = Change::SetLocal { project: "alpha".to_owned(), path: "/srv/other".to_owned(), kept: Some(kept) };
    apply(&house.location, &[elsewhere]).unwrap();
    let alpha = &house.json()["projects"]["alpha"];
    assert_eq!((&alpha["path"], &alpha["workspace_id"]), (&"/srv/other".into(), &serde_json::Value::Null));
}

#[test]
fn undoing_after_someone_else_wrote_leaves_what_they_wrote() {
    let house = House::with(USUAL);
    let applied = apply(&house.location, &[to_cloud("alpha"), key("bmc_new_EXAMPLE")]).unwrap();
    let theirs = house.text().replace("bmc_new_EXAMPLE", "bmc_their_EXAMPLE").replace("\"dev\"", "\"prod\"");
    put(house.config(), theirs.as_bytes());
    let there = still_there(house.config(), &applied.previous).unwrap();
    assert_eq!(there, StillThere::ChangedElsewhere(vec!["cloud_api_key".to_owned()]));
    let undone = undo(&house.location, &applied.previous).unwrap();
    assert!(!undone.exact);
    assert_eq!(undone.contested, ["cloud_api_key"]);
    assert_eq!(house.text(), USUAL.replace("bmc_old_EXAMPLE", "bmc_their_EXAMPLE").replace("\"dev\"", "\"prod\""));
    assert_eq!(read(house.config()).unwrap().project("alpha").unwrap().mode, Mode::Local);
}

#[test]
fn what_was_replaced_prints_no_key() {
    let house = House::with(ODD);
    let applied = apply(&house.location, &[to_cloud("beta"), key("bmc_new_EXAMPLE")]).unwrap();
    assert!(applied.previous.holds_secret());
    let printed = format!("{applied:?} {:?}", key("bmc_new_EXAMPLE"));
    assert!(printed.contains("cloud_api_key") && !printed.contains("EXAMPLE"), "{printed}");
}

#[test]
fn a_new_key_takes_the_old_one_out_of_the_copy_beside() {
    let house = House::with(USUAL);
    put(&house.location.backup, BACKUP.as_bytes());
    let applied = apply(&house.location, &[key("bmc_new_EXAMPLE")]).unwrap();
    assert_eq!(applied.backup, Backup::Scrubbed);
    assert_eq!(fs::read_to_string(&house.location.backup).unwrap(), BACKUP.replace("\"bmc_older_EXAMPLE\"", "null"));
    put(&house.location.backup, b"{\"cloud_api_key\": \"bmc_older_EXAMPLE\"");
    let applied = apply(&house.location, &[Change::SetApiKey(None)]).unwrap();
    assert!(matches!(applied.backup, Backup::Failed(_)), "{:?}", applied.backup);
    assert_eq!(house.json()["cloud_api_key"], serde_json::Value::Null);
}

#[test]
fn a_link_stays_and_what_it_leads_to_is_changed() {
    let house = House::with(USUAL);
    let dotfiles = house.home().join("dotfiles");
    fs::create_dir(&dotfiles).unwrap();
    fs::rename(house.config(), dotfiles.join("basic.json")).unwrap();
    symlink("basic.json", dotfiles.join("middle.json")).unwrap();
    symlink("../dotfiles/middle.json", house.config()).unwrap();
    mode(&dotfiles.join("basic.json"), 0o644);

    let applied = apply(&house.location, &[to_cloud("alpha")]).unwrap();
    assert_eq!(fs::read_link(house.config()).unwrap().to_str(), Some("../dotfiles/middle.json"));
    assert!(fs::symlink_metadata(dotfiles.join("middle.json")).unwrap().is_symlink());
    let facts = fs::symlink_metadata(dotfiles.join("basic.json")).unwrap();
    assert!(facts.is_file());
    assert!(!is_open_to_others(&dotfiles.join("basic.json")));
    assert_eq!(house.json()["projects"]["alpha"]["mode"], "cloud");
    assert_eq!((house.beside(), names(&dotfiles).len()), (Vec::new(), 2));
    assert!(undo(&house.location, &applied.previous).unwrap().exact);
    assert_eq!(house.text(), USUAL);

    fs::remove_file(dotfiles.join("basic.json")).unwrap();
    assert!(apply(&house.location, &[to_cloud("alpha")]).is_err());
    assert_eq!(names(&dotfiles), ["middle.json"]);
}
