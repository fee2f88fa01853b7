//! Owns the command line: what can be asked of the sandbox. Leaves out doing it.

use clap::{Parser, ValueEnum};
use std::path::PathBuf;

/// A pretend Basic Memory Cloud on this computer, to try Latchkey without an account.
///
/// Everything is served on 127.0.0.1 at random ports. Nothing here is real and nothing leaves the
/// computer. It ends on ctrl-c.
#[derive(Debug, Clone, Parser)]
#[command(name = "latchkey-sandbox", version)]
pub struct Settings {
    /// Write the addresses and the admin token to this file (JSON, mode 0600) once all ports listen.
    #[arg(long, value_name = "FILE")]
    pub ready_file: Option<PathBuf>,

    /// Keep the pretend keys and sign-ins in this SQLite file; without it they live in memory.
    #[arg(long, value_name = "FILE")]
    pub data: Option<PathBuf>,

    /// Start with keys: `demo` for about twenty believable ones over all states, or a number.
    #[arg(long, value_name = "demo|N")]
    pub seed: Option<Seed>,

    /// How long an access token lives.
    #[arg(long, value_name = "SECONDS", default_value_t = 3600)]
    pub access_token_seconds: u32,

    /// Parts of the key service to leave out. All three is what is known of the real server.
    #[arg(long, value_name = "PARTS", value_enum, value_delimiter = ',')]
    pub without: Vec<Part>,

    /// How the list of keys is wrapped: a bare array, or under `keys` or `data`.
    #[arg(long, value_enum, default_value_t)]
    pub answer_shape: AnswerShape,

    /// How dates are written.
    #[arg(long, value_enum, default_value_t)]
    pub dates: DateForm,

    /// What the visible head of a key is called.
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
}

impl Default for Settings {
    fn default() -> Self {
        Self::parse_from(["latchkey-sandbox"])
    }
}

impl Settings {
    /// Whether this part of the key service is there.
    pub fn offers(&self, part: Part) -> bool {
        !self.without.contains(&part)
    }
}

/// A part of the key service that Latchkey assumes and nobody has seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// `GET /api/keys`; without it a new key's answer carries no id either.
    List,
    /// `DELETE /api/keys/{id}`.
    Revoke,
    /// `expires_at` on creation; without it the field is refused with 422.
    Expiry,
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
