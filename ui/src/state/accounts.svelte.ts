// Owns the accounts and services as the window sees them, and what can be done to an account. Signing in is sign-in.svelte.ts.

import type { Backend } from "../ipc/backend";
import type { AccountView } from "../ipc/generated/AccountView";
import type { AppView } from "../ipc/generated/AppView";
import type { GlyphView } from "../ipc/generated/GlyphView";
import type { Page } from "../ipc/generated/Page";
import type { ProviderView } from "../ipc/generated/ProviderView";
import type { ServersInput } from "../ipc/generated/ServersInput";
import type { SignedOutView } from "../ipc/generated/SignedOutView";
import { type AccountWords, isOffline, standingOf } from "../lib/accounts";
import type { Subject } from "../lib/errors";

/** Reads the last app view. */
export class Accounts {
  #backend: Backend;
  #view: () => AppView | null;
  /** Since when each account can't be reached, as far as this window saw it. */
  #unreachable = $state.raw<ReadonlyMap<string, Date>>(new Map());

  constructor(backend: Backend, view: () => AppView | null) {
    this.#backend = backend;
    this.#view = view;
  }

  get all(): readonly AccountView[] {
    return this.#view()?.accounts ?? [];
  }

  get providers(): readonly ProviderView[] {
    return this.#view()?.providers ?? [];
  }

  /** Accounts in which keys can be made now, by the service or by hand in its dashboard. */
  get creating(): readonly AccountView[] {
    return this.all.filter(
      (account) => account.sign_in === "not_used" || (account.sign_in === "signed_in" && this.manages(account)),
    );
  }

  /** Whether no refusal said that the key which acts for it lacks what its service asks for to manage keys. */
  manages(account: AccountView): boolean {
    const needed = this.provider(account.provider)?.sign_in.any_of ?? [];
    return !needed.some((scope) => account.lacks.includes(scope));
  }

  /** Accounts that can be asked now. */
  get signedIn(): readonly AccountView[] {
    return this.all.filter((account) => account.sign_in === "signed_in");
  }

  /** Accounts whose lists are read at all; a service without a list is never offline here. */
  get read(): readonly AccountView[] {
    return this.all.filter((account) => this.provider(account.provider)?.list !== "guided");
  }

  /** Whether no account can be reached. */
  get offline(): boolean {
    return this.read.length > 0 && this.read.every(isOffline);
  }

  /** Why no key can be made now, or null. */
  get noCreate(): string | null {
    if (this.offline) return "Creating a key needs a connection";
    if (this.creating.length > 0) return null;
    return this.signedIn.length > 0 ? "No account here has a key with admin" : "Sign in to an account first";
  }

  /** Why no key can be revoked now, or null. */
  get noRevoke(): string | null {
    return this.offline ? "Revoking a key needs a connection" : null;
  }

  byId(id: string | null): AccountView | null {
    return this.all.find((account) => account.id === id) ?? null;
  }

  /** A moment of this computer's clock by the one of an account's service, which its dates go by. */
  timeAt(id: string, moment: Date): Date {
    const ahead = this.byId(id)?.clock_ahead_seconds ?? 0;
    return ahead === 0 ? moment : new Date(moment.getTime() + ahead * 1000);
  }

  provider(id: string): ProviderView | null {
    return this.providers.find((provider) => provider.id === id) ?? null;
  }

  /** The drawing of a service; null is one that isn't known. */
  glyph(id: string): GlyphView | null {
    return this.provider(id)?.glyph ?? null;
  }

  /** The service's short name, for sentences. */
  serviceOf(account: AccountView | null): string {
    return account === null ? "The service" : (this.provider(account.provider)?.short_name ?? "The service");
  }

  /** How an account stands, in words. */
  standing(account: AccountView, now: Date): AccountWords {
    const service = this.provider(account.provider)?.short_name ?? "Unknown service";
    return standingOf(account, service, now, this.#unreachable.get(account.id) ?? null);
  }

  /** Notes which accounts can't be reached, and since when. */
  notice(accounts: readonly AccountView[], now: Date): void {
    this.#unreachable = new Map(
      accounts.filter(isOffline).map((account) => [account.id, this.#unreachable.get(account.id) ?? now]),
    );
  }

  /** The names to put into an error's words. */
  subject(account: AccountView | null, key?: string): Subject {
    const subject: Subject = {
      service: this.serviceOf(account),
      storage: this.#view()?.storage.name ?? "The keychain",
    };
    if (account !== null) subject.account = account.label;
    if (key !== undefined) subject.key = key;
    return subject;
  }

  rename(account: string, label: string): Promise<AccountView> {
    return this.#backend.renameAccount(account, label);
  }

  /** A changed host is refused until the person confirmed it. */
  setServers(account: string, servers: ServersInput, confirmed: boolean): Promise<AccountView> {
    return this.#backend.setServers(account, servers, confirmed);
  }

  /** As above, for an account that nobody signs in to in the browser. */
  setHost(account: string, host: string, confirmed: boolean): Promise<AccountView> {
    return this.#backend.setHost(account, host, confirmed);
  }

  refreshUsage(account: string): Promise<AccountView> {
    return this.#backend.refreshUsage(account);
  }

  cancelRetry(account: string): Promise<void> {
    return this.#backend.cancelRetry(account);
  }

  /** Lets a kept key act for its account. */
  useAsAdmin(account: string, key: string): Promise<AccountView> {
    return this.#backend.useAsAdminKey(account, key);
  }

  signOut(account: string): Promise<SignedOutView> {
    return this.#backend.signOut(account);
  }

  remove(account: string, deleteSecrets: boolean): Promise<void> {
    return this.#backend.removeAccount(account, deleteSecrets);
  }

  async refreshWorkspaces(account: string): Promise<void> {
    await this.#backend.refreshWorkspaces(account);
  }

  openPage(page: Page, account: string | null, provider: string | null = null): Promise<void> {
    return this.#backend.openPage(page, account, provider);
  }

  copyPageAddress(page: Page, account: string | null, provider: string | null = null): Promise<void> {
    return this.#backend.copyPageAddress(page, account, provider);
  }
}
