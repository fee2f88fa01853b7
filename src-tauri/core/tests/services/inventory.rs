//! Owns the proof of the inventory on its way from one computer to another, and of files that are
//! dropped or saved: nothing secret is written, nothing is overwritten.

use crate::house::{House, field, reason};
use latchkey_core::domain::{AccountId, ActivityKind, KeptIn, KeyOrigin, SignIn};
use latchkey_core::services::{InventoryFormat, Reason};
use serde_json::{Value, json};
use std::collections::HashSet;

/// A key of the person's own account, which is no pretended one.
async fn own(house: &House, account: AccountId) {
    let (key, _) = house.create(account, "=work, laptop", true).await;
    house.note_place(key.id, "GitHub Actions", "acme/notes").unwrap();
    house.own(account);
}

fn exported(house: &House, name: &str) -> String {
    std::fs::read_to_string(house.downloads().join(name)).unwrap()
}

#[tokio::test]
async fn an_inventory_goes_to_another_computer_without_a_secret_and_comes_twice_as_once() {
    let (here, account) = House::signed_in(&[]).await;
    own(&here, account).await;
    let saved = here.export_inventory(InventoryFormat::Json, None).await.unwrap();
    let text = exported(&here, &saved.name);
    let json: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((json["version"].as_u64(), json["computer"].as_str()), (Some(1), Some("desk")));
    assert!(!text.contains("remote_id"));
    assert_eq!(here.lines(ActivityKind::InventoryExported).len(), 1);

    let there = House::empty(&[]);
    *there.picker.chosen.lock().unwrap() = Some(saved.folder.join(&saved.name));
    let plan = there.choose_inventory().await.unwrap().unwrap();
    assert_eq!((plan.accounts, plan.keys, plan.places, plan.new_keys), (1, 1, 1, 1));
    assert_eq!((plan.computer.as_str(), there.keys().unwrap().len()), ("desk", 0), "a plan changes nothing");
    let imported = there.import_inventory(&plan.id).unwrap();
    assert_eq!((imported.accounts, imported.keys, imported.places), (1, 1, 1));
    let key = there.named("=work, laptop").unwrap();
    assert_eq!((key.kept, key.remote_id, key.origin), (KeptIn::Nowhere, None, KeyOrigin::Adopted));
    assert_eq!(there.state(key.account).account.sign_in, SignIn::SignedOut);
    assert_eq!(there.records.noted_places(key.id).unwrap()[0].name, "GitHub Actions");
    assert_eq!(reason(there.import_inventory(&plan.id)), Reason::NotFound, "a plan serves once");

    *there.picker.chosen.lock().unwrap() = Some(saved.folder.join(&saved.name));
    let again = there.choose_inventory().await.unwrap().unwrap();
    let nothing = there.import_inventory(&again.id).unwrap();
    assert_eq!((again.new_keys, nothing.accounts, nothing.keys, nothing.places), (0, 0, 0, 0));
    assert!(there.choose_inventory().await.unwrap().is_none(), "no file was chosen");
}

#[tokio::test]
async fn a_table_holds_no_formula_and_the_sandbox_is_left_out() {
    let (house, account) = House::signed_in(&[]).await;
    let empty = house.export_inventory(InventoryFormat::Csv, None).await.unwrap();
    own(&house, account).await;
    let full = house.export_inventory(InventoryFormat::Csv, None).await.unwrap();
    assert_ne!(empty.name, full.name, "a file that is there is left alone");
    assert_eq!(exported(&house, &empty.name).lines().count(), 1);
    let table = exported(&house, &full.name);
    assert!(table.contains("\"'=work, laptop\"") && table.contains("GitHub Actions (acme/notes)"), "{table}");
}

#[tokio::test]
async fn an_export_of_chosen_keys_holds_those_and_no_others() {
    let (house, account) = House::signed_in(&[]).await;
    own(&house, account).await;
    let (chosen, _) = house.create(account, "phone", true).await;
    let only = HashSet::from([chosen.id]);
    let table = house.export_inventory(InventoryFormat::Csv, Some(&only)).await.unwrap();
    let table = exported(&house, &table.name);
    assert_eq!(table.lines().count(), 2, "{table}");
    assert!(table.contains("phone") && !table.contains("laptop"), "{table}");
    let json = house.export_inventory(InventoryFormat::Json, Some(&only)).await.unwrap();
    let json: Value = serde_json::from_str(&exported(&house, &json.name)).unwrap();
    assert_eq!(json["accounts"][0]["keys"].as_array().map(Vec::len), Some(1));
    let none = house.export_inventory(InventoryFormat::Csv, Some(&HashSet::new())).await;
    assert_eq!(field(none), Some("keys"), "a file without a key helps nobody");
}

#[tokio::test]
async fn a_file_that_is_no_inventory_is_refused_with_its_reason() {
    let house = House::empty(&[]);
    let mut answers = Vec::new();
    for text in [
        "{".to_owned(),
        json!({"format": "something", "version": 1}).to_string(),
        json!({"format": "latchkey-inventory", "version": 2}).to_string(),
        json!({"format": "latchkey-inventory", "version": 1}).to_string(),
    ] {
        let file = house.downloads().join("chosen.json");
        std::fs::write(&file, text).unwrap();
        *house.picker.chosen.lock().unwrap() = Some(file);
        answers.push(house.choose_inventory().await.unwrap_err().reason);
    }
    assert_eq!(answers, [Reason::BadInput, Reason::BadInput, Reason::RecordsNewer, Reason::BadInput]);
    *house.picker.chosen.lock().unwrap() = Some(house.downloads().join("nowhere.json"));
    assert_eq!(reason(house.choose_inventory().await), Reason::FileFailed);
}

#[tokio::test]
async fn of_a_dropped_file_only_keys_are_kept_and_only_until_they_are_discarded() {
    let house = House::empty(&[]);
    let file = house.home().join(".env");
    std::fs::create_dir_all(house.home()).unwrap();
    let text = "# mine\nBASIC_MEMORY_API_KEY=\"bmc_droppedFromAFileEXAMPLE\"\nMEMORY_API_KEY=mem_test_droppedEXAMPLE # test\n\
        DATABASE_URL=postgres://u:p@h/db\nTOKEN=sk-notOursEXAMPLE0123\nPLAIN\n";
    std::fs::write(&file, text).unwrap();
    house.drop_file(&file).await.unwrap();
    let dropped = house.dropped_keys().unwrap();
    assert_eq!((dropped.file.as_str(), dropped.keys.len(), dropped.ignored), (".env", 2, 2));
    assert_eq!(dropped.keys[1].environment.as_deref(), Some("test"));
    assert!(dropped.keys.iter().all(|key| key.file.as_deref() == Some(".env") && key.prefix.len() <= 13));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), text, "the file is left as it is");
    house.discard_pasted();
    assert!(house.dropped_keys().is_none());
    house.drop_file(&file).await.unwrap();
    house.lock();
    assert!(house.dropped_keys().is_none());
    house.drop_file(&file).await.unwrap();
    assert!(house.dropped_keys().is_none(), "a locked app takes no file");
    house.unlock().unwrap();
    assert_eq!(reason(house.drop_file(&house.home()).await), Reason::FileFailed);
    std::fs::write(&file, [0xff, 0xfe, 0x00]).unwrap();
    house.drop_file(&file).await.unwrap();
    assert!(house.dropped_keys().unwrap().keys.is_empty());
}

#[tokio::test]
async fn a_reminder_is_set_moved_saved_in_a_calendar_and_taken_away() {
    let (house, account) = House::signed_in(&["--without", "list,revoke,expiry"]).await;
    let (key, _) = house.create(account, "work-laptop", true).await;
    assert_eq!(field(house.add_to_calendar(key.id).await), Some("key"), "there is nothing to save yet");
    let day = (house.now() + chrono::TimeDelta::days(10)).date_naive();
    house.set_reminder(key.id, Some(day), 60).unwrap();
    let saved = house.add_to_calendar(key.id).await.unwrap();
    assert_eq!(saved.name, "latchkey-work-laptop.ics");
    let text = exported(&house, &saved.name);
    assert!(text.contains(&format!("DTSTART:{}T225959Z", day.format("%Y%m%d"))) && !text.contains("bmc_"));
    assert_eq!(house.add_to_calendar(key.id).await.unwrap().name, "latchkey-work-laptop (2).ics");
    assert_eq!(field(house.set_reminder(key.id, Some(house.now().date_naive().pred_opt().unwrap()), 0)), Some("on"));
    house.set_reminder(key.id, None, 0).unwrap();
    assert_eq!(house.lines(ActivityKind::ReminderSet).len(), 2);
}
