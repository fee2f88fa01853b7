//! Owns the proof of switching projects: one write, its way back, and what is asked of whom.

use crate::cli_files::{names, one};
use crate::house::{ACME, House, PERSONAL, reason};
use latchkey_core::domain::{ActivityKind, Outcome};
use latchkey_core::services::{Asks, CliState, Condition, InCloud, Reach, Reason, Served, SourceKind, Topic, Variable};
use serde_json::json;
use std::time::{Duration, Instant};

/// With a config that holds a key of the personal workspace, kept here as well.
async fn with_key() -> House {
    let (house, account) = House::signed_in(&[]).await;
    let (key, _) = house.create(account, "laptop", true).await;
    house.put_config(&house.usual_config());
    house.use_key(Some(key.id)).await.unwrap();
    house.check_credentials().await.unwrap();
    house
}

/// The CLI's sign-in, which reaches both workspaces.
async fn with_sign_in() -> House {
    let (house, _) = House::signed_in(&[]).await;
    house.put_config(&house.usual_config());
    house.put_sign_in("sandbox_access_unknownEXAMPLE", latchkey_now(&house) + chrono::TimeDelta::hours(1));
    house
}

fn latchkey_now(house: &House) -> chrono::DateTime<chrono::Utc> {
    house.now()
}

#[tokio::test]
async fn the_list_says_what_the_file_says() {
    let house = House::empty(&[]);
    house.put_config(&house.usual_config());
    let projects = house.projects().unwrap();
    assert_eq!(projects.config.condition, Condition::Ready);
    assert!(projects.config.problem.is_none() && projects.config.writable);
    assert_eq!(projects.config.path, house.config_file());
    let keys: Vec<&str> = projects.projects.iter().map(|project| project.key.as_str()).collect();
    assert_eq!(keys, ["My Work", "main", "research"], "in the order of the file");
    let main = one(&projects, "main");
    assert_eq!((main.served_from, main.reach, main.is_default), (Served::Local, Reach::NotNeeded, true));
    assert_eq!(main.folder.as_deref(), house.home().join("notes/main").to_str());
    assert_eq!(projects.cli.state, CliState::Absent);
    assert!(projects.sources.iter().all(|source| !source.set && !source.in_use) && projects.trap.is_none());
}

#[tokio::test]
async fn a_switch_to_the_cloud_writes_what_the_newest_cli_writes_and_undo_brings_every_byte_back() {
    let house = with_key().await;
    let before = house.config_text();
    let switched = house.switch_projects(&names(&["research"]), Served::Cloud, None).unwrap();
    assert!(switched.asks.is_none(), "the key reaches one workspace only");
    let entry = house.config()["projects"]["research"].clone();
    assert_eq!(
        entry,
        json!({"path": "", "mode": "cloud", "workspace_id": PERSONAL, "local_sync_path": null,
            "bisync_initialized": false, "last_sync": null})
    );
    assert!(house.config_text().contains("\"kept\""), "what Latchkey does not know stays");
    let row = one(&switched.projects, "research");
    assert_eq!((row.served_from, row.workspace.as_deref()), (Served::Cloud, Some("Personal")));
    assert_eq!(row.folder.as_deref(), house.home().join("notes/research").to_str(), "the folder is remembered");
    assert_eq!((row.undo, row.reach), (switched.undo, Reach::Reachable));
    assert!(row.unknown_version, "no CLI was asked, so the newest form was written");
    assert_eq!(house.lines(ActivityKind::ProjectSwitched), [Outcome::Done]);
    let projects = house.undo_switch(switched.undo.unwrap()).unwrap();
    assert_eq!(house.config_text(), before);
    let row = one(&projects, "research");
    assert_eq!((row.served_from, row.undo), (Served::Local, None));
    assert_eq!(house.lines(ActivityKind::SwitchUndone), [Outcome::Done]);
    assert_eq!(reason(house.undo_switch(switched.undo.unwrap())), Reason::NotFound);
}

#[tokio::test]
async fn back_to_local_restores_folder_and_sync_fields_even_after_a_restart() {
    let house = with_key().await;
    let before = house.config()["projects"]["research"].clone();
    house.switch_projects(&names(&["research"]), Served::Cloud, None).unwrap();
    let house = house.restarted();
    let switched = house.switch_projects(&names(&["research"]), Served::Local, None).unwrap();
    assert!(switched.asks.is_none() && switched.undo.is_some());
    assert_eq!(house.config()["projects"]["research"], before);
    assert!(!one(&switched.projects, "research").unknown_version);
}

#[tokio::test]
async fn what_the_cli_itself_forgot_is_remembered_all_the_same() {
    let house = with_key().await;
    house.projects().unwrap();
    let before = house.config();
    // `bm project set-cloud` in a terminal.
    let mut config = before.clone();
    config["projects"]["research"] = json!({"path": "", "mode": "cloud", "workspace_id": PERSONAL,
        "local_sync_path": null, "bisync_initialized": false, "last_sync": null});
    house.put_config(&config);
    assert_eq!(house.project("research").folder.as_deref(), house.home().join("notes/research").to_str());
    house.switch_projects(&names(&["research"]), Served::Local, None).unwrap();
    assert_eq!(house.config()["projects"], before["projects"]);
}

#[tokio::test]
async fn several_projects_are_one_write_and_one_way_back() {
    let house = with_key().await;
    let before = house.config_text();
    let all = names(&["main", "research", "my-work"]);
    let switched = house.switch_projects(&all, Served::Cloud, None).unwrap();
    let undo = switched.undo.unwrap();
    assert!(switched.projects.projects.iter().all(|row| row.served_from == Served::Cloud && row.undo == Some(undo)));
    assert_eq!(house.lines(ActivityKind::ProjectSwitched).len(), 1);
    house.undo_switch(undo).unwrap();
    assert_eq!(house.config_text(), before);
}

#[tokio::test]
async fn a_switch_takes_less_than_fifty_milliseconds() {
    let house = with_key().await;
    let mut took = Vec::new();
    for _ in 0..10 {
        for to in [Served::Cloud, Served::Local] {
            let began = Instant::now();
            house.switch_projects(&names(&["research"]), to, None).unwrap();
            took.push(began.elapsed());
        }
    }
    took.sort();
    // The median, since other tests run at the same time.
    assert!(took[took.len() / 2] < Duration::from_millis(50), "{took:?}");
}

#[tokio::test]
async fn a_workspace_is_asked_for_only_when_there_are_several_and_then_remembered() {
    let house = with_sign_in().await;
    let before = house.config_text();
    let research = names(&["research"]);
    let asked = house.switch_projects(&research, Served::Cloud, None).unwrap();
    let Some(Asks::Workspace(workspaces)) = asked.asks else { panic!("it was not asked") };
    let ids: Vec<&str> = workspaces.iter().map(|workspace| workspace.id.as_str()).collect();
    assert_eq!((ids, asked.undo), (vec![PERSONAL, ACME], None));
    assert_eq!(house.config_text(), before, "nothing was done before the answer");
    let answered = house.switch_projects(&research, Served::Cloud, Some(ACME)).unwrap();
    assert_eq!(one(&answered.projects, "research").workspace.as_deref(), Some("Acme team"));
    house.switch_projects(&research, Served::Local, None).unwrap();
    let again = house.switch_projects(&research, Served::Cloud, None).unwrap();
    assert!(again.asks.is_none());
    assert_eq!(house.config()["projects"]["research"]["workspace_id"], ACME);
    let moved = house.switch_projects(&research, Served::Cloud, Some(PERSONAL)).unwrap();
    assert_eq!(one(&moved.projects, "research").workspace_id.as_deref(), Some(PERSONAL), "another one can be chosen");
    let mut config = house.config();
    config["default_workspace"] = json!(ACME);
    house.put_config(&config);
    assert!(house.switch_projects(&names(&["main"]), Served::Cloud, None).unwrap().asks.is_none());
    assert_eq!(house.config()["projects"]["main"]["workspace_id"], ACME, "the CLI's own default is an answer");
}

#[tokio::test]
async fn without_any_credential_nothing_is_handed_to_the_cloud() {
    let house = House::empty(&[]);
    house.put_config(&house.usual_config());
    let before = house.config_text();
    assert_eq!(reason(house.switch_projects(&names(&["main"]), Served::Cloud, None)), Reason::NoCredential);
    assert_eq!(house.config_text(), before);
}

#[tokio::test]
async fn a_folder_that_nobody_remembers_is_asked_for_and_the_others_are_switched() {
    let house = with_key().await;
    let mut config = house.config();
    let cloud = json!({"path": "", "mode": "cloud", "workspace_id": null});
    config["projects"]["elsewhere"] = cloud.clone();
    house.put_config(&config);
    house.switch_projects(&names(&["research"]), Served::Cloud, None).unwrap();
    let switched = house.switch_projects(&names(&["elsewhere", "research"]), Served::Local, None).unwrap();
    assert_eq!(switched.asks, Some(Asks::Folder("elsewhere".to_owned())));
    assert_eq!(one(&switched.projects, "research").served_from, Served::Local);
    assert_eq!(house.config()["projects"]["elsewhere"], cloud);
    let unchosen = house.choose_folder("elsewhere").await.unwrap();
    assert_eq!((unchosen.undo, one(&unchosen.projects, "elsewhere").served_from), (None, Served::Cloud));
    let folder = house.home().join("notes/elsewhere");
    *house.picker.chosen.lock().unwrap() = Some(folder.clone());
    let chosen = house.choose_folder("elsewhere").await.unwrap();
    assert_eq!(one(&chosen.projects, "elsewhere").folder.as_deref(), folder.to_str());
    house.undo_switch(chosen.undo.unwrap()).unwrap();
    assert_eq!(house.config()["projects"]["elsewhere"], cloud);
}

#[tokio::test]
async fn a_remembered_folder_on_a_drive_that_is_gone_is_asked_for() {
    let house = with_key().await;
    house.switch_projects(&names(&["research"]), Served::Cloud, None).unwrap();
    std::fs::remove_dir_all(house.home().join("notes")).unwrap();
    let switched = house.switch_projects(&names(&["research"]), Served::Local, None).unwrap();
    assert_eq!(switched.asks, Some(Asks::Folder("research".to_owned())));
}

#[tokio::test]
async fn the_form_follows_the_version_which_is_asked_once_for_each_program() {
    let house = with_key().await;
    let folder = house.home().join("bin");
    std::fs::create_dir_all(&folder).unwrap();
    let program = folder.join("bm");
    std::fs::write(&program, "#!/bin/sh\n").unwrap();
    make_runnable(&program);
    *house.cli.folders.lock().unwrap() = vec![folder];
    *house.cli.answer.lock().unwrap() = Some("Basic Memory version: 0.20.3\n".to_owned());
    assert_eq!(house.projects().unwrap().cli.state, CliState::Unknown);
    house.scan_projects().unwrap();
    house.until("the version is known", || house.projects().unwrap().cli.state == CliState::Known).await;
    let path = house.config()["projects"]["research"]["path"].clone();
    let switched = house.switch_projects(&names(&["research"]), Served::Cloud, None).unwrap();
    let entry = house.config()["projects"]["research"].clone();
    assert_eq!((&entry["path"], &entry["bisync_initialized"]), (&path, &json!(true)), "0.20 changes the mode alone");
    assert!(!one(&switched.projects, "research").unknown_version);
    let later = house.restarted();
    *later.cli.folders.lock().unwrap() = vec![program.parent().unwrap().to_owned()];
    assert_eq!(later.projects().unwrap().cli.version.as_deref(), Some("0.20.3"), "it is remembered");
    assert_eq!((*house.cli.asked.lock().unwrap(), *later.cli.asked.lock().unwrap()), (1, 0));
    let hour = std::time::SystemTime::UNIX_EPOCH + Duration::from_secs(3600);
    std::fs::File::open(&program).unwrap().set_modified(hour).unwrap();
    assert_eq!(later.projects().unwrap().cli.state, CliState::Unknown, "another program may be another version");
    *later.cli.answer.lock().unwrap() = Some("what do you mean?".to_owned());
    later.scan_projects().unwrap();
    later.until("it was asked", || *later.cli.asked.lock().unwrap() == 1).await;
    later.until("it has answered", || later.projects().unwrap().cli.state == CliState::Unknown).await;
}

#[cfg(unix)]
fn make_runnable(program: &std::path::Path) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(program, std::fs::Permissions::from_mode(0o755)).unwrap();
}

#[cfg(not(unix))]
fn make_runnable(_: &std::path::Path) {}

#[tokio::test]
async fn the_cloud_is_asked_whether_it_has_the_project_and_it_can_be_made_there() {
    let house = with_key().await;
    house.switch_projects(&names(&["My Work"]), Served::Cloud, None).unwrap();
    house.until("it is missing", || house.project("My Work").in_cloud == InCloud::Missing).await;
    let projects = house.create_in_cloud("My Work").await.unwrap();
    assert_eq!(one(&projects, "My Work").in_cloud, InCloud::There);
    assert_eq!(house.lines(ActivityKind::ProjectCreated), [Outcome::Done]);
    house.check_credentials().await.unwrap();
    assert_eq!(house.project("My Work").in_cloud, InCloud::There, "the cloud itself says so");
    assert_eq!(reason(house.create_in_cloud("My Work").await), Reason::Invalid, "there is one already");
    // The CLI renames keys to permalinks; the cloud's project is matched by it all the same.
    let text = house.config_text().replace("\"My Work\"", "\"my-work\"");
    std::fs::write(house.config_file(), text).unwrap();
    house.check_credentials().await.unwrap();
    assert_eq!(house.project("my-work").in_cloud, InCloud::There);
}

#[tokio::test]
async fn what_is_outside_is_told_within_the_quiet_time_and_own_writes_are_not_told_twice() {
    let house = with_key().await;
    house.projects().unwrap();
    let mut config = house.config();
    config["projects"]["new one"] = json!({"path": house.home().join("notes/new"), "mode": "local"});
    let heard = house.told.heard(Topic::Projects);
    let began = Instant::now();
    house.put_config(&config);
    house.until("it was told", || house.told.heard(Topic::Projects) > heard).await;
    // A writer is given up to 100 ms to be done.
    assert!(began.elapsed() < Duration::from_millis(100 + 150), "{:?}", began.elapsed());
    assert_eq!(house.projects().unwrap().projects.len(), 4);
    let heard = house.told.heard(Topic::Projects);
    std::fs::write(house.cli_folder().join("memory.db"), "x").unwrap();
    std::fs::write(house.config_file(), house.config_text()).unwrap();
    house.put_sign_in("sandbox_access_EXAMPLE", house.now());
    house.until("the sign-in was told", || house.told.heard(Topic::Projects) > heard).await;
    assert_eq!(house.told.heard(Topic::Projects), heard + 1, "a file that says the same is no news");
}

#[tokio::test]
async fn a_slow_program_that_puts_the_old_state_back_is_noticed_and_the_switch_done_again() {
    let house = with_key().await;
    house.projects().unwrap();
    let before = house.config_text();
    house.switch_projects(&names(&["research", "main"]), Served::Cloud, None).unwrap();
    let wanted = house.config();
    // A `bm` that had read the file before, and writes all of it.
    std::fs::write(house.config_file(), &before).unwrap();
    house.until("it is noticed", || house.project("research").reverted).await;
    assert!(house.project("main").reverted && !house.project("My Work").reverted);
    let told = [Outcome::Failed, Outcome::Failed];
    house.until("both are in the journal", || house.lines(ActivityKind::SwitchPutBack) == told).await;
    let again = house.apply_again("research").unwrap();
    let row = one(&again.projects, "research");
    assert!(!row.reverted && row.served_from == Served::Cloud && one(&again.projects, "main").reverted);
    house.apply_again("main").unwrap();
    assert_eq!(house.config(), wanted);
    assert_eq!(reason(house.apply_again("main")), Reason::NotFound);
    house.clock.advance(61);
    std::fs::write(house.config_file(), &before).unwrap();
    house.until("the change is told", || house.project("main").served_from == Served::Local).await;
    assert!(!house.project("main").reverted, "a minute later it is somebody's wish");
}

#[tokio::test]
async fn variables_that_beat_the_file_and_a_second_file_are_named() {
    let house = House::among(&[], |surroundings| {
        surroundings.xdg_config_home = Some(surroundings.home.join("xdg"));
        let variable = |name: &str, value: &str| Variable { name: name.to_owned(), value: value.to_owned() };
        surroundings.variables = vec![variable("BASIC_MEMORY_CLOUD_HOST", "https://memory.example")];
    });
    house.put_config(&house.usual_config());
    let projects = house.projects().unwrap();
    assert_eq!(projects.config.condition, Condition::Absent);
    assert_eq!(projects.config.other, Some(house.config_file()));
    assert_eq!(projects.config.overrides.len(), 1);
    assert_eq!(projects.config.cloud_host, "https://memory.example");
    assert!(
        projects.projects.is_empty()
            && projects.sources.iter().all(|source| source.kind != SourceKind::ConfigKey || !source.set)
    );
}
