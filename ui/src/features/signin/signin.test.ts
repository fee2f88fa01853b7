// Owns the checks of the sign-in dialog: the code, its time, and every way it ends.

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

async function dialog(turn?: (fake: Fake) => void, account: string | null = null) {
  const { app, fake } = await startedApp(turn);
  const onclose = vi.fn();
  show(app, SignInDialog, { provider: "basic-memory", account, servers: null, onclose });
  await settle();
  return { app, fake, onclose };
}

const state = (): string => screen.getByTestId("sign-in-state").textContent;

describe("the sign-in of the CLI", () => {
  async function cli(turn?: (fake: Fake) => void) {
    const { app, fake } = await startedApp(turn);
    show(app, SignInDialog, { provider: "basic-memory", account: "work", forCli: true, onclose: vi.fn() });
    await settle();
    return { app, fake };
  }

  it("is a second approval, whose tokens are not Latchkey’s", async () => {
    const { fake } = await cli();
    expect(callsOf(fake, "startCliSignIn")).toEqual([["work"]]);
    expect(screen.getByTestId("sign-in-cli")).toHaveTextContent("straight to the CLI’s own file");
    expect(screen.queryByTestId("sign-in-advanced")).toBeNull();
    fake.knobs.signInTo("done");
    await settle();
    expect(screen.getByTestId("sign-in-cli-done")).toHaveTextContent("Latchkey kept none of them");
  });

  it("doesn't take an older sign-in for this one when it could not begin", async () => {
    await cli((fake) => {
      void fake.startSignIn("basic-memory", "work", null);
      fake.knobs.fail("startCliSignIn", "other_host", { host: "cloud.basicmemory.com" });
    });
    expect(screen.queryByTestId("sign-in-cli-done")).toBeNull();
    expect(screen.queryByTestId("sign-in-code")).toBeNull();
    expect(screen.getByTestId("sign-in-failure")).toHaveTextContent("cloud.basicmemory.com");
  });
});

describe("the sign-in dialog", () => {
  it("shows one code to compare, the host to approve at, and the words about the page", async () => {
    await dialog();
    expect(screen.getByTestId("sign-in-code")).toHaveTextContent(/^FKWD-RJTX$/);
    expect(screen.getByTestId("sign-in-host")).toHaveTextContent("Only approve at eloquent-lotus-05.authkit.app.");
    expect(
      screen.getByText("The page may name the Basic Memory CLI. Latchkey never asks for your password."),
    ).toBeVisible();
  });

  it("counts down in digits and in words, and says the time aloud only at its marks", async () => {
    await dialog();
    expect(screen.getByTestId("sign-in-countdown")).toHaveTextContent("5:00");
    expect(screen.getByTestId("sign-in-countdown")).toHaveAccessibleName("5 minutes");
    await vi.advanceTimersByTimeAsync(61_000);
    expect(screen.getByTestId("sign-in-countdown")).toHaveTextContent("3:59");
    const aloud = (): string =>
      screen
        .getAllByRole("status")
        .map((element) => element.textContent)
        .join("");
    expect(aloud()).not.toContain("expires in");
    await vi.advanceTimersByTimeAsync(179_000);
    expect(aloud()).toContain("The code expires in 1 minute");
  });

  it("dims the code at 0:00 and offers a new one, before Rust has said so", async () => {
    const { fake } = await dialog();
    await vi.advanceTimersByTimeAsync(301_000);
    await settle();
    expect(state()).toContain("This code has expired");
    expect(screen.getByTestId("sign-in-code")).toHaveAttribute("data-dimmed");
    expect(screen.queryByTestId("sign-in-copy")).toBeNull();
    await user.click(screen.getByRole("button", { name: "Get a new code" }));
    await settle();
    expect(callsOf(fake, "startSignIn")).toHaveLength(2);
    expect(state()).toContain("Waiting for approval");
  });

  it.each([
    ["slow_down", "asked to go slower"],
    ["retrying", "still trying"],
    ["denied", "Denied in the browser"],
    ["expired", "This code has expired"],
    ["failed", "The sign-in failed"],
  ] as const)("says in words that it is %s", async (name, words) => {
    const { fake } = await dialog();
    fake.knobs.signInTo(name);
    await settle();
    expect(state()).toContain(words);
  });

  it("says that a newer sign-in replaced this one", async () => {
    const { fake } = await dialog();
    await fake.startSignIn("basic-memory", null, null);
    fake.knobs.emit("sign_in");
    await settle();
    expect(state()).toContain("A newer sign-in replaced this one");
    expect(screen.getByTestId("sign-in-again")).toHaveTextContent("Start again");
  });

  it("shows account and workspaces once it is done", async () => {
    const { fake, onclose } = await dialog();
    fake.knobs.signInTo("done");
    await settle();
    expect(screen.getByTestId("sign-in-done")).toHaveTextContent("Work, robin@acme.example");
    expect(screen.getByTestId("sign-in-done")).toHaveTextContent("Acme team, Personal");
    await user.click(screen.getByRole("button", { name: "Done" }));
    expect(onclose).toHaveBeenCalledOnce();
  });

  it("shows the address to open by hand when no browser opens", async () => {
    const { fake } = await dialog();
    const url = "https://eloquent-lotus-05.authkit.app/device";
    fake.knobs.signInTo("waiting", { browser_opened: false, failure: errorView("browser_failed", { url }) });
    await settle();
    expect(screen.getByTestId("sign-in-address")).toHaveTextContent(url);
    expect(screen.getByTestId("sign-in-failure")).toHaveTextContent("Couldn’t open a browser.");
    expect(screen.getByRole("button", { name: "Open browser" })).toBeEnabled();
    await user.click(screen.getByTestId("sign-in-copy-address"));
    await settle();
    expect(callsOf(fake, "copySignInAddress")).toHaveLength(1);
    expect(screen.getByTestId("sign-in-copy-address")).toHaveTextContent("Copied address");
  });

  it("tells a server that doesn't fit at its own field", async () => {
    await dialog((fake) => fake.knobs.fail("startSignIn", "unsafe_address", { field: "authorization_server" }));
    expect(screen.getByTestId("servers-authorization_server")).toBeInvalid();
    expect(screen.queryByTestId("sign-in-failure")).toBeNull();
  });

  it("copies the code by button and by letter, and says so only when it worked", async () => {
    const { fake } = await dialog();
    await user.keyboard("c");
    await settle();
    expect(callsOf(fake, "copyUserCode")).toHaveLength(1);
    expect(screen.getByTestId("sign-in-copy")).toHaveTextContent("Copied code");
    fake.knobs.fail("copyUserCode", "clipboard_failed");
    await user.click(screen.getByTestId("sign-in-copy"));
    await settle();
    expect(screen.getByTestId("sign-in-copy")).toHaveTextContent("Copy code");
    expect(screen.getByTestId("sign-in-failure")).toHaveTextContent("Couldn’t reach the clipboard");
  });

  it("says again only of an account whose sign-in was lost", async () => {
    const { app, fake } = await startedApp();
    await fake.openSandbox();
    await app.reload();
    show(app, SignInDialog, { provider: "basic-memory", account: "sandbox", servers: null, onclose: vi.fn() });
    await settle();
    fake.knobs.signInTo("done");
    await settle();
    expect(screen.getByRole("dialog", { name: "Sign in to Sandbox" })).toBeVisible();
  });

  it("cancels the attempt by Esc", async () => {
    const { fake, onclose } = await dialog();
    await user.keyboard("{Escape}");
    await settle();
    expect(callsOf(fake, "cancelSignIn")).toHaveLength(1);
    expect(onclose).toHaveBeenCalledOnce();
  });

  it("starts with other servers only when the person edits them", async () => {
    const { fake } = await dialog();
    await user.click(screen.getByTestId("sign-in-advanced"));
    expect(screen.getByTestId("servers-host")).toHaveValue("https://cloud.basicmemory.com");
    expect(callsOf(fake, "startSignIn")[0]).toEqual(["basic-memory", null, null]);
    await user.clear(screen.getByTestId("servers-host"));
    await user.type(screen.getByTestId("servers-host"), "https://notes.example");
    await user.click(screen.getByTestId("sign-in-restart"));
    await settle();
    expect(callsOf(fake, "startSignIn")[1]).toMatchObject(["basic-memory", null, { host: "https://notes.example" }]);
  });

  it("takes up a sign-in that is still running instead of replacing it", async () => {
    const { app, fake } = await startedApp();
    await app.signIn.start("basic-memory", "home", null);
    show(app, SignInDialog, { provider: "basic-memory", account: "home", servers: null, onclose: vi.fn() });
    await settle();
    expect(callsOf(fake, "startSignIn")).toHaveLength(1);
    expect(screen.getByRole("dialog", { name: "Sign in again to Home" })).toBeVisible();
  });
});
