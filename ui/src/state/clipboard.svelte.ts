// Owns what the clipboard holds of ours and how long. Reads nothing from the clipboard itself.

import type { Backend } from "../ipc/backend";
import type { AppView } from "../ipc/generated/AppView";
import type { ClipboardView } from "../ipc/generated/ClipboardView";
import { secondsLeft } from "../lib/durations";
import type { Clock } from "./clock.svelte";

/** Follows the copied secret until it is cleared. */
export class Clipboard {
  #backend: Backend;
  #view: () => AppView | null;
  #clock: Clock;
  /** The copy whose toast was put away; it comes back with the next copy. */
  #hidden = $state<string | null>(null);
  /** The key whose countdown a dialog shows itself. */
  countedBeside = $state<string | null>(null);

  constructor(backend: Backend, view: () => AppView | null, clock: Clock) {
    this.#backend = backend;
    this.#view = view;
    this.#clock = clock;
  }

  get held(): ClipboardView | null {
    return this.#view()?.clipboard ?? null;
  }

  /** Seconds until it is cleared; 0 when it is never cleared or was. */
  get left(): number {
    return secondsLeft(this.held?.clears_at ?? null, this.#clock.second);
  }

  /** What the clipboard's toast shows, unless it was put away or stands elsewhere. */
  get shown(): ClipboardView | null {
    const held = this.held;
    return held === null || held.key === this.countedBeside || this.#hidden === stamp(held) ? null : held;
  }

  /** Puts the toast away; the clipboard keeps its time. */
  hide(): void {
    this.#hidden = this.held === null ? null : stamp(this.held);
  }

  copy(key: string): Promise<ClipboardView> {
    this.#hidden = null;
    return this.#backend.copySecret(key);
  }

  clear(): Promise<void> {
    return this.#backend.clearClipboard();
  }
}

function stamp(held: ClipboardView): string {
  return `${held.key} ${held.clears_at ?? "never"}`;
}
