// Owns the check that searching all texts at once finds what searching each one finds.

import { describe, expect, it } from "vitest";
import { folded, matcher } from "./fuzzy";
import { Lines } from "./lines";

const TEXTS = [
  "garden-note",
  "",
  "kitchen laptop 4711",
  "Ga\nrden",
  "end g",
  "arden",
  "Schlüssel für Läden",
  "g",
  "gxxxa",
  "gxxxxa",
];

describe("Lines", () => {
  it("finds in all texts at once what is found in each of them, letters in order included", () => {
    const texts = TEXTS.map(folded);
    const lines = new Lines(texts);
    for (const query of [
      "g",
      "ga",
      "gard",
      "ktchn",
      "47",
      "fur",
      "laden x",
      "note garden",
      "zz",
      "a",
      "en",
      "dg",
      "rde",
    ]) {
      const each = matcher(query);
      const marks = lines.find(query, null);
      expect([query, [...marks]]).toEqual([query, texts.map((text) => (each(text) ? 1 : 0))]);
    }
  });

  it("never joins the end of one text and the beginning of the next", () => {
    expect([...new Lines(["mill g", "arden", "den"]).find("ga", null)]).toEqual([0, 0, 0]);
    expect([...new Lines(["ab", "cd"]).find("abcd", null)]).toEqual([0, 0]);
  });

  it("looks only among the lines it is given", () => {
    const lines = new Lines(["garden", "garage", "gr dn"]);
    expect([...lines.find("gar", Uint8Array.from([0, 1, 1]))]).toEqual([0, 1, 0]);
    expect([...lines.find("grdn", Uint8Array.from([0, 1, 1]))]).toEqual([0, 0, 1]);
  });

  it("finds nothing in no texts", () => {
    expect([...new Lines([]).find("x", null)]).toEqual([]);
  });
});
