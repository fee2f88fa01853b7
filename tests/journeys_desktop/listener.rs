//! Owns the desktop's other side of a notification: a service on the stage's bus that takes what the app
//! sends, as a desktop's own would, and remembers it.
#![allow(
    clippy::too_many_arguments,
    clippy::unused_self,
    clippy::used_underscore_binding,
    reason = "the interface is the desktop's, and only two of its words matter here"
)]

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use xtask::stage::Stage;
use zbus::zvariant::OwnedValue;

/// One notification.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    pub(crate) title: String,
    pub(crate) words: String,
}

/// The service, for as long as it is held.
pub(crate) struct Listener {
    told: Arc<Mutex<Vec<Told>>>,
    _connection: zbus::Connection,
}

struct Service(Arc<Mutex<Vec<Told>>>);

#[zbus::interface(name = "org.freedesktop.Notifications")]
impl Service {
    fn notify(
        &self,
        _app: String,
        replaces: u32,
        _icon: String,
        title: String,
        words: String,
        _actions: Vec<String>,
        _hints: HashMap<String, OwnedValue>,
        _milliseconds: i32,
    ) -> u32 {
        self.0.lock().unwrap().push(Told { title, words });
        replaces.max(1)
    }

    fn close_notification(&self, _id: u32) {}

    fn get_capabilities(&self) -> Vec<String> {
        vec!["body".to_owned()]
    }

    fn get_server_information(&self) -> (String, String, String, String) {
        ("stage".to_owned(), "latchkey".to_owned(), "1".to_owned(), "1.2".to_owned())
    }
}

impl Listener {
    /// On the stage's own bus, before the app is opened.
    pub(crate) async fn on(stage: &Stage) -> Self {
        let told = Arc::new(Mutex::new(Vec::new()));
        let connection = zbus::connection::Builder::address(stage.bus())
            .unwrap()
            .serve_at("/org/freedesktop/Notifications", Service(Arc::clone(&told)))
            .unwrap()
            .name("org.freedesktop.Notifications")
            .unwrap()
            .build()
            .await
            .unwrap();
        Self { told, _connection: connection }
    }

    /// What was told so far.
    pub(crate) fn told(&self) -> Vec<Told> {
        self.told.lock().unwrap().clone()
    }
}
