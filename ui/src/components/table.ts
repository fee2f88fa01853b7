// Owns what a table's columns and lines are called, and how the arrow keys walk within its heads and rows. Leaves out
// which row comes next (Table.svelte).

/** A column. */
export interface Column<Sort extends string> {
  id: string;
  label: string;
  /** What a press of its head sorts by. */
  sort?: Sort | undefined;
}

/** Where a line of the table stands. */
export interface Place {
  /** The id of what it shows; its row carries it as `data-line`. */
  id: string;
  rowindex: number;
  /** Where it lies in the list, in pixels. */
  top: number;
  /** Whether Tab reaches it. */
  tabbable: boolean;
}

/** The heads that can be pressed and are in sight. */
export function headsOf(table: HTMLElement | null): HTMLElement[] {
  return [...(table?.querySelectorAll<HTMLElement>("[data-head] button") ?? [])].filter(hasBox);
}

/** Where the arrows go within a row: itself, then its buttons in sight, but for the box that selects it. */
export function stopsOf(row: HTMLElement): HTMLElement[] {
  const buttons = row.querySelectorAll<HTMLElement>('[data-col]:not([data-col="check"]) button');
  return [row, ...[...buttons].filter(hasBox)];
}

/** Focuses the neighbour of one of them, if there is one. */
export function walk(stops: readonly HTMLElement[], from: HTMLElement, step: 1 | -1): void {
  const to = stops.indexOf(from) + step;
  stops[Math.min(stops.length - 1, Math.max(0, to))]?.focus();
}

/** Whether there is room to draw it: a hidden column has no box, so nothing in it can take the focus. */
function hasBox(element: HTMLElement): boolean {
  for (let one: HTMLElement | null = element; one !== null; one = one.parentElement) {
    if (getComputedStyle(one).display === "none") return false;
    if (one.dataset["col"] !== undefined) return true;
  }
  return true;
}
