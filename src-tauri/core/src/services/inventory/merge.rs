//! Owns the decision what an inventory adds here. Nothing that is known is changed, and a second
//! import of the same file adds nothing. Pure: reading and writing stand around it.

use super::wire::{AccountLine, Inventory, KeyLine, PlaceLine};
use crate::domain::{
    Account, AccountId, ApiKey, Authorization, KeyId, NotedPlace, PlaceId, ProviderId, Servers, SignIn, Workspace,
    check_address,
};
use chrono::{DateTime, Utc};
use std::collections::{HashMap, HashSet};
use url::Url;

/// What is known here already.
pub(super) struct Known<'a> {
    pub(super) accounts: &'a [Account],
    pub(super) keys: &'a [ApiKey],
    pub(super) places: &'a [NotedPlace],
    /// How a new account of a service begins, and its published host; `None` for a service that is not known.
    pub(super) service: &'a dyn Fn(ProviderId) -> Option<(SignIn, &'static str)>,
    pub(super) now: DateTime<Utc>,
}

/// What an import adds, and what the file holds.
#[derive(Debug, Default)]
pub(super) struct Additions {
    pub(super) accounts: Vec<Account>,
    pub(super) keys: Vec<ApiKey>,
    pub(super) places: Vec<NotedPlace>,
    /// How many of each the file holds that could be read.
    pub(super) in_file: (usize, usize, usize),
    /// What was passed over or deserves a look, in plain sentences.
    pub(super) problems: Vec<String>,
}

const MOST_ACCOUNTS: usize = 1000;
const MOST_KEYS: usize = 200_000;
const MOST_PROBLEMS: usize = 20;
/// No service shows more of a key than this, so nothing longer is kept as its head.
const LONGEST_PREFIX: usize = 24;

pub(super) fn additions(inventory: &Inventory, known: &Known<'_>) -> Additions {
    let mut merge = Merge { known, additions: Additions::default(), taken: HashSet::new() };
    merge.taken.extend(known.keys.iter().map(|key| key.id));
    let mut keys_here: HashMap<AccountId, Vec<&ApiKey>> = HashMap::new();
    for key in known.keys {
        keys_here.entry(key.account).or_default().push(key);
    }
    for line in inventory.accounts.iter().take(MOST_ACCOUNTS) {
        merge.account(line, &keys_here);
    }
    if inventory.accounts.len() > MOST_ACCOUNTS {
        merge.problem(format!("It holds more than {MOST_ACCOUNTS} accounts; the rest was passed over."));
    }
    merge.additions
}

struct Merge<'a, 'b> {
    known: &'a Known<'b>,
    additions: Additions,
    taken: HashSet<KeyId>,
}

impl Merge<'_, '_> {
    fn problem(&mut self, sentence: String) {
        if self.additions.problems.len() < MOST_PROBLEMS {
            self.additions.problems.push(sentence);
        }
    }

    fn account(&mut self, line: &AccountLine, keys_here: &HashMap<AccountId, Vec<&ApiKey>>) {
        let here = match self.read_account(line) {
            Ok(account) => account,
            Err(problem) => return self.problem(problem),
        };
        self.additions.in_file.0 += 1;
        let so_far = self.known.accounts.iter().chain(&self.additions.accounts);
        let same = |other: &&Account| {
            other.provider == here.provider
                && (other.id == here.id || (other.servers.host == here.servers.host && other.label == here.label))
        };
        let id = if let Some(known) = so_far.clone().find(same) {
            known.id
        } else {
            let taken = so_far.clone().any(|other| other.id == here.id);
            let id = if taken { AccountId::random() } else { here.id };
            self.additions.accounts.push(Account { id, ..here });
            id
        };
        let none = Vec::new();
        let mut heads = Heads::of(keys_here.get(&id).unwrap_or(&none));
        for key in &line.keys {
            if self.additions.in_file.1 >= MOST_KEYS {
                return self.problem(format!("It holds more than {MOST_KEYS} keys; the rest was passed over."));
            }
            self.key(key, id, &line.label, &mut heads);
        }
    }

    fn read_account(&mut self, line: &AccountLine) -> Result<Account, String> {
        let label = line.label.trim();
        if label.is_empty() || !fits(label, 60) {
            return Err("An account without a usable name was passed over.".to_owned());
        }
        let passed_over = |why: &str| format!("The account “{label}” was passed over: {why}.");
        let provider: ProviderId = line.provider.parse().map_err(|_| passed_over("its service has no usable name"))?;
        let Some((sign_in, published)) = (self.known.service)(provider) else {
            return Err(passed_over(&format!("this Latchkey does not know the service “{provider}”")));
        };
        let id = line.id.parse().map_err(|_| passed_over("its id cannot be read"))?;
        let address = |text: &str| {
            let address = Url::parse(text).ok().filter(|address| check_address(address).is_ok());
            address.ok_or_else(|| passed_over("an address of it is neither https nor on this computer"))
        };
        let host = address(&line.host)?;
        let authorization = match (&line.authorization_server, &line.client_id) {
            (Some(server), Some(client_id))
                if client_id.len() <= 200 && client_id.chars().all(|c| c.is_ascii_graphic()) =>
            {
                Some(Authorization { server: address(server)?, client_id: client_id.clone(), loopback: line.loopback })
            }
            _ => None,
        };
        let elsewhere = Url::parse(published).is_ok_and(|published| published.host_str() != host.host_str());
        if elsewhere && fits(host.as_str(), 200) {
            let host = host.host_str().unwrap_or_default();
            self.problem(format!("“{label}” talks to {host}, not to the service's published host."));
        }
        let workspaces = line.workspaces.iter().take(200).filter(|one| fits(&one.id, 200) && fits(&one.name, 200));
        let workspace = |id: &str, name: &str| Workspace {
            id: id.to_owned(),
            name: name.to_owned(),
            // Until the account was asked, nobody is known to be an owner.
            role: String::new(),
            is_default: false,
        };
        let servers = Servers { host, authorization };
        Ok(Account {
            id,
            sign_in,
            workspaces: workspaces.map(|one| workspace(&one.id, &one.name)).collect(),
            ..Account::signed_out(provider, label.to_owned(), servers, self.known.now)
        })
    }

    fn key(&mut self, line: &KeyLine, account: AccountId, label: &str, heads: &mut Heads) {
        let passed_over = |why: &str| format!("A key of “{label}” was passed over: {why}.");
        let Ok(id) = line.id.parse::<KeyId>() else { return self.problem(passed_over("its id cannot be read")) };
        if !is_usable(line) {
            return self.problem(passed_over("a text of it is too long or holds control characters"));
        }
        self.additions.in_file.1 += 1;
        let known = heads.same(id, line);
        let key_id = if let Some(known) = known {
            known
        } else {
            let id = if self.taken.contains(&id) { KeyId::random() } else { id };
            self.taken.insert(id);
            let key = line.key(id, account);
            heads.add(&key);
            self.additions.keys.push(key);
            id
        };
        for place in line.places.iter().take(100) {
            self.place(place, key_id);
        }
    }

    fn place(&mut self, line: &PlaceLine, key: KeyId) {
        let (name, detail) = (line.name.trim(), line.detail.trim());
        if name.is_empty() || !fits(name, 60) || !fits(detail, 120) {
            return self.problem("A noted place without a usable name was passed over.".to_owned());
        }
        self.additions.in_file.2 += 1;
        let mut so_far = self.known.places.iter().chain(&self.additions.places);
        if !so_far.any(|place| place.key == key && place.name == name && place.detail == detail) {
            let place = NotedPlace { id: PlaceId::random(), key, name: name.to_owned(), detail: detail.to_owned() };
            self.additions.places.push(place);
        }
    }
}

/// The keys of one account by what they can be known again by.
struct Heads {
    ids: HashSet<KeyId>,
    by_name: HashMap<String, Vec<(String, KeyId)>>,
}

impl Heads {
    fn of(keys: &[&ApiKey]) -> Self {
        let mut heads = Self { ids: HashSet::new(), by_name: HashMap::new() };
        for key in keys {
            heads.add(key);
        }
        heads
    }

    fn add(&mut self, key: &ApiKey) {
        self.ids.insert(key.id);
        let head = bare(key.prefix.as_deref()).to_owned();
        self.by_name.entry(key.name.clone()).or_default().push((head, key.id));
    }

    /// The key that is this one: by its id, else by its name and an overlapping head.
    fn same(&self, id: KeyId, line: &KeyLine) -> Option<KeyId> {
        if self.ids.contains(&id) {
            return Some(id);
        }
        let head = bare(line.prefix.as_deref());
        let same_head =
            |known: &str| !head.is_empty() && !known.is_empty() && (known.starts_with(head) || head.starts_with(known));
        self.by_name.get(&line.name)?.iter().find(|(known, _)| same_head(known)).map(|(_, id)| *id)
    }
}

fn bare(prefix: Option<&str>) -> &str {
    prefix.unwrap_or_default().trim_end_matches(['…', '.', '*'])
}

fn is_usable(line: &KeyLine) -> bool {
    let texts = [&line.workspace, &line.environment, &line.project];
    fits(&line.name, 255)
        && line.prefix.as_ref().is_none_or(|prefix| fits(prefix, LONGEST_PREFIX))
        && texts.into_iter().flatten().all(|text| fits(text, 255))
        && line.scopes.as_ref().is_none_or(|scopes| scopes.len() <= 100 && scopes.iter().all(|scope| fits(scope, 100)))
}

fn fits(text: &str, longest: usize) -> bool {
    text.chars().count() <= longest && !text.chars().any(char::is_control)
}
