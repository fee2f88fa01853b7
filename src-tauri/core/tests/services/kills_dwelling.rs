//! Owns a Latchkey that is killed: real use cases over files that outlive it, what it does when it is
//! told to, and the moments at which it dies.

use crate::desktop::{Board, Installed, MovedClock, Opened, Picker, Shown, Told};
use crate::file_store::FileStore;
use crate::house::House;
use crate::program::Program;
use chrono::{DateTime, Utc};
use latchkey_core::clock::Clock;
use latchkey_core::domain::{AccountId, ProviderId};
use latchkey_core::providers::Registry;
use latchkey_core::records::Records;
use latchkey_core::services::{
    AttemptState, CreateKey, Desktop, EditedServers, Parts, Services, Surroundings, Topic, Window,
};
use latchkey_core::vault::Vault;
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// What a child says once it stands at its moment.
pub(crate) const STANDS: &str = "stands at its moment";
/// What it says when it came to the end of its job, with the number of its moments.
pub(crate) const DONE: &str = "done after moments:";

/// Counts the moments of a job: whenever it reads the clock, tells the window or touches the keychain.
/// Between two of them lie its requests and its writes to the records.
#[derive(Default)]
pub(crate) struct Moments {
    reached: AtomicUsize,
    /// Zero is none.
    fatal: usize,
    /// Whether it stands still there, or runs on until it dies.
    stands: bool,
}

impl Moments {
    pub(crate) fn with_fatal(fatal: usize, stands: bool) -> Self {
        Self { reached: AtomicUsize::default(), fatal, stands }
    }

    pub(crate) fn count(&self) -> usize {
        self.reached.load(Ordering::SeqCst)
    }

    pub(crate) fn reach(&self) {
        if self.reached.fetch_add(1, Ordering::SeqCst) + 1 == self.fatal {
            say(STANDS);
            if self.stands {
                // Nobody answers; the parent kills.
                let _nothing = std::io::stdin().read_exact(&mut [0]);
            }
        }
    }
}

pub(crate) fn say(words: &str) {
    let mut out = std::io::stdout();
    writeln!(out, "\n{words}").unwrap();
    out.flush().unwrap();
}

struct WatchedClock(Arc<MovedClock>, Arc<Moments>);

impl Clock for WatchedClock {
    fn now(&self) -> DateTime<Utc> {
        self.1.reach();
        self.0.now()
    }
}

struct WatchedWindow(Arc<Told>, Arc<Moments>);

impl Window for WatchedWindow {
    fn changed(&self, topic: Topic) {
        self.1.reach();
        self.0.changed(topic);
    }
}

pub(crate) struct Dwelling {
    pub(crate) services: Services,
    pub(crate) records: Records,
    pub(crate) store: Arc<FileStore>,
    pub(crate) program: Arc<Program>,
    told: Arc<Told>,
    browser: Arc<Opened>,
    clock: Arc<MovedClock>,
}

impl Dwelling {
    /// Over what an earlier one left in this folder.
    pub(crate) fn in_folder(folder: &Path, program: &Arc<Program>, moments: &Arc<Moments>) -> Self {
        let records = Records::open(&folder.join("data/records.db")).unwrap();
        let store = Arc::new(FileStore::new(&folder.join("keychain"), Arc::clone(moments)));
        let (told, browser, clock) = (Arc::<Told>::default(), Arc::<Opened>::default(), Arc::<MovedClock>::default());
        let services = Services::new(Parts {
            records: records.clone(),
            providers: Registry::built_in(),
            vault: Vault::new(store.clone()),
            http: program.http.clone(),
            clock: Arc::new(WatchedClock(clock.clone(), Arc::clone(moments))),
            desktop: Desktop {
                notifier: Arc::<Shown>::default(),
                downloads: None,
                computer: "desk".to_owned(),
                window: Arc::new(WatchedWindow(told.clone(), Arc::clone(moments))),
                browser: browser.clone(),
                clipboard: Arc::<Board>::default(),
                sandbox: program.clone(),
                files: Arc::<Picker>::default(),
                cli: Arc::<Installed>::default(),
            },
            surroundings: Surroundings { home: folder.join("home"), ..Surroundings::default() },
        });
        Self { services, records, store, program: Arc::clone(program), told, browser, clock }
    }

    /// Signs in; the person approves while the page opens.
    pub(crate) async fn sign_in(&self, account: Option<AccountId>) -> Option<AccountId> {
        let (program, clock) = (self.program.clone(), self.clock.clone());
        *self.browser.then.lock().unwrap() = Some(Box::new(move |page| {
            let code = page.query_pairs().find(|(name, _)| name == "user_code").unwrap().1.into_owned();
            program.approve_at_once(&code, 1);
            // Over the second before the first question.
            clock.advance(1);
        }));
        let mut listening = self.told.listen();
        let servers = self.program.servers();
        let authorization = self.program.authorization();
        let servers = EditedServers {
            host: servers.host.to_string(),
            authorization_server: authorization.server.to_string(),
            client_id: authorization.client_id,
            loopback: false,
        };
        self.services.start_sign_in(ProviderId::BASIC_MEMORY, account, Some(servers)).await.unwrap();
        let ended = |state| matches!(state, AttemptState::Done | AttemptState::Failed | AttemptState::Expired);
        let waiting = async {
            while !self.services.sign_in_state().is_some_and(|attempt| ended(attempt.state)) {
                listening.changed().await.unwrap();
            }
        };
        tokio::time::timeout(Duration::from_secs(20), waiting).await.expect("the sign-in to end");
        self.services.sign_in_state().unwrap().done_account
    }

    /// Reads the list, also where a sign-in reads it by itself just then.
    pub(crate) async fn read(&self, account: AccountId) {
        let mut listening = self.told.listen();
        loop {
            self.services.refresh_keys(Some(account)).await.unwrap();
            if !self.services.account_state(account).unwrap().checking {
                return;
            }
            listening.changed().await.unwrap();
        }
    }

    /// Creates a key with its secret in the keychain.
    pub(crate) async fn create(&self, account: AccountId, name: &str) {
        self.services.create_key(CreateKey { keep: true, ..House::wish(account, name) }).await.unwrap();
        self.services.close_slot(true).unwrap();
    }

    /// What a child does until it is killed.
    pub(crate) async fn work(&self, job: &str, name: &str) {
        let account = self.records.accounts().unwrap()[0].id;
        let named = || self.records.keys().unwrap().into_iter().find(|key| key.name == name).unwrap().id;
        match job {
            "create" => self.create(account, name).await,
            "revoke" => {
                assert!(self.services.revoke_key(named(), Some(name), false).await.unwrap().revoked);
            }
            "sign-in" => assert!(self.sign_in(Some(account)).await.is_some()),
            "refresh" => drop(self.services.refresh_workspaces(account).await.unwrap()),
            _ => self.services.refresh_keys(Some(account)).await.unwrap(),
        }
    }
}
