//! Owns the sandbox program as a child of the app: start it, learn where it answers, end it. Leaves out
//! what it pretends and what becomes of its accounts.

use crate::surroundings;
use async_trait::async_trait;
use latchkey_core::domain::{Authorization, ProviderId, Secret, Servers};
use latchkey_core::services::{
    SandboxAccount, SandboxFailed, SandboxKey, SandboxProgram, SandboxServers, Topic, Window,
};
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tauri::AppHandle;
use tauri::async_runtime::Receiver;
use tauri_plugin_shell::ShellExt as _;
use tauri_plugin_shell::process::{CommandChild, CommandEvent};
use url::Url;
use zeroize::Zeroizing;

/// The program beside the app: in the build folder, or where the package put both.
const PROGRAM: &str = "latchkey-sandbox";

/// How long it may take until all its ports listen.
const PATIENCE: Duration = Duration::from_secs(10);

/// The most that is kept of what it says on its way out.
const LONGEST_WORDS: usize = 200;

/// The sandbox program.
pub(crate) struct SandboxChild {
    app: AppHandle,
    folder: PathBuf,
    window: Arc<dyn Window>,
    running: Arc<Mutex<Option<CommandChild>>>,
}

/// What the program writes once all its ports listen; what else is in it is not for the app.
#[derive(Deserialize)]
struct Ready {
    basic_memory: ReadyBasicMemory,
    memory_api: ReadyKeyService,
    memory_os: ReadyKeyService,
    memory_kit: ReadyMemoryKit,
}

#[derive(Deserialize)]
struct ReadyBasicMemory {
    host: Url,
    authorization_server: Url,
    client_id: String,
    keys_page: Url,
}

#[derive(Deserialize)]
struct ReadyKeyService {
    host: Url,
    keys_page: Url,
    admin_key: String,
}

#[derive(Deserialize)]
struct ReadyMemoryKit {
    host: Url,
    keys_page: Url,
    keys: Vec<ReadyKey>,
}

#[derive(Deserialize)]
struct ReadyKey {
    name: String,
    project: Option<String>,
    scopes: Vec<String>,
    key: String,
}

impl SandboxChild {
    /// The program, not started; its ready file goes into this folder.
    pub(crate) fn new(app: AppHandle, folder: PathBuf, window: Arc<dyn Window>) -> Self {
        Self { app, folder, window, running: Arc::default() }
    }

    fn running(&self) -> MutexGuard<'_, Option<CommandChild>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ready_file(&self) -> PathBuf {
        self.folder.join("sandbox.json")
    }

    fn spawn(&self) -> Result<Receiver<CommandEvent>, SandboxFailed> {
        let failed = |_| SandboxFailed("its program cannot be started".to_owned());
        let command = self.app.shell().sidecar(PROGRAM).map_err(failed)?;
        let arguments = arguments(&self.ready_file(), surroundings::sandbox_arguments());
        let command = command.args(arguments).env_clear().envs(surroundings::sandbox_environment());
        let (events, child) = command.spawn().map_err(failed)?;
        // Held for as long as it runs: the child ends when its standard input does.
        *self.running() = Some(child);
        Ok(events)
    }

    /// Tells the window when the child ends by itself.
    fn watch(&self, mut events: Receiver<CommandEvent>, process: Option<u32>) {
        let running = Arc::clone(&self.running);
        let window = Arc::clone(&self.window);
        tauri::async_runtime::spawn(async move {
            while let Some(event) = events.recv().await {
                if matches!(event, CommandEvent::Terminated(_)) {
                    break;
                }
            }
            let mut running = running.lock().unwrap_or_else(PoisonError::into_inner);
            if running.as_ref().map(CommandChild::pid) == process {
                *running = None;
                drop(running);
                window.changed(Topic::App);
            }
        });
    }
}

#[async_trait]
impl SandboxProgram for SandboxChild {
    async fn start(&self) -> Result<SandboxServers, SandboxFailed> {
        self.stop();
        let mut events = self.spawn()?;
        let ready = match tokio::time::timeout(PATIENCE, ready(&mut events)).await {
            Ok(Ok(())) => read(&self.ready_file()),
            Ok(Err(failed)) => Err(failed),
            Err(_) => Err(SandboxFailed("it did not say in time that it is ready".to_owned())),
        };
        match ready {
            Ok(servers) => {
                let process = self.running().as_ref().map(CommandChild::pid);
                self.watch(events, process);
                Ok(servers)
            }
            Err(failed) => {
                self.stop();
                Err(failed)
            }
        }
    }

    fn runs(&self) -> bool {
        self.running().is_some()
    }

    fn stop(&self) {
        if let Some(child) = self.running().take() {
            // One that has already ended cannot be killed; that is all that can fail.
            let _ = child.kill();
        }
        // It names addresses that are dead now.
        let _ = std::fs::remove_file(self.ready_file());
    }
}

/// Waits for the program's first line, which it prints after its ready file is written.
async fn ready(events: &mut Receiver<CommandEvent>) -> Result<(), SandboxFailed> {
    let mut words = String::new();
    while let Some(event) = events.recv().await {
        match event {
            CommandEvent::Stdout(_) => return Ok(()),
            CommandEvent::Stderr(line) => words.push_str(&String::from_utf8_lossy(&line)),
            CommandEvent::Error(_) | CommandEvent::Terminated(_) => break,
            _ => {}
        }
    }
    let words: String = words.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(LONGEST_WORDS).collect();
    Err(SandboxFailed(if words.is_empty() { "it ended at once".to_owned() } else { words }))
}

/// The command line. The demonstration keys stand aside when others are asked for.
fn arguments(ready_file: &Path, further: Vec<String>) -> Vec<String> {
    let mut arguments =
        vec!["--ready-file".to_owned(), ready_file.display().to_string(), "--exit-with-parent".to_owned()];
    if !further.iter().any(|argument| argument == "--seed" || argument.starts_with("--seed=")) {
        arguments.extend(["--seed".to_owned(), "demo".to_owned()]);
    }
    arguments.extend(further);
    arguments
}

fn read(ready_file: &Path) -> Result<SandboxServers, SandboxFailed> {
    let failed = || SandboxFailed("it did not say where it answers".to_owned());
    // It holds pretended keys: a copy of them is not left in memory either.
    let text = Zeroizing::new(std::fs::read(ready_file).map_err(|_| failed())?);
    let ready: Ready = serde_json::from_slice(&text).map_err(|_| failed())?;
    Ok(SandboxServers { accounts: accounts(ready) })
}

/// The pretended accounts, called what the tour calls them.
fn accounts(ready: Ready) -> Vec<SandboxAccount> {
    let Ready { basic_memory, memory_api, memory_os, memory_kit } = ready;
    let by_key = |provider: ProviderId, label: &str, service: ReadyKeyService| SandboxAccount {
        provider,
        label: label.to_owned(),
        servers: Servers { host: service.host, authorization: None },
        keys_page: service.keys_page,
        admin_key: Some(Secret::new(service.admin_key)),
        keys: Vec::new(),
    };
    let authorization = Authorization {
        server: basic_memory.authorization_server,
        client_id: basic_memory.client_id,
        // The sandbox takes a loopback redirect of every client that it knows.
        loopback: true,
    };
    let key = |key: ReadyKey| SandboxKey {
        name: key.name,
        project: key.project,
        scopes: key.scopes,
        secret: Secret::new(key.key),
    };
    vec![
        SandboxAccount {
            provider: ProviderId::BASIC_MEMORY,
            label: "Notes".to_owned(),
            servers: Servers { host: basic_memory.host, authorization: Some(authorization) },
            keys_page: basic_memory.keys_page,
            admin_key: None,
            keys: Vec::new(),
        },
        by_key(ProviderId::named("memory-api"), "API", memory_api),
        by_key(ProviderId::named("memory-os"), "OS", memory_os),
        SandboxAccount {
            provider: ProviderId::named("memory-kit"),
            label: "Kit".to_owned(),
            servers: Servers { host: memory_kit.host, authorization: None },
            keys_page: memory_kit.keys_page,
            admin_key: None,
            keys: memory_kit.keys.into_iter().map(key).collect(),
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_demonstration_keys_stand_aside_for_others() {
        let line = |further: &[&str]| {
            arguments(Path::new("f.json"), further.iter().map(|argument| (*argument).to_owned()).collect()).join(" ")
        };
        assert_eq!(line(&[]), "--ready-file f.json --exit-with-parent --seed demo");
        assert_eq!(
            line(&["--without", "list,revoke"]),
            "--ready-file f.json --exit-with-parent --seed demo --without list,revoke"
        );
        assert_eq!(line(&["--seed", "900"]), "--ready-file f.json --exit-with-parent --seed 900");
    }

    #[test]
    fn the_ready_file_says_where_everything_is() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("sandbox.json");
        assert!(read(&file).is_err());
        std::fs::write(&file, "{").unwrap();
        assert!(read(&file).is_err());
        let text = r#"{"basic_memory":{"host":"http://127.0.0.1:4100","authorization_server":"http://127.0.0.1:4101",
            "client_id":"client_EXAMPLE","keys_page":"http://127.0.0.1:4100/keys"},
            "memory_api":{"host":"http://127.0.0.1:4102/v1","keys_page":"http://127.0.0.1:4102/dashboard","admin_key":"mem_live_EXAMPLE"},
            "memory_os":{"host":"http://127.0.0.1:4103/api/v1","keys_page":"http://127.0.0.1:4103/dashboard","admin_key":"mos_live_EXAMPLE"},
            "memory_kit":{"host":"http://127.0.0.1:4104/v1","keys_page":"http://127.0.0.1:4104/dashboard/api-keys",
            "keys":[{"name":"bot","project":"Help","scopes":["chats:read"],"key":"ctx_EXAMPLE"}]},
            "admin":{"url":"","token":""},"pid":1}"#;
        std::fs::write(&file, text).unwrap();
        let accounts = read(&file).unwrap().accounts;
        let hosts: Vec<&str> = accounts.iter().map(|account| account.servers.host.as_str()).collect();
        assert_eq!(
            hosts,
            [
                "http://127.0.0.1:4100/",
                "http://127.0.0.1:4102/v1",
                "http://127.0.0.1:4103/api/v1",
                "http://127.0.0.1:4104/v1"
            ]
        );
        assert_eq!(accounts[0].keys_page.as_str(), "http://127.0.0.1:4100/keys");
        assert!(accounts[1].admin_key.is_some() && accounts[2].admin_key.is_some());
        assert_eq!((accounts[3].keys[0].name.as_str(), accounts[3].keys[0].scopes.len()), ("bot", 1));
        assert!(!format!("{accounts:?}").contains("_live_EXAMPLE"), "a pretended key is printed");
    }
}
