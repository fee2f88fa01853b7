//! Owns the tests of the file itself: modes, damage, other versions, and what erasing leaves behind.

use super::{Records, RecordsError, line, moment, samples};
use crate::domain::{AccountId, ActivityKind, Fact, JournalEntry, KeptIn, Outcome, SignIn};
use crate::records::schema;
use std::fs;
use std::path::{Path, PathBuf};

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

fn bytes_on_disk(path: &Path) -> Vec<u8> {
    ["", "-wal", "-shm"].iter().flat_map(|suffix| fs::read(with_suffix(path, suffix)).unwrap_or_default()).collect()
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

fn filled(path: &Path) -> Records {
    let records = Records::open(path).unwrap();
    let account = samples::plain_account();
    records.put_account(&account).unwrap();
    for number in 0..200 {
        let mut key = samples::plain_key(account.id);
        key.name = format!("tell-tale-{number}");
        records.put_key(&key).unwrap();
        let mut place = samples::plain_place(key.id);
        place.name = format!("tell-tale-place-{number}");
        records.put_noted_place(&place).unwrap();
    }
    let facts = vec![Fact { label: "Name".to_owned(), value: "tell-tale-fact".to_owned() }];
    records.append(&JournalEntry { facts, ..line(ActivityKind::KeyCreated, Outcome::Done, moment()) }).unwrap();
    records.put_setting("theme", "tell-tale-setting").unwrap();
    records
}

#[test]
fn everything_is_there_after_closing_and_opening_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("records.db");
    let before = filled(&path).keys().unwrap();
    let records = Records::open(&path).unwrap();
    assert_eq!(records.keys().unwrap(), before);
    assert_eq!(records.setting("theme").unwrap().as_deref(), Some("tell-tale-setting"));
    let mode: String = records.lock().query_row("PRAGMA journal_mode", [], |row| row.get(0)).unwrap();
    assert_eq!(mode, "wal");
    for (name, expected) in [("synchronous", 2), ("secure_delete", 1), ("foreign_keys", 1), ("user_version", 6)] {
        let value: i64 = records.lock().query_row(&format!("PRAGMA {name}"), [], |row| row.get(0)).unwrap();
        assert_eq!(value, expected, "{name}");
    }
}

#[test]
fn erasing_leaves_no_row_and_no_old_byte_in_any_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("records.db");
    let records = filled(&path);
    assert!(holds(&bytes_on_disk(&path), "tell-tale"), "the search finds what is there");

    records.erase().unwrap();

    assert!(!holds(&bytes_on_disk(&path), "tell-tale"));
    assert_eq!(records.accounts().unwrap(), vec![]);
    assert_eq!(records.keys().unwrap(), vec![]);
    assert_eq!(records.journal(None, 10).unwrap(), vec![]);
    assert_eq!(records.setting("theme").unwrap(), None);
    records.put_account(&samples::plain_account()).unwrap();
}

#[cfg(unix)]
#[test]
fn the_files_and_a_new_folder_are_closed_to_others() {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new/deep/records.db");
    let records = filled(&path);
    for suffix in ["", "-wal", "-shm"] {
        assert_eq!(mode(&with_suffix(&path, suffix)), 0o600, "records.db{suffix}");
    }
    assert_eq!(mode(&folder.path().join("new")), 0o700);
    assert_eq!(mode(&folder.path().join("new/deep")), 0o700);
    drop(records);

    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    let _records = Records::open(&path).unwrap();
    assert_eq!(mode(&path), 0o600, "a file that was opened to others is closed again");
}

#[test]
fn a_newer_file_is_refused_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("records.db");
    let records = filled(&path);
    records.lock().pragma_update(None, "user_version", 99).unwrap();
    drop(records);
    let before = fs::read(&path).unwrap();
    assert!(matches!(Records::open(&path), Err(RecordsError::Newer)));
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn a_newer_version_that_stands_only_in_the_write_ahead_log_is_refused_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("records.db");
    let newer = filled(&path);
    newer.lock().pragma_update(None, "user_version", 99).unwrap();
    // What a crash leaves behind: nobody folded the log in.
    let crashed = folder.path().join("crashed.db");
    for suffix in ["", "-wal"] {
        fs::copy(with_suffix(&path, suffix), with_suffix(&crashed, suffix)).unwrap();
    }
    let before = fs::read(&crashed).unwrap();
    let log = fs::read(with_suffix(&crashed, "-wal")).unwrap();
    assert!(matches!(Records::open(&crashed), Err(RecordsError::Newer)));
    assert_eq!(fs::read(&crashed).unwrap(), before);
    assert_eq!(fs::read(with_suffix(&crashed, "-wal")).unwrap(), log);
}

#[test]
fn what_a_crash_left_in_the_write_ahead_log_is_there_after_opening() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("records.db");
    let records = filled(&path);
    let crashed = folder.path().join("crashed.db");
    for suffix in ["", "-wal"] {
        fs::copy(with_suffix(&path, suffix), with_suffix(&crashed, suffix)).unwrap();
    }
    assert_eq!(Records::open(&crashed).unwrap().keys().unwrap(), records.keys().unwrap());
}

#[test]
fn a_file_of_the_first_version_keeps_its_accounts_and_keys() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("records.db");
    let id = AccountId::random();
    let old = rusqlite::Connection::open(&path).unwrap();
    old.execute_batch(schema::STEP_1).unwrap();
    old.pragma_update(None, "user_version", 1).unwrap();
    old.execute_batch(&format!(
        "INSERT INTO accounts VALUES ('{id}', 'basic-memory', 'Work', 'https://cloud.example.com/',
           'https://login.example.com/', 'client_1', 0, NULL, NULL, 'signed_in', 'yes', 'yes', 'no 404', 'unclear',
           '2026-11-20T12:00:00.000000000Z', NULL, NULL, 1);
         INSERT INTO keys VALUES ('6f1c0a52-9f0e-4f2e-8b65-0d8f4f6c7d11', '{id}', '7', 'work-laptop', 'bmc_Qv4m', NULL,
           0, NULL, 'never', 'never', 'active', 'listed', 'keychain');"
    ))
    .unwrap();
    drop(old);

    let records = Records::open(&path).unwrap();
    let accounts = records.accounts().unwrap();
    let server = Some(("https://login.example.com/", "client_1"));
    let authorization = accounts[0].servers.authorization.as_ref();
    assert_eq!(authorization.map(|found| (found.server.as_str(), found.client_id.as_str())), server);
    assert!(authorization.is_some_and(|found| !found.loopback), "a mark that nobody made");
    assert_eq!((accounts[0].label.as_str(), accounts[0].sign_in), ("Work", SignIn::SignedIn));
    assert_eq!((accounts[0].admin_key, accounts[0].lacks.len(), &accounts[0].usage), (None, 0, &None));
    let keys = records.keys().unwrap();
    assert_eq!((keys[0].name.as_str(), keys[0].kept, &keys[0].scopes), ("work-laptop", KeptIn::Keychain, &None));
}

#[test]
fn a_damaged_file_is_refused_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("records.db");
    drop(filled(&path));
    let sound = fs::read(&path).unwrap();
    let mut scrambled = sound.clone();
    let half = scrambled.len() / 2;
    for byte in &mut scrambled[half..] {
        *byte ^= 0x5a;
    }
    let cases = [
        ("text", b"these are not records".to_vec()),
        ("cut in its head", sound[..50].to_vec()),
        ("cut in half", sound[..half].to_vec()),
        ("scrambled", scrambled),
    ];
    for (name, bytes) in cases {
        fs::write(&path, &bytes).unwrap();
        let answer = Records::open(&path);
        assert!(matches!(answer, Err(RecordsError::Corrupt)), "{name}: {answer:?}");
        assert_eq!(fs::read(&path).unwrap(), bytes, "{name}");
    }
}

#[test]
fn a_place_that_cannot_be_written_is_named_as_such() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    assert!(matches!(Records::open(&file.join("records.db")), Err(RecordsError::Unwritable)), "below a file");
    assert!(matches!(Records::open(folder.path()), Err(RecordsError::Unwritable)), "a folder");
}

#[test]
fn a_full_disk_and_a_read_only_file_are_named_as_such_and_reading_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let records = filled(&folder.path().join("records.db"));
    let account = records.accounts().unwrap().remove(0);
    let keys: Vec<_> = (0..500).map(|_| samples::plain_key(account.id)).collect();

    records.lock().pragma_update(None, "max_page_count", 1).unwrap();
    assert!(matches!(records.put_keys(&keys), Err(RecordsError::Full)));
    assert_eq!(records.keys().unwrap().len(), 200, "all or none");
    records.lock().pragma_update(None, "max_page_count", 1_000_000).unwrap();

    records.lock().pragma_update(None, "query_only", true).unwrap();
    assert!(matches!(records.put_keys(&keys), Err(RecordsError::ReadOnly)));
    assert_eq!(records.keys().unwrap().len(), 200);
}
