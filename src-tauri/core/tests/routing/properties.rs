//! Owns the proof, over settings nobody would think of, that a change touches its own values alone
//! and that undoing it is as if nothing had been.

use super::house::{House, key, to_cloud, to_local};
use latchkey_core::domain::Secret;
use latchkey_core::routing::{Change, StillThere, apply, still_there, undo};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::Value;

fn blank() -> impl Strategy<Value = String> {
    prop_oneof![4 => Just(String::new()), 2 => Just(" ".to_owned()), 2 => Just("\n  ".to_owned()), 1 => "[ \t\r\n]{0,5}"]
}

fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[a-z0-9 ]{0,4}",
        Just("\\u00e9".to_owned()),
        Just("\\/".to_owned()),
        Just("é".to_owned()),
        Just("\\\"".to_owned()),
        Just("\\\\".to_owned()),
        Just("\\n".to_owned()),
        Just("\\ud83d\\ude00".to_owned()),
        Just("😀".to_owned()),
        Just("//".to_owned()),
        Just("{}[],:".to_owned()),
    ];
    prop::collection::vec(piece, 0..4).prop_map(|pieces| format!("\"{}\"", pieces.concat()))
}

fn scalar() -> impl Strategy<Value = String> {
    prop_oneof![
        text(),
        "-?(0|[1-9][0-9]{0,5})(\\.[0-9]{1,3})?([eE][+-]?[0-9]{1,2})?",
        prop::sample::select(vec!["null", "true", "false", "1.0", "1e5", "-0"]).prop_map(str::to_owned),
    ]
}

/// Members in any order, with blanks wherever JSON lets them be.
fn object(members: Vec<(String, String)>) -> impl Strategy<Value = String> {
    let count = members.len();
    let blanks = prop::collection::vec((blank(), blank(), blank(), blank()), count);
    (Just(members).prop_shuffle(), blanks, blank()).prop_map(|(members, blanks, inside)| {
        if members.is_empty() {
            return format!("{{{inside}}}");
        }
        let member = |((name, value), (a, b, c, d)): (&(String, String), &(String, String, String, String))| {
            format!("{a}\"{name}\"{b}:{c}{value}{d}")
        };
        format!("{{{}}}", members.iter().zip(&blanks).map(member).collect::<Vec<_>>().join(","))
    })
}

fn anything() -> impl Strategy<Value = String> {
    scalar().prop_recursive(3, 12, 4, |inner| {
        let items = prop::collection::vec(inner.clone(), 0..4);
        let list = (items, blank()).prop_map(|(items, blank)| format!("[{blank}{}]", items.join(&format!(",{blank}"))));
        let members = prop::collection::vec(inner, 0..4).prop_map(|values| {
            values.into_iter().enumerate().map(|(n, value)| (format!("n{n}\\u00e9"), value)).collect()
        });
        prop_oneof![list, members.prop_flat_map(object)]
    })
}

fn some_of(fields: Vec<(&'static str, BoxedStrategy<String>)>) -> impl Strategy<Value = Vec<(String, String)>> {
    fields
        .into_iter()
        .map(|(name, value)| prop::option::weighted(0.7, value.prop_map(move |value| (name.to_owned(), value))))
        .collect::<Vec<_>>()
        .prop_map(|fields| fields.into_iter().flatten().collect())
}

fn words(words: &'static [&'static str]) -> BoxedStrategy<String> {
    prop::sample::select(words).prop_map(str::to_owned).boxed()
}

fn project() -> impl Strategy<Value = String> {
    let fields = some_of(vec![
        ("mode", words(&["\"local\"", "\"cloud\"", "\"clou\\u0064\""])),
        ("workspace_id", words(&["null", "\"w1\"", "\"w\\u0032\""])),
        ("local_sync_path", words(&["null", "\"/srv/sync\""])),
        ("bisync_initialized", words(&["true", "false"])),
        ("last_sync", words(&["null", "\"2026-01-02T03:04:05\""])),
        ("mine", anything().boxed()),
        ("mode2", anything().boxed()),
    ]);
    (fields, words(&["\"\"", "\"/srv/a\"", "\"\\/srv\\/b\""])).prop_flat_map(|(mut fields, path)| {
        fields.push(("path".to_owned(), path));
        object(fields)
    })
}

fn settings() -> impl Strategy<Value = String> {
    let projects = prop::collection::vec(project(), 1..5).prop_flat_map(|projects| {
        object(projects.into_iter().enumerate().map(|(number, entry)| (format!("p{number}"), entry)).collect())
    });
    let rest = some_of(vec![
        ("cloud_api_key", words(&["null", "\"bmc_old_EXAMPLE\"", "\"bmc\\u005fold_EXAMPLE\""])),
        ("default_workspace", words(&["null", "\"w1\""])),
        ("default_project", words(&["null", "\"p0\"", "\"gone\""])),
        ("zeta", anything().boxed()),
        ("Projects", anything().boxed()),
        ("cloud_api_key2", anything().boxed()),
    ]);
    (rest, projects, blank(), blank()).prop_flat_map(|(mut rest, projects, before, after)| {
        rest.push(("projects".to_owned(), projects));
        object(rest).prop_map(move |object| format!("{before}{object}{after}"))
    })
}

/// What is wished, and the fields that may be set by it.
fn wish() -> impl Strategy<Value = Change> {
    let project = || (0..5_usize).prop_map(|number| format!("p{number}"));
    let workspace = || prop::option::of(Just("w9".to_owned()));
    prop_oneof![
        project().prop_map(|project| to_cloud(&project)),
        project().prop_map(|project| to_local(&project, "/srv/é")),
        (project(), workspace()).prop_map(|(project, workspace)| Change::SetWorkspace { project, workspace }),
        workspace().prop_map(Change::SetDefaultWorkspace),
        Just(key("bmc_new_EXAMPLE")),
        Just(Change::SetApiKey(None)),
    ]
}

/// The settings as a CLI would read them after the changes, by rules of its own.
fn expected(mut settings: Value, changes: &[Change]) -> Value {
    for change in changes {
        match change {
            Change::SetCloud { project, .. } => {
                let entry = &mut settings["projects"][project];
                entry["mode"] = "cloud".into();
                entry["path"] = "".into();
                set_if_there(
                    entry,
                    &[
                        ("local_sync_path", Value::Null),
                        ("last_sync", Value::Null),
                        ("bisync_initialized", false.into()),
                    ],
                );
            }
            Change::SetLocal { project, path, .. } => {
                let entry = &mut settings["projects"][project];
                entry["mode"] = "local".into();
                entry["path"] = path.as_str().into();
                set_if_there(entry, &[("workspace_id", Value::Null)]);
            }
            Change::SetWorkspace { project, workspace } => {
                set(&mut settings["projects"][project], "workspace_id", workspace.as_deref());
            }
            Change::SetDefaultWorkspace(workspace) => set(&mut settings, "default_workspace", workspace.as_deref()),
            // What was wished is compared with what is in the file.
            Change::SetApiKey(key) => set(&mut settings, "cloud_api_key", key.as_ref().map(Secret::expose_secret)),
        }
    }
    settings
}

fn set_if_there(entry: &mut Value, fields: &[(&str, Value)]) {
    for (name, value) in fields {
        if entry.get(name).is_some() {
            entry[name] = value.clone();
        }
    }
}

fn set(object: &mut Value, name: &str, text: Option<&str>) {
    match text {
        Some(text) => object[name] = text.into(),
        None => set_if_there(object, &[(name, Value::Null)]),
    }
}

#[test]
fn a_change_alters_its_values_alone_and_undoing_it_is_as_if_nothing_had_been() {
    let config = Config { cases: 300, failure_persistence: None, ..Config::default() };
    let numbers = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let mut runner = TestRunner::new_with_rng(config, numbers);
    let house = House::with("{}");
    let count = std::cell::Cell::new(0);
    let all = (settings(), wish(), wish(), prop::bool::ANY);
    let outcome = runner.run(&all, |(settings, first, second, twice)| {
        let before: Value = serde_json::from_str(&settings).unwrap();
        let there = |change: &Change| match change {
            Change::SetCloud { project, .. }
            | Change::SetLocal { project, .. }
            | Change::SetWorkspace { project, .. } => before["projects"].get(project).is_some(),
            _ => true,
        };
        let mut wishes = vec![first];
        // Two wishes to one thing are another proof's.
        if twice && std::mem::discriminant(&wishes[0]) != std::mem::discriminant(&second) {
            wishes.push(second);
        }
        std::fs::write(house.config(), &settings).unwrap();
        if !wishes.iter().all(there) {
            prop_assert!(apply(&house.location, &wishes).is_err());
            prop_assert_eq!(house.text(), settings);
            return Ok(());
        }
        let routes = wishes.iter().filter(|change| matches!(change, Change::SetCloud { .. } | Change::SetLocal { .. }));
        prop_assume!(routes.count() < 2);
        let applied = apply(&house.location, &wishes).unwrap();
        prop_assert_eq!(house.json(), expected(before, &wishes));
        prop_assert_eq!(applied.wrote, house.text() != settings);
        prop_assert_eq!(still_there(house.config(), &applied.previous).unwrap(), StillThere::Yes);
        count.set(count.get() + usize::from(applied.wrote));
        let after = house.text();
        let undone = undo(&house.location, &applied.previous).unwrap();
        prop_assert!(undone.exact);
        prop_assert_eq!(house.text(), settings);
        undo(&house.location, &undone.applied.previous).unwrap();
        prop_assert_eq!(house.text(), after);
        prop_assert!(house.beside().is_empty());
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
    assert!(count.get() > 100, "only {} changed anything", count.get());
}
