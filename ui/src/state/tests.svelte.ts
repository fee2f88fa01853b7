// Owns the tests of keys in this window: which runs, and what the last one of each key found. Never repeats one by itself.

import { SvelteMap, SvelteSet } from "svelte/reactivity";
import type { Backend } from "../ipc/backend";
import type { ErrorView } from "../ipc/generated/ErrorView";
import type { KeyTestView } from "../ipc/generated/KeyTestView";
import { failureOf } from "../lib/failure";

/** One request per press, one result per key until the next. */
export class KeyTests {
  #backend: Backend;
  #running = new SvelteSet<string>();
  #results = new SvelteMap<string, KeyTestView>();
  #failures = new SvelteMap<string, ErrorView>();

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** Whether the key is being tested. */
  running(key: string): boolean {
    return this.#running.has(key);
  }

  /** What the last test found. */
  of(key: string): KeyTestView | null {
    return this.#results.get(key) ?? null;
  }

  /** Why the last test could not be made at all. */
  failureOf(key: string): ErrorView | null {
    return this.#failures.get(key) ?? null;
  }

  /** Sends one request with the key; a second press during it does nothing. */
  async run(key: string): Promise<void> {
    if (this.#running.has(key)) return;
    this.#running.add(key);
    this.#failures.delete(key);
    try {
      this.#results.set(key, await this.#backend.testKey(key));
    } catch (reason) {
      this.#results.delete(key);
      this.#failures.set(key, failureOf(reason));
    } finally {
      this.#running.delete(key);
    }
  }

  /** Forgets what was found: the app was locked. */
  clear(): void {
    this.#results.clear();
    this.#failures.clear();
  }
}
