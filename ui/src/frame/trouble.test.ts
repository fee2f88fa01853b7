// Owns the checks of what stands above every page while the records can't be read or written.

import { cleanup, screen } from "@testing-library/svelte";
import { userEvent } from "@testing-library/user-event";
import { afterEach, describe, expect, it } from "vitest";
import { errorView } from "../lib/failure";
import { callsOf, settle, show, startedApp, stopApps } from "../testing/app";
import Trouble from "./Trouble.svelte";

afterEach(() => {
  cleanup();
  stopApps();
});

async function troubled() {
  const { app, fake } = await startedApp();
  show(app, Trouble, {});
  await settle();
  return { app, fake };
}

describe("trouble with the records", () => {
  it("is not shown while there is none", async () => {
    await troubled();
    expect(screen.queryByTestId("app-failure")).toBeNull();
  });

  it("says what happened, why and what next, wherever it was met", async () => {
    const { app } = await troubled();
    const full = errorView("disk_full", { text: "/home/me/latchkey.db" });
    const meet = [
      (): void => void (app.failure = full),
      (): void => void (app.keys.failure = full),
      (): void => void (app.refreshFailure = full),
    ];
    for (const here of meet) {
      here();
      await settle();
      expect(screen.getByRole("alert")).toHaveTextContent("/home/me/latchkey.db");
      expect(screen.getByTestId("app-failure-next")).toHaveTextContent("Try again");
      await userEvent.click(screen.getByTestId("app-failure-dismiss"));
      await settle();
      expect(screen.queryByTestId("app-failure")).toBeNull();
    }
  });

  it("goes when another try works, and stays while it does not", async () => {
    const { app, fake } = await troubled();
    fake.knobs.fail("listKeys", "records_failed");
    await app.keys.reload();
    await settle();
    const before = callsOf(fake, "listKeys").length;
    await userEvent.click(screen.getByTestId("app-failure-next"));
    await settle();
    expect(callsOf(fake, "listKeys").length).toBeGreaterThan(before);
    expect(screen.getByTestId("app-failure")).toBeVisible();
    fake.knobs.heal("listKeys");
    await userEvent.click(screen.getByTestId("app-failure-next"));
    await settle();
    expect(screen.queryByTestId("app-failure")).toBeNull();
  });

  it("comes back after it was put away, when it is met again", async () => {
    const { app, fake } = await troubled();
    fake.knobs.fail("listKeys", "records_failed");
    await app.keys.reload();
    await settle();
    await userEvent.click(screen.getByTestId("app-failure-dismiss"));
    await settle();
    expect(screen.queryByTestId("app-failure")).toBeNull();
    await app.keys.reload();
    await settle();
    expect(screen.getByTestId("app-failure")).toBeVisible();
  });
});
