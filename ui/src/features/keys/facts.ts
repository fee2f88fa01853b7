// Owns what searching and sorting need to know of each key, worked out once and kept as long as the key is: with a
// hundred thousand keys, working it out again for every letter or comparison is what would take the time.

import type { KeyView } from "../../ipc/generated/KeyView";
import { folded } from "../../lib/fuzzy";

/** One key as searching and sorting see it. */
export interface Fact {
  /** Everything that can be found of it, folded. */
  text: string;
  used: number;
  ends: number;
  made: number;
}

/** The facts of all keys, for accounts and services of these names. */
export class Facts {
  readonly labels: ReadonlyMap<string, string>;
  #services: ReadonlyMap<string, string>;
  #known = new WeakMap<KeyView, Fact>();

  constructor(labels: ReadonlyMap<string, string>, services: ReadonlyMap<string, string>) {
    this.labels = labels;
    this.#services = services;
  }

  of(key: KeyView): Fact {
    let fact = this.#known.get(key);
    if (fact === undefined) {
      fact = {
        text: folded(this.#words(key)),
        used: moment(key.last_use.kind === "at" ? key.last_use.at : null),
        ends: moment(key.expiry.kind === "at_service" || key.expiry.kind === "reminder" ? key.expiry.at : null),
        made: moment(key.created_at),
      };
      this.#known.set(key, fact);
    }
    return fact;
  }

  #words(key: KeyView): string {
    return [
      key.name,
      key.prefix ?? "",
      key.workspace ?? "",
      key.project ?? "",
      key.environment ?? "",
      this.labels.get(key.account) ?? "",
      this.#services.get(key.provider) ?? "",
      ...(key.scopes ?? []),
    ].join(" ");
  }
}

// Not a number stands for no moment.
function moment(at: string | null): number {
  return at === null ? Number.NaN : Date.parse(at);
}
