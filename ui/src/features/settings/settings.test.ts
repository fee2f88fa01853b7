// Owns the checks of the settings: what is saved, what is asked first, and what each server is said to offer.

import { screen, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it } from "vitest";
import type { Fake } from "../../ipc/fake";
import type { StorageState } from "../../ipc/generated/StorageState";
import type { SettingsTab } from "../../state/app.svelte";
import { callsOf, settle, show, startedApp, stopApps } from "../../testing/app";
import SettingsPage from "./SettingsPage.svelte";

const user = userEvent.setup();

afterEach(stopApps);

async function page(tab: SettingsTab, turn?: (fake: Fake) => void) {
  const { app, fake } = await startedApp(turn);
  app.settingsTab = tab;
  show(app, SettingsPage, {});
  await settle();
  return { app, fake };
}

async function panel(account: string, item: string): Promise<void> {
  screen.getByTestId(`account-menu-${account}`).focus();
  await user.keyboard("{Enter}");
  await settle();
  await user.click(await screen.findByTestId(`account-menu-${item}`));
  await settle();
}

describe("the tabs", () => {
  it("are moved between by arrow keys, with one tab stop", async () => {
    const { app } = await page("general");
    screen.getByTestId("settings-general").focus();
    await user.keyboard("{ArrowRight}{ArrowRight}");
    expect(app.settingsTab).toBe("accounts");
    expect(screen.getByTestId("settings-accounts")).toHaveFocus();
    expect(screen.getAllByRole("tab").filter((tab) => tab.tabIndex === 0)).toHaveLength(1);
  });
});

describe("general and secrets", () => {
  it("save a change as it is made", async () => {
    const { fake } = await page("general");
    await user.click(screen.getByTestId("setting-theme-dark"));
    await settle();
    expect(fake.knobs.settings.theme).toBe("dark");
    await user.click(screen.getByRole("switch", { name: "Single-letter shortcuts" }));
    await settle();
    expect(fake.knobs.settings.letter_shortcuts).toBe(false);
  });

  it("say that a lock hides and does not protect", async () => {
    await page("general");
    expect(screen.getByText(/doesn’t protect from somebody who can use your account/)).toBeVisible();
  });

  it.each([
    ["ready", "Works"],
    ["absent", "Not there"],
    ["locked", "Locked"],
    ["denied", "Refused"],
    ["waiting", "Doesn’t answer"],
    ["failed", "Failed"],
  ] as [StorageState, string][])("say in a word of its own that the keychain is %s", async (state, word) => {
    const { fake } = await page("secrets", (turned) => {
      turned.knobs.storage = { name: "Login keychain", state, session_only: false };
    });
    expect(screen.getByTestId("storage-state")).toHaveTextContent(word);
    await user.click(screen.getByTestId("storage-check"));
    await settle();
    expect(callsOf(fake, "checkStorage")).toHaveLength(1);
    expect(screen.queryByTestId("storage-unlock") !== null).toBe(state === "locked");
  });
});

describe("accounts", () => {
  it("show what each server offers, as far as it was asked", async () => {
    await page("accounts", (fake) => {
      fake.knobs.changeAccount("work", {
        capability: {
          list: { answer: "yes" },
          create: { answer: "yes" },
          revoke: { answer: "no", status: 405 },
          expiry: { answer: "unclear" },
        },
      });
    });
    const row = screen.getByTestId("account-work");
    expect(
      within(row)
        .getAllByRole("cell")
        .map((cell) => cell.textContent.trim()),
    ).toEqual(["Yesasked", "Yes", "In browserasked: 405", "Unclearasked, not understood", ""]);
    const home = screen.getByTestId("account-home");
    expect(home).toHaveTextContent("Sign in again");
    expect(
      within(home)
        .getAllByRole("cell")
        .map((cell) => cell.textContent.trim()),
    ).toEqual(["–", "–", "–", "–", ""]);
  });

  it("ask about saved secrets before an account is removed, and keep them unless told", async () => {
    const { fake } = await page("accounts");
    await panel("work", "remove");
    expect(screen.getByTestId("account-panel-remove")).toHaveTextContent("The keys keep working at Basic Memory");
    expect(screen.getByTestId("account-delete-secrets")).not.toBeChecked();
    expect(screen.getByTestId("account-stays")).toHaveTextContent(/^Work stays in the list, signed out, with only the/);
    expect(screen.getByTestId("account-confirm")).toHaveTextContent(/^Remove all but \d+ keys$/);
    await user.click(screen.getByTestId("account-delete-secrets"));
    expect(screen.queryByTestId("account-stays")).toBeNull();
    await user.click(screen.getByTestId("account-confirm"));
    await settle();
    expect(callsOf(fake, "removeAccount")).toEqual([["work", true]]);
    expect(screen.queryByTestId("account-work")).toBeNull();
  });

  it("keep an account for its saved secrets, signed out", async () => {
    const { fake } = await page("accounts");
    await panel("work", "remove");
    await user.click(screen.getByTestId("account-confirm"));
    await settle();
    expect(callsOf(fake, "removeAccount")).toEqual([["work", false]]);
    expect(screen.getByTestId("account-work")).toHaveTextContent("signed out");
  });

  it("say when a server couldn't end the sign-in", async () => {
    await page("accounts");
    await panel("work", "sign-out");
    await user.click(screen.getByTestId("account-confirm"));
    await settle();
    expect(screen.getByTestId("account-signed-out")).toHaveTextContent("offers no way to end a sign-in");
  });

  it("warn that other servers sign the account out, and tie a refusal to its field", async () => {
    const { fake } = await page("accounts", (turned) =>
      turned.knobs.fail("setServers", "unsafe_address", { field: "host", url: "http://notes.example" }, true),
    );
    await panel("work", "servers");
    await user.clear(screen.getByTestId("servers-host"));
    await user.type(screen.getByTestId("servers-host"), "http://notes.example");
    expect(screen.getByText(/This signs the account out/)).toBeVisible();
    await user.click(screen.getByTestId("account-save"));
    await settle();
    expect(screen.getByTestId("servers-host")).toHaveAccessibleDescription(/neither https nor this computer/);
    await user.clear(screen.getByTestId("servers-host"));
    await user.type(screen.getByTestId("servers-host"), "https://notes.example");
    await user.click(screen.getByTestId("account-save"));
    await settle();
    expect(screen.getByTestId("account-host-asks")).toHaveTextContent("will be sent to https://notes.example");
    expect(fake.knobs.account("work").host).not.toBe("https://notes.example");
    await user.click(screen.getByTestId("account-host-confirm"));
    await settle();
    expect(fake.knobs.account("work")).toMatchObject({ sign_in: "signed_out", host: "https://notes.example" });
  });

  it("rename an account", async () => {
    const { fake } = await page("accounts");
    await panel("work", "rename");
    await user.clear(screen.getByTestId("account-label"));
    await user.type(screen.getByTestId("account-label"), "Acme{Enter}");
    await settle();
    expect(fake.knobs.account("work").label).toBe("Acme");
    expect(screen.getByRole("button", { name: "Actions for Acme" })).toHaveFocus();
  });
});

describe("erase", () => {
  it("waits for the word, then empties everything and says so", async () => {
    const { app, fake } = await page("erase");
    await user.type(screen.getByTestId("erase-typed"), "Erase");
    await user.click(screen.getByTestId("erase-submit"));
    expect(callsOf(fake, "eraseEverything")).toHaveLength(0);
    await user.clear(screen.getByTestId("erase-typed"));
    await user.type(screen.getByTestId("erase-typed"), "erase");
    await user.click(screen.getByTestId("erase-submit"));
    await settle();
    expect(app.accounts.all).toHaveLength(0);
    expect(screen.getByText("Everything is erased from this computer.")).toBeVisible();
  });

  it("says that keys keep working at their services", async () => {
    await page("erase");
    expect(screen.getByText("Keys keep working at their services.")).toBeVisible();
  });
});
