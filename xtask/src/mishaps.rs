//! Owns what befalls a stage behind the app's back: a keyring that hangs, is replaced, loses an item or
//! was never unlocked, a bus that ends, and another window in front. And whether the app still answers meanwhile.

use crate::driver::{LOOK, Window};
use crate::stage::Stage;
use crate::steps::{Failure, Outcome, capture};
use serde_json::{Value, json};
use std::process::Stdio;
use std::time::{Duration, Instant};
use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{AtomEnum, ConnectionExt as _, MapState};

const KEYRING: &str = "keyring";

impl Window {
    /// Sees that the page gets an answer, which goes over the app's main thread, while this command waits for
    /// something that does not come. Several times, because what waits has an end too, and a busy machine is slow;
    /// a main thread that waits along is never in time.
    pub async fn answers_during(&self, command: &str, arguments: Value) -> Outcome<()> {
        const ASK: &str = "
            const [command, payload, answer] = arguments;
            const call = window.__TAURI_INTERNALS__.invoke;
            (async () => {
                for (let round = 0; round < 5; round += 1) {
                    let over = false;
                    const waits = call(command, payload).catch(() => null).then(() => { over = true; });
                    await call('active', {});
                    if (!over) return 'answered';
                    await waits;
                }
                return 'kept waiting';
            })().then(answer, (error) => answer(`${error}`));";
        let told = self.client().execute_async(ASK, vec![json!(command), arguments]).await;
        match told {
            Ok(told) if told == "answered" => Ok(()),
            told => Err(Failure::new(format!("the app does not answer while {command} waits: {told:?}"), LOOK)),
        }
    }
}

impl Stage {
    /// Stops the keyring in its tracks, or lets it go on.
    pub fn hold_keyring(&mut self, held: bool) -> Outcome<()> {
        let remedy = "look at the stage";
        let id = self.processes().id(KEYRING).ok_or_else(|| Failure::new("the keyring does not run", remedy))?;
        let signal = if held { "-STOP" } else { "-CONT" };
        capture(self.command("kill").args([signal, &id.to_string()]), remedy).map(drop)
    }

    /// Puts another keyring in the place of the one there was: unlocked, and with nothing in it.
    pub fn replace_keyring(&mut self) -> Outcome<()> {
        self.end_keyring();
        self.put_keyrings("keyrings", "keyrings-before")?;
        self.start_keyring()
    }

    /// Puts the first keyring back.
    pub fn put_keyring_back(&mut self) -> Outcome<()> {
        self.end_keyring();
        self.put_keyrings("keyrings", "keyrings-other")?;
        self.put_keyrings("keyrings-before", "keyrings")?;
        self.start_keyring()
    }

    fn put_keyrings(&self, from: &str, to: &str) -> Outcome<()> {
        let data = self.folder().join("data");
        std::fs::rename(data.join(from), data.join(to))
            .map_err(|error| Failure::new(format!("the keyring's folder: {error}"), "look at the stage's folder"))
    }

    /// Starts the keyring as a session does that never asked for its password.
    pub fn start_keyring_without_password(&mut self) -> Outcome<()> {
        self.end_keyring();
        let mut command = self.command("gnome-keyring-daemon");
        command.args(["--foreground", "--components=secrets"]).stdin(Stdio::null()).stdout(Stdio::null());
        self.processes().start(KEYRING, &mut command)?;
        let deadline = Instant::now() + Duration::from_secs(10);
        let question = ["--session", "--print-reply", "--dest=org.freedesktop.secrets", "/org/freedesktop/secrets"];
        loop {
            let mut asked = self.command("dbus-send");
            asked.args(question).args(["org.freedesktop.DBus.Peer.Ping"]).stdout(Stdio::null()).stderr(Stdio::null());
            if asked.status().is_ok_and(|status| status.success()) {
                return Ok(());
            }
            if Instant::now() > deadline {
                return Err(Failure::new("the keyring did not start", "see that gnome-keyring is installed"));
            }
        }
    }

    /// Takes the secret of one key out of the keyring.
    pub fn lose_secret(&self, key: &str) -> Outcome<()> {
        let before = self.keyring_secrets("app.latchkey.desktop").len();
        let name = format!("key/{key}");
        let attributes = ["service", "app.latchkey.desktop", "username", &name];
        capture(self.command("secret-tool").arg("clear").args(attributes), "see that secret-tool is installed")?;
        if self.keyring_secrets("app.latchkey.desktop").len() + 1 == before {
            return Ok(());
        }
        Err(Failure::new("the keyring lost nothing", "look at the attributes of its items"))
    }

    /// Ends the bus, as when a session falls apart.
    pub fn end_bus(&mut self) {
        self.processes().end("bus");
    }

    /// The name of the window that is in front of all others.
    pub fn in_front(&self) -> Option<String> {
        let (display, screen) = x11rb::connect(Some(self.display())).ok()?;
        let root = display.setup().roots.get(screen)?.root;
        let tree = display.query_tree(root).ok()?.reply().ok()?;
        // From the back to the front.
        tree.children.iter().rev().find_map(|window| {
            let seen = display.get_window_attributes(*window).ok()?.reply().ok()?;
            let name =
                display.get_property(false, *window, AtomEnum::WM_NAME, AtomEnum::ANY, 0, 64).ok()?.reply().ok()?;
            let name = String::from_utf8_lossy(&name.value).into_owned();
            (seen.map_state == MapState::VIEWABLE && !name.is_empty()).then_some(name)
        })
    }
}
