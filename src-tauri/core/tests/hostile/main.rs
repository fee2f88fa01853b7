//! Owns the fuzzed server: thousands of answers, each a recorded one that something was done to, for
//! every call that Latchkey makes. Whatever comes, a call ends in time with an answer or a typed error,
//! asks nobody else, asks no more often than is safe, and says nothing of the credential.
//!
//! `LATCHKEY_HOSTILE_SEED` chooses another run, `LATCHKEY_HOSTILE_CASES` a longer one, and
//! `LATCHKEY_HOSTILE_CASE` repeats a single case and shows what was answered.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking

mod answers;
mod calls;
mod mutations;
mod numbers;
#[path = "../small_server/mod.rs"]
mod small_server;
mod trap;

use answers::Fixtures;
use calls::{CALLS, Outcome, SIGN_IN_CALLS};
use futures::StreamExt as _;
use latchkey_core::domain::Secret;
use latchkey_core::http::Http;
use latchkey_core::providers::{Provider, Registry};
use mutations::{sound, worsened};
use numbers::Numbers;
use small_server::{Reply, SmallServer};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use trap::Trap;

/// The run of every check.
const SEED: u64 = 0x1a7c_4e55;
const CASES: u64 = 6000;
/// So many cases are under way at once.
const AT_ONCE: usize = 24;
/// How long the client waits for a whole answer here, so that what hangs does so for a moment only.
const PATIENCE: Duration = Duration::from_millis(400);
/// No case takes longer, however busy the computer is.
const LONGEST: Duration = Duration::from_secs(60);
/// The largest answer that is read is 4 MiB; this many at once, and the rest of the program.
#[cfg(target_os = "linux")]
const MOST_MEMORY: u64 = (AT_ONCE as u64) * 2 * (6 << 20) + (200 << 20);

/// Everybody who is asked, with their recorded answers.
struct World {
    services: Vec<(&'static dyn Provider, Fixtures)>,
    http: Http,
    trap: Trap,
    shows: bool,
}

/// What one case was and came to.
struct Case {
    number: u64,
    what: String,
    kind: String,
    trouble: Option<String>,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whatever_a_server_answers_a_call_ends_with_an_answer_or_an_error_and_tells_nobody() {
    let seed = number("LATCHKEY_HOSTILE_SEED").unwrap_or(SEED);
    let cases = match number("LATCHKEY_HOSTILE_CASE") {
        Some(one) => one..one + 1,
        None => 0..number("LATCHKEY_HOSTILE_CASES").unwrap_or(CASES),
    };
    println!("LATCHKEY_HOSTILE_SEED={seed}, cases {cases:?}");
    let services = ["basic-memory", "memory-api", "memory-os", "memory-kit"]
        .map(|name| (Registry::built_in().find(name.parse().unwrap()).unwrap(), Fixtures::of(name)));
    let all = cases.end - cases.start;
    let http = Http::patient_for(PATIENCE).unwrap();
    let world = Arc::new(World { services: services.into(), http, trap: Trap::set().await, shows: all == 1 });
    let runs = futures::stream::iter(cases.map(|number| {
        let world = Arc::clone(&world);
        async move { within_limits(world, seed, number).await }
    }));
    let ended: Vec<Case> = runs.buffer_unordered(AT_ONCE).collect().await;

    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for case in &ended {
        *kinds.entry(&case.kind).or_default() += 1;
    }
    println!("{all} cases: {kinds:?}");
    let troubled: Vec<String> = ended
        .iter()
        .filter_map(|case| case.trouble.as_ref().map(|why| format!("case {} ({}): {why}", case.number, case.what)))
        .collect();
    assert!(troubled.is_empty(), "seed {seed}; {} of {all}:\n{}", troubled.len(), troubled.join("\n"));
    assert_eq!(world.trap.caught(), 0, "seed {seed}: somebody connected to another host");
    #[cfg(target_os = "linux")]
    assert!(peak_memory() < MOST_MEMORY, "seed {seed}: {} bytes of memory at most", peak_memory());
    if all >= 5000 {
        // Cases that all fail at the first byte would prove little.
        let often = |kind: &str| kinds.get(kind).copied().unwrap_or_default() >= 20;
        for kind in ["ok", "Http", "NotUnderstood", "Refused", "Failed", "RateLimited", "Redirected", "Unavailable"] {
            assert!(often(kind), "{kind} hardly came up: {kinds:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_is_sound_but_longer_than_the_limit_is_read_nowhere() {
    let http = Http::patient_for(LONGEST).unwrap();
    for service in ["basic-memory", "memory-api", "memory-os", "memory-kit"] {
        let provider = Registry::built_in().find(service.parse().unwrap()).unwrap();
        let prefix = provider.description().key_prefixes[0];
        let secret = Secret::new(format!("{prefix}Qv4mWnR8sLkP2xYtHc7uJ0dZaTravellerEXAMPLE"));
        // The first recorded answer that is taken as it is; some services have one way in alone.
        let mut taken = None;
        for (call, number) in
            ["list", "usage", "test", "probe"].into_iter().flat_map(|call| (0..40).map(move |at| (call, at)))
        {
            let fixtures = Fixtures::of(service);
            let answer = fixtures.answer(calls::fitting(call), &mut Numbers::of(SEED, number));
            if asked_with(provider, call, &http, &secret, &fixtures, &answer).await == "ok" {
                taken = Some((call, fixtures, answer));
                break;
            }
        }
        let Some((call, fixtures, mut answer)) = taken else { panic!("{service} takes no recorded answer") };
        // White space after JSON changes nothing of what it says.
        let mut bytes = answer.body.bytes();
        bytes.resize(bytes.len() + (5 << 20), b' ');
        answer.body = answers::Body::Bytes(bytes);
        assert_ne!(asked_with(provider, call, &http, &secret, &fixtures, &answer).await, "ok", "{service}, {call}");
    }
}

/// The kind of what comes of a call that is always answered so.
async fn asked_with(
    provider: &dyn Provider,
    call: &str,
    http: &Http,
    secret: &Secret,
    fixtures: &Fixtures,
    answer: &answers::Answer,
) -> String {
    let reply = answer.clone();
    let server = SmallServer::start(move |_| sound(&reply)).await;
    let host = server.base.join(&fixtures.base).unwrap();
    calls::ask_service(provider, call, http, &host, secret, "key_1").await.kind
}

/// One case, ended if it does not end, and told if it panics.
async fn within_limits(world: Arc<World>, seed: u64, number: u64) -> Case {
    let case = tokio::spawn(run(world, seed, number));
    let ending = case.abort_handle();
    let trouble = match tokio::time::timeout(LONGEST, case).await {
        Ok(Ok(case)) => return case,
        Ok(Err(panicked)) => format!("it panicked: {panicked}"),
        Err(_) => "it hangs".to_owned(),
    };
    ending.abort();
    Case { number, what: "?".to_owned(), kind: "none".to_owned(), trouble: Some(trouble) }
}

async fn run(world: Arc<World>, seed: u64, number: u64) -> Case {
    let mut numbers = Numbers::of(seed, number);
    if numbers.once_in(4) {
        return sign_in_case(&world, number, numbers).await;
    }
    let at = numbers.below(world.services.len());
    let call = *numbers.one(CALLS);
    let (provider, _) = &world.services[at];
    let provider = *provider;
    let prefix = provider.description().key_prefixes[0];
    let credential = format!("{prefix}x{number:06}Qv4mWnR8sLkP2xYtHc7uJ0dZaTravellerEXAMPLE");
    let strange_id = answers::strange(&mut numbers).as_str().unwrap_or("..").to_owned();
    // The first answer is sometimes sound, so that what comes after it is reached.
    let first_is_sound = numbers.once_in(6);
    let (shared, heard, shows, mut asked) = (Arc::clone(&world), credential.clone(), world.shows, 0);
    let server = SmallServer::start(move |_| {
        let answer = shared.services[at].1.answer(calls::fitting(call), &mut numbers);
        asked += 1;
        let plain = asked == 1 && first_is_sound;
        shown(shows, if plain { sound(&answer) } else { worsened(answer, &heard, &shared.trap.base, &mut numbers) })
    })
    .await;
    let fixtures = &world.services[at].1;
    let host = server.base.join(&fixtures.base).unwrap();
    let secret = Secret::new(credential.clone());
    let outcome = calls::ask_service(provider, call, &world.http, &host, &secret, &strange_id).await;
    let authority = format!("{}:{}", server.base.host_str().unwrap(), server.base.port().unwrap());
    let asked = server.asked();
    let wrong = asked.iter().find_map(|asked| calls::misbehaved(asked, fixtures, &credential, &authority));
    let creates = asked.iter().filter(|asked| asked.method == "POST").count();
    let trouble = wrong
        .map(str::to_owned)
        .or_else(|| said(&outcome, &credential[prefix.len()..]))
        .or_else(|| too_often(asked.len(), call))
        .or_else(|| (call == "create" && creates > 1).then(|| "it was created twice".to_owned()));
    Case { number, what: format!("{}, {call}", provider.description().name), kind: outcome.kind, trouble }
}

async fn sign_in_case(world: &Arc<World>, number: u64, mut numbers: Numbers) -> Case {
    let call = *numbers.one(SIGN_IN_CALLS);
    let token = format!("refresh{number:06}Qv4mWnR8sLkP2xYtHc7uJ0dZaTravellerEXAMPLE");
    let (shared, heard, shows) = (Arc::clone(world), token.clone(), world.shows);
    let server = SmallServer::start(move |asked| {
        let base = format!("http://{}/", asked.header("host").unwrap_or("127.0.0.1:1")).parse().unwrap();
        let kind = match asked.target.as_str() {
            "/device" | "/oauth2/device_authorization" => "start",
            "/token" | "/oauth2/token" => "token",
            "/revoke" => "revoke",
            _ => "discover",
        };
        let answer = answers::of_authorization(kind, &base, &shared.trap.base, &mut numbers);
        let plain = numbers.once_in(3);
        shown(shows, if plain { sound(&answer) } else { worsened(answer, &heard, &shared.trap.base, &mut numbers) })
    })
    .await;
    let secret = Secret::new(token.clone());
    let outcome = calls::ask_authorization(call, &world.http, &server.base, &secret).await;
    let asked = server.asked();
    let sent = asked.iter().filter(|asked| asked.body.windows(token.len()).any(|run| run == token.as_bytes())).count();
    let trouble = said(&outcome, &token)
        .or_else(|| too_often(asked.len(), call))
        // A refresh token that is sent twice ends the sign-in where they are rotated.
        .or_else(|| (sent > 1).then(|| "the refresh token was sent twice".to_owned()));
    Case { number, what: format!("authorization server, {call}"), kind: outcome.kind, trouble }
}

#[allow(clippy::print_stdout)] // who repeats a case wants to see it
fn shown(shows: bool, reply: Reply) -> Reply {
    if shows {
        let text = format!("{reply:?}");
        println!("answered: {}", text.chars().take(4000).collect::<String>());
    }
    reply
}

/// Whether an error says any twelve characters of the credential in a row.
fn said(outcome: &Outcome, credential: &str) -> Option<String> {
    let words = outcome.words.to_lowercase();
    let credential = credential.to_lowercase();
    let runs = credential.as_bytes().windows(12).map(|run| std::str::from_utf8(run).unwrap());
    let found = runs.into_iter().any(|run| words.contains(run));
    found.then(|| format!("the error says the credential: {}", outcome.words.chars().take(600).collect::<String>()))
}

fn too_often(asked: usize, call: &str) -> Option<String> {
    (asked > calls::most_requests(call)).then(|| format!("{asked} requests"))
}

#[allow(clippy::disallowed_methods)] // the one who repeats a case says which
fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|text| text.parse().ok())
}

/// The most memory that this program held at any time (`proc_pid_status(5)`, `VmHWM`).
#[cfg(target_os = "linux")]
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").trim().parse::<u64>().unwrap() * 1024
}

#[test]
fn a_credential_in_an_error_is_found_in_whatever_case_it_is_written() {
    let outcome = Outcome { kind: String::new(), words: "host: qv4mwnr8slkp2.example".to_owned() };
    assert!(said(&outcome, "Qv4mWnR8sLkP2xYt").is_some());
    assert!(said(&outcome, "anotherOneAltogether").is_none());
}
