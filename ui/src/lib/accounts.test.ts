// Owns the checks of how an account's state reads.

import { describe, expect, it } from "vitest";
import { createFake } from "../ipc/fake";
import type { AccountView } from "../ipc/generated/AccountView";
import { rateWords, standingOf, usageWords } from "./accounts";
import { span } from "./durations";
import { errorView } from "./failure";

const now = new Date("2026-11-20T16:00:00Z");

function account(change: Partial<AccountView> = {}): AccountView {
  const fake = createFake();
  fake.knobs.addServices();
  return { ...fake.knobs.account("tidepool"), checked_at: "2026-11-20T15:59:48Z", ...change };
}

const read = (change: Partial<AccountView>, since: Date | null = null): string[] => {
  const words = standingOf(account(change), "Memory API", now, since);
  return [words.standing, words.short];
};

describe("the state of an account", () => {
  it("is its service while all is well, and says how old its keys are", () => {
    const words = standingOf(account(), "Memory API", now);
    expect([words.standing, words.short, words.long]).toEqual(["ok", "Memory API", "Keys read 12 s ago."]);
    expect(read({ checked_at: "2026-11-20T14:00:00Z" })).toEqual(["ok", "Memory API · 2 h ago"]);
  });

  it("asks for what makes it act again: a sign-in, or another key", () => {
    expect(read({ sign_in: "needed" })).toEqual(["needed", "Paste a new key"]);
    expect(read({ sign_in: "needed", method: "browser" })).toEqual(["needed", "Sign in again"]);
    expect(standingOf(account({ sign_in: "needed" }), "Memory API", now).long).toContain("Memory API refused the key");
    expect(read({ sign_in: "signed_out" })).toEqual(["signed_out", "No admin key here"]);
  });

  it("says how long the connection has been missing, as far as it was seen", () => {
    const failure = errorView("offline", { host: "api.memory-api.com" });
    expect(read({ failure })).toEqual(["offline", "Offline"]);
    expect(read({ failure }, new Date("2026-11-20T14:00:00Z"))).toEqual(["offline", "Offline for 2 h"]);
    expect(standingOf(account({ failure }), "Memory API", now).long).toMatch(
      /^Couldn’t reach api\.memory-api\.com\..*Keys read 12 s ago\.$/,
    );
  });

  it("counts down to the next attempt before anything else", () => {
    const retry = { at: "2026-11-20T16:00:12Z", attempt: 2, of: 3 };
    const failure = errorView("rate_limited");
    expect(read({ retry, failure })).toEqual(["retrying", "Asks again in 12 s"]);
    expect(standingOf(account({ retry }), "Memory API", now).long).toContain("Attempt 2 of 3.");
    expect(read({ failure })).toEqual(["failed", "Too many requests"]);
  });

  it("tells a first reading, a failed one and a key that can't create apart", () => {
    expect(read({ checking: true, checked_at: null })).toEqual(["checking", "Checking"]);
    expect(read({ failure: errorView("service_failed", { status: 503 }) })).toEqual(["failed", "Couldn’t read keys"]);
    expect(read({ lacks: ["admin"] })).toEqual(["ok", "Can only list keys"]);
    expect(standingOf(account({ lacks: ["admin"] }), "Memory API", now).long).toContain("lacks admin");
  });
});

describe("what a service told", () => {
  it("reads as counts with their limits, and nothing is made up where it said nothing", () => {
    const line = { label: "API calls", used: 8412, limit: 50_000, unit: "this month" };
    expect(usageWords(line)).toBe("8,412 of 50,000 this month");
    expect(usageWords({ ...line, limit: null, unit: "" })).toBe("8,412");
    expect(usageWords({ ...line, used: null })).toBe("up to 50,000 this month");
    expect(usageWords({ ...line, used: null, limit: null, unit: "" })).toBe("not told");
  });

  it("says what is left of the rate limit and when it begins anew", () => {
    const rate = { limit: 60, remaining: 58, resets_at: "2026-11-20T16:00:40Z", at: "2026-11-20T15:59:48Z" };
    expect(rateWords(rate, now)).toMatch(/^58 of 60 requests left, all of them again at \d\d:\d\d:40$/);
    expect(rateWords({ ...rate, resets_at: null }, now)).toBe("58 of 60 requests left");
    expect(rateWords(rate, new Date("2026-11-20T16:05:00Z"))).toMatch(/all of them again since$/);
  });

  it("has lengths of time in one unit", () => {
    expect([30_000, 300_000, 7_200_000, 3 * 86_400_000].map(span)).toEqual(["", "5 min", "2 h", "3 days"]);
  });
});
