// Owns the checks of revoking several keys: what is told apart, the typed number, the run, failures, stopping, the lock.

import { cleanup, screen, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Fake } from "../../ipc/fake";
import { errorView, Failure } from "../../lib/failure";
import type { App } from "../../state/app.svelte";
import { callsOf, settle, show, startedApp, stopApps } from "../../testing/app";
import BulkRevokeDialog from "./BulkRevokeDialog.svelte";

const user = userEvent.setup();

afterEach(() => {
  cleanup();
  stopApps();
});

async function dialog(
  keyIds: readonly string[],
  turn: (fake: Fake) => void = () => undefined,
): Promise<{ app: App; fake: Fake; onclose: ReturnType<typeof vi.fn> }> {
  const { app, fake } = await startedApp((made) => {
    made.knobs.addServices();
    made.knobs.changeAccount("home", { sign_in: "signed_in" });
    turn(made);
  });
  const onclose = vi.fn();
  show(app, BulkRevokeDialog, { keyIds, onclose });
  await settle();
  return { app, fake, onclose };
}

/** Makes the revoke of one key fail; that of the others works. */
function failFor(fake: Fake, id: string, code: Parameters<typeof errorView>[0]): void {
  const real = fake.revokeKey.bind(fake);
  fake.revokeKey = (key, typed, leaked) =>
    key === id
      ? fake.knobs.call("revokeKey", [key, typed, leaked], () => {
          throw new Failure(errorView(code, { status: 503 }));
        })
      : real(key, typed, leaked);
}

function line(name: string): HTMLElement {
  const found = screen.getAllByTestId("bulk-line").find((one) => one.dataset["name"] === name);
  if (found === undefined) throw new Error(`there is no line ${name}`);
  return found;
}

async function confirm(number: string): Promise<void> {
  await user.type(screen.getByTestId("bulk-typed"), `${number}{Enter}`);
  await settle();
}

describe("asking", () => {
  it("lists each key with its last use and what stops, and asks for the number", async () => {
    const { fake } = await dialog(["key-1", "key-8", "mem-2"]);
    const alert = screen.getByRole("alertdialog", { name: "Revoke 3 keys?" });
    expect(alert).toHaveAccessibleDescription(/stops none of the others/);
    expect(within(line("work-laptop")).getByTestId("bulk-words")).toHaveTextContent(/2 places stop at once/);
    expect(within(line("work-laptop")).getByTestId("bulk-words")).toHaveAttribute("data-tone", "warn");
    expect(line("work-laptop")).toHaveTextContent("3 minutes ago");
    await vi.waitFor(() => expect(screen.getByTestId("bulk-typed")).toHaveFocus());
    expect(screen.getByTestId("bulk-submit")).toHaveAttribute("data-tip", "Type the number of keys first");
    await user.type(screen.getByTestId("bulk-typed"), "2{Enter}");
    await user.click(screen.getByTestId("bulk-submit"));
    await settle();
    expect(callsOf(fake, "revokeKey")).toHaveLength(0);
  });

  it("tells apart beforehand what can't be revoked from here, and leads each its own way", async () => {
    const { app } = await dialog(["key-8", "ctx-1", "mem-1"], (fake) => {
      fake.knobs.changeAccount("tidepool", { admin_key: "mem-1" });
    });
    expect(screen.getByRole("alertdialog", { name: "Revoke 1 key?" })).toBeInTheDocument();
    const others = within(screen.getByTestId("bulk-others"));
    expect(others.getAllByTestId("bulk-line").map((one) => one.dataset["way"])).toEqual(["browser", "acting"]);
    await user.click(others.getByRole("button", { name: /^Choose another key/ }));
    expect(app.dialogs.current).toEqual({ kind: "revoke", key: "mem-1" });
  });

  it("says so when none of them can be", async () => {
    const { fake } = await dialog(["ctx-1"]);
    expect(screen.getByRole("alertdialog", { name: "None of these can be revoked from here" })).toBeInTheDocument();
    expect(screen.queryByTestId("bulk-typed")).toBeNull();
    await vi.waitFor(() => expect(screen.getByTestId("bulk-cancel")).toHaveFocus());
    expect(callsOf(fake, "revokeKey")).toHaveLength(0);
  });

  it("leaves out a key that is gone, and sends an account without a sign-in to it", async () => {
    await dialog(["key-8", "gone", "key-15"], (fake) => fake.knobs.changeAccount("home", { sign_in: "needed" }));
    expect(screen.getAllByTestId("bulk-line").map((one) => one.dataset["way"])).toEqual(["here", "signed_out"]);
  });
});

describe("the run", () => {
  it("revokes one after another with its own words each, and shows each proof", async () => {
    const { app, fake } = await dialog(["key-1", "key-8"]);
    app.keys.selected.toggle("key-1");
    app.keys.selected.toggle("key-8");
    await confirm("2");
    expect(callsOf(fake, "revokeKey")).toEqual([
      ["key-1", "work-laptop", false],
      ["key-8", null, false],
    ]);
    expect(line("work-laptop")).toHaveTextContent(/Revoked\. Refused with 401 at/);
    expect(screen.getByTestId("bulk-said")).toHaveTextContent("2 of 2 keys revoked.");
    expect(screen.getByRole("dialog", { name: "Revoked 2 of 2 keys" })).toBeInTheDocument();
    expect(screen.getByTestId("bulk-done")).toHaveFocus();
    cleanup();
    expect(app.keys.selected.size).toBe(0);
  });

  it("goes on after a failure, says why it failed, and tries that one again", async () => {
    const { fake } = await dialog(["key-1", "key-8", "key-5"], (made) => failFor(made, "key-8", "service_failed"));
    const name = fake.knobs.key("key-8").name;
    await confirm("3");
    expect(callsOf(fake, "revokeKey").map(([key]) => key)).toEqual(["key-1", "key-8", "key-5"]);
    expect(screen.getAllByTestId("bulk-line").map((one) => one.dataset["state"])).toEqual(["done", "failed", "done"]);
    expect(line(name)).toHaveTextContent(/has a problem of its own\. It answered 503/);
    expect(screen.getByTestId("bulk-said")).toHaveTextContent("2 of 3 keys revoked. 1 failed.");
    await user.click(within(line(name)).getByTestId("bulk-other"));
    await settle();
    expect(callsOf(fake, "revokeKey")).toHaveLength(4);
  });

  it("leads to the browser where the server turns out to offer no revoke", async () => {
    const { app, fake } = await dialog(["key-1", "key-8"], (made) => failFor(made, "key-8", "not_offered"));
    await confirm("2");
    const one = line(fake.knobs.key("key-8").name);
    expect(one).toHaveAttribute("data-state", "browser");
    await user.click(within(one).getByRole("button", { name: /^Revoke in your browser/ }));
    expect(app.dialogs.current).toEqual({ kind: "revoke", key: "key-8" });
  });

  it("doesn't call a key revoked that is still accepted", async () => {
    await dialog(["key-1"], (fake) => (fake.knobs.proof = "still_accepted"));
    await confirm("1");
    expect(line("work-laptop")).toHaveAttribute("data-state", "failed");
    expect(line("work-laptop")).toHaveTextContent("Still accepted at");
  });

  it("stops after the key whose turn it is, by its button or by Esc, and can go on", async () => {
    const { fake, onclose } = await dialog(["key-1", "key-8", "key-5"]);
    const release = hold(fake);
    await confirm("3");
    expect(screen.getByTestId("bulk-stop")).toHaveFocus();
    await user.keyboard("{Escape}");
    expect(onclose).not.toHaveBeenCalled();
    expect(screen.getByText("Stops after this one.")).toBeInTheDocument();
    release();
    await settle();
    expect(screen.getAllByTestId("bulk-line").map((one) => one.dataset["state"])).toEqual([
      "done",
      "waiting",
      "waiting",
    ]);
    expect(screen.getByTestId("bulk-said")).toHaveTextContent("1 of 3 keys revoked. 2 not reached.");
    await user.click(screen.getByTestId("bulk-go-on"));
    await settle();
    expect(callsOf(fake, "revokeKey")).toHaveLength(3);
  });

  it("ends with a lock: what is under way ends in Rust, nothing else is begun", async () => {
    const { app, fake } = await dialog(["key-1", "key-8", "key-5"]);
    const release = hold(fake);
    await confirm("3");
    await app.lock();
    release();
    await settle();
    expect(callsOf(fake, "revokeKey")).toHaveLength(1);
    expect(app.keys.selected.size).toBe(0);
  });
});

/** Keeps the first revoke waiting until it is released. */
function hold(fake: Fake): () => void {
  const real = fake.revokeKey.bind(fake);
  let release = (): void => undefined;
  const gate = new Promise<void>((resolve) => (release = resolve));
  fake.revokeKey = async (...args) => {
    await gate;
    return real(...args);
  };
  return () => release();
}
