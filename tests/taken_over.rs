//! Owns what a web view could do that somebody has taken over: a script in the page calls every command of
//! the border and of Tauri with whatever it likes, and tries every way out that a page has. It gets no
//! secret, reads and writes no file, and reaches no host.
//!
//! What it can do all the same is in SECURITY.md: what the person's own hand can do in the window.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test's helper may fail the test")]

#[path = "taken_over/borders.rs"]
mod borders;
#[path = "commands/leaks.rs"]
mod leaks;
#[path = "taken_over/outside.rs"]
mod outside;

use borders::{commands, plugin_commands};
use leaks::leaked;
use outside::{Listener, files_below};
use serde_json::{Value, json};
use xtask::journey::{Hand, Journey, Verdict};
use xtask::stage::{Setting, Stage};

/// Secrets of others on this computer, and one in the clipboard.
const PRIVATE_KEY: &str = "privateKeyOfThisPersonThatNoWindowMayEverReadEXAMPLE";
const CLI_KEY: &str = "bmc_keptByTheOtherProgramInItsFileOnThisDiskEXAMPLE";

/// The configuration of the Basic Memory CLI, below the stage's folder.
const CLI_CONFIG: &str = "config/basic-memory/config.json";

/// Stands for a text of a million characters, which is made in the page.
const LONG: &str = "a million characters";

/// Calls one command with each of the arguments, one after the other, and answers all that came back. What
/// waits for a person is given up: nobody is there.
const CALL_EACH: &str = "
    const [command, all, done] = arguments;
    (async () => {
      const answers = [];
      const long = 'x'.repeat(1 << 20);
      const grown = (one) => JSON.parse(JSON.stringify(one).replaceAll('a million characters', long));
      let patience = 2000;
      for (const one of all) {
        const waited = new Promise((resolve) => setTimeout(() => { patience = 100; resolve('no answer'); }, patience));
        const called = Promise.resolve()
          .then(() => window.__TAURI_INTERNALS__.invoke(command, grown(one)))
          .then((value) => JSON.stringify({ value: value ?? null }), (error) => JSON.stringify({ error: error ?? null }));
        answers.push(await Promise.race([called, waited]));
      }
      return [answers.length, ...new Set(answers)];
    })().then(done, (error) => done([String(error)]));";

/// Every way out of a page. Each says what became of it; what matters is who hears of it outside.
const WAYS_OUT: &str = r#"
    const [base, done] = arguments;
    const at = (name) => base + name;
    const socket = base.replace('http', 'ws');
    const ways = {
      fetch: () => fetch(at('fetch')),
      post: () => fetch(at('post'), { method: 'POST', mode: 'no-cors', body: 'x' }),
      xhr: () => new Promise((resolve, reject) => {
        const request = new XMLHttpRequest();
        request.onload = resolve; request.onerror = () => reject(new Error('error'));
        request.open('GET', at('xhr')); request.send();
      }),
      beacon: async () => { if (!navigator.sendBeacon(at('beacon'), 'x')) throw new Error('refused'); },
      websocket: () => new Promise((resolve, reject) => {
        const one = new WebSocket(socket + 'ws'); one.onopen = resolve; one.onerror = () => reject(new Error('error'));
      }),
      events: () => new Promise((resolve, reject) => {
        const one = new EventSource(at('events')); one.onopen = resolve; one.onerror = () => reject(new Error('error'));
      }),
      module: () => import(at('module.js')),
      worker: async () => new Worker(URL.createObjectURL(new Blob([`fetch('${at('worker')}')`]))),
      evaluated: async () => new Function(`return fetch('${at('evaluated')}')`)(),
      serviceWorker: () => navigator.serviceWorker.register(at('service-worker.js')),
      popup: async () => { if (window.open(at('popup')) === null) throw new Error('refused'); },
    };
    for (const [tag, property] of [
      ['img', 'src'], ['script', 'src'], ['iframe', 'src'], ['embed', 'src'], ['object', 'data'], ['video', 'src'],
      ['audio', 'src'], ['track', 'src'], ['input', 'src'],
    ]) {
      ways[tag] = () => new Promise((resolve, reject) => {
        const element = document.createElement(tag);
        if (tag === 'input') element.type = 'image';
        element.onload = resolve; element.onerror = () => reject(new Error('error'));
        element[property] = at(tag);
        document.body.append(element);
      });
    }
    for (const relation of ['stylesheet', 'prefetch', 'preload', 'preconnect', 'dns-prefetch', 'icon', 'manifest']) {
      ways[relation] = async () => {
        const link = document.createElement('link');
        link.rel = relation; link.href = at(relation); link.as = 'image';
        document.head.append(link);
      };
    }
    ways.style = async () => {
      const style = document.createElement('style');
      style.textContent = `@import url(${at('import')}); body { background: url(${at('background')}) }`;
      document.head.append(style);
      document.body.setAttribute('style', `background: url(${at('inline')})`);
    };
    ways.form = async () => {
      const form = document.createElement('form');
      form.action = at('form'); form.method = 'post';
      document.body.append(form); form.submit();
    };
    ways.frame = async () => {
      const frame = document.createElement('iframe');
      frame.srcdoc = `<img src="${at('srcdoc')}">`;
      document.body.append(frame);
    };
    ways.base = async () => {
      const element = document.createElement('base');
      element.href = base; document.head.prepend(element);
      const image = new Image(); image.src = 'by-base.png';
    };
    ways.meta = async () => {
      const element = document.createElement('meta');
      element.httpEquiv = 'refresh'; element.content = `0; url=${at('meta')}`;
      document.head.append(element);
    };
    ways.peer = async () => {
      const peer = new RTCPeerConnection({ iceServers: [{ urls: `stun:${new URL(base).host}` }] });
      peer.createDataChannel('x'); await peer.setLocalDescription(await peer.createOffer());
    };
    (async () => {
      const became = {};
      for (const [name, way] of Object.entries(ways)) {
        const waited = new Promise((resolve) => setTimeout(() => resolve('nothing'), 700));
        const tried = Promise.resolve().then(way).then(() => 'done', (error) => String(error));
        became[name] = await Promise.race([tried, waited]);
      }
      return became;
    })().then(done, (error) => done({ failed: String(error) }));"#;

/// Whether the CLI's configuration holds what it held, with or without its key.
fn holds_its_own_alone(text: &[u8]) -> bool {
    let config: Value = serde_json::from_slice(text).unwrap_or_default();
    let key = &config["cloud_api_key"];
    config["projects"] == json!({})
        && (key.is_null() || key == CLI_KEY)
        && config.as_object().map_or(0, serde_json::Map::len) == 2
}

async fn begun() -> (Journey, Vec<String>) {
    let mut stage = Stage::set(Setting { sandbox_arguments: "--seed 1".to_owned(), ..Setting::default() }).unwrap();
    std::fs::create_dir_all(stage.home().join(".ssh")).unwrap();
    std::fs::write(stage.home().join(".ssh/id_ed25519"), PRIVATE_KEY).unwrap();
    let folder = stage.folder().join("config").join("basic-memory");
    std::fs::create_dir_all(&folder).unwrap();
    let config = json!({ "cloud_api_key": CLI_KEY, "projects": {} });
    std::fs::write(folder.join("config.json"), config.to_string()).unwrap();
    stage.put_on_clipboard(PRIVATE_KEY).unwrap();
    let mut journey = Journey::begin(stage, Hand::Mouse, None).await.unwrap();
    journey.open_sandbox().await.unwrap();
    journey.sign_in(Verdict::Approve(1)).await.unwrap();
    journey.create("first", "30").await.unwrap();
    let secret = journey.copy().await.unwrap();
    journey.done("first", &secret).await.unwrap();
    let mut secrets = vec![PRIVATE_KEY.to_owned(), CLI_KEY.to_owned(), secret];
    secrets.extend(journey.stage.keyring_secrets("app.latchkey.desktop"));
    assert!(secrets.len() > 5, "keys and tokens are in the keyring");
    (journey, secrets)
}

/// What somebody might put where an id, a name, a path or an address belongs.
fn made_up(listener: &Listener) -> Vec<Value> {
    vec![
        Value::Null,
        json!(""),
        json!("6f1c0a52-9f0e-4f2e-8b65-0d8f4f6c7d11"),
        json!("../../../.ssh/id_ed25519"),
        json!("/proc/self/environ"),
        json!("file:///etc/passwd"),
        json!(listener.base),
        json!("https://user:word@elsewhere.invalid/#x"),
        json!("javascript:alert(1)"),
        json!("__proto__"),
        json!("'; DROP TABLE keys; --"),
        json!("\u{0}\u{202e}\n"),
        json!(LONG),
        json!(-1),
        json!(1e300),
        json!(true),
        json!([[], {}]),
        json!({ "id": "x", "path": "/etc/passwd", "url": listener.base }),
    ]
}

/// Arguments for a command: each made-up value in all places at once, then one place at a time among values
/// that fit, which are names of fields that structures have.
fn arguments(names: &[String], listener: &Listener) -> Vec<Value> {
    const FIELDS: &[&str] = &[
        "account",
        "name",
        "workspace",
        "expires_on",
        "utc_offset_minutes",
        "keep",
        "allow_duplicate",
        "environment",
        "scopes",
        "rate_limit",
        "source",
        "provider",
        "host",
        "project",
        "remind_on",
        "servers",
        "authorization_server",
        "client_id",
        "theme",
        "zoom",
        "clipboard_seconds",
        "keep_by_default",
        "lock_after_minutes",
        "notifications",
        "config",
    ];
    let mut all = vec![json!({}), Value::Null, json!([]), json!("x")];
    for value in made_up(listener) {
        let flat = names.iter().map(|name| (name.clone(), value.clone())).collect();
        all.push(Value::Object(flat));
        // Long ones once: a structure of twenty would only cost time.
        if value != LONG {
            let fields: Value = FIELDS.iter().map(|field| ((*field).to_owned(), value.clone())).collect();
            all.push(names.iter().map(|name| (name.clone(), fields.clone())).collect());
        }
    }
    all
}

#[tokio::test]
async fn a_taken_over_view_gets_no_secret_no_file_and_no_host_by_any_command() {
    let (journey, secrets) = begun().await;
    let listener = Listener::open();
    let window = &journey.window;
    let before = files_below(journey.stage.folder());
    let mut all = commands();
    assert!(all.len() > 60, "the commands were not found: {all:?}");
    // What ends the sandbox, hides the list or asks the system for something comes last.
    let late = |name: &str| {
        ["close_sandbox", "lock", "choose_inventory", "choose_folder", "quit"].iter().position(|one| *one == name)
    };
    all.sort_by_key(|(name, _)| late(name).map_or(0, |at| at + 1));
    for (name, names) in &all {
        let mut calls = arguments(names, &listener);
        match name.as_str() {
            // Each of these waits for a person at a dialog of the system.
            "choose_inventory" | "choose_folder" => calls.truncate(1),
            // `true` is the one word that ends the app, which is nobody's secret.
            "quit" => calls.retain(|call| call["anyway"] != true),
            _ => {}
        }
        let count = calls.len();
        let answers = window.client().execute_async(CALL_EACH, vec![json!(name), json!(calls)]).await.unwrap();
        let answers = answers.as_array().unwrap();
        assert_eq!(answers[0], count, "{name} was not called to the end");
        for answer in &answers[1..] {
            assert!(!leaked(answer.as_str().unwrap_or_default(), &secrets), "{name} answers a secret");
        }
        if *name == "lock" {
            window.invoke("unlock", json!({})).await.unwrap().unwrap();
        }
    }
    // Sign-in and adding an account ask the server that the person names who it is, and tell it nothing.
    for asked in listener.asked() {
        assert!(asked.starts_with("GET /.well-known/"), "a made-up host was asked: {}", asked.lines().next().unwrap());
        assert!(!asked.to_lowercase().contains("authorization:") && !leaked(&asked, &secrets), "it was told a secret");
    }
    let after = files_below(journey.stage.folder());
    let changed: Vec<_> = after
        .iter()
        .filter(|(path, content)| before.get(*path) != Some(content))
        .map(|(path, _)| path.clone())
        // An export is a file of its own in the person's downloads, without a secret, chosen by nobody.
        .filter(|path| !path.starts_with("home/Downloads/latchkey-") && !path.starts_with("home/latchkey-"))
        // The one file of another program that the app edits. What a press can do there, such as taking the key
        // out, a script can do too; nothing that was made up may stand in it.
        .filter(|path| path != CLI_CONFIG || !holds_its_own_alone(&after[path]))
        .collect();
    assert_eq!(changed, Vec::<String>::new(), "files were written outside");
    let list = window.invoke("list_keys", json!({})).await.unwrap();
    assert!(list.is_ok(), "the app still answers: {list:?}");
}

#[tokio::test]
async fn a_taken_over_view_can_call_nothing_of_tauri_and_its_plugins() {
    let (journey, secrets) = begun().await;
    let listener = Listener::open();
    let all = plugin_commands();
    assert!(all.len() > 100, "the commands of Tauri were not found: {}", all.len());
    for name in all {
        let guess = json!({ "path": "/etc/passwd", "url": listener.base, "program": "sh", "label": "x", "text": "x",
            "options": { "url": listener.base }, "args": ["-c", "id"], "event": "changed", "payload": "x", "value": "x" });
        let answers =
            journey.window.client().execute_async(CALL_EACH, vec![json!(name), json!([{}, guess])]).await.unwrap();
        for answer in &answers.as_array().unwrap()[1..] {
            let answer = answer.as_str().unwrap();
            assert!(answer.contains("not allowed") || answer.contains("not found"), "{name}: {answer}");
            assert!(!leaked(answer, &secrets));
        }
    }
    assert_eq!(listener.asked(), Vec::<String>::new());
}

#[tokio::test]
async fn a_taken_over_view_reaches_nobody_and_goes_nowhere() {
    let (journey, _) = begun().await;
    let listener = Listener::open();
    let window = &journey.window;
    let before = window.run("return location.href", vec![]).await.unwrap();
    let became = window.client().execute_async(WAYS_OUT, vec![json!(listener.base)]).await.unwrap();
    let became = became.as_object().unwrap().clone();
    assert!(became.len() > 30, "not every way was tried: {became:?}");
    // Leaving the page comes last, one after the other: each would end the script that tries the next.
    for script in [
        "location.href = arguments[0] + 'href'",
        "location.replace(arguments[0] + 'replace')",
        "const link = document.createElement('a'); link.href = arguments[0] + 'link'; link.click()",
        "const link = document.createElement('a'); link.href = arguments[0] + 'ping'; link.ping = arguments[0] + 'ping'; link.click()",
        "location.href = 'file:///etc/passwd'",
        "location.href = 'data:text/html,<img src=' + arguments[0] + 'data>'",
        "location.href = 'javascript:fetch(\"' + arguments[0] + 'javascript\")'",
        "location.href = 'about:blank'",
    ] {
        let _ = window.run(script, vec![json!(listener.base)]).await;
        window.holds(&format!("{script} leads nowhere"), "return document.readyState === 'complete'").await.unwrap();
        let now = window.run("return location.href", vec![]).await.unwrap();
        assert_eq!(now, before, "{script}");
    }
    assert_eq!(listener.asked(), Vec::<String>::new(), "{became:?}");
    assert_eq!(listener.connections(), 0, "somebody outside was connected to: {became:?}");
    for name in ["fetch", "xhr", "websocket", "img", "script", "module", "evaluated", "popup"] {
        assert_ne!(became[name], "done", "{name} came through");
    }
    assert!(journey.stage.opened().iter().all(|page| !page.starts_with(&listener.base)), "the browser was sent there");
}

/// What the page tries, and which directive of its policy each attempt must break. With the network gone a
/// failure alone would prove nothing of the policy.
const BREAK_THE_POLICY: &str = "
    const [base, wanted, answer] = arguments;
    const broken = new Set();
    const told = () => answer({ broken: [...broken], evaluated: window.evaluated === true, inline: window.inline === true });
    document.addEventListener('securitypolicyviolation', (event) => {
      broken.add(event.effectiveDirective.replace(/-(elem|attr)$/, ''));
      if (wanted.every((one) => broken.has(one))) setTimeout(told, 300);
    });
    setTimeout(told, 10000);
    const add = (tag, fields) => document.body.append(Object.assign(document.createElement(tag), fields));
    fetch(base + 'fetch').catch(() => undefined);
    add('img', { src: base + 'image' });
    add('script', { textContent: 'window.inline = true' });
    add('style', { textContent: `@font-face { font-family: x; src: url(${base}font) } * { color: red }` });
    add('object', { data: base + 'object' });
    add('base', { href: base });
    add('form', { action: base + 'form', method: 'post', target: '_self' });
    document.body.querySelector(':scope > form:last-child').submit();
    try { new Function('window.evaluated = true')(); } catch { /* Refused. */ }";

#[tokio::test]
async fn the_content_policy_itself_stops_what_the_missing_network_would() {
    let journey = Journey::begin(Stage::set(Setting::default()).unwrap(), Hand::Mouse, None).await.unwrap();
    journey.window.find("first-run").await.unwrap();
    // Those that the web view tells of; frames and sounds it stops without a word.
    let wanted = ["connect-src", "img-src", "script-src", "style-src", "object-src", "base-uri", "form-action"];
    let tried = vec![json!("http://127.0.0.1:9/"), json!(wanted)];
    let answer = journey.window.client().execute_async(BREAK_THE_POLICY, tried).await.unwrap();
    assert_eq!(answer["evaluated"], false, "a text was run as a script");
    assert_eq!(answer["inline"], false, "a script in the page's own text was run");
    let broken: Vec<&str> = answer["broken"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    let held: Vec<&str> = wanted.into_iter().filter(|directive| !broken.contains(directive)).collect();
    assert_eq!(held, Vec::<&str>::new(), "the policy let these through; it stopped {broken:?}");
}

#[test]
fn the_content_policy_allows_the_page_itself_and_nothing_else() {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tauri.conf.json");
    let config: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let policy = config["app"]["security"]["csp"].as_str().unwrap();
    let directives: Vec<Vec<&str>> = policy.split(';').map(|one| one.split_whitespace().collect()).collect();
    assert_eq!(directives[0], ["default-src", "'none'"]);
    for directive in &directives {
        let also: &[&str] = match directive[0] {
            "img-src" => &["data:"],
            // The way to Rust.
            "connect-src" => &["ipc:", "http://ipc.localhost"],
            _ => &[],
        };
        let allowed = |source: &&str| ["'none'", "'self'"].contains(source) || also.contains(source);
        assert!(directive[1..].iter().all(allowed), "{directive:?}");
    }
    for name in ["script-src", "object-src", "base-uri", "form-action", "frame-src"] {
        assert!(directives.iter().any(|directive| directive[0] == name), "{name} is not said");
    }
}
