//! Owns the proof that a Latchkey that is killed at any moment of its work loses, tears and doubles
//! nothing: the next start finds every record sound, says how each intended key stands, and no secret
//! is without its record. A failure names the seed's number and the moment, which repeat it.

use crate::file_store::FileStore;
use crate::kills_dwelling::{DONE, Dwelling, Moments, STANDS, say};
use crate::program::Program;
use latchkey_core::domain::{AccountId, ApiKey, KeptIn, KeyOrigin, ServiceStatus, SignIn};
use latchkey_core::services::{Reason, SandboxProgram as _};
use latchkey_core::vault::SecretName;
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

const TEST: &str = "kills::whoever_is_killed_at_any_moment_loses_tears_and_doubles_nothing";
/// Where a child finds its folder, and what it is told to do there.
const FOLDER: &str = "LATCHKEY_KILLS_FOLDER";
const ORDER: &str = "LATCHKEY_KILLS_ORDER";

const JOBS: [&str; 5] = ["create", "revoke", "sign-in", "refresh", "cache"];
/// For each job, shared by the workers.
const KILLS: usize = 46;
const WORKERS: u64 = 2;
/// Keys that the service has from the start, so that a list is more than one row.
const LISTED: usize = 60;
/// A key whose secret must outlive everything.
const ANCHOR: &str = "anchor";

/// A sequence that is the same for the same seed (SplitMix64).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % u64::try_from(limit).unwrap()).unwrap()
    }
}

fn wait<T>(work: impl Future<Output = T>) -> T {
    // One of its own each time: what it started ends with it, and lets go of the records.
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap().block_on(work)
}

#[allow(clippy::disallowed_methods)] // a test has no shell that hands it the environment
fn told(variable: &str) -> Option<String> {
    std::env::var(variable).ok()
}

/// A child: does its job until it is killed.
fn child(folder: &Path) {
    let order = told(ORDER).unwrap();
    let [job, name, fatal, stands] = order.split(' ').collect::<Vec<_>>().try_into().unwrap();
    let ready: Value = serde_json::from_slice(&std::fs::read(folder.join("ready.json")).unwrap()).unwrap();
    let program = Arc::new(Program::of_another(ready));
    let moments = Arc::new(Moments::with_fatal(fatal.parse().unwrap(), stands == "stands"));
    let dwelling = Dwelling::in_folder(folder, &program, &moments);
    wait(dwelling.work(job, name));
    say(&format!("{DONE}{}", moments.count()));
    // What runs on after the job, as the window's, is killed too.
    let _nothing = std::io::Read::read_exact(&mut std::io::stdin(), &mut [0]);
}

/// How often a refresh token was used up, and the kept one.
type Token = (u64, Option<Vec<u8>>);

/// How a child's life ended.
struct Death {
    finished: bool,
    moments: Option<usize>,
}

/// Lets a child do the job and kills it: where it stands, so long after its moment, or when it is done.
fn kill(folder: &Path, job: &str, name: &str, fatal: usize, delay: Option<Duration>) -> Death {
    let stands = if delay.is_none() { "stands" } else { "runs" };
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", TEST, "--nocapture", "--test-threads=1"])
        .env(FOLDER, folder)
        .env(ORDER, format!("{job} {name} {fatal} {stands}"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let first = said.find(|line| line == STANDS || line.starts_with(DONE));
    let first = first.unwrap_or_else(|| panic!("{job} ended by itself before moment {fatal}"));
    if let Some(delay) = delay {
        let until = Instant::now() + delay;
        while Instant::now() < until {
            std::hint::spin_loop();
        }
    }
    child.kill().unwrap();
    assert!(!child.wait().unwrap().success());
    let end = std::iter::once(first).chain(said).find(|line| line.starts_with(DONE));
    let moments = end.as_ref().map(|line| line.trim_start_matches(DONE).parse().unwrap());
    Death { finished: end.is_some(), moments }
}

/// One worker's folder, sandbox and account.
struct Place {
    folder: tempfile::TempDir,
    program: Arc<Program>,
    account: AccountId,
    /// Of every key of the service, however it stands.
    expected: usize,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let program = Arc::new(Program::new(&["--seed", &LISTED.to_string()]));
        wait(program.start()).unwrap();
        std::fs::write(folder.path().join("ready.json"), program.ready().to_string()).unwrap();
        let mut place = Self { folder, program, account: AccountId::random(), expected: LISTED + 1 };
        place.account = place.with(async |dwelling| {
            let account = dwelling.sign_in(None).await.unwrap();
            dwelling.services.refresh_workspaces(account).await.unwrap();
            dwelling.read(account).await;
            dwelling.create(account, ANCHOR).await;
            account
        });
        place
    }

    /// Starts Latchkey here, does something and ends it.
    fn with<T>(&self, work: impl AsyncFnOnce(&Dwelling) -> T) -> T {
        wait(async {
            let dwelling = Dwelling::in_folder(self.folder.path(), &self.program, &Arc::default());
            work(&dwelling).await
        })
    }

    /// Makes ready what a job needs.
    fn prepare(&mut self, job: &str, name: &str) {
        let account = self.account;
        self.with(async |dwelling| match job {
            "revoke" => dwelling.create(account, name).await,
            "sign-in" => drop(dwelling.services.sign_out(account).await.unwrap()),
            _ => {}
        });
        if job == "cache" {
            let listed = self.database().execute("DELETE FROM keys WHERE origin = 'listed'", []).unwrap();
            assert!(listed >= LISTED, "{listed}");
        }
        self.expected += usize::from(job == "revoke");
    }

    fn database(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.folder.path().join("data/records.db")).unwrap()
    }

    /// How often a refresh token was used up at the server, and the one that is kept here.
    fn token(&self) -> Token {
        let file = format!("keychain/account_{}_refresh-token", self.account);
        let kept = std::fs::read(self.folder.path().join(file)).ok();
        (wait(self.program.count("grant refresh_token")), kept)
    }

    /// What must hold after any death, before and after the next start.
    fn check(&mut self, job: &str, name: &str, death: &Death, token: &Token, said: &str) {
        let database = self.database();
        let sound: String = database.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
        assert_eq!(sound, "ok", "{said}");
        let rows: usize =
            database.query_row("SELECT count(*) FROM keys WHERE origin = 'listed'", [], |row| row.get(0)).unwrap();
        assert!(job != "cache" || rows == 0 || rows >= LISTED, "half a list ({rows} rows): {said}");
        drop(database);
        // Before the start asks for a token itself: one that was used up and died unstored is lost with
        // its answer, whoever holds it (RFC 9700 section 4.14.2).
        let now = self.token();
        let lost = now.0 > token.0 && now.1 == token.1;
        let (account, program) = (self.account, Arc::clone(&self.program));
        let made = self.with(async |dwelling| {
            let before = dwelling.records.accounts().unwrap();
            assert!(before.len() == 1 && before[0].id == account, "accounts: {said}");
            nothing_without_a_record(dwelling, said);
            dwelling.services.start().await.unwrap();
            let state = dwelling.services.account_state(account).unwrap();
            let needed = state.failure.is_some_and(|failure| failure.reason == Reason::SignInNeeded);
            if needed || state.account.sign_in != SignIn::SignedIn {
                assert!(job == "sign-in" || lost, "signed out: {said}");
                assert!(!death.finished, "signed out after it was done: {said}");
                assert_eq!(dwelling.sign_in(Some(account)).await, Some(account), "{said}");
                dwelling.read(account).await;
            }
            let failure = dwelling.services.account_state(account).unwrap().failure;
            assert!(failure.is_none(), "{failure:?}: {said}");
            assert!(dwelling.records.unanswered().unwrap().is_empty(), "left unresolved: {said}");
            nothing_without_a_record(dwelling, said);
            let keys = dwelling.records.keys().unwrap();
            let here: Vec<&ApiKey> = keys.iter().filter(|key| key.name == name).collect();
            let there = program.keys().await;
            let made = there.iter().filter(|key| key["name"] == name).collect::<Vec<_>>();
            assert!(made.len() <= 1, "doubled at the service: {said}");
            assert_eq!(here.len(), made.len(), "here and at the service: {said}");
            if job == "create" || job == "revoke" {
                settled(&dwelling.store, here.first().copied(), made.first().copied(), job, death, said);
            }
            let anchor = keys.iter().find(|key| key.name == ANCHOR).unwrap();
            assert!(dwelling.store.holds(SecretName::Key(anchor.id)), "another key's secret is gone: {said}");
            assert_eq!(keys.len(), there.len(), "{said}");
            made.len()
        });
        self.expected += if job == "create" { made } else { 0 };
        let keys = self.with(async |dwelling| dwelling.records.keys().unwrap().len());
        assert_eq!(keys, self.expected, "{said}");
    }
}

/// No secret is without its record.
fn nothing_without_a_record(dwelling: &Dwelling, said: &str) {
    let keys = dwelling.records.keys().unwrap();
    let accounts = dwelling.records.accounts().unwrap();
    for item in dwelling.store.items() {
        let named = |name: SecretName| name.to_string().replace('/', "_") == item;
        let known = keys.iter().any(|key| named(SecretName::Key(key.id)))
            || accounts.iter().any(|account| named(SecretName::RefreshToken(account.id)))
            || named(SecretName::Probe);
        assert!(known, "a secret without its record: {said}");
    }
}

/// What is said of the key is what it is.
fn settled(store: &FileStore, here: Option<&ApiKey>, there: Option<&Value>, job: &str, death: &Death, said: &str) {
    let (Some(here), Some(there)) = (here, there) else {
        assert!(!death.finished && job == "create", "lost: {said}");
        return;
    };
    let held = store.holds(SecretName::Key(here.id));
    let revoked = matches!(here.service_status, ServiceStatus::Revoked(_));
    assert_eq!(revoked, there["status"] == "revoked", "{said}");
    if job == "revoke" {
        assert!(revoked || (held && here.kept == KeptIn::Keychain && !death.finished), "{said}");
        assert!(!death.finished || !held, "the secret of a revoked key stayed: {said}");
    } else if held {
        assert!(here.kept == KeptIn::Keychain && here.origin == KeyOrigin::Created, "{said}");
    } else {
        // Its end is said: it exists, and its secret is gone.
        assert!(here.kept == KeptIn::Nowhere && here.origin == KeyOrigin::Intended, "{said}");
        assert!(!death.finished, "a kept secret is gone: {said}");
    }
}

/// Kills its share of every job. Answers how many died in the middle of each.
fn worker(seed: u64) -> BTreeMap<&'static str, (usize, usize)> {
    let mut numbers = Numbers(seed);
    let mut place = Place::new();
    let mut deaths = BTreeMap::new();
    for job in JOBS {
        place.prepare(job, &format!("{job}-whole"));
        let token = place.token();
        let whole = kill(place.folder.path(), job, &format!("{job}-whole"), 0, None);
        let length = whole.moments.expect("the job to come to its end");
        place.check(job, &format!("{job}-whole"), &whole, &token, &format!("{job}, not killed"));
        let share = KILLS / usize::try_from(WORKERS).unwrap();
        for round in 0..share {
            let name = format!("{job}-{round}");
            let fatal = 1 + numbers.below(length);
            // Every third runs on for up to half a millisecond, to die within a write as well.
            let delay = (round % 3 == 2).then(|| Duration::from_micros(u64::try_from(numbers.below(500)).unwrap()));
            let said = format!("{job} {round} of seed {seed}, killed at moment {fatal} of {length} ({delay:?})");
            place.prepare(job, &name);
            let token = place.token();
            let death = kill(place.folder.path(), job, &name, fatal, delay);
            place.check(job, &name, &death, &token, &said);
            let (middle, all) = deaths.entry(job).or_insert((0, 0));
            *middle += usize::from(!death.finished);
            *all += 1;
        }
    }
    deaths
}

#[test]
fn whoever_is_killed_at_any_moment_loses_tears_and_doubles_nothing() {
    if let Some(folder) = told(FOLDER) {
        return child(Path::new(&folder));
    }
    let workers: Vec<_> = (1..=WORKERS).map(|seed| std::thread::spawn(move || worker(seed))).collect();
    let mut total = BTreeMap::<&str, (usize, usize)>::new();
    for worker in workers {
        for (job, (middle, all)) in worker.join().unwrap() {
            let sum = total.entry(job).or_default();
            *sum = (sum.0 + middle, sum.1 + all);
        }
    }
    for (job, (middle, all)) in &total {
        println!("{job}: {middle} of {all} were killed in the middle");
    }
    assert!(total.values().map(|(middle, _)| middle).sum::<usize>() >= 200, "{total:?}");
    assert!(total.values().all(|(middle, all)| 2 * middle >= *all), "{total:?}");
}
