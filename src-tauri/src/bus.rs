//! Owns that the app outlives its session's bus: what was read stays on screen, and an unsaved secret in its slot.

use gio::{BusType, Cancellable};

/// The toolkit ends a program with its bus unless it is told not to. Without one, nothing is to be told.
pub(crate) fn outlive() {
    if let Ok(bus) = gio::bus_get_sync(BusType::Session, None::<&Cancellable>) {
        bus.set_exit_on_close(false);
    }
}
