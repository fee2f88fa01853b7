// Owns the checks of the sign-in dialog where the browser comes back by itself, and of the mark that makes it so.

import { screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Fake } from "../../ipc/fake";
import { errorView } from "../../lib/failure";
import { callsOf, settle, show, startedApp, stopApps } from "../../testing/app";
import SignInDialog from "./SignInDialog.svelte";

const user = userEvent.setup({ advanceTimers: (ms) => void vi.advanceTimersByTime(ms) });

beforeEach(() => {
  vi.useFakeTimers({ now: new Date("2026-11-20T16:00:00Z") });
});
afterEach(() => {
  stopApps();
  vi.useRealTimers();
});

async function dialog(turn?: (fake: Fake) => void) {
  const { app, fake } = await startedApp((fake) => {
    fake.knobs.changeAccount("work", { loopback: true });
    turn?.(fake);
  });
  const onclose = vi.fn();
  show(app, SignInDialog, { provider: "basic-memory", account: "work", servers: null, onclose });
  await settle();
  return { app, fake, onclose };
}

const state = (): string => screen.getByTestId("sign-in-state").textContent;

describe("a sign-in that the browser finishes", () => {
  it("shows no code, the host to approve at and how long it waits", async () => {
    await dialog();
    expect(screen.getByRole("heading", { name: "Finish in your browser" })).toBeVisible();
    expect(screen.queryByTestId("sign-in-code")).toBeNull();
    expect(screen.queryByTestId("sign-in-copy")).toBeNull();
    expect(screen.getByTestId("sign-in-host")).toHaveTextContent("Only approve at eloquent-lotus-05.authkit.app.");
    expect(state()).toContain("Waiting for approval");
    expect(state()).toContain("Stops waiting in 5:00");
    expect(screen.getByRole("button", { name: "Open browser again" })).toBeEnabled();
  });

  it("offers a code after twenty seconds, says so aloud, and goes on with it", async () => {
    const { fake } = await dialog();
    await vi.advanceTimersByTimeAsync(19_000);
    expect(screen.queryByTestId("sign-in-use-code")).toBeNull();
    await vi.advanceTimersByTimeAsync(2_000);
    const aloud = screen.getAllByRole("status").map((element) => element.textContent.trim());
    expect(aloud).toContain("Nothing happened? You can use a code instead.");
    await user.click(screen.getByRole("button", { name: "Use a code" }));
    await settle();
    expect(callsOf(fake, "useCodeToSignIn")).toHaveLength(1);
    expect(screen.getByTestId("sign-in-code")).toHaveTextContent("FKWD-RJTX");
    expect(state()).toContain("Waiting for approval");
    expect(screen.queryByTestId("sign-in-browser")).toBeNull();
    expect(screen.getByTestId("sign-in-copy")).toHaveFocus();
    fake.knobs.signInTo("denied");
    await settle();
    await user.click(screen.getByTestId("sign-in-again"));
    await settle();
    expect(callsOf(fake, "useCodeToSignIn")).toHaveLength(2);
    expect(callsOf(fake, "startSignIn")).toHaveLength(1);
  });

  it("offers none where the server has none", async () => {
    const { fake } = await dialog();
    fake.knobs.signInTo("waiting", { use_code_from: null });
    await vi.advanceTimersByTimeAsync(30_000);
    await settle();
    expect(screen.queryByTestId("sign-in-use-code")).toBeNull();
  });

  it("stops waiting by the clock, before Rust has said so, and offers both ways on", async () => {
    const { fake } = await dialog();
    await vi.advanceTimersByTimeAsync(301_000);
    await settle();
    expect(state()).toContain("Nobody approved in time");
    expect(screen.getByTestId("sign-in-use-code")).toBeEnabled();
    await user.click(screen.getByRole("button", { name: "Start again" }));
    await settle();
    expect(callsOf(fake, "startSignIn")).toHaveLength(2);
    expect(screen.getByTestId("sign-in-browser")).toBeVisible();
    expect(screen.getByTestId("sign-in-open")).toHaveFocus();
  });

  it.each([
    ["sign_in_unsafe", "Latchkey stopped this sign-in"],
    ["cannot_listen", "Your browser can’t come back to Latchkey"],
  ] as const)("says of %s what happened and offers a code", async (code, words) => {
    const { fake } = await dialog();
    fake.knobs.signInTo("failed", { failure: errorView(code, { text: "port 4100 is taken by another program" }) });
    await settle();
    expect(screen.getByTestId("sign-in-failure")).toHaveTextContent(words);
    expect(screen.getByTestId("sign-in-failure")).toHaveTextContent("Port 4100 is taken by another program.");
    expect(screen.getByTestId("sign-in-use-code")).toBeEnabled();
  });

  it("hands the address out by copy when no browser opens, and offers a code at once", async () => {
    const { fake } = await dialog();
    fake.knobs.signInTo("waiting", { browser_opened: false, failure: errorView("browser_failed") });
    await settle();
    expect(screen.getByTestId("sign-in-address")).toHaveTextContent("Copy the address of the page");
    await user.click(screen.getByTestId("sign-in-copy-address"));
    await settle();
    expect(callsOf(fake, "copySignInAddress")).toHaveLength(1);
    expect(screen.getByTestId("sign-in-use-code")).toBeEnabled();
  });

  it("cancels", async () => {
    const { fake, onclose } = await dialog();
    await user.click(screen.getByTestId("sign-in-cancel"));
    await settle();
    expect(callsOf(fake, "cancelSignIn")).toHaveLength(1);
    expect(onclose).toHaveBeenCalledOnce();
  });
});

describe("the mark of a client id", () => {
  const NAME = "This client id is registered for sign-in on this computer (loopback)";

  it("can’t be made of the published one, and is sent with another", async () => {
    const { app, fake } = await startedApp();
    show(app, SignInDialog, { provider: "basic-memory", account: null, servers: null, onclose: vi.fn() });
    await settle();
    await user.click(screen.getByTestId("sign-in-advanced"));
    expect(screen.getByRole("checkbox", { name: new RegExp(NAME.replace(/[()]/g, "\\$&")) })).toBeDisabled();
    await user.clear(screen.getByTestId("servers-client_id"));
    await user.type(screen.getByTestId("servers-client_id"), "client_02EXAMPLE");
    await user.click(screen.getByTestId("servers-loopback"));
    expect(screen.getByTestId("servers-loopback")).toBeChecked();
    await user.click(screen.getByTestId("sign-in-restart"));
    await settle();
    const change = { client_id: "client_02EXAMPLE", loopback: true };
    expect(callsOf(fake, "startSignIn")[1]).toMatchObject(["basic-memory", null, change]);
    expect(screen.getByTestId("sign-in-browser")).toBeVisible();
  });
});
