//! Owns listening as a screen reader does: the accessibility tree of the app's window, its news, and what
//! is wrong with either, through AT-SPI. Leaves out what must be said where (tests/spoken.rs).

use crate::driver::Window;
use crate::paths;
use crate::stage::Stage;
use crate::steps::{Failure, Outcome, capture};
use serde_json::Value;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const REMEDY: &str = "see that at-spi2-core, python3-gi and gir1.2-atspi-2.0 are installed";

/// The app's name on the bus of screen readers.
const APP: &str = "latchkey";

/// What can have focus without being a control: the frame that scrolls and the document in it.
const FRAMES: [&str; 2] = ["scroll pane", "document web"];

/// What the sandbox's keys begin with.
const BEGINNINGS: [&str; 6] = ["bmc_", "mem_live_", "mem_test_", "mos_live_", "mos_test_", "ctx_"];

/// Longer than any prefix that is shown, shorter than any key.
const WHOLE: usize = 24;

/// For how long a fault must last, so that none is found in a page that is still changing.
const LASTS: Duration = Duration::from_secs(3);

/// One control, or one text, as a screen reader meets it.
#[derive(Debug, Clone)]
pub struct Node(Value);

impl Node {
    /// A plain text of it, such as `role` or `name`.
    pub fn word(&self, what: &str) -> &str {
        self.0[what].as_str().unwrap_or_default()
    }

    /// One of its attributes, such as `rowcount`.
    pub fn attribute(&self, name: &str) -> &str {
        self.0["attributes"][name].as_str().unwrap_or_default()
    }

    /// Whether it is in a state, such as `focusable`.
    pub fn is(&self, state: &str) -> bool {
        self.0["states"].as_array().is_some_and(|states| states.iter().any(|one| one == state))
    }

    /// It and all below it.
    pub fn all(&self) -> Vec<Self> {
        let below = self.0["children"].as_array().into_iter().flatten();
        std::iter::once(self.clone()).chain(below.flat_map(|child| Self(child.clone()).all())).collect()
    }

    /// Whether a text occurs anywhere in it.
    pub fn says(&self, text: &str) -> bool {
        self.0.to_string().contains(text)
    }

    /// What a screen reader could make nothing of, and what it must not be told. A revealed key is a text.
    pub fn faults(&self, revealed: bool) -> Vec<String> {
        let mut faults = Vec::new();
        for node in self.all() {
            let role = node.word("role");
            let what = format!("{role} <{}>", node.attribute("tag"));
            let nameless = node.word("name").trim().is_empty();
            if nameless && node.is("focusable") && !FRAMES.contains(&role) {
                faults.push(format!("a {what} without a name"));
            }
            if nameless && role == "image" {
                faults.push(format!("a picture {what} that is neither named nor hidden"));
            }
            if ["", "unknown", "invalid"].contains(&role) && node.is("focusable") {
                faults.push(format!("a control {what} without a role"));
            }
            let text = if revealed { "" } else { node.word("text") };
            let told = [node.word("name"), node.word("description"), text];
            if told.iter().any(|words| holds_a_key(words)) {
                faults.push(format!("a {what} that tells a whole key"));
            }
        }
        faults
    }
}

/// Whether a word of this text can only be a whole key.
fn holds_a_key(text: &str) -> bool {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '-');
    words.into_iter().any(|word| word.len() >= WHOLE && BEGINNINGS.iter().any(|head| word.starts_with(head)))
}

impl Window {
    /// The whole tree of the app's window as it is now.
    pub fn spoken(&self) -> Outcome<Node> {
        let session = self.session().ok_or_else(|| Failure::new("only the app's window is listened to", REMEDY))?;
        let mut command = Command::new("/usr/bin/python3");
        command.env("DISPLAY", &session.display).env("DBUS_SESSION_BUS_ADDRESS", &session.bus);
        let told = capture(reader(&mut command).args(["tree", APP]), REMEDY)?;
        let tree = serde_json::from_str(&told).map_err(|error| Failure::new(format!("the tree: {error}"), REMEDY))?;
        Ok(Node(tree))
    }

    /// What is wrong with the tree and stays so while the page comes to rest.
    pub async fn spoken_faults(&self) -> Outcome<Vec<String>> {
        let began = Instant::now();
        loop {
            let revealed = self.count("[data-revealed]").await > 0;
            let tree = self.spoken()?;
            let mut faults = tree.faults(revealed);
            if tree.all().len() < 12 {
                faults.push("hardly anything is told of the window".to_owned());
            }
            if faults.is_empty() || began.elapsed() > LASTS {
                return Ok(faults);
            }
        }
    }
}

impl Stage {
    /// Starts the bus on which screen readers ask. It belongs to the session, so it comes before the app.
    pub(crate) fn start_spoken(&mut self) -> Outcome<()> {
        let launcher = ["/usr/libexec/at-spi-bus-launcher", "/usr/lib/at-spi2-core/at-spi-bus-launcher"]
            .into_iter()
            .find(|file| std::path::Path::new(file).is_file())
            .ok_or_else(|| Failure::new("there is no at-spi-bus-launcher", REMEDY))?;
        let mut command = self.command(launcher);
        command.arg("--launch-immediately").stdout(Stdio::null());
        self.processes().start("spoken", &mut command)?;
        let deadline = Instant::now() + Duration::from_secs(20);
        loop {
            let mut ask = self.command("dbus-send");
            ask.args(["--session", "--print-reply", "--dest=org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus.GetAddress"]);
            match capture(&mut ask, REMEDY) {
                Ok(_) => return Ok(()),
                Err(failure) if Instant::now() > deadline => {
                    let said = self.processes().words_of("spoken");
                    return Err(Failure::new(format!("no bus for screen readers: {}\n{said}", failure.what), REMEDY));
                }
                Err(_) => std::thread::yield_now(),
            }
        }
    }

    /// Begins to note what is said without being asked for. Once for each stage.
    pub fn listen(&mut self) -> Outcome<()> {
        let failed = |error: std::io::Error| Failure::new(error.to_string(), REMEDY);
        let log = self.processes().log("news").map_err(failed)?;
        let mut command = self.command("/usr/bin/python3");
        reader(&mut command).arg("news").stdin(Stdio::piped()).stdout(log);
        self.processes().start("listener", &mut command)?;
        let deadline = Instant::now() + Duration::from_secs(20);
        while !self.processes().words_of("news").contains("listening") {
            if Instant::now() > deadline {
                return Err(Failure::new("nobody listens", REMEDY));
            }
            std::thread::yield_now();
        }
        Ok(())
    }

    /// What was said so far, oldest first.
    pub fn heard(&mut self) -> Vec<Node> {
        let words = self.processes().words_of("news");
        words.lines().filter_map(|line| serde_json::from_str(line).ok()).map(Node).collect()
    }
}

fn reader(command: &mut Command) -> &mut Command {
    command.arg(paths::root().join("tests").join("peers").join("at-spi").join("tree.py"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_is_no_key_and_a_key_is_found_in_its_sentence() {
        assert!(!holds_a_key("bmc_K7xR… was revoked, mem_live_3256… too"));
        assert!(holds_a_key("Copied bmc_0000000000000000000000000000000000000EXAMPLE."));
        assert!(!holds_a_key("a-name-of-a-key-that-is-quite-long-and-no-secret"));
    }
}
