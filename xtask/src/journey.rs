//! Owns the main job as steps a person takes: open the sandbox, sign in, list, create, copy, revoke,
//! see the proof; by mouse or by keyboard alone. Leaves out what else can happen (tests/journeys*.rs).

use crate::driver::{LOOK, Window, by_test_id, squeeze, wait_until};
use crate::keyboard::{DOWN, ENTER, HOME, RIGHT};
use crate::sandbox::BackDoor;
use crate::stage::{Setting, Stage};
use crate::steps::{Failure, Outcome, Steps};
use fantoccini::Locator;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::time::Duration;

/// What the person's hand is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hand {
    /// The mouse; the keyboard only types.
    Mouse,
    /// The keyboard alone.
    Keyboard,
}

/// How the person decides in the browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Approves as the pretend person of this number.
    Approve(u8),
    /// Denies.
    Deny,
}

/// The parts of a sandbox that is all that is known of the real service.
pub const KNOWN_OF_THE_REAL_SERVICE: &str = "list,revoke,expiry";

/// The sandbox's accounts as the sidebar names them.
pub const SANDBOX_ACCOUNTS: [&str; 4] = ["Notes", "API", "OS", "Kit"];

/// A person on a stage, before the app's window.
#[derive(Debug)]
pub struct Journey {
    /// The stage.
    pub stage: Stage,
    /// The app's window.
    pub window: Window,
    /// What the hand is on.
    pub hand: Hand,
    /// The page in the browser that was decided on last, where no code tells one from another.
    pub(crate) decided: Option<String>,
    pictures: Option<PathBuf>,
    taken: usize,
}

impl Journey {
    /// Opens the app on a stage. Pictures go to the folder, if there is one.
    pub async fn begin(mut stage: Stage, hand: Hand, pictures: Option<PathBuf>) -> Outcome<Self> {
        let window = stage.open_app().await?;
        Ok(Self { pictures, ..Self::with_window(stage, window, hand) })
    }

    /// Goes on in a window that is already open.
    pub fn with_window(stage: Stage, window: Window, hand: Hand) -> Self {
        Self { stage, window, hand, decided: None, pictures: None, taken: 0 }
    }

    /// Sets a stage, opens the app and its sandbox, and signs in as the owner of both workspaces.
    pub async fn signed_in(setting: Setting, hand: Hand) -> Outcome<Self> {
        let mut journey = Self::begin(Stage::set(setting)?, hand, None).await?;
        journey.open_sandbox().await?;
        journey.sign_in(Verdict::Approve(1)).await?;
        Ok(journey)
    }

    /// The whole main job, each step told.
    pub async fn main_job(&mut self, steps: &Steps) -> Outcome<()> {
        let name = "study-laptop";
        steps.watch("open the app", self.window.find("first-run")).await?;
        self.picture("first-run").await?;
        steps.watch("open the sandbox", self.open_sandbox()).await?;
        self.picture("sign-in").await?;
        steps.watch("sign in, approving in the browser", self.sign_in(Verdict::Approve(1))).await?;
        if self.offers("list") {
            steps.watch("see an account of each of the four services", self.four_accounts()).await?;
        }
        self.picture("signed-in").await?;
        steps.watch("list the keys", self.list()).await?;
        self.picture("keys").await?;
        steps.watch("create a key that expires in 30 days", self.create(name, "30")).await?;
        self.picture("secret").await?;
        let secret = steps.watch("copy it", self.copy()).await?;
        self.picture("copied").await?;
        steps.watch("see the key accepted and listed", self.done(name, &secret)).await?;
        self.picture("listed").await?;
        if self.offers("revoke") {
            steps.watch("revoke it", self.revoke(name)).await?;
        } else {
            steps.watch("revoke it in the browser", self.revoke_in_browser(name)).await?;
        }
        steps.watch("see the proof", self.proof(&secret)).await?;
        self.picture("proof").await?;
        steps.watch("back to the list", self.finish_revoke(name)).await?;
        self.picture("revoked").await
    }

    /// Whether this stage's sandbox offers a part.
    pub fn offers(&self, part: &str) -> bool {
        !self.stage.setting.sandbox_arguments.split([' ', ',']).any(|word| word == part)
    }

    /// Opens the sandbox from the first screen: an account of each service, and the sign-in of the one
    /// that signs in by browser begins by itself.
    pub async fn open_sandbox(&self) -> Outcome<()> {
        self.press("open-sandbox").await?;
        self.window.find_by_style("[data-testid=\"sign-in-state\"][data-stage=\"waiting\"]").await.map(drop)
    }

    /// Sees an account of each service, marked as the sandbox's, in one list.
    pub async fn four_accounts(&self) -> Outcome<()> {
        for label in SANDBOX_ACCOUNTS {
            self.stands(label, "ok").await?;
        }
        let marked = "return [...document.querySelectorAll('[data-testid=account]')]\
            .every((one) => one.textContent.includes('Sandbox'))";
        self.window.holds("every account to carry its chip", marked).await?;
        self.put_due_away().await?;
        self.window.page_says("Four sandbox accounts are open").await
    }

    /// Decides in the browser, comparing the code where there is one, and sees who is signed in.
    pub async fn sign_in(&mut self, verdict: Verdict) -> Outcome<()> {
        self.decide(verdict).await?;
        self.window.find("sign-in-done").await?;
        self.press("sign-in-finish").await?;
        self.window.gone("sign-in-dialog").await
    }

    /// Puts away what fell due: the samples hold keys that end soon, and that stands above the table first.
    pub async fn put_due_away(&self) -> Outcome<()> {
        self.window.find("banner").await?;
        if self.window.has("due-dismiss").await {
            self.press("due-dismiss").await?;
            self.window.gone("due-dismiss").await?;
        }
        Ok(())
    }

    /// Sees the list, or the words for a server that offers none.
    pub async fn list(&self) -> Outcome<()> {
        self.window.find("create-key").await?;
        if self.offers("list") {
            return self
                .window
                .holds(
                    "rows or the words for an empty list",
                    "return !!document.querySelector('[data-testid=key-row], [data-testid=empty]')",
                )
                .await;
        }
        self.put_due_away().await?;
        self.window.find_by_style("[data-kind=\"no-list\"]").await.map(drop)
    }

    /// Creates a key up to its secret.
    pub async fn create(&self, name: &str, expiry: &str) -> Outcome<()> {
        self.press("create-key").await?;
        self.window.find("create-dialog").await?;
        self.fill("create-name", name).await?;
        self.choose("create-expiry", expiry).await?;
        self.press("create-submit").await?;
        self.window.find("secret-dialog").await.map(drop)
    }

    /// Copies the secret and finds it in the system's clipboard. The secret is never printed.
    pub async fn copy(&self) -> Outcome<String> {
        self.copy_of("bmc_").await
    }

    /// Copies a secret that begins like this and finds it in the system's clipboard.
    pub async fn copy_of(&self, prefix: &str) -> Outcome<String> {
        self.press("secret-copy").await?;
        self.window.says("receipt-copied", "Copied").await?;
        let clipboard = self.window.until("the clipboard to hold a key", async || self.stage.clipboard()).await?;
        let long_enough = if prefix == "bmc_" { clipboard.len() == 47 } else { clipboard.len() >= 32 };
        if !long_enough || !clipboard.starts_with(prefix) {
            return Err(Failure::new("the clipboard holds something else than the key", LOOK));
        }
        self.hides(&clipboard).await?;
        Ok(clipboard)
    }

    /// Closes the secret, finds the key in the list and tries it as a program would.
    pub async fn done(&self, name: &str, secret: &str) -> Outcome<()> {
        self.press("secret-done").await?;
        self.window.gone("secret-dialog").await?;
        // Only rows near the view are drawn, and a new key stands behind those that were used.
        self.search(name).await?;
        self.row(name).await?;
        if !BackDoor::find(&self.window).await?.accepts(secret)? {
            return Err(Failure::new("the service refuses the key that was just made", LOOK));
        }
        Ok(())
    }

    /// The key's row, once it is listed.
    pub async fn row(&self, name: &str) -> Outcome<String> {
        let selector = format!("[data-testid=\"key-row\"][data-name=\"{name}\"]");
        self.window.find_by_style(&selector).await?;
        Ok(selector)
    }

    /// Revokes a key by its name, typing what is asked for.
    pub async fn revoke(&self, name: &str) -> Outcome<()> {
        self.ask_to_revoke(name).await?;
        self.window.find("revoke-dialog").await?;
        self.confirm_revoke().await
    }

    /// Types what the dialog asks for, if anything, and revokes.
    pub async fn confirm_revoke(&self) -> Outcome<()> {
        self.try_to_revoke().await?;
        self.window.find("revoke-done").await.map(drop)
    }

    /// Types what the dialog asks for, if anything, and asks the service to revoke.
    pub async fn try_to_revoke(&self) -> Outcome<()> {
        if let Some(typed) = self.confirmation().await? {
            self.fill("revoke-typed", &typed).await?;
        }
        self.press("revoke-submit").await
    }

    /// Opens the drawer of a key and asks to revoke it.
    pub async fn ask_to_revoke(&self, name: &str) -> Outcome<()> {
        self.open_drawer(name).await?;
        self.press("drawer-revoke").await
    }

    /// Opens the drawer of a key, found by its name.
    pub async fn open_drawer(&self, name: &str) -> Outcome<()> {
        self.search(name).await?;
        let row = self.row(name).await?;
        match self.hand {
            Hand::Mouse => self.window.press_style(&row).await?,
            Hand::Keyboard => {
                self.window.tab_to_style(&by_test_id("key-row")).await?;
                self.move_to(&row).await?;
                self.window.key(ENTER).await?;
            }
        }
        self.window.find("drawer").await.map(drop)
    }

    /// Narrows the list to what holds these words.
    pub async fn search(&self, words: &str) -> Outcome<()> {
        // Where the page is narrow, as beside an open drawer, the field stands behind its icon.
        let narrow = "return document.querySelector('[data-testid=search]')?.checkVisibility() === false";
        if self.window.run(narrow, vec![]).await? == Value::Bool(true) {
            self.press("search-open").await?;
        }
        match self.hand {
            Hand::Mouse => self.window.fill("search", words).await,
            Hand::Keyboard => self.window.type_into("search", words).await,
        }
    }

    /// Revokes a key where the service offers no revoke: on its page in the browser, then proof.
    pub async fn revoke_in_browser(&mut self, name: &str) -> Outcome<()> {
        self.ask_to_revoke(name).await?;
        self.window.find("revoke-browser").await?;
        self.revoke_on_the_page(name).await
    }

    /// Opens the service's page from the dialog, revokes there, and lets the app check.
    pub async fn revoke_on_the_page(&mut self, name: &str) -> Outcome<()> {
        let before = self.stage.opened().len();
        self.press("revoke-open").await?;
        let address = self.page_opened_after(before).await?;
        let browser = self.stage.browse(&address).await?;
        browser.press_style(&format!("[aria-label=\"Revoke {name}\"]")).await?;
        browser.page_says("is revoked").await?;
        self.stage.close_browser();
        self.see_the_revocation().await
    }

    /// Lets the app check that a key revoked elsewhere is refused.
    pub async fn see_the_revocation(&self) -> Outcome<()> {
        // Entering the window again makes the app check by itself; where that was not seen, the person asks for it.
        let by_itself =
            wait_until(Duration::from_secs(2), async || self.window.has("revoke-done").await.then_some(())).await;
        match by_itself {
            Some(()) => Ok(()),
            None => self.press("revoke-check").await,
        }
    }

    /// Sees the proof, and that the service really refuses the key.
    pub async fn proof(&self, secret: &str) -> Outcome<()> {
        self.window.says("revoke-proof", "Refused with 401").await?;
        if BackDoor::find(&self.window).await?.accepts(secret)? {
            return Err(Failure::new("the service still accepts the revoked key", LOOK));
        }
        Ok(())
    }

    /// Closes the revoke dialog; the key is shown as revoked.
    pub async fn finish_revoke(&self, name: &str) -> Outcome<()> {
        self.press("revoke-finish").await?;
        self.window.gone("revoke-done").await?;
        // Where there is little room the drawer lies over the list.
        let covered = "return innerWidth <= 1040 && document.querySelector('[data-testid=drawer]') !== null";
        if self.window.run(covered, vec![]).await? == json!(true) {
            self.press("drawer-close").await?;
        }
        // Revoked keys stand under a filter of their own.
        self.press("chip-all").await?;
        self.window.find_by_style(&format!("[data-name=\"{name}\"][data-status=\"revoked\"]")).await.map(drop)
    }

    /// What must be typed to confirm, as the dialog's own words ask for it.
    async fn confirmation(&self) -> Outcome<Option<String>> {
        const ASKED: &str = "return document.querySelector('label[for=revoke-typed] b')?.textContent ?? null";
        let asked = self.window.run(ASKED, vec![]).await?;
        Ok(asked.as_str().map(squeeze))
    }

    /// Presses a control.
    pub async fn press(&self, id: &str) -> Outcome<()> {
        match self.hand {
            Hand::Mouse => self.window.press(id).await,
            Hand::Keyboard => self.window.enter_on(id).await,
        }
    }

    /// Types into a field.
    pub async fn fill(&self, id: &str, text: &str) -> Outcome<()> {
        match self.hand {
            Hand::Mouse => self.window.fill(id, text).await,
            Hand::Keyboard => {
                self.window.find(id).await?;
                self.window.type_into(id, text).await
            }
        }
    }

    /// Chooses one among a few, side by side.
    pub async fn choose(&self, id: &str, value: &str) -> Outcome<()> {
        let option = format!("{} [data-value=\"{value}\"]", by_test_id(id));
        if self.hand == Hand::Mouse {
            return self.window.press_style(&option).await;
        }
        self.window.tab_to(id).await?;
        let chosen = format!("return document.activeElement?.dataset.value === {}", json!(value));
        for _ in 0..12 {
            if self.window.run(&chosen, vec![]).await? == Value::Bool(true) {
                return Ok(());
            }
            self.window.key(RIGHT).await?;
        }
        Err(Failure::new(format!("the arrow keys do not reach {value} in {id}"), LOOK))
    }

    /// From any row to this one.
    async fn move_to(&self, row: &str) -> Outcome<()> {
        let there = format!("return !!document.activeElement?.closest({})", json!(row));
        self.window.key(HOME).await?;
        for _ in 0..80 {
            if self.window.run(&there, vec![]).await? == Value::Bool(true) {
                return Ok(());
            }
            self.window.key(DOWN).await?;
        }
        Err(Failure::new(format!("the arrow keys do not reach {row}"), LOOK))
    }

    /// Takes a picture, if pictures are taken.
    pub async fn picture(&mut self, name: &str) -> Outcome<()> {
        let Some(folder) = &self.pictures else { return Ok(()) };
        self.taken += 1;
        self.window.picture(&folder.join(format!("{:02}-{name}.png", self.taken))).await
    }

    /// Waits until an element with exactly these words is there, for what has no test id.
    pub async fn words(&self, words: &str) -> Outcome<()> {
        let path = format!("//*[normalize-space(text())=\"{words}\"]");
        self.window
            .until(&format!("“{words}”"), async || self.window.client().find(Locator::XPath(&path)).await.ok())
            .await
            .map(drop)
    }
}
