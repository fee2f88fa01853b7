//! Owns moving through a window by keyboard alone, as a person without a mouse does.

use crate::driver::{LOOK, Window, by_test_id};
use crate::steps::{Failure, Outcome};
use fantoccini::actions::{InputSource as _, KeyAction, KeyActions};
use serde_json::{Value, json};

/// The Tab key.
pub const TAB: char = '\u{e004}';
/// The Enter key.
pub const ENTER: char = '\u{e007}';
/// The Escape key.
pub const ESCAPE: char = '\u{e00c}';
/// The space bar.
pub const SPACE: char = ' ';
/// The arrow down key.
pub const DOWN: char = '\u{e015}';
/// The Home key.
pub const HOME: char = '\u{e011}';
/// The arrow right key.
pub const RIGHT: char = '\u{e014}';
/// The arrow left key.
pub const LEFT: char = '\u{e012}';
/// The arrow up key.
pub const UP: char = '\u{e013}';
/// The Control key.
pub const CONTROL: char = '\u{e009}';
/// The Shift key.
pub const SHIFT: char = '\u{e008}';

/// How many times Tab is pressed before a control counts as out of reach.
const FARTHEST: usize = 120;

/// One place at which Tab stops.
#[derive(Debug, Clone)]
pub struct Stop {
    /// The control's test id, or its words; none where nothing has the focus.
    pub name: Option<String>,
    /// Why nobody could use it there.
    pub fault: Option<String>,
    /// How the control and what is around it are framed.
    pub ring: Value,
    /// The same of the control that was left, now that it has the focus no more.
    pub left: Value,
}

const STOP: &str = "
    const framed = (one) => [one, one.parentElement, ...one.parentElement.children].map((element) => {
        const style = getComputedStyle(element);
        return [style.outlineStyle, style.outlineWidth, style.outlineColor, style.boxShadow, style.borderColor].join();
    });
    const before = window.lastStop ?? null;
    const left = before?.isConnected ? framed(before) : null;
    const focused = document.activeElement;
    if (focused === null || focused === document.body) {
        window.lastStop = null;
        return { name: null, fault: null, ring: null, left };
    }
    const words = focused.getAttribute('aria-label') ?? focused.textContent.trim().slice(0, 40);
    const name = focused.dataset.testid ?? `${focused.tagName} ${words}`;
    const box = focused.getBoundingClientRect();
    const [x, y] = [
        (Math.max(box.left, 0) + Math.min(box.right, innerWidth)) / 2,
        (Math.max(box.top, 0) + Math.min(box.bottom, innerHeight)) / 2,
    ];
    const top = document.elementFromPoint(x, y);
    const dialog = document.querySelector('[data-dialog]');
    let fault = null;
    if (!focused.checkVisibility({ visibilityProperty: true }) || box.width < 1 || box.height < 1) fault = 'it is hidden';
    else if (focused.closest('[inert], [aria-hidden=true]') !== null) fault = 'it is hidden from screen readers';
    else if (box.right <= 0 || box.bottom <= 0 || box.left >= innerWidth || box.top >= innerHeight) fault = 'it is out of sight';
    else if (top === null || !(focused.contains(top) || focused.parentElement.contains(top))) {
        fault = `it is covered by ${top?.closest('[data-testid]')?.dataset.testid ?? top?.tagName}`;
    } else if (dialog !== null && !dialog.contains(focused)) fault = 'it is behind the dialog';
    else if (focused.tabIndex > 0) fault = 'it puts itself before others';
    else if (before?.isConnected) {
        const wanted = arguments[0] ? Node.DOCUMENT_POSITION_PRECEDING : Node.DOCUMENT_POSITION_FOLLOWING;
        if ((before.compareDocumentPosition(focused) & wanted) === 0) fault = 'again';
    }
    window.lastStop = focused;
    return { name, fault, ring: framed(focused), left };
";

impl Window {
    /// Presses one key.
    pub async fn key(&self, key: char) -> Outcome<()> {
        self.act(
            KeyActions::new("keyboard".into()).then(KeyAction::Down { value: key }).then(KeyAction::Up { value: key }),
        )
        .await
    }

    /// Presses a key while another is held.
    pub async fn shortcut(&self, held: char, key: char) -> Outcome<()> {
        self.act(
            KeyActions::new("keyboard".into())
                .then(KeyAction::Down { value: held })
                .then(KeyAction::Down { value: key })
                .then(KeyAction::Up { value: key })
                .then(KeyAction::Up { value: held }),
        )
        .await
    }

    /// Types a text, key by key, to whatever has focus.
    pub async fn type_text(&self, text: &str) -> Outcome<()> {
        for character in text.chars() {
            self.key(character).await?;
        }
        Ok(())
    }

    /// Moves focus with Tab until it is on the element with this test id.
    pub async fn tab_to(&self, id: &str) -> Outcome<()> {
        self.tab_to_style(&by_test_id(id)).await
    }

    /// Moves focus with Tab until it is on or in an element that fits this selector.
    pub async fn tab_to_style(&self, selector: &str) -> Outcome<()> {
        const THERE: &str = "return !!document.activeElement?.closest(arguments[0])";
        self.find_by_style(selector).await?;
        for _ in 0..FARTHEST {
            if self.run(THERE, vec![json!(selector)]).await? == Value::Bool(true) {
                return Ok(());
            }
            self.key(TAB).await?;
        }
        Err(Failure::new(format!("Tab does not reach {selector}; {}", self.scene().await), LOOK))
    }

    /// Moves focus to the element with this test id and presses Enter.
    pub async fn enter_on(&self, id: &str) -> Outcome<()> {
        self.usable(id).await?;
        self.tab_to(id).await?;
        self.key(ENTER).await
    }

    /// Moves focus to the field with this test id and types in place of what stands there.
    pub async fn type_into(&self, id: &str, text: &str) -> Outcome<()> {
        self.tab_to(id).await?;
        self.shortcut(CONTROL, 'a').await?;
        self.type_text(text).await
    }

    /// Waits until the control with this test id can be used.
    pub async fn usable(&self, id: &str) -> Outcome<()> {
        let selector = by_test_id(id);
        let script = format!(
            "const e = document.querySelector({}); return !!e && !e.matches(':disabled') && e.getAttribute('aria-disabled') !== 'true'",
            json!(selector)
        );
        self.holds(&format!("{id} to be usable"), &script).await
    }

    /// Presses Tab, or Shift and Tab, and says where the focus is then.
    pub async fn stop_after(&self, backward: bool) -> Outcome<Stop> {
        if backward {
            self.shortcut(SHIFT, TAB).await?;
        } else {
            self.key(TAB).await?;
        }
        self.stop(backward).await
    }

    /// Where the focus is, and what is wrong there for somebody who came by Tab.
    pub async fn stop(&self, backward: bool) -> Outcome<Stop> {
        let told = self.run(STOP, vec![json!(backward)]).await?;
        let word = |what: &str| told[what].as_str().map(str::to_owned);
        Ok(Stop { name: word("name"), fault: word("fault"), ring: told["ring"].clone(), left: told["left"].clone() })
    }

    async fn act(&self, keys: KeyActions) -> Outcome<()> {
        self.client()
            .perform_actions(keys)
            .await
            .map_err(|error| Failure::new(format!("a key could not be pressed: {error}"), LOOK))
    }
}
