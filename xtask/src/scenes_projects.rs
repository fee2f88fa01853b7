//! Owns the walk through the Projects page: every state of Basic Memory's file, of its credentials and of a
//! switch that can be reached on a stage. Leaves out the rest of the app (scenes.rs).

use crate::driver::Window;
use crate::journey::{Hand, Journey};
use crate::keyboard::ESCAPE;
use crate::projects::{BasicMemory, Side, project};
use crate::sandbox::BackDoor;
use crate::scenes::Visitor;
use crate::stage::Setting;
use crate::steps::Outcome;
use serde_json::json;

/// Walks through the page.
pub async fn projects(visitor: &mut impl Visitor) -> Outcome<()> {
    let mut journey = Journey::signed_in(Setting::spoken(), Hand::Mouse).await?;
    let basic_memory = BasicMemory::on(&journey.stage)?;
    let window = journey.window.clone();
    journey.open_projects().await?;
    window.find("config-absent").await?;
    visitor.visit(&window, "projects-absent").await?;
    let text = journey.projects_of(&basic_memory).await?;
    visitor.visit(&window, "projects-not-set").await?;
    files(&journey, &basic_memory, &text, visitor).await?;
    credentials(&mut journey, &basic_memory, &text, visitor).await?;
    switches(&journey, visitor).await
}

async fn files(journey: &Journey, basic_memory: &BasicMemory, text: &str, visitor: &mut impl Visitor) -> Outcome<()> {
    let window = &journey.window;
    basic_memory.write(&text.replacen("\"dev\",", "\"dev\"", 1))?;
    window.find("config-refused").await?;
    visitor.visit(window, "projects-refused").await?;
    basic_memory.write("{\"projects\": {}}")?;
    window.find("no-projects").await?;
    visitor.visit(window, "projects-none").await?;
    let notes = basic_memory.notes("main");
    let older = json!({ "projects": { "main": notes }, "default_project": "main", "cloud_mode": true });
    basic_memory.write(&older.to_string())?;
    window.find_by_style("[data-kind=older]").await?;
    visitor.visit(window, "projects-older").await?;
    journey.press("migrate").await?;
    window.find("migrate-dialog").await?;
    visitor.visit(window, "projects-migrate").await?;
    journey.press("migrate-cancel").await?;
    window.gone("migrate-dialog").await?;
    basic_memory.write(text)?;
    window.find_by_style(&project("garden")).await.map(drop)
}

async fn credentials(
    journey: &mut Journey,
    basic_memory: &BasicMemory,
    text: &str,
    visitor: &mut impl Visitor,
) -> Outcome<()> {
    let window = journey.window.clone();
    let stale = "\"cloud_api_key\": \"bmc_0000000000000000000000000000000000000EXAMPLE\"";
    let stray = "\"cloud_api_key\": \"bmc_0000000000000000000000000000000000000EXAMPLE \"";
    let cloud = text.replace(&basic_memory.local("recipes"), &basic_memory.cloud("somewhere"));
    basic_memory.write(&cloud)?;
    window.find_by_style("[data-kind=no-credential]").await?;
    visitor.visit(&window, "projects-no-key").await?;
    journey.press("choose-key").await?;
    window.find("choose-key-dialog").await?;
    visitor.visit(&window, "projects-choose-none").await?;
    journey.press("choose-key-cancel").await?;
    window.gone("choose-key-dialog").await?;
    journey.sign_in_the_cli().await?;
    window.find_by_style("[data-source=cli_sign_in][data-in-use]").await?;
    visitor.visit(&window, "projects-sign-in").await?;
    // A sign-in reaches every workspace, so it is asked which.
    journey.serve("garden", Side::Cloud).await?;
    window.find("workspace-dialog").await?;
    visitor.visit(&window, "projects-workspace").await?;
    journey.press("workspace-cancel").await?;
    window.gone("workspace-dialog").await?;
    basic_memory.write(&cloud.replace("\"cloud_api_key\": null", stale))?;
    window.find_by_style("[data-source=config_key][data-in-use]").await?;
    journey.press("check-credentials").await?;
    window.find_by_style("[data-trap=stale_key_masks_sign_in]").await?;
    visitor.visit(&window, "projects-stale-key").await?;
    basic_memory.write(&cloud.replace("\"cloud_api_key\": null", stray))?;
    window.find_by_style("[data-trap=stray_space]").await?;
    visitor.visit(&window, "projects-stray-space").await?;
    basic_memory.write(text)?;
    window.gone("trap").await?;
    journey.choose_new_key("bm on this computer").await?;
    window.find_by_style("[data-source=config_key][data-state=works]").await?;
    visitor.visit(&window, "projects").await
}

async fn switches(journey: &Journey, visitor: &mut impl Visitor) -> Outcome<()> {
    let window = &journey.window;
    journey.serve("recipes", Side::Cloud).await?;
    journey.served_from("recipes", Side::Cloud).await?;
    remark(window, "recipes").await?;
    visitor.visit(window, "projects-switched").await?;
    window.press_style(&format!("{} [data-testid=project-more]", project("recipes"))).await?;
    window.find("project-menu").await?;
    visitor.visit(window, "projects-menu").await?;
    window.key(ESCAPE).await?;
    journey.select_project("main").await?;
    journey.select_project("garden").await?;
    window.find("bulk-bar").await?;
    visitor.visit(window, "projects-selected").await?;
    journey.press("bulk-clear").await?;
    window.fill("projects-search", "nothing is called so").await?;
    window.find("projects-no-match").await?;
    visitor.visit(window, "projects-no-match").await?;
    journey.press("projects-clear-search").await?;
    BackDoor::find(window).await?.end()?;
    journey.press("check-credentials").await?;
    window.find_by_style("[data-source=config_key][data-state=could_not_tell]").await?;
    visitor.visit(window, "projects-could-not-tell").await
}

/// Waits until the cloud has said whether it knows a project.
async fn remark(window: &Window, name: &str) -> Outcome<()> {
    let script = format!(
        "return (document.querySelector({})?.textContent ?? '') !== ''",
        json!(format!("{} [data-testid=project-remark]", project(name)))
    );
    window.holds("the cloud to be asked for the project", &script).await
}
