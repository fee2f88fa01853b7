//! Owns a fifth service that exists in these tests alone, and the proof of what it takes to add one: this
//! folder, one line of a registry, one folder of fixtures. Nothing else knows its name.

mod wire;

use crate::Caller;
use crate::small_server::{Asked, Reply, SmallServer};
use async_trait::async_trait;
use latchkey_core::domain::{KeyName, Offered, ProviderId, Secret, Workspace};
use latchkey_core::providers::{
    Answer, BUILT_IN, Call, CreatedKey, Description, EnvironmentFrom, ExpiryMeans, Glyph, Identified, Listing, Means,
    NewKey, Provider, ProviderError, Recipe, Registry, ReportsUse, SignInMethod, Tested, Verdict,
};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

const ID: ProviderId = ProviderId::named("notebook");

static DESCRIPTION: Description = Description {
    id: ID,
    name: "Notebook",
    short_name: "Notebook",
    summary: "A service that only these tests know.",
    glyph: Glyph { hue: 120, path: "M3 3h10v10H3z" },
    key_prefixes: &["nbk_"],
    host: "https://notebook.example/v1",
    other_hosts: &[],
    sign_in: SignInMethod::AdminKey { any_of: &[] },
    keys_page: "https://notebook.example/keys",
    sign_up_page: "https://notebook.example/join",
    documentation: "https://notebook.example/docs",
    variables: &["NOTEBOOK_KEY"],
    scopes: &[],
    presets: &[],
    environments: &[],
    environment: EnvironmentFrom::None,
    list: Means::Native,
    create: Means::Native,
    revoke: Means::Native,
    expiry: ExpiryMeans::ReminderOnly,
    workspace: false,
    project: false,
    rate_limit: false,
    reports_use: ReportsUse::No,
    usage: false,
    longest_name: 40,
    dashboard_steps: &[],
    caution: None,
    recipe: Recipe { path: "/notes", mcp_path: None, cautions: &[] },
};

/// The one line: the four that are built in, and this one.
static FIVE: &[&dyn Provider] = &[BUILT_IN[0], BUILT_IN[1], BUILT_IN[2], BUILT_IN[3], &Notebook];

#[derive(Debug)]
struct Notebook;

impl Notebook {
    async fn ask(
        call: &Call<'_>,
        method: &str,
        path: &str,
        body: Option<Value>,
    ) -> Result<(u16, Value), ProviderError> {
        let url = format!("{}{path}", call.host.as_str().trim_end_matches('/')).parse().unwrap();
        let request = match method {
            "POST" => call.http.post(url).json(&body.unwrap_or_default()),
            "DELETE" => call.http.delete(url),
            _ => call.http.get(url),
        };
        let response = request.bearer(call.credential).send().await?;
        let answer = Answer { status: response.status, ..Answer::default() };
        match response.status {
            200..300 => Ok((response.status, response.json().ok_or(ProviderError::NotUnderstood(answer))?)),
            401 => Err(ProviderError::Refused(answer)),
            404 => Err(ProviderError::NoSuchKey),
            _ => Err(ProviderError::Failed(answer)),
        }
    }
}

#[async_trait]
impl Provider for Notebook {
    fn description(&self) -> &'static Description {
        &DESCRIPTION
    }

    async fn list_keys(&self, call: &Call<'_>, _: &[Workspace]) -> Result<Listing, ProviderError> {
        let (_, answer) = Self::ask(call, "GET", "/tokens", None).await?;
        Ok(Listing { keys: wire::keys(&answer), ..Listing::default() })
    }

    async fn create_key(&self, call: &Call<'_>, new_key: &NewKey) -> Result<CreatedKey, ProviderError> {
        let body = json!({"name": new_key.name.as_str()});
        let (_, answer) = Self::ask(call, "POST", "/tokens", Some(body)).await?;
        let (secret, facts) = wire::created(&answer).ok_or_else(|| ProviderError::NotUnderstood(Answer::default()))?;
        Ok(CreatedKey { secret, facts, expiry: Offered::NotAsked })
    }

    async fn revoke_key(&self, call: &Call<'_>, remote_id: &str, _: Option<&str>) -> Result<(), ProviderError> {
        Self::ask(call, "DELETE", &format!("/tokens/{remote_id}"), None).await.map(drop)
    }

    async fn identify(&self, call: &Call<'_>) -> Result<Identified, ProviderError> {
        self.list_keys(call, &[]).await.map(|_| Identified { can_list: Some(true), ..Identified::default() })
    }

    async fn test(&self, call: &Call<'_>) -> Result<Tested, ProviderError> {
        let (verdict, status) = match Self::ask(call, "GET", "/notes", None).await {
            Ok((status, _)) => (Verdict::Works, status),
            Err(ProviderError::Refused(answer)) => (Verdict::Refused, answer.status),
            Err(error) => return Err(error),
        };
        Ok(Tested { verdict, status, latency: chrono::TimeDelta::zero(), subject: None, workspace: None })
    }
}

/// Its server: the fixtures, and a memory of what was revoked.
async fn server() -> SmallServer {
    let revoked = Arc::new(Mutex::new(false));
    SmallServer::start(move |asked: &Asked| {
        let with = asked.header("authorization").unwrap_or_default().to_owned();
        let mut revoked = revoked.lock().unwrap();
        let known =
            with == "Bearer nbk_adminEXAMPLEcharacters" || (with == "Bearer nbk_lampEXAMPLEcharacters" && !*revoked);
        match asked.line().as_str() {
            _ if !known => Reply::json(401, &json!({})),
            "GET /v1/tokens" => Reply::json(200, &wire::fixture("list.json")),
            "POST /v1/tokens" => Reply::json(201, &wire::fixture("create.json")),
            "DELETE /v1/tokens/n2" => {
                *revoked = true;
                Reply::json(200, &json!({}))
            }
            "GET /v1/notes" => Reply::json(200, &json!([])),
            _ => Reply::json(404, &json!({})),
        }
    })
    .await
}

#[tokio::test]
async fn a_fifth_service_needs_its_folder_one_line_and_its_fixtures() {
    let registry = Registry::of(FIVE);
    let names: Vec<_> = registry.descriptions().iter().map(|known| known.short_name).collect();
    assert_eq!(names, ["Basic Memory", "Memory API", "Memory OS", "MemoryKit", "Notebook"]);
    assert_eq!(registry.suggested_by(&Secret::new("nbk_lampEXAMPLE".to_owned())), Some(ID));
    assert_eq!(Registry::built_in().suggested_by(&Secret::new("nbk_lampEXAMPLE".to_owned())), None);

    let provider = registry.find("notebook".parse().unwrap()).unwrap();
    let server = server().await;
    let admin = Caller::new(&server.base.join("/v1").unwrap(), &Secret::new("nbk_adminEXAMPLEcharacters".to_owned()));
    assert_eq!(provider.list_keys(&admin.call(), &[]).await.unwrap().keys[0].name, "desk");
    let new_key = NewKey::named(KeyName::parse("lamp", 40).unwrap());
    let created = provider.create_key(&admin.call(), &new_key).await.unwrap();
    let own = admin.with(&created.secret);
    assert_eq!(provider.test(&own.call()).await.unwrap().verdict, Verdict::Works);
    provider.revoke_key(&admin.call(), &created.facts.remote_id.unwrap(), None).await.unwrap();
    assert_eq!(provider.test(&own.call()).await.unwrap().verdict, Verdict::Refused);
    let snippets = provider.snippets(&admin.host);
    assert!(snippets.iter().any(|one| one.text.contains("NOTEBOOK_KEY")), "ready-made ways come with the description");
}
