//! Owns which files the CLI reads, why those, and what of the environment beats them. Leaves out
//! what is inside.

use super::surroundings::{API_KEY_VARIABLE, Surroundings, Variable};
use std::path::{Path, PathBuf};

/// Where the CLI keeps its settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// `config.json`, whether or not it exists.
    pub config: PathBuf,
    /// The copy the CLI makes when it migrates an older file. It may hold a key.
    pub backup: PathBuf,
    /// The CLI's sign-in.
    pub tokens: PathBuf,
    /// What chose the folder.
    pub decided_by: DecidedBy,
    /// A second `config.json` in a folder that the CLI would use otherwise, and ignores now.
    pub other: Option<PathBuf>,
    /// Variables that beat the file or the routes, and those that look as if they did.
    pub overrides: Vec<Override>,
}

/// What chose the folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DecidedBy {
    /// `BASIC_MEMORY_CONFIG_DIR`.
    ConfigDirVariable,
    /// `XDG_CONFIG_HOME`.
    XdgConfigHome,
    /// Nothing is set.
    Home,
}

/// A variable that has a say in what the CLI does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    /// Its name as it is spelled in the environment.
    pub variable: String,
    /// What it speaks of.
    pub overriding: Overriding,
    /// Its value, cut to what fits a line; never the key.
    pub value: Option<String>,
    /// What it does.
    pub effect: Effect,
}

/// What a variable speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overriding {
    /// `cloud_api_key`.
    CloudApiKey,
    /// `cloud_host`.
    CloudHost,
    /// `cloud_domain`.
    CloudDomain,
    /// `cloud_client_id`.
    CloudClientId,
    /// `default_workspace`.
    DefaultWorkspace,
    /// `default_project`.
    DefaultProject,
    /// `projects`, all of them at once.
    Projects,
    /// Whether the two that force a route are listened to.
    ExplicitRouting,
    /// Everything goes to this computer.
    ForceLocal,
    /// Everything goes to the cloud.
    ForceCloud,
    /// The project of every tool.
    McpProject,
    /// This is a server of the cloud itself.
    CloudMode,
}

/// What a variable does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Its value is used instead of the file's.
    Overrides,
    /// It is empty and hides the file's value.
    Hides,
    /// The CLI pays no heed to it as things stand.
    Ignored,
}

/// Variables that stand for a field of the file. The CLI reads their names in any case.
const FIELDS: &[(&str, Overriding)] = &[
    ("BASIC_MEMORY_CLOUD_HOST", Overriding::CloudHost),
    ("BASIC_MEMORY_CLOUD_DOMAIN", Overriding::CloudDomain),
    ("BASIC_MEMORY_CLOUD_CLIENT_ID", Overriding::CloudClientId),
    ("BASIC_MEMORY_DEFAULT_WORKSPACE", Overriding::DefaultWorkspace),
    ("BASIC_MEMORY_DEFAULT_PROJECT", Overriding::DefaultProject),
    ("BASIC_MEMORY_PROJECTS", Overriding::Projects),
];

/// Variables that are asked for by their exact name.
const EXACT: &[(&str, Overriding)] = &[
    ("BASIC_MEMORY_EXPLICIT_ROUTING", Overriding::ExplicitRouting),
    ("BASIC_MEMORY_FORCE_LOCAL", Overriding::ForceLocal),
    ("BASIC_MEMORY_FORCE_CLOUD", Overriding::ForceCloud),
    ("BASIC_MEMORY_MCP_PROJECT", Overriding::McpProject),
    ("BASIC_MEMORY_CLOUD_MODE", Overriding::CloudMode),
];

/// As much of a value as is shown.
const SHOWN: usize = 80;

/// Finds the CLI's files as the CLI does, and says what else has a say.
pub fn locate(surroundings: &Surroundings) -> Location {
    let config = surroundings.config_file();
    let set = |path: &Option<PathBuf>| path.as_ref().is_some_and(|path| !path.as_os_str().is_empty());
    let decided_by = if set(&surroundings.config_dir_variable) {
        DecidedBy::ConfigDirVariable
    } else if set(&surroundings.xdg_config_home) {
        DecidedBy::XdgConfigHome
    } else {
        DecidedBy::Home
    };
    Location {
        backup: config.with_extension("json.bak"),
        tokens: surroundings.token_file(),
        other: other(surroundings, &config),
        overrides: overrides(surroundings),
        decided_by,
        config,
    }
}

/// Whether the CLI's file could be replaced right now: its folder takes new files. Asked of the system,
/// nothing is tried.
pub fn writable(location: &Location) -> bool {
    let target = location.config.canonicalize().unwrap_or_else(|_| location.config.clone());
    target.parent().is_some_and(takes_files)
}

#[cfg(unix)]
fn takes_files(folder: &Path) -> bool {
    use rustix::fs::{Access, access};
    access(folder, Access::WRITE_OK | Access::EXEC_OK).is_ok()
}

#[cfg(not(unix))]
fn takes_files(folder: &Path) -> bool {
    folder.metadata().is_ok_and(|facts| !facts.permissions().readonly())
}

/// The settings in a folder that would be next, if there are any.
fn other(surroundings: &Surroundings, config: &Path) -> Option<PathBuf> {
    let xdg = surroundings.xdg_config_home.as_ref().filter(|path| !path.as_os_str().is_empty());
    let next = xdg.map(|base| base.join("basic-memory")).into_iter().chain([surroundings.home.join(".basic-memory")]);
    next.map(|folder| folder.join("config.json")).find(|file| file != config && file.is_file() && !same(file, config))
}

/// Whether two paths lead to one file.
fn same(one: &Path, other: &Path) -> bool {
    matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}

fn overrides(surroundings: &Surroundings) -> Vec<Override> {
    let mut found = Vec::new();
    if let Some(key) = &surroundings.api_key_variable {
        // Only whether it is empty is asked.
        let effect = if key.expose_secret().is_empty() { Effect::Hides } else { Effect::Overrides };
        let overriding = Overriding::CloudApiKey;
        found.push(Override { variable: API_KEY_VARIABLE.to_owned(), overriding, value: None, effect });
    }
    for (name, overriding) in FIELDS {
        // Of several spellings the last one counts.
        let set = surroundings.variables.iter().rfind(|variable| variable.name.eq_ignore_ascii_case(name));
        found.extend(set.map(|variable| shown(variable, *overriding, Effect::Overrides)));
    }
    let exact = |name: &str| surroundings.variables.iter().find(|variable| variable.name == name);
    let explicit = exact("BASIC_MEMORY_EXPLICIT_ROUTING").is_some_and(|variable| is_true(&variable.value));
    let local = explicit && exact("BASIC_MEMORY_FORCE_LOCAL").is_some_and(|variable| is_true(&variable.value));
    let cloud = exact("BASIC_MEMORY_FORCE_CLOUD").is_some_and(|variable| is_true(&variable.value));
    for (name, overriding) in EXACT {
        let Some(variable) = exact(name) else { continue };
        let counts = match overriding {
            Overriding::ForceLocal => local,
            // Local is asked first.
            Overriding::ForceCloud => explicit && !local && cloud,
            Overriding::ExplicitRouting => local || (explicit && cloud),
            Overriding::CloudMode => matches!(variable.value.to_ascii_lowercase().as_str(), "1" | "true"),
            _ => !variable.value.is_empty(),
        };
        found.push(shown(variable, *overriding, if counts { Effect::Overrides } else { Effect::Ignored }));
    }
    found
}

/// What the CLI takes for yes.
fn is_true(value: &str) -> bool {
    matches!(value.to_ascii_lowercase().as_str(), "true" | "1" | "yes")
}

fn shown(variable: &Variable, overriding: Overriding, effect: Effect) -> Override {
    let value = variable.value.chars().take(SHOWN).collect();
    Override { variable: variable.name.clone(), overriding, value: Some(value), effect }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Secret;

    fn with(variables: &[(&str, &str)]) -> Surroundings {
        let variable = |(name, value): &(&str, &str)| Variable { name: (*name).into(), value: (*value).into() };
        Surroundings {
            home: "/home".into(),
            variables: variables.iter().map(variable).collect(),
            ..Surroundings::default()
        }
    }

    fn effects(variables: &[(&str, &str)]) -> Vec<(Overriding, Effect)> {
        locate(&with(variables)).overrides.iter().map(|one| (one.overriding, one.effect)).collect()
    }

    #[test]
    fn the_folder_is_found_as_the_cli_finds_it_and_a_second_file_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let put = |path: &str| {
            let file = folder.path().join(path);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(&file, "{}").unwrap();
            file
        };
        let (home, xdg) = (put("home/.basic-memory/config.json"), put("xdg/basic-memory/config.json"));
        let mut surroundings = Surroundings { home: folder.path().join("home"), ..Surroundings::default() };
        let found = |surroundings: &Surroundings| {
            let location = locate(surroundings);
            (location.config, location.decided_by, location.other)
        };
        assert_eq!(found(&surroundings), (home.clone(), DecidedBy::Home, None));
        surroundings.xdg_config_home = Some(folder.path().join("xdg"));
        assert_eq!(found(&surroundings), (xdg.clone(), DecidedBy::XdgConfigHome, Some(home.clone())));
        surroundings.config_dir_variable = Some(folder.path().join("own"));
        let own = folder.path().join("own/config.json");
        assert_eq!(found(&surroundings), (own, DecidedBy::ConfigDirVariable, Some(xdg.clone())));
        std::fs::remove_file(&xdg).unwrap();
        assert_eq!(found(&surroundings).2, Some(home));
        assert!(locate(&surroundings).backup.ends_with("own/config.json.bak"));
    }

    #[cfg(unix)]
    #[test]
    fn two_paths_to_one_file_are_no_second_file() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("home/.basic-memory")).unwrap();
        std::fs::write(folder.path().join("home/.basic-memory/config.json"), "{}").unwrap();
        std::os::unix::fs::symlink(folder.path().join("home/.basic-memory"), folder.path().join("own")).unwrap();
        let surroundings = Surroundings {
            home: folder.path().join("home"),
            config_dir_variable: Some(folder.path().join("own")),
            ..Surroundings::default()
        };
        assert_eq!(locate(&surroundings).other, None);
    }

    #[test]
    fn variables_that_beat_the_file_are_named_in_any_spelling() {
        assert_eq!(
            effects(&[("basic_memory_cloud_host", "http://one"), ("BASIC_MEMORY_LOG_LEVEL", "DEBUG")]),
            [(Overriding::CloudHost, Effect::Overrides)]
        );
        let twice = locate(&with(&[("BASIC_MEMORY_CLOUD_HOST", "one"), ("Basic_Memory_Cloud_Host", "two")]));
        assert_eq!(twice.overrides.len(), 1);
        assert_eq!(twice.overrides[0].value.as_deref(), Some("two"));
    }

    #[test]
    fn forcing_a_route_counts_only_when_routing_is_explicit() {
        use Effect::{Ignored, Overrides};
        use Overriding::{ExplicitRouting, ForceCloud, ForceLocal};
        let (explicit, local) = (("BASIC_MEMORY_EXPLICIT_ROUTING", "1"), ("BASIC_MEMORY_FORCE_LOCAL", "yes"));
        let cloud = ("BASIC_MEMORY_FORCE_CLOUD", "TRUE");
        assert_eq!(effects(&[local]), [(ForceLocal, Ignored)]);
        assert_eq!(effects(&[explicit]), [(ExplicitRouting, Ignored)]);
        assert_eq!(effects(&[explicit, local]), [(ExplicitRouting, Overrides), (ForceLocal, Overrides)]);
        assert_eq!(
            effects(&[explicit, local, cloud]),
            [(ExplicitRouting, Overrides), (ForceLocal, Overrides), (ForceCloud, Ignored)]
        );
        assert_eq!(effects(&[explicit, cloud]), [(ExplicitRouting, Overrides), (ForceCloud, Overrides)]);
        assert_eq!(
            effects(&[explicit, ("BASIC_MEMORY_FORCE_LOCAL", "on")]),
            [(ExplicitRouting, Ignored), (ForceLocal, Ignored)]
        );
    }

    #[test]
    fn the_key_variable_is_named_and_never_shown() {
        let mut surroundings = with(&[]);
        surroundings.api_key_variable = Some(Secret::new("bmc_variableEXAMPLE".to_owned()));
        let found = locate(&surroundings).overrides;
        assert_eq!((found[0].effect, found[0].value.as_ref()), (Effect::Overrides, None));
        surroundings.api_key_variable = Some(Secret::new(String::new()));
        assert_eq!(locate(&surroundings).overrides[0].effect, Effect::Hides);
    }
}
