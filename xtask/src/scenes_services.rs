//! Owns the walk through what the other three services bring, and what is done with several keys at once.
//! Leaves out the rest of the app (scenes.rs).

use crate::journey::{Hand, Journey};
use crate::keyboard::ESCAPE;
use crate::sandbox::BackDoor;
use crate::scenes::Visitor;
use crate::stage::{Setting, Stage};
use crate::steps::Outcome;

const ROW: &str = "[data-testid=\"key-row\"]";

/// Walks through accounts that a key acts for, keys of every service, the palette and a selection.
pub async fn services(visitor: &mut impl Visitor) -> Outcome<()> {
    let setting = Setting { sandbox_arguments: "--seed demo".to_owned(), ..Setting::spoken() };
    let mut journey = Journey::begin(Stage::set(setting)?, Hand::Mouse, None).await?;
    journey.open_sandbox().await?;
    journey.press("sign-in-cancel").await?;
    journey.window.gone("sign-in-dialog").await?;
    for account in ["API", "OS", "Kit"] {
        journey.stands(account, "ok").await?;
    }
    journey.window.find("due-dismiss").await?;
    visitor.visit(&journey.window, "keys-due").await?;
    journey.put_due_away().await?;
    create(&journey, visitor).await?;
    drawer(&journey, visitor).await?;
    several(&journey, visitor).await?;
    settings(&journey, visitor).await?;
    accounts(&mut journey, visitor).await
}

async fn create(journey: &Journey, visitor: &mut impl Visitor) -> Outcome<()> {
    let window = &journey.window;
    for (account, scene) in [("API", "create-memory-api"), ("OS", "create-memory-os"), ("Kit", "create-memory-kit")] {
        journey.begin_create(account, "toured").await?;
        visitor.visit(window, scene).await?;
        if account == "Kit" {
            journey.fill("create-project", "Helpdesk").await?;
            journey.press("create-have-key").await?;
            window.find("guided-dialog").await?;
            visitor.visit(window, "create-memory-kit-paste").await?;
            journey.press("guided-back").await?;
            window.find("create-dialog").await?;
        }
        journey.press("create-cancel").await?;
        window.gone("create-dialog").await?;
    }
    Ok(())
}

async fn drawer(journey: &Journey, visitor: &mut impl Visitor) -> Outcome<()> {
    let window = &journey.window;
    journey.search("mem_live").await?;
    // The key that acts for the account is kept here, and was used last.
    window.press_style(ROW).await?;
    journey.press("drawer-test").await?;
    window.says("test-result", "Works").await?;
    visitor.visit(window, "drawer-tested").await?;
    journey.press("drawer-use").await?;
    visitor.visit(window, "drawer-use").await?;
    journey.press("drawer-revoke").await?;
    window.find("revoke-admin").await?;
    visitor.visit(window, "revoke-acting-key").await?;
    window.key(ESCAPE).await?;
    window.gone("revoke-admin").await?;
    journey.press("drawer-close").await?;
    journey.search("").await
}

async fn several(journey: &Journey, visitor: &mut impl Visitor) -> Outcome<()> {
    let window = &journey.window;
    journey.press("open-palette").await?;
    window.find("palette-line").await?;
    visitor.visit(window, "palette").await?;
    window.fill("palette-field", "nothing is called so").await?;
    window.find("palette-none").await?;
    visitor.visit(window, "palette-none").await?;
    window.key(ESCAPE).await?;
    window.gone("palette").await?;
    journey.press("key-check-all").await?;
    window.find("bulk-bar").await?;
    visitor.visit(window, "keys-bulk").await?;
    journey.press("bulk-revoke").await?;
    window.find("bulk-line").await?;
    visitor.visit(window, "bulk-revoke").await?;
    journey.press("bulk-cancel").await?;
    window.gone("bulk-revoke-dialog").await?;
    journey.press("bulk-clear").await?;
    window.gone("bulk-bar").await
}

async fn settings(journey: &Journey, visitor: &mut impl Visitor) -> Outcome<()> {
    let window = &journey.window;
    let api = journey.account("API").await?;
    journey.press("nav-settings").await?;
    journey.press("settings-notifications").await?;
    visitor.visit(window, "settings-notifications").await?;
    journey.press("settings-accounts").await?;
    journey.press(&format!("account-open-{api}")).await?;
    window.find("account-details").await?;
    visitor.visit(window, "account-details").await?;
    journey.press(&format!("account-menu-{api}")).await?;
    journey.press("account-menu-servers").await?;
    journey.fill("account-host", "https://memory.example/v1").await?;
    journey.press("account-save").await?;
    window.find("account-host-asks").await?;
    visitor.visit(window, "account-other-host").await?;
    journey.press("account-panel-cancel").await?;
    journey.press("nav-keys").await
}

async fn accounts(journey: &mut Journey, visitor: &mut impl Visitor) -> Outcome<()> {
    let door = BackDoor::find(&journey.window).await?;
    let window = journey.window.clone();
    journey.press("add-account").await?;
    journey.press("add-memory-api").await?;
    window.find("admin-key-dialog").await?;
    visitor.visit(&window, "admin-key").await?;
    journey.press("admin-advanced").await?;
    journey.fill("admin-base-url", door.base("memory-api")).await?;
    journey.stage.put_on_clipboard("mem_live_neverMintedByAnyServiceEXAMPLE")?;
    journey.press("admin-paste").await?;
    window.says("admin-found", "Refused").await?;
    visitor.visit(&window, "admin-key-refused").await?;
    journey.press("admin-cancel").await?;
    window.gone("admin-key-dialog").await
}
