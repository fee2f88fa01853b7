//! Owns the commands that open a service's page. Addresses come from Rust, never from the window.

use super::{Answer, optional_id};
use crate::state::Latchkey;
use crate::views::Page;
use tauri::State;

/// Opens a page in the system's browser.
#[tauri::command(async)]
pub fn open_page(
    latchkey: State<'_, Latchkey>,
    page: Page,
    account: Option<String>,
    provider: Option<String>,
) -> Answer<()> {
    Ok(latchkey.services()?.open_page(page.into(), optional_id(account)?, optional_id(provider)?)?)
}

/// Copies a page's address, for when there is no browser to open.
#[tauri::command(async)]
pub fn copy_page_address(
    latchkey: State<'_, Latchkey>,
    page: Page,
    account: Option<String>,
    provider: Option<String>,
) -> Answer<()> {
    Ok(latchkey.services()?.copy_page_address(page.into(), optional_id(account)?, optional_id(provider)?)?)
}
