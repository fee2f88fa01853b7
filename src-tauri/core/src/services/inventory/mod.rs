//! Owns the inventory: writing what is known of every account and key into a file of the person's,
//! and reading such a file on another computer. No secret is ever in it.

mod csv;
mod merge;
#[cfg(test)]
mod tests;
mod wire;

use super::activity::Line;
use super::adopt::begins_as;
use super::files::{self, SavedFile};
use super::{Reason, ServiceError, Services, Topic};
use crate::domain::{Account, AccountId, ActivityKind, ApiKey, EntryId, KeyId, KeyOrigin, NotedPlace};
use crate::providers::Provider;
use chrono::{DateTime, Utc};
use merge::{Additions, Known};
use std::collections::{HashMap, HashSet};
use wire::{AccountLine, FORMAT, Head, Inventory, KeyLine, PlaceLine, VERSION};

/// How an inventory is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InventoryFormat {
    /// For people and spreadsheets.
    Csv,
    /// For another Latchkey.
    Json,
}

/// What an import would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportPlan {
    /// Names it for [`Services::import_inventory`].
    pub id: String,
    /// The computer it was written on.
    pub computer: String,
    /// When.
    pub exported_at: DateTime<Utc>,
    /// How many accounts it holds.
    pub accounts: usize,
    /// How many keys.
    pub keys: usize,
    /// How many noted places.
    pub places: usize,
    /// How many of the keys are not known here.
    pub new_keys: usize,
    /// What would be passed over, or deserves a look first.
    pub problems: Vec<String>,
}

/// What an import added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Imported {
    /// Accounts, not signed in.
    pub accounts: usize,
    /// Keys, without secrets.
    pub keys: usize,
    /// Noted places.
    pub places: usize,
}

/// The largest inventory that is read.
const LARGEST: u64 = 64 * 1024 * 1024;

/// A read inventory, waiting for the person's decision.
pub(super) struct Waiting {
    id: String,
    inventory: Inventory,
}

impl Services {
    /// Writes what is known into a new file in the person's folder for downloads: of every key, or of the
    /// chosen ones and their accounts. The sandbox is left out, and so is a key that may never have been made.
    pub async fn export_inventory(
        &self,
        format: InventoryFormat,
        chosen: Option<&HashSet<KeyId>>,
    ) -> Result<SavedFile, ServiceError> {
        let now = self.now();
        let mut accounts: Vec<Account> =
            self.records().accounts()?.into_iter().filter(|account| !account.sandbox).collect();
        let mut keys = self.records().keys()?;
        let own: HashSet<AccountId> = accounts.iter().map(|account| account.id).collect();
        keys.retain(|key| key.origin != KeyOrigin::Intended && own.contains(&key.account));
        if let Some(chosen) = chosen {
            keys.retain(|key| chosen.contains(&key.id));
            let named: HashSet<AccountId> = keys.iter().map(|key| key.account).collect();
            accounts.retain(|account| named.contains(&account.id));
            if keys.is_empty() {
                return Err(ServiceError::field(Reason::BadInput, "keys"));
            }
        }
        let places = self.places_by_key()?;
        let day = now.format("%Y-%m-%d");
        let (name, text) = match format {
            InventoryFormat::Csv => (format!("latchkey-keys-{day}.csv"), self.table(&accounts, &keys, &places)),
            InventoryFormat::Json => {
                (format!("latchkey-inventory-{day}.json"), self.json(&accounts, &keys, &places, now)?)
            }
        };
        let saved = files::save_new(self.downloads()?, &name, text.into_bytes()).await?;
        let line = Line::new(ActivityKind::InventoryExported, &saved.name);
        self.journal(line.fact("Keys", keys.len().to_string()))?;
        Ok(saved)
    }

    fn json(
        &self,
        accounts: &[Account],
        keys: &[ApiKey],
        places: &HashMap<KeyId, Vec<NotedPlace>>,
        now: DateTime<Utc>,
    ) -> Result<String, ServiceError> {
        let place = |place: &NotedPlace| PlaceLine { name: place.name.clone(), detail: place.detail.clone() };
        let key = |key: &ApiKey| KeyLine::new(key, places.get(&key.id).into_iter().flatten().map(place).collect());
        let of = |account: &Account| keys.iter().filter(|key| key.account == account.id).map(key).collect();
        let inventory = Inventory {
            format: FORMAT.to_owned(),
            version: VERSION,
            exported_at: now,
            computer: self.desktop().computer.clone(),
            accounts: accounts.iter().map(|account| AccountLine::new(account, of(account))).collect(),
        };
        serde_json::to_string_pretty(&inventory).map_err(|_| ServiceError::of(Reason::FileFailed))
    }

    fn places_by_key(&self) -> Result<HashMap<KeyId, Vec<NotedPlace>>, ServiceError> {
        let mut by_key: HashMap<KeyId, Vec<NotedPlace>> = HashMap::new();
        for place in self.records().every_noted_place()? {
            by_key.entry(place.key).or_default().push(place);
        }
        Ok(by_key)
    }

    /// Lets the person choose a file and says what importing it would do. Nothing is changed.
    pub async fn choose_inventory(&self) -> Result<Option<ImportPlan>, ServiceError> {
        let Some(file) = self.desktop().files.choose_file("Import an inventory", &["json"]).await else {
            return Ok(None);
        };
        let bytes = files::read_capped(file, LARGEST).await?;
        self.plan_import(&bytes).map(Some)
    }

    fn plan_import(&self, bytes: &[u8]) -> Result<ImportPlan, ServiceError> {
        let broken = || ServiceError::field(Reason::BadInput, "file");
        let head: Head = serde_json::from_slice(bytes).map_err(|_| broken())?;
        if head.format != FORMAT {
            return Err(broken());
        }
        if head.version > VERSION {
            return Err(ServiceError::field(Reason::RecordsNewer, "file"));
        }
        let inventory: Inventory = serde_json::from_slice(bytes).map_err(|_| broken())?;
        let additions = self.additions(&inventory)?;
        let (accounts, keys, places) = additions.in_file;
        let computer: String = inventory.computer.chars().filter(|c| !c.is_control()).take(60).collect();
        let plan = ImportPlan {
            id: EntryId::random().to_string(),
            computer,
            exported_at: inventory.exported_at,
            accounts,
            keys,
            places,
            new_keys: additions.keys.len(),
            problems: additions.problems,
        };
        self.live().import = Some(Waiting { id: plan.id.clone(), inventory });
        Ok(plan)
    }

    fn additions(&self, inventory: &Inventory) -> Result<Additions, ServiceError> {
        let (accounts, keys) = (self.records().accounts()?, self.records().keys()?);
        let places = self.records().every_noted_place()?;
        let service = |id| {
            let description = self.0.parts.providers.find(id)?.description();
            Some((begins_as(description), description.host))
        };
        let known = Known { accounts: &accounts, keys: &keys, places: &places, service: &service, now: self.now() };
        Ok(merge::additions(inventory, &known))
    }

    /// Adds what the chosen inventory holds and is not known here. What is known stays as it is.
    pub fn import_inventory(&self, id: &str) -> Result<Imported, ServiceError> {
        let waiting = self.live().import.take();
        let waiting = waiting.filter(|waiting| waiting.id == id).ok_or_else(|| ServiceError::of(Reason::NotFound))?;
        let guard = self.editing();
        // Decided anew: something may have been added since the plan was shown.
        let additions = self.additions(&waiting.inventory)?;
        for account in &additions.accounts {
            let account = Account { label: self.free_label(&account.label)?, ..account.clone() };
            self.records().put_account(&account)?;
        }
        self.records().put_keys(&additions.keys)?;
        for place in &additions.places {
            self.records().put_noted_place(place)?;
        }
        drop(guard);
        let computer: String = waiting.inventory.computer.chars().filter(|c| !c.is_control()).take(60).collect();
        let line = Line::new(ActivityKind::InventoryImported, &computer);
        self.journal(line.fact("Keys", additions.keys.len().to_string()))?;
        self.changed(Topic::App);
        self.changed(Topic::Keys);
        let Additions { accounts, keys, places, .. } = additions;
        Ok(Imported { accounts: accounts.len(), keys: keys.len(), places: places.len() })
    }

    fn table(&self, accounts: &[Account], keys: &[ApiKey], places: &HashMap<KeyId, Vec<NotedPlace>>) -> String {
        let rows: Vec<csv::Row<'_>> = keys
            .iter()
            .filter_map(|key| {
                let account = accounts.iter().find(|account| account.id == key.account)?;
                let places = places.get(&key.id).map(Vec::as_slice).unwrap_or_default();
                Some(csv::Row {
                    description: self.0.parts.providers.find(account.provider).map(Provider::description),
                    account,
                    key,
                    places,
                    now: self.now_at(key.account),
                })
            })
            .collect();
        csv::table(&rows)
    }
}
