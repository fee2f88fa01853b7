// Owns the entries of Create and what is wrong with them. Leaves out how they look and where they are sent.

import type { AccountView } from "../../ipc/generated/AccountView";
import type { CreateKeyInput } from "../../ipc/generated/CreateKeyInput";
import type { KeyView } from "../../ipc/generated/KeyView";
import { type Day, dayOf, utcOffsetAtEndOf } from "../../lib/dates";
import { customProblem, lastDay, type Preset, presetFor } from "../../lib/expiry";
import { nameProblem, replacementName } from "../../lib/names";
import type { App } from "../../state/app.svelte";
import type { CreatePrefill } from "../../state/dialogs.svelte";

/** One filling-in of the dialog. Entries stay through every failure. */
export class CreateForm {
  name = $state("");
  preset = $state<Preset>("90");
  custom = $state("");
  keep = $state(true);
  /** Whether the person left the name field or pressed Create. */
  nameTouched = $state(false);
  /** The name for which a second key was agreed to. */
  agreedTwin = $state<string | null>(null);
  readonly start: string;
  #account = $state<string | null>(null);
  #workspace = $state<string | null>(null);
  #app: App;

  constructor(app: App, prefill: CreatePrefill | null) {
    this.#app = app;
    this.#account = prefill?.account ?? null;
    const account = this.account;
    this.#workspace = account?.workspaces.find((workspace) => workspace.name === prefill?.workspace)?.id ?? null;
    if (prefill !== null) {
      this.name = prefill.name === "" ? "" : replacementName(prefill.name, this.takenNames);
      const expiry = presetFor(prefill.days, this.today);
      this.preset = expiry.preset;
      this.custom = expiry.custom;
    }
    this.keep = app.settings.value.keep_by_default && this.canKeep;
    this.start = this.#snapshot;
  }

  /** The accounts that can make keys. */
  get accounts(): readonly AccountView[] {
    return this.#app.accounts.signedIn;
  }

  get account(): AccountView | null {
    return this.accounts.find((account) => account.id === this.#account) ?? this.accounts[0] ?? null;
  }

  chooseAccount(id: string): void {
    this.#account = id;
    this.#workspace = null;
  }

  get workspace(): string | null {
    const workspaces = this.account?.workspaces ?? [];
    const usable = workspaces.filter((workspace) => workspace.may_create_keys);
    const chosen = usable.find((workspace) => workspace.id === this.#workspace);
    return (chosen ?? usable.find((workspace) => workspace.is_default) ?? usable[0])?.id ?? null;
  }

  set workspace(id: string | null) {
    this.#workspace = id;
  }

  get workspaceName(): string | null {
    return this.account?.workspaces.find((workspace) => workspace.id === this.workspace)?.name ?? null;
  }

  /** Whether the account has workspaces, and keys can be made in none of them. */
  get nowhereAllowed(): boolean {
    return (this.account?.workspaces.length ?? 0) > 0 && this.workspace === null;
  }

  get today(): Day {
    return dayOf(this.#app.clock.minute);
  }

  /** The last day of the key; null is never, undefined can't be used. */
  get lastDay(): Day | null | undefined {
    return lastDay(this.preset, this.custom, this.today);
  }

  get nameError(): string | null {
    return this.nameTouched ? nameProblem(this.name) : null;
  }

  get dayError(): string | null {
    return this.preset === "custom" && this.custom !== "" ? customProblem(this.custom, this.today) : null;
  }

  /** A key of this name in this workspace that still works. */
  get twin(): KeyView | null {
    const name = this.name.trim();
    const workspace = this.workspaceName;
    return (
      this.#app.keys.all.find(
        (key) =>
          key.account === this.account?.id &&
          key.name === name &&
          (key.workspace === null || workspace === null || key.workspace === workspace) &&
          key.status !== "revoked" &&
          key.status !== "expired",
      ) ?? null
    );
  }

  get takenNames(): string[] {
    return this.#app.keys.all
      .filter((key) => key.account === this.account?.id && key.status !== "revoked")
      .map((key) => key.name);
  }

  /** Whether a secret can be kept: a keychain that works, or memory by choice. */
  get canKeep(): boolean {
    const storage = this.#app.settings.storage;
    return storage !== null && (storage.state === "ready" || storage.session_only);
  }

  /** Whether something was typed or chosen that closing would lose. */
  get dirty(): boolean {
    return this.#snapshot !== this.start;
  }

  /** What to send, or null while an entry doesn't fit; then its error shows. */
  input(): CreateKeyInput | null {
    this.nameTouched = true;
    if (this.preset === "custom" && this.custom === "") this.custom = " ";
    const day = this.lastDay;
    const account = this.account;
    if (account === null || this.nowhereAllowed || day === undefined || nameProblem(this.name) !== null) return null;
    return {
      account: account.id,
      name: this.name.trim(),
      workspace: this.workspace,
      expires_on: day,
      utc_offset_minutes: utcOffsetAtEndOf(day ?? this.today),
      keep: this.keep && this.canKeep,
      environment: null,
      scopes: [],
      rate_limit: null,
      allow_duplicate: this.agreedTwin === this.name.trim(),
    };
  }

  get #snapshot(): string {
    return JSON.stringify([this.name, this.preset, this.custom, this.#account, this.#workspace]);
  }
}
