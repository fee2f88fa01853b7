// Owns which rows of a list are selected, by id, and how a selection grows. Leaves out what is done with it.

/** The selected rows. It outlives filters and searches, so that rows of several searches can be taken together. */
export class Selection {
  ids = $state.raw<ReadonlySet<string>>(new Set());
  /** Where the last stretch began, where it reaches, and what was selected before it. */
  #stretch: { from: string; to: string; before: ReadonlySet<string> } | null = null;

  get size(): number {
    return this.ids.size;
  }

  has(id: string): boolean {
    return this.ids.has(id);
  }

  /** Takes a row in, or out. */
  toggle(id: string): void {
    const ids = new Set(this.ids);
    if (!ids.delete(id)) ids.add(id);
    this.ids = ids;
    this.#stretch = { from: id, to: id, before: ids };
  }

  /** Takes in the rows between two, as they stand now. A stretch that goes on can also become shorter again. */
  extend(order: readonly { id: string }[], from: string | null, to: string): void {
    const goesOn = this.#stretch !== null && this.#stretch.to === from;
    const stretch = goesOn && this.#stretch !== null ? this.#stretch : { from: from ?? to, to, before: this.ids };
    const begin = order.findIndex((row) => row.id === stretch.from);
    const end = order.findIndex((row) => row.id === to);
    if (end === -1) return;
    const [first, last] = begin === -1 ? [end, end] : [Math.min(begin, end), Math.max(begin, end)];
    const ids = new Set(stretch.before);
    for (const row of order.slice(first, last + 1)) ids.add(row.id);
    this.ids = ids;
    this.#stretch = { ...stretch, to };
  }

  /** Takes all rows in; once all are, takes them all out. Selected rows that are not among them stay. */
  toggleAll(order: readonly { id: string }[]): void {
    const ids = new Set(this.ids);
    const all = order.every((row) => ids.has(row.id));
    for (const row of order) {
      if (all) ids.delete(row.id);
      else ids.add(row.id);
    }
    this.ids = ids;
    this.#stretch = null;
  }

  /** Keeps only rows that are still there. */
  retain(known: ReadonlySet<string>): void {
    if ([...this.ids].every((id) => known.has(id))) return;
    this.ids = new Set([...this.ids].filter((id) => known.has(id)));
    this.#stretch = null;
  }

  /** Takes some rows out. */
  release(gone: readonly string[]): void {
    const ids = new Set(this.ids);
    for (const id of gone) ids.delete(id);
    if (ids.size !== this.ids.size) this.ids = ids;
  }

  clear(): void {
    if (this.ids.size > 0) this.ids = new Set();
    this.#stretch = null;
  }
}
