//! Owns the files of the Basic Memory CLI as these tests find and leave them, in the home folder of
//! one house.

use crate::house::House;
use chrono::{DateTime, Utc};
use latchkey_core::services::{ProjectState, Projects, Source, SourceKind};
use serde_json::{Value, json};
use std::path::PathBuf;

impl House {
    pub(crate) fn cli_folder(&self) -> PathBuf {
        self.home().join(".basic-memory")
    }

    pub(crate) fn config_file(&self) -> PathBuf {
        self.cli_folder().join("config.json")
    }

    /// Writes the file as the CLI writes it, over and above what is needed here.
    pub(crate) fn put_config(&self, config: &Value) {
        std::fs::create_dir_all(self.cli_folder()).unwrap();
        std::fs::write(self.config_file(), serde_json::to_string_pretty(config).unwrap()).unwrap();
    }

    pub(crate) fn config_text(&self) -> String {
        std::fs::read_to_string(self.config_file()).unwrap()
    }

    pub(crate) fn config(&self) -> Value {
        serde_json::from_str(&self.config_text()).unwrap()
    }

    /// A file with three projects at home, set up for the sandbox as far as it runs.
    pub(crate) fn usual_config(&self) -> Value {
        let notes = self.home().join("notes");
        for folder in ["main", "research", "work"] {
            std::fs::create_dir_all(notes.join(folder)).unwrap();
        }
        let local = |folder: &str| {
            json!({"path": notes.join(folder), "mode": "local", "workspace_id": null, "local_sync_path": null,
                "bisync_initialized": false, "last_sync": null})
        };
        let mut config = json!({
            "env": "dev",
            "projects": {"main": local("main"), "research": local("research"), "My Work": local("work")},
            "default_project": "main",
            "cloud_api_key": null,
            "default_workspace": null,
            "some_future_setting": {"kept": [1, 2.50, "ü"]},
        });
        config["projects"]["research"]["bisync_initialized"] = json!(true);
        config["projects"]["research"]["last_sync"] = json!("2026-11-19T10:00:00Z");
        if self.sandbox_runs() {
            let servers = self.program.servers();
            config["cloud_host"] = json!(servers.host.as_str().trim_end_matches('/'));
            if let Some(authorization) = servers.authorization {
                config["cloud_domain"] = json!(authorization.server.as_str().trim_end_matches('/'));
                config["cloud_client_id"] = json!(authorization.client_id);
            }
        }
        config
    }

    /// Writes the CLI's own sign-in.
    pub(crate) fn put_sign_in(&self, access_token: &str, ends: DateTime<Utc>) {
        let tokens = json!({"access_token": access_token, "refresh_token": "refresh_EXAMPLE",
            "expires_at": ends.timestamp(), "token_type": "Bearer"});
        std::fs::create_dir_all(self.cli_folder()).unwrap();
        std::fs::write(self.cli_folder().join("basic-memory-cloud.json"), tokens.to_string()).unwrap();
    }

    pub(crate) fn project(&self, key: &str) -> ProjectState {
        one(&self.projects().unwrap(), key)
    }

    pub(crate) fn source(&self, kind: SourceKind) -> Source {
        self.projects().unwrap().sources.into_iter().find(|source| source.kind == kind).unwrap()
    }
}

pub(crate) fn one(projects: &Projects, key: &str) -> ProjectState {
    projects.projects.iter().find(|project| project.key == key).cloned().unwrap()
}

pub(crate) fn names(keys: &[&str]) -> Vec<String> {
    keys.iter().map(|key| (*key).to_owned()).collect()
}
