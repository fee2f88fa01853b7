// Owns a key's environment in words: what its service calls it, and what using such a key means.

import type { KeyView } from "../ipc/generated/KeyView";
import type { ProviderView } from "../ipc/generated/ProviderView";

/** A key's environment as its service calls it, or null. */
export function environment(key: KeyView, provider: ProviderView | null): { label: string; words: string } | null {
  if (key.environment === null) return null;
  const known = provider?.environments.find((one) => one.id === key.environment);
  return { label: known?.label ?? key.environment, words: known?.words ?? "" };
}

/** `Live: counts towards billing`, or null. */
export function environmentWords(key: KeyView, provider: ProviderView | null): string | null {
  const found = environment(key, provider);
  if (found === null) return null;
  return found.words === "" ? found.label : `${found.label}: ${found.words}`;
}
