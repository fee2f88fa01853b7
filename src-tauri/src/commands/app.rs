//! Owns the commands about the whole app: its state, the sandbox, lock, quit and erase.

use super::Answer;
use crate::state::Latchkey;
use crate::views::{
    AccountView, AppView, ClipboardView, DueView, ErrorView, ProviderView, SettingsView, SlotView, StorageView,
};
use crate::window;
use latchkey_core::services::{Services, SlotState};
use tauri::{AppHandle, State};

/// As many of the keys that fall due as the window names. A long list has thousands.
const NAMED: usize = 3;

/// Everything the window needs to draw its frame.
#[tauri::command(async)]
pub fn app_state(latchkey: State<'_, Latchkey>) -> Answer<AppView> {
    view(latchkey.services()?)
}

/// Starts the sandbox and makes its account, which is then signed in like any other.
#[tauri::command]
pub async fn open_sandbox(latchkey: State<'_, Latchkey>) -> Answer<AccountView> {
    Ok(latchkey.services()?.open_sandbox().await?.into())
}

/// Ends the sandbox and removes its traces.
#[tauri::command]
pub async fn close_sandbox(latchkey: State<'_, Latchkey>) -> Answer<()> {
    Ok(latchkey.services()?.close_sandbox().await?)
}

/// Somebody uses the window; said now and then, so that the app does not lock under their hands.
#[tauri::command(async)]
pub fn active(latchkey: State<'_, Latchkey>) -> Answer<()> {
    latchkey.services()?.input();
    Ok(())
}

/// Drops what was read and refuses everything until `unlock`.
#[tauri::command(async)]
pub fn lock(latchkey: State<'_, Latchkey>) -> Answer<()> {
    latchkey.services()?.lock();
    Ok(())
}

/// Ends the lock.
#[tauri::command(async)]
pub fn unlock(latchkey: State<'_, Latchkey>) -> Answer<AppView> {
    let services = latchkey.services()?;
    services.unlock()?;
    view(services)
}

/// Ends the app, but not over an unsaved secret unless that is said.
#[tauri::command(async)]
pub fn quit(app: AppHandle, latchkey: State<'_, Latchkey>, anyway: bool) -> Answer<()> {
    if latchkey.opened().is_some_and(Services::has_unsaved_secret) && !anyway {
        return Err(ErrorView::bad_input("unsaved"));
    }
    window::quit(&app);
    Ok(())
}

/// Removes everything Latchkey keeps on this computer.
#[tauri::command]
pub async fn erase_everything(app: AppHandle, latchkey: State<'_, Latchkey>, typed: String) -> Answer<()> {
    let services = latchkey.services()?;
    services.erase(&typed).await?;
    window::zoom_as_set(&app, services);
    Ok(())
}

/// Puts damaged records aside under another name, so that Latchkey can begin anew.
#[tauri::command(async)]
pub fn set_records_aside(latchkey: State<'_, Latchkey>) -> Answer<()> {
    latchkey.set_records_aside()
}

fn view(services: &Services) -> Answer<AppView> {
    let storage = StorageView::from(services.storage());
    let settings = SettingsView::from(services.settings()?);
    if let Some(lock) = services.lock_state() {
        return Ok(AppView::locked(settings, storage, lock.into()));
    }
    let due = services.due()?;
    let unsaved = services.has_unsaved_secret().then(|| services.slot()).transpose()?.flatten();
    Ok(AppView {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        platform: std::env::consts::OS.to_owned(),
        locked: false,
        lock: None,
        sandbox: services.sandbox_runs(),
        providers: services.descriptions().into_iter().map(ProviderView::from).collect(),
        accounts: services.accounts()?.into_iter().map(AccountView::from).collect(),
        storage,
        settings,
        unsaved: unsaved.map(|slot| slot_view(services, slot)).transpose()?,
        clipboard: services.copied().map(ClipboardView::from),
        due_count: due.len(),
        due: due.into_iter().take(NAMED).map(DueView::from).collect(),
    })
}

/// The slot beside its account's words.
pub(super) fn slot_view(services: &Services, slot: SlotState) -> Answer<SlotView> {
    let account = services.account_state(slot.key.account)?;
    Ok(SlotView::new(slot, &account.account, account.time_there(services.now())))
}
