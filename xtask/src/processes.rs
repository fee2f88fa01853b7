//! Owns the programs a stage starts, and that none outlives it: not after a panic, not after Ctrl-C.
//! Leaves out what they are for (stage.rs).

use crate::steps::{Failure, Outcome};
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::{Duration, Instant};

/// Waits for its input to end, which also happens when we die, then ends the process groups it was
/// told of and removes the folder. Only groups that we made ourselves are ever named to it.
const WARDEN: &str = r#"
groups=""
while read -r word group; do
  case "$word" in
    end) kill -s TERM -- "-$group" 2>/dev/null; groups=$(printf '%s\n' $groups | grep -vx "$group") ;;
    *) groups="$group $groups" ;;
  esac
done
for group in $groups; do kill -s TERM -- "-$group" 2>/dev/null; done
tries=0
while [ $tries -lt 20 ]; do
  alive=""
  for group in $groups; do kill -s 0 -- "-$group" 2>/dev/null && alive=yes; done
  [ -z "$alive" ] && break
  tries=$((tries + 1)); sleep 0.05
done
for group in $groups; do kill -s KILL -- "-$group" 2>/dev/null; done
rm -rf -- "$1"
"#;

/// The programs of one stage and the folder they live in.
#[derive(Debug)]
pub struct Processes {
    folder: PathBuf,
    warden: Child,
    orders: Option<ChildStdin>,
    children: Vec<(String, Child)>,
}

impl Processes {
    /// Takes over a folder: it is removed with the last program.
    pub fn new(folder: PathBuf) -> Outcome<Self> {
        let mut warden = Command::new("sh")
            .args(["-c", WARDEN, "warden"])
            .arg(&folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .map_err(|error| Failure::new(format!("sh could not be started: {error}"), "see that sh is installed"))?;
        let orders = warden.stdin.take();
        Ok(Self { folder, warden, orders, children: Vec::new() })
    }

    /// The folder of the stage.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Starts a program in a process group of its own, its words going to `<name>.log`.
    pub fn start(&mut self, name: &str, command: &mut Command) -> Outcome<&mut Child> {
        let remedy = format!("see that {} is installed", command.get_program().to_string_lossy());
        let failed =
            |error: std::io::Error| Failure::new(format!("{name} could not be started: {error}"), remedy.clone());
        let child = command.stderr(self.log(name).map_err(failed)?).process_group(0).spawn().map_err(failed)?;
        if let Some(orders) = &mut self.orders {
            writeln!(orders, "mind {}", child.id()).map_err(failed)?;
        }
        self.children.push((name.to_owned(), child));
        self.children
            .last_mut()
            .map(|(_, child)| child)
            .ok_or_else(|| Failure::new("the program was lost", "run this again"))
    }

    /// Ends one program and everything it started.
    pub fn end(&mut self, name: &str) {
        while let Some(at) = self.children.iter().position(|(known, _)| known == name) {
            let (_, mut child) = self.children.swap_remove(at);
            if let Some(orders) = &mut self.orders {
                // The warden ends the whole group; should it be gone, the program itself still is.
                let _ = writeln!(orders, "end {}", child.id());
            }
            let patience = Instant::now() + Duration::from_secs(3);
            while matches!(child.try_wait(), Ok(None)) && Instant::now() < patience {
                std::thread::sleep(Duration::from_millis(10));
            }
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// The process of a program that was started here.
    pub fn id(&self, name: &str) -> Option<u32> {
        self.children.iter().find(|(known, _)| known == name).map(|(_, child)| child.id())
    }

    /// What a program has said so far.
    pub fn words_of(&self, name: &str) -> String {
        std::fs::read_to_string(self.folder.join(format!("{name}.log"))).unwrap_or_default()
    }

    /// The log of a program, for its other stream.
    pub fn log(&self, name: &str) -> std::io::Result<File> {
        OpenOptions::new().create(true).append(true).open(self.folder.join(format!("{name}.log")))
    }
}

impl Drop for Processes {
    fn drop(&mut self) {
        // Closing its input is the warden's order to end everything.
        drop(self.orders.take());
        let _ = self.warden.wait();
        for (_, child) in &mut self.children {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// The programs below one, by `/proc`: its children, their children and so on.
pub fn descendants(of: u32) -> Vec<u32> {
    let mut parents = Vec::new();
    for entry in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Ok(id) = entry.file_name().to_string_lossy().parse::<u32>() else { continue };
        let status = std::fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
        // The name stands in brackets and may hold anything; the parent is the second word after it.
        let after_name = status.rsplit_once(')').map_or("", |(_, rest)| rest);
        if let Some(parent) = after_name.split_whitespace().nth(1).and_then(|word| word.parse::<u32>().ok()) {
            parents.push((id, parent));
        }
    }
    let mut found = vec![of];
    let mut next = 0;
    while next < found.len() {
        let parent = found[next];
        found.extend(parents.iter().filter(|(_, its)| *its == parent).map(|(id, _)| *id));
        next += 1;
    }
    found.split_off(1)
}

/// The bare name of a program's file. Of one that closes itself to others, like the app, only root may ask
/// for its file; then it is what it was started as.
pub fn program_of(id: u32) -> Option<String> {
    let file = std::fs::read_link(format!("/proc/{id}/exe")).ok().or_else(|| {
        let line = std::fs::read(format!("/proc/{id}/cmdline")).ok()?;
        let first = line.split(|byte| *byte == 0).next().filter(|first| !first.is_empty())?;
        Some(PathBuf::from(String::from_utf8_lossy(first).into_owned()))
    })?;
    Some(file.file_name()?.to_string_lossy().into_owned())
}

/// Whether a process runs still. One that ended and was not asked how does not.
pub fn runs(id: u32) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    status.rsplit_once(')').is_some_and(|(_, rest)| !rest.trim_start().starts_with(['Z', 'X']))
}
