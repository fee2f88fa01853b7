//! Owns the tests of what is noticed of the official CLI.

use super::*;
use chrono::TimeZone as _;
use std::fs;

const KEY: &str = "bmc_Qv4mWnR8sLkP2xYtEXAMPLE";

struct Computer {
    folder: tempfile::TempDir,
    surroundings: Surroundings,
}

impl Computer {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let surroundings = Surroundings { home: folder.path().join("home"), ..Surroundings::default() };
        fs::create_dir_all(surroundings.home.join(".basic-memory")).unwrap();
        Self { folder, surroundings }
    }

    fn with_config(text: impl AsRef<[u8]>) -> Self {
        let computer = Self::new();
        fs::write(computer.surroundings.config_file(), text).unwrap();
        computer
    }

    fn with_key(key: &str) -> Self {
        Self::with_config(serde_json::json!({"env": "dev", "cloud_api_key": key, "projects": {}}).to_string())
    }

    fn with_variable(mut self, value: &str) -> Self {
        self.surroundings.api_key_variable = Some(Secret::new(value.to_owned()));
        self
    }

    fn found(&self) -> Vec<FoundCredential> {
        find_credentials(&self.surroundings)
    }

    /// The key that is saved in the file, whether or not the variable hides it.
    fn saved(&self) -> Result<Option<Secret>, RoutingError> {
        read_saved_key(&self.surroundings.config_file())
    }

    /// The key that stands first among what was found, read again as it is when the person chooses it.
    fn key(&self) -> Option<String> {
        let first = self.found().into_iter().find(|found| found.kind == FoundKind::ApiKey)?;
        read_found_key(&self.surroundings, &first).unwrap().map(|key| key.expose_secret().to_owned())
    }

    fn problem(&self) -> Option<String> {
        let found = self.found();
        assert_eq!(found.len(), 1, "{found:?}");
        found[0].problem.clone()
    }
}

#[test]
fn the_folder_is_the_first_that_is_set() {
    let mut surroundings = Computer::new().surroundings;
    assert_eq!(surroundings.config_folder(), surroundings.home.join(".basic-memory"));
    surroundings.xdg_config_home = Some("/xdg".into());
    assert_eq!(surroundings.config_folder(), Path::new("/xdg").join("basic-memory"));
    surroundings.config_dir_variable = Some("/own".into());
    assert_eq!(surroundings.config_folder(), Path::new("/own"));
}

#[test]
fn an_empty_variable_for_a_folder_counts_as_absent() {
    let mut surroundings = Computer::new().surroundings;
    surroundings.xdg_config_home = Some(PathBuf::new());
    surroundings.config_dir_variable = Some(PathBuf::new());
    assert_eq!(surroundings.config_folder(), surroundings.home.join(".basic-memory"));
}

#[test]
fn folders_are_not_merged() {
    let mut computer = Computer::with_key(KEY);
    computer.surroundings.xdg_config_home = Some(computer.folder.path().join("xdg"));
    assert_eq!(computer.found(), []);
    assert_eq!(computer.key(), None);
}

#[test]
fn a_computer_without_the_cli_has_nothing() {
    let computer = Computer::new();
    assert_eq!(computer.found(), []);
    assert_eq!(computer.key(), None);
}

#[test]
fn the_saved_key_is_found_by_its_head() {
    let computer = Computer::with_key(KEY);
    assert_eq!(
        computer.found(),
        [FoundCredential {
            provider: ProviderId::BASIC_MEMORY,
            kind: FoundKind::ApiKey,
            file: Some(computer.surroundings.config_file()),
            prefix: Some("bmc_Qv4m".to_owned()),
            problem: None,
        }]
    );
    assert_eq!(computer.key().as_deref(), Some(KEY));
    assert!(!format!("{:?} {:?}", computer.found(), computer.surroundings).contains("sLkP2x"));
}

#[test]
fn no_key_null_and_empty_are_no_key() {
    for text in [r"{}", r#"{"cloud_api_key": null}"#, r#"{"cloud_api_key": ""}"#, r#"{"env": "dev"}"#] {
        let computer = Computer::with_config(text);
        assert_eq!(computer.found(), [], "{text}");
        assert_eq!(computer.key(), None, "{text}");
    }
}

#[test]
fn of_repeated_names_the_last_counts() {
    let computer = Computer::with_config(format!(r#"{{"cloud_api_key": "bmc_oldEXAMPLE", "cloud_api_key": "{KEY}"}}"#));
    assert_eq!(computer.key().as_deref(), Some(KEY));
}

#[test]
fn the_variable_beats_the_file() {
    let computer = Computer::with_key(KEY).with_variable("bmc_variableEXAMPLE");
    let found = computer.found();
    assert_eq!(found.len(), 2);
    assert_eq!((found[0].file.as_ref(), found[0].prefix.as_deref()), (None, Some("bmc_vari")));
    assert_eq!(found[0].problem, None);
    assert!(found[1].problem.as_ref().unwrap().contains("BASIC_MEMORY_CLOUD_API_KEY"));
    assert_eq!(computer.key().as_deref(), Some("bmc_variableEXAMPLE"));
    let each: Vec<_> = found
        .iter()
        .map(|one| read_found_key(&computer.surroundings, one).unwrap().unwrap().expose_secret().to_owned())
        .collect();
    assert_eq!(each, ["bmc_variableEXAMPLE", KEY]);
}

#[test]
fn the_same_key_in_both_places_is_found_once() {
    let computer = Computer::with_key(KEY).with_variable(KEY);
    assert_eq!(computer.found().len(), 1);
}

#[test]
fn an_empty_variable_hides_the_saved_key() {
    let computer = Computer::with_key(KEY).with_variable("");
    assert_eq!(
        computer.problem().as_deref(),
        Some("BASIC_MEMORY_CLOUD_API_KEY is set and hides this key from the CLI.")
    );
}

#[test]
fn keys_the_cli_cannot_send_are_named_as_such() {
    let problem = |key: &str| Computer::with_key(key).problem();
    for key in ["bmc_abcEXAMPLE ", " bmc_abcEXAMPLE", "bmc_abcEXAMPLE\n", "bmc_abc\u{a0}EXAMPLE"] {
        assert_eq!(problem(key).as_deref(), Some("The key has a stray space; the CLI cannot send it."), "{key:?}");
    }
    assert_eq!(problem("bmc_äEXAMPLE").as_deref(), Some("The key holds characters that cannot be sent."));
    assert_eq!(problem("bmc_a\u{7}EXAMPLE").as_deref(), Some("The key holds characters that cannot be sent."));
    assert_eq!(problem("sk-abcEXAMPLE").as_deref(), Some("The key does not start with bmc_."));
    assert_eq!(problem("bmc_").as_deref(), Some("The key is cut off after bmc_."));
}

#[test]
fn a_byte_order_mark_is_named_and_the_key_still_read() {
    let computer = Computer::with_config(format!("\u{feff}{{\"cloud_api_key\": \"{KEY}\"}}"));
    assert!(computer.problem().unwrap().contains("byte order mark"));
    assert_eq!(computer.key().as_deref(), Some(KEY));
}

#[test]
fn broken_files_that_speak_of_a_key_are_named() {
    for text in [
        &b"{\"cloud_api_key\": \"bmc_abcEXAMPLE\""[..],
        b"{\"cloud_api_key\": \"bmc_\xff\"}",
        b"// note\n{\"cloud_api_key\": \"bmc_abcEXAMPLE\"}",
        b"[\"cloud_api_key\"]",
    ] {
        let computer = Computer::with_config(text);
        assert_eq!(
            computer.problem().as_deref(),
            Some("The file is not valid JSON, so the CLI refuses to start."),
            "{}",
            String::from_utf8_lossy(text)
        );
        let refused = computer.saved().unwrap_err();
        let named = matches!(
            refused,
            RoutingError::NotJson { .. }
                | RoutingError::NotUtf8(_)
                | RoutingError::Comments { .. }
                | RoutingError::WrongShape { .. }
        );
        assert!(named, "{refused}");
    }
    assert_eq!(Computer::with_config("").found(), []);
    assert_eq!(Computer::with_config("{\"env\": ").found(), []);
}

#[test]
fn a_saved_key_that_is_not_text_is_named() {
    for value in ["5", "true", "-1", "1.5", "[\"bmc_abcEXAMPLE\"]", "{\"a\": \"b\"}"] {
        let computer = Computer::with_config(format!("{{\"cloud_api_key\": {value}}}"));
        assert_eq!(
            computer.problem().as_deref(),
            Some("The saved key is not text, so the CLI refuses to start."),
            "{value}"
        );
    }
}

#[test]
fn a_file_that_is_too_large_is_not_read() {
    let computer = Computer::with_config("");
    // Nothing is written; the file only says that it is so long.
    let file = fs::File::options().write(true).open(computer.surroundings.config_file()).unwrap();
    file.set_len(64 * 1024 * 1024 + 1).unwrap();
    assert_eq!(computer.problem().as_deref(), Some("The file is too large to be a settings file."));
    assert!(matches!(computer.saved(), Err(RoutingError::TooLarge(_))));
}

#[test]
fn a_folder_in_the_place_of_the_file_is_not_read() {
    let computer = Computer::new();
    fs::create_dir(computer.surroundings.config_file()).unwrap();
    assert_eq!(computer.problem().as_deref(), Some("The file cannot be read."));
    assert!(matches!(computer.saved(), Err(RoutingError::Unreadable(_))));
}

#[cfg(unix)]
#[test]
fn links_are_followed() {
    let computer = Computer::new();
    let elsewhere = computer.folder.path().join("dotfiles.json");
    fs::write(&elsewhere, format!("{{\"cloud_api_key\": \"{KEY}\"}}")).unwrap();
    std::os::unix::fs::symlink(&elsewhere, computer.surroundings.config_file()).unwrap();
    assert_eq!(computer.key().as_deref(), Some(KEY));
}

#[test]
fn a_sign_in_is_found_by_its_token_file_and_never_read_as_a_key() {
    let computer = Computer::new();
    let file = computer.surroundings.token_file();
    fs::write(&file, r#"{"access_token": "eyJaEXAMPLE", "refresh_token": "rt_EXAMPLE", "expires_at": 1795200771, "token_type": "Bearer"}"#).unwrap();
    let found = computer.found();
    assert_eq!(found.len(), 1);
    assert_eq!(
        (found[0].kind, found[0].file.as_ref(), found[0].prefix.as_ref()),
        (FoundKind::SignIn, Some(&file), None)
    );
    assert_eq!(read_found_key(&computer.surroundings, &found[0]).unwrap().map(|_| ()), None);

    let end = Utc.timestamp_opt(1_795_200_771, 0).unwrap();
    let at = |now| cli_sign_in(&computer.surroundings, now);
    assert_eq!(at(end - TimeDelta::seconds(61)), Some(CliSignIn::Valid));
    assert_eq!(at(end - TimeDelta::seconds(60)), Some(CliSignIn::Expired));
}

#[test]
fn a_token_file_that_cannot_be_read_is_no_sign_in() {
    let computer = Computer::new();
    let now = Utc.timestamp_opt(1_795_200_771, 0).unwrap();
    for text in ["", "{", "[]", "{}", r#"{"access_token": null}"#, r#"{"access_token": 5, "expires_at": "x"}"#] {
        fs::write(computer.surroundings.token_file(), text).unwrap();
        assert_eq!(computer.found(), [], "{text}");
        assert_eq!(cli_sign_in(&computer.surroundings, now), None, "{text}");
    }
    fs::write(computer.surroundings.token_file(), r#"{"access_token": "eyJaEXAMPLE", "expires_at": 1e300}"#).unwrap();
    assert_eq!(cli_sign_in(&computer.surroundings, now), Some(CliSignIn::Expired));
}
