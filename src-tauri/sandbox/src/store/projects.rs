//! Owns the projects of each workspace. They are names only: the sandbox keeps no notes.

use super::{Store, StoreError};
use crate::people::{ACME, PERSONAL, Workspace};
use rusqlite::{Connection, OptionalExtension, Row, params};

/// A project.
#[derive(Debug, Clone)]
pub(crate) struct Project {
    pub(crate) id: i64,
    pub(crate) external_id: String,
    pub(crate) name: String,
    pub(crate) permalink: String,
    pub(crate) path: String,
    pub(crate) is_default: bool,
}

const COLUMNS: &str = "id, external_id, name, permalink, path, is_default";

fn project(row: &Row<'_>) -> rusqlite::Result<Project> {
    Ok(Project {
        id: row.get(0)?,
        external_id: row.get(1)?,
        name: row.get(2)?,
        permalink: row.get(3)?,
        path: row.get(4)?,
        is_default: row.get(5)?,
    })
}

fn insert(connection: &Connection, workspace: &Workspace, name: &str, default: bool) -> rusqlite::Result<Project> {
    let permalink = permalink(name);
    connection.query_row(
        &format!(
            "INSERT INTO projects (external_id, workspace, name, permalink, path, is_default)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6) RETURNING {COLUMNS}"
        ),
        params![
            uuid::Uuid::new_v4().to_string(),
            workspace.tenant_id,
            name,
            permalink,
            format!("/{permalink}"),
            default
        ],
        project,
    )
}

fn make_default(connection: &Connection, workspace: &Workspace, external_id: &str) -> rusqlite::Result<usize> {
    connection.execute(
        "UPDATE projects SET is_default = (external_id = ?2) WHERE workspace = ?1",
        params![workspace.tenant_id, external_id],
    )
}

/// A name as it stands in addresses.
fn permalink(name: &str) -> String {
    let words: Vec<_> = name.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words.join("-").to_lowercase()
}

impl Store {
    /// The projects everybody starts with.
    pub(super) fn plant_projects(&self) -> Result<(), StoreError> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        let planted: bool = transaction.query_row("SELECT EXISTS (SELECT 1 FROM projects)", [], |row| row.get(0))?;
        if !planted {
            for (workspace, name, default) in [
                (&PERSONAL, "main", true),
                (&PERSONAL, "research", false),
                (&ACME, "handbook", true),
                (&ACME, "roadmap", false),
            ] {
                insert(&transaction, workspace, name, default)?;
            }
        }
        Ok(transaction.commit()?)
    }

    pub(crate) fn projects(&self, workspace: &Workspace) -> Result<Vec<Project>, StoreError> {
        let query = format!("SELECT {COLUMNS} FROM projects WHERE workspace = ?1 ORDER BY id");
        let connection = self.lock();
        let mut statement = connection.prepare(&query)?;
        let projects = statement.query_map([workspace.tenant_id], project)?;
        Ok(projects.collect::<Result<_, _>>()?)
    }

    /// Adds a project. `None` if its permalink is taken.
    pub(crate) fn add_project(
        &self,
        workspace: &Workspace,
        name: &str,
        default: bool,
    ) -> Result<Option<Project>, StoreError> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        let taken: Option<i64> = transaction
            .query_row(
                "SELECT id FROM projects WHERE workspace = ?1 AND permalink = ?2",
                params![workspace.tenant_id, permalink(name)],
                |row| row.get(0),
            )
            .optional()?;
        if taken.is_some() {
            return Ok(None);
        }
        let added = insert(&transaction, workspace, name, default)?;
        if default {
            make_default(&transaction, workspace, &added.external_id)?;
        }
        transaction.commit()?;
        Ok(Some(added))
    }

    pub(crate) fn make_default_project(&self, workspace: &Workspace, external_id: &str) -> Result<(), StoreError> {
        make_default(&self.lock(), workspace, external_id)?;
        Ok(())
    }

    pub(crate) fn remove_project(&self, workspace: &Workspace, external_id: &str) -> Result<(), StoreError> {
        self.lock().execute(
            "DELETE FROM projects WHERE workspace = ?1 AND external_id = ?2",
            params![workspace.tenant_id, external_id],
        )?;
        Ok(())
    }
}
