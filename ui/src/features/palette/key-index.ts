// Owns finding keys by a few letters, quickly also among a hundred thousand: texts are folded once, and only a
// few candidates are ranked. Pure.

import type { KeyView } from "../../ipc/generated/KeyView";
import { folded, match, matcher } from "../../lib/fuzzy";

/** What is looked through besides name and prefix. */
export interface Around {
  account: (key: KeyView) => string;
  service: (key: KeyView) => string;
}

/** No more than these are ranked; a query that fits more of them says too little. */
const MOST_RANKED = 300;

/** Every key with the text that is looked through. Made once for a list of keys. */
export class KeyIndex {
  #keys: readonly KeyView[];
  #names: string[];
  #texts: string[];

  constructor(keys: readonly KeyView[], around: Around) {
    this.#keys = keys;
    const labels = new Map<string, string>();
    const labelOf = (key: KeyView): string => {
      const known = labels.get(key.account);
      if (known !== undefined) return known;
      const label = folded(` ${around.account(key)} ${around.service(key)}`);
      labels.set(key.account, label);
      return label;
    };
    this.#names = keys.map((key) => folded(key.name));
    this.#texts = keys.map((key, at) => `${this.#names[at] ?? ""} ${key.prefix?.toLowerCase() ?? ""}${labelOf(key)}`);
  }

  /** The best of those that hold every word, and how many hold them; letters may be spread where too few do. */
  find(query: string, most: number): { keys: KeyView[]; more: boolean } {
    const words = folded(query)
      .split(/\s+/)
      .filter((word) => word !== "");
    if (words.length === 0) return { keys: [], more: false };
    const found: number[] = [];
    this.#texts.forEach((text, at) => {
      if (found.length < MOST_RANKED && words.every((word) => text.includes(word))) found.push(at);
    });
    const whole = found.length;
    if (whole < most) {
      const loose = matcher(query);
      const taken = new Set(found);
      this.#names.forEach((name, at) => {
        if (found.length < MOST_RANKED && !taken.has(at) && loose(name)) found.push(at);
      });
    }
    const ranked = found
      .map((at, place) => ({
        key: this.#keys[at],
        // A name counts more than what stands around it, and whole words more than spread letters.
        score: (match(query, this.#names[at] ?? "")?.score ?? -1000) + (place < whole ? 500 : 0),
        place,
        spread: place >= whole,
      }))
      .filter((entry) => !entry.spread || entry.score > -500)
      .sort((a, b) => b.score - a.score || a.place - b.place);
    return {
      keys: ranked.slice(0, most).flatMap((entry) => (entry.key === undefined ? [] : [entry.key])),
      more: ranked.length > most,
    };
  }
}
