//! Owns the back door of the running sandbox: what a test asks to go wrong. Leaves out what a person can see.

use crate::driver::Window;
use crate::paths;
use crate::stage::Stage;
use crate::steps::{Failure, Outcome, capture};
use serde_json::Value;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

const REMEDY: &str = "see that the app starts its sandbox with --ready-file and leaves that file until it closes it";

/// The back door of one running sandbox.
#[derive(Debug, Clone)]
pub struct BackDoor {
    ready: Value,
    /// Its process.
    pub process: u32,
}

impl Stage {
    /// Starts the pretended services beside the app, which knows nothing of them: as services on the
    /// internet would stand there.
    pub fn start_services(&mut self, arguments: &[&str]) -> Outcome<BackDoor> {
        let file = self.folder().join("services.json");
        let mut command = self.command(paths::sandbox());
        command.args(["--exit-with-parent", "--ready-file"]).arg(&file).args(arguments);
        let child = self.processes().start("services", command.stdin(Stdio::piped()).stdout(Stdio::piped()))?;
        let process = child.id();
        // It speaks once the file is written.
        let spoken = child.stdout.take().map(|words| BufReader::new(words).read_line(&mut String::new()));
        let text = std::fs::read_to_string(&file).unwrap_or_default();
        match (spoken, serde_json::from_str(&text)) {
            (Some(Ok(1..)), Ok(ready)) => Ok(BackDoor { ready, process }),
            _ => Err(Failure::new(
                format!("the services did not start: {}", self.processes().words_of("services")),
                REMEDY,
            )),
        }
    }
}

impl BackDoor {
    /// Finds the sandbox that this window's app has started, by its process and its ready file.
    pub async fn find(window: &Window) -> Outcome<Self> {
        window
            .until("the app to start its sandbox", async || {
                let process = window.process("latchkey-sandbox")?;
                let text = std::fs::read_to_string(ready_file(process)?).ok()?;
                Some(Self { ready: serde_json::from_str(&text).ok()?, process })
            })
            .await
    }

    /// The pretend service's host.
    pub fn host(&self) -> &str {
        self.ready["basic_memory"]["host"].as_str().unwrap_or_default()
    }

    /// The base URL of one of its services, by the service's id.
    pub fn base(&self, service: &str) -> &str {
        self.ready[service.replace('-', "_")]["host"].as_str().unwrap_or_default()
    }

    /// The key with `admin` that it made for one of its services.
    pub fn admin_key(&self, service: &str) -> &str {
        self.ready[service.replace('-', "_")]["admin_key"].as_str().unwrap_or_default()
    }

    /// The pretend authorization server.
    pub fn authorization_server(&self) -> &str {
        self.ready["basic_memory"]["authorization_server"].as_str().unwrap_or_default()
    }

    /// A client id that it knows.
    pub fn client_id(&self) -> &str {
        self.ready["basic_memory"]["client_id"].as_str().unwrap_or_default()
    }

    /// The page in the browser where keys are revoked by hand.
    pub fn keys_page(&self) -> &str {
        self.ready["basic_memory"]["keys_page"].as_str().unwrap_or_default()
    }

    /// Asks for something to go wrong, once, with requests whose path begins like this.
    pub fn next_fails(&self, method: &str, path: &str, kind: &str) -> Outcome<()> {
        self.add_fault(&serde_json::json!({ "path": path, "method": method, "kind": kind, "times": 1 }))
    }

    /// Asks for something to go wrong.
    pub fn add_fault(&self, fault: &Value) -> Outcome<()> {
        self.ask("POST", "/admin/faults", &fault.to_string()).map(drop)
    }

    /// Everything goes right again.
    pub fn clear_faults(&self) -> Outcome<()> {
        self.ask("DELETE", "/admin/faults", "").map(drop)
    }

    /// How often a path of a service was asked since it started, for example `memory-api GET /v1/usage`.
    pub fn asked(&self, what: &str) -> Outcome<u64> {
        let body = self.ask("GET", "/admin/stats", "")?;
        let all: Value = serde_json::from_str(&body).map_err(|error| Failure::new(error.to_string(), REMEDY))?;
        Ok(all["requests"][what].as_u64().unwrap_or_default())
    }

    /// Lets the sandbox's time pass.
    pub fn advance_clock(&self, seconds: u32) -> Outcome<()> {
        self.ask("POST", "/admin/clock", &format!("{{\"advance_seconds\":{seconds}}}")).map(drop)
    }

    /// Every key it knows of Basic Memory, without secrets.
    pub fn keys(&self) -> Outcome<Vec<Value>> {
        self.keys_of("basic-memory")
    }

    /// Every key it knows of one of its services, without secrets.
    pub fn keys_of(&self, service: &str) -> Outcome<Vec<Value>> {
        let body = self.ask("GET", &format!("/admin/keys?service={service}"), "")?;
        let all: Value = serde_json::from_str(&body).map_err(|error| Failure::new(error.to_string(), REMEDY))?;
        Ok(all.as_array().cloned().unwrap_or_default())
    }

    /// Makes a key as the service's own program would, with the key that may do that, and answers its secret.
    pub fn make_key(&self, service: &str, path: &str, wish: &Value) -> Outcome<String> {
        let (status, answer) = request(self.base(service), "POST", path, self.admin_key(service), &wish.to_string())?;
        let answer: Value = serde_json::from_str(&answer).unwrap_or_default();
        answer["data"]["key"]
            .as_str()
            .map(str::to_owned)
            .ok_or_else(|| Failure::new(format!("{service} answered {status} to a create"), REMEDY))
    }

    /// Uses a key, as a program somewhere would.
    pub fn use_key(&self, key: &str) -> Outcome<()> {
        self.ask("POST", &format!("/admin/keys/{key}/use"), "").map(drop)
    }

    /// Lets a key end so many seconds from now.
    pub fn ends_in(&self, key: &str, seconds: i64) -> Outcome<()> {
        self.ask("POST", &format!("/admin/keys/{key}/expire?in_seconds={seconds}"), "").map(drop)
    }

    /// Whether it accepts a key, as any program would find out.
    pub fn accepts(&self, secret: &str) -> Outcome<bool> {
        let (base, path) = match secret.split('_').next() {
            Some("mem") => (self.base("memory-api"), "/account"),
            Some("mos") => (self.base("memory-os"), "/memories"),
            Some("ctx") => (self.base("memory-kit"), "/status"),
            _ => (self.host(), "/workspaces/"),
        };
        let (status, _) = request(base, "GET", path, secret, "")?;
        Ok(status == 200)
    }

    /// One bare request to one of its services with a key, and how long it took, in milliseconds.
    pub fn bare(&self, service: &str, method: &str, path: &str, key: &str, body: &str) -> Outcome<(f64, Value)> {
        let began = std::time::Instant::now();
        let (status, answer) = request(self.base(service), method, path, key, body)?;
        let took = began.elapsed().as_secs_f64() * 1000.0;
        if !(200..300).contains(&status) {
            return Err(Failure::new(format!("{service} answered {status} to {method} {path}"), REMEDY));
        }
        Ok((took, serde_json::from_str(&answer).unwrap_or_default()))
    }

    /// Ends the sandbox without a word, as a service that goes away.
    pub fn end(&self) -> Outcome<()> {
        capture(Command::new("kill").args(["-s", "KILL", &self.process.to_string()]), REMEDY).map(drop)
    }

    fn ask(&self, method: &str, path: &str, body: &str) -> Outcome<String> {
        let url = self.ready["admin"]["url"].as_str().unwrap_or_default();
        let token = self.ready["admin"]["token"].as_str().unwrap_or_default();
        let (status, answer) = request(url, method, path, token, body)?;
        if (200..300).contains(&status) {
            Ok(answer)
        } else {
            Err(Failure::new(format!("the sandbox answered {status} to {method} {path}"), REMEDY))
        }
    }
}

/// The file named on the sandbox's command line.
fn ready_file(process: u32) -> Option<PathBuf> {
    let line = std::fs::read(format!("/proc/{process}/cmdline")).ok()?;
    let mut words = line.split(|byte| *byte == 0).map(String::from_utf8_lossy);
    words.find(|word| word == "--ready-file")?;
    words.next().map(|word| Path::new(word.as_ref()).to_owned())
}

/// One request to this computer, without a client that tests would share with the app.
fn request(base: &str, method: &str, path: &str, bearer: &str, body: &str) -> Outcome<(u16, String)> {
    let base = base.trim_start_matches("http://");
    let (address, folder) = base.split_at(base.find('/').unwrap_or(base.len()));
    let path = format!("{folder}{path}");
    let failed = |error: std::io::Error| Failure::new(format!("{method} {path}: {error}"), REMEDY);
    let mut stream = TcpStream::connect(address).map_err(failed)?;
    stream.set_read_timeout(Some(Duration::from_secs(10))).map_err(failed)?;
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {bearer}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
    .map_err(failed)?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).map_err(failed)?;
    let status = answer.split(' ').nth(1).and_then(|word| word.parse().ok()).unwrap_or_default();
    let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    Ok((status, body.to_owned()))
}
