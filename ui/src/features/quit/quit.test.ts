// Owns the checks of the guard on quitting.

import { screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import { callsOf, settle, show, startedApp, stopApps } from "../../testing/app";
import QuitGuard from "./QuitGuard.svelte";

const user = userEvent.setup();

afterEach(stopApps);

async function guard() {
  const { app, fake } = await startedApp();
  await app.keys.create({
    account: "work",
    name: "office-desktop",
    workspace: "ws-acme",
    expires_on: null,
    utc_offset_minutes: 0,
    keep: false,
    allow_duplicate: false,
    environment: null,
    scopes: [],
    rate_limit: null,
  });
  await app.reload();
  const onclose = vi.fn();
  show(app, QuitGuard, { onclose });
  await settle();
  return { app, fake, onclose };
}

describe("the guard on quitting", () => {
  it("names the key whose secret is saved nowhere", async () => {
    await guard();
    expect(
      screen.getByRole("alertdialog", { name: "Quit without saving office-desktop?" }),
    ).toHaveAccessibleDescription(/isn’t saved anywhere/);
  });

  it("keeps it and quits", async () => {
    const { fake } = await guard();
    await user.click(screen.getByTestId("quit-keep"));
    await settle();
    expect(callsOf(fake, "keepSecret")).toHaveLength(1);
    expect(callsOf(fake, "quit")).toEqual([[false]]);
  });

  it("doesn't quit when keeping failed", async () => {
    const { fake } = await guard();
    fake.knobs.fail("keepSecret", "keychain_locked");
    await user.click(screen.getByTestId("quit-keep"));
    await settle();
    expect(screen.getByTestId("quit-failure")).toHaveTextContent("Login keychain is locked");
    expect(callsOf(fake, "quit")).toHaveLength(0);
  });

  it("goes back to the secret by Esc, and quits anyway only on that button", async () => {
    const { app, fake, onclose } = await guard();
    await user.keyboard("{Escape}");
    await settle();
    expect(onclose).toHaveBeenCalledOnce();
    expect(app.dialogs.current).toEqual({ kind: "secret" });
    await user.click(screen.getByTestId("quit-anyway"));
    await settle();
    expect(callsOf(fake, "quit")).toEqual([[true]]);
  });
});
