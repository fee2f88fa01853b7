//! Owns the commands about signing in. Device code, verifier and tokens stay in the services.

use super::{Answer, id, optional_id};
use crate::state::Latchkey;
use crate::views::{ServersInput, SignInAttemptView};
use latchkey_core::services::EditedServers;
use tauri::State;

/// Begins a sign-in in place of a running one; the browser opens as soon as there is a page.
#[tauri::command]
pub async fn start_sign_in(
    latchkey: State<'_, Latchkey>,
    provider: String,
    account: Option<String>,
    servers: Option<ServersInput>,
) -> Answer<SignInAttemptView> {
    let services = latchkey.services()?;
    let servers = servers.map(EditedServers::from);
    Ok(services.start_sign_in(id(&provider)?, optional_id(account)?, servers).await?.into())
}

/// Begins the last sign-in anew with a code to compare, where the browser did not come back.
#[tauri::command(async)]
pub fn use_code_to_sign_in(latchkey: State<'_, Latchkey>) -> Answer<SignInAttemptView> {
    Ok(latchkey.services()?.use_code_to_sign_in()?.into())
}

/// Where the running sign-in stands.
#[tauri::command(async)]
pub fn sign_in_state(latchkey: State<'_, Latchkey>) -> Answer<Option<SignInAttemptView>> {
    Ok(latchkey.services()?.sign_in_state().map(SignInAttemptView::from))
}

/// Opens the approval page again.
#[tauri::command(async)]
pub fn open_sign_in_page(latchkey: State<'_, Latchkey>) -> Answer<()> {
    Ok(latchkey.services()?.open_sign_in_page()?)
}

/// Copies the code that is compared in the browser.
#[tauri::command(async)]
pub fn copy_user_code(latchkey: State<'_, Latchkey>) -> Answer<()> {
    Ok(latchkey.services()?.copy_user_code()?)
}

/// Copies the approval page's address, for a browser that did not open.
#[tauri::command(async)]
pub fn copy_sign_in_address(latchkey: State<'_, Latchkey>) -> Answer<()> {
    Ok(latchkey.services()?.copy_sign_in_address()?)
}

/// Gives the running sign-in up.
#[tauri::command(async)]
pub fn cancel_sign_in(latchkey: State<'_, Latchkey>) -> Answer<()> {
    latchkey.services()?.cancel_sign_in();
    Ok(())
}
