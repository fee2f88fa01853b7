// Owns the checks of taking in an inventory: the plan first, then what was added.

import { cleanup, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Fake } from "../../ipc/fake";
import type { ImportPlanView } from "../../ipc/generated/ImportPlanView";
import { callsOf, settle, show, startedApp, stopApps } from "../../testing/app";
import ImportDialog from "./ImportDialog.svelte";

const user = userEvent.setup();

afterEach(() => {
  cleanup();
  stopApps();
});

const PLAN: ImportPlanView = {
  id: "plan",
  computer: "study-desktop",
  exported_at: "2026-11-19T10:00:00Z",
  accounts: 3,
  keys: 14,
  places: 5,
  new_keys: 12,
  problems: [],
};

async function dialog(change: Partial<ImportPlanView> = {}, turn: (fake: Fake) => void = () => undefined) {
  const plan = { ...PLAN, ...change };
  const { app, fake } = await startedApp((made) => {
    made.knobs.importPlan = plan;
    turn(made);
  });
  const onclose = vi.fn();
  show(app, ImportDialog, { plan, onclose });
  await settle();
  return { app, fake, onclose };
}

describe("an import", () => {
  it("tells where the file comes from and what it would add, before anything is added", async () => {
    const { fake } = await dialog();
    expect(screen.getByRole("dialog")).toHaveTextContent("From study-desktop, saved on 19 Nov 2026");
    expect(screen.getByTestId("import-plan")).toHaveTextContent("12 new here, 2 known already");
    expect(screen.getByRole("dialog")).toHaveTextContent("keys without their secrets");
    expect(callsOf(fake, "importInventory")).toHaveLength(0);
  });

  it("then tells what was added", async () => {
    const { fake, onclose } = await dialog();
    await user.click(screen.getByTestId("import-submit"));
    await settle();
    expect(callsOf(fake, "importInventory")).toEqual([["plan"]]);
    expect(screen.getByTestId("imported")).toHaveTextContent("Added 3 accounts, 12 keys and 5 noted places.");
    await user.click(screen.getByTestId("import-done"));
    expect(onclose).toHaveBeenCalledOnce();
  });

  it("names what couldn't be read, and offers nothing when there is nothing", async () => {
    await dialog({ accounts: 0, keys: 0, places: 0, new_keys: 0, problems: ["line 3 has no name"] });
    expect(screen.getByTestId("import-problems")).toHaveTextContent("line 3 has no name");
    expect(screen.getByTestId("import-submit")).toHaveAttribute("aria-disabled", "true");
  });

  it("stays open with the reason when it failed", async () => {
    await dialog({}, (fake) => fake.knobs.fail("importInventory", "records_failed"));
    await user.click(screen.getByTestId("import-submit"));
    await settle();
    expect(screen.getByTestId("import-failure")).toHaveTextContent("Couldn’t read or write");
    expect(screen.queryByTestId("imported")).toBeNull();
  });
});
