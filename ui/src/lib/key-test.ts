// Owns the words of a test: what one request with a key showed. Never red without a refusal; leaves out how it is drawn.

import type { KeyTestView } from "../ipc/generated/KeyTestView";
import { timeWithSeconds } from "./dates";
import { secondsLeft } from "./durations";
import { aloud, explain, type Subject } from "./errors";

/** A result in words. */
export interface TestWords {
  title: string;
  sentence: string;
  /** Quiet words beside the title: how long it took, or when it was. */
  aside: string;
  tone: "ok" | "bad" | "warn" | "plain";
}

/** What a test found. `service` and `account` name who was asked. */
export function testWords(test: KeyTestView, subject: Subject & { service: string; now: Date }): TestWords {
  const { service, now } = subject;
  const at = timeWithSeconds(test.at);
  switch (test.result) {
    case "works": {
      const left =
        test.remaining !== null && test.limit !== null
          ? ` ${String(test.remaining)} of ${String(test.limit)} requests left.`
          : "";
      return {
        title: "Works",
        sentence: `${service} accepted this key at ${at}.${left}`,
        aside: test.latency_ms === null ? "" : `${String(test.latency_ms)} ms`,
        tone: "ok",
      };
    }
    case "refused":
      return {
        title: `Refused with ${String(test.status ?? 401)}`,
        sentence: `${service} doesn’t accept this key. It was revoked, has expired or was mistyped.`,
        aside: at,
        tone: "bad",
      };
    case "lacks_scope":
      return {
        title: `Lacks ${test.scope ?? "a scope"}`,
        sentence: `${service} knows this key; the test needs that scope. Leave it if this key is meant to do less.`,
        aside: at,
        tone: "warn",
      };
    case "subscription_inactive":
      return {
        title: "Subscription inactive",
        sentence: `${service} knows this key, and has no active subscription for it.`,
        aside: at,
        tone: "warn",
      };
    case "other_account":
      return {
        title: "Belongs elsewhere",
        sentence: `${service} accepted this key, but it belongs to another workspace or account than ${subject.account ?? "this one"}.`,
        aside: at,
        tone: "warn",
      };
    case "could_not_tell":
      return { title: "Couldn’t tell", sentence: unclear(test, subject, now), aside: at, tone: "plain" };
  }
}

/** What a test found, said aloud. The seconds to wait are those of its end, so that nothing is said anew each second. */
export function testSaid(test: KeyTestView, subject: Subject & { service: string }): string {
  return aloud(testWords(test, { ...subject, now: new Date(test.at) }));
}

/** Seconds until the service may be asked again; 0 is now. */
export function waitOf(test: KeyTestView, now: Date): number {
  return secondsLeft(test.retry_at, now);
}

function unclear(test: KeyTestView, subject: Subject & { service: string }, now: Date): string {
  const wait = waitOf(test, now);
  const again = wait > 0 ? ` It can be asked again in ${String(wait)} s.` : "";
  if (test.status === 429) {
    return `${subject.service} answered 429: too many requests. That says nothing about the key.${again}`;
  }
  if (test.status !== null) {
    return `${subject.service} answered ${String(test.status)}. That says nothing about the key.${again}`;
  }
  const why = test.failure === null ? `No answer from ${test.host}` : explain(test.failure, subject).title;
  return `${why}. The key may be fine.${again}`;
}
