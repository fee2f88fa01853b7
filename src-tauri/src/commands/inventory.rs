//! Owns the commands that write the inventory and read one. Paths come from the system's own dialog,
//! never from the window.

use super::{Answer, id};
use crate::state::Latchkey;
use crate::views::{ImportPlanView, ImportedView, InventoryFormatInput, SavedFileView};
use tauri::State;

/// Writes what is known of every key, or of the chosen ones, into the person's folder for downloads.
#[tauri::command]
pub async fn export_inventory(
    latchkey: State<'_, Latchkey>,
    format: InventoryFormatInput,
    keys: Option<Vec<String>>,
) -> Answer<SavedFileView> {
    let services = latchkey.services()?;
    let chosen = keys.map(|keys| keys.iter().map(|key| id(key)).collect()).transpose()?;
    let saved = services.export_inventory(format.into(), chosen.as_ref()).await?;
    Ok(SavedFileView::new(saved, latchkey.home()))
}

/// Lets the person choose an inventory, and says what importing it would do.
#[tauri::command]
pub async fn choose_inventory(latchkey: State<'_, Latchkey>) -> Answer<Option<ImportPlanView>> {
    Ok(latchkey.services()?.choose_inventory().await?.map(ImportPlanView::from))
}

/// Adds what the chosen inventory holds and is not known here.
#[tauri::command(async)]
pub fn import_inventory(latchkey: State<'_, Latchkey>, id: String) -> Answer<ImportedView> {
    Ok(latchkey.services()?.import_inventory(&id)?.into())
}
