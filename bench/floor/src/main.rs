//! Owns the floor of the figures: an empty window, made as the app's is, without plugins, commands or state.

use tauri::WebviewWindowBuilder;

fn main() -> Result<(), tauri::Error> {
    tauri::Builder::default()
        .setup(|app| {
            for window in &app.config().app.windows {
                WebviewWindowBuilder::from_config(app.handle(), window)?.build()?;
            }
            Ok(())
        })
        .run(tauri::generate_context!())
}
