//! Owns what a Linux desktop says over D-Bus of its own lock and of sleep. Leaves out what a lock does.
//!
//! The names are those of systemd-logind and of the screen savers of GNOME, KDE, Cinnamon, MATE and
//! Xfce. A bus that is missing or ends is looked for again; until then nothing of it is heard.

use latchkey_core::services::LockedBy;
use std::os::unix::fs::MetadataExt as _;
use std::sync::Arc;
use std::time::Duration;
use zbus::blocking::fdo::DBusProxy;
use zbus::blocking::{Connection, MessageIterator, connection};
use zbus::message::Message;
use zbus::zvariant::{ObjectPath, OwnedFd, OwnedObjectPath, OwnedValue};

const LOGIN: &str = "org.freedesktop.login1";
const MANAGER: &str = "org.freedesktop.login1.Manager";
const SESSION: &str = "org.freedesktop.login1.Session";
/// Each desktop tells it under a name of its own.
const SCREEN_SAVERS: [&str; 5] = [
    "org.freedesktop.ScreenSaver",
    "org.gnome.ScreenSaver",
    "org.cinnamon.ScreenSaver",
    "org.mate.ScreenSaver",
    "org.xfce.ScreenSaver",
];

/// How long after a bus was gone it is looked for again.
const PAUSE: Duration = Duration::from_secs(60);

/// How long a question to the system may take.
const PATIENCE: Duration = Duration::from_secs(3);

/// What a signal means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    Locks(LockedBy),
    /// The computer woke up.
    Woke,
}

/// Calls back whenever the system locks or goes to sleep.
pub(super) fn watch(locked: impl Fn(LockedBy) + Send + Sync + 'static) {
    let locked = Arc::new(locked);
    for listen in [hear_session as fn(&dyn Fn(LockedBy)) -> zbus::Result<()>, hear_system] {
        let locked = Arc::clone(&locked);
        let work = move || {
            loop {
                // Without a bus there is nothing to hear, and nothing else that could be done about it.
                let _gone = listen(&*locked);
                std::thread::sleep(PAUSE);
            }
        };
        // Without its thread the lock by hand and after idleness are left.
        let _started = std::thread::Builder::new().name("system lock".to_owned()).spawn(work);
    }
}

/// Listens to the screen savers until the session's bus ends.
fn hear_session(locked: &dyn Fn(LockedBy)) -> zbus::Result<()> {
    let bus = connection::Builder::session()?.method_timeout(PATIENCE).build()?;
    let messages = MessageIterator::from(&bus);
    let rules = DBusProxy::new(&bus)?;
    for screen_saver in SCREEN_SAVERS {
        let rule = format!("type='signal',interface='{screen_saver}',member='ActiveChanged'");
        rules.add_match_rule(rule.as_str().try_into()?)?;
    }
    for message in messages {
        if let Some(Told::Locks(by)) = meaning(&message?) {
            locked(by);
        }
    }
    Ok(())
}

/// Listens to systemd-logind until the system's bus ends. While the computer is about to sleep it is
/// held up until the lock is done.
fn hear_system(locked: &dyn Fn(LockedBy)) -> zbus::Result<()> {
    let bus = connection::Builder::system()?.method_timeout(PATIENCE).build()?;
    let messages = MessageIterator::from(&bus);
    let rules = DBusProxy::new(&bus)?;
    for (interface, member) in [(MANAGER, "PrepareForSleep"), (SESSION, "Lock")] {
        let rule = format!("type='signal',sender='{LOGIN}',interface='{interface}',member='{member}'");
        rules.add_match_rule(rule.as_str().try_into()?)?;
    }
    let mut hold = hold_up(&bus);
    for message in messages {
        let message = message?;
        match meaning(&message) {
            Some(Told::Locks(by)) if by == LockedBy::Sleep || is_own(&bus, &message) => {
                locked(by);
                if by == LockedBy::Sleep {
                    hold = None;
                }
            }
            Some(Told::Woke) => hold = hold_up(&bus),
            _ => {}
        }
    }
    drop(hold);
    Ok(())
}

fn meaning(message: &Message) -> Option<Told> {
    let header = message.header();
    let (interface, member) = (header.interface()?.as_str(), header.member()?.as_str());
    let told = || message.body().deserialize::<bool>().ok();
    match (interface, member) {
        (SESSION, "Lock") => Some(Told::Locks(LockedBy::Screen)),
        (MANAGER, "PrepareForSleep") => Some(if told()? { Told::Locks(LockedBy::Sleep) } else { Told::Woke }),
        (known, "ActiveChanged") if SCREEN_SAVERS.contains(&known) => told()?.then_some(Told::Locks(LockedBy::Screen)),
        _ => None,
    }
}

/// Asks for a moment before the computer sleeps. A system that grants none sleeps at once.
fn hold_up(bus: &Connection) -> Option<OwnedFd> {
    let question = ("sleep", "Latchkey", "It locks before the computer sleeps", "delay");
    let answer = bus.call_method(Some(LOGIN), "/org/freedesktop/login1", Some(MANAGER), "Inhibit", &question);
    answer.ok()?.body().deserialize().ok()
}

/// Whether the session that locks is one of ours. Where nobody says whose it is, it counts as ours:
/// a lock too many hides, and nothing more.
fn is_own(bus: &Connection, message: &Message) -> bool {
    let header = message.header();
    let Some(session) = header.path() else { return true };
    let (Some(whose), Ok(own)) = (user_of(bus, session), std::fs::metadata("/proc/self")) else { return true };
    whose == own.uid()
}

fn user_of(bus: &Connection, session: &ObjectPath<'_>) -> Option<u32> {
    let question = (SESSION, "User");
    let answer =
        bus.call_method(Some(LOGIN), session, Some("org.freedesktop.DBus.Properties"), "Get", &question).ok()?;
    let value: OwnedValue = answer.body().deserialize().ok()?;
    let (user, _): (u32, OwnedObjectPath) = value.try_into().ok()?;
    Some(user)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(interface: &str, member: &str, active: Option<bool>) -> Option<Told> {
        let signal = Message::signal("/a/path", interface, member).unwrap();
        meaning(&match active {
            Some(active) => signal.build(&(active,)).unwrap(),
            None => signal.build(&()).unwrap(),
        })
    }

    #[test]
    fn every_screen_saver_locks_when_it_begins_and_not_when_it_ends() {
        for screen_saver in SCREEN_SAVERS {
            assert_eq!(told(screen_saver, "ActiveChanged", Some(true)), Some(Told::Locks(LockedBy::Screen)));
            assert_eq!(told(screen_saver, "ActiveChanged", Some(false)), None);
        }
        assert_eq!(told("org.example.ScreenSaver", "ActiveChanged", Some(true)), None);
        assert_eq!(told("org.gnome.ScreenSaver", "ActiveChanged", None), None, "a signal without its word");
    }

    #[test]
    fn the_system_locks_with_its_sessions_and_before_sleep() {
        assert_eq!(told(SESSION, "Lock", None), Some(Told::Locks(LockedBy::Screen)));
        assert_eq!(told(SESSION, "Unlock", None), None);
        assert_eq!(told(MANAGER, "PrepareForSleep", Some(true)), Some(Told::Locks(LockedBy::Sleep)));
        assert_eq!(told(MANAGER, "PrepareForSleep", Some(false)), Some(Told::Woke));
    }
}
