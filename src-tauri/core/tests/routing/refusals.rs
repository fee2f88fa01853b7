//! Owns the proof that what cannot be changed safely is refused with its reason and left alone: its
//! bytes, its mode, its time and everything beside it.

use super::child;
use super::house::{BACKUP, House, State, USUAL, key, mode, names, put, to_cloud, to_local};
use latchkey_core::domain::Secret;
use latchkey_core::routing::{Change, Format, Mode, RoutingError, apply, migrate, read, writable};
use std::fs;

/// Every way to change a file with a project "alpha", and what each answers.
fn refused(house: &House) -> RoutingError {
    put(&house.location.backup, BACKUP.as_bytes());
    let (config, backup) = (State::of(house.config()), State::of(&house.location.backup));
    let workspace = Some("22222222-2222-2222-2222-222222222222".to_owned());
    let all = [
        to_cloud("alpha"),
        to_local("alpha", "/srv/elsewhere"),
        key("bmc_new_EXAMPLE"),
        Change::SetApiKey(None),
        Change::SetWorkspace { project: "alpha".to_owned(), workspace: workspace.clone() },
        Change::SetDefaultWorkspace(workspace),
    ];
    let mut answers: Vec<_> = all.iter().map(|change| apply(&house.location, std::slice::from_ref(change))).collect();
    answers.push(apply(&house.location, &all));
    let errors: Vec<_> = answers.into_iter().map(|answer| answer.expect_err("it must be refused")).collect();
    assert!(errors.iter().all(|error| *error == errors[0]), "{errors:?}");
    assert_eq!(State::of(house.config()), config, "the file was touched");
    assert_eq!(State::of(&house.location.backup), backup, "the copy beside it was touched");
    assert_eq!(house.beside(), ["config.json.bak"], "something was left beside");
    errors[0].clone()
}

fn refused_text(text: impl AsRef<[u8]>) -> RoutingError {
    let house = House::with(text);
    mode(house.config(), 0o640);
    refused(&house)
}

#[test]
fn a_byte_order_mark_is_refused() {
    let marked = [b"\xef\xbb\xbf".as_slice(), USUAL.as_bytes()].concat();
    assert!(matches!(refused_text(marked), RoutingError::ByteOrderMark(_)));
}

#[test]
fn comments_are_refused_with_their_line() {
    let lines = [
        USUAL.replace("  \"env\"", "  // mine\n  \"env\""),
        USUAL.replace("  \"env\"", "  /* mine */\n  \"env\""),
        USUAL.replace("  \"env\"", "  # mine\n  \"env\""),
    ];
    for text in lines {
        let error = refused_text(&text);
        assert!(matches!(error, RoutingError::Comments { line: 2, .. }), "{error:?} for {text}");
    }
}

#[test]
fn what_is_not_json_is_refused_with_its_place() {
    let cases = [
        (String::new(), 1, 1),
        (" \n ".to_owned(), 2, 2),
        (USUAL.trim_end_matches('}').to_owned(), 24, 1),
        (USUAL.replace("\"env\": \"dev\",", "\"env\": \"dev\""), 3, 3),
        (USUAL.replace("\"default_workspace\": null", "\"default_workspace\": null,"), 24, 1),
        (USUAL.replace("\"dev\"", "'dev'"), 2, 10),
        (format!("{USUAL}{USUAL}"), 24, 2),
        (USUAL.replace("null", "None"), 7, 23),
        (USUAL.replace("\"dev\"", "01"), 2, 11),
        (USUAL.replace("\"dev\"", "\"tab\tin\""), 2, 14),
        (USUAL.replace("\"dev\"", "\"\\x41\""), 2, 11),
        ("[".repeat(100_000), 1, 202),
    ];
    for (text, line, column) in cases {
        let shown = text.chars().take(400).collect::<String>();
        match refused_text(&text) {
            RoutingError::NotJson { line: found, column: at, .. } => {
                assert_eq!((found, at), (line, column), "{shown}");
            }
            other => panic!("{other:?} for {shown}"),
        }
    }
}

#[test]
fn what_is_no_text_is_refused() {
    let wide: Vec<u8> = USUAL.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let latin = USUAL.replace("dev", "d?v").into_bytes().iter().map(|b| if *b == b'?' { 0xe9 } else { *b }).collect();
    for bytes in [latin, [b"\xff\xfe".as_slice(), &wide].concat()] {
        assert!(matches!(refused_text(bytes), RoutingError::NotUtf8(_)));
    }
}

#[test]
fn a_name_that_is_written_twice_is_refused() {
    let cases = [
        (USUAL.replace("\"env\": \"dev\"", "\"cloud_api_key\": null"), "cloud_api_key"),
        (USUAL.replace("\"env\": \"dev\"", "\"cloud_api_ke\\u0079\": null"), "cloud_api_key"),
        (USUAL.replace("\"env\": \"dev\"", "\"x\": 1, \"x\": 1"), "x"),
        (USUAL.replace("\"beta\"", "\"alpha\""), "projects.alpha"),
        (USUAL.replacen("\"last_sync\": null", "\"mode\": \"cloud\"", 1), "projects.alpha.mode"),
    ];
    for (text, twice) in cases {
        let house = House::with(&text);
        match refused(&house) {
            RoutingError::NameTwice { name, .. } => assert_eq!(name, twice),
            other => panic!("{other:?} for {text}"),
        }
        // It can be shown all the same; of repeated names the last counts, as in Python.
        let config = read(house.config()).unwrap();
        assert!(matches!(config.refusal, Some(RoutingError::NameTwice { .. })));
        let alpha = if twice.starts_with("projects") { Mode::Cloud } else { Mode::Local };
        assert_eq!(config.project("alpha").unwrap().mode, alpha, "{text}");
    }
}

#[test]
fn a_mode_that_the_cli_refuses_is_refused() {
    for (written, value) in
        [("\"Cloud\"", "Cloud"), ("\"\"", ""), ("5", "5"), ("null", "null"), ("\"clo\\u0055d\"", "cloUd")]
    {
        let text = USUAL.replacen("\"local\"", written, 1);
        match refused_text(&text) {
            RoutingError::WrongMode { project, value: found, .. } => {
                assert_eq!((project.as_str(), found.as_str()), ("alpha", value));
            }
            other => panic!("{other:?} for {written}"),
        }
        assert_eq!(read(House::with(&text).config()).unwrap_err().to_string().matches("alpha").count(), 1);
    }
}

#[test]
fn a_form_that_the_cli_refuses_is_refused_with_its_field() {
    let cases = [
        ("[]".to_owned(), "config.json"),
        ("\"text\"".to_owned(), "config.json"),
        ("{\"projects\": []}".to_owned(), "projects"),
        ("{\"projects\": {\"alpha\": 7}}".to_owned(), "projects.alpha"),
        ("{\"projects\": {\"alpha\": {}}}".to_owned(), "projects.alpha.path"),
        (USUAL.replacen("\"/srv/alpha\"", "7", 1), "projects.alpha.path"),
        (USUAL.replacen("\"workspace_id\": null", "\"workspace_id\": 7", 1), "projects.alpha.workspace_id"),
        (USUAL.replace("\"bmc_old_EXAMPLE\"", "[\"bmc_old_EXAMPLE\"]"), "cloud_api_key"),
        (USUAL.replace("\"default_workspace\": null", "\"default_workspace\": {}"), "default_workspace"),
    ];
    for (text, wrong) in cases {
        match refused_text(&text) {
            RoutingError::WrongShape { field, .. } => assert_eq!(field, wrong),
            other => panic!("{other:?} for {text}"),
        }
    }
}

/// The example of the CLI's own migration, as 0.18 wrote it.
const OLDER: &str = r#"{
  "env": "dev",
  "projects": {
    "alpha": "/srv/alpha",
    "notes": "/srv/notes"
  },
  "default_project": "alpha",
  "cloud_mode": true,
  "project_modes": {"alpha": "cloud"},
  "cloud_projects": {"specs": {"local_path": "/srv/specs", "last_sync": "2026-01-02T03:04:05", "bisync_initialized": true}, "alpha": {"local_path": null}},
  "x": 1.0
}"#;

#[test]
fn an_older_file_is_shown_and_not_changed() {
    let plain = "{\"projects\": {\"alpha\": \"/srv/alpha\"}}";
    for text in [plain, OLDER] {
        assert!(matches!(refused_text(text), RoutingError::Older(_)));
    }
    let config = read(House::with(OLDER).config()).unwrap();
    let Format::Older { names, cloud_mode } = &config.format else { panic!("{:?}", config.format) };
    assert_eq!(
        (names.join(" ").as_str(), *cloud_mode),
        ("projects project_modes cloud_projects cloud_mode", Some(true))
    );
    let shown: Vec<_> =
        config.projects.iter().map(|project| (project.key.as_str(), project.mode, project.path.as_deref())).collect();
    assert_eq!(shown[..2], [("alpha", Mode::Cloud, Some("/srv/alpha")), ("notes", Mode::Local, Some("/srv/notes"))]);
    assert_eq!((shown[2].0, shown[2].2), ("specs", Some("/srv/specs")));
}

#[test]
fn an_older_file_is_migrated_when_asked_and_comes_back_whole() {
    let house = House::with(OLDER);
    let applied = migrate(&house.location).unwrap();
    let expected = serde_json::json!({"path": "/srv/specs", "mode": "cloud", "workspace_id": null,
        "local_sync_path": "/srv/specs", "bisync_initialized": true, "last_sync": "2026-01-02T03:04:05"});
    let json = house.json();
    let names: Vec<_> = json.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(names, ["default_project", "env", "projects", "x"]);
    assert_eq!(json["projects"]["alpha"]["mode"], "cloud");
    assert_eq!(json["projects"]["specs"], expected);
    assert!(house.text().contains("\"x\": 1.0"));
    assert_eq!(read(house.config()).unwrap().refusal, None);
    let undone = latchkey_core::routing::undo(&house.location, &applied.previous).unwrap();
    assert!(undone.exact);
    assert_eq!(house.text(), OLDER);
}

#[test]
fn a_file_that_is_too_large_is_refused() {
    let house = House::with(USUAL);
    fs::File::options().write(true).open(house.config()).unwrap().set_len(64 * 1024 * 1024 + 1).unwrap();
    let error = apply(&house.location, &[to_cloud("alpha")]).unwrap_err();
    assert!(matches!(error, RoutingError::TooLarge(_)), "{error:?}");
    assert_eq!(fs::metadata(house.config()).unwrap().len(), 64 * 1024 * 1024 + 1);
}

#[test]
fn what_is_no_file_is_refused_and_nothing_is_made_in_its_place() {
    let house = House::empty();
    let change = [to_cloud("alpha"), key("bmc_new_EXAMPLE")];
    assert!(matches!(apply(&house.location, &change), Err(RoutingError::Absent(_))));
    assert!(names(house.home()).is_empty());

    fs::create_dir_all(house.config()).unwrap();
    assert!(matches!(apply(&house.location, &change), Err(RoutingError::NotAFile(_))));
    fs::remove_dir(house.config()).unwrap();

    // Opening a pipe would wait for ever.
    let folder = fs::File::open(house.config().parent().unwrap()).unwrap();
    rustix::fs::mknodat(&folder, "config.json", rustix::fs::FileType::Fifo, rustix::fs::Mode::RUSR, 0).unwrap();
    assert!(matches!(apply(&house.location, &change), Err(RoutingError::NotAFile(_))));
    assert!(house.beside().is_empty());
}

#[test]
fn a_wish_that_cannot_be_right_is_refused() {
    let house = House::with(USUAL);
    let state = State::of(house.config());
    for project in ["gamma", "", "ALPHABET"] {
        let error = apply(&house.location, &[key("bmc_new_EXAMPLE"), to_cloud(project)]).unwrap_err();
        assert_eq!(error, RoutingError::ProjectGone { project: project.to_owned() });
    }
    for path in ["", "notes", "~/notes", "./notes"] {
        let error = apply(&house.location, &[to_local("beta", path)]).unwrap_err();
        assert_eq!(error, RoutingError::NotAbsolute { path: path.to_owned() });
    }
    for unusable in [
        "",
        "EXAMPLE",
        "sk_EXAMPLE",
        " bmc_EXAMPLE",
        "bmc_x EXAMPLE",
        "bmc_EXAMPLE\n",
        "bmc_é_EXAMPLE",
        "bmc_\u{7f}EXAMPLE",
    ] {
        let change = Change::SetApiKey(Some(Secret::new(unusable.to_owned())));
        assert_eq!(apply(&house.location, &[change]).unwrap_err(), RoutingError::UnusableKey, "{unusable:?}");
    }
    assert_eq!(State::of(house.config()), state);
}

#[test]
fn a_read_only_folder_is_refused_to_someone_unprivileged() {
    if let Some(house) = child::home() {
        let location = super::house::at(&house);
        assert!(!writable(&location));
        let error = apply(&location, &[to_cloud("alpha")]).unwrap_err();
        assert_eq!(error, RoutingError::FolderReadOnly(location.config.parent().unwrap().to_owned()));
        let unreadable = super::house::at(&house.join("closed"));
        assert!(matches!(apply(&unreadable, &[to_cloud("alpha")]), Err(RoutingError::Unreadable(_))));
        return child::say_done();
    }
    let house = House::with(USUAL);
    let folder = house.config().parent().unwrap().to_owned();
    let closed = house.home().join("closed/.basic-memory");
    fs::create_dir_all(&closed).unwrap();
    put(&closed.join("config.json"), USUAL.as_bytes());
    mode(&closed.join("config.json"), 0o000);
    let name = "refusals::a_read_only_folder_is_refused_to_someone_unprivileged";
    let mut unprivileged = child::unprivileged(name, house.home());
    mode(&folder, 0o555);
    let state = State::of(house.config());
    child::expect_done(&mut unprivileged);
    assert_eq!(State::of(house.config()), state);
    assert!(house.beside().is_empty());
    mode(&folder, 0o755);
}
