//! Owns the figures of work with servers, against a sandbox that answers as late as it is told: refresh, create,
//! ten accounts at once; and the heartbeat of the page while all goes well, and while services hang.

use super::report::{Figure, Goal, Unit};
use super::{Programs, RUNS, hand, sample};
use crate::driver::{LOOK, Window, by_test_id};
use crate::journey::{Hand, Journey};
use crate::sandbox::BackDoor;
use crate::services::fails;
use crate::stage::{Setting, Stage};
use crate::steps::{Failure, Outcome, Steps};
use serde_json::{Value, json};

const SERVICE: &str = "memory-api";
const KEYS: &str = "/account/api-keys";
const ACCOUNTS: usize = 10;

/// All of them.
pub(super) async fn measure(programs: &Programs, steps: &Steps) -> Outcome<Vec<Figure>> {
    let mut figures = vec![heartbeat(programs, steps).await?];
    let setting = Setting { app: Some(programs.app.clone()), ..Setting::default() };
    let mut journey = Journey::begin(Stage::set(setting)?, Hand::Mouse, None).await?;
    journey.open_sandbox().await?;
    journey.press("sign-in-cancel").await?;
    journey.window.gone("sign-in-dialog").await?;
    let door = BackDoor::find(&journey.window).await?;
    journey.stands("API", "ok").await?;
    figures.push(create(&journey, &door).await?);
    figures.push(refresh(&journey, &door).await?);
    figures.push(ten_accounts(&mut journey, &door).await?);
    Ok(figures)
}

/// The time a command takes as the page sees it, in milliseconds.
async fn timed(window: &Window, command: &str, arguments: Value) -> Outcome<f64> {
    const CALL: &str = "
        const [command, payload, answer] = arguments;
        const began = performance.now();
        window.__TAURI_INTERNALS__.invoke(command, payload).then(
            () => answer(performance.now() - began), (error) => answer(JSON.stringify(error)));";
    let answer = window.client().execute_async(CALL, vec![json!(command), arguments]).await;
    let answer = answer.map_err(|error| Failure::new(format!("{command}: {error}"), LOOK))?;
    answer.as_f64().ok_or_else(|| Failure::new(format!("{command} was refused: {answer}"), LOOK))
}

async fn refresh(journey: &Journey, door: &BackDoor) -> Outcome<Figure> {
    let account = journey.account("API").await?;
    fails(door, SERVICE, "/v1/account", "latency", Some(200))?;
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        ours.push(timed(&journey.window, "refresh_keys", json!({ "account": account })).await?);
        bare.push(door.bare(SERVICE, "GET", KEYS, door.admin_key(SERVICE), "")?.0);
    }
    door.clear_faults()?;
    Ok(Figure {
        work: "refresh of one account with a server that takes 200 ms".to_owned(),
        unit: Unit::Milliseconds,
        ours: sample(ours)?,
        beside: Some(("the bare request".to_owned(), sample(bare)?)),
        goal: Goal::TimesOf(1.1),
    })
}

async fn ten_accounts(journey: &mut Journey, door: &BackDoor) -> Outcome<Figure> {
    let answered = |answer: Result<Value, Value>, what: &str| {
        answer.map_err(|error| Failure::new(format!("{what} was refused: {error}"), LOOK))
    };
    for number in 1..ACCOUNTS {
        let body = json!({ "name": format!("acting-{number}"), "scopes": ["read", "write", "admin"] }).to_string();
        let (_, made) = door.bare(SERVICE, "POST", KEYS, door.admin_key(SERVICE), &body)?;
        let secret = made.to_string();
        let secret = secret.split('"').find(|word| word.starts_with("mem_") && word.len() > 24).unwrap_or_default();
        journey.stage.put_on_clipboard(secret)?;
        let pasted = answered(journey.window.invoke("paste_key", json!({})).await?, "the pasted key")?;
        let arguments = json!({
            "source": pasted["id"], "provider": SERVICE, "host": door.base(SERVICE), "label": format!("API {number}"),
        });
        answered(journey.window.invoke("check_admin_key", arguments.clone()).await?, "the check of the key")?;
        answered(journey.window.invoke("add_account", arguments).await?, "the account")?;
    }
    fails(door, SERVICE, "/v1/account", "latency", Some(300))?;
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    for _ in 0..RUNS / 2 {
        ours.push(timed(&journey.window, "refresh_keys", json!({ "account": null })).await?);
        bare.push(door.bare(SERVICE, "GET", KEYS, door.admin_key(SERVICE), "")?.0);
    }
    door.clear_faults()?;
    Ok(Figure {
        work: "refresh of ten accounts (and three more), each of the ten answering in 300 ms".to_owned(),
        unit: Unit::Milliseconds,
        ours: sample(ours)?,
        beside: Some(("the bare request".to_owned(), sample(bare)?)),
        goal: Goal::TimesOf(1.2),
    })
}

/// From the click on Create to the dialog with the secret, without what the bare request takes.
async fn create(journey: &Journey, door: &BackDoor) -> Outcome<Figure> {
    const LISTEN: &str = "
        window.benchSecret = null;
        let pressed = null;
        document.addEventListener('click', (event) => { pressed = event.timeStamp; }, { capture: true, once: true });
        const watch = new MutationObserver(() => {
          if (pressed === null || document.querySelector('[data-testid=secret-dialog]') === null) return;
          watch.disconnect();
          window.benchSecret = performance.now() - pressed;
        });
        watch.observe(document.body, { subtree: true, childList: true, attributes: true });";
    let window = &journey.window;
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    for round in 0..RUNS {
        let body = json!({ "name": format!("bare-{round}"), "scopes": ["read"] }).to_string();
        bare.push(door.bare(SERVICE, "POST", KEYS, door.admin_key(SERVICE), &body)?.0);
        journey.begin_create("API", &format!("measured-{round}")).await?;
        window.run(LISTEN, vec![]).await?;
        hand::press(window, &by_test_id("create-submit")).await?;
        let took = window
            .until("the secret", async || window.run("return window.benchSecret", vec![]).await.ok()?.as_f64())
            .await?;
        ours.push(took);
        journey.press("secret-done").await?;
        window.gone("secret-dialog").await?;
    }
    let server = sample(bare)?.median();
    Ok(Figure {
        work: format!("Create pressed to the secret on the screen, beyond the server's {server:.1} ms"),
        unit: Unit::Milliseconds,
        ours: sample(ours.into_iter().map(|took| took - server).collect())?,
        beside: None,
        goal: Goal::AtMost(30.0),
    })
}

/// The longest that the page stood still, or its calls waited for the app's main thread.
async fn heartbeat(programs: &Programs, steps: &Steps) -> Outcome<Figure> {
    // A page and the program behind it have threads of their own: the page's timers show the one, a call that
    // does nothing but come back shows the other.
    const BEAT: &str = "
        window.benchBeat = { page: 0, program: 0 };
        const gap = (where, value) => { if (value > window.benchBeat[where]) window.benchBeat[where] = value; };
        let last = performance.now();
        setInterval(() => { const now = performance.now(); gap('page', now - last - 10); last = now; }, 10);
        const call = () => {
          const began = performance.now();
          const back = () => { gap('program', performance.now() - began); setTimeout(call, 10); };
          window.__TAURI_INTERNALS__.invoke('sign_in_state').then(back, back);
        };
        call();";
    let setting = Setting { app: Some(programs.app.clone()), ..Setting::default() };
    let mut journey = Journey::begin(Stage::set(setting)?, Hand::Mouse, None).await?;
    journey.window.find("first-run").await?;
    journey.window.run(BEAT, vec![]).await?;
    let worst = async |window: &Window| {
        let taken = "const worst = window.benchBeat; window.benchBeat = { page: 0, program: 0 }; return worst";
        let worst = window.run(taken, vec![]).await?;
        let of = |part: &str| worst[part].as_f64().ok_or_else(super::nothing_measured);
        let (page, program) = (of("page")?, of("program")?);
        steps.say(&format!("its timers stood still for {page:.0} ms at most, its calls waited for {program:.0} ms"));
        Ok::<_, Failure>(page.max(program))
    };
    journey.main_job(&Steps::new("heartbeat: ")).await?;
    let main_job = worst(&journey.window).await?;
    steps.say(&format!("longest stand-still of the main job: {main_job:.0} ms"));
    let door = BackDoor::find(&journey.window).await?;
    fails(&door, SERVICE, "/v1/account", "latency", Some(3000))?;
    fails(&door, "memory-os", "/", "endless", None)?;
    fails(&door, "basic-memory", "/", "dropped_before_work", None)?;
    // What it answers is not the question.
    timed(&journey.window, "refresh_keys", json!({ "account": null })).await?;
    let troubled = worst(&journey.window).await?;
    steps.say(&format!("longest stand-still with slow and hanging services: {troubled:.0} ms"));
    Ok(Figure {
        work: "longest stand-still of the page during the main job, and with slow and hanging services".to_owned(),
        unit: Unit::Milliseconds,
        ours: sample(vec![main_job, troubled])?,
        beside: None,
        goal: Goal::EachAtMost(100.0),
    })
}
