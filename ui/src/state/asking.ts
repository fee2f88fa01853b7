// Owns asking again without piling up: while one question is under way, any number of requests become one more.

/** Runs a question; requests during a run are answered by one run after it. */
export class Asking {
  #ask: () => Promise<void>;
  #running: Promise<void> | null = null;
  #again = false;

  constructor(ask: () => Promise<void>) {
    this.#ask = ask;
  }

  /** Resolves when an answer has come in that was asked for after this call. */
  async request(): Promise<void> {
    if (this.#running !== null) {
      this.#again = true;
      await this.#running;
      return;
    }
    this.#running = this.#run();
    try {
      await this.#running;
    } finally {
      this.#running = null;
    }
  }

  async #run(): Promise<void> {
    do {
      this.#again = false;
      await this.#ask();
      // TypeScript can't see that a request during the await sets it.
    } while (this.#again as boolean);
  }
}
