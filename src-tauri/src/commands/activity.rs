//! Owns the command that reads the journal.

use super::Answer;
use crate::state::Latchkey;
use crate::views::{ActivityView, ErrorView};
use chrono::{DateTime, Utc};
use tauri::State;

/// The longest page of the journal.
const LONGEST_PAGE: u32 = 500;

/// A page of the journal, newest first.
#[tauri::command(async)]
pub fn list_activity(latchkey: State<'_, Latchkey>, before: Option<String>, limit: u32) -> Answer<Vec<ActivityView>> {
    let before = before.map(|text| moment(&text)).transpose()?;
    let entries = latchkey.services()?.activity(before, limit.min(LONGEST_PAGE) as usize)?;
    Ok(entries.into_iter().map(ActivityView::from).collect())
}

fn moment(text: &str) -> Answer<DateTime<Utc>> {
    text.parse().map_err(|_| ErrorView::bad_input("before"))
}
