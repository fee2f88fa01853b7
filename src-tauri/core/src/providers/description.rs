//! Owns what is known of a service before it is asked anything: data, from which the window draws its
//! fields. Leaves out how the service is spoken to.

use crate::domain::ProviderId;

/// One service, described.
#[derive(Debug)]
#[allow(clippy::struct_excessive_bools, reason = "what a service has or has not, each of it drawn by itself")]
pub struct Description {
    /// Its name in records and at the border.
    pub id: ProviderId,
    /// Its full name, for example `Basic Memory Cloud`.
    pub name: &'static str,
    /// The name used in sentences, for example `Basic Memory`.
    pub short_name: &'static str,
    /// One sentence for the first-run card.
    pub summary: &'static str,
    /// Its picture: ours, not the service's logo.
    pub glyph: Glyph,
    /// Heads of its keys. A prefix suggests a provider and never decides where a secret is sent.
    pub key_prefixes: &'static [&'static str],
    /// The published address that its calls start from; may have a path.
    pub host: &'static str,
    /// Further addresses that its own pages name for the same calls.
    pub other_hosts: &'static [&'static str],
    /// How an account of it comes to act.
    pub sign_in: SignInMethod,
    /// The page where its keys are managed by hand.
    pub keys_page: &'static str,
    /// The page where one signs up.
    pub sign_up_page: &'static str,
    /// The service's documentation of its keys.
    pub documentation: &'static str,
    /// The environment variables its documentation names for a key, the preferred one first.
    pub variables: &'static [&'static str],
    /// What a key may do; empty where keys have no scopes.
    pub scopes: &'static [ScopeChoice],
    /// Scopes that are often wanted together.
    pub presets: &'static [Preset],
    /// Kinds of keys, for example live and test; empty where there is one.
    pub environments: &'static [EnvironmentChoice],
    /// How a key comes to be of one of those kinds.
    pub environment: EnvironmentFrom,
    /// How keys are listed.
    pub list: Means,
    /// How keys are created.
    pub create: Means,
    /// How keys are revoked.
    pub revoke: Means,
    /// Whether a key can be given an end.
    pub expiry: ExpiryMeans,
    /// Whether a key belongs to a workspace.
    pub workspace: bool,
    /// Whether a key belongs to a project.
    pub project: bool,
    /// Whether a key can be given a rate limit of its own.
    pub rate_limit: bool,
    /// Whether the service says when a key was last used.
    pub reports_use: ReportsUse,
    /// Whether the service may tell what it counts.
    pub usage: bool,
    /// The longest name it takes, in characters.
    pub longest_name: usize,
    /// What to do in its dashboard, where keys are made there.
    pub dashboard_steps: &'static [&'static str],
    /// What is worth a warning before its documentation is followed.
    pub caution: Option<&'static str>,
    /// How its keys are used.
    pub recipe: Recipe,
}

/// The picture of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Glyph {
    /// The tile's hue, in degrees.
    pub hue: u16,
    /// Strokes on a grid of 16 by 16, as the `d` of an SVG path.
    pub path: &'static str,
}

/// How an account comes to act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignInMethod {
    /// A sign-in in the browser.
    Browser {
        /// The published authorization server.
        authorization_server: &'static str,
        /// The published public client id.
        client_id: &'static str,
        /// The OAuth scopes asked for.
        scopes: &'static [&'static str],
    },
    /// One of its own keys.
    AdminKey {
        /// The scopes of which one must be there to manage keys.
        any_of: &'static [&'static str],
    },
    /// Not at all: keys are made in its dashboard.
    Dashboard,
}

/// One thing a key may be allowed to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScopeChoice {
    /// The service's own name for it.
    pub id: &'static str,
    /// In words.
    pub words: &'static str,
    /// Whether a key with it can do much harm.
    pub sensitive: bool,
    /// Whether the service gives it to a key when nothing is chosen.
    pub preselected: bool,
}

/// Scopes under one name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Preset {
    /// Its name.
    pub label: &'static str,
    /// What it ticks.
    pub scopes: &'static [&'static str],
}

/// One kind of keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EnvironmentChoice {
    /// The service's own name for it.
    pub id: &'static str,
    /// Its name in words.
    pub label: &'static str,
    /// What it means.
    pub words: &'static str,
    /// How its keys begin.
    pub prefix: &'static str,
}

/// How a key comes to be of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EnvironmentFrom {
    /// It is chosen when the key is made.
    Chosen,
    /// Its prefix tells; nothing published says how it is chosen.
    FromPrefix,
    /// There are no kinds.
    None,
}

/// How something is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Means {
    /// The service documents it.
    Native,
    /// Not documented: the server is asked, and its answer remembered.
    Asked,
    /// By the person, in the service's dashboard.
    Guided,
}

/// Whether a key can be given an end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExpiryMeans {
    /// In whole days from now.
    Native {
        /// The fewest.
        min_days: u16,
        /// The most.
        max_days: u16,
    },
    /// Not documented: asked for, and taken as given only when the answer says so.
    Asked,
    /// No: Latchkey reminds on the date.
    ReminderOnly,
}

/// Whether the service says when a key was last used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportsUse {
    /// Yes.
    Yes,
    /// Where it lists keys at all.
    WithList,
    /// No.
    No,
}

/// How a key is used: what the ready-made texts are written from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recipe {
    /// The path of a harmless request below the host.
    pub path: &'static str,
    /// The path of its MCP server below the host, where it publishes one that takes a key in a header.
    pub mcp_path: Option<&'static str>,
    /// What to warn of beside a text, by the text's id.
    pub cautions: &'static [(&'static str, &'static str)],
}

impl Description {
    /// The kind of keys that begin like this.
    pub fn environment_of(&self, prefix: &str) -> Option<&'static str> {
        self.environments.iter().find(|choice| prefix.starts_with(choice.prefix)).map(|choice| choice.id)
    }
}
