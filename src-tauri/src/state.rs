//! Owns what every command is given: the services, or why they could not be opened.

use crate::views::ErrorView;
use latchkey_core::services::{ServiceError, Services};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};

/// Composes the services.
type Open = Box<dyn Fn() -> Result<Services, ServiceError> + Send + Sync>;

/// Begins with the services once they are open.
type Begin = Box<dyn Fn(&Services) + Send + Sync>;

/// Puts damaged records aside.
type SetAside = Box<dyn Fn() -> Result<(), ServiceError> + Send + Sync>;

/// The composed app. Services that could not be opened are tried again by the next command, so that a
/// person who has made room on the disk need not start the app anew.
pub struct Latchkey {
    services: OnceLock<Services>,
    open: Mutex<Open>,
    begin: Begin,
    set_aside: SetAside,
    home: PathBuf,
}

impl Latchkey {
    /// The app, its services not opened yet.
    pub(crate) fn new(open: Open, begin: Begin, set_aside: SetAside, home: PathBuf) -> Self {
        Self { services: OnceLock::new(), open: Mutex::new(open), begin, set_aside, home }
    }

    /// The services, opened if they were not, or why there are none.
    pub(crate) fn services(&self) -> Result<&Services, ErrorView> {
        if let Some(services) = self.opened() {
            return Ok(services);
        }
        // One at a time: what another command opened meanwhile is not opened twice.
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(services) = self.opened() {
            return Ok(services);
        }
        let services = open()?;
        let services = self.services.get_or_init(|| services);
        (self.begin)(services);
        Ok(services)
    }

    /// Puts damaged records aside, so that the next command begins new ones. Records that are open are in
    /// use and stay.
    pub(crate) fn set_records_aside(&self) -> Result<(), ErrorView> {
        let _nobody_opens = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if self.opened().is_some() {
            return Err(ErrorView::bad_input("records"));
        }
        Ok((self.set_aside)()?)
    }

    /// The services, if they are open.
    pub(crate) fn opened(&self) -> Option<&Services> {
        self.services.get()
    }

    /// The person's home folder, which paths are shortened by.
    pub(crate) fn home(&self) -> &Path {
        &self.home
    }

    /// Whether commands are refused because the app is locked.
    pub(crate) fn is_locked(&self) -> bool {
        self.opened().is_some_and(Services::is_locked)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::views::ErrorCode;
    use async_trait::async_trait;
    use latchkey_core::domain::Secret;
    use latchkey_core::services::{
        Browser, CliProgram, Clipboard, ClipboardError, Desktop, FilePicker, NoBrowser, Notifier, SandboxFailed,
        SandboxProgram, SandboxServers, Surroundings, Topic, Window, compose, set_records_aside,
    };
    use std::sync::Arc;
    use url::Url;

    /// A desktop on which nothing happens.
    struct Still;

    impl Window for Still {
        fn changed(&self, _: Topic) {}
    }

    impl Browser for Still {
        fn open(&self, _: &Url) -> Result<(), NoBrowser> {
            Err(NoBrowser)
        }
    }

    impl Clipboard for Still {
        fn put_secret(&self, _: &Secret, _: bool) -> Result<(), ClipboardError> {
            Err(ClipboardError)
        }
        fn put_text(&self, _: &str) -> Result<(), ClipboardError> {
            Err(ClipboardError)
        }
        fn is_ours(&self) -> bool {
            false
        }
        fn clear_if_ours(&self) -> bool {
            false
        }
        fn read(&self) -> Result<Option<Secret>, ClipboardError> {
            Ok(None)
        }
        fn clear_if_holds(&self, _: &Secret) {}
    }

    #[async_trait]
    impl SandboxProgram for Still {
        async fn start(&self) -> Result<SandboxServers, SandboxFailed> {
            Err(SandboxFailed("not here".to_owned()))
        }
        fn runs(&self) -> bool {
            false
        }
        fn stop(&self) {}
    }

    impl Notifier for Still {
        fn notify(&self, _: &str, _: &str) {}
    }

    #[async_trait]
    impl FilePicker for Still {
        async fn choose_file(&self, _: &str, _: &[&str]) -> Option<PathBuf> {
            None
        }
        async fn choose_folder(&self, _: &str, _: Option<&Path>) -> Option<PathBuf> {
            None
        }
    }

    #[async_trait]
    impl CliProgram for Still {
        fn folders(&self) -> Vec<PathBuf> {
            Vec::new()
        }
        async fn ask_version(&self, _: &Path) -> Option<String> {
            None
        }
    }

    fn latchkey(folder: PathBuf) -> Latchkey {
        let damaged = folder.clone();
        let open = move || {
            let desktop = Desktop {
                window: Arc::new(Still),
                browser: Arc::new(Still),
                clipboard: Arc::new(Still),
                sandbox: Arc::new(Still),
                files: Arc::new(Still),
                cli: Arc::new(Still),
                notifier: Arc::new(Still),
                downloads: None,
                computer: String::new(),
            };
            let surroundings = Surroundings { home: folder.clone(), ..Surroundings::default() };
            compose(&folder, desktop, surroundings)
        };
        Latchkey::new(Box::new(open), Box::new(|_| {}), Box::new(move || set_records_aside(&damaged)), PathBuf::new())
    }

    #[test]
    fn services_that_could_not_be_opened_are_opened_once_there_is_room() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("latchkey");
        std::fs::write(&place, "a file where the folder should be").unwrap();
        let latchkey = latchkey(place.clone());
        assert_eq!(latchkey.services().err().map(|error| error.code), Some(ErrorCode::RecordsFailed));
        assert!(latchkey.opened().is_none() && !latchkey.is_locked());
        std::fs::remove_file(&place).unwrap();
        assert!(latchkey.services().is_ok());
        assert!(latchkey.opened().is_some());
    }

    #[test]
    fn damaged_records_are_put_aside_once_and_only_while_they_are_not_open() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("records.db");
        std::fs::write(&file, "these are no records").unwrap();
        let latchkey = latchkey(folder.path().to_owned());
        let failure = latchkey.services().err().unwrap();
        assert_eq!(failure.code, ErrorCode::RecordsDamaged);
        assert_eq!(failure.details.text.as_deref(), file.to_str(), "it is said which file");
        latchkey.set_records_aside().unwrap();
        assert!(!file.exists());
        assert!(latchkey.services().is_ok());
        assert_eq!(latchkey.set_records_aside().err().map(|error| error.code), Some(ErrorCode::BadInput));
        let kept = std::fs::read_dir(folder.path()).unwrap().flatten().map(|entry| entry.path());
        let kept: Vec<PathBuf> = kept.filter(|path| path.to_string_lossy().contains("records-damaged-")).collect();
        assert_eq!(kept.iter().map(|path| std::fs::read(path).unwrap()).collect::<Vec<_>>(), [b"these are no records"]);
    }

    #[test]
    fn the_gate_follows_the_lock() {
        let folder = tempfile::tempdir().unwrap();
        let latchkey = latchkey(folder.path().join("latchkey"));
        latchkey.services().unwrap().lock();
        assert!(latchkey.is_locked());
        latchkey.services().unwrap().unlock().unwrap();
        assert!(!latchkey.is_locked());
    }
}
