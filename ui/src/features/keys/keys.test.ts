// Owns the checks of the Keys page as a person uses it: table, keyboard, drawer, messages.

import { cleanup, screen, within } from "@testing-library/svelte";
import { userEvent } from "@testing-library/user-event";
import { afterEach, describe, expect, it } from "vitest";
import type { Fake } from "../../ipc/fake";
import { errorView } from "../../lib/failure";
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

function calm(fake: Fake): void {
  fake.knobs.changeAccount("home", { sign_in: "signed_in" });
}

function row(name: string): HTMLElement {
  const found = screen.getAllByTestId("key-row").find((one) => one.dataset["name"] === name);
  if (found === undefined) throw new Error(`there is no row ${name}`);
  return found;
}

describe("the table", () => {
  it("tells its whole length although it draws only some rows", async () => {
    const { app } = await page();
    const grid = screen.getByRole("grid", { name: "Keys" });
    expect(grid).toHaveAttribute("aria-rowcount", String(app.keys.all.length + 1));
    expect(row("work-laptop")).toHaveAttribute("aria-rowindex", "2");
  });

  it("has one tab stop among its rows", async () => {
    await page();
    const stops = screen.getAllByTestId("key-row").filter((one) => one.getAttribute("tabindex") === "0");
    expect(stops).toHaveLength(1);
  });

  it("names the buttons of a row after the key and offers Copy only for a kept secret", async () => {
    const { app } = await page();
    const kept = app.keys.all.find((key) => key.kept === "keychain" && key.status === "active");
    const bare = app.keys.all.find((key) => key.kept === "nowhere" && key.status === "active");
    if (kept === undefined || bare === undefined) throw new Error("the fake has both");
    expect(within(row(kept.name)).getByRole("button", { name: `Copy ${kept.name}` })).toBeInTheDocument();
    expect(within(row(bare.name)).queryByRole("button", { name: `Copy ${bare.name}` })).toBeNull();
    expect(within(row(bare.name)).getByRole("button", { name: `Revoke ${bare.name}` })).toBeInTheDocument();
  });

  it("says which column it is sorted by and turns round on a second press", async () => {
    const { view } = await page();
    const user = userEvent.setup();
    expect(screen.getByRole("columnheader", { name: "Last used" })).toHaveAttribute("aria-sort", "descending");
    await user.click(screen.getByTestId("sort-name"));
    expect(screen.getByRole("columnheader", { name: "Name" })).toHaveAttribute("aria-sort", "ascending");
    await user.click(screen.getByTestId("sort-name"));
    expect(view.sort).toEqual({ column: "name", direction: "descending" });
  });

  it("keeps the cursor, the focus and the drawer when the list is read again", async () => {
    const { app, fake } = await page();
    const user = userEvent.setup();
    await user.click(row("Editors"));
    row("Editors").focus();
    fake.knobs.changeKey(app.keys.opened ?? "", { last_use: { kind: "at", at: new Date().toISOString() } });
    fake.knobs.emit("keys");
    await settle();
    expect(app.keys.byId(app.keys.opened)?.name).toBe("Editors");
    expect(row("Editors")).toHaveFocus();
  });

  it("says what is to do about a key whose answer was lost", async () => {
    await page((fake) => {
      calm(fake);
      fake.knobs.changeKey("key-1", { origin: "intended", has_remote_id: true });
    });
    expect(row("work-laptop")).toHaveTextContent("It exists, but its secret is gone. Revoke it?");
  });

  it("doesn't call a key active that may not exist", async () => {
    await page((fake) => {
      calm(fake);
      fake.knobs.changeKey("key-1", { origin: "intended", has_remote_id: false });
    });
    expect(row("work-laptop")).toHaveTextContent("The answer was lost; it may exist.");
    expect(within(row("work-laptop")).getByTestId("row-status")).toHaveTextContent(/^May exist$/);
  });
});

describe("the keyboard", () => {
  it("moves by arrows and letters, reaches the row's buttons, and opens with Enter", async () => {
    const { app } = await page();
    const user = userEvent.setup();
    await user.keyboard("j");
    expect(row("work-laptop")).toHaveFocus();
    await user.keyboard("{ArrowDown}");
    expect(row("Production backend")).toHaveFocus();
    await user.keyboard("k");
    expect(row("work-laptop")).toHaveFocus();
    await user.keyboard("{ArrowRight}");
    expect(within(row("work-laptop")).getByRole("button", { name: "Copy work-laptop" })).toHaveFocus();
    await user.keyboard("{ArrowLeft}{Enter}");
    expect(app.keys.byId(app.keys.opened)?.name).toBe("work-laptop");
    expect(screen.getByTestId("drawer")).toHaveAttribute("data-name", "work-laptop");
  });

  it("refills the drawer while it moves, and Esc closes it and returns to the row", async () => {
    await page();
    const user = userEvent.setup();
    await user.keyboard("j{Enter}");
    await user.keyboard("j");
    expect(screen.getByTestId("drawer")).toHaveAttribute("data-name", "Production backend");
    await user.keyboard("{Escape}");
    await settle();
    expect(screen.queryByTestId("drawer")).toBeNull();
    expect(row("Production backend")).toHaveFocus();
  });

  it("opens create with n and revoke with Backspace on the row in focus", async () => {
    const { app } = await page();
    const user = userEvent.setup();
    await user.keyboard("n");
    expect(app.dialogs.current?.kind).toBe("create");
    app.dialogs.close();
    await user.keyboard("j{Backspace}");
    expect(app.dialogs.current).toMatchObject({ kind: "revoke" });
  });

  it("leaves Backspace alone while no row is in mind", async () => {
    const { app } = await page();
    await userEvent.setup().keyboard("{Backspace}");
    expect(app.dialogs.current).toBeNull();
  });

  it("types letters into the search instead of acting on them", async () => {
    const { app, view } = await page();
    const user = userEvent.setup();
    await user.keyboard("/");
    await settle();
    expect(screen.getByTestId("search")).toHaveFocus();
    await user.keyboard("ncj");
    expect(view.query).toBe("ncj");
    expect(app.dialogs.current).toBeNull();
  });

  it("ignores letters when they are off in Settings", async () => {
    const { app } = await page((fake) => {
      fake.knobs.settings = { ...fake.knobs.settings, letter_shortcuts: false };
    });
    await userEvent.setup().keyboard("n");
    expect(app.dialogs.current).toBeNull();
  });

  it("copies by id with c", async () => {
    const { fake } = await page();
    await userEvent.setup().keyboard("jc");
    await settle();
    expect(callsOf(fake, "copySecret")).toEqual([["key-1"]]);
  });
});

describe("the drawer", () => {
  it("shows the facts, the noted places and what Latchkey did", async () => {
    await page();
    await userEvent.setup().click(row("work-laptop"));
    await settle();
    const drawer = within(screen.getByTestId("drawer"));
    expect(drawer.getByText("Login keychain")).toBeInTheDocument();
    expect(drawer.getAllByTestId("drawer-place")).toHaveLength(2);
    expect(drawer.getByText("GitHub Actions")).toBeInTheDocument();
  });

  it("notes a place and takes one away", async () => {
    const { fake } = await page();
    const user = userEvent.setup();
    await user.click(row("Editors"));
    await user.click(screen.getByTestId("drawer-note"));
    await user.type(screen.getByTestId("drawer-place-name"), "build server");
    await user.click(screen.getByTestId("drawer-place-save"));
    await settle();
    expect(callsOf(fake, "notePlace")[0]?.[1]).toBe("build server");
    await user.click(screen.getByTestId("drawer-place-remove"));
    await settle();
    expect(callsOf(fake, "removeNotedPlace")).toHaveLength(1);
  });

  it("asks before it forgets a secret, with Cancel in focus", async () => {
    const { fake } = await page();
    const user = userEvent.setup();
    await user.click(row("work-laptop"));
    await user.click(screen.getByTestId("drawer-forget"));
    await settle();
    expect(screen.getByRole("alertdialog")).toHaveAccessibleDescription(/keeps working/);
    expect(screen.getByTestId("confirm-cancel")).toHaveFocus();
    expect(callsOf(fake, "forgetSecret")).toHaveLength(0);
    await user.click(screen.getByTestId("confirm-action"));
    await settle();
    expect(callsOf(fake, "forgetSecret")).toEqual([["key-1"]]);
  });

  it("never asks for a secret on its own", async () => {
    const { fake } = await page();
    await userEvent.setup().click(row("work-laptop"));
    await settle();
    expect(callsOf(fake, "revealSecret")).toHaveLength(0);
  });
});

describe("the states of the page", () => {
  it("offers both ways on when there is no key", async () => {
    await page((fake) => {
      calm(fake);
      fake.knobs.keys = [];
    });
    expect(screen.getByTestId("empty")).toHaveTextContent("No keys yet");
    expect(screen.getByTestId("find-keys")).toBeInTheDocument();
  });

  it("names what was searched for when nothing matches, and clears it", async () => {
    const { view } = await page();
    const user = userEvent.setup();
    await user.type(screen.getByTestId("search"), "zzzz");
    expect(screen.getByTestId("no-match")).toHaveTextContent("No keys match “zzzz”");
    await user.click(screen.getByTestId("clear-search"));
    expect(view.query).toBe("");
  });

  it("says the exact words where no key list is offered", async () => {
    await page((fake) => {
      fake.knobs.accounts = fake.knobs.accounts.filter((account) => account.id === "work");
      fake.knobs.changeAccount("work", {
        capability: {
          list: { answer: "no", status: 404 },
          create: { answer: "yes" },
          revoke: { answer: "no", status: 405 },
          expiry: { answer: "not_asked" },
        },
      });
    });
    expect(screen.getByTestId("banner")).toHaveTextContent(
      "Basic Memory didn’t offer a key list. Open its API Keys page; paste keys to track them.",
    );
    expect(screen.getByTestId("table-note")).toHaveTextContent("Without a list there is no last use");
    expect(screen.getByTestId("checked")).toHaveTextContent(/asked for a list at \d\d:\d\d, answer 404/);
  });

  it("keeps the list when offline, says its age and why nothing can be created", async () => {
    await page((fake) => {
      for (const account of fake.knobs.accounts) {
        fake.knobs.changeAccount(account.id, { sign_in: "signed_in", failure: errorView("offline") });
      }
    });
    expect(screen.getByTestId("banner")).toHaveTextContent("You’re offline.");
    expect(screen.getByTestId("banner")).toHaveTextContent(/checked .* ago/);
    const create = screen.getByTestId("create-key");
    expect(create).toHaveAttribute("aria-disabled", "true");
    expect(create).toHaveAttribute("data-tip", "Creating a key needs a connection");
  });

  it.each([
    ["locked", "unlockStorage"],
    ["denied", "checkStorage"],
    ["waiting", "checkStorage"],
  ] as const)("offers the step for a keychain that is %s, and the session only when asked", async (state, command) => {
    const { fake } = await page((turned) => {
      turned.knobs.storage = { ...turned.knobs.storage, state };
    });
    const user = userEvent.setup();
    expect(screen.getByTestId("banner")).toHaveAttribute("data-kind", "keychain");
    expect(callsOf(fake, "keepForSession")).toHaveLength(0);
    await user.click(screen.getByTestId("banner-storage"));
    await settle();
    expect(callsOf(fake, command)).toHaveLength(1);
  });

  it("shows a failed copy beside the list, not as a toast", async () => {
    const { app, fake } = await page();
    fake.knobs.fail("copySecret", "keychain_locked");
    await userEvent.setup().keyboard("jc");
    await settle();
    expect(screen.getByTestId("keys-failure")).toHaveTextContent("locked");
    expect(app.toasts.current).toBeNull();
  });
});
