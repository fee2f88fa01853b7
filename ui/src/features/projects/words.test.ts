// Owns the checks of the words of the Projects page that are easy to get wrong.

import { describe, expect, it } from "vitest";
import { project } from "../../ipc/fake/projects";
import type { SourceView } from "../../ipc/generated/SourceView";
import { holds, ordered, sourceLine, switched, undone } from "./words";

const now = new Date("2026-11-20T16:00:00Z");

function source(change: Partial<SourceView>): SourceView {
  return {
    kind: "config_key",
    name: "cloud_api_key",
    set: true,
    empty: false,
    key: null,
    key_name: null,
    prefix: null,
    in_use: true,
    check: { state: "not_checked", at: null, status: null },
    problem: null,
    ...change,
  };
}

describe("the words of a credential", () => {
  it("never call a key refused that nobody refused", () => {
    const unsure = source({ check: { state: "could_not_tell", at: "2026-11-20T15:59:00Z", status: 503 } });
    expect(sourceLine(unsure, [unsure], now)).toMatchObject({
      words: "Couldn’t tell: answered 503",
      tone: "plain",
    });
    const refused = source({ check: { state: "refused", at: "2026-11-20T15:59:00Z", status: 401 } });
    expect(sourceLine(refused, [refused], now)).toMatchObject({ words: "Refused with 401, 1 min ago", tone: "bad" });
  });

  it("say what is wrong with the characters before what the cloud said", () => {
    const spaced = source({ problem: "ends with a space", check: { state: "works", at: null, status: 200 } });
    expect(sourceLine(spaced, [spaced], now).words).toBe("Ends with a space");
  });

  it("show the key's name and prefix, and the place where there is none", () => {
    expect(holds(source({ key_name: "work-laptop", prefix: "bmc_K7xR" }))).toBe("work-laptop bmc_K7xR…");
    expect(holds(source({ set: false }))).toBe("cloud_api_key");
  });

  it("put the main way out last, whatever order Rust names them in", () => {
    expect(ordered(["use_sign_in", "choose_key"])).toEqual(["choose_key", "use_sign_in"]);
    expect(ordered(["create_key", "show_how", "choose_key"])).toEqual(["show_how", "choose_key", "create_key"]);
  });
});

describe("the words of a switch", () => {
  it("say that no notes go anywhere", () => {
    expect(switched(["main"], "cloud")).toEqual({
      title: "main is served from the cloud",
      detail: "No notes were moved or uploaded.",
    });
    expect(switched(["main", "work"], "local").title).toBe("2 projects are served from this computer");
  });

  it("say what an undo left as another program set it", () => {
    const before = [project("main", null, { served_from: "cloud" }), project("work", null, { served_from: "cloud" })];
    const after = [project("main", null), project("work", null, { served_from: "cloud" })];
    expect(undone(before, after)).toEqual({
      title: "main is as before",
      detail: "work stayed as another program set it",
    });
    expect(undone(before, before).title).toBe("Nothing was undone");
    expect(undone(before, [project("main", null), project("work", null)])).toEqual({
      title: "2 projects are as before",
      detail: null,
    });
  });
});
