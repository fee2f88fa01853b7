// Owns how the state of an account reads, in one line and at length. Leaves out how it is drawn.

import type { AccountView } from "../ipc/generated/AccountView";
import type { RateLimitView } from "../ipc/generated/RateLimitView";
import type { UsageLineView } from "../ipc/generated/UsageLineView";
import { agoExactly, ago, time, timeWithSeconds } from "./dates";
import { secondsLeft, span } from "./durations";
import { explain } from "./errors";

/** What matters most about an account right now. */
export type Standing = "checking" | "retrying" | "needed" | "signed_out" | "offline" | "failed" | "ok";

/** A state in words. */
export interface AccountWords {
  standing: Standing;
  /** In a few words. */
  short: string;
  /** With the age of what is shown and what to do, for a tooltip. */
  long: string;
}

/** Beyond this age a list is no longer taken for the present one without being told. */
const OLD = 15 * 60_000;

/** How an account stands. `since` is when the connection to it was first seen missing. */
export function standingOf(account: AccountView, service: string, now: Date, since: Date | null = null): AccountWords {
  const age = ageOf(account, now);
  const words = (standing: Standing, short: string, why = ""): AccountWords => ({
    standing,
    short,
    long: [why, clockWords(account), age].filter((part) => part !== "").join(" "),
  });
  if (account.retry !== null) {
    const seconds = secondsLeft(account.retry.at, now);
    return words(
      "retrying",
      seconds > 0 ? `Asks again in ${String(seconds)} s` : "Asking again",
      `${service} asked to wait. Attempt ${String(account.retry.attempt)} of ${String(account.retry.of)}.`,
    );
  }
  if (account.checking && account.checked_at === null) return words("checking", "Checking");
  if (account.sign_in === "needed") {
    return account.method === "admin_key"
      ? words("needed", "Paste a new key", `${service} refused the key that acts for this account.`)
      : words("needed", "Sign in again", `${service} no longer accepts the sign-in kept here.`);
  }
  if (account.sign_in === "signed_out") {
    return account.method === "admin_key"
      ? words("signed_out", "No admin key here", "Paste a key with admin to read its keys again.")
      : words("signed_out", "Signed out");
  }
  if (account.failure !== null) {
    const told = explain(account.failure, { service, account: account.label, now });
    const why = `${told.title}. ${told.sentence}`;
    if (isOffline(account)) {
      const long = since === null ? "" : span(now.getTime() - since.getTime());
      return words("offline", long === "" ? "Offline" : `Offline for ${long}`, why);
    }
    return words("failed", account.failure.code === "rate_limited" ? "Too many requests" : "Couldn’t read keys", why);
  }
  if (account.lacks.length > 0) {
    return words("ok", "Can only list keys", `The key that acts for it lacks ${account.lacks.join(" and ")}.`);
  }
  const old = account.checked_at !== null && now.getTime() - Date.parse(account.checked_at) > OLD;
  return words("ok", old && account.checked_at !== null ? `${service} · ${ago(account.checked_at, now)}` : service);
}

/** Whether the connection, not the service's answer, is what is missing. */
export function isOffline(account: AccountView): boolean {
  return account.failure?.code === "offline" || account.failure?.code === "no_answer";
}

/** `This computer’s clock is 1 h behind cloud.example.com’s.` Nothing if they agree. */
export function clockWords(account: AccountView): string {
  const ahead = account.clock_ahead_seconds;
  if (ahead === null) return "";
  const host = URL.canParse(account.host) ? new URL(account.host).host : account.host;
  return `This computer’s clock is ${span(Math.round(Math.abs(ahead) / 60) * 60_000)} ${ahead > 0 ? "behind" : "ahead of"} ${host}’s.`;
}

/** `Keys read 12 s ago.` */
export function ageOf(account: AccountView, now: Date): string {
  return account.checked_at === null ? "" : `Keys read ${agoExactly(account.checked_at, now)}.`;
}

/** `58 of 60 requests left, begins anew at 16:04:41`. */
export function rateWords(rate: RateLimitView, now: Date): string {
  const left = `${String(rate.remaining)} of ${number(rate.limit)} requests left`;
  if (rate.resets_at === null) return left;
  return Date.parse(rate.resets_at) > now.getTime()
    ? `${left}, all of them again at ${timeWithSeconds(rate.resets_at)}`
    : `${left} before ${time(rate.resets_at)}; all of them again since`;
}

/** `8,412 of 50,000 API calls this month`. */
export function usageWords(line: UsageLineView): string {
  const amount =
    line.used === null
      ? line.limit === null
        ? "not told"
        : `up to ${number(line.limit)}`
      : line.limit === null
        ? number(line.used)
        : `${number(line.used)} of ${number(line.limit)}`;
  return line.unit === "" ? amount : `${amount} ${line.unit}`;
}

function number(value: number): string {
  return value.toLocaleString("en-GB");
}
