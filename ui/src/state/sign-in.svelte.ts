// Owns the running sign-in as the window sees it. The device code, the verifier and the tokens stay in Rust.

import type { Backend } from "../ipc/backend";
import type { ErrorView } from "../ipc/generated/ErrorView";
import type { ServersInput } from "../ipc/generated/ServersInput";
import type { SignInAttemptView } from "../ipc/generated/SignInAttemptView";
import { failureOf } from "../lib/failure";
import { Asking } from "./asking";

/** The id of no attempt: the start that this window asked for failed. */
const NONE = "";

/** One sign-in at a time; a newer one replaces it. */
export class SignIn {
  attempt = $state.raw<SignInAttemptView | null>(null);
  /** Why it could not be started, or a button of it failed. */
  failure = $state.raw<ErrorView | null>(null);
  /** Whether a start is under way that has no attempt yet. */
  starting = $state(false);
  /** The attempt that this window started last. */
  #mine = $state<string | null>(null);
  #backend: Backend;
  #state: Asking;

  constructor(backend: Backend) {
    this.#backend = backend;
    this.#state = new Asking(() => this.#read());
  }

  /** Whether another sign-in took the place of the one this window started. */
  get replaced(): boolean {
    const attempt = this.attempt;
    if (attempt === null || this.#mine === null) return false;
    return attempt.id !== this.#mine || (attempt.state === "cancelled" && attempt.failure?.code === "sign_in_replaced");
  }

  start(provider: string, account: string | null, servers: ServersInput | null): Promise<void> {
    return this.#start(() => this.#backend.startSignIn(provider, account, servers));
  }

  /** Begins anew with a code, where the browser did not come back. */
  useCode(): Promise<void> {
    return this.#start(() => this.#backend.useCodeToSignIn());
  }

  /** Starts the second sign-in, whose tokens go to the CLI's own file. */
  startForCli(account: string): Promise<void> {
    return this.#start(() => this.#backend.startCliSignIn(account));
  }

  async #start(ask: () => Promise<SignInAttemptView>): Promise<void> {
    this.failure = null;
    this.attempt = null;
    this.starting = true;
    try {
      const attempt = await ask();
      this.#mine = attempt.id;
      this.attempt = attempt;
    } catch (reason) {
      // What Rust still knows is an older sign-in, and says nothing about this one.
      this.#mine = NONE;
      this.failure = failureOf(reason);
    } finally {
      this.starting = false;
    }
    // A change that was announced before the answer came must not be lost.
    await this.reload();
  }

  /** Asks where it stands. */
  reload(): Promise<void> {
    return this.#state.request();
  }

  async openPage(): Promise<void> {
    await this.#try(() => this.#backend.openSignInPage());
  }

  /** True when the code was copied. */
  async copyCode(): Promise<boolean> {
    return this.#try(() => this.#backend.copyUserCode());
  }

  /** True when the address of the approval page was copied. */
  async copyAddress(): Promise<boolean> {
    return this.#try(() => this.#backend.copySignInAddress());
  }

  async cancel(): Promise<void> {
    this.#mine = null;
    await this.#try(() => this.#backend.cancelSignIn());
    this.attempt = null;
  }

  /** Forgets the attempt once its end was seen. */
  finish(): void {
    this.#mine = null;
    this.attempt = null;
    this.failure = null;
  }

  async #try(action: () => Promise<void>): Promise<boolean> {
    this.failure = null;
    try {
      await action();
      return true;
    } catch (reason) {
      this.failure = failureOf(reason);
      return false;
    }
  }

  async #read(): Promise<void> {
    try {
      const attempt = await this.#backend.signInState();
      // While a start is under way, the old attempt says nothing about the new one.
      if (!this.starting && this.#mine !== NONE) this.attempt = attempt;
    } catch (reason) {
      this.failure = failureOf(reason);
    }
  }
}
