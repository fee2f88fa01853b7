// Owns the pretended backend: in memory, believable, with a knob for every state and failure. Component tests and development only.

import { errorView, Failure } from "../../lib/failure";
import type { Backend } from "../backend";
import type { AccountView } from "../generated/AccountView";
import type { AdminKeyView } from "../generated/AdminKeyView";
import type { ActivityView } from "../generated/ActivityView";
import type { ClipboardView } from "../generated/ClipboardView";
import type { DroppedView } from "../generated/DroppedView";
import type { DueView } from "../generated/DueView";
import type { ErrorCode } from "../generated/ErrorCode";
import type { ErrorDetails } from "../generated/ErrorDetails";
import type { FoundView } from "../generated/FoundView";
import type { ImportPlanView } from "../generated/ImportPlanView";
import type { KeyTestView } from "../generated/KeyTestView";
import type { KeyView } from "../generated/KeyView";
import type { LockView } from "../generated/LockView";
import type { NotedPlaceView } from "../generated/NotedPlaceView";
import type { PastedView } from "../generated/PastedView";
import type { ProofView } from "../generated/ProofView";
import type { SettingsView } from "../generated/SettingsView";
import type { SignInAttemptView } from "../generated/SignInAttemptView";
import type { SignInState } from "../generated/SignInState";
import type { SlotView } from "../generated/SlotView";
import type { StorageView } from "../generated/StorageView";
import type { Topic } from "../generated/Topic";
import * as admin from "./admin";
import { inBrowser, withCode } from "./attempts";
import * as data from "./data";
import * as keys from "./keys";
import * as projects from "./projects";
import * as services from "./services";

/** The name of a command of the backend. */
export type Command = Exclude<keyof Backend, "onChanged">;

/** A pretended backend with its knobs. */
export interface Fake extends Backend {
  readonly knobs: Knobs;
}

/** What tests and scenarios turn. */
export class Knobs {
  locked = false;
  lock: LockView | null = null;
  sandbox = false;
  accounts: AccountView[];
  keys: KeyView[];
  places: Record<string, NotedPlaceView[]> = data.notedPlaces();
  activity: ActivityView[];
  found: FoundView[] = data.found();
  settings: SettingsView = { ...data.SETTINGS };
  storage: StorageView = { name: "Login keychain", state: "ready", session_only: false };
  slot: SlotView | null = null;
  clipboard: ClipboardView | null = null;
  attempt: SignInAttemptView | null = null;
  /** Basic Memory on this computer. */
  projects: projects.World;
  /** What the clipboard holds for `pasteKey`; null is nothing that looks like a key. */
  pasted: PastedView | null = {
    id: "pasted-1",
    prefix: "bmc_Zk9t",
    suggested_provider: "basic-memory",
    variable: null,
    known_as: null,
    problems: [],
    trimmed: [],
    environment: null,
    file: null,
  };
  pastedSource: PastedView | null = null;
  /** What a probe of a key says. */
  proof: ProofView["kind"] = "refused";
  /** Whether the service accepts an adopted key. */
  adopts = true;
  /** What differs from a key that may do everything, when an account is added. */
  adminKey: Partial<AdminKeyView> = {};
  /** What differs from a key that works, when it is tested. */
  test: Partial<KeyTestView> = {};
  tests: Record<string, KeyTestView> = {};
  /** What a dropped file holds. */
  dropped: DroppedView | null = null;
  due: DueView[] = [];
  importPlan: ImportPlanView | null = null;
  /** Whether the service confirms an expiry. */
  confirmsExpiry = true;
  /** Milliseconds before each answer. */
  latency = 0;
  /** Every call so far, with its arguments. */
  calls: { command: Command; args: unknown[] }[] = [];

  readonly listeners = new Set<(topic: Topic) => void>();
  #failures = new Map<Command, { view: ReturnType<typeof errorView>; once: boolean }>();
  #read: () => Date;
  #ids = 100;

  constructor(read: () => Date) {
    this.#read = read;
    this.accounts = data.accounts(this.now);
    this.keys = data.keys(this.now);
    this.activity = data.activity(this.now);
    this.projects = projects.world(this.now);
  }

  get now(): number {
    return this.#read().getTime();
  }

  /** Makes a command fail, once or from now on. */
  fail(command: Command, code: ErrorCode, details: Partial<ErrorDetails> = {}, once = false): void {
    this.#failures.set(command, { view: errorView(code, details), once });
  }

  /** Lets a command work again. */
  heal(command: Command): void {
    this.#failures.delete(command);
  }

  /** Tells the window that something changed. */
  emit(...topics: Topic[]): void {
    for (const topic of topics) for (const listener of this.listeners) listener(topic);
  }

  /** Moves the sign-in on, as the authorization server would. */
  signInTo(state: SignInState, change: Partial<SignInAttemptView> = {}): void {
    if (this.attempt === null) return;
    this.attempt = { ...this.attempt, state, ...change };
    if (state === "done") {
      const id = this.attempt.account ?? "work";
      this.attempt = { ...this.attempt, done_account: id };
      this.changeAccount(id, { sign_in: "signed_in", checked_at: data.iso(this.now) });
    }
    this.emit("sign_in", "app", "keys", "activity");
  }

  /** Adds an account of each of the other services, with its keys. */
  addServices(): void {
    this.accounts = [...this.accounts, ...services.accounts(this.now)];
    this.keys = [...this.keys, ...services.keys(this.now)];
  }

  /** A waiting secret was used or dropped. */
  forget(source: string): void {
    if (this.pastedSource?.id === source) this.pastedSource = null;
    if (this.dropped !== null) {
      this.dropped = { ...this.dropped, keys: this.dropped.keys.filter((key) => key.id !== source) };
    }
  }

  changeAccount(id: string, change: Partial<AccountView>): AccountView {
    if (!this.accounts.some((account) => account.id === id)) {
      this.accounts = [...this.accounts, data.account(id, "Work", "robin@acme.example")];
    }
    this.accounts = this.accounts.map((account) => (account.id === id ? { ...account, ...change } : account));
    return this.account(id);
  }

  account(id: string): AccountView {
    const account = this.accounts.find((candidate) => candidate.id === id);
    if (account === undefined) throw new Failure(errorView("not_found"));
    return account;
  }

  key(id: string): KeyView {
    const key = this.keys.find((candidate) => candidate.id === id);
    if (key === undefined) throw new Failure(errorView("not_found"));
    return key;
  }

  changeKey(id: string, change: Partial<KeyView>): KeyView {
    this.keys = this.keys.map((key) => (key.id === id ? { ...key, ...change } : key));
    const key = this.key(id);
    if (this.slot?.key.id === id) this.slot = { ...this.slot, key, kept: key.kept };
    return key;
  }

  id(kind: string): string {
    this.#ids += 1;
    return `${kind}-${String(this.#ids)}`;
  }

  log(kind: string, subject: string, key: string | null, outcome = "done"): void {
    this.activity = [
      { id: this.id("activity"), at: data.iso(this.now), kind, outcome, account: null, key, subject, facts: [] },
      ...this.activity,
    ];
  }

  /** Records the call, waits, fails if told to, refuses when locked. */
  async call<Answer>(command: Command, args: unknown[], answer: () => Answer): Promise<Answer> {
    this.calls.push({ command, args });
    if (this.latency > 0) await new Promise((resolve) => setTimeout(resolve, this.latency));
    else await Promise.resolve();
    const failure = this.#failures.get(command);
    if (failure !== undefined) {
      if (failure.once) this.#failures.delete(command);
      throw new Failure(failure.view);
    }
    if (this.locked && command !== "unlock" && command !== "appState" && command !== "quit") {
      throw new Failure(errorView("locked"));
    }
    return answer();
  }
}

/** A pretended backend. */
export function createFake(read: () => Date = () => new Date()): Fake {
  const knobs = new Knobs(read);
  const call = <Answer>(command: Command, args: unknown[], answer: () => Answer): Promise<Answer> =>
    knobs.call(command, args, answer);
  return {
    knobs,
    ...keys.commands(knobs, call),
    ...admin.commands(knobs, call),
    ...projects.commands(knobs, call),
    ...commands(knobs, call),
  };
}

export { fakeFromQuery } from "./scenarios";

/** How each command of the fake answers. */
export type Call = <Answer>(command: Command, args: unknown[], answer: () => Answer) => Promise<Answer>;

function commands(
  knobs: Knobs,
  call: Call,
): Omit<
  Backend,
  keyof (ReturnType<typeof keys.commands> & ReturnType<typeof admin.commands> & ReturnType<typeof projects.commands>)
> {
  const appView = (): Awaited<ReturnType<Backend["appState"]>> => ({
    version: "0.1.0",
    platform: "linux",
    locked: knobs.locked,
    lock: knobs.locked ? (knobs.lock ?? data.lock(knobs.now)) : null,
    sandbox: knobs.locked ? false : knobs.sandbox,
    providers: knobs.locked ? [] : data.PROVIDERS,
    accounts: knobs.locked
      ? []
      : knobs.accounts.map((account) => ({
          ...account,
          kept_secrets: knobs.keys.filter((key) => key.account === account.id && key.kept !== "nowhere").length,
        })),
    storage: knobs.storage,
    settings: knobs.settings,
    unsaved:
      knobs.locked || knobs.slot === null || knobs.slot.copied || knobs.slot.kept !== "nowhere" ? null : knobs.slot,
    clipboard: knobs.locked ? null : knobs.clipboard,
    due: knobs.locked ? [] : knobs.due.slice(0, 3),
    due_count: knobs.locked ? 0 : knobs.due.length,
  });
  return {
    appState: () => call("appState", [], appView),
    openSandbox: () =>
      call("openSandbox", [], () => {
        knobs.sandbox = true;
        const account = data.account("sandbox", "Sandbox", "robin@sandbox.example", {
          sandbox: true,
          sign_in: "signed_out",
          host: "http://127.0.0.1:41873",
          authorization_server: "http://127.0.0.1:41873",
        });
        if (!knobs.accounts.some((candidate) => candidate.id === "sandbox"))
          knobs.accounts = [...knobs.accounts, account];
        knobs.log("sandbox_opened", "Sandbox", null);
        knobs.emit("app", "activity");
        return account;
      }),
    closeSandbox: () =>
      call("closeSandbox", [], () => {
        knobs.sandbox = false;
        knobs.accounts = knobs.accounts.filter((account) => !account.sandbox);
        knobs.keys = knobs.keys.filter((key) => key.account !== "sandbox");
        knobs.emit("app", "keys", "activity");
      }),
    openPage: (...args) => call("openPage", args, () => undefined),
    copyPageAddress: (...args) => call("copyPageAddress", args, () => undefined),

    startSignIn: (provider, account, servers) =>
      call("startSignIn", [provider, account, servers], () => {
        const existing = account === null ? null : knobs.account(account);
        const server = existing?.authorization_server ?? data.AUTHORIZATION_SERVER;
        const begun = { id: knobs.id("attempt"), provider, account, server, now: knobs.now };
        const loopback = existing?.loopback ?? servers?.loopback ?? false;
        knobs.attempt = loopback ? inBrowser(begun) : withCode(begun);
        return knobs.attempt;
      }),
    useCodeToSignIn: () =>
      call("useCodeToSignIn", [], () => {
        const { provider, account } = knobs.attempt ?? { provider: "basic-memory", account: null };
        const server = data.AUTHORIZATION_SERVER;
        knobs.attempt = withCode({ id: knobs.id("attempt"), provider, account, server, now: knobs.now });
        return knobs.attempt;
      }),
    signInState: () => call("signInState", [], () => knobs.attempt),
    openSignInPage: () => call("openSignInPage", [], () => undefined),
    copyUserCode: () => call("copyUserCode", [], () => undefined),
    copySignInAddress: () => call("copySignInAddress", [], () => undefined),
    cancelSignIn: () =>
      call("cancelSignIn", [], () => {
        knobs.attempt = null;
        knobs.emit("sign_in");
      }),

    renameAccount: (account, label) =>
      call("renameAccount", [account, label], () => {
        const renamed = knobs.changeAccount(account, { label });
        knobs.emit("app");
        return renamed;
      }),
    setServers: (account, servers, confirmed) =>
      call("setServers", [account, servers, confirmed], () => {
        const before = knobs.account(account);
        const host = servers.host === "" ? data.HOST : servers.host;
        if (host !== before.host && !confirmed) throw new Failure(errorView("host_unconfirmed", { host }));
        const authorization_server =
          servers.authorization_server === "" ? data.AUTHORIZATION_SERVER : servers.authorization_server;
        const moved = host !== before.host || authorization_server !== before.authorization_server;
        const changed = knobs.changeAccount(account, {
          host,
          authorization_server,
          client_id: servers.client_id === "" ? "client_01EXAMPLE" : servers.client_id,
          loopback: servers.loopback && servers.client_id !== "" && servers.client_id !== "client_01EXAMPLE",
          sign_in: moved ? "signed_out" : before.sign_in,
        });
        knobs.emit("app");
        return changed;
      }),
    signOut: (account) =>
      call("signOut", [account], () => {
        knobs.changeAccount(account, { sign_in: "signed_out" });
        knobs.emit("app", "activity");
        return { revoked_at_server: false, failure: errorView("not_offered", { status: 404 }) };
      }),
    removeAccount: (account, deleteSecrets) =>
      call("removeAccount", [account, deleteSecrets], () => {
        knobs.keys = knobs.keys.filter((key) => key.account !== account || (!deleteSecrets && key.kept !== "nowhere"));
        // An account whose secrets are kept stays for them, signed out.
        if (knobs.keys.some((key) => key.account === account)) knobs.changeAccount(account, { sign_in: "signed_out" });
        else knobs.accounts = knobs.accounts.filter((candidate) => candidate.id !== account);
        knobs.emit("app", "keys", "activity");
      }),
    refreshWorkspaces: (account) => call("refreshWorkspaces", [account], () => knobs.account(account).workspaces),

    listActivity: (before, limit) =>
      call("listActivity", [before, limit], () =>
        knobs.activity.filter((entry) => before === null || entry.at < before).slice(0, limit),
      ),
    setSettings: (settings) =>
      call("setSettings", [settings], () => {
        knobs.settings = settings;
        knobs.emit("app");
        return settings;
      }),
    setZoom: (percent) =>
      call("setZoom", [percent], () => {
        knobs.settings = { ...knobs.settings, zoom: percent };
        knobs.emit("app");
        return knobs.settings;
      }),
    checkStorage: () => call("checkStorage", [], () => knobs.storage),
    unlockStorage: () =>
      call("unlockStorage", [], () => {
        knobs.storage = { ...knobs.storage, state: "ready" };
        return knobs.storage;
      }),
    keepForSession: (on) =>
      call("keepForSession", [on], () => {
        knobs.storage = { ...knobs.storage, session_only: on };
        return knobs.storage;
      }),
    eraseEverything: (typed) =>
      call("eraseEverything", [typed], () => {
        if (typed !== "erase") throw new Failure(errorView("wrong_confirmation"));
        knobs.accounts = [];
        knobs.keys = [];
        knobs.activity = [];
        knobs.settings = { ...data.SETTINGS };
        knobs.emit("app", "keys", "activity");
      }),
    setRecordsAside: () =>
      call("setRecordsAside", [], () => {
        knobs.heal("appState");
        knobs.heal("listKeys");
        knobs.accounts = [];
        knobs.keys = [];
        knobs.activity = [];
      }),
    active: () => call("active", [], () => undefined),
    lock: () =>
      call("lock", [], () => {
        const secret_waits = appView().unsaved !== null;
        knobs.locked = true;
        knobs.lock = { ...data.lock(knobs.now), by: "hand", minutes: null, secret_waits };
        knobs.clipboard = null;
        if (knobs.slot?.copied === true) knobs.slot = { ...knobs.slot, copied: false, cleared: true };
        knobs.emit("app");
      }),
    unlock: () =>
      call("unlock", [], () => {
        knobs.locked = false;
        knobs.lock = null;
        return appView();
      }),
    quit: (anyway) =>
      call("quit", [anyway], () => {
        if (!anyway && appView().unsaved !== null) knobs.emit("quit_asked");
      }),
    onChanged: (callback) => {
      knobs.listeners.add(callback);
      return Promise.resolve(() => {
        knobs.listeners.delete(callback);
      });
    },
  };
}
