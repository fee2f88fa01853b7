//! Owns how services cross to the web view, as far as they can be described before they are asked
//! anything. The window draws its fields from this.

use latchkey_core::services::{
    Description, EnvironmentChoice, EnvironmentFrom, ExpiryMeans, Glyph, Means, Preset, ReportsUse, ScopeChoice,
    SignInMethod,
};
use serde::Serialize;
use ts_rs::TS;
use url::Url;

/// A service, as far as it can be described before it is asked.
#[allow(clippy::struct_excessive_bools, reason = "each crosses the border as a fact of its own")]
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct ProviderView {
    /// For example `basic-memory`.
    pub id: String,
    /// `Basic Memory Cloud`.
    pub name: String,
    /// `Basic Memory`.
    pub short_name: String,
    /// One sentence.
    pub summary: String,
    /// Its drawing.
    pub glyph: GlyphView,
    /// `bmc_`.
    pub key_prefixes: Vec<String>,
    /// The published host, prefilled in the advanced fields.
    pub host: String,
    /// The host of the page where its keys are made.
    pub keys_page_host: String,
    /// Other published base URLs.
    pub other_hosts: Vec<String>,
    /// How an account is added.
    pub sign_in: ProviderSignInView,
    /// The variables its documentation names, the preferred one first.
    pub variables: Vec<String>,
    /// Its scopes; none if its keys have none.
    pub scopes: Vec<ScopeView>,
    /// Named choices of scopes.
    pub presets: Vec<PresetView>,
    /// Its environments.
    pub environments: Vec<EnvironmentView>,
    /// Who decides the environment.
    pub environment: EnvironmentChoiceView,
    /// Listing keys.
    pub list: SupportView,
    /// Creating keys.
    pub create: SupportView,
    /// Revoking keys.
    pub revoke: SupportView,
    /// Expiry.
    pub expiry: ExpirySupportView,
    /// Whether a key belongs to a workspace.
    pub workspace: bool,
    /// Whether a key belongs to a project.
    pub project: bool,
    /// Whether a key can have a rate limit of its own.
    pub rate_limit: bool,
    /// Whether it says when keys are used.
    pub reports_use: ReportsUseView,
    /// Whether it may answer how much was used.
    pub usage: bool,
    /// The longest name of a key.
    pub longest_name: u32,
    /// What to press on its page, in order.
    pub dashboard_steps: Vec<String>,
    /// A danger that everyone who uses it should know.
    pub caution: Option<String>,
}

/// The drawing of a service, as data.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct GlyphView {
    /// The hue of its tile.
    pub hue: u16,
    /// A path on a grid of 16, stroked.
    pub path: String,
}

/// How an account of a service is added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum SignInMethodView {
    /// In the browser.
    Browser,
    /// By pasting one of its keys.
    AdminKey,
    /// Its keys are made in its dashboard.
    Dashboard,
}

/// How an account of a service is added, and what that takes.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct ProviderSignInView {
    /// The way.
    pub method: SignInMethodView,
    /// The published authorization server.
    pub authorization_server: Option<String>,
    /// The published client id.
    pub client_id: Option<String>,
    /// The scopes of which an admin key needs one.
    pub any_of: Vec<String>,
}

/// A scope of a service.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct ScopeView {
    /// As the service spells it.
    pub id: String,
    /// What it allows, in words.
    pub words: String,
    /// Whether it allows more than its holder needs in most cases.
    pub sensitive: bool,
    /// Whether a new key starts with it.
    pub preselected: bool,
}

/// A named choice of scopes.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct PresetView {
    /// Its name.
    pub label: String,
    /// The scopes.
    pub scopes: Vec<String>,
}

/// An environment of a service.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct EnvironmentView {
    /// As the service spells it.
    pub id: String,
    /// Its name.
    pub label: String,
    /// What it means for the person.
    pub words: String,
    /// How its keys begin.
    pub prefix: String,
}

/// Who decides the environment of a new key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum EnvironmentChoiceView {
    /// The person.
    Chosen,
    /// Nobody here: the key's prefix tells it.
    FromPrefix,
    /// There is none.
    None,
}

/// How a service does something: always, asked once and remembered, or in its dashboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum SupportView {
    /// Documented.
    Native,
    /// Asked of the server.
    Asked,
    /// In the dashboard.
    Guided,
}

/// What a service does with an expiry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ExpirySupportView {
    /// It ends the key.
    Native {
        /// The fewest days.
        min_days: u16,
        /// The most days.
        max_days: u16,
    },
    /// It is asked to.
    Asked,
    /// Latchkey reminds.
    ReminderOnly,
}

/// Whether a service says when its keys are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum ReportsUseView {
    /// It does.
    Yes,
    /// Where it lists keys.
    WithList,
    /// It does not.
    No,
}

impl From<&Description> for ProviderView {
    fn from(description: &Description) -> Self {
        Self {
            id: description.id.to_string(),
            name: description.name.to_owned(),
            short_name: description.short_name.to_owned(),
            summary: description.summary.to_owned(),
            glyph: description.glyph.into(),
            key_prefixes: owned(description.key_prefixes),
            host: description.host.to_owned(),
            keys_page_host: host_of(description.keys_page),
            other_hosts: owned(description.other_hosts),
            sign_in: description.sign_in.into(),
            variables: owned(description.variables),
            scopes: description.scopes.iter().map(ScopeView::from).collect(),
            presets: description.presets.iter().map(PresetView::from).collect(),
            environments: description.environments.iter().map(EnvironmentView::from).collect(),
            environment: description.environment.into(),
            list: description.list.into(),
            create: description.create.into(),
            revoke: description.revoke.into(),
            expiry: description.expiry.into(),
            workspace: description.workspace,
            project: description.project,
            rate_limit: description.rate_limit,
            reports_use: description.reports_use.into(),
            usage: description.usage,
            longest_name: super::count(description.longest_name),
            dashboard_steps: owned(description.dashboard_steps),
            caution: description.caution.map(str::to_owned),
        }
    }
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

fn host_of(page: &str) -> String {
    Url::parse(page).ok().and_then(|page| page.host_str().map(str::to_owned)).unwrap_or_default()
}

impl From<Glyph> for GlyphView {
    fn from(glyph: Glyph) -> Self {
        Self { hue: glyph.hue, path: glyph.path.to_owned() }
    }
}

impl From<SignInMethod> for SignInMethodView {
    fn from(method: SignInMethod) -> Self {
        match method {
            SignInMethod::Browser { .. } => Self::Browser,
            SignInMethod::AdminKey { .. } => Self::AdminKey,
            SignInMethod::Dashboard => Self::Dashboard,
        }
    }
}

impl From<SignInMethod> for ProviderSignInView {
    fn from(sign_in: SignInMethod) -> Self {
        let method = SignInMethodView::from(sign_in);
        let nothing = Self { method, authorization_server: None, client_id: None, any_of: Vec::new() };
        match sign_in {
            SignInMethod::Browser { authorization_server, client_id, .. } => Self {
                authorization_server: Some(authorization_server.to_owned()),
                client_id: Some(client_id.to_owned()),
                ..nothing
            },
            SignInMethod::AdminKey { any_of } => Self { any_of: owned(any_of), ..nothing },
            SignInMethod::Dashboard => nothing,
        }
    }
}

impl From<&ScopeChoice> for ScopeView {
    fn from(scope: &ScopeChoice) -> Self {
        Self {
            id: scope.id.to_owned(),
            words: scope.words.to_owned(),
            sensitive: scope.sensitive,
            preselected: scope.preselected,
        }
    }
}

impl From<&Preset> for PresetView {
    fn from(preset: &Preset) -> Self {
        Self { label: preset.label.to_owned(), scopes: owned(preset.scopes) }
    }
}

impl From<&EnvironmentChoice> for EnvironmentView {
    fn from(environment: &EnvironmentChoice) -> Self {
        Self {
            id: environment.id.to_owned(),
            label: environment.label.to_owned(),
            words: environment.words.to_owned(),
            prefix: environment.prefix.to_owned(),
        }
    }
}

impl From<EnvironmentFrom> for EnvironmentChoiceView {
    fn from(environment: EnvironmentFrom) -> Self {
        match environment {
            EnvironmentFrom::Chosen => Self::Chosen,
            EnvironmentFrom::FromPrefix => Self::FromPrefix,
            EnvironmentFrom::None => Self::None,
        }
    }
}

impl From<Means> for SupportView {
    fn from(means: Means) -> Self {
        match means {
            Means::Native => Self::Native,
            Means::Asked => Self::Asked,
            Means::Guided => Self::Guided,
        }
    }
}

impl From<ExpiryMeans> for ExpirySupportView {
    fn from(expiry: ExpiryMeans) -> Self {
        match expiry {
            ExpiryMeans::Native { min_days, max_days } => Self::Native { min_days, max_days },
            ExpiryMeans::Asked => Self::Asked,
            ExpiryMeans::ReminderOnly => Self::ReminderOnly,
        }
    }
}

impl From<ReportsUse> for ReportsUseView {
    fn from(reports_use: ReportsUse) -> Self {
        match reports_use {
            ReportsUse::Yes => Self::Yes,
            ReportsUse::WithList => Self::WithList,
            ReportsUse::No => Self::No,
        }
    }
}
