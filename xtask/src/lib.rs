//! Owns set-up and checks for people and machines, as a library so that the integration tests
//! stand on the same stage. Leaves out the command line (main.rs) and every rule of the app itself.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "talking to the terminal is what this program is for")]
#![allow(clippy::disallowed_methods, reason = "it runs on a developer's machine and looks at its environment")]

pub mod dist;
pub mod paths;
pub mod peers;
pub mod run;
pub mod services;
pub mod setup;
pub mod steps;
pub mod test;

#[cfg(target_os = "linux")]
mod approval;
#[cfg(target_os = "linux")]
pub mod bench;
#[cfg(target_os = "linux")]
pub mod browser;
#[cfg(target_os = "linux")]
pub mod driver;
#[cfg(target_os = "linux")]
mod hands;
#[cfg(target_os = "linux")]
pub mod journey;
#[cfg(target_os = "linux")]
pub mod keyboard;
#[cfg(target_os = "linux")]
pub mod memory;
#[cfg(target_os = "linux")]
pub mod mishaps;
#[cfg(target_os = "linux")]
pub mod network;
#[cfg(target_os = "linux")]
pub mod processes;
#[cfg(target_os = "linux")]
pub mod projects;
#[cfg(target_os = "linux")]
pub mod sandbox;
#[cfg(target_os = "linux")]
pub mod scenes;
#[cfg(target_os = "linux")]
mod scenes_projects;
#[cfg(target_os = "linux")]
mod scenes_services;
#[cfg(target_os = "linux")]
pub mod spoken;
#[cfg(target_os = "linux")]
pub mod stage;
#[cfg(target_os = "linux")]
pub mod tour;
