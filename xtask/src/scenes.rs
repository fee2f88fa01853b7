//! Owns the walk through every screen, dialog and state that can be reached on a stage. Leaves out what
//! is done at each: the tour takes pictures, the accessibility test asks axe-core.

use crate::driver::Window;
use crate::journey::{Hand, Journey, KNOWN_OF_THE_REAL_SERVICE, Verdict};
use crate::keyboard::ESCAPE;
use crate::sandbox::BackDoor;
pub use crate::scenes_projects::projects;
pub use crate::scenes_services::services;
use crate::stage::{Keyring, Setting, Stage};
use crate::steps::Outcome;
use serde_json::{Value, json};

/// What is done at each scene.
pub trait Visitor {
    /// The window shows the scene of this name.
    fn visit(&mut self, window: &Window, scene: &str) -> impl Future<Output = Outcome<()>>;
}

/// Walks through everything: with a full list, with a service that offers little, without a keychain.
pub async fn walk(visitor: &mut impl Visitor) -> Outcome<()> {
    full_service(visitor).await?;
    known_service(visitor).await?;
    without_keychain(visitor).await?;
    projects(visitor).await?;
    services(visitor).await
}

/// Everything there is with a service that offers all and about twenty keys.
pub async fn full_service(visitor: &mut impl Visitor) -> Outcome<()> {
    let setting = Setting { sandbox_arguments: "--seed demo".to_owned(), ..Setting::spoken() };
    let mut journey = Journey::begin(Stage::set(setting)?, Hand::Mouse, None).await?;
    journey.window.find("first-run").await?;
    visitor.visit(&journey.window, "first-run").await?;
    sign_in(&mut journey, visitor).await?;
    keys(&journey, visitor).await?;
    create(&journey, visitor).await?;
    revoke(&journey, visitor).await?;
    pages(&journey, visitor).await?;
    let door = BackDoor::find(&journey.window).await?;
    journey.press("nav-keys").await?;
    door.end()?;
    journey.window.invoke("refresh_keys", json!({ "account": null })).await?.ok();
    journey.window.find_by_style("[data-kind=\"offline\"]").await?;
    visitor.visit(&journey.window, "keys-offline").await
}

async fn sign_in(journey: &mut Journey, visitor: &mut impl Visitor) -> Outcome<()> {
    journey.open_sandbox().await?;
    visitor.visit(&journey.window, "sign-in-browser").await?;
    journey.code_is_offered().await?;
    visitor.visit(&journey.window, "sign-in-browser-nothing-happened").await?;
    journey.decide(Verdict::Deny).await?;
    journey.window.says("sign-in-state", "Denied").await?;
    visitor.visit(&journey.window, "sign-in-browser-denied").await?;
    journey.use_code().await?;
    visitor.visit(&journey.window, "sign-in-code").await?;
    journey.press("sign-in-advanced").await?;
    journey.window.find("servers-host").await?;
    visitor.visit(&journey.window, "sign-in-advanced").await?;
    journey.press("sign-in-advanced").await?;
    journey.decide(Verdict::Deny).await?;
    journey.window.says("sign-in-state", "Denied").await?;
    visitor.visit(&journey.window, "sign-in-denied").await?;
    let first = journey.user_code().await?;
    journey.press("sign-in-again").await?;
    let window = journey.window.clone();
    window.until("a new code", async || (window.text("sign-in-code").await.ok()? != first).then_some(())).await?;
    journey.decide(Verdict::Approve(1)).await?;
    window.find("sign-in-done").await?;
    visitor.visit(&window, "sign-in-done").await?;
    journey.press("sign-in-finish").await?;
    window.gone("sign-in-dialog").await
}

async fn keys(journey: &Journey, visitor: &mut impl Visitor) -> Outcome<()> {
    let window = &journey.window;
    window.find("key-row").await?;
    visitor.visit(window, "keys").await?;
    for chip in ["expiring", "revoked", "all"] {
        journey.press(&format!("chip-{chip}")).await?;
        visitor.visit(window, &format!("keys-{chip}")).await?;
    }
    journey.search("nothing is called so").await?;
    window.find("no-match").await?;
    visitor.visit(window, "keys-no-match").await?;
    journey.press("clear-search").await?;
    journey.press("row-more").await?;
    visitor.visit(window, "keys-row-menu").await?;
    window.key(ESCAPE).await?;
    window.press_style("[data-testid=\"key-row\"]").await?;
    window.find("drawer").await?;
    visitor.visit(window, "drawer").await?;
    journey.press("drawer-note").await?;
    window.find("drawer-place-name").await?;
    visitor.visit(window, "drawer-place").await?;
    journey.press("drawer-place-cancel").await?;
    journey.press("drawer-close").await?;
    journey.press("open-shortcuts").await?;
    window.find("shortcuts-dialog").await?;
    visitor.visit(window, "shortcuts").await?;
    window.key(ESCAPE).await?;
    window.gone("shortcuts-dialog").await
}

async fn create(journey: &Journey, visitor: &mut impl Visitor) -> Outcome<()> {
    let window = &journey.window;
    journey.press("create-key").await?;
    window.find("create-dialog").await?;
    visitor.visit(window, "create").await?;
    journey.fill("create-name", "toured").await?;
    journey.choose("create-expiry", "never").await?;
    visitor.visit(window, "create-never").await?;
    journey.choose("create-expiry", "custom").await?;
    visitor.visit(window, "create-custom").await?;
    journey.choose("create-expiry", "30").await?;
    journey.press("create-keep").await?;
    journey.press("create-submit").await?;
    window.find("secret-dialog").await?;
    visitor.visit(window, "secret").await?;
    journey.press("secret-done").await?;
    window.find("secret-guard").await?;
    visitor.visit(window, "secret-guard").await?;
    journey.press("secret-back").await?;
    journey.stage.ask_to_close("Latchkey")?;
    window.find("quit-dialog").await?;
    visitor.visit(window, "quit").await?;
    journey.press("quit-back").await?;
    journey.press("secret-reveal").await?;
    window.says("secret-time", "Hides in").await?;
    visitor.visit(window, "secret-revealed").await?;
    journey.press("secret-copy").await?;
    window.says("receipt-copied", "Copied").await?;
    visitor.visit(window, "secret-copied").await?;
    journey.press("secret-done").await?;
    window.gone("secret-dialog").await?;
    visitor.visit(window, "keys-copied").await?;
    journey.press("create-key").await?;
    journey.fill("create-name", "toured").await?;
    window.find("create-duplicate").await?;
    visitor.visit(window, "create-duplicate").await?;
    journey.press("create-cancel").await?;
    window.gone("create-dialog").await
}

async fn revoke(journey: &Journey, visitor: &mut impl Visitor) -> Outcome<()> {
    let window = &journey.window;
    journey.ask_to_revoke("toured").await?;
    window.find("revoke-dialog").await?;
    visitor.visit(window, "revoke").await?;
    journey.press("revoke-leaked").await?;
    visitor.visit(window, "revoke-leaked").await?;
    journey.confirm_revoke().await?;
    visitor.visit(window, "revoke-done").await?;
    journey.press("revoke-finish").await?;
    window.gone("revoke-done").await?;
    journey.search("").await
}

async fn pages(journey: &Journey, visitor: &mut impl Visitor) -> Outcome<()> {
    let window = &journey.window;
    journey.press("nav-activity").await?;
    window.find("activity-row").await?;
    visitor.visit(window, "activity").await?;
    journey.press("nav-settings").await?;
    for tab in ["general", "secrets", "accounts", "erase"] {
        journey.press(&format!("settings-{tab}")).await?;
        visitor.visit(window, &format!("settings-{tab}")).await?;
    }
    journey.press("settings-accounts").await?;
    for panel in ["rename", "servers", "sign-out", "remove"] {
        window.press_style("[data-testid^=\"account-menu-\"]").await?;
        journey.press(&format!("account-menu-{panel}")).await?;
        window.find_by_style("[data-testid^=\"account-panel-\"]").await?;
        visitor.visit(window, &format!("account-{panel}")).await?;
    }
    window.key(ESCAPE).await?;
    journey.press("nav-keys").await?;
    journey.press("add-account").await?;
    window.find("add-account-dialog").await?;
    visitor.visit(window, "add-account").await?;
    journey.press("add-paste").await?;
    window.find("paste-dialog").await?;
    visitor.visit(window, "paste-key").await?;
    journey.press("paste-cancel").await?;
    window.gone("paste-dialog").await?;
    journey.press("lock").await?;
    window.find("lock-cover").await?;
    visitor.visit(window, "locked").await?;
    journey.press("unlock").await?;
    window.gone("lock-cover").await
}

/// What differs where only the known of the service is offered.
pub async fn known_service(visitor: &mut impl Visitor) -> Outcome<()> {
    let sandbox_arguments = format!("--without {KNOWN_OF_THE_REAL_SERVICE}");
    let mut journey = Journey::signed_in(Setting { sandbox_arguments, ..Setting::spoken() }, Hand::Mouse).await?;
    journey.list().await?;
    visitor.visit(&journey.window, "keys-no-list").await?;
    journey.create("reminded", "30").await?;
    visitor.visit(&journey.window, "secret-reminder").await?;
    let secret = journey.copy().await?;
    journey.done("reminded", &secret).await?;
    visitor.visit(&journey.window, "keys-known-here").await?;
    journey.ask_to_revoke("reminded").await?;
    journey.window.find("revoke-browser").await?;
    visitor.visit(&journey.window, "revoke-browser").await?;
    journey.revoke_on_the_page("reminded").await?;
    journey.proof(&secret).await?;
    visitor.visit(&journey.window, "revoke-browser-done").await
}

/// What differs where the system offers no keychain.
pub async fn without_keychain(visitor: &mut impl Visitor) -> Outcome<()> {
    let setting = Setting { keyring: Keyring::Absent, ..Setting::spoken() };
    let journey = Journey::begin(Stage::set(setting)?, Hand::Mouse, None).await?;
    journey.window.find("first-run").await?;
    visitor.visit(&journey.window, "first-run-no-keychain").await
}

/// Shows the window in a theme, without changing the person's choice.
pub async fn dress(window: &Window, theme: &str) -> Outcome<()> {
    window.run("document.documentElement.dataset.theme = arguments[0]", vec![json!(theme)]).await?;
    // A transition that runs would be pictured half way, and measured with colours of no theme.
    let still = "return document.getAnimations().every((one) => one.playState !== 'running' \
                 || one.effect.getTiming().iterations === Infinity)";
    window.holds("the page to be still", still).await
}

/// The theme the window has by itself.
pub async fn theme(window: &Window) -> Outcome<Value> {
    window.run("return document.documentElement.dataset.theme ?? 'light'", vec![]).await
}
