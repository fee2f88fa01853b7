// Owns the map of all shortcuts: what is pressed, what it does, in which group it is told. The sheet is drawn from
// it and the handlers are found by it, so none can be told that isn't there. Leaves out what they do to the app.

/** What a shortcut does. */
export type ShortcutId =
  | "palette"
  | "search"
  | "create"
  | "lock"
  | "keys"
  | "projects"
  | "activity"
  | "zoom_larger"
  | "zoom_smaller"
  | "zoom_ordinary"
  | "sheet"
  | "escape"
  | "next"
  | "previous"
  | "first"
  | "last"
  | "open"
  | "select"
  | "extend"
  | "copy"
  | "test"
  | "revoke";

/** One way to press it. */
export interface Press {
  /** The key as the browser names it; letters in lower case. */
  key: string;
  /** With Ctrl, or Cmd on macOS. */
  control?: true;
  shift?: true;
  /** Means something else outside of a list, such as scrolling: only the list itself listens for it. */
  inList?: true;
}

/** Where it is told in the sheet. */
export type ShortcutGroup = "Anywhere" | "In a list" | "On a key";

/** One line of the map. */
export interface Shortcut {
  id: ShortcutId;
  group: ShortcutGroup;
  does: string;
  /** The first is the one that is shown. */
  presses: readonly Press[];
}

/** The whole map, in the order of the sheet. */
export const SHORTCUTS: readonly Shortcut[] = [
  { id: "palette", group: "Anywhere", does: "Command palette", presses: [{ key: "k", control: true }] },
  { id: "search", group: "Anywhere", does: "Search", presses: [{ key: "/" }] },
  { id: "create", group: "Anywhere", does: "Create key", presses: [{ key: "n" }] },
  { id: "lock", group: "Anywhere", does: "Lock", presses: [{ key: "l", control: true }] },
  { id: "keys", group: "Anywhere", does: "Keys", presses: [{ key: "1", control: true }] },
  { id: "projects", group: "Anywhere", does: "Projects", presses: [{ key: "2", control: true }] },
  { id: "activity", group: "Anywhere", does: "Activity", presses: [{ key: "4", control: true }] },
  {
    id: "zoom_larger",
    group: "Anywhere",
    does: "Zoom in",
    // Where plus is typed with Shift, the same key alone is meant too.
    presses: [
      { key: "+", control: true },
      { key: "=", control: true },
    ],
  },
  { id: "zoom_smaller", group: "Anywhere", does: "Zoom out", presses: [{ key: "-", control: true }] },
  { id: "zoom_ordinary", group: "Anywhere", does: "Ordinary size", presses: [{ key: "0", control: true }] },
  { id: "sheet", group: "Anywhere", does: "This sheet", presses: [{ key: "?" }] },
  {
    id: "escape",
    group: "Anywhere",
    does: "Close, then clear selection, then search",
    presses: [{ key: "Escape" }],
  },
  { id: "next", group: "In a list", does: "Next, also ↓", presses: [{ key: "j" }, { key: "ArrowDown", inList: true }] },
  {
    id: "previous",
    group: "In a list",
    does: "Previous, also ↑",
    presses: [{ key: "k" }, { key: "ArrowUp", inList: true }],
  },
  { id: "first", group: "In a list", does: "First", presses: [{ key: "Home", inList: true }] },
  { id: "last", group: "In a list", does: "Last", presses: [{ key: "End", inList: true }] },
  { id: "open", group: "In a list", does: "Open details", presses: [{ key: "Enter", inList: true }] },
  { id: "select", group: "In a list", does: "Select, also Space", presses: [{ key: "x" }, { key: " ", inList: true }] },
  {
    id: "extend",
    group: "In a list",
    does: "Extend, also Shift K",
    presses: [
      { key: "j", shift: true },
      { key: "k", shift: true },
    ],
  },
  { id: "copy", group: "On a key", does: "Copy", presses: [{ key: "c" }] },
  { id: "test", group: "On a key", does: "Test", presses: [{ key: "t" }] },
  {
    id: "revoke",
    group: "On a key",
    does: "Revoke, opens the dialog",
    presses: [{ key: "Backspace" }, { key: "Delete" }],
  },
];

/** What is pressed, as far as it matters here. */
export type Pressed = Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">;

/** The shortcut that was pressed outside of a list, if any. */
export function shortcutOf(event: Pressed): { shortcut: Shortcut; press: Press } | null {
  if (event.altKey) return null;
  for (const shortcut of SHORTCUTS) {
    const press = shortcut.presses.find((one) => one.inList !== true && matches(one, event));
    if (press !== undefined) return { shortcut, press };
  }
  return null;
}

/** Whether it is a single letter or sign, which Settings can turn off and a field takes for text. */
export function isLetter(press: Press): boolean {
  return press.control !== true && press.key.length === 1;
}

/** What stands on the keys: `Ctrl`, `K`. */
export function capsOf(press: Press, control: string): string[] {
  const name = CAPS[press.key] ?? (press.key.length === 1 ? press.key.toUpperCase() : press.key);
  return [...(press.control === true ? [control] : []), ...(press.shift === true ? ["Shift"] : []), name];
}

/** What is said aloud for it: words where the cap shows a sign. */
export function spoken(press: Press, control: string): string {
  const caps = capsOf(press, control);
  const name = SAID[press.key] ?? caps[caps.length - 1] ?? "";
  return [...caps.slice(0, -1), name].join(" ");
}

function matches(press: Press, event: Pressed): boolean {
  if ((press.control === true) !== (event.ctrlKey || event.metaKey)) return false;
  const letter = /^[a-z]$/.test(press.key);
  if (event.key.length === 1 && letter) {
    return event.key.toLowerCase() === press.key && event.shiftKey === (press.shift === true);
  }
  // On many keyboards `/` and `?` are typed with Shift: the sign counts.
  return event.key === press.key && (press.key.length === 1 || !event.shiftKey);
}

const CAPS: Record<string, string> = { Escape: "Esc", Enter: "↵", Backspace: "⌫", "-": "−" };
const SAID: Record<string, string> = {
  Escape: "Escape",
  Enter: "Enter",
  Backspace: "Backspace",
  "/": "slash",
  "?": "question mark",
  "+": "plus",
  "-": "minus",
};
