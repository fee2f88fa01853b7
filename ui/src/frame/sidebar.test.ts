// Owns the checks of the sidebar's accounts: each with its own state, age and error.

import { cleanup, screen, within } from "@testing-library/svelte";
import { userEvent } from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Fake } from "../ipc/fake";
import { errorView } from "../lib/failure";
import { callsOf, settle, show, startedApp, stopApps } from "../testing/app";
import Sidebar from "./Sidebar.svelte";

afterEach(() => {
  cleanup();
  stopApps();
  vi.useRealTimers();
});

async function sidebar(turn: (fake: Fake) => void) {
  const { app, fake } = await startedApp((made) => {
    made.knobs.addServices();
    turn(made);
  });
  show(app, Sidebar, { onaccount: () => undefined });
  await settle();
  return { app, fake };
}

function account(id: string): HTMLElement {
  const found = screen.getAllByTestId("account").find((one) => one.dataset["account"] === id);
  if (found === undefined) throw new Error(`there is no account ${id}`);
  return found;
}

const words = (id: string): string => within(account(id)).getByTestId("account-words").textContent;

describe("the accounts", () => {
  it("each tell their own state", async () => {
    await sidebar((fake) => {
      fake.knobs.changeAccount("tidepool", { sign_in: "needed" });
      fake.knobs.changeAccount("lab", { failure: errorView("no_answer", { host: "api.mymemoryos.com" }) });
    });
    expect(["work", "home", "tidepool", "lab", "helpdesk"].map(words)).toEqual([
      "Basic Memory",
      "Sign in again",
      "Paste a new key",
      "Offline",
      "MemoryKit",
    ]);
    expect(account("lab")).toHaveAttribute("data-tip", expect.stringContaining("api.mymemoryos.com didn’t answer."));
    expect(account("lab")).toHaveAttribute("data-tip", expect.stringMatching(/Keys read \d+ s ago\.$/));
    expect(account("work")).toHaveAttribute("data-standing", "ok");
  });

  it("say for how long one has been offline", async () => {
    vi.useFakeTimers({ now: new Date("2026-11-20T14:00:00Z") });
    await sidebar((fake) => fake.knobs.changeAccount("lab", { failure: errorView("offline") }));
    expect(words("lab")).toBe("Offline");
    await vi.advanceTimersByTimeAsync(2 * 3_600_000 + 60_000);
    await settle();
    expect(words("lab")).toBe("Offline for 2 h");
  });

  it("count down to the next attempt, which can be stopped", async () => {
    const { fake } = await sidebar((made) =>
      made.knobs.changeAccount("tidepool", {
        failure: errorView("rate_limited", { status: 429 }),
        retry: { at: new Date(Date.now() + 24_000).toISOString(), attempt: 1, of: 3 },
      }),
    );
    expect(words("tidepool")).toMatch(/^Asks again in 2[34] s$/);
    await userEvent.setup().click(screen.getByRole("button", { name: "Stop asking Tidepool again" }));
    await settle();
    expect(callsOf(fake, "cancelRetry")).toEqual([["tidepool"]]);
    expect(words("tidepool")).toBe("Too many requests");
    expect(screen.queryByTestId("cancel-retry")).toBeNull();
  });

  it("of the sandbox each carry its chip", async () => {
    await sidebar((fake) => {
      fake.knobs.accounts = fake.knobs.accounts.map((one) => ({ ...one, sandbox: true }));
    });
    for (const one of screen.getAllByTestId("account")) expect(one).toHaveTextContent("Sandbox");
  });

  it("of a service that this version doesn't know say so", async () => {
    await sidebar((fake) => fake.knobs.changeAccount("lab", { provider: "memory-new" }));
    expect(words("lab")).toBe("Unknown service");
  });
});
