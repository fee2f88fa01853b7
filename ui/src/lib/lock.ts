// Owns what a lock is called: since when, and why.

import type { LockView } from "../ipc/generated/LockView";
import { time } from "./dates";
import { count } from "./durations";

/** `Locked at 17:12 after 10 minutes without use.` */
export function lockInWords(lock: LockView): string {
  const at = `Locked at ${time(lock.at)}`;
  switch (lock.by) {
    case "hand":
      return `${at}.`;
    case "idle":
      return `${at} after ${count(lock.minutes ?? 0, "minute")} without use.`;
    case "screen":
      return `${at} together with the screen.`;
    case "sleep":
      return `${at}, before the computer went to sleep.`;
  }
}
