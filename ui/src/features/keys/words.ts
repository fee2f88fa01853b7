// Owns the words of a key's cells and of the list as a whole. Pure; the present moment is an argument.

import type { AccountView } from "../../ipc/generated/AccountView";
import type { KeyView } from "../../ipc/generated/KeyView";
import { ago, dayOf, dayOrMonth, daysLeft, shortDay, time, until } from "../../lib/dates";

/** What a cell says: words, the moment behind them, and a remark where there is none. */
export interface Cell {
  words: string;
  at: string | null;
  remark: string | null;
}

/** The last use. "Never used" is said only where the service reports use. */
export function lastUse(key: KeyView, service: string, now: Date, stale: boolean): Cell {
  const use = key.last_use;
  if (use.kind === "at") return { words: stale ? clock(use.at, now) : ago(use.at, now), at: use.at, remark: null };
  if (use.kind === "never") return { words: "Never used", at: null, remark: null };
  return { words: "–", at: null, remark: `${service} didn’t report use` };
}

/** The day it was created. */
export function created(key: KeyView, service: string, now: Date): Cell {
  if (key.created_at === null) return { words: "–", at: null, remark: `${service} didn’t report it` };
  return { words: dayOrMonth(key.created_at, now), at: key.created_at, remark: null };
}

/** The end of a key, with what the bar and the bell need. */
export interface Ending extends Cell {
  reminder: boolean;
  /** Days of the last 30; null is no bar. */
  bar: number | null;
  soon: boolean;
}

/** When it ends. A reminder has a bell, no bar, and is never urgent. */
export function ending(key: KeyView, service: string, now: Date): Ending {
  const plain = { reminder: false, bar: null, soon: false, at: null, remark: null };
  const expiry = key.expiry;
  switch (expiry.kind) {
    case "never":
      return { ...plain, words: "Never" };
    case "unknown":
      return { ...plain, words: "–", remark: `${service} didn’t report an expiry` };
    case "reminder":
      return {
        ...plain,
        words: until(expiry.at, now),
        at: expiry.at,
        reminder: true,
        remark: "A reminder of Latchkey; the key works until you revoke it",
      };
    case "at_service": {
      const left = daysLeft(expiry.at, now);
      const over = Date.parse(expiry.at) <= now.getTime();
      const alive = key.status !== "revoked" && !over;
      return {
        ...plain,
        words: until(expiry.at, now),
        at: expiry.at,
        bar: alive && left <= 30 ? Math.max(1, left) : null,
        soon: alive && left <= 7,
      };
    }
  }
}

/** The line below the name. */
export function underName(key: KeyView, sandbox: boolean): string {
  const parts = [sandbox ? "Sandbox" : "", key.workspace ?? ""];
  return parts.filter((part) => part !== "").join(" · ");
}

/** What an unfinished create has to say, in a row and at length, or null. */
export function unfinished(key: KeyView): { short: string; long: string } | null {
  if (key.origin !== "intended") return null;
  return key.has_remote_id
    ? {
        short: "It exists, but its secret is gone. Revoke it?",
        long: "A key with this name exists, but the answer with its secret was lost. Nobody can use it. Revoke it and create another.",
      }
    : {
        short: "The answer was lost; it may exist.",
        long: "The request to create this key was sent, and its answer was lost. It may exist: check the list before you try again.",
      };
}

/** `Work`, `Work and Home`, `Work, Home and Lab`. */
export function names(accounts: readonly AccountView[]): string {
  const labels = accounts.map((account) => account.label);
  const last = labels.pop() ?? "";
  return labels.length === 0 ? last : `${labels.join(", ")} and ${last}`;
}

/** Whether the connection, not the service's answer, is what is missing. */
export function isOffline(account: AccountView): boolean {
  return account.failure?.code === "offline" || account.failure?.code === "no_answer";
}

/** The oldest moment at which the lists were read, or null. An account that can't be asked doesn't make the others old. */
export function oldestCheck(accounts: readonly AccountView[]): string | null {
  const asked = accounts.filter((account) => account.sign_in === "signed_in" && account.failure === null);
  const moments = (asked.length > 0 ? asked : accounts)
    .map((account) => account.checked_at)
    .filter((moment) => moment !== null);
  return moments.sort()[0] ?? null;
}

/** `Today 14:17`, `19 Nov`: a moment that stays true while the list is old. */
export function clock(moment: string, now: Date): string {
  return dayOf(moment) === dayOf(now) ? `Today ${time(moment)}` : shortDay(moment, now);
}
