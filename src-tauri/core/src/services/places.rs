//! Owns the places outside this computer that the person noted.

use super::activity::Line;
use super::{Reason, ServiceError, Services, Topic};
use crate::domain::{ActivityKind, KeyId, NotedPlace, PlaceId};

impl Services {
    /// Notes a place, for example "GitHub Actions", `acme/notes`.
    pub fn note_place(&self, key: KeyId, name: &str, detail: &str) -> Result<NotedPlace, ServiceError> {
        let key = self.key(key)?;
        let fits = |text: &str, longest: usize| text.chars().count() <= longest && !text.chars().any(char::is_control);
        let (name, detail) = (name.trim(), detail.trim());
        if name.is_empty() || !fits(name, 60) {
            return Err(ServiceError::field(Reason::BadInput, "name"));
        }
        if !fits(detail, 120) {
            return Err(ServiceError::field(Reason::BadInput, "detail"));
        }
        let place = NotedPlace { id: PlaceId::random(), key: key.id, name: name.to_owned(), detail: detail.to_owned() };
        self.records().put_noted_place(&place)?;
        self.journal(Line::about_key(ActivityKind::PlaceNoted, &key).fact("Place", name))?;
        self.changed(Topic::Keys);
        Ok(place)
    }

    /// Takes a noted place off the list, for example because the key was replaced there.
    pub fn remove_noted_place(&self, place: PlaceId) -> Result<(), ServiceError> {
        self.records().remove_noted_place(place)?;
        self.changed(Topic::Keys);
        Ok(())
    }
}
