// Owns the checks of adding accounts and keys: where a key is sent, what is said of it, and what waits in Rust.

import { screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Fake } from "../../ipc/fake";
import { callsOf, settle, show, startedApp, stopApps } from "../../testing/app";
import AddAccountDialog from "./AddAccountDialog.svelte";
import PasteKeyDialog from "./PasteKeyDialog.svelte";

const user = userEvent.setup();

afterEach(stopApps);

async function paste(turn?: (fake: Fake) => void) {
  const { app, fake } = await startedApp(turn);
  const onclose = vi.fn();
  show(app, PasteKeyDialog, { onclose });
  await settle();
  return { app, fake, onclose };
}

describe("pasting a key", () => {
  it("reads the clipboard only when Paste is pressed, and shows only the first letters", async () => {
    const { fake } = await paste();
    expect(callsOf(fake, "pasteKey")).toHaveLength(0);
    await user.click(screen.getByTestId("paste-button"));
    await settle();
    expect(callsOf(fake, "pasteKey")).toHaveLength(1);
    expect(screen.getByTestId("paste-box-value")).toHaveTextContent("bmc_Zk9t");
    expect(document.body.innerHTML).not.toContain("EXAMPLE");
  });

  it("names the one host it is sent to, which is the account's and not the prefix's", async () => {
    const { fake } = await paste((turned) => {
      turned.knobs.changeAccount("home", { host: "https://notes.example" });
    });
    await user.click(screen.getByTestId("paste-button"));
    await settle();
    expect(screen.getByTestId("paste-host")).toHaveTextContent("Sent only to cloud.basicmemory.com");
    screen.getByTestId("paste-account").focus();
    await user.keyboard("{Enter}");
    await settle();
    await user.click(await screen.findByTestId("paste-account-menu-home"));
    await settle();
    expect(screen.getByTestId("paste-host")).toHaveTextContent("Sent only to notes.example");
    await user.type(screen.getByTestId("paste-name"), "ci");
    await user.click(screen.getByTestId("paste-submit"));
    await settle();
    expect(callsOf(fake, "adoptKey")).toMatchObject([
      [{ source: "pasted-1", account: "home", name: "ci", keep: true }],
    ]);
    expect(screen.getByTestId("paste-result")).toHaveTextContent("Works");
  });

  it("can't be sent before there is a key and a name", async () => {
    const { fake } = await paste();
    expect(screen.getByTestId("paste-submit")).toHaveAttribute("data-tip", "Paste a key first");
    await user.click(screen.getByTestId("paste-button"));
    await settle();
    await user.click(screen.getByTestId("paste-submit"));
    expect(screen.getByTestId("paste-name")).toBeInvalid();
    expect(callsOf(fake, "adoptKey")).toHaveLength(0);
  });

  it("says what is odd about it and whether it is known", async () => {
    await paste((fake) => {
      fake.knobs.pasted = {
        id: "pasted-1",
        prefix: "xyz_1234",
        suggested_provider: null,
        variable: "NOTES_KEY",
        known_as: "key-1",
        problems: ["white_space", "no_known_prefix", "not_ascii", "too_short"],
        trimmed: [],
        environment: null,
        file: null,
      };
    });
    await user.click(screen.getByTestId("paste-button"));
    await settle();
    for (const problem of ["white_space", "no_known_prefix", "not_ascii", "too_short"]) {
      expect(screen.getByTestId(`paste-problem-${problem}`)).toHaveTextContent(/\.$/);
    }
    expect(screen.getByText(/You have this key already, as work-laptop/)).toBeVisible();
    expect(screen.getByTestId("paste-name")).toHaveValue("NOTES_KEY");
  });

  it.each([
    ["nothing_to_paste", "The clipboard holds nothing that looks like a key"],
    ["clipboard_failed", "Couldn’t reach the clipboard"],
  ] as const)("explains %s", async (code, words) => {
    await paste((fake) => fake.knobs.fail("pasteKey", code));
    await user.click(screen.getByTestId("paste-button"));
    await settle();
    expect(screen.getByTestId("paste-failure")).toHaveTextContent(words);
  });

  it("keeps the entries when the service refuses the key", async () => {
    await paste((fake) => {
      fake.knobs.adopts = false;
    });
    await user.click(screen.getByTestId("paste-button"));
    await settle();
    await user.type(screen.getByTestId("paste-name"), "ci");
    await user.click(screen.getByTestId("paste-submit"));
    await settle();
    expect(screen.getByTestId("paste-failure")).toHaveTextContent("Basic Memory refused this key");
    expect(screen.getByTestId("paste-failure")).toHaveTextContent("Nothing was added");
    expect(screen.getByTestId("paste-name")).toHaveValue("ci");
  });

  it("keeps the pasted key for another try when the service gave no answer", async () => {
    const { fake } = await paste((turned) => turned.knobs.fail("adoptKey", "no_answer", {}, true));
    await user.click(screen.getByTestId("paste-button"));
    await settle();
    await user.type(screen.getByTestId("paste-name"), "ci");
    await user.click(screen.getByTestId("paste-submit"));
    await settle();
    expect(screen.getByTestId("paste-box-value")).toHaveTextContent("bmc_Zk9t");
    await user.click(screen.getByTestId("paste-failure-next"));
    await settle();
    expect(callsOf(fake, "pasteKey")).toHaveLength(1);
    expect(callsOf(fake, "adoptKey")).toHaveLength(2);
    expect(screen.getByTestId("paste-result")).toHaveTextContent("Works");
  });

  it("goes to the published host and makes a signed-out account when there is none", async () => {
    const { app, fake } = await paste((turned) => {
      turned.knobs.accounts = [];
      turned.knobs.keys = [];
    });
    await user.click(screen.getByTestId("paste-button"));
    await settle();
    expect(screen.getByTestId("paste-host")).toHaveTextContent("Sent only to cloud.basicmemory.com");
    await user.type(screen.getByTestId("paste-name"), "ci");
    await user.click(screen.getByTestId("paste-submit"));
    await settle();
    expect(callsOf(fake, "adoptKey")).toMatchObject([
      [{ source: "pasted-1", account: null, provider: "basic-memory", host: null, name: "ci", keep: true }],
    ]);
    expect(screen.getByTestId("paste-result")).toHaveTextContent("cloud.basicmemory.com accepted this key");
    expect(app.accounts.all).toMatchObject([{ sign_in: "signed_out" }]);
  });

  it("lets a new account be chosen beside those there are", async () => {
    const { fake } = await paste();
    await user.click(screen.getByTestId("paste-button"));
    await settle();
    screen.getByTestId("paste-account").focus();
    await user.keyboard("{Enter}");
    await settle();
    await user.click(await screen.findByTestId("paste-account-menu-new-basic-memory"));
    await settle();
    expect(screen.getByTestId("paste-account")).toHaveTextContent("A new Basic Memory account");
    await user.type(screen.getByTestId("paste-name"), "ci");
    await user.click(screen.getByTestId("paste-submit"));
    await settle();
    expect(callsOf(fake, "adoptKey")).toMatchObject([[{ account: null }]]);
  });

  it("sends a key found in this computer's files to no sandbox unless it is chosen", async () => {
    const { app, fake } = await startedApp((turned) => {
      turned.knobs.accounts = [];
    });
    await fake.openSandbox();
    await app.reload();
    const found = fake.knobs.found.find((credential) => credential.kind === "api_key");
    show(app, PasteKeyDialog, { found, onclose: vi.fn() });
    await settle();
    expect(screen.getByTestId("paste-host")).toHaveTextContent("Sent only to cloud.basicmemory.com");
  });

  it("drops what waits in Rust when it is cancelled", async () => {
    const { fake, onclose } = await paste();
    await user.click(screen.getByTestId("paste-button"));
    await settle();
    await user.click(screen.getByTestId("paste-cancel"));
    await settle();
    expect(callsOf(fake, "discardPasted")).toHaveLength(1);
    expect(onclose).toHaveBeenCalledOnce();
  });
});

describe("adding an account", () => {
  it("leads to the sign-in, and offers what was found on this computer", async () => {
    const { app } = await startedApp();
    show(app, AddAccountDialog, { onclose: vi.fn() });
    await settle();
    expect(screen.getByTestId("found-list")).toHaveTextContent("~/.basic-memory/config.json");
    await user.click(screen.getByTestId("found-add-found-1"));
    expect(app.dialogs.current).toMatchObject({ kind: "paste_key", found: { id: "found-1" } });
    await user.click(screen.getByTestId("add-basic-memory"));
    expect(app.dialogs.current).toMatchObject({ kind: "sign_in", provider: "basic-memory", account: null });
  });

  it("lets a key be pasted or taken over while there is no account", async () => {
    const { app } = await startedApp((fake) => {
      fake.knobs.accounts = [];
    });
    show(app, AddAccountDialog, { onclose: vi.fn() });
    await settle();
    await user.click(screen.getByTestId("add-paste"));
    expect(app.dialogs.current).toEqual({ kind: "paste_key" });
    await user.click(screen.getByTestId("found-add-found-1"));
    expect(app.dialogs.current).toMatchObject({ kind: "paste_key", found: { id: "found-1" } });
  });

  it("opens the sandbox and goes on to its sign-in", async () => {
    const { app } = await startedApp();
    show(app, AddAccountDialog, { onclose: vi.fn() });
    await settle();
    await user.click(screen.getByTestId("add-sandbox"));
    await settle();
    expect(app.dialogs.current).toMatchObject({ kind: "sign_in", account: "sandbox" });
  });
});
