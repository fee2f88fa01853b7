// Owns which part of the window answers which shortcut at the moment, and when none may. The map is lib/shortcuts.ts.

import { isLetter, type ShortcutId, shortcutOf } from "../lib/shortcuts";

/** What was asked for: by keys, or by name for a certain key of the list. */
export interface Asked {
  event: KeyboardEvent | null;
  /** The id of the API key it is about; null is the one under the cursor. */
  key: string | null;
}

/** Answers a shortcut. `false` says that there was nothing to do. */
export type Handler = (asked: Asked) => unknown;

/** Some shortcuts with what they do. */
export type Handlers = Partial<Record<ShortcutId, Handler>>;

/** What is answered over a dialog too. */
const ALWAYS: readonly ShortcutId[] = ["lock", "palette", "zoom_larger", "zoom_smaller", "zoom_ordinary"];

/** The parts that listen, the latest last: a page answers before the window around it. */
export class Shortcuts {
  #layers: Handlers[] = [];

  /** Begins to answer; the answer ends it. */
  use(handlers: Handlers): () => void {
    this.#layers.push(handlers);
    return () => {
      this.#layers = this.#layers.filter((layer) => layer !== handlers);
    };
  }

  /** Does what a pressed key stands for. Fields keep their letters, dialogs and menus their keys. */
  press(event: KeyboardEvent, letters: boolean): void {
    if (event.defaultPrevented || !(event.target instanceof Element)) return;
    const found = shortcutOf(event);
    if (found === null) return;
    const { shortcut, press } = found;
    if (!ALWAYS.includes(shortcut.id) && document.querySelector("[data-dialog]") !== null) return;
    if (press.control !== true) {
      if (isLetter(press) && !letters) return;
      if (event.target.closest('[role="menu"], [role="listbox"]') !== null) return;
      const typing = event.target.closest("input, textarea, select, [contenteditable]") !== null;
      if (typing && shortcut.id !== "escape") return;
    }
    if (this.run(shortcut.id, { event, key: null })) event.preventDefault();
  }

  /** Does what a shortcut stands for, and says whether anybody answered. */
  run(id: ShortcutId, asked: Asked = { event: null, key: null }): boolean {
    for (const layer of [...this.#layers].reverse()) {
      const handler = layer[id];
      if (handler !== undefined && handler(asked) !== false) return true;
    }
    return false;
  }
}
