// Owns the checks of the first page: four services, each begun its own way, and the ways around them.

import { cleanup, screen, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it } from "vitest";
import type { Fake } from "../../ipc/fake";
import { callsOf, settle, show, startedApp, stopApps } from "../../testing/app";
import FirstRun from "./FirstRun.svelte";

const user = userEvent.setup();

afterEach(() => {
  cleanup();
  stopApps();
});

async function page(turn: (fake: Fake) => void = () => undefined) {
  const { app, fake } = await startedApp((made) => {
    made.knobs.accounts = [];
    made.knobs.keys = [];
    turn(made);
  });
  show(app, FirstRun, {});
  await settle();
  return { app, fake };
}

const card = (provider: string) => {
  const found = screen.getAllByTestId("provider-card").find((one) => one.dataset["provider"] === provider);
  if (found === undefined) throw new Error(`there is no card for ${provider}`);
  return within(found);
};

describe("the first page", () => {
  it("shows all four services with their prefixes, and one primary button", async () => {
    await page();
    expect(screen.getAllByTestId("provider-card").map((one) => one.dataset["provider"])).toEqual([
      "basic-memory",
      "memory-api",
      "memory-os",
      "memory-kit",
    ]);
    expect(card("memory-api").getByText("mem_live_… mem_test_…")).toBeInTheDocument();
    expect(document.querySelectorAll("[data-variant='primary']")).toHaveLength(1);
  });

  it.each([
    ["basic-memory", "sign-in", { kind: "sign_in", provider: "basic-memory" }],
    ["memory-api", "add-key-memory-api", { kind: "admin_key", provider: "memory-api", account: null }],
    ["memory-os", "add-key-memory-os", { kind: "admin_key", provider: "memory-os", account: null }],
    ["memory-kit", "add-key-memory-kit", { kind: "paste_key", provider: "memory-kit" }],
  ])("begins %s its own way", async (provider, button, dialog) => {
    const { app } = await page();
    await user.click(card(provider).getByTestId(button));
    expect(app.dialogs.current).toMatchObject(dialog);
  });

  it("opens the pages of the service whose card it stands on", async () => {
    const { fake } = await page();
    await user.click(card("memory-kit").getByRole("button", { name: "Open the dashboard of MemoryKit" }));
    await user.click(card("memory-api").getByRole("button", { name: "Sign up at Memory API" }));
    await settle();
    expect(callsOf(fake, "openPage")).toEqual([
      ["keys", null, "memory-kit"],
      ["sign_up", null, "memory-api"],
    ]);
  });

  it("says what the sandbox is, and opens it", async () => {
    const { fake } = await page();
    expect(
      screen.getByText("Four pretend services that run on this computer. Nothing is sent anywhere."),
    ).toBeVisible();
    await user.click(screen.getByTestId("open-sandbox"));
    await settle();
    expect(callsOf(fake, "openSandbox")).toHaveLength(1);
  });

  it("takes in the inventory of another computer", async () => {
    const { app } = await page((fake) => {
      fake.knobs.importPlan = {
        id: "plan",
        computer: "study-desktop",
        exported_at: "2026-11-19T10:00:00Z",
        accounts: 1,
        keys: 2,
        places: 0,
        new_keys: 2,
        problems: [],
      };
    });
    await user.click(screen.getByTestId("first-run-import"));
    await settle();
    expect(app.dialogs.current?.kind).toBe("import");
  });
});
