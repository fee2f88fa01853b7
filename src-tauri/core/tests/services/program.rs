//! Owns the sandbox program as these tests run it: started, asked by its back door, ended.

use async_trait::async_trait;
use latchkey_core::domain::{Authorization, ProviderId, Secret, Servers};
use latchkey_core::http::Http;
use latchkey_core::services::{SandboxAccount, SandboxFailed, SandboxKey, SandboxProgram, SandboxServers};
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use url::Url;

/// A sandbox that is started when it is asked for, with these arguments.
pub(crate) struct Program {
    arguments: Vec<String>,
    /// The services that opening it fills an account for.
    services: Vec<ProviderId>,
    pub(crate) http: Http,
    running: Mutex<Option<Running>>,
    pub(crate) starts: Mutex<usize>,
}

struct Running {
    /// Not there where somebody else started it.
    child: Option<Child>,
    ready: Value,
    _folder: Option<tempfile::TempDir>,
}

impl Running {
    fn end(&mut self) {
        if let Some(child) = &mut self.child {
            let _ended = child.kill();
            let _ended = child.wait();
        }
    }
}

impl Program {
    /// One that fills Basic Memory's account alone.
    pub(crate) fn new(arguments: &[&str]) -> Self {
        Self::of(&[ProviderId::BASIC_MEMORY], arguments)
    }

    pub(crate) fn of(services: &[ProviderId], arguments: &[&str]) -> Self {
        let arguments = arguments.iter().map(|argument| (*argument).to_owned()).collect();
        Self {
            arguments,
            services: services.to_vec(),
            http: Http::new().unwrap(),
            running: Mutex::default(),
            starts: Mutex::default(),
        }
    }

    /// One that another process started, known by what its ready file says.
    pub(crate) fn of_another(ready: Value) -> Self {
        let program = Self::new(&[]);
        *program.running.lock().unwrap() = Some(Running { child: None, ready, _folder: None });
        program
    }

    pub(crate) fn ready(&self) -> Value {
        self.running.lock().unwrap().as_ref().unwrap().ready.clone()
    }

    pub(crate) fn servers(&self) -> Servers {
        let service = &self.ready()["basic_memory"];
        Servers { host: address(&service["host"]), authorization: Some(self.authorization()) }
    }

    pub(crate) fn authorization(&self) -> Authorization {
        let service = &self.ready()["basic_memory"];
        Authorization {
            server: address(&service["authorization_server"]),
            client_id: service["client_id"].as_str().unwrap().to_owned(),
            loopback: false,
        }
    }

    /// What the ready file says of a service.
    pub(crate) fn service(&self, provider: ProviderId) -> Value {
        self.ready()[provider.as_str().replace('-', "_")].clone()
    }

    /// The base address of a service.
    pub(crate) fn host(&self, provider: ProviderId) -> String {
        self.service(provider)["host"].as_str().unwrap().to_owned()
    }

    /// The pretended key that acts for its account.
    pub(crate) fn admin_key(&self, provider: ProviderId) -> Secret {
        Secret::new(self.service(provider)["admin_key"].as_str().unwrap().to_owned())
    }

    fn account(&self, provider: ProviderId) -> SandboxAccount {
        let service = self.service(provider);
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let key = |key: &Value| SandboxKey {
            name: text(&key["name"]),
            project: key["project"].as_str().map(str::to_owned),
            scopes: key["scopes"].as_array().unwrap().iter().map(text).collect(),
            secret: Secret::new(text(&key["key"])),
        };
        let servers = match provider {
            ProviderId::BASIC_MEMORY => self.servers(),
            _ => Servers { host: address(&service["host"]), authorization: None },
        };
        SandboxAccount {
            provider,
            label: "Sandbox".to_owned(),
            servers,
            keys_page: address(&service["keys_page"]),
            admin_key: service["admin_key"].as_str().map(|key| Secret::new(key.to_owned())),
            keys: service["keys"].as_array().map(|keys| keys.iter().map(key).collect()).unwrap_or_default(),
        }
    }

    /// The next requests to a service of this method below this path go wrong in this way.
    pub(crate) async fn fault_of(&self, provider: ProviderId, method: &str, path: &str, kind: &str, times: u32) {
        let fault = json!({"service": provider.as_str(), "path": path, "method": method, "kind": kind, "times": times});
        self.admin("/admin/faults", &fault).await;
    }

    /// The keys of a service as it knows them itself.
    pub(crate) async fn keys_of(&self, provider: ProviderId) -> Vec<Value> {
        let path = format!("/admin/keys?service={provider}");
        self.ask(&path, None).await.1.unwrap().as_array().unwrap().clone()
    }

    async fn ask(&self, path: &str, body: Option<&Value>) -> (u16, Option<Value>) {
        let admin = self.ready()["admin"].clone();
        let token = Secret::new(admin["token"].as_str().unwrap().to_owned());
        let url = address(&admin["url"]).join(path).unwrap();
        let request = match body {
            Some(body) => self.http.post(url).json(body),
            None => self.http.get(url),
        };
        let response = request.bearer(&token).send().await.unwrap();
        (response.status, response.json())
    }

    /// Does something by the back door.
    pub(crate) async fn admin(&self, path: &str, body: &Value) {
        let (status, _) = self.ask(path, Some(body)).await;
        assert!((200..300).contains(&status), "{path}: {status}");
    }

    /// The next requests of this method below this path go wrong in this way.
    pub(crate) async fn fault(&self, method: &str, path: &str, kind: &str, times: u32) {
        let fault = json!({"path": path, "method": method, "kind": kind, "times": times});
        self.admin("/admin/faults", &fault).await;
    }

    /// From now on requests of this method below this path go wrong in this way, until it is lifted. What is
    /// late is so by a moment only.
    pub(crate) async fn fault_for(&self, method: &str, path: &str, kind: &str) {
        let fault = json!({"path": path, "method": method, "kind": kind, "milliseconds": 20});
        self.admin("/admin/faults", &fault).await;
    }

    /// Everything works again.
    pub(crate) async fn lift_faults(&self) {
        let admin = self.ready()["admin"].clone();
        let token = Secret::new(admin["token"].as_str().unwrap().to_owned());
        let url = address(&admin["url"]).join("/admin/faults").unwrap();
        let answer = self.http.delete(url).bearer(&token).send().await.unwrap();
        assert_eq!(answer.status, 204);
    }

    /// Time passes at the service.
    pub(crate) async fn pass(&self, seconds: i64) {
        self.admin("/admin/clock", &json!({"advance_seconds": seconds})).await;
    }

    /// The next requests of this method below this path are answered late.
    pub(crate) async fn delay(&self, method: &str, path: &str, milliseconds: u32) {
        let fault =
            json!({"path": path, "method": method, "kind": "latency", "times": 1, "milliseconds": milliseconds});
        self.admin("/admin/faults", &fault).await;
    }

    /// How often a route was asked, or a grant used.
    pub(crate) async fn count(&self, what: &str) -> u64 {
        let (_, answer) = self.ask("/admin/stats", None).await;
        answer.unwrap()["requests"][what].as_u64().unwrap_or_default()
    }

    /// The keys as the service itself knows them.
    pub(crate) async fn keys(&self) -> Vec<Value> {
        self.ask("/admin/keys", None).await.1.unwrap().as_array().unwrap().clone()
    }

    pub(crate) async fn approve(&self, user_code: &str, person: u8) {
        self.admin("/admin/approve", &json!({"user_code": user_code, "person": person})).await;
    }

    /// The same without waiting for anything else, for whoever stands in the middle of a call.
    pub(crate) fn approve_at_once(&self, user_code: &str, person: u8) {
        let admin = &self.ready()["admin"];
        let (url, token) = (address(&admin["url"]), admin["token"].as_str().unwrap().to_owned());
        let authority = url.authority();
        let body = json!({"user_code": user_code, "person": person}).to_string();
        let mut stream = TcpStream::connect(authority).unwrap();
        let length = body.len();
        write!(
            stream,
            "POST /admin/approve HTTP/1.1\r\nhost: {authority}\r\nauthorization: Bearer {token}\r\n\
             content-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 204"), "the approval was refused");
    }

    /// Whether this credential is accepted, asked past Latchkey.
    pub(crate) async fn accepts(&self, credential: &Secret) -> bool {
        let url = self.servers().host.join("/proxy/health").unwrap();
        self.http.get(url).bearer(credential).send().await.unwrap().status == 200
    }

    /// Whether this refresh token still opens anything. Spends it.
    pub(crate) async fn renews(&self, refresh: &Secret) -> bool {
        let authorization = self.authorization();
        let url = authorization.server.join("/oauth2/token").unwrap();
        let token = refresh.expose_secret();
        let fields =
            [("grant_type", "refresh_token"), ("refresh_token", token), ("client_id", &*authorization.client_id)];
        self.http.post(url).form(&fields).send().await.unwrap().status == 200
    }
}

#[async_trait]
impl SandboxProgram for Program {
    async fn start(&self) -> Result<SandboxServers, SandboxFailed> {
        *self.starts.lock().unwrap() += 1;
        let folder = tempfile::tempdir().unwrap();
        let ready_file = folder.path().join("ready.json");
        let mut child = Command::new(program())
            .args(&self.arguments)
            .args(["--interval", "1", "--exit-with-parent", "--ready-file"])
            .arg(&ready_file)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| SandboxFailed(error.to_string()))?;
        let stdout = child.stdout.take().unwrap();
        // It speaks once the file is written.
        let first = tokio::task::spawn_blocking(move || {
            let mut line = String::new();
            BufReader::new(stdout).read_line(&mut line).map(|_| line)
        });
        if first.await.unwrap().unwrap().is_empty() {
            let _ended = child.wait();
            return Err(SandboxFailed("it ended before it was ready".to_owned()));
        }
        let ready: Value = serde_json::from_slice(&std::fs::read(&ready_file).unwrap()).unwrap();
        let replaced =
            self.running.lock().unwrap().replace(Running { child: Some(child), ready, _folder: Some(folder) });
        if let Some(mut replaced) = replaced {
            replaced.end();
        }
        let accounts = self.services.iter().map(|service| self.account(*service)).collect();
        Ok(SandboxServers { accounts })
    }

    fn runs(&self) -> bool {
        self.running.lock().unwrap().is_some()
    }

    fn stop(&self) {
        if let Some(mut running) = self.running.lock().unwrap().take() {
            running.end();
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.stop();
    }
}

fn address(value: &Value) -> Url {
    value.as_str().unwrap().parse().unwrap()
}

/// `target/debug/latchkey-sandbox`, two folders above this test's own program.
fn program() -> PathBuf {
    let own = std::env::current_exe().unwrap();
    let name = format!("latchkey-sandbox{}", std::env::consts::EXE_SUFFIX);
    let program = own.parent().and_then(std::path::Path::parent).unwrap().join(name);
    assert!(program.exists(), "{} is missing: run `cargo build -p latchkey-sandbox` first", program.display());
    program
}
