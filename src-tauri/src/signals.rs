//! Owns what the system's signals to end mean: SIGTERM, SIGINT and SIGHUP ask like the window's close
//! button does, and a second one ends the app without asking. And that a file which may not grow ends nothing.

use crate::window;
use tauri::AppHandle;
use tokio::signal::unix::{SignalKind, signal};

/// SIGXFSZ, on Linux for x86 and ARM and on macOS: a file would have grown past what this person may write
/// (setrlimit(2)).
const FILE_TOO_LARGE: i32 = 25;

/// Heeds the signals from now on. The first one clears up and ends, unless a secret would be lost: a
/// session that ends waits for a while, and one that means it goes on to SIGKILL.
pub(crate) fn heed(app: &AppHandle) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        // With a handler, which stays, the write fails and is told. Without one the system would end the app
        // in the middle of it, and with it a secret that is saved nowhere.
        let _handled = signal(SignalKind::from_raw(FILE_TOO_LARGE));
        let kinds = [SignalKind::terminate(), SignalKind::interrupt(), SignalKind::hangup()];
        // Where the system takes no handler, a signal ends the app as it always did.
        let [Ok(mut terminate), Ok(mut interrupt), Ok(mut hang_up)] = kinds.map(signal) else { return };
        let mut asked = false;
        loop {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
                _ = hang_up.recv() => {}
            }
            if std::mem::replace(&mut asked, true) {
                window::quit(&app);
            } else {
                window::asked_to_end(&app);
            }
        }
    });
}
