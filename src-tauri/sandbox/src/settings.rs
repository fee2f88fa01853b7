//! Owns the command line: what can be asked of the sandbox. Leaves out doing it.

use crate::switches::Switches;
use clap::{Parser, ValueEnum};
use std::path::PathBuf;

/// Pretend memory services on this computer, to try Latchkey without an account: Basic Memory Cloud with
/// its sign-in, Memory API, Memory OS and MemoryKit.
///
/// Each is served on 127.0.0.1 at a random port of its own. Nothing here is real and nothing leaves the
/// computer. It ends on ctrl-c.
#[derive(Debug, Clone, Parser)]
#[command(name = "latchkey-sandbox", version)]
pub struct Settings {
    /// Write the addresses, the pretend keys to start with and the admin token to this file (JSON, mode
    /// 0600) once all ports listen.
    #[arg(long, value_name = "FILE")]
    pub ready_file: Option<PathBuf>,

    /// Keep the pretend keys and sign-ins in this SQLite file; without it they live in memory.
    #[arg(long, value_name = "FILE")]
    pub data: Option<PathBuf>,

    /// Start with keys: `demo` for believable ones over all states at every service, or a number of them at
    /// Basic Memory.
    #[arg(long, value_name = "demo|N")]
    pub seed: Option<Seed>,

    /// How long an access token lives.
    #[arg(long, value_name = "SECONDS", default_value_t = 3600)]
    pub access_token_seconds: u32,

    /// How Basic Memory wraps its list of keys: a bare array, or under `keys` or `data`.
    #[arg(long, value_enum, default_value_t)]
    pub answer_shape: AnswerShape,

    /// How Basic Memory writes dates.
    #[arg(long, value_enum, default_value_t)]
    pub dates: DateForm,

    /// What Basic Memory calls the visible head of a key.
    #[arg(long, value_enum, default_value_t)]
    pub prefix_field: PrefixField,

    /// How long a device code lives.
    #[arg(long, value_name = "SECONDS", default_value_t = 300)]
    pub device_code_seconds: u32,

    /// How many seconds a device must wait between two polls.
    #[arg(long, value_name = "SECONDS", default_value_t = 5)]
    pub interval: u32,

    /// A client id to know beside the Basic Memory CLI's published one. May be repeated.
    #[arg(long, value_name = "ID")]
    pub client_id: Vec<String>,

    /// End when standard input closes, so that the sandbox never outlives the program that started it.
    #[arg(long)]
    pub exit_with_parent: bool,

    /// What is not known of the real services.
    #[command(flatten)]
    pub switches: Switches,
}

impl Default for Settings {
    fn default() -> Self {
        Self::parse_from(["latchkey-sandbox"])
    }
}

/// How the list of keys is wrapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum AnswerShape {
    /// `[…]`
    Bare,
    /// `{"keys": […]}`
    #[default]
    Keys,
    /// `{"data": […]}`
    Data,
}

/// How dates are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum DateForm {
    /// `"2026-11-21T02:00:00.000Z"`
    #[default]
    Iso,
    /// Seconds since 1970.
    Seconds,
    /// Milliseconds since 1970.
    Milliseconds,
}

/// What the visible head of a key is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum PrefixField {
    /// `prefix`
    Prefix,
    /// `key_prefix`
    #[default]
    KeyPrefix,
    /// `start`
    Start,
}

impl PrefixField {
    /// The name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Prefix => "prefix",
            Self::KeyPrefix => "key_prefix",
            Self::Start => "start",
        }
    }
}

/// What to start with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seed {
    /// About twenty believable keys over all states.
    Demo,
    /// This many keys.
    Many(u32),
}

impl std::str::FromStr for Seed {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "demo" => Ok(Self::Demo),
            number => number.parse().map(Self::Many).map_err(|_| "say `demo` or a number"),
        }
    }
}
