//! Owns the commands about accounts.

use super::{Answer, id};
use crate::state::Latchkey;
use crate::views::{AccountView, ServersInput, SignedOutView, WorkspaceView};
use tauri::State;

/// Gives an account another label.
#[tauri::command(async)]
pub fn rename_account(latchkey: State<'_, Latchkey>, account: String, label: String) -> Answer<AccountView> {
    Ok(latchkey.services()?.rename_account(id(&account)?, &label)?.into())
}

/// Gives an account other servers; a changed host must be confirmed, and any other server signs it out.
#[tauri::command]
pub async fn set_servers(
    latchkey: State<'_, Latchkey>,
    account: String,
    servers: ServersInput,
    confirmed: bool,
) -> Answer<AccountView> {
    Ok(latchkey.services()?.set_servers(id(&account)?, &servers.into(), confirmed).await?.into())
}

/// Ends an account's sign-in, at the server too where it can.
#[tauri::command]
pub async fn sign_out(latchkey: State<'_, Latchkey>, account: String) -> Answer<SignedOutView> {
    Ok(latchkey.services()?.sign_out(id(&account)?).await?.into())
}

/// Removes an account from this computer.
#[tauri::command]
pub async fn remove_account(latchkey: State<'_, Latchkey>, account: String, delete_secrets: bool) -> Answer<()> {
    Ok(latchkey.services()?.remove_account(id(&account)?, delete_secrets).await?)
}

/// Reads an account's workspaces again.
#[tauri::command]
pub async fn refresh_workspaces(latchkey: State<'_, Latchkey>, account: String) -> Answer<Vec<WorkspaceView>> {
    let workspaces = latchkey.services()?.refresh_workspaces(id(&account)?).await?;
    Ok(workspaces.into_iter().map(WorkspaceView::from).collect())
}
