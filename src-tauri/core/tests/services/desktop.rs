//! Owns stand-ins for window, browser, clipboard and the like that remember what they were asked.

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use latchkey_core::clock::{Clock, SystemClock};
use latchkey_core::domain::Secret;
use latchkey_core::services::{
    Browser, CliProgram, Clipboard, ClipboardError, FilePicker, NoBrowser, Notifier, Topic, Window,
};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use tokio::sync::watch;
use url::Url;

/// The computer's clock, ahead by what a test says.
#[derive(Default)]
pub(crate) struct MovedClock {
    ahead_seconds: AtomicI64,
}

impl MovedClock {
    pub(crate) fn advance(&self, seconds: i64) {
        self.ahead_seconds.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl Clock for MovedClock {
    fn now(&self) -> DateTime<Utc> {
        SystemClock.now() + TimeDelta::seconds(self.ahead_seconds.load(Ordering::SeqCst))
    }
}

/// Remembers every topic and wakes whoever waits for one.
pub(crate) struct Told {
    topics: watch::Sender<Vec<Topic>>,
}

impl Default for Told {
    fn default() -> Self {
        Self { topics: watch::Sender::new(Vec::new()) }
    }
}

impl Told {
    pub(crate) fn listen(&self) -> watch::Receiver<Vec<Topic>> {
        self.topics.subscribe()
    }

    pub(crate) fn heard(&self, topic: Topic) -> usize {
        self.topics.borrow().iter().filter(|heard| **heard == topic).count()
    }
}

impl Window for Told {
    fn changed(&self, topic: Topic) {
        self.topics.send_modify(|topics| topics.push(topic));
    }
}

/// Remembers the pages.
#[derive(Default)]
pub(crate) struct Opened {
    pub(crate) pages: Mutex<Vec<Url>>,
    pub(crate) missing: AtomicBool,
    /// What the person does as soon as the next page is there.
    pub(crate) then: Mutex<Option<Deed>>,
}

type Deed = Box<dyn FnOnce(&Url) + Send>;

impl Browser for Opened {
    fn open(&self, page: &Url) -> Result<(), NoBrowser> {
        if self.missing.load(Ordering::SeqCst) {
            return Err(NoBrowser);
        }
        self.pages.lock().unwrap().push(page.clone());
        if let Some(deed) = self.then.lock().unwrap().take() {
            deed(page);
        }
        Ok(())
    }
}

/// The dialogs: answers with what a test put in.
#[derive(Default)]
pub(crate) struct Picker {
    pub(crate) chosen: Mutex<Option<PathBuf>>,
    /// Where the last dialog began.
    pub(crate) began: Mutex<Option<PathBuf>>,
}

#[async_trait]
impl FilePicker for Picker {
    async fn choose_file(&self, _: &str, _: &[&str]) -> Option<PathBuf> {
        self.chosen.lock().unwrap().take()
    }

    async fn choose_folder(&self, _: &str, begin: Option<&Path>) -> Option<PathBuf> {
        *self.began.lock().unwrap() = begin.map(Path::to_owned);
        self.chosen.lock().unwrap().take()
    }
}

/// The CLI's program, as far as it is asked anything.
#[derive(Default)]
pub(crate) struct Installed {
    pub(crate) folders: Mutex<Vec<PathBuf>>,
    pub(crate) answer: Mutex<Option<String>>,
    /// How often it was asked.
    pub(crate) asked: Mutex<usize>,
}

#[async_trait]
impl CliProgram for Installed {
    fn folders(&self) -> Vec<PathBuf> {
        self.folders.lock().unwrap().clone()
    }

    async fn ask_version(&self, _: &Path) -> Option<String> {
        *self.asked.lock().unwrap() += 1;
        self.answer.lock().unwrap().clone()
    }
}

/// Remembers what was shown, title and words.
#[derive(Default)]
pub(crate) struct Shown {
    pub(crate) notifications: Mutex<Vec<(String, String)>>,
}

impl Notifier for Shown {
    fn notify(&self, title: &str, words: &str) {
        self.notifications.lock().unwrap().push((title.to_owned(), words.to_owned()));
    }
}

/// A clipboard that other programs can write to as well.
#[derive(Default)]
pub(crate) struct Board {
    held: Mutex<Held>,
    /// It cannot be emptied, as on a desktop that allows that only to the window in front.
    pub(crate) stuck: AtomicBool,
}

#[derive(Default)]
struct Held {
    text: Option<Secret>,
    ours: Option<Secret>,
    history: bool,
}

impl Held {
    fn is_ours(&self) -> bool {
        matches!((&self.text, &self.ours), (Some(text), Some(ours)) if text.same_as(ours))
    }
}

impl Board {
    /// Another program, or the person, puts something in.
    pub(crate) fn write(&self, text: &str) {
        self.held.lock().unwrap().text = Some(Secret::new(text.to_owned()));
    }

    pub(crate) fn holds(&self, text: &str) -> bool {
        self.held.lock().unwrap().text.as_ref().is_some_and(|held| held.expose_secret() == text)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.held.lock().unwrap().text.is_none()
    }

    pub(crate) fn allowed_history(&self) -> bool {
        self.held.lock().unwrap().history
    }
}

impl Clipboard for Board {
    fn put_secret(&self, secret: &Secret, allow_history: bool) -> Result<(), ClipboardError> {
        let secret = Some(secret.clone());
        *self.held.lock().unwrap() = Held { text: secret.clone(), ours: secret, history: allow_history };
        Ok(())
    }

    fn put_text(&self, text: &str) -> Result<(), ClipboardError> {
        *self.held.lock().unwrap() = Held { text: Some(Secret::new(text.to_owned())), ours: None, history: true };
        Ok(())
    }

    fn is_ours(&self) -> bool {
        self.held.lock().unwrap().is_ours()
    }

    fn clear_if_ours(&self) -> bool {
        let mut held = self.held.lock().unwrap();
        let ours = held.is_ours() && !self.stuck.load(Ordering::SeqCst);
        if ours {
            *held = Held::default();
        }
        ours
    }

    fn read(&self) -> Result<Option<Secret>, ClipboardError> {
        Ok(self.held.lock().unwrap().text.clone())
    }

    fn clear_if_holds(&self, secret: &Secret) {
        let mut held = self.held.lock().unwrap();
        if held.text.as_ref().is_some_and(|text| text.same_as(secret)) {
            *held = Held::default();
        }
    }
}
