// Owns what a line of a menu is. How it is drawn is Menu.svelte.

import type { IconName } from "./icons";

/** A line of a menu. */
export interface MenuItem {
  id: string;
  label: string;
  icon?: IconName | undefined;
  tone?: "plain" | "bad";
  /** The letter that does the same. */
  shortcut?: string | undefined;
  /** Whether it is the chosen one; absent for an action. */
  checked?: boolean | undefined;
  onselect: () => void;
}
