//! Owns the menu bar of macOS. The system's own Quit ends an app without a question, so ours stands in
//! its place and asks like the window's close button does. Other systems have no menu.

use crate::state::Latchkey;
use crate::window;
use latchkey_core::services::Zoom;
use tauri::menu::{MenuBuilder, MenuEvent, MenuItemBuilder, SubmenuBuilder};
use tauri::{AppHandle, Manager as _};

const QUIT: &str = "quit";
const LARGER: &str = "larger";
const SMALLER: &str = "smaller";
const ORDINARY: &str = "ordinary";

/// Sets the menu, where there is a bar for it.
pub(crate) fn set(app: &AppHandle) -> tauri::Result<()> {
    if !cfg!(target_os = "macos") {
        return Ok(());
    }
    let quit = MenuItemBuilder::with_id(QUIT, "Quit Latchkey").accelerator("CmdOrCtrl+Q").build(app)?;
    let own = SubmenuBuilder::new(app, "Latchkey")
        .about(None)
        .separator()
        .hide()
        .hide_others()
        .show_all()
        .separator()
        .item(&quit)
        .build()?;
    // Without it, the shortcuts for text would do nothing in a field.
    let edit = SubmenuBuilder::new(app, "Edit").undo().redo().separator().cut().copy().paste().select_all().build()?;
    // Without the keys beside them: the page answers these, and a step must not be taken twice.
    let view = SubmenuBuilder::new(app, "View")
        .text(LARGER, "Zoom In")
        .text(SMALLER, "Zoom Out")
        .text(ORDINARY, "Actual Size")
        .build()?;
    let window = SubmenuBuilder::new(app, "Window").minimize().maximize().separator().close_window().build()?;
    app.set_menu(MenuBuilder::new(app).items(&[&own, &edit, &view, &window]).build()?)?;
    Ok(())
}

/// Does what was chosen.
pub(crate) fn chosen(app: &AppHandle, event: &MenuEvent) {
    match event.id().as_ref() {
        QUIT => window::asked_to_end(app),
        LARGER => zoom(app, Zoom::larger),
        SMALLER => zoom(app, Zoom::smaller),
        ORDINARY => zoom(app, |_| Zoom::ORDINARY),
        _ => {}
    }
}

fn zoom(app: &AppHandle, next: fn(Zoom) -> Zoom) {
    let app = app.clone();
    tauri::async_runtime::spawn_blocking(move || {
        let Some(services) = app.state::<Latchkey>().opened().cloned() else { return };
        let Ok(settings) = services.settings() else { return };
        let zoom = next(settings.zoom);
        window::zoom(&app, zoom);
        // The page reads it again and says what it is; one that cannot be kept holds until the app ends.
        let _ = services.set_zoom(zoom);
    });
}
