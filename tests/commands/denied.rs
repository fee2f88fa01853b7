//! Owns the question what the window may call, answered as Tauri itself resolves permissions and capabilities.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use tauri_utils::acl::APP_ACL_KEY;
use tauri_utils::acl::capability::{Capability, CapabilityFile};
use tauri_utils::acl::manifest::{Manifest, PermissionFile};
use tauri_utils::acl::resolved::Resolved;
use tauri_utils::platform::Target;

/// The commands the window may call if one were taken out of the hand-written permissions.
pub(crate) fn callable_without(removed: Option<&str>) -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut manifests: BTreeMap<String, Manifest> =
        serde_json::from_str(&std::fs::read_to_string(root.join("gen/schemas/acl-manifests.json")).unwrap()).unwrap();
    manifests.insert(APP_ACL_KEY.to_owned(), Manifest::new(permissions(root, removed), None));
    let resolved = Resolved::resolve(&manifests, capabilities(root), Target::current()).unwrap();
    assert!(resolved.has_app_acl, "without permissions of its own, the app allows every command");
    resolved.allowed_commands.into_keys().collect()
}

fn permissions(root: &Path, removed: Option<&str>) -> Vec<PermissionFile> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(root.join("src-tauri/permissions")).unwrap().flatten() {
        let mut file: PermissionFile = toml::from_str(&std::fs::read_to_string(entry.path()).unwrap()).unwrap();
        for permission in &mut file.permission {
            permission.commands.allow.retain(|command| Some(command.as_str()) != removed);
        }
        files.push(file);
    }
    files
}

fn capabilities(root: &Path) -> BTreeMap<String, Capability> {
    let mut all = BTreeMap::new();
    for entry in std::fs::read_dir(root.join("src-tauri/capabilities")).unwrap().flatten() {
        let found = match CapabilityFile::load(entry.path()).unwrap() {
            CapabilityFile::Capability(one) => vec![one],
            CapabilityFile::List(list) => list,
            CapabilityFile::NamedList { capabilities } => capabilities,
        };
        all.extend(found.into_iter().map(|capability| (capability.identifier.clone(), capability)));
    }
    all
}
