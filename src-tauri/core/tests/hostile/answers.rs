//! Owns the answers that are changed for the worse: the recorded fixtures of every service, and what
//! an authorization server says, filled in with values that are sometimes out of all order.

use crate::numbers::Numbers;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use url::Url;

/// One answer before it is written as bytes.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, Vec<u8>)>,
    pub(crate) body: Body,
}

#[derive(Debug, Clone)]
pub(crate) enum Body {
    Json(Value),
    Bytes(Vec<u8>),
}

impl Body {
    pub(crate) fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Json(Value::Null) => Vec::new(),
            Self::Json(value) => value.to_string().into_bytes(),
            Self::Bytes(bytes) => bytes.clone(),
        }
    }
}

/// Where things are at one service, and its answers by name, variants among them.
pub(crate) struct Fixtures {
    pub(crate) base: String,
    pub(crate) keys: String,
    answers: BTreeMap<String, Value>,
    headers: Map<String, Value>,
    secret: String,
}

impl Fixtures {
    /// The recorded answers of the service with this folder.
    pub(crate) fn of(service: &str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(service);
        let mut answers = BTreeMap::new();
        for entry in std::fs::read_dir(&folder).unwrap().flatten() {
            let name = entry.file_name().into_string().unwrap();
            let Some(name) = name.strip_suffix(".json") else { continue };
            let text = std::fs::read_to_string(entry.path()).unwrap();
            answers.insert(name.to_owned(), serde_json::from_str::<Value>(&text).unwrap());
        }
        let about = answers.remove("service").expect("service.json");
        let text = |name: &str| about[name].as_str().unwrap_or_default().to_owned();
        Self {
            base: text("base"),
            keys: format!("{}{}", text("base"), text("keys")),
            answers,
            headers: about["headers"].as_object().cloned().unwrap_or_default(),
            secret: if about["secret"].is_string() { text("secret") } else { text("acting") },
        }
    }

    /// An answer to a call of this kind; sometimes one of another, or a refusal.
    pub(crate) fn answer(&self, kind: &str, numbers: &mut Numbers) -> Answer {
        let fitting: Vec<&String> = self.answers.keys().filter(|name| name.split('.').next() == Some(kind)).collect();
        let all: Vec<&String> = self.answers.keys().collect();
        let name = if fitting.is_empty() || numbers.once_in(4) { *numbers.one(&all) } else { *numbers.one(&fitting) };
        let recorded = &self.answers[name];
        let mut values = self.values(numbers);
        let rows = (0..numbers.below(4)).map(|_| fill(&recorded["row"], &self.values(numbers))).collect();
        values.insert("rows".to_owned(), Value::Array(rows));
        let mut headers = vec![("content-type".to_owned(), b"application/json".to_vec())];
        for (name, value) in self.headers.iter().chain(recorded["headers"].as_object().into_iter().flatten()) {
            let value = value.as_str().unwrap().replace("{{resets_at}}", "1795000000");
            headers.push((name.clone(), value.into_bytes()));
        }
        let status = recorded["status"].as_u64().and_then(|status| u16::try_from(status).ok()).unwrap_or(200);
        Answer { status, headers, body: Body::Json(fill(&recorded["body"], &values)) }
    }

    /// What an answer may name of a key; now and then nothing that a key could have.
    fn values(&self, numbers: &mut Numbers) -> Map<String, Value> {
        let secret = self.secret.replace("{{environment}}", "live").replace("{{number}}", "0001");
        let head: String = secret.chars().take(12).collect();
        let mut values = Map::new();
        for (name, sound) in [
            ("id", json!(format!("key_{}", numbers.below(100)))),
            ("name", json!("work-laptop")),
            ("secret", json!(secret)),
            ("prefix", json!(head)),
            ("environment", json!("live")),
            ("scopes", json!(["read", "write"])),
            ("created_at", json!("2026-11-01T08:00:00Z")),
            ("expires_at", json!("2027-02-01T08:00:00Z")),
            ("last_used_at", Value::Null),
            ("is_active", json!(true)),
            ("status", json!("active")),
            ("revoked_at", Value::Null),
            ("rate_limit", json!(60)),
            ("needed", json!("admin")),
        ] {
            values.insert(name.to_owned(), if numbers.once_in(6) { strange(numbers) } else { sound });
        }
        values
    }
}

/// What an authorization server of this address says to a call of this kind.
pub(crate) fn of_authorization(kind: &str, base: &Url, trap: &Url, numbers: &mut Numbers) -> Answer {
    let at = |path: &str| base.join(path).unwrap().to_string();
    let issuer = base.as_str().trim_end_matches('/');
    let error = |code: &str| (400, json!({ "error": code, "error_description": "as the standards write it" }));
    let (status, mut body) = match kind {
        "discover" => (
            200,
            json!({ "issuer": issuer, "token_endpoint": at("token"), "device_authorization_endpoint": at("device"),
                "revocation_endpoint": at("revoke"),
                "grant_types_supported": ["urn:ietf:params:oauth:grant-type:device_code"] }),
        ),
        "start" => (
            200,
            json!({ "device_code": "device-code-EXAMPLE", "user_code": "BCDF-GHJK", "expires_in": 300, "interval": 5,
                "verification_uri": at("device"), "verification_uri_complete": at("device?user_code=BCDF-GHJK") }),
        ),
        "revoke" => (200, Value::Null),
        _ => match numbers.below(6) {
            0 => error("authorization_pending"),
            1 => error("slow_down"),
            2 => error("invalid_grant"),
            _ => (
                200,
                json!({ "access_token": "access-token-EXAMPLE", "token_type": "Bearer", "expires_in": 3600,
                    "refresh_token": "refresh-token-EXAMPLE", "scope": "openid", "id_token": "e30.e30.c2ln" }),
            ),
        },
    };
    // Somebody else's address in place of one of its own.
    if let Some(fields) = body.as_object_mut().filter(|_| numbers.once_in(3)) {
        let names: Vec<String> = fields.keys().cloned().collect();
        let name = numbers.one(&names).clone();
        fields.insert(name, if numbers.once_in(2) { json!(trap.as_str()) } else { strange(numbers) });
    }
    let headers = vec![("content-type".to_owned(), b"application/json".to_vec())];
    Answer { status, headers, body: Body::Json(body) }
}

/// A value that no service means to send.
pub(crate) fn strange(numbers: &mut Numbers) -> Value {
    match numbers.below(12) {
        0 => Value::Null,
        1 => json!(numbers.once_in(2)),
        2 => json!(u64::MAX),
        3 => json!(i64::MIN),
        4 => json!(-1.5e300),
        5 => json!([[], {}, null, "x"]),
        6 => json!({ "message": { "message": "within" }, "id": 7 }),
        7 => json!("x".repeat(1 << numbers.below(18))),
        8 => json!(numbers.one(STRANGE_DATES)),
        _ => json!(numbers.one(STRANGE_WORDS)),
    }
}

const STRANGE_DATES: &[&str] = &[
    "0000-00-00T00:00:00Z",
    "-0001-01-01T00:00:00Z",
    "9999-12-31T23:59:60Z",
    "+262142-12-31T23:59:59Z",
    "-262143-01-01T00:00:00Z",
    "2026-02-30T25:61:61+99:99",
    "2026-11-21",
    "2026-11-21T00:00:00.123456789123456789Z",
    "1795000000",
    "-99999999999999999999",
    "tomorrow",
];

const STRANGE_WORDS: &[&str] = &[
    "",
    " ",
    ".",
    "..",
    "../../admin",
    "a/b?c=d#e",
    "%2e%2e",
    "key\0nul",
    "line\r\nset-cookie: a=b",
    "\u{202e}txet desrever",
    "zero\u{200b}width\u{feff}",
    "<img src=x onerror=alert(1)>",
    "=HYPERLINK(\"http://elsewhere.example\")",
    "'; DROP TABLE keys; --",
    "\u{1f511}\u{fe0f}\u{200d}\u{1f525}",
    "javascript:alert(1)",
    "http://elsewhere.example/",
];

/// The template with every `{{name}}` in place.
fn fill(template: &Value, values: &Map<String, Value>) -> Value {
    match template {
        Value::String(text) => {
            let whole = text.strip_prefix("{{").and_then(|rest| rest.strip_suffix("}}"));
            if let Some(value) = whole.and_then(|name| values.get(name)) {
                return value.clone();
            }
            let mut text = text.clone();
            for (name, value) in values {
                if let Some(value) = value.as_str() {
                    text = text.replace(&format!("{{{{{name}}}}}"), value);
                }
            }
            Value::String(text)
        }
        Value::Array(items) => items.iter().map(|item| fill(item, values)).collect(),
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), fill(value, values))).collect(),
        other => other.clone(),
    }
}
