//! Owns what the system's signals to end mean: SIGTERM, SIGINT and SIGHUP ask like the window's close
//! button does, and a second one ends the app without asking.

use crate::window;
use tauri::AppHandle;
use tokio::signal::unix::{SignalKind, signal};

/// Heeds the signals from now on. The first one clears up and ends, unless a secret would be lost: a
/// session that ends waits for a while, and one that means it goes on to SIGKILL.
pub(crate) fn heed(app: &AppHandle) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
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
