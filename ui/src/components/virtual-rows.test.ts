// Owns the checks of which rows are drawn and where.

import { describe, expect, it } from "vitest";
import { offsetFor, Places, rangeOf } from "./virtual-rows";

describe("the rows that are drawn", () => {
  it("are those in sight and some more, never beyond the ends", () => {
    expect(rangeOf(0, 400, 40, 100_000, 6)).toEqual({ from: 0, to: 16 });
    expect(rangeOf(4000, 400, 40, 100_000, 6)).toEqual({ from: 94, to: 116 });
    expect(rangeOf(3_999_600, 400, 40, 100_000, 6)).toEqual({ from: 99_984, to: 100_000 });
    expect(rangeOf(0, 400, 40, 3, 6)).toEqual({ from: 0, to: 3 });
    expect(rangeOf(0, 400, 40, 0, 6)).toEqual({ from: 0, to: 0 });
  });

  it("are the last ones when the list became shorter than where it stood", () => {
    const range = rangeOf(40_000, 400, 40, 10, 6);
    expect(range.to).toBe(10);
    expect(range.from).toBeLessThan(10);
  });
});

describe("scrolling to a row", () => {
  it("moves as little as possible, and not at all for a row in sight", () => {
    expect(offsetFor(5, 0, 430, 40, 30)).toBe(0);
    expect(offsetFor(2, 200, 430, 40, 30)).toBe(80);
    expect(offsetFor(10, 0, 430, 40, 30)).toBe(40);
  });
});

describe("places", () => {
  it("keep a row that stays and give the place of one that went to one that came", () => {
    const places = new Places();
    expect(places.assign(["a", "b", "c"], null)).toEqual([0, 1, 2]);
    expect(places.assign(["b", "c", "d"], null)).toEqual([1, 2, 0]);
  });

  it("are never shared, and never taken from the row that has the focus", () => {
    const places = new Places();
    places.assign(["a", "b"], null);
    const given = places.assign(["c", "d"], "a");
    expect(given).not.toContain(0);
    expect(new Set(given).size).toBe(2);
    expect(places.assign(["a"], null)).not.toEqual([0]);
  });
});
