// Owns the journal as far as it was read, newest first. Leaves out words and filters.

import type { Backend } from "../ipc/backend";
import type { ActivityView } from "../ipc/generated/ActivityView";
import type { ErrorView } from "../ipc/generated/ErrorView";
import { failureOf } from "../lib/failure";
import { Asking } from "./asking";

const PAGE = 100;

/** Read page by page; a change reads as much again as is on screen. */
export class Activity {
  entries = $state.raw<readonly ActivityView[]>([]);
  loaded = $state(false);
  /** Whether older entries exist. */
  more = $state(false);
  failure = $state.raw<ErrorView | null>(null);
  #backend: Backend;
  #list: Asking;

  constructor(backend: Backend) {
    this.#backend = backend;
    this.#list = new Asking(() => this.#read());
  }

  reload(): Promise<void> {
    return this.#list.request();
  }

  /** Reads the next older page. */
  async older(): Promise<void> {
    const last = this.entries.at(-1);
    if (last === undefined) return;
    try {
      const page = await this.#backend.listActivity(last.at, PAGE);
      const known = new Set(this.entries.map((entry) => entry.id));
      this.entries = [...this.entries, ...page.filter((entry) => !known.has(entry.id))];
      this.more = page.length === PAGE;
      this.failure = null;
    } catch (reason) {
      this.failure = failureOf(reason);
    }
  }

  clear(): void {
    this.entries = [];
    this.loaded = false;
    this.more = false;
  }

  async #read(): Promise<void> {
    const limit = Math.max(PAGE, this.entries.length);
    try {
      this.entries = await this.#backend.listActivity(null, limit);
      this.more = this.entries.length === limit;
      this.loaded = true;
      this.failure = null;
    } catch (reason) {
      this.failure = failureOf(reason);
    }
  }
}
