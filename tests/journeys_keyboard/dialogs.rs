//! Owns the focus of the dialogs beyond creating and revoking: signing in, adding keys and accounts, the
//! inventory, questions before something is forgotten, quitting, and the choice of a workspace.

use crate::begun;
use crate::focus::{TITLE, choose_in_menu, focused, focused_style, order};
use serde_json::json;
use xtask::driver::by_test_id;
use xtask::journey::{Hand, Journey};
use xtask::keyboard::{CONTROL, DOWN, ENTER, ESCAPE, SPACE};
use xtask::projects::{BasicMemory, Side, project};
use xtask::sandbox::BackDoor;
use xtask::stage::{Setting, Stage};

#[tokio::test]
async fn signing_in_moves_the_focus_to_the_next_step_and_gives_it_back() {
    let stage = Stage::set(Setting::default()).unwrap();
    // Where no browser opens, the address can be copied and a code is offered at once.
    stage.take_browser_away(true).unwrap();
    let journey = Journey::begin(stage, Hand::Keyboard, None).await.unwrap();
    journey.press("open-sandbox").await.unwrap();
    journey.window.find("sign-in-use-code").await.unwrap();
    let waiting = [
        "dialog-close",
        "sign-in-use-code",
        "sign-in-copy-address",
        "sign-in-advanced",
        "sign-in-cancel",
        "sign-in-open",
    ];
    order(&journey, "sign-in-dialog", TITLE, &waiting).await;
    journey.press("sign-in-use-code").await.unwrap();
    journey.user_code().await.unwrap();
    let comparing =
        ["dialog-close", "sign-in-copy", "sign-in-copy-address", "sign-in-advanced", "sign-in-cancel", "sign-in-open"];
    order(&journey, "sign-in-dialog", "sign-in-copy", &comparing).await;
    journey.window.key(ESCAPE).await.unwrap();
    journey.window.gone("sign-in-dialog").await.unwrap();
    // What opened it went with the first page, so the page that came takes the focus.
    focused_style(&journey, "the page", "main *, nav *, aside *").await;
    let account = "[data-testid=\"account\"]";
    journey.window.tab_to_style(account).await.unwrap();
    journey.window.key(ENTER).await.unwrap();
    journey.window.find("sign-in-use-code").await.unwrap();
    order(&journey, "sign-in-dialog", TITLE, &waiting).await;
    journey.window.key(ESCAPE).await.unwrap();
    journey.window.gone("sign-in-dialog").await.unwrap();
    focused_style(&journey, "the account", account).await;
}

#[tokio::test]
async fn a_code_that_ran_out_leads_to_a_new_one_without_losing_the_focus() {
    let arguments = "--without loopback --device-code-seconds 6".to_owned();
    let stage = Stage::set(Setting { sandbox_arguments: arguments, ..Setting::default() }).unwrap();
    let journey = Journey::begin(stage, Hand::Keyboard, None).await.unwrap();
    journey.press("open-sandbox").await.unwrap();
    let first = journey.user_code().await.unwrap();
    journey.window.says("sign-in-state", "This code has expired").await.unwrap();
    focused(&journey, "sign-in-again").await;
    journey.window.key(ENTER).await.unwrap();
    let window = &journey.window;
    let another = async || (window.text("sign-in-code").await.ok()? != first).then_some(());
    window.until("another code", another).await.unwrap();
    focused(&journey, "sign-in-copy").await;
}

#[tokio::test]
async fn adding_a_key_or_an_account_begins_on_paste_and_gives_the_focus_back() {
    let mut journey = begun().await;
    let door = BackDoor::find(&journey.window).await.unwrap();
    let wish = json!({ "name": "made elsewhere", "environment": "test", "scopes": ["read"] });
    let key = door.make_key("memory-api", "/account/api-keys", &wish).unwrap();
    journey.stage.put_on_clipboard(&key).unwrap();
    let window = &journey.window;
    window.tab_to("create-key").await.unwrap();
    open_paste(&journey).await;
    order(&journey, "paste-dialog", "paste-button", &PASTING).await;
    window.key(ESCAPE).await.unwrap();
    window.gone("paste-dialog").await.unwrap();
    focused(&journey, "create-key").await;
    open_paste(&journey).await;
    focused(&journey, "paste-button").await;
    window.key(ENTER).await.unwrap();
    focused(&journey, "paste-name").await;
    window.type_text("pasted by hand").await.unwrap();
    let api = journey.account("API").await.unwrap();
    choose_in_menu(&journey, &by_test_id("paste-account"), &by_test_id(&format!("paste-account-menu-{api}"))).await;
    focused(&journey, "paste-account").await;
    journey.press("paste-submit").await.unwrap();
    focused(&journey, "paste-done").await;
    window.key(ENTER).await.unwrap();
    window.gone("paste-dialog").await.unwrap();
    focused(&journey, "create-key").await;
    // An account by its admin key: the dialog takes the place of another, and the focus goes back to the first opener.
    journey.press("add-account").await.unwrap();
    focused(&journey, "add-basic-memory").await;
    journey.press("add-memory-api").await.unwrap();
    let adding = ["dialog-close", "admin-service", "admin-paste", "admin-advanced", "admin-cancel", "admin-submit"];
    order(&journey, "admin-key-dialog", "admin-paste", &adding).await;
    window.key(ESCAPE).await.unwrap();
    window.gone("admin-key-dialog").await.unwrap();
    focused(&journey, "add-account").await;
}

const PASTING: [&str; 7] =
    ["dialog-close", "paste-button", "paste-account", "paste-name", "paste-keep", "paste-cancel", "paste-submit"];

async fn open_paste(journey: &Journey) {
    journey.window.shortcut(CONTROL, 'k').await.unwrap();
    focused(journey, "palette-field").await;
    journey.window.type_text("paste a key").await.unwrap();
    journey.window.key(ENTER).await.unwrap();
    journey.window.find("paste-dialog").await.unwrap();
}

/// An inventory of one account with one key.
const INVENTORY: &str = r#"{"format":"latchkey-inventory","version":1,"exported_at":"2026-01-02T03:04:05Z",
"computer":"desk","accounts":[{"id":"6d2f0a3e-8f40-4b8e-9a55-6f1d6f0c2a01","provider":"memory-api","label":"Mine","host":"https://api.example",
"keys":[{"id":"6d2f0a3e-8f40-4b8e-9a55-6f1d6f0c2a02","name":"carried over"}]}]}"#;

#[tokio::test]
async fn the_inventory_is_saved_and_taken_in_by_keyboard_alone() {
    let journey = begun().await;
    let window = &journey.window;
    journey.press("nav-settings").await.unwrap();
    journey.press("export-json").await.unwrap();
    window.says("export-saved", ".json").await.unwrap();
    focused(&journey, "export-json").await;
    let file = journey.stage.home().join("from-the-desk.json");
    std::fs::write(&file, INVENTORY).unwrap();
    let choose = async || {
        journey.press("import-choose").await.unwrap();
        journey.stage.choose_in_dialog("Import an inventory", &file).unwrap();
        order(&journey, "import-dialog", TITLE, &["dialog-close", "import-cancel", "import-submit"]).await;
    };
    choose().await;
    window.key(ESCAPE).await.unwrap();
    window.gone("import-dialog").await.unwrap();
    focused(&journey, "import-choose").await;
    choose().await;
    journey.press("import-submit").await.unwrap();
    window.find("imported").await.unwrap();
    focused(&journey, "import-done").await;
    window.key(ENTER).await.unwrap();
    window.gone("import-dialog").await.unwrap();
    focused(&journey, "import-choose").await;
}

#[tokio::test]
async fn a_question_before_something_goes_begins_on_cancel_and_quitting_on_keeping() {
    let journey = begun().await;
    let window = &journey.window;
    journey.create("kept-key", "30").await.unwrap();
    window.key(ESCAPE).await.unwrap();
    window.gone("secret-dialog").await.unwrap();
    journey.search("kept-key").await.unwrap();
    journey.row("kept-key").await.unwrap();
    window.tab_to("key-row").await.unwrap();
    let more = "[data-testid=\"row-more\"]";
    for _ in 0..8 {
        if window.run("return document.activeElement.dataset.testid", vec![]).await.unwrap() == json!("row-more") {
            break;
        }
        window.key(xtask::keyboard::RIGHT).await.unwrap();
    }
    choose_in_menu(&journey, more, &by_test_id("row-menu-forget")).await;
    order(&journey, "confirm-dialog", "confirm-cancel", &["dialog-close", "confirm-cancel", "confirm-action"]).await;
    window.key(ESCAPE).await.unwrap();
    window.gone("confirm-dialog").await.unwrap();
    focused(&journey, "key-row").await;
    journey.search("").await.unwrap();
    leaving_an_account(&journey).await;
    quitting(&journey).await;
}

/// What opens below an account: Esc gives the focus back to its menu.
async fn leaving_an_account(journey: &Journey) {
    let window = &journey.window;
    let account = journey.account("Notes").await.unwrap();
    journey.press("nav-settings").await.unwrap();
    window.tab_to_style("[role=tab][aria-selected=true]").await.unwrap();
    for _ in 0..2 {
        window.key(xtask::keyboard::RIGHT).await.unwrap();
    }
    focused(journey, "settings-accounts").await;
    let menu = by_test_id(&format!("account-menu-{account}"));
    for (item, begins) in [
        ("sign-out", "[data-testid=account-panel-sign_out] [data-testid=account-confirm]"),
        ("remove", "[data-testid=account-panel-remove] [data-testid=account-cancel]"),
        ("rename", "[data-testid=account-label]"),
        ("servers", "[data-testid=account-panel-servers] *"),
        ("details", "[data-testid=account-panel-details]"),
    ] {
        choose_in_menu(journey, &menu, &by_test_id(&format!("account-menu-{item}"))).await;
        focused_style(journey, item, begins).await;
        window.key(ESCAPE).await.unwrap();
        window.gone(&format!("account-panel-{}", item.replace('-', "_"))).await.unwrap();
        focused_style(journey, "the account's menu", &menu).await;
    }
}

/// Quitting over an unsaved secret.
async fn quitting(journey: &Journey) {
    let window = &journey.window;
    window.shortcut(CONTROL, '1').await.unwrap();
    journey.press("create-key").await.unwrap();
    journey.fill("create-name", "unsaved-key").await.unwrap();
    window.tab_to("create-keep").await.unwrap();
    window.key(SPACE).await.unwrap();
    journey.press("create-submit").await.unwrap();
    focused(journey, "secret-copy").await;
    journey.stage.ask_to_close("^Latchkey$").unwrap();
    order(journey, "quit-dialog", "quit-keep", &["dialog-close", "quit-back", "quit-anyway", "quit-keep"]).await;
    window.key(ESCAPE).await.unwrap();
    window.gone("quit-dialog").await.unwrap();
    focused(journey, "secret-copy").await;
    window.key(ESCAPE).await.unwrap();
    focused(journey, "secret-keep").await;
    window.key(ENTER).await.unwrap();
    focused(journey, "secret-done").await;
    window.key(ENTER).await.unwrap();
    window.gone("secret-dialog").await.unwrap();
    focused(journey, "create-key").await;
}

#[tokio::test]
async fn the_choice_of_a_workspace_begins_on_the_one_that_would_be_taken() {
    let mut journey = Journey::signed_in(Setting::default(), Hand::Keyboard).await.unwrap();
    let basic_memory = BasicMemory::on(&journey.stage).unwrap();
    let text = journey.projects_of(&basic_memory).await.unwrap();
    journey.sign_in_the_cli().await.unwrap();
    journey.window.find_by_style("[data-source=cli_sign_in][data-in-use][data-state=works]").await.unwrap();
    journey.serve("research", Side::Cloud).await.unwrap();
    let stops = ["dialog-close", "workspace-option", "workspace-cancel", "workspace-submit"];
    order(&journey, "workspace-dialog", "workspace-option", &stops).await;
    journey.window.tab_to("workspace-option").await.unwrap();
    let chosen = "return document.activeElement.dataset.value";
    let before = journey.window.run(chosen, vec![]).await.unwrap();
    journey.window.key(DOWN).await.unwrap();
    assert_ne!(journey.window.run(chosen, vec![]).await.unwrap(), before, "the arrow keys choose nothing");
    journey.window.key(ESCAPE).await.unwrap();
    journey.window.gone("workspace-dialog").await.unwrap();
    focused_style(&journey, "the project", &project("research")).await;
    assert_eq!(basic_memory.text().unwrap(), text, "Esc changed the file");
}
