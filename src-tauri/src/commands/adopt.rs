//! Owns the commands about keys that exist already: pasted, or found on this computer.

use super::{Answer, account_or_none};
use crate::state::Latchkey;
use crate::surroundings::API_KEY_VARIABLE;
use crate::views::{AdoptInput, AdoptedView, FoundView, PastedView};
use tauri::State;

/// Reads the clipboard, once. The secret waits in Rust.
#[tauri::command]
pub async fn paste_key(latchkey: State<'_, Latchkey>) -> Answer<PastedView> {
    Ok(latchkey.services()?.paste_key().await?.into())
}

/// Drops the pasted key.
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
    let account = account_or_none(&input.account)?;
    Ok(AdoptedView::new(services.adopt_key(input.for_account(account)).await?, services.now()))
}
