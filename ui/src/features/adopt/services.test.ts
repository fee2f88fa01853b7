// Owns the checks of accounts that a key acts for, of dropped files, and of keys that look like another service's.

import { screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Fake } from "../../ipc/fake";
import type { PastedView } from "../../ipc/generated/PastedView";
import { baseUrlProblem } from "../../lib/pasted";
import { callsOf, settle, show, startedApp, stopApps } from "../../testing/app";
import AddAccountDialog from "./AddAccountDialog.svelte";
import AdminKeyDialog from "./AdminKeyDialog.svelte";
import DroppedDialog from "./DroppedDialog.svelte";
import PasteKeyDialog from "./PasteKeyDialog.svelte";

const user = userEvent.setup();

afterEach(stopApps);

const KEY: PastedView = {
  id: "pasted-1",
  prefix: "mem_live_8sQd",
  suggested_provider: "memory-api",
  variable: null,
  known_as: null,
  problems: [],
  trimmed: [],
  environment: "live",
  file: null,
};

async function admin(turn?: (fake: Fake) => void, account: string | null = null) {
  const { app, fake } = await startedApp((turned) => {
    turned.knobs.addServices();
    turned.knobs.pasted = KEY;
    turn?.(turned);
  });
  const onclose = vi.fn();
  show(app, AdminKeyDialog, { provider: "memory-api", account, onclose });
  await settle();
  return { app, fake, onclose };
}

describe("an account that a key acts for", () => {
  it("names the one host before anything is sent, and starts on Paste", async () => {
    const { fake } = await admin();
    expect(screen.getByTestId("admin-host")).toHaveTextContent("Sent only to api.memory-api.com");
    expect(screen.getByTestId("admin-paste")).toHaveFocus();
    expect(callsOf(fake, "checkAdminKey")).toHaveLength(0);
    expect(screen.getByTestId("admin-submit")).toHaveAttribute("data-tip", "Paste a key first");
  });

  it("is added with what was found, under the name the service gave", async () => {
    const { fake, onclose } = await admin();
    await user.keyboard("{Enter}");
    await settle();
    expect(callsOf(fake, "checkAdminKey")).toEqual([["pasted-1", "memory-api", null]]);
    const found = screen.getByTestId("admin-found");
    expect(found).toHaveAttribute("data-tone", "ok");
    expect(found).toHaveTextContent("api.memory-api.com accepted this key.");
    expect(found).toHaveTextContent("Live from the prefix");
    expect(screen.getByTestId("admin-can")).toHaveTextContent("List, create and revoke keys, set an expiry");
    expect(screen.getByTestId("admin-cannot")).toHaveTextContent("Revoke this key while it acts for the account");
    await user.clear(screen.getByTestId("admin-label"));
    await user.type(screen.getByTestId("admin-label"), "Reef{Enter}");
    await settle();
    expect(callsOf(fake, "addAccount")).toEqual([["pasted-1", "memory-api", null, "Reef"]]);
    expect(onclose).toHaveBeenCalledOnce();
    expect(callsOf(fake, "discardPasted")).toHaveLength(0);
  });

  it("can be added to look only when the key lacks admin", async () => {
    const { fake } = await admin((turned) => {
      turned.knobs.adminKey = { lacks: ["admin"], scopes: ["read"], can_create: "no", can_revoke: "no" };
    });
    await user.click(screen.getByTestId("admin-paste"));
    await settle();
    expect(screen.getByTestId("admin-found")).toHaveTextContent("Works, without admin");
    expect(screen.getByTestId("admin-cannot")).toHaveTextContent("Create or revoke keys");
    await user.click(screen.getByRole("button", { name: "Add to look only" }));
    await settle();
    expect(callsOf(fake, "addAccount")).toHaveLength(1);
  });

  it("says what nobody knows yet", async () => {
    await admin((turned) => {
      turned.knobs.adminKey = { can_revoke: "unknown", scopes: null };
    });
    await user.click(screen.getByTestId("admin-paste"));
    await settle();
    expect(screen.getByTestId("admin-unknown")).toHaveTextContent("Revoke keys");
    expect(screen.getByTestId("admin-found")).toHaveTextContent("Not told by Memory API");
  });

  it.each([
    ["refused", { accepted: false, status: 401 }, "Refused with 401", "bad"],
    ["no answer", { accepted: false, failure: null, status: 503 }, "Refused with 503", "bad"],
  ] as const)("can't be added with a key that was %s", async (_name, change, words, tone) => {
    await admin((turned) => {
      turned.knobs.adminKey = change;
    });
    await user.click(screen.getByTestId("admin-paste"));
    await settle();
    expect(screen.getByTestId("admin-found")).toHaveTextContent(words);
    expect(screen.getByTestId("admin-found")).toHaveAttribute("data-tone", tone);
    expect(screen.getByTestId("admin-submit")).toHaveAttribute("aria-disabled", "true");
  });

  it("waits for the person's word when the key looks like another service's", async () => {
    const { app, fake } = await admin((turned) => {
      turned.knobs.pasted = { ...KEY, prefix: "mos_live_a1B2", suggested_provider: "memory-os" };
    });
    await user.click(screen.getByTestId("admin-paste"));
    await settle();
    expect(screen.getByTestId("admin-other-service")).toHaveTextContent("This looks like a Memory OS key");
    expect(callsOf(fake, "checkAdminKey")).toHaveLength(0);
    await user.click(screen.getByTestId("admin-switch-service"));
    await settle();
    expect(screen.getByTestId("admin-host")).toHaveTextContent("Sent only to api.mymemoryos.com");
    expect(app.dialogs.current).toBeNull();
  });

  it("sends it nowhere while the base URL can't be used, then to that host alone", async () => {
    const { fake } = await admin();
    await user.click(screen.getByTestId("admin-advanced"));
    await user.clear(screen.getByTestId("admin-base-url"));
    await user.type(screen.getByTestId("admin-base-url"), "http://keys.example/v1");
    expect(screen.getByTestId("admin-base-url")).toHaveAccessibleDescription(/Only https, or this computer/);
    await user.click(screen.getByTestId("admin-paste"));
    await settle();
    expect(callsOf(fake, "pasteKey")).toHaveLength(0);
    await user.clear(screen.getByTestId("admin-base-url"));
    await user.type(screen.getByTestId("admin-base-url"), "https://keys.example/v1");
    await user.click(screen.getByTestId("admin-paste"));
    await settle();
    expect(callsOf(fake, "checkAdminKey")).toEqual([["pasted-1", "memory-api", "https://keys.example/v1"]]);
  });

  it("is not added twice", async () => {
    await admin((turned) => {
      turned.knobs.adminKey = { known_account: "tidepool" };
    });
    await user.click(screen.getByTestId("admin-paste"));
    await settle();
    expect(screen.getByTestId("admin-known")).toHaveTextContent("belongs to Tidepool already");
    expect(screen.getByTestId("admin-submit")).toHaveAttribute("aria-disabled", "true");
  });

  it("takes another key in the place of a refused one", async () => {
    const { fake } = await admin(undefined, "tidepool");
    expect(screen.queryByTestId("admin-service")).toBeNull();
    await user.click(screen.getByTestId("admin-paste"));
    await settle();
    await user.click(screen.getByTestId("admin-submit"));
    await settle();
    expect(callsOf(fake, "replaceAdminKey")).toEqual([["tidepool", "pasted-1"]]);
  });

  it("says so when a test key would act where a live one did", async () => {
    const { fake } = await admin((turned) => {
      const [first] = turned.knobs.keys.filter((key) => key.account === "tidepool");
      if (first === undefined) throw new Error("the account has no key");
      turned.knobs.changeAccount("tidepool", { admin_key: first.id });
      turned.knobs.changeKey(first.id, { environment: "live" });
      turned.knobs.pasted = { ...KEY, prefix: "mem_test_8sQd", environment: "test" };
    }, "tidepool");
    await user.click(screen.getByTestId("admin-paste"));
    await settle();
    expect(screen.getByTestId("admin-moved")).toHaveTextContent("This is a Test key");
    expect(screen.getByTestId("admin-moved")).toHaveTextContent("Tidepool was asked with a Live key until now.");
    // It is said, and the person decides.
    await user.click(screen.getByTestId("admin-submit"));
    await settle();
    expect(callsOf(fake, "replaceAdminKey")).toEqual([["tidepool", "pasted-1"]]);
  });

  it("is begun from the list of services, each in its own way", async () => {
    const { app } = await startedApp();
    show(app, AddAccountDialog, { onclose: vi.fn() });
    await settle();
    await user.click(screen.getByTestId("add-memory-os"));
    expect(app.dialogs.current).toEqual({ kind: "admin_key", provider: "memory-os", account: null });
    await user.click(screen.getByTestId("add-memory-kit"));
    expect(app.dialogs.current).toEqual({ kind: "paste_key", provider: "memory-kit" });
  });
});

describe("a key that exists", () => {
  async function paste(key: Partial<PastedView>, props: Record<string, unknown> = {}) {
    const { app, fake } = await startedApp((turned) => {
      turned.knobs.addServices();
      turned.knobs.pasted = { ...KEY, ...key };
    });
    show(app, PasteKeyDialog, { onclose: vi.fn(), ...props });
    await settle();
    await user.click(screen.getByTestId("paste-button"));
    await settle();
    return { app, fake };
  }

  it("goes nowhere until the person chose, when its prefix says nothing", async () => {
    const { fake } = await paste({ prefix: "xyz_1234", suggested_provider: null });
    expect(screen.getByTestId("paste-undecided")).toHaveTextContent("sent nowhere");
    expect(screen.getByTestId("paste-submit")).toHaveAttribute("data-tip", "Choose where it belongs first");
    await user.click(screen.getByTestId("paste-test"));
    expect(callsOf(fake, "testPasted")).toHaveLength(0);
  });

  it("says what was taken off it", async () => {
    await paste({ trimmed: ["spaces", "zero_width", "quotes"], problems: ["white_space"] });
    expect(screen.getByTestId("paste-trimmed")).toHaveTextContent(
      "Spaces, invisible characters and quotes around it left out.",
    );
    expect(screen.queryByTestId("paste-problem-white_space")).toBeNull();
  });

  it("is tested once on request, at the host that is shown", async () => {
    const { fake } = await paste({});
    expect(screen.getByTestId("paste-host")).toHaveTextContent("Sent only to api.memory-api.com");
    await user.click(screen.getByTestId("paste-test"));
    await settle();
    expect(callsOf(fake, "testPasted")).toEqual([["pasted-1", "memory-api", "https://api.memory-api.com/v1"]]);
    expect(screen.getByTestId("paste-test-result")).toHaveTextContent("Works");
  });

  it("of another service's look is sent to the chosen host only after a yes", async () => {
    const { fake } = await paste(
      { suggested_provider: "memory-os", prefix: "mos_live_a1B2" },
      { provider: "memory-kit" },
    );
    expect(screen.getByTestId("paste-mismatch")).toHaveTextContent("This looks like a Memory OS key");
    await user.type(screen.getByTestId("paste-name"), "odd");
    await user.click(screen.getByTestId("paste-submit"));
    expect(callsOf(fake, "adoptKey")).toHaveLength(0);
    await user.click(screen.getByTestId("paste-send-anyway"));
    await user.click(screen.getByTestId("paste-submit"));
    await settle();
    expect(callsOf(fake, "adoptKey")).toMatchObject([[{ account: "helpdesk", name: "odd" }]]);
  });
});

describe("a dropped file", () => {
  it("lists its keys, sends none, and adds each by itself", async () => {
    const keys = [
      { ...KEY, id: "dropped-1", variable: "MEMORY_API_KEY", file: ".env" },
      { ...KEY, id: "dropped-2", variable: "MEMORYKIT_API_KEY", prefix: "ctx_9aQd", suggested_provider: "memory-kit" },
    ];
    const dropped = { file: ".env", keys, ignored: 3 };
    const { app, fake } = await startedApp((turned) => {
      turned.knobs.addServices();
      turned.knobs.dropped = dropped;
    });
    show(app, DroppedDialog, { dropped, onclose: vi.fn() });
    await settle();
    expect(screen.getAllByTestId("dropped-key")).toHaveLength(2);
    expect(screen.getByTestId("dropped-dialog")).toHaveTextContent("3 other lines are no key");
    await user.click(screen.getByTestId("dropped-add-dropped-2"));
    await settle();
    expect(screen.getByTestId("paste-host")).toHaveTextContent("api.memorykit.io");
    expect(screen.getByTestId("paste-name")).toHaveValue("MEMORYKIT_API_KEY");
    await user.click(screen.getByTestId("paste-submit"));
    await settle();
    await user.click(screen.getByTestId("paste-done"));
    await settle();
    expect(callsOf(fake, "adoptKey")).toMatchObject([[{ source: "dropped-2", account: "helpdesk" }]]);
    expect(callsOf(fake, "discardPasted")).toHaveLength(0);
    expect(screen.getByText("Added")).toBeVisible();
    expect(screen.getByTestId("dropped-add-dropped-1")).toBeVisible();
  });

  it("opens by itself, but never over a dialog that holds entries", async () => {
    const { app, fake } = await startedApp((turned) => {
      turned.knobs.dropped = { file: ".env", keys: [], ignored: 1 };
    });
    app.dialogs.open({ kind: "create", prefill: null });
    fake.knobs.emit("dropped");
    await settle();
    expect(app.dialogs.current).toMatchObject({ kind: "create" });
    app.dialogs.close();
    fake.knobs.emit("dropped");
    await settle();
    expect(app.dialogs.current).toMatchObject({ kind: "dropped" });
  });
});

describe("a base URL", () => {
  it.each([
    ["https://api.example.com/v1/", true],
    ["http://127.0.0.1:4000/v1", true],
    ["http://far.example", false],
    ["https://me:secret@api.example.com", false],
    ["https://api.example.com/v1?key=1", false],
    ["api.example.com", false],
  ])("%s: %s", (address, fine) => {
    expect(baseUrlProblem(address) === null).toBe(fine);
  });
});
