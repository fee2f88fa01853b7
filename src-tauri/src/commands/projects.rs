//! Owns the commands about the Basic Memory CLI's projects and credentials on this computer. A path
//! comes from the system's own dialog, a key goes by its id.

use super::{Answer, id, optional_id};
use crate::state::Latchkey;
use crate::views::{ProjectsView, ServedFrom, SignInAttemptView, SwitchView};
use latchkey_core::services::{Projects, Services, Switched};
use tauri::State;

/// What the file says now. Asks nobody.
#[tauri::command(async)]
pub fn projects(latchkey: State<'_, Latchkey>) -> Answer<ProjectsView> {
    let services = latchkey.services()?;
    Ok(view(services, &latchkey, services.projects()?))
}

/// The same, and begins to ask for the CLI's version and what each credential is worth.
#[tauri::command]
pub async fn scan_projects(latchkey: State<'_, Latchkey>) -> Answer<ProjectsView> {
    let services = latchkey.services()?;
    Ok(view(services, &latchkey, services.scan_projects()?))
}

/// Asks the cloud what each credential is worth, and waits for the answers.
#[tauri::command]
pub async fn check_credentials(latchkey: State<'_, Latchkey>) -> Answer<ProjectsView> {
    let services = latchkey.services()?;
    Ok(view(services, &latchkey, services.check_credentials().await?))
}

/// Serves projects from here or from the cloud.
#[tauri::command]
pub async fn switch_projects(
    latchkey: State<'_, Latchkey>,
    projects: Vec<String>,
    to: ServedFrom,
    workspace: Option<String>,
) -> Answer<SwitchView> {
    let services = latchkey.services()?;
    let switched = services.switch_projects(&projects, to.into(), workspace.as_deref())?;
    Ok(switch_view(services, &latchkey, switched))
}

/// Opens the system's dialog for a folder and serves the project from it.
#[tauri::command]
pub async fn choose_folder(latchkey: State<'_, Latchkey>, project: String) -> Answer<SwitchView> {
    let services = latchkey.services()?;
    let switched = services.choose_folder(&project).await?;
    Ok(switch_view(services, &latchkey, switched))
}

/// Undoes a switch.
#[tauri::command]
pub async fn undo_switch(latchkey: State<'_, Latchkey>, undo: String) -> Answer<ProjectsView> {
    let services = latchkey.services()?;
    Ok(view(services, &latchkey, services.undo_switch(id(&undo)?)?))
}

/// Does a switch again that another program put back.
#[tauri::command]
pub async fn apply_again(latchkey: State<'_, Latchkey>, project: String) -> Answer<SwitchView> {
    let services = latchkey.services()?;
    let switched = services.apply_again(&project)?;
    Ok(switch_view(services, &latchkey, switched))
}

/// Makes an empty project of this name in the cloud.
#[tauri::command]
pub async fn create_in_cloud(latchkey: State<'_, Latchkey>, project: String) -> Answer<ProjectsView> {
    let services = latchkey.services()?;
    Ok(view(services, &latchkey, services.create_in_cloud(&project).await?))
}

/// Puts a kept key into the CLI's file; without one, takes out what is there.
#[tauri::command]
pub async fn use_key(latchkey: State<'_, Latchkey>, key: Option<String>) -> Answer<ProjectsView> {
    let services = latchkey.services()?;
    Ok(view(services, &latchkey, services.use_key(optional_id(key)?).await?))
}

/// Takes a stray space off the key in the CLI's file.
#[tauri::command]
pub async fn trim_key(latchkey: State<'_, Latchkey>) -> Answer<ProjectsView> {
    let services = latchkey.services()?;
    Ok(view(services, &latchkey, services.trim_key()?))
}

/// Makes an older file a current one.
#[tauri::command]
pub async fn migrate_config(latchkey: State<'_, Latchkey>) -> Answer<ProjectsView> {
    let services = latchkey.services()?;
    Ok(view(services, &latchkey, services.migrate_config()?))
}

/// Begins a sign-in whose tokens go to the CLI's own file and are kept nowhere else.
#[tauri::command]
pub async fn start_cli_sign_in(latchkey: State<'_, Latchkey>, account: String) -> Answer<SignInAttemptView> {
    Ok(latchkey.services()?.start_cli_sign_in(id(&account)?)?.into())
}

fn view(services: &Services, latchkey: &Latchkey, projects: Projects) -> ProjectsView {
    ProjectsView::new(projects, latchkey.home(), services.now())
}

fn switch_view(services: &Services, latchkey: &Latchkey, switched: Switched) -> SwitchView {
    SwitchView::new(switched, latchkey.home(), services.now())
}
