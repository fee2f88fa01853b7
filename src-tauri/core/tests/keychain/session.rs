//! Owns a desktop session for one test: a private bus, fresh folders and a real gnome-keyring.
//!
//! The bus is found through environment variables, which belong to a whole process. So each test
//! starts its own program once more for itself alone, inside such a session, and runs its body there.

use std::collections::HashMap;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};
use zbus::blocking::{Connection, MessageIterator};
use zbus::message::Message;
use zbus::zvariant::{DynamicType, OwnedObjectPath, OwnedValue, Value};

/// Set inside a session, to the name of the test that runs there.
const INSIDE: &str = "LATCHKEY_TEST_SESSION";
const PASSWORD: &str = "a password for tests EXAMPLE";
const SERVICE: &str = "org.freedesktop.secrets";
const ROOT: &str = "/org/freedesktop/secrets";
const COLLECTION: &str = "/org/freedesktop/secrets/collection/login";
const LIMIT: Duration = Duration::from_secs(60);

/// A bus that starts nothing by itself.
const BUS_WITHOUT_SERVICES: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:dir=FOLDER</listen>
  <policy context="default"><allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/></policy>
</busconfig>
"#;

/// How the session finds its keyring.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keyring {
    Unlocked,
    NeverUnlocked,
    Absent,
    NoBus,
}

/// Runs the body of the test of that name inside a session of its own.
pub(crate) fn inside(test: &str, keyring: Keyring, body: impl FnOnce(&Bus)) {
    #[allow(clippy::disallowed_methods)] // a test has no shell that hands it the environment
    let running = std::env::var(INSIDE);
    if running.as_deref() == Ok(test) {
        let bus = Bus { connection: Connection::session().ok() };
        if keyring == Keyring::Unlocked {
            bus.start_keyring();
        }
        body(&bus);
    } else {
        run_in_session(test, keyring);
    }
}

fn run_in_session(test: &str, keyring: Keyring) {
    let home = tempfile::tempdir().unwrap();
    fs::set_permissions(home.path(), fs::Permissions::from_mode(0o700)).unwrap();
    let program = std::env::current_exe().unwrap();
    let mut command = match keyring {
        Keyring::NoBus => Command::new(&program),
        Keyring::Unlocked | Keyring::NeverUnlocked | Keyring::Absent => {
            let mut command = Command::new("dbus-run-session");
            if keyring == Keyring::Absent {
                let config = home.path().join("bus.conf");
                fs::write(&config, BUS_WITHOUT_SERVICES.replace("FOLDER", home.path().to_str().unwrap())).unwrap();
                command.arg("--config-file").arg(config);
            }
            command.arg("--").arg(&program);
            command
        }
    };
    command.args(["--exact", test, "--nocapture", "--test-threads", "1"]).env_clear();
    #[allow(clippy::disallowed_methods)] // a test has no shell that hands it the environment
    command.env("PATH", std::env::var_os("PATH").unwrap()).env(INSIDE, test);
    for variable in ["HOME", "XDG_RUNTIME_DIR", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"] {
        command.env(variable, home.path());
    }
    let output = finish(command, home.path());
    assert!(output.contains("1 passed"), "inside its session, {test} said:\n{output}");
}

/// Waits for the program with a limit, and ends the whole session when that is over.
fn finish(mut command: Command, home: &Path) -> String {
    // A file and not a pipe, which a daemon left behind would hold open.
    let said = home.join("said.txt");
    let file = fs::File::create(&said).unwrap();
    command.stdin(Stdio::null()).stdout(file.try_clone().unwrap()).stderr(file).process_group(0);
    let mut child = command.spawn().unwrap_or_else(|error| panic!("dbus-run-session (Debian: dbus-daemon): {error}"));
    let group = format!("-{}", child.id());
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || sender.send(child.wait()));
    let ended = receiver.recv_timeout(LIMIT);
    if ended.is_err() {
        Command::new("kill").args(["-KILL", "--", &group]).status().unwrap();
    }
    let output = fs::read_to_string(&said).unwrap();
    match ended {
        Ok(status) => format!("{output}\n({})", status.unwrap()),
        Err(error) => panic!("not done after {LIMIT:?} ({error}):\n{output}"),
    }
}

/// What a test does to the keyring behind Latchkey's back.
pub(crate) struct Bus {
    connection: Option<Connection>,
}

impl Bus {
    /// Starts gnome-keyring, unlocked, and waits until it is on the bus.
    pub(crate) fn start_keyring(&self) {
        let mut daemon = Command::new("gnome-keyring-daemon")
            .args(["--unlock", "--components=secrets"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("gnome-keyring-daemon (Debian: gnome-keyring): {error}"));
        daemon.stdin.take().unwrap().write_all(PASSWORD.as_bytes()).unwrap();
        assert!(daemon.wait().unwrap().success());
        until("the keyring is on the bus", || self.has_keyring());
    }

    /// Ends gnome-keyring and waits until it is off the bus.
    pub(crate) fn end_keyring(&self) {
        signal("-TERM", self.keyring_process());
        until("the keyring is off the bus", || !self.has_keyring());
    }

    /// Kills gnome-keyring without a chance to clear up.
    pub(crate) fn kill_keyring(&self) {
        signal("-KILL", self.keyring_process());
    }

    /// Stops gnome-keyring in its tracks until the answer is dropped.
    pub(crate) fn hold_still(&self) -> Still {
        let process = self.keyring_process();
        signal("-STOP", process);
        Still(process)
    }

    pub(crate) fn lock(&self) {
        let paths = vec![OwnedObjectPath::try_from(COLLECTION).unwrap()];
        let (locked, _): (Vec<OwnedObjectPath>, OwnedObjectPath) =
            self.ask(SERVICE, ROOT, "org.freedesktop.Secret.Service", "Lock", &(paths.clone(),));
        assert_eq!(locked, paths);
    }

    /// Unlocks as the log-in screen does: with the password and no prompt.
    pub(crate) fn unlock(&self) {
        let interface = "org.freedesktop.Secret.Service";
        let (_, session): (OwnedValue, OwnedObjectPath) =
            self.ask(SERVICE, ROOT, interface, "OpenSession", &("plain", Value::from("")));
        let password = (session, Vec::<u8>::new(), PASSWORD.as_bytes(), "text/plain");
        let collection = OwnedObjectPath::try_from(COLLECTION).unwrap();
        let interface = "org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface";
        let () = self.ask(SERVICE, ROOT, interface, "UnlockWithMasterPassword", &(collection, password));
    }

    /// Stands in for the system's prompter and never answers it, until it is dropped.
    pub(crate) fn be_a_silent_prompter(&self) -> SilentPrompter {
        assert!(self.connection.is_some());
        let connection = Connection::session().unwrap();
        let messages = MessageIterator::from(&connection);
        connection.request_name("org.gnome.keyring.SystemPrompter").unwrap();
        SilentPrompter(messages)
    }

    /// The labels of all items, as the system's password program shows them.
    pub(crate) fn labels(&self) -> Vec<String> {
        let nothing = HashMap::<String, String>::new();
        let (items, _): (Vec<OwnedObjectPath>, Vec<OwnedObjectPath>) =
            self.ask(SERVICE, ROOT, "org.freedesktop.Secret.Service", "SearchItems", &(nothing,));
        let label = |item: &OwnedObjectPath| {
            let question = ("org.freedesktop.Secret.Item", "Label");
            let value: OwnedValue =
                self.ask(SERVICE, item.as_str(), "org.freedesktop.DBus.Properties", "Get", &question);
            String::try_from(value).unwrap()
        };
        items.iter().map(label).collect()
    }

    fn has_keyring(&self) -> bool {
        self.ask_bus("NameHasOwner")
    }

    fn keyring_process(&self) -> u32 {
        self.ask_bus("GetConnectionUnixProcessID")
    }

    fn ask_bus<T: serde::de::DeserializeOwned + zbus::zvariant::Type>(&self, method: &str) -> T {
        self.ask("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", method, &(SERVICE,))
    }

    fn ask<B, T>(&self, service: &str, path: &str, interface: &str, method: &str, body: &B) -> T
    where
        B: serde::Serialize + DynamicType,
        T: serde::de::DeserializeOwned + zbus::zvariant::Type,
    {
        let connection = self.connection.as_ref().expect("a bus");
        let answer = connection.call_method(Some(service), path, Some(interface), method, body).unwrap();
        answer.body().deserialize().unwrap()
    }
}

/// Takes the place of the program that shows the keyring's prompts.
pub(crate) struct SilentPrompter(MessageIterator);

impl SilentPrompter {
    /// Waits until the keyring has asked for a prompt.
    pub(crate) fn wait_for_question(&mut self) {
        let is_question =
            |message: &Message| message.header().member().is_some_and(|member| member.as_str() == "BeginPrompting");
        assert!(self.0.any(|message| message.is_ok_and(|message| is_question(&message))));
    }
}

/// Lets gnome-keyring go on when it is dropped.
pub(crate) struct Still(u32);

impl Drop for Still {
    fn drop(&mut self) {
        signal("-CONT", self.0);
    }
}

fn signal(name: &str, process: u32) {
    assert!(Command::new("kill").args([name, &process.to_string()]).status().unwrap().success());
}

fn until(what: &str, condition: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(10);
    while !condition() {
        assert!(Instant::now() < deadline, "not so after ten seconds: {what}");
        std::thread::yield_now();
    }
}
