//! Owns a running sandbox and the few words that all tests speak to it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use clap::Parser;
use latchkey_sandbox::{PUBLISHED_CLIENT_ID, Ready, Sandbox, Settings};
use reqwest::header::HeaderMap;
use reqwest::{Client, Method, RequestBuilder, Response, redirect};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

pub(crate) const VERIFIER: &str = "a-verifier-of-forty-three-letters-or-more-EXAMPLE";
pub(crate) const PERSONAL: &str = "11111111-1111-4111-8111-111111111111";
pub(crate) const ACME: &str = "22222222-2222-4222-8222-222222222222";
pub(crate) const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";
pub(crate) const SCOPE: &str = "openid profile email offline_access";

/// A whole answer.
pub(crate) struct Outcome {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

/// A sandbox of one test.
pub(crate) struct House {
    pub(crate) ready: Ready,
    pub(crate) http: Client,
    _sandbox: Option<Sandbox>,
}

pub(crate) fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier))
}

pub(crate) async fn read(response: Response) -> (u16, Value) {
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

impl House {
    pub(crate) async fn open(arguments: &[&str]) -> Self {
        let settings = Settings::parse_from(std::iter::once(&"latchkey-sandbox").chain(arguments));
        let sandbox = Sandbox::start(settings).await.unwrap();
        let house = Self::at(sandbox.ready().clone());
        Self { _sandbox: Some(sandbox), ..house }
    }

    /// A sandbox that runs as a program of its own.
    pub(crate) fn at(ready: Ready) -> Self {
        let http = Client::builder().no_proxy().redirect(redirect::Policy::none()).build().unwrap();
        Self { ready, http, _sandbox: None }
    }

    pub(crate) fn cloud(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.ready.basic_memory.host))
    }

    pub(crate) fn authorization(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.ready.basic_memory.authorization_server))
    }

    pub(crate) fn memory_api(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.ready.memory_api.host))
    }

    pub(crate) fn memory_os(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.ready.memory_os.host))
    }

    pub(crate) fn memory_kit(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.ready.memory_kit.host))
    }

    /// Sends a request and reads its answer, with its headers.
    pub(crate) async fn outcome(&self, request: RequestBuilder, body: Option<Value>) -> Outcome {
        let request = if let Some(body) = body { request.json(&body) } else { request };
        let response = request.send().await.unwrap();
        let headers = response.headers().clone();
        let (status, body) = read(response).await;
        Outcome { status, headers, body }
    }

    /// Switches something that is not known of the real services.
    pub(crate) async fn switch(&self, switches: Value) {
        assert_eq!(self.admin(Method::POST, "/admin/settings", Some(switches)).await.0, 204);
    }

    pub(crate) async fn admin(&self, method: Method, path: &str, body: Option<Value>) -> (u16, Value) {
        let admin = &self.ready.admin;
        let mut request = self.http.request(method, format!("{}{path}", admin.url)).bearer_auth(&admin.token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        read(request.send().await.unwrap()).await
    }

    /// Orders a fault.
    pub(crate) async fn fault(&self, fault: Value) {
        assert_eq!(self.admin(Method::POST, "/admin/faults", Some(fault)).await.0, 204);
    }

    pub(crate) async fn advance(&self, seconds: u32) {
        let body = json!({ "advance_seconds": seconds });
        assert_eq!(self.admin(Method::POST, "/admin/clock", Some(body)).await.0, 200);
    }

    pub(crate) async fn form(&self, path: &str, parameters: &[(&str, &str)]) -> (u16, Value) {
        read(self.authorization(Method::POST, path).form(parameters).send().await.unwrap()).await
    }

    /// Asks for a device code.
    pub(crate) async fn ask(&self) -> Value {
        let (status, answer) = self
            .form(
                "/oauth2/device_authorization",
                &[
                    ("client_id", PUBLISHED_CLIENT_ID),
                    ("scope", SCOPE),
                    ("code_challenge", &challenge(VERIFIER)),
                    ("code_challenge_method", "S256"),
                ],
            )
            .await;
        assert_eq!(status, 200, "{answer}");
        answer
    }

    pub(crate) async fn poll_with(&self, device: &Value, verifier: &str) -> (u16, Value) {
        self.form(
            "/oauth2/token",
            &[
                ("client_id", PUBLISHED_CLIENT_ID),
                ("grant_type", DEVICE_CODE),
                ("device_code", device["device_code"].as_str().unwrap()),
                ("code_verifier", verifier),
            ],
        )
        .await
    }

    pub(crate) async fn poll(&self, device: &Value) -> (u16, Value) {
        self.poll_with(device, VERIFIER).await
    }

    pub(crate) async fn approve(&self, device: &Value, person: u8) {
        let body = json!({ "user_code": device["user_code"], "person": person });
        assert_eq!(self.admin(Method::POST, "/admin/approve", Some(body)).await.0, 204);
    }

    /// Signs a pretend person in; the whole token answer.
    pub(crate) async fn sign_in(&self, person: u8) -> Value {
        let device = self.ask().await;
        self.approve(&device, person).await;
        let (status, tokens) = self.poll(&device).await;
        assert_eq!(status, 200, "{tokens}");
        tokens
    }

    /// The access token of a pretend person.
    pub(crate) async fn token(&self, person: u8) -> String {
        self.sign_in(person).await["access_token"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn refresh(&self, refresh_token: &Value) -> (u16, Value) {
        self.form(
            "/oauth2/token",
            &[
                ("client_id", PUBLISHED_CLIENT_ID),
                ("grant_type", "refresh_token"),
                ("refresh_token", refresh_token.as_str().unwrap()),
            ],
        )
        .await
    }

    pub(crate) async fn get(&self, token: &str, path: &str) -> (u16, Value) {
        read(self.cloud(Method::GET, path).bearer_auth(token).send().await.unwrap()).await
    }

    pub(crate) async fn get_in(&self, token: &str, path: &str, workspace: &str) -> (u16, Value) {
        let request = self.cloud(Method::GET, path).bearer_auth(token).header("X-Workspace-ID", workspace);
        read(request.send().await.unwrap()).await
    }

    pub(crate) async fn create(&self, token: &str, body: Value) -> (u16, Value) {
        read(self.cloud(Method::POST, "/api/keys").bearer_auth(token).json(&body).send().await.unwrap()).await
    }

    /// Makes a key and takes its characters.
    pub(crate) async fn key(&self, token: &str, name: &str) -> (String, String) {
        let (status, answer) = self.create(token, json!({ "name": name })).await;
        assert_eq!(status, 200, "{answer}");
        (answer["id"].as_str().unwrap_or_default().to_owned(), answer["key"].as_str().unwrap().to_owned())
    }

    pub(crate) async fn delete(&self, token: &str, id: &str) -> (u16, Value) {
        let request = self.cloud(Method::DELETE, &format!("/api/keys/{id}")).bearer_auth(token);
        read(request.send().await.unwrap()).await
    }

    pub(crate) async fn health(&self, credential: &str) -> u16 {
        self.get(credential, "/proxy/health").await.0
    }
}
