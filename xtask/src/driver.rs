//! Owns the hold on one window by WebDriver: find by test id, press, wait for a condition, take a
//! picture, ask axe-core. Leaves out moving by keyboard alone (keyboard.rs) and what the app means.

use crate::paths;
use crate::processes::{descendants, program_of};
use crate::setup;
use crate::stage::{Stage, free_port};
use crate::steps::{Failure, Outcome, capture};
use fantoccini::elements::Element;
use fantoccini::error::CmdError;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Map, Value, json};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

/// How long a condition may take before it counts as not met.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// One window, of the app or of the browser.
#[derive(Debug, Clone)]
pub struct Window {
    client: Client,
    driver: u32,
    session: Option<Session>,
}

/// Where the app's window is shown, and where it tells what it shows.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub(crate) display: String,
    pub(crate) bus: String,
}

impl Stage {
    /// Opens the app, as a person's double click would, and takes hold of its window.
    pub async fn open_app(&mut self) -> Outcome<Window> {
        self.close_app();
        let app = self.setting.app.clone().unwrap_or_else(paths::app);
        if !app.is_file() {
            return Err(Failure::new(format!("{} is not built", app.display()), "run `cargo xtask run` once"));
        }
        let port = free_port()?;
        let mut command = self.command(setup::driver()?);
        command.args(["--port", &port.to_string(), "--native-port", &free_port()?.to_string()]);
        let log = self
            .processes()
            .log("app")
            .map_err(|error| Failure::new(error.to_string(), "look at the stage's folder"))?;
        let driver = self.processes().start("app", command.stdout(log))?.id();
        let opened = Window::open(port, driver, json!({ "tauri:options": { "application": app } })).await;
        let session = Some(Session { display: self.display().to_owned(), bus: self.bus().to_owned() });
        opened.map(|window| Window { session, ..window }).map_err(|failure| {
            Failure::new(format!("{}\n{}", failure.what, self.processes().words_of("app")), failure.remedy)
        })
    }

    /// Ends the app without asking it.
    pub fn close_app(&mut self) {
        self.processes().end("app");
    }
}

impl Window {
    /// Waits for the driver to answer and begins a session with it.
    pub async fn open(port: u16, driver: u32, capabilities: Value) -> Outcome<Self> {
        let capabilities: Map<String, Value> = capabilities.as_object().cloned().unwrap_or_default();
        let deadline = Instant::now() + PATIENCE;
        loop {
            let attempt = ClientBuilder::new(HttpConnector::new())
                .capabilities(capabilities.clone())
                .connect(&format!("http://127.0.0.1:{port}"))
                .await;
            match attempt {
                Ok(client) => return Ok(Self { client, driver, session: None }),
                Err(error) if Instant::now() > deadline => {
                    let what = format!("the window did not open: {error}");
                    return Err(Failure::new(what, "see that webkit2gtk-driver is installed and the app starts"));
                }
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    }

    /// The session itself, for what is not covered here.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The session that the app's window belongs to; a browser's window has none.
    pub(crate) fn session(&self) -> Option<&Session> {
        self.session.as_ref()
    }

    /// Whether it is the app's window, not a browser's.
    pub fn is_of_the_app(&self) -> bool {
        self.session.is_some()
    }

    /// The process below the driver whose program has this name.
    pub fn process(&self, program: &str) -> Option<u32> {
        descendants(self.driver).into_iter().find(|id| program_of(*id).as_deref() == Some(program))
    }

    /// The element with this test id, once it is there and can be seen.
    pub async fn find(&self, id: &str) -> Outcome<Element> {
        self.find_by_style(&by_test_id(id)).await
    }

    /// The first element that fits this selector, once it is there and can be seen.
    pub async fn find_by_style(&self, selector: &str) -> Outcome<Element> {
        self.until(&format!("{selector} to be seen"), async || {
            let element = self.client.find(Locator::Css(selector)).await.ok()?;
            element.is_displayed().await.ok()?.then_some(element)
        })
        .await
    }

    /// Whether the element with this test id is there now.
    pub async fn has(&self, id: &str) -> bool {
        self.client.find(Locator::Css(&by_test_id(id))).await.is_ok()
    }

    /// How many elements fit this selector now.
    pub async fn count(&self, selector: &str) -> usize {
        self.client.find_all(Locator::Css(selector)).await.map_or(0, |all| all.len())
    }

    /// Waits until nothing has this test id any more.
    pub async fn gone(&self, id: &str) -> Outcome<()> {
        self.until(&format!("{id} to go"), async || (!self.has(id).await).then_some(())).await
    }

    /// Presses the element with this test id with the mouse.
    pub async fn press(&self, id: &str) -> Outcome<()> {
        self.press_style(&by_test_id(id)).await
    }

    /// Presses the first element that fits this selector, once it can be pressed.
    pub async fn press_style(&self, selector: &str) -> Outcome<()> {
        self.until(&format!("{selector} to take a press"), async || {
            let element = self.client.find(Locator::Css(selector)).await.ok()?;
            if !element.is_enabled().await.ok()? || element.attr("aria-disabled").await.ok()?.as_deref() == Some("true")
            {
                return None;
            }
            self.press_element(element).await
        })
        .await
    }

    /// A press on the middle of the element. What scrolled out of sight is brought there as a person
    /// would: the driver itself moves only what lies outside the window, not what a region cuts off.
    async fn press_element(&self, element: Element) -> Option<()> {
        if element.click().await.is_ok() {
            return Some(());
        }
        let handle = serde_json::to_value(&element).ok()?;
        self.run("arguments[0].scrollIntoView({ block: 'center', behavior: 'instant' })", vec![handle]).await.ok()?;
        element.click().await.ok()
    }

    /// Presses the button or link with exactly these words.
    pub async fn press_words(&self, words: &str) -> Outcome<()> {
        let path = format!(
            "//*[self::button or self::a or @role='button' or @role='menuitem' or @role='option' or @role='tab' or @role='radio']\
             [normalize-space(.)=\"{words}\"]"
        );
        self.until(&format!("“{words}” to take a press"), async || {
            let element = self.client.find(Locator::XPath(&path)).await.ok()?;
            element.is_enabled().await.ok()?.then_some(())?;
            self.press_element(element).await
        })
        .await
    }

    /// Types into the field with this test id, in place of what stands there.
    pub async fn fill(&self, id: &str, text: &str) -> Outcome<()> {
        let field = self.find(id).await?;
        let failed = |error: CmdError| Failure::new(format!("{id} took no text: {error}"), LOOK);
        field.click().await.map_err(failed)?;
        self.shortcut('\u{e009}', 'a').await?;
        field.send_keys(if text.is_empty() { "\u{e003}" } else { text }).await.map_err(failed)
    }

    /// The text of the element with this test id.
    pub async fn text(&self, id: &str) -> Outcome<String> {
        self.find(id).await?.text().await.map_err(|error| Failure::new(format!("{id}: {error}"), LOOK))
    }

    /// The text of the whole page.
    pub async fn page_text(&self) -> String {
        self.run("return document.body ? document.body.innerText : ''", vec![])
            .await
            .ok()
            .and_then(|text| text.as_str().map(str::to_owned))
            .unwrap_or_default()
    }

    /// Waits until the element with this test id says this.
    pub async fn says(&self, id: &str, words: &str) -> Outcome<()> {
        self.until(&format!("{id} to say “{words}”"), async || {
            let text = self.client.find(Locator::Css(&by_test_id(id))).await.ok()?.text().await.ok()?;
            squeeze(&text).contains(&squeeze(words)).then_some(())
        })
        .await
    }

    /// Waits until the page says this anywhere.
    pub async fn page_says(&self, words: &str) -> Outcome<()> {
        self.until(&format!("the page to say “{words}”"), async || {
            squeeze(&self.page_text().await).contains(&squeeze(words)).then_some(())
        })
        .await
    }

    /// Waits until a script answers true.
    pub async fn holds(&self, what: &str, script: &str) -> Outcome<()> {
        self.until(what, async || (self.run(script, vec![]).await.ok()? == Value::Bool(true)).then_some(())).await
    }

    /// Waits until the condition answers something.
    pub async fn until<T>(&self, what: &str, condition: impl AsyncFnMut() -> Option<T>) -> Outcome<T> {
        match wait_until(PATIENCE, condition).await {
            Some(value) => Ok(value),
            None => {
                Err(Failure::new(format!("waited {} s for {what}; {}", PATIENCE.as_secs(), self.scene().await), LOOK))
            }
        }
    }

    /// Runs a script in the page.
    pub async fn run(&self, script: &str, arguments: Vec<Value>) -> Outcome<Value> {
        in_time("a script in the page", self.client.execute(script, arguments)).await
    }

    /// Calls a command of the app's border from the page. An error is what the page would get.
    pub async fn invoke(&self, command: &str, arguments: Value) -> Outcome<Result<Value, Value>> {
        const CALL: &str = "
            const [command, payload, answer] = arguments;
            window.__TAURI_INTERNALS__.invoke(command, payload).then(
                (value) => answer({ value: value ?? null }),
                (error) => answer({ error: error ?? null }));";
        let answer = in_time(command, self.client.execute_async(CALL, vec![json!(command), arguments])).await?;
        Ok(match answer.get("error") {
            Some(error) => Err(error.clone()),
            None => Ok(answer.get("value").cloned().unwrap_or_default()),
        })
    }

    /// Gives the window this size and waits until the page has it.
    pub async fn resize(&self, width: u32, height: u32) -> Outcome<()> {
        self.resize_zoomed(width, height, 100).await
    }

    /// The same where everything is drawn larger, in percent: there is so much less room for the page.
    pub async fn resize_zoomed(&self, width: u32, height: u32, percent: u32) -> Outcome<()> {
        in_time("the window to change its size", self.client.set_window_size(width, height)).await?;
        let (wide, high) = (width * 100 / percent, height * 100 / percent);
        self.holds(
            &format!("the page to be {wide} wide"),
            &format!("return Math.abs(innerWidth - {wide}) <= 1 && Math.abs(innerHeight - {high}) < 60"),
        )
        .await
    }

    /// Saves what the app's window shows on its display. A picture asked of the driver was seen
    /// never to come for the app's window (WebKitGTK 2.50.6); the cause is not known.
    pub async fn picture(&self, file: &Path) -> Outcome<()> {
        let session = self.session().ok_or_else(|| Failure::new("only the app's window is pictured", LOOK))?;
        let display = session.display.as_str();
        // Two frames, so that what was last drawn is on the display too.
        let drawn = "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done(true)))";
        in_time("the page to be drawn", self.client.execute_async(drawn, vec![])).await?;
        let found = capture(
            Command::new("xdotool").env("DISPLAY", display).args(["search", "--onlyvisible", "--name", "^Latchkey$"]),
            "see that xdotool is installed",
        )?;
        let id = found.lines().next().unwrap_or_default().trim();
        let remedy = "see that imagemagick is installed";
        capture(Command::new("import").args(["-display", display, "-window", id]).arg(file), remedy).map(drop)
    }

    /// What axe-core finds wrong with the page as it is now: rule, and the elements that break it.
    pub async fn accessibility_faults(&self) -> Outcome<Vec<String>> {
        const ASK: &str = "
            const answer = arguments[arguments.length - 1];
            axe.run(document, { resultTypes: ['violations'] }).then(
                (result) => answer(result.violations.flatMap((rule) => rule.nodes.map((node) =>
                    rule.id + ' (' + rule.impact + '): ' + node.target.join(' ') + ': '
                        + (node.any.concat(node.all, node.none)[0]?.message ?? rule.help)))),
                (error) => answer(['axe-core itself failed: ' + error]));";
        if self.run("return typeof axe === 'undefined'", vec![]).await? == Value::Bool(true) {
            let file = paths::ui().join("node_modules").join("axe-core").join("axe.min.js");
            let source = std::fs::read_to_string(&file)
                .map_err(|error| Failure::new(format!("{}: {error}", file.display()), "run `npm ci` in ui/"))?;
            self.run(&source, vec![]).await?;
        }
        let answer = in_time("axe-core", self.client.execute_async(ASK, vec![])).await?;
        Ok(answer.as_array().into_iter().flatten().filter_map(|fault| fault.as_str().map(str::to_owned)).collect())
    }

    /// What there is to be seen, by its test ids: a page's own words could hold a revealed secret.
    pub async fn scene(&self) -> String {
        const SCRIPT: &str = "return [...document.querySelectorAll('[data-testid]')].map((e) => e.dataset.testid)";
        let ids = self.run(SCRIPT, vec![]).await.unwrap_or_default();
        let mut ids: Vec<&str> = ids.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        ids.dedup();
        format!("the page has: {}", if ids.is_empty() { "no test ids".to_owned() } else { ids.join(", ") })
    }
}

/// Waits for one answer of the driver, but not for ever.
async fn in_time<T>(what: &str, answer: impl Future<Output = Result<T, CmdError>>) -> Outcome<T> {
    match tokio::time::timeout(PATIENCE * 2, answer).await {
        Ok(answer) => answer.map_err(|error| Failure::new(format!("{what} failed: {error}"), LOOK)),
        Err(_) => Err(Failure::new(format!("waited {} s for {what}", PATIENCE.as_secs() * 2), LOOK)),
    }
}

/// What can be done about a window that does not behave.
pub const LOOK: &str = "look at the last picture, or open the app with `cargo xtask run` and repeat it by hand";

/// The selector of a test id.
pub fn by_test_id(id: &str) -> String {
    format!("[data-testid=\"{id}\"]")
}

/// Asks again and again until the condition answers something or the time is up.
pub async fn wait_until<T>(limit: Duration, mut condition: impl AsyncFnMut() -> Option<T>) -> Option<T> {
    let deadline = Instant::now() + limit;
    loop {
        let left = deadline.saturating_duration_since(Instant::now()).max(Duration::from_secs(1));
        if let Ok(Some(value)) = tokio::time::timeout(left, condition()).await {
            return Some(value);
        }
        if Instant::now() > deadline {
            return None;
        }
        tokio::time::sleep(Duration::from_millis(40)).await;
    }
}

/// A text as one line: what the eye reads as the same.
pub fn squeeze(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
