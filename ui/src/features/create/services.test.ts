// Owns the checks of Create at each service: the fields it has and no others, what is sent, and the key that is made by hand.

import { screen, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Fake } from "../../ipc/fake";
import type { CreatePrefill } from "../../state/dialogs.svelte";
import { callsOf, settle, show, startedApp, stopApps } from "../../testing/app";
import CreateDialog from "./CreateDialog.svelte";

const user = userEvent.setup({ advanceTimers: (ms) => void vi.advanceTimersByTime(ms) });

beforeEach(() => {
  vi.useFakeTimers({ now: new Date("2026-11-20T16:00:00Z") });
});
afterEach(() => {
  stopApps();
  vi.useRealTimers();
});

async function at(account: string, turn?: (fake: Fake) => void, prefill: Partial<CreatePrefill> = {}) {
  const { app, fake } = await startedApp((turned) => {
    turned.knobs.addServices();
    turn?.(turned);
  });
  const onclose = vi.fn();
  show(app, CreateDialog, { prefill: { account, name: "", workspace: null, ...prefill }, onclose });
  await settle();
  return { app, fake, onclose };
}

describe("the fields of each service", () => {
  it("are those that it has, and no placeholders for the others", async () => {
    const has = (id: string): boolean => screen.queryByTestId(id) !== null;
    const fields = ["create-workspace", "create-environment", "create-scopes", "create-rate-limit", "create-project"];
    const found: Record<string, boolean[]> = {};
    for (const account of ["work", "tidepool", "lab", "helpdesk"]) {
      document.body.innerHTML = "";
      await at(account);
      found[account] = fields.map(has);
    }
    expect(found).toEqual({
      work: [true, false, false, false, false],
      tidepool: [false, true, true, false, false],
      lab: [false, false, true, true, false],
      helpdesk: [false, false, true, false, true],
    });
  });

  it("say what live costs, and send the environment and the default scopes", async () => {
    const { fake } = await at("tidepool");
    expect(screen.getByTestId("create-environment-words")).toHaveTextContent(
      "Live: counts towards billing. Test: free.",
    );
    expect(screen.getByTestId("create-scopes-count")).toHaveTextContent("2 of 4");
    await user.click(screen.getByTestId("create-environment-test"));
    await user.type(screen.getByTestId("create-name"), "Import worker");
    await user.click(screen.getByTestId("create-submit"));
    await settle();
    expect(callsOf(fake, "createKey")[0]).toMatchObject([
      { account: "tidepool", environment: "test", scopes: ["read", "write"], rate_limit: null, workspace: null },
    ]);
  });

  it("tick scopes by preset, drop the preset when one is changed, and mark what is sensitive", async () => {
    await at("tidepool");
    const pane = within(screen.getByTestId("create-scopes"));
    expect(screen.getByTestId("create-preset-Default")).toBeChecked();
    await user.click(screen.getByTestId("create-preset-Full"));
    expect(screen.getByTestId("create-scope-admin")).toBeChecked();
    await user.click(screen.getByTestId("create-scope-delete"));
    expect(pane.getAllByRole("radio").every((preset) => preset.getAttribute("aria-checked") === "false")).toBe(true);
    expect(screen.getByRole("checkbox", { name: /^admin, sensitive/ })).toBeVisible();
  });

  it("send nothing without a scope, and say so beside the scopes", async () => {
    const { fake } = await at("tidepool");
    await user.type(screen.getByTestId("create-name"), "nothing");
    await user.click(screen.getByTestId("create-scope-read"));
    await user.click(screen.getByTestId("create-scope-write"));
    await user.click(screen.getByTestId("create-submit"));
    expect(screen.getByTestId("create-scopes-error")).toHaveTextContent("Tick at least one scope.");
    expect(callsOf(fake, "createKey")).toHaveLength(0);
  });

  it("count days where the service does, between its bounds", async () => {
    await at("tidepool");
    await user.click(screen.getByTestId("create-expiry-custom"));
    await user.type(screen.getByTestId("create-custom"), "366");
    expect(screen.getByTestId("create-custom")).toHaveAccessibleDescription(/1 to 365.*At most 365 days/);
    await user.clear(screen.getByTestId("create-custom"));
    await user.type(screen.getByTestId("create-custom"), "120");
    expect(screen.getByTestId("create-expiry-words")).toHaveTextContent(
      "On Saturday 20 March 2027, set at Memory API. Latchkey warns you 7 days before.",
    );
  });

  it("call an end that no service keeps a reminder, and take an optional rate limit", async () => {
    const { fake } = await at("lab");
    expect(screen.getByText("Remind me to rotate")).toBeVisible();
    expect(screen.getByTestId("create-expiry-words")).toHaveTextContent(
      "Reminder only: Memory OS takes no expiry date. Latchkey reminds you to rotate this key on Thursday 18 February 2027.",
    );
    expect(screen.getByTestId("create-from-prefix")).toHaveTextContent("Live or test is up to Memory OS.");
    await user.type(screen.getByTestId("create-name"), "gateway");
    await user.type(screen.getByTestId("create-rate-limit"), "many");
    await user.click(screen.getByTestId("create-submit"));
    expect(screen.getByTestId("create-rate-limit")).toBeInvalid();
    await user.clear(screen.getByTestId("create-rate-limit"));
    await user.type(screen.getByTestId("create-rate-limit"), "600");
    await user.click(screen.getByTestId("create-submit"));
    await settle();
    expect(callsOf(fake, "createKey")).toMatchObject([
      [{ scopes: ["memories:read", "memories:write", "search:read"], environment: null, rate_limit: 600 }],
    ]);
    await user.click(screen.getByTestId("snippet-mcp"));
    expect(screen.getByTestId("snippet-caution")).toHaveTextContent("publishes no address of an MCP server");
  });

  it("start with the scopes and environment of the key that is replaced", async () => {
    await at("tidepool", undefined, { name: "CI nightly", scopes: ["read"], environment: "test" });
    expect(screen.getByTestId("create-environment-test")).toBeChecked();
    expect(screen.getByTestId("create-preset-Read only")).toBeChecked();
  });

  it("leave out accounts whose key may not create", async () => {
    const { app } = await at("work", (fake) => fake.knobs.changeAccount("tidepool", { lacks: ["admin"] }));
    expect(app.accounts.creating.map((account) => account.id)).toEqual(["work", "lab", "helpdesk"]);
  });

  it("ask for the scopes that the account's own service names, and for no other's", async () => {
    const creating = async (tidepool: string[], lab: string[]) => {
      const { app } = await at("work", (fake) => {
        fake.knobs.changeAccount("tidepool", { lacks: tidepool });
        fake.knobs.changeAccount("lab", { lacks: lab });
      });
      return app.accounts.creating.map((account) => account.id);
    };
    // Memory OS takes `admin` or `*` and may name either when it refuses.
    expect(await creating([], ["*"])).toEqual(["work", "tidepool", "helpdesk"]);
    expect(await creating([], ["admin"])).toEqual(["work", "tidepool", "helpdesk"]);
    // A key with `*` that was refused something else may still create.
    expect(await creating(["read"], ["memories:read"])).toEqual(["work", "tidepool", "lab", "helpdesk"]);
    expect(await creating(["*"], [])).toContain("tidepool");
  });
});

describe("a key that is made in the dashboard", () => {
  async function pasting(turn?: (fake: Fake) => void) {
    const opened = await at("helpdesk", (fake) => {
      if (fake.knobs.pasted !== null) {
        fake.knobs.pasted = { ...fake.knobs.pasted, prefix: "ctx_9aQd", suggested_provider: "memory-kit" };
      }
      turn?.(fake);
    });
    await user.type(screen.getByTestId("create-name"), "Handbook search");
    await user.type(screen.getByTestId("create-project"), "Handbook");
    await user.click(screen.getByTestId("create-have-key"));
    await settle();
    return opened;
  }

  it("copies the name and the project for the dashboard's fields", async () => {
    const { fake } = await at("helpdesk");
    expect(screen.queryByTestId("create-copy-name")).toBeNull();
    await user.type(screen.getByTestId("create-name"), " Handbook search ");
    await user.click(screen.getByTestId("create-copy-name"));
    await user.type(screen.getByTestId("create-project"), "Handbook");
    await user.click(screen.getByTestId("create-copy-project"));
    await settle();
    expect(callsOf(fake, "copyWords")).toEqual([["Handbook search"], ["Handbook"]]);
    expect(screen.getByText("Copied the project.").parentElement).toHaveAttribute("role", "status");
  });

  it("begins with what to enter there, and opens its page only when that is whole", async () => {
    const { fake } = await at("helpdesk");
    expect(screen.getByTestId("create-dialog")).toHaveTextContent("platform.memorykit.io");
    await user.click(screen.getByTestId("create-open-dashboard"));
    expect(screen.getByTestId("create-project")).toBeInvalid();
    expect(callsOf(fake, "openPage")).toHaveLength(0);
    await user.type(screen.getByTestId("create-name"), "Handbook search");
    await user.type(screen.getByTestId("create-project"), "Handbook");
    await user.click(screen.getByTestId("create-open-dashboard"));
    await settle();
    expect(callsOf(fake, "openPage")).toEqual([["keys", "helpdesk", "memory-kit"]]);
    expect(screen.getByTestId("create-open-dashboard")).toHaveTextContent("Open it again");
  });

  it("is pasted, checked three times, and recorded with what was chosen", async () => {
    const { app, fake, onclose } = await pasting();
    expect(screen.getByTestId("guided-host")).toHaveTextContent("sent only to api.memorykit.io");
    expect(screen.getByTestId("guided-paste")).toHaveFocus();
    expect(callsOf(fake, "pasteKey")).toHaveLength(0);
    await user.keyboard("{Enter}");
    await settle();
    expect(screen.getByTestId("guided-check-prefix")).toHaveTextContent("Starts with ctx_, no spaces or line breaks");
    expect(screen.getByTestId("guided-check-new")).toHaveTextContent("New: not one of your 2 MemoryKit keys");
    expect(screen.getByTestId("guided-check-works")).toHaveTextContent("Works: api.memorykit.io accepted it in 184 ms");
    await user.click(screen.getByTestId("guided-add"));
    await settle();
    expect(callsOf(fake, "adoptKey")).toMatchObject([
      [
        {
          account: "helpdesk",
          name: "Handbook search",
          project: "Handbook",
          scopes: ["memories:read", "chats:read", "users:read"],
          remind_on: "2027-02-18",
        },
      ],
    ]);
    expect(onclose).toHaveBeenCalledOnce();
    expect(app.keys.opened).not.toBeNull();
    expect(callsOf(fake, "discardPasted")).toHaveLength(0);
  });

  it("is not added when the service refuses it, and not sent when it is another service's", async () => {
    const { fake } = await pasting((turned) => {
      turned.knobs.test = { result: "refused", status: 401 };
    });
    await user.click(screen.getByTestId("guided-paste"));
    await settle();
    expect(screen.getByTestId("guided-check-works")).toHaveAttribute("data-state", "bad");
    expect(screen.getByTestId("guided-add")).toHaveAttribute("aria-disabled", "true");
    if (fake.knobs.pasted !== null) fake.knobs.pasted = { ...fake.knobs.pasted, prefix: "mem_live_9fQ2" };
    await user.click(screen.getByTestId("guided-paste"));
    await settle();
    expect(screen.getByTestId("guided-check-prefix")).toHaveAttribute("data-state", "warn");
    expect(callsOf(fake, "testPasted")).toHaveLength(1);
  });

  it("keeps the entries on the way back", async () => {
    await pasting();
    await user.click(screen.getByTestId("guided-back"));
    expect(screen.getByTestId("create-name")).toHaveValue("Handbook search");
    expect(screen.getByTestId("create-project")).toHaveValue("Handbook");
  });
});
