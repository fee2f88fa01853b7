//! Owns the sandbox program as a test starts it: found, started, signed in to, ended.

use crate::stage::{Part, Stage};
use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use latchkey_core::domain::Secret;
use latchkey_core::http::Http;
use latchkey_core::providers::{Means, Provider};
use serde_json::{Value, json};
use sha2::Digest as _;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use url::Url;

pub(crate) struct Sandbox {
    pub(crate) host: Url,
    ready: Value,
    http: Http,
    child: Child,
    _folder: tempfile::TempDir,
}

impl Sandbox {
    /// Starts the program; it ends with this value, or with this process.
    pub(crate) async fn start(arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let ready_file = folder.path().join("ready.json");
        let mut child = Command::new(program())
            .args(arguments)
            .args(["--interval", "1", "--exit-with-parent", "--ready-file"])
            .arg(&ready_file)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let stdout = child.stdout.take().unwrap();
        // It speaks once the file is written.
        let first = tokio::task::spawn_blocking(move || {
            let mut line = String::new();
            BufReader::new(stdout).read_line(&mut line).map(|_| line)
        });
        let first = first.await.unwrap().unwrap();
        assert!(!first.is_empty(), "the sandbox ended before it was ready");
        let ready: Value = serde_json::from_slice(&std::fs::read(&ready_file).unwrap()).unwrap();
        let host = address(&ready["basic_memory"]["host"]);
        Self { host, ready, http: Http::new().unwrap(), child, _folder: folder }
    }

    /// An access token of a pretend person, by the device grant (RFC 8628) with the back door's
    /// approval in place of the browser's.
    pub(crate) async fn sign_in(&self, person: u8) -> Secret {
        let service = &self.ready["basic_memory"];
        let endpoint = |path: &str| address(&service["authorization_server"]).join(path).unwrap();
        let client_id = service["client_id"].as_str().unwrap();
        let verifier = "a-verifier-of-at-least-forty-three-characters";
        let challenge = URL_SAFE_NO_PAD.encode(sha2::Sha256::digest(verifier));
        let device: Value = self
            .http
            .post(endpoint("/oauth2/device_authorization"))
            .form(&[
                ("client_id", client_id),
                ("scope", "openid profile email offline_access"),
                ("code_challenge", &challenge),
                ("code_challenge_method", "S256"),
            ])
            .send()
            .await
            .unwrap()
            .json()
            .unwrap();
        self.admin("/admin/approve", &json!({"user_code": device["user_code"], "person": person})).await;
        let tokens: Value = self
            .http
            .post(endpoint("/oauth2/token"))
            .form(&[
                ("client_id", client_id),
                ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
                ("device_code", device["device_code"].as_str().unwrap()),
                ("code_verifier", verifier),
            ])
            .send()
            .await
            .unwrap()
            .json()
            .unwrap();
        Secret::new(tokens["access_token"].as_str().unwrap().to_owned())
    }

    /// Reads something from the back door.
    async fn ask(&self, path: &str) -> Value {
        let admin = &self.ready["admin"];
        let token = Secret::new(admin["token"].as_str().unwrap().to_owned());
        let url = address(&admin["url"]).join(path).unwrap();
        self.http.get(url).bearer(&token).send().await.unwrap().json().unwrap()
    }

    /// Asks something of the back door.
    pub(crate) async fn admin(&self, path: &str, body: &Value) {
        let admin = &self.ready["admin"];
        let token = Secret::new(admin["token"].as_str().unwrap().to_owned());
        let url = address(&admin["url"]).join(path).unwrap();
        let response = self.http.post(url).bearer(&token).json(body).send().await.unwrap();
        assert!(response.is_success(), "{path}: {}", response.status);
    }
}

/// One service of a running sandbox.
pub(crate) struct Pretended<'a> {
    sandbox: &'a Sandbox,
    provider: &'static dyn Provider,
    host: Url,
    credential: Secret,
    own_id: Option<&'static str>,
    revoke: bool,
    parts: [&'static str; 2],
}

impl Sandbox {
    /// One part of what the program wrote when it was ready.
    pub(crate) fn part(&self, name: &str) -> &Value {
        &self.ready[name]
    }

    /// This service, with what the sandbox hands out for it. `revoke` says whether it was started with it.
    pub(crate) async fn stage(&self, provider: &'static dyn Provider, revoke: bool) -> Pretended<'_> {
        let words = |value: &Value| Secret::new(value.as_str().unwrap().to_owned());
        let (name, own_id, parts) = match provider.description().id.as_str() {
            "basic-memory" => ("basic_memory", None, ["/api/keys", "/workspaces/"]),
            "memory-api" => ("memory_api", Some("key_0000000000000001"), ["/account/api-keys", "/account"]),
            "memory-os" => ("memory_os", Some("key_0000000000000002"), ["/keys", "/memories"]),
            "memory-kit" => ("memory_kit", Some("key_0000000000000003"), ["/none", "/status"]),
            other => panic!("the sandbox does not pretend {other}"),
        };
        let ready = &self.ready[name];
        let credential = match name {
            "basic_memory" => self.sign_in(1).await,
            "memory_kit" => words(&ready["keys"][0]["key"]),
            _ => words(&ready["admin_key"]),
        };
        Pretended { sandbox: self, provider, host: address(&ready["host"]), credential, own_id, revoke, parts }
    }
}

#[async_trait]
impl Stage for Pretended<'_> {
    fn provider(&self) -> &'static dyn Provider {
        self.provider
    }

    fn host(&self) -> &Url {
        &self.host
    }

    fn credential(&self) -> &Secret {
        &self.credential
    }

    fn own_id(&self) -> Option<String> {
        self.own_id.map(str::to_owned)
    }

    fn refuses_to_revoke(&self) -> Option<String> {
        self.own_id().filter(|_| self.provider.description().revoke == Means::Native)
    }

    fn offers_revoke(&self) -> bool {
        self.revoke
    }

    fn tells_rate_limit(&self) -> bool {
        self.own_id.is_some()
    }

    fn hides(&self, scope: &str) -> bool {
        ["write", "search:read"].contains(&scope)
    }

    async fn goes_wrong(&self, part: Part, method: &str, kind: &str) {
        let path =
            format!("{}{}", self.host.path().trim_end_matches('/'), self.parts[usize::from(part == Part::Probe)]);
        let service = self.provider.description().id.to_string();
        let fault = json!({"service": service, "path": path, "method": method, "kind": kind, "times": 1});
        self.sandbox.admin("/admin/faults", &fault).await;
    }

    async fn revoke_by_hand(&self, id: &str) {
        self.sandbox.admin(&format!("/admin/keys/{id}/revoke"), &json!({})).await;
    }

    async fn asked(&self) -> u64 {
        let stats = self.sandbox.ask("/admin/stats").await;
        stats.as_object().unwrap().values().filter_map(Value::as_u64).sum()
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
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
