// Owns the checks of the journal's page: days, filters, search and facts.

import { screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Fake } from "../../ipc/fake";
import { settle, show, startedApp, stopApps } from "../../testing/app";
import ActivityPage from "./ActivityPage.svelte";

const user = userEvent.setup({ advanceTimers: (ms) => void vi.advanceTimersByTime(ms) });

beforeEach(() => {
  vi.useFakeTimers({ now: new Date(2026, 10, 20, 17, 0, 0) });
});
afterEach(() => {
  stopApps();
  vi.useRealTimers();
});

async function page(turn?: (fake: Fake) => void) {
  const { app, fake } = await startedApp(turn);
  show(app, ActivityPage, {});
  await settle();
  return { app, fake };
}

const rows = (): string[] => screen.getAllByTestId("activity-row").map((row) => row.textContent);

describe("the journal", () => {
  it("stands by day, newest first, and says how long it is kept", async () => {
    await page();
    const heads = screen.getAllByRole("heading", { level: 2 }).map((head) => head.textContent);
    expect(heads.slice(0, 2)).toEqual(["Today, Friday 20 November", "Yesterday, Thursday 19 November"]);
    expect(screen.getByText(/kept here for one year/)).toBeVisible();
    expect(rows()[0]).toContain("Copied work-laptop");
  });

  it("is filtered to keys, sign-ins and failures", async () => {
    await page();
    await user.click(screen.getByTestId("activity-sign_ins"));
    expect(rows().join()).toContain("Signed in to Work");
    expect(rows().join()).not.toContain("Created CI nightly");
    await user.click(screen.getByTestId("activity-failed"));
    expect(rows()).toHaveLength(2);
    expect(rows().join()).toContain("Couldn’t read the keys of Home");
  });

  it("is searched by sentence, account and fact", async () => {
    await page();
    await user.type(screen.getByTestId("activity-search"), "nightly");
    expect(rows()).toHaveLength(2);
    await user.clear(screen.getByTestId("activity-search"));
    await user.type(screen.getByTestId("activity-search"), "invalid_grant");
    expect(rows().join()).toContain("asks for a new sign-in");
    await user.clear(screen.getByTestId("activity-search"));
    await user.type(screen.getByTestId("activity-search"), "qqqq");
    await user.click(screen.getByTestId("activity-clear"));
    expect(rows().length).toBeGreaterThan(5);
  });

  it("opens a line to its facts by keyboard", async () => {
    await page();
    const line = screen.getByRole("button", { name: /Created CI nightly/ });
    line.focus();
    await user.keyboard("{Enter}");
    expect(line).toHaveAttribute("aria-expanded", "true");
    expect(screen.getByTestId("activity-facts")).toHaveTextContent("Acme team");
    expect(screen.getByTestId("activity-facts")).toHaveTextContent(/Friday 20 Nov 2026, \d\d:\d\d:\d\d/);
  });

  it("says when no end was seen", async () => {
    await page();
    expect(rows().join()).toMatch(/The answer for Kitchen tablet was lost\s*No end was seen/);
  });

  it("reads older pages on request", async () => {
    const { fake } = await page((turned) => {
      const first = turned.knobs.activity[0];
      if (first === undefined) return;
      turned.knobs.activity = Array.from({ length: 150 }, (_, index) => ({
        ...first,
        id: `line-${String(index)}`,
        at: new Date(turned.knobs.now - index * 3_600_000).toISOString(),
      }));
    });
    expect(rows()).toHaveLength(100);
    await user.click(screen.getByTestId("activity-older"));
    await settle();
    expect(rows()).toHaveLength(150);
    expect(fake.knobs.calls.filter((call) => call.command === "listActivity")).toHaveLength(2);
  });

  it("shows tests under a filter of their own, and a key that woke in a sentence", async () => {
    await page((fake) => {
      fake.knobs.activity = [];
      fake.knobs.log("key_tested", "work-laptop", "key-1", "done");
      fake.knobs.log("key_tested", "Editors", "key-5", "failed");
      fake.knobs.log("key_woke", "Analytics", "key-7", "done");
    });
    expect(rows().join()).toContain("Analytics was used again after 30 days or more");
    await user.click(screen.getByTestId("activity-tests"));
    expect(rows()).toHaveLength(2);
    expect(rows().join()).toContain("Tested work-laptop: it works");
    expect(rows().join()).toContain("Tested Editors: not proved to work");
  });
});
