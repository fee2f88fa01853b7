//! Owns what a trouble with the CLI's files is called, in a sentence with its place and its way out.

use super::super::{Details, Reason, ServiceError, Services};
use crate::routing::RoutingError;
use std::path::Path;

impl Services {
    /// The trouble, with paths below the home folder shortened.
    pub(super) fn file_error(&self, error: &RoutingError) -> ServiceError {
        let short = |path: &Path| self.shortened(path);
        let (reason, text) = match error {
            RoutingError::Absent(_) => (Reason::ConfigAbsent, None),
            RoutingError::NotAFile(file) => (Reason::ConfigUnreadable, Some(format!("{} is not a file.", short(file)))),
            RoutingError::Unreadable(file) => {
                (Reason::ConfigUnreadable, Some(format!("{} can’t be opened.", short(file))))
            }
            RoutingError::TooLarge(file) => {
                (Reason::ConfigUnreadable, Some(format!("{} is too large to be a configuration.", short(file))))
            }
            RoutingError::NotUtf8(file) => {
                (Reason::ConfigUnreadable, Some(format!("{} is not UTF-8 text, which the CLI asks for.", short(file))))
            }
            RoutingError::ByteOrderMark(file) => {
                let text = format!("{} starts with a byte order mark, so the CLI refuses to start.", short(file));
                (Reason::ConfigRefused, Some(text))
            }
            RoutingError::Comments { file, line } => {
                let text = format!("{} has a comment in line {line}, so the CLI refuses to start.", short(file));
                (Reason::ConfigRefused, Some(text))
            }
            RoutingError::NotJson { file, line, column } => {
                let place = format!("{} stops being JSON in line {line}, column {column}", short(file));
                (Reason::ConfigRefused, Some(format!("{place}, so the CLI refuses to start.")))
            }
            RoutingError::WrongMode { file, project, value } => {
                let text = format!(
                    "The mode of {project} in {} is “{value}”. The CLI knows “local” and “cloud”, and refuses to start.",
                    short(file)
                );
                (Reason::ConfigRefused, Some(text))
            }
            RoutingError::WrongShape { file, field } => {
                let text =
                    format!("{field} in {} has not the form the CLI asks for, so it refuses to start.", short(file));
                (Reason::ConfigRefused, Some(text))
            }
            RoutingError::NameTwice { file, name } => {
                let text = format!("{name} is written twice in {}, and the CLI heeds only the last.", short(file));
                (Reason::ConfigRefused, Some(text))
            }
            RoutingError::Older(file) => {
                (Reason::ConfigOlder, Some(format!("{} was written by an older bm.", short(file))))
            }
            RoutingError::ProjectGone { project } => (Reason::ProjectGone, Some(project.clone())),
            RoutingError::NotAbsolute { .. } => return ServiceError::field(Reason::BadInput, "folder"),
            RoutingError::UnusableKey => {
                let text = "A key starts with bmc_ and holds no space and nothing but ASCII.".to_owned();
                (Reason::KeyUnusable, Some(text))
            }
            RoutingError::Conflict(_) => (Reason::ConfigConflict, None),
            RoutingError::FolderReadOnly(folder) => {
                (Reason::ConfigNotWritten, Some(format!("{} is read-only.", short(folder))))
            }
            RoutingError::DiskFull(folder) => {
                (Reason::ConfigNotWritten, Some(format!("There is no room left in {}.", short(folder))))
            }
            RoutingError::WriteFailed { file, kind } => {
                (Reason::ConfigNotWritten, Some(format!("{}: {kind}.", short(file))))
            }
            RoutingError::NotWatched(file) => {
                (Reason::ConfigUnreadable, Some(format!("Changes of {} can’t be followed.", short(file))))
            }
        };
        ServiceError { reason, details: Box::new(Details { text, ..Details::default() }) }
    }

    /// A path as people write it, below `~` where it is.
    pub(super) fn shortened(&self, path: &Path) -> String {
        let home = &self.surroundings().home;
        match path.strip_prefix(home) {
            Ok(rest) if !home.as_os_str().is_empty() => Path::new("~").join(rest).display().to_string(),
            _ => path.display().to_string(),
        }
    }
}
