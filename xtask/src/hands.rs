//! Owns what a person does outside the page: dropping a file on the window, and choosing one in the
//! system's own dialog. Both by X11 alone, as the file manager and the keyboard do it.

use crate::stage::Stage;
use crate::steps::{Failure, Outcome, capture};
use std::path::Path;
use std::time::{Duration, Instant};
use x11rb::connection::Connection;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{
    AtomEnum, ClientMessageEvent, ConnectionExt as _, CreateWindowAux, EventMask, PropMode, SELECTION_NOTIFY_EVENT,
    SelectionNotifyEvent, SelectionRequestEvent, WindowClass,
};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

/// How long the other side may take to answer.
/// How often Return is pressed for what was typed once.
const TRIES: usize = 20;

const PATIENCE: Duration = Duration::from_secs(20);
const REMEDY: &str = "look at the stage: the window must be mapped and answer X11 messages";
/// The version of the protocol that is spoken: https://freedesktop.org/wiki/Specifications/XDND.
const VERSION: u32 = 5;

impl Stage {
    /// Drags a file from another program and lets it go over the middle of the app's window.
    pub fn drop_on_window(&self, title: &str, file: &Path) -> Outcome<()> {
        let target = self.window_called(title)?;
        let drag = Drag::begin(self.display(), target, file).map_err(|error| failed(error.as_ref()))?;
        drag.finish().map_err(|error| failed(error.as_ref()))
    }

    /// Chooses a file in the dialog of this title, by its path, with the keyboard.
    pub fn choose_in_dialog(&self, title: &str, file: &Path) -> Outcome<()> {
        let dialog = self.window_called(title)?.to_string();
        let remedy = "see that xdotool is installed";
        let hand = |words: &[&str]| capture(self.command("xdotool").args(words), remedy).map(drop);
        hand(&["windowfocus", "--sync", &dialog])?;
        let open = || {
            let found = self.command("xdotool").args(["search", "--onlyvisible", "--name", title]).output();
            found.is_ok_and(|found| !found.stdout.is_empty())
        };
        let deadline = Instant::now() + PATIENCE;
        loop {
            // A path that is typed opens the dialog's own field for it.
            hand(&["type", "--delay", "20", &file.to_string_lossy()])?;
            for _ in 0..TRIES {
                hand(&["key", "--delay", "50", "Return"])?;
                if !open() {
                    return Ok(());
                }
            }
            if Instant::now() > deadline {
                return Err(Failure::new(format!("the dialog “{title}” stayed open"), REMEDY));
            }
            // The keyboard went to another window, or a letter was lost on the way: the dialog gets it back, a slash
            // leads to its field for a path wherever it stands, and what is in there is typed over.
            if let Err(error) = hand(&["windowfocus", &dialog]) {
                return if open() { Err(error) } else { Ok(()) };
            }
            hand(&["key", "--delay", "50", "slash", "ctrl+a"])?;
        }
    }

    /// The window with exactly this title, once it is seen.
    fn window_called(&self, title: &str) -> Outcome<u32> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let mut search = self.command("xdotool");
            let found = search.args(["search", "--onlyvisible", "--name", &format!("^{title}$")]).output();
            let found = found.map(|found| String::from_utf8_lossy(&found.stdout).into_owned()).unwrap_or_default();
            if let Some(id) = found.lines().next().and_then(|line| line.trim().parse().ok()) {
                return Ok(id);
            }
            if Instant::now() > deadline {
                return Err(Failure::new(format!("no window is called “{title}”"), REMEDY));
            }
        }
    }
}

fn failed(error: &dyn std::error::Error) -> Failure {
    Failure::new(format!("the file could not be dropped: {error}"), REMEDY)
}

/// One drag, seen from the program that the file comes from.
struct Drag {
    display: RustConnection,
    source: u32,
    target: u32,
    middle: u32,
    content: String,
    atoms: Atoms,
}

/// The names of the protocol.
struct Atoms {
    enter: u32,
    position: u32,
    status: u32,
    drop: u32,
    finished: u32,
    selection: u32,
    copy: u32,
    list: u32,
}

type Said<T> = Result<T, Box<dyn std::error::Error>>;

impl Drag {
    /// The file is over the window: the source owns the selection, and says so to the window.
    fn begin(display: &str, target: u32, file: &Path) -> Said<Self> {
        let (display, screen) = x11rb::connect(Some(display))?;
        let root = display.setup().roots.get(screen).ok_or("no screen")?.root;
        let atom = |name: &str| -> Said<u32> { Ok(display.intern_atom(false, name.as_bytes())?.reply()?.atom) };
        let atoms = Atoms {
            enter: atom("XdndEnter")?,
            position: atom("XdndPosition")?,
            status: atom("XdndStatus")?,
            drop: atom("XdndDrop")?,
            finished: atom("XdndFinished")?,
            selection: atom("XdndSelection")?,
            copy: atom("XdndActionCopy")?,
            list: atom("text/uri-list")?,
        };
        let source = display.generate_id()?;
        let look = CreateWindowAux::new();
        display.create_window(0, source, root, 0, 0, 1, 1, 0, WindowClass::INPUT_ONLY, 0, &look)?;
        display.set_selection_owner(source, atoms.selection, x11rb::CURRENT_TIME)?;
        let place = display.get_geometry(target)?.reply()?;
        let corner = display.translate_coordinates(target, root, 0, 0)?.reply()?;
        let middle = |start: i16, length: u16| u32::from(u16::try_from(start).unwrap_or_default() + length / 2);
        let middle = (middle(corner.dst_x, place.width) << 16) | middle(corner.dst_y, place.height);
        let content = format!("file://{}\r\n", file.display());
        let drag = Self { display, source, target, middle, content, atoms };
        drag.say(drag.atoms.enter, [VERSION << 24, drag.atoms.list, 0, 0])?;
        // Twice, as a hand that moves: what the window may take is known to it only after the first.
        drag.say(drag.atoms.position, [0, drag.middle, x11rb::CURRENT_TIME, drag.atoms.copy])?;
        drag.until(drag.atoms.status)?;
        drag.say(drag.atoms.position, [0, drag.middle + 1, x11rb::CURRENT_TIME, drag.atoms.copy])?;
        drag.until(drag.atoms.status)?;
        Ok(drag)
    }

    /// The button is let go.
    fn finish(&self) -> Said<()> {
        self.say(self.atoms.drop, [0, x11rb::CURRENT_TIME, 0, 0])?;
        self.until(self.atoms.finished)
    }

    fn say(&self, what: u32, more: [u32; 4]) -> Said<()> {
        let message = ClientMessageEvent::new(32, self.target, what, [self.source, more[0], more[1], more[2], more[3]]);
        self.display.send_event(false, self.target, EventMask::NO_EVENT, message)?;
        Ok(self.display.flush()?)
    }

    /// Waits for an answer, and meanwhile hands the file's address to whoever asks for it.
    fn until(&self, answer: u32) -> Said<()> {
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            match self.display.poll_for_event()? {
                Some(Event::ClientMessage(message)) if message.type_ == answer => return Ok(()),
                Some(Event::SelectionRequest(request)) => self.hand_over(&request)?,
                Some(_) => {}
                None => std::thread::sleep(Duration::from_millis(5)),
            }
        }
        Err("the window did not answer the drag".into())
    }

    fn hand_over(&self, request: &SelectionRequestEvent) -> Said<()> {
        let known = request.target == self.atoms.list;
        if known {
            let bytes = self.content.as_bytes();
            self.display.change_property8(
                PropMode::REPLACE,
                request.requestor,
                request.property,
                request.target,
                bytes,
            )?;
        }
        let notify = SelectionNotifyEvent {
            response_type: SELECTION_NOTIFY_EVENT,
            sequence: 0,
            time: request.time,
            requestor: request.requestor,
            selection: request.selection,
            target: request.target,
            property: if known { request.property } else { AtomEnum::NONE.into() },
        };
        self.display.send_event(false, request.requestor, EventMask::NO_EVENT, notify)?;
        Ok(self.display.flush()?)
    }
}
