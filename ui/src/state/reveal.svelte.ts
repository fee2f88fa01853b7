// Owns a secret while it is on screen: ten seconds at most, gone on blur, lock and close. The only place in the window that holds one.

import { secondsLeft } from "../lib/durations";
import type { Clock } from "./clock.svelte";
import type { Secrets } from "./secrets.svelte";

/** How long a revealed secret stays. */
export const REVEAL_SECONDS = 10;

/** One per box that can reveal. Whoever makes it calls `watch` when mounted, which answers what ends it. */
export class Reveal {
  /** The letters of the secret while it is shown. Never joined: a text would stay in the page's memory. */
  shown = $state.raw<readonly string[] | null>(null);
  #until = $state.raw<string | null>(null);
  #asked = 0;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #secrets: Secrets;
  #clock: Clock;

  constructor(secrets: Secrets, clock: Clock) {
    this.#secrets = secrets;
    this.#clock = clock;
  }

  /** Seconds until it hides. */
  get left(): number {
    return this.#until === null ? 0 : Math.min(REVEAL_SECONDS, secondsLeft(this.#until, this.#clock.second));
  }

  /** Asks for the secret and shows it. Rejects with why it can't. */
  async show(key: string): Promise<void> {
    this.hide();
    const asked = this.#asked;
    const secret = await this.#secrets.reveal(key);
    // Hidden, blurred or closed while the answer was on its way: it is dropped unseen.
    if (asked !== this.#asked || !document.hasFocus()) return;
    this.#clock.tick();
    this.#until = new Date(this.#clock.second.getTime() + REVEAL_SECONDS * 1000).toISOString();
    this.shown = secret;
    this.#timer = setTimeout(() => {
      this.hide();
    }, REVEAL_SECONDS * 1000);
  }

  hide(): void {
    this.#asked += 1;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#until = null;
    this.shown = null;
  }

  /** Hides on blur and when the window is put away. Answers a function that ends watching and hides. */
  watch(): () => void {
    const hide = (): void => {
      this.hide();
    };
    window.addEventListener("blur", hide);
    document.addEventListener("visibilitychange", hide);
    return () => {
      window.removeEventListener("blur", hide);
      document.removeEventListener("visibilitychange", hide);
      this.hide();
    };
  }
}
