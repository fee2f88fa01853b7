//! Owns the composition of the app: every part is built here, once, and handed on. There are no statics.
//!
//! The shell is the only Rust that mentions Tauri. What Latchkey knows is in the crate latchkey-core.

mod browser;
#[cfg(target_os = "linux")]
mod bus;
mod cli;
mod clipboard;
pub mod commands;
mod files;
mod hardening;
mod lock;
mod menu;
mod notifier;
#[cfg(target_os = "linux")]
mod page;
mod sandbox;
#[cfg(unix)]
mod signals;
mod state;
mod surroundings;
pub mod views;
mod window;

use crate::clipboard::SystemClipboard;
use crate::sandbox::SandboxChild;
use crate::window::MainWindow;
use latchkey_core::services::{Desktop, Services, Window, compose, set_records_aside};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tauri::{AppHandle, Manager as _};
use tauri_plugin_window_state::StateFlags;

pub use crate::hardening::{HardeningError, harden};
pub use crate::state::Latchkey;

/// Runs the app until it ends, and answers with its exit code.
pub fn run() -> Result<i32, tauri::Error> {
    let app = tauri::Builder::default()
        // First, so that a second start does nothing but raise the window.
        .plugin(tauri_plugin_single_instance::init(|app, _, _| window::raise(app)))
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_notification::init())
        .plugin(tauri_plugin_shell::init())
        .plugin(
            tauri_plugin_window_state::Builder::default()
                .with_state_flags(StateFlags::SIZE | StateFlags::POSITION | StateFlags::MAXIMIZED)
                .build(),
        )
        .manage(window::Ending::default())
        .setup(|app| {
            let app = app.handle();
            let folder = app.path().app_data_dir()?;
            let surroundings = surroundings::read();
            let home = surroundings.home.clone();
            let desktop = desktop(app, &folder);
            let damaged = folder.clone();
            let open = move || compose(&folder, desktop(), surroundings.clone());
            let begin = {
                let app = app.clone();
                move |services: &Services| begin(&app, services)
            };
            let set_aside = move || set_records_aside(&damaged);
            app.manage(Latchkey::new(Box::new(open), Box::new(begin), Box::new(set_aside), home));
            open_beside(app);
            window::open(app)?;
            menu::set(app)?;
            #[cfg(target_os = "linux")]
            {
                tauri::async_runtime::spawn_blocking(bus::outlive);
                lock::with_the_system(app);
            }
            #[cfg(unix)]
            signals::heed(app);
            Ok(())
        })
        .invoke_handler(lock::guard(every_command()))
        // Closing and quitting are asked about in the same place; see menu.rs.
        .enable_macos_default_menu(false)
        .on_menu_event(|app, event| menu::chosen(app, &event))
        .build(tauri::generate_context!())?;
    Ok(app.run_return(window::on_event))
}

/// Every command of the window.
fn every_command() -> impl Fn(tauri::ipc::Invoke) -> bool + Send + Sync + 'static {
    tauri::generate_handler![
        commands::app::app_state,
        commands::app::open_sandbox,
        commands::app::close_sandbox,
        commands::app::active,
        commands::app::lock,
        commands::app::unlock,
        commands::app::quit,
        commands::app::erase_everything,
        commands::app::set_records_aside,
        commands::pages::open_page,
        commands::pages::copy_page_address,
        commands::sign_in::start_sign_in,
        commands::sign_in::use_code_to_sign_in,
        commands::sign_in::sign_in_state,
        commands::sign_in::open_sign_in_page,
        commands::sign_in::copy_user_code,
        commands::sign_in::copy_sign_in_address,
        commands::sign_in::cancel_sign_in,
        commands::accounts::rename_account,
        commands::accounts::set_servers,
        commands::accounts::sign_out,
        commands::accounts::remove_account,
        commands::accounts::refresh_workspaces,
        commands::keys::list_keys,
        commands::keys::refresh_keys,
        commands::keys::key_detail,
        commands::keys::reveal_secret,
        commands::keys::copy_secret,
        commands::keys::copy_snippet,
        commands::keys::copy_words,
        commands::keys::clear_clipboard,
        commands::keys::keep_secret,
        commands::keys::forget_secret,
        commands::keys::remove_key,
        commands::keys::note_place,
        commands::keys::remove_noted_place,
        commands::create::create_key,
        commands::create::slot,
        commands::create::close_slot,
        commands::revoke::revoke_plan,
        commands::revoke::revoke_key,
        commands::revoke::check_revoked,
        commands::adopt::paste_key,
        commands::adopt::discard_pasted,
        commands::adopt::found_credentials,
        commands::adopt::adopt_key,
        commands::projects::projects,
        commands::projects::scan_projects,
        commands::projects::check_credentials,
        commands::projects::switch_projects,
        commands::projects::choose_folder,
        commands::projects::undo_switch,
        commands::projects::apply_again,
        commands::projects::create_in_cloud,
        commands::projects::use_key,
        commands::projects::trim_key,
        commands::projects::migrate_config,
        commands::projects::start_cli_sign_in,
        commands::activity::list_activity,
        commands::settings::set_settings,
        commands::settings::set_zoom,
        commands::settings::check_storage,
        commands::settings::unlock_storage,
        commands::settings::keep_for_session,
        commands::admin_keys::check_admin_key,
        commands::admin_keys::add_account,
        commands::admin_keys::replace_admin_key,
        commands::admin_keys::use_as_admin_key,
        commands::admin_keys::set_host,
        commands::admin_keys::refresh_usage,
        commands::admin_keys::cancel_retry,
        commands::adopt::dropped_keys,
        commands::tests_of_keys::test_key,
        commands::tests_of_keys::test_pasted,
        commands::due::set_reminder,
        commands::due::add_to_calendar,
        commands::due::dismiss_due,
        commands::due::seen,
        commands::inventory::export_inventory,
        commands::inventory::choose_inventory,
        commands::inventory::import_inventory,
    ]
}

/// The folder for downloads; a system that names none, or one that is not there, leaves the person's home.
fn folder_for_saved_files(app: &AppHandle) -> Option<PathBuf> {
    let named = app.path().download_dir().ok().filter(|folder| folder.is_dir());
    named.or_else(|| app.path().home_dir().ok())
}

/// What only the desktop can do, for the services.
fn desktop(app: &AppHandle, folder: &Path) -> impl Fn() -> Desktop + Send + Sync + 'static {
    let (app, folder) = (app.clone(), folder.to_owned());
    move || {
        let window: Arc<dyn Window> = Arc::new(MainWindow(app.clone()));
        Desktop {
            browser: Arc::new(browser::SystemBrowser),
            cli: Arc::new(cli::InstalledCli::new(&folder)),
            computer: surroundings::computer(),
            downloads: folder_for_saved_files(&app),
            files: Arc::new(files::SystemDialogs(app.clone())),
            notifier: Arc::new(notifier::SystemNotifier(app.clone())),
            clipboard: Arc::new(SystemClipboard::new(Arc::clone(&window))),
            sandbox: Arc::new(SandboxChild::new(app.clone(), folder.clone(), Arc::clone(&window))),
            window,
        }
    }
}

/// Opens the records beside the window, which takes longer to come than they take to be checked. Its first
/// question waits for them.
fn open_beside(app: &AppHandle) {
    let app = app.clone();
    tauri::async_runtime::spawn_blocking(move || {
        // A failure is said by the window, which asks again.
        let _ = app.state::<Latchkey>().services();
    });
}

/// What is done once at the start, while the window already shows what is remembered.
fn begin(app: &AppHandle, services: &Services) {
    window::zoom_as_set(app, services);
    let services = services.clone();
    tauri::async_runtime::spawn(async move {
        // What fails here is asked for again by the window, which then says why.
        let _ = services.start().await;
    });
}

#[cfg(test)]
pub(crate) mod tests {
    /// Every command that is handed to Tauri, as this file names them.
    pub(crate) fn command_names() -> Vec<&'static str> {
        let (_, list) = include_str!("lib.rs").split_once("generate_handler![").unwrap();
        let (list, _) = list.split_once(']').unwrap();
        list.split(',').filter_map(|path| path.trim().rsplit("::").next()).filter(|name| !name.is_empty()).collect()
    }

    #[test]
    fn the_window_may_call_each_command_and_nothing_else() {
        let permissions = include_str!("../permissions/commands.toml");
        let mut allowed: Vec<&str> =
            permissions.lines().filter_map(|line| line.strip_prefix("  \"")?.strip_suffix("\",")).collect();
        let mut commands = command_names();
        allowed.sort_unstable();
        commands.sort_unstable();
        assert!(commands.len() > 40, "the list of commands was not found");
        assert_eq!(allowed, commands);
    }
}
