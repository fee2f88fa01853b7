// Owns the checks of Create: entries, errors that keep them, the secret that is shown once, and the guard on closing.

import { screen, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Fake } from "../../ipc/fake";
import { ERROR_CODES } from "../../lib/errors";
import { callsOf, settle, show, startedApp, stopApps } from "../../testing/app";
import CreateDialog from "./CreateDialog.svelte";

const user = userEvent.setup({ advanceTimers: (ms) => void vi.advanceTimersByTime(ms) });

beforeEach(() => {
  vi.useFakeTimers({ now: new Date("2026-11-20T16:00:00Z") });
  vi.spyOn(document, "hasFocus").mockReturnValue(true);
});
afterEach(() => {
  stopApps();
  vi.useRealTimers();
});

async function dialog(turn?: (fake: Fake) => void) {
  const { app, fake } = await startedApp(turn);
  const onclose = vi.fn();
  show(app, CreateDialog, { prefill: null, onclose });
  await settle();
  return { app, fake, onclose };
}

async function created(keep: boolean, turn?: (fake: Fake) => void) {
  const opened = await dialog(turn);
  await user.type(screen.getByTestId("create-name"), "office-desktop");
  if (!keep) await user.click(screen.getByTestId("create-keep"));
  await user.click(screen.getByTestId("create-submit"));
  await settle();
  return opened;
}

describe("the details", () => {
  it("start with 90 days, spelled out with the weekday, and what happens if the date isn't confirmed", async () => {
    await dialog();
    expect(screen.getByTestId("create-expiry-words")).toHaveTextContent(
      "Asked for: Thursday 18 February 2027. If Basic Memory doesn’t confirm the date, Latchkey reminds you to rotate instead.",
    );
  });

  it("offer only workspaces in which keys may be created, and say why not the others", async () => {
    const { fake } = await dialog();
    const barred = within(screen.getByTestId("create-workspace")).getByRole("radio", { name: "Research lab" });
    expect(barred).toHaveAttribute("aria-disabled", "true");
    await user.click(barred);
    expect(barred).not.toBeChecked();
    expect(screen.getByText(/Your role in Research lab is member/)).toBeVisible();
    await user.type(screen.getByTestId("create-name"), "office-desktop");
    await user.click(screen.getByTestId("create-submit"));
    expect(callsOf(fake, "createKey")[0]).toEqual([
      {
        account: "work",
        name: "office-desktop",
        workspace: "ws-acme",
        expires_on: "2027-02-18",
        utc_offset_minutes: expect.any(Number) as number,
        keep: true,
        environment: null,
        scopes: [],
        rate_limit: null,
        allow_duplicate: false,
      },
    ]);
  });

  it("say under the field what is missing, and send nothing", async () => {
    const { fake } = await dialog();
    await user.click(screen.getByTestId("create-submit"));
    expect(screen.getByTestId("create-name")).toHaveAccessibleDescription(/Give it a name/);
    expect(screen.getByTestId("create-name")).toBeInvalid();
    expect(callsOf(fake, "createKey")).toHaveLength(0);
  });

  it("warn of Never in amber and don't block it", async () => {
    const { fake } = await dialog();
    await user.click(screen.getByTestId("create-expiry-never"));
    expect(screen.getByText(/This key works until you revoke it/)).toBeVisible();
    await user.type(screen.getByTestId("create-name"), "forever");
    await user.click(screen.getByTestId("create-submit"));
    expect(callsOf(fake, "createKey")[0]).toMatchObject([{ expires_on: null }]);
  });

  it("ask for a custom day and refuse one that has passed", async () => {
    const { fake } = await dialog();
    await user.type(screen.getByTestId("create-name"), "office-desktop");
    await user.click(screen.getByTestId("create-expiry-custom"));
    await user.click(screen.getByTestId("create-submit"));
    expect(callsOf(fake, "createKey")).toHaveLength(0);
    await user.type(screen.getByTestId("create-custom"), "2026-11-19");
    await user.click(screen.getByTestId("create-submit"));
    expect(screen.getByTestId("create-custom")).toHaveAccessibleDescription(/not after today/);
    await user.clear(screen.getByTestId("create-custom"));
    await user.type(screen.getByTestId("create-custom"), "2026-12-24");
    await user.click(screen.getByTestId("create-submit"));
    expect(callsOf(fake, "createKey")[0]).toMatchObject([{ expires_on: "2026-12-24" }]);
  });

  it("warn of a name that exists, and create a second one only on request", async () => {
    const { fake } = await dialog();
    await user.type(screen.getByTestId("create-name"), "work-laptop");
    expect(screen.getByTestId("create-duplicate")).toHaveTextContent(
      "There is already a key called work-laptop in Acme team",
    );
    await user.click(screen.getByTestId("create-submit"));
    await settle();
    expect(screen.getByTestId("create-name")).toHaveValue("work-laptop");
    await user.click(screen.getByTestId("create-anyway"));
    await settle();
    expect(callsOf(fake, "createKey").at(-1)).toMatchObject([{ allow_duplicate: true }]);
    expect(screen.getByTestId("secret-dialog")).toBeVisible();
  });

  it("explain a keychain that isn't ready and offer this session only", async () => {
    const { fake } = await dialog((turned) => {
      turned.knobs.storage = { name: "Login keychain", state: "locked", session_only: false };
    });
    expect(screen.getByTestId("create-storage")).toHaveTextContent("Login keychain is locked.");
    expect(screen.getByTestId("create-keep")).toHaveAttribute("aria-disabled", "true");
    await user.click(screen.getByTestId("create-session-only"));
    await settle();
    expect(callsOf(fake, "keepForSession")).toEqual([[true]]);
    expect(screen.queryByTestId("create-storage")).toBeNull();
  });

  it("have the keychain tried while they are filled in, so that Create waits for no trial", async () => {
    const { fake } = await dialog((turned) => {
      const check = turned.checkStorage.bind(turned);
      turned.checkStorage = () => {
        turned.knobs.storage = { ...turned.knobs.storage, state: "locked" };
        turned.knobs.emit("app");
        return check();
      };
    });
    expect(callsOf(fake, "checkStorage")).toHaveLength(1);
    await user.type(screen.getByTestId("create-name"), "office-desktop");
    expect(callsOf(fake, "checkStorage")).toHaveLength(1);
    // What doesn't work is said before anything is made.
    expect(screen.getByTestId("create-storage")).toHaveTextContent("Login keychain is locked.");
  });

  it("try no keychain while secrets are kept for the session only", async () => {
    const { fake } = await dialog((turned) => {
      turned.knobs.storage = { ...turned.knobs.storage, session_only: true };
    });
    expect(callsOf(fake, "checkStorage")).toHaveLength(0);
  });

  it.each(ERROR_CODES.filter((code) => code !== "duplicate_name"))(
    "keep the entries and say what to do after %s",
    async (code) => {
      const { onclose } = await created(true, (fake) => fake.knobs.fail("createKey", code));
      expect(screen.getByTestId("create-failure")).toHaveTextContent(/\w{3,}/);
      expect(screen.getByTestId("create-name")).toHaveValue("office-desktop");
      expect(onclose).not.toHaveBeenCalled();
    },
  );

  it("never send a lost create again by themselves, but lead to the list", async () => {
    const { app, fake, onclose } = await created(true, (turned) => turned.knobs.fail("createKey", "answer_lost"));
    expect(screen.getByTestId("create-failure")).toHaveTextContent(
      /The key may exist\..*Check the list before you try again\./,
    );
    await user.click(screen.getByTestId("create-failure-next"));
    expect(onclose).toHaveBeenCalledOnce();
    expect(app.page).toBe("keys");
    expect(callsOf(fake, "createKey")).toHaveLength(1);
  });
});

describe("the secret", () => {
  const box = (): HTMLElement => screen.getByTestId("secret-box-value");

  it("is masked, and nothing of it is in the page until it is revealed", async () => {
    const { fake } = await created(true);
    expect(box()).toHaveTextContent(/^bmc_Qv4m/);
    expect(document.body.innerHTML).not.toContain("EXAMPLE");
    expect(callsOf(fake, "revealSecret")).toHaveLength(0);
  });

  it("shows for ten seconds at most, says how long, and leaves nothing behind", async () => {
    await created(true);
    await user.click(screen.getByRole("button", { name: "Reveal" }));
    await settle();
    expect(box()).toHaveTextContent("bmc_Qv4m-not-a-real-key-EXAMPLE");
    expect(screen.getByTestId("secret-time")).toHaveTextContent("Hides in 10 s");
    await vi.advanceTimersByTimeAsync(2000);
    expect(screen.getByTestId("secret-time")).toHaveTextContent("Hides in 8 s");
    await vi.advanceTimersByTimeAsync(8100);
    expect(screen.getByRole("button", { name: "Reveal" })).toBeVisible();
    expect(document.body.innerHTML).not.toContain("EXAMPLE");
  });

  it("hides on blur and on Hide", async () => {
    await created(true);
    await user.click(screen.getByRole("button", { name: "Reveal" }));
    await settle();
    window.dispatchEvent(new Event("blur"));
    await settle();
    expect(document.body.innerHTML).not.toContain("EXAMPLE");
    await user.click(screen.getByRole("button", { name: "Reveal" }));
    await settle();
    await user.click(screen.getByRole("button", { name: "Hide" }));
    expect(document.body.innerHTML).not.toContain("EXAMPLE");
  });

  it("says copied while the clipboard holds it, then cleared, copy again", async () => {
    await created(false);
    expect(screen.getByTestId("receipt-kept")).toHaveTextContent("Not in keychain: turned off");
    await user.click(screen.getByTestId("secret-copy"));
    await settle();
    expect(screen.getByTestId("receipt-copied")).toHaveTextContent("Copied");
    expect(screen.getByTestId("secret-time")).toHaveTextContent("Clears from clipboard in 30 s");
    await vi.advanceTimersByTimeAsync(31_000);
    await settle();
    expect(screen.getByTestId("receipt-copied")).toHaveTextContent("Cleared, copy again");
    expect(screen.getByTestId("secret-time")).toHaveTextContent("Left the clipboard at");
  });

  it("closes at once when it is kept", async () => {
    const { fake, onclose } = await created(true);
    await user.click(screen.getByTestId("secret-done"));
    await settle();
    expect(onclose).toHaveBeenCalledOnce();
    expect(callsOf(fake, "closeSlot")).toEqual([[false]]);
  });

  it("guards Done, Close and Esc when it is saved nowhere; Esc in the guard goes back", async () => {
    const { fake, onclose } = await created(false);
    for (const way of [
      () => user.click(screen.getByTestId("secret-done")),
      () => user.click(screen.getByTestId("dialog-close")),
      () => user.keyboard("{Escape}"),
    ]) {
      await way();
      await settle();
      expect(screen.getByTestId("secret-guard")).toHaveTextContent("This key isn’t saved anywhere yet.");
      await user.keyboard("{Escape}");
      await settle();
      expect(screen.queryByTestId("secret-guard")).toBeNull();
    }
    expect(onclose).not.toHaveBeenCalled();
    expect(callsOf(fake, "closeSlot")).toHaveLength(0);
  });

  it("guards again once the clipboard was cleared", async () => {
    const { onclose } = await created(false);
    await user.click(screen.getByTestId("secret-copy"));
    await settle();
    await vi.advanceTimersByTimeAsync(31_000);
    await settle();
    await user.click(screen.getByTestId("secret-done"));
    await settle();
    expect(screen.getByTestId("secret-guard")).toBeVisible();
    expect(onclose).not.toHaveBeenCalled();
  });

  it("is kept from the guard, and closes anyway only on that button", async () => {
    const { fake, onclose } = await created(false);
    await user.click(screen.getByTestId("secret-done"));
    await user.click(screen.getByRole("button", { name: "Keep in keychain" }));
    await settle();
    expect(screen.getByTestId("receipt-kept")).toHaveTextContent("Kept in keychain");
    expect(screen.queryByTestId("secret-guard")).toBeNull();
    expect(onclose).not.toHaveBeenCalled();
    expect(callsOf(fake, "keepSecret")).toHaveLength(1);
    expect(screen.getByTestId("secret-done")).toHaveFocus();
  });

  it("goes with Close anyway", async () => {
    const { fake, onclose } = await created(false);
    await user.click(screen.getByTestId("secret-done"));
    await user.click(screen.getByRole("button", { name: "Close anyway" }));
    await settle();
    expect(callsOf(fake, "closeSlot")).toEqual([[true]]);
    expect(onclose).toHaveBeenCalledOnce();
  });

  it("says why keeping failed and keeps the guard up", async () => {
    await created(true, (fake) => {
      fake.knobs.fail("keepSecret", "keychain_denied");
      fake.knobs.storage = { name: "Login keychain", state: "ready", session_only: false };
      const create = fake.createKey.bind(fake);
      fake.createKey = async (input) => {
        fake.knobs.storage = { ...fake.knobs.storage, state: "denied" };
        return create(input);
      };
    });
    expect(screen.getByTestId("secret-keep-failure")).toHaveTextContent("Login keychain couldn’t store or read it");
    await user.click(screen.getByTestId("secret-done"));
    await user.click(screen.getByTestId("secret-keep"));
    await settle();
    expect(screen.getByTestId("secret-failure")).toHaveTextContent("Login keychain refused.");
    expect(screen.getByTestId("secret-guard")).toBeVisible();
  });

  it("has snippets that name the variable; the arrow keys move between them", async () => {
    const { fake } = await created(true);
    expect(screen.getByTestId("snippet-text")).toHaveTextContent("$BASIC_MEMORY_API_KEY");
    screen.getByTestId("snippet-environment").focus();
    await user.keyboard("{ArrowRight}");
    expect(screen.getByRole("tab", { name: "curl" })).toHaveFocus();
    expect(screen.getByTestId("snippet-text")).toHaveTextContent("Authorization: Bearer $BASIC_MEMORY_API_KEY");
    await user.click(screen.getByTestId("snippet-copy"));
    await settle();
    expect(callsOf(fake, "copySnippet").at(-1)?.slice(1)).toEqual(["curl", false]);
  });
});
