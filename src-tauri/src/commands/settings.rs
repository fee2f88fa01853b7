//! Owns the commands about the settings and about where secrets are kept.

use super::Answer;
use crate::state::Latchkey;
use crate::views::{SettingsView, StorageView};
use tauri::State;

/// Takes all settings, whole.
#[tauri::command(async)]
pub fn set_settings(latchkey: State<'_, Latchkey>, settings: SettingsView) -> Answer<SettingsView> {
    Ok(latchkey.services()?.set_settings(settings.try_into()?)?.into())
}

/// Tries the keychain again.
#[tauri::command]
pub async fn check_storage(latchkey: State<'_, Latchkey>) -> Answer<StorageView> {
    Ok(latchkey.services()?.check_storage().await.into())
}

/// Asks the system to unlock the keychain.
#[tauri::command]
pub async fn unlock_storage(latchkey: State<'_, Latchkey>) -> Answer<StorageView> {
    Ok(latchkey.services()?.unlock_storage().await.into())
}

/// Keeps secrets in memory until Latchkey quits, or no longer.
#[tauri::command]
pub async fn keep_for_session(latchkey: State<'_, Latchkey>, on: bool) -> Answer<StorageView> {
    Ok(latchkey.services()?.keep_for_session(on).await.into())
}
