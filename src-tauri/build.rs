//! Owns what the build hands to Tauri: where its capabilities and the permissions of our commands are.

use tauri_build::{AppManifest, Attributes, try_build};

const CAPABILITIES: &str = "src-tauri/capabilities/**/*";
const PERMISSIONS: &str = "src-tauri/permissions/**/*";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    for folder in ["src-tauri/capabilities", "src-tauri/permissions"] {
        println!("cargo::rerun-if-changed={folder}");
    }
    // Tauri refuses to build without the folder of the pages. Empty is enough for checks of a fresh clone.
    std::fs::create_dir_all("ui/dist")?;
    // The permissions are written by hand: a command that they do not name is denied.
    let attributes = Attributes::new()
        .capabilities_path_pattern(CAPABILITIES)
        .app_manifest(AppManifest::new().permissions_path_pattern(PERMISSIONS));
    try_build(attributes).map_err(Into::into)
}
