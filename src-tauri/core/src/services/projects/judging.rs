//! Owns what follows from the state of the credentials: which project is within reach, which trap
//! there is and what helps. Pure; leaves out how any of it came to be known.

use super::{CheckState, Fix, Form, ProjectState, Reach, Served, Source, SourceKind, Trap, TrapKind};
use crate::domain::Workspace;

/// Whether the credential in use reaches a cloud project of this workspace.
pub(super) fn reach(sources: &[Source], reached: Option<&[Workspace]>, workspace: Option<&str>) -> Reach {
    let Some(used) = sources.iter().find(|source| source.in_use) else { return Reach::NoCredential };
    match (used.check.state, workspace, reached) {
        _ if used.form != Form::Sound || used.check.state == CheckState::Refused => Reach::Unreachable,
        (CheckState::Works, Some(workspace), Some(reached)) => {
            let open = reached.iter().any(|one| one.id == workspace);
            if open { Reach::Reachable } else { Reach::Unreachable }
        }
        (CheckState::Works, None, _) => Reach::Reachable,
        _ => Reach::Unknown,
    }
}

/// The first trap that the credentials are in, and what helps.
pub(super) fn trap(sources: &[Source], projects: &[ProjectState]) -> Option<Trap> {
    let [variable, saved, sign_in] = sources else { return None };
    let used = sources.iter().find(|source| source.in_use);
    let in_cloud = projects.iter().any(|project| project.served_from == Served::Cloud);
    let by_hand = used.is_some_and(|used| used.kind == SourceKind::Variable);
    let trap = |kind, fixes: &[Fix]| Some(Trap { kind, fixes: fixes.to_vec() });
    if variable.empty && saved.set {
        return trap(TrapKind::EmptyVariableHidesKey, &[Fix::ShowHow]);
    }
    if let Some(used) = used.filter(|used| used.kind != SourceKind::CliSignIn && used.form != Form::Sound) {
        return match (by_hand, used.form == Form::StraySpace) {
            (true, true) => trap(TrapKind::StraySpace, &[Fix::ShowHow]),
            (true, false) => trap(TrapKind::NoneWorks, &[Fix::ShowHow]),
            (false, true) => trap(TrapKind::StraySpace, &[Fix::TrimKey, Fix::ChooseKey]),
            (false, false) => trap(TrapKind::NoneWorks, &[Fix::ChooseKey, Fix::CreateKey]),
        };
    }
    match used {
        Some(used) if used.check.state == CheckState::Refused => {
            // A sign-in that has run out is renewed by the CLI as soon as no key is in its way.
            let good_sign_in = sign_in.set && sign_in.check.state != CheckState::Refused;
            match used.kind {
                SourceKind::Variable if good_sign_in => trap(TrapKind::StaleKeyMasksSignIn, &[Fix::ShowHow]),
                SourceKind::Variable => trap(TrapKind::NoneWorks, &[Fix::ShowHow]),
                SourceKind::ConfigKey if good_sign_in => {
                    trap(TrapKind::StaleKeyMasksSignIn, &[Fix::UseSignIn, Fix::ChooseKey])
                }
                _ => trap(TrapKind::NoneWorks, &[Fix::ChooseKey, Fix::CreateKey]),
            }
        }
        None if in_cloud => trap(TrapKind::NoneWorks, &[Fix::ChooseKey, Fix::CreateKey]),
        Some(used)
            if used.check.state == CheckState::Works
                && projects.iter().any(|project| project.reach == Reach::Unreachable) =>
        {
            match used.kind {
                SourceKind::Variable => trap(TrapKind::OtherWorkspace, &[Fix::ShowHow]),
                SourceKind::ConfigKey if sign_in.set && sign_in.check.state != CheckState::Refused => {
                    trap(TrapKind::OtherWorkspace, &[Fix::ChooseKey, Fix::UseSignIn, Fix::CreateKey])
                }
                _ => trap(TrapKind::OtherWorkspace, &[Fix::ChooseKey, Fix::CreateKey]),
            }
        }
        _ => None,
    }
}
