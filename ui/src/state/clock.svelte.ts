// Owns the present moment for words on screen. Components read it; nobody else reads the system's clock.

/** Ticks once a second while started. */
export class Clock {
  /** The present second, for countdowns. */
  second = $state.raw(new Date());
  /** The present moment, moved every ten seconds, for words such as "3 min ago". */
  minute = $state.raw(new Date());
  #read: () => Date;
  #timer: ReturnType<typeof setInterval> | null = null;

  constructor(read: () => Date = () => new Date()) {
    this.#read = read;
    this.second = read();
    this.minute = this.second;
  }

  /** Starts ticking; answers a function that ends it. */
  start(): () => void {
    this.tick();
    this.#timer ??= setInterval(() => {
      this.tick();
    }, 1000);
    return () => {
      if (this.#timer !== null) clearInterval(this.#timer);
      this.#timer = null;
    };
  }

  /** Reads the clock now. */
  tick(): void {
    this.second = this.#read();
    if (Math.abs(this.second.getTime() - this.minute.getTime()) >= 10_000) this.minute = this.second;
  }
}
