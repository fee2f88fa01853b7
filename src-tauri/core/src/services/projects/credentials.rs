//! Owns the three credentials of the CLI: which are there, which one it uses, and asking the cloud
//! what each is worth. Leaves out changing any of them.

use super::super::{ServiceError, Services, Topic};
use super::live::Checked;
use super::{Check, CheckState, Form, PROVIDER, Projects, Source, SourceKind};
use crate::domain::{ApiKey, Secret, Workspace, check_address};
use crate::providers::{Call, Probe, Seen};
use crate::routing::{self, API_KEY_VARIABLE, CliSignIn, Config, Location};
use url::Url;

/// A head of this length or more is distinctive; shorter ones are never matched.
const DISTINCTIVE: usize = 6;

impl Services {
    /// The three places, whether or not anything is in them.
    pub(super) fn sources(&self, location: &Location, config: Option<&Config>) -> Result<Vec<Source>, ServiceError> {
        let variable = self.surroundings().api_key_variable.as_ref();
        let saved = saved_key(config);
        // Without a credential there is none to tell the name of, and the list of keys may be long.
        let keys = if variable.is_none() && saved.is_none() { Vec::new() } else { self.records().keys()? };
        let sign_in = routing::cli_sign_in(self.surroundings(), self.now());
        let in_use = self.kind_in_use(config);
        let blank = |kind, name: String, set| Source {
            kind,
            name,
            set,
            empty: false,
            key: None,
            key_name: None,
            prefix: None,
            in_use: in_use == Some(kind),
            check: Check { state: CheckState::NotChecked, at: None, status: None },
            form: Form::Sound,
            problem: None,
        };
        let of_variable = match variable {
            None => blank(SourceKind::Variable, API_KEY_VARIABLE.to_owned(), false),
            Some(key) if is_empty(key) => {
                let problem = saved.map(|_| "It is set and empty, which hides the key in the file.".to_owned());
                let source = blank(SourceKind::Variable, API_KEY_VARIABLE.to_owned(), true);
                Source { empty: true, problem, ..source }
            }
            Some(key) => {
                let source = blank(SourceKind::Variable, API_KEY_VARIABLE.to_owned(), true);
                self.with_key(source, key, &keys, None)
            }
        };
        let of_file = match saved {
            None => Source {
                problem: self.live().projects.is_key_put_back(None).then(|| PUT_BACK.to_owned()),
                ..blank(SourceKind::ConfigKey, "cloud_api_key".to_owned(), false)
            },
            Some(key) => {
                let hidden = variable.map(|_| format!("{API_KEY_VARIABLE} is set and hides it."));
                let put_back = self.live().projects.is_key_put_back(Some(key)).then(|| PUT_BACK.to_owned());
                let source = blank(SourceKind::ConfigKey, "cloud_api_key".to_owned(), true);
                self.with_key(source, key, &keys, put_back.or(hidden))
            }
        };
        let name = location.tokens.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let mut of_sign_in = blank(SourceKind::CliSignIn, name, sign_in.is_some());
        if let Some(token) = routing::sign_in_token(location, self.now()) {
            of_sign_in.check = self.live().projects.check(SourceKind::CliSignIn, &token);
        } else if sign_in == Some(CliSignIn::Expired) {
            of_sign_in.check.state = CheckState::Expired;
        }
        Ok(vec![of_variable, of_file, of_sign_in])
    }

    fn with_key(&self, source: Source, key: &Secret, keys: &[ApiKey], remark: Option<String>) -> Source {
        let prefix = key.prefix(self.provider(PROVIDER).description().key_prefixes);
        // What is not visible ASCII is no head to show.
        let shown = !prefix.is_empty() && prefix.bytes().all(|byte| byte.is_ascii_graphic());
        let known = known_by_head(keys, key);
        let form = form_of(key);
        Source {
            key: known.map(|known| known.id),
            key_name: known.map(|known| known.name.clone()),
            prefix: shown.then_some(prefix),
            check: self.live().projects.check(source.kind, key),
            form,
            problem: in_words(form).map(str::to_owned).or(remark),
            ..source
        }
    }

    /// Which the CLI uses. A variable beats the file even when it is empty: then no key is used at all.
    fn kind_in_use(&self, config: Option<&Config>) -> Option<SourceKind> {
        match &self.surroundings().api_key_variable {
            Some(key) if !is_empty(key) => return Some(SourceKind::Variable),
            None if saved_key(config).is_some() => return Some(SourceKind::ConfigKey),
            _ => {}
        }
        routing::cli_sign_in(self.surroundings(), self.now()).map(|_| SourceKind::CliSignIn)
    }

    /// Whether there is anything that the CLI would use.
    pub(super) fn has_credential(&self, config: &Config) -> bool {
        self.kind_in_use(Some(config)).is_some()
    }

    /// What the CLI would send; none for a sign-in that only the CLI can renew, and for a key that
    /// cannot be sent.
    pub(super) fn credential_in_use(&self, location: &Location, config: &Config) -> Option<Secret> {
        self.sendable(self.kind_in_use(Some(config))?, location, Some(config))
    }

    /// A credential that can be sent.
    fn sendable(&self, kind: SourceKind, location: &Location, config: Option<&Config>) -> Option<Secret> {
        match kind {
            SourceKind::Variable => {
                self.surroundings().api_key_variable.clone().filter(|key| form_of(key) == Form::Sound)
            }
            SourceKind::ConfigKey => saved_key(config).filter(|key| form_of(key) == Form::Sound).cloned(),
            SourceKind::CliSignIn => routing::sign_in_token(location, self.now()),
        }
    }

    /// Asks the cloud, with one request for each credential that can be sent, what it is worth; and
    /// whether it has the projects that are served from there.
    pub async fn check_credentials(&self) -> Result<Projects, ServiceError> {
        let location = self.location();
        let config = routing::read(&location.config).ok();
        let host = self.checked_host(config.as_ref());
        let kinds = [SourceKind::Variable, SourceKind::ConfigKey, SourceKind::CliSignIn];
        let found: Vec<(SourceKind, Secret)> = kinds
            .into_iter()
            .filter_map(|kind| Some((kind, self.sendable(kind, &location, config.as_ref())?)))
            .collect();
        for (kind, credential) in &found {
            self.note_check(*kind, credential, CheckState::Checking, None, None);
        }
        self.changed(Topic::Projects);
        let asked = found.iter().map(|(kind, credential)| self.ask(*kind, credential, host.as_ref()));
        futures::future::join_all(asked).await;
        self.changed(Topic::Projects);
        if let Some(config) = &config {
            self.check_in_cloud(&location, config, None).await;
        }
        self.projects()
    }

    /// The same in the background, after a change.
    pub(super) fn check_credentials_soon(&self) {
        let services = self.clone();
        tokio::spawn(async move {
            // What came of it is told beside each credential.
            let _told = services.check_credentials().await;
        });
    }

    async fn ask(&self, kind: SourceKind, credential: &Secret, host: Option<&Url>) {
        let Some(host) = host else {
            return self.note_check(kind, credential, CheckState::CouldNotTell, None, None);
        };
        let seen = Seen::default();
        let call = Call { http: self.http(), host, credential, seen: &seen };
        match self.provider(PROVIDER).probe(&call).await {
            Ok(Probe::Refused) => self.note_check(kind, credential, CheckState::Refused, Some(401), None),
            Ok(Probe::Accepted { workspace, workspaces }) => {
                // A key that names its own workspace reaches that one, whatever else is listed.
                let own = workspace.filter(|_| kind != SourceKind::CliSignIn);
                let reaches = match own {
                    Some(own) if workspaces.iter().any(|workspace| workspace.id == own) => {
                        workspaces.into_iter().filter(|workspace| workspace.id == own).collect()
                    }
                    Some(own) => vec![unnamed(own)],
                    None => workspaces,
                };
                let reaches = Some(reaches).filter(|reaches| !reaches.is_empty());
                self.note_check(kind, credential, CheckState::Works, Some(200), reaches);
            }
            Err(error) => {
                let status = ServiceError::from(error).details.status;
                self.note_check(kind, credential, CheckState::CouldNotTell, status, None);
            }
        }
    }

    fn note_check(
        &self,
        kind: SourceKind,
        credential: &Secret,
        state: CheckState,
        status: Option<u16>,
        reaches: Option<Vec<Workspace>>,
    ) {
        let check = Check { state, at: Some(self.now()), status };
        self.live().projects.note_check(kind, Checked { of: credential.clone(), check, reaches });
    }

    /// Where the CLI sends its requests: a variable beats the file.
    pub(super) fn cloud_host(&self, config: Option<&Config>) -> String {
        let variable = self.variable("BASIC_MEMORY_CLOUD_HOST").map(str::to_owned);
        let published = || self.provider(PROVIDER).description().host.to_owned();
        variable.or_else(|| config.map(|config| config.cloud_host.clone())).unwrap_or_else(published)
    }

    /// The same as an address that a secret may be sent to.
    pub(super) fn checked_host(&self, config: Option<&Config>) -> Option<Url> {
        Url::parse(&self.cloud_host(config)).ok().filter(|host| check_address(host).is_ok())
    }

    /// The workspace of projects that name none.
    pub(super) fn default_workspace(&self, config: &Config) -> Option<String> {
        let variable = self.variable("BASIC_MEMORY_DEFAULT_WORKSPACE").map(str::to_owned);
        variable.or_else(|| config.default_workspace.clone()).filter(|workspace| !workspace.is_empty())
    }

    pub(super) fn variable(&self, name: &str) -> Option<&str> {
        let variables = self.surroundings().variables.iter();
        variables.rev().find(|variable| variable.name.eq_ignore_ascii_case(name)).map(|found| found.value.as_str())
    }

    /// The workspaces a project can be served from: what the credential in use was found to reach, else
    /// the one of the key that it is known as, else those of the accounts at the CLI's host.
    pub(super) fn known_workspaces(
        &self,
        config: Option<&Config>,
        sources: &[Source],
    ) -> Result<Vec<Workspace>, ServiceError> {
        if let Some(reached) = self.live().projects.reached(sources) {
            return Ok(reached);
        }
        let host = self.cloud_host(config);
        let accounts: Vec<_> = self
            .records()
            .accounts()?
            .into_iter()
            .filter(|account| account.provider == PROVIDER && is_host(&account.servers.host, &host))
            .collect();
        let mut known: Vec<Workspace> = Vec::new();
        for workspace in accounts.into_iter().flat_map(|account| account.workspaces) {
            if !known.iter().any(|other| other.id == workspace.id) {
                known.push(workspace);
            }
        }
        let used = sources.iter().find(|source| source.in_use).and_then(|source| source.key);
        let of_key = match used {
            Some(key) => self.records().key(key)?.and_then(|key| key.workspace),
            None => None,
        };
        Ok(match of_key {
            Some(own) => {
                let named = known.into_iter().find(|workspace| workspace.id == own);
                vec![named.unwrap_or_else(|| unnamed(own))]
            }
            None => known,
        })
    }
}

/// What the window says of a key that another program wrote over ours.
const PUT_BACK: &str = "Another program put this back after Latchkey changed it. Choose the key again.";

/// The saved key, if there is one at all.
pub(super) fn saved_key(config: Option<&Config>) -> Option<&Secret> {
    config?.cloud_api_key.as_ref().filter(|key| !is_empty(key))
}

/// Whether an account's host is the CLI's.
pub(super) fn is_host(host: &Url, cli: &str) -> bool {
    host.as_str().trim_end_matches('/') == cli.trim_end_matches('/')
}

fn is_empty(key: &Secret) -> bool {
    // Only whether there are any characters is asked.
    key.expose_secret().is_empty()
}

/// Whether the CLI, which saves a key without a check, can send it.
pub(super) fn form_of(key: &Secret) -> Form {
    // Only its form is looked at.
    let characters = key.expose_secret();
    if characters.chars().any(char::is_whitespace) {
        Form::StraySpace
    } else if !characters.bytes().all(|byte| byte.is_ascii_graphic()) || !is_whole(characters) {
        Form::Unusable
    } else {
        Form::Sound
    }
}

fn is_whole(characters: &str) -> bool {
    characters.strip_prefix("bmc_").is_some_and(|rest| !rest.is_empty())
}

fn in_words(form: Form) -> Option<&'static str> {
    match form {
        Form::Sound => None,
        Form::StraySpace => Some("It holds a stray space, so the CLI can’t send it."),
        Form::Unusable => Some("It is no whole key: one starts with bmc_ and goes on in plain ASCII."),
    }
}

/// The one key whose visible head this key has.
pub(super) fn known_by_head<'keys>(keys: &'keys [ApiKey], key: &Secret) -> Option<&'keys ApiKey> {
    let mut same = keys.iter().filter(|known| has_head(known, key));
    same.next().filter(|_| same.next().is_none())
}

/// Whether a secret begins as this key is known to.
pub(super) fn has_head(known: &ApiKey, key: &Secret) -> bool {
    let head = known.prefix.as_deref().unwrap_or_default().trim_end_matches(['…', '.', '*']);
    // Compared with the head that is shown anyway.
    head.len() >= DISTINCTIVE && key.expose_secret().trim().starts_with(head)
}

fn unnamed(id: String) -> Workspace {
    Workspace { name: id.clone(), id, role: String::new(), is_default: false }
}
