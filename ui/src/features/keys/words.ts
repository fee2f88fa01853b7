// Owns the words of a key's cells and of the list as a whole. Pure; the present moment is an argument.

import type { AccountView } from "../../ipc/generated/AccountView";
import type { DueView } from "../../ipc/generated/DueView";
import type { HintView } from "../../ipc/generated/HintView";
import type { KeyView } from "../../ipc/generated/KeyView";
import type { ProviderView } from "../../ipc/generated/ProviderView";
import { absolute, ago, dayOf, dayOrMonth, daysLeft, shortDay, time, until } from "../../lib/dates";

/** What a cell says: words, the moment behind them, and a remark where there is none. */
export interface Cell {
  words: string;
  at: string | null;
  remark: string | null;
}

/** The last use. "Never used" is said only where the service reports use. */
export function lastUse(
  key: KeyView,
  service: string,
  now: Date,
  stale: boolean,
  reports: ProviderView["reports_use"] = "with_list",
): Cell {
  const use = key.last_use;
  if (use.kind === "at") return { words: stale ? clock(use.at, now) : ago(use.at, now), at: use.at, remark: null };
  if (use.kind === "never") return { words: "Never used", at: null, remark: null };
  // What a service never does is told apart from what its answer lacked this time.
  const remark = reports === "no" ? `${service} doesn’t report use` : `${service} didn’t report use`;
  return { words: "–", at: null, remark };
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

/** The line below the name: the workspace, the scopes, or the project and its scopes, as far as they are known. */
export function underName(key: KeyView, sandbox: boolean, provider: ProviderView | null = null): string {
  const parts = [sandbox ? "Sandbox" : "", key.workspace ?? "", key.project ?? "", scopesInShort(key, provider)];
  return parts.filter((part) => part !== "").join(" · ");
}

/** `read, write`; beside a project three scopes and more are only counted. */
function scopesInShort(key: KeyView, provider: ProviderView | null): string {
  const scopes = key.scopes ?? [];
  const known = provider?.scopes.length ?? 0;
  if (key.project !== null && scopes.length > 2 && known >= scopes.length) {
    return `${String(scopes.length)} of ${String(known)} scopes`;
  }
  return scopes.join(", ");
}

/** Quiet remarks on a key in one sentence each. */
export function hints(key: KeyView, now: Date): string[] {
  const made = key.created_at === null ? 0 : -daysLeft(key.created_at, now);
  const words: Record<HintView, string> = {
    unused_90_days: "Not used for 90 days. Revoke it if nothing needs it.",
    older_than_90_days: `${made > 90 ? `Made ${String(made)} days ago` : "Older than 90 days"}. A new key in its place limits what an old copy can do.`,
  };
  return key.hints.map((hint) => words[hint]);
}

/** What is to be said of a key that was used again after lying unused, or null. */
export function woke(key: KeyView): string | null {
  if (key.woke_at === null) return null;
  return `Unused for 30 days or more, then used on ${absolute(key.woke_at)}. Is it yours?`;
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

/** What fell due, in a few words: `ends in 5 days`, `ended yesterday`, `time to rotate since 3 days`. */
export function dueWords(due: DueView, now: Date): string {
  const past = Date.parse(due.at) <= now.getTime();
  if (due.kind === "reminder") return past ? "time to rotate" : `time to rotate ${until(due.at, now)}`;
  return past ? `ended ${ago(due.at, now)}` : `ends ${until(due.at, now)}`;
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
