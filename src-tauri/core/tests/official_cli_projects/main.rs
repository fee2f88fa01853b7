//! Owns the proof that the official Basic Memory CLI and Latchkey agree about every switch: three versions
//! of the real program, each in a network namespace with nothing but loopback, the sandbox as its cloud.

//!
//! The sandbox program is found beside this test: `cargo build -p latchkey-sandbox` puts it there.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking
#![allow(dead_code, reason = "the house is that of the use cases' own tests, and only a part of it is lived in here")]

#[path = "../services/cli_files.rs"]
mod cli_files;
#[path = "../services/desktop.rs"]
mod desktop;
#[path = "../services/house.rs"]
mod house;
#[path = "../services/program.rs"]
mod program;
#[path = "../services/store.rs"]
mod store;

use crate::cli_files::{names, one};
use crate::house::{House, PERSONAL};
use latchkey_core::services::{CliState, Served};
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

/// Set in the copy of this program that already runs inside the namespace.
const INSIDE: &str = "LATCHKEY_OFFICIAL_CLI_INSIDE";

/// A command of the CLI takes up to a quarter of a minute on an idle machine.
const PATIENCE: Duration = Duration::from_secs(180);

#[test]
fn version_0_19_2_agrees_with_every_switch() {
    in_a_namespace("version_0_19_2_agrees_with_every_switch", "0.19.2", |bm| Box::pin(agrees(bm, "0.19.2")));
}

#[test]
fn version_0_21_6_agrees_with_every_switch() {
    in_a_namespace("version_0_21_6_agrees_with_every_switch", "0.21.6", |bm| Box::pin(agrees(bm, "0.21.6")));
}

#[test]
fn version_0_24_1_agrees_with_every_switch() {
    in_a_namespace("version_0_24_1_agrees_with_every_switch", "0.24.1", |bm| Box::pin(agrees(bm, "0.24.1")));
}

#[test]
fn a_running_server_sees_a_switch_and_a_new_key_on_its_next_call() {
    in_a_namespace("a_running_server_sees_a_switch_and_a_new_key_on_its_next_call", "0.24.1", |bm| {
        Box::pin(a_server_follows(bm))
    });
}

type Story = std::pin::Pin<Box<dyn Future<Output = ()>>>;

/// Starts this program again where it can reach nobody else, with the CLI of this version.
#[allow(clippy::disallowed_methods)] // A test has no shell above it to hand the environment in.
fn in_a_namespace(test: &str, version: &str, story: impl FnOnce(PathBuf) -> Story) {
    if let Some(bm) = std::env::var_os(INSIDE) {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        return runtime.block_on(story(PathBuf::from(bm)));
    }
    let bm = xtask::peers::basic_memory(version).unwrap_or_else(|error| panic!("{error}"));
    let mut inside = xtask::network::itself_alone().unwrap_or_else(|error| panic!("{error}"));
    let status = inside.args(["--nocapture", "--exact", test]).env(INSIDE, bm).status().unwrap();
    assert!(
        status.success(),
        "the copy in a network of its own failed; see above. Where it was refused, run it as root"
    );
}

/// The CLI in the home of one house.
struct Cli<'a> {
    bm: PathBuf,
    house: &'a House,
}

impl Cli<'_> {
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.bm);
        command
            .args(arguments)
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("LANG", "C.UTF-8")
            // Wide enough that no sentence is broken in two.
            .env("COLUMNS", "300")
            .env("HOME", self.house.home())
            .env("BASIC_MEMORY_NO_PROMOS", "1")
            .env("BASIC_MEMORY_AUTO_UPDATE", "false")
            .env("BASIC_MEMORY_SEMANTIC_SEARCH_ENABLED", "false")
            .env("BROWSER", "/bin/true")
            .stdin(Stdio::null());
        command
    }

    /// What a command says. It must end well.
    fn says(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        let complained = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "bm {arguments:?}: {said}{complained}");
        said
    }

    /// Where `bm project list --json` says that a project is served from, by its permalink.
    fn listed(&self, permalink: &str) -> String {
        let said = self.says(&["project", "list", "--json"]);
        // Chatter about the sign-in may stand before the first line of JSON.
        let json = said.find("\n{").map_or(said.as_str(), |at| &said[at..]);
        let list: Value = serde_json::from_str(json.trim()).unwrap();
        let projects = list["projects"].as_array().unwrap();
        let project = projects.iter().find(|project| project["permalink"] == permalink || project["name"] == permalink);
        project.unwrap_or_else(|| panic!("{permalink} is not in {list}"))["cli_route"].as_str().unwrap().to_owned()
    }

    /// What the CLI's own code makes of the file when it routes a call: `mode workspace`.
    fn routes(&self, key: &str) -> String {
        let python = self.bm.with_file_name("python");
        let script = "import sys\nfrom basic_memory.config import ConfigManager\nconfig = ConfigManager().config\n\
                      entry = config.projects.get(sys.argv[1])\n\
                      print(config.get_project_mode(sys.argv[1]).value, entry.workspace_id)";
        let mut command = self.command(&[]);
        let mut asked = Command::new(python);
        asked.args(["-c", script, key]).env_clear();
        for (name, value) in command.get_envs() {
            asked.env(name, value.unwrap());
        }
        let output = asked.stdin(Stdio::null()).output().unwrap();
        command.stdin(Stdio::null());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().lines().last().unwrap_or_default().trim().to_owned()
    }
}

/// Signed in to the sandbox, its key in the CLI's file, the CLI's version asked.
async fn set_up<'a>(
    house: &'a House,
    account: latchkey_core::domain::AccountId,
    bm: PathBuf,
    version: &str,
) -> Cli<'a> {
    let cli = Cli { bm, house };
    house.put_config(&house.usual_config());
    let (key, _) = house.create(account, "laptop", true).await;
    house.use_key(Some(key.id)).await.unwrap();
    house.check_credentials().await.unwrap();
    *house.cli.folders.lock().unwrap() = vec![cli.bm.parent().unwrap().to_owned()];
    *house.cli.answer.lock().unwrap() = Some(cli.says(&["--version"]));
    house.scan_projects().unwrap();
    house.until("the version is known", || house.projects().unwrap().cli.state == CliState::Known).await;
    assert_eq!(house.projects().unwrap().cli.version.as_deref(), Some(version));
    cli
}

async fn agrees(bm: PathBuf, version: &str) {
    let (house, account) = House::signed_in(&[]).await;
    let cli = set_up(&house, account, bm, version).await;

    // Nobody else writes between the switch and its undo: every byte comes back.
    let before = house.config_text();
    let switched = house.switch_projects(&names(&["research"]), Served::Cloud, None).unwrap();
    assert!(switched.asks.is_none() && house.config_text() != before);
    house.undo_switch(switched.undo.unwrap()).unwrap();
    assert_eq!(house.config_text(), before, "{version}: undo brings every byte back");

    // Our switch and the CLI's own leave the same entry behind.
    assert_eq!(cli.listed("research"), "local", "{version}");
    house.switch_projects(&names(&["research"]), Served::Cloud, Some(PERSONAL)).unwrap();
    let ours = house.config()["projects"]["research"].clone();
    assert_eq!(cli.routes("research"), format!("cloud {PERSONAL}"), "{version}");
    assert_eq!(cli.listed("research"), "cloud", "{version}");
    assert_eq!(one(&house.projects().unwrap(), "research").served_from, Served::Cloud);
    assert_eq!(house.config()["projects"]["research"]["mode"], "cloud", "{version}: the CLI keeps the switch");
    house.switch_projects(&names(&["research"]), Served::Local, None).unwrap();
    assert_eq!(cli.listed("research"), "local", "{version}");
    assert_eq!(cli.routes("research").split(' ').next(), Some("local"), "{version}");
    let path = house.config()["projects"]["research"]["path"].as_str().unwrap().to_owned();
    assert_eq!(Path::new(&path), house.home().join("notes/research"), "{version}: the folder is back");
    cli.says(&["project", "set-cloud", "research"]);
    let theirs = house.config()["projects"]["research"].clone();
    for field in ["mode", "path", "local_sync_path"] {
        assert_eq!(ours[field], theirs[field], "{version}: {field}, ours {ours}, theirs {theirs}");
    }

    // The CLI names its projects by permalink once it has run; the window follows.
    let key =
        house.config()["projects"].as_object().unwrap().keys().find(|key| key.to_lowercase().contains("work")).cloned();
    let key = key.unwrap();
    house.switch_projects(std::slice::from_ref(&key), Served::Cloud, Some(PERSONAL)).unwrap();
    assert_eq!(cli.routes(&key).split(' ').next(), Some("cloud"), "{version}: {key}");
    if version == "0.24.1" {
        // The older ones list a project of the cloud only once the cloud has it.
        assert_eq!(cli.listed("my-work"), "cloud", "{version}: {key}");
    }
}

/// A server of the Model Context Protocol over standard input and output.
struct Server {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    asked: u64,
}

impl Server {
    fn start(cli: &Cli<'_>) -> Self {
        let mut command = cli.command(&["mcp"]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let (input, output) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        let mut server = Self { child, input, output, asked: 0 };
        server.ask(
            "initialize",
            &json!({"protocolVersion": "2025-03-26", "capabilities": {}, "clientInfo": {"name": "proof", "version": "1"}}),
        );
        server.write(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"}));
        server
    }

    fn write(&mut self, message: &Value) {
        writeln!(self.input, "{message}").unwrap();
        self.input.flush().unwrap();
    }

    fn ask(&mut self, method: &str, parameters: &Value) -> Value {
        self.asked += 1;
        let id = self.asked;
        self.write(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": parameters}));
        let began = Instant::now();
        while began.elapsed() < PATIENCE {
            let mut line = String::new();
            assert!(self.output.read_line(&mut line).unwrap() > 0, "the server ended");
            let Ok(message) = serde_json::from_str::<Value>(&line) else { continue };
            if message["id"] == id {
                return message;
            }
        }
        panic!("no answer to {method}")
    }

    /// What happened lately in a project, in words.
    fn recent_activity(&mut self, project: &str) -> String {
        let arguments = json!({"name": "recent_activity", "arguments": {"project": project}});
        self.ask("tools/call", &arguments)["result"].to_string()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn a_server_follows(bm: PathBuf) {
    let (house, account) = House::signed_in(&[]).await;
    let cli = set_up(&house, account, bm, "0.24.1").await;
    // Latchkey itself asks for neither of these.
    let asked = async || {
        house.program.count("POST /proxy/v2/projects/resolve").await
            + house.program.count("GET /proxy/v2/projects/{external_id}/memory/recent").await
    };
    let mut server = Server::start(&cli);
    server.recent_activity("main");
    assert_eq!(asked().await, 0, "a local project asks nobody");

    house.switch_projects(&names(&["research"]), Served::Cloud, Some(PERSONAL)).unwrap();
    let said = server.recent_activity("research");
    let first = asked().await;
    assert!(first > 0, "the running server goes to the cloud: {said}");

    // The first key ends; the second, put in its place, is what the next call carries.
    let (second, _) = house.create(account, "laptop-2", true).await;
    house.use_key(Some(second.id)).await.unwrap();
    let listed = house.program.keys().await;
    let laptop = listed.iter().find(|key| key["name"] == "laptop").unwrap()["id"].as_str().unwrap().to_owned();
    house.program.admin(&format!("/admin/keys/{laptop}/revoke"), &json!({})).await;
    let said = server.recent_activity("research");
    assert!(asked().await > first && !said.contains("401"), "the new key is used: {said}");

    house.switch_projects(&names(&["main"]), Served::Cloud, Some(PERSONAL)).unwrap();
    house.switch_projects(&names(&["main"]), Served::Local, None).unwrap();
    let before = asked().await;
    server.recent_activity("main");
    assert_eq!(asked().await, before, "what was there and is back asks nobody again");
}
