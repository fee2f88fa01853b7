//! Owns the proof that the official Basic Memory CLI takes the sandbox for its cloud. Both run in a
//! network namespace with nothing but loopback, so that the CLI can reach nobody else.

#![cfg(target_os = "linux")]
// Everything here is test; the lint knows only functions that carry the word.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use latchkey_sandbox::Ready;
use serde_json::Value;
use std::ffi::OsStr;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

const VERSION: &str = "0.24.1";

/// Set in the copy of this test that already runs inside the namespace.
const INSIDE: &str = "LATCHKEY_OFFICIAL_CLI_INSIDE";

#[test]
#[allow(clippy::disallowed_methods)] // A test has no shell above it to hand the environment in.
fn the_official_cli_signs_in_makes_a_key_and_routes_a_project() {
    if std::env::var_os(INSIDE).is_some() {
        return inside();
    }
    let bm = xtask::peers::basic_memory(VERSION).unwrap_or_else(|error| panic!("{error}"));
    let mut inside = xtask::network::itself_alone().unwrap_or_else(|error| panic!("{error}"));
    inside.args(["--nocapture", "--exact", "the_official_cli_signs_in_makes_a_key_and_routes_a_project"]);
    let status = inside.env(INSIDE, bm).status().unwrap();
    assert!(
        status.success(),
        "the copy in a network of its own failed; see above. Where it was refused, run it as root"
    );
}

/// A process that ends with this.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The official CLI with a home of its own.
struct OfficialCli {
    bm: PathBuf,
    folder: PathBuf,
    ready: Ready,
}

impl OfficialCli {
    fn command<I: AsRef<OsStr>>(&self, arguments: &[I]) -> Command {
        let mut command = Command::new(&self.bm);
        command
            .args(arguments)
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("LANG", "C.UTF-8")
            // Wide enough that no sentence is broken in two.
            .env("COLUMNS", "300")
            .env("HOME", self.folder.join("home"))
            .env("BASIC_MEMORY_CONFIG_DIR", self.folder.join("config"))
            .env("BASIC_MEMORY_CLOUD_HOST", &self.ready.basic_memory.host)
            .env("BASIC_MEMORY_CLOUD_DOMAIN", &self.ready.basic_memory.authorization_server)
            .env("BASIC_MEMORY_NO_PROMOS", "1")
            .env("BASIC_MEMORY_AUTO_UPDATE", "false")
            .env("BASIC_MEMORY_SEMANTIC_SEARCH_ENABLED", "false")
            .env("BROWSER", "/bin/true")
            .stdin(Stdio::null());
        command
    }

    /// What a command says. It must end well.
    fn says(&self, arguments: &[&str]) -> String {
        let output: Output = self.command(arguments).output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        let complained = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "bm {arguments:?}: {said}{complained}");
        said
    }

    fn config(&self) -> Value {
        serde_json::from_reader(File::open(self.folder.join("config").join("config.json")).unwrap()).unwrap()
    }
}

/// One request by hand: the answer's head and body.
fn request(base: &str, head: &str, body: &str) -> String {
    let address = base.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    write!(
        stream,
        "{head} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// Approves in the page, as a person would.
fn approve(authorization_server: &str, user_code: &str) {
    let page = request(authorization_server, &format!("GET /device?user_code={user_code}"), "");
    let token = page.split_once(r#"name="form_token" value=""#).expect("a form").1.split_once('"').unwrap().0;
    let form = format!("form_token={token}&user_code={user_code}&person=1&verdict=approve");
    let answer = request(authorization_server, "POST /device", &form);
    assert!(answer.contains("/device/approved"), "{answer}");
}

fn start_sandbox(folder: &Path) -> (Ended, Ready) {
    let file = folder.join("ready.json");
    let mut child = Command::new(env!("CARGO_BIN_EXE_latchkey-sandbox"))
        .args(["--exit-with-parent", "--interval", "1", "--ready-file"])
        .arg(&file)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut first).unwrap();
    let ready = serde_json::from_reader(File::open(file).unwrap()).unwrap();
    (Ended(child), ready)
}

#[allow(clippy::disallowed_methods)] // See above.
fn inside() {
    let elsewhere = TcpStream::connect("1.1.1.1:443");
    assert!(elsewhere.is_err(), "the namespace must reach nothing but loopback");
    let folder = tempfile::tempdir().unwrap();
    let (_sandbox, ready) = start_sandbox(folder.path());
    std::fs::create_dir(folder.path().join("home")).unwrap();
    let bm = PathBuf::from(std::env::var_os(INSIDE).unwrap());
    let cli = OfficialCli { bm, folder: folder.path().to_owned(), ready };

    // `cloud login`: it shows the code, we approve it in the page, it finds out by polling.
    let mut login =
        Ended(cli.command(&["cloud", "login"]).env("PYTHONUNBUFFERED", "1").stdout(Stdio::piped()).spawn().unwrap());
    let mut said = String::new();
    for line in BufReader::new(login.0.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        if let Some((_, user_code)) = line.split_once("?user_code=") {
            approve(&cli.ready.basic_memory.authorization_server, user_code.trim());
        }
        said.push_str(&line);
        said.push('\n');
    }
    assert!(login.0.wait().unwrap().success(), "{said}");
    assert!(said.contains("Cloud authentication successful"), "{said}");

    // `cloud api-key create`: the key lands in its configuration and opens the service.
    assert!(cli.says(&["cloud", "api-key", "create", "from-the-cli"]).contains("created and saved"));
    let key = cli.config()["cloud_api_key"].as_str().unwrap().to_owned();
    assert!(key.starts_with("bmc_") && key.len() == 47);

    let status = cli.says(&["cloud", "status"]);
    assert!(status.contains("API Key: configured") && status.contains("OAuth: token valid"), "{status}");
    assert!(status.contains("Cloud connected"), "{status}");

    // `project set-cloud`: the project's route changes.
    let notes = folder.path().join("research");
    std::fs::create_dir(&notes).unwrap();
    cli.says(&["project", "add", "research", notes.to_str().unwrap()]);
    assert_eq!(cli.config()["projects"]["research"]["mode"], "local");
    cli.says(&["project", "set-cloud", "research", "--workspace", "Personal"]);
    let project = &cli.config()["projects"]["research"];
    assert_eq!(project["mode"], "cloud");
    assert_eq!(project["workspace_id"], "11111111-1111-4111-8111-111111111111");

    // `project list`: what the sandbox holds stands beside what is local.
    let list = cli.says(&["project", "list", "--json"]);
    let list: Value = serde_json::from_str(&list[list.find("{\"").or(list.find('{')).unwrap()..]).unwrap();
    let row = |name: &str| {
        let mut rows = list["projects"].as_array().unwrap().iter();
        rows.find(|row| row["name"] == name).unwrap_or_else(|| panic!("{name} is missing in {list}")).clone()
    };
    assert_eq!(row("research")["cloud_path"], "/research");
    assert_eq!(row("research")["cli_route"], "cloud");
    assert_eq!(row("main")["cloud_path"], "/main");

    // The key that the CLI used is the one the sandbox minted, and revoking it reaches the CLI at once.
    let keys_page = request(&cli.ready.basic_memory.host, "GET /settings/api-keys", "");
    assert!(keys_page.contains("from-the-cli") && keys_page.contains(&key[..12]) && !keys_page.contains(&key));
    let token = keys_page.split_once(r#"name="form_token" value=""#).unwrap().1.split_once('"').unwrap().0;
    let id = keys_page.split_once(r#"name="id" value=""#).unwrap().1.split_once('"').unwrap().0;
    request(&cli.ready.basic_memory.host, "POST /settings/api-keys", &format!("form_token={token}&id={id}"));
    let status = cli.says(&["cloud", "status"]);
    assert!(status.contains("Cloud not connected"), "{status}");
}
