// Owns what component tests need that jsdom lacks. Leaves out the pretended backend.

import "@testing-library/jest-dom/vitest";

class NoResizeObserver implements ResizeObserver {
  observe(): void {
    // jsdom has no layout, so nothing ever changes size.
  }
  unobserve(): void {
    // See observe.
  }
  disconnect(): void {
    // See observe.
  }
}

globalThis.ResizeObserver = NoResizeObserver;
Element.prototype.scrollIntoView = () => undefined;
Element.prototype.getAnimations = () => [];

// The table draws only rows that fit its height, and jsdom says 0 for every element.
Object.defineProperty(HTMLElement.prototype, "offsetHeight", { configurable: true, get: () => 600 });
Object.defineProperty(HTMLElement.prototype, "offsetWidth", { configurable: true, get: () => 900 });
// jsdom draws nothing, so no wish about drawing holds.
globalThis.matchMedia = (media: string): MediaQueryList =>
  Object.assign(new EventTarget(), {
    media,
    matches: false,
    onchange: null,
    addListener: () => undefined,
    removeListener: () => undefined,
  }) as MediaQueryList;
