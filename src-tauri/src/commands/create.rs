//! Owns the commands about making a key and the slot its secret waits in.

use super::app::slot_view;
use super::{Answer, id};
use crate::state::Latchkey;
use crate::views::{CreateKeyInput, SlotView};
use tauri::State;

/// Makes a key. It is sent once.
#[tauri::command]
pub async fn create_key(latchkey: State<'_, Latchkey>, input: CreateKeyInput) -> Answer<SlotView> {
    let services = latchkey.services()?;
    let account = id(&input.account)?;
    let slot = services.create_key(input.for_account(account)).await?;
    slot_view(services, slot)
}

/// The slot, if a new secret waits in it.
#[tauri::command(async)]
pub fn slot(latchkey: State<'_, Latchkey>) -> Answer<Option<SlotView>> {
    let services = latchkey.services()?;
    services.slot()?.map(|slot| slot_view(services, slot)).transpose()
}

/// Empties the slot: done, or closed although nothing is saved.
#[tauri::command(async)]
pub fn close_slot(latchkey: State<'_, Latchkey>, anyway: bool) -> Answer<()> {
    Ok(latchkey.services()?.close_slot(anyway)?)
}
