// Owns the entries of Create and what is wrong with them. Leaves out how they look and where they are sent.

import type { AccountView } from "../../ipc/generated/AccountView";
import type { CreateKeyInput } from "../../ipc/generated/CreateKeyInput";
import type { EnvironmentView } from "../../ipc/generated/EnvironmentView";
import type { KeyView } from "../../ipc/generated/KeyView";
import type { PresetView } from "../../ipc/generated/PresetView";
import type { ProviderView } from "../../ipc/generated/ProviderView";
import { type Day, dayOf, utcOffsetAtEndOf } from "../../lib/dates";
import {
  customProblem,
  daysProblem,
  DEFAULT_PRESET,
  lastDay,
  type Preset,
  presetFor,
  type Span,
} from "../../lib/expiry";
import { nameProblem, replacementName } from "../../lib/names";
import type { App } from "../../state/app.svelte";
import type { CreatePrefill } from "../../state/dialogs.svelte";

/** One filling-in of the dialog. Entries stay through every failure. */
export class CreateForm {
  name = $state("");
  preset = $state<Preset>("90");
  custom = $state("");
  keep = $state(true);
  /** The project, where a key belongs to one; noted here, since no service tells it. */
  project = $state("");
  projectTouched = $state(false);
  /** Requests per minute, as typed; empty is none of its own. */
  rateLimit = $state("");
  /** Whether the person left the name field or pressed Create. */
  nameTouched = $state(false);
  /** The name for which a second key was agreed to. */
  agreedTwin = $state<string | null>(null);
  readonly start: string;
  #account = $state<string | null>(null);
  #workspace = $state<string | null>(null);
  /** The service of an account that is not there yet. */
  #provider: string | null;
  #environment = $state<string | null>(null);
  /** The chosen scopes; null is what the service starts with. */
  #scopes = $state.raw<readonly string[] | null>(null);
  #app: App;

  constructor(app: App, prefill: CreatePrefill | null) {
    this.#app = app;
    this.#account = prefill?.account ?? null;
    this.#provider = prefill?.provider ?? null;
    this.#environment = prefill?.environment ?? null;
    this.#scopes = prefill?.scopes ?? null;
    this.project = prefill?.project ?? "";
    this.rateLimit = prefill?.rateLimit == null ? "" : String(prefill.rateLimit);
    const account = this.account;
    this.#workspace = account?.workspaces.find((workspace) => workspace.name === prefill?.workspace)?.id ?? null;
    if (prefill !== null) {
      this.name = prefill.name === "" ? "" : replacementName(prefill.name, this.takenNames);
      const expiry = presetFor(prefill.days, this.today);
      this.preset = expiry.preset;
      // Where the service counts days, a custom end is a number of them.
      this.custom = expiry.preset === "custom" && this.span !== null ? String(prefill.days ?? "") : expiry.custom;
    }
    this.keep = app.settings.value.keep_by_default && this.canKeep;
    this.start = this.#snapshot;
  }

  /** The accounts that can make keys. */
  get accounts(): readonly AccountView[] {
    return this.#app.accounts.creating;
  }

  get account(): AccountView | null {
    const chosen = this.accounts.find((account) => account.id === this.#account);
    if (chosen !== undefined || this.#provider === null) return chosen ?? this.accounts[0] ?? null;
    return this.accounts.find((account) => account.provider === this.#provider) ?? null;
  }

  /** The service that keys are made at; null while there is nothing to make one at. */
  get provider(): ProviderView | null {
    return this.#app.accounts.provider(this.account?.provider ?? this.#provider ?? "");
  }

  /** Whether the key is made by hand in the service's dashboard. */
  get guided(): boolean {
    return this.provider?.create === "guided";
  }

  chooseAccount(id: string): void {
    const before = this.provider?.id;
    this.#account = id;
    this.#workspace = null;
    if (this.provider?.id === before) return;
    // What another service calls its scopes and environments means nothing here.
    this.#scopes = null;
    this.#environment = null;
    if (this.preset === "custom") this.preset = DEFAULT_PRESET;
    this.custom = "";
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

  /** The environments to choose from; none where the service decides. */
  get environments(): readonly EnvironmentView[] {
    return this.provider?.environment === "chosen" ? this.provider.environments : [];
  }

  get environment(): EnvironmentView | null {
    return this.environments.find((one) => one.id === this.#environment) ?? this.environments[0] ?? null;
  }

  chooseEnvironment(id: string): void {
    this.#environment = id;
  }

  /** The chosen scopes, in the order of the service. */
  get scopes(): string[] {
    const offered = this.provider?.scopes ?? [];
    const chosen = this.#scopes;
    return offered
      .filter((scope) => (chosen === null ? scope.preselected : chosen.includes(scope.id)))
      .map((scope) => scope.id);
  }

  tick(scope: string, on: boolean): void {
    this.#scopes = on ? [...this.scopes, scope] : this.scopes.filter((other) => other !== scope);
  }

  /** The preset that is exactly what is ticked; editing one leaves none. */
  get scopePreset(): string {
    const ticked = this.scopes;
    const same = (preset: PresetView): boolean =>
      preset.scopes.length === ticked.length && preset.scopes.every((scope) => ticked.includes(scope));
    return this.provider?.presets.find(same)?.label ?? "";
  }

  chooseScopes(label: string): void {
    this.#scopes = this.provider?.presets.find((preset) => preset.label === label)?.scopes ?? this.#scopes;
  }

  /** Why the scopes can't be sent. A key without any could do nothing. */
  get scopesError(): string | null {
    const offered = this.provider?.scopes.length ?? 0;
    return offered > 0 && this.scopes.length === 0 && this.nameTouched ? "Tick at least one scope." : null;
  }

  get rateLimitError(): string | null {
    const text = this.rateLimit.trim();
    if (this.provider?.rate_limit !== true || text === "") return null;
    return /^[1-9]\d{0,8}$/.test(text) ? null : "Write a whole number, such as 600, or leave it empty.";
  }

  get projectError(): string | null {
    if (this.provider?.project !== true || !this.projectTouched || this.project.trim() !== "") return null;
    return `Name the project. A ${this.provider.short_name} key belongs to one.`;
  }

  /** The days that the service allows; null where it counts none. */
  get span(): Span | null {
    const expiry = this.provider?.expiry;
    return expiry?.kind === "native" ? { min: expiry.min_days, max: expiry.max_days } : null;
  }

  get today(): Day {
    return dayOf(this.#app.clock.minute);
  }

  /** The last day of the key; null is never, undefined can't be used. */
  get lastDay(): Day | null | undefined {
    return lastDay(this.preset, this.custom, this.today, this.span);
  }

  get nameError(): string | null {
    return this.nameTouched ? nameProblem(this.name, this.provider?.longest_name) : null;
  }

  get dayError(): string | null {
    if (this.preset !== "custom" || this.custom === "") return null;
    return this.span === null ? customProblem(this.custom, this.today) : daysProblem(this.custom, this.span);
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

  /** Whether every entry fits; where one doesn't, its error shows. */
  check(): boolean {
    this.nameTouched = true;
    this.projectTouched = true;
    if (this.preset === "custom" && this.custom === "") this.custom = " ";
    return (
      !this.nowhereAllowed &&
      this.lastDay !== undefined &&
      nameProblem(this.name, this.provider?.longest_name) === null &&
      this.scopesError === null &&
      this.rateLimitError === null &&
      this.projectError === null
    );
  }

  /** What to send, or null while an entry doesn't fit; then its error shows. */
  input(): CreateKeyInput | null {
    const day = this.lastDay;
    const account = this.account;
    if (!this.check() || account === null || day === undefined) return null;
    return {
      account: account.id,
      name: this.name.trim(),
      workspace: this.workspace,
      expires_on: day,
      utc_offset_minutes: utcOffsetAtEndOf(day ?? this.today),
      keep: this.keep && this.canKeep,
      environment: this.environment?.id ?? null,
      scopes: this.scopes,
      rate_limit: this.provider?.rate_limit === true && this.rateLimit.trim() !== "" ? Number(this.rateLimit) : null,
      allow_duplicate: this.agreedTwin === this.name.trim(),
    };
  }

  get #snapshot(): string {
    return JSON.stringify([
      [this.name, this.preset, this.custom, this.#account, this.#workspace],
      [this.scopes, this.#environment, this.rateLimit, this.project],
    ]);
  }
}
