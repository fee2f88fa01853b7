//! Owns a plain server that knows no service: it answers with the recorded shapes of one folder of
//! fixtures, fills in what changes from key to key, and keeps the keys it made in memory.
//!
//! `service.json` says where things are and which scopes are asked for; every other file is one answer,
//! with the page of the contract it comes from. `{{name}}` stands for a value. A variant of an answer,
//! such as another envelope, is `<answer>.<variant>.json`.

use crate::small_server::{Asked, Reply, SmallServer};
use crate::stage::{Part, Stage};
use async_trait::async_trait;
use chrono::{Duration, SecondsFormat};
use latchkey_core::clock::{Clock as _, SystemClock};
use latchkey_core::domain::Secret;
use latchkey_core::providers::Provider;
use serde_json::{Map, Value, json};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use url::Url;

/// One service on a plain server.
pub(crate) struct Recorded {
    provider: &'static dyn Provider,
    server: SmallServer,
    host: Url,
    credential: Secret,
    state: Arc<Mutex<State>>,
}

struct State {
    folder: PathBuf,
    variant: &'static str,
    service: Value,
    keys: Vec<Map<String, Value>>,
    fault: Option<(String, String, String)>,
}

impl Recorded {
    /// Starts the service of this name, answering in this variant.
    pub(crate) async fn start(provider: &'static dyn Provider, variant: &'static str) -> Self {
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
        let folder = root.join(provider.description().id.as_str());
        let mut state = State { folder, variant, service: Value::Null, keys: Vec::new(), fault: None };
        state.service = state.read("service").expect("service.json");
        let acting = state.service["acting"].as_object().unwrap().clone();
        let credential = Secret::new(acting["secret"].as_str().unwrap().to_owned());
        state.keys.push(state.filled(acting));
        let base = state.service["base"].as_str().unwrap_or_default().to_owned();
        let state = Arc::new(Mutex::new(state));
        let shared = Arc::clone(&state);
        let server = SmallServer::start(move |asked| shared.lock().unwrap().answer(asked)).await;
        let host = server.base.join(&base).unwrap();
        Self { provider, server, host, credential, state }
    }
}

impl State {
    fn read(&self, name: &str) -> Option<Value> {
        let variant = self.folder.join(format!("{name}.{}.json", self.variant));
        let path = if variant.is_file() { variant } else { self.folder.join(format!("{name}.json")) };
        let text = std::fs::read_to_string(&path).ok()?;
        Some(serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
    }

    /// A key with every value that an answer may name.
    fn filled(&self, mut key: Map<String, Value>) -> Map<String, Value> {
        let now = SystemClock.now();
        let length = usize::try_from(self.service["prefix_length"].as_u64().unwrap_or(12)).unwrap();
        let head: String = key["secret"].as_str().unwrap().chars().take(length).collect();
        for (name, value) in [
            ("prefix", json!(head)),
            ("created_at", json!(now.to_rfc3339_opts(SecondsFormat::Secs, true))),
            ("expires_at", Value::Null),
            ("last_used_at", Value::Null),
            ("environment", json!("live")),
            ("rate_limit", Value::Null),
            ("is_active", json!(true)),
            ("status", json!("active")),
            ("revoked_at", Value::Null),
        ] {
            key.entry(name).or_insert(value);
        }
        key
    }

    fn answer(&mut self, asked: &Asked) -> Reply {
        let base = self.service["base"].as_str().unwrap_or_default().trim_end_matches('/').to_owned();
        let target = asked.target.strip_prefix(&base).unwrap_or(&asked.target).to_owned();
        let keys = self.service["keys"].as_str().unwrap_or("/none").to_owned();
        let fault = self.fault.take_if(|(part, method, _)| {
            *method == asked.method && (target == *part || target.starts_with(&format!("{part}/")))
        });
        let fault = fault.map(|(_, _, kind)| kind);
        if let Some(refused) = self.before_work(fault.as_deref()) {
            return refused;
        }
        let reply = match (asked.method.as_str(), target.strip_prefix(&keys)) {
            ("GET", Some("")) => self.allowed(asked, "list").unwrap_or_else(|| self.list()),
            ("POST", Some("")) => self.allowed(asked, "create").unwrap_or_else(|| self.create(&asked.json())),
            ("DELETE", Some(id)) if id.starts_with('/') => {
                self.allowed(asked, "revoke").unwrap_or_else(|| self.revoke(&id[1..]))
            }
            ("GET", _) if Some(target.as_str()) == self.service["probe"].as_str() => {
                self.allowed(asked, "probe").unwrap_or_else(|| self.say("probe", &Map::new()))
            }
            ("GET", _) if Some(target.as_str()) == self.service["usage"].as_str() => {
                self.allowed(asked, "usage").unwrap_or_else(|| self.say("usage", &Map::new()))
            }
            _ => Reply::json(404, &json!({"detail": "Not Found"})),
        };
        after_work(fault.as_deref(), reply)
    }

    /// What goes wrong before anything is done.
    fn before_work(&self, kind: Option<&str>) -> Option<Reply> {
        let none = Map::new();
        match kind? {
            "unauthorized" => Some(self.say("refused", &none)),
            "rate_limited" => Some(self.say("rate_limited", &none)),
            "server_error" => Some(self.say("server_error", &none)),
            "html" => Some(Reply::html(200)),
            "endless" => Some(Reply::Endless),
            "dropped_before_work" => Some(Reply::Silence),
            "redirect" => Some(Reply::empty(307).with("location", "http://elsewhere.example/")),
            _ => None,
        }
    }

    /// A refusal, unless the caller's key is known, works, and has the scope that this needs.
    fn allowed(&self, asked: &Asked, what: &str) -> Option<Reply> {
        let credential = asked.header("authorization").and_then(|value| value.strip_prefix("Bearer "));
        let key = self.keys.iter().find(|key| key["secret"].as_str() == credential && key["is_active"] == true);
        let Some(key) = key else { return Some(self.say("refused", &Map::new())) };
        let needed = self.service["needs"][what].as_str()?;
        let all = self.service["satisfied_by"].as_array();
        let has = |scope: &Value| scope == needed || all.is_some_and(|all| all.contains(scope));
        if key["scopes"].as_array().is_some_and(|scopes| scopes.iter().any(has)) {
            return None;
        }
        Some(self.say("lacks_scope", &Map::from_iter([("needed".to_owned(), json!(needed))])))
    }

    fn list(&self) -> Reply {
        let answer = self.read("list").unwrap();
        let shown = |key: &&Map<String, Value>| key["is_active"] == true || answer["revoked"] == "marked";
        let rows: Vec<Value> = self.keys.iter().filter(shown).map(|key| fill(&answer["row"], key)).collect();
        self.say("list", &Map::from_iter([("rows".to_owned(), json!(rows))]))
    }

    fn create(&mut self, body: &Value) -> Reply {
        let number = self.keys.len();
        let text = |name: &str| body[name].as_str().map(str::to_owned);
        let environment = text("environment").unwrap_or_else(|| "live".to_owned());
        let secret = self.service["secret"].as_str().unwrap();
        let secret = secret.replace("{{environment}}", &environment).replace("{{number}}", &format!("{number:04}"));
        let scopes = if body["scopes"].is_array() { &body["scopes"] } else { &self.service["default_scopes"] };
        let days = body["expires_in_days"].as_i64();
        let ends =
            days.map(|days| (SystemClock.now() + Duration::days(days)).to_rfc3339_opts(SecondsFormat::Secs, true));
        let mut key = Map::new();
        for (name, value) in [
            ("id", json!(format!("key_{number}"))),
            ("name", body["name"].clone()),
            ("secret", json!(secret)),
            ("scopes", scopes.clone()),
            ("environment", json!(environment)),
            ("rate_limit", body["rate_limit"].clone()),
            ("expires_at", ends.map_or_else(|| body["expires_at"].clone(), Value::from)),
        ] {
            key.insert(name.to_owned(), value);
        }
        let key = self.filled(key);
        self.keys.push(key.clone());
        self.say("create", &key)
    }

    fn revoke(&mut self, id: &str) -> Reply {
        if self.read("revoke").is_none() {
            return Reply::json(404, &json!({"detail": "Not Found"}));
        }
        if self.keys[0]["id"] == id && self.read("current_key").is_some() {
            return self.say("current_key", &Map::new());
        }
        let named = Map::from_iter([("id".to_owned(), json!(id))]);
        if self.end(id) { self.say("revoke", &named) } else { self.say("no_such_key", &named) }
    }

    fn end(&mut self, id: &str) -> bool {
        let now = SystemClock.now().to_rfc3339_opts(SecondsFormat::Secs, true);
        let Some(key) = self.keys.iter_mut().find(|key| key["id"] == id) else { return false };
        key.insert("is_active".to_owned(), json!(false));
        key.insert("status".to_owned(), json!("revoked"));
        key.insert("revoked_at".to_owned(), json!(now));
        true
    }

    /// One recorded answer, with its headers and those of every answer.
    fn say(&self, name: &str, values: &Map<String, Value>) -> Reply {
        let answer = self.read(name).unwrap_or_else(|| panic!("{name}.json is missing in {}", self.folder.display()));
        let status = u16::try_from(answer["status"].as_u64().unwrap()).unwrap();
        let mut reply = match &answer["body"] {
            Value::Null => Reply::empty(status),
            body => Reply::json(status, &fill(body, values)),
        };
        let resets_at = (SystemClock.now() + Duration::seconds(60)).timestamp().to_string();
        for headers in [&self.service["headers"], &answer["headers"]] {
            for (name, value) in headers.as_object().into_iter().flatten() {
                reply = reply.with(header_name(name), &value.as_str().unwrap().replace("{{resets_at}}", &resets_at));
            }
        }
        reply
    }
}

/// The names that the small server takes live as long as the program.
fn header_name(name: &str) -> &'static str {
    ["x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset", "retry-after", "x-request-id"]
        .into_iter()
        .find(|known| *known == name)
        .unwrap_or_else(|| panic!("{name} is no header of the fixtures"))
}

/// A shape with its values. A text that is nothing but a placeholder takes the value's own type.
fn fill(shape: &Value, values: &Map<String, Value>) -> Value {
    match shape {
        Value::String(text) => {
            let whole = text.strip_prefix("{{").and_then(|rest| rest.strip_suffix("}}"));
            if let Some(value) = whole.and_then(|name| values.get(name)) {
                return value.clone();
            }
            let filled = values.iter().fold(text.clone(), |text, (name, value)| {
                let words = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                text.replace(&format!("{{{{{name}}}}}"), &words)
            });
            assert!(!filled.contains("{{"), "{filled} has no value");
            Value::String(filled)
        }
        Value::Array(items) => items.iter().map(|item| fill(item, values)).collect(),
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), fill(value, values))).collect(),
        other => other.clone(),
    }
}

/// What goes wrong with the answer once the work is done.
fn after_work(kind: Option<&str>, reply: Reply) -> Reply {
    let Some(kind) = kind else { return reply };
    let Reply::Whole { status, body, .. } = &reply else { return reply };
    let half = &body[..body.len() / 2];
    match kind {
        "dropped_after_work" => Reply::Silence,
        "half_json" => Reply::kind(*status, "application/json", half),
        "truncated" => {
            let head = format!("HTTP/1.1 {status} Status\r\ncontent-type: application/json\r\n");
            Reply::Bytes(format!("{head}content-length: {}\r\n\r\n{half}", body.len()).into_bytes())
        }
        other => panic!("{other} is no fault"),
    }
}

#[async_trait]
impl Stage for Recorded {
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
        Some(self.state.lock().unwrap().keys[0]["id"].as_str()?.to_owned())
    }

    fn refuses_to_revoke(&self) -> Option<String> {
        let current_key = self.state.lock().unwrap().read("current_key");
        current_key.and_then(|_| self.own_id())
    }

    fn offers_revoke(&self) -> bool {
        self.state.lock().unwrap().read("revoke").is_some()
    }

    fn tells_rate_limit(&self) -> bool {
        self.state.lock().unwrap().service["headers"].is_object()
    }

    fn hides(&self, scope: &str) -> bool {
        let state = self.state.lock().unwrap();
        let needed = &state.service["needs"]["probe"];
        needed.is_string() && needed != scope
    }

    async fn goes_wrong(&self, part: Part, method: &str, kind: &str) {
        let mut state = self.state.lock().unwrap();
        let part = state.service[if part == Part::Keys { "keys" } else { "probe" }].as_str().unwrap().to_owned();
        state.fault = Some((part, method.to_owned(), kind.to_owned()));
    }

    async fn revoke_by_hand(&self, id: &str) {
        assert!(self.state.lock().unwrap().end(id));
    }

    async fn asked(&self) -> u64 {
        u64::try_from(self.server.asked().len()).unwrap()
    }
}
