// Owns the settings and where secrets are kept, as the window sees and changes them.

import type { Backend } from "../ipc/backend";
import type { AppView } from "../ipc/generated/AppView";
import type { ErrorView } from "../ipc/generated/ErrorView";
import type { SettingsView } from "../ipc/generated/SettingsView";
import type { StorageView } from "../ipc/generated/StorageView";
import { failureOf } from "../lib/failure";

/** What holds before Rust has answered. */
export const DEFAULT_SETTINGS: SettingsView = {
  theme: "system",
  zoom: 100,
  clipboard_seconds: 30,
  keep_by_default: true,
  letter_shortcuts: true,
  lock_after_minutes: 10,
  allow_clipboard_history: false,
  notifications: true,
};

/** Saved as they are changed; a change that fails goes back and says why. */
export class Settings {
  failure = $state.raw<ErrorView | null>(null);
  /** Whether the keychain is being asked. */
  checkingStorage = $state(false);
  /** The changes that Rust has not confirmed yet. */
  #pending = $state.raw<Partial<SettingsView>>({});
  /** Whether a zoom is on its way to Rust. */
  #zooming = false;
  #backend: Backend;
  #view: () => AppView | null;
  #reload: () => Promise<void>;

  constructor(backend: Backend, view: () => AppView | null, reload: () => Promise<void>) {
    this.#backend = backend;
    this.#view = view;
    this.#reload = reload;
  }

  get value(): SettingsView {
    return { ...(this.#view()?.settings ?? DEFAULT_SETTINGS), ...this.#pending };
  }

  get storage(): StorageView | null {
    return this.#view()?.storage ?? null;
  }

  async change(change: Partial<SettingsView>): Promise<void> {
    this.failure = null;
    this.#pending = { ...this.#pending, ...change };
    try {
      await this.#backend.setSettings(this.value);
      await this.#reload();
    } catch (reason) {
      this.failure = failureOf(reason);
    }
    this.#pending = Object.fromEntries(
      Object.entries(this.#pending).filter(([name, value]) => change[name as keyof SettingsView] !== value),
    );
  }

  /**
   * Has the keychain tried while the person still fills in what is to be kept, so that nobody waits for it later.
   * What it comes to arrives with the app's state; Rust tries again where this was not enough.
   */
  async tryStorageAhead(): Promise<void> {
    if (this.storage?.session_only === true) return;
    await this.#backend.checkStorage().catch(() => undefined);
  }

  /**
   * Draws everything this large, in percent. Answers what kept it from being kept: it holds all the same, until the
   * app ends.
   */
  async zoom(percent: number): Promise<ErrorView | null> {
    this.#pending = { ...this.#pending, zoom: percent };
    // What is on its way takes this one along, so that they arrive in their order.
    if (this.#zooming) return null;
    this.#zooming = true;
    for (let told: number | null = null; told !== this.value.zoom;) {
      told = this.value.zoom;
      this.failure = null;
      try {
        await this.#backend.setZoom(told);
        await this.#reload();
      } catch (reason) {
        this.failure = failureOf(reason);
      }
    }
    this.#zooming = false;
    if (this.failure !== null) return this.failure;
    this.#pending = Object.fromEntries(Object.entries(this.#pending).filter(([name]) => name !== "zoom"));
    return null;
  }

  checkStorage(): Promise<boolean> {
    return this.#ask(() => this.#backend.checkStorage());
  }

  unlockStorage(): Promise<boolean> {
    return this.#ask(() => this.#backend.unlockStorage());
  }

  keepForSession(on: boolean): Promise<boolean> {
    return this.#ask(() => this.#backend.keepForSession(on));
  }

  eraseEverything(typed: string): Promise<void> {
    return this.#backend.eraseEverything(typed);
  }

  /** True when secrets can be kept afterwards. */
  async #ask(question: () => Promise<StorageView>): Promise<boolean> {
    this.failure = null;
    this.checkingStorage = true;
    try {
      const storage = await question();
      await this.#reload();
      return storage.state === "ready" || storage.session_only;
    } catch (reason) {
      this.failure = failureOf(reason);
      return false;
    } finally {
      this.checkingStorage = false;
    }
  }
}
