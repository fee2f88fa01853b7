//! Owns noticing that the CLI's files changed, by whomever. Leaves out what changed in them.

use super::RoutingError;
use super::location::Location;
use notify::event::{AccessKind, AccessMode, EventKind};
use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher as _};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// A writer that is silent this long is taken to be done.
const QUIET: Duration = Duration::from_millis(40);
/// No change waits longer to be told.
const LONGEST: Duration = Duration::from_millis(100);

/// Which files changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Changed {
    /// `config.json`.
    pub config: bool,
    /// The CLI's sign-in.
    pub tokens: bool,
}

/// Follows the CLI's files until it is dropped.
#[derive(Debug)]
pub struct Watch {
    messages: Sender<Message>,
    thread: Option<JoinHandle<()>>,
}

enum Message {
    Seen(Event),
    /// Events may have been lost.
    Missed,
    Stop,
}

impl Watch {
    /// Starts following. The folder is watched, since the files are replaced as a whole; while it
    /// does not exist, the nearest folder above it is. Our own writes are told too.
    pub fn start(location: &Location, tell: impl Fn(Changed) + Send + 'static) -> Result<Self, RoutingError> {
        let (messages, inbox) = channel();
        let mut followed = Followed::start(location, messages.clone())?;
        let thread = std::thread::Builder::new()
            .name("follow config.json".to_owned())
            .spawn(move || followed.run(&inbox, &tell))
            .map_err(|_| RoutingError::NotWatched(location.config.clone()))?;
        Ok(Self { messages, thread: Some(thread) })
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.messages.send(Message::Stop);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

struct Followed {
    location: Location,
    watcher: RecommendedWatcher,
    folders: BTreeSet<PathBuf>,
}

impl Followed {
    fn start(location: &Location, messages: Sender<Message>) -> Result<Self, RoutingError> {
        let hear = move |event: notify::Result<Event>| {
            let message = match event {
                Ok(event) if event.need_rescan() => Message::Missed,
                Ok(event) => Message::Seen(event),
                Err(_) => Message::Missed,
            };
            // Nobody listens any more once the watch is dropped.
            let _ = messages.send(message);
        };
        let failed = || RoutingError::NotWatched(location.config.clone());
        let watcher = notify::recommended_watcher(hear).map_err(|_| failed())?;
        let mut followed = Self { location: location.clone(), watcher, folders: BTreeSet::new() };
        followed.follow_folders();
        if followed.folders.is_empty() { Err(failed()) } else { Ok(followed) }
    }

    fn run(&mut self, inbox: &Receiver<Message>, tell: &impl Fn(Changed)) {
        let mut changed = Changed::default();
        let mut since: Option<Instant> = None;
        loop {
            let message = match since {
                None => inbox.recv().map_err(|_| RecvTimeoutError::Disconnected),
                Some(since) => inbox.recv_timeout(QUIET.min(LONGEST.saturating_sub(since.elapsed()))),
            };
            match message {
                Ok(Message::Stop) | Err(RecvTimeoutError::Disconnected) => return,
                Ok(Message::Missed) => changed = Changed { config: true, tokens: true },
                Ok(Message::Seen(event)) => self.note(&event, &mut changed),
                Err(RecvTimeoutError::Timeout) => {
                    since = None;
                    tell(std::mem::take(&mut changed));
                    continue;
                }
            }
            if since.is_none() && changed != Changed::default() {
                since = Some(Instant::now());
            }
        }
    }

    fn note(&mut self, event: &Event, changed: &mut Changed) {
        // Looking at a file changes nothing, and we look at it ourselves.
        let wrote = EventKind::Access(AccessKind::Close(AccessMode::Write));
        if event.kind.is_access() && event.kind != wrote {
            return;
        }
        let ours = [&self.location.config, &self.location.tokens];
        let [config, tokens] = ours.map(|file| event.paths.iter().any(|path| leads_to(file, path)));
        changed.config |= config;
        changed.tokens |= tokens;
        // A folder came or went, perhaps the one we wait for, or a link leads elsewhere now.
        let folder = !config && !tokens && event.paths.iter().any(|path| ours[0].starts_with(path));
        if (folder || config || tokens) && self.follow_folders() {
            *changed = Changed { config: true, tokens: true };
        }
    }

    /// Watches the folders in which the files are, or would come to be. Says whether any is new.
    fn follow_folders(&mut self) -> bool {
        let location = &self.location;
        let mut wanted = BTreeSet::new();
        for file in [&location.config, &location.tokens] {
            wanted.extend(nearest(file));
            wanted.extend(file.canonicalize().ok().as_deref().and_then(Path::parent).map(Path::to_owned));
        }
        // A folder that was made again is another one, so the watch is set anew each time.
        for gone in self.folders.iter().filter(|folder| !wanted.contains(*folder)) {
            let _ = self.watcher.unwatch(gone);
        }
        let mut new = false;
        let mut followed = BTreeSet::new();
        for folder in wanted {
            if self.watcher.watch(&folder, RecursiveMode::NonRecursive).is_ok() {
                new |= !self.folders.contains(&folder);
                followed.insert(folder);
            }
        }
        self.folders = followed;
        new
    }
}

/// The nearest folder above a file that exists.
fn nearest(file: &Path) -> Option<PathBuf> {
    file.ancestors().skip(1).find(|folder| folder.is_dir()).map(Path::to_owned)
}

/// Whether a path that changed is the file, or where it leads.
fn leads_to(file: &Path, path: &Path) -> bool {
    path == file || (path.file_name().is_some() && file.canonicalize().is_ok_and(|target| target == path))
}
