// Owns the check that everything can be used where there is little room, as at 200 % zoom, in both themes: nothing is
// cut, nothing lies below something else, and no page scrolls in two directions. What counts as wrong is faults.ts.

import { describe, expect, it } from "vitest";
import { browser } from "./browser";
import { type Look } from "./chromium";
import { faults } from "./faults";
import { SCENES } from "./scenes";

/**
 * The smallest window at 200 %, the width that WCAG 1.4.10 names, the window as it opens at 200 %, and the smallest
 * window as it is.
 */
const SIZES = [
  [440, 300],
  [320, 480],
  [590, 380],
  [880, 600],
] as const;
const THEMES: readonly Look["prefers-color-scheme"][] = ["light", "dark"];

const chromium = browser();

describe("with little room nothing is cut or covered", () => {
  it.each(SCENES)("in $name", async (scene) => {
    const { page } = chromium;
    const begin = async (width: number, height: number): Promise<void> =>
      chromium.show(scene, [width, height], { "prefers-color-scheme": "light" });
    // A menu stands where its button was when it was opened.
    const menu = scene.name.endsWith("menu");
    if (!menu) await begin(880, 600);
    const found: string[] = [];
    for (const [width, height] of SIZES) {
      if (menu) await begin(width, height);
      else await page.size(width, height);
      for (const theme of THEMES) {
        await page.look({ "prefers-color-scheme": theme });
        for (const fault of await page.run(faults)) found.push(`${String(width)}×${String(height)} ${theme}: ${fault}`);
      }
    }
    expect(found).toEqual([]);
  });
});
