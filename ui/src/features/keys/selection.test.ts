// Owns the checks of selecting keys: by keyboard, by mouse, through refreshes and filters, and the bar that follows.

import { cleanup, fireEvent, screen, within } from "@testing-library/svelte";
import { userEvent } from "@testing-library/user-event";
import { afterEach, describe, expect, it } from "vitest";
import type { Fake } from "../../ipc/fake";
import type { App } from "../../state/app.svelte";
import { callsOf, settle, show, startedApp, stopApps } from "../../testing/app";
import KeysPage from "./KeysPage.svelte";
import { KeysView } from "./view.svelte";

afterEach(() => {
  cleanup();
  stopApps();
});

async function page(turn: (fake: Fake) => void = () => undefined): Promise<{ app: App; fake: Fake; view: KeysView }> {
  const { app, fake } = await startedApp(turn);
  const view = new KeysView(app);
  show(app, KeysPage, { view });
  await settle();
  return { app, fake, view };
}

function row(name: string): HTMLElement {
  const found = screen.getAllByTestId("key-row").find((one) => one.dataset["name"] === name);
  if (found === undefined) throw new Error(`there is no row ${name}`);
  return found;
}

function selected(app: App): string[] {
  return app.keys.all.filter((key) => app.keys.selected.has(key.id)).map((key) => key.name);
}

const names = (): string[] => screen.getAllByTestId("key-row").map((one) => one.dataset["name"] ?? "");

describe("selecting by keyboard", () => {
  it("takes a row in and out with x and with Space, and tells it to those who listen", async () => {
    const { app } = await page();
    const user = userEvent.setup();
    expect(screen.getByRole("grid", { name: "Keys" })).toHaveAttribute("aria-multiselectable", "true");
    await user.keyboard("jx");
    expect(selected(app)).toEqual(["work-laptop"]);
    expect(row("work-laptop")).toHaveAttribute("aria-selected", "true");
    expect(within(row("work-laptop")).getByRole("checkbox", { name: "Select work-laptop" })).toBeChecked();
    await user.keyboard(" ");
    expect(selected(app)).toEqual([]);
    expect(row("work-laptop")).toHaveAttribute("aria-selected", "false");
  });

  it("extends with Shift and j, goes back with Shift and k, and begins anew after a step without Shift", async () => {
    const { app } = await page();
    const user = userEvent.setup();
    const [first, second, third, fourth, fifth] = names();
    await user.keyboard("j{Shift>}jj{/Shift}");
    expect(new Set(selected(app))).toEqual(new Set([first, second, third]));
    await user.keyboard("{Shift>}k{/Shift}");
    expect(new Set(selected(app))).toEqual(new Set([first, second]));
    await user.keyboard("jj{Shift>}{ArrowDown}{/Shift}");
    expect(new Set(selected(app))).toEqual(new Set([first, second, fourth, fifth]));
  });

  it("closes the drawer first, then clears the selection, then the search", async () => {
    const { app, view } = await page();
    const user = userEvent.setup();
    view.query = "work";
    await settle();
    await user.keyboard("jx{Enter}");
    await settle();
    expect([app.keys.opened !== null, app.keys.selected.size, view.query]).toEqual([true, 1, "work"]);
    await user.keyboard("{Escape}");
    await settle();
    expect([app.keys.opened, app.keys.selected.size, view.query]).toEqual([null, 1, "work"]);
    await user.keyboard("{Escape}");
    await settle();
    expect([app.keys.selected.size, view.query]).toEqual([0, "work"]);
    expect(row("work-laptop")).toHaveFocus();
    await user.keyboard("{Escape}");
    expect(view.query).toBe("");
  });
});

describe("selecting by mouse", () => {
  it("selects by the box, and a stretch by Shift and a click, without opening the drawer", async () => {
    const { app } = await page();
    const user = userEvent.setup();
    const [first, second, third] = names();
    await user.click(within(row(first ?? "")).getByTestId("row-check"));
    await user.keyboard("{Shift>}");
    await user.click(row(third ?? ""));
    await user.keyboard("{/Shift}");
    expect(new Set(selected(app))).toEqual(new Set([first, second, third]));
    expect(app.keys.opened).toBeNull();
  });

  it("marks no text on the way", async () => {
    await page();
    expect(await fireEvent.mouseDown(row("work-laptop"), { shiftKey: true })).toBe(false);
    expect(await fireEvent.mouseDown(row("work-laptop"))).toBe(true);
  });

  it("selects all that is shown, and nothing that a filter hides", async () => {
    const { app, view } = await page();
    const user = userEvent.setup();
    view.query = "editors";
    await settle();
    await user.click(screen.getByTestId("key-check-all"));
    expect(selected(app)).toEqual(["Editors"]);
    view.query = "";
    await settle();
    expect(screen.getByTestId("key-check-all")).toHaveAttribute("aria-checked", "mixed");
  });
});

describe("a selection over time", () => {
  it("survives a refresh, forgets keys that are gone, and says how many a search hides", async () => {
    const { app, fake, view } = await page();
    const user = userEvent.setup();
    await user.keyboard("jxjx");
    const [, second] = [...app.keys.selected.ids];
    fake.knobs.emit("keys");
    await settle();
    expect(screen.getByTestId("bulk-count")).toHaveTextContent(/^2 selected$/);
    view.query = "work-laptop";
    await settle();
    expect(screen.getByTestId("bulk-count")).toHaveTextContent(/^2 selected\s*1 not shown$/);
    fake.knobs.keys = fake.knobs.keys.filter((key) => key.id !== second);
    fake.knobs.emit("keys");
    await settle();
    expect(screen.getByTestId("bulk-count")).toHaveTextContent(/^1 selected$/);
  });

  it("ends with a lock", async () => {
    const { app } = await page();
    app.keys.selected.toggle("key-1");
    await app.lock();
    expect(app.keys.selected.size).toBe(0);
  });
});

describe("the bar of the selection", () => {
  it("names no secret and no key but the selected in an export", async () => {
    const { app, fake } = await page();
    const user = userEvent.setup();
    await user.keyboard("jxjx");
    const ids = app.keys.all.map((key) => key.id).filter((id) => app.keys.selected.has(id));
    await user.click(screen.getByTestId("bulk-export"));
    await settle();
    await user.click(await screen.findByTestId("bulk-export-menu-csv"));
    await settle();
    expect(callsOf(fake, "exportInventory")).toEqual([["csv", ids]]);
    expect(app.toasts.current?.title).toContain("Saved 2 keys");
  });

  it("opens one dialog for all, and says why it can't when it can't", async () => {
    const { app } = await page();
    const user = userEvent.setup();
    await user.keyboard("jxjx");
    await user.click(screen.getByTestId("bulk-revoke"));
    expect(app.dialogs.current).toMatchObject({ kind: "bulk_revoke" });
    app.dialogs.close();
    await user.click(screen.getByTestId("bulk-clear"));
    const dead = app.keys.all.find((key) => key.status === "revoked");
    app.keys.selected.toggle(dead?.id ?? "");
    await settle();
    expect(screen.getByTestId("bulk-revoke")).toHaveAttribute("data-tip", "All of them have ended already");
  });
});
