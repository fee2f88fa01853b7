// Owns the checks of the window's state: asking again, keeping the selection, covering, and dropping secrets.

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { callsOf, settle, startedApp, stopApps } from "../testing/app";
import { createFake } from "../ipc/fake";
import { painted } from "../lib/marks";
import { App } from "./app.svelte";
import { Asking } from "./asking";
import { BETWEEN_REPORTS } from "./presence";
import { Reveal } from "./reveal.svelte";

beforeEach(() => {
  vi.useFakeTimers({ now: new Date("2026-11-20T16:00:00Z") });
  vi.spyOn(document, "hasFocus").mockReturnValue(true);
});
afterEach(() => {
  stopApps();
  vi.useRealTimers();
});

describe("asking", () => {
  it("makes one more question of many requests during one", async () => {
    let runs = 0;
    const answers: (() => void)[] = [];
    const asking = new Asking(() => {
      runs += 1;
      return new Promise((resolve) => answers.push(resolve));
    });
    const first = asking.request();
    const others = [asking.request(), asking.request(), asking.request()];
    expect(runs).toBe(1);
    answers.shift()?.();
    await settle();
    expect(runs).toBe(2);
    answers.shift()?.();
    await Promise.all([first, ...others]);
    expect(runs).toBe(2);
  });

  it("asks again after a failure", async () => {
    let runs = 0;
    const asking = new Asking(() => {
      runs += 1;
      return runs === 1 ? Promise.reject(new Error("no")) : Promise.resolve();
    });
    await expect(asking.request()).rejects.toThrow("no");
    await asking.request();
    expect(runs).toBe(2);
  });
});

describe("the app", () => {
  it("reads the cache before it asks the accounts", async () => {
    const { app, fake } = await startedApp();
    const order = fake.knobs.calls.map((call) => call.command);
    expect(order.indexOf("listKeys")).toBeLessThan(order.indexOf("refreshKeys"));
    expect(app.keys.all).toHaveLength(20);
  });

  it("shows the first rows of a very long list before the rest has come, then has every key once", async () => {
    // The rest waits for a frame.
    vi.useRealTimers();
    const { app, fake } = await startedApp(({ knobs }) => {
      const some = knobs.key("key-1");
      knobs.keys = Array.from({ length: 2500 }, (_, index) => ({ ...some, id: `many-${String(index)}` }));
    });
    expect([app.keys.all.length, app.keys.total, app.keys.complete]).toEqual([2500, 2500, true]);
    expect(new Set(app.keys.all.map((key) => key.id)).size).toBe(2500);
    const seen: [number, number, boolean][] = [];
    app.keys.clear();
    app.keys.onpage = () => seen.push([app.keys.all.length, app.keys.total, app.keys.complete]);
    await app.keys.reload();
    expect(seen).toEqual([1, 2, 3].map(() => [100, 2500, false]));
    expect(callsOf(fake, "listKeys").slice(-4)).toEqual([[null], [0], [1000], [2000]]);
  });

  it("asks for a long list's rest only once changes are heard, and again for what came before that", async () => {
    vi.useRealTimers();
    const long = createFake();
    const some = long.knobs.key("key-1");
    long.knobs.keys = Array.from({ length: 1200 }, (_, index) => ({ ...some, id: `many-${String(index)}` }));
    const ended: (() => void)[] = [];
    for (const fake of [long, createFake()]) {
      let hear: () => void = () => undefined;
      const heard = new Promise<void>((resolve) => (hear = resolve));
      const app = new App({ ...fake, onChanged: (callback) => heard.then(() => fake.onChanged(callback)) });
      const starting = app.start();
      await painted();
      await painted();
      expect([app.view?.locked, callsOf(fake, "listKeys")]).toEqual([false, [[null]]]);
      hear();
      ended.push(await starting);
      const [states, lists] = fake === long ? [1, [[null], [0], [1000]]] : [1, [[null]]];
      expect(callsOf(fake, "appState").length).toBeGreaterThanOrEqual(states);
      await vi.waitFor(() => {
        expect(callsOf(fake, "appState").length).toBeGreaterThan(states);
      });
      if (fake !== long) {
        await vi.waitFor(() => {
          expect(callsOf(fake, "listKeys").length).toBeGreaterThan(1);
        });
      }
      expect(callsOf(fake, "listKeys").slice(0, lists.length)).toEqual(lists);
    }
    for (const end of ended) end();
  });

  it("asks again once for a burst of changes", async () => {
    const { fake } = await startedApp();
    const before = callsOf(fake, "listKeys").length;
    fake.knobs.emit("keys", "keys", "keys", "keys", "keys");
    await settle();
    expect(callsOf(fake, "listKeys").length - before).toBe(2);
  });

  it("keeps selection, cursor and drawer through a refresh, except for keys that are gone", async () => {
    const { app, fake } = await startedApp();
    app.keys.selected.toggle("key-1");
    app.keys.selected.toggle("key-2");
    app.keys.cursor = "key-1";
    app.keys.opened = "key-2";
    fake.knobs.keys = fake.knobs.keys.filter((key) => key.id !== "key-2");
    fake.knobs.emit("keys");
    await settle();
    expect([...app.keys.selected.ids]).toEqual(["key-1"]);
    expect([app.keys.cursor, app.keys.opened]).toEqual(["key-1", null]);
  });

  it.each(["made", "refused"])("reads no list while a key is being made, and reads it once it is %s", async (end) => {
    const { app, fake } = await startedApp();
    const create = fake.createKey.bind(fake);
    let goOn = (): void => undefined;
    const held = new Promise<void>((resolve) => (goOn = resolve));
    if (end === "refused") fake.knobs.fail("createKey", "offline");
    fake.createKey = (input) => held.then(() => create(input));
    const listed = callsOf(fake, "listKeys").length;
    const made = app.keys.create({
      account: app.accounts.creating[0]?.id ?? "",
      name: "office-desktop",
      workspace: null,
      expires_on: null,
      utc_offset_minutes: 0,
      keep: true,
      allow_duplicate: false,
      environment: null,
      scopes: [],
      rate_limit: null,
    });
    const ended = made.then(
      () => "made",
      () => "refused",
    );
    fake.knobs.emit("keys");
    await settle();
    expect(callsOf(fake, "listKeys")).toHaveLength(listed);
    goOn();
    expect(await ended).toBe(end);
    await settle();
    expect(callsOf(fake, "listKeys").length).toBeGreaterThan(listed);
  });

  it("keeps the list it has when the cache can't be read", async () => {
    const { app, fake } = await startedApp();
    fake.knobs.fail("listKeys", "records_failed");
    await app.keys.reload();
    expect(app.keys.failure?.code).toBe("records_failed");
    expect(app.keys.all).toHaveLength(20);
  });

  it("begins anew once damaged records are put aside, and says so if they can't be", async () => {
    const { app, fake } = await startedApp();
    fake.knobs.fail("appState", "records_damaged", { text: "/home/robin/records.db" });
    await app.reload();
    expect(app.failure?.code).toBe("records_damaged");
    fake.knobs.fail("setRecordsAside", "records_read_only", {}, true);
    await app.startAnew();
    expect(app.failure?.code).toBe("records_read_only");
    await app.startAnew();
    expect([app.failure, app.accounts.all.length]).toEqual([null, 0]);
  });

  it("covers the window before Rust has answered the lock, and forgets what was readable", async () => {
    const { app, fake } = await startedApp();
    fake.knobs.latency = 1000;
    app.dialogs.open({ kind: "revoke", key: "key-1" });
    const locking = app.lock();
    expect([app.locked, app.dialogs.current, app.keys.all.length]).toEqual([true, null, 0]);
    await vi.advanceTimersByTimeAsync(3000);
    await locking;
    expect(app.accounts.all).toEqual([]);
  });

  it("covers the window when Rust locks by itself", async () => {
    const { app, fake } = await startedApp();
    app.dialogs.open({ kind: "add_account" });
    fake.knobs.locked = true;
    fake.knobs.emit("app");
    await settle();
    expect([app.locked, app.dialogs.current, app.covered]).toEqual([true, null, 1]);
  });

  it("offers an unsaved secret again after unlock", async () => {
    const { app } = await startedApp();
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
    await app.lock();
    await app.unlock();
    expect(app.dialogs.current).toEqual({ kind: "secret" });
    expect(app.keys.all.length).toBeGreaterThan(0);
  });

  it("says that somebody is there at most once in fifteen seconds, and not while it is locked", async () => {
    const { app, fake } = await startedApp();
    const press = (): boolean => window.dispatchEvent(new KeyboardEvent("keydown", { key: "a" }));
    const reports = (): number => callsOf(fake, "active").length;
    press();
    for (let round = 0; round < 50; round += 1) window.dispatchEvent(new Event("pointermove"));
    expect(reports()).toBe(1);
    await vi.advanceTimersByTimeAsync(BETWEEN_REPORTS);
    expect(reports()).toBe(2);
    await vi.advanceTimersByTimeAsync(10 * BETWEEN_REPORTS);
    expect(reports()).toBe(2);
    await app.lock();
    press();
    expect(reports()).toBe(2);
  });

  it("asks about quitting when Rust says so", async () => {
    const { app, fake } = await startedApp();
    fake.knobs.emit("quit_asked");
    expect(app.dialogs.quitAsked).toBe(true);
  });
});

describe("settings", () => {
  it("show a change at once and take it back when it fails", async () => {
    const { app, fake } = await startedApp();
    const changing = app.settings.change({ theme: "dark" });
    expect(app.settings.value.theme).toBe("dark");
    await changing;
    expect(fake.knobs.settings.theme).toBe("dark");
    fake.knobs.fail("setSettings", "records_failed");
    await app.settings.change({ theme: "light" });
    expect(app.settings.value.theme).toBe("dark");
    expect(app.settings.failure?.code).toBe("records_failed");
  });
});

describe("the sign-in", () => {
  it("knows when a newer one replaced it", async () => {
    const { app, fake } = await startedApp();
    await app.signIn.start("basic-memory", null, null);
    expect(app.signIn.replaced).toBe(false);
    await fake.startSignIn("basic-memory", null, null);
    fake.knobs.emit("sign_in");
    await settle();
    expect(app.signIn.replaced).toBe(true);
  });
});

describe("a revealed secret", () => {
  async function revealed(): Promise<Reveal> {
    const { app } = await startedApp();
    const reveal = new Reveal(app.secrets, app.clock);
    stops.push(reveal.watch());
    await reveal.show("key-1");
    expect(reveal.shown?.join("")).toMatch(/EXAMPLE$/);
    return reveal;
  }
  const stops: (() => void)[] = [];
  afterEach(() => {
    for (const stop of stops.splice(0)) stop();
  });

  it("hides itself after ten seconds", async () => {
    const reveal = await revealed();
    expect(reveal.left).toBe(10);
    await vi.advanceTimersByTimeAsync(9900);
    expect(reveal.shown).not.toBeNull();
    await vi.advanceTimersByTimeAsync(200);
    expect([reveal.shown, reveal.left]).toEqual([null, 0]);
  });

  it("is dropped when the window loses focus", async () => {
    const reveal = await revealed();
    window.dispatchEvent(new Event("blur"));
    expect(reveal.shown).toBeNull();
  });

  it("is dropped when its box closes", async () => {
    const reveal = await revealed();
    for (const stop of stops.splice(0)) stop();
    expect(reveal.shown).toBeNull();
  });

  it("is not shown when it was hidden while the answer was on its way", async () => {
    const { app, fake } = await startedApp();
    const reveal = new Reveal(app.secrets, app.clock);
    fake.knobs.latency = 100;
    const showing = reveal.show("key-1");
    reveal.hide();
    await vi.advanceTimersByTimeAsync(200);
    await showing;
    expect(reveal.shown).toBeNull();
  });
});
