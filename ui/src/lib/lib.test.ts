// Owns the checks of the small pure rooms: durations, search, names, expiry choices and the words of the journal.

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { KNOWN_KINDS, sentenceText } from "./activity";
import { count, digits, secondsLeft, spoken, words } from "./durations";
import { customProblem, lastDay, presetFor, PRESETS } from "./expiry";
import { folded, match, matcher, search } from "./fuzzy";
import { nameProblem, replacementName, suggestions } from "./names";

describe("durations", () => {
  it("are told in digits and in words", () => {
    expect([digits(300), digits(59), digits(0)]).toEqual(["5:00", "0:59", "0:00"]);
    expect([words(300), words(61), words(1), words(0)]).toEqual([
      "5 minutes",
      "1 minute 1 second",
      "1 second",
      "0 seconds",
    ]);
    expect([count(1, "key"), count(2, "key")]).toEqual(["1 key", "2 keys"]);
  });

  it("never fall below zero and round up", () => {
    const now = new Date("2026-11-20T16:00:00Z");
    expect(secondsLeft("2026-11-20T16:00:00.200Z", now)).toBe(1);
    expect(secondsLeft("2026-11-20T15:59:00Z", now)).toBe(0);
    expect(secondsLeft(null, now)).toBe(0);
  });

  it("are said aloud at 60, 30 and 10 seconds and not in between", () => {
    const said = Array.from({ length: 120 }, (_, second) => spoken(second, "Ends in")).filter((text) => text !== "");
    expect(said).toEqual(["Ends in 10 seconds", "Ends in 30 seconds", "Ends in 1 minute"]);
  });
});

describe("search", () => {
  const names = ["work-laptop", "Production backend", "Claude Desktop", "Café till", "old-laptop"];
  const found = (query: string): string[] => search(names, query, (name) => name);

  it("keeps all for an empty query, in order", () => {
    expect(found("  ")).toEqual(names);
  });

  it("prefers the start of a word and takes every word", () => {
    expect(found("lap")).toEqual(["old-laptop", "work-laptop"]);
    expect(found("desk")).toEqual(["Claude Desktop"]);
    expect(found("back prod")).toEqual(["Production backend"]);
  });

  it("forgives accents, case and gaps, but not everything", () => {
    expect(found("CAFE")).toEqual(["Café till"]);
    expect(found("cldk")).toEqual([]);
    expect(found("clde")).toEqual(["Claude Desktop"]);
    expect(found("zzz")).toEqual([]);
  });

  it("finds the same when matches are not weighed", () => {
    const queries = ["lap", "back prod", "CAFE", "cldk", "clde", "zzz", "", "o p", "wlp", "tpo"];
    for (const query of queries) {
      const matches = matcher(query);
      for (const name of names) expect([name, matches(folded(name))]).toEqual([name, match(query, name) !== null]);
    }
  });

  it("never finds by a longer word what its beginning does not find", () => {
    for (const name of names) {
      for (const word of ["claude", "wlptp", "prdbck", "cldt", "oldlap"]) {
        for (let length = 2; length <= word.length; length += 1) {
          if (match(word.slice(0, length), name) === null) continue;
          expect(match(word.slice(0, length - 1), name)).not.toBeNull();
        }
      }
    }
  });

  it("marks what matched, for every query made of the text's own letters", () => {
    for (const name of names) {
      for (let start = 0; start < name.length - 2; start += 1) {
        const part = name.slice(start, start + 3);
        if (/\s/.test(part)) continue;
        const result = match(part, name);
        expect(result).not.toBeNull();
        const marked = result?.ranges.map(([from, to]) => name.slice(from, to)).join("") ?? "";
        expect(marked.toLowerCase()).toBe(part.toLowerCase());
      }
    }
  });
});

describe("names", () => {
  it("must say something, in one line, in a hundred characters", () => {
    expect(nameProblem("  ")).toContain("name");
    expect(nameProblem("a\u0007b")).toContain("hidden");
    expect(nameProblem("a".repeat(101))).toContain("101");
    expect(nameProblem("👩‍💻 laptop")).toBeNull();
  });

  it("are suggested while they are free", () => {
    expect(suggestions([])).toHaveLength(4);
    expect(suggestions(["Work-Laptop"])).not.toContain("work-laptop");
  });

  it("of replacements count on", () => {
    expect(replacementName("ci", [])).toBe("ci");
    expect(replacementName("ci", ["ci"])).toBe("ci 2");
    expect(replacementName("ci 2", ["ci", "ci 2"])).toBe("ci 3");
  });
});

describe("expiry", () => {
  const today = "2026-11-20";

  it("counts days from today", () => {
    expect(PRESETS.map((preset) => lastDay(preset.value, "2026-12-24", today))).toEqual([
      "2026-11-27",
      "2026-12-20",
      "2027-01-19",
      "2027-02-18",
      "2027-11-20",
      "2026-12-24",
      null,
    ]);
  });

  it("refuses a custom day that isn't one or has passed", () => {
    expect(lastDay("custom", "", today)).toBeUndefined();
    expect(lastDay("custom", "2026-11-20", today)).toBeUndefined();
    expect(customProblem("2026-11-20", today)).toContain("Friday 20 November 2026");
    expect(customProblem("2026-11-21", today)).toBeNull();
    expect(customProblem("2046-11-21", today)).toContain("ten years");
  });

  it("is taken over by a replacement", () => {
    expect(presetFor(undefined, today).preset).toBe("90");
    expect(presetFor(null, today).preset).toBe("never");
    expect(presetFor(91, today).preset).toBe("90");
    expect(presetFor(365, today).preset).toBe("year");
    expect(presetFor(45, today)).toEqual({ preset: "custom", custom: "2027-01-04" });
    expect(presetFor(-3, today).preset).toBe("90");
  });
});

describe("the journal", () => {
  it("has words for every kind that Rust writes", () => {
    const source = readFileSync("../src-tauri/core/src/domain/activity.rs", "utf8");
    const body = /pub enum ActivityKind \{([\s\S]*?)\n\}/.exec(source)?.[1] ?? "";
    const kinds = [...body.matchAll(/^ {4}([A-Z]\w+),/gm)].map((found) =>
      (found[1] ?? "").replace(/(?!^)([A-Z])/g, "_$1").toLowerCase(),
    );
    expect(kinds.length).toBeGreaterThan(20);
    expect(kinds.filter((kind) => !KNOWN_KINDS.includes(kind))).toEqual([]);
  });

  it("shows a kind it doesn't know by name", () => {
    const entry = {
      id: "1",
      at: "",
      kind: "key_rotated",
      outcome: "done",
      account: null,
      key: null,
      subject: "ci",
      facts: [],
    };
    expect(sentenceText(entry)).toBe("key rotated: ci");
  });
});
