//! Owns the person's browser on the stage: a second web engine of its own process, in which the page
//! that the app asked the system to open is really opened. Leaves out what the page is for.

use crate::driver::Window;
use crate::paths;
use crate::stage::{Stage, free_port};
use crate::steps::{Failure, Outcome};
use serde_json::{Value, json};
use std::path::PathBuf;

const REMEDY: &str = "install libwebkit2gtk-4.1-0 (its MiniBrowser), or chromium and chromium-driver";

impl Stage {
    /// Opens an address in the browser.
    pub async fn browse(&mut self, address: &str) -> Outcome<Window> {
        self.close_browser();
        let port = free_port()?;
        let (driver, capabilities) = engine()?;
        let mut command = self.command(&driver);
        command.arg(format!("--port={port}"));
        let log = self.processes().log("browser").map_err(|error| Failure::new(error.to_string(), REMEDY))?;
        let driver = self.processes().start("browser", command.stdout(log))?.id();
        let window = Window::open(port, driver, capabilities).await?;
        window
            .client()
            .goto(address)
            .await
            .map_err(|error| Failure::new(format!("the browser could not open the page: {error}"), REMEDY))?;
        Ok(window)
    }

    /// Closes the browser.
    pub fn close_browser(&mut self) {
        self.processes().end("browser");
    }
}

/// The driver and what to ask of it: WebKitGTK's own small browser, else Chromium.
fn engine() -> Outcome<(PathBuf, Value)> {
    if let (Some(driver), Some(browser)) = (paths::find_program("WebKitWebDriver"), mini_browser()) {
        let options = json!({ "webkitgtk:browserOptions": { "binary": browser, "args": ["--automation"] } });
        return Ok((driver, options));
    }
    if let (Some(driver), Some(browser)) = (paths::find_program("chromedriver"), paths::find_program("chromium")) {
        let options =
            json!({ "goog:chromeOptions": { "binary": browser, "args": ["--no-sandbox", "--headless=new"] } });
        return Ok((driver, options));
    }
    Err(Failure::new("there is no browser to approve the sign-in with", REMEDY))
}

fn mini_browser() -> Option<PathBuf> {
    std::fs::read_dir("/usr/lib")
        .ok()?
        .flatten()
        .map(|folder| folder.path().join("webkit2gtk-4.1").join("MiniBrowser"))
        .chain([PathBuf::from("/usr/libexec/webkit2gtk-4.1/MiniBrowser"), "/usr/lib/webkit2gtk-4.1/MiniBrowser".into()])
        .find(|file| file.is_file())
}
