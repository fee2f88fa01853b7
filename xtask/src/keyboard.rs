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

    async fn act(&self, keys: KeyActions) -> Outcome<()> {
        self.client()
            .perform_actions(keys)
            .await
            .map_err(|error| Failure::new(format!("a key could not be pressed: {error}"), LOOK))
    }
}
