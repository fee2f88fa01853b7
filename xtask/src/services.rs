//! Owns what a person does with accounts of the other services: finds them in the sidebar, creates with a
//! service's own choices, makes keys in a dashboard, tests. Leaves out the main job (journey.rs).

use crate::driver::{LOOK, by_test_id};
use crate::journey::Journey;
use crate::sandbox::BackDoor;
use crate::steps::{Failure, Outcome};
use serde_json::{Value, json};

impl Journey {
    /// The id of an account, by its label in the sidebar.
    pub async fn account(&self, label: &str) -> Outcome<String> {
        const FIND: &str = "return [...document.querySelectorAll('[data-testid=account]')]\
            .find((one) => one.querySelector('b')?.textContent === arguments[0])?.dataset.account ?? null";
        let window = &self.window;
        window
            .until(&format!("the account {label}"), async || {
                let found = window.run(FIND, vec![json!(label)]).await.ok()?;
                found.as_str().map(str::to_owned)
            })
            .await
    }

    /// Waits until an account's row in the sidebar says how it stands, for example `ok` or `failed`.
    pub async fn stands(&self, label: &str, standing: &str) -> Outcome<()> {
        let id = self.account(label).await?;
        let selector = format!("[data-testid=\"account\"][data-account=\"{id}\"][data-standing=\"{standing}\"]");
        self.window.find_by_style(&selector).await.map(drop)
    }

    /// Opens Create for an account and names the key.
    pub async fn begin_create(&self, account: &str, name: &str) -> Outcome<()> {
        let id = self.account(account).await?;
        self.press("create-key").await?;
        self.window.find("create-dialog").await?;
        self.press("create-account").await?;
        self.press(&format!("create-account-menu-{id}")).await?;
        let chosen = format!(
            "return document.querySelector({})?.querySelector('b')?.textContent === {}",
            json!(by_test_id("create-account")),
            json!(account)
        );
        self.window.holds(&format!("Create to be at {account}"), &chosen).await?;
        self.window.gone(&format!("create-account-menu-{id}")).await?;
        self.fill("create-name", name).await
    }

    /// Creates, and copies the secret, which begins like this. The secret is never printed.
    pub async fn end_create(&self, name: &str, prefix: &str) -> Outcome<String> {
        self.press("create-submit").await?;
        self.window.find("secret-dialog").await?;
        let secret = self.copy_of(prefix).await?;
        self.done(name, &secret).await?;
        Ok(secret)
    }

    /// Tests a key from its drawer, and sees what was found.
    pub async fn test(&self, name: &str, words: &str) -> Outcome<()> {
        self.open_drawer(name).await?;
        self.press("drawer-test").await?;
        self.window.says("test-result", words).await?;
        self.press("drawer-close").await
    }

    /// Reads one account's keys again, from its menu in Settings.
    pub async fn read_again(&self, account: &str) -> Outcome<()> {
        let id = self.account(account).await?;
        self.press("nav-settings").await?;
        self.press("settings-accounts").await?;
        self.press(&format!("account-menu-{id}")).await?;
        self.press("account-menu-refresh").await?;
        self.press("nav-keys").await
    }

    /// Makes a key in the dashboard that the app opened, with a project, and answers its secret.
    pub async fn make_in_dashboard(&mut self, name: &str, project: &str) -> Outcome<String> {
        let before = self.stage.opened().len();
        self.press("create-open-dashboard").await?;
        let address = self.page_opened_after(before).await?;
        let browser = self.stage.browse(&address).await?;
        let field = browser.find_by_style("#name").await?;
        let typed = field.send_keys(name).await;
        typed.map_err(|error| Failure::new(format!("the dashboard's name field: {error}"), LOOK))?;
        let choice = browser.find_by_style("#project").await?;
        let chosen = choice.select_by_label(project).await;
        chosen.map_err(|error| Failure::new(format!("the dashboard's project: {error}"), LOOK))?;
        browser.press_style("#create").await?;
        let secret = browser.find_by_style("#secret").await?.text().await.unwrap_or_default();
        browser.press_style("#done").await?;
        self.stage.close_browser();
        Ok(secret)
    }

    /// Revokes a key on the dashboard page that the app opens, which asks first, and lets the app check.
    pub async fn revoke_in_dashboard(&mut self, name: &str) -> Outcome<()> {
        let before = self.stage.opened().len();
        self.press("revoke-open").await?;
        let address = self.page_opened_after(before).await?;
        let browser = self.stage.browse(&address).await?;
        browser.press_style(&format!("[aria-label=\"Revoke {name}\"]")).await?;
        browser.press_style("#confirm-revoke").await?;
        browser.page_says("is revoked").await?;
        self.stage.close_browser();
        self.see_the_revocation().await
    }

    /// The page that the app opened after so many others.
    pub async fn page_opened_after(&self, before: usize) -> Outcome<String> {
        let stage = &self.stage;
        self.window
            .until("the app to open a page", async || {
                let opened = stage.opened();
                (opened.len() > before).then(|| opened.last().cloned()).flatten()
            })
            .await
    }

    /// How many rows of the list belong to an account, by its filter in the sidebar.
    pub async fn keys_shown_of(&self, label: &str) -> Outcome<usize> {
        let id = self.account(label).await?;
        self.search("").await?;
        self.window.press_style(&format!("[data-testid=\"account\"][data-account=\"{id}\"]")).await?;
        self.window.find_by_style(&by_test_id("key-row")).await?;
        let shown = self.window.count(&by_test_id("key-row")).await;
        self.window.press_style(&format!("[data-testid=\"account\"][data-account=\"{id}\"]")).await?;
        Ok(shown)
    }

    /// Whether nothing of a secret is on the page.
    pub async fn hides(&self, secret: &str) -> Outcome<()> {
        let page = self.window.run("return document.documentElement.outerHTML", vec![]).await?;
        match page {
            Value::String(page) if !page.contains(secret) => Ok(()),
            _ => Err(Failure::new("the page holds the secret although nothing was revealed", LOOK)),
        }
    }
}

/// Lets a path of a service fail for good, in a way that the sandbox knows.
pub fn fails(door: &BackDoor, service: &str, path: &str, kind: &str, milliseconds: Option<u64>) -> Outcome<()> {
    let fault = json!({ "service": service, "path": path, "kind": kind, "milliseconds": milliseconds });
    door.add_fault(&fault)
}
