//! Owns a press as a hand makes it: the pointer has come to rest on the button before, and the button is held
//! for a moment. A driver's click comes, presses and lets go in one moment, and the page then still draws the coming
//! when the press is to be timed.

use crate::driver::{LOOK, Window};
use crate::steps::{Failure, Outcome};
use fantoccini::actions::{InputSource as _, MOUSE_BUTTON_LEFT, MouseActions, PointerAction};
use std::time::Duration;

/// How long the pointer rests on the button, and how long the button is held.
const MOMENT: Duration = Duration::from_millis(100);

/// Presses the element that fits this selector.
pub(super) async fn press(window: &Window, selector: &str) -> Outcome<()> {
    let element = window.find_by_style(selector).await?;
    let rest = || PointerAction::Pause { duration: MOMENT };
    let hand = MouseActions::new("hand".to_owned())
        .then(PointerAction::MoveToElement { element, duration: None, x: 0.0, y: 0.0 })
        .then(rest())
        .then(PointerAction::Down { button: MOUSE_BUTTON_LEFT })
        .then(rest())
        .then(PointerAction::Up { button: MOUSE_BUTTON_LEFT });
    let pressed = window.client().perform_actions(hand).await;
    pressed.map_err(|error| Failure::new(format!("{selector} could not be pressed: {error}"), LOOK))
}
