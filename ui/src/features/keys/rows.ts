// Owns which keys the table shows and in what order. Pure; leaves out how a row is drawn.

import type { KeyStatusView } from "../../ipc/generated/KeyStatusView";
import type { KeyView } from "../../ipc/generated/KeyView";
import { Lines, type Marks } from "../../lib/lines";
import type { Facts } from "./facts";

/** A status filter; `active` is every key that works. */
export type StatusFilter = "all" | KeyStatusView;

/** A column that can be sorted by. */
export type SortColumn = "name" | "account" | "created" | "last_used" | "expires" | "status";

/** The order of the table. */
export interface Sort {
  column: SortColumn;
  direction: "ascending" | "descending";
}

/** Last used, newest first. */
export const DEFAULT_SORT: Sort = { column: "last_used", direction: "descending" };

/** The line behind which old revoked keys are folded away: its place among the rows, and whether it is open. */
export interface Fold {
  at: number;
  count: number;
  open: boolean;
}

/** What stands for the fold among the ids of rows. No key has such an id. */
export const FOLD = "fold";

/** Which way a column is sorted when it is chosen. */
export const FIRST_DIRECTION: Record<SortColumn, Sort["direction"]> = {
  name: "ascending",
  account: "ascending",
  created: "descending",
  last_used: "descending",
  expires: "ascending",
  status: "ascending",
};

/** Whether a key no longer works. */
export function isDead(key: KeyView): boolean {
  return key.status === "expired" || key.status === "revoked";
}

/** How many keys each filter holds. Expiring and Unused are views inside Active. */
export function counts(keys: readonly KeyView[]): Record<StatusFilter, number> {
  const of = { all: keys.length, active: 0, expiring: 0, unused: 0, expired: 0, revoked: 0 };
  for (const key of keys) {
    if (!isDead(key)) of.active += 1;
    if (key.status !== "active") of[key.status] += 1;
  }
  return of;
}

/** Whether a key is in a filter. */
export function passes(key: KeyView, filter: StatusFilter): boolean {
  if (filter === "all") return true;
  if (filter === "active") return !isDead(key);
  return key.status === filter;
}

/** The keys that pass the filters, in the table's order, each beside its place in the whole list. */
export interface Ordered {
  keys: readonly KeyView[];
  places: readonly number[];
}

/** The keys that pass the filters, in the table's order. */
export function ordered(
  keys: readonly KeyView[],
  facts: Facts,
  choice: { status: StatusFilter; account: string | null; sort: Sort },
): Ordered {
  const passing: number[] = [];
  keys.forEach((key, place) => {
    if (passes(key, choice.status) && (choice.account === null || key.account === choice.account)) passing.push(place);
  });
  const places = inOrder(keys, passing, choice.sort, facts);
  return { keys: at(keys, places), places };
}

/** What a search looks through: a line for each key of the whole list. */
export function linesOf(keys: readonly KeyView[], facts: Facts): Lines {
  return new Lines(keys.map((key) => facts.of(key).text));
}

/**
 * A search that goes on: a letter more looks only through what was found before it, and a letter less finds again what
 * was found then. It keeps the order of the keys, so that rows don't jump while typing.
 */
export class Search {
  #lines: Lines | null = null;
  #all: Ordered | null = null;
  #steps: { query: string; marks: Marks; keys: readonly KeyView[] | null }[] = [];

  find(all: Ordered, lines: Lines, query: string): readonly KeyView[] {
    if (lines !== this.#lines) this.#steps = [];
    // Another order of the same keys: what was found is found still, and stands elsewhere.
    if (all !== this.#all) this.#steps = this.#steps.map((step) => ({ ...step, keys: null }));
    this.#lines = lines;
    this.#all = all;
    if (query.trim() === "") return all.keys;
    const words = query.trimStart();
    while (this.#steps.length > 0 && !words.startsWith(this.#steps.at(-1)?.query ?? "")) this.#steps.pop();
    let step = this.#steps.at(-1);
    if (step?.query !== words) {
      step = { query: words, marks: lines.find(words, step?.marks ?? null), keys: null };
      this.#steps.push(step);
    }
    step.keys ??= marked(all, step.marks);
    return step.keys;
  }
}

function marked(all: Ordered, marks: Marks): readonly KeyView[] {
  const found: KeyView[] = [];
  // A plain loop: this runs for every letter, over every key.
  for (let index = 0; index < all.places.length; index += 1) {
    const key = all.keys[index];
    if (key !== undefined && marks[all.places[index] ?? -1] === 1) found.push(key);
  }
  return found;
}

/** Takes old revoked keys out of the rows, or puts them behind their line. A search looks behind it. */
export function folded(
  rows: readonly KeyView[],
  choice: { open: boolean; searching: boolean },
): { rows: readonly KeyView[]; fold: Fold | null } {
  const old = choice.searching ? [] : rows.filter((key) => key.folded);
  if (old.length === 0) return { rows, fold: null };
  const plain = rows.filter((key) => !key.folded);
  return {
    rows: choice.open ? [...plain, ...old] : plain,
    fold: { at: plain.length, count: old.length, open: choice.open },
  };
}

/** Sorts a copy. Expired and revoked keys come last by default, and equal keys stand by name. */
export function sorted(keys: readonly KeyView[], sort: Sort, facts: Facts): KeyView[] {
  const places = keys.map((_, place) => place);
  return at(keys, inOrder(keys, places, sort, facts));
}

function at(keys: readonly KeyView[], places: readonly number[]): KeyView[] {
  return places.map((place) => keys[place]).filter((key) => key !== undefined);
}

/** Sorts the places of some of the keys. */
function inOrder(keys: readonly KeyView[], places: number[], sort: Sort, facts: Facts): number[] {
  const sign = sort.direction === "ascending" ? 1 : -1;
  const rank = RANKS[sort.column](facts);
  // What is compared first is worked out for each key once, not for each pair.
  const groups = new Float64Array(keys.length);
  const values = new Float64Array(keys.length);
  for (const place of places) {
    const key = keys[place];
    if (key === undefined) continue;
    const { group, value } = rank(key, sign);
    groups[place] = group;
    values[place] = Number.isNaN(value) ? Number.POSITIVE_INFINITY : sign * value;
  }
  const byName = sort.column === "name" ? sign : 1;
  return places.sort((a, b) => {
    const first = (groups[a] ?? 0) - (groups[b] ?? 0);
    if (first !== 0) return first;
    const [one, other] = [values[a] ?? 0, values[b] ?? 0];
    if (one !== other) return one < other ? -1 : 1;
    const [left, right] = [keys[a], keys[b]];
    if (left === undefined || right === undefined) return 0;
    return byName * COLLATOR.compare(left.name, right.name) || COLLATOR.compare(left.id, right.id);
  });
}

/** Where a key stands: by its group, then inside the group by a value; without one it is the last of its group. */
interface Rank {
  group: number;
  value: number;
}

type Ranking = (facts: Facts) => (key: KeyView, sign: number) => Rank;

const NOTHING = Number.NaN;

const RANKS: Record<SortColumn, Ranking> = {
  name: () => () => ({ group: 0, value: NOTHING }),
  account: (facts) => {
    const labels = [...new Set(facts.labels.values())].sort((a, b) => COLLATOR.compare(a, b));
    const places = new Map([...facts.labels].map(([id, label]) => [id, labels.indexOf(label)]));
    return (key) => ({ group: 0, value: places.get(key.account) ?? -1 });
  },
  created: (facts) => (key) => ({ group: 0, value: facts.of(key).made }),
  // First what has a date, then what was never used, then what is not reported.
  last_used: (facts) => (key) => ({
    group: (isDead(key) ? 3 : 0) + USES[key.last_use.kind],
    value: facts.of(key).used,
  }),
  // First what ends or reminds, then what never ends, then what is unknown.
  expires: (facts) => (key) => ({ group: (isDead(key) ? 3 : 0) + ENDS[key.expiry.kind], value: facts.of(key).ends }),
  status: () => (key) => ({ group: 0, value: STATUS_ORDER.indexOf(key.status) }),
};

const USES = { at: 0, never: 1, not_reported: 2 };
const ENDS = { at_service: 0, reminder: 0, never: 1, unknown: 2 };

// One collator for all: localeCompare makes one for each pair, which is slow for long lists.
const COLLATOR = new Intl.Collator();

const STATUS_ORDER: readonly KeyStatusView[] = ["expiring", "active", "unused", "expired", "revoked"];
