// Owns the checks of which keys are shown and in what order.

import { describe, expect, it } from "vitest";
import { createFake } from "../../ipc/fake";
import type { KeyView } from "../../ipc/generated/KeyView";
import { Facts } from "./facts";
import { counts, DEFAULT_SORT, linesOf, ordered, Search, sorted } from "./rows";

const template = createFake().knobs.keys[0];

function key(name: string, change: Partial<KeyView> = {}): KeyView {
  if (template === undefined) throw new Error("the fake has no keys");
  return {
    ...template,
    id: name,
    name,
    status: "active",
    expiry: { kind: "never" },
    last_use: { kind: "never" },
    ...change,
  };
}

const facts = (): Facts => new Facts(new Map([["work", "Work"]]), new Map());

const usedAt = (at: string): Partial<KeyView> => ({ last_use: { kind: "at", at } });

describe("the default order", () => {
  it("puts the newest use first, then never used, then not reported, then what no longer works", () => {
    const keys = [
      key("revoked", { status: "revoked", ...usedAt("2026-11-20T10:00:00Z") }),
      key("unreported", { last_use: { kind: "not_reported" } }),
      key("never"),
      key("old", usedAt("2026-01-01T00:00:00Z")),
      key("new", usedAt("2026-11-01T00:00:00Z")),
      key("expired", { status: "expired", ...usedAt("2026-10-20T10:00:00Z") }),
    ];
    expect(sorted(keys, DEFAULT_SORT, facts()).map((one) => one.name)).toEqual([
      "new",
      "old",
      "never",
      "unreported",
      "revoked",
      "expired",
    ]);
  });

  it("keeps keys without a date last when it is turned round", () => {
    const keys = [key("never"), key("new", usedAt("2026-11-01T00:00:00Z")), key("old", usedAt("2026-01-01T00:00:00Z"))];
    const order = sorted(keys, { column: "last_used", direction: "ascending" }, facts());
    expect(order.map((one) => one.name)).toEqual(["old", "new", "never"]);
  });
});

describe("filters", () => {
  it("counts every working key as active and sees expiring and unused inside it", () => {
    const keys = [
      key("a"),
      key("b", { status: "expiring" }),
      key("c", { status: "unused" }),
      key("d", { status: "expired" }),
      key("e", { status: "revoked" }),
    ];
    expect(counts(keys)).toEqual({ all: 5, active: 3, expiring: 1, unused: 1, expired: 1, revoked: 1 });
  });

  it("searches names, prefixes, workspaces and accounts without changing the order", () => {
    const keys = [key("zeta laptop"), key("alpha laptop"), key("server", { account: "work" })];
    const all = ordered(keys, facts(), {
      status: "all",
      account: null,
      sort: { column: "name", direction: "ascending" },
    });
    const lines = linesOf(keys, facts());
    const found = (query: string): readonly KeyView[] => new Search().find(all, lines, query);
    expect(found("laptop").map((one) => one.name)).toEqual(["alpha laptop", "zeta laptop"]);
    expect(found("Work serv").map((one) => one.name)).toEqual(["server"]);
    expect(found(" ")).toHaveLength(3);
  });

  it("finds the same letter by letter, back and forth, as at once", () => {
    const names = ["garden-note", "garage", "green notebook", "mill-gate", "archive 12", "Gärten"];
    const keys = names.map((name) => key(name));
    const all = ordered(keys, facts(), { status: "all", account: null, sort: DEFAULT_SORT });
    const lines = linesOf(keys, facts());
    const typed = new Search();
    for (const query of [
      "g",
      "ga",
      "gar",
      "gar ",
      "gar n",
      "gar",
      "ga",
      "gr",
      "grn",
      "x",
      "",
      "note",
      "not",
      "mlgt",
      "1",
    ]) {
      const atOnce = new Search().find(all, lines, query).map((one) => one.name);
      expect([query, typed.find(all, lines, query).map((one) => one.name)]).toEqual([query, atOnce]);
    }
    expect(typed.find(all, lines, "gar").map((one) => one.name)).toContain("Gärten");
  });

  it("finds what was typed before in another order and under another filter", () => {
    const keys = [key("garden b"), key("mill"), key("garden a", { status: "revoked" }), key("garden c")];
    const lines = linesOf(keys, facts());
    const by = (direction: "ascending" | "descending", status: "all" | "active") =>
      ordered(keys, facts(), { status, account: null, sort: { column: "name", direction } });
    const typed = new Search();
    const names = (all: ReturnType<typeof ordered>): string[] => typed.find(all, lines, "gar").map((one) => one.name);
    expect(names(by("ascending", "all"))).toEqual(["garden a", "garden b", "garden c"]);
    expect(names(by("descending", "all"))).toEqual(["garden c", "garden b", "garden a"]);
    expect(names(by("ascending", "active"))).toEqual(["garden b", "garden c"]);
  });
});
