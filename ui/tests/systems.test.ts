// Owns the checks of what a person has chosen in the system: forced colours, more contrast, less motion. Leaves out
// the geometry (reflow.test.ts).

import { describe, expect, it } from "vitest";
import { browser } from "./browser";
import { SCENES } from "./scenes";

/** The smallest window. */
const SIZE = [880, 600] as const;

const chromium = browser();

/** In the page: controls without an edge, and choices that are told by a background alone. */
function edgeless(): string[] {
  const found = new Set<string>();
  const say = (element: Element): string =>
    `${element.localName} ${element.getAttribute("data-testid") ?? element.className} “${element.textContent.trim().slice(0, 30)}”`;
  const seen = (colour: string): boolean => !/^(transparent|rgba\(.*, 0\))$/.test(colour);
  const edged = (element: Element): boolean => {
    const style = getComputedStyle(element);
    const line = style.outlineStyle !== "none" && style.outlineWidth !== "0px" && seen(style.outlineColor);
    const sides = ["Top", "Right", "Bottom", "Left"] as const;
    const border = sides.some(
      (side) =>
        style[`border${side}Style`] !== "none" &&
        style[`border${side}Width`] !== "0px" &&
        style[`border${side}Color`] !== style.backgroundColor,
    );
    return line || border;
  };
  for (const element of document.querySelectorAll(
    ".button, .icon-button, .picker, .pick, input, .search, .dialog, .menu",
  )) {
    if (element.getClientRects().length === 0 || element.closest("[role='grid']") !== null) continue;
    // A field has its edge around the box that holds it.
    const held = element.matches("input") ? [element, element.parentElement ?? element] : [element];
    const native = element.matches("input") && getComputedStyle(element).appearance !== "none";
    if (!native && !held.some(edged)) found.add(`${say(element)} has no edge`);
  }
  const CHOSEN =
    '[aria-pressed="true"], [aria-current]:not([aria-current="false"]), [role="tab"][aria-selected="true"], [role="radio"][aria-checked="true"], [aria-selected="true"]';
  for (const element of document.querySelectorAll(CHOSEN)) {
    if (element.getClientRects().length === 0 || element.matches("li")) continue;
    const own = getComputedStyle(element);
    const highlighted = own.forcedColorAdjust === "none";
    if (!edged(element) && !highlighted && !element.matches(":has(.dot)"))
      found.add(`${say(element)} doesn’t show that it is chosen`);
  }
  for (const element of document.querySelectorAll("svg")) {
    const own = getComputedStyle(element);
    if (own.forcedColorAdjust === "none" && element.closest(".logo") === null)
      found.add(`${say(element)} keeps its colour`);
  }
  return [...found];
}

/** In the page: whether the focus shows on whatever can have it. */
function unfocused(): string[] {
  const found: string[] = [];
  const modal = document.querySelector('[aria-modal="true"]') ?? document.body;
  for (const element of modal.querySelectorAll<HTMLElement>("button, input, [tabindex='0']")) {
    if (element.getClientRects().length === 0 || element.tabIndex < 0) continue;
    element.focus();
    if (!element.matches(":focus")) continue;
    const around = [element, element.parentElement ?? element, element.parentElement?.parentElement ?? element];
    const shown = around.some((one) => {
      const style = getComputedStyle(one);
      return style.outlineStyle !== "none" && style.outlineWidth !== "0px";
    });
    if (!shown) found.push(`${element.localName} ${element.dataset["testid"] ?? element.className} shows no focus`);
  }
  return found;
}

/** In the page: what still moves. */
function moving(): string[] {
  const found = new Set<string>();
  for (const element of document.querySelectorAll("*")) {
    for (const part of [null, "::before", "::after"]) {
      const style = getComputedStyle(element, part);
      const still = style.transitionDuration.split(", ").every((time) => Number.parseFloat(time) === 0);
      if (style.animationName !== "none" || !still || style.scrollBehavior === "smooth") {
        found.add(`${element.localName}.${element.getAttribute("class") ?? ""}${part ?? ""}`);
      }
    }
  }
  return [...found];
}

describe("with forced colours", () => {
  for (const theme of ["light", "dark"] as const) {
    it.each(SCENES)(`controls, choices and the focus show in $name, ${theme}`, async (scene) => {
      await chromium.show(scene, SIZE, { "prefers-color-scheme": theme, "forced-colors": "active" });
      expect(await chromium.page.run(() => matchMedia("(forced-colors: active)").matches)).toBe(true);
      const edges = await chromium.page.run(edgeless);
      // Only who uses the keyboard is shown the focus.
      await chromium.page.key("Tab", "Tab", 9);
      expect([...edges, ...(await chromium.page.run(unfocused))]).toEqual([]);
    });
  }
});

describe("with less motion", () => {
  it.each(SCENES)("nothing moves in $name", async (scene) => {
    await chromium.show(scene, SIZE, { "prefers-color-scheme": "light", "prefers-reduced-motion": "reduce" });
    expect(await chromium.page.run(moving)).toEqual([]);
  });
});

/** In the page: how far lines, quiet words and the ring of the focus stand out, as ratios of WCAG 2.2. */
function contrasts(): number[] {
  const canvas = new OffscreenCanvas(1, 1);
  const brush = canvas.getContext("2d");
  if (brush === null) throw new Error("there is no canvas");
  const style = getComputedStyle(document.documentElement);
  const luminance = (name: string): number => {
    brush.fillStyle = style.getPropertyValue(name);
    brush.fillRect(0, 0, 1, 1);
    const [red = 0, green = 0, blue = 0] = [...brush.getImageData(0, 0, 1, 1).data].map((byte) => {
      const part = byte / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const ground = luminance("--canvas");
  return ["--line", "--line-2", "--control", "--ink-2", "--ink-3", "--focus"].map((name) => {
    const [dark = 0, light = 0] = [ground, luminance(name)].sort((one, other) => one - other);
    return (light + 0.05) / (dark + 0.05);
  });
}

describe("with more contrast", () => {
  it.each(["light", "dark"] as const)("lines, quiet words and the focus stand out more in %s", async (theme) => {
    const [scene] = SCENES.filter((one) => one.name === "keys");
    if (scene === undefined) throw new Error("there is no scene of keys");
    const read = async (contrast: "more" | "no-preference"): Promise<number[]> => {
      await chromium.show(scene, SIZE, { "prefers-color-scheme": theme, "prefers-contrast": contrast });
      return chromium.page.run(contrasts);
    };
    const plain = await read("no-preference");
    const more = await read("more");
    const steps = more.map((ratio, at) => ratio / (plain[at] ?? Number.NaN));
    expect(steps.length).toBe(6);
    expect(
      steps.filter((step) => !(step > 1.15)),
      `${plain.join(" ")}, with more contrast ${more.join(" ")}`,
    ).toEqual([]);
  });
});
