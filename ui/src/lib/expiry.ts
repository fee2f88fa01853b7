// Owns the choices of when a key ends. Days are those of the person's calendar; leaves out what a service makes of them.

import { addDays, addYear, type Day, dayInWords, daysBetween, isDay } from "./dates";

/** A choice in the dialog. */
export type Preset = "7" | "30" | "60" | "90" | "year" | "custom" | "never";

/** The choices, in order. */
export const PRESETS: { value: Preset; label: string }[] = [
  { value: "7", label: "7 days" },
  { value: "30", label: "30 days" },
  { value: "60", label: "60 days" },
  { value: "90", label: "90 days" },
  { value: "year", label: "1 year" },
  { value: "custom", label: "Custom…" },
  { value: "never", label: "Never" },
];

/** What a new key starts with. */
export const DEFAULT_PRESET: Preset = "90";

/** The days that a service allows between today and the end; null is no such rule. */
export interface Span {
  min: number;
  max: number;
}

/**
 * The last day of a choice; null is never, undefined is a custom day that can't be used. Where the service
 * counts days, a custom end is a number of them.
 */
export function lastDay(preset: Preset, custom: string, today: Day, span: Span | null = null): Day | null | undefined {
  if (preset === "never") return null;
  // A year with a leap day is a day longer than some services allow.
  if (preset === "year") {
    const day = addYear(today);
    return span === null || daysBetween(today, day) <= span.max ? day : addDays(today, span.max);
  }
  if (preset === "custom" && span !== null) {
    return daysProblem(custom, span) === null ? addDays(today, Number(custom.trim())) : undefined;
  }
  if (preset === "custom") return customProblem(custom, today) === null ? custom : undefined;
  return addDays(today, Number(preset));
}

/** Why a number of days can't be used. */
export function daysProblem(days: string, span: Span): string | null {
  const number = Number(days.trim());
  if (days.trim() === "" || !Number.isInteger(number)) return "Write whole days, such as 120.";
  if (number < span.min) return `At least ${String(span.min)} ${span.min === 1 ? "day" : "days"}.`;
  if (number > span.max) return `At most ${String(span.max)} days. Pick fewer, or Never.`;
  return null;
}

/** Why a custom day can't be used. */
export function customProblem(custom: string, today: Day): string | null {
  if (!isDay(custom)) return "Pick a day, such as 2027-02-18.";
  if (daysBetween(today, custom) < 1) return `${dayInWords(custom)} is not after today. Pick a later day.`;
  if (daysBetween(today, custom) > 3660) return "Pick a day within ten years.";
  return null;
}

/** The choice that stands for so many days, for a replacement with the same fields. */
export function presetFor(days: number | null | undefined, today: Day): { preset: Preset; custom: string } {
  if (days === undefined) return { preset: DEFAULT_PRESET, custom: "" };
  if (days === null) return { preset: "never", custom: "" };
  const near = (["7", "30", "60", "90"] as const).find((preset) => Math.abs(Number(preset) - days) <= 1);
  if (near !== undefined) return { preset: near, custom: "" };
  if (Math.abs(days - 365) <= 1) return { preset: "year", custom: "" };
  return days < 1 ? { preset: DEFAULT_PRESET, custom: "" } : { preset: "custom", custom: addDays(today, days) };
}
