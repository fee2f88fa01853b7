// Owns the checks that what changes in place is said aloud, once, and that no secret ever is.

import { cleanup, render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import Live from "../components/Live.svelte";
import AdminKeyDialog from "../features/adopt/AdminKeyDialog.svelte";
import PasteKeyDialog from "../features/adopt/PasteKeyDialog.svelte";
import CreateDialog from "../features/create/CreateDialog.svelte";
import ImportDialog from "../features/inventory/ImportDialog.svelte";
import KeysPage from "../features/keys/KeysPage.svelte";
import KeysSkeleton from "../features/keys/KeysSkeleton.svelte";
import { KeysView } from "../features/keys/view.svelte";
import LockCover from "../features/lock/LockCover.svelte";
import ProjectsSkeleton from "../features/projects/ProjectsSkeleton.svelte";
import BulkRevokeDialog from "../features/revoke/BulkRevokeDialog.svelte";
import RevokeDialog from "../features/revoke/RevokeDialog.svelte";
import AccountDetails from "../features/settings/AccountDetails.svelte";
import SettingsPage from "../features/settings/SettingsPage.svelte";
import SignInDialog from "../features/signin/SignInDialog.svelte";
import Toasts from "../frame/Toasts.svelte";
import type { Fake } from "../ipc/fake";
import { errorView } from "../lib/failure";
import type { App, SettingsTab } from "../state/app.svelte";
import { settle, show, startedApp, stopApps } from "./app";
import { hush, listen, readOut } from "./hearing";

const user = userEvent.setup({ advanceTimers: (ms) => void vi.advanceTimersByTime(ms) });
const onclose = (): void => undefined;

beforeEach(() => {
  vi.useFakeTimers({ now: new Date("2026-11-20T16:00:00Z") });
  vi.spyOn(document, "hasFocus").mockReturnValue(true);
});
afterEach(() => {
  hush();
  cleanup();
  stopApps();
  vi.useRealTimers();
});

async function begun(turn?: (fake: Fake) => void): Promise<{ app: App; fake: Fake; heard: string[] }> {
  const { app, fake } = await startedApp((made) => {
    made.knobs.addServices();
    turn?.(made);
  });
  return { app, fake, heard: listen() };
}

async function press(id: string): Promise<void> {
  await user.click(screen.getByTestId(id));
  await settle();
}

describe("a live region", () => {
  it("is there before its words, and gets a new part for each change", async () => {
    const heard = listen();
    const { rerender } = render(Live, { words: "Asking." });
    await settle();
    await rerender({ words: "Asking." });
    await rerender({ words: "" });
    await rerender({ words: "Asking." });
    await rerender({ words: "Asking.", turn: 1 });
    await settle();
    expect(heard).toEqual(["Asking.", "Asking.", "Asking."]);
  });
});

describe("said aloud", () => {
  it("is how a sign-in goes on, its code, and its time only at its marks", async () => {
    const { app, fake, heard } = await begun();
    show(app, SignInDialog, { provider: "basic-memory", account: null, servers: null, onclose });
    await settle();
    expect(heard).toContain("Waiting for approval.");
    await press("sign-in-copy");
    expect(heard).toContain("Copied the code.");
    await vi.advanceTimersByTimeAsync(238_000);
    expect(heard.filter((words) => words.includes("expires in"))).toEqual([]);
    await vi.advanceTimersByTimeAsync(32_000);
    expect(heard.filter((words) => words.includes("expires in"))).toEqual([
      "The code expires in 1 minute",
      "The code expires in 30 seconds",
    ]);
    fake.knobs.signInTo("denied");
    await settle();
    expect(heard.at(-1)).toBe("Denied in the browser.");
  });

  it("is that a secret is ready, copied, kept and about to leave the clipboard, each once", async () => {
    const { app, heard } = await begun();
    show(app, CreateDialog, { prefill: null, onclose });
    await settle();
    await user.type(screen.getByTestId("create-name"), "office-desktop");
    await press("create-submit");
    expect(heard).toEqual([
      "Creating office-desktop.",
      "office-desktop is made. Copy it now, Basic Memory can’t show it again.",
      "Kept in keychain.",
    ]);
    heard.length = 0;
    await press("secret-copy");
    await vi.advanceTimersByTimeAsync(35_000);
    expect(heard).toEqual([
      "Copied office-desktop.",
      "Clears from the clipboard in 30 seconds",
      "Clears from the clipboard in 10 seconds",
      "The clipboard was cleared. Copy again if you still need it.",
    ]);
    heard.length = 0;
    await press("secret-reveal");
    const secret = screen.getByTestId("secret-box-value").textContent;
    expect(secret).toContain("EXAMPLE");
    expect(heard).toEqual(["The secret is shown. It hides itself after 10 seconds."]);
    await press("snippet-copy");
    await press("snippet-copy");
    expect(heard.slice(1)).toEqual(["Copied Environment, without the key.", "Copied Environment, without the key."]);
    expect(heard.join(" ")).not.toContain(secret);
    const named = [...document.querySelectorAll("[aria-label]")].map((one) => one.getAttribute("aria-label"));
    expect(named.join(" ")).not.toContain(secret);
  });

  it("is that a kept secret is shown in the drawer, and where a calendar was saved", async () => {
    const { app, heard } = await begun((made) => {
      made.knobs.changeKey("key-1", { expiry: { kind: "reminder", at: "2027-02-18T00:00:00Z" } });
    });
    app.keys.opened = "key-1";
    show(app, KeysPage, { view: new KeysView(app) });
    await settle();
    heard.length = 0;
    await press("drawer-reveal");
    await press("calendar-add");
    expect(heard).toEqual([
      "The secret is shown. It hides itself after 10 seconds.",
      "Saved Rotate work-laptop.ics in ~/Downloads.",
    ]);
  });

  it("is what a test found, once, though its wait counts down on screen", async () => {
    const { app, heard } = await begun((made) => {
      made.knobs.test = {
        result: "could_not_tell",
        status: 429,
        at: "2026-11-20T16:00:00Z",
        retry_at: "2026-11-20T16:00:24Z",
      };
    });
    app.keys.opened = "mem-1";
    show(app, KeysPage, { view: new KeysView(app) });
    await settle();
    heard.length = 0;
    await press("drawer-test");
    await vi.advanceTimersByTimeAsync(5_000);
    expect(screen.getByTestId("test-result")).toHaveTextContent("again in 19 s");
    expect(heard).toEqual([
      "Testing Production backend.",
      "Couldn’t tell. Memory API answered 429: too many requests. That says nothing about the key. It can be asked again in 24 s.",
    ]);
    heard.length = 0;
    app.keys.opened = "key-1";
    await settle();
    app.keys.opened = "mem-1";
    await settle();
    expect(screen.getByTestId("test-result")).toHaveTextContent("Couldn’t tell");
    expect(heard).toEqual([]);
  });

  it("is that a key is revoked, with its proof", async () => {
    const { app, heard } = await begun();
    show(app, RevokeDialog, { keyId: "key-8", onclose });
    await settle();
    await press("revoke-submit");
    expect(heard[0]).toMatch(/^Revoking .+\.$/);
    expect(heard[1]).toMatch(/is revoked\. Refused with 401 at .+ no longer accepts it\.$/);
    expect(heard).toHaveLength(2);
  });

  it("is that a key still works after a look in the browser", async () => {
    const { app, heard } = await begun((made) => {
      const { capability } = made.knobs.account("work");
      made.knobs.changeAccount("work", { capability: { ...capability, revoke: { answer: "no", status: 405 } } });
      made.knobs.proof = "still_accepted";
    });
    show(app, RevokeDialog, { keyId: "key-8", onclose });
    await settle();
    await press("revoke-open");
    await press("revoke-check");
    expect(heard[0]).toBe("Opened the API Keys page in your browser.");
    expect(heard.at(-1)).toMatch(/^Still accepted at .+ then check again\.$/);
  });

  it("is how far several keys are", async () => {
    const { app, heard } = await begun((made) => made.knobs.changeAccount("home", { sign_in: "signed_in" }));
    show(app, BulkRevokeDialog, { keyIds: ["key-1", "key-8"], onclose });
    await settle();
    await user.type(screen.getByTestId("bulk-typed"), "2{Enter}");
    await settle();
    expect(heard).toEqual([
      "Revoking 2 keys. 0 done.",
      "Revoking 2 keys. 1 done.",
      "Revoking 2 keys. 2 done.",
      "2 of 2 keys revoked.",
    ]);
  });

  it("is what was found with a pasted key, in each of the three dialogs", async () => {
    const admin = await begun();
    show(admin.app, AdminKeyDialog, { provider: "memory-api", account: null, onclose });
    await settle();
    await press("admin-paste");
    if (screen.queryByTestId("admin-send-anyway") !== null) await press("admin-send-anyway");
    expect(admin.heard[0]).toMatch(/^Asking .+ what this key can do\.$/);
    expect(admin.heard.at(-1)).toMatch(/^Works\. .+ accepted this key\.$/);
    cleanup();
    hush();

    const paste = await begun();
    show(paste.app, PasteKeyDialog, { provider: "basic-memory", onclose });
    await settle();
    await press("paste-button");
    await press("paste-test");
    expect(paste.heard.at(-1)).toMatch(/^Works\. /);
    await user.type(screen.getByTestId("paste-name"), "from-elsewhere");
    await press("paste-submit");
    expect(paste.heard.at(-1)).toMatch(/^Added from-elsewhere\. Works\. /);
    cleanup();
    hush();

    const guided = await begun((fake) => {
      if (fake.knobs.pasted !== null) {
        fake.knobs.pasted = { ...fake.knobs.pasted, prefix: "ctx_9aQd", suggested_provider: "memory-kit" };
      }
    });
    show(guided.app, CreateDialog, { prefill: { account: "helpdesk", name: "", workspace: null }, onclose });
    await settle();
    await user.type(screen.getByTestId("create-name"), "Handbook search");
    await user.type(screen.getByTestId("create-project"), "Handbook");
    await press("create-copy-name");
    expect(guided.heard.at(-1)).toBe("Copied the name.");
    await press("create-have-key");
    expect(guided.heard.at(-1)).toBe("Paste the key called Handbook search.");
    await press("guided-paste");
    expect(guided.heard.at(-1)).toMatch(/^Starts with .+ New: .+ Works\. MemoryKit accepted/);
  });

  it("is what Settings did: a check, a file that was saved, the end of everything", async () => {
    const page = async (tab: SettingsTab) => {
      cleanup();
      hush();
      const opened = await begun();
      opened.app.settingsTab = tab;
      show(opened.app, SettingsPage, {});
      await settle();
      return opened.heard;
    };
    const secrets = await page("secrets");
    expect(secrets).toEqual([]);
    await press("storage-check");
    expect(secrets.at(-1)).toBe("Login keychain: Works.");
    const general = await page("general");
    await press("export-csv");
    expect(general).toEqual(["Saved latchkey-inventory.csv in ~/Downloads."]);
    const erase = await page("erase");
    await user.type(screen.getByTestId("erase-typed"), "erase");
    await press("erase-submit");
    expect(erase).toEqual(["Everything is erased from this computer."]);
  });

  it("is what an import added", async () => {
    const plan = {
      id: "plan",
      computer: "study-desktop",
      exported_at: "2026-11-19T10:00:00Z",
      accounts: 1,
      keys: 2,
      places: 0,
      new_keys: 2,
      problems: [],
    };
    const { app, heard } = await begun((made) => (made.knobs.importPlan = plan));
    show(app, ImportDialog, { plan, onclose });
    await settle();
    await press("import-submit");
    expect(heard.at(-1)).toMatch(/^Added 1 account, 2 keys and 0 noted places\.$/);
  });

  it("is when a service can be asked again, and none of the seconds until then", async () => {
    const failure = errorView("rate_limited", { status: 429, retry_at: "2026-11-20T16:00:24Z" });
    const { app, heard } = await begun((made) => made.knobs.changeAccount("tidepool", { failure }));
    const account = app.accounts.byId("tidepool");
    if (account === null) throw new Error("there is no such account");
    show(app, AccountDetails, { account });
    await settle();
    const note = screen.getByTestId("account-error");
    const read = readOut(note);
    expect(read).toContain("It can be asked again at 16:00:24.");
    expect(note).toHaveTextContent("in 24 s");
    heard.length = 0;
    await vi.advanceTimersByTimeAsync(3000);
    expect(note).toHaveTextContent("in 21 s");
    expect(readOut(note)).toBe(read);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(readOut(note)).toBe(read);
    expect(heard).toEqual([]);
  });

  it("is that a list is being read, after the moment in which nothing shows", async () => {
    const { app, heard } = await begun();
    show(app, KeysSkeleton, {});
    show(app, ProjectsSkeleton, {});
    await settle();
    expect(heard).toEqual([]);
    await vi.advanceTimersByTimeAsync(200);
    expect(heard).toEqual(["Reading keys.", "Reading projects."]);
  });

  it("is that a locked app stays open over an unsaved secret", async () => {
    const { app, heard } = await begun();
    show(app, LockCover, {});
    await settle();
    app.dialogs.quitAsked = true;
    await settle();
    expect(heard).toHaveLength(1);
    expect(heard[0]).toContain("Latchkey is still open");
  });

  it("is each toast, also the same twice, but not behind a dialog where nobody is told", async () => {
    const { app, heard } = await begun();
    show(app, Toasts, {});
    await settle();
    app.toasts.say("Undone");
    await settle();
    app.toasts.say("Undone");
    await settle();
    expect(heard).toEqual(["Undone.", "Undone."]);
    heard.length = 0;
    show(app, RevokeDialog, { keyId: "key-8", onclose });
    await settle();
    app.toasts.say("Removed work-laptop from the list");
    await settle();
    expect(heard).toEqual([]);
    cleanup();
  });
});
