//! Owns the commands about keys that are known: list, look, copy, reveal, keep, forget, note.

use super::app::slot_view;
use super::{Answer, id, optional_id};
use crate::state::Latchkey;
use crate::views::{
    ClipboardView, ErrorCode, ErrorView, KeyDetailView, KeyListView, KeyView, NotedPlaceView, SlotView,
};
use latchkey_core::domain::ApiKey;
use latchkey_core::services::Services;
use tauri::State;

/// The keys from the cache: all of them if they are few, otherwise the first rows, and then page by page.
#[tauri::command(async)]
pub fn list_keys(latchkey: State<'_, Latchkey>, after: Option<i64>) -> Answer<KeyListView> {
    let services = latchkey.services()?;
    let page = services.key_page(after)?;
    Ok(KeyListView::new(&page, &services.accounts()?, services.now()))
}

/// Asks one account, or all, for its keys.
#[tauri::command]
pub async fn refresh_keys(latchkey: State<'_, Latchkey>, account: Option<String>) -> Answer<()> {
    Ok(latchkey.services()?.refresh_keys(optional_id(account)?).await?)
}

/// What the drawer of a key shows.
#[tauri::command(async)]
pub fn key_detail(latchkey: State<'_, Latchkey>, key: String) -> Answer<KeyDetailView> {
    let services = latchkey.services()?;
    Ok(KeyDetailView::new(services.key_detail(id(&key)?)?, services.now()))
}

/// The characters of a key, from its slot or the keychain. The only command that answers a secret.
///
/// The answer goes through buffers of the web view that nobody zeroes. So each character is combined
/// (exclusive or) with a number of the page's own choice, drawn anew each time: in no such buffer do the
/// characters stand as they are, and the page takes them apart one by one.
#[tauri::command]
pub async fn reveal_secret(latchkey: State<'_, Latchkey>, key: String, pad: Vec<u32>) -> Answer<Vec<u32>> {
    let secret = latchkey.services()?.reveal_secret(id(&key)?).await?;
    if latchkey.is_locked() {
        // Locked while the keychain was asked: the gate has not seen that.
        return Err(ErrorView::of(ErrorCode::Locked));
    }
    // The person asked to see it: the one way in which characters go to the window.
    let characters = secret.expose_secret().chars();
    if characters.clone().count() > pad.len() {
        return Err(ErrorView::of(ErrorCode::BadInput));
    }
    Ok(characters.zip(pad).map(|(character, chance)| u32::from(character) ^ chance).collect())
}

/// Puts a key's secret into the clipboard.
#[tauri::command]
pub async fn copy_secret(latchkey: State<'_, Latchkey>, key: String) -> Answer<ClipboardView> {
    Ok(latchkey.services()?.copy_secret(id(&key)?).await?.into())
}

/// Puts a snippet into the clipboard, with the secret in it only if that is asked for.
#[tauri::command]
pub async fn copy_snippet(
    latchkey: State<'_, Latchkey>,
    key: String,
    snippet: String,
    with_secret: bool,
) -> Answer<Option<ClipboardView>> {
    let copied = latchkey.services()?.copy_snippet(id(&key)?, &snippet, with_secret).await?;
    Ok(copied.map(ClipboardView::from))
}

/// Puts a key's name, project or prefix into the clipboard, for the service's own page.
#[tauri::command(async)]
pub fn copy_words(latchkey: State<'_, Latchkey>, words: String) -> Answer<()> {
    Ok(latchkey.services()?.copy_words(&words)?)
}

/// Empties the clipboard if it still holds what was copied.
#[tauri::command(async)]
pub fn clear_clipboard(latchkey: State<'_, Latchkey>) -> Answer<()> {
    latchkey.services()?.clear_clipboard();
    Ok(())
}

/// Puts the slot's secret into the keychain.
#[tauri::command]
pub async fn keep_secret(latchkey: State<'_, Latchkey>, key: String) -> Answer<Option<SlotView>> {
    let services = latchkey.services()?;
    services.keep_secret(id(&key)?).await?.map(|slot| slot_view(services, slot)).transpose()
}

/// Deletes a kept secret from the keychain.
#[tauri::command]
pub async fn forget_secret(latchkey: State<'_, Latchkey>, key: String) -> Answer<KeyView> {
    let services = latchkey.services()?;
    key_view(services, &services.forget_secret(id(&key)?).await?)
}

/// A key beside its account's words.
pub(super) fn key_view(services: &Services, key: &ApiKey) -> Answer<KeyView> {
    let account = services.account_state(key.account)?;
    Ok(KeyView::new(key, &account.account, account.time_there(services.now())))
}

/// Forgets a key here; at the service nothing changes.
#[tauri::command]
pub async fn remove_key(latchkey: State<'_, Latchkey>, key: String) -> Answer<()> {
    Ok(latchkey.services()?.remove_key(id(&key)?).await?)
}

/// Notes a place outside this computer where a key is used.
#[tauri::command(async)]
pub fn note_place(latchkey: State<'_, Latchkey>, key: String, name: String, detail: String) -> Answer<NotedPlaceView> {
    Ok(latchkey.services()?.note_place(id(&key)?, &name, &detail)?.into())
}

/// Removes a noted place: it was seen to there.
#[tauri::command(async)]
pub fn remove_noted_place(latchkey: State<'_, Latchkey>, place: String) -> Answer<()> {
    Ok(latchkey.services()?.remove_noted_place(id(&place)?)?)
}
