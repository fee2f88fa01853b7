//! Owns the commands about what falls due: reminders, the calendar, and what was seen.

use super::keys::key_view;
use super::{Answer, id};
use crate::state::Latchkey;
use crate::views::{KeyView, SavedFileView};
use chrono::NaiveDate;
use tauri::State;

/// Sets, moves or takes away the day on which Latchkey reminds of a key.
#[tauri::command(async)]
pub fn set_reminder(
    latchkey: State<'_, Latchkey>,
    key: String,
    on: Option<NaiveDate>,
    utc_offset_minutes: i32,
) -> Answer<KeyView> {
    let services = latchkey.services()?;
    key_view(services, &services.set_reminder(id(&key)?, on, utc_offset_minutes)?)
}

/// Saves a calendar entry for the day a key ends or is to be replaced.
#[tauri::command]
pub async fn add_to_calendar(latchkey: State<'_, Latchkey>, key: String) -> Answer<SavedFileView> {
    let saved = latchkey.services()?.add_to_calendar(id(&key)?).await?;
    Ok(SavedFileView::new(saved, latchkey.home()))
}

/// Puts away what falls due until it is more urgent.
#[tauri::command(async)]
pub fn dismiss_due(latchkey: State<'_, Latchkey>) -> Answer<()> {
    Ok(latchkey.services()?.dismiss_due()?)
}

/// The person has seen that a key was used again.
#[tauri::command(async)]
pub fn seen(latchkey: State<'_, Latchkey>, key: String) -> Answer<KeyView> {
    let services = latchkey.services()?;
    key_view(services, &services.seen(id(&key)?)?)
}
