//! Owns the place where the real app runs without a person: a virtual display, a private D-Bus
//! session, a keyring and a home of its own. Leaves out the window (driver.rs) and the browser (browser.rs).

use crate::processes::Processes;
use crate::steps::{Failure, Outcome, capture};
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use x11rb::protocol::xproto::{ClientMessageEvent, ConnectionExt as _, EventMask};

/// What becomes of the keyring.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Keyring {
    /// There, and unlocked.
    #[default]
    Unlocked,
    /// There, and locked; nobody answers its prompts.
    Locked,
    /// No Secret Service at all.
    Absent,
}

/// How a stage is set.
#[derive(Debug, Clone, Default)]
pub struct Setting {
    /// The keyring.
    pub keyring: Keyring,
    /// What the app hands to its sandbox, for example `--without list,revoke,expiry`.
    pub sandbox_arguments: String,
    /// The app to run; the one of the debug profile if there is none.
    pub app: Option<PathBuf>,
    /// Whether a screen reader's bus is there, on which the app tells what it shows.
    pub spoken: bool,
}

impl Setting {
    /// A stage on which a screen reader could listen.
    pub fn spoken() -> Self {
        Self { spoken: true, ..Self::default() }
    }
}

/// A bus without service folders: nothing is started on demand, so an absent keyring stays absent
/// and nothing outlives the stage.
const BUS: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=SOCKET</listen>
  <auth>EXTERNAL</auth>
  <policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy>
</busconfig>
"#;

/// The only seam: what the app asks the system to open is written down instead of opened.
const XDG_OPEN: &str = r#"#!/bin/sh
[ -e "$HOME/no-browser" ] && exit 3
printf '%s\n' "$1" >> "$HOME/opened"
"#;

/// The password of a keyring that holds nothing but a test's pretended secrets.
const KEYRING_PASSWORD: &str = "stage";

/// A stage. Everything on it ends when it is dropped.
#[derive(Debug)]
pub struct Stage {
    processes: Processes,
    display: String,
    bus: String,
    /// How it was set.
    pub setting: Setting,
}

impl Stage {
    /// Sets a stage.
    pub fn set(setting: Setting) -> Outcome<Self> {
        let remedy = "see that the temporary folder can be written";
        let failed = |error: std::io::Error| Failure::new(format!("the stage's folder: {error}"), remedy);
        let folder = tempfile::Builder::new().prefix("latchkey-stage-").tempdir().map_err(failed)?.keep();
        let mut stage = Self {
            processes: Processes::new(folder.clone())?,
            display: String::new(),
            bus: format!("unix:path={}", folder.join("bus").display()),
            setting,
        };
        for name in ["home", "run", "data", "config", "cache", "state", "bin"] {
            std::fs::create_dir(folder.join(name)).map_err(failed)?;
            std::fs::set_permissions(folder.join(name), std::fs::Permissions::from_mode(0o700)).map_err(failed)?;
        }
        let shim = folder.join("bin").join("xdg-open");
        std::fs::write(&shim, XDG_OPEN).map_err(failed)?;
        std::fs::set_permissions(&shim, std::fs::Permissions::from_mode(0o755)).map_err(failed)?;
        stage.start_display()?;
        stage.start_bus()?;
        if stage.setting.spoken {
            stage.start_spoken()?;
        }
        if stage.setting.keyring != Keyring::Absent {
            stage.start_keyring()?;
        }
        if stage.setting.keyring == Keyring::Locked {
            stage.lock_keyring()?;
        }
        Ok(stage)
    }

    /// The folder everything of this stage lies in.
    pub fn folder(&self) -> &Path {
        self.processes.folder()
    }

    /// The person's home on this stage.
    pub fn home(&self) -> PathBuf {
        self.folder().join("home")
    }

    /// Its display.
    pub fn display(&self) -> &str {
        &self.display
    }

    /// The address of its message bus.
    pub fn bus(&self) -> &str {
        &self.bus
    }

    /// Its programs.
    pub fn processes(&mut self) -> &mut Processes {
        &mut self.processes
    }

    /// A program that runs on this stage and sees nothing of the machine's own session.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        let folder = self.folder();
        let search_path = std::env::var("PATH").unwrap_or_default();
        command
            .env_clear()
            .env("PATH", format!("{}:{search_path}", folder.join("bin").display()))
            .env("HOME", self.home())
            .env("XDG_RUNTIME_DIR", folder.join("run"))
            .env("XDG_DATA_HOME", folder.join("data"))
            .env("XDG_CONFIG_HOME", folder.join("config"))
            .env("XDG_CACHE_HOME", folder.join("cache"))
            .env("XDG_STATE_HOME", folder.join("state"))
            .env("DBUS_SESSION_BUS_ADDRESS", &self.bus)
            // A stage has one bus for both: nothing of the machine's own system is seen.
            .env("DBUS_SYSTEM_BUS_ADDRESS", &self.bus)
            .env("DISPLAY", &self.display)
            .env("GDK_BACKEND", "x11")
            .env("LANG", "C.UTF-8")
            .env("LIBGL_ALWAYS_SOFTWARE", "1")
            .env("GSETTINGS_BACKEND", "memory")
            .env("TZ", "UTC")
            .env("WEBKIT_DISABLE_DMABUF_RENDERER", "1")
            .env("LATCHKEY_SANDBOX_ARGS", &self.setting.sandbox_arguments)
            .current_dir(self.home());
        if !self.setting.spoken {
            command.env("NO_AT_BRIDGE", "1");
        }
        command
    }

    /// The addresses the app has asked the system to open, oldest first.
    pub fn opened(&self) -> Vec<String> {
        let text = std::fs::read_to_string(self.home().join("opened")).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    /// From now on there is no browser to open anything with, or there is one again.
    pub fn take_browser_away(&self, away: bool) -> Outcome<()> {
        let sign = self.home().join("no-browser");
        let done = if away { std::fs::write(&sign, "") } else { std::fs::remove_file(&sign) };
        done.map_err(|error| Failure::new(format!("{}: {error}", sign.display()), "look at the stage's folder"))
    }

    /// What the system's clipboard holds, as another program sees it; `None` when it is empty.
    pub fn clipboard(&self) -> Option<String> {
        let output =
            self.command("xclip").args(["-selection", "clipboard", "-o"]).stderr(Stdio::null()).output().ok()?;
        (output.status.success() && !output.stdout.is_empty())
            .then(|| String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// The kinds of content the clipboard's owner offers, for example the hint for password managers.
    pub fn clipboard_targets(&self) -> Vec<String> {
        capture(self.command("xclip").args(["-selection", "clipboard", "-o", "-t", "TARGETS"]), "")
            .map(|targets| targets.lines().map(str::to_owned).collect())
            .unwrap_or_default()
    }

    /// Puts a text into the clipboard, as another program would.
    pub fn put_on_clipboard(&mut self, text: &str) -> Outcome<()> {
        self.processes.end("xclip");
        let mut command = self.command("xclip");
        command.args(["-selection", "clipboard", "-i", "-quiet"]).stdin(Stdio::piped()).stdout(Stdio::null());
        let child = self.processes.start("xclip", &mut command)?;
        let fed = child.stdin.take().map(|mut input| input.write_all(text.as_bytes()));
        if !matches!(fed, Some(Ok(()))) {
            return Err(Failure::new("the clipboard took nothing", "see that xclip is installed"));
        }
        let deadline = Instant::now() + Duration::from_secs(5);
        while self.clipboard().as_deref() != Some(text) {
            if Instant::now() > deadline {
                return Err(Failure::new("the clipboard did not change", "see that xclip is installed"));
            }
        }
        Ok(())
    }

    /// Asks the app's window to close, as the button in its frame does.
    pub fn ask_to_close(&self, title: &str) -> Outcome<()> {
        let failed =
            |what: String| Failure::new(format!("the window could not be asked to close: {what}"), "look at the stage");
        let search = ["search", "--onlyvisible", "--name", title];
        let found = capture(self.command("xdotool").args(search), "see that xdotool is installed")?;
        let (display, _) = x11rb::connect(Some(&self.display)).map_err(|error| failed(error.to_string()))?;
        let atom = |name: &str| {
            let cookie = display.intern_atom(false, name.as_bytes()).map_err(|error| failed(error.to_string()))?;
            cookie.reply().map(|reply| reply.atom).map_err(|error| failed(error.to_string()))
        };
        let (protocols, delete) = (atom("WM_PROTOCOLS")?, atom("WM_DELETE_WINDOW")?);
        for window in found.lines().filter_map(|line| line.trim().parse::<u32>().ok()) {
            let message = ClientMessageEvent::new(32, window, protocols, [delete, 0, 0, 0, 0]);
            display
                .send_event(false, window, EventMask::NO_EVENT, message)
                .map_err(|error| failed(error.to_string()))?
                .check()
                .map_err(|error| failed(error.to_string()))?;
        }
        Ok(())
    }

    /// Every secret in the keyring of this service, for looking for them where they must not be.
    pub fn keyring_secrets(&self, service: &str) -> Vec<String> {
        let mut command = self.command("secret-tool");
        command.args(["search", "--all", "--unlock", "service", service]).stderr(Stdio::null());
        let found =
            command.output().map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
        found.lines().filter_map(|line| line.strip_prefix("secret = ")).map(str::to_owned).collect()
    }

    /// Locks the keyring; from then on it asks, and nobody answers.
    pub fn lock_keyring(&self) -> Outcome<()> {
        capture(
            self.command("dbus-send")
                .args(["--session", "--print-reply", "--dest=org.freedesktop.secrets", "/org/freedesktop/secrets"])
                .args([
                    "org.freedesktop.Secret.Service.Lock",
                    "array:objpath:/org/freedesktop/secrets/collection/login",
                ]),
            "see that dbus and gnome-keyring are installed",
        )
        .map(drop)
    }

    /// Ends the Secret Service, as on a desktop whose keyring crashed.
    pub fn end_keyring(&mut self) {
        self.processes.end("keyring");
    }

    /// Unlocks the keyring, as a login does.
    pub fn start_keyring(&mut self) -> Outcome<()> {
        self.processes.end("keyring");
        let remedy = "see that gnome-keyring is installed";
        let mut command = self.command("gnome-keyring-daemon");
        command.args(["--foreground", "--unlock", "--components=secrets"]).stdin(Stdio::piped()).stdout(Stdio::null());
        let child = self.processes.start("keyring", &mut command)?;
        let fed = child.stdin.take().map(|mut input| input.write_all(KEYRING_PASSWORD.as_bytes()));
        if !matches!(fed, Some(Ok(()))) {
            return Err(Failure::new("the keyring did not take its password", remedy));
        }
        let deadline = Instant::now() + Duration::from_secs(10);
        // The first answer proves that the service is on the bus and the login keyring is there.
        loop {
            let mut probe = self.command("secret-tool");
            probe.args(["store", "--label=probe", "latchkey-stage", "probe"]).stdin(Stdio::piped());
            probe.stdout(Stdio::null()).stderr(Stdio::null());
            let stored = probe.spawn().and_then(|mut child| {
                if let Some(mut input) = child.stdin.take() {
                    input.write_all(b"probe")?;
                }
                child.wait()
            });
            if stored.is_ok_and(|status| status.success()) {
                break;
            }
            if Instant::now() > deadline {
                return Err(Failure::new(
                    format!("the keyring did not start: {}", self.processes.words_of("keyring")),
                    remedy,
                ));
            }
        }
        capture(self.command("secret-tool").args(["clear", "latchkey-stage", "probe"]), remedy).map(drop)
    }

    fn start_display(&mut self) -> Outcome<()> {
        let remedy = "see that xvfb is installed";
        let mut command = self.command("Xvfb");
        command.args(["-displayfd", "1", "-screen", "0", "1440x1000x24", "-nolisten", "tcp", "-noreset"]);
        let child = self.processes.start("display", command.stdout(Stdio::piped()).stdin(Stdio::null()))?;
        let number = first_line(child.stdout.take());
        if number.is_empty() {
            let said = self.processes.words_of("display");
            return Err(Failure::new(format!("the virtual display did not start: {said}"), remedy));
        }
        self.display = format!(":{number}");
        Ok(())
    }

    fn start_bus(&mut self) -> Outcome<()> {
        let remedy = "see that dbus is installed";
        let config = self.folder().join("bus.conf");
        let text = BUS.replace("SOCKET", &self.folder().join("bus").to_string_lossy());
        std::fs::write(&config, text).map_err(|error| Failure::new(format!("bus.conf: {error}"), remedy))?;
        let mut command = self.command("dbus-daemon");
        command.arg(format!("--config-file={}", config.display())).args(["--nofork", "--print-address=1"]);
        let child = self.processes.start("bus", command.stdout(Stdio::piped()).stdin(Stdio::null()))?;
        if first_line(child.stdout.take()).is_empty() {
            let said = self.processes.words_of("bus");
            return Err(Failure::new(format!("the message bus did not start: {said}"), remedy));
        }
        Ok(())
    }
}

/// A port that is free at this moment.
pub fn free_port() -> Outcome<u16> {
    TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(|error| Failure::new(format!("no free port: {error}"), "see that the loopback interface is up"))
}

fn first_line(stream: Option<impl std::io::Read>) -> String {
    let mut line = String::new();
    if let Some(stream) = stream {
        let _ = BufReader::new(stream).read_line(&mut line);
    }
    line.trim().to_owned()
}
