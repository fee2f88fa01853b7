//! Owns the proof that a secret leaves nothing behind: not in the memory of any process of the app, not in
//! a file but the keychain's own. Needs root, and fails without. Leaves out what answers hold (commands.rs).
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test's helper may fail the test")]

use serde_json::json;
use std::collections::BTreeSet;
use std::time::Duration;
use xtask::driver::wait_until;
use xtask::journey::{Hand, Journey, Verdict};
use xtask::memory::{Trace, Wanted, beginning_with, in_files, in_memory, processes_of};
use xtask::sandbox::BackDoor;
use xtask::stage::{Setting, Stage};

const SERVICE: &str = "app.latchkey.desktop";

/// Characters of a key's head that a service itself shows in lists.
const SHOWN: usize = 12;

/// Characters of chance in the sandbox's codes and tokens.
const CHANCE: usize = 43;

/// How long connections and threads may take to end.
const SETTLING: Duration = Duration::from_secs(15);

/// Traces in the app's processes: none, or those that stay.
async fn traces_that_stay(journey: &Journey, wanted: &[Wanted]) -> Vec<Trace> {
    let app = journey.window.process("latchkey").unwrap();
    let mut traces = Vec::new();
    wait_until(SETTLING, async || {
        traces = in_memory(&processes_of(app), wanted).unwrap();
        traces.is_empty().then_some(())
    })
    .await;
    traces
}

/// Traces in everything that was written: home, the app's folders, logs; the keychain's own files left out.
fn traces_in_files(journey: &Journey, wanted: &[Wanted]) -> Vec<Trace> {
    let folder = journey.stage.folder();
    in_files(folder, &[folder.join("data").join("keyrings")], wanted).unwrap()
}

fn told(traces: &[Trace]) -> String {
    traces.iter().map(Trace::to_string).collect::<Vec<_>>().join("\n")
}

/// The one kept key's secret, as the keychain has it. Asked of the keychain itself, so that it takes no
/// way through the app.
fn kept_key(journey: &Journey) -> String {
    let mut secrets = journey.stage.keyring_secrets(SERVICE);
    secrets.retain(|secret| secret.starts_with("bmc_"));
    assert_eq!(secrets.len(), 1, "one key was kept");
    secrets.remove(0)
}

async fn clear_the_clipboard_after_ten_seconds(journey: &Journey) {
    let app = journey.window.invoke("app_state", json!({})).await.unwrap().unwrap();
    let mut settings = app["settings"].clone();
    settings["clipboard_seconds"] = json!(10);
    journey.window.invoke("set_settings", json!({ "settings": settings })).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_key_that_was_created_kept_copied_and_revealed_leaves_no_trace() {
    let journey = Journey::signed_in(Setting::default(), Hand::Mouse).await.unwrap();
    clear_the_clipboard_after_ten_seconds(&journey).await;
    journey.create("leaves-no-trace", "30").await.unwrap();
    journey.press("secret-copy").await.unwrap();
    journey.window.says("receipt-copied", "Copied").await.unwrap();
    let wanted = [Wanted::new("the key", &kept_key(&journey), SHOWN)];

    let app = journey.window.process("latchkey").unwrap();
    let control = in_memory(&processes_of(app), &wanted).unwrap();
    assert!(!control.is_empty(), "the search cannot find the secret where it must be");

    journey.press("secret-done").await.unwrap();
    journey.window.gone("secret-dialog").await.unwrap();
    wait_until(Duration::from_secs(30), async || journey.stage.clipboard().is_none().then_some(()))
        .await
        .expect("the clipboard to be cleared");
    let left = traces_that_stay(&journey, &wanted).await;
    let written = traces_in_files(&journey, &wanted);
    println!("traces while the slot was full: {}; after: {}; in files: {}", control.len(), left.len(), written.len());
    assert!(left.is_empty(), "in memory\n{}", told(&left));
    assert!(written.is_empty(), "in files\n{}", told(&written));

    // On screen, letter by letter. The page is asked for their number alone: reading them through the
    // driver would make the very copies that are looked for.
    journey.open_drawer("leaves-no-trace").await.unwrap();
    journey.press("drawer-reveal").await.unwrap();
    let letters = "return document.querySelectorAll('[data-testid=drawer-secret-value] .letter').length";
    journey.window.holds("the letters to be shown", &format!("{letters} === 47")).await.unwrap();
    let shown = in_memory(&processes_of(app), &wanted).unwrap();
    journey.press("drawer-reveal").await.unwrap();
    journey.window.holds("the letters to be hidden", &format!("{letters} === 0")).await.unwrap();
    let left = traces_that_stay(&journey, &wanted).await;
    let in_pages = |traces: &[Trace]| traces.iter().filter(|trace| trace.holder.starts_with("WebKit")).count();
    println!("traces in the web view while revealed: {}; after: {}", in_pages(&shown), in_pages(&left));
    assert!(left.is_empty(), "after a reveal:\n{}", told(&left));

    // Only now that nothing is looked for any more: what was shown is the secret.
    journey.press("drawer-reveal").await.unwrap();
    journey.window.holds("the letters to be shown", &format!("{letters} === 47")).await.unwrap();
    let text = "return document.querySelector('[data-testid=drawer-secret-value]').textContent.trim()";
    let text = journey.window.run(text, vec![]).await.unwrap();
    assert!(text.as_str() == Some(&*kept_key(&journey)), "another secret is shown than the one that was kept");
}

#[tokio::test]
async fn a_sign_in_leaves_only_the_access_token_and_the_lock_not_even_that() {
    // So short that every call renews it; and by a code, which is the longer way with the more secrets.
    let arguments = "--access-token-seconds 30 --without loopback".to_owned();
    let setting = Setting { sandbox_arguments: arguments, ..Setting::default() };
    let mut journey = Journey::begin(Stage::set(setting).unwrap(), Hand::Mouse, None).await.unwrap();
    journey.open_sandbox().await.unwrap();
    let app = journey.window.process("latchkey").unwrap();
    let sandbox = journey.window.process("latchkey-sandbox").unwrap();
    // The sandbox does not zero what it was sent, so that it can be asked.
    let told_to_the_sandbox = async |head: &str| {
        let found = async || beginning_with(sandbox, head, CHANCE).unwrap().pop_first();
        let found = wait_until(Duration::from_secs(20), found).await.expect("the app to ask the sandbox");
        found[head.len()..].to_owned()
    };
    let codes = [
        Wanted::new("the device code", &told_to_the_sandbox("device_code=").await, 0),
        Wanted::new("the verifier", &told_to_the_sandbox("code_verifier=").await, 0),
    ];
    let control = in_memory(&processes_of(app), &codes).unwrap();
    assert!(control.len() >= 2, "the search cannot find the codes where they must be\n{}", told(&control));

    journey.sign_in(Verdict::Approve(1)).await.unwrap();
    journey.list().await.unwrap();
    journey.window.invoke("refresh_keys", json!({ "account": null })).await.unwrap().unwrap();
    journey.stands("Notes", "ok").await.unwrap();
    let all = |head: &str| beginning_with(sandbox, head, CHANCE).unwrap();
    let refresh_tokens = all("sandbox_refresh_");
    assert!(refresh_tokens.len() >= 2, "the refresh token was not renewed");
    let gone = [wanted("a refresh token", &refresh_tokens), codes.into()].into_iter().flatten().collect::<Vec<_>>();
    let left = traces_that_stay(&journey, &gone).await;
    assert!(left.is_empty(), "after the sign-in\n{}", told(&left));

    let access_tokens = all("sandbox_access_");
    let access = wanted("an access token", &access_tokens);
    let control = in_memory(&processes_of(app), &access).unwrap();
    assert!(!control.is_empty(), "the search cannot find the access token where it must be");
    journey.press("lock").await.unwrap();
    journey.window.find("lock-cover").await.unwrap();
    let everything = [access, gone].into_iter().flatten().collect::<Vec<_>>();
    let left = traces_that_stay(&journey, &everything).await;
    let written = traces_in_files(&journey, &everything);
    println!("traces of {} tokens and codes after the lock: {}", everything.len(), left.len());
    assert!(left.is_empty(), "after the lock\n{}", told(&left));
    assert!(written.is_empty(), "in files\n{}", told(&written));
}

#[tokio::test]
async fn a_sign_in_by_the_browser_alone_leaves_neither_code_nor_verifier_nor_state() {
    let arguments = "--access-token-seconds 30".to_owned();
    let setting = Setting { sandbox_arguments: arguments, ..Setting::default() };
    let mut journey = Journey::begin(Stage::set(setting).unwrap(), Hand::Mouse, None).await.unwrap();
    journey.open_sandbox().await.unwrap();
    let app = journey.window.process("latchkey").unwrap();
    let sandbox = journey.window.process("latchkey-sandbox").unwrap();
    let opened = async || journey.stage.opened().pop();
    let page = journey.window.until("the page to be opened", opened).await.unwrap();
    let state = page.split(['?', '&']).find_map(|pair| pair.strip_prefix("state=")).unwrap();
    let state = [Wanted::new("the state", state, 0)];
    let control = in_memory(&processes_of(app), &state).unwrap();
    assert!(!control.is_empty(), "the search cannot find the state while the browser is waited for");

    // The sandbox holds what it was sent while it lets the app wait for the answer.
    let all = |head: &str| beginning_with(sandbox, head, CHANCE).unwrap();
    let door = BackDoor::find(&journey.window).await.unwrap();
    let late =
        json!({ "path": "/oauth2/token", "method": "POST", "kind": "latency", "milliseconds": 6000, "times": 1 });
    door.add_fault(&late).unwrap();
    journey.decide(Verdict::Approve(1)).await.unwrap();
    let sent =
        async || Some([all("&code="), all("&code_verifier=")]).filter(|sent| sent.iter().all(|one| !one.is_empty()));
    let [codes, verifiers] = journey.window.until("the app to send code and verifier", sent).await.unwrap();
    let waited_for = [wanted("the code", &codes), wanted("the verifier", &verifiers)].concat();
    let control = in_memory(&processes_of(app), &waited_for).unwrap();
    for name in ["the code", "the verifier"] {
        assert!(control.iter().any(|trace| trace.name == name), "the search cannot find {name} where it must be");
    }
    journey.window.find("sign-in-done").await.unwrap();
    journey.press("sign-in-finish").await.unwrap();
    journey.list().await.unwrap();
    journey.window.invoke("refresh_keys", json!({ "account": null })).await.unwrap().unwrap();
    journey.stands("Notes", "ok").await.unwrap();
    let refresh_tokens = all("sandbox_refresh_");
    assert!(!refresh_tokens.is_empty(), "no refresh token was given");
    let secrets =
        [wanted("the code", &codes), wanted("the verifier", &verifiers), wanted("a refresh token", &refresh_tokens)]
            .concat();
    let left = traces_that_stay(&journey, &[secrets.clone(), state.to_vec()].concat()).await;
    assert!(left.is_empty(), "after the sign-in\n{}", told(&left));

    let access = wanted("an access token", &all("sandbox_access_"));
    let control = in_memory(&processes_of(app), &access).unwrap();
    assert!(!control.is_empty(), "the search cannot find the access token where it must be");
    journey.press("lock").await.unwrap();
    journey.window.find("lock-cover").await.unwrap();
    let secrets = [secrets, access].concat();
    let left = traces_that_stay(&journey, &[secrets.clone(), state.to_vec()].concat()).await;
    // The state is in the address that the stage's own browser shim wrote down, and nowhere a secret.
    let written = traces_in_files(&journey, &secrets);
    println!("traces of {} codes and tokens after the lock: {}", secrets.len(), left.len());
    assert!(left.is_empty(), "after the lock\n{}", told(&left));
    assert!(written.is_empty(), "in files\n{}", told(&written));
}

fn wanted(name: &str, tokens: &BTreeSet<String>) -> Vec<Wanted> {
    // What the sandbox writes before the part that is chance.
    tokens.iter().map(|token| Wanted::new(name, token, token.len() - CHANCE)).collect()
}
