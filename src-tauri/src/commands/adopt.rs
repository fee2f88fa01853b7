//! Owns the commands about keys that exist already: pasted, or found on this computer.

use super::{Answer, account_or_none, optional_id};
use crate::state::Latchkey;
use crate::surroundings::API_KEY_VARIABLE;
use crate::views::{AdoptInput, AdoptedView, DroppedView, FoundView, PastedView};
use tauri::State;

/// Reads the clipboard, once. The secret waits in Rust.
#[tauri::command]
pub async fn paste_key(latchkey: State<'_, Latchkey>) -> Answer<PastedView> {
    Ok(latchkey.services()?.paste_key().await?.into())
}

/// What a dropped file holds. Its secrets wait in Rust.
#[tauri::command(async)]
pub fn dropped_keys(latchkey: State<'_, Latchkey>) -> Answer<Option<DroppedView>> {
    Ok(latchkey.services()?.dropped_keys().map(DroppedView::from))
}

/// Drops the pasted key and those of a dropped file.
#[tauri::command(async)]
pub fn discard_pasted(latchkey: State<'_, Latchkey>) -> Answer<()> {
    latchkey.services()?.discard_pasted();
    Ok(())
}

/// What the official command line keeps on this computer.
#[tauri::command(async)]
pub fn found_credentials(latchkey: State<'_, Latchkey>) -> Answer<Vec<FoundView>> {
    let found = latchkey.services()?.found_credentials()?;
    Ok(found.into_iter().map(|found| FoundView::new(found, latchkey.home(), API_KEY_VARIABLE)).collect())
}

/// Asks the service about a pasted or found key, and adds it.
#[tauri::command]
pub async fn adopt_key(latchkey: State<'_, Latchkey>, input: AdoptInput) -> Answer<AdoptedView> {
    let services = latchkey.services()?;
    let account = account_or_none(input.account.as_deref().unwrap_or_default())?;
    let provider = optional_id(input.provider.clone())?;
    let adopted = services.adopt_key(input.with(account, provider)).await?;
    let now = services.now_at(adopted.account.id);
    Ok(AdoptedView::new(adopted, now))
}
