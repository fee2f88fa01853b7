// Owns the checks of the name of Shift and Tab together.

import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { nameBackTab } from "./back-tab";

describe("Shift and Tab", () => {
  const heard: string[] = [];
  let taken = false;

  beforeAll(() => {
    nameBackTab(document);
    document.addEventListener("keydown", (event) => {
      heard.push(`${event.shiftKey ? "Shift+" : ""}${event.key}`);
      if (taken && event.key === "Tab") event.preventDefault();
    });
  });
  beforeEach(() => {
    heard.length = 0;
    taken = false;
  });

  /** Whether the web view may still act on the key. */
  function press(key: string, shiftKey: boolean): boolean {
    return document.body.dispatchEvent(
      new KeyboardEvent("keydown", { key, code: "Tab", shiftKey, bubbles: true, cancelable: true }),
    );
  }

  it("is told by its name where the web view has none for it", () => {
    expect(press("Unidentified", true)).toBe(true);
    expect(heard).toEqual(["Shift+Tab", "Shift+Unidentified"]);
  });

  it("moves the focus once, where a dialog moves it", () => {
    taken = true;
    expect(press("Unidentified", true)).toBe(false);
  });

  it("is told once where the web view names it", () => {
    press("Tab", true);
    press("Tab", false);
    expect(heard).toEqual(["Shift+Tab", "Tab"]);
  });
});
