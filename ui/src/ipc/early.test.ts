// Owns the checks of the window's first questions: each is asked once before it is wanted, and answers once.

import { describe, expect, it } from "vitest";
import { callsOf } from "../testing/app";
import { asked } from "./early";
import { createFake } from "./fake";

describe("the first questions", () => {
  it("are asked at once and answer whoever asks first; the next asks anew", async () => {
    const fake = createFake();
    const backend = asked(fake);
    const calls = (): number[] => ["appState", "listKeys"].map((command) => callsOf(fake, command).length);
    expect(calls()).toEqual([1, 1]);
    const [view, list] = await Promise.all([backend.appState(), backend.listKeys(null)]);
    expect([view.locked, list.keys.length, ...calls()]).toEqual([false, 20, 1, 1]);
    await backend.appState();
    await backend.listKeys(null);
    expect(calls()).toEqual([2, 2]);
  });

  it("leave a page of the list alone, and say why they were refused", async () => {
    const fake = createFake();
    fake.knobs.fail("appState", "records_damaged");
    const backend = asked(fake);
    await backend.listKeys(0);
    expect(callsOf(fake, "listKeys")).toEqual([[null], [0]]);
    await expect(backend.appState()).rejects.toMatchObject({ view: { code: "records_damaged" } });
  });
});
