//! Owns what is read of the environment: where the official command line looks, and what the sandbox
//! is started with. The one place that reads it; everything else is given.

use latchkey_core::domain::Secret;
use latchkey_core::services::{Surroundings, Variable};
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

/// The variable in which the official command line takes a key, in any spelling of case.
pub(crate) const API_KEY_VARIABLE: &str = "BASIC_MEMORY_CLOUD_API_KEY";

/// What the sandbox program needs of the environment to run at all. A key in a variable is none of it.
const PASSED_ON: &[&str] = &["PATH", "HOME", "LANG", "TMPDIR", "TEMP", "TMP", "SystemRoot", "windir"];

/// Where other programs keep things on this computer.
pub(crate) fn read() -> Surroundings {
    Surroundings {
        home: std::env::home_dir().unwrap_or_default(),
        config_dir_variable: variable("BASIC_MEMORY_CONFIG_DIR").map(PathBuf::from),
        xdg_config_home: variable("XDG_CONFIG_HOME").map(PathBuf::from),
        api_key_variable: api_key(std::env::vars_os()),
        variables: others(std::env::vars_os()),
    }
}

/// What this computer is called, for an inventory that is read on another one.
pub(crate) fn computer() -> String {
    gethostname::gethostname().to_string_lossy().chars().filter(|character| !character.is_control()).take(60).collect()
}

/// Further arguments for the sandbox program, as tests and people at a terminal give them.
pub(crate) fn sandbox_arguments() -> Vec<String> {
    let text = variable("LATCHKEY_SANDBOX_ARGS").unwrap_or_default();
    text.to_string_lossy().split_whitespace().map(str::to_owned).collect()
}

/// The environment of the sandbox program.
pub(crate) fn sandbox_environment() -> Vec<(OsString, OsString)> {
    PASSED_ON.iter().filter_map(|name| Some(((*name).into(), variable(name)?))).collect()
}

/// Where this computer looks for programs.
pub(crate) fn program_folders() -> Vec<PathBuf> {
    let path = variable("PATH").unwrap_or_default();
    std::env::split_paths(&path).filter(|folder| folder.is_absolute()).collect()
}

/// The environment in which the official command line is asked for its version: everything but what
/// configures it, so that no key of a variable is handed on.
pub(crate) fn cli_environment() -> Vec<(OsString, OsString)> {
    std::env::vars_os().filter(|(name, _)| !configures_cli(name)).collect()
}

fn configures_cli(name: &OsStr) -> bool {
    let name = name.to_string_lossy().to_ascii_uppercase();
    name.starts_with("BASIC_MEMORY_") || name == "XDG_CONFIG_HOME"
}

#[allow(clippy::disallowed_methods, reason = "this file is where the environment is read")]
fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}

/// The key in the variable, whose name the command line reads in any case. The published spelling wins.
fn api_key(variables: impl Iterator<Item = (OsString, OsString)>) -> Option<Secret> {
    let named = |name: &OsStr| name.to_str().is_some_and(|name| name.eq_ignore_ascii_case(API_KEY_VARIABLE));
    let mut found: Vec<(OsString, OsString)> = variables.filter(|(name, _)| named(name)).collect();
    found.sort_by_key(|(name, _)| name != API_KEY_VARIABLE);
    let (_, value) = found.into_iter().next()?;
    value.into_string().ok().map(Secret::new)
}

/// Every other variable that configures the command line.
fn others(variables: impl Iterator<Item = (OsString, OsString)>) -> Vec<Variable> {
    let configures = |name: &str| name.get(..13).is_some_and(|head| head.eq_ignore_ascii_case("BASIC_MEMORY_"));
    variables
        .filter_map(|(name, value)| Some(Variable { name: name.into_string().ok()?, value: value.into_string().ok()? }))
        .filter(|variable| configures(&variable.name) && !variable.name.eq_ignore_ascii_case(API_KEY_VARIABLE))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(variables: &[(&str, &str)]) -> Option<String> {
        let variables: Vec<(OsString, OsString)> =
            variables.iter().map(|(name, value)| (OsString::from(name), OsString::from(value))).collect();
        // The test compares pretended characters.
        api_key(variables.into_iter()).map(|key| key.expose_secret().to_owned())
    }

    #[test]
    fn the_key_is_found_in_any_spelling_of_the_variable() {
        assert_eq!(found(&[("basic_memory_cloud_api_key", "bmc_oneEXAMPLE")]).as_deref(), Some("bmc_oneEXAMPLE"));
        let both = [("Basic_Memory_Cloud_Api_Key", "bmc_oneEXAMPLE"), (API_KEY_VARIABLE, "bmc_twoEXAMPLE")];
        assert_eq!(found(&both).as_deref(), Some("bmc_twoEXAMPLE"));
        assert_eq!(found(&[("BASIC_MEMORY_CLOUD_API", "bmc_oneEXAMPLE")]), None);
    }

    #[test]
    fn an_empty_variable_is_there_all_the_same() {
        assert_eq!(found(&[(API_KEY_VARIABLE, "")]).as_deref(), Some(""));
    }

    #[test]
    fn other_variables_of_the_command_line_are_found_and_the_key_is_none_of_them() {
        let set =
            [("BASIC_MEMORY_CLOUD_HOST", "x"), ("basic_memory_cloud_api_key", "bmc_oneEXAMPLE"), ("PATH", "/bin")];
        let found = others(set.into_iter().map(|(name, value)| (name.into(), value.into())));
        assert_eq!(found, [Variable { name: "BASIC_MEMORY_CLOUD_HOST".to_owned(), value: "x".to_owned() }]);
    }

    #[test]
    fn nothing_that_configures_the_command_line_is_handed_on_to_it() {
        for name in ["BASIC_MEMORY_CLOUD_API_KEY", "basic_memory_cloud_host", "XDG_CONFIG_HOME"] {
            assert!(configures_cli(OsStr::new(name)), "{name}");
        }
        assert!(!configures_cli(OsStr::new("PATH")) && !configures_cli(OsStr::new("BASIC_MEMORY")));
    }

    #[test]
    fn the_sandbox_is_given_no_key() {
        assert!(!PASSED_ON.iter().any(|name| name.eq_ignore_ascii_case(API_KEY_VARIABLE)));
    }
}
