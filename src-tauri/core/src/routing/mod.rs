//! Owns what Basic Memory's official CLI keeps on this computer: where its files are, which key it
//! uses, and from where it serves each project; reading it, following it, changing and undoing it.
//! Leaves out the CLI's database and the cloud.

mod apply;
mod bytes;
mod change;
mod config;
mod digest;
mod error;
mod files;
mod found;
mod json;
mod location;
mod migration;
mod permalink;
mod previous;
mod program;
mod steps;
mod surroundings;
mod temp;
mod tokens;
mod transliteration;
mod watch;
mod wishes;
mod write;

pub use apply::{apply, apply_with, clean, migrate, still_there, undo, undo_with};
pub use change::{Applied, Backup, Change, KeptRoute, StillThere, Undone};
pub use config::{Config, Format, Mode, Project, read};
pub use digest::Digest;
pub use error::RoutingError;
pub use found::{CliSignIn, cli_sign_in, find_credentials, read_found_key};
pub use location::{DecidedBy, Effect, Location, Override, Overriding, locate, writable};
pub use permalink::permalink;
pub use previous::Previous;
pub use program::{CliVersion, CloudForm, Program, find_program, usual_folders};
pub use steps::{NoSteps, Step, Steps};
pub use surroundings::{API_KEY_VARIABLE, Surroundings, Variable};
pub use tokens::{SignInTokens, sign_in_token, write_sign_in, write_sign_in_with};
pub use watch::{Changed, Watch};
