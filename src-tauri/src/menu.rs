//! Owns the menu bar of macOS. The system's own Quit ends an app without a question, so ours stands in
//! its place and asks like the window's close button does. Other systems have no menu.

use crate::window;
use tauri::AppHandle;
use tauri::menu::{MenuBuilder, MenuEvent, MenuItemBuilder, SubmenuBuilder};

const QUIT: &str = "quit";

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
    let view = SubmenuBuilder::new(app, "Window").minimize().maximize().separator().close_window().build()?;
    app.set_menu(MenuBuilder::new(app).items(&[&own, &edit, &view]).build()?)?;
    Ok(())
}

/// Does what was chosen.
pub(crate) fn chosen(app: &AppHandle, event: &MenuEvent) {
    if event.id() == QUIT {
        window::asked_to_end(app);
    }
}
