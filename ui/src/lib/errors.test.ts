// Owns the checks of the words for failures: every code has some, in the tone that the design asks for.

import { describe, expect, it } from "vitest";
import generated from "../ipc/generated/ErrorCode.ts?raw";
import { ERROR_CODES, explain } from "./errors";
import { errorView, Failure, failureOf } from "./failure";

const now = new Date("2026-11-20T16:00:00Z");
const subject = { service: "Basic Memory", account: "Work", key: "work-laptop", storage: "Login keychain", now };

describe("the words for a failure", () => {
  it("exist for every code that Rust can send", () => {
    const sent = [...generated.matchAll(/"([a-z_]+)"/g)].map((match) => match[1]);
    expect(sent.length).toBeGreaterThan(30);
    expect([...ERROR_CODES].sort()).toEqual(sent.sort());
  });

  it.each(ERROR_CODES)("of %s say what happened, why and what next, without pleading or cheering", (code) => {
    for (const details of [
      {},
      {
        status: 503,
        text: "no room",
        host: "cloud.basicmemory.com",
        url: "https://x.example",
        field: "name",
        retry_at: "2026-11-20T16:00:24Z",
      },
    ]) {
      const words = explain(errorView(code, details), subject);
      expect(words.title).toMatch(/^([A-Z]|cloud\.).*[^.!]$/);
      expect(words.sentence).toMatch(/^[A-Z0-9h].*\.$/);
      const all = `${words.title} ${words.sentence} ${words.next?.label ?? ""}`;
      expect(all).not.toMatch(/!|please|oops|successfully|something went wrong|undefined|null|NaN/i);
    }
  });

  it("say when a service can be asked again", () => {
    const words = explain(errorView("rate_limited", { retry_at: "2026-11-20T16:00:24Z" }), subject);
    expect(words.title).toBe("Basic Memory answered 429: too many requests");
    expect(words.sentence).toBe("It can be asked again in 24 s.");
    expect(words.still).toBe("It can be asked again at 16:00:24.");
    expect(explain(errorView("rate_limited"), subject).sentence).toBe("It can be asked again in a moment.");
  });

  it("say that a lost key may exist", () => {
    const words = explain(errorView("answer_lost"), subject);
    expect(`${words.title}. ${words.sentence}`).toContain("The key may exist.");
    expect(words.sentence).toContain("Check the list before you try again.");
  });
});

describe("what was thrown", () => {
  it("keeps an error of Rust and drops the text of anything else", () => {
    const view = errorView("offline");
    expect(failureOf(new Failure(view))).toBe(view);
    expect(failureOf({ ...view })).toEqual(view);
    expect(failureOf(new Error("bmc_EXAMPLE")).message).not.toContain("bmc_");
    expect(failureOf("bmc_EXAMPLE").code).toBe("internal");
    expect(failureOf(null).code).toBe("internal");
  });
});
