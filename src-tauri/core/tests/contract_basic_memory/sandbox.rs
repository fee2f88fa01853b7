//! Owns the sandbox program as a test starts it: found, started, signed in to, ended.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use latchkey_core::domain::Secret;
use latchkey_core::http::Http;
use serde_json::{Value, json};
use sha2::Digest as _;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use url::Url;

pub(crate) struct Sandbox {
    #[allow(dead_code, reason = "each test program that shares this file uses its own part")]
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

    #[allow(dead_code, reason = "each test program that shares this file uses its own part")]
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

    /// One part of what the program wrote when it was ready.
    #[allow(dead_code, reason = "each test program that shares this file uses its own part")]
    pub(crate) fn ready(&self, part: &str) -> Value {
        self.ready[part].clone()
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
