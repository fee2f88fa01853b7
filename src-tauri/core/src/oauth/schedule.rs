//! Owns when a device grant may be asked for its token (RFC 8628 section 3.5). Pure: leaves out
//! asking and waiting.

use chrono::{DateTime, TimeDelta, Utc};

/// What to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Ask when this moment has come: wait until then if it lies ahead, then look at the step again.
    AskAt(DateTime<Utc>),
    /// The code has ended, or the answer is known: there is nothing more to ask.
    Expired,
}

/// RFC 8628 section 3.2: "If no value is provided, clients MUST use 5 as the default."
pub(super) const DEFAULT_INTERVAL: u32 = 5;
/// A server that gives no lifetime, which it must: WorkOS documents this one.
pub(super) const DEFAULT_LIFETIME: u32 = 300;
/// A day. No person looks at a code for longer.
pub(super) const LONGEST_LIFETIME: u32 = 24 * 60 * 60;
/// RFC 8628 section 3.5: "the interval MUST be increased by 5 seconds for this and all subsequent requests".
const SLOW_DOWN: TimeDelta = TimeDelta::seconds(5);
/// Longer pauses after lost connections than this keep a person waiting for nothing.
const LONGEST_PAUSE: TimeDelta = TimeDelta::seconds(60);

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Schedule {
    expires_at: DateTime<Utc>,
    interval: TimeDelta,
    failures: u32,
    next: DateTime<Utc>,
    over: bool,
}

impl Schedule {
    pub(super) fn new(now: DateTime<Utc>, interval: u32, lifetime: u32) -> Self {
        // An interval of 0 would be a flood, one beyond the lifetime would never ask.
        let interval = TimeDelta::seconds(i64::from(interval.clamp(1, lifetime.saturating_sub(1).max(1))));
        let expires_at = after(now, TimeDelta::seconds(i64::from(lifetime)));
        Self { expires_at, interval, failures: 0, next: after(now, interval), over: false }
    }

    pub(super) fn expires_at(&self) -> DateTime<Utc> {
        self.expires_at
    }

    pub(super) fn interval(&self) -> TimeDelta {
        self.interval
    }

    pub(super) fn step(&self, now: DateTime<Utc>) -> Step {
        if self.over || now >= self.expires_at { Step::Expired } else { Step::AskAt(self.next.min(self.expires_at)) }
    }

    /// Whether a request may go out at this moment.
    pub(super) fn may_ask(&self, now: DateTime<Utc>) -> bool {
        !self.over && now >= self.next && now < self.expires_at
    }

    /// The server said `authorization_pending`.
    pub(super) fn pending(&mut self, asked_at: DateTime<Utc>) {
        self.failures = 0;
        self.next = after(asked_at, self.interval);
    }

    /// The server said `slow_down`.
    pub(super) fn slow_down(&mut self, asked_at: DateTime<Utc>) {
        self.interval += SLOW_DOWN;
        self.pending(asked_at);
    }

    /// No answer came. RFC 8628 section 3.5 asks for "an exponential backoff algorithm […] such as
    /// doubling the polling interval on each such connection timeout". It ends with the next answer.
    pub(super) fn unreachable(&mut self, asked_at: DateTime<Utc>, retry_at: Option<DateTime<Utc>>) {
        self.failures = self.failures.saturating_add(1);
        let doubled = self.interval * (1 << self.failures.min(6));
        let pause = doubled.min(LONGEST_PAUSE).max(self.interval);
        self.next = after(asked_at, pause).max(retry_at.unwrap_or(asked_at));
    }

    /// The answer is known.
    pub(super) fn end(&mut self) {
        self.over = true;
    }
}

fn after(moment: DateTime<Utc>, delay: TimeDelta) -> DateTime<Utc> {
    moment.checked_add_signed(delay).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn start() -> DateTime<Utc> {
        "2026-11-21T00:00:00Z".parse().unwrap()
    }

    fn at(seconds: i64) -> DateTime<Utc> {
        start() + TimeDelta::seconds(seconds)
    }

    #[test]
    fn slow_down_stays_for_all_later_requests() {
        let mut schedule = Schedule::new(start(), DEFAULT_INTERVAL, DEFAULT_LIFETIME);
        assert_eq!(schedule.step(start()), Step::AskAt(at(5)));
        schedule.pending(at(5));
        assert_eq!(schedule.step(at(5)), Step::AskAt(at(10)));
        schedule.slow_down(at(10));
        assert_eq!(schedule.step(at(10)), Step::AskAt(at(20)));
        schedule.pending(at(20));
        assert_eq!(schedule.step(at(20)), Step::AskAt(at(30)));
        schedule.slow_down(at(30));
        assert_eq!(schedule.step(at(30)), Step::AskAt(at(45)));
    }

    #[test]
    fn lost_connections_double_the_pause_up_to_a_minute_and_an_answer_ends_that() {
        let mut schedule = Schedule::new(start(), 5, 3600);
        let mut asked = 5;
        for pause in [10, 20, 40, 60, 60, 60, 60, 60] {
            schedule.unreachable(at(asked), None);
            asked += pause;
            assert_eq!(schedule.step(at(0)), Step::AskAt(at(asked)));
        }
        schedule.pending(at(asked));
        assert_eq!(schedule.step(at(asked)), Step::AskAt(at(asked + 5)));
        schedule.unreachable(at(asked + 5), None);
        assert_eq!(schedule.step(at(asked)), Step::AskAt(at(asked + 15)));
    }

    #[test]
    fn a_server_that_names_a_moment_is_not_asked_before_it() {
        let mut schedule = Schedule::new(start(), 5, 3600);
        schedule.unreachable(at(5), Some(at(200)));
        assert_eq!(schedule.step(at(5)), Step::AskAt(at(200)));
        schedule.unreachable(at(200), Some(at(201)));
        assert_eq!(schedule.step(at(200)), Step::AskAt(at(220)));
    }

    #[test]
    fn a_code_that_has_ended_or_is_answered_is_not_asked_for() {
        let mut schedule = Schedule::new(start(), 5, 8);
        schedule.pending(at(4));
        assert_eq!(schedule.step(at(7)), Step::AskAt(at(8)));
        assert_eq!(schedule.step(at(8)), Step::Expired);
        assert!(!schedule.may_ask(at(8)) && !schedule.may_ask(at(9)));
        let mut schedule = Schedule::new(start(), 5, 300);
        schedule.end();
        assert_eq!(schedule.step(at(1)), Step::Expired);
        assert!(!schedule.may_ask(at(10)));
    }

    #[derive(Debug, Clone, Copy)]
    enum Said {
        Pending,
        SlowDown,
        Nothing,
        RetryAfter(i64),
    }

    fn said() -> impl Strategy<Value = Said> {
        prop_oneof![
            4 => Just(Said::Pending),
            1 => Just(Said::SlowDown),
            2 => Just(Said::Nothing),
            1 => (0..1000_i64).prop_map(Said::RetryAfter),
        ]
    }

    proptest! {
        #[test]
        fn it_never_asks_before_the_interval_nor_after_the_end_and_never_gets_faster_by_slow_down(
            interval in 0..30_u32,
            lifetime in 0..2000_u32,
            answers in prop::collection::vec((said(), 0..20_i64), 0..60),
        ) {
            let mut schedule = Schedule::new(start(), interval, lifetime);
            let mut now = start();
            let mut last = start();
            let mut required = schedule.interval();
            prop_assert!(required >= TimeDelta::seconds(1));
            prop_assert!(lifetime <= interval || required >= TimeDelta::seconds(i64::from(interval)));
            for (answer, late) in answers {
                // The loop of a caller: wait until the step says so, and maybe a little longer.
                let moment = match schedule.step(now) {
                    Step::AskAt(moment) => moment,
                    Step::Expired => break,
                };
                prop_assert!(moment <= schedule.expires_at());
                prop_assert!(moment > now || schedule.may_ask(now));
                let almost = moment - TimeDelta::milliseconds(1);
                prop_assert!(!schedule.may_ask(almost) || almost >= last + required);
                now = now.max(moment) + TimeDelta::seconds(late);
                if !schedule.may_ask(now) {
                    prop_assert_eq!(schedule.step(now), Step::Expired);
                    break;
                }
                prop_assert!(now < schedule.expires_at());
                prop_assert!(now - last >= required, "{} after {}", now, last);
                let before = schedule.interval();
                match answer {
                    Said::Pending => schedule.pending(now),
                    Said::SlowDown => schedule.slow_down(now),
                    Said::Nothing => schedule.unreachable(now, None),
                    Said::RetryAfter(seconds) => schedule.unreachable(now, Some(now + TimeDelta::seconds(seconds))),
                }
                let added = if matches!(answer, Said::SlowDown) { SLOW_DOWN } else { TimeDelta::zero() };
                prop_assert_eq!(schedule.interval(), before + added);
                required = schedule.interval();
                last = now;
            }
        }

        #[test]
        fn no_numbers_of_a_server_can_break_it(interval in any::<u32>(), lifetime in any::<u32>(), failures in 0..200) {
            let mut schedule = Schedule::new(start(), interval, lifetime);
            for _ in 0..failures {
                schedule.unreachable(start(), None);
            }
            schedule.slow_down(DateTime::<Utc>::MAX_UTC);
            prop_assert!(schedule.step(start()) == Step::Expired || schedule.expires_at() > start());
        }
    }
}
