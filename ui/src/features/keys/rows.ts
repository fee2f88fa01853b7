// Owns which keys the table shows and in what order. Pure; leaves out how a row is drawn.

import type { AccountView } from "../../ipc/generated/AccountView";
import type { KeyStatusView } from "../../ipc/generated/KeyStatusView";
import type { KeyView } from "../../ipc/generated/KeyView";
import { search } from "../../lib/fuzzy";

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
  const of = (filter: StatusFilter): number => keys.filter((key) => passes(key, filter)).length;
  return {
    all: keys.length,
    active: of("active"),
    expiring: of("expiring"),
    unused: of("unused"),
    expired: of("expired"),
    revoked: of("revoked"),
  };
}

/** Whether a key is in a filter. */
export function passes(key: KeyView, filter: StatusFilter): boolean {
  if (filter === "all") return true;
  if (filter === "active") return !isDead(key);
  return key.status === filter;
}

/** The keys to show. A search keeps the order of the table, so that rows don't jump while typing. */
export function rowsOf(
  keys: readonly KeyView[],
  accounts: readonly AccountView[],
  services: ReadonlyMap<string, string>,
  choice: { query: string; status: StatusFilter; account: string | null; sort: Sort },
): KeyView[] {
  const labels = new Map(accounts.map((account) => [account.id, account.label]));
  const chosen = keys.filter(
    (key) => passes(key, choice.status) && (choice.account === null || key.account === choice.account),
  );
  const found = new Set(
    search(chosen, choice.query, (key) =>
      [
        key.name,
        key.prefix ?? "",
        key.workspace ?? "",
        key.project ?? "",
        key.environment ?? "",
        labels.get(key.account) ?? "",
        services.get(key.provider) ?? "",
        ...(key.scopes ?? []),
      ].join(" "),
    ),
  );
  return sorted(
    chosen.filter((key) => found.has(key)),
    choice.sort,
    labels,
  );
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
export function sorted(keys: readonly KeyView[], sort: Sort, labels: ReadonlyMap<string, string>): KeyView[] {
  const sign = sort.direction === "ascending" ? 1 : -1;
  return [...keys].sort((a, b) => {
    if (sort.column === "last_used" || sort.column === "expires") {
      const dead = Number(isDead(a)) - Number(isDead(b));
      if (dead !== 0) return dead;
    }
    return compare(a, b, sort, sign, labels) || COLLATOR.compare(a.name, b.name) || COLLATOR.compare(a.id, b.id);
  });
}

function compare(a: KeyView, b: KeyView, sort: Sort, sign: number, labels: ReadonlyMap<string, string>): number {
  switch (sort.column) {
    case "name":
      return sign * COLLATOR.compare(a.name, b.name);
    case "account":
      return sign * COLLATOR.compare(labels.get(a.account) ?? "", labels.get(b.account) ?? "");
    case "created":
      return missingLast(a.created_at, b.created_at, sign);
    case "last_used":
      return useRank(a) - useRank(b) || missingLast(usedAt(a), usedAt(b), sign);
    case "expires":
      return expiryRank(a) - expiryRank(b) || missingLast(endsAt(a), endsAt(b), sign);
    case "status":
      return sign * (STATUS_ORDER.indexOf(a.status) - STATUS_ORDER.indexOf(b.status));
  }
}

// One collator for all: localeCompare makes one for each pair, which is slow for long lists.
const COLLATOR = new Intl.Collator();

const STATUS_ORDER: readonly KeyStatusView[] = ["expiring", "active", "unused", "expired", "revoked"];

// First what has a date, then what was never used, then what is not reported.
function useRank(key: KeyView): number {
  return { at: 0, never: 1, not_reported: 2 }[key.last_use.kind];
}

function usedAt(key: KeyView): string | null {
  return key.last_use.kind === "at" ? key.last_use.at : null;
}

// First what ends or reminds, then what never ends, then what is unknown.
function expiryRank(key: KeyView): number {
  return { at_service: 0, reminder: 0, never: 1, unknown: 2 }[key.expiry.kind];
}

function endsAt(key: KeyView): string | null {
  return key.expiry.kind === "at_service" || key.expiry.kind === "reminder" ? key.expiry.at : null;
}

function missingLast(a: string | null, b: string | null, sign: number): number {
  if (a === b) return 0;
  if (a === null) return 1;
  if (b === null) return -1;
  return sign * (Date.parse(a) - Date.parse(b));
}
