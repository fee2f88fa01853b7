//! Owns the commands about the settings and about where secrets are kept.

use super::Answer;
use crate::state::Latchkey;
use crate::views::{self, SettingsView, StorageView};
use crate::window;
use tauri::{AppHandle, State};

/// Takes all settings, whole.
#[tauri::command(async)]
pub fn set_settings(app: AppHandle, latchkey: State<'_, Latchkey>, settings: SettingsView) -> Answer<SettingsView> {
    let settings = latchkey.services()?.set_settings(settings.try_into()?)?;
    window::zoom(&app, settings.zoom);
    Ok(settings.into())
}

/// Draws everything larger or smaller, in percent, and then keeps it. Where nothing can be kept it holds until the
/// app ends: who could not read why the records fail would have no way to make it larger.
#[tauri::command(async)]
pub fn set_zoom(app: AppHandle, latchkey: State<'_, Latchkey>, percent: u32) -> Answer<SettingsView> {
    let zoom = views::zoom(percent)?;
    window::zoom(&app, zoom);
    Ok(latchkey.services()?.set_zoom(zoom)?.into())
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
