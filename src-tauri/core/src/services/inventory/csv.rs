//! Owns the inventory as a table for people and spreadsheets (RFC 4180): names, heads and dates.

use crate::domain::{Account, ApiKey, Expiry, KeyStatus, LastUse, NotedPlace, key_status};
use crate::providers::Description;
use chrono::{DateTime, SecondsFormat, Utc};

const HEAD: [&str; 15] = [
    "Service",
    "Account",
    "Name",
    "Prefix",
    "Environment",
    "Workspace",
    "Project",
    "Scopes",
    "Rate limit per minute",
    "Status",
    "Created",
    "Last used",
    "Expires",
    "Reminder",
    "Noted places",
];

/// One key with all that a row says of it.
pub(super) struct Row<'a> {
    pub(super) description: Option<&'a Description>,
    pub(super) account: &'a Account,
    pub(super) key: &'a ApiKey,
    pub(super) places: &'a [NotedPlace],
    /// The present moment at the key's service.
    pub(super) now: DateTime<Utc>,
}

/// The table.
pub(super) fn table(rows: &[Row<'_>]) -> String {
    let mut text = String::new();
    line(HEAD.iter().map(|head| (*head).to_owned()), &mut text);
    for row in rows {
        line(cells(row).into_iter(), &mut text);
    }
    text
}

fn cells(row: &Row<'_>) -> [String; 15] {
    let Row { description, account, key, places, now } = row;
    let plain = |text: &Option<String>| text.clone().unwrap_or_default();
    let moment = |moment: DateTime<Utc>| moment.to_rfc3339_opts(SecondsFormat::Secs, true);
    let workspace = |id: &String| {
        let named = account.workspaces.iter().find(|workspace| workspace.id == *id);
        named.map_or(id, |workspace| &workspace.name).clone()
    };
    let (expires, reminder) = match key.expiry {
        Expiry::AtService(at) => (moment(at), String::new()),
        Expiry::Reminder(at) => (String::new(), moment(at)),
        Expiry::Never => ("never".to_owned(), String::new()),
        Expiry::Unknown => (String::new(), String::new()),
    };
    [
        description.map_or_else(|| account.provider.to_string(), |description| description.name.to_owned()),
        account.label.clone(),
        key.name.clone(),
        plain(&key.prefix),
        plain(&key.environment),
        key.workspace.as_ref().map(workspace).unwrap_or_default(),
        plain(&key.project),
        key.scopes.as_ref().map(|scopes| scopes.join(" ")).unwrap_or_default(),
        key.rate_limit.map(|limit| limit.to_string()).unwrap_or_default(),
        status(key_status(key, *now)).to_owned(),
        key.created_at.map(moment).unwrap_or_default(),
        match key.last_use {
            LastUse::NotReported => String::new(),
            LastUse::Never => "never".to_owned(),
            LastUse::At(at) => moment(at),
        },
        expires,
        reminder,
        places.iter().map(place).collect::<Vec<_>>().join("; "),
    ]
}

fn place(place: &NotedPlace) -> String {
    if place.detail.is_empty() { place.name.clone() } else { format!("{} ({})", place.name, place.detail) }
}

fn status(status: KeyStatus) -> &'static str {
    match status {
        KeyStatus::Revoked => "revoked",
        KeyStatus::Expired => "expired",
        KeyStatus::Expiring => "expiring",
        KeyStatus::Unused => "unused",
        KeyStatus::Active => "active",
    }
}

fn line(cells: impl Iterator<Item = String>, text: &mut String) {
    let cells: Vec<String> = cells.map(|cell| quoted(&cell)).collect();
    text.push_str(&cells.join(","));
    text.push_str("\r\n");
}

/// A cell that a spreadsheet takes for text. A name that begins like a formula is no formula: an
/// apostrophe before it says so, which spreadsheets know and do not show.
fn quoted(cell: &str) -> String {
    let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '|', '%']);
    let cell = if formula { format!("'{cell}") } else { cell.to_owned() };
    if cell.contains(['"', ',', '\r', '\n', ';']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_begins_like_a_formula_is_text() {
        for cell in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"] {
            let quoted = quoted(cell);
            assert!(quoted.starts_with('\'') || quoted.starts_with("\"'"), "{quoted:?}");
        }
        assert_eq!(quoted("=HYPERLINK(\"http://x\",\"y\")"), "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\"");
        assert_eq!(quoted("work-laptop"), "work-laptop");
        assert_eq!(quoted("a, \"b\""), "\"a, \"\"b\"\"\"");
    }
}
