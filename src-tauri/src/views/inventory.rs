//! Owns how files of the person's cross to the web view: what was written, and what an inventory
//! holds that is to be imported. Never a whole path.

use super::{count, shorten};
use chrono::{DateTime, Utc};
use latchkey_core::services::{ImportPlan, Imported, InventoryFormat, SavedFile};
use serde::{Deserialize, Serialize};
use std::path::Path;
use ts_rs::TS;

/// A file that was written.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct SavedFileView {
    /// Its name.
    pub name: String,
    /// Its folder, shortened.
    pub folder: String,
}

/// What an exported inventory holds.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct ImportPlanView {
    /// Names it for `import_inventory`.
    pub id: String,
    /// The computer it comes from.
    pub computer: String,
    /// When it was exported.
    pub exported_at: DateTime<Utc>,
    /// Its accounts.
    pub accounts: u32,
    /// Its keys.
    pub keys: u32,
    /// Its noted places.
    pub places: u32,
    /// Keys that are not known here.
    pub new_keys: u32,
    /// What could not be read.
    pub problems: Vec<String>,
}

/// What was imported.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct ImportedView {
    /// Accounts.
    pub accounts: u32,
    /// Keys.
    pub keys: u32,
    /// Noted places.
    pub places: u32,
}

/// How an inventory is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InventoryFormatInput {
    /// For people and spreadsheets.
    Csv,
    /// For another Latchkey.
    Json,
}

impl SavedFileView {
    /// The file, its folder written as a person would: below `~`.
    pub fn new(saved: SavedFile, home: &Path) -> Self {
        Self { name: saved.name, folder: shorten(&saved.folder, home) }
    }
}

impl From<ImportPlan> for ImportPlanView {
    fn from(plan: ImportPlan) -> Self {
        Self {
            id: plan.id,
            computer: plan.computer,
            exported_at: plan.exported_at,
            accounts: count(plan.accounts),
            keys: count(plan.keys),
            places: count(plan.places),
            new_keys: count(plan.new_keys),
            problems: plan.problems,
        }
    }
}

impl From<Imported> for ImportedView {
    fn from(imported: Imported) -> Self {
        Self { accounts: count(imported.accounts), keys: count(imported.keys), places: count(imported.places) }
    }
}

impl From<InventoryFormatInput> for InventoryFormat {
    fn from(format: InventoryFormatInput) -> Self {
        match format {
            InventoryFormatInput::Csv => Self::Csv,
            InventoryFormatInput::Json => Self::Json,
        }
    }
}
