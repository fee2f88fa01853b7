//! Owns how a person decides on a sign-in in the browser, and the code that is compared or asked for
//! instead. Leaves out what the app does then.

use crate::driver::{LOOK, Window, wait_until};
use crate::journey::{Journey, Verdict};
use crate::steps::{Failure, Outcome};
use std::time::Duration;

/// The app waits twenty seconds before it offers a code.
const UNTIL_A_CODE: Duration = Duration::from_secs(60);

impl Journey {
    /// What happens in the browser: the page that the app opened, its code compared if there is one, a
    /// button pressed.
    pub async fn decide(&mut self, verdict: Verdict) -> Outcome<()> {
        let window = &self.window;
        let with_code = window
            .until("a code or the words to finish in the browser", async || {
                match (window.has("sign-in-code").await, window.has("sign-in-browser").await) {
                    (true, _) => Some(true),
                    (_, true) => Some(false),
                    _ => None,
                }
            })
            .await?;
        if with_code { self.compare(verdict).await } else { self.finish_in_browser(verdict).await }
    }

    /// Says yes on a page that the app has opened for a sign-in with a code, as its first person.
    pub async fn approve(&mut self, page: &str) -> Outcome<()> {
        let browser = self.stage.browse(page).await?;
        browser.press_style("#approve").await?;
        browser.page_says("You are signed in").await?;
        self.stage.close_browser();
        Ok(())
    }

    /// Waits until the app offers a code instead of the browser alone.
    pub async fn code_is_offered(&self) -> Outcome<()> {
        let offered = wait_until(UNTIL_A_CODE, async || self.window.has("sign-in-use-code").await.then_some(())).await;
        offered.ok_or_else(|| Failure::new("the app offers no code", LOOK))
    }

    /// Takes the code that is offered.
    pub async fn use_code(&self) -> Outcome<()> {
        self.code_is_offered().await?;
        self.press("sign-in-use-code").await?;
        self.user_code().await.map(drop)
    }

    /// The code that the dialog shows.
    pub async fn user_code(&self) -> Outcome<String> {
        let window = &self.window;
        window
            .until("a code of eight letters", async || {
                let seen = window.text("sign-in-code").await.ok()?;
                (letters(&seen).len() == 8).then_some(seen)
            })
            .await
    }

    async fn compare(&mut self, verdict: Verdict) -> Outcome<()> {
        let code = self.user_code().await?;
        let stage = &self.stage;
        // Several codes may have been asked for; the page of the present one names it.
        let address = self
            .window
            .until("the app to open its sign-in page", async || {
                stage.opened().pop().filter(|address| letters(address).contains(&letters(&code)))
            })
            .await?;
        let browser = self.stage.browse(&address).await?;
        let shown = browser.find_by_style("#user-code").await?.text().await.unwrap_or_default();
        if letters(&shown) != letters(&code) {
            return Err(Failure::new("the page shows another code than the app", LOOK));
        }
        answer(&browser, verdict).await?;
        let words = if verdict == Verdict::Deny { "Sign-in denied" } else { "You are signed in" };
        browser.page_says(words).await?;
        self.stage.close_browser();
        Ok(())
    }

    /// The browser alone: the page, a button, and the way back to the app.
    async fn finish_in_browser(&mut self, verdict: Verdict) -> Outcome<()> {
        let (stage, before) = (&self.stage, &self.decided);
        let address = self
            .window
            .until("the app to open its sign-in page", async || {
                let newest = stage.opened().pop().filter(|address| address.contains("/authorize?"));
                newest.filter(|address| before.as_ref() != Some(address))
            })
            .await?;
        self.decided = Some(address.clone());
        let browser = self.stage.browse(&address).await?;
        answer(&browser, verdict).await?;
        browser.page_says("Go back to Latchkey").await?;
        self.stage.close_browser();
        Ok(())
    }
}

async fn answer(browser: &Window, verdict: Verdict) -> Outcome<()> {
    let Verdict::Approve(person) = verdict else { return browser.press_style("#deny").await };
    let select = browser.find_by_style("#person").await?;
    select
        .select_by_value(&person.to_string())
        .await
        .map_err(|error| Failure::new(format!("the person could not be chosen: {error}"), LOOK))?;
    browser.press_style("#approve").await
}

fn letters(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).collect()
}
