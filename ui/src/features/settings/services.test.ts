// Owns the checks of the settings for accounts that a key acts for, of notifications and of the inventory.

import { cleanup, screen, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it } from "vitest";
import type { Fake } from "../../ipc/fake";
import { errorView } from "../../lib/failure";
import type { SettingsTab } from "../../state/app.svelte";
import { callsOf, settle, show, startedApp, stopApps } from "../../testing/app";
import SettingsPage from "./SettingsPage.svelte";

const user = userEvent.setup();

afterEach(() => {
  cleanup();
  stopApps();
});

async function page(tab: SettingsTab, turn: (fake: Fake) => void = () => undefined) {
  const { app, fake } = await startedApp((made) => {
    made.knobs.addServices();
    turn(made);
  });
  app.settingsTab = tab;
  show(app, SettingsPage, {});
  await settle();
  return { app, fake };
}

async function choose(account: string, item: string): Promise<void> {
  screen.getByTestId(`account-menu-${account}`).focus();
  await user.keyboard("{Enter}");
  await settle();
  await user.click(await screen.findByTestId(`account-menu-${item}`));
  await settle();
}

const cells = (account: string): string[] =>
  within(screen.getByTestId(`account-${account}`))
    .getAllByRole("cell")
    .slice(0, 4)
    .map((cell) => cell.textContent.trim());

describe("what each server offers", () => {
  it("tells what is documented from what was asked, and names the other way", async () => {
    await page("accounts");
    expect(cells("tidepool")).toEqual(["Yes", "Yes", "Yes", "1 to 365 days"]);
    expect(cells("lab")).toEqual(["Yes", "Yes", "In browserasked: 405", "Reminder"]);
    expect(cells("helpdesk")).toEqual(["Known here", "In dashboard", "In browser", "Reminder"]);
    expect(screen.getByTestId("account-tidepool")).toHaveTextContent("Memory API · admin key");
    expect(screen.getByTestId("account-helpdesk")).toHaveTextContent("MemoryKit · dashboard");
  });

  it("says what the key in use lacks, and offers another", async () => {
    const { app } = await page("accounts", (fake) => fake.knobs.changeAccount("lab", { lacks: ["admin"] }));
    expect(cells("lab")).toEqual(["Yes", "Lacks adminthe key in use", "Lacks adminthe key in use", "Reminder"]);
    await user.click(screen.getByTestId("account-open-lab"));
    expect(screen.getByTestId("account-lacks")).toHaveTextContent("can’t create or revoke any");
    await user.click(screen.getByTestId("account-better-key"));
    expect(app.dialogs.current).toEqual({ kind: "admin_key", provider: "memory-os", account: "lab" });
  });

  it("claims nothing of a server whose admin key was refused", async () => {
    await page("accounts", (fake) =>
      fake.knobs.changeAccount("tidepool", {
        sign_in: "needed",
        capability: {
          list: { answer: "not_asked" },
          create: { answer: "not_asked" },
          revoke: { answer: "not_asked" },
          expiry: { answer: "not_asked" },
        },
      }),
    );
    expect(cells("tidepool")).toEqual(["–", "–", "–", "–"]);
    expect(screen.getByTestId("account-tidepool")).toHaveTextContent("Paste a new key");
  });
});

describe("an account's details", () => {
  it("show plan, usage and limits as text, each with its time, and ask again only when told to", async () => {
    const { fake } = await page("accounts");
    await user.click(screen.getByTestId("account-open-tidepool"));
    expect(screen.getByTestId("account-plan")).toHaveTextContent("Starter");
    expect(screen.getByTestId("account-usage")).toHaveTextContent("API calls: 8,412 of 50,000 this month");
    expect(screen.getByTestId("account-usage")).toHaveTextContent(/told \d+ s ago/);
    expect(screen.getByTestId("account-rate")).toHaveTextContent(/58 of 60 requests left.*told at \d\d:\d\d:\d\d/);
    expect(screen.getByTestId("account-details")).toHaveTextContent("Latchkey admin mem_live_8sQd…");
    expect(callsOf(fake, "refreshUsage")).toHaveLength(0);
    await user.click(screen.getByTestId("account-usage-ask"));
    await settle();
    expect(callsOf(fake, "refreshUsage")).toEqual([["tidepool"]]);
  });

  it("don't invent usage where the service reports none", async () => {
    await page("accounts");
    await user.click(screen.getByTestId("account-open-helpdesk"));
    expect(screen.getByTestId("account-usage")).toHaveTextContent("MemoryKit doesn’t report it");
    expect(screen.queryByTestId("account-rate")).toBeNull();
    expect(screen.getByTestId("account-age")).toHaveTextContent("MemoryKit offers no list");
  });

  it("tell its own error with a next step, and no other account's", async () => {
    const { fake } = await page("accounts", (made) =>
      made.knobs.changeAccount("lab", { failure: errorView("service_failed", { status: 503, request_id: "req_9" }) }),
    );
    await user.click(screen.getByTestId("account-open-lab"));
    expect(screen.getByTestId("account-error")).toHaveTextContent("It answered 503.");
    expect(screen.getByTestId("account-error")).toHaveTextContent("For support: request req_9");
    await user.click(screen.getByTestId("account-error-next"));
    await settle();
    expect(callsOf(fake, "refreshKeys").at(-1)).toEqual(["lab"]);
    await user.click(screen.getByTestId("account-open-tidepool"));
    expect(screen.queryByTestId("account-error")).toBeNull();
  });
});

describe("the base URL", () => {
  it("asks before a secret goes to another host", async () => {
    const { fake } = await page("accounts");
    await choose("tidepool", "servers");
    await user.clear(screen.getByTestId("account-host"));
    await user.type(screen.getByTestId("account-host"), "https://memory.example/v1/");
    await user.click(screen.getByTestId("account-save"));
    await settle();
    expect(fake.knobs.account("tidepool").host).not.toContain("memory.example");
    expect(screen.getByTestId("account-host-asks")).toHaveTextContent(
      "The key that acts for it will be sent to https://memory.example/v1/ from now on.",
    );
    await user.click(screen.getByTestId("account-host-confirm"));
    await settle();
    expect(callsOf(fake, "setHost")).toEqual([
      ["tidepool", "https://memory.example/v1/", false],
      ["tidepool", "https://memory.example/v1/", true],
    ]);
    expect(screen.queryByTestId("account-panel-servers")).toBeNull();
  });

  it("asks anew when the address was changed after the question", async () => {
    await page("accounts");
    await choose("tidepool", "servers");
    await user.type(screen.getByTestId("account-host"), "/x");
    await user.click(screen.getByTestId("account-save"));
    await settle();
    await user.type(screen.getByTestId("account-host"), "y");
    expect(screen.queryByTestId("account-host-asks")).toBeNull();
    expect(screen.queryByTestId("account-host-confirm")).toBeNull();
  });

  it("ties a refused address to its field", async () => {
    await page("accounts", (fake) =>
      fake.knobs.fail("setHost", "unsafe_address", { field: "host", url: "http://memory.example" }, true),
    );
    await choose("lab", "servers");
    await user.clear(screen.getByTestId("account-host"));
    await user.type(screen.getByTestId("account-host"), "http://memory.example");
    await user.click(screen.getByTestId("account-save"));
    await settle();
    expect(screen.getByTestId("account-host")).toHaveAccessibleDescription(/neither https nor this computer/);
  });
});

describe("what can be done to an account", () => {
  it("is another admin key, where a key acts for it", async () => {
    const { app } = await page("accounts");
    await choose("tidepool", "sign-in");
    expect(app.dialogs.current).toEqual({ kind: "admin_key", provider: "memory-api", account: "tidepool" });
  });

  it("is neither a sign-in nor a reading, where nothing acts for it", async () => {
    await page("accounts");
    screen.getByTestId("account-menu-helpdesk").focus();
    await user.keyboard("{Enter}");
    const menu = await screen.findByTestId("account-menu");
    // The menu is placed by measuring, and jsdom measures nothing, so it counts as hidden here.
    const items = within(menu)
      .getAllByRole("menuitem", { hidden: true })
      .map((item) => item.textContent.trim());
    expect(items).toEqual(["Details", "Rename", "Base URL", "Remove account"]);
  });

  it("is undone by removing it, which says what goes and what keeps working", async () => {
    const { fake } = await page("accounts", (made) => made.knobs.changeAccount("tidepool", { kept_secrets: 0 }));
    await choose("tidepool", "remove");
    expect(screen.getByTestId("account-panel-remove")).toHaveTextContent(
      "The key that acts for it and its list of keys are deleted here. The keys keep working at Memory API",
    );
    await user.click(screen.getByTestId("account-confirm"));
    await settle();
    expect(callsOf(fake, "removeAccount")).toEqual([["tidepool", false]]);
  });
});

describe("notifications", () => {
  it("have one switch and say what is told when", async () => {
    const { fake } = await page("notifications");
    expect(screen.getByRole("tabpanel")).toHaveTextContent("14 days, 7 days and 1 day before");
    expect(screen.getByRole("tabpanel")).toHaveTextContent("never its secret");
    await user.click(screen.getByRole("switch", { name: "Notifications of the system" }));
    await settle();
    expect(fake.knobs.settings.notifications).toBe(false);
  });
});

describe("the inventory", () => {
  it.each(["csv", "json"] as const)("is saved as %s and says where", async (format) => {
    const { fake } = await page("general");
    await user.click(screen.getByTestId(`export-${format}`));
    await settle();
    expect(callsOf(fake, "exportInventory")).toEqual([[format, null]]);
    expect(screen.getByTestId("export-saved")).toHaveTextContent(`latchkey-inventory.${format} in ~/Downloads`);
  });

  it("says why it couldn't be saved, and no file is named", async () => {
    await page("general", (fake) => fake.knobs.fail("exportInventory", "records_failed"));
    await user.click(screen.getByTestId("export-csv"));
    await settle();
    expect(screen.getByTestId("inventory-failure")).toHaveTextContent("Couldn’t read or write");
    expect(screen.getByTestId("export-saved").children).toHaveLength(0);
  });

  it("of another computer is shown before it is taken in", async () => {
    const { app, fake } = await page("general", (made) => {
      made.knobs.importPlan = {
        id: "plan",
        computer: "study-desktop",
        exported_at: "2026-11-19T10:00:00Z",
        accounts: 3,
        keys: 14,
        places: 5,
        new_keys: 12,
        problems: [],
      };
    });
    await user.click(screen.getByTestId("import-choose"));
    await settle();
    expect(app.dialogs.current).toMatchObject({ kind: "import", plan: { computer: "study-desktop" } });
    expect(callsOf(fake, "importInventory")).toHaveLength(0);
  });

  it("opens nothing when no file was chosen", async () => {
    const { app } = await page("general");
    await user.click(screen.getByTestId("import-choose"));
    await settle();
    expect(app.dialogs.current).toBeNull();
  });
});
