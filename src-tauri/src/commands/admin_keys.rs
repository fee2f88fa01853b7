//! Owns the commands about accounts that one of their own keys acts for, and about an account's base
//! address and usage.

use super::{Answer, id};
use crate::state::Latchkey;
use crate::views::{AccountView, AdminKeyView};
use tauri::State;

/// Asks the host what a pasted key is worth for managing an account.
#[tauri::command]
pub async fn check_admin_key(
    latchkey: State<'_, Latchkey>,
    source: String,
    provider: String,
    host: Option<String>,
) -> Answer<AdminKeyView> {
    Ok(latchkey.services()?.check_admin_key(&source, id(&provider)?, host.as_deref()).await?.into())
}

/// Adds an account that a pasted key acts for.
#[tauri::command]
pub async fn add_account(
    latchkey: State<'_, Latchkey>,
    source: String,
    provider: String,
    host: Option<String>,
    label: String,
) -> Answer<AccountView> {
    Ok(latchkey.services()?.add_account(&source, id(&provider)?, host.as_deref(), &label).await?.into())
}

/// Lets another pasted key act for an account.
#[tauri::command]
pub async fn replace_admin_key(latchkey: State<'_, Latchkey>, account: String, source: String) -> Answer<AccountView> {
    Ok(latchkey.services()?.replace_admin_key(id(&account)?, &source).await?.into())
}

/// Lets a kept key act for its account.
#[tauri::command]
pub async fn use_as_admin_key(latchkey: State<'_, Latchkey>, account: String, key: String) -> Answer<AccountView> {
    Ok(latchkey.services()?.use_as_admin_key(id(&account)?, id(&key)?).await?.into())
}

/// Changes an account's base address, once that is confirmed.
#[tauri::command]
pub async fn set_host(
    latchkey: State<'_, Latchkey>,
    account: String,
    host: String,
    confirmed: bool,
) -> Answer<AccountView> {
    Ok(latchkey.services()?.set_host(id(&account)?, &host, confirmed).await?.into())
}

/// Asks what an account has used.
#[tauri::command]
pub async fn refresh_usage(latchkey: State<'_, Latchkey>, account: String) -> Answer<AccountView> {
    Ok(latchkey.services()?.refresh_usage(id(&account)?).await?.into())
}

/// Gives up an account's request that waits to be repeated.
#[tauri::command(async)]
pub fn cancel_retry(latchkey: State<'_, Latchkey>, account: String) -> Answer<()> {
    latchkey.services()?.cancel_retry(id(&account)?);
    Ok(())
}
