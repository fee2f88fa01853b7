//! Owns the rows of places that the person noted for a key.

use super::codec::{Column as _, Reader};
use super::{Records, RecordsError};
use crate::domain::{KeyId, NotedPlace, PlaceId};
use rusqlite::params;

impl Records {
    /// The places noted for a key, in the order they were noted.
    pub fn noted_places(&self, key: KeyId) -> Result<Vec<NotedPlace>, RecordsError> {
        let connection = self.lock();
        let mut statement = connection
            .prepare_cached("SELECT id, key, name, detail FROM noted_places WHERE key = ?1 ORDER BY rowid")?;
        let mut rows = statement.query([key.spell()])?;
        let mut places = Vec::new();
        while let Some(row) = rows.next()? {
            let mut row = Reader::new(row);
            places.push(NotedPlace { id: row.coded()?, key: row.coded()?, name: row.plain()?, detail: row.plain()? });
        }
        Ok(places)
    }

    /// The places noted for every key.
    pub fn every_noted_place(&self) -> Result<Vec<NotedPlace>, RecordsError> {
        let connection = self.lock();
        let mut statement =
            connection.prepare_cached("SELECT id, key, name, detail FROM noted_places ORDER BY rowid")?;
        let mut rows = statement.query([])?;
        let mut places = Vec::new();
        while let Some(row) = rows.next()? {
            let mut row = Reader::new(row);
            places.push(NotedPlace { id: row.coded()?, key: row.coded()?, name: row.plain()?, detail: row.plain()? });
        }
        Ok(places)
    }

    /// Notes the place, or replaces what was noted. `Gone` if its key was removed.
    pub fn put_noted_place(&self, place: &NotedPlace) -> Result<(), RecordsError> {
        self.lock().execute(
            "INSERT INTO noted_places (id, key, name, detail) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (id) DO UPDATE SET key = ?2, name = ?3, detail = ?4",
            params![place.id.spell(), place.key.spell(), place.name, place.detail],
        )?;
        Ok(())
    }

    /// Removes the place.
    pub fn remove_noted_place(&self, id: PlaceId) -> Result<(), RecordsError> {
        self.lock().execute("DELETE FROM noted_places WHERE id = ?1", [id.spell()])?;
        Ok(())
    }
}
