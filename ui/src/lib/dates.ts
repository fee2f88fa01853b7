// Owns dates and times in words. Takes the present moment as an argument; never reads the clock.
//
// Days are counted on the calendar of the person's time zone, so a day of 23 or 25 hours is still one day.

const WEEKDAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"] as const;
const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
] as const;

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A day on the calendar, `YYYY-MM-DD`. */
export type Day = string;

/** A moment, as Rust sends it or as a Date. */
export type Moment = string | Date;

/** `Friday 20 Nov 2026, 16:02:41`, in the person's time zone. */
export function absolute(moment: Moment): string {
  const date = toDate(moment);
  return `${weekdayOf(date)} ${String(date.getDate())} ${shortMonth(date)} ${String(date.getFullYear())}, ${timeWithSeconds(date)}`;
}

/** `12 Sep`, with the year when it is not this one. */
export function shortDay(moment: Moment, now: Moment): string {
  const date = toDate(moment);
  const day = `${String(date.getDate())} ${shortMonth(date)}`;
  return date.getFullYear() === toDate(now).getFullYear() ? day : `${day} ${String(date.getFullYear())}`;
}

/** `12 Sep`; of another year only `Sep 2025`, for a narrow column that tells the day where it is pointed at. */
export function dayOrMonth(moment: Moment, now: Moment): string {
  const date = toDate(moment);
  const year = date.getFullYear();
  return year === toDate(now).getFullYear() ? shortDay(moment, now) : `${shortMonth(date)} ${String(year)}`;
}

/** `12 Sep 2026`. */
export function dayWithYear(moment: Moment): string {
  const date = toDate(moment);
  return `${String(date.getDate())} ${shortMonth(date)} ${String(date.getFullYear())}`;
}

/** `Thursday 18 February 2027`: how an expiry is spelled out. */
export function dayInWords(day: Day): string {
  const date = fromDay(day);
  return `${WEEKDAYS[date.getUTCDay()] ?? ""} ${String(date.getUTCDate())} ${MONTHS[date.getUTCMonth()] ?? ""} ${String(date.getUTCFullYear())}`;
}

/** `16:02`. */
export function time(moment: Moment): string {
  const date = toDate(moment);
  return `${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** `16:02:41`. */
export function timeWithSeconds(moment: Moment): string {
  const date = toDate(moment);
  return `${time(date)}:${two(date.getSeconds())}`;
}

/** `Today, Friday 20 November`: the head of a day, with the year when it is not this one. */
export function dayHead(moment: Moment, now: Moment): string {
  const date = toDate(moment);
  const words = `${weekdayOf(date)} ${String(date.getDate())} ${MONTHS[date.getMonth()] ?? ""}`;
  const distance = daysBetween(dayOf(date), dayOf(now));
  if (distance === 0) return `Today, ${words}`;
  if (distance === 1) return `Yesterday, ${words}`;
  return date.getFullYear() === toDate(now).getFullYear() ? words : `${words} ${String(date.getFullYear())}`;
}

/**
 * A moment that has passed: `just now`, `3 min ago`, `2 h ago`, `yesterday`, `5 days ago`, and after
 * 14 days the day itself. A moment slightly ahead, as clocks differ, is `just now`.
 */
export function ago(moment: Moment, now: Moment): string {
  const date = toDate(moment);
  const passed = toDate(now).getTime() - date.getTime();
  if (passed < 45 * SECOND) return "just now";
  if (passed < 59.5 * MINUTE) return `${String(Math.max(1, Math.round(passed / MINUTE)))} min ago`;
  const days = daysBetween(dayOf(date), dayOf(now));
  if (days === 0 || passed < 12 * HOUR) return `${String(Math.max(1, Math.round(passed / HOUR)))} h ago`;
  if (days === 1) return "yesterday";
  if (days < 14) return `${String(days)} days ago`;
  return shortDay(date, now);
}

/** `12 s ago`, `3 min ago` …: for "checked 12 s ago", where seconds matter. */
export function agoExactly(moment: Moment, now: Moment): string {
  const passed = Math.max(0, toDate(now).getTime() - toDate(moment).getTime());
  return passed < MINUTE ? `${String(Math.floor(passed / SECOND))} s ago` : ago(moment, now);
}

/** `3 minutes ago` in full words, for a place with room. */
export function agoInWords(moment: Moment, now: Moment): string {
  return ago(moment, now)
    .replace(/^1 min ago$/, "1 minute ago")
    .replace(/^(\d+) min ago$/, "$1 minutes ago")
    .replace(/^1 h ago$/, "1 hour ago")
    .replace(/^(\d+) h ago$/, "$1 hours ago");
}

/** When something ends: `in 5 days`, `tomorrow`, `in 3 h`, `in 20 min`; past ends read like `ago`. */
export function until(moment: Moment, now: Moment): string {
  const date = toDate(moment);
  const left = date.getTime() - toDate(now).getTime();
  if (left <= 0) return ago(date, now);
  if (left < HOUR) return `in ${String(Math.max(1, Math.ceil(left / MINUTE)))} min`;
  const days = daysBetween(dayOf(now), dayOf(date));
  if (days === 0) return `in ${String(Math.floor(left / HOUR))} h`;
  if (days === 1) return "tomorrow";
  return `in ${String(days)} days`;
}

/** Whole days left of a moment, on the calendar; negative when it has passed. */
export function daysLeft(moment: Moment, now: Moment): number {
  return daysBetween(dayOf(now), dayOf(moment));
}

/** The day of a moment in the person's time zone. */
export function dayOf(moment: Moment): Day {
  const date = toDate(moment);
  return `${String(date.getFullYear()).padStart(4, "0")}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** A day some days later, or earlier. */
export function addDays(day: Day, days: number): Day {
  return new Date(fromDay(day).getTime() + days * DAY).toISOString().slice(0, 10);
}

/** The same day of the next year; 29 February becomes 28 February. */
export function addYear(day: Day): Day {
  const date = fromDay(day);
  const next = new Date(Date.UTC(date.getUTCFullYear() + 1, date.getUTCMonth(), date.getUTCDate()));
  if (next.getUTCMonth() !== date.getUTCMonth()) next.setUTCDate(0);
  return next.toISOString().slice(0, 10);
}

/** How many days lie from one day to another. */
export function daysBetween(from: Day, to: Day): number {
  return Math.round((fromDay(to).getTime() - fromDay(from).getTime()) / DAY);
}

/** Whether a text is a day that exists. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const date = fromDay(text);
  return !Number.isNaN(date.getTime()) && date.toISOString().slice(0, 10) === text;
}

/** Minutes to add to UTC to get local time at the end of a day: summer time is that day's, not today's. */
export function utcOffsetAtEndOf(day: Day): number {
  const [year, month, date] = day.split("-").map(Number);
  const offset = new Date(year ?? 1970, (month ?? 1) - 1, date ?? 1, 23, 59, 59).getTimezoneOffset();
  return offset === 0 ? 0 : -offset;
}

function fromDay(day: Day): Date {
  return new Date(`${day}T00:00:00Z`);
}

function toDate(moment: Moment): Date {
  return typeof moment === "string" ? new Date(moment) : moment;
}

function weekdayOf(date: Date): string {
  return WEEKDAYS[date.getDay()] ?? "";
}

function shortMonth(date: Date): string {
  return (MONTHS[date.getMonth()] ?? "").slice(0, 3);
}

function two(number: number): string {
  return String(number).padStart(2, "0");
}
