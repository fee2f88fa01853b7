//! Owns the proof that large files are changed as small ones are.

use super::house::{House, to_cloud, to_local};
use latchkey_core::routing::{Mode, apply, read, undo};
use std::fmt::Write as _;

/// A file as the CLI writes it, each entry with something of this size that is not ours.
fn file(projects: usize, rest: usize) -> String {
    let mut text = "{\n  \"projects\": {\n".to_owned();
    let rest = "é\\/".repeat(rest / 4);
    for number in 0..projects {
        let comma = if number + 1 < projects { "," } else { "" };
        let _ = write!(
            text,
            "    \"p-{number}\": {{\n      \"path\": \"/srv/p-{number}\",\n      \"mode\": \"local\",\n      \"workspace_id\": null,\n      \"rest\": \"{rest}\"\n    }}{comma}\n"
        );
    }
    text.push_str("  },\n  \"default_project\": \"p-0\"\n}");
    text
}

fn is_changed_alone(before: &str, projects: usize) {
    let house = House::with(before);
    assert_eq!(read(house.config()).unwrap().projects.len(), projects);
    let (last, middle) = (projects - 1, projects / 2);
    let changes = [to_cloud(&format!("p-{last}")), to_local(&format!("p-{middle}"), "/srv/moved")];
    let applied = apply(&house.location, &changes).unwrap();
    let old = format!("\"/srv/p-{last}\",\n      \"mode\": \"local\"");
    assert_eq!(before.matches(&old).count(), 1);
    let after = before.replace(&old, "\"\",\n      \"mode\": \"cloud\"");
    let after = after.replace(&format!("\"/srv/p-{middle}\""), "\"/srv/moved\"");
    assert!(house.text() == after, "something else changed");
    assert_eq!(read(house.config()).unwrap().project(&format!("p-{last}")).unwrap().mode, Mode::Cloud);
    assert!(undo(&house.location, &applied.previous).unwrap().exact);
    assert!(house.text() == before, "undoing left something");
}

#[test]
fn ten_thousand_projects_are_no_trouble() {
    is_changed_alone(&file(10_000, 4), 10_000);
}

#[test]
fn twenty_megabytes_are_no_trouble() {
    let text = file(1_000, 20_000);
    assert!(text.len() > 20_000_000, "{}", text.len());
    is_changed_alone(&text, 1_000);
}
