//! Owns Basic Memory on a stage: its configuration file, written as its CLI or a person would, and the
//! steps on the Projects page, by mouse or by keyboard alone. Leaves out the app's other pages.

use crate::driver::{LOOK, by_test_id};
use crate::journey::{Hand, Journey, Verdict};
use crate::keyboard::{CONTROL, DOWN, ENTER, HOME, LEFT, RIGHT};
use crate::sandbox::BackDoor;
use crate::stage::Stage;
use crate::steps::{Failure, Outcome};
use serde_json::json;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

/// Where a project is served from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// From this computer.
    Local,
    /// From the cloud.
    Cloud,
}

impl Side {
    /// As the file and the page write it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Cloud => "cloud",
        }
    }
}

/// A `bm` that can say its version and nothing else, so that no test depends on the machine's own.
const BM: &str = "#!/bin/sh\n[ \"$1\" = --version ] && printf 'Basic Memory version: 0.24.1\\n'\n";

/// Basic Memory's files on a stage. The stage sets `XDG_CONFIG_HOME`, as a person may.
#[derive(Debug, Clone)]
pub struct BasicMemory {
    folder: PathBuf,
    home: PathBuf,
}

impl BasicMemory {
    /// Sets Basic Memory up on a stage, with no configuration yet.
    pub fn on(stage: &Stage) -> Outcome<Self> {
        let folder = stage.folder().join("config").join("basic-memory");
        let own = Self { folder, home: stage.home() };
        let program = stage.folder().join("bin").join("bm");
        std::fs::create_dir_all(&own.folder)
            .and_then(|()| std::fs::set_permissions(&own.folder, std::fs::Permissions::from_mode(0o700)))
            .and_then(|()| std::fs::write(&program, BM))
            .and_then(|()| std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)))
            .map_err(|error| own.failed(&error))?;
        Ok(own)
    }

    /// The configuration file.
    pub fn file(&self) -> PathBuf {
        self.folder.join("config.json")
    }

    /// The file of the CLI's own sign-in.
    pub fn tokens(&self) -> PathBuf {
        self.folder.join("basic-memory-cloud.json")
    }

    /// What the file holds now.
    pub fn text(&self) -> Outcome<String> {
        std::fs::read_to_string(self.file()).map_err(|error| self.failed(&error))
    }

    /// Writes the file as the CLI does: a new one beside it, for this person only, then in its place.
    pub fn write(&self, text: &str) -> Outcome<()> {
        let temporary = self.folder.join("config.json.1.1.tmp");
        std::fs::write(&temporary, text)
            .and_then(|()| std::fs::set_permissions(&temporary, std::fs::Permissions::from_mode(0o600)))
            .and_then(|()| std::fs::rename(&temporary, self.file()))
            .map_err(|error| self.failed(&error))
    }

    /// A configuration with four local projects for a sandbox as its cloud, in a hand-made form: four spaces, a number and an escape
    /// that a program would write otherwise, and a setting that nobody knows.
    pub fn sample(&self, cloud: &BackDoor) -> Outcome<String> {
        let mut projects = Vec::new();
        for name in ["main", "research", "recipes", "garden"] {
            std::fs::create_dir_all(self.notes(name)).map_err(|error| self.failed(&error))?;
            projects.push(format!("        \"{name}\": {}", self.local(name)));
        }
        Ok(format!(
            "{{\n    \"env\": \"dev\",\n    \"projects\": {{\n{}\n    }},\n    \"default_project\": \"main\",\n    \
             \"cloud_client_id\": \"{}\",\n    \"cloud_domain\": \"{}\",\n    \"cloud_host\": \"{}\",\n    \"cloud_api_key\": null,\n    \"default_workspace\": null,\n    \
             \"of_tomorrow\": {{\"kept\": [1.0, 1e3, \"\\u00e9\"]}}\n}}\n",
            projects.join(",\n"),
            cloud.client_id(),
            cloud.authorization_server(),
            cloud.host()
        ))
    }

    /// The folder of a project's notes.
    pub fn notes(&self, name: &str) -> PathBuf {
        self.home.join("notes").join(name)
    }

    /// The entry of a local project, as the sample writes it.
    pub fn local(&self, name: &str) -> String {
        format!("{{\"path\": \"{}\", \"mode\": \"local\", \"workspace_id\": null}}", self.notes(name).display())
    }

    /// The entry of the same project in the cloud.
    pub fn cloud(&self, workspace: &str) -> String {
        format!("{{\"path\": \"\", \"mode\": \"cloud\", \"workspace_id\": \"{workspace}\"}}")
    }

    fn failed(&self, error: &std::io::Error) -> Failure {
        Failure::new(format!("{}: {error}", self.folder.display()), "look at the stage's folder")
    }
}

impl Journey {
    /// Opens the Projects page.
    pub async fn open_projects(&self) -> Outcome<()> {
        match self.hand {
            Hand::Mouse => self.press("nav-projects").await?,
            Hand::Keyboard => self.window.shortcut(CONTROL, '2').await?,
        }
        self.window.find("projects-summary").await.map(drop)
    }

    /// Opens the page for a configuration that has just been written for the sandbox as its cloud.
    pub async fn projects_of(&self, basic_memory: &BasicMemory) -> Outcome<String> {
        let text = basic_memory.sample(&BackDoor::find(&self.window).await?)?;
        basic_memory.write(&text)?;
        self.open_projects().await?;
        self.window.find_by_style(&project("main")).await?;
        Ok(text)
    }

    /// Makes a key that is kept here, and chooses it for `bm`.
    pub async fn choose_new_key(&self, name: &str) -> Outcome<()> {
        self.press("nav-keys").await?;
        self.create(name, "30").await?;
        self.press("secret-done").await?;
        self.window.gone("secret-dialog").await?;
        self.open_projects().await?;
        self.press("choose-key").await?;
        self.window.find("choose-key-dialog").await?;
        self.press("choose-key-submit").await?;
        self.window.gone("choose-key-dialog").await
    }

    /// Puts the hand on a side of a project's switch.
    pub async fn serve(&self, name: &str, to: Side) -> Outcome<()> {
        let row = project(name);
        if self.hand == Hand::Mouse {
            return self.window.press_style(&format!("{row} [data-half=\"{}\"]", to.word())).await;
        }
        self.go_to_project(name).await?;
        self.window.key(RIGHT).await?;
        self.window.key(if to == Side::Cloud { RIGHT } else { LEFT }).await
    }

    /// Waits until the page shows a project on this side, with nothing under way.
    pub async fn served_from(&self, name: &str, side: Side) -> Outcome<()> {
        let script = format!(
            "const row = document.querySelector({}); const control = row?.querySelector('[role=switch]');
             return row?.dataset.servedFrom === {} && control?.getAttribute('aria-checked') === {}
                 && !control.hasAttribute('aria-busy')",
            json!(project(name)),
            json!(side.word()),
            json!((side == Side::Cloud).to_string())
        );
        self.window.holds(&format!("{name} to be served from {}", side.word()), &script).await
    }

    /// Answers the question for the workspace with the first one, and says which it was.
    pub async fn first_workspace(&self) -> Outcome<String> {
        const FIRST: &str = "return document.querySelector('[data-testid=workspace-option]')?.dataset.value ?? null";
        self.window.find("workspace-dialog").await?;
        let first = self.window.run(FIRST, vec![]).await?;
        let first = first.as_str().ok_or_else(|| Failure::new("there is no workspace to choose", LOOK))?.to_owned();
        match self.hand {
            Hand::Mouse => {
                self.window.press_style(&format!("[data-value=\"{first}\"]")).await?;
            }
            Hand::Keyboard => {
                self.window.tab_to("workspace-option").await?;
                let there = format!("return document.activeElement?.dataset.value === {}", json!(first));
                for _ in 0..8 {
                    if self.window.run(&there, vec![]).await? == json!(true) {
                        break;
                    }
                    self.window.key(DOWN).await?;
                }
            }
        }
        self.press("workspace-submit").await?;
        self.window.gone("workspace-dialog").await?;
        Ok(first)
    }

    /// Takes the last switch of a project back: from the toast with the mouse while it lasts, else from the
    /// row's menu.
    pub async fn undo_switch(&self, name: &str) -> Outcome<()> {
        if self.hand == Hand::Mouse {
            if self.window.has("toast-action").await && self.window.press("toast-action").await.is_ok() {
                return Ok(());
            }
            self.window.press_style(&format!("{} [data-testid=project-more]", project(name))).await?;
            return self.press("project-menu-undo").await;
        }
        self.go_to_project(name).await?;
        self.window.key(ENTER).await?;
        self.window.find("project-menu-undo").await?;
        self.window
            .holds(
                "the menu to have the focus",
                "return document.activeElement?.closest('[data-testid=project-menu-undo]') !== null",
            )
            .await?;
        self.window.key(ENTER).await
    }

    /// Selects a project's row.
    pub async fn select_project(&self, name: &str) -> Outcome<()> {
        if self.hand == Hand::Mouse {
            return self.window.press_style(&format!("{} [data-testid=project-check]", project(name))).await;
        }
        self.go_to_project(name).await?;
        self.window.key('x').await
    }

    /// Signs in the CLI too, with its second approval in the browser.
    pub async fn sign_in_the_cli(&mut self) -> Outcome<()> {
        self.press("cli-sign-in").await?;
        self.window.find("sign-in-cli").await?;
        self.decide(Verdict::Approve(1)).await?;
        self.window.find("sign-in-cli-done").await?;
        self.press("sign-in-finish").await?;
        self.window.gone("sign-in-dialog").await
    }

    /// Moves the focus to a project's row by keys.
    async fn go_to_project(&self, name: &str) -> Outcome<()> {
        self.window.tab_to_style(&by_test_id("project-row")).await?;
        // From a control inside a row, Esc goes back to the row.
        let on_row = "return document.activeElement?.dataset.testid === 'project-row'";
        if self.window.run(on_row, vec![]).await? != json!(true) {
            self.window.key(crate::keyboard::ESCAPE).await?;
        }
        self.window.key(HOME).await?;
        let there = format!("return document.activeElement?.matches({}) === true", json!(project(name)));
        for _ in 0..40 {
            if self.window.run(&there, vec![]).await? == json!(true) {
                return Ok(());
            }
            self.window.key(DOWN).await?;
        }
        Err(Failure::new(format!("the arrow keys do not reach {name}"), LOOK))
    }
}

/// The selector of a project's row.
pub fn project(name: &str) -> String {
    format!("[data-testid=\"project-row\"][data-project=\"{name}\"]")
}
