// Owns bringing in keys that exist already: from the clipboard or from other programs on this computer. Secrets wait in Rust.

import type { Backend } from "../ipc/backend";
import type { AccountView } from "../ipc/generated/AccountView";
import type { AdminKeyView } from "../ipc/generated/AdminKeyView";
import type { AdoptedView } from "../ipc/generated/AdoptedView";
import type { AdoptInput } from "../ipc/generated/AdoptInput";
import type { DroppedView } from "../ipc/generated/DroppedView";
import type { FoundView } from "../ipc/generated/FoundView";
import type { KeyTestView } from "../ipc/generated/KeyTestView";
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

  /** What the file that was dropped on the window last holds. */
  dropped(): Promise<DroppedView | null> {
    return this.#backend.droppedKeys();
  }

  /** One request with a key that waits in Rust. */
  test(source: string, provider: string, host: string | null): Promise<KeyTestView> {
    return this.#backend.testPasted(source, provider, host);
  }

  /** Asks what a waiting key may do for an account. */
  checkAdmin(source: string, provider: string, host: string | null): Promise<AdminKeyView> {
    return this.#backend.checkAdminKey(source, provider, host);
  }

  addAccount(source: string, provider: string, host: string | null, label: string): Promise<AccountView> {
    return this.#backend.addAccount(source, provider, host, label);
  }

  replaceAdmin(account: string, source: string): Promise<AccountView> {
    return this.#backend.replaceAdminKey(account, source);
  }
}
