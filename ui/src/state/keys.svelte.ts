// Owns the list of keys, the selection in it and what can be done to a key. Leaves out sorting, filters and words.

import type { Backend } from "../ipc/backend";
import type { CreateKeyInput } from "../ipc/generated/CreateKeyInput";
import type { ErrorView } from "../ipc/generated/ErrorView";
import type { KeyDetailView } from "../ipc/generated/KeyDetailView";
import type { KeyView } from "../ipc/generated/KeyView";
import type { KeyTestView } from "../ipc/generated/KeyTestView";
import type { NotedPlaceView } from "../ipc/generated/NotedPlaceView";
import type { RevokePlanView } from "../ipc/generated/RevokePlanView";
import type { RevokeResultView } from "../ipc/generated/RevokeResultView";
import type { SavedFileView } from "../ipc/generated/SavedFileView";
import type { SlotView } from "../ipc/generated/SlotView";
import { failureOf } from "../lib/failure";
import { painted } from "../lib/marks";
import { Asking } from "./asking";
import { Selection } from "./selection.svelte";

/** The keys known here: the cache first, then what the accounts answer. */
export class Keys {
  /** All of them once they are `complete`; of a very long list that is still coming in, the first rows. */
  all = $state.raw<readonly KeyView[]>([]);
  /** How many there are. */
  total = $state(0);
  /** Whether the cache was read once, at least its first rows. */
  loaded = $state(false);
  /** Whether every key is here. */
  complete = $state(false);
  /** Called with each page of a long list as it comes in, so that work on the keys is spread. */
  onpage: (keys: readonly KeyView[]) => void = () => undefined;
  /** Whether the accounts are being asked. */
  refreshing = $state(false);
  /** Why the cache could not be read. */
  failure = $state.raw<ErrorView | null>(null);
  /** The selected keys. A refresh takes out only keys that are gone. */
  readonly selected = new Selection();
  /** The row under the keyboard cursor; one that is gone is no key, see `byId`. */
  cursor = $state<string | null>(null);
  /** The key in the drawer. */
  opened = $state<string | null>(null);

  #backend: Backend;
  #list: Asking;
  /** Settles once a key that is being made has come to the screen, or could not be made. */
  #making: Promise<void> | null = null;
  /** Done once changes are heard. */
  #heard: Promise<unknown> = Promise.resolve();
  /** Whether the last reading came in one piece. */
  #whole = false;

  constructor(backend: Backend) {
    this.#backend = backend;
    this.#list = new Asking(() => this.#read());
  }

  byId(id: string | null): KeyView | null {
    return this.all.find((key) => key.id === id) ?? null;
  }

  /** Reads the cache for the first time, while it is arranged that changes are heard. */
  begin(listening: Promise<unknown>): Promise<void> {
    this.#heard = listening;
    return this.reload();
  }

  /** Reads again what came in one piece: that may have been before anybody listened. */
  async confirm(): Promise<void> {
    if (this.#whole) await this.reload();
  }

  /** Reads the cache again. */
  reload(): Promise<void> {
    return this.#list.request();
  }

  /** The list changed. While a key is made it is read afterwards: drawing it would keep the secret off the screen. */
  async changed(): Promise<void> {
    await this.#making;
    await this.reload();
  }

  /** Asks one account, or all, for its keys. Failures are shown at their accounts; only others reject. */
  async refresh(account: string | null = null): Promise<void> {
    this.refreshing = true;
    try {
      await this.#backend.refreshKeys(account);
    } finally {
      this.refreshing = false;
    }
  }

  /** Forgets what was read: the app was locked. */
  clear(): void {
    this.all = [];
    this.total = 0;
    this.loaded = false;
    this.complete = false;
    this.selected.clear();
  }

  detail(key: string): Promise<KeyDetailView> {
    return this.#backend.keyDetail(key);
  }

  create(input: CreateKeyInput): Promise<SlotView> {
    const made = this.#backend.createKey(input);
    // A turn later, what the answer changes has been drawn.
    const drawn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));
    this.#making = made.then(drawn, drawn);
    return made;
  }

  revokePlan(key: string): Promise<RevokePlanView> {
    return this.#backend.revokePlan(key);
  }

  revoke(key: string, typed: string | null, leaked: boolean): Promise<RevokeResultView> {
    return this.#backend.revokeKey(key, typed, leaked);
  }

  checkRevoked(key: string): Promise<RevokeResultView> {
    return this.#backend.checkRevoked(key);
  }

  remove(key: string): Promise<void> {
    return this.#backend.removeKey(key);
  }

  forgetSecret(key: string): Promise<KeyView> {
    return this.#backend.forgetSecret(key);
  }

  /** One request with a kept key. */
  test(key: string): Promise<KeyTestView> {
    return this.#backend.testKey(key);
  }

  /** A reminder of Latchkey's own; null takes it away. */
  setReminder(key: string, on: string | null, utcOffsetMinutes: number): Promise<KeyView> {
    return this.#backend.setReminder(key, on, utcOffsetMinutes);
  }

  addToCalendar(key: string): Promise<SavedFileView> {
    return this.#backend.addToCalendar(key);
  }

  /** Somebody looked at a key that woke. */
  seen(key: string): Promise<void> {
    return this.#backend.seen(key);
  }

  notePlace(key: string, name: string, detail: string): Promise<NotedPlaceView> {
    return this.#backend.notePlace(key, name, detail);
  }

  removeNotedPlace(place: string): Promise<void> {
    return this.#backend.removeNotedPlace(place);
  }

  async #read(): Promise<void> {
    try {
      const list = await this.#backend.listKeys(null);
      let keys = list.keys;
      let next = list.next;
      this.#whole = next === null;
      if (next !== null) {
        // The first rows are shown at once where nothing is shown yet; the rest comes page by page.
        if (this.all.length === 0) {
          this.all = keys;
          this.total = list.total;
          this.complete = false;
          this.loaded = true;
          // The rest would take the time of the frame that shows them.
          await painted();
        }
        // What changes before anybody listens is not told again.
        await this.#heard;
        keys = [];
        while (next !== null) {
          const page = await this.#backend.listKeys(next);
          this.onpage(page.keys);
          keys.push(...page.keys);
          next = page.next;
        }
      }
      this.all = keys;
      this.total = keys.length;
      this.complete = true;
      this.failure = null;
      this.loaded = true;
      const known = new Set(keys.map((key) => key.id));
      this.selected.retain(known);
      if (this.opened !== null && !known.has(this.opened)) this.opened = null;
    } catch (reason) {
      this.failure = failureOf(reason);
    }
  }
}
