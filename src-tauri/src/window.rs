//! Owns the one window: how it is made, where it may go, how it is told of changes, and how the app ends.

use crate::state::Latchkey;
use crate::views::Topic;
use latchkey_core::services::{self, Services, Zoom};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tauri::webview::NewWindowResponse;
use tauri::{
    AppHandle, DragDropEvent, Emitter as _, Manager as _, RunEvent, WebviewEvent, WebviewWindowBuilder, WindowEvent,
};
use url::Url;

/// The one window's name in `tauri.conf.json` and in its capability.
const LABEL: &str = "main";

/// A proxy that cannot be: nothing listens on port 0.
#[cfg(target_os = "linux")]
const NOWHERE: &str = "http://127.0.0.1:0";

/// The one event. Its payload is a topic; the window then asks again.
const CHANGED: &str = "changed";

/// How long clearing up may take before the app ends all the same.
const LONGEST_END: Duration = Duration::from_secs(10);

/// How far the end of the app has come.
#[derive(Default)]
pub(crate) struct Ending {
    begun: AtomicBool,
    done: AtomicBool,
}

/// The window, as services know it.
pub(crate) struct MainWindow(pub(crate) AppHandle);

impl services::Window for MainWindow {
    fn changed(&self, topic: services::Topic) {
        tell(&self.0, topic.into());
    }
}

/// Makes the window. It shows the app's own pages and nothing else.
pub(crate) fn open(app: &AppHandle) -> tauri::Result<()> {
    let config = app.config();
    let Some(window) = config.app.windows.iter().find(|window| window.label == LABEL) else {
        return Err(tauri::Error::WindowNotFound);
    };
    // The pages come from a development server only in a build that does not carry them.
    let server = config.build.dev_url.clone().filter(|_| tauri::is_dev());
    let builder = WebviewWindowBuilder::from_config(app, window)?;
    // A page that carries all it needs has no business with the network, and the content policy does not reach
    // `<link rel=preconnect>`. All HTTP is Rust's.
    #[cfg(target_os = "linux")]
    let builder = match (&server, Url::parse(NOWHERE)) {
        (None, Ok(nowhere)) => builder.proxy_url(nowhere),
        _ => builder,
    };
    let window = builder
        .on_navigation(move |page| is_own_page(page, server.as_ref()))
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .build()?;
    #[cfg(target_os = "linux")]
    window.with_webview(|webview| crate::page::outlive(&webview.inner()))?;
    #[cfg(not(target_os = "linux"))]
    drop(window);
    // The records are opened beside the window: whichever of the two is there last brings its zoom, long before
    // the page has anything to show.
    if let Some(services) = app.state::<Latchkey>().opened() {
        let (app, services) = (app.clone(), services.clone());
        tauri::async_runtime::spawn_blocking(move || zoom_as_set(&app, &services));
    }
    Ok(())
}

/// Draws everything in the window this large.
pub(crate) fn zoom(app: &AppHandle, zoom: Zoom) {
    if let Some(window) = app.get_webview_window(LABEL) {
        // A window that is about to end need not be drawn any more.
        let _ = window.set_zoom(f64::from(zoom.percent()) / 100.0);
    }
}

/// Draws everything as large as the settings say.
pub(crate) fn zoom_as_set(app: &AppHandle, services: &Services) {
    // Settings that cannot be read are told by the page's own question.
    if let Ok(settings) = services.settings() {
        zoom(app, settings.zoom);
    }
}

/// Brings the window to the front.
pub(crate) fn raise(app: &AppHandle) {
    if let Some(window) = app.get_webview_window(LABEL) {
        // Each is a wish that a desktop may refuse.
        let _ = window.unminimize();
        let _ = window.show();
        let _ = window.set_focus();
    }
}

/// Clears up and ends the app. Only the first call counts.
pub(crate) fn quit(app: &AppHandle) {
    if app.state::<Ending>().begun.swap(true, Ordering::SeqCst) {
        return;
    }
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        clear_up(&app).await;
        app.exit(0);
    });
}

/// What happens to the app as a whole.
pub(crate) fn on_event(app: &AppHandle, event: RunEvent) {
    match event {
        RunEvent::WindowEvent { event: WindowEvent::CloseRequested { api, .. }, .. } => {
            api.prevent_close();
            asked_to_end(app);
        }
        RunEvent::WindowEvent { event: WindowEvent::DragDrop(DragDropEvent::Drop { paths, .. }), .. }
        | RunEvent::WebviewEvent { event: WebviewEvent::DragDrop(DragDropEvent::Drop { paths, .. }), .. } => {
            dropped(app, paths);
        }
        RunEvent::ExitRequested { code: None, api, .. } => {
            api.prevent_exit();
            asked_to_end(app);
        }
        // The system ends the app without asking, as at the end of a session.
        RunEvent::Exit => tauri::async_runtime::block_on(clear_up(app)),
        _ => {}
    }
}

/// Hands a dropped file to the services, which read it. The first counts.
fn dropped(app: &AppHandle, paths: Vec<PathBuf>) {
    let services = app.state::<Latchkey>().opened().cloned();
    let (Some(services), Some(path)) = (services, paths.into_iter().next()) else { return };
    tauri::async_runtime::spawn(async move {
        // A file that cannot be read holds no keys, which is what the window then says.
        let _ = services.drop_file(&path).await;
    });
}

/// Ends the app, unless a secret would be lost: then the person is asked. The records say whether one would,
/// so this is looked up beside the main thread, which must not wait for a disk.
pub(crate) fn asked_to_end(app: &AppHandle) {
    let app = app.clone();
    tauri::async_runtime::spawn_blocking(move || {
        if app.state::<Latchkey>().opened().is_some_and(Services::has_unsaved_secret) {
            raise(&app);
            tell(&app, Topic::QuitAsked);
        } else {
            quit(&app);
        }
    });
}

async fn clear_up(app: &AppHandle) {
    if app.state::<Ending>().done.swap(true, Ordering::SeqCst) {
        return;
    }
    if let Some(services) = app.state::<Latchkey>().opened() {
        // Past this time the rest is left to the next start.
        let _ = tokio::time::timeout(LONGEST_END, services.quit()).await;
    }
}

fn tell(app: &AppHandle, topic: Topic) {
    // A window that is gone needs no news.
    let _ = app.emit_to(LABEL, CHANGED, topic);
}

fn is_own_page(page: &Url, server: Option<&Url>) -> bool {
    match (page.scheme(), page.host_str()) {
        ("tauri", Some("localhost")) | ("http" | "https", Some("tauri.localhost")) => page.port().is_none(),
        _ => server.is_some_and(|server| server.origin() == page.origin()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_goes_nowhere_but_to_its_own_pages() {
        let own = |text: &str| is_own_page(&Url::parse(text).unwrap(), None);
        assert!(own("tauri://localhost/"));
        assert!(own("tauri://localhost/index.html?theme=dark"));
        assert!(own("http://tauri.localhost/"));
        for text in [
            "http://127.0.0.1:5173/",
            "https://example.com/",
            "http://tauri.localhost:81/",
            "http://tauri.localhost.example.com/",
            "tauri://elsewhere/",
            "data:text/html,x",
            "about:blank",
            "file:///etc/passwd",
        ] {
            assert!(!own(text), "{text}");
        }
    }

    #[test]
    fn the_development_server_is_a_page_of_its_own_only_by_its_whole_origin() {
        let server = Url::parse("http://127.0.0.1:5173").unwrap();
        let own = |text: &str| is_own_page(&Url::parse(text).unwrap(), Some(&server));
        assert!(own("http://127.0.0.1:5173/index.html"));
        assert!(!own("http://127.0.0.1:5174/"));
        assert!(!own("https://127.0.0.1:5173/"));
    }
}
