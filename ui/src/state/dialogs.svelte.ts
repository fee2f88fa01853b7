// Owns which dialog is open. One at a time: a confirmation replaces a foot, it never nests.

import type { AccountView } from "../ipc/generated/AccountView";
import type { DroppedView } from "../ipc/generated/DroppedView";
import type { FoundView } from "../ipc/generated/FoundView";
import type { ImportPlanView } from "../ipc/generated/ImportPlanView";
import type { ServersInput } from "../ipc/generated/ServersInput";

/** Fields to start Create with, for example after a revoke. */
export interface CreatePrefill {
  account: string | null;
  /** The service, where an account of it need not be there yet. */
  provider?: string;
  name: string;
  workspace: string | null;
  /** Whole days the replaced key was made for; `null` is never; absent is the default. */
  days?: number | null;
  scopes?: readonly string[] | null;
  environment?: string | null;
  project?: string | null;
  rateLimit?: number | null;
}

/** A dialog and what it is about. */
export type OpenDialog =
  | { kind: "create"; prefill: CreatePrefill | null }
  /** The secret of the last created key, offered again after unlock or restart of the view. */
  | { kind: "secret" }
  | { kind: "revoke"; key: string }
  /** Several keys, one after another. */
  | { kind: "bulk_revoke"; keys: readonly string[] }
  | { kind: "sign_in"; provider: string; account: string | null; servers: ServersInput | null }
  /** A second sign-in, whose tokens go to the service's own CLI. */
  | { kind: "cli_sign_in"; provider: string; account: string }
  | { kind: "add_account" }
  /** Adds an account that a pasted key acts for, or gives an account another such key. */
  | { kind: "admin_key"; provider: string | null; account: string | null }
  /** Adds a key from the clipboard, or one found at another program. */
  | { kind: "paste_key"; found?: FoundView; provider?: string }
  /** Adds keys of an .env file that was dropped on the window. */
  | { kind: "dropped"; dropped: DroppedView }
  /** What a chosen inventory of another computer would add. */
  | { kind: "import"; plan: ImportPlanView }
  | { kind: "palette" }
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

  /** Opens a dialog, or closes it if it is the one that is open. Another one that is open stays. */
  toggle(dialog: OpenDialog): boolean {
    if (this.current === null) this.current = dialog;
    else if (this.current.kind === dialog.kind) this.current = null;
    else return false;
    return true;
  }

  /** Asks for what the account needs to act again: a sign-in, or another key. */
  signIn(account: AccountView): void {
    this.open(
      account.method === "admin_key"
        ? { kind: "admin_key", provider: account.provider, account: account.id }
        : { kind: "sign_in", provider: account.provider, account: account.id, servers: null },
    );
  }

  /** Closes the dialog. */
  close(): void {
    this.current = null;
  }
}
