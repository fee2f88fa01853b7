// Owns the proof of the zoom in the whole window: by keys, wherever one is, told once, kept, and no farther than the last step.

import { cleanup, render, screen } from "@testing-library/svelte";
import { userEvent } from "@testing-library/user-event";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { createFake, type Fake } from "../ipc/fake";
import { ORDINARY, zoomed, ZOOMS } from "../lib/zoom";
import { App } from "../state/app.svelte";
import { callsOf, settle } from "../testing/app";
import { hush, listen } from "../testing/hearing";
import Window from "../Window.svelte";
import { readAll } from "./parts";

// The whole window is drawn for each of them.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 120_000 });

const user = userEvent.setup();

beforeAll(readAll);
afterEach(() => {
  hush();
  cleanup();
});

async function opened(turn: (fake: Fake) => void = () => undefined): Promise<{ app: App; fake: Fake }> {
  const fake = createFake();
  turn(fake);
  const app = new App(fake);
  render(Window, { props: { app } });
  await settle();
  return { app, fake };
}

async function press(...keys: string[]): Promise<void> {
  for (const key of keys) await user.keyboard(`{Control>}${key}{/Control}`);
  await settle();
}

describe("the zoom", () => {
  it("goes through every step and stays at the last, telling each", async () => {
    const { fake } = await opened();
    const heard = listen();
    for (const step of [...ZOOMS.filter((one) => one > ORDINARY), 200]) {
      await press("+");
      expect(fake.knobs.settings.zoom).toBe(step);
      expect(screen.getByTestId("toast")).toHaveTextContent(`Zoom ${String(step)} %`);
    }
    await press("0");
    for (const step of [90, 80, 80]) {
      await press("-");
      expect(fake.knobs.settings.zoom).toBe(step);
    }
    const words = heard.map((one) => one.trim().replace(/\s/g, " "));
    const told = [110, 125, 150, 175, 200, 200, 100, 90, 80, 80].map((step) => `Zoom ${String(step)} %.`);
    expect(words.filter((one) => one.startsWith("Zoom"))).toEqual(told);
  });

  it("arrives in its order, however fast the keys are pressed", async () => {
    const { fake } = await opened((made) => {
      made.knobs.latency = 20;
    });
    await press("=", "=", "=", "-");
    await vi.waitFor(() => expect(fake.knobs.settings.zoom).toBe(125));
    expect(callsOf(fake, "setZoom").at(-1)).toEqual([125]);
  });

  it("is not told of when the window opens with it", async () => {
    await opened((fake) => {
      fake.knobs.settings = { ...fake.knobs.settings, zoom: 150 };
    });
    expect(screen.queryByTestId("toast")).toBeNull();
  });

  it("changes over a dialog and in its fields, and before there is an account", async () => {
    const { app, fake } = await opened();
    app.dialogs.open({ kind: "add_account" });
    await settle();
    await press("+");
    expect(fake.knobs.settings.zoom).toBe(110);
    app.dialogs.open({ kind: "palette" });
    await settle();
    await press("+");
    expect(fake.knobs.settings.zoom).toBe(125);
    cleanup();
    const first = await opened((made) => (made.knobs.accounts = []));
    await press("+");
    expect(first.fake.knobs.settings.zoom).toBe(110);
  });

  it("holds where it can't be kept, and says so", async () => {
    const { app } = await opened((fake) => {
      fake.knobs.fail("setZoom", "records_failed");
    });
    await press("+");
    expect(app.settings.value.zoom).toBe(110);
    expect(screen.getByTestId("toast")).toHaveTextContent(/Zoom 110 %.*Until Latchkey ends/);
    await press("+");
    expect(app.settings.value.zoom).toBe(125);
  });

  it("changes where nothing could be opened, and nothing else does", async () => {
    const { app, fake } = await opened((made) => {
      made.knobs.fail("appState", "records_damaged");
      made.knobs.fail("setZoom", "records_damaged");
    });
    expect(screen.getByTestId("start-failure")).toBeInTheDocument();
    await press("+", "k");
    expect(callsOf(fake, "setZoom")).toEqual([[110]]);
    expect([app.settings.value.zoom, app.dialogs.current]).toEqual([110, null]);
  });

  it("leaves a locked window alone", async () => {
    const { fake } = await opened();
    await press("l");
    await press("+");
    expect(callsOf(fake, "setZoom")).toEqual([]);
  });

  it("can be chosen in the palette, as far as it goes", async () => {
    const { app, fake } = await opened();
    await press("k");
    await user.keyboard("zoom in{Enter}");
    await settle();
    expect(fake.knobs.settings.zoom).toBe(110);
    await app.settings.zoom(200);
    await press("k");
    await user.keyboard("zoom in");
    await settle();
    expect(screen.getByRole("option", { selected: true })).toHaveTextContent(/It is 200 % already/);
  });
});

describe("a step of the zoom", () => {
  it("is found from any number, as settings of another version may hold", () => {
    expect([zoomed(133, "larger"), zoomed(133, "smaller"), zoomed(133, "ordinary")]).toEqual([150, 125, 100]);
    expect([zoomed(500, "larger"), zoomed(1, "smaller")]).toEqual([500, 1]);
  });
});
