//! Owns a whole Latchkey for one test: the use cases over real records and a real client, with the
//! sandbox program as the service. When it ends, every byte it wrote is searched for secrets.

use crate::desktop::{Board, Installed, MovedClock, Opened, Picker, Shown, Told};
use crate::program::Program;
use crate::store::Store;
use latchkey_core::domain::{
    Account, AccountId, ActivityKind, ApiKey, JournalEntry, KeyId, Outcome, ProviderId, Secret, SignIn,
};
use latchkey_core::providers::Registry;
use latchkey_core::records::Records;
use latchkey_core::services::{
    AccountState, Attempt, AttemptState, CreateKey, Desktop, Parts, Reason, ServiceError, Services, Surroundings,
};
use latchkey_core::vault::Vault;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// No wait of a test takes longer.
const DEADLINE: Duration = Duration::from_secs(15);

pub(crate) const PERSONAL: &str = "11111111-1111-4111-8111-111111111111";
pub(crate) const ACME: &str = "22222222-2222-4222-8222-222222222222";

/// What is known of the real server.
pub(crate) const KNOWN: &[&str] = &["--without", "list,revoke,expiry"];

pub(crate) struct House {
    services: Services,
    pub(crate) records: Records,
    pub(crate) store: Arc<Store>,
    pub(crate) clock: Arc<MovedClock>,
    pub(crate) board: Arc<Board>,
    pub(crate) browser: Arc<Opened>,
    pub(crate) told: Arc<Told>,
    pub(crate) shown: Arc<Shown>,
    pub(crate) program: Arc<Program>,
    pub(crate) picker: Arc<Picker>,
    pub(crate) cli: Arc<Installed>,
    folder: Arc<tempfile::TempDir>,
    surroundings: Surroundings,
    secrets: Mutex<Vec<Secret>>,
}

impl Deref for House {
    type Target = Services;

    fn deref(&self) -> &Services {
        &self.services
    }
}

impl House {
    /// Composed, with nothing in it.
    pub(crate) fn empty(arguments: &[&str]) -> Self {
        Self::among(arguments, |_| {})
    }

    /// The same on a computer where other variables are set.
    pub(crate) fn among(arguments: &[&str], set: impl FnOnce(&mut Surroundings)) -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let mut surroundings = Surroundings { home: folder.path().join("home"), ..Surroundings::default() };
        set(&mut surroundings);
        Self::build(folder, Arc::default(), Arc::new(Program::new(arguments)), surroundings)
    }

    fn build(
        folder: Arc<tempfile::TempDir>,
        store: Arc<Store>,
        program: Arc<Program>,
        surroundings: Surroundings,
    ) -> Self {
        Self::build_with(Registry::built_in(), folder, store, program, surroundings)
    }

    /// With these services instead of the built-in ones.
    pub(crate) fn of_services(providers: Registry) -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let surroundings = Surroundings { home: folder.path().join("home"), ..Surroundings::default() };
        Self::build_with(providers, folder, Arc::default(), Arc::new(Program::new(&[])), surroundings)
    }

    fn build_with(
        providers: Registry,
        folder: Arc<tempfile::TempDir>,
        store: Arc<Store>,
        program: Arc<Program>,
        surroundings: Surroundings,
    ) -> Self {
        let (picker, cli) = (Arc::<Picker>::default(), Arc::<Installed>::default());
        let (clock, board) = (Arc::<MovedClock>::default(), Arc::<Board>::default());
        let (browser, told) = (Arc::<Opened>::default(), Arc::<Told>::default());
        let shown = Arc::<Shown>::default();
        std::fs::create_dir_all(folder.path().join("downloads")).unwrap();
        let records = Records::open(&folder.path().join("data/records.db")).unwrap();
        let services = Services::new(Parts {
            records: records.clone(),
            providers,
            vault: Vault::new(store.clone()),
            // Reading the system's certificates takes a while, so one client serves test and app.
            http: program.http.clone(),
            clock: clock.clone(),
            desktop: Desktop {
                notifier: shown.clone(),
                downloads: Some(folder.path().join("downloads")),
                computer: "desk".to_owned(),
                window: told.clone(),
                browser: browser.clone(),
                clipboard: board.clone(),
                sandbox: program.clone(),
                files: picker.clone(),
                cli: cli.clone(),
            },
            surroundings: surroundings.clone(),
        });
        Self {
            services,
            records,
            store,
            clock,
            board,
            browser,
            told,
            shown,
            program,
            picker,
            cli,
            folder,
            surroundings,
            secrets: Mutex::default(),
        }
    }

    /// The app is ended without a word and started again over the same records and keychain.
    pub(crate) fn restarted(&self) -> Self {
        Self::build(self.folder.clone(), self.store.clone(), self.program.clone(), self.surroundings.clone())
    }

    /// With the sandbox open and nobody signed in.
    pub(crate) async fn opened(arguments: &[&str]) -> (Self, AccountId) {
        let house = Self::empty(arguments);
        let account = house.open_sandbox().await.unwrap().account.id;
        (house, account)
    }

    /// With the sandbox open and the account of this one service in it.
    pub(crate) async fn of(provider: ProviderId, arguments: &[&str]) -> (Self, AccountId) {
        let house = Self::with(&[provider], arguments);
        let account = house.open_sandbox().await.unwrap().account.id;
        let is_read = || {
            let state = house.state(account);
            let asked = state.account.checked_at.is_some() || state.account.sign_in == SignIn::NotUsed;
            asked && !state.checking
        };
        house.until("the account is read", is_read).await;
        (house, account)
    }

    /// Composed, with a sandbox that fills the accounts of these services.
    pub(crate) fn with(services: &[ProviderId], arguments: &[&str]) -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let surroundings = Surroundings { home: folder.path().join("home"), ..Surroundings::default() };
        Self::build(folder, Arc::default(), Arc::new(Program::of(services, arguments)), surroundings)
    }

    /// With the sandbox open and its first person signed in.
    pub(crate) async fn signed_in(arguments: &[&str]) -> (Self, AccountId) {
        let (house, account) = Self::opened(arguments).await;
        assert_eq!(house.sign_in(Some(account), 1).await, account);
        (house, account)
    }

    /// Signs in and waits until workspaces and keys were read. The person approves while the page
    /// opens, and the clock jumps over the second before the first question, so that nobody waits.
    pub(crate) async fn sign_in(&self, account: Option<AccountId>, person: u8) -> AccountId {
        let (program, clock) = (self.program.clone(), self.clock.clone());
        *self.browser.then.lock().unwrap() = Some(Box::new(move |page| {
            let code = page.query_pairs().find(|(name, _)| name == "user_code").unwrap().1.into_owned();
            program.approve_at_once(&code, person);
            clock.advance(1);
        }));
        self.start_sign_in(ProviderId::BASIC_MEMORY, account, None).await.unwrap();
        self.settled_account().await
    }

    /// The account of the running sign-in, once it is done and was read for the first time.
    pub(crate) async fn settled_account(&self) -> AccountId {
        let attempt = self.attempt(AttemptState::Done).await;
        let id = attempt.done_account.unwrap();
        self.until("the account is read", || {
            let state = self.account_state(id).unwrap();
            !state.checking && (state.account.checked_at.is_some() || state.failure.is_some())
        })
        .await;
        id
    }

    pub(crate) async fn user_code(&self) -> String {
        self.attempt(AttemptState::Waiting).await.user_code.unwrap()
    }

    /// The sign-in, once it stands like this.
    pub(crate) async fn attempt(&self, state: AttemptState) -> Attempt {
        self.until(&format!("the sign-in is {state:?}"), || self.sign_in_state().unwrap().state == state).await;
        self.sign_in_state().unwrap()
    }

    /// Waits until the window was told of something that makes this true.
    pub(crate) async fn until(&self, what: &str, is_so: impl Fn() -> bool) {
        let mut listening = self.told.listen();
        let waiting = async {
            while !is_so() {
                listening.changed().await.unwrap();
            }
        };
        let state = || format!("{:?}", self.sign_in_state());
        assert!(tokio::time::timeout(DEADLINE, waiting).await.is_ok(), "not in time: {what}; {}", state());
    }

    /// Waits until the sandbox was asked this often.
    pub(crate) async fn until_asked(&self, what: &str, times: u64) {
        let waiting = async {
            let mut ticks = tokio::time::interval(Duration::from_millis(10));
            while self.program.count(what).await < times {
                ticks.tick().await;
            }
        };
        assert!(tokio::time::timeout(DEADLINE, waiting).await.is_ok(), "not asked in time: {what}");
    }

    /// Makes an account one of the person's own, which a start does not clear away.
    pub(crate) fn own(&self, account: AccountId) {
        let own = Account { sandbox: false, ..self.state(account).account };
        self.records.put_account(&own).unwrap();
    }

    pub(crate) fn state(&self, account: AccountId) -> AccountState {
        self.account_state(account).unwrap()
    }

    /// What a create without anything special asks for.
    pub(crate) fn wish(account: AccountId, name: &str) -> CreateKey {
        CreateKey {
            account,
            name: name.to_owned(),
            workspace: Some(PERSONAL.to_owned()),
            expires_on: None,
            utc_offset_minutes: 0,
            keep: true,
            allow_duplicate: false,
            environment: None,
            scopes: Vec::new(),
            rate_limit: None,
        }
    }

    /// Creates a key and closes its slot. With `keep` off its secret is gone from here.
    pub(crate) async fn create(&self, account: AccountId, name: &str, keep: bool) -> (ApiKey, Secret) {
        let wish = CreateKey { keep, ..Self::wish(account, name) };
        let key = self.create_key(wish).await.unwrap().key;
        let secret = self.secret(key.id).await;
        self.until("the workspace is confirmed", || self.known(key.id).workspace_confirmed).await;
        self.close_slot(true).unwrap();
        (self.known(key.id), secret)
    }

    /// Shows a secret, which is searched for at the end.
    pub(crate) async fn secret(&self, key: KeyId) -> Secret {
        let secret = self.reveal_secret(key).await.unwrap();
        self.secrets.lock().unwrap().push(secret.clone());
        secret
    }

    pub(crate) fn known(&self, id: KeyId) -> ApiKey {
        self.records.key(id).unwrap().unwrap()
    }

    pub(crate) fn named(&self, name: &str) -> Option<ApiKey> {
        self.records.keys().unwrap().into_iter().find(|key| key.name == name)
    }

    /// The journal, oldest first, without reading what it says.
    pub(crate) fn journal(&self) -> Vec<JournalEntry> {
        let mut lines = self.records.journal(None, 500).unwrap();
        lines.reverse();
        lines
    }

    pub(crate) fn lines(&self, kind: ActivityKind) -> Vec<Outcome> {
        self.journal().into_iter().filter(|line| line.kind == kind).map(|line| line.outcome).collect()
    }

    pub(crate) fn downloads(&self) -> PathBuf {
        self.folder.path().join("downloads")
    }

    pub(crate) fn records_file(&self) -> PathBuf {
        self.folder.path().join("data/records.db")
    }

    pub(crate) fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    pub(crate) fn written(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for folder in ["data", "downloads"] {
            for entry in std::fs::read_dir(self.folder.path().join(folder)).unwrap() {
                bytes.extend(std::fs::read(entry.unwrap().path()).unwrap_or_default());
            }
        }
        bytes
    }

    /// Nothing that was written, and nothing that is shown, holds a secret.
    fn search(&self) {
        let mut bytes = self.written();
        let shown = (
            self.records.journal(None, 500),
            self.accounts(),
            self.keys(),
            self.slot(),
            self.sign_in_state(),
            self.projects(),
        );
        bytes.extend(format!("{shown:?} {:?} {:?}", self.shown.notifications, self.dropped_keys()).into_bytes());
        let mut secrets = self.store.ever();
        secrets.extend(self.secrets.lock().unwrap().clone());
        assert!(!holds_a_secret(&bytes, &secrets), "a secret was written or shown");
    }
}

impl Drop for House {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.search();
        }
    }
}

/// Whether the bytes hold the start of a known secret beyond its visible head, its end, or any token
/// of the sandbox. A head of at most 16 characters may be shown, and what happens to stand behind it
/// may be the next character by chance; four more are not.
pub(crate) fn holds_a_secret(bytes: &[u8], known: &[Secret]) -> bool {
    // Compared only; a failure prints nothing of it.
    let part = |secret: &Secret| {
        let characters = secret.expose_secret().as_bytes();
        let (head, tail) = (20.min(characters.len()), characters.len().saturating_sub(12));
        contains(bytes, &characters[..head]) || contains(bytes, &characters[tail..])
    };
    known.iter().any(part) || contains(bytes, b"sandbox_access_") || contains(bytes, b"sandbox_refresh_")
}

fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    !wanted.is_empty() && bytes.windows(wanted.len()).any(|window| window == wanted)
}

pub(crate) fn reason<T: std::fmt::Debug>(result: Result<T, ServiceError>) -> Reason {
    result.expect_err("it should have failed").reason
}

pub(crate) fn field<T: std::fmt::Debug>(result: Result<T, ServiceError>) -> Option<&'static str> {
    result.expect_err("it should have failed").details.field
}

/// Saves what the official CLI keeps in its settings file.
pub(crate) fn save_cli_key(home: &Path, key: &str) {
    let folder = home.join(".basic-memory");
    std::fs::create_dir_all(&folder).unwrap();
    let settings = serde_json::json!({"cloud_api_key": key, "projects": {}});
    std::fs::write(folder.join("config.json"), settings.to_string()).unwrap();
}
