// Owns the one-time slot: revealing, copying, keeping and closing it. Never keeps a secret: reveal hands it to the caller, who drops it.

import type { Backend } from "../ipc/backend";
import type { AppView } from "../ipc/generated/AppView";
import type { SlotView } from "../ipc/generated/SlotView";
import type { ClipboardView } from "../ipc/generated/ClipboardView";

/** The secret of the key that was just created, as far as the window may know it. */
export class Secrets {
  #backend: Backend;
  #view: () => AppView | null;

  constructor(backend: Backend, view: () => AppView | null) {
    this.#backend = backend;
    this.#view = view;
  }

  /** A created key whose secret is not saved anywhere yet. */
  get unsaved(): SlotView | null {
    return this.#view()?.unsaved ?? null;
  }

  slot(): Promise<SlotView | null> {
    return this.#backend.slot();
  }

  reveal(key: string): Promise<readonly string[]> {
    return this.#backend.revealSecret(key);
  }

  copy(key: string): Promise<ClipboardView> {
    return this.#backend.copySecret(key);
  }

  copySnippet(key: string, snippet: string, withSecret: boolean): Promise<ClipboardView | null> {
    return this.#backend.copySnippet(key, snippet, withSecret);
  }

  /** A name, a project or a prefix: no secret, so nothing is cleared later. */
  copyWords(words: string): Promise<void> {
    return this.#backend.copyWords(words);
  }

  keep(key: string): Promise<SlotView | null> {
    return this.#backend.keepSecret(key);
  }

  close(anyway: boolean): Promise<void> {
    return this.#backend.closeSlot(anyway);
  }
}
