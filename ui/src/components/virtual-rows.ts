// Owns which rows of a long table are drawn, and in which of the elements at hand. Pure, but for remembering what
// stands where. Leaves out how a row looks.

/** The rows from `from` up to, not including, `to`. */
export interface Range {
  from: number;
  to: number;
}

/** The rows in sight, and some more on both sides so that scrolling finds them drawn. */
export function rangeOf(offset: number, height: number, row: number, count: number, spare: number): Range {
  const from = Math.max(0, Math.floor(offset / row) - spare);
  const to = Math.min(count, Math.ceil((offset + height) / row) + spare);
  // A list that became shorter than where it was scrolled to.
  return from < to ? { from, to } : { from: Math.max(0, Math.min(from, count) - spare), to: count };
}

/** How far to scroll so that a row is in sight below a head of this height, as little as possible. */
export function offsetFor(index: number, offset: number, height: number, row: number, head: number): number {
  const top = index * row;
  const bottom = top + row + head - height;
  if (top < offset) return top;
  return bottom > offset ? bottom : offset;
}

/**
 * Elements that are used again: a row that comes into sight takes the place of one that went out of it, which costs
 * a fraction of making it. A row that stays keeps its element, so that nothing is moved in the page.
 */
export class Places {
  #of = new Map<string, number>();
  #made = 0;

  /** The place of each row. The place of `held`, which has the focus, is never given to another row. */
  assign(ids: readonly string[], held: string | null): number[] {
    const wanted = new Set(ids);
    const free = [...this.#of].filter(([id]) => !wanted.has(id) && id !== held).map(([, place]) => place);
    const next = new Map<string, number>();
    for (const id of ids) next.set(id, this.#of.get(id) ?? -1);
    for (const [id, place] of next) if (place === -1) next.set(id, free.shift() ?? this.#made++);
    this.#of = next;
    return ids.map((id) => next.get(id) ?? -1);
  }
}
