//! Owns disks without room and files that may not be written: what was there stays whole and readable,
//! what does not fit is refused as a whole, and with room everything goes on.

use crate::child;
use crate::house::{account, add_batch, file_in, filled, mode, whole_batches};
use latchkey_core::records::{Records, RecordsError};
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::Path;
use std::process::Command;

/// Writes until it is refused; answers how many batches fitted and why no more did.
fn write_until_refused(path: &Path) -> (usize, RecordsError) {
    let records = Records::open(path).unwrap();
    let account = account(&records).unwrap();
    for written in 0..10_000 {
        if let Err(error) = add_batch(&records, account) {
            let there = records.keys().unwrap().len() / crate::house::BATCH;
            assert!(there >= written, "reading goes on: {there} of {written}");
            return (there, error);
        }
    }
    panic!("the disk never filled");
}

#[test]
fn a_person_who_may_not_write_is_told_so_and_nothing_is_changed() {
    if let Some(home) = child::home() {
        let file = file_in(&home.join("data"));
        let before = std::fs::read(&file).unwrap();
        for (of_file, of_folder) in [(0o444, 0o755), (0o600, 0o555), (0o444, 0o555), (0o000, 0o755), (0o600, 0o000)] {
            mode(&file, of_file);
            mode(&home.join("data"), of_folder);
            let opened = Records::open(&file);
            mode(&home.join("data"), 0o755);
            mode(&file, 0o600);
            assert!(matches!(opened, Err(RecordsError::ReadOnly)), "{of_file:o} {of_folder:o}: {opened:?}");
            assert_eq!(std::fs::read(&file).unwrap(), before, "{of_file:o} {of_folder:o}");
        }
        assert_eq!(whole_batches(&file), 2, "once it may be written everything is there");
        child::say_done();
        return;
    }
    let home = tempfile::tempdir().unwrap();
    std::fs::create_dir(home.path().join("data")).unwrap();
    drop(filled(&file_in(&home.path().join("data")), 2));
    let test = "room::a_person_who_may_not_write_is_told_so_and_nothing_is_changed";
    child::expect_done(&mut child::unprivileged(test, home.path()));
}

#[test]
fn a_full_disk_refuses_a_whole_write_keeps_what_is_there_and_goes_on_with_room() {
    if let Some(home) = child::home() {
        let file = file_in(&home);
        let filler = home.join("filler");
        // Not a byte is free: not even new records can begin.
        let more_than_fits = vec![0; child::order().parse().unwrap()];
        assert!(std::fs::write(&filler, more_than_fits).is_err(), "the disk is too large for this test");
        let opened = Records::open(&file);
        assert!(matches!(opened, Err(RecordsError::Full)), "{opened:?}");
        std::fs::remove_file(&filler).unwrap();
        let (written, why) = write_until_refused(&file);
        assert!(matches!(why, RecordsError::Full) && written > 0, "{written} {why:?}");
        assert_eq!(whole_batches(&file), written, "with the disk still full it is opened and read");
        child::say_done();
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let test = "room::a_full_disk_refuses_a_whole_write_keeps_what_is_there_and_goes_on_with_room";
    let own = std::env::current_exe().unwrap();
    let mut small = Command::new("unshare");
    if !rustix::process::geteuid().is_root() {
        small.args(["--user", "--map-root-user"]);
    }
    let script = "mount -t tmpfs -o size=2m latchkey \"$1\" && shift && exec \"$@\"";
    small.args(["--mount", "sh", "-c", script, "sh"]).arg(home.path());
    let order = child::command(&own, test, home.path(), "16000000");
    small.arg(own).args(order.get_args());
    small.envs(order.get_envs().filter_map(|(name, value)| Some((name, value?))));
    child::expect_done(&mut small);
}

#[test]
fn a_limit_on_the_size_of_files_tears_nothing_whether_it_is_an_error_or_a_signal() {
    if let Some(home) = child::home() {
        let (_, why) = write_until_refused(&file_in(&home));
        assert!(matches!(why, RecordsError::Full | RecordsError::Unwritable), "{why:?}");
        child::say_done();
        return;
    }
    let test = "room::a_limit_on_the_size_of_files_tears_nothing_whether_it_is_an_error_or_a_signal";
    for script in ["trap '' XFSZ; exec \"$@\"", "exec \"$@\""] {
        let home = tempfile::tempdir().unwrap();
        let file = file_in(home.path());
        drop(filled(&file, 2));
        let own = std::env::current_exe().unwrap();
        let mut limited = Command::new("sh");
        limited.args(["-c", script, "sh", "prlimit", "--fsize=400000", "--core=0"]).arg(&own).arg0("sh");
        let order = child::command(&own, test, home.path(), "");
        limited.args(order.get_args());
        limited.envs(order.get_envs().filter_map(|(name, value)| Some((name, value?))));
        if script.starts_with("trap") {
            child::expect_done(&mut limited);
        } else {
            // SIGXFSZ, which ends a program in the middle of a write.
            assert_eq!(limited.output().unwrap().status.signal(), Some(25));
        }
        let there = whole_batches(&file);
        assert!(there >= 2, "what was there before is whole: {there}");
        let records = Records::open(&file).unwrap();
        add_batch(&records, account(&records).unwrap()).unwrap();
        assert_eq!(records.keys().unwrap().len() / crate::house::BATCH, there + 1, "without the limit it goes on");
    }
}
