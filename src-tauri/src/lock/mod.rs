//! Owns the gate of the locked app: one place refuses every command, whatever the window shows; and
//! locks when the system does. Leaves out what a lock drops, which services know.

#[cfg(target_os = "linux")]
mod system;

use crate::state::Latchkey;
use crate::views::{ErrorCode, ErrorView};
#[cfg(target_os = "linux")]
use tauri::AppHandle;
use tauri::Manager as _;
use tauri::ipc::Invoke;

/// What a locked app still answers: that it is locked, and how to end it.
const ANSWERED: [&str; 2] = ["app_state", "unlock"];

/// Puts the gate before the commands.
pub(crate) fn guard(
    commands: impl Fn(Invoke) -> bool + Send + Sync + 'static,
) -> impl Fn(Invoke) -> bool + Send + Sync + 'static {
    move |invoke| {
        let latchkey = invoke.message.webview_ref().try_state::<Latchkey>();
        let locked = latchkey.is_some_and(|latchkey| latchkey.is_locked());
        if locked && !is_answered(invoke.message.command()) {
            invoke.resolver.reject(ErrorView::of(ErrorCode::Locked));
            return true;
        }
        commands(invoke)
    }
}

/// Locks whenever the system locks its screen or goes to sleep.
#[cfg(target_os = "linux")]
pub(crate) fn with_the_system(app: &AppHandle) {
    let app = app.clone();
    system::watch(move |by| {
        // What could not be opened has nothing to hide.
        if let Some(services) = app.state::<Latchkey>().opened() {
            services.lock_by(by);
        }
    });
}

fn is_answered(command: &str) -> bool {
    ANSWERED.contains(&command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locked_app_answers_nothing_but_its_state_and_unlock() {
        let answered: Vec<&str> = crate::tests::command_names().into_iter().filter(|name| is_answered(name)).collect();
        assert_eq!(answered, ["app_state", "unlock"]);
    }
}
