// Owns the words about a pasted key: what was taken off it, what is odd about it, where it would be sent.

import type { PastedView } from "../ipc/generated/PastedView";
import type { ProviderView } from "../ipc/generated/ProviderView";
import type { TrimmedView } from "../ipc/generated/TrimmedView";

const TRIMMED: Record<TrimmedView, string> = {
  spaces: "spaces",
  line_breaks: "line breaks",
  zero_width: "invisible characters",
  quotes: "quotes",
  assignment: "the variable’s name",
};

const PROBLEMS: Record<string, string> = {
  white_space: "White space around it was left out.",
  no_known_prefix: "It starts like no key that Latchkey knows. It may still be one.",
  not_ascii: "It holds letters that keys don’t have. It may be something else.",
  too_short: "It is shorter than keys usually are. It may be cut off.",
};

/** `spaces and quotes around it were left out`. */
export function trimmedWords(trimmed: readonly TrimmedView[]): string {
  const parts = trimmed.map((part) => TRIMMED[part]);
  const last = parts.pop() ?? "";
  const list = parts.length === 0 ? last : `${parts.join(", ")} and ${last}`;
  return `${list} around it left out`;
}

/** What is odd about it, a sentence each, by the name of the oddity. What was trimmed is said once. */
export function problemsOf(pasted: PastedView): { name: string; words: string }[] {
  return pasted.problems
    .filter((name) => name !== "white_space" || pasted.trimmed.length === 0)
    .map((name) => ({ name, words: PROBLEMS[name] ?? name }));
}

/** The service that a key looks like, if it is another one than the chosen. A prefix proves nothing, so this only warns. */
export function looksLikeOther(
  pasted: Pick<PastedView, "suggested_provider">,
  chosen: string,
  providers: readonly ProviderView[],
): ProviderView | null {
  if (pasted.suggested_provider === null || pasted.suggested_provider === chosen) return null;
  return providers.find((provider) => provider.id === pasted.suggested_provider) ?? null;
}

/** The host of an address, for "Sent only to HOST"; an address that is none stays as it is. */
export function hostOf(address: string): string {
  return URL.canParse(address) ? new URL(address).host : address;
}

/** Why a base URL can't be used, or null. Rust has the last word. */
export function baseUrlProblem(address: string): string | null {
  const text = address.trim();
  if (!URL.canParse(text)) return "Write a whole address, such as https://api.example.com/v1.";
  const url = new URL(text);
  if (url.username !== "" || url.password !== "") return "Take the name and password out of the address.";
  if (url.search !== "" || url.hash !== "") return "Take out everything after the path.";
  const local = url.hostname === "localhost" || url.hostname === "[::1]" || /^127(\.\d+){3}$/.test(url.hostname);
  if (url.protocol === "https:" || (url.protocol === "http:" && local)) return null;
  return "Only https, or this computer. A key sent over plain http can be read on the way.";
}
