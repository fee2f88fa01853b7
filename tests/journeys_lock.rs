//! Owns the lock as a person meets it, in the real window: after idleness, with the screen, before sleep,
//! and what happens to a secret that is saved nowhere, also when the app is asked to end.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test's helper may fail the test")]

use serde_json::{Value, json};
use std::process::Command;
use std::time::{Duration, Instant};
use xtask::driver::wait_until;
use xtask::journey::{Hand, Journey};
use xtask::processes;
use xtask::stage::Setting;
use zbus::blocking::{Connection, connection};

/// Another program on the stage's bus, under the name that is its due.
fn program_called(journey: &Journey, name: &str) -> Connection {
    connection::Builder::address(journey.stage.bus()).unwrap().name(name).unwrap().build().unwrap()
}

/// Says something until the app is locked: it may not listen yet when it is said first.
async fn until_locked(journey: &Journey, what: &str, say: impl Fn()) {
    let locked = wait_until(Duration::from_secs(20), async || {
        say();
        journey.window.has("lock-cover").await.then_some(())
    });
    assert!(locked.await.is_some(), "{what} did not lock the app");
}

/// A person who has just created a key and saved its secret nowhere.
async fn with_an_unsaved_secret(name: &str) -> Journey {
    let journey = Journey::signed_in(Setting::default(), Hand::Mouse).await.unwrap();
    journey.press("create-key").await.unwrap();
    journey.fill("create-name", name).await.unwrap();
    journey.press("create-keep").await.unwrap();
    journey.press("create-submit").await.unwrap();
    journey.window.find("secret-dialog").await.unwrap();
    journey
}

/// Nothing of the page can be read any more, by eye or by program.
async fn nothing_is_readable(journey: &Journey, names: &[&str]) {
    let page = journey.window.run("return document.documentElement.outerHTML", vec![]).await.unwrap();
    let page = page.as_str().unwrap();
    for word in names.iter().chain(&["sandbox.example", "bmc_", "Personal"]) {
        assert!(!page.contains(word), "the locked page holds “{word}”");
    }
    let focus = "return document.activeElement?.dataset.testid";
    let focused = journey.window.until("Unlock to have the focus", async || {
        (journey.window.run(focus, vec![]).await.ok()? == json!("unlock")).then_some(())
    });
    focused.await.unwrap();
    let controls = "return document.querySelectorAll('button, a, input, [tabindex]').length";
    assert_eq!(journey.window.run(controls, vec![]).await.unwrap(), json!(1), "more than one control");
}

#[tokio::test]
async fn the_screen_saver_and_sleep_lock_the_app_and_an_unsaved_secret_waits_behind_it() {
    let journey = with_an_unsaved_secret("waits-behind").await;
    journey.copy().await.unwrap();
    journey.press("secret-reveal").await.unwrap();
    let shown = "return document.documentElement.outerHTML.includes('bmc_')";
    journey.window.holds("the secret to be shown", shown).await.unwrap();

    let screen_saver = program_called(&journey, "org.gnome.ScreenSaver");
    let say = |active: bool| {
        let (path, name) = ("/org/gnome/ScreenSaver", "org.gnome.ScreenSaver");
        screen_saver.emit_signal(None::<&str>, path, name, "ActiveChanged", &(active,)).unwrap();
    };
    until_locked(&journey, "the screen saver", || say(true)).await;
    journey.window.says("lock-reason", "together with the screen").await.unwrap();
    journey.window.says("lock-secret", "A new secret waits for you").await.unwrap();
    nothing_is_readable(&journey, &["waits-behind"]).await;
    assert_eq!(journey.stage.clipboard(), None, "the copy is still in the clipboard");
    let refusal = journey.window.invoke("slot", json!({})).await.unwrap().unwrap_err();
    assert_eq!(refusal["code"], "locked");
    // The screen comes back; the app stays locked until it is unlocked itself.
    say(false);
    assert!(journey.window.has("lock-cover").await);
    journey.window.key('\u{e007}').await.unwrap();
    journey.window.find("secret-dialog").await.unwrap();
    journey.window.says("receipt-copied", "Cleared, copy again").await.unwrap();

    let system = program_called(&journey, "org.freedesktop.login1");
    let sleep = |path: &str, interface: &str, member: &str, begins: Option<bool>| {
        let none = None::<&str>;
        match begins {
            Some(begins) => system.emit_signal(none, path, interface, member, &(begins,)).unwrap(),
            None => system.emit_signal(none, path, interface, member, &()).unwrap(),
        }
    };
    let manager = ("/org/freedesktop/login1", "org.freedesktop.login1.Manager");
    until_locked(&journey, "sleep", || sleep(manager.0, manager.1, "PrepareForSleep", Some(true))).await;
    journey.window.says("lock-reason", "before the computer went to sleep").await.unwrap();
    journey.press("unlock").await.unwrap();
    journey.window.find("secret-dialog").await.unwrap();
    let session = ("/org/freedesktop/login1/session/_31", "org.freedesktop.login1.Session");
    until_locked(&journey, "the session", || sleep(session.0, session.1, "Lock", None)).await;
    journey.press("unlock").await.unwrap();
    journey.window.find("secret-dialog").await.unwrap();
}

#[tokio::test]
async fn the_app_locks_once_nobody_used_its_window_for_a_minute() {
    let journey = Journey::signed_in(Setting::default(), Hand::Mouse).await.unwrap();
    let app = journey.window.invoke("app_state", json!({})).await.unwrap().unwrap();
    let mut settings = app["settings"].clone();
    assert_eq!(settings["lock_after_minutes"], 10, "what holds until somebody chooses");
    settings["lock_after_minutes"] = json!(1);
    journey.window.invoke("set_settings", json!({ "settings": settings })).await.unwrap().unwrap();
    // The person is there for a while: each press begins the minute anew.
    let began = Instant::now();
    let mut last = began;
    while began.elapsed() < Duration::from_secs(20) {
        journey.search("laptop").await.unwrap();
        last = Instant::now();
        journey.search("").await.unwrap();
    }
    wait_until(Duration::from_secs(120), async || journey.window.has("lock-cover").await.then_some(()))
        .await
        .expect("the app to lock by itself");
    assert!(last.elapsed() >= Duration::from_secs(59), "locked {:?} after the last input", last.elapsed());
    journey.window.says("lock-reason", "after 1 minute without use").await.unwrap();
    nothing_is_readable(&journey, &["laptop"]).await;
}

#[tokio::test]
async fn a_locked_app_over_an_unsaved_secret_says_why_it_stays_and_asks_once_it_is_unlocked() {
    let journey = with_an_unsaved_secret("stays-open").await;
    let app = journey.window.process("latchkey").unwrap();
    let end = || assert!(Command::new("kill").args(["-TERM", &app.to_string()]).status().unwrap().success());
    let runs = || processes::runs(app);
    journey.window.shortcut('\u{e009}', 'l').await.unwrap();
    journey.window.find("lock-cover").await.unwrap();
    journey.stage.ask_to_close("Latchkey").unwrap();
    journey.window.says("lock-quit-asked", "Unlock to keep it, or to quit without it").await.unwrap();
    nothing_is_readable(&journey, &["stays-open"]).await;
    journey.press("unlock").await.unwrap();
    journey.window.says("quit-dialog", "stays-open").await.unwrap();
    journey.press("quit-back").await.unwrap();
    journey.window.find("secret-dialog").await.unwrap();
    // The system asks the app to end, and is asked back once.
    end();
    journey.window.find("quit-dialog").await.unwrap();
    assert!(runs(), "a first SIGTERM ended it without a question");
    end();
    wait_until(Duration::from_secs(15), async || (!runs()).then_some(())).await.expect("a second SIGTERM to end it");
}

#[tokio::test]
async fn a_locked_app_answers_no_command_but_its_state_and_unlock() {
    let journey = Journey::signed_in(Setting::default(), Hand::Mouse).await.unwrap();
    let source = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/src-tauri/permissions/commands.toml"));
    let source = source.unwrap();
    let commands: Vec<&str> =
        source.lines().filter_map(|line| line.trim().strip_prefix('"')?.strip_suffix("\",")).collect();
    assert!(commands.len() > 60, "{commands:?}");
    journey.press("lock").await.unwrap();
    journey.window.says("lock-reason", "Locked at").await.unwrap();
    for command in commands.into_iter().filter(|command| !["app_state", "unlock"].contains(command)) {
        let answer = journey.window.invoke(command, json!({})).await.unwrap();
        let refusal = answer.expect_err(command);
        assert_eq!(refusal["code"], "locked", "{command}: {refusal}");
    }
    let state = journey.window.invoke("app_state", json!({})).await.unwrap().unwrap();
    for named in ["accounts", "providers", "due"] {
        assert_eq!(state[named], json!([]), "{named} behind the lock");
    }
    assert_eq!((&state["unsaved"], &state["clipboard"]), (&Value::Null, &Value::Null));
    assert_eq!(state["due_count"], 0);
}
