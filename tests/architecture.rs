//! Owns the guard of the rooms: reads every source and fails on an arrow that is not in the table
//! and on a broken rule about secrets. Each rule is shown to turn red on a planted fault.
#![allow(clippy::unwrap_used, reason = "a test's helper may fail the test")]

#[path = "architecture/arrows.rs"]
mod arrows;
#[path = "architecture/houses.rs"]
mod houses;
#[path = "architecture/main_thread.rs"]
mod main_thread;
#[path = "architecture/rules.rs"]
mod rules;
#[path = "architecture/source.rs"]
mod source;

use source::{Source, all_sources};

fn assert_clean(rule: fn(&Source) -> Vec<String>) {
    let sources = all_sources();
    assert!(sources.len() > 20, "the sources were not found");
    let faults: Vec<String> = sources.iter().flat_map(rule).collect();
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn no_arrow_turns_round_in_rust() {
    assert_clean(arrows::rust);
}

#[test]
fn no_arrow_turns_round_in_the_user_interface() {
    assert_clean(arrows::ui);
}

#[test]
fn every_crate_is_spoken_to_from_its_home_only() {
    assert_clean(houses::crates);
}

#[test]
fn the_sandbox_shares_nothing_with_the_core() {
    assert_clean(houses::sandbox);
}

#[test]
fn no_command_runs_on_the_main_thread() {
    assert_clean(main_thread::commands);
}

#[test]
fn nothing_waits_on_the_main_thread() {
    let sources = all_sources();
    let (faults, reached) = main_thread::callbacks(&sources);
    for known in ["asked_to_end", "chosen", "dropped", "guard", "is_locked", "on_event", "outlive", "raise"] {
        assert!(reached.contains(known), "the main thread was not followed into {known}: {reached:?}");
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn the_lock_that_the_main_thread_takes_is_never_held_over_a_wait() {
    assert_clean(main_thread::held_locks);
}

#[test]
fn every_exposed_secret_says_why() {
    assert_clean(rules::exposed_secrets);
}

#[test]
fn nothing_that_holds_a_secret_can_be_serialised_or_displayed() {
    assert_clean(rules::serialised_secrets);
}

#[test]
fn no_markup_carries_raw_html_or_inline_style() {
    assert_clean(rules::markup);
}

#[test]
fn no_file_is_longer_than_five_hundred_lines() {
    assert_clean(rules::length);
}

#[test]
fn every_file_says_first_what_it_owns() {
    assert_clean(rules::first_line);
}

#[test]
fn no_file_names_one_machine() {
    assert_clean(rules::machine);
}
