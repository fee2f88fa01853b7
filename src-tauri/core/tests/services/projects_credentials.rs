//! Owns the proof of which credential wins, what each is worth, the traps, and what is written where.

use crate::cli_files::{names, one};
use crate::house::{ACME, House, PERSONAL, reason};
use latchkey_core::domain::{ActivityKind, Outcome, Secret};
use latchkey_core::services::{
    AttemptState, CheckState, CreateKey, Fix, Projects, Reach, Reason, Served, Source, SourceKind, TrapKind,
};
use latchkey_core::vault::SecretName;
use serde_json::json;

fn of(projects: &Projects, kind: SourceKind) -> Source {
    projects.sources.iter().find(|source| source.kind == kind).cloned().unwrap()
}

fn in_use(projects: &Projects) -> Option<SourceKind> {
    projects.sources.iter().find(|source| source.in_use).map(|source| source.kind)
}

fn trap(projects: &Projects) -> Option<(TrapKind, Vec<Fix>)> {
    projects.trap.clone().map(|trap| (trap.kind, trap.fixes))
}

/// A config with a project in the cloud and this key in it.
fn put_key(house: &House, key: &str) {
    let mut config = house.usual_config();
    config["cloud_api_key"] = json!(key);
    config["projects"]["research"]["mode"] = json!("cloud");
    house.put_config(&config);
}

#[tokio::test]
async fn the_first_that_is_set_wins_and_each_is_asked_once_when_asked() {
    let (house, account) = House::signed_in(&[]).await;
    let (key, secret) = house.create(account, "laptop", true).await;
    put_key(&house, secret.expose_secret());
    house.put_sign_in("sandbox_access_of_nobodyEXAMPLE", house.now() + chrono::TimeDelta::hours(1));
    let asked = house.program.count("GET /workspaces/").await;
    let projects = house.projects().unwrap();
    assert_eq!(house.program.count("GET /workspaces/").await, asked, "the list asks nobody");
    assert_eq!(in_use(&projects), Some(SourceKind::ConfigKey));
    let saved = of(&projects, SourceKind::ConfigKey);
    assert_eq!((saved.key, saved.key_name.as_deref()), (Some(key.id), Some("laptop")));
    assert_eq!(saved.check.state, CheckState::NotChecked);
    let projects = house.check_credentials().await.unwrap();
    assert_eq!(house.program.count("GET /workspaces/").await, asked + 2);
    assert_eq!(of(&projects, SourceKind::ConfigKey).check.state, CheckState::Works);
    assert_eq!(of(&projects, SourceKind::CliSignIn).check.state, CheckState::Refused);
    assert_eq!((trap(&projects), one(&projects, "research").reach), (None, Reach::Reachable));
}

#[tokio::test]
async fn a_stale_key_masks_a_sign_in_until_it_is_taken_out() {
    let (house, _) = House::signed_in(&[]).await;
    put_key(&house, "bmc_staleKeyOfLongAgoEXAMPLE");
    // It has run out, and the CLI renews it as soon as no key is in its way.
    house.put_sign_in("sandbox_access_EXAMPLE", house.now() - chrono::TimeDelta::hours(1));
    let projects = house.check_credentials().await.unwrap();
    assert_eq!(of(&projects, SourceKind::ConfigKey).check.status, Some(401));
    assert_eq!(of(&projects, SourceKind::CliSignIn).check.state, CheckState::Expired);
    assert_eq!(in_use(&projects), Some(SourceKind::ConfigKey), "refused, and in use all the same");
    assert_eq!(trap(&projects), Some((TrapKind::StaleKeyMasksSignIn, vec![Fix::UseSignIn, Fix::ChooseKey])));
    assert_eq!(one(&projects, "research").reach, Reach::Unreachable);
    let projects = house.use_key(None).await.unwrap();
    assert_eq!((in_use(&projects), projects.trap), (Some(SourceKind::CliSignIn), None));
    assert!(house.config()["cloud_api_key"].is_null());
    assert_eq!(house.lines(ActivityKind::KeyTakenOut), [Outcome::Done]);
}

#[tokio::test]
async fn an_empty_variable_hides_the_key_and_a_set_one_beats_it() {
    for (value, used, kind) in [
        ("", None, Some((TrapKind::EmptyVariableHidesKey, vec![Fix::ShowHow]))),
        ("bmc_keyOfTheVariableEXAMPLE", Some(SourceKind::Variable), None),
        ("bmc_keyOfTheVariableEXAMPLE ", Some(SourceKind::Variable), Some((TrapKind::StraySpace, vec![Fix::ShowHow]))),
    ] {
        let house = House::among(&[], |surroundings| {
            surroundings.api_key_variable = Some(Secret::new(value.to_owned()));
        });
        put_key(&house, "bmc_keyOfTheFileEXAMPLE");
        let projects = house.projects().unwrap();
        assert_eq!((in_use(&projects), trap(&projects)), (used, kind), "{value:?}");
        let variable = of(&projects, SourceKind::Variable);
        assert_eq!((variable.set, variable.empty), (true, value.is_empty()));
        assert!(of(&projects, SourceKind::ConfigKey).problem.unwrap().contains("hides it"));
    }
}

#[tokio::test]
async fn a_stray_space_is_taken_off() {
    let (house, account) = House::signed_in(&[]).await;
    let (key, secret) = house.create(account, "laptop", true).await;
    put_key(&house, &format!(" {}\n", secret.expose_secret()));
    let projects = house.check_credentials().await.unwrap();
    let saved = of(&projects, SourceKind::ConfigKey);
    assert_eq!((saved.check.state, saved.key), (CheckState::NotChecked, Some(key.id)), "it cannot be sent");
    assert_eq!(trap(&projects), Some((TrapKind::StraySpace, vec![Fix::TrimKey, Fix::ChooseKey])));
    assert_eq!(house.trim_key().unwrap().trap, None);
    assert_eq!(house.config()["cloud_api_key"], secret.expose_secret());
    house.until("it works", || house.source(SourceKind::ConfigKey).check.state == CheckState::Works).await;
    put_key(&house, "bmc_two words");
    assert_eq!(reason(house.trim_key()), Reason::KeyUnusable);
    assert_eq!(house.config()["cloud_api_key"], "bmc_two words");
}

#[tokio::test]
async fn a_key_of_another_workspace_is_told_where_it_cannot_reach() {
    let (house, account) = House::signed_in(&[]).await;
    let wish = CreateKey { workspace: Some(ACME.to_owned()), ..House::wish(account, "team") };
    let key = house.create_key(wish).await.unwrap().key;
    let secret = house.secret(key.id).await;
    house.close_slot(true).unwrap();
    put_key(&house, secret.expose_secret());
    let mut config = house.config();
    config["projects"]["research"]["workspace_id"] = json!(PERSONAL);
    house.put_config(&config);
    let projects = house.check_credentials().await.unwrap();
    assert_eq!(one(&projects, "research").reach, Reach::Unreachable);
    assert_eq!(trap(&projects), Some((TrapKind::OtherWorkspace, vec![Fix::ChooseKey, Fix::CreateKey])));
    let switched = house.switch_projects(&names(&["main"]), Served::Cloud, None).unwrap();
    assert_eq!(one(&switched.projects, "main").workspace.as_deref(), Some("Acme team"), "the key's own workspace");
}

#[tokio::test]
async fn nothing_that_works_is_said_only_where_a_project_needs_it() {
    let house = House::empty(&[]);
    house.put_config(&house.usual_config());
    assert_eq!(house.projects().unwrap().trap, None);
    let mut config = house.usual_config();
    config["projects"]["main"]["mode"] = json!("cloud");
    house.put_config(&config);
    let projects = house.projects().unwrap();
    assert_eq!(trap(&projects), Some((TrapKind::NoneWorks, vec![Fix::ChooseKey, Fix::CreateKey])));
    assert_eq!(one(&projects, "main").reach, Reach::NoCredential);
}

#[tokio::test]
async fn a_service_that_does_not_answer_proves_nothing_against_a_key() {
    let (house, account) = House::signed_in(&[]).await;
    let (_, secret) = house.create(account, "laptop", true).await;
    put_key(&house, secret.expose_secret());
    house.program.fault("GET", "/workspaces/", "server_error", 1).await;
    let projects = house.check_credentials().await.unwrap();
    assert_eq!(of(&projects, SourceKind::ConfigKey).check.state, CheckState::CouldNotTell);
    assert_eq!((trap(&projects), one(&projects, "research").reach), (None, Reach::Unknown));
}

#[tokio::test]
async fn a_kept_key_is_put_in_and_the_copy_beside_the_file_loses_the_old_one() {
    let (house, account) = House::signed_in(&[]).await;
    let (key, secret) = house.create(account, "laptop", true).await;
    put_key(&house, "bmc_oldKeyEXAMPLE");
    let backup = house.cli_folder().join("config.json.bak");
    std::fs::write(&backup, r#"{"cloud_api_key": "bmc_oldKeyEXAMPLE", "projects": {}}"#).unwrap();
    let projects = house.use_key(Some(key.id)).await.unwrap();
    assert_eq!(of(&projects, SourceKind::ConfigKey).key, Some(key.id));
    assert_eq!(house.config()["cloud_api_key"], secret.expose_secret());
    assert_eq!(house.config()["projects"]["research"]["mode"], "cloud", "a key changes no mode");
    assert!(!std::fs::read_to_string(&backup).unwrap().contains("oldKey"));
    assert_eq!(house.lines(ActivityKind::KeyPlaced), [Outcome::Done]);
    house.until("it was asked", || house.source(SourceKind::ConfigKey).check.state == CheckState::Works).await;
    let (gone, _) = house.create(account, "not kept", false).await;
    assert_eq!(reason(house.use_key(Some(gone.id)).await), Reason::NoSecret);
}

#[tokio::test]
async fn a_key_of_another_host_is_not_put_into_the_clis_file() {
    let (house, account) = House::signed_in(&[]).await;
    let (key, _) = house.create(account, "laptop", true).await;
    house.put_config(&json!({"projects": {}}));
    let refused = house.use_key(Some(key.id)).await.unwrap_err();
    assert_eq!(refused.reason, Reason::OtherHost);
    assert_eq!(refused.details.host.as_deref(), Some("https://cloud.basicmemory.com"));
    assert_eq!(reason(house.start_cli_sign_in(account)), Reason::OtherHost);
}

#[tokio::test]
async fn an_old_key_that_is_put_back_is_said_to_be() {
    let (house, account) = House::signed_in(&[]).await;
    let (key, _) = house.create(account, "laptop", true).await;
    put_key(&house, "bmc_oldKeyEXAMPLE");
    house.projects().unwrap();
    let before = house.config_text();
    house.use_key(Some(key.id)).await.unwrap();
    std::fs::write(house.config_file(), before).unwrap();
    let put_back = || house.source(SourceKind::ConfigKey).problem.is_some_and(|words| words.contains("put this back"));
    house.until("it is noticed", put_back).await;
    house.use_key(Some(key.id)).await.unwrap();
    assert!(!put_back());
}

#[tokio::test]
async fn revoking_the_key_in_use_takes_it_out_of_the_file_and_its_copy_in_the_same_step() {
    for keep in [true, false] {
        let (house, account) = House::signed_in(&[]).await;
        let (key, secret) = house.create(account, "laptop", keep).await;
        put_key(&house, secret.expose_secret());
        let backup = house.cli_folder().join("config.json.bak");
        std::fs::write(&backup, house.config_text()).unwrap();
        let plan = house.revoke_plan(key.id).unwrap();
        assert!(plan.in_config && plan.consequences.iter().any(|line| line.contains("taken out")));
        let result = house.revoke_key(key.id, Some("laptop"), false).await.unwrap();
        assert!(result.revoked && result.taken_out_of_config && result.config_failure.is_none());
        assert!(house.config()["cloud_api_key"].is_null());
        assert!(!std::fs::read_to_string(&backup).unwrap().contains(secret.expose_secret()));
        assert_eq!(house.lines(ActivityKind::KeyTakenOut), [Outcome::Done]);
    }
}

#[tokio::test]
async fn revoking_another_key_leaves_the_file_alone() {
    let (house, account) = House::signed_in(&[]).await;
    let (_, used) = house.create(account, "used", true).await;
    let (other, _) = house.create(account, "other", true).await;
    put_key(&house, used.expose_secret());
    let before = house.config_text();
    assert!(!house.revoke_plan(other.id).unwrap().in_config);
    let result = house.revoke_key(other.id, Some("other"), false).await.unwrap();
    assert!(result.revoked && !result.taken_out_of_config && result.config_failure.is_none());
    assert_eq!(house.config_text(), before);
}

#[tokio::test]
async fn the_cli_is_signed_in_by_a_grant_of_its_own_of_which_nothing_stays_here() {
    let (house, account) = House::signed_in(&[]).await;
    house.put_config(&house.usual_config());
    let own = house.store.item(SecretName::RefreshToken(account)).unwrap();
    let kept = house.store.count();
    let (program, clock) = (house.program.clone(), house.clock.clone());
    *house.browser.then.lock().unwrap() = Some(Box::new(move |page| {
        let code = page.query_pairs().find(|(name, _)| name == "user_code").unwrap().1.into_owned();
        program.approve_at_once(&code, 1);
        clock.advance(1);
    }));
    house.start_cli_sign_in(account).unwrap();
    assert_eq!(house.attempt(AttemptState::Done).await.done_account, Some(account));
    let file = house.cli_folder().join("basic-memory-cloud.json");
    let text = std::fs::read_to_string(&file).unwrap();
    let tokens: serde_json::Value = serde_json::from_str(&text).unwrap();
    let fields: Vec<&str> = tokens.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(fields.len(), 4, "{fields:?}");
    assert!(tokens["expires_at"].is_i64() && tokens["token_type"] == "Bearer");
    assert!(text.starts_with("{\n  \"access_token\": "), "the CLI's own form");
    assert_private(&file);
    let refresh = Secret::new(tokens["refresh_token"].as_str().unwrap().to_owned());
    assert!(!refresh.same_as(&own), "Latchkey's own is never shared");
    assert_eq!(house.store.count(), kept);
    assert!(house.store.item(SecretName::RefreshToken(account)).unwrap().same_as(&own));
    assert_eq!(house.lines(ActivityKind::CliSignedIn), [Outcome::Done]);
    house.until("it works", || house.source(SourceKind::CliSignIn).check.state == CheckState::Works).await;
    assert!(house.program.renews(&refresh).await && house.program.renews(&own).await, "both go on");
}

#[cfg(unix)]
fn assert_private(file: &std::path::Path) {
    use std::os::unix::fs::PermissionsExt as _;
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
}

#[cfg(not(unix))]
fn assert_private(_: &std::path::Path) {}

#[tokio::test]
async fn what_one_key_was_worth_says_nothing_of_another_in_its_place() {
    let (house, account) = House::signed_in(&[]).await;
    let (_, secret) = house.create(account, "laptop", true).await;
    put_key(&house, secret.expose_secret());
    house.check_credentials().await.unwrap();
    assert_eq!(house.source(SourceKind::ConfigKey).check.state, CheckState::Works);
    put_key(&house, "bmc_anotherKeyFromATerminalEXAMPLE");
    let saved = house.source(SourceKind::ConfigKey);
    assert_eq!((saved.check.state, saved.key), (CheckState::NotChecked, None));
    assert_eq!(house.project("research").reach, Reach::Unknown);
}

#[tokio::test]
async fn a_lock_forgets_what_credentials_were_worth() {
    let (house, account) = House::signed_in(&[]).await;
    let (_, secret) = house.create(account, "laptop", true).await;
    put_key(&house, secret.expose_secret());
    house.check_credentials().await.unwrap();
    house.lock();
    house.unlock().unwrap();
    assert_eq!(house.source(SourceKind::ConfigKey).check.state, CheckState::NotChecked);
}
