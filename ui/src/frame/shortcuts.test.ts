// Owns the proof that every shortcut that the sheet lists works in the whole window, and only when it may.

import { cleanup, render, screen, within } from "@testing-library/svelte";
import { userEvent } from "@testing-library/user-event";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { createFake, type Fake } from "../ipc/fake";
import { capsOf, isLetter, SHORTCUTS, shortcutOf, type ShortcutId, spoken } from "../lib/shortcuts";
import { App } from "../state/app.svelte";
import { callsOf, settle } from "../testing/app";
import Window from "../Window.svelte";
import { readAll } from "./parts";

// The whole window is drawn for each of them.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 120_000 });

beforeAll(readAll);
afterEach(cleanup);

async function opened(turn: (fake: Fake) => void = () => undefined): Promise<{ app: App; fake: Fake }> {
  const fake = createFake();
  fake.knobs.changeAccount("home", { sign_in: "signed_in" });
  turn(fake);
  const app = new App(fake);
  render(Window, { props: { app } });
  await settle();
  return { app, fake };
}

/** How a test presses the first way of a shortcut. */
function typed(id: ShortcutId): string {
  const press = SHORTCUTS.find((shortcut) => shortcut.id === id)?.presses[0];
  if (press === undefined) throw new Error(`${id} can't be pressed`);
  const key = press.key.length === 1 ? press.key.replace("/", "/") : `{${press.key}}`;
  const shifted = press.shift === true ? `{Shift>}${key.toUpperCase()}{/Shift}` : key;
  return press.control === true ? `{Control>}${shifted}{/Control}` : shifted;
}

function row(name: string): HTMLElement {
  const found = screen.getAllByTestId("key-row").find((one) => one.dataset["name"] === name);
  if (found === undefined) throw new Error(`there is no row ${name}`);
  return found;
}

/** What comes before a shortcut is pressed, and what must be there after. A new line of the map needs one here. */
const PROOFS: Record<ShortcutId, { before?: string; holds: (world: { app: App; fake: Fake }) => unknown }> = {
  palette: { holds: () => expect(screen.getByTestId("palette")).toBeInTheDocument() },
  search: { holds: () => expect(screen.getByTestId("search")).toHaveFocus() },
  create: { holds: ({ app }) => expect(app.dialogs.current?.kind).toBe("create") },
  lock: { holds: () => expect(screen.getByTestId("lock-cover")).toBeInTheDocument() },
  keys: { before: "{Control>}4{/Control}", holds: ({ app }) => expect(app.page).toBe("keys") },
  projects: { holds: ({ app }) => expect(app.page).toBe("projects") },
  activity: { holds: ({ app }) => expect(app.page).toBe("activity") },
  zoom_larger: { holds: ({ fake }) => expect(fake.knobs.settings.zoom).toBe(110) },
  zoom_smaller: { holds: ({ fake }) => expect(fake.knobs.settings.zoom).toBe(90) },
  zoom_ordinary: {
    before: "{Control>}={/Control}",
    holds: ({ fake }) => {
      expect(callsOf(fake, "setZoom")).toEqual([[110], [100]]);
      expect(fake.knobs.settings.zoom).toBe(100);
    },
  },
  sheet: { holds: () => expect(screen.getByTestId("shortcuts-dialog")).toBeInTheDocument() },
  escape: { before: "jx", holds: ({ app }) => expect(app.keys.selected.size).toBe(0) },
  next: { before: "j", holds: () => expect(row("Production backend")).toHaveFocus() },
  previous: { before: "jj", holds: () => expect(row("work-laptop")).toHaveFocus() },
  first: { before: "jjj", holds: () => expect(row("work-laptop")).toHaveFocus() },
  last: { before: "j", holds: ({ app }) => expect(app.keys.cursor).not.toBe("key-1") },
  open: { before: "j", holds: () => expect(screen.getByTestId("drawer")).toHaveAttribute("data-name", "work-laptop") },
  select: { before: "j", holds: ({ app }) => expect([...app.keys.selected.ids]).toEqual(["key-1"]) },
  extend: { before: "j", holds: ({ app }) => expect(app.keys.selected.size).toBe(2) },
  copy: { before: "j", holds: ({ fake }) => expect(callsOf(fake, "copySecret")).toEqual([["key-1"]]) },
  test: { before: "j", holds: ({ fake }) => expect(callsOf(fake, "testKey")).toEqual([["key-1"]]) },
  revoke: { before: "j", holds: ({ app }) => expect(app.dialogs.current).toEqual({ kind: "revoke", key: "key-1" }) },
};

describe("the sheet of shortcuts", () => {
  it("lists the whole map, each with its keys in words for those who listen", async () => {
    await opened();
    await userEvent.setup().keyboard("?");
    await settle();
    const sheet = within(screen.getByTestId("shortcuts-dialog"));
    for (const { id, does, presses } of SHORTCUTS) {
      const press = presses[0];
      if (press === undefined) throw new Error(`${id} has no key`);
      const line = sheet.getByTestId(`shortcut-${id}`);
      expect(line).toHaveTextContent(does);
      expect(line).toHaveTextContent(spoken(press, "Ctrl"));
    }
    expect(sheet.getAllByText("Ctrl")).not.toHaveLength(0);
    await vi.waitFor(() => expect(screen.getByTestId("shortcuts-close")).toHaveFocus());
  });

  it.each(SHORTCUTS.map((shortcut) => [shortcut.id, shortcut.does] as const))(
    "lists %s (%s), which works",
    async (id) => {
      const world = await opened();
      const user = userEvent.setup();
      const { before, holds } = PROOFS[id];
      if (before !== undefined) await user.keyboard(before);
      await settle();
      await user.keyboard(typed(id));
      await settle();
      await vi.waitFor(() => holds(world));
    },
  );

  it("names no two shortcuts that are pressed alike", () => {
    const presses = SHORTCUTS.flatMap((shortcut) => shortcut.presses.map((press) => capsOf(press, "Ctrl").join(" ")));
    expect(new Set(presses).size).toBe(presses.length);
  });
});

describe("a single letter", () => {
  it("rests while letters are off, and so says the sheet; all others go on", async () => {
    const { app, fake } = await opened((made) => {
      made.knobs.settings = { ...made.knobs.settings, letter_shortcuts: false };
    });
    const user = userEvent.setup();
    row("work-laptop").focus();
    for (const { id, presses } of SHORTCUTS) {
      const press = presses[0];
      if (press === undefined || !isLetter(press) || press.inList === true) continue;
      await user.keyboard(typed(id));
      await settle();
    }
    expect([app.dialogs.current, app.keys.selected.size, app.keys.cursor]).toEqual([null, 0, "key-1"]);
    expect([callsOf(fake, "copySecret"), callsOf(fake, "testKey")]).toEqual([[], []]);
    expect(screen.getByTestId("search")).not.toHaveFocus();
    await user.keyboard(" ");
    expect(app.keys.selected.size).toBe(1);
    await user.keyboard("{Control>}k{/Control}");
    await settle();
    expect(screen.getByTestId("palette")).toBeInTheDocument();
  });

  it("is text in a field", async () => {
    const { app } = await opened();
    const user = userEvent.setup();
    await user.click(screen.getByTestId("search"));
    await user.keyboard("nxj?/");
    expect(screen.getByTestId("search")).toHaveValue("nxj?/");
    expect([app.dialogs.current, app.keys.selected.size]).toEqual([null, 0]);
  });

  it("does nothing behind a dialog", async () => {
    const { app } = await opened();
    const user = userEvent.setup();
    await user.keyboard("j{Backspace}");
    await settle();
    await user.keyboard("{Control>}2{/Control}{Control>}k{/Control}");
    await settle();
    expect([app.page, app.dialogs.current?.kind]).toEqual(["keys", "revoke"]);
  });

  it("leads from a page without a search to that of the keys", async () => {
    const { app } = await opened();
    app.page = "settings";
    await settle();
    await userEvent.setup().keyboard("/");
    await settle();
    await vi.waitFor(() => expect(screen.getByTestId("search")).toHaveFocus());
  });
});

describe("the map", () => {
  const pressed = (key: string, more: Partial<KeyboardEvent> = {}): string | null =>
    shortcutOf({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...more })?.shortcut.id ?? null;

  it("tells a letter with Shift from one without, also with caps lock on", () => {
    expect([pressed("j"), pressed("J"), pressed("J", { shiftKey: true })]).toEqual(["next", "next", "extend"]);
  });

  it("knows Cmd for Ctrl, takes signs as they are typed, and leaves Alt to the system", () => {
    expect([
      pressed("k", { metaKey: true }),
      pressed("?", { shiftKey: true }),
      pressed("/", { shiftKey: true }),
    ]).toEqual(["palette", "sheet", "search"]);
    expect([pressed("k", { altKey: true }), pressed("c", { ctrlKey: true }), pressed("n", { ctrlKey: true })]).toEqual([
      null,
      null,
      null,
    ]);
  });

  it("leaves to lists what means something else elsewhere", () => {
    expect([pressed("ArrowDown"), pressed("Home"), pressed("Enter"), pressed(" ")]).toEqual([null, null, null, null]);
  });
});
