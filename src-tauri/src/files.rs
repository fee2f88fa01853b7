//! Owns the system's own dialogs for choosing a file or a folder. Leaves out what is done with either.

use async_trait::async_trait;
use latchkey_core::services::FilePicker;
use std::path::{Path, PathBuf};
use tauri::{AppHandle, Manager as _};
use tauri_plugin_dialog::{DialogExt as _, FileDialogBuilder, FilePath};
use tokio::sync::oneshot;

/// The dialogs, above the one window.
pub(crate) struct SystemDialogs(pub(crate) AppHandle);

impl SystemDialogs {
    fn dialog(&self, title: &str) -> FileDialogBuilder<tauri::Wry> {
        let dialog = self.0.dialog().file().set_title(title);
        match self.0.get_webview_window("main") {
            Some(window) => dialog.set_parent(&window),
            None => dialog,
        }
    }
}

#[async_trait]
impl FilePicker for SystemDialogs {
    async fn choose_file(&self, title: &str, endings: &[&str]) -> Option<PathBuf> {
        let (answer, chosen) = oneshot::channel();
        let name = endings.iter().map(|ending| format!("*.{ending}")).collect::<Vec<_>>().join(", ");
        self.dialog(title).add_filter(name, endings).pick_file(move |file| hand_on(answer, file));
        chosen.await.ok().flatten()
    }

    async fn choose_folder(&self, title: &str, begin: Option<&Path>) -> Option<PathBuf> {
        let (answer, chosen) = oneshot::channel();
        let dialog = self.dialog(title);
        let dialog = match begin.filter(|folder| folder.is_dir()) {
            Some(folder) => dialog.set_directory(folder),
            None => dialog,
        };
        dialog.pick_folder(move |folder| hand_on(answer, folder));
        chosen.await.ok().flatten()
    }
}

fn hand_on(answer: oneshot::Sender<Option<PathBuf>>, chosen: Option<FilePath>) {
    // Whoever asked may have gone; then nobody wants the answer.
    let _ = answer.send(chosen.and_then(|path| path.into_path().ok()));
}
