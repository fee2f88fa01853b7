//! Owns the commands that test a key: one request, and what it showed.

use super::{Answer, id};
use crate::state::Latchkey;
use crate::views::KeyTestView;
use tauri::State;

/// Tests a key whose secret is here.
#[tauri::command]
pub async fn test_key(latchkey: State<'_, Latchkey>, key: String) -> Answer<KeyTestView> {
    Ok(latchkey.services()?.test_key(id(&key)?).await?.into())
}

/// Tests a key that waits to be added.
#[tauri::command]
pub async fn test_pasted(
    latchkey: State<'_, Latchkey>,
    source: String,
    provider: String,
    host: Option<String>,
) -> Answer<KeyTestView> {
    Ok(latchkey.services()?.test_pasted(&source, id(&provider)?, host.as_deref()).await?.into())
}
