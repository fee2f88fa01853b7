//! Owns what the build of the floor hands to Tauri: nothing of its own.

fn main() {
    tauri_build::build();
}
