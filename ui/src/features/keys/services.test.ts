// Owns the checks of the Keys page with accounts of all four services in one list.

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
  const { app, fake } = await startedApp((made) => {
    made.knobs.addServices();
    made.knobs.changeAccount("home", { sign_in: "signed_in" });
    turn(made);
  });
  const view = new KeysView(app);
  show(app, KeysPage, { view });
  await settle();
  return { app, fake, view };
}

/** Narrows the list to one account, so that the row is drawn, and finds it. */
async function row(view: KeysView, account: string, name: string): Promise<HTMLElement> {
  view.account = account;
  await settle();
  const found = screen.getAllByTestId("key-row").find((one) => one.dataset["name"] === name);
  if (found === undefined) throw new Error(`there is no row ${name}`);
  return found;
}

const banner = (): HTMLElement => screen.getByTestId("banner");

describe("a row", () => {
  it("says below the name what its service knows: workspace, scopes, or project and scopes", async () => {
    const { view } = await page();
    expect(within(await row(view, "work", "work-laptop")).getByTestId("row-under")).toHaveTextContent("Acme team");
    expect(within(await row(view, "tidepool", "Staging worker")).getByTestId("row-under")).toHaveTextContent(
      "read, write, delete",
    );
    expect(within(await row(view, "helpdesk", "Support assistant")).getByTestId("row-under")).toHaveTextContent(
      "Helpdesk · 3 of 6 scopes",
    );
    expect(within(await row(view, "helpdesk", "Docs indexer")).getByTestId("row-under")).toHaveTextContent(
      "Handbook · memories:write",
    );
  });

  it("tags the environment, with what it costs where that is known", async () => {
    const { view } = await page();
    const live = within(await row(view, "tidepool", "Production backend")).getByTestId("row-environment");
    expect(live).toHaveTextContent("Live");
    expect(live.closest("[data-tip]")).toHaveAttribute("data-tip", "Live: counts towards billing");
    expect(within(await row(view, "tidepool", "Staging worker")).getByTestId("row-environment")).toHaveTextContent(
      "Test",
    );
    expect(within(await row(view, "work", "work-laptop")).queryByTestId("row-environment")).toBeNull();
  });

  it("never says “Never used” where the service doesn't report use", async () => {
    const { view } = await page();
    const used = within(await row(view, "helpdesk", "Support assistant")).getByTestId("row-used");
    expect(used).toHaveTextContent("–");
    expect(within(used).getByText("–")).toHaveAttribute("data-tip", "MemoryKit doesn’t report use");
    expect(within(await row(view, "tidepool", "Second admin")).getByTestId("row-used")).toHaveTextContent("Never used");
  });

  it("marks a reminder with a bell and no bar, and an expiry at the service with a bar", async () => {
    const { view } = await page();
    const reminder = within(await row(view, "lab", "Search gateway")).getByTestId("row-expires");
    expect(reminder).toHaveTextContent("Reminder");
    expect(within(reminder).queryByRole("img")).toBeNull();
    const expiry = within(await row(view, "tidepool", "Production backend")).getByTestId("row-expires");
    expect(within(expiry).getByRole("img", { name: /of the last 30 days left/ })).toBeInTheDocument();
  });

  it("hints at keys that lie unused or are old, in words", async () => {
    const { view } = await page();
    const hint = within(await row(view, "tidepool", "Old importer")).getByTestId("row-hint");
    expect(hint).toHaveAccessibleName(/^Not used for 90 days\..* Made \d+ days ago\./);
    expect(within(await row(view, "tidepool", "Production backend")).queryByTestId("row-hint")).toBeNull();
  });

  it("marks a key that woke, says why in the drawer, and until somebody says it was seen", async () => {
    const { fake, view } = await page();
    const line = await row(view, "tidepool", "Analytics");
    expect(within(line).getByTestId("row-woke")).toHaveTextContent("Used again");
    await userEvent.setup().click(line);
    await settle();
    expect(callsOf(fake, "seen")).toEqual([]);
    expect(screen.getByTestId("drawer-woke")).toHaveTextContent(
      /Unused for 30 days or more, then used on .* Is it yours\?/,
    );
    await userEvent.setup().click(screen.getByTestId("drawer-seen"));
    await settle();
    expect(callsOf(fake, "seen")).toEqual([["mem-4"]]);
    expect(screen.queryByTestId("drawer-woke")).toBeNull();
    expect(within(await row(view, "tidepool", "Analytics")).queryByTestId("row-woke")).toBeNull();
  });

  it("names the key that acts for its account", async () => {
    const { view } = await page();
    const tag = within(await row(view, "tidepool", "Latchkey admin")).getByTestId("row-admin");
    expect(tag.closest("[data-tip]")).toHaveAttribute("data-tip", "Latchkey uses this key to act for Tidepool");
    expect(within(await row(view, "tidepool", "Second admin")).queryByTestId("row-admin")).toBeNull();
  });

  it("offers Copy and Test only where the secret is here, and Revoke for every key that works", async () => {
    const { view } = await page();
    const kept = within(await row(view, "tidepool", "Staging worker"));
    expect(kept.getByRole("button", { name: "Copy Staging worker" })).toBeInTheDocument();
    expect(kept.getByRole("button", { name: "Test Staging worker" })).toBeInTheDocument();
    const bare = within(await row(view, "tidepool", "CI nightly"));
    expect(bare.queryByRole("button", { name: "Copy CI nightly" })).toBeNull();
    expect(bare.queryByRole("button", { name: "Test CI nightly" })).toBeNull();
    expect(bare.getByRole("button", { name: "Revoke CI nightly" })).toBeInTheDocument();
  });

  it("tests once, by button or letter, and shows the key it tested", async () => {
    const { app, fake, view } = await page();
    const user = userEvent.setup();
    const line = await row(view, "tidepool", "Staging worker");
    await user.click(within(line).getByTestId("row-test"));
    await settle();
    expect(callsOf(fake, "testKey")).toEqual([["mem-3"]]);
    expect(app.keys.opened).toBe("mem-3");
    expect(app.tests.of("mem-3")?.result).toBe("works");
    await user.keyboard("t");
    await settle();
    expect(callsOf(fake, "testKey")).toHaveLength(2);
  });
});

describe("the list", () => {
  const older = (fake: Fake): void => {
    for (const id of ["key-18", "key-19"]) fake.knobs.changeKey(id, { status: "revoked", folded: true });
    fake.knobs.keys = fake.knobs.keys.map((key) => (key.account === "work" ? key : { ...key, folded: false }));
  };

  it("folds old revoked keys behind one line that opens by mouse and by keyboard", async () => {
    const { view } = await page(older);
    const user = userEvent.setup();
    view.account = "work";
    view.status = "revoked";
    await settle();
    expect(screen.queryAllByTestId("key-row")).toHaveLength(0);
    expect(screen.getByTestId("fold-row")).toHaveTextContent("2 older revoked keys");
    expect(screen.getByTestId("fold-toggle")).toHaveAttribute("aria-expanded", "false");
    await user.click(screen.getByTestId("fold-toggle"));
    await settle();
    expect(screen.getAllByTestId("key-row")).toHaveLength(2);
    expect(screen.getByRole("grid", { name: "Keys" })).toHaveAttribute("aria-rowcount", "4");
    screen.getByTestId("fold-row").focus();
    await user.keyboard("{Enter}");
    await settle();
    expect(screen.queryAllByTestId("key-row")).toHaveLength(0);
    expect(screen.getByTestId("fold-row")).toHaveFocus();
  });

  it("counts folded keys as there, and finds them by search", async () => {
    const { app, view } = await page(older);
    expect(screen.getByTestId("status-bar")).toHaveTextContent(`${String(app.keys.all.length)} keys`);
    view.query = "old-laptop";
    await settle();
    expect(screen.queryByTestId("fold-row")).toBeNull();
    expect(screen.getAllByTestId("key-row").map((one) => one.dataset["name"])).toEqual(["old-laptop"]);
  });

  it("keeps the line in focus when the list is read again", async () => {
    const { fake, view } = await page(older);
    view.account = "work";
    view.status = "revoked";
    await settle();
    screen.getByTestId("fold-row").focus();
    fake.knobs.emit("keys");
    await settle();
    expect(screen.getByTestId("fold-row")).toHaveFocus();
    await userEvent.setup().keyboard("{Backspace}");
    expect(screen.queryByRole("dialog")).toBeNull();
  });

  it("is searched by service, scope, project and account, and narrowed to one account", async () => {
    const { view } = await page();
    const named = (): (string | undefined)[] => view.rows.map((key) => key.account);
    view.query = "memorykit";
    expect(new Set(named())).toEqual(new Set(["helpdesk"]));
    view.query = "search:read";
    expect(view.rows.map((key) => key.name)).toContain("Search gateway");
    view.query = "handbook";
    expect(view.rows.map((key) => key.name)).toEqual(["Docs indexer"]);
    view.query = "";
    view.account = "lab";
    expect(new Set(named())).toEqual(new Set(["lab"]));
  });

  it("offers the account filter as a menu too, for a narrow page", async () => {
    const { view } = await page();
    screen.getByTestId("filter-open").focus();
    await userEvent.setup().keyboard("{Enter}");
    await settle();
    await userEvent.setup().click(await screen.findByTestId("filter-menu-lab"));
    expect(view.account).toBe("lab");
  });
});

describe("the message above the table", () => {
  it("names each account that couldn't be read, with its own reason, and keeps every key", async () => {
    const { app } = await page((fake) => {
      fake.knobs.changeAccount("home", { failure: errorView("offline", { host: "cloud.basicmemory.com" }) });
      fake.knobs.changeAccount("tidepool", { failure: errorView("service_failed", { status: 503 }) });
      fake.knobs.changeAccount("lab", { checking: true, checked_at: null });
    });
    expect(banner()).toHaveAttribute("data-kind", "partly-loaded");
    expect(banner()).toHaveTextContent("Couldn’t read the keys of Home and Tidepool.");
    expect(banner()).toHaveTextContent("Home: Couldn’t reach cloud.basicmemory.com.");
    expect(banner()).toHaveTextContent("Tidepool: Memory API has a problem of its own.");
    expect(screen.getAllByTestId("key-row").length).toBeGreaterThan(10);
    expect(app.keys.all.some((key) => key.account === "tidepool")).toBe(true);
  });

  it("doesn't hide an account that needs a key behind one that is offline", async () => {
    await page((fake) => {
      fake.knobs.changeAccount("home", { failure: errorView("offline", { host: "cloud.basicmemory.com" }) });
      fake.knobs.changeAccount("lab", { sign_in: "needed" });
    });
    expect(banner()).toHaveTextContent("Paste a new admin key to see keys in Lab.");
  });

  it("asks for another admin key where one was refused", async () => {
    const { app } = await page((fake) => fake.knobs.changeAccount("tidepool", { sign_in: "needed" }));
    expect(banner()).toHaveTextContent("Paste a new admin key to see keys in Tidepool.");
    expect(banner()).toHaveTextContent("Memory API no longer accepts the key that acts for it.");
    await userEvent.setup().click(screen.getByTestId("sign-in"));
    expect(app.dialogs.current).toEqual({ kind: "admin_key", provider: "memory-api", account: "tidepool" });
  });

  it("never calls an account without a list offline, nor sorry for it", async () => {
    const { app } = await page((fake) => {
      for (const account of fake.knobs.accounts) {
        if (account.id !== "helpdesk") fake.knobs.changeAccount(account.id, { failure: errorView("offline") });
      }
    });
    expect(banner()).toHaveAttribute("data-kind", "offline");
    expect(app.accounts.byId("helpdesk")?.failure).toBeNull();
    cleanup();
    await page((fake) => {
      fake.knobs.accounts = fake.knobs.accounts.filter((account) => account.id === "helpdesk");
      fake.knobs.keys = fake.knobs.keys.filter((key) => key.account === "helpdesk");
    });
    expect(screen.queryByTestId("banner")).toBeNull();
  });

  it("lists what fell due, opens the key it names and can be put away", async () => {
    const { app, fake } = await page((turned) => {
      turned.knobs.due = ["mem-1", "mos-1", "key-2", "key-4"].map((id) => ({
        key: id,
        name: turned.knobs.key(id).name,
        provider: turned.knobs.key(id).provider,
        kind: id === "mos-1" ? "reminder" : "expiry",
        at: new Date(Date.now() + (id === "key-2" ? -86_400_000 : 90_000_000)).toISOString(),
        days: id === "key-2" ? -1 : 1,
      }));
    });
    const user = userEvent.setup();
    expect(banner()).toHaveAttribute("data-kind", "due");
    expect(banner()).toHaveTextContent("4 keys need you.");
    expect(banner()).toHaveTextContent("Search gateway time to rotate tomorrow (Memory OS).");
    expect(banner()).toHaveTextContent("Production backend ended yesterday (Basic Memory).");
    expect(banner()).toHaveTextContent("And 1 more.");
    await user.click(screen.getByTestId("due-mos-1"));
    await settle();
    expect(app.keys.opened).toBe("mos-1");
    await user.click(screen.getByTestId("due-dismiss"));
    await settle();
    expect(callsOf(fake, "dismissDue")).toHaveLength(1);
    expect(screen.queryByTestId("banner")).toBeNull();
  });

  it("says that four sandbox accounts are open, and the foot says where", async () => {
    await page((fake) => {
      fake.knobs.sandbox = true;
      fake.knobs.accounts = fake.knobs.accounts
        .filter((account) => account.id !== "home")
        .map((account) => ({ ...account, sandbox: true, host: "http://127.0.0.1:41873/v1" }));
      fake.knobs.keys = fake.knobs.keys.filter((key) => key.account !== "home");
    });
    expect(banner()).toHaveTextContent("Four sandbox accounts are open.");
    expect(screen.getByTestId("status-bar")).toHaveTextContent("4 pretend services on 127.0.0.1");
    expect(screen.getAllByTestId("row-under").every((line) => line.textContent.includes("Sandbox"))).toBe(true);
  });
});
