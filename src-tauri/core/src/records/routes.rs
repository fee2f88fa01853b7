//! Owns the rows of what is remembered of the CLI's projects, for each of its files. Leaves out what
//! the remembered text means.

use super::codec::Reader;
use super::{Records, RecordsError};
use crate::domain::RememberedRoute;
use rusqlite::params;
use std::path::Path;

impl Records {
    /// What is remembered of the projects in a file.
    pub fn routes(&self, config: &Path) -> Result<Vec<RememberedRoute>, RecordsError> {
        let connection = self.lock();
        let mut statement =
            connection.prepare_cached("SELECT project, kept, workspace FROM project_routes WHERE config = ?1")?;
        let mut rows = statement.query([config.to_string_lossy()])?;
        let mut routes = Vec::new();
        while let Some(row) = rows.next()? {
            let mut row = Reader::new(row);
            routes.push(RememberedRoute { project: row.plain()?, kept: row.plain()?, workspace: row.plain()? });
        }
        Ok(routes)
    }

    /// Remembers these projects of a file, in the place of what was remembered: all of them or none.
    pub fn put_routes(&self, config: &Path, routes: &[RememberedRoute]) -> Result<(), RecordsError> {
        self.write(|transaction| {
            let mut statement = transaction.prepare_cached(
                "INSERT INTO project_routes (config, project, kept, workspace) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (config, project) DO UPDATE SET kept = ?3, workspace = ?4",
            )?;
            for route in routes {
                statement.execute(params![config.to_string_lossy(), route.project, route.kept, route.workspace])?;
            }
            Ok(())
        })
    }
}
