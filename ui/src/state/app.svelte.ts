// Owns the window's state as a whole: reads it once, listens for changes, asks again. Leaves each noun to its own file.

import { createContext } from "svelte";
import type { Backend } from "../ipc/backend";
import type { AppView } from "../ipc/generated/AppView";
import type { ErrorView } from "../ipc/generated/ErrorView";
import type { Topic } from "../ipc/generated/Topic";
import { failureOf } from "../lib/failure";
import { painted } from "../lib/marks";
import { Accounts } from "./accounts.svelte";
import { Activity } from "./activity.svelte";
import { Adoption } from "./adoption.svelte";
import { Asking } from "./asking";
import { Clipboard } from "./clipboard.svelte";
import { Clock } from "./clock.svelte";
import { Dialogs } from "./dialogs.svelte";
import { Inventory } from "./inventory.svelte";
import { Keys } from "./keys.svelte";
import { Projects } from "./projects.svelte";
import { Secrets } from "./secrets.svelte";
import { Recent } from "./recent.svelte";
import { Settings } from "./settings.svelte";
import { Shortcuts } from "./shortcuts.svelte";
import { SignIn } from "./sign-in.svelte";
import { reportPresence } from "./presence";
import { KeyTests } from "./tests.svelte";
import { Toasts } from "./toasts.svelte";

/** A page of the frame. */
export type PageName = "keys" | "projects" | "activity" | "settings";

/** A tab of the settings. */
export type SettingsTab = "general" | "secrets" | "accounts" | "notifications" | "erase";

/** Everything on screen stands on one of these. */
export class App {
  view = $state.raw<AppView | null>(null);
  /** Why the app's state could not be read. */
  failure = $state.raw<ErrorView | null>(null);
  /** Why what the accounts said could not be kept; what fails at one account stands there. */
  refreshFailure = $state.raw<ErrorView | null>(null);
  page = $state<PageName>("keys");
  settingsTab = $state<SettingsTab>("general");
  /** Counts how often the window was covered, so that whoever shows a secret can drop it. */
  covered = $state(0);

  readonly clock: Clock;
  readonly accounts: Accounts;
  readonly keys: Keys;
  readonly secrets: Secrets;
  readonly clipboard: Clipboard;
  readonly signIn: SignIn;
  readonly adoption: Adoption;
  readonly projects: Projects;
  readonly activity: Activity;
  readonly inventory: Inventory;
  readonly tests: KeyTests;
  readonly settings: Settings;
  readonly dialogs = new Dialogs();
  readonly toasts = new Toasts();
  readonly shortcuts = new Shortcuts();
  /** What was opened or chosen last, for the palette. */
  readonly recent = new Recent();

  #backend: Backend;
  #state: Asking;

  /** Settles once what may have changed before anybody listened was read again. */
  caughtUp: Promise<unknown> = Promise.resolve();

  constructor(backend: Backend, clock: Clock = new Clock()) {
    const view = (): AppView | null => this.view;
    this.#backend = backend;
    this.clock = clock;
    this.#state = new Asking(() => this.#read());
    this.accounts = new Accounts(backend, view);
    this.keys = new Keys(backend);
    this.secrets = new Secrets(backend, view);
    this.clipboard = new Clipboard(backend, view, clock);
    this.signIn = new SignIn(backend);
    this.adoption = new Adoption(backend);
    this.projects = new Projects(backend);
    this.activity = new Activity(backend);
    this.inventory = new Inventory(backend);
    this.tests = new KeyTests(backend);
    this.settings = new Settings(backend, view, () => this.reload());
  }

  /** Whether the app is locked; true hides everything. */
  get locked(): boolean {
    return this.view?.locked ?? false;
  }

  /** What keeps a window that shows something from going on. */
  get trouble(): ErrorView | null {
    return this.view === null ? null : (this.failure ?? this.keys.failure ?? this.refreshFailure);
  }

  /** Puts it away. What still fails comes back when it is met again. */
  dismissTrouble(): void {
    this.failure = null;
    this.keys.failure = null;
    this.refreshFailure = null;
  }

  /** Reads everything again and asks every account. */
  async tryAgain(): Promise<void> {
    await Promise.all([this.reload(), this.keys.reload()]);
    await this.refresh();
  }

  /** Reads the caches, listens, then asks the accounts. Answers a function that ends listening. */
  async start(): Promise<() => void> {
    const stopClock = this.clock.start();
    const stopPresence = reportPresence(() => {
      // A locked app is not kept open, and one that could not be told locks a little earlier.
      if (!this.locked) void this.#backend.active().catch(() => undefined);
    });
    const listening = this.#backend.onChanged((topic) => {
      this.#changed(topic);
    });
    const first = [this.reload(), this.keys.begin(listening)];
    const stopListening = await listening;
    await Promise.all([...first, this.signIn.reload(), this.projects.reload()]);
    // What changed before anybody listened was told to nobody.
    this.caughtUp = painted().then(() => Promise.all([this.reload(), this.keys.confirm()]));
    if (!this.locked) void this.refresh();
    return () => {
      stopListening();
      stopPresence();
      stopClock();
    };
  }

  /** Reads the app's state again. */
  reload(): Promise<void> {
    return this.#state.request();
  }

  /** Puts damaged records aside and begins new ones. */
  async startAnew(): Promise<void> {
    try {
      await this.#backend.setRecordsAside();
    } catch (reason) {
      this.failure = failureOf(reason);
      return;
    }
    await Promise.all([this.reload(), this.keys.reload(), this.signIn.reload(), this.projects.reload()]);
  }

  /** Asks every account for its keys; what fails is shown at its account. */
  async refresh(account: string | null = null): Promise<void> {
    try {
      await this.keys.refresh(account);
      this.refreshFailure = null;
    } catch (reason) {
      this.refreshFailure = failureOf(reason);
    }
  }

  async lock(): Promise<void> {
    // The cover comes before Rust has answered: nothing may stay readable in between.
    this.#cover();
    if (this.view !== null) this.view = { ...this.view, locked: true, lock: null };
    try {
      await this.#backend.lock();
    } catch (reason) {
      this.failure = failureOf(reason);
    }
    await this.reload();
  }

  /** Throws what Rust says when it stays locked. */
  async unlock(): Promise<void> {
    this.view = await this.#backend.unlock();
    await Promise.all([this.keys.reload(), this.signIn.reload(), this.projects.reload()]);
    if (this.view.unsaved !== null) this.dialogs.open({ kind: "secret" });
    void this.refresh();
  }

  async openSandbox(): Promise<void> {
    const account = await this.#backend.openSandbox();
    await this.reload();
    // The accounts that a key acts for come with it; one that signs in by browser still asks the person.
    if (account.sign_in !== "signed_in") this.dialogs.signIn(account);
    else await this.keys.reload();
  }

  async closeSandbox(): Promise<void> {
    await this.#backend.closeSandbox();
    await Promise.all([this.reload(), this.keys.reload()]);
  }

  /** Stops waiting to repeat a request; the account then shows why it was refused. */
  async cancelRetry(account: string): Promise<void> {
    try {
      await this.accounts.cancelRetry(account);
      await this.reload();
    } catch (reason) {
      this.failure = failureOf(reason);
    }
  }

  /** Puts away the message about what fell due. */
  async dismissDue(): Promise<void> {
    await this.#backend.dismissDue();
    await this.reload();
  }

  quit(anyway: boolean): Promise<void> {
    return this.#backend.quit(anyway);
  }

  #changed(topic: Topic): void {
    switch (topic) {
      case "app":
      case "clipboard":
        void this.reload();
        break;
      case "keys":
        void this.keys.changed();
        break;
      case "sign_in":
        void this.signIn.reload();
        break;
      case "projects":
        void this.projects.reload();
        break;
      case "activity":
        if (this.activity.loaded) void this.activity.reload();
        break;
      case "dropped":
        void this.dropped();
        break;
      case "quit_asked":
        this.dialogs.quitAsked = true;
        break;
    }
  }

  /** A file was dropped on the window. An open dialog that holds entries is not taken away for it. */
  async dropped(): Promise<void> {
    if (this.locked || this.dialogs.current !== null) return;
    try {
      const dropped = await this.adoption.dropped();
      if (dropped !== null) this.dialogs.open({ kind: "dropped", dropped });
    } catch (reason) {
      this.failure = failureOf(reason);
    }
  }

  async #read(): Promise<void> {
    try {
      const view = await this.#backend.appState();
      const wasLocked = this.locked;
      // A countdown that begins now must not begin a second late.
      this.clock.tick();
      this.accounts.notice(view.accounts, this.clock.second);
      this.view = view;
      this.failure = null;
      if (view.locked && !wasLocked) this.#cover();
    } catch (reason) {
      this.failure = failureOf(reason);
    }
  }

  /** Takes everything readable off the screen. A secret that is not saved stays in its slot in Rust. */
  #cover(): void {
    this.covered += 1;
    this.dialogs.close();
    this.dialogs.quitAsked = false;
    this.refreshFailure = null;
    this.toasts.dismiss();
    this.keys.clear();
    this.projects.clear();
    this.activity.clear();
    this.inventory.clear();
    this.tests.clear();
    this.recent.clear();
    this.signIn.finish();
  }
}

const [getApp, setApp] = createContext<App>();

export { getApp, setApp };
