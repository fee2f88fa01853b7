//! Owns what is watched outside the window: a host that nobody should ask, and the files of the stage.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A host that answers nothing useful and remembers who came.
pub(crate) struct Listener {
    pub(crate) base: String,
    heard: Arc<Mutex<Heard>>,
}

#[derive(Default)]
struct Heard {
    connections: usize,
    asked: Vec<String>,
}

impl Listener {
    pub(crate) fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}/", listener.local_addr().unwrap());
        let heard = Arc::<Mutex<Heard>>::default();
        let shared = Arc::clone(&heard);
        // It ends with the test's process.
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                shared.lock().unwrap().connections += 1;
                let shared = Arc::clone(&shared);
                std::thread::spawn(move || {
                    let mut stream = stream;
                    let mut bytes = vec![0; 64 * 1024];
                    let _ = stream.set_read_timeout(Some(Duration::from_secs(2)));
                    let length = stream.read(&mut bytes).unwrap_or_default();
                    let text = String::from_utf8_lossy(&bytes[..length]).into_owned();
                    if !text.is_empty() {
                        shared.lock().unwrap().asked.push(text);
                    }
                    let _ = stream
                        .write_all(b"HTTP/1.1 200 OK\r\naccess-control-allow-origin: *\r\ncontent-length: 2\r\n\r\n{}");
                });
            }
        });
        Self { base, heard }
    }

    /// What was asked, head and body.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.heard.lock().unwrap().asked.clone()
    }

    /// How many came, whether they asked for something or not.
    pub(crate) fn connections(&self) -> usize {
        self.heard.lock().unwrap().connections
    }
}

/// Every file of the person's on the stage with its content: home, configuration, and what other programs
/// keep. Left out is what the app, the web view, the keyring and the desktop keep for themselves.
pub(crate) fn files_below(stage: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![stage.join("home"), stage.join("config"), stage.join("state")];
    folders.push(stage.join("data"));
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let name = path.strip_prefix(stage).unwrap().to_string_lossy().into_owned();
            let own = [
                "data/app.latchkey.desktop",
                "data/keyrings",
                "config/dconf",
                "config/glib",
                "config/pulse",
                "home/opened",
            ];
            if own.iter().any(|own| name.starts_with(own)) {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else {
                found.insert(name, std::fs::read(&path).unwrap_or_default());
            }
        }
    }
    found
}
