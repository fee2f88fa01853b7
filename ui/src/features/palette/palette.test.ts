// Owns the checks of the palette: what it finds and in which order, how it is walked through, what it may do now.

import { cleanup, render, screen, within } from "@testing-library/svelte";
import { userEvent } from "@testing-library/user-event";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { readAll } from "../../frame/parts";
import { createFake, type Fake } from "../../ipc/fake";
import type { KeyView } from "../../ipc/generated/KeyView";
import { errorView } from "../../lib/failure";
import { App } from "../../state/app.svelte";
import { callsOf, settle } from "../../testing/app";
import Window from "../../Window.svelte";
import { KeyIndex } from "./key-index";

const user = userEvent.setup();

// The whole window is drawn for each of them.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 120_000 });

beforeAll(readAll);
afterEach(cleanup);

async function opened(turn: (fake: Fake) => void = () => undefined): Promise<{ app: App; fake: Fake }> {
  const fake = createFake();
  fake.knobs.addServices();
  fake.knobs.changeAccount("home", { sign_in: "signed_in" });
  turn(fake);
  const app = new App(fake);
  render(Window, { props: { app } });
  await settle();
  await user.keyboard("{Control>}k{/Control}");
  await settle();
  await vi.waitFor(() => expect(screen.getByTestId("palette-field")).toHaveFocus());
  return { app, fake };
}

const groups = (): string[] =>
  within(screen.getByRole("listbox"))
    .getAllByRole("group")
    .map((one) => nameOf(one));
const items = (): string[] => screen.queryAllByTestId("palette-line").map((one) => one.dataset["item"] ?? "");
const active = (): HTMLElement => screen.getByRole("option", { selected: true });

function nameOf(group: HTMLElement): string {
  return document.getElementById(group.getAttribute("aria-labelledby") ?? "")?.textContent ?? "";
}

async function type(words: string): Promise<void> {
  await user.keyboard(words);
  await settle();
}

describe("the palette", () => {
  it("is a combobox over a list whose cursor the field names", async () => {
    await opened();
    const field = screen.getByRole("combobox", { name: "Search keys, accounts and actions" });
    expect(field).toHaveAttribute("aria-controls", screen.getByRole("listbox").id);
    expect(field).toHaveAttribute("aria-activedescendant", active().id);
    await type("{ArrowDown}{ArrowDown}");
    expect(field).toHaveFocus();
    expect(field).toHaveAttribute("aria-activedescendant", active().id);
    expect(screen.getAllByRole("option")[2]).toBe(active());
    await type("{ArrowUp}{ArrowUp}{ArrowUp}");
    expect(screen.getAllByRole("option").at(-1)).toBe(active());
    await type("{Home}");
    expect(screen.getAllByRole("option")[0]).toBe(active());
  });

  it("begins with what was chosen last, then actions and accounts", async () => {
    const { app } = await opened();
    expect(groups()).toEqual(["Actions", "Accounts"]);
    await type("settings: sec{Enter}");
    expect([app.page, app.settingsTab, app.dialogs.current]).toEqual(["settings", "secrets", null]);
    await type("{Control>}k{/Control}");
    expect(groups()[0]).toBe("Recent");
    expect(items()[0]).toBe("settings:secrets");
  });

  it("finds keys by name, prefix and service, marks the letters, and opens one", async () => {
    const { app } = await opened();
    await type("travel");
    expect(items()[0]).toBe("key:key-11");
    expect(within(active()).getByText("Travel").tagName).toBe("MARK");
    await type("{Enter}");
    await vi.waitFor(() => expect(screen.getByTestId("drawer")).toHaveAttribute("data-name", "Travel tablet"));
    expect(app.dialogs.current).toBeNull();
    await type("{Escape}");
    await type("{Control>}k{/Control}");
    await type("mos_live_a1");
    expect(items().every((id) => id.startsWith("key:mos-"))).toBe(true);
  });

  it("narrows to a key with Tab, copies it, and goes back with Escape", async () => {
    const { fake } = await opened();
    await type("work-lap{Tab}");
    expect(groups()).toEqual(["On work-laptop"]);
    expect(screen.getByTestId("palette-on")).toHaveTextContent("work-laptop");
    await type("{Escape}");
    expect(screen.queryByTestId("palette-on")).toBeNull();
    await type("work-lap{Tab}copy{Enter}");
    await vi.waitFor(() => expect(callsOf(fake, "copySecret")).toEqual([["key-1"]]));
  });

  it("offers what can be done to the key in mind first", async () => {
    const { app } = await opened((fake) => {
      fake.knobs.settings = { ...fake.knobs.settings, letter_shortcuts: true };
    });
    await type("{Escape}j{Control>}k{/Control}");
    const key = app.keys.byId(app.keys.cursor);
    expect(groups()[0]).toBe(`On ${key?.name ?? ""}`);
    await type("revoke{Enter}");
    expect(app.dialogs.current).toEqual({ kind: "revoke", key: key?.id });
  });

  it("says why something can't be done now, and doesn't do it", async () => {
    const { app } = await opened((fake) => {
      for (const { id } of fake.knobs.accounts)
        fake.knobs.changeAccount(id, { sign_in: "signed_in", failure: errorView("offline") });
    });
    await type("create key");
    expect(active()).toHaveAttribute("aria-disabled", "true");
    expect(active()).toHaveTextContent("Creating a key needs a connection");
    await type("{Enter}");
    expect(app.dialogs.current?.kind).toBe("palette");
  });

  it("offers nothing of a key without a secret that would need one", async () => {
    await opened((fake) => fake.knobs.changeKey("key-1", { kept: "nowhere" }));
    await type("work-lap{Tab}");
    expect(items()).toEqual(["open:key-1", "revoke:key-1"]);
  });

  it("says so when nothing is called that", async () => {
    await opened();
    await type("zzzzqq");
    expect(screen.getByTestId("palette-none")).toHaveTextContent("Nothing is called “zzzzqq”.");
    expect(screen.getByRole("combobox")).not.toHaveAttribute("aria-activedescendant");
  });

  it("closes by the keys that opened it, and gives the focus back", async () => {
    const { app } = await opened();
    await type("{Escape}");
    await type("j");
    const row = document.activeElement;
    await type("{Control>}k{/Control}");
    expect(screen.getByTestId("palette-field")).toHaveFocus();
    await type("{Control>}k{/Control}");
    expect(app.dialogs.current).toBeNull();
    expect(row).toHaveFocus();
  });
});

describe("the index of keys", () => {
  const around = { account: () => "Work", service: () => "Basic Memory" };

  function many(of: number): KeyView[] {
    const key = createFake().knobs.key("key-1");
    return Array.from({ length: of }, (_, at) => ({ ...key, id: `k${String(at)}`, name: `worker ${String(at)}` }));
  }

  it("looks through a hundred thousand keys and ranks only a few", () => {
    const index = new KeyIndex(many(100_000), around);
    const found = index.find("worker 99", 8);
    expect(found.keys).toHaveLength(8);
    expect(found.more).toBe(true);
    expect(index.find("worker 99999", 8).keys.map((key) => key.id)).toEqual(["k99999"]);
  });

  it("takes spread letters where whole words find too little, and accents for plain letters", () => {
    const keys = many(2).map((key, at) => ({ ...key, name: ["Überwachung", "work-laptop"][at] ?? "" }));
    const index = new KeyIndex(keys, around);
    expect(index.find("uber", 8).keys.map((key) => key.name)).toEqual(["Überwachung"]);
    expect(index.find("wklap", 8).keys.map((key) => key.name)).toEqual(["work-laptop"]);
    expect(index.find("basic", 8).keys).toHaveLength(2);
    expect(index.find("nothing", 8).keys).toEqual([]);
  });
});
