//! Owns the commands about revoking a key and proving it.

use super::{Answer, id};
use crate::state::Latchkey;
use crate::views::{RevokePlanView, RevokeResultView};
use tauri::State;

/// What a revoke would do, and what must be typed.
#[tauri::command(async)]
pub fn revoke_plan(latchkey: State<'_, Latchkey>, key: String) -> Answer<RevokePlanView> {
    let services = latchkey.services()?;
    Ok(RevokePlanView::new(services.revoke_plan(id(&key)?)?, services.now()))
}

/// Revokes a key at its service.
#[tauri::command]
pub async fn revoke_key(
    latchkey: State<'_, Latchkey>,
    key: String,
    typed: Option<String>,
    leaked: bool,
) -> Answer<RevokeResultView> {
    let services = latchkey.services()?;
    let result = services.revoke_key(id(&key)?, typed.as_deref(), leaked).await?;
    let now = services.now_at(result.account.id);
    Ok(RevokeResultView::new(result, now))
}

/// Asks once whether a key is refused.
#[tauri::command]
pub async fn check_revoked(latchkey: State<'_, Latchkey>, key: String) -> Answer<RevokeResultView> {
    let services = latchkey.services()?;
    let result = services.check_revoked(id(&key)?).await?;
    let now = services.now_at(result.account.id);
    Ok(RevokeResultView::new(result, now))
}
