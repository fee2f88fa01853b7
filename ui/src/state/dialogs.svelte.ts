// Owns which dialog is open. One at a time: a confirmation replaces a foot, it never nests.

import type { FoundView } from "../ipc/generated/FoundView";
import type { ServersInput } from "../ipc/generated/ServersInput";

/** Fields to start Create with, for example after a revoke. */
export interface CreatePrefill {
  account: string | null;
  name: string;
  workspace: string | null;
  /** Whole days the replaced key was made for; `null` is never; absent is the default. */
  days?: number | null;
}

/** A dialog and what it is about. */
export type OpenDialog =
  | { kind: "create"; prefill: CreatePrefill | null }
  /** The secret of the last created key, offered again after unlock or restart of the view. */
  | { kind: "secret" }
  | { kind: "revoke"; key: string }
  | { kind: "sign_in"; provider: string; account: string | null; servers: ServersInput | null }
  | { kind: "add_account" }
  /** Adds a key from the clipboard, or one found at another program. */
  | { kind: "paste_key"; found?: FoundView }
  | { kind: "shortcuts" };

/** The dialog on screen, if any. */
export class Dialogs {
  current = $state.raw<OpenDialog | null>(null);
  /** Whether the person asked to quit while a secret is unsaved. */
  quitAsked = $state(false);

  /** Opens a dialog in place of the one before. */
  open(dialog: OpenDialog): void {
    this.current = dialog;
  }

  /** Closes the dialog. */
  close(): void {
    this.current = null;
  }
}
