// Owns the checks of dates in words, in time zones with and without summer time.

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  absolute,
  addDays,
  addYear,
  ago,
  agoInWords,
  dayHead,
  dayInWords,
  dayOf,
  daysBetween,
  isDay,
  dayOrMonth,
  shortDay,
  until,
  utcOffsetAtEndOf,
} from "./dates";

const ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Auckland", "America/St_Johns"];
const zone = process.env["TZ"];

beforeEach(() => {
  process.env["TZ"] = "UTC";
});
afterEach(() => {
  if (zone === undefined) delete process.env["TZ"];
  else process.env["TZ"] = zone;
});

describe("words", () => {
  const now = "2026-11-20T16:05:41Z";

  it("spells a moment out with its weekday and seconds", () => {
    expect(absolute("2026-11-20T16:02:41Z")).toBe("Friday 20 Nov 2026, 16:02:41");
  });

  it("speaks of the recent past in distances and of the rest in days", () => {
    expect(ago("2026-11-20T16:05:30Z", now)).toBe("just now");
    expect(ago("2026-11-20T16:02:41Z", now)).toBe("3 min ago");
    expect(ago("2026-11-20T14:05:41Z", now)).toBe("2 h ago");
    expect(ago("2026-11-19T10:00:00Z", now)).toBe("yesterday");
    expect(ago("2026-11-08T10:00:00Z", now)).toBe("12 days ago");
    expect(ago("2026-11-06T10:00:00Z", now)).toBe("6 Nov");
    expect(ago("2025-09-12T10:00:00Z", now)).toBe("12 Sep 2025");
    expect(agoInWords("2026-11-20T16:02:41Z", now)).toBe("3 minutes ago");
  });

  it("calls a moment ahead of a clock that is behind just now", () => {
    expect(ago("2026-11-20T16:06:30Z", now)).toBe("just now");
  });

  it("counts what is left in days, hours and minutes", () => {
    expect(until("2026-11-25T00:00:00Z", now)).toBe("in 5 days");
    expect(until("2026-11-21T00:00:00Z", now)).toBe("tomorrow");
    expect(until("2026-11-20T20:30:00Z", now)).toBe("in 4 h");
    expect(until("2026-11-20T16:25:00Z", now)).toBe("in 20 min");
    expect(until("2026-11-18T16:25:00Z", now)).toBe("2 days ago");
  });

  it("heads a day with today, yesterday or its weekday", () => {
    expect(dayHead("2026-11-20T01:00:00Z", now)).toBe("Today, Friday 20 November");
    expect(dayHead("2026-11-19T23:59:00Z", now)).toBe("Yesterday, Thursday 19 November");
    expect(dayHead("2026-11-02T10:00:00Z", now)).toBe("Monday 2 November");
    expect(dayHead("2025-11-02T10:00:00Z", now)).toBe("Sunday 2 November 2025");
  });

  it("spells an expiry out with its weekday", () => {
    expect(dayInWords("2027-02-18")).toBe("Thursday 18 February 2027");
    expect(shortDay("2026-09-12T12:00:00Z", now)).toBe("12 Sep");
    expect(dayOrMonth("2026-09-12T12:00:00Z", now)).toBe("12 Sep");
    expect(dayOrMonth("2025-09-12T12:00:00Z", now)).toBe("Sep 2025");
  });
});

describe("the calendar", () => {
  it("takes every day to the next in every zone, over every change of the clocks", () => {
    for (const name of ZONES) {
      process.env["TZ"] = name;
      let day = "2026-01-01";
      for (let count = 0; count < 800; count += 1) {
        const next = addDays(day, 1);
        expect(daysBetween(day, next)).toBe(1);
        expect(isDay(next)).toBe(true);
        day = next;
      }
      expect(day).toBe("2028-03-11");
    }
  });

  it("says in N days for a moment N days ahead at the same hour, in every zone and on every day", () => {
    for (const name of ZONES) {
      process.env["TZ"] = name;
      for (let start = 0; start < 366; start += 7) {
        const now = new Date(2026, 0, 1 + start, 12, 0, 0);
        for (const days of [2, 5, 7, 30, 90]) {
          const then = new Date(2026, 0, 1 + start + days, 12, 0, 0);
          expect(until(then, now)).toBe(`in ${String(days)} days`);
          expect(daysBetween(dayOf(now), dayOf(then))).toBe(days);
        }
      }
    }
  });

  it("knows which days exist", () => {
    expect(isDay("2028-02-29")).toBe(true);
    for (const text of ["2027-02-29", "2027-13-01", "2027-2-1", "", " ", "tomorrow"]) expect(isDay(text)).toBe(false);
  });

  it("makes the 28th of a leap day a year later", () => {
    expect(addYear("2028-02-29")).toBe("2029-02-28");
    expect(addYear("2026-11-20")).toBe("2027-11-20");
  });

  it("takes the offset of the day in question, not of today", () => {
    process.env["TZ"] = "Europe/Berlin";
    expect(utcOffsetAtEndOf("2026-07-01")).toBe(120);
    expect(utcOffsetAtEndOf("2026-12-01")).toBe(60);
    process.env["TZ"] = "America/New_York";
    expect(utcOffsetAtEndOf("2026-12-01")).toBe(-300);
    process.env["TZ"] = "UTC";
    expect(Object.is(utcOffsetAtEndOf("2026-12-01"), 0)).toBe(true);
  });
});
