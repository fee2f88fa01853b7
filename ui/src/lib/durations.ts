// Owns lengths of time in digits and words. Leaves dates to dates.ts.

/** Seconds left of a moment, rounded up; never below zero. */
export function secondsLeft(until: string | null, now: Date): number {
  if (until === null) return 0;
  return Math.max(0, Math.ceil((new Date(until).getTime() - now.getTime()) / 1000));
}

/** `5:00`, `0:09`. */
export function digits(seconds: number): string {
  return `${String(Math.floor(seconds / 60))}:${String(seconds % 60).padStart(2, "0")}`;
}

/** `4 minutes 59 seconds`, `1 minute`, `10 seconds`. */
export function words(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  const rest = seconds % 60;
  const parts = [];
  if (minutes > 0) parts.push(count(minutes, "minute"));
  if (rest > 0 || minutes === 0) parts.push(count(rest, "second"));
  return parts.join(" ");
}

/** `5 min`, `2 h`, `3 days`; nothing for less than a minute. */
export function span(milliseconds: number): string {
  const minutes = Math.floor(milliseconds / 60_000);
  if (minutes < 1) return "";
  if (minutes < 60) return `${String(minutes)} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${String(hours)} h` : count(Math.floor(hours / 24), "day");
}

/** `1 key`, `2 keys`. */
export function count(number: number, noun: string): string {
  return `${String(number)} ${noun}${number === 1 ? "" : "s"}`;
}

/** The seconds at which a countdown is said aloud. */
export const SPOKEN = [60, 30, 10] as const;

/** What is said aloud when a countdown reaches this many seconds, or nothing. */
export function spoken(seconds: number, what: string): string {
  return (SPOKEN as readonly number[]).includes(seconds) ? `${what} ${words(seconds)}` : "";
}
