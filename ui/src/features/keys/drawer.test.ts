// Owns the checks of the drawer's facts, test results and reminders.

import { cleanup, screen, within } from "@testing-library/svelte";
import { userEvent } from "@testing-library/user-event";
import { afterEach, describe, expect, it } from "vitest";
import type { Fake } from "../../ipc/fake";
import type { KeyTestView } from "../../ipc/generated/KeyTestView";
import { errorView } from "../../lib/failure";
import { callsOf, settle, show, startedApp, stopApps } from "../../testing/app";
import KeysPage from "./KeysPage.svelte";
import { KeysView } from "./view.svelte";

const user = userEvent.setup();

afterEach(() => {
  cleanup();
  stopApps();
});

async function drawer(key: string, turn: (fake: Fake) => void = () => undefined) {
  const { app, fake } = await startedApp((made) => {
    made.knobs.addServices();
    turn(made);
  });
  const view = new KeysView(app);
  app.keys.opened = key;
  show(app, KeysPage, { view });
  await settle();
  return { app, fake };
}

async function tested(key: string, test: Partial<KeyTestView>) {
  const made = await drawer(key, (fake) => {
    fake.knobs.test = test;
  });
  await user.click(screen.getByTestId("drawer-test"));
  await settle();
  return made;
}

const result = (): HTMLElement => screen.getByTestId("test-result");

describe("the ways to use a key", () => {
  it("name the variable, and put the value in on Copy where the secret is kept", async () => {
    const { fake } = await drawer("mos-1", (made) => made.knobs.changeKey("mos-1", { kept: "keychain" }));
    await user.click(screen.getByTestId("drawer-use"));
    expect(screen.getByTestId("snippet-aside")).toHaveTextContent("Live: counts towards billing");
    expect(screen.getByTestId("snippet-environment")).toBeVisible();
    await user.click(screen.getByTestId("snippet-environment_2"));
    expect(screen.getByTestId("snippet-text")).toHaveTextContent("MEMORY_OS_API_KEY");
    await user.click(screen.getByTestId("snippet-copy"));
    await user.click(screen.getByTestId("snippet-copy-with-key"));
    await settle();
    expect(callsOf(fake, "copySnippet")).toEqual([
      ["mos-1", "environment_2", false],
      ["mos-1", "environment_2", true],
    ]);
    expect(screen.getByTestId("snippet-said")).toHaveTextContent("Copied MEMORY_OS_API_KEY with the key.");
    expect(document.body.innerHTML).not.toContain("EXAMPLE");
  });

  it("say why the value can't be put in where the secret is not kept", async () => {
    const { fake } = await drawer("mos-1", (made) => made.knobs.changeKey("mos-1", { kept: "nowhere" }));
    await user.click(screen.getByTestId("drawer-use"));
    expect(screen.getByTestId("snippet-said")).toHaveTextContent("isn’t kept on this computer");
    await user.click(screen.getByTestId("snippet-copy-with-key"));
    await user.click(screen.getByTestId("snippet-copy"));
    await settle();
    expect(callsOf(fake, "copySnippet")).toEqual([["mos-1", "environment", false]]);
  });

  it("are not offered for a key that ended", async () => {
    const { fake } = await drawer("mem-1");
    expect(screen.getByTestId("drawer-use")).toBeVisible();
    fake.knobs.changeKey("mem-1", { status: "revoked" });
    fake.knobs.emit("keys");
    await settle();
    expect(screen.queryByTestId("drawer-use")).toBeNull();
  });
});

describe("the facts", () => {
  it("are those that the service has, with whose word they are", async () => {
    await drawer("mos-1");
    const facts = within(screen.getByTestId("drawer"));
    expect(facts.getByTestId("drawer-scopes")).toHaveTextContent("search:read");
    expect(facts.getByTestId("drawer-environment")).toHaveTextContent(
      /^Live\s*counts towards billing, from the prefix$/,
    );
    expect(facts.getByText("600")).toBeInTheDocument();
    expect(facts.getByText("Memory OS doesn’t report use")).toBeInTheDocument();
    expect(facts.queryByText("Workspace")).toBeNull();
  });

  it("of a key made by hand are called noted here", async () => {
    const { app } = await drawer("key-1");
    expect(screen.queryByTestId("drawer-scopes")).toBeNull();
    app.keys.opened = app.keys.all.find((key) => key.name === "Support assistant")?.id ?? null;
    await settle();
    expect(screen.getByTestId("drawer-scopes")).toHaveTextContent("memories:read");
    expect(screen.getAllByText("as noted here")).toHaveLength(2);
  });

  it("offer a replacement for a key whose secret is lost, with the same choices", async () => {
    const { app } = await drawer("mem-2");
    await user.click(screen.getByTestId("drawer-lost"));
    expect(app.dialogs.current).toMatchObject({
      kind: "create",
      prefill: { account: "tidepool", name: "CI nightly 2", scopes: ["read", "write"], environment: "test" },
    });
  });
});

describe("a test", () => {
  it("is one request, and says that the key works, how fast, and what is left", async () => {
    const { fake } = await tested("mem-1", {});
    expect(callsOf(fake, "testKey")).toEqual([["mem-1"]]);
    expect(result()).toHaveAttribute("data-tone", "ok");
    expect(result()).toHaveTextContent(/^Works\s*184 ms\s*Memory API accepted this key at/);
    expect(result()).toHaveTextContent("58 of 60 requests left.");
  });

  it("is red only for a refusal, with the ways on", async () => {
    const { app, fake } = await tested("mem-1", { result: "refused", status: 401 });
    expect(result()).toHaveAttribute("data-tone", "bad");
    expect(result()).toHaveTextContent("Refused with 401");
    expect(result()).toHaveTextContent("revoked, has expired or was mistyped");
    await user.click(screen.getByTestId("test-open-page"));
    await settle();
    expect(callsOf(fake, "openPage")).toEqual([["keys", "tidepool", null]]);
    await user.click(screen.getByTestId("test-replace"));
    expect(app.dialogs.current?.kind).toBe("create");
  });

  it("names the scope that is lacking and calls the key genuine", async () => {
    const { app } = await tested("mos-1", { result: "lacks_scope", status: 403, scope: "memories:read" });
    expect(result()).toHaveAttribute("data-tone", "warn");
    expect(result()).toHaveTextContent("Lacks memories:read");
    expect(result()).toHaveTextContent("Memory OS knows this key");
    await user.click(screen.getByTestId("test-with-scope"));
    expect(app.dialogs.current).toMatchObject({ prefill: { scopes: ["search:read", "memories:read"] } });
  });

  it("says that it couldn't tell, and waits as long as it was told to", async () => {
    await tested("mem-1", {
      result: "could_not_tell",
      status: 429,
      retry_at: new Date(Date.now() + 24_000).toISOString(),
    });
    expect(result()).toHaveAttribute("data-tone", "plain");
    expect(result()).toHaveTextContent(/answered 429: too many requests.*asked again in 2\d s/);
    expect(screen.getByTestId("test-again")).toHaveAttribute("aria-disabled", "true");
  });

  it("says so when no answer came, without blaming the key", async () => {
    await tested("mem-1", {
      result: "could_not_tell",
      status: null,
      latency_ms: null,
      failure: errorView("no_answer", { host: "api.memory-api.com" }),
    });
    expect(result()).toHaveTextContent("api.memory-api.com didn’t answer. The key may be fine.");
    expect(screen.getByTestId("test-again")).not.toHaveAttribute("aria-disabled");
  });

  it("leads to the subscription page only where the answer named one", async () => {
    const { fake } = await tested("mem-1", { result: "subscription_inactive", status: 403, url_offered: true });
    await user.click(screen.getByTestId("test-subscribe"));
    await settle();
    expect(callsOf(fake, "openPage")).toEqual([["subscribe", "tidepool", null]]);
    cleanup();
    await tested("mem-1", { result: "subscription_inactive", status: 403, url_offered: false });
    expect(screen.queryByTestId("test-subscribe")).toBeNull();
  });

  it("says when the key belongs to another account", async () => {
    await tested("mem-1", { result: "other_account" });
    expect(result()).toHaveTextContent("belongs to another workspace or account than Tidepool");
  });

  it("of a key whose secret isn't here offers to paste it", async () => {
    const { app } = await tested("mem-2", {});
    expect(result()).toHaveTextContent("No secret here");
    await user.click(screen.getByTestId("test-paste"));
    expect(app.dialogs.current).toEqual({ kind: "paste_key", provider: "memory-api" });
  });

  it("stays until the next one, and is gone behind the lock", async () => {
    const { app } = await tested("mem-1", {});
    app.keys.opened = "key-1";
    await settle();
    expect(screen.queryByTestId("test-result")).toBeNull();
    app.keys.opened = "mem-1";
    await settle();
    expect(result()).toHaveTextContent("Works");
    await app.lock();
    expect(app.tests.of("mem-1")).toBeNull();
  });
});

describe("a reminder", () => {
  it("is moved, taken away and saved for a calendar", async () => {
    const { fake } = await drawer("mos-1");
    await user.click(screen.getByTestId("reminder-edit"));
    const day = screen.getByTestId("reminder-day");
    await user.clear(day);
    await user.type(day, "2031-02-18");
    await user.click(screen.getByTestId("reminder-save"));
    await settle();
    expect(callsOf(fake, "setReminder")[0]?.slice(0, 2)).toEqual(["mos-1", "2031-02-18"]);
    await user.click(screen.getByTestId("calendar-add"));
    await settle();
    expect(screen.getByTestId("calendar-saved")).toHaveTextContent("Rotate Search gateway.ics in ~/Downloads");
    await user.click(screen.getByTestId("reminder-clear"));
    await settle();
    expect(callsOf(fake, "setReminder")[1]?.slice(0, 2)).toEqual(["mos-1", null]);
  });

  it("is not offered beside a date that the service keeps, which can still go into a calendar", async () => {
    await drawer("mem-1");
    expect(screen.queryByTestId("reminder-edit")).toBeNull();
    expect(screen.getByTestId("calendar-add")).toBeInTheDocument();
  });

  it("refuses a day that has passed", async () => {
    const { fake } = await drawer("mos-1");
    await user.click(screen.getByTestId("reminder-edit"));
    const day = screen.getByTestId("reminder-day");
    await user.clear(day);
    await user.type(day, "2020-01-01");
    await user.click(screen.getByTestId("reminder-save"));
    await settle();
    expect(callsOf(fake, "setReminder")).toHaveLength(0);
    expect(day).toHaveAccessibleDescription(/is not after today/);
  });
});
