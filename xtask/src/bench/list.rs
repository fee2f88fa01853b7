//! Owns the figures of a very long list in the real window: a letter in the search field, and scrolling.

use super::report::{Figure, Goal, Unit};
use super::start::{Started, with_keys};
use super::{Programs, RUNS, sample};
use crate::driver::{LOOK, Window, by_test_id};
use crate::steps::{Failure, Outcome};
use serde_json::{Value, json};

/// Typed letter by letter, then taken away letter by letter: names, a part of one, an account, a misspelling.
const WORDS: [&str; 4] = ["garden-note", "ktchn", "account 1", "4711"];
const FEW: usize = 100;
const MANY: usize = 100_000;

/// Both lists: of one account, and the merged one of ten.
pub(super) async fn measure(programs: &Programs) -> Outcome<Vec<Figure>> {
    let mut figures = Vec::new();
    let few = scrolled(&opened(programs, FEW, 1).await?.1).await?;
    for (accounts, words) in [(1, "100,000 keys"), (10, "100,000 keys of ten accounts")] {
        // The stage stays until both are measured.
        let (_stage, window) = opened(programs, MANY, accounts).await?;
        figures.push(Figure {
            work: format!("a letter in the search field to the page's change, laid out, {words}"),
            unit: Unit::Milliseconds,
            ours: sample(typed(&window).await?)?,
            beside: None,
            goal: Goal::AtMost(16.0),
        });
        let frames = scrolled(&window).await?;
        // Both, because a desktop that paints slowly has slow frames in short lists too.
        for (name, peer) in [("median", &few.all), ("slowest", &few.slowest)] {
            figures.push(Figure {
                work: format!("the slowest frame of 80 while scrolling {words}, beside the {name} frame at 100 rows"),
                unit: Unit::Milliseconds,
                ours: sample(frames.slowest.clone())?,
                beside: Some(("100 rows".to_owned(), sample(peer.clone())?)),
                goal: Goal::TimesOf(2.0),
            });
        }
    }
    Ok(figures)
}

async fn opened(programs: &Programs, keys: usize, accounts: usize) -> Outcome<(crate::stage::Stage, Window)> {
    let mut stage = with_keys(programs, keys, accounts)?;
    let window = Started::start(&mut stage, &programs.app).await?.window;
    window.find_by_style(&by_test_id("key-row")).await?;
    window
        .holds(
            "every key to have come",
            &format!(
                "return document.querySelector('[data-testid=status-bar]')?.textContent.includes('{keys} keys')
            && !document.querySelector('[data-testid=status-bar]').textContent.includes('Reading')"
            ),
        )
        .await?;
    Ok((stage, window))
}

/// Milliseconds of each letter: from the event of its key to the page that shows what it finds, laid out.
async fn typed(window: &Window) -> Outcome<Vec<f64>> {
    const LISTEN: &str = "
        window.benchLetters = [];
        window.benchUnchanged = 0;
        let pressed = null;
        // A letter that changes nothing, such as the last of a word that no other name begins like, is not counted.
        const unchanged = () => { if (pressed !== null) { pressed = null; window.benchUnchanged += 1; } };
        document.addEventListener('keydown', (event) => {
          pressed = event.timeStamp;
          setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(unchanged)), 100);
        }, true);
        new MutationObserver(() => {
          if (pressed === null) return;
          const table = document.querySelector('[data-testid=key-table]');
          if (table === null) return;
          table.getBoundingClientRect();
          for (const row of table.querySelectorAll('[data-testid=key-row]')) row.getBoundingClientRect();
          window.benchLetters.push(performance.now() - pressed);
          pressed = null;
        }).observe(document.querySelector('main'), { subtree: true, childList: true, characterData: true, attributes: true });";
    const FOCUS: &str = "document.querySelector('[data-testid=search]').focus()";
    window.run(FOCUS, vec![]).await?;
    window.run(LISTEN, vec![]).await?;
    let failed = |error: fantoccini::error::CmdError| Failure::new(format!("the search field: {error}"), LOOK);
    let mut letters = 0_u64;
    for word in WORDS {
        let away = std::iter::repeat_n('\u{e003}', word.chars().count());
        for letter in word.chars().chain(away) {
            let field = window.find("search").await?;
            field.send_keys(&letter.to_string()).await.map_err(failed)?;
            letters += 1;
            let seen = format!("return window.benchLetters.length + window.benchUnchanged >= {letters}");
            window.holds("the list to follow the letter", &seen).await?;
        }
    }
    numbers(&window.run("return window.benchLetters", vec![]).await?)
}

/// The frames of several rounds of scrolling.
struct Frames {
    all: Vec<f64>,
    slowest: Vec<f64>,
}

/// Scrolls down and back up, a row and a half with each frame.
async fn scrolled(window: &Window) -> Outcome<Frames> {
    const SCROLL: &str = "
        const answer = arguments[arguments.length - 1];
        const list = document.querySelector('[data-testid=key-table]').parentElement;
        const times = [];
        let last = null;
        const step = (now) => {
          if (last !== null) times.push(now - last);
          last = now;
          if (times.length === 80) return answer(times);
          list.scrollTop += times.length < 40 ? 60 : -60;
          requestAnimationFrame(step);
        };
        list.scrollTop = 0;
        requestAnimationFrame(step);";
    let mut frames = Frames { all: Vec::new(), slowest: Vec::new() };
    for _ in 0..RUNS {
        let round = window.client().execute_async(SCROLL, vec![]).await;
        let round = numbers(&round.map_err(|error| Failure::new(format!("scrolling: {error}"), LOOK))?)?;
        frames.slowest.push(round.iter().copied().fold(0.0, f64::max));
        frames.all.extend(round);
    }
    Ok(frames)
}

fn numbers(answer: &Value) -> Outcome<Vec<f64>> {
    let numbers: Option<Vec<f64>> = answer.as_array().map(|all| all.iter().filter_map(Value::as_f64).collect());
    numbers.ok_or_else(|| Failure::new(format!("the page answered {}", json!(answer)), LOOK))
}
