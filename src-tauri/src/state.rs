//! Owns what every command is given: the services, or why they could not be opened.

use crate::views::ErrorView;
use latchkey_core::services::{ServiceError, Services};
use std::path::{Path, PathBuf};

/// The composed app. A start that failed is kept, so that the window can say what is wrong.
pub struct Latchkey {
    services: Result<Services, ServiceError>,
    home: PathBuf,
}

impl Latchkey {
    pub(crate) fn new(services: Result<Services, ServiceError>, home: PathBuf) -> Self {
        Self { services, home }
    }

    /// The services, or why there are none.
    pub(crate) fn services(&self) -> Result<&Services, ErrorView> {
        self.services.as_ref().map_err(ErrorView::from)
    }

    /// The person's home folder, which paths are shortened by.
    pub(crate) fn home(&self) -> &Path {
        &self.home
    }

    /// Whether commands are refused because the app is locked.
    pub(crate) fn is_locked(&self) -> bool {
        self.services.as_ref().is_ok_and(Services::is_locked)
    }
}
