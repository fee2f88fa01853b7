// Owns bringing in keys that exist already: from the clipboard or from other programs on this computer. Secrets wait in Rust.

import type { Backend } from "../ipc/backend";
import type { AdoptedView } from "../ipc/generated/AdoptedView";
import type { AdoptInput } from "../ipc/generated/AdoptInput";
import type { FoundView } from "../ipc/generated/FoundView";
import type { PastedView } from "../ipc/generated/PastedView";

/** Paste, find, adopt. */
export class Adoption {
  #backend: Backend;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** Rust reads the clipboard, once. */
  paste(): Promise<PastedView> {
    return this.#backend.pasteKey();
  }

  discard(): Promise<void> {
    return this.#backend.discardPasted();
  }

  found(): Promise<FoundView[]> {
    return this.#backend.foundCredentials();
  }

  adopt(input: AdoptInput): Promise<AdoptedView> {
    return this.#backend.adoptKey(input);
  }
}
