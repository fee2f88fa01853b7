// Owns the checks of Revoke: what must be typed, where focus starts, the order when it leaked, and what counts as proof.

import { cleanup, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Fake } from "../../ipc/fake";
import { OFFERS_CREATE } from "../../ipc/fake/data";
import { callsOf, settle, show, startedApp, stopApps } from "../../testing/app";
import RevokeDialog from "./RevokeDialog.svelte";

const user = userEvent.setup();

afterEach(stopApps);

async function dialog(keyId: string, turn?: (fake: Fake) => void) {
  const { app, fake } = await startedApp(turn);
  const onclose = vi.fn();
  show(app, RevokeDialog, { keyId, onclose });
  await settle();
  return { app, fake, onclose };
}

const submit = (): HTMLElement => screen.getByTestId("revoke-submit");

describe("asking", () => {
  it("names the key, its last use and what stops, as an alert that is described by it", async () => {
    await dialog("key-1");
    const alert = screen.getByRole("alertdialog", { name: "Revoke work-laptop?" });
    expect(alert).toHaveAccessibleDescription(/is refused from its next request/);
    expect(alert).toHaveTextContent("bmc_K7xR…");
    expect(alert).toHaveTextContent("3 minutes ago");
    expect(alert).toHaveTextContent("Latchkey sees only this computer");
    expect(screen.queryByRole("button", { name: /Rotate/ })).toBeNull();
  });

  it("starts on the field, keeps the button off until the name matches exactly, and says why", async () => {
    const { fake } = await dialog("key-1");
    await vi.waitFor(() => expect(screen.getByTestId("revoke-typed")).toHaveFocus());
    await user.type(screen.getByTestId("revoke-typed"), "work-lapto");
    expect(submit()).toHaveAttribute("aria-disabled", "true");
    expect(submit()).toHaveAttribute("data-tip", "Type the name first");
    await user.click(submit());
    await user.keyboard("{Enter}");
    expect(callsOf(fake, "revokeKey")).toHaveLength(0);
    await user.type(screen.getByTestId("revoke-typed"), "p");
    await user.click(submit());
    await settle();
    expect(callsOf(fake, "revokeKey")).toEqual([["key-1", "work-laptop", false]]);
  });

  it("starts on Cancel when nothing must be typed, never on the danger button", async () => {
    const { fake } = await dialog("key-8");
    await vi.waitFor(() => expect(screen.getByTestId("revoke-cancel")).toHaveFocus());
    expect(screen.queryByTestId("revoke-typed")).toBeNull();
    await user.click(submit());
    await settle();
    expect(callsOf(fake, "revokeKey")).toEqual([["key-8", null, false]]);
  });

  it("leads to the service's own page once the server answered that it offers no revoke", async () => {
    const { fake } = await dialog("key-8", (made) =>
      made.knobs.fail("revokeKey", "not_offered", { status: 405 }, true),
    );
    const { capability } = fake.knobs.account("work");
    fake.knobs.changeAccount("work", { capability: { ...capability, revoke: { answer: "no", status: 405 } } });
    await user.click(submit());
    await settle();
    expect(screen.getByTestId("revoke-browser")).toBeInTheDocument();
    expect(screen.queryByTestId("revoke-failure")).toBeNull();
  });

  it("asks for the prefix of a long name", async () => {
    await dialog("key-14");
    expect(screen.getByText(/Type the prefix/)).toHaveTextContent("bmc_g8Yx");
  });

  it("asks when the service doesn't report use", async () => {
    await dialog("key-8", (fake) => {
      fake.knobs.changeKey("key-8", { last_use: { kind: "not_reported" } });
    });
    expect(screen.getByText(/doesn’t report use, so it may be in use/)).toBeVisible();
  });

  it("turns the order round when it leaked", async () => {
    const { fake } = await dialog("key-8");
    await user.click(screen.getByTestId("revoke-leaked"));
    expect(submit()).toHaveTextContent("Revoke now");
    expect(screen.getByText("Revoked first.")).toBeVisible();
    await user.click(submit());
    await settle();
    expect(callsOf(fake, "revokeKey")).toEqual([["key-8", null, true]]);
    expect(screen.getByText(/Next: create a replacement/)).toBeVisible();
  });

  it("forgets a ticked place when it closes, and not before", async () => {
    const { fake } = await dialog("key-1");
    await user.click(screen.getByTestId("place-place-1"));
    expect(callsOf(fake, "removeNotedPlace")).toHaveLength(0);
    await user.click(screen.getByTestId("place-new"));
    await user.type(screen.getByTestId("place-name"), "staging server");
    await user.click(screen.getByTestId("place-add"));
    await settle();
    expect(callsOf(fake, "notePlace")).toEqual([["key-1", "staging server", ""]]);
    expect(screen.getByRole("checkbox", { name: /staging server/ })).not.toBeChecked();
    cleanup();
    expect(callsOf(fake, "removeNotedPlace")).toEqual([["place-1"]]);
  });

  it("stays open with what was typed after a failure", async () => {
    await dialog("key-1", (fake) => fake.knobs.fail("revokeKey", "service_failed", { status: 503 }));
    await user.type(screen.getByTestId("revoke-typed"), "work-laptop");
    await user.click(submit());
    await settle();
    expect(screen.getByTestId("revoke-failure")).toHaveTextContent("It answered 503");
    expect(screen.getByTestId("revoke-typed")).toHaveValue("work-laptop");
  });
});

describe("afterwards", () => {
  it.each([
    ["refused", /^Refused with 401 at \d\d:\d\d:\d\d/],
    ["listed", /^Gone from the list at/],
    ["no_secret", /^No proof: the secret isn’t on this computer/],
    ["could_not_tell", /^Couldn’t tell\./],
  ] as const)("says what proves it: %s", async (proof, words) => {
    await dialog("key-8", (fake) => {
      fake.knobs.proof = proof;
    });
    await user.click(submit());
    await settle();
    expect(screen.getByRole("dialog", { name: "Cursor side project is revoked" })).toBeVisible();
    expect(screen.getByTestId("revoke-proof").textContent.trim()).toMatch(words);
  });

  it("never claims a revoke while the key is still accepted", async () => {
    await dialog("key-8", (fake) => {
      fake.knobs.proof = "still_accepted";
    });
    await user.click(submit());
    await settle();
    expect(screen.getByTestId("revoke-dialog")).toBeVisible();
    expect(screen.getByTestId("revoke-proof")).toHaveTextContent("Still accepted at");
  });

  it("opens Create with the same fields", async () => {
    const { app } = await dialog("key-8", (fake) => {
      fake.knobs.changeKey("key-8", {
        created_at: "2026-10-01T12:00:00Z",
        expiry: { kind: "at_service", at: "2026-12-30T12:00:00Z" },
      });
    });
    await user.click(submit());
    await settle();
    await user.click(screen.getByTestId("revoke-replace"));
    expect(app.dialogs.current).toMatchObject({
      kind: "create",
      prefill: { account: "work", name: "Cursor side project", workspace: "Personal", days: 90 },
    });
  });
});

describe("in the browser", () => {
  const offersNone = (fake: Fake): void => {
    fake.knobs.changeAccount("work", { capability: OFFERS_CREATE });
    fake.knobs.proof = "still_accepted";
  };

  it("leads to the page, says which prefix to look for, and revokes nothing itself", async () => {
    const { fake } = await dialog("key-1", offersNone);
    expect(screen.getByText(/it answered 405/)).toBeVisible();
    expect(screen.getByText("Revoke the key that starts with bmc_K7xR there")).toBeVisible();
    await user.click(screen.getByTestId("revoke-copy-prefix"));
    await settle();
    expect(callsOf(fake, "copyWords")).toEqual([["bmc_K7xR"]]);
    await user.click(screen.getByRole("button", { name: "Open API Keys page" }));
    await settle();
    expect(callsOf(fake, "openPage")).toEqual([["keys", "work", null]]);
    expect(callsOf(fake, "revokeKey")).toHaveLength(0);
  });

  it("tries the key on Check now and once when the window is entered again, until it is refused", async () => {
    const { fake } = await dialog("key-1", offersNone);
    window.dispatchEvent(new Event("focus"));
    await settle();
    expect(callsOf(fake, "checkRevoked")).toHaveLength(0);
    await user.click(screen.getByTestId("revoke-open"));
    await settle();
    await user.click(screen.getByTestId("revoke-check"));
    await settle();
    expect(screen.getByTestId("revoke-waiting")).toHaveTextContent("still accepted at");
    expect(fake.knobs.key("key-1").status).not.toBe("revoked");
    fake.knobs.proof = "refused";
    window.dispatchEvent(new Event("focus"));
    await settle();
    expect(callsOf(fake, "checkRevoked")).toHaveLength(2);
    expect(screen.getByRole("dialog", { name: "work-laptop is revoked" })).toBeVisible();
  });
});

describe("the key that acts for its account", () => {
  it("asks for another one first, and then goes on to the revoke", async () => {
    const { app, fake } = await startedApp((turned) => turned.knobs.addServices());
    show(app, RevokeDialog, { keyId: "mem-admin", onclose: vi.fn() });
    await settle();
    expect(screen.getByTestId("revoke-admin")).toHaveTextContent("Latchkey admin acts for Tidepool");
    expect(screen.queryByTestId("revoke-submit")).toBeNull();
    expect(screen.getByTestId("revoke-admin-mem-admin-2")).toBeChecked();
    await user.click(screen.getByTestId("revoke-admin-use"));
    await settle();
    expect(callsOf(fake, "useAsAdminKey")).toEqual([["tidepool", "mem-admin-2"]]);
    expect(screen.getByTestId("revoke-submit")).toBeVisible();
    expect(callsOf(fake, "revokeKey")).toHaveLength(0);
  });

  it("leads to a new admin key where no other is kept", async () => {
    const { app } = await startedApp((turned) => turned.knobs.addServices());
    show(app, RevokeDialog, { keyId: "mos-admin", onclose: vi.fn() });
    await settle();
    await user.click(screen.getByTestId("revoke-admin-create"));
    expect(app.dialogs.current).toMatchObject({ kind: "create", prefill: { account: "lab", scopes: ["admin"] } });
  });
});
